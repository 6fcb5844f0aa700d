"""No number of the data is typed into a test: a wanted correction touches no test.

What is expected of a shipped table is derived from the table, or the test makes a table of its own.
A literal that is a value of a table is found in every test that reads shipped tables or pages.
"""

import ast
import csv
import re

import pytest
from small_book import REAL

from helpers import datasets

# Readers of what is shipped; a test file without one of these has made its numbers.
SHIPPED = re.compile(r"datasets\.load\(|\bREAL\b|Project\.current\(|executed|\bbuilt\b")
# Significant digits from which on a number is hardly met by chance, in tables of each origin: those
# of the paper are few, the others have thousands of numbers. Results are not looked at.
DIGITS = {"transcribed": 3, "published": 5, "coded": 5}
OTHER_NUMBERS = {"sections", "citations"}  # pages and marks of the paper, no figures of it
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.])")


def significant(text, digits=DIGITS["transcribed"]):
    """A number of enough digits that is no year, as a float, or None."""
    found = text.replace(",", "").replace(".", "").strip("0")
    value = float(text.replace(",", ""))
    if len(found) < digits or (value.is_integer() and 1900 <= value <= 2100):
        return None
    return value


def values_of_tables():
    """Value -> tables that have it, of all numbers in the cells of shipped tables."""
    found = {}
    for name in set(datasets.names(REAL)) - OTHER_NUMBERS:
        digits = DIGITS.get(datasets.describe(name, REAL)["origin"], 99)
        with datasets.locate(name, REAL).open(encoding="utf-8", newline="") as file:
            cells = {cell for row in csv.reader(file) for cell in row}
        for text in {number for cell in cells for number in NUMBER.findall(cell)}:
            if significant(text, digits) is not None:
                found.setdefault(significant(text), set()).add(name)
    return found


def typed(source):
    """Numbers in a test file, as literals or inside of texts, with their line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool | None):
            said = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
            for text in NUMBER.findall(str(said)):
                if significant(text) is not None:
                    yield node.lineno, significant(text)


def pinned(source, values):
    """Lines of a test file with a number of a shipped table."""
    if not SHIPPED.search(source):
        return []
    return [f"line {line}: {value:g} is a value of {', '.join(sorted(values[value]))}"
            for line, value in typed(source) if value in values]


@pytest.fixture(scope="module")
def values():
    return values_of_tables()


def test_no_test_holds_a_number_of_the_data(values):
    found = [f"{REAL.shown(path)}, {line}. Derive it from the table, or make a table"
             for path in sorted((REAL.root / "tests").rglob("test_*.py"))
             for line in pinned(path.read_text(encoding="utf-8"), values)]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("line", [
    "assert figure['value'] == {value}", "assert 'USD {value} billion' in page",
    "file.write_bytes(file.read_bytes().replace(b'{value}', b'1'))"])
def test_a_number_of_the_data_in_a_test_is_found(values, line):
    claims = datasets.load("claims", REAL).dropna(subset="value")
    value = next(value for value in claims["value"] if significant(f"{value}") is not None)
    source = "claims = datasets.load('claims')\n" + line.format(value=value)
    [fault] = pinned(source, values)
    assert fault.startswith(f"line 2: {value:g} is a value of claims")
    assert pinned(source.replace("datasets.load", "made"), values) == []


@pytest.mark.parametrize("line", ["x = 2019", "x = 0.5", "x = True", "x = 'section 3.1.2'"])
def test_years_and_round_numbers_are_let_pass(values, line):
    assert pinned("datasets.load('claims')\n" + line, values) == []
