"""Cells of a CSV file as text, read so that a slip of a sign is refused in the row where it is.

A cell stands in one line. A quotation mark that is not closed is therefore found in its own row:
where cells may hold line breaks, it takes in the rows below it, and what is left is a table.
"""

import csv
import re
import stat
from pathlib import Path

from helpers import words
from helpers.datasets.schema import DataError
from helpers.project import Project

# A cell in quotation marks, in which each mark of its own stands twice, or one without any.
CELL = r'(?:"(?:[^"]|"")*"|[^",]*)'
LINE = re.compile(rf"{CELL}(?:,{CELL})*")
LARGEST_BYTES = 64 << 20
LONGEST_CELL = 131_072  # what Python's reader takes


class TableFile:
    """A table's file, with what messages say of it."""

    def __init__(self, path: Path, project: Project):
        self.path, self.shown = path, project.shown(path)
        self.own = not path.is_relative_to(project.data)
        # A reader's own file has no hash to be renewed.
        self.cure = "Correct the cell." if self.own else "Correct the cell and run `book accept`."
        # What a link leads to may be no table, and none of our business.
        self.foreign = path.is_symlink()

    def text(self) -> str:
        """What stands in it.

        Raises
        ------
        DataError
            If there is nothing that can be read as text.
        """
        shown = self.shown
        try:
            state = self.path.stat()
            if not stat.S_ISREG(state.st_mode):
                raise DataError(f"{shown} is no file. Put the table itself there.")
            if state.st_size > LARGEST_BYTES:
                raise DataError(f"{shown} has {state.st_size >> 20} MB; a table of the book has at "
                                f"most {LARGEST_BYTES >> 20}.")
            text = self.path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            raise DataError(f"{shown} is missing. Restore it: git checkout -- {shown}") from None
        except UnicodeDecodeError as error:
            raise DataError(
                f"{shown} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
        except OSError as error:
            raise DataError(f"{shown} cannot be read: {error.strerror}.") from None
        if self.own:  # what spreadsheets write in front of "CSV UTF-8"
            text = text.removeprefix("\ufeff")
        if text.startswith("\ufeff"):
            raise DataError(f"{shown} starts with a byte order mark. Save it as UTF-8 without one.")
        return text


def read(file: TableFile, expected: list[str]) -> list[list[str]]:
    """Rows under the header, each as long as that.

    Parameters
    ----------
    file : TableFile
    expected : list of str
        Columns that the table has.

    Raises
    ------
    DataError
        Naming file and row, if the file is no such table.
    """
    lines = file.text().replace("\r\n", "\n").removesuffix("\n").split("\n")
    _check_header(file, _cells(file, 1, lines[0]), expected)
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if not line and len(expected) > 1:
            raise DataError(f"{file.shown}, row {number} is empty. Delete it.")
        cells = _cells(file, number, line)
        if len(cells) != len(expected):
            raise DataError(
                f"{file.shown}, row {number}: {len(cells)} cells where the header has "
                f"{len(expected)}. A cell that holds a comma needs quotation marks.")
        rows.append(cells)
    return rows


def _cells(file: TableFile, number: int, line: str) -> list[str]:
    """Cells of one line."""
    where = f"{file.shown}, row {number}"
    if "\r" in line:
        raise DataError(f"{where}: a carriage return alone ends the line, as old computers "
                        f"wrote it. Save the file with ordinary line ends.")
    if '"' in line and not LINE.fullmatch(line):
        raise DataError(
            f"{where}: a quotation mark is not closed, or stands inside a cell without being "
            f"doubled. Write the cell in one line, \"between marks\", with \"\" for a mark in it.")
    if len(line) > LONGEST_CELL and max(map(len, line.split(","))) > LONGEST_CELL:
        raise DataError(f"{where}: a cell has more than {LONGEST_CELL:,} signs.")
    try:
        return next(csv.reader([line], strict=True), [""])
    except csv.Error as error:
        raise DataError(f"{where}: {error}.") from None


def _check_header(file: TableFile, header: list[str], expected: list[str]) -> None:
    if header == expected:
        return
    missing = [column for column in expected if column not in header]
    twice = [column for column in expected if header.count(column) > 1]
    wrong = next((f"expected {wanted!r}" if file.foreign
                  else f"found {_short(found)}, expected {wanted!r}"
                  for found, wanted in zip(header, expected, strict=False) if found != wanted), "")
    if twice:
        wrong = f"{twice[0]!r} stands there twice"
    elif not wrong or len(header) != len(expected) and len(missing) == len(expected):
        wrong = f"found {len(header)} columns, expected {len(expected)}" + (
            f"; missing: {words.in_words(missing[:3])}" if missing else "")
    if len(header) == 1 and not file.foreign and re.search("[;\t|]", header[0]):
        wrong = "they are not separated by commas. Save the file as CSV with commas"
    raise DataError(
        f"{file.shown}, row 1: the columns do not match the data package: {wrong}.")


def _short(name: str) -> str:
    return repr(name if len(name) <= 40 else name[:39] + "…")
