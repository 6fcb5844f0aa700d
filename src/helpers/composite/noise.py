"""Ranks under erring ratings."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.composite import _checks as check
from helpers.composite._arrays import chunks
from helpers.composite.levels import EQUAL_STEPS, level_numbers, scale
from helpers.composite.means import utility
from helpers.composite.ranks import (
    TIE_DECIMALS,
    by_rank,
    competition_rank,
    count_places,
    units_above,
)

NO_DIFFERENCE = 1e-9  # of two scores from 0 to 1 that rounding alone sets apart


@dataclass(frozen=True)
class RatingNoise:
    """Ranks under erring ratings.

    ``acceptability`` is a DataFrame (units, ranks 1..n) of shares of draws. ``pairs`` has one row
    for each pair that the unchanged table orders strictly: ``better, worse`` and the shares of
    draws in which the order is ``kept``, ``tied`` or ``reversed``.
    """

    acceptability: pd.DataFrame
    pairs: pd.DataFrame


def rating_noise(
    table: pd.DataFrame,
    rating_error: float,
    draws: int,
    seed: int,
    *,
    scores: Sequence[float] = EQUAL_STEPS,
    weights=None,
    power: float = 1,
) -> RatingNoise:
    """Ranks when each cell is one level off with a given probability, independently of others.

    A Medium that errs goes up or down with equal chance; Low and High have one way to go. Where one
    author rated all cells, real errors go together, so independent ones make ranks look steadier
    than they are.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    rating_error : float, probability
    draws : int
    seed : int
    scores, weights, power
        As in `leave_one_out`.

    Returns
    -------
    RatingNoise

    Raises
    ------
    ValueError
        Unknown levels; an error outside 0 to 1; draws not positive.
    """
    numbers = level_numbers(table)
    draws, seed = check.whole(draws, "draws", 1), check.whole(seed, "seed", 0)
    if not 0 <= rating_error <= 1:
        raise ValueError(f"rating_error is {rating_error}; a probability lies between 0 and 1.")
    fractions = check.weights_or_equal(weights, table.columns)
    values = utility(np.array([scale(scores)]), power)[0]
    # On a scale from 0 to 1 the rounding that finds ties suits every coding and power.
    values = (values - values[0]) / (values[2] - values[0])

    units, dimensions = numbers.shape
    unchanged = competition_rank((values[numbers] * fractions).sum(axis=1))
    pairs = [
        (first, second) for first, second in itertools.permutations(range(units), 2)
        if unchanged[first] < unchanged[second]
    ]
    # Below `rise` a cell goes up, from there to the error it goes down, else it stays.
    rise = np.array([rating_error, rating_error / 2, 0.0])[numbers][..., None]
    generator = np.random.default_rng(seed)
    counts = np.zeros((units, units), dtype=np.int64)
    outcomes = np.zeros((len(pairs), 2), dtype=np.int64)
    for part in chunks(draws, numbers.size, fewest=64):
        chance = generator.random((units, dimensions, part.stop - part.start))
        up = chance < rise
        down = (chance < rating_error) & ~up
        levels = numbers[..., None] + up.view(np.int8) - down.view(np.int8)
        totals = np.zeros((units, chance.shape[2]))
        for place, fraction in enumerate(fractions):
            totals += fraction * values[levels[:, place]]
        totals = np.round(totals, TIE_DECIMALS)
        counts += count_places(units_above(totals), units)
        for place, (better, worse) in enumerate(pairs):
            outcomes[place] += (
                np.count_nonzero(totals[better] > totals[worse]),
                np.count_nonzero(totals[better] < totals[worse]),
            )
    return RatingNoise(
        acceptability=by_rank(counts / draws, table.index),
        pairs=pd.DataFrame({
            "better": [table.index[better] for better, _ in pairs],
            "worse": [table.index[worse] for _, worse in pairs],
            "kept": outcomes[:, 0] / draws,
            "tied": (draws - outcomes.sum(axis=1)) / draws,
            "reversed": outcomes[:, 1] / draws,
        }),
    )


def kept_exactly(
    table: pd.DataFrame,
    rating_error: float,
    *,
    scores: Sequence[float] = EQUAL_STEPS,
    weights=None,
    power: float = 1,
) -> pd.DataFrame:
    """Probability that each strict order survives errors like those of `rating_noise`, exactly.

    Parameters
    ----------
    table, rating_error, scores, weights, power
        As in `rating_noise`.

    Returns
    -------
    DataFrame
        ``better, worse, kept``, one row for each pair that the unchanged table orders strictly.

    Raises
    ------
    ValueError
        As `rating_noise`.
    """
    numbers = level_numbers(table)
    if not 0 <= rating_error <= 1:
        raise ValueError(f"rating_error is {rating_error}; a probability lies between 0 and 1.")
    fractions = check.weights_or_equal(weights, table.columns)
    values = utility(np.array([scale(scores)]), power)[0]
    values = (values - values[0]) / (values[2] - values[0])
    stays, half = 1 - rating_error, rating_error / 2
    moves = np.array([[stays, rating_error, 0], [half, stays, half], [0, rating_error, stays]])
    unchanged = competition_rank((values[numbers] * fractions).sum(axis=1))
    totals = [_totals(row, fractions, values, moves) for row in numbers]
    rows = []
    for better, worse in itertools.permutations(range(len(table)), 2):
        if unchanged[better] < unchanged[worse]:
            (reached, chance), (others, shares) = totals[better], totals[worse]
            behind = np.concatenate([[0.0], np.cumsum(shares)])
            kept = chance @ behind[np.searchsorted(others, reached - NO_DIFFERENCE)]
            rows.append((table.index[better], table.index[worse], float(kept)))
    return pd.DataFrame(rows, columns=["better", "worse", "kept"])


def _totals(row, fractions, values, moves) -> tuple[np.ndarray, np.ndarray]:
    """Scores that a unit may reach, rising, and the chance of each."""
    reached, chance = np.zeros(1), np.ones(1)
    for level, fraction in zip(row, fractions, strict=True):
        sums = np.round(np.add.outer(reached, fraction * values), TIE_DECIMALS).ravel()
        reached, place = np.unique(sums, return_inverse=True)
        chance = np.bincount(place, weights=np.outer(chance, moves[level]).ravel())
    return reached, chance
