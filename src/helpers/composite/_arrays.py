"""Tables of numbers as arrays, with the names of their axes kept for the result."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

# Numbers held per working array of a simulation: small enough for a processor's cache, so that
# memory does not grow with the number of draws.
NUMBERS_PER_CHUNK = 65_536


def numeric(scores) -> tuple[np.ndarray, pd.Index, pd.Index]:
    """Scores as a finite float array (units, dimensions), with the names of both axes."""
    if isinstance(scores, pd.DataFrame):
        index, columns = scores.index, scores.columns
    else:
        scores = np.asarray(scores)
        if scores.ndim != 2:
            raise ValueError(
                f"The scores have {scores.ndim} axes. Pass a table of units by dimensions."
            )
        index, columns = pd.RangeIndex(scores.shape[0]), pd.RangeIndex(scores.shape[1])
    if 0 in scores.shape:
        raise ValueError(f"The scores have shape {scores.shape}. They need at least one cell.")
    try:
        values = np.ascontiguousarray(scores, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            "The scores hold something that is not a number. Encode levels with encode_levels."
        ) from None
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        raise ValueError(
            f"The scores hold {values[row, column]} in row {index[row]!r}, column "
            f"{columns[column]!r}. Fill the cell or leave the unit out."
        )
    return values, index, columns


def equal_rows(values: np.ndarray) -> list[list[int]]:
    """Positions of equal rows, grouped, in order of first appearance."""
    groups: dict[tuple, list[int]] = {}
    for position, row in enumerate(values.tolist()):
        groups.setdefault(tuple(row), []).append(position)
    return list(groups.values())


def named_like(scores, result: np.ndarray):
    """A result with the names of the scores, or as it is where the scores have no names."""
    if not isinstance(scores, pd.DataFrame):
        return result
    if result.ndim == 1:
        return pd.Series(result, index=scores.index)
    return pd.DataFrame(result, index=scores.index, columns=scores.columns)


def chunks(draws: int, numbers_per_draw: int, fewest: int = 256) -> Iterator[slice]:
    """Slices of the draws, of a length for which one working array stays small."""
    length = max(fewest, NUMBERS_PER_CHUNK // numbers_per_draw)
    for start in range(0, draws, length):
        yield slice(start, min(start + length, draws))


def signs(values: np.ndarray) -> np.ndarray:
    """Who is above whom: 1, 0 or -1, array (units, other units, dimensions)."""
    return np.sign(values[:, None, :] - values[None, :, :])
