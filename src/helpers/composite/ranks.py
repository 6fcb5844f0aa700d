"""Ranks from scores, and tables of shares by rank."""

import numpy as np
import pandas as pd

# Means of equal rows can differ in the last bits. Without rounding, such noise would rank them.
TIE_DECIMALS = 12


def competition_rank(score) -> np.ndarray:
    """Ranks with 1 for the highest score; ties share the better rank (1, 1, 3).

    Scores are rounded to 12 decimals first, so that noise in the last bits does not order units.

    Parameters
    ----------
    score : Series or array, (units,)

    Returns
    -------
    array of int, (units,)

    Raises
    ------
    ValueError
        A score that is not a number; more than one axis.
    """
    values = np.asarray(score, dtype=float)
    if values.ndim != 1:
        raise ValueError(f"Scores to rank have {values.ndim} axes. Pass one score per unit.")
    if np.isnan(values).any():
        position = int(np.flatnonzero(np.isnan(values))[0])
        raise ValueError(
            f"The score at position {position} is not a number, so it has no rank. Leave the unit "
            f"out."
        )
    falling = -_rounded(values)
    return np.searchsorted(np.sort(falling), falling, side="left") + 1


def _rounded(values: np.ndarray) -> np.ndarray:
    """Values rounded to 12 decimals, except where a float has no 12 decimals left to round."""
    # NumPy rounds by multiplying with 10^12, which turns very large scores into infinity.
    small = np.abs(values) < 2**53 / 10**TIE_DECIMALS
    return np.where(small, np.round(np.where(small, values, 0.0), TIE_DECIMALS), values)


def by_rank(shares: np.ndarray, units: pd.Index) -> pd.DataFrame:
    """Shares (units, ranks) as a table, ranks counted from 1."""
    ranks = pd.RangeIndex(1, shares.shape[1] + 1, name="rank")
    return pd.DataFrame(shares, index=units, columns=ranks)


def mean_rank(shares: pd.DataFrame) -> pd.Series:
    """Mean rank of each unit from its shares by rank (as of `rank_acceptability`)."""
    return (shares * np.asarray(shares.columns, dtype=float)).sum(axis=1)


def units_above(totals: np.ndarray) -> np.ndarray:
    """Units with a strictly higher total in the same draw: int array (units, draws), as given."""
    return np.stack([(totals > own).sum(axis=0) for own in totals])


def count_places(above: np.ndarray, units: int) -> np.ndarray:
    """Draws with 0, 1, ... units above: int array (rows, units) from counts (rows, draws)."""
    rows = len(above)
    # Each row counts in a range of its own, so one count of all numbers serves all rows.
    ranges = (np.arange(rows) * units)[:, None]
    return np.bincount((above + ranges).ravel(), minlength=rows * units).reshape(rows, units)
