"""Rates, rounding bounds, and paths that pass exactly through published figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from helpers.growth import _checks as check

if TYPE_CHECKING:
    import pandas as pd


LONGEST_PATH = 10_000  # years; a mistyped year would otherwise fill the memory


def cagr(start, end, periods):
    """Return the constant rate that leads from `start` to `end`.

    Parameters
    ----------
    start, end : float or array-like
        Money or counts in one unit, above zero.
    periods : float or array-like
        Difference of the years (not the number of points), above zero.

    Returns
    -------
    float or numpy.ndarray
        ``(end/start)**(1/periods) - 1``, fraction per period; inputs broadcast.

    Raises
    ------
    ValueError
        An input is not finite or not above zero, or the rate overflows.
    """
    start = check.positive(start, "start")
    end = check.positive(end, "end")
    periods = check.positive(periods, "periods")
    with np.errstate(over="ignore"):
        rate = np.expm1(check.log_ratio(end, start) / periods)
    return check.result(rate, "the rate")


def cagr_bounds(start, end, periods, half_width_start, half_width_end):
    """Return the lowest and highest rate that the printed precision allows.

    These are rounding bounds, not an interval: they carry no probability.

    Parameters
    ----------
    start, end, periods : float or array-like
        As in `cagr`.
    half_width_start, half_width_end : float or array-like
        Half of the last printed unit of each figure, same unit as the figure; at least zero
        and below the figure.

    Returns
    -------
    (low, high) : pair of float or numpy.ndarray
        Fractions per period.

    Raises
    ------
    ValueError
        As `cagr`, or a half-width is negative or not below its figure.
    """
    start = check.positive(start, "start")
    end = check.positive(end, "end")
    half_start = check.at_least_zero(half_width_start, "half_width_start")
    half_end = check.at_least_zero(half_width_end, "half_width_end")
    for half, figure, name in ((half_start, start, "start"), (half_end, end, "end")):
        if not np.all(half < figure):
            raise ValueError(
                f"half_width_{name} must be below {name}; otherwise the figure could be zero "
                f"or less (got half-width {np.max(half):g} for {np.min(figure):g})."
            )
    low = cagr(start + half_start, end - half_end, periods)
    high = cagr(start - half_start, end + half_end, periods)
    return low, high


def implied_base(value, growth):
    """Return the figure one period earlier, ``value / (1 + growth)``.

    Parameters
    ----------
    value : float or array-like
        Figure above zero, any unit.
    growth : float or array-like
        Stated growth up to `value`, fraction, above -1.

    Returns
    -------
    float or numpy.ndarray
        Same unit as `value`.

    Raises
    ------
    ValueError
        `value` is not above zero, `growth` is -1 or less, or an input is not finite.
    """
    value = check.positive(value, "value")
    growth = check.growth_rate(growth, "growth")
    with np.errstate(over="ignore"):
        base = value / (1.0 + growth)
    return check.result(base, "the implied base")


def doubling_time(rate):
    """Return the periods in which a constant positive `rate` doubles a figure.

    Parameters
    ----------
    rate : float or array-like
        Fraction per period, above zero.

    Returns
    -------
    float or numpy.ndarray
        ``ln 2 / ln(1 + rate)`` in periods.

    Raises
    ------
    ValueError
        `rate` is zero, negative or not finite: a figure that does not grow never doubles.
    """
    rate = check.positive(rate, "rate")
    with np.errstate(over="ignore"):
        periods = np.log(2.0) / np.log1p(rate)
    return check.result(periods, "the doubling time")


def log_growth(rate):
    """Return ``ln(1 + rate)`` per period.

    Parameters
    ----------
    rate : float or array-like
        Fraction per period, above -1.

    Returns
    -------
    float or numpy.ndarray

    Raises
    ------
    ValueError
        `rate` is -1 or less, or not finite.
    """
    return check.result(np.log1p(check.growth_rate(rate, "rate")), "the log growth")


def constant_growth_path(start, end, start_year, end_year, years) -> pd.Series:
    """Return the path of constant growth through two figures.

    Parameters
    ----------
    start, end : float
        Figures of one scope and unit, above zero.
    start_year, end_year : float
        Their years, `end_year` later than `start_year`.
    years : scalar or array-like
        Years of the path.

    Returns
    -------
    pandas.Series
        Indexed by year, unit of `start`. The path meets both figures exactly.
        ``attrs['extrapolated']`` lists the years outside the two.

    Raises
    ------
    ValueError
        Figures not above zero, `end_year` not later than `start_year`, or a value overflows.
    """
    start = check.one_positive(start, "start")
    end = check.one_positive(end, "end")
    first, last = _ordered_years(start_year, end_year)
    time, labels = check.year_labels(years)
    log_total = float(check.log_ratio(np.float64(end), np.float64(start)))
    with np.errstate(over="ignore"):
        path = start * np.exp(log_total * ((time - first) / (last - first)))
    return _path(path, time, labels, (first, start), (last, end))


def damped_growth_path(start, first_growth, end, start_year, end_year, years):
    """Return the path whose log growth fades by a constant factor and meets three figures.

    The growth recorded in `start_year` itself is `first_growth`; the log growth of
    ``start_year + k`` is ``ln(1 + first_growth) * phi**k``. The damping `phi` is solved so that
    the path meets `end`; a value above 1 means that growth has to speed up.
    Three figures determine the path exactly: no degree of freedom is left, so there is no
    interval and this is not a fit.

    Parameters
    ----------
    start, end : float
        Figures of one scope and unit, above zero.
    first_growth : float
        Growth recorded in `start_year`, fraction, above zero.
    start_year, end_year : int
        Whole years, `end_year` later than `start_year`.
    years : scalar or array-like of int
        Whole years, none before `start_year`.

    Returns
    -------
    phi : float
    path : pandas.Series
        Indexed by year, unit of `start`; ``attrs['extrapolated']`` lists years after `end_year`.

    Raises
    ------
    ValueError
        `first_growth` not above zero; `end` not above `start` (no positive damping exists);
        a year before `start_year` or between whole years; figures not above zero.
    """
    start = check.one_positive(start, "start")
    end = check.one_positive(end, "end")
    growth = check.one_number(first_growth, "first_growth")
    if not growth > 0:
        raise ValueError(
            f"first_growth must be greater than zero, got {growth}; a damped path starts from "
            "recorded growth."
        )
    first, last = _ordered_years(start_year, end_year)
    time, labels = check.year_labels(years)
    offsets = time - first
    if (last - first) % 1 or np.any(offsets % 1):
        raise ValueError(
            "damped growth is defined for whole years after start_year; got a fraction."
        )
    if max(last - first, offsets.max()) > LONGEST_PATH:
        raise ValueError(f"a damped path reaches at most {LONGEST_PATH} years ahead.")
    if np.any(offsets < 0):
        raise ValueError(
            f"a damped path does not reach back: year {time.min():g} lies before start_year "
            f"{first:g}."
        )
    log_total = float(check.log_ratio(np.float64(end), np.float64(start)))
    if not log_total > 0:
        raise ValueError(
            f"no positive damping leads from {start:g} to {end:g} with a first growth of "
            f"{check.per_cent(growth)}: the end must lie above the start."
        )
    log_first = float(np.log1p(growth))
    target = log_total / log_first
    if not (0 < target < np.inf):
        raise ValueError("the damping is beyond the range of floating-point numbers.")
    phi = _solve_damping(target, int(last - first))
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.cumsum(phi ** np.arange(1, int(offsets.max()) + 1))
        path = start * np.exp(log_first * np.concatenate(([0.0], powers))[offsets.astype(int)])
    return phi, _path(path, time, labels, (first, start), (last, end))


def projected_path(start, growth, start_year, years, *, persistence=1.0, damping=1.0):
    """Return the path on which a part of a growth lasts, or fades year by year.

    The log growth of ``start_year + k`` is ``persistence * ln(1 + growth) * damping**k``. With both
    at 1 the path is that of the constant rate.

    Parameters
    ----------
    start : float
        Figure of `start_year`, above zero.
    growth : float
        Rate to be carried on, fraction per year, above -1.
    start_year : int
    years : scalar or array-like of int
        Whole years, none before `start_year`.
    persistence : float
        Share of the log growth that lasts, at least 0.
    damping : float
        What is left of the log growth after each year, above 0.

    Returns
    -------
    pandas.Series
        Indexed by year, unit of `start`; meets `start` exactly.

    Raises
    ------
    ValueError
        A bad argument, or a value beyond the range of floating-point numbers.
    """
    start = check.one_positive(start, "start")
    rate = np.log1p(check.growth_rate(check.one_number(growth, "growth"), "growth"))
    first = check.one_number(start_year, "start_year")
    share = check.at_least_zero(check.one_number(persistence, "persistence"), "persistence")
    phi = check.one_positive(damping, "damping")
    time, labels = check.year_labels(years)
    offsets = time - first
    if np.any(offsets % 1) or np.any(offsets < 0):
        raise ValueError(
            f"a projected path holds whole years from start_year {first:g} on, got "
            f"{time[(offsets % 1 != 0) | (offsets < 0)][0]:g}."
        )
    if offsets.max() > LONGEST_PATH:
        raise ValueError(f"a projected path reaches at most {LONGEST_PATH} years ahead.")
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.cumsum(phi ** np.arange(1, int(offsets.max()) + 1))
        path = start * np.exp(share * rate * np.concatenate(([0.0], powers))[offsets.astype(int)])
    return _path(path, time, labels, (first, start))


def _ordered_years(start_year, end_year) -> tuple[float, float]:
    first = check.one_number(start_year, "start_year")
    last = check.one_number(end_year, "end_year")
    if not last > first:
        raise ValueError(f"end_year must be later than start_year, got {first:g} and {last:g}.")
    return first, last


def _path(path, time, labels, *anchors) -> pd.Series:
    import pandas as pd

    for year, figure in anchors:
        # exp(log(x)) misses x by an ulp; a published figure must come back as published.
        path = np.where(time == year, figure, path)
    if not (np.isfinite(path).all() and (path > 0).all()):
        raise ValueError(
            "the path leaves the range of floating-point numbers; ask for years nearer to the "
            "published ones."
        )
    series = pd.Series(path, index=pd.Index(labels, name="year"), name="value", dtype=float)
    outside = (time < anchors[0][0]) | (time > anchors[-1][0])
    series.attrs["extrapolated"] = labels[outside].tolist()
    return series


def _solve_damping(target: float, periods: int) -> float:
    """Solve ``phi + phi**2 + ... + phi**periods = target`` for the one positive root.

    The sum is increasing and convex for positive phi, so Newton steps from above fall
    monotonically to the root and cannot leave the bracket.
    """
    phi = min(target, float(np.exp(np.log(target) / periods)))
    for _ in range(200):
        total, slope = 0.0, 0.0
        for _ in range(periods):  # Horner for the sum and its derivative together
            slope = slope * phi + (total + 1.0)
            total = (total + 1.0) * phi
        step = (total - target) / slope
        following = phi - step
        if not following > 0 or abs(step) <= 4e-16 * phi:
            break
        phi = following
    return phi
