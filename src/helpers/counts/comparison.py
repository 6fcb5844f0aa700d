"""Which model of yearly counts to trust: forecasts from every origin, held against what came."""

import numpy as np
import pandas as pd

from helpers import growth
from helpers.counts._checks import series
from helpers.counts.trend import MODELS, drift_growth_interval, fit_trend

WINDOW = 5  # years of past in the rolling-origin comparison
HORIZONS = (1, 2, 3)
# Scores live on the log scale, where a count of zero has no place.
HALF_A_COUNT = 0.5


def compare_models(years, counts, *, coverage, draws, seed, window=WINDOW, horizons=HORIZONS):
    """Forecast every year from every earlier origin, by four models that all know the same past.

    Parameters
    ----------
    years : array-like of int, shape (n,)
        Consecutive years or with gaps; gaps are never filled.
    counts : array-like of int, shape (n,)
        Above zero, since errors are ratios.
    coverage : float
    draws : int
        Simulated counts per forecast of the two count models.
    seed : int
    window : int
        Years of past, at least `FEWEST_YEARS`.
    horizons : sequence of int

    Returns
    -------
    pandas.DataFrame
        As `growth.rolling_origin` gives it, for the models ``no_change``, ``random_walk_drift``,
        ``poisson`` and ``negative_binomial``; feed it to `growth.score`.

    Raises
    ------
    growth.TooFewPoints
        If no year lies ahead of a full window.
    """
    simple = growth.rolling_origin(
        years, counts, window, horizons, ["no_change", "random_walk_drift"], coverage
    )
    time, count = series(years, counts)
    generator = np.random.default_rng(seed)
    rows = []
    for origin, ahead in simple[simple["model"] == "no_change"].groupby("origin"):
        past = (time > origin - window) & (time <= origin)
        targets = ahead["origin"].to_numpy() + ahead["horizon"].to_numpy()
        for model in MODELS:
            trend = fit_trend(time[past], count[past], model, coverage)
            frame = trend.predict(targets, draws=draws, seed=generator)
            frame = frame.clip(lower=HALF_A_COUNT)
            rows += [
                (origin, window, horizon, model, actual, line.median, line.lower, line.upper)
                for horizon, actual, line in zip(
                    ahead["horizon"], ahead["actual"], frame.itertuples(), strict=True)
            ]
    forecasts = pd.concat(
        [simple, pd.DataFrame(rows, columns=simple.columns)], ignore_index=True
    )
    forecasts.attrs["coverage"] = coverage
    return forecasts


def growth_by_model(years, counts, coverage):
    """Yearly growth of one row of counts by each model, with its interval.

    Parameters
    ----------
    years, counts : array-like of int, shape (n,)
        As for `fit_trend`.
    coverage : float

    Returns
    -------
    pandas.DataFrame
        Rows ``poisson``, ``poisson_scaled`` (error scaled by the dispersion),
        ``negative_binomial`` and ``random_walk_drift``; columns ``growth, lower, upper``
        (fractions per year) and ``alpha`` (spread beyond Poisson; missing for the walk).
    """
    poisson = fit_trend(years, counts, "poisson", coverage)
    binomial = fit_trend(years, counts, "negative_binomial", coverage)
    walk = growth.fit_growth(years, counts, "random_walk_drift", coverage)
    walk_ends = drift_growth_interval(walk, poisson.last_year - poisson.first_year)
    return pd.DataFrame.from_dict({
        "poisson": (poisson.growth, *poisson.growth_interval, 0.0),
        "poisson_scaled": (poisson.growth, *poisson.scaled_interval, 0.0),
        "negative_binomial": (binomial.growth, *binomial.growth_interval, binomial.alpha),
        "random_walk_drift": (walk.growth, *walk_ends, np.nan),
    }, orient="index", columns=["growth", "lower", "upper", "alpha"])


def errors_ahead(scores):
    """Error of each model by horizon, and its mean over all forecasts.

    Parameters
    ----------
    scores : pandas.DataFrame
        Result of `growth.score` for one window: index levels ``model`` and ``horizon``, columns
        ``mase`` and ``n``.

    Returns
    -------
    pandas.DataFrame
        Indexed by model; one column a horizon, and ``mean``, in which each forecast counts once.
    """
    errors, numbers = (
        scores.pivot_table(index="model", columns="horizon", values=column)
        for column in ("mase", "n"))
    return errors.assign(mean=(errors * numbers).sum(axis=1) / numbers.sum(axis=1))


def least_wrong(errors, margin=0.02) -> list:
    """Models that share the smallest error, in the order of `errors`.

    Parameters
    ----------
    errors : pandas.Series
        Mean error by model.
    margin : float
        Errors less than this fraction above the smallest are equal: draws alone move them by less.
    """
    return list(errors.index[errors < (1 + margin) * errors.min()])


def held_counts(forecasts):
    """How many forecasts of each model had the later count inside their interval.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        Result of `compare_models`; rows without an interval are left out.

    Returns
    -------
    pandas.DataFrame of int
        Indexed by model: ``inside`` and ``forecasts``.
    """
    ranged = forecasts.dropna(subset=["lower"])
    inside = ranged["actual"].between(ranged["lower"], ranged["upper"])
    return inside.groupby(ranged["model"]).agg(inside="sum", forecasts="count")


def disagreement(counters):
    """How far counters of the same year disagree.

    Parameters
    ----------
    counters : pandas.DataFrame
        Columns ``year`` and ``value`` (above zero), one row a counter and year.

    Returns
    -------
    pandas.DataFrame
        Years with two counts or more: ``count, min, max`` and ``ratio`` (largest over smallest).
    """
    spread = counters.groupby("year")["value"].agg(["count", "min", "max"])
    return spread[spread["count"] > 1].assign(ratio=lambda frame: frame["max"] / frame["min"])
