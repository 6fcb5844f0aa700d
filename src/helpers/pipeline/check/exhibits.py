"""Rules for figures and tables: their words against their own rows.

A figure's marks are held against its data where it is shown. Here the words that stand around a
figure or table are: numbers, units, headings, and what two figures must not share.
"""

import ast
import csv
import html
import io
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from helpers import results
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.numbers import (
    LARGE,
    NO_RESULTS,
    NUMBER,
    given,
    number,
    numbers_in,
    sums,
)
from helpers.pipeline.check.parts import at, numbered, prose_of

CURRENCIES = ("usd", "rmb", "eur")
YEAR = re.compile(r"(?:19|20)\d\d")
CHAPTER = re.compile(r"\b(\d)-(\d)-[a-z]")  # a number such as 3.6, as files have it


@dataclass(frozen=True)
class Exhibit:
    """A figure or table as it stands in a chapter's outputs.

    Attributes
    ----------
    sort, name : str
        ``figure`` or ``table``, and its name.
    place : int
        Number of its cell.
    words : dict
        Part -> text: title, subtitle, source and alternative text, or caption and note.
    rows : list of list of str
        Its CSV, with the line of names.
    headings, shown : list
        Of a table: headings, and rows of texts.
    """

    sort: str
    name: str
    place: int
    words: dict
    rows: list
    headings: list
    shown: list


def exhibits(chapter: Chapter) -> list[Exhibit]:
    """All figures and tables of a chapter's committed outputs."""
    found = []
    for place, cell in numbered(chapter):
        for output in cell.get("outputs", []):
            about = output.get("metadata", {}).get("book")
            if about and "text/csv" in output.get("data", {}):
                found.append(_exhibit(place, about, output["data"]))
    return found


def _exhibit(place, about, data) -> Exhibit:
    rows = list(csv.reader(io.StringIO("".join(data["text/csv"]))))
    if "figure" in about:
        words = {part: about[part] for part in ("title", "subtitle", "source", "alt")
                 if part in about}
        return Exhibit("figure", about["figure"], place, words, rows, [], [])
    page = "".join(data.get("text/html", ""))
    note = re.search(r'<(p|span) class="table-note">(.*?)</\1>', page, re.S)
    shown = [[_plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
             for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.S)]
    words = {"caption": about.get("caption", ""), "note": _plain(note[2]) if note else ""}
    return Exhibit("table", about["table"], place, words, rows, shown[0] if shown else [],
                   shown[1:])


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def exhibit_faults(chapter: Chapter) -> list[str]:
    """Figures and tables whose words, headings or download are not those of their rows."""
    found, shown = [], exhibits(chapter)
    names = [each.name for each in shown]
    recorded = _numbers_recorded(chapter)
    for each in shown:
        where = f"{chapter.name}, {each.sort} {each.name}"
        if names.count(each.name) > 1:
            found.append(f"{where}: the name is used twice, and so is its download. Rename one.")
        elsewhere = [other for other in shown if other is not each]
        for part, token in strange_numbers(each, recorded, elsewhere):
            found.append(f"{where}, {part}: {token} stands neither in its rows nor in a record. "
                         f"Format it from the data.")
        for line in [*(_table_faults(each) if each.sort == "table" else ()), *_unit_faults(each)]:
            found.append(f"{where}: {line}")
    return list(dict.fromkeys(found))


# ------------------------------------------------------------------ numbers in words


def strange_numbers(exhibit: Exhibit, recorded: Iterable, elsewhere=()) -> list[tuple[str, str]]:
    """Numbers of the words that nothing in the rows or records gives: (part, number).

    Where an alternative text has a number of another figure's rows, which neither the own rows nor
    the own title have, it tells of that figure: a record excuses it no more. A year is told
    wherever rows of the chapter have it.
    """
    own = values_of_rows(exhibit)
    cells = {each.name: [value for row in each.rows[1:] for value in map(number, row)
                         if value is not None] for each in elsewhere}
    others = [value for each in elsewhere if each.sort == "figure" for value in cells[each.name]]
    titled = [number(token) for part in ("title", "subtitle")
              for token in NUMBER.findall(exhibit.words.get(part, ""))]
    found = []
    for part, text in exhibit.words.items():
        if part == "source":
            continue
        for token in NUMBER.findall(NO_RESULTS.sub(" ", text)):
            if given(token, own) or (
                    YEAR.fullmatch(token) and any(given(token, each) for each in cells.values())):
                continue
            large = {number(token) * factor for word, factor in
                     LARGE.items() if f"{token} {word}" in text}
            if large and any(_close(value, size) for value in own for size in large):
                continue
            foreign = (part == "alt" and len(token) > 2 and given(token, others)
                       and not any(abs(round(number(token)) - abs(round(value))) == 0
                                   for value in titled))
            if foreign or not given(token, recorded):
                found.append((part, token))
    return found


def _close(value: float, other: float) -> bool:
    return abs(value - other) <= 0.005 * abs(other)


def values_of_rows(exhibit: Exhibit, *, left: bool = True) -> list[float]:
    """Numbers that the words of an exhibit may use: cells, names, counts, totals, differences.

    Parameters
    ----------
    exhibit : Exhibit
    left : bool
        Whether rows may be counted by what they are not.
    """
    names, rows = exhibit.rows[0], exhibit.rows[1:]
    columns = list(zip(*rows, strict=True)) if rows else []
    values = [float(len(rows)), float(len(names)), float(len(names) - 1)]
    for column in columns:
        numbers = [value for value in map(number, column) if value is not None]
        if numbers:
            values += numbers
            values += [sum(numbers), max(numbers) - min(numbers),
                       sum(numbers) / len(numbers), float(len(numbers)),
                       sorted(numbers)[len(numbers) // 2]]
        counted = {cell: column.count(cell) for cell in set(column)}
        values += [float(len(counted)), *map(float, counted.values())]
        values += [float(len(column) - count) for count in counted.values() if left]
    texts = [*names, *(cell for row in rows for cell in row if number(cell) is None),
             *(part for part in exhibit.headings)]
    values += [number(token) for text in texts for token in NUMBER.findall(text)]
    values += [number(".".join(parts)) for text in texts for parts in CHAPTER.findall(text)]
    values += [value for row in rows for value in sums(row)]
    values += sums(cell for row in rows for cell in row)
    return values


def _numbers_recorded(chapter: Chapter) -> list[float]:
    """Numbers of the results of a chapter: their values, and as their texts have them."""
    values = []
    for entry in results.entries(chapter.notebook):
        values += numbers_in(entry.get("value"))
        values += [number(token) for token in NUMBER.findall(entry["text"])]
    settings = map(number, map(str, chapter.parameters.values()))
    return values + [value for value in settings if value is not None]


# ------------------------------------------------------------------ tables


def _table_faults(table: Exhibit) -> list[str]:
    """A table whose page and download differ, or whose headings stand over other columns."""
    if not table.headings:  # a download alone
        return []
    names, rows = table.rows[0], table.rows[1:]
    if len(table.headings) != len(names) or any(len(row) != len(names) for row in table.shown):
        return [f"it shows {len(table.headings)} columns and its download has {len(names)}."]
    if len(table.shown) != len(rows):
        return [f"it shows {len(table.shown)} rows and its download has {len(rows)}."]
    for row, (texts, cells) in enumerate(zip(table.shown, rows, strict=True), start=1):
        for name, text, cell in zip(names, texts, cells, strict=True):
            value, tokens = number(cell), NUMBER.findall(text)
            if value is None or not tokens or text == cell:
                continue
            values = [value, *(value / factor for word, factor in LARGE.items() if word in text)]
            if not any(given(token, values) for token in tokens):
                return [f"row {row} shows {text!r} where its download has {cell} in {name}."]
    for one, other in itertools.combinations(range(len(names)), 2):
        as_is = _alike(names[one], table.headings[one]) + _alike(names[other],
                                                                 table.headings[other])
        crossed = _alike(names[one], table.headings[other]) + _alike(names[other],
                                                                     table.headings[one])
        if crossed > as_is + 1e-9:
            return [f"the headings {table.headings[one]!r} and {table.headings[other]!r} seem to "
                    f"be exchanged: they stand over {names[one]} and {names[other]}. Exchange "
                    f"them, or give headings the words of their columns."]
    return []


def _alike(name: str, heading: str) -> float:
    """Share of a column's name that its heading says, by words or how they begin."""
    said = set(re.findall(r"[a-z]+|\d+", heading.lower()))
    words = set(re.findall(r"[a-z]+|\d+", name.lower()))
    shared = sum(max((_share(word, other) for other in said), default=0) for word in words)
    return shared / max(1, sum(map(len, words)))


def _share(word: str, other: str) -> float:
    if word == other:
        return len(word)
    shortest = min(len(word), len(other))
    return 0.8 * shortest if shortest >= 4 and word[:4] == other[:4] else 0


# ------------------------------------------------------------------ units


def _unit_faults(exhibit: Exhibit) -> list[str]:
    """Currencies of headings and subtitles that their columns do not have."""
    names = exhibit.rows[0]
    if exhibit.sort == "table" and len(exhibit.headings) == len(names):
        pairs = [(heading, name) for heading, name in zip(exhibit.headings, names, strict=True)]
    else:
        pairs = [(exhibit.words.get("subtitle", ""), " ".join(names))]
    return [f"{heading!r} speaks of {currency.upper()}, and {name!r} does not. Name the unit in "
            f"the column, or correct the words."
            for heading, name in pairs for currency in CURRENCIES
            if currency in _words(heading) and currency not in _words(name)]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


# ------------------------------------------------------------------ sources and marks


def source_faults(chapter: Chapter, tables: Iterable[str],
                  sections: Mapping[str, str]) -> list[str]:
    """Source lines that name a table the chapter does not read, or a section it does not speak of.

    Parameters
    ----------
    chapter : Chapter
    tables : iterable of str
        Names of all tables of the book.
    sections : dict
        Id of a claim -> section of the paper that prints it.
    """
    own = ".".join(itertools.takewhile(str.isdigit, chapter.name.split("-")))
    spoken = {own, *(sections[claim] for entry in results.entries(chapter.notebook)
                     for claim in entry["claims"] if claim in sections)}
    shown = exhibits(chapter)
    texts = [*prose_of(chapter), *(entry["text"] for entry in results.entries(chapter.notebook)),
             *(text for each in shown for part, text in each.words.items() if part != "source")]
    spoken |= {section for text in texts for section in _sections(text)}
    found = []
    for each in shown:
        source = each.words.get("source", "")
        where = f"{chapter.name}, {each.sort} {each.name}, source"
        held = spoken | {cell for row in each.rows for cell in row}
        found += [f"{where}: it names the table {name}, which the chapter does not read. Name "
                  f"those it reads." for name in _tables(source)
                  if (name in tables or "_" in name) and name not in chapter.tables]
        found += [f"{where}: it names section {section}, and nothing else in the chapter does. "
                  f"Correct it." for section in _sections(source)
                  if not any(f"{section}.".startswith(f"{other}.")
                             or f"{other}.".startswith(f"{section}.") for other in held)]
    return found


def _tables(text: str) -> list[str]:
    listed = re.findall(r"\btables? ([a-z_0-9]+(?:(?:, | and )[a-z_0-9]+)*)", text)
    return [name for names in listed for name in re.split(", | and ", names)]


def _sections(text: str) -> list[str]:
    listed = re.findall(r"\b[Ss]ections?\s+([\d.]*\d(?:(?:,| and| to)\s+[\d.]*\d)*)", text)
    return [section for names in listed for section in re.findall(r"\d+(?:\.\d+)*", names)]


def position_faults(chapter: Chapter) -> list[str]:
    """Rows that a cell sets apart by their place in the table: rows move, and the mark stays."""
    found = []
    for place, cell in numbered(chapter):
        for node in ast.walk(ast.parse(cell["source"])):
            if not isinstance(node, ast.keyword) or node.arg != "highlight":
                continue
            typed = isinstance(node.value, ast.List | ast.Tuple) and any(
                isinstance(part, ast.Constant) and isinstance(part.value, int)
                and not isinstance(part.value, bool)
                for item in node.value.elts for part in _results_of(item))
            if typed:
                found.append(at(chapter, place, f"it sets rows apart by position, "
                                                f"`{ast.unparse(node)}`. Give a condition: "
                                                f"highlight=lambda rows: rows[...] == ..."))
    return found


def _results_of(node: ast.expr) -> list[ast.expr]:
    """Constants that may be the value of an expression: itself, branches, parts of a sum."""
    if isinstance(node, ast.IfExp):
        return [*_results_of(node.body), *_results_of(node.orelse)]
    if isinstance(node, ast.BinOp):
        return [*_results_of(node.left), *_results_of(node.right)]
    return [node]


# ------------------------------------------------------------------ the whole book


def shared_words(chapters: Iterable[Chapter]) -> list[str]:
    """Figures and tables of a book that share a text or data with another."""
    found, seen = [], {}
    for chapter in chapters:
        for each in exhibits(chapter):
            where = f"{chapter.name}, {each.sort} {each.name}"
            held = {part: text for part, text in each.words.items()
                    if text and part in ("title", "alt", "caption")}
            held["data"] = "\n".join(map(",".join, each.rows))
            for part, text in held.items():
                first = seen.setdefault((part, " ".join(text.split())), where)
                if first != where:
                    found.append(f"{where}: its {part} is that of {first}. Give it its own.")
    return found
