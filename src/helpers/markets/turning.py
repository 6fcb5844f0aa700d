"""Where a comparison of printed figures turns: the value of an assumption at which it is another.

A page that gives an answer says beside it what would change it. Each function here solves for one
assumption and leaves the others as they are.
"""

import math

from helpers.confidence import CONFIDENCE
from helpers.markets.printed import known_size


def width_to_fit(part, whole) -> float:
    """Half-width of the whole at which a part that is too large would just fit.

    Parameters
    ----------
    part : float
        Size of the part, in the unit of `whole`.
    whole : dict
        From `figure`.

    Returns
    -------
    float
        In the unit of `whole`; zero where the part fits as it is.
    """
    return max(0.0, part - whole["value"])


def overtaking_year(ahead, behind) -> int | None:
    """Year in which the smaller of two markets overtakes the other, both at constant rates.

    Parameters
    ----------
    ahead, behind : (dict, dict)
        First and last figure of a market, from `figure`; both begin in one year.

    Returns
    -------
    int or None
        Last year in which the market behind is not yet the larger; after it, it is. None where
        it never is.

    Raises
    ------
    ValueError
        If the two do not begin in one year, or `ahead` is not ahead there.
    """
    if ahead[0]["year"] != behind[0]["year"] or ahead[0]["value"] <= behind[0]["value"]:
        raise ValueError("two markets are compared from one year on, the larger first")
    rates = [math.log(last["value"] / first["value"]) / (last["year"] - first["year"])
             for first, last in (ahead, behind)]
    if rates[1] <= rates[0]:
        return None
    years = math.log(ahead[0]["value"] / behind[0]["value"]) / (rates[1] - rates[0])
    return ahead[0]["year"] + math.floor(years + 1e-9)


def level_that_drops(confidences) -> str | None:
    """Weakest level of confidence at which one of several rows is asked too much; None if no level.

    Parameters
    ----------
    confidences : sequence of str
        Confidence of each row that an answer needs.
    """
    weakest = min(CONFIDENCE.index(level) for level in confidences)
    return CONFIDENCE[weakest + 1] if weakest + 1 < len(CONFIDENCE) else None


def years_with_size(size, rate, years) -> list[int]:
    """Years for which a market has a size, printed or from its printed growth.

    Parameters
    ----------
    size, rate : dict
        As for `known_size`.
    years : iterable of int
    """
    return [year for year in years if known_size(size, rate, year)[0] is not None]
