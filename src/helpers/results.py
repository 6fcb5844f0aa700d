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

STATUSES = ("computed", "scope_flagged", "refused", "not_in_paper")
PREFIX = "application/papermill.record/"  # the mime prefix under which MyST-NB looks for glue
MIME = "application/vnd.book.record+json"  # the notebook format allows objects in +json types only
COLUMNS = ["chapter", "name", "type", "value", "unit", "label", "status", "claims", "tolerance",
           "scope", "note", "text"]

# Ten digits survive a change of processor or BLAS; the last ones of a double do not, and nbval
# compares text. Comparisons to 1e-9 still hold.
SIGNIFICANT_DIGITS = 10
SPACE = "\u00a0"  # a number and its unit stay on one line


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
    return text


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

    display(
        # As a literal: MyST-NB evaluates the text, and would shorten a bare 0.50 to 0.5.
        {PREFIX + "text/plain": repr(entry["text"]), MIME: entry},
        raw=True,
        metadata={"scrapbook": {"name": entry["name"], "mime_prefix": PREFIX}},
    )


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


# Text of a value by unit: (factor, decimals, pattern). One place, so that a unit reads the same
# on every page.
TEXTS = {
    "1/year": (100, 1, "{}" + SPACE + "%"),
    "fraction": (100, 1, "{}" + SPACE + "%"),
    "probability": (100, 0, "{}" + SPACE + "%"),
    "percentage points": (1, 1, "{} percentage points"),
    "ratio": (1, 2, "{}"),
    "count": (1, 0, "{}"),
    "years": (1, 1, "{} years"),
    "year": (1, 0, "{}"),
    "rank": (1, 1, "{}"),
    "points": (1, 1, "{}"),
    "RMB per USD": (1, 2, "{} RMB per USD"),
}
MONEY = re.compile(r"(USD|RMB|EUR) (million|billion)")


def format_value(value, unit: str, digits: int | None = None) -> str:
    """Text of a value in its unit, as prose prints it.

    Parameters
    ----------
    value : number, str, bool, list or dict
    unit : str
    digits : int, optional
        Decimals, where the unit's own are not wanted.

    Returns
    -------
    str
        For example ``8.9 %`` for 0.0888 and ``"1/year"``, ``USD 29.76 billion`` for 29.76.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        texts = (f"{key}: {format_value(item, unit, digits)}" for key, item in value.items())
        return "; ".join(texts)
    if isinstance(value, Sequence):
        return in_words([format_value(item, unit, digits) for item in value])
    money = MONEY.fullmatch(unit)
    if money:
        decimals = 2 if digits is None else digits
        return SPACE.join([money[1], f"{value:,.{decimals}f}", money[2]])
    factor, decimals, pattern = TEXTS.get(unit, (1, 2, "{}"))
    decimals = decimals if digits is None else digits
    number = value * factor
    grouped = "" if unit == "year" else ","
    text = f"{number:{grouped}.{decimals}f}"
    # "-0.0 %" would claim a decline that the digits do not show.
    text = text.removeprefix("-") if float(text.replace(",", "")) == 0 else text
    return pattern.format(text.replace("-", "\u2212"))


def in_words(items: Sequence[str]) -> str:
    """Join words as a sentence does: ``a``, ``a and b``, ``a, b and c``; ``none`` for nothing."""
    items = list(items)
    if not items:
        return "none"
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def count_in_words(count: int) -> str:
    """A count as running text prints it: ``no``, ``one`` to ``ten``, then digits (``1,200``)."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[count] if 0 <= count < len(words) else format_value(count, "count")


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
