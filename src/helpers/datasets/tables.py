"""A table as a typed frame, and the hashes of all tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import characters, files
from helpers.datasets import cells, printed, rows
from helpers.datasets.places import locate, replaced
from helpers.datasets.schema import DataError, describe, package
from helpers.project import Project

if TYPE_CHECKING:  # imported where a table is read: the command line asks for names and hashes
    import pandas as pd


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
    resource, file = describe(name, project), rows.TableFile(locate(name, project), project)

    def refuse(row: int, column: str, cell, rule: str) -> None:
        raise DataError(f"{file.shown}, row {row}, column {column}: {characters.shown(cell)} "
                        f"{rule}. {file.cure}")

    fields = resource["schema"]["fields"]
    found = rows.read(file, [field["name"] for field in fields])
    if not found:
        raise DataError(f"{file.shown} has no row under its header; the table {name!r} needs at "
                        f"least one.")
    frame = pd.DataFrame({
        field["name"]: pd.Series(cells.typed(column, field, refuse), name=field["name"],
                                 dtype=cells.DTYPES[field.get("type", "string")])
        for field, column in zip(fields, zip(*found, strict=True), strict=True)})
    _check_key(frame, resource["schema"].get("primaryKey"), refuse)
    _check_periods(frame, refuse)
    _check_printed(frame, {field["name"]: field.get("type") for field in fields}, file, refuse)
    return frame


def _check_printed(frame: pd.DataFrame, types: dict, file: rows.TableFile, refuse) -> None:
    """Digits and unit beside a printed figure are those of the print."""
    if any(types.get(column) != kind for column, kind in printed.COLUMNS.items()):
        return
    for number, row in enumerate(frame.to_dict("records"), start=2):
        fault = printed.fault(row, file.own)
        if fault:
            refuse(number, fault[0], row[fault[0]], fault[1])


def _check_key(frame: pd.DataFrame, key: str | list[str] | None, refuse) -> None:
    if not key:
        return
    key = [key] if isinstance(key, str) else key
    repeated = frame.duplicated(key)
    if repeated.any():
        row = int(repeated.to_numpy().argmax())
        refuse(row + 2, ", ".join(key), ", ".join(str(frame[column].iloc[row]) for column in key),
               "stands in an earlier row already and is the key of the table")


def _check_periods(frame: pd.DataFrame, refuse) -> None:
    """A period does not end before it begins, where it has a column for each."""
    for start in [column for column in frame.columns if column.endswith("_start")]:
        end = f"{start.removesuffix('_start')}_end"
        if end not in frame.columns:
            continue
        pairs = zip(frame[start], frame[end], strict=True)
        for number, (first, last) in enumerate(pairs, start=2):
            if all(isinstance(date, str) and cells.DATE.fullmatch(date) and "/" not in date
                   for date in (first, last)):
                begins, ends = (cells.ends(date.removesuffix("~")) for date in (first, last))
                if begins[0] > ends[1]:
                    refuse(number, end, last, f"lies before {start}, which is {first}")


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


def check_edited(project: Project, wanted: Iterable[str]) -> None:
    """Refuse a shipped table that was edited and is not what its description says.

    A reader's own tables were checked where they came in; one that has its hash was, too.

    Raises
    ------
    DataError
        As for `load`, for the first such table.
    """
    for name in wanted:
        file = locate(name, project)
        if file.is_relative_to(project.data) and file.is_file() and (
                sha256(file) != describe(name, project).get("hash")):
            load(name, project)


def undescribed(project: Project | None = None) -> list[str]:
    """CSV files under ``data/`` that the data package does not describe, so that nobody reads."""
    project = project or Project.current()
    known = {resource["path"] for resource in package(project)["resources"]}
    found = (str(file.relative_to(project.data)) for file in project.data.rglob("*.csv"))
    return sorted(path for path in found if path not in known)


def rehashed(project: Project, staged: Project | None = None) -> bytes:
    """The data package with hash, size and number of rows of every table as it is now.

    Parameters
    ----------
    project : Project
    staged : Project, optional
        The same book with tables that are to replace shipped ones.

    Raises
    ------
    DataError
        If a changed table is invalid or has lost most of its rows, or a CSV file has no
        description.
    """
    staged = staged or project.with_own_data(None)
    loose = undescribed(project)
    if loose:
        raise DataError(f"data/{loose[0]} is not described in {project.data_package.name}. "
                        f"Type: book new table data/{loose[0]}")
    counts = {name: len(load(name, staged))
              for name in sorted({*changed(project), *replaced(staged)})}
    for name, count in counts.items():
        before = describe(name, project).get("rows", count)
        # What this book computes follows its scenarios; it was written by nobody's hand.
        if count < before / 2 and describe(name, project)["origin"] != "computed":
            raise DataError(
                f"{project.shown(locate(name, staged))} has {count} rows where there were "
                f"{before}. If they were meant to go, write \"rows\": {count} for {name} in "
                f"{project.shown(project.data_package)}, then type: book accept")
    described = json.loads(project.data_package.read_text(encoding="utf-8"))
    for resource in described["resources"]:
        file = locate(resource["name"], staged)
        resource["bytes"], resource["hash"] = file.stat().st_size, sha256(file)
        if resource["name"] in counts or "rows" not in resource:
            resource["rows"] = counts.get(resource["name"]) or len(load(resource["name"], staged))
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


def row_changes(project: Project) -> list[str]:
    """Tables with another number of rows than the data package says, one line each."""
    counts = [(name, describe(name, project).get("rows"), len(load(name, project)))
              for name in changed(project)]
    return [f"{name}: {before} rows -> {now}" for name, before, now in counts
            if before not in (None, now)]
