"""Simulated growth paths."""

from __future__ import annotations

import numpy as np

from helpers.growth import _checks as check

# Columns worked on together: eight rows of this many doubles stay in the processor cache.
_BLOCK = 8192
_LARGEST_SEED = 2**32 - 1


def simulate_paths(start, log_growth_mean, log_growth_sd, periods, draws, seed) -> np.ndarray:
    """Simulate paths whose log growth is independent and normal in every period.

    Parameters
    ----------
    start : float
        Value before the first period, above zero.
    log_growth_mean, log_growth_sd : float
        Mean and standard deviation of ``ln(1 + growth)`` per period; the deviation at least 0.
    periods, draws : int
        At least 1.
    seed : int
        0 to 2**32 - 1, for `numpy.random.default_rng`.

    Returns
    -------
    numpy.ndarray, shape (periods, draws)
        Row ``h - 1`` holds the values after ``h`` periods, unit of `start`; the start is not a
        row. The median path is ``start * exp(log_growth_mean * h)``; the mean lies above it.
        The spread of a constant rate over publishers needs no draws, its quantiles are exact.

    Raises
    ------
    ValueError
        A bad argument, or a path that leaves the range of floating-point numbers.
    """
    start = check.one_positive(start, "start")
    mean = check.one_number(log_growth_mean, "log_growth_mean")
    deviation = check.one_number(log_growth_sd, "log_growth_sd")
    if deviation < 0:
        raise ValueError(f"log_growth_sd must not be negative, got {deviation}.")
    periods = check.whole_number(periods, "periods", 1)
    draws = check.whole_number(draws, "draws", 1)
    seed = check.whole_number(seed, "seed", 0)
    if seed > _LARGEST_SEED:
        raise ValueError(f"seed must be at most 2**32 - 1, got {seed}.")

    paths = np.empty((periods, draws))
    np.random.default_rng(seed).standard_normal(out=paths)
    # Everything else happens in place, one block of columns at a time: a second array of this
    # size would double the memory, and whole rows would pass through memory six times.
    with np.errstate(over="ignore", invalid="ignore"):
        for left in range(0, draws, _BLOCK):
            block = paths[:, left : left + _BLOCK]
            block *= deviation
            block += mean
            for row in range(1, periods):
                block[row] += block[row - 1]
            np.exp(block, out=block)
            block *= start
            # `not` also catches nan; a value of zero would be a market that vanished by
            # underflow.
            if not (block.max() < np.inf and block.min() > 0.0):
                raise ValueError(
                    "a simulated path leaves the range of floating-point numbers; check "
                    "log_growth_mean and log_growth_sd (per period, on the log scale)."
                )
    return paths
