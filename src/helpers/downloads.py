"""CSV that readers take away: whole for a program, and safe and legible in a spreadsheet.

A spreadsheet runs a text that begins like a formula, and takes UTF-8 for the local encoding unless
a byte order mark says otherwise. So texts that could be run begin with an apostrophe, numbers
never do, and files with letters beyond ASCII have the mark. The tables under ``data/`` have
neither: they are what programs read, and what their hashes are of.
"""

import csv
import io
import re

from helpers import characters

FORMULA = re.compile(r"[=+\-@\t\r].", re.S)  # a sign alone is nothing to run

STEM = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")


def fault(name: str, *texts: str) -> str:
    """Why what is shown cannot become a file with these texts; empty if it can."""
    if not isinstance(name, str) or not STEM.fullmatch(name):
        return "its name becomes that of a file: use lower-case words joined by -"
    unseen = next(((text, why) for text in texts if (why := characters.fault(text))), None)
    return f"{characters.shown(unseen[0])} {unseen[1]}" if unseen else ""


def guarded(cell):
    """A cell that no spreadsheet runs; a number, and whatever is no text, as it is."""
    if isinstance(cell, str) and FORMULA.match(cell) and not characters.NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def to_csv(frame) -> str:
    """Frame as CSV text: ten significant digits, LF ends, no cell that a spreadsheet would run."""
    safe = frame.copy()
    for column in safe.columns:
        if safe[column].dtype.kind not in "biufc":
            safe[column] = safe[column].map(guarded)
    safe.columns = [guarded(column) for column in safe.columns]
    return safe.to_csv(index=False, float_format="%.10g", lineterminator="\n")


def table(text: str) -> str:
    """A table of ``data/``, or a reader's own, as a download."""
    rows = [[guarded(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    into = io.StringIO(newline="")
    csv.writer(into, lineterminator="\n").writerows(rows)
    return into.getvalue()


def to_bytes(text: str) -> bytes:
    """A download as its file."""
    return text.encode("utf-8" if text.isascii() else "utf-8-sig")
