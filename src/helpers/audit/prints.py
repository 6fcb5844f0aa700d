"""What a printed figure allows: the range that rounds to it, the level it gives for a year."""

import re
from typing import NamedTuple

from helpers import growth, markets, words
from helpers.audit.facts import Facts
from helpers.audit.verdicts import AuditError

MONEY = {"USD_million": 1e-3, "USD_billion": 1.0, "RMB_billion": 1.0, "EUR_million": 1e-3}
UNBOUNDED = float("inf")
NUMBER_WORDS = [words.count_in_words(count) for count in range(1, 11)]


def printed_half_width(printed: str) -> float | None:
    """Half of the last printed digit, in the printed unit.

    Parameters
    ----------
    printed : str
        For example ``"USD 16.401 billion"`` gives 0.0005.

    Returns
    -------
    float or None
        None where the print holds no figure in digits.
    """
    figures = re.findall(r"\d+(?:\.(\d+))?", printed)
    return 0.5 * 10.0 ** -len(figures[-1]) if figures else None


QUALIFIERS = {"more_than": "more than ", "approx": "about "}


def shown(claim) -> str:
    """A figure as prose prints it, with its qualifier: ``more than 50 %``."""
    printed = claim["printed"].replace("%", words.SPACE + "%")
    return QUALIFIERS.get(claim["qualifier"], "") + printed


def told(claim) -> str:
    """A figure that stands alone: a sum of money as it is, any other with what it counts."""
    alone = claim["unit"] in MONEY
    return shown(claim) + ("" if alone else f" {claim['measure'].removeprefix('number of ')}")


def interval(claim, approximate_half_width: float) -> tuple[float, float]:
    """Values that round to the print, in the claim's own unit.

    Parameters
    ----------
    claim : pandas.Series
        ``value, half_width, unit, qualifier``.
    approximate_half_width : float
        USD million; the least half-width of a sum of dollars printed with "approximately".

    Returns
    -------
    (float, float)
        The upper end is infinite for a figure printed as a lower bound.
    """
    value = float(claim["value"])
    if claim["qualifier"] == "more_than":
        return value, UNBOUNDED
    half = markets.half_width(claim, approximate_half_width) or 0.0
    return value - half, value + half


class Level(NamedTuple):
    """A sum of money in billions: value and the ends of what its print allows."""

    value: float
    low: float
    high: float


def level(facts: Facts, claim_ids, year: int) -> Level:
    """A market in one year: printed, or on the constant rate between two printed years.

    Parameters
    ----------
    facts : Facts
    claim_ids : sequence of str
        One claim, or the two ends of a path, of one scope.
    year : int

    Raises
    ------
    AuditError
        If the year is neither printed nor between the two ends.
    """
    ends = {}
    for claim_id in claim_ids:
        claim = facts.claims.loc[claim_id]
        factor = MONEY[claim["unit"]]
        low, high = interval(claim, facts.approximate_half_width)
        ends[int(claim["period_end"][:4])] = Level(
            float(claim["value"]) * factor, low * factor, high * factor
        )
    if year in ends:
        return ends[year]
    first, last = min(ends), max(ends)
    if not first < year < last:
        raise AuditError(f"{', '.join(claim_ids)}: no value can be given for {year}.")
    return Level(
        *(
            float(growth.constant_growth_path(start, end, first, last, [year]).iloc[0])
            for start, end in zip(ends[first], ends[last], strict=True)
        )
    )


def states(text: str, printed: str) -> bool:
    """Whether a text holds every figure of a print, and its month or its number in words."""
    numbers = set(re.findall(r"\d+(?:\.\d+)?", text))
    wanted = re.findall(r"\d+(?:\.\d+)?", printed)
    named = re.findall(
        r"January|February|March|April|May|June|July|August|September|October|November|December",
        printed,
    )
    if printed in NUMBER_WORDS:
        named = [printed]
    return (
        bool(wanted or named)
        and set(wanted) <= numbers
        and all(re.search(rf"\b{word}\b", text) for word in named)
    )


def implied_rate(facts, start, end):
    """Constant growth between two printed levels, and its bounds, in per cent a year."""
    ends = []
    for claim_id in (start, end):
        claim = facts.claims.loc[claim_id]
        low, high = interval(claim, facts.approximate_half_width)
        factor = MONEY[claim["unit"]]
        ends.append(
            (
                int(claim["period_end"][:4]),
                float(claim["value"]) * factor,
                (high - low) / 2 * factor,
            )
        )
    (first, before, half_before), (last, after, half_after) = ends
    bounds = growth.cagr_bounds(before, after, last - first, half_before, half_after)
    return tuple(
        100 * float(value) for value in (growth.cagr(before, after, last - first), *bounds)
    )
