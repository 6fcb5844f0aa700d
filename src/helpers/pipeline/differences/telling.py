"""A difference in words: where it is, and what it was and is."""

from helpers import agreement, words
from helpers.pipeline import compare, wording
from helpers.pipeline.differences.difference import Difference
from helpers.pipeline.differences.records import fields_apart, values_apart
from helpers.pipeline.differences.tables import Apart, Shown, cells_apart, html_table, rows_apart

LONGEST = 400  # characters of what a line says
SORTS_NAMED = ("sentence", "quote", "figure", "table")


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
    apart = rows_apart(old.rows, new.rows)
    if apart:
        lines.append(_of_cells(apart, "shown"))
    return "; ".join(lines) or "its markup changed"


def _of_cells(apart: list[Apart], what: str) -> str:
    first = max(apart, key=lambda each: each.size)
    more = f", and {len(apart) - 1} more" if len(apart) > 1 else ""
    return f"{what}: {first.said}{more}"
