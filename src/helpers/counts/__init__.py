"""Counts: whole numbers behind a rounded share, overlaps of two groups, and yearly counts.

A printed percentage of a small group allows only a few whole numbers; two shares of one group
bound their overlap (Frechet); a row of yearly counts has a trend and a scatter, both of which a
model must state. Nothing here knows where a count comes from.
"""

from helpers.counts._checks import CountError
from helpers.counts.comparison import HALF_A_COUNT, HORIZONS, WINDOW, compare_models
from helpers.counts.rates import least_total, spread_evenly
from helpers.counts.shares import feasible_integers, overlap_bounds, smallest_above
from helpers.counts.trend import (
    FEWEST_YEARS,
    LEAST_ALPHA,
    MODELS,
    CountTrend,
    drift_growth_interval,
    fit_trend,
)

__all__ = [
    "FEWEST_YEARS",
    "HALF_A_COUNT",
    "HORIZONS",
    "LEAST_ALPHA",
    "MODELS",
    "WINDOW",
    "CountError",
    "CountTrend",
    "compare_models",
    "drift_growth_interval",
    "feasible_integers",
    "fit_trend",
    "least_total",
    "overlap_bounds",
    "smallest_above",
    "spread_evenly",
]
