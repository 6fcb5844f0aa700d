"""The log of results that moved: when, from what to what, by which cause, and why that was wanted.

One committed file beside the chapters, to which every acceptance adds rows; no run reads it, so no
key holds it. The pages tell it, and the changelog has the reason in short.
"""

import csv
import io
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers.project import Project

FILE = "moved.csv"
FIELDS = ("date", "chapter", "name", "change", "old", "new", "cause", "reason")
CHANGELOG = "CHANGELOG.md"
HEADING = "### Results that moved"


def file(project: Project) -> Path:
    """Where the log lies."""
    return project.chapters / FILE


def read(project: Project) -> list[dict]:
    """Rows of the log, the oldest first."""
    place = file(project)
    if not place.is_file():
        return []
    with place.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def added(project: Project, rows: Iterable[Mapping[str, str]]) -> bytes:
    """Content of the log with more rows at its end; those that are there stay byte for byte."""
    place, new = file(project), io.StringIO()
    before = place.read_bytes() if place.is_file() else b""
    writer = csv.DictWriter(new, FIELDS, lineterminator="\n")
    if not before:
        writer.writeheader()
    elif not before.endswith(b"\n"):
        new.write("\n")
    writer.writerows({name: " ".join(str(value).split()) for name, value in row.items()}
                     for row in rows)
    return before + new.getvalue().encode()


def in_changelog(text: str, entries: Iterable[str]) -> str:
    """A changelog with entries at the end of what is not released yet.

    Parameters
    ----------
    text : str
        The changelog; an empty one is begun.
    entries : iterable of str
        Without the mark of a list.
    """
    lines = (text or "# Changelog\n").rstrip("\n").split("\n")
    heads = [place for place, line in enumerate(lines) if line.startswith("## ")]
    section = next((place for place in heads if "unreleased" in lines[place].lower()), None)
    if section is None:
        section = heads[0] if heads else len(lines)
        lines[section:section] = ["## Unreleased", ""] if heads else ["", "## Unreleased"]
        section += 0 if heads else 1
    end = next((place for place, line in enumerate(lines) if place > section
                and line.startswith("## ")), len(lines))
    listed = [part for entry in entries for part in textwrap.wrap(
        f"- {entry}", 100, subsequent_indent="  ", break_long_words=False,
        break_on_hyphens=False)]
    here = next((place for place in range(section, end) if lines[place] == HEADING), None)
    if here is None:
        while end > section + 1 and not lines[end - 1]:
            end -= 1
        lines[end:end] = ["", HEADING, "", *listed]
    else:
        last = here + 1
        while last < end and not lines[last].startswith("#"):
            last += 1
        while not lines[last - 1]:
            last -= 1
        lines[last:last] = listed if last > here + 1 else ["", *listed]
    return "\n".join(lines) + "\n"
