"""Figures set against what was published later: ladders of ratios, misses, orders.

Nothing here says that a forecast failed. A ratio of two prints tells how far they lie apart;
whether both measured one thing is for the chapter to say.
"""

import math

import numpy as np
import pandas as pd

from helpers import audit, markets
from helpers.paper_profile import NOT_YET_SEEN

RUNG = ["name", "value", "printed", "unit", "match", "later", "kind", "confidence", "published"]
PUBLICATION = ["scope_id", "publisher", "vintage"]  # one edition of one publisher on one scope


def last_past_year(claims) -> int:
    """The latest year of which printed figures speak as past: what the text tells of its own date.

    Parameters
    ----------
    claims : pandas.DataFrame
        Columns ``kind, qualifier, period_end``. Forecasts, announcements, budgets and what is
        expected are no past.
    """
    past = claims[~claims["kind"].isin(NOT_YET_SEEN) & (claims["qualifier"] != "expected")]
    return int(past["period_end"].str[:4].dropna().astype(int).max())


def first_year_ahead(claims) -> int:
    """The earliest year for which the paper prints a forecast."""
    return int(claims.loc[claims["kind"] == "forecast", "period_end"].str[:4].astype(int).min())


def known_by(published, year):
    """Whether each source was in print by the end of a year: ``yes, no`` or ``undated``.

    Parameters
    ----------
    published : pandas.Series of str
        Year, year-month or date, or any other text where a page has none.
    year : int
    """
    found = pd.to_numeric(published.str[:4], errors="coerce")
    return pd.Series(np.where(found.isna(), "undated", np.where(found <= year, "yes", "no")),
                     index=published.index, dtype=object)


NO_FIGURE = "no figure"  # where an item is none that the audit judges
SAYS = {"confirmed": "agrees", "quoted": "agrees", "contradicted_outside": "differs",
        "scope_conflict": "differs"}  # a rule of the audit -> what the source does


def outcomes(items, checks, claims, verdicts) -> pd.DataFrame:
    """What another publication says of each item, beside the verdict of the audit.

    Parameters
    ----------
    items : pandas.DataFrame
        Table hindsight_items.
    checks : pandas.DataFrame
        Table outside_checks, or rows of it.
    claims : pandas.DataFrame
    verdicts : pandas.Series
        Names of the verdicts of the audit by claim.

    Returns
    -------
    pandas.DataFrame
        Items with a check: ``check_id, claim_id, kind, subject, outcome`` (the verdict, or
        `NO_FIGURE`), ``says`` (whether the source agrees, differs, narrows or leaves open),
        ``confidence, publisher, published``.
    """
    printed = claims.set_index("claim_id")["printed"]
    both = items.merge(checks.drop(columns="kind"), on="check_id")
    said = []
    for row in both.itertuples():
        rule = audit.statement_rule(
            row.verdict, row.finding, printed.get(row.claim_id, ""), origin=row.origin,
            same_scope=row.scope == "same") if row.decides else None
        said.append(SAYS.get(rule, "narrows" if row.verdict == "narrows" else "leaves open"))
    return both.assign(
        outcome=both["claim_id"].map(verdicts).fillna(NO_FIGURE), says=said)[[
            "check_id", "claim_id", "kind", "subject", "outcome", "says", "confidence",
            "publisher", "published"]]


def last_in_print(rows, **where):
    """The row published last among those that hold the given values.

    Parameters
    ----------
    rows : pandas.DataFrame
        Any outside table with a column ``published`` (year, year-month or date).
    **where
        Columns and the values that they must have.

    Returns
    -------
    pandas.Series or None
        None if there is no such row. Of rows published at one time, the one further down.
    """
    for column, wanted in where.items():
        rows = rows[rows[column] == wanted]
    return None if rows.empty else rows.sort_values("published", kind="stable").iloc[-1]


def rung(name, printed, later, source, *, unit, match, kind="observed") -> dict:
    """One rung of a ladder: a print over a later value of the same subject.

    Parameters
    ----------
    name : str
    printed, later : float
        Both in `unit`.
    source : pandas.Series
        Row of the later value: its ``confidence`` and ``published`` are kept.
    unit, match : str
        `match` says how far the two scopes agree.
    kind : str
        How the ratio is drawn, a key of `figures.KINDS`.

    Returns
    -------
    dict
        The fields of `RUNG`; ``value`` is `printed` over `later`.

    Raises
    ------
    ValueError
        If one of the two is not above zero: they have no ratio.
    """
    if not (printed > 0 and later > 0):
        raise ValueError(f"{name}: {printed:g} printed and {later:g} later have no ratio. "
                         "Leave the item out, or correct the table.")
    return {"name": name, "value": printed / later, "printed": printed, "unit": unit,
            "match": match, "later": later, "kind": kind, "confidence": source["confidence"],
            "published": source["published"]}


def further_off(ratios, share) -> int:
    """How many ratios lie further from 1 than a share, up or down: 1.2 and 1 / 1.2 lie alike.

    Parameters
    ----------
    ratios : array-like of float
    share : float
        Such as 0.1 for a tenth.
    """
    return int((np.abs(np.log(np.asarray(ratios, dtype=float))) > np.log(1 + share)).sum())


def worst_miss(ratios) -> float:
    """The largest distance of ratios from 1, as a factor: 4 for a quarter as for four times.

    Raises
    ------
    ValueError
        If there is no ratio, or one is not above zero.
    """
    ratios = np.asarray(ratios, dtype=float)
    if not len(ratios) or not (ratios > 0).all():
        raise ValueError("A worst miss needs ratios above zero; "
                         + ("none was given." if not len(ratios) else f"got {ratios.min():g}."))
    return float(np.exp(np.abs(np.log(ratios)).max()))


def carried_to(published, year, *, reaching, min_confidence="low", region="World") -> pd.DataFrame:
    """What each publication says of one year, carried there along its own growth.

    The growth is that of `markets.publisher_rates`. From the year nearest to `year` a publication
    is carried with it; where it gives no growth, it is read only if it prints that year itself.

    Parameters
    ----------
    published : pandas.DataFrame
        Table ``published_market_sizes``, or rows of it.
    year : int
    reaching : int
        Publications that end before this year are left out: they would be carried too far.
    min_confidence, region : str
        Weakest row used, and its region.

    Returns
    -------
    pandas.DataFrame
        ``publisher, scope`` (as printed), ``vintage, near_value, near_year, growth`` (fraction per
        year), ``value`` (in `year`), ``confidence``, in order of scope, publisher and vintage.
        Missing growth and value where the publication leaves them open.
    """
    rows = markets.at_least(published[published["region"] == region], min_confidence)
    rates = markets.publisher_rates(rows, region=region, min_confidence=min_confidence,
                                    information_cutoff=rows["vintage"].str[:4].astype(int).max())
    growth = rates.set_index(PUBLICATION)["growth"].to_dict()
    found = []
    for (scope, *publication), group in rows.groupby(["scope_as_printed", *PUBLICATION]):
        if group["year"].max() < reaching:
            continue
        near = group.iloc[(group["year"] - year).abs().argmin()]
        own, gap = growth.get(tuple(publication), math.nan), year - int(near["year"])
        carried = near["value_billion"] * (1 + own) ** gap if gap else near["value_billion"]
        found.append((near["publisher"], scope, near["vintage"], near["value_billion"],
                      int(near["year"]), own, carried, near["confidence"]))
    return pd.DataFrame(found, columns=["publisher", "scope", "vintage", "near_value", "near_year",
                                        "growth", "value", "confidence"])


def faded_end(start, log_growth, years, damping=1.0) -> float:
    """Value after some years of growth that fades by the same factor every year.

    Parameters
    ----------
    start : float
    log_growth : float
        Log growth of a year before it fades.
    years : int
    damping : float
        Factor of the log growth from year to year; 1 is constant growth.
    """
    return start * math.exp(log_growth * sum(damping**k for k in range(1, years + 1)))
