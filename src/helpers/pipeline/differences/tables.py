"""Where two tables differ, as CSV or as readers see them."""

import csv
import difflib
import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from helpers import agreement
from helpers.pipeline import wording
from helpers.pipeline.differences.sizes import APPEARED, FLIPPED


@dataclass(frozen=True)
class Apart:
    """A cell that two tables have otherwise; a text is None where there is no such cell."""

    row: int  # from 1, without the headers; 0 is the headers
    name: str  # first cell of the row
    column: str
    old: str | None
    new: str | None

    @property
    def place(self) -> str:
        """Row in words."""
        return f"row {self.row}, {self.name}" if self.row else "headers"

    @property
    def said(self) -> str:
        """Place and both ends, in a line."""
        if self.old is None or self.new is None:
            return f"{self.place}: {'new' if self.old is None else 'gone'}"
        ends = [wording.shortened(text, 40) or "empty" for text in (self.old, self.new)]
        return f"{self.place}, {self.column}: {ends[0]} -> {ends[1]}"

    @property
    def size(self) -> float:
        """As of a difference."""
        if self.old is None or self.new is None:
            return APPEARED
        if not wording.same_words(self.old, self.new):
            return FLIPPED
        return wording.largest_change(self.old, self.new)


def cells_apart(old: str, new: str) -> list[Apart]:
    """Cells of two CSV texts that differ beyond 1e-9; whole rows are paired by their content."""
    if old == new:
        return []
    try:
        before, after = (list(csv.reader(io.StringIO(text))) for text in (old, new))
    except csv.Error:  # such as a cell without an end
        return [Apart(0, "", "the whole table", old, new)]
    return rows_apart(before, after)


def rows_apart(before: list[list[str]], after: list[list[str]]) -> list[Apart]:
    """As `cells_apart`, of rows; the first row of either is its headers."""
    headers = after[0] if after else before[0] if before else []
    found = []
    for place, (a, b) in enumerate(row_pairs(before, after)):
        if a is None or b is None:
            found.append(Apart(place, ((b or a) or [""])[0], "the whole row",
                               a and ", ".join(a), b and ", ".join(b)))
            continue
        for column in range(max(len(a), len(b))):
            x, y = (row[column] if column < len(row) else None for row in (a, b))
            if x is None or y is None or not _cells_alike(x, y):
                title = headers[column] if column < len(headers) else f"column {column + 1}"
                found.append(Apart(place, (b or a)[0], title, x, y))
    return found


def row_pairs(before: list[list[str]], after: list[list[str]]) -> Iterator[tuple]:
    """Rows of two tables side by side, by their content, else by their first cell, else by place.

    None stands where one of the two has no such row.
    """
    for old, new in _blocks(before, after, tuple):
        if old == new:
            yield from zip(old, new, strict=True)
        else:
            for a, b in _blocks(old, new, lambda row: row[0] if row else ""):
                yield from itertools.zip_longest(a, b)


def _blocks(before: list, after: list, key: Callable) -> Iterator[tuple[list, list]]:
    matcher = difflib.SequenceMatcher(a=[*map(key, before)], b=[*map(key, after)], autojunk=False)
    for _, i, j, k, m in matcher.get_opcodes():
        yield before[i:j], after[k:m]


def _cells_alike(old: str, new: str) -> bool:
    if old == new:
        return True
    try:
        return "." in old + new and agreement.agree(float(old), float(new))
    except ValueError:
        return wording.alike(old, new)


@dataclass(frozen=True)
class Shown:
    """A table as readers see it."""

    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)  # with the headers
    marked: list[int] = field(default_factory=list)
    notes: str = ""

    @property
    def headers(self) -> list[str]:
        """Titles of the columns."""
        return self.rows[0] if self.rows else []


def html_table(text: str) -> Shown:
    """The table that an HTML text shows."""
    reader = _Table()
    reader.feed(text)
    reader.close()
    return Shown("".join(reader.caption), [["".join(cell) for cell in row] for row in reader.rows],
                 reader.marked, "".join(reader.notes))


class _Table(HTMLParser):
    def __init__(self):
        super().__init__()
        self.caption, self.notes, self.rows, self.marked = [], [], [], []
        self.into = self.notes

    def handle_starttag(self, tag, attrs):
        if tag == "caption":
            self.into = self.caption
        elif tag == "tr":
            self.rows.append([])
            if "highlight" in (dict(attrs).get("class") or "").split():
                self.marked.append(len(self.rows) - 1)
        elif tag in ("td", "th") and self.rows:
            self.into = []
            self.rows[-1].append(self.into)

    def handle_endtag(self, tag):
        if tag in ("caption", "td", "th", "table"):
            self.into = self.notes

    def handle_data(self, data):
        self.into.append(data)
