"""Load the tables of ``data/`` as typed frames, and refuse a row that breaks its schema.

``data/datapackage.json`` (a Frictionless data package) is the only place that knows names,
columns, types and rules. `frictionless validate` checks the same file in the tests; it is not
used here because every chapter's kernel would pay for importing it, and because a reader who
edits a CSV needs the file, row, column, value and rule in one line.

The shipped tables can be overlaid: a folder named by the variable ``BOOK_DATA`` (or
``book build --data FOLDER``) is looked into first, file by file.
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

from helpers import paths

if TYPE_CHECKING:  # imported where a table is read: the command line asks for names and hashes
    import pandas as pd

FIX = "Correct the cell and run `make hashes`."
TRUE_FALSE = {"yes": True, "no": False}


class DataError(ValueError):
    """A table that does not match its description in ``data/datapackage.json``."""


@lru_cache(maxsize=1)
def _package() -> dict:
    return json.loads(paths.DATA_PACKAGE.read_text(encoding="utf-8"))


def names() -> list[str]:
    """Names of all tables, in the order of the data package."""
    return [resource["name"] for resource in _package()["resources"]]


def describe(name: str) -> dict:
    """Description of a table: title, schema, sources, licences, hash.

    Raises
    ------
    DataError
        If there is no such table; the message names the nearest one.
    """
    for resource in _package()["resources"]:
        if resource["name"] == name:
            return resource
    import difflib

    nearest = difflib.get_close_matches(name, names(), n=1)
    hint = f" Nearest name: {nearest[0]!r}." if nearest else ""
    raise DataError(f"No table is called {name!r} in {paths.shown(paths.DATA_PACKAGE)}.{hint}")


def sources(name: str) -> list[dict]:
    """Sources of a table: dictionaries with ``title`` and, where published, ``path``."""
    return describe(name).get("sources", [])


def locate(name: str) -> Path:
    """File a table is read from: the user's own copy where there is one, else the shipped one."""
    relative = describe(name)["path"]
    own = paths.own_data_folder()
    if own is not None and (own / relative).is_file():
        return own / relative
    return paths.DATA / relative


def replaced() -> list[str]:
    """Names of the tables that come from a user's own folder instead of the shipped data."""
    return [name for name in names() if not locate(name).is_relative_to(paths.DATA)]


def load(name: str) -> pd.DataFrame:
    """Read a table as a typed, validated frame.

    Parameters
    ----------
    name : str
        Name of a resource in the data package, such as ``"claims"``.

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

    resource, path = describe(name), locate(name)
    fields = resource["schema"]["fields"]
    header, rows = _read_rows(path, [field["name"] for field in fields])
    columns = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else {}
    frame = pd.DataFrame(
        {field["name"]: _typed(columns.get(field["name"], ()), field, path) for field in fields}
    )
    _check_key(frame, resource["schema"].get("primaryKey"), path)
    return frame


def _read_rows(path: Path, expected: list[str]) -> tuple[list[str], list[list[str]]]:
    shown = paths.shown(path)
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise DataError(f"{shown} is missing. Restore it: git checkout -- {shown}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{shown} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    if text.startswith("\ufeff"):
        raise DataError(f"{shown} starts with a byte order mark. Save it as UTF-8 without one.")
    rows = list(csv.reader(io.StringIO(text), strict=False))
    header = rows[0] if rows else []
    if header != expected:
        wrong = next(
            (f"found {found!r}, expected {wanted!r}"
             for found, wanted in zip(header, expected, strict=False) if found != wanted),
            f"found {len(header)} columns, expected {len(expected)}",
        )
        raise DataError(f"{shown}, row 1: the columns do not match the data package: {wrong}.")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise DataError(
                f"{shown}, row {number}: {len(row)} cells where the header has {len(header)}. "
                f"A cell that holds a comma needs quotation marks."
            )
    return header, rows[1:]


def _typed(cells: tuple[str, ...], field: dict, path: Path) -> pd.Series:
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
                f"{paths.shown(path)}, row {number}, column {field['name']}: {cell!r} {rule}. {FIX}"
            )

        if cell == "":
            if rules.get("required"):
                refuse("is empty, a value is required")
            values.append(None)
            continue
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
    # float() also takes 'nan', 'inf' and '1_000', none of which is a figure.
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", cell):
        raise ValueError(cell)
    return float(cell)


def _integer(cell: str) -> int:
    if not re.fullmatch(r"[+-]?\d+", cell):
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


def _check_key(frame: pd.DataFrame, key: str | list[str] | None, path: Path) -> None:
    if not key:
        return
    key = [key] if isinstance(key, str) else key
    repeated = frame.duplicated(key)
    if repeated.any():
        row = int(repeated.to_numpy().argmax())
        value = ", ".join(str(frame[column].iloc[row]) for column in key)
        raise DataError(
            f"{paths.shown(path)}, row {row + 2}, column {', '.join(key)}: {value!r} stands in an "
            f"earlier row already and is the key of the table. {FIX}"
        )


def sha256(path: Path) -> str:
    """SHA-256 of a file, as the data package writes it."""
    return "sha256:" + hashlib.sha256(Path(path).read_bytes()).hexdigest()


def changed() -> list[str]:
    """Shipped tables whose bytes differ from the hash in the data package."""
    return [
        resource["name"]
        for resource in _package()["resources"]
        if sha256(paths.DATA / resource["path"]) != resource.get("hash")
    ]


def write_hashes() -> list[str]:
    """Validate every changed table, then write its hash and size into the data package.

    Returns
    -------
    list of str
        Names of the tables whose hash was rewritten. Nothing is written if one is invalid.
    """
    altered = changed()
    for name in altered:
        load(name)
    package = json.loads(paths.DATA_PACKAGE.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        file = paths.DATA / resource["path"]
        resource["bytes"], resource["hash"] = file.stat().st_size, sha256(file)
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    aside = paths.DATA_PACKAGE.with_suffix(".new")
    aside.write_text(text, encoding="utf-8")
    aside.replace(paths.DATA_PACKAGE)
    _package.cache_clear()
    return altered


if __name__ == "__main__":
    try:
        paths.settle_own_data()
        rewritten = write_hashes()
    except (DataError, paths.OwnDataError) as problem:
        raise SystemExit(f"No hash was written. {problem}") from None
    print("Hashes rewritten: " + ", ".join(rewritten) if rewritten else "No table has changed.")
