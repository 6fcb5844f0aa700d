"""Whole numbers behind a rounded share, and bounds of the overlap of two groups."""

import math
from fractions import Fraction

from helpers.counts._checks import CountError, whole


def feasible_integers(percent, total, decimals=0) -> range:
    """Whole numbers whose share of `total`, rounded, is the printed percentage.

    Parameters
    ----------
    percent : number or str
        As printed, 0 to 100; text (``"76.5"``) is exact.
    total : int
        Size of the group, at least 1.
    decimals : int
        Decimals of the printed percentage.

    Returns
    -------
    range
        Consecutive numbers; empty if no whole number rounds to the percentage. A share that lies
        exactly half-way counts for both neighbours, since the print does not say which rule of
        rounding it follows.

    Raises
    ------
    CountError
        If `total` is no positive whole number or `percent` is outside 0 to 100.
    """
    total = whole(total, "total", 1)
    printed = _percentage(percent)
    half = Fraction(1, 2 * 10 ** whole(decimals, "decimals", 0))
    low = max(0, math.ceil((printed - half) * total / 100))
    high = min(total, math.floor((printed + half) * total / 100))
    return range(low, high + 1)


def smallest_above(percent, total) -> int:
    """Smallest whole number that is more than a percentage of `total`.

    Raises
    ------
    CountError
        As `feasible_integers`, and if the percentage is 100: nothing is more than all.
    """
    total, printed = whole(total, "total", 1), _percentage(percent)
    if printed >= 100:
        raise CountError(f"No part of a group is more than {percent} % of it.")
    return math.floor(printed * total / 100) + 1


def overlap_bounds(first, second, total) -> tuple[int, int]:
    """Fewest and most members that two groups of given sizes can share (Frechet bounds).

    Parameters
    ----------
    first, second : int
        Sizes of two groups inside one of `total` members.
    total : int

    Returns
    -------
    (int, int)
        ``max(0, first + second - total)`` and ``min(first, second)``. Both are attained.

    Raises
    ------
    CountError
        If a size is no whole number between 0 and `total`.
    """
    total = whole(total, "total", 0)
    sizes = [whole(size, "a group", 0) for size in (first, second)]
    if max(sizes) > total:
        raise CountError(f"A group of {max(sizes)} does not fit into {total}.")
    return max(0, sum(sizes) - total), min(sizes)


def joint_counts(percent, above, total) -> dict[str, int]:
    """What a rounded share and a share that is exceeded mean together, if both are of one group.

    Parameters
    ----------
    percent : number or str
        First share, as printed and rounded to a whole percentage.
    above : number or str
        Percentage that the second share exceeds.
    total : int
        Size of the group.

    Returns
    -------
    dict of int
        ``total``; ``first_min`` and ``first_max``; ``second_min``; ``both_min`` and ``both_max``,
        the fewest and most members that can belong to both.

    Raises
    ------
    CountError
        As the functions above, and if no whole number rounds to the first share.
    """
    fits = feasible_integers(percent, total)
    if not fits:
        raise CountError(f"No whole number of {total} rounds to {percent} %.")
    second = smallest_above(above, total)
    return {
        "total": total, "first_min": fits[0], "first_max": fits[-1], "second_min": second,
        "both_min": overlap_bounds(fits[0], second, total)[0],
        "both_max": overlap_bounds(fits[-1], total, total)[1],
    }


def _percentage(percent) -> Fraction:
    # Fraction(0.1) is the binary neighbour of 0.1; its text is what the print says.
    exact = Fraction(str(percent))
    if not 0 <= exact <= 100:
        raise CountError(f"A share lies between 0 and 100 %; got {percent!r}.")
    return exact
