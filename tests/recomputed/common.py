"""What several results need: figures, rates, growth and agreement of coders."""

from collections import Counter
from fractions import Fraction

SURE = ("low", "medium", "high")


def one(rows, **wanted):
    """The single row with these cells."""
    found = [row for row in rows if all(row[column] == cell for column, cell in wanted.items())]
    if len(found) != 1:
        cells = ", ".join(f"{column} {cell}" for column, cell in wanted.items())
        raise LookupError(f"{len(found)} rows have {cells}; one is expected.")
    return found[0]


def amount(t, claim_id):
    """A printed figure in the unit of billions, of a fraction for percentages, else as it is."""
    row = one(t("claims"), claim_id=claim_id)
    scale = {"million": Fraction(1, 1000), "percent": Fraction(1, 100),
             "percent_per_year": Fraction(1, 100)}
    unit = row["unit"].split("_")[-1] if row["unit"].endswith("million") else row["unit"]
    return Fraction(row["value"]) * scale.get(unit, 1)


def half(t, s, claim_id):
    """Half of the last printed digit, or of what "approximately" may hide, in the same unit."""
    row = one(t("claims"), claim_id=claim_id)
    if row["qualifier"] == "approx" and row["unit"] == "USD_million":
        return Fraction(str(s["approximate_half_width"])) / 1000
    return amount(t, claim_id) / Fraction(row["value"]) * Fraction(row["half_width"])


def root_of(function, low, high):
    """Where a rising function crosses zero, by halving."""
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2


def chained(start, growth, years):
    """A value that grows by the same rate year after year."""
    for _ in range(years):
        start = start * (1 + growth)
    return start


def rate_between(start, end, years):
    """The constant yearly growth that leads from one value to another."""
    return root_of(lambda growth: chained(float(start), growth, years) - float(end), -0.9, 9.0)


def sure(rows, s):
    """Outside rows of enough confidence."""
    return [row for row in rows if SURE.index(row["confidence"]) >= SURE.index(s["min_confidence"])]


def by_coder(rows, *keys, code):
    """Cells of each coder: coder -> key -> code."""
    found = {}
    for row in rows:
        found.setdefault(row["coder"], {})[tuple(row[key] for key in keys)] = row[code]
    return found


def agreement(first, second, cells, empty, weight):
    """Raw agreement, kappa and positive agreement of two coders, counted cell by cell."""
    pairs = [(first.get(cell, empty), second.get(cell, empty)) for cell in cells]
    n = len(pairs)
    rows, columns = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    seen = sum(weight(*pair) for pair in pairs) / Fraction(n)
    by_chance = sum(weight(a, b) * rows[a] * columns[b] for a in rows for b in columns
                    ) / Fraction(n * n)
    filled = [(a != empty) + (b != empty) for a, b in pairs]
    return {"raw": Fraction(sum(a == b for a, b in pairs), n),
            "kappa": (seen - by_chance) / (1 - by_chance),
            "positive": Fraction(2 * filled.count(2), sum(filled)) if sum(filled) else None}


def same(one_code, other):
    """Agreement of codes without an order."""
    return Fraction(one_code == other)


def near(one_code, other):
    """Agreement of links: half for neighbouring levels."""
    levels = ("none", "partial", "direct")
    return 1 - Fraction(abs(levels.index(one_code) - levels.index(other)), 2)


def mean_rate(t, s, currency, year):
    """Units of a currency for a dollar, by the year's mean or the fixed rate."""
    if s["exchange_rate_basis"] == "fixed":
        return {"CNY": Fraction(str(s["rmb_per_usd"])),
                "EUR": 1 / Fraction(str(s["usd_per_eur"]))}[currency]
    rows = sure(t("exchange_rates"), s)
    return Fraction(one(rows, currency=currency, year=str(year))["units_per_usd"])
