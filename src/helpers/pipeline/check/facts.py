"""Rule: one fact has one value, one date and one class on all pages.

A fact is told twice where two chapters record a result of one name, where results of two chapters
rest on one claim alone and have one unit, and where figures or tables of two chapters have a row
for the same thing and a column of the same name. What two chapters tell must agree then.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import NamedTuple

from helpers import results
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.exhibits import Exhibit, exhibits
from helpers.pipeline.check.numbers import NUMBER, number

# Columns that name a thing: rows with the same name are of the same thing.
NAMES_OF_THINGS = (
    "claim", "claim_id", "title", "document", "document_id", "organisation", "firm", "company",
    "body", "name", "country", "challenge", "challenge_id", "suggestion", "suggestion_id",
    "statement_id", "trend", "item", "label", "measure_id", "reading_id", "scope_id", "incident",
    "incident_id")
# Columns that name a thing together.
PAIRS = (("fiscal_year", "vintage"), ("country", "dimension"))
IN_MILLIONS = {"_million": 1.0, "_billion": 1000.0}


class Told(NamedTuple):
    """A fact as a chapter tells it: where, and what has to be the same elsewhere."""

    chapter: str
    where: str
    value: object
    tolerance: float = 0.0


# CHAPTER EXHIBIT: COLUMN by THING, for some rows with: where COLUMN is VALUE
PLACE = re.compile(r"(?P<chapter>\S+) (?P<exhibit>[^:\s]+): (?P<column>\w+) by (?P<thing>\w+)"
                   r"(?: where (?P<key>\w+) is (?P<value>.+))?")


def fact_faults(listed: Iterable[Chapter], own: Mapping[str, str] | None = None,
                same: Mapping[str, Iterable[str]] | None = None) -> list[str]:
    """Facts that two chapters tell differently, one line each.

    Parameters
    ----------
    listed : iterable of Chapter
    own : mapping, optional
        Names of results, or ``column of rows`` pairs such as ``money by country``, that every
        chapter means of its own subject -> why.
    same : mapping, optional
        A fact -> the places that tell it under names of their own, as `PLACE` reads them.
    """
    told = defaultdict(list)
    for chapter in listed:
        for fact, each in [*_of_records(chapter), *_of_rows(chapter),
                           *_same_facts(chapter, same or {})]:
            told[fact].append(each)
    found = []
    for fact, tellings in told.items():
        if own and any(f" {name} " in f" {fact} " for name in own):
            continue
        apart = next(((one, other) for one, other in combinations(tellings, 2)
                      if one.chapter != other.chapter and not _agree(one, other)), None)
        if apart:
            first, other = apart
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
        where = f"{exhibit.sort} {exhibit.name}"
        for names, rows in _things(exhibit):
            for thing, row in rows.items():
                for column, cell in row.items():
                    column, value = _in_millions(column, cell)
                    yield (f"{column} by {' and '.join(names)} ({', '.join(thing)})",
                           Told(chapter.name, where, value))


def _things(exhibit: Exhibit) -> Iterable[tuple[tuple[str, ...], dict[tuple[str, ...], dict]]]:
    """Names of things in an exhibit, each with the rows of those that stand there once."""
    head, rows = exhibit.rows[0], exhibit.rows[1:]
    for names in (*((name,) for name in NAMES_OF_THINGS), *PAIRS):
        if set(names) <= set(head):
            cells = [dict(zip(head, row, strict=True)) for row in rows]
            things = [tuple(row[name] for name in names) for row in cells]
            yield names, {thing: {column: cell for column, cell in row.items()
                                  if column not in names}
                          for thing, row in zip(things, cells, strict=True)
                          if things.count(thing) == 1}


def _in_millions(column: str, cell: str) -> tuple[str, object]:
    """A column of millions or billions as one of millions, and a number as a number."""
    value = number(cell)
    for unit, factor in IN_MILLIONS.items():
        if column.endswith(unit) and value is not None:
            return f"{column.removesuffix(unit)}_million", round(value * factor, 9)
    return column, cell if value is None else value


def _same_facts(chapter: Chapter, same: Mapping[str, Iterable[str]]
                ) -> Iterable[tuple[str, Told]]:
    """Columns of a chapter that tell what columns of other names tell elsewhere."""
    for fact, places in same.items():
        for place in places:
            match = PLACE.fullmatch(place)
            for exhibit in exhibits(chapter):
                if (chapter.name, exhibit.name) != (match["chapter"], match["exhibit"]):
                    continue
                for line in exhibit.rows[1:]:
                    row = dict(zip(exhibit.rows[0], line, strict=True))
                    if not match["key"] or row[match["key"]] == match["value"]:
                        yield (f"{fact} ({row[match['thing']]})",
                               Told(chapter.name, f"{exhibit.sort} {exhibit.name}",
                                    row[match["column"]]))


def _agree(one: Told, other: Told) -> bool:
    match one.value, other.value:
        case ((float() | int() as left, *rest), (float() | int() as right, *others)):
            allowed = max(one.tolerance, other.tolerance) * max(abs(left), abs(right))
            return abs(left - right) <= allowed and rest == others
        case (float() as left, float() as right):
            return math.isclose(left, right, rel_tol=1e-9)
        case (float() as bare, str() as text) | (str() as text, float() as bare):
            return bare in [number(token) for token in NUMBER.findall(text)]  # with its unit
    return one.value == other.value


def _text(value) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return repr(value)
