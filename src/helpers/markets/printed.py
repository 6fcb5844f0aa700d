"""Figures of money that the paper prints: which is which, how wide, and what is arithmetic on it.

Growth knows rates and years; this module knows scope, currency and unit of each printed figure.
"""

from itertools import combinations
from typing import NamedTuple

import pandas as pd

from helpers import growth, parameters

IN_BILLIONS = {"billion": 1.0, "million": 1e-3}
# Units in which "approximately" widens a print: millions of the unit in one million dollars.
DOLLARS = {"USD_million": 1.0, "USD_billion": 1e-3}


class Range(NamedTuple):
    """A value with the lowest and highest that the printed digits allow."""

    value: float | None
    low: float
    high: float


def half_width(claim, approximate_half_width: float) -> float | None:
    """Half of what a print leaves open: the one rule for the whole book.

    Half of the last printed digit; for a sum of dollars printed with "approximately" at least the
    width that the reader gives to that word.

    Parameters
    ----------
    claim : mapping
        ``half_width, unit, qualifier`` of a claim.
    approximate_half_width : float
        USD million.

    Returns
    -------
    float or None
        In the claim's own unit. None where the print has no last digit to speak of: for a lower
        bound, or a figure in words.
    """
    half = None if pd.isna(claim["half_width"]) else float(claim["half_width"])
    if claim["qualifier"] == "approx" and claim["unit"] in DOLLARS:
        half = max(half or 0.0, approximate_half_width * DOLLARS[claim["unit"]])
    return half


def figure(claims, scopes, claim_id, *, approximate_half_width=None) -> dict:
    """One printed market figure as a record that `growth.check_comparable` can judge.

    Parameters
    ----------
    claims, scopes : pandas.DataFrame
        The tables of the paper.
    claim_id : str
    approximate_half_width : float, optional
        As for `half_width`; by default that of the baseline.

    Returns
    -------
    dict
        ``claim_id, printed, value`` (billions of `currency`; for growth a fraction per year),
        ``half_width`` (same unit, from `half_width`), ``year`` (the last one; None where none is
        printed), ``first_year, scope, region, currency, price_basis, unit, qualifier, kind, key``.

    Raises
    ------
    KeyError
        If the claim does not exist or has no scope.
    """
    claim = claims.set_index("claim_id").loc[claim_id]
    scope = scopes.set_index("scope_id").loc[claim["scope_id"]]
    if approximate_half_width is None:
        approximate_half_width = parameters.defaults()["approximate_half_width"]
    money = claim["unit"].split("_")[-1] in IN_BILLIONS
    factor = IN_BILLIONS[claim["unit"].split("_")[-1]] if money else 0.01
    half = half_width(claim, approximate_half_width)
    return {
        "claim_id": claim_id,
        "printed": claim["printed"],
        "value": float(claim["value"]) * factor,
        "half_width": None if half is None else half * factor,
        "year": _year(claim["period_end"]),
        "first_year": _year(claim["period_start"]),
        "scope": scope["label"],
        "region": scope["region"],
        "currency": scope["currency"],
        "price_basis": scope["price_basis"],
        "unit": f"{scope['currency']} billion" if money else "fraction per year",
        "qualifier": claim["qualifier"],
        "kind": claim["kind"],
        "key": scope["key"],
    }


def _year(date):
    return None if pd.isna(date) else int(date[:4])


def mismatch(records) -> growth.ScopeMismatch | None:
    """What keeps figures from being compared; None where nothing does.

    Parameters
    ----------
    records : sequence of dict
        From `figure`.
    """
    try:
        growth.check_comparable(records)
    except growth.ScopeMismatch as found:
        return found
    return None


def comparable_pairs(records) -> pd.DataFrame:
    """Every pair of figures with what keeps it from being compared.

    Parameters
    ----------
    records : sequence of dict
        From `figure`.

    Returns
    -------
    pandas.DataFrame
        ``first, second`` (claim ids), ``comparable`` (bool), ``differing`` (names of the fields
        that differ, in the order of `growth.check_comparable`), ``reason`` (its sentence, or
        empty).
    """
    found = []
    for one, other in combinations(records, 2):
        differs = mismatch([one, other])
        differing, reason = (list(differs.differing), str(differs)) if differs else ([], "")
        found.append((one["claim_id"], other["claim_id"], not differing, differing, reason))
    return pd.DataFrame(found, columns=["first", "second", "comparable", "differing", "reason"])


def ratio(part, whole) -> Range:
    """One figure over another: a share, or the exchange rate at which two currencies are equal.

    Parameters
    ----------
    part, whole : dict
        From `figure`, both with a ``half_width``. Whether they may be compared is not judged here.

    Returns
    -------
    Range
        ``part`` per ``whole``; the ends take the least part over the largest whole and the other
        way round.
    """
    return Range(
        part["value"] / whole["value"],
        (part["value"] - part["half_width"]) / (whole["value"] + whole["half_width"]),
        (part["value"] + part["half_width"]) / (whole["value"] - whole["half_width"]),
    )


def implied_growth(start, end) -> Range:
    """Constant yearly growth (fraction) between two figures, and its rounding bounds.

    Parameters
    ----------
    start, end : dict
        From `figure`, `end` of a later year.
    """
    years = end["year"] - start["year"]
    bounds = growth.cagr_bounds(
        start["value"], end["value"], years, start["half_width"], end["half_width"]
    )
    return Range(growth.cagr(start["value"], end["value"], years), *bounds)


def year_before(size, rate) -> tuple[Range, Range]:
    """What a size and the growth that led to it imply for the year before.

    Parameters
    ----------
    size, rate : dict
        From `figure`: money of one year, and growth up to that year.

    Returns
    -------
    (Range, Range)
        Size in the year before, and what the year added; both in the unit of `size`.
    """
    least, most = (size["value"] + sign * size["half_width"] for sign in (-1, 1))
    slow, fast = (rate["value"] + sign * rate["half_width"] for sign in (-1, 1))
    base = growth.implied_base(size["value"], rate["value"])
    return (
        Range(base, growth.implied_base(least, fast), growth.implied_base(most, slow)),
        Range(
            size["value"] - base,
            least - growth.implied_base(least, slow),
            most - growth.implied_base(most, fast),
        ),
    )


def doubling_time(rate) -> Range:
    """Years in which a printed yearly growth doubles a figure; the fastest growth gives ``low``.

    Parameters
    ----------
    rate : dict
        From `figure`; growth above zero also at its lowest.
    """
    return Range(*(
        growth.doubling_time(rate["value"] + sign * rate["half_width"]) for sign in (0, 1, -1)
    ))


def on_path(first, last, year) -> tuple[float, str]:
    """Value of a market in a year on the constant rate through its two printed figures.

    Parameters
    ----------
    first, last : dict
        From `figure`, one scope.
    year : int

    Returns
    -------
    (float, str)
        In the unit of `first`, and where the value comes from, in words.
    """
    path = growth.constant_growth_path(
        first["value"], last["value"], first["year"], last["year"], [year]
    )
    if year in (first["year"], last["year"]):
        basis = "printed"
    elif year < first["year"]:
        basis = "before the first printed year"
    else:
        basis = ("between two printed years" if year < last["year"]
                 else "after the last printed year")
    return float(path.iloc[0]), basis


def known_size(size, rate, year) -> tuple[float | None, str]:
    """Value of a market for which one size and the growth up to it are printed.

    One year's growth is no forecast, so there is a value for two years only.

    Parameters
    ----------
    size, rate : dict
        From `figure`.
    year : int

    Returns
    -------
    (float or None, str)
        In the unit of `size`, and where the value comes from, in words.
    """
    if year == size["year"]:
        return size["value"], "printed"
    if year == size["year"] - 1:
        return growth.implied_base(size["value"], rate["value"]), "from its growth"
    return None, "not printed"


def share_row(part, part_rate, whole_first, whole_last, year, rate_of) -> dict:
    """Share of a part in a whole of another currency, in one year.

    Parameters
    ----------
    part, part_rate : dict
        As for `known_size`.
    whole_first, whole_last : dict
        As for `on_path`.
    year : int
    rate_of : callable
        Year to units of the part's currency for one of the whole's.

    Returns
    -------
    dict
        ``year, china, china_basis, world, world_basis`` (values in their own currencies),
        ``rate, share`` (fraction; None where the part has no value), and ``low, high``: the share
        at the rates of the years on either side.
    """
    value, value_basis = known_size(part, part_rate, year)
    world, world_basis = on_path(whole_first, whole_last, year)
    around = [rate_of(near) for near in (year - 1, year, year + 1)]
    shares = [value / rate / world for rate in around] if value is not None else [None]
    known = value is not None
    return {
        "year": year, "china": value, "china_basis": value_basis, "world": world,
        "world_basis": world_basis, "rate": around[1], "share": shares[1] if known else None,
        "low": min(shares) if known else None, "high": max(shares) if known else None,
    }


def horizon_layers(start, periods, *, rate_bounds, path_end, fading_end, published, band,
                   median_ratio) -> dict[str, Range]:
    """What could move a market at the end of its path: layers side by side, never added.

    Parameters
    ----------
    start : float
        First value of the path, above zero.
    periods : int
        Years from the start to the end.
    rate_bounds : (float, float)
        Lowest and highest yearly growth that the printed digits allow.
    path_end, fading_end : float
        Value at the end on the path itself, and where growth fades.
    published : sequence of float
        Yearly growth by other publishers; may be empty.
    band : (float, float)
        Lower and upper ratio of what came to what was extrapolated, in a reference class.
    median_ratio : float
        The middle of those ratios.

    Returns
    -------
    dict of str to Range
        ``rounding``, ``published`` (left out where nobody published; without a value of its own),
        ``fading`` and ``reference_class``, in the unit of `start`.
    """
    def carried(rate):
        return start * (1 + rate) ** periods

    low, high = rate_bounds
    layers = {"rounding": Range(path_end, carried(low), carried(high))}
    if len(published):
        layers["published"] = Range(None, carried(min(published)), carried(max(published)))
    layers["fading"] = Range(fading_end, fading_end, fading_end)
    layers["reference_class"] = Range(
        path_end * median_ratio, path_end * band[0], path_end * band[1])
    return layers
