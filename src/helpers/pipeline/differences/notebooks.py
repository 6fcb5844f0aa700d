"""What differs between the outputs of two notebooks of one chapter."""

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from helpers import agreement, results
from helpers.pipeline import wording
from helpers.pipeline.differences.difference import Difference
from helpers.pipeline.differences.pictures import same_picture
from helpers.pipeline.differences.records import Change, of_records
from helpers.pipeline.differences.sizes import APPEARED, DESCRIBED, DRAWN, FLIPPED, MOVED, WORDED
from helpers.pipeline.differences.tables import Apart, cells_apart, html_table, rows_apart

# What a record of each type has at least.
RECORDS = {"result": {"name", "text", "claims", "value", "tolerance", "status"},
           "sentence": {"name", "text", "claims"}, "quote": {"name", "text", "claims"}}


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
        return self.record if self.sort in RECORDS else self.output["data"]

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
    record, about = output["data"].get(results.MIME), output["metadata"].get("book")
    # One that lacks a part was edited by hand, and is compared as any output.
    if isinstance(record, dict) and record.keys() >= RECORDS.get(record.get("type"), {"-"}):
        return record["type"], str(record["name"])
    return next(((sort, str(about[sort])) for sort in ("figure", "table")
                 if isinstance(about, dict) and sort in about), ("output", ""))


def _moved(old: dict, new: dict, paired: dict[int, int]) -> list[tuple]:
    """Keys of what both have, and the run has in another place or order."""
    before = [(paired.get(item.cell), key) for key, item in old.items() if key in new]
    after = [(item.cell, key) for key, item in new.items() if key in old]
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    kept = {place for _, start, size in matcher.get_matching_blocks()
            for place in range(start, start + size)}
    return [key for place, (_, key) in enumerate(after) if place not in kept]


# ------------------------------------------------------------------ in what ways

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
            not apart and rows_apart(shown.rows, later.rows)):
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


def _largest(apart: list[Apart]) -> float:
    return max(each.size for each in apart)
