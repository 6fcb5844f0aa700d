"""The data package: which tables there are, and what their columns may hold."""

import json
import re
from functools import lru_cache
from pathlib import Path, PurePosixPath

from helpers import characters, words
from helpers.datasets.cells import CASTS
from helpers.project import Project

NEEDED = ("name", "path", "title", "description", "origin", "schema", "sources", "licenses")
NAME = re.compile(r"[a-z][a-z0-9_-]*")  # in addresses, in code and as a file
RULES = {"required", "unique", "enum", "minimum", "maximum", "pattern"}


class DataError(ValueError):
    """A table that does not match its description in ``data/datapackage.json``."""


def package(project: Project | None = None) -> dict:
    """The data package of a book, read once as long as its file stays the same.

    Raises
    ------
    DataError
        If it cannot be read, or what it says of a table is not what pages and chapters need.
    """
    project = project or Project.current()
    file = project.data_package
    try:
        state = file.stat()
        return _package(file, state.st_mtime_ns, state.st_size)
    except FileNotFoundError:
        raise DataError(f"{project.shown(file)} is missing. "
                        f"Restore it: git checkout -- {project.shown(file)}") from None
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{project.shown(file)} cannot be read: {error}. "
                        f"See what changed: git diff -- {project.shown(file)}") from None


@lru_cache(maxsize=16)
def _package(file: Path, _changed: int, _size: int) -> dict:
    described = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=_once)
    resources = described.get("resources") if isinstance(described, dict) else None
    if not isinstance(resources, list) or not all(isinstance(each, dict) for each in resources):
        raise ValueError("expected a list of tables as resources")
    for place, resource in enumerate(resources, start=1):
        lacking = [key for key in NEEDED if key not in resource]
        name = resource.get("name", f"number {place}")
        if lacking:
            raise DataError(
                f"{file.name}: the table {name} lacks {words.in_words(lacking)}. "
                f"`book new table FILE` writes a whole entry for a CSV file.")
        try:
            fault = _fault(resource, [each.get("name") for each in resources[:place - 1]])
        except (AttributeError, TypeError, KeyError) as error:
            fault = f"a part has another form than it needs ({error})"
        if fault:
            raise DataError(f"{file.name}, table {name}: {fault}.")
    return described


def _once(pairs: list[tuple]) -> dict:
    """An object whose names stand once; of two, JSON would take the last without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)!r} stands twice in one "
                         f"object, that of {found.get('name', 'an object without a name')!r}")
    return found


def _fault(resource: dict, earlier: list[str]) -> str:
    """What is wrong with the description of a table; empty if nothing is."""
    name, path = resource["name"], resource["path"]
    if not NAME.fullmatch(name):
        return "expected a name of small letters, digits, - and _"
    if name in earlier:
        return "another table has this name"
    if path.startswith("/") or ".." in PurePosixPath(path).parts or not path.endswith(".csv"):
        return f"path: expected a .csv file in data/; got {path!r}"
    for where, text in _texts(resource):
        unseen = characters.fault(text)
        if unseen:
            return f"{where}: {characters.shown(text)} {unseen}"
    if not resource["title"].strip():
        return "its title is empty"
    schema = resource["schema"]
    columns = [field["name"] for field in schema["fields"]]
    if len(set(columns)) < len(columns):
        return f"the column {next(c for c in columns if columns.count(c) > 1)!r} stands twice"
    for field in schema["fields"]:
        fault = _fault_of_field(field)
        if fault:
            return f"column {field['name']}: {fault}"
    key = schema.get("primaryKey") or []
    lost = [column for column in ([key] if isinstance(key, str) else key) if column not in columns]
    return f"its key {lost[0]!r} is no column" if lost else ""


def _fault_of_field(field: dict) -> str:
    kind, rules = field.get("type", "string"), field.get("constraints", {})
    if kind not in CASTS:
        return f"type {kind!r} is none of {', '.join(CASTS)}"
    unknown = [rule for rule in rules if rule not in RULES]
    if unknown:
        nearest = words.nearest(unknown[0], sorted(RULES))
        return f"{unknown[0]!r} is no rule" + (f". Nearest name: {nearest!r}" if nearest else "")
    try:
        re.compile(rules.get("pattern", ""))
    except re.error as error:
        return f"its pattern is none: {error}"
    return ""


def _texts(part, where: str = ""):
    """Every text of a description with its place."""
    if isinstance(part, str):
        yield where, part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from _texts(value, f"{where}.{key}".strip("."))
    elif isinstance(part, list):
        for number, value in enumerate(part, start=1):
            yield from _texts(value, f"{where} {number}".strip())


def names(project: Project | None = None) -> list[str]:
    """Names of all tables, in the order of the data package."""
    return [resource["name"] for resource in package(project)["resources"]]


def describe(name: str, project: Project | None = None) -> dict:
    """Description of a table: title, schema, sources, licences, hash.

    Raises
    ------
    DataError
        If there is no such table; the message names the nearest one.
    """
    for resource in package(project)["resources"]:
        if resource["name"] == name:
            return resource
    project = project or Project.current()
    nearest = words.nearest(str(name), names(project), cutoff=0.6)
    hint = f" Nearest name: {nearest!r}." if nearest else ""
    raise DataError(
        f"No table is called {name!r} in {project.shown(project.data_package)}.{hint}")


def sources(name: str, project: Project | None = None) -> list[dict]:
    """Sources of a table: dictionaries with ``title`` and, where published, ``path``."""
    return describe(name, project).get("sources", [])
