"""What one cell may hold: its type, the rules of its column, and rules that hold for all."""

import calendar
import datetime
import math
import re

from helpers import characters

# The dates that tables have: a year, month or day, about (~), from/to, and up to (../).
ONE_DATE = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
DATE = re.compile(rf"({ONE_DATE})~?|(?:({ONE_DATE})|\.\.)/({ONE_DATE})")
YEARS = range(1800, 2101)  # nothing here was published before; 0000 and 0219 are slips


def _number(cell: str) -> float:
    if not characters.NUMBER.fullmatch(cell):
        raise ValueError(cell)
    value = float(cell)
    lost = value == 0 and re.search("[1-9]", re.split("[eE]", cell)[0])
    if not math.isfinite(value) or lost:  # 1e400 and 1e-400
        raise ValueError(cell)
    return value


def _integer(cell: str) -> int:
    if not characters.INTEGER.fullmatch(cell) or not -(2**63) <= int(cell[:25]) < 2**63:
        raise ValueError(cell)
    return int(cell)


def _year(cell: str) -> int:
    if not re.fullmatch("[0-9]{4}", cell) or int(cell) not in YEARS:
        raise ValueError(cell)
    return int(cell)


CASTS = {
    "integer": _integer,
    "year": _year,
    "number": _number,
    "boolean": {"yes": True, "no": False}.__getitem__,
    "string": str,
}
DTYPES = {
    "integer": "Int64",
    "year": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "string": "str",
}


def typed(cells, field: dict, refuse) -> list:
    """Cells of one column, cast to the field's type and held against its rules.

    Parameters
    ----------
    cells : iterable of str
    field : dict
        The column in the data package.
    refuse : callable
        Called with row, column, cell and the rule that is broken, as the end of a sentence; raises.
    """
    rules, kind = field.get("constraints", {}), field.get("type", "string")
    # Without ASCII \d would take digits of every script.
    pattern = re.compile(rules["pattern"], re.ASCII) if "pattern" in rules else None
    holds_dates = kind == "string" and "{4}" in rules.get("pattern", "")
    values, seen = [], {}
    for row, cell in enumerate(cells, start=2):
        if cell == "":
            if rules.get("required"):
                refuse(row, field["name"], cell, "is empty, a value is required")
            values.append(None)
            continue
        fault = _fault_of_text(cell, holds_dates)
        value = None
        if not fault:
            try:
                value = CASTS[kind](cell)
            except (ValueError, KeyError):
                fault = f"is not of type {kind}{_hint(cell, kind)}"
        fault = fault or _fault_of_value(value, cell, rules, pattern)
        if not fault and rules.get("unique") and value in seen:
            fault = f"stands in row {seen[value]} already and must be unique"
        if fault:
            refuse(row, field["name"], cell, fault)
        seen[value] = row
        values.append(value)
    return values


def _fault_of_text(cell: str, holds_dates: bool) -> str:
    fault = characters.fault(cell)
    if fault:
        return fault
    if cell.isspace():
        return "holds blanks only; an empty cell has nothing in it"
    if cell != cell.strip():
        return "begins or ends with a blank"
    # A year alone is one only where the column holds dates: 0000 may be a code elsewhere.
    return fault_of_date(cell) if holds_dates or "-" in cell else ""


def _fault_of_value(value, cell: str, rules: dict, pattern) -> str:
    if "enum" in rules and value not in rules["enum"]:
        return f"is not one of {', '.join(map(str, rules['enum']))}"
    if "minimum" in rules and value < rules["minimum"]:
        return f"is below the minimum {rules['minimum']}"
    if "maximum" in rules and value > rules["maximum"]:
        return f"is above the maximum {rules['maximum']}"
    if pattern and not pattern.fullmatch(cell):
        return f"does not match {rules['pattern']}"
    return ""


def _hint(cell: str, kind: str) -> str:
    """What may have been meant by a number that is written otherwise."""
    if kind not in ("integer", "number", "year"):
        return "; write yes or no" if kind == "boolean" else ""
    if any(sign.isdigit() and not sign.isascii() for sign in cell):
        return "; write it with the digits 0 to 9"
    if re.fullmatch(r"[+-]?[0-9]{1,3}([ ,_'.\u00a0\u202f][0-9]{3})+([.,][0-9]+)?", cell):
        return "; write it without marks between thousands, and a point before decimals"
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", cell):
        return "; write a point before decimals"
    return ""


def fault_of_date(cell: str) -> str:
    """Why a cell that is written as a date is none; empty if it is one, or no date at all."""
    found = DATE.fullmatch(cell)
    if not found:
        return ""
    alone, first, last = found.groups()
    for part in filter(None, (alone, first, last)):
        if int(part[:4]) not in YEARS:
            return f"names the year {part[:4]}, which is not between {YEARS[0]} and {YEARS[-1]}"
        if ends(part) is None:
            return "names a day that no calendar has"
    if first and last and ends(first)[0] > ends(last)[1]:
        return "ends before it begins"
    return ""


def ends(date: str) -> tuple[datetime.date, datetime.date] | None:
    """First and last day of a year, month or day; None if there is no such day."""
    numbers = [int(part) for part in date.split("-")]
    try:
        first = datetime.date(*numbers, *[1] * (3 - len(numbers)))
    except ValueError:
        return None
    last = [numbers[0], *(numbers[1:] or [12])]
    return first, datetime.date(*last[:2], numbers[2] if len(numbers) == 3
                                else calendar.monthrange(*last[:2])[1])
