"""Several publishers: comparability of their figures and the spread of their rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from helpers.growth import _checks as check

COMPARED_FIELDS = ("scope", "region", "currency", "price_basis", "unit")
FEWEST_PUBLISHERS = 3
NOT_GIVEN = "not given"


@dataclass(frozen=True)
class PooledGrowth:
    """Growth pooled over original publishers.

    Attributes
    ----------
    k : int
        Number of originals.
    growth : float
        Back-transformed mean of ``ln(1 + g)``, fraction per year.
    ci : (float, float)
        Interval of that mean.
    predictive : (float, float)
        Interval for "a next publisher". It is not an interval of the market.
    median, minimum, maximum : float
        Of the growth rates as given.
    coverage : float
        Nominal coverage of both intervals.
    df : int
        ``k - 1``.
    """

    k: int
    growth: float
    ci: tuple[float, float]
    predictive: tuple[float, float]
    median: float
    minimum: float
    maximum: float
    coverage: float
    df: int


def pool_growth(growths, coverage=0.8) -> PooledGrowth:
    """Pool the growth rates of independent publishers of one scope.

    Published figures have no sampling error, so the plain mean and standard deviation of
    ``ln(1 + g)`` are used and no rounding variances: those would give an interval far too narrow.

    Parameters
    ----------
    growths : array-like, shape (k,)
        One rate per original publisher (no reprints), fractions per year above -1, all of equal
        scope, region, currency and price basis (see `check_comparable`).
    coverage : float
        Nominal coverage, between 0 and 1.

    Returns
    -------
    PooledGrowth

    Raises
    ------
    TooFewPoints
        Fewer than 3 publishers.
    ValueError
        Rates of -1 or less or not finite; bad coverage.
    """
    coverage = check.coverage_fraction(coverage)
    rates = np.empty(0) if np.size(growths) == 0 else check.vector(growths, "growths")
    if rates.size:
        check.growth_rate(rates, "growths")
    count = rates.size
    if count < FEWEST_PUBLISHERS:
        raise check.TooFewPoints(
            f"Pooling needs {FEWEST_PUBLISHERS} independent publishers; got {count}. "
            "They are shown side by side."
        )
    logs = np.log1p(rates)
    mean = float(logs.mean())
    deviation = float(logs.std(ddof=1))
    reach = check.student_quantile(count - 1, coverage) * deviation

    def back(half_width: float) -> tuple[float, float]:
        with np.errstate(over="ignore"):
            pair = np.expm1([mean - half_width, mean + half_width])
        check.result(pair, "the pooled interval")
        return float(pair[0]), float(pair[1])

    return PooledGrowth(
        k=count,
        growth=float(np.expm1(mean)),
        ci=back(reach / np.sqrt(count)),
        predictive=back(reach * np.sqrt(1.0 + 1.0 / count)),
        median=float(np.median(rates)),
        minimum=float(rates.min()),
        maximum=float(rates.max()),
        coverage=coverage,
        df=count - 1,
    )


def check_comparable(records) -> None:
    """Raise unless all records share scope, region, currency, price basis and unit.

    Parameters
    ----------
    records : DataFrame, or iterable of mappings, Series or objects
        Each with the fields ``scope, region, currency, price_basis, unit``. A field that no
        record has (a count has no currency) is not compared, except `scope`, which is needed;
        a field that only some have counts as differing. Surrounding blanks are ignored.

    Returns
    -------
    None

    Raises
    ------
    ScopeMismatch
        Naming every field that differs. Publishers and kinds are reported in the note of the
        exception and in its attributes; they are not compared.
    ValueError
        No records, or no record states its scope.
    """
    rows = _rows(records)
    if not rows:
        raise ValueError("check_comparable got no records; pass the rows that are to be joined.")
    differing = {}
    for name in COMPARED_FIELDS:
        distinct = tuple(dict.fromkeys(_text(_field(row, name)) for row in rows))
        if len(distinct) > 1:
            differing[name] = distinct
    if differing:
        publishers = _distinct_given(rows, "publisher")
        kinds = _distinct_given(rows, "kind")
        parts = [f"{name} differs ({_listed(values)})" for name, values in differing.items()]
        error = check.ScopeMismatch(
            f"Not comparable: {'; '.join(parts)}. No growth rate, ratio or sum is formed.",
            differing,
            publishers,
            kinds,
        )
        for label, found in (("Publishers", publishers), ("Kinds", kinds)):
            if found:
                error.add_note(f"{label}: {_listed(found)}.")
        raise error
    if all(_text(_field(row, "scope")) == NOT_GIVEN for row in rows):
        raise ValueError(
            "no record states its scope, so nothing says that the figures describe one market; "
            "fill the field 'scope'."
        )


def _rows(records) -> list:
    if hasattr(records, "iterrows"):  # a DataFrame iterates over its column names
        return [row for _, row in records.iterrows()]
    if not _holds_records(records):
        raise ValueError(
            "check_comparable needs a table or a list of records, got "
            f"{type(records).__name__}; put a single record into a list."
        )
    if hasattr(records, "index") and hasattr(records, "dtype") and records.dtype != object:
        raise ValueError("check_comparable got one column or row; pass a list of records.")
    return list(records)


def _holds_records(records) -> bool:
    return isinstance(records, Iterable) and not isinstance(records, str | bytes | Mapping)


def _field(row, name):
    if isinstance(row, Mapping) or hasattr(row, "get"):
        return row.get(name)
    if isinstance(row, str | bytes | int | float | list | tuple) and not hasattr(row, "scope"):
        raise ValueError(
            f"a record must be a mapping or an object with the field {name!r}, got {row!r}."
        )
    return getattr(row, name, None)


def _text(value) -> str:
    # nan, NaT and pandas.NA stand for an empty cell of a table.
    if value is None or str(value).strip() in {"", "nan", "NaN", "NaT", "<NA>", "None"}:
        return NOT_GIVEN
    return str(getattr(value, "value", value)).strip()


def _distinct_given(rows, name) -> tuple[str, ...]:
    texts = dict.fromkeys(_text(_field(row, name)) for row in rows)
    return tuple(text for text in texts if text != NOT_GIVEN)


def _listed(texts) -> str:
    texts = list(texts)
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
