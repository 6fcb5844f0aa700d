"""A figure as printed beside it as a number: digits, unit and half-width say the same.

A unit that is wrong by a thousand, or per cent for money, is accepted by every other rule: the
number stays in its range. The printed words do not move with it.
"""

import math
import re

COLUMNS = {"printed": "string", "value": "number", "unit": "string"}  # with their types
CURRENCIES, SCALES = ("USD", "RMB", "EUR"), ("million", "billion", "trillion")
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
         "eleven", "twelve")
DIGITS = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.([0-9]+))?", re.ASCII)
SLIPS = (1e-9, 1e-6, 1e-3, 1e-2, 1e2, 1e3, 1e6, 1e9)  # of a unit, or of per cent


def fault(row, own: bool = False) -> tuple[str, str] | None:
    """What of a row contradicts its printed figure: a column, and why; None if nothing does.

    Parameters
    ----------
    row : mapping
        With `COLUMNS`, and ``half_width`` where there is one.
    own : bool
        Whether the reader asks what if: another value than the printed one is then no fault,
        unless it is the printed one in another unit.
    """
    printed, unit = row["printed"], row["unit"]
    if not isinstance(printed, str) or not isinstance(unit, str):
        return None
    wrong = _fault_of_unit(printed, unit)
    if wrong:
        return "unit", wrong
    value = float(row["value"])
    if math.isnan(value):
        return None
    numbers = figures(printed)
    near = any(math.isclose(value, number, rel_tol=1e-9) for number, _ in numbers)
    slip = any(math.isclose(value, number * factor, rel_tol=1e-9)
               for number, _ in numbers for factor in SLIPS)
    if not near and (slip or not own):
        return "value", f"is not the printed figure {printed!r}"
    half = row.get("half_width", math.nan)
    if not near or not isinstance(half, float) or math.isnan(half):
        return None
    expected = next(0.5 * 10.0**-decimals for number, decimals in numbers
                    if math.isclose(value, number, rel_tol=1e-9))
    if not math.isclose(half, expected, rel_tol=1e-9) and not own:
        return "half_width", f"is not half of the last digit of {printed!r}, which is {expected:g}"
    return None


def figures(printed: str) -> list[tuple[float, int]]:
    """Numbers that a text names, in digits or as words, each with its decimals."""
    found = [(float(match[0].replace(",", "")), len(match[1] or ""))
             for match in DIGITS.finditer(printed)]
    spoken = re.findall(r"[a-z]+", printed.lower())
    return found + [(float(WORDS.index(word)), 0) for word in spoken if word in WORDS]


def _fault_of_unit(printed: str, unit: str) -> str:
    """Why the unit is not that of the printed words; empty if it is."""
    spoken = re.findall(r"[A-Za-z]+|%", printed)
    parts = unit.split("_")
    of_money = parts[0] in CURRENCIES
    percent = "%" in spoken or "percent" in spoken
    if of_money != any(word in CURRENCIES for word in spoken):
        return f"is not the unit of {printed!r}"
    if of_money:
        lost = [part for part in parts if part not in spoken]
        other = [word for word in spoken if word in SCALES and word not in parts]
        return f"is not the unit of {printed!r}" if lost or other else ""
    return "" if percent == (parts[0] == "percent") else f"is not the unit of {printed!r}"
