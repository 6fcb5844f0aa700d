"""Checks of numbers and weights; each refuses with what was wrong and what to do."""

import math

import numpy as np
import pandas as pd

WEIGHT_SUM_TOLERANCE = 1e-9

# Powers closer to 0 give the geometric mean to the last bit, but lose digits on the way there.
SMALLEST_POWER = 1e-15


def whole(value, name: str, least: int) -> int:
    """The value as an int, after checking that it is whole and not below the least."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} is {value!r}; it must be a whole number of at least {least}.")
    return int(value)


def finite_power(power: float) -> float:
    """The power as a float; one that is 0 but for rounding is 0."""
    power = float(power)
    if not math.isfinite(power):
        raise ValueError(f"The power of the mean is {power}; it must be finite.")
    return 0.0 if abs(power) < SMALLEST_POWER else power


def dimension_weights(weights, columns: pd.Index) -> np.ndarray:
    """Weights as a float array in the order of the columns; refused rather than rescaled."""
    if isinstance(weights, pd.Series) and not isinstance(columns, pd.RangeIndex):
        # A Series in another order would otherwise weigh the wrong dimensions without a word.
        if set(weights.index) != set(columns) or len(weights) != len(columns):
            raise ValueError(
                f"The weights name {list(weights.index)}, the scores have {list(columns)}. "
                f"Give one weight for each dimension."
            )
        weights = weights.reindex(columns)
    values = np.asarray(weights, dtype=float)
    if values.shape != (len(columns),):
        raise ValueError(
            f"There are weights of shape {values.shape} for {len(columns)} dimensions. "
            f"Give one weight for each dimension."
        )
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError(f"Weights must be zero or more; found {values.tolist()}.")
    total = math.fsum(values)
    if abs(total - 1) > WEIGHT_SUM_TOLERANCE:
        raise ValueError(
            f"The weights {values.tolist()} add up to {total:.10g}, not 1. Divide them by their "
            f"sum if that is what you mean."
        )
    return values


def weights_or_equal(weights, columns: pd.Index) -> np.ndarray:
    """Weights as from `dimension_weights`; where there are none, all dimensions weigh the same."""
    if weights is None:
        return np.full(len(columns), 1 / len(columns))
    return dimension_weights(weights, columns)


def scores_suit_power(values: np.ndarray, power: float) -> None:
    """Refuse negative scores, and scores of 0 where a mean of this power has no value."""
    if (values < 0).any() or (power <= 0 and (values == 0).any()):
        raise ValueError(
            f"A mean of power {power:g} needs scores {'above' if power <= 0 else 'of at least'} 0; "
            f"the lowest is {values.min():g}. Use a coding with a higher score of Low."
        )
