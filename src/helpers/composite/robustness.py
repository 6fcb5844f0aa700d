"""Ranks after one change at a time: a dimension dropped, or a cell moved by one level."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.composite import _checks as check
from helpers.composite.levels import EQUAL_STEPS, encode_levels, level_numbers, scale
from helpers.composite.means import aggregate, power_means
from helpers.composite.ranks import competition_rank


def leave_one_out(
    table: pd.DataFrame, *, scores: Sequence[float] = EQUAL_STEPS, weights=None, power: float = 1
) -> pd.DataFrame:
    """Ranks after each dimension in turn is dropped.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    scores : three numbers, points
        Coding of the levels.
    weights : sequence or Series, (dimensions,), fractions, optional
        Equal weights where not given. Those of the remaining dimensions are divided by their sum.
    power : float
        Power of the mean.

    Returns
    -------
    DataFrame of int, index the dropped dimension, columns units, competition ranks.

    Raises
    ------
    ValueError
        Fewer than two dimensions; a dimension that carries all the weight.
    """
    values = encode_levels(table, scores)
    if values.shape[1] < 2:
        raise ValueError("The table has one dimension; nothing is left when it is dropped.")
    columns = values.columns
    fractions = check.weights_or_equal(weights, columns)
    ranks = {}
    for place, dropped in enumerate(columns):
        kept = np.delete(fractions, place)
        if not kept.sum() > 0:
            raise ValueError(f"{dropped!r} carries all the weight, so it cannot be dropped.")
        means = aggregate(values.drop(columns=dropped), kept / kept.sum(), power)
        ranks[dropped] = competition_rank(means)
    result = pd.DataFrame.from_dict(ranks, orient="index", columns=table.index)
    result.index.name = "dropped"
    return result


def one_level_perturbation(
    table: pd.DataFrame, *, scores: Sequence[float] = EQUAL_STEPS, weights=None, power: float = 1
) -> pd.DataFrame:
    """Ranks after each possible change of one cell by one level.

    Low and High can move one way, Medium both ways.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    scores, weights, power
        As in `leave_one_out`.

    Returns
    -------
    DataFrame, one row per change
        ``unit, dimension, step`` (-1 or 1), the rank of every unit under its name, then
        ``changed`` (any rank differs from the unchanged table) and three counts of pairs:
        ``reversals`` (strictly ordered before, the other way round after), ``ties_made`` and
        ``ties_broken``. A tie made or broken is not a reversal.

    Raises
    ------
    ValueError
        Unknown levels; a unit named like one of the other columns.
    """
    numbers, units = level_numbers(table), list(table.index)
    told = ["unit", "dimension", "step", "changed", "reversals", "ties_made", "ties_broken"]
    for name in told:
        if name in units:
            raise ValueError(f"A unit is named {name!r}, like a column of the result. Rename it.")
    fractions = check.weights_or_equal(weights, table.columns)
    values = np.array(scale(scores))
    changes = [
        (row, column, step)
        for (row, column), level in np.ndenumerate(numbers)
        for step in (-1, 1)
        if 0 <= level + step <= 2
    ]
    variants = np.repeat(numbers[None], len(changes) + 1, axis=0)
    for place, (row, column, step) in enumerate(changes, start=1):
        variants[place, row, column] += step
    means = power_means(
        values[variants].reshape(-1, numbers.shape[1]), fractions, check.finite_power(power)
    ).reshape(-1, len(units))
    ranks = np.array([competition_rank(row) for row in means])
    first, second = np.triu_indices(len(units), 1)
    order = np.sign(ranks[:, first] - ranks[:, second])
    before, after = order[0], order[1:]
    result = pd.DataFrame(
        [(units[row], table.columns[column], step) for row, column, step in changes],
        columns=told[:3],
    )
    result[units] = ranks[1:]
    result["changed"] = (ranks[1:] != ranks[0]).any(axis=1)
    result["reversals"] = (after * before < 0).sum(axis=1)
    result["ties_made"] = ((after == 0) & (before != 0)).sum(axis=1)
    result["ties_broken"] = ((after != 0) & (before == 0)).sum(axis=1)
    return result
