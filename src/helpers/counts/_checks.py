"""What the functions of this package refuse."""

import numpy as np


class CountError(ValueError):
    """A count, share or series that the functions here cannot take."""


def whole(number, name: str, least: int) -> int:
    """The number as int, refused by name if it is no whole number or below `least`."""
    if isinstance(number, bool) or number != number or int(number) != number or number < least:
        raise CountError(f"{name} must be a whole number of at least {least}; got {number!r}.")
    return int(number)


def series(years, counts):
    """Years and counts as arrays, refused if they are no row of yearly counts."""
    time, count = np.asarray(years, dtype=float), np.asarray(counts, dtype=float)
    if time.shape != count.shape or time.ndim != 1:
        raise CountError(f"{time.size} years and {count.size} counts do not match.")
    if not (np.isfinite(time).all() and np.isfinite(count).all()):
        raise CountError("years and counts must be finite; drop years without a count.")
    if (np.diff(time) <= 0).any():
        raise CountError("years must be strictly increasing.")
    if (count < 0).any() or (count != np.round(count)).any():
        raise CountError("counts must be whole numbers, 0 or more.")
    if count.size and not count.any():
        raise CountError("all counts are zero: there is no trend to fit.")
    return time, count
