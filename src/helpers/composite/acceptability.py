"""Ranks under weightings drawn at random."""

import math

import numpy as np
import pandas as pd

from helpers.composite import _checks as check
from helpers.composite._arrays import chunks, equal_rows, numeric
from helpers.composite.ranks import TIE_DECIMALS, by_rank, count_places


def rank_acceptability(scores, draws: int, seed: int, concentration: float = 1) -> pd.DataFrame:
    """Share of sampled weightings in which each unit holds each competition rank.

    Weights are Dirichlet distributed, the score is the weighted sum. For a power mean other than
    the arithmetic, pass ``utility(scores, power)``.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions), points
    draws : int
        Number of weightings.
    seed : int
    concentration : float
        1 makes every weighting equally likely; larger values stay near equal weights.

    Returns
    -------
    DataFrame of float, (units, ranks 1..n), fractions; rows sum to 1.
        The standard error of a share p is ``sqrt(p*(1-p)/draws)``.

    Raises
    ------
    ValueError
        Scores not finite; draws or concentration not positive.

    Notes
    -----
    Only pairs whose order depends on the weights are simulated; a unit that is at least as good in
    every dimension and better in one is above in all weightings, and equal rows tie. The sign of a
    difference does not depend on the sum of the weights, so they are not normalised. Draws are made
    in chunks, which bounds memory whatever their number.
    """
    values, units, _ = numeric(scores)
    draws = check.whole(draws, "draws", 1)
    seed = check.whole(seed, "seed", 0)
    concentration = float(concentration)
    if not (math.isfinite(concentration) and concentration > 0):
        raise ValueError(f"concentration is {concentration}; it must be above 0.")

    # Equal rows are one group, so that rounding in the sums can never set them apart. Rounding is
    # relative to the largest score: 0.1 + 0.2 and 0.3 are one score on every scale.
    largest = np.abs(values).max()
    rounded = np.round(values / largest, TIE_DECIMALS) if largest > 0 else values
    groups = equal_rows(rounded)
    rows = rounded[[group[0] for group in groups]]
    sizes = np.array([len(group) for group in groups])
    settled, open_pairs = _settle(rows, sizes)
    counts = _count_ranks(settled, sizes, open_pairs, draws, seed, concentration, values.shape[1])
    shares = np.empty((len(units), len(units)))
    for group, count in zip(groups, counts, strict=True):
        shares[group] = count / draws
    return by_rank(shares, units)


def _settle(rows: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, list[tuple]]:
    """Units above each group under all weightings, and the pairs that weights decide.

    A pair is listed as ``(group, other groups, differences of scores)``, one entry for each group
    with all later ones that it leaves open.
    """
    groups = len(rows)
    settled = np.zeros(groups, dtype=np.int64)
    open_pairs = []
    for one in range(groups):
        gap = rows[one] - rows[one + 1:]
        above, below = (gap >= 0).all(axis=1), (gap <= 0).all(axis=1)
        others = np.arange(one + 1, groups)
        settled[others[above]] += sizes[one]
        settled[one] += sizes[others[below]].sum()
        left = ~(above | below)
        if left.any():
            open_pairs.append((one, others[left], np.ascontiguousarray(gap[left])))
    return settled, open_pairs


def _count_ranks(settled, sizes, open_pairs, draws, seed, concentration, dimensions):
    """Draws at each rank: int array (groups, units)."""
    groups, units = len(sizes), int(sizes.sum())
    counts = np.zeros((groups, units), dtype=np.int64)
    if not open_pairs:
        counts[np.arange(groups), settled] = draws
        return counts
    generator = np.random.default_rng(seed)
    # Numbers of units above, in the smallest type that holds them: moving them is most of the work.
    small = np.min_scalar_type(units)
    settled, sizes = settled.astype(small)[:, None], sizes.astype(small)[:, None]
    for part in chunks(draws, max(groups, dimensions)):
        size = (dimensions, part.stop - part.start)
        if concentration == 1:
            parts = generator.standard_exponential(size)
        else:
            parts = generator.standard_gamma(concentration, size)
        above = np.repeat(settled, size[1], axis=1)
        for one, others, gap in open_pairs:
            wins = gap @ parts > 0
            above[others] += wins * sizes[one]
            above[one] += (~wins * sizes[others]).sum(axis=0, dtype=small)
        counts += count_places(above, units)
    return counts
