"""What differs between the committed outputs of a chapter and those of a run, as values.

Results are compared with the tolerance that the committed record states, texts exactly but for
digits within it, figures by their data and their picture, tables by cell. Whatever else is
committed and differs is a difference as well; only what `accept.reference` sets by itself (ids,
timings, execution counts) is none.
"""

import csv
import difflib
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from helpers import agreement, results, words
from helpers.pipeline import compare, wording

# Sizes of what has no relative change, so that the largest comes first. Numbers are 0 to 2.
APPEARED, FLIPPED, WORDED, DRAWN, DESCRIBED, MOVED = 10.0, 5.0, 1.0, 0.3, 0.1, 0.05
HUNDREDTH_PIXEL = 1e-2  # coordinates of a picture: another processor rounds the last digits
LONGEST = 400  # characters of what a line says
SORTS_NAMED = ("sentence", "quote", "figure", "table")
# Fields of a result that say nothing but how it reads.
READINGS = {"label", "text", "note"}
COORDINATE = re.compile(r"(?<![\w#.])[-+]?\d+(?:\.\d+)?(?![\w.])")


@dataclass(frozen=True)
class Difference:
    """One thing that a run has otherwise than the committed chapter.

    Attributes
    ----------
    chapter : str
    cell : int
        Number of the code cell, from 1, as Jupyter shows it; of the old one for what is gone.
    name : str
        Of the record, figure or table; ``output N`` for anything else.
    sort : str
        result, sentence, quote, figure, table or output.
    change : str
        new; gone; value (of a sentence: its numbers only); text (the same value with other text,
        label, unit, status, claims, scope or note; of a sentence: its words); picture (the same
        data); order (the same outputs, elsewhere); metadata (alternative text, caption, name,
        marked rows).
    old, new : dict, str or None
        The record; the output's data; for metadata the output's metadata; for order the places.
    size : float
        For ranking: relative change of a number, 0 to 2; more for what is new, gone or turned.
    """

    chapter: str
    cell: int
    name: str
    sort: str
    change: str
    old: dict | str | None
    new: dict | str | None
    size: float


@dataclass(frozen=True)
class _Item:
    """An output, in the place where it stands."""

    sort: str
    name: str
    cell: int
    place: int
    output: dict

    @property
    def record(self) -> dict:
        return self.output["data"][results.MIME]

    @property
    def content(self) -> dict:
        """What a difference shows of it."""
        return self.record if results.MIME in self.output["data"] else self.output["data"]

    @property
    def where(self) -> str:
        return f"code cell {self.cell}, output {self.place}"


def between(chapter: str, reference: dict, executed: dict) -> list[Difference]:
    """What differs between the outputs of two notebooks of a chapter, in the order of the new one.

    Parameters
    ----------
    chapter : str
    reference, executed : dict
        Notebooks as `json` or `nbformat` read them. A cell that papermill injected is none.
    """
    before, after = _code_cells(reference), _code_cells(executed)
    paired = _paired([_joined(cell["source"]) for cell in before],
                     [_joined(cell["source"]) for cell in after])
    old, new = _items(before, paired), _items(after, {})
    found = [Difference(chapter, item.cell, item.name, item.sort, "new", None, item.content,
                        APPEARED) for key, item in new.items() if key not in old]
    for key, item in old.items():
        if key not in new:
            cell = paired.get(item.cell, item.cell)
            found.append(Difference(chapter, cell, item.name, item.sort, "gone", item.content,
                                    None, APPEARED))
        else:
            found += [Difference(chapter, new[key].cell, item.name, item.sort, *what)
                      for what in _changes(item, new[key])]
    found += [Difference(chapter, new[key].cell, new[key].name, new[key].sort, "order",
                         old[key].where, new[key].where, MOVED)
              for key in _moved(old, new, paired)]
    return sorted(found, key=lambda each: each.cell)


def _code_cells(notebook: dict) -> list[dict]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"
            and "injected-parameters" not in cell["metadata"].get("tags", [])]


def _joined(text) -> str:
    return text if isinstance(text, str) else "".join(text)


def _paired(before: list[str], after: list[str]) -> dict[int, int]:
    """Number of the new cell for each old one: of the same source, else of the same place."""
    found, rest = {}, []
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.update(zip(range(a + 1, b + 1), range(c + 1, d + 1), strict=True))
        else:
            rest.append((range(a + 1, b + 1), range(c + 1, d + 1)))
    free = {number for _, numbers in rest for number in numbers}
    for old in (number for numbers, _ in rest for number in numbers):
        same = next((new for new in sorted(free) if after[new - 1] == before[old - 1]), None)
        if same is not None:  # a cell that was moved
            found[old] = same
            free.discard(same)
    for old, new in rest:
        left = [number for number in old if number not in found]
        found.update(zip(left, [number for number in new if number in free], strict=False))
    return found


def _items(cells: list[dict], paired: dict[int, int]) -> dict[tuple, _Item]:
    """Every output by a key that finds it again: its name, else its cell and turn there."""
    found, turns = {}, Counter()
    for number, cell in enumerate(cells, start=1):
        for place, raw in enumerate(cell.get("outputs", ()), start=1):
            output = _plain(raw)
            sort, name = _named(output)
            base = (sort, name) if name else (sort, paired.get(number, number))
            turns[base] += 1
            found[(*base, turns[base])] = _Item(sort, name or f"output {place}", number, place,
                                                output)
    return found


def _plain(raw: dict) -> dict:
    """An output without its count, its texts in one piece each."""
    output = {key: value for key, value in raw.items() if key != "execution_count"}
    output["metadata"] = dict(raw.get("metadata", {}))
    output["data"] = {kind: _joined(value) if isinstance(value, list) and all(
        isinstance(line, str) for line in value) else value
        for kind, value in raw.get("data", {}).items()}
    if "text" in output:
        output["data"]["text/plain"] = _joined(output.pop("text"))
    return output


def _named(output: dict) -> tuple[str, str]:
    """Sort and name of an output; no name for what is neither record, figure nor table."""
    record = output["data"].get(results.MIME)
    if isinstance(record, dict):
        return record.get("type", "output"), record.get("name", "")
    about = output["metadata"].get("book", {})
    return next(((sort, about[sort]) for sort in ("figure", "table") if sort in about),
                ("output", ""))


def _moved(old: dict, new: dict, paired: dict[int, int]) -> list[tuple]:
    """Keys of what both have, and the run has in another place or order."""
    before = [(paired.get(item.cell), key) for key, item in old.items() if key in new]
    after = [(item.cell, key) for key, item in new.items() if key in old]
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    kept = {place for _, start, size in matcher.get_matching_blocks()
            for place in range(start, start + size)}
    return [key for place, (_, key) in enumerate(after) if place not in kept]


Change = tuple[str, dict, dict, float]


def _changes(old: _Item, new: _Item) -> Iterator[Change]:
    """In what ways two outputs of one name differ."""
    if repr(old.output) == repr(new.output):  # since 1 == True
        return
    found = list({"result": _of_results, "sentence": _of_texts, "quote": _of_texts,
                  "figure": _of_figures, "table": _of_tables}.get(old.sort, _of_others)(old, new))
    if old.output["metadata"] != new.output["metadata"]:
        found.append(("metadata", old.output["metadata"], new.output["metadata"], DESCRIBED))
    if not found and not _rest_alike(old, new):
        found.append(("text", old.content, new.content, WORDED))
    yield from found


def _rest_alike(old: _Item, new: _Item) -> bool:
    """Whether two outputs without a difference so far agree in everything that is committed.

    What is written for machines or made from the rest may have been edited by hand.
    """
    before, after = ({**item.output, "metadata": None, "data": None} for item in (old, new))
    first, second = old.output["data"], new.output["data"]
    tolerance = old.record["tolerance"] if old.sort == "result" else 1e-9
    return before == after and first.keys() == second.keys() and all(
        kind in (results.MIME, "image/svg+xml")
        or (wording.alike(first[kind], second[kind], tolerance)
            if isinstance(first[kind], str) and isinstance(second[kind], str)
            else agreement.agree(first[kind], second[kind])) for kind in first)


def _of_results(old: _Item, new: _Item) -> Iterator[Change]:
    yield from of_records(old.record, new.record)


def of_records(before: dict, after: dict) -> Iterator[Change]:
    """In what ways two records of one result differ: change, old, new and size."""
    apart = values_apart(before, after)
    if apart:
        yield "value", before, after, max(_size(a, b) for _, a, b in apart)
    named = fields_apart(before, after)
    if named:
        yield "text", before, after, WORDED if set(named) <= READINGS else FLIPPED


def values_apart(old: dict, new: dict) -> list[tuple]:
    """Where the values of two records differ, by the tolerance that the old one states.

    A run that states a wider one does not thereby agree.
    """
    return list(elements(old["value"], new["value"], old["tolerance"]))


def fields_apart(old: dict, new: dict) -> list[str]:
    """Fields of a record that differ, without its value and what follows from that."""
    follow, tolerance = set(), 1e-9
    if old["type"] == "result":
        follow, tolerance = {"value"}, old["tolerance"]
        if values_apart(old, new):
            follow |= {"text"}
            if old["value"] is None or new["value"] is None:
                follow |= {"status", "note"}
    if wording.alike(old["text"], new["text"], tolerance):
        follow |= {"text"}
    elif all(record.get("note") == record["text"] for record in (old, new)):
        follow |= {"note"}  # of a refusal, whose reason is its text
    return [name for name in {**old, **new} if name not in follow
            and old.get(name) != new.get(name)]


def elements(old, new, tolerance: float, path: str = "") -> Iterator[tuple[str, object, object]]:
    """Where two values differ beyond a tolerance: path, old and new, in lists and mappings too."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from elements(old.get(key), new.get(key), tolerance, f"{path}[{key}]")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (a, b) in enumerate(zip(old, new, strict=True), start=1):
            yield from elements(a, b, tolerance, f"{path}[{place}]")
    elif not agreement.agree(old, new, tolerance):
        yield path, old, new


def _size(old, new) -> float:
    if agreement.is_number(old) and agreement.is_number(new):
        return wording.relative_change(old, new)
    return FLIPPED


def _of_texts(old: _Item, new: _Item) -> Iterator[Change]:
    before, after = old.record, new.record
    turned = not wording.same_words(before["text"], after["text"])
    if turned or {**before, "text": ""} != {**after, "text": ""}:
        yield "text", before, after, FLIPPED if turned else WORDED
    elif not wording.alike(before["text"], after["text"]):
        yield "value", before, after, wording.largest_change(before["text"], after["text"])


def _of_figures(old: _Item, new: _Item) -> Iterator[Change]:
    before, after = old.output["data"], new.output["data"]
    apart = cells_apart(before.get("text/csv", ""), after.get("text/csv", ""))
    if apart:
        yield "value", before, after, _largest(apart)
    elif not same_picture(before.get("image/svg+xml", ""), after.get("image/svg+xml", "")):
        yield "picture", before, after, DRAWN


def _of_tables(old: _Item, new: _Item) -> Iterator[Change]:
    before, after = old.output["data"], new.output["data"]
    shown, later = (html_table(data.get("text/html", "")) for data in (before, after))
    apart = cells_apart(before.get("text/csv", ""), after.get("text/csv", ""))
    if apart:
        yield "value", before, after, _largest(apart)
    if (shown.headers, shown.notes) != (later.headers, later.notes) or (
            not apart and _rows_apart(shown.rows, later.rows)):
        yield "text", before, after, FLIPPED
    if (shown.caption, shown.marked) != (later.caption, later.marked):
        yield "metadata", before, after, DESCRIBED


def _of_others(old: _Item, new: _Item) -> Iterator[Change]:
    before, after = old.output["data"], new.output["data"]
    texts = [(before[kind], after[kind]) for kind in before
             if isinstance(before[kind], str) and isinstance(after.get(kind), str)]
    if before.keys() == after.keys() and all(wording.same_words(*pair) for pair in texts) and any(
            not wording.alike(*pair) for pair in texts):
        yield "value", before, after, max(wording.largest_change(*pair) for pair in texts)


def _largest(apart: list["Apart"]) -> float:
    return max(each.size for each in apart)


# ------------------------------------------------------------------ tables and pictures

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
    before, after = (list(csv.reader(io.StringIO(text))) for text in (old, new))
    return _rows_apart(before, after)


def _rows_apart(before: list[list[str]], after: list[list[str]]) -> list[Apart]:
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


def same_picture(old: str, new: str) -> bool:
    """Whether two SVG texts draw the same: names of parts and the last digits may differ."""
    if old == new:
        return True
    old, new = _renamed(old), _renamed(new)
    if COORDINATE.sub("0", old) != COORDINATE.sub("0", new):
        return False
    return all(a == b or abs(float(a) - float(b)) <= HUNDREDTH_PIXEL for a, b in
               zip(COORDINATE.findall(old), COORDINATE.findall(new), strict=True))


def _renamed(svg: str) -> str:
    """SVG text with the ids of its parts counted in the order of their first appearance.

    Matplotlib makes them from coordinates, whose last digits another Python may round otherwise.
    """
    ids = {name: f"id{place}" for place, name in enumerate(
        dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg)))}
    return re.sub(r'(\bid="|url\(#|href="#)([^")]+)',
                  lambda found: found[1] + ids.get(found[2], found[2]), svg)


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


# ------------------------------------------------------------------ in words

def line(difference: Difference) -> str:
    """A difference as one line: where, what, old -> new."""
    return f"{place(difference)}: {wording.shortened(detail(difference), LONGEST)}"


def place(difference: Difference) -> str:
    """Where it is: chapter, code cell, and its name."""
    cell = f", code cell {difference.cell}" if difference.cell else ""
    sort = f"{difference.sort} " if difference.sort in SORTS_NAMED else ""
    return f"{difference.chapter}{cell}, {sort}{difference.name}"


def detail(difference: Difference) -> str:
    """What changed, in words."""
    old, new = difference.old, difference.new
    match difference.change:
        case "new":
            return f"new: {wording.shortened(said(new))}"
        case "gone":
            return f"gone; it was: {wording.shortened(said(old))}"
        case "order":
            return f"stands elsewhere: {old} -> {new}"
        case "picture":
            return "drawn otherwise from the same data"
        case "metadata":
            return _of_metadata(old, new)
        case "value" if "value" in old:
            return value_in_words(old, new)
    if "claims" in old:
        return _of_fields(old, new)
    apart = cells_apart(old.get("text/csv", ""), new.get("text/csv", ""))
    if difference.change == "value" and apart:
        return _of_cells(apart, "its data")
    if difference.sort == "table":
        return _of_shown(*(html_table(data.get("text/html", "")) for data in (old, new)))
    kinds = [kind for kind in {**old, **new} if old.get(kind) != new.get(kind)]
    # What is written for people says it best.
    kinds = ["text/plain"] if "text/plain" in kinds else kinds
    return "; ".join(wording.in_a_line(str(old.get(kind, "")), str(new.get(kind, "")))
                     for kind in kinds) or "its output says otherwise than its record"


def said(content: dict) -> str:
    """What an output says, in short."""
    if "text/csv" in content and "text/plain" not in content:
        return words.plural(max(content["text/csv"].count("\n") - 1, 0), "row")
    return content.get("text") or str(content.get("text/plain", "")).strip().split("\n")[0]


def value_in_words(old: dict, new: dict) -> str:
    """Old and new text of a result with its relative change; its values where the texts agree."""
    a, b = old["value"], new["value"]
    by = ""
    if agreement.is_number(a) and agreement.is_number(b) and a:
        by = f" ({compare.change_in_words((b - a) / abs(a))})"
    if old["text"] != new["text"]:
        if isinstance(a, (dict, list)) or max(len(old["text"]), len(new["text"])) > 80:
            return wording.in_a_line(old["text"], new["text"]) + by
        return f"{old['text']} -> {new['text']}{by}"
    apart = values_apart(old, new)
    shown = "; ".join(f"{path} {x!r} -> {y!r}".strip() for path, x, y in apart[:3])
    more = f" and {len(apart) - 3} more" if len(apart) > 3 else ""
    return f"{shown}{more}, printed alike{by}"


def _of_fields(old: dict, new: dict) -> str:
    """Fields of a record that changed though its value did not."""
    lines = []
    for name in fields_apart(old, new):
        a, b = old.get(name), new.get(name)
        if name == "text":
            lines.insert(0, wording.in_a_line(a, b))
        elif isinstance(a, str) and isinstance(b, str) and len(a) + len(b) > 80:
            lines.append(f"{name}: {wording.in_a_line(a, b)}")
        else:
            lines.append(f"{name}: {a!r} -> {b!r}")
    return "; ".join(lines) or "its committed output says otherwise than its record"


def _of_metadata(old: dict, new: dict) -> str:
    if "text/html" in old:
        return _of_shown(*(html_table(data["text/html"]) for data in (old, new)))
    before, after = _flat(old), _flat(new)
    return "; ".join(
        f"{name}: {wording.in_a_line(str(before.get(name, 'none')), str(after.get(name, 'none')))}"
        for name in {**before, **after} if before.get(name) != after.get(name))


def _flat(metadata: dict) -> dict:
    return {name: value for key, part in metadata.items() for name, value in
            (part.items() if isinstance(part, dict) else [(key, part)])}


def _of_shown(old: Shown, new: Shown) -> str:
    lines = []
    if old.caption != new.caption:
        lines.append(f"caption: {wording.in_a_line(old.caption, new.caption)}")
    if old.marked != new.marked:
        lines.append(f"marked rows: {old.marked} -> {new.marked}")
    if old.notes != new.notes:
        lines.append(f"note: {wording.in_a_line(old.notes, new.notes)}")
    apart = _rows_apart(old.rows, new.rows)
    if apart:
        lines.append(_of_cells(apart, "shown"))
    return "; ".join(lines) or "its markup changed"


def _of_cells(apart: list[Apart], what: str) -> str:
    first = max(apart, key=lambda each: each.size)
    more = f", and {len(apart) - 1} more" if len(apart) > 1 else ""
    return f"{what}: {first.said}{more}"

