"""Whether two values of one result agree: numbers within a tolerance, all else exactly."""

import math
from numbers import Real

# A result that should be zero is zero to twelve decimals, whatever the order of a sum was.
ZERO = 1e-12


def is_number(value) -> bool:
    """Whether a value is a number; yes and no are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def agree(old, new, tolerance: float = 1e-9) -> bool:
    """Whether two values agree, in lists and dictionaries entry by entry.

    Parameters
    ----------
    old, new : number, str, bool, list, dict or None
        Values as a ledger keeps them. An integer agrees with the same number as float; a number
        never agrees with a text, nor with yes or no.
    tolerance : float
        Largest difference of two numbers, relative to the larger of them.
    """
    if is_number(old) and is_number(new):
        return math.isclose(old, new, rel_tol=tolerance, abs_tol=ZERO)
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(agree(old[k], new[k], tolerance) for k in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(
            agree(a, b, tolerance) for a, b in zip(old, new, strict=True))
    return type(old) is type(new) and old == new
