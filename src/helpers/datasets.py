"""Load the tables of ``data/`` as typed frames, and refuse a row that breaks its schema.

``data/datapackage.json`` (a Frictionless data package) is the only place that knows names,
columns, types and rules. `frictionless validate` checks the same file in the tests; it is not
used here because every chapter's kernel would pay for importing it, and because a reader who
edits a CSV needs the file, row, column, value and rule in one line.

The shipped tables can be overlaid: a folder given by ``--data FOLDER`` (or the variable
``BOOK_DATA``) is looked into first, file by file, in the sub-folders of ``data/`` or beside each
other. Every function takes the `Project` it is about; chapters leave it out and mean the current
one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import files, words
from helpers.project import Project

if TYPE_CHECKING:  # imported where a table is read: the command line asks for names and hashes
    import pandas as pd

TRUE_FALSE = {"yes": True, "no": False}
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
NEEDED = ("name", "path", "title", "description", "origin", "schema", "sources", "licenses")


class DataError(ValueError):
    """A table that does not match its description in ``data/datapackage.json``."""


def package(project: Project | None = None) -> dict:
    """The data package of a book, read once as long as its file stays the same.

    Raises
    ------
    DataError
        If it cannot be read, or a table lacks a key that pages and chapters need.
    """
    project = project or Project.current()
    file = project.data_package
    try:
        state = file.stat()
        return _package(file, state.st_mtime_ns, state.st_size)
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{project.shown(file)} cannot be read: {error}. "
                        f"Restore it: git checkout -- {project.shown(file)}") from None


@lru_cache(maxsize=16)
def _package(file: Path, _changed: int, _size: int) -> dict:
    described = json.loads(file.read_text(encoding="utf-8"))
    for place, resource in enumerate(described["resources"], start=1):
        lacking = [key for key in NEEDED if key not in resource]
        if lacking:
            name = resource.get("name", f"number {place}")
            raise DataError(
                f"{file.name}: the table {name} lacks {words.in_words(lacking)}. "
                f"`book new table FILE` writes a whole entry for a CSV file.")
    return described


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
    nearest = words.nearest(name, names(project), cutoff=0.6)
    hint = f" Nearest name: {nearest!r}." if nearest else ""
    raise DataError(
        f"No table is called {name!r} in {project.shown(project.data_package)}.{hint}")


def sources(name: str, project: Project | None = None) -> list[dict]:
    """Sources of a table: dictionaries with ``title`` and, where published, ``path``."""
    return describe(name, project).get("sources", [])


def locate(name: str, project: Project | None = None) -> Path:
    """File a table is read from: the reader's own copy where there is one, else the shipped one.

    Raises
    ------
    DataError
        If the reader's folder has the table twice.
    """
    project = project or Project.current()
    relative = Path(describe(name, project)["path"])
    if project.own_data is None:
        return project.data / relative
    found = [own for own in dict.fromkeys((project.own_data / relative,
                                           project.own_data / relative.name)) if own.is_file()]
    if len(found) == 2:
        raise DataError(f"{found[0]} and {found[1]} are both the table {name!r}. Keep one.")
    return found[0] if found else project.data / relative


def replaced(project: Project | None = None) -> list[str]:
    """Names of the tables that come from a reader's own folder instead of the shipped data."""
    project = project or Project.current()
    if project.own_data is None:
        return []
    return [name for name in names(project)
            if not locate(name, project).is_relative_to(project.data)]


def check_own(project: Project) -> list[str]:
    """Refuse own data of which nothing would be read; name what is left over.

    Returns
    -------
    list of str
        One line for each file in the folder that is no table of the book.

    Raises
    ------
    DataError
        If no file has the name of a table, or one breaks its description.
    """
    if project.own_data is None:
        return []
    used = replaced(project)
    known = [describe(name, project)["path"] for name in names(project)]
    if not used:
        raise DataError(
            f"{project.own_data}: no file there has the name of a table, so nothing would change. "
            f"Looked for: {', '.join(known)} (in these sub-folders or beside each other).")
    for name in used:
        load(name, project)
    read = {locate(name, project) for name in used}
    unread = sorted(file for file in project.own_data.rglob("*")
                    if file.is_file() and file not in read and not file.name.startswith("."))
    lines = []
    for file in unread:
        shown = str(file.relative_to(project.own_data))
        nearest = words.nearest(file.name, [Path(path).name for path in known], cutoff=0.6)
        hint = f" Nearest name: {nearest}." if nearest else ""
        lines.append(f"{shown} is not read: no table has this name.{hint}")
    return lines


def lacking(project: Project) -> list[str]:
    """Rows and cells that the shipped tables have and a reader's own copies lack, in words.

    A chapter that needs one of them fails with the error of whatever looked for it; this says the
    same in the words of the data.
    """
    lines = []
    shipped = project.with_own_data(None)
    for name in replaced(project):
        key = describe(name, project)["schema"].get("primaryKey")
        if not key:
            continue
        key = [key] if isinstance(key, str) else list(key)
        theirs, ours = load(name, project).set_index(key), load(name, shipped).set_index(key)
        gone = [_row_name(row) for row in ours.index if row not in theirs.index]
        if gone:
            lines.append(f"your {name} has no row {', '.join(gone[:5])}"
                         + (f" and {len(gone) - 5} more" if len(gone) > 5 else ""))
        both = [row for row in ours.index if row in theirs.index]
        for column in ours.columns:
            emptied = theirs.loc[both, column].isna() & ours.loc[both, column].notna()
            lines += [f"your {name}, row {_row_name(row)}: {column} is empty"
                      for row in emptied[emptied].index[:5]]
    return lines


def _row_name(row) -> str:
    return " / ".join(map(str, row)) if isinstance(row, tuple) else str(row)


def load(name: str, project: Project | None = None) -> pd.DataFrame:
    """Read a table as a typed, validated frame.

    Parameters
    ----------
    name : str
        Name of a resource in the data package, such as ``"claims"``.
    project : Project, optional
        The book whose table it is; by default the current one.

    Returns
    -------
    pandas.DataFrame
        One column per field. ``integer`` and ``year`` become nullable integers, ``number``
        becomes float, ``boolean`` (printed yes/no) nullable booleans, all else text.
        Empty cells are missing values.

    Raises
    ------
    DataError
        Naming file, row (as a spreadsheet counts, header = 1), column, value and rule.
    """
    import pandas as pd

    project = project or Project.current()
    resource, file = describe(name, project), _File(locate(name, project), project)
    fields = resource["schema"]["fields"]
    header, rows = _read_rows(file, [field["name"] for field in fields])
    columns = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else {}
    frame = pd.DataFrame(
        {field["name"]: _typed(columns.get(field["name"], ()), field, file) for field in fields}
    )
    _check_key(frame, resource["schema"].get("primaryKey"), file)
    return frame


class _File:
    """A table's file, with what messages say of it."""

    def __init__(self, path: Path, project: Project):
        self.path, self.shown = path, project.shown(path)
        self.own = not path.is_relative_to(project.data)
        # A reader's own file has no hash to be renewed.
        self.cure = "Correct the cell." if self.own else "Correct the cell and run `book accept`."


def _read_rows(file: _File, expected: list[str]) -> tuple[list[str], list[list[str]]]:
    shown = file.shown
    try:
        text = file.path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise DataError(f"{shown} is missing. Restore it: git checkout -- {shown}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{shown} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    if file.own:  # what spreadsheets write in front of "CSV UTF-8"
        text = text.removeprefix("\ufeff")
    if text.startswith("\ufeff"):
        raise DataError(f"{shown} starts with a byte order mark. Save it as UTF-8 without one.")
    rows = list(csv.reader(io.StringIO(text), strict=False))
    header = rows[0] if rows else []
    if header != expected:
        missing = [column for column in expected if column not in header]
        wrong = next(
            (f"found {found!r}, expected {wanted!r}"
             for found, wanted in zip(header, expected, strict=False) if found != wanted),
            f"found {len(header)} columns, expected {len(expected)}"
            + (f"; missing: {', '.join(missing)}" if missing else ""),
        )
        raise DataError(f"{shown}, row 1: the columns do not match the data package: {wrong}.")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise DataError(
                f"{shown}, row {number}: {len(row)} cells where the header has {len(header)}. "
                f"A cell that holds a comma needs quotation marks."
            )
    return header, rows[1:]


def _typed(cells: tuple[str, ...], field: dict, file: _File) -> pd.Series:
    """Cells of one column, cast to the field's type and held against its constraints."""
    import pandas as pd

    rules = field.get("constraints", {})
    kind = field.get("type", "string")
    cast = CASTS[kind]
    pattern = re.compile(rules["pattern"]) if "pattern" in rules else None
    values, seen = [], {}
    for number, cell in enumerate(cells, start=2):

        def refuse(rule: str, number=number, cell=cell):
            raise DataError(
                f"{file.shown}, row {number}, column {field['name']}: {cell!r} {rule}. {file.cure}"
            )

        if cell == "":
            if rules.get("required"):
                refuse("is empty, a value is required")
            values.append(None)
            continue
        if CONTROL.search(cell):  # it would stand in prose and on pages, unseen
            refuse("holds a control character")
        try:
            value = cast(cell)
        except (ValueError, KeyError):
            refuse(f"is not of type {kind}")
        if "enum" in rules and value not in rules["enum"]:
            refuse(f"is not one of {', '.join(map(str, rules['enum']))}")
        if "minimum" in rules and value < rules["minimum"]:
            refuse(f"is below the minimum {rules['minimum']}")
        if "maximum" in rules and value > rules["maximum"]:
            refuse(f"is above the maximum {rules['maximum']}")
        if pattern and not pattern.fullmatch(cell):
            refuse(f"does not match {rules['pattern']}")
        if rules.get("unique"):
            if value in seen:
                refuse(f"stands in row {seen[value]} already and must be unique")
            seen[value] = number
        values.append(value)
    return pd.Series(values, dtype=DTYPES[kind], name=field["name"])


def _number(cell: str) -> float:
    # float() also takes 'nan', 'inf', '1_000' and digits of other scripts: no figures of ours.
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", cell):
        raise ValueError(cell)
    return float(cell)


def _integer(cell: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", cell):
        raise ValueError(cell)
    return int(cell)


CASTS = {
    "integer": _integer,
    "year": _integer,
    "number": _number,
    "boolean": TRUE_FALSE.__getitem__,
    "string": str,
}
DTYPES = {
    "integer": "Int64",
    "year": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "string": "str",
}


def _check_key(frame: pd.DataFrame, key: str | list[str] | None, file: _File) -> None:
    if not key:
        return
    key = [key] if isinstance(key, str) else key
    repeated = frame.duplicated(key)
    if repeated.any():
        row = int(repeated.to_numpy().argmax())
        value = ", ".join(str(frame[column].iloc[row]) for column in key)
        raise DataError(
            f"{file.shown}, row {row + 2}, column {', '.join(key)}: {value!r} stands in an "
            f"earlier row already and is the key of the table. {file.cure}"
        )


def sha256(path: Path) -> str:
    """SHA-256 of a file, as the data package writes it."""
    return sha256_of(Path(path).read_bytes())


def sha256_of(content: bytes) -> str:
    """SHA-256 of a file's content, as the data package writes it."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def changed(project: Project | None = None) -> list[str]:
    """Shipped tables whose bytes differ from the hash in the data package.

    Raises
    ------
    DataError
        If a table's file is missing.
    """
    project = project or Project.current()
    altered = []
    for resource in package(project)["resources"]:
        file = project.data / resource["path"]
        if not file.is_file():
            shown = project.shown(file)
            raise DataError(f"{shown} is missing. Restore it: git checkout -- {shown}")
        if sha256(file) != resource.get("hash"):
            altered.append(resource["name"])
    return altered


def undescribed(project: Project | None = None) -> list[str]:
    """CSV files under ``data/`` that the data package does not describe, so that nobody reads."""
    project = project or Project.current()
    known = {resource["path"] for resource in package(project)["resources"]}
    found = (str(file.relative_to(project.data)) for file in project.data.rglob("*.csv"))
    return sorted(path for path in found if path not in known)


def rehashed(project: Project, staged: Project | None = None) -> bytes:
    """The data package with the hash and size of every table as it is now.

    Parameters
    ----------
    project : Project
    staged : Project, optional
        The same book with tables that are to replace shipped ones.

    Raises
    ------
    DataError
        If a changed table is invalid, or a CSV file has no description.
    """
    staged = staged or project.with_own_data(None)
    loose = undescribed(project)
    if loose:
        raise DataError(f"data/{loose[0]} is not described in {project.data_package.name}. "
                        f"Type: book new table data/{loose[0]}")
    for name in {*changed(project), *replaced(staged)}:
        load(name, staged)
    described = json.loads(project.data_package.read_text(encoding="utf-8"))
    for resource in described["resources"]:
        file = locate(resource["name"], staged)
        resource["bytes"], resource["hash"] = file.stat().st_size, sha256(file)
    return (json.dumps(described, indent=2, ensure_ascii=False) + "\n").encode()


def write_hashes(project: Project | None = None) -> list[str]:
    """Validate every changed table, then write its hash and size into the data package.

    Returns
    -------
    list of str
        Names of the tables whose hash was rewritten. Nothing is written if one is invalid.
    """
    project = project or Project.current()
    altered, text = changed(project), rehashed(project)
    if text != project.data_package.read_bytes():
        files.replace({project.data_package: text})
    return altered
