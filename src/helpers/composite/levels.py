"""Levels and the numbers that stand for them."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.composite import _checks as check

LEVELS = ("Low", "Medium", "High")
EQUAL_STEPS = (1, 2, 3)


def named_table(table: pd.DataFrame) -> pd.DataFrame:
    """The table itself, after checking that it has cells and that every name is unique."""
    if not hasattr(table, "columns") or table.empty:
        raise ValueError(
            f"The table of levels is a {type(table).__name__} of shape {np.shape(table)}. Pass a "
            f"DataFrame with units in the index, dimensions in the columns and at least one cell."
        )
    for axis, names in (("unit", table.index), ("dimension", table.columns)):
        # Two rows of one name would be silently joined by every lookup by name.
        if not names.is_unique:
            twice = names[names.duplicated()][0]
            raise ValueError(f"The {axis} {twice!r} stands twice in the table. Rename one of them.")
    return table


def level_numbers(table: pd.DataFrame) -> np.ndarray:
    """Levels as 0, 1, 2: int8 array of the table's shape. Unknown or blank cells are refused."""
    cells = named_table(table).to_numpy(dtype=object)
    numbers = np.empty(cells.shape, dtype=np.int8)
    for (row, column), cell in np.ndenumerate(cells):
        numbers[row, column] = level_number(
            cell, f"row {table.index[row]!r}, column {table.columns[column]!r}"
        )
    return numbers


def level_number(cell, where: str) -> int:
    """A level as 0, 1 or 2; ``where`` tells the message which cell was wrong."""
    if isinstance(cell, str) and cell in LEVELS:
        return LEVELS.index(cell)
    blank = not cell.strip() if isinstance(cell, str) else pd.api.types.is_scalar(
        cell
    ) and pd.isna(cell)
    found = "the cell is blank" if blank else f"{cell!r} is not a level"
    raise ValueError(f"Levels, {where}: {found}. Use {', '.join(LEVELS[:2])} or {LEVELS[2]}.")


def scale(scores: Sequence[float]) -> tuple[float, float, float]:
    """Scores of Low, Medium and High; refused unless finite and strictly increasing."""
    values = tuple(float(score) for score in scores)
    if len(values) != 3 or not all(map(math.isfinite, values)) or not (
        values[0] < values[1] < values[2]
    ):
        raise ValueError(
            f"The scores of Low, Medium and High are {values}. Give three finite numbers, each "
            f"larger than the one before."
        )
    return values


def encode_levels(table: pd.DataFrame, scores: Sequence[float] = EQUAL_STEPS) -> pd.DataFrame:
    """Numbers for levels.

    Parameters
    ----------
    table : DataFrame, (units, dimensions)
        Cells ``"Low"``, ``"Medium"`` or ``"High"``.
    scores : three numbers, points
        Scores of Low, Medium and High, strictly increasing.

    Returns
    -------
    DataFrame of float, same shape and names, points.

    Raises
    ------
    ValueError
        Unknown or blank level (the message names the cell); scores not strictly increasing.
    """
    values = np.array(scale(scores))
    numbers = level_numbers(table)
    return pd.DataFrame(values[numbers], index=table.index, columns=table.columns)


def q_value(medium_score, power=1):
    """Where Medium lies between Low (0) and High (1) once coding and mean are chosen.

    ``q = (f(M)-f(1)) / (f(3)-f(1))`` with ``f(x) = x^p``, or ``ln x`` for p = 0. Ranks by a power
    mean depend on coding and power through this one number only.

    Parameters
    ----------
    medium_score : float or array, points
        Score of Medium, from 1 to 3, where Low is 1 and High is 3.
    power : float or array

    Returns
    -------
    float or array, fraction.

    Raises
    ------
    ValueError
        A score outside 1 to 3, or a power that is not finite.
    """
    medium = np.asarray(medium_score, dtype=float)
    powers = np.asarray(power, dtype=float)
    if not np.all((medium >= 1) & (medium <= 3)):
        raise ValueError(
            f"The score of Medium is {medium_score}; it must lie between Low, 1, and High, 3."
        )
    if not np.isfinite(powers).all():
        raise ValueError(f"The power of the mean is {power}; it must be finite.")
    powers = np.where(np.abs(powers) < check.SMALLEST_POWER, 0.0, powers)
    log_medium, log_high = np.log(medium), math.log(3)
    size = np.where(powers == 0, 1.0, np.abs(powers))
    # expm1 of a negative number: no cancellation near p = 0, no overflow far from it.
    falling = np.expm1(-size * log_medium) / np.expm1(-size * log_high)
    rising = np.exp(size * (log_medium - log_high)) * falling
    q = np.where(powers == 0, log_medium / log_high, np.where(powers < 0, falling, rising))
    # Moderate powers need no such care, and the plain form gives 1/2 for 1-2-3 to the last bit.
    moderate = (size >= 0.1) & (size <= 10) & (powers != 0)
    plain_power = np.where(moderate, powers, 1.0)
    q = np.where(moderate, (medium**plain_power - 1) / (3.0**plain_power - 1), q)
    return float(q) if q.ndim == 0 else q
