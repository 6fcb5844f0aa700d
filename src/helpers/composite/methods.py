"""Other methods, for comparison."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.composite import _checks as check
from helpers.composite._arrays import named_like, numeric, signs
from helpers.composite.levels import EQUAL_STEPS, encode_levels, scale
from helpers.composite.means import aggregate
from helpers.composite.ranks import TIE_DECIMALS, competition_rank


def borda(scores, weights=None):
    """Borda count: weighted sum over dimensions of the units below, ties counting one half.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions)
        Only the order within a dimension matters.
    weights : sequence or Series, (dimensions,), fractions, optional
        Equal weights where not given.

    Returns
    -------
    Series or array, (units,), points; the mean over the units is ``(n-1)/2``.
    """
    values, _, columns = numeric(scores)
    fractions = check.weights_or_equal(weights, columns)
    gap = signs(values)
    # Each unit meets itself as one half, which is taken off again.
    points = (((gap + 1) / 2).sum(axis=1) - 0.5) @ fractions
    return named_like(scores, points)


def copeland(scores, weights=None):
    """Copeland score: units beaten minus units lost to in pairwise weighted majorities.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions)
        Only the order within a dimension matters.
    weights : sequence or Series, (dimensions,), fractions, optional
        Equal weights where not given.

    Returns
    -------
    Series or array of int, (units,); sums to 0.
    """
    values, _, columns = numeric(scores)
    fractions = check.weights_or_equal(weights, columns)
    gap = signs(values)
    # Rounded, since 0.2 + 0.2 against 0.4 must be a draw.
    majority = np.sign(np.round(gap @ fractions, TIE_DECIMALS))
    wins = majority.sum(axis=1).astype(int)
    return named_like(scores, wins)


def min_max(scores):
    """Scores rescaled in each dimension so that the lowest unit is 0 and the highest 1.

    The goalposts come from the units at hand, so a dimension in which no unit is low is stretched
    as far as one that uses the whole scale. For comparison only; fixed goalposts need no rescaling.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions), points

    Returns
    -------
    DataFrame or array, same shape, fractions. A dimension in which all are equal becomes 0.
    """
    values, _, _ = numeric(scores)
    lowest = values.min(axis=0)
    spread = values.max(axis=0) - lowest
    scaled = (values - lowest) / np.where(spread > 0, spread, 1.0)
    return named_like(scores, scaled)


def mazziotta_pareto(scores, lowest: float, highest: float):
    """Adjusted Mazziotta-Pareto index with fixed goalposts, for dimensions where more is better.

    Scores are mapped to 70 (lowest) to 130 (highest); the index is their mean minus variance over
    mean, so that an uneven profile is penalised. The variance is that of the unit's own dimensions,
    all of them, each counting the same.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions), points
    lowest, highest : float, points
        Ends of the scale.

    Returns
    -------
    Series or array, (units,), index points, at most 130.

    Raises
    ------
    ValueError
        Scores outside the goalposts, or goalposts in the wrong order.
    """
    values, _, _ = numeric(scores)
    if not lowest < highest or values.min() < lowest or values.max() > highest:
        raise ValueError(
            f"Scores from {values.min():g} to {values.max():g} do not fit goalposts "
            f"{lowest:g} to {highest:g}."
        )
    scaled = 70 + 60 * (values - lowest) / (highest - lowest)
    means = scaled.mean(axis=1)
    points = means - scaled.var(axis=1) / means
    return named_like(scores, points)


def method_ranks(
    table: pd.DataFrame, *, scores: Sequence[float] = EQUAL_STEPS, weights=None
) -> pd.DataFrame:
    """Competition ranks by seven methods side by side.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    scores : three numbers above 0, points
        Coding for the methods that need one (all but Borda and Copeland).
    weights : sequence or Series, (dimensions,), fractions, optional
        Equal weights where not given. The Mazziotta-Pareto index has none.

    Returns
    -------
    DataFrame of int, index units, columns ``arithmetic, geometric, harmonic, min_max, borda,
    copeland, mazziotta_pareto``.

    Raises
    ------
    ValueError
        Unknown levels, a bad coding or bad weights, as in `aggregate`.
    """
    values = encode_levels(table, scores)
    fractions = check.weights_or_equal(weights, values.columns)
    lowest, _, highest = scale(scores)
    methods = {
        "arithmetic": aggregate(values, fractions, 1),
        "geometric": aggregate(values, fractions, 0),
        "harmonic": aggregate(values, fractions, -1),
        "min_max": aggregate(min_max(values), fractions, 1),
        "borda": borda(values, fractions),
        "copeland": copeland(values, fractions),
        "mazziotta_pareto": mazziotta_pareto(values, lowest, highest),
    }
    return pd.DataFrame(
        {name: competition_rank(points) for name, points in methods.items()}, index=table.index
    )
