"""Figures that others published: only rows good enough and in print in time."""

import pandas as pd

from helpers import growth
from helpers.confidence import CONFIDENCE


def at_least(frame, confidence):
    """Rows of an outside table whose confidence is at least the given one (low, medium, high)."""
    return frame[frame["confidence"].map(CONFIDENCE.index) >= CONFIDENCE.index(confidence)]


def in_print(published, min_confidence, information_cutoff, region="World"):
    """Rows of ``published_market_sizes`` of one region, good enough and in print by a year."""
    rows = at_least(published[published["region"] == region], min_confidence)
    return rows[rows["vintage"].str[:4].astype(int) <= information_cutoff]


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
    rows = in_print(published, min_confidence, information_cutoff, region)
    found = []
    for (scope, publisher, vintage), group in rows.groupby(["scope_id", "publisher", "vintage"]):
        ends = group.sort_values("year").iloc[[0, -1]]
        first, last = (int(year) for year in ends["year"])
        low, high = ends["value_billion"]
        stated = group["stated_cagr_percent"].dropna()
        if first < last:
            rate, basis = (high / low) ** (1 / (last - first)) - 1, "implied"
        elif len(stated):
            rate, basis = float(stated.iloc[0]) / 100, "stated"
        else:
            continue
        found.append((scope, publisher, vintage, first, last, rate, basis))
    columns = ["scope_id", "publisher", "vintage", "first_year", "last_year", "growth", "basis"]
    table = pd.DataFrame(found, columns=columns)
    return table.sort_values(["scope_id", "growth"], ignore_index=True)


def fit_each(rows, *, model, coverage) -> pd.DataFrame:
    """Fit every publication that gives three or more values of one scope, and look one year on.

    Parameters
    ----------
    rows : pandas.DataFrame
        From `in_print`.
    model : str
        As for `growth.fit_growth`.
    coverage : float
        Nominal coverage of the interval.

    Returns
    -------
    pandas.DataFrame
        ``scope_id, publisher, vintage, years`` (those printed, as text), ``growth`` (% a year),
        ``df, year`` (the next one), ``median, lower, upper`` (USD billion), by scope.
    """
    found = []
    for (scope, publisher, vintage), group in rows.groupby(["scope_id", "publisher", "vintage"]):
        if len(group) < 3:
            continue
        group = group.sort_values("year")
        fit = growth.fit_growth(
            group["year"], group["value_billion"], model=model, coverage=coverage)
        following = int(group["year"].max()) + 1
        ahead = fit.predict([following]).iloc[0]
        found.append((
            scope, publisher, vintage, ", ".join(map(str, group["year"])), 100 * fit.growth,
            fit.df, following, ahead["median"], ahead["lower"], ahead["upper"],
        ))
    columns = ["scope_id", "publisher", "vintage", "years", "growth", "df", "year", "median",
               "lower", "upper"]
    return pd.DataFrame(found, columns=columns)


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
