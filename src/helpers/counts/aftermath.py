"""What came after the years of a trend: how far it overshot, and under what it would not have."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import growth
from helpers.counts._checks import CountError, series
from helpers.counts.trend import CountTrend, fit_trend


@dataclass(frozen=True)
class Aftermath:
    """The last count after the years of a trend, held against the trend.

    Attributes
    ----------
    trend : CountTrend
    year, later : int
        The last year with a count, and how many years after the fit have one.
    expected : float
        Mean of the trend in `year`.
    published : int
        Count of `year`.
    overshoot : float
        ``expected / published - 1``.
    growth_since : float
        Constant yearly growth from the last count of the fit to `published`, fraction.
    """

    trend: CountTrend
    year: int
    later: int
    expected: float
    published: int
    overshoot: float
    growth_since: float

    @property
    def pace(self) -> str:
        """``slowed`` or ``kept``: growth after the fit against the fitted growth."""
        return "slowed" if self.growth_since < self.trend.growth else "kept"


def after_the_fit(years, counts, first_year, last_year, model="negative_binomial",
                  coverage=0.8) -> Aftermath:
    """Fit a trend to some of the years, and hold it against the last count that came after them.

    Parameters
    ----------
    years, counts : array-like of int, shape (n,)
        Full years only.
    first_year, last_year : int
        Ends of what is fitted.
    model, coverage
        As for `fit_trend`.

    Raises
    ------
    growth.TooFewPoints
        As `fit_trend`.
    CountError
        As `fit_trend`, and if no year lies after `last_year` or one of the two counts is zero.
    """
    time, count = series(years, counts)
    fitted, later = (time >= first_year) & (time <= last_year), time > last_year
    if not later.any():
        raise CountError(f"No count after {last_year}: nothing can be held against a trend.")
    trend = fit_trend(time[fitted].astype(int), count[fitted].astype(int), model, coverage)
    year, published, base = int(time[-1]), int(count[-1]), float(count[fitted][-1])
    if not (published and base):
        raise CountError("A growth needs counts above zero at its two ends.")
    expected = float(trend.mean(year).iloc[0])
    return Aftermath(
        trend=trend, year=year, later=int(later.sum()), expected=expected, published=published,
        overshoot=expected / published - 1,
        growth_since=math.expm1(math.log(published / base) / (year - trend.last_year)))


def held_at(drawn, published) -> float:
    """Coverage from which a central band of simulated counts holds a published one.

    Parameters
    ----------
    drawn : array-like of int
        Simulated counts of one year.
    published : int

    Returns
    -------
    float
        ``1 - 2 * min(share at or below, share at or above)``, not below 0.
    """
    drawn = np.asarray(drawn)
    if not drawn.size:
        raise CountError("A band needs simulated counts.")
    nearer = min(np.mean(drawn <= published), np.mean(drawn >= published))
    return max(0.0, 1.0 - 2.0 * float(nearer))


def told_until(cutoff, last, otherwise) -> int:
    """Last year of the trend that is held against what came after.

    Parameters
    ----------
    cutoff : int
        Last year that an edition uses.
    last : int
        Last year with a count.
    otherwise : int
        Taken where the cutoff leaves no year after it.
    """
    return cutoff if cutoff < last else min(otherwise, last - 1)


def turning_values(frame, now, tried, *, otherwise) -> pd.DataFrame:
    """Under which values of each assumption a trend would not overshoot as it does now.

    Parameters
    ----------
    frame : pandas.DataFrame
        Counts by year (index), one column for each thing that can be counted.
    now : dict
        ``first`` and ``cutoff`` (years), ``unit`` (column) and ``model``.
    tried : dict
        Names of `now` -> values, each tried with the others as they are.
    otherwise : int
        As for `told_until`.

    Returns
    -------
    pandas.DataFrame
        One row an assumption: ``name``, ``now`` (``over``, ``under`` or, without a trend,
        ``none``), ``flips`` (values under which it is another), ``then`` (which others, in order
        of appearance), ``low`` and ``high`` (overshoot under the values that leave it, ends of its
        range; not a number without a trend).
    """
    def overshoot(settings):
        until = told_until(settings["cutoff"], int(frame.index.max()), otherwise)
        try:
            return after_the_fit(frame.index, frame[settings["unit"]], settings["first"], until,
                                 settings["model"]).overshoot
        except growth.TooFewPoints:
            return math.nan

    rows, side = [], _side(overshoot(now))
    for name, values in tried.items():
        found = {value: overshoot(now | {name: value}) for value in values}
        sides = {value: _side(over) for value, over in found.items()}
        held = [found[value] for value in values if sides[value] == side]
        flips = [value for value in values if sides[value] != side]
        rows.append((name, side, flips, list(dict.fromkeys(sides[value] for value in flips)),
                     min(held, default=math.nan), max(held, default=math.nan)))
    return pd.DataFrame(rows, columns=["name", "now", "flips", "then", "low", "high"])


def _side(overshoot) -> str:
    if math.isnan(overshoot):
        return "none"
    return "over" if overshoot > 0 else "under"
