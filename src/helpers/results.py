"""Record what a chapter finds: one named result -> ledger, prose and comparison.

A record is written once, as one output of the cell that computed it. The output carries the text
that prose glues in (`{glue:text}`) and a typed JSON record. The committed notebook is therefore
the reference ledger: there is no second file to keep in step.
"""

import math
import numbers
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from helpers import characters
from helpers.words import SPACE, count_in_words, format_value, in_words

__all__ = ["MIME", "PREFIX", "SPACE", "STATUSES", "ResultError", "canonical", "count_in_words",
           "entries", "flat", "format_value", "in_a_line", "in_words", "kind_of_value", "quote",
           "read", "record", "refuse", "sentence"]

STATUSES = ("computed", "scope_flagged", "refused", "not_in_paper")
PREFIX = "application/papermill.record/"  # the mime prefix under which MyST-NB looks for glue
MIME = "application/vnd.book.record+json"  # the notebook format allows objects in +json types only
COLUMNS = ["chapter", "name", "type", "value", "unit", "label", "status", "claims", "tolerance",
           "scope", "note", "text"]

SEEN = ("text", "label", "unit", "scope", "note")  # what readers see of a record, in one line each

# Ten digits survive a change of processor or BLAS; the last ones of a double do not, and nbval
# compares text. Comparisons to 1e-9 still hold.
SIGNIFICANT_DIGITS = 10


class ResultError(ValueError):
    """A result that cannot be recorded: not finite, badly named, or without a reason."""


def record(name, value, *, unit, label, claims=(), tolerance=1e-9, status="computed",
           scope="", note="", digits=None, text=None):
    """Record one named result, glue its text for prose, and return the value unchanged.

    Parameters
    ----------
    name : str
        Name in the ledger: lower-case words joined by ``_``, unique in the chapter.
    value : number, str, bool, list, dict, pandas object, or None
        None only for the statuses ``refused`` and ``not_in_paper``.
    unit : str
        Unit of the value, such as ``"1/year"``, ``"USD billion"``, ``"count"``.
    label : str
        What the value is, in words a reader understands without the chapter.
    claims : sequence of str
        Ids of the printed claims it rests on.
    tolerance : float
        Relative difference from the reference that still counts as the same result.
    status : {'computed', 'scope_flagged', 'refused', 'not_in_paper'}
    scope : str
        Scope of the value, or what was crossed where it is flagged.
    note : str
        For a refusal the sentence that readers see; required there.
    digits : int, optional
        Decimals of the text, where the unit's own are not wanted.
    text : str, optional
        Text for prose, where the formatted value is not wanted.

    Returns
    -------
    The value as given.

    Raises
    ------
    ResultError
        If the name is malformed, the status unknown, the value NaN or infinite, or a refusal
        has no reason.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ResultError(f"Result name {name!r}: use lower-case words joined by underscores.")
    if status not in STATUSES:
        known = ", ".join(STATUSES)
        raise ResultError(f"Result {name!r}: status {status!r} is not one of {known}.")
    withheld = status in ("refused", "not_in_paper")
    if withheld and (value is not None or not note):
        raise ResultError(f"Result {name!r} is {status}: give value None and the reason as note.")
    plain = None if withheld else _plain(value, name)
    if text is None:
        text = note if withheld else format_value(plain, unit, digits)
    _emit({
        "type": "result", "name": name, "value": plain, "unit": unit, "label": label,
        "status": status, "claims": list(claims), "tolerance": tolerance, "scope": scope,
        "note": str(note), "text": text,
    })
    return value


def refuse(name, reason, *, unit, label, claims=(), scope=""):
    """Record that a result is refused; `reason` is the sentence (or exception) readers see."""
    record(name, None, unit=unit, label=label, claims=claims, status="refused", scope=scope,
           note=str(reason))


def sentence(name, text, *, claims=()):
    """Record a sentence that the code chose, so that prose follows the parameters."""
    if not text.strip():
        raise ResultError(f"Sentence {name!r} is empty.")
    _emit({"type": "sentence", "name": name, "claims": list(claims), "text": text})


def quote(name, claims, claim_id):
    """Glue a figure exactly as the paper prints it.

    Parameters
    ----------
    name : str
        Name for ``{glue:text}``.
    claims : pandas.DataFrame
        The table ``claims``.
    claim_id : str

    Returns
    -------
    str
        The printed token.
    """
    rows = claims.loc[claims["claim_id"] == claim_id, "printed"]
    if len(rows) != 1:
        raise ResultError(f"Quote {name!r}: the table claims has no single row {claim_id!r}.")
    printed = rows.iloc[0]
    _emit({"type": "quote", "name": name, "claims": [claim_id], "text": printed})
    return printed


def _emit(entry: dict) -> None:
    from IPython.display import display

    for part in SEEN:
        fault = characters.fault(entry.get(part, ""))
        if fault:
            raise ResultError(f"{entry['type'].capitalize()} {entry['name']!r}: its {part}, "
                              f"{characters.shown(entry[part])}, {fault}.")
    display(
        # The first is what prose glues in, as a literal: MyST-NB evaluates the text, and would
        # shorten a bare 0.50 to 0.5. The last is for who opens the notebook; pages drop it.
        {PREFIX + "text/plain": repr(entry["text"]), MIME: entry, "text/plain": in_a_line(entry)},
        raw=True,
        metadata={"scrapbook": {"name": entry["name"], "mime_prefix": PREFIX}},
    )


def in_a_line(entry: dict) -> str:
    """A record as one line, for a notebook or a terminal: ``label: text``."""
    if entry["type"] == "sentence":
        return entry["text"]
    label = entry["label"] if entry["type"] == "result" else f"{entry['name']}, as printed"
    return f"{label}: {entry['text']}"


def _plain(value, name):
    """Value as JSON: finite numbers with ten significant digits, text, lists, dictionaries."""
    if hasattr(value, "to_dict"):
        value = value.to_dict()
    elif hasattr(value, "tolist"):
        value = value.tolist()
    if value is None or isinstance(value, (str, bool)):
        if value is None:
            raise ResultError(f"Result {name!r} has no value. Refuse it with a reason instead.")
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        if not math.isfinite(value):
            raise ResultError(f"Result {name!r} is {value}. Refuse it with a reason instead.")
        rounded = float(f"{float(value):.{SIGNIFICANT_DIGITS}g}")
        return rounded if math.isfinite(rounded) else float(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item, name) for key, item in value.items()}
    if isinstance(value, (Sequence, set, frozenset)):
        items = sorted(value) if isinstance(value, (set, frozenset)) else value
        return [_plain(item, name) for item in items]
    raise ResultError(f"Result {name!r}: a value of type {type(value).__name__} cannot be kept.")


def entries(notebook) -> list[dict]:
    """All records of a notebook, in order: results, sentences and quotes.

    Parameters
    ----------
    notebook : path or dict
        A notebook file, or what `json` or `nbformat` read from it.
    """
    if isinstance(notebook, (str, Path)):
        import json

        notebook = json.loads(Path(notebook).read_text(encoding="utf-8"))
    return [
        output["data"][MIME]
        for cell in notebook["cells"] if cell["cell_type"] == "code"
        for output in cell["outputs"]
        if MIME in output.get("data", {})
    ]


def kind_of_value(value) -> str:
    """What sort of value a record holds: number, boolean, text, list, mapping, or none."""
    for kind, types in (("none", type(None)), ("boolean", bool), ("number", (int, float)),
                        ("text", str), ("mapping", dict)):
        if isinstance(value, types):
            return kind
    return "list"


def canonical(value) -> str:
    """A value as JSON in one spelling: keys sorted, no blanks, letters as they are."""
    import json

    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False,
                      allow_nan=False)


def flat(entry: dict) -> dict:
    """A result as one row of a table.

    Returns
    -------
    dict
        ``result, label, unit, status, scope, value, value_json, kind, text, note``. ``value`` is a
        number or None; ``value_json`` holds anything else, and is empty for a number.
    """
    value, kind = entry["value"], kind_of_value(entry["value"])
    return {
        "result": entry["name"], "label": entry["label"], "unit": entry["unit"],
        "status": entry["status"], "scope": entry["scope"],
        "value": value if kind == "number" else None,
        "value_json": "" if kind in ("number", "none") else canonical(value),
        "kind": kind, "text": entry["text"], "note": entry["note"],
    }


def read(notebook, chapter: str | None = None):
    """The ledger of an executed notebook as a tidy frame, one row per record.

    Parameters
    ----------
    notebook : path or dict
        A notebook file, or what `json` or `nbformat` read from it.
    chapter : str, optional
        Name for the column ``chapter``; by default the file's stem.

    Returns
    -------
    pandas.DataFrame
        Columns ``chapter, name, type, value, unit, label, status, claims, tolerance, scope,
        note, text``; ``type`` is result, sentence or quote.

    Raises
    ------
    ResultError
        If a name is recorded twice.
    """
    import pandas as pd

    if chapter is None:
        chapter = Path(notebook).stem if isinstance(notebook, (str, Path)) else ""
    found = entries(notebook)
    names = [entry["name"] for entry in found]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ResultError(f"Chapter {chapter!r} records twice: {', '.join(repeated)}.")
    frame = pd.DataFrame(found, columns=[c for c in COLUMNS if c != "chapter"])
    frame.insert(0, "chapter", chapter)
    return frame
