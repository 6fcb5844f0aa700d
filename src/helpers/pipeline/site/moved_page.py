"""The page *When results moved*: what every acceptance changed, when, by which cause, and why."""

import html
import itertools

from helpers import words
from helpers.pipeline import moved
from helpers.project import Project

PAGE = "results-that-moved.md"
# What a kind of change is called in a list.
CALLED = {"value": "", "text": "", "new": "new", "gone": "gone", "picture": "drawn otherwise",
          "order": "in another place", "metadata": "described otherwise"}


def text(project: Project, chapters: list[str]) -> str:
    """The page as Markdown, generated from the log; the latest acceptance stands first.

    Parameters
    ----------
    project : Project
    chapters : list of str
        Those that have a page to link to.
    """
    parts = ["# When results moved",
             "Whoever changes an output of this book says why. This page lists every result, "
             "sentence, figure and table of the baseline that moved, with its cause: the part of "
             "what the chapter rests on that had changed. It is generated from "
             f"`chapters/{moved.FILE}`."]
    taken = [list(rows) for _, rows in itertools.groupby(
        moved.read(project), key=lambda row: (row["date"], row["reason"]))]
    for rows in reversed(taken):
        parts.append(f"## {rows[0]['date']}: {_plain(rows[0]['reason'])}")
        for cause in dict.fromkeys(row["cause"] for row in rows):
            mine = [row for row in rows if row["cause"] == cause]
            parts.append(f"Cause: {_plain(cause)}.")
            parts.append("\n".join(f"- {_entry(row, chapters)}" for row in mine))
    if not taken:
        parts.append("Nothing has moved since this log was begun.")
    return "\n\n".join(parts) + "\n"


def _entry(row: dict, chapters: list[str]) -> str:
    number = words.chapter_number(row["chapter"])
    place = (f"[{number}](chapters/{row['chapter']}.ipynb)" if row["chapter"] in chapters
             else _plain(number))
    said = " → ".join(_plain(row[end]) for end in ("old", "new") if row[end])
    kind = CALLED.get(row["change"], "")
    return f"{place} {_plain(row['name'])}: {', '.join(filter(None, (kind, said)))}"


def _plain(value: str) -> str:
    """Text that Markdown shows as it is."""
    safe = html.escape(value, quote=False)
    return "".join(f"\\{sign}" if sign in "\\`*_[]{}#$|~" else sign for sign in safe)
