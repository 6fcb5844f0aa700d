"""Rule: one fact has one value, one date and one class on all pages.

A fact is told twice where two chapters record a result of one name, where results of two chapters
rest on one claim alone and have one unit, and where figures or tables of two chapters have a row
for the same thing and a column of the same name. What two chapters tell must agree then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from helpers import results
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.exhibits import exhibits

# Columns that name a thing: rows with the same name are of the same thing.
NAMES_OF_THINGS = ("claim", "claim_id", "title", "document", "organisation", "firm", "challenge",
                   "suggestion", "incident")


class Told(NamedTuple):
    """A fact as a chapter tells it: where, and what has to be the same elsewhere."""

    chapter: str
    where: str
    value: object
    tolerance: float = 0.0


def fact_faults(listed: Iterable[Chapter],
                own: Mapping[str, str] | None = None) -> list[str]:
    """Facts that two chapters tell differently, one line each.

    Parameters
    ----------
    listed : iterable of Chapter
    own : mapping, optional
        Names of results, or ``column of rows`` pairs such as ``money by country``, that every
        chapter means of its own subject -> why.
    """
    told = defaultdict(list)
    for chapter in listed:
        for fact, each in [*_of_records(chapter), *_of_rows(chapter)]:
            told[fact].append(each)
    found = []
    for fact, tellings in told.items():
        if own and any(f" {name} " in f" {fact} " for name in own):
            continue
        first = tellings[0]
        other = next((each for each in tellings[1:] if each.chapter != first.chapter
                      and not _agree(first, each)), None)
        if other:
            found.append(
                f"{first.chapter}, {first.where} and {other.chapter}, {other.where} tell "
                f"{fact.strip()} differently: {_text(first.value)} and "
                f"{_text(other.value)}. Compute it in one place, or give what is another fact "
                f"another name")
    return found


def _of_records(chapter: Chapter) -> Iterable[tuple[str, Told]]:
    """Results of a chapter as facts: by their name, and by the one claim they rest on."""
    for entry in results.entries(chapter.notebook):
        if entry["type"] != "result":
            continue
        value = (entry["value"], entry["unit"], entry["status"])
        telling = Told(chapter.name, f"result {entry['name']}", value, entry["tolerance"])
        yield f"result {entry['name']} ", telling
        if len(entry["claims"]) == 1:
            yield f"claim {entry['claims'][0]} in {entry['unit']}", telling


def _of_rows(chapter: Chapter) -> Iterable[tuple[str, Told]]:
    """Cells of a chapter's figures and tables as facts of the thing that their row names."""
    for exhibit in exhibits(chapter):
        head, rows = exhibit.rows[0], exhibit.rows[1:]
        for place, column in enumerate(head):
            names = [row[place] for row in rows]
            if column not in NAMES_OF_THINGS or len(set(names)) < len(names):
                continue
            for row in rows:
                for other, cell in zip(head, row, strict=True):
                    if other != column:
                        yield (f"{other} by {column} ({row[place]})",
                               Told(chapter.name, f"{exhibit.sort} {exhibit.name}", cell))


def _agree(one: Told, other: Told) -> bool:
    match one.value, other.value:
        case ((float() | int() as left, *rest), (float() | int() as right, *others)):
            allowed = max(one.tolerance, other.tolerance) * max(abs(left), abs(right))
            return abs(left - right) <= allowed and rest == others
    return one.value == other.value


def _text(value) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return repr(value)
