"""Numbers in texts, and what may stand behind one: cells, counts, totals, values of results."""

import re
from collections.abc import Iterable

NUMBER = re.compile(r"(?<![\w.])[-\u2212+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\w)")
LARGE = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
FACTORS = (1.0, 100.0, 1e-3, 1e3)  # a share in per cent, millions as billions
# Digits of a text that are no results: places in the paper and in this book, names of others, and
# the level of an interval that a library fixes.
NO_RESULTS = re.compile(
    r"\b[Ss]ections?\s+[\d.s]+(?:(?:,| and| to)\s+[\d.s]+)*|\b[Tt]ables? \d+"
    r"|\bchapters? [\d.]+(?:(?:,| and)\s+[\d.]+)*"
    r"|\bHorizon 2020\b|\b(?:GCI|NCPI) \d{4}(?: and \d{4})?|\b95 % bootstrap interval")


def number(text: str) -> float | None:
    """A printed number, or None for what is none."""
    try:
        return float(text.replace(",", "").replace("\u2212", "-").removeprefix("'"))
    except ValueError:
        return None


IN_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
COUNTED = re.compile(rf"{NUMBER.pattern}|\b(?:{'|'.join(IN_WORDS)})\b", re.IGNORECASE)


def counted(token: str) -> float:
    """A number as printed or as a word of `IN_WORDS`; one is a pronoun too, so it is no word."""
    word = token.lower()
    return IN_WORDS.index(word) + 2.0 if word in IN_WORDS else number(token)


def numbers_in(value) -> list[float]:
    """Numbers of a recorded value, with the lengths of its lists and tables."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return [float(value)]
    if isinstance(value, dict):
        return [each for item in value.values() for each in numbers_in(item)] + [
            float(len(value))]
    if isinstance(value, list):
        return [each for item in value for each in numbers_in(item)] + [float(len(value))]
    return []


def given(token: str, values: Iterable[float]) -> bool:
    """Whether a printed number is one of these, rounded as it is printed."""
    printed, places = abs(counted(token)), len(token.partition(".")[2])
    room = 0.5000001 * 10.0 ** -places
    return any(abs(abs(value) * factor - printed) <= room for value in values
               for factor in FACTORS if factor == 1 or printed >= 1 or places)


def sums(row: Iterable[str]) -> list[float]:
    """Total of the numbers in a row, where there are several."""
    numbers = [value for value in map(number, row) if value is not None]
    return [sum(numbers)] if len(numbers) > 1 else []
