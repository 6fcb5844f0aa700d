"""Counts: whole numbers behind a rounded share, overlaps of two groups, and yearly counts.

A printed percentage of a small group allows only a few whole numbers; two shares of one group
bound their overlap (Frechet); a row of yearly counts has a trend and a scatter, both of which a
model must state. Nothing here knows where a count comes from.
"""

from helpers.counts._checks import CountError
from helpers.counts.aftermath import (
    Aftermath,
    after_the_fit,
    held_at,
    told_until,
    turning_values,
)
from helpers.counts.comparison import (
    HALF_A_COUNT,
    HORIZONS,
    WINDOW,
    compare_models,
    disagreement,
    errors_ahead,
    growth_by_model,
    held_counts,
    least_wrong,
)
from helpers.counts.rates import least_total, spread_evenly
from helpers.counts.shares import feasible_integers, joint_counts, overlap_bounds, smallest_above
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
    "Aftermath",
    "CountError",
    "CountTrend",
    "after_the_fit",
    "compare_models",
    "disagreement",
    "drift_growth_interval",
    "errors_ahead",
    "feasible_integers",
    "fit_trend",
    "growth_by_model",
    "held_at",
    "held_counts",
    "joint_counts",
    "least_total",
    "least_wrong",
    "overlap_bounds",
    "smallest_above",
    "spread_evenly",
    "told_until",
    "turning_values",
]
