"""Ranks under other codings: where the score of Medium turns them, and a grid of codings."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from helpers.composite import _checks as check
from helpers.composite.levels import encode_levels, level_numbers, q_value
from helpers.composite.means import aggregate
from helpers.composite.ranks import competition_rank

# Closer values of q are one turn: weights such as 0.1 + 0.2 and 0.3 differ in the last bits.
TURN_DECIMALS = 9
NO_DIFFERENCE = 10.0**-TURN_DECIMALS


@dataclass(frozen=True)
class CodingTurns:
    """Values of q at which ranks turn, and the ranks between them.

    Attributes
    ----------
    q_values : tuple of float, fractions
        Rising, strictly between 0 and 1. At a turn itself the units that change places are equal.
    ranks : DataFrame of int, (units, spans)
        Competition ranks within each span, columns such as ``"0.000 to 0.309"``.
    """

    q_values: tuple[float, ...]
    ranks: pd.DataFrame

    @property
    def edges(self) -> list[float]:
        """Ends of the spans: 0, the turns, 1."""
        return [0.0, *self.q_values, 1.0]

    @property
    def moving(self) -> list:
        """Units that do not hold one rank throughout, in the order of the table."""
        lowest, highest = self.ranks.min(axis=1), self.ranks.max(axis=1)
        return list(self.ranks.index[lowest < highest])


def coding_turns(table: pd.DataFrame, weights=None) -> CodingTurns:
    """Where the place of Medium between Low and High turns the order of units.

    Ranks by a power mean depend on coding and power through ``q`` alone (`q_value`), and order
    units as ``high + q*medium`` does, the weights of a unit's High and Medium cells. Two such lines
    cross at most once.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    weights : sequence or Series, (dimensions,), fractions, optional
        Equal weights where not given.

    Returns
    -------
    CodingTurns

    Raises
    ------
    ValueError
        Unknown levels, or bad weights as in `aggregate`.
    """
    numbers = level_numbers(table)
    fractions = check.weights_or_equal(weights, table.columns)
    medium, high = (numbers == 1) @ fractions, (numbers == 2) @ fractions
    turns = set()
    for one, other in itertools.combinations(range(len(table)), 2):
        slope, gap = medium[one] - medium[other], high[other] - high[one]
        if abs(slope) > NO_DIFFERENCE and NO_DIFFERENCE < gap / slope < 1 - NO_DIFFERENCE:
            turns.add(round(float(gap / slope), TURN_DECIMALS))
    edges = [0.0, *sorted(turns), 1.0]
    return CodingTurns(tuple(sorted(turns)), pd.DataFrame(
        {f"{low:.3f} to {up:.3f}": competition_rank(high + (low + up) / 2 * medium)
         for low, up in itertools.pairwise(edges)}, index=table.index))


def ranks_by_coding(
    table: pd.DataFrame, medium_scores: Iterable[float], powers: Iterable[float], weights=None
) -> pd.DataFrame:
    """Ranks under each score of Medium, where Low is 1 and High is 3, and each power of the mean.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    medium_scores : numbers strictly between 1 and 3, points
    powers : numbers
        Powers of the mean; values that repeat count once, as do scores.
    weights : sequence or Series, (dimensions,), fractions, optional
        Equal weights where not given.

    Returns
    -------
    DataFrame, one row per combination, sorted by q
        ``medium_score, power, q``, then the competition rank of every unit under its name.

    Raises
    ------
    ValueError
        Unknown levels, a coding that does not rise, bad weights, or a unit named like a column.
    """
    told = ["medium_score", "power", "q"]
    for name in told:
        if name in table.index:
            raise ValueError(f"A unit is named {name!r}, like a column of the result. Rename it.")
    fractions = check.weights_or_equal(weights, table.columns)
    rows = []
    for score, power in itertools.product(sorted(set(medium_scores)), sorted(set(powers))):
        means = aggregate(encode_levels(table, (1, score, 3)), fractions, power)
        rows.append([score, power, q_value(score, power), *competition_rank(means)])
    return pd.DataFrame(rows, columns=[*told, *table.index]).sort_values(
        "q", kind="stable", ignore_index=True)
