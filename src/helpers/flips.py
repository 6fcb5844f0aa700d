"""Where an answer flips: what is concluded along one assumption, and where it becomes another."""

import itertools
from collections.abc import Callable, Hashable
from dataclasses import dataclass

HALVINGS = 40  # of a step of the scan, which leave next to nothing


@dataclass(frozen=True)
class Span:
    """A stretch of one assumption over which one thing is concluded.

    Attributes
    ----------
    low, high : float
    answer : hashable
    """

    low: float
    high: float
    answer: Hashable


def spans(conclude: Callable[[float], Hashable], low: float, high: float, *, steps: int = 40,
          least: float = 1e-6) -> list[Span]:
    """What is concluded over a range, in stretches.

    The range is scanned, and each change halved down to its place. Two changes within one step are
    seen as one, or not at all if the second undoes the first.

    Parameters
    ----------
    conclude : callable
        Value of the assumption -> what is concluded.
    low, high : float
        Ends of the range.
    steps : int
        Of the scan.
    least : float
        Width, as a share of the range, under which a stretch is a point: units that tie at one
        value and nowhere else make none.

    Returns
    -------
    list of Span
        From `low` to `high` without a gap; neighbours differ.

    Raises
    ------
    ValueError
        If the range is empty or has no step.
    """
    if not low < high or steps < 1:
        raise ValueError(f"A range from {low:g} to {high:g} in {steps} steps holds nothing.")
    grid = [low + (high - low) * step / steps for step in range(steps)] + [high]
    found = [(low, conclude(low))]
    for left, right in itertools.pairwise(grid):
        while (answer := conclude(right)) != found[-1][1]:
            at = _change(conclude, left, right, found[-1][1])
            found.append((at, conclude(at)))
            left = at
            if at == right:
                break
    ends = [start for start, _ in found[1:]] + [high]
    stretches = []
    for (start, answer), end in zip(found, ends, strict=True):
        if end - start <= least * (high - low):
            continue
        if stretches and stretches[-1].answer == answer:
            stretches[-1] = Span(stretches[-1].low, end, answer)
        else:
            stretches.append(Span(stretches[-1].high if stretches else low, end, answer))
    return stretches


def _change(conclude, left, right, before) -> float:
    """Where a conclusion that holds at the left holds no longer, from its right side."""
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        if not left < middle < right:
            break
        left, right = (middle, right) if conclude(middle) == before else (left, middle)
    return right


def turns(stretches: list[Span]) -> list[float]:
    """Where one stretch becomes the next.

    Parameters
    ----------
    stretches : list of Span
        As from `spans`.
    """
    return [stretch.high for stretch in stretches[:-1]]


def turns_around(conclude: Callable[[float], Hashable], baseline: float, low: float, high: float,
                 *, steps: int = 400) -> list[float]:
    """Values next to a baseline, on either side, at which something else is concluded.

    Parameters
    ----------
    conclude : callable
    baseline, low, high : float
        ``low <= baseline <= high``.
    steps : int
        Of the scan, as for `spans`.

    Returns
    -------
    list of float
        None, one or two values, the nearer one first.

    Raises
    ------
    ValueError
        If the baseline is out of the range.
    """
    if not low <= baseline <= high:
        raise ValueError(f"The baseline {baseline:g} is not between {low:g} and {high:g}.")
    around = [stretch for stretch in spans(conclude, low, high, steps=steps)
              if stretch.low <= baseline <= stretch.high and stretch.answer == conclude(baseline)]
    ends = {end for stretch in around for end in (stretch.low, stretch.high)} - {low, high}
    return sorted(ends, key=lambda end: abs(end - baseline))


def first_turn(conclude: Callable, baseline, tried):
    """The first value tried under which something else is concluded; None where there is none.

    Parameters
    ----------
    conclude : callable
    baseline : object
        Value under which the answer is given.
    tried : iterable
        Values in the order in which they are tried, such as years or levels.
    """
    held = conclude(baseline)
    return next((value for value in tried if conclude(value) != held), None)


def ordered_pairs(answers, units) -> dict:
    """Pairs of units whose order is not the same in all answers, and how each answer puts them.

    Parameters
    ----------
    answers : list of sequence
        A rank for each unit, 1 is best, in each answer.
    units : sequence of str

    Returns
    -------
    dict
        Pair of units -> list of -1 (the first is behind), 0 (they tie) or 1, one an answer.
    """
    found = {}
    for one, other in itertools.combinations(range(len(units)), 2):
        signs = [int(ranks[one] < ranks[other]) - int(ranks[one] > ranks[other])
                 for ranks in answers]
        if len(set(signs)) > 1:
            found[units[one], units[other]] = signs
    return found
