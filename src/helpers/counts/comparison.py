"""Which model of yearly counts to trust: forecasts from every origin, held against what came."""

import numpy as np
import pandas as pd

from helpers import growth
from helpers.counts._checks import series
from helpers.counts.trend import MODELS, fit_trend

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
