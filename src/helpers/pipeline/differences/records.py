"""Where two records of one result differ: by the committed tolerance, and in every other field."""

from collections.abc import Iterator

from helpers import agreement
from helpers.pipeline import wording
from helpers.pipeline.differences.sizes import FLIPPED, WORDED

READINGS = {"label", "text", "note"}  # fields that say nothing but how a result reads
Change = tuple[str, dict, dict, float]  # kind of change, old, new, size


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
    return list(_elements(old["value"], new["value"], old["tolerance"]))


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


def _elements(old, new, tolerance: float, path: str = "") -> Iterator[tuple[str, object, object]]:
    """Where two values differ beyond a tolerance: path, old and new, in lists and mappings too."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from _elements(old.get(key), new.get(key), tolerance, f"{path}[{key}]")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (a, b) in enumerate(zip(old, new, strict=True), start=1):
            yield from _elements(a, b, tolerance, f"{path}[{place}]")
    elif not agreement.agree(old, new, tolerance):
        yield path, old, new


def _size(old, new) -> float:
    if agreement.is_number(old) and agreement.is_number(new):
        return wording.relative_change(old, new)
    return FLIPPED
