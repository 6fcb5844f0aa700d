"""The register of rules, how they are asked, and what several of them need."""

import json
from collections import Counter

RULES = []  # (tables, function)


def rule(*tables):
    """Register a rule on these tables; it takes the tables and the data package."""
    def register(function):
        RULES.append((tables, function))
        return function
    return register


def where(table, row):
    """Table and row for a message: the first cell names the row."""
    return f"{table}, row {next(iter(row.values()))!r}"


def literal(cell):
    """A value of a parameter as it is written in the table of scenarios."""
    try:
        return json.loads(cell)
    except ValueError:
        return cell


def faults(function, tables, package):
    """What a rule finds; cells that it cannot read at all are a fault too."""
    try:
        yield from function(tables, package)
    except (ValueError, LookupError, ArithmeticError, TypeError) as error:
        yield f"{function.__name__}: a cell cannot be read: {error}. Run `book check`."


def first_fault(tables, package, table):
    """The first fault that rules find which look at one table, or None."""
    one = {table: package[table]}
    for names, function in RULES:
        if table in names or "*" in names:
            line = next(faults(function, tables, one if "*" in names else package), None)
            if line:
                return line
    return None


def packed(cell):
    """Parts of a cell that lists several."""
    return cell.split(";") if cell else []


def one_to_one(name, rows, left, right):
    """Two columns that name the same thing in two ways."""
    pairs = Counter((row[left], row[right]) for row in rows)
    for side, column, other in ((0, left, right), (1, right, left)):
        seen = Counter(pair[side] for pair in pairs)
        for value, times in seen.items():
            if times > 1:
                rare = min((pair for pair in pairs if pair[side] == value), key=pairs.get)
                yield (f"{name}: {column} {value!r} stands beside {times} values of {other}, one "
                       f"of them {rare[1 - side]!r}. Correct the row.")
