"""Figures of money as records that carry scope, currency and unit, and their conversion.

Growth knows rates and years; this module knows which printed figure is which, in what money.
"""

import math
from itertools import combinations

import pandas as pd

from helpers import growth

CONFIDENCE = ["low", "medium", "high"]
CURRENCY_CODES = {code: code for code in ("USD", "EUR", "JPY", "GBP", "KRW")} | {"RMB": "CNY"}
IN_BILLIONS = {"billion": 1.0, "million": 1e-3}


class ConversionError(ValueError):
    """Money that cannot be converted or deflated with the data at hand."""


def figure(claims, scopes, claim_id) -> dict:
    """One printed market figure as a record that `growth.check_comparable` can judge.

    Parameters
    ----------
    claims, scopes : pandas.DataFrame
        The tables of the paper.
    claim_id : str

    Returns
    -------
    dict
        ``claim_id, printed, value`` (billions of `currency`; for growth a fraction per year),
        ``half_width`` (same unit, half of the last printed digit; None for a bound), ``year`` (the
        last one; None where none is printed), ``first_year, scope, region, currency, price_basis,
        unit, qualifier, kind, key``.

    Raises
    ------
    KeyError
        If the claim does not exist or has no scope.
    """
    claim = claims.set_index("claim_id").loc[claim_id]
    scope = scopes.set_index("scope_id").loc[claim["scope_id"]]
    money = claim["unit"].split("_")[-1] in IN_BILLIONS
    factor = IN_BILLIONS[claim["unit"].split("_")[-1]] if money else 0.01
    return {
        "claim_id": claim_id,
        "printed": claim["printed"],
        "value": float(claim["value"]) * factor,
        "half_width": None if pd.isna(claim["half_width"]) else float(claim["half_width"]) * factor,
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


def at_least(frame, confidence):
    """Rows of an outside table whose confidence is at least the given one (low, medium, high)."""
    return frame[frame["confidence"].map(CONFIDENCE.index) >= CONFIDENCE.index(confidence)]


def publisher_rates(published, *, min_confidence, information_cutoff, region="World"):
    """Growth that publishers other than the paper's state or imply, one row per publication.

    Where a publication gives two years of one scope, the rate is the one they imply; where it
    gives a single year with a stated yearly growth, the stated one. Publications with neither
    are left out. No rate joins two publications.

    Parameters
    ----------
    published : pandas.DataFrame
        Table ``published_market_sizes``.
    min_confidence : str
        Weakest row used.
    information_cutoff : int
        Last year of publication used.
    region : str

    Returns
    -------
    pandas.DataFrame
        ``scope_id, publisher, vintage, first_year, last_year, growth`` (fraction per year),
        ``basis`` (implied or stated), sorted by scope and growth.
    """
    rows = at_least(published[published["region"] == region], min_confidence)
    rows = rows[rows["vintage"].str[:4].astype(int) <= information_cutoff]
    found = []
    for (scope, publisher, vintage), group in rows.groupby(["scope_id", "publisher", "vintage"]):
        ends = group.sort_values("year").iloc[[0, -1]]
        first, last = (int(year) for year in ends["year"])
        low, high = ends["value_billion"]
        stated = group["stated_cagr_percent"].dropna()
        if first < last:
            growth, basis = (high / low) ** (1 / (last - first)) - 1, "implied"
        elif len(stated):
            growth, basis = float(stated.iloc[0]) / 100, "stated"
        else:
            continue
        found.append((scope, publisher, vintage, first, last, growth, basis))
    columns = ["scope_id", "publisher", "vintage", "first_year", "last_year", "growth", "basis"]
    table = pd.DataFrame(found, columns=columns)
    return table.sort_values(["scope_id", "growth"], ignore_index=True)


def exchange_rate(rates, source, target, year, *, basis="annual_mean", rmb_per_usd=None,
                  usd_per_eur=None) -> float:
    """Units of `target` for one unit of `source`.

    Parameters
    ----------
    rates : pandas.DataFrame
        Table ``exchange_rates``: annual means of the European Central Bank's reference rates.
    source, target : {'USD', 'RMB', 'EUR', 'JPY', 'GBP', 'KRW'}
    year : int
        Year whose mean is used.
    basis : {'annual_mean', 'fixed'}
        ``fixed`` takes the two given rates instead, for USD, RMB and EUR.
    rmb_per_usd, usd_per_eur : float
        Needed for ``fixed``.

    Raises
    ------
    ConversionError
        If the table has no rate of the year, or ``fixed`` lacks one.
    """
    if source == target:
        return 1.0
    if basis == "fixed":
        per_usd = {"USD": 1.0, "RMB": rmb_per_usd, "EUR": usd_per_eur and 1 / usd_per_eur}
    else:
        of_year = rates[rates["year"] == year].set_index("currency")["units_per_usd"]
        per_usd = {name: of_year.get(code) for name, code in CURRENCY_CODES.items()}
    for currency in (source, target):
        if per_usd.get(currency) is None or pd.isna(per_usd[currency]):
            raise ConversionError(
                f"No {basis.replace('_', ' ')} exchange rate of {currency} for {year}. "
                f"Amounts stay in {source}."
            )
    return float(per_usd[target] / per_usd[source])


def mean_exchange_rate(rates, source, target, years, **settings) -> float:
    """Mean of the yearly rates over the years that one amount covers.

    An amount printed for several years together has no split by year, so each year weighs the same.

    Parameters
    ----------
    rates, source, target
        As for `exchange_rate`.
    years : sequence of int
        Years that the amount covers; empty where the paper states none.
    **settings
        Further keywords of `exchange_rate`. With ``basis='fixed'`` no year is needed.

    Raises
    ------
    ConversionError
        As `exchange_rate`, and for an amount without a year at yearly rates.
    """
    years = list(years) or ([None] if settings.get("basis") == "fixed" else [])
    if not years and source != target:
        raise ConversionError(
            f"No year is stated, so no yearly exchange rate applies. The amount stays in {source}."
        )
    found = [exchange_rate(rates, source, target, year, **settings) for year in years]
    return math.fsum(found) / len(found) if found else 1.0


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
        try:
            growth.check_comparable([one, other])
            differing, reason = [], ""
        except growth.ScopeMismatch as mismatch:
            differing, reason = list(mismatch.differing), str(mismatch)
        found.append((one["claim_id"], other["claim_id"], not differing, differing, reason))
    return pd.DataFrame(found, columns=["first", "second", "comparable", "differing", "reason"])


def when(published: str) -> float:
    """Date of a publication as a decimal year; a missing month or day is taken in the middle.

    Parameters
    ----------
    published : str
        ``2019``, ``2019-03`` or ``2019-03-21``.
    """
    year, *rest = (int(part) for part in published.split("-"))
    if not rest:
        return year + 0.5
    month, day = rest[0], rest[1] - 1 if len(rest) > 1 else 15
    return year + (month - 1 + day / 31) / 12


def vintages(budgets, programme, *, min_confidence, information_cutoff) -> pd.DataFrame:
    """Successive figures for the same budget years, each set against the last one in print.

    Parameters
    ----------
    budgets : pandas.DataFrame
        Table ``budgets``.
    programme : str
        One programme of it, so that no two scopes are joined.
    min_confidence : str
        Weakest row used.
    information_cutoff : int
        Last year of publication used. A request for a later budget year counts as known once it
        is in print.

    Returns
    -------
    pandas.DataFrame
        ``fiscal_year, vintage, value_million, bound, published, when`` (decimal year),
        ``ratio_to_last`` (the figure over the last one of its budget year), in order of budget
        year and publication.
    """
    rows = at_least(budgets[budgets["programme"] == programme], min_confidence)
    rows = rows[rows["published"].str[:4].astype(int) <= information_cutoff]
    rows = rows.assign(when=[when(date) for date in rows["published"]])
    rows = rows.sort_values(["fiscal_year", "when"], kind="stable", ignore_index=True)
    last = rows.groupby("fiscal_year")["value_million"].transform("last")
    return rows.assign(ratio_to_last=rows["value_million"] / last)[
        ["fiscal_year", "vintage", "value_million", "bound", "published", "when", "ratio_to_last"]]


def deflator(prices, years, base_year) -> pd.Series:
    """Factors that turn dollars of each year into dollars of `base_year` (US consumer prices).

    Parameters
    ----------
    prices : pandas.DataFrame
        Table ``consumer_prices``.
    years : iterable of int
    base_year : int

    Returns
    -------
    pandas.Series
        Indexed by year.

    Raises
    ------
    ConversionError
        For a year the table does not hold; prices of the future are not guessed.
    """
    index = prices.set_index("year")["annual_average"]
    missing = [int(year) for year in [*years, base_year] if year not in index.index]
    if missing:
        raise ConversionError(
            f"No price level for {', '.join(map(str, missing))}: the table of consumer prices ends "
            f"in {int(index.index.max())}. Reported instead: nominal values."
        )
    return pd.Series({int(year): float(index[base_year] / index[year]) for year in years})
