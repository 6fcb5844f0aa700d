"""A printed figure against its recomputation -> verdict.

Every claim takes the first of the ordered rules in `VERDICTS` that some check found to apply. A
check names the claims it speaks of and a test; the test computes a value, the range that the other
figures leave, and at most one rule. No verdict is written down by hand, so a change of a table or
of a parameter changes it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from helpers import counts, growth, markets


class Rule(NamedTuple):
    """One verdict: its letter in figures, its name, and when it applies."""

    letter: str
    name: str
    applies: str


VERDICTS = {
    "ambiguous": Rule("A", "ambiguous", "more than one reading of the print stays open"),
    "scope_conflict": Rule(
        "S",
        "scope conflict",
        "as labelled it cannot hold beside another printed figure; it can if the two scopes differ",
    ),
    "contradicted_inside": Rule(
        "I", "contradicted inside", "another printed figure cannot hold with it, whatever the scope"
    ),
    "contradicted_outside": Rule(
        "O", "contradicted outside", "a high-confidence outside source differs beyond rounding"
    ),
    "recomputed": Rule("R", "recomputed", "it follows from other printed figures within rounding"),
    "supported_outside": Rule(
        "+", "supported outside", "a high-confidence outside source agrees within rounding"
    ),
    "structural": Rule("T", "structural", "a count about the paper or a document"),
    "not_checkable": Rule("\u2013", "not checkable", "no second figure inside or outside"),
}
MONEY = {"USD_million": 1e-3, "USD_billion": 1.0, "RMB_billion": 1.0, "EUR_million": 1e-3}
UNBOUNDED = float("inf")


class AuditError(ValueError):
    """A check or table with which the audit cannot be made."""


@dataclass(frozen=True)
class Outcome:
    """What one check says of one claim.

    Attributes
    ----------
    claim_id : str
    rule : str or None
        Key of `VERDICTS`, or None where the check decides nothing.
    message : str
        A sentence for readers.
    recomputed, bound : str
        The value to hold beside the print, and what the other figures allow; may be empty.
    value : float or None
        The recomputed value as a number.
    """

    claim_id: str
    rule: str | None
    message: str
    recomputed: str = ""
    bound: str = ""
    value: float | None = None


@dataclass(frozen=True)
class Check:
    """One declared check: whom it concerns, of which kind it is, how it is computed."""

    id: str
    claims: tuple[str, ...]
    kind: str
    test: Callable
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Tables and parameters that the tests read.

    Attributes
    ----------
    claims, scopes, readings, sections, findings, rates, china, budgets, vendors, checks
        Tables of the data package (``claims`` indexed by claim_id, ``findings`` by finding_id and
        ``checks``, the table outside_checks, by check_id).
    attack_reading, share_denominator, exchange_rate_basis : str
    approximate_half_width : float
        USD million.
    rmb_per_usd : float
    """

    claims: pd.DataFrame
    scopes: pd.DataFrame
    readings: pd.DataFrame
    sections: pd.DataFrame
    findings: pd.DataFrame
    rates: pd.DataFrame
    china: pd.DataFrame
    budgets: pd.DataFrame
    vendors: pd.DataFrame
    checks: pd.DataFrame
    attack_reading: str = "all"
    share_denominator: str = "vulnerabilities"
    approximate_half_width: float = 5.0
    exchange_rate_basis: str = "annual_mean"
    rmb_per_usd: float = 6.91

    @classmethod
    def of(cls, *, claims, findings, checks, **others):
        """Facts from the tables as `datasets.load` gives them."""
        return cls(
            claims=claims.set_index("claim_id"),
            findings=findings.set_index("finding_id"),
            checks=checks.set_index("check_id"),
            **others,
        )


# ------------------------------------------------------------------ what the print allows


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
    half = 0.0 if pd.isna(claim["half_width"]) else float(claim["half_width"])
    if claim["qualifier"] == "approx" and claim["unit"] in ("USD_million", "USD_billion"):
        half = max(half, approximate_half_width * (1.0 if claim["unit"] == "USD_million" else 1e-3))
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
    """Whether a text holds every figure of a print, and its month where there is one."""
    numbers = set(re.findall(r"\d+(?:\.\d+)?", text))
    words = re.findall(
        r"January|February|March|April|May|June|July|August|September|October|"
        r"November|December",
        printed,
    )
    wanted = re.findall(r"\d+(?:\.\d+)?", printed)
    return bool(wanted) and set(wanted) <= numbers and all(word in text for word in words)


def _billion(value: float, currency: str = "USD") -> str:
    return f"{currency} {value:.3f} billion"


# ------------------------------------------------------------------ kinds of test


def part_whole(part, whole, year, because):
    """A part may not exceed its whole: both are converted to US dollars of the year.

    Parameters
    ----------
    part, whole : tuple of str
        Claims that give the level (one, or both ends of a path). The last claim of each is the one
        that takes the verdict, unless one of them is printed for the very year.
    year : int
    because : str
        Why the labels make one a part of the other; completes "as labelled, ...".
    """

    def test(facts, check):
        currency = facts.claims.loc[part[0], "unit"].split("_")[0]
        rate = markets.exchange_rate(
            facts.rates,
            currency,
            "USD",
            year,
            basis=facts.exchange_rate_basis,
            rmb_per_usd=facts.rmb_per_usd,
        )
        inner = Level(*(rate * amount for amount in level(facts, part, year)))
        outer = level(facts, whole, year)
        broken = inner.low > outer.high
        rule = "scope_conflict" if broken else None
        converted = "" if currency == "USD" else f" at {1 / rate:.3f} RMB per USD"
        ratio = inner.value / outer.value
        message = (
            f"As labelled, {because}; yet in {year} the part is {ratio:.2f} times the "
            f"whole{converted}."
            if broken
            else f"As labelled, {because}; in {year} the part is {100 * ratio:.1f} % of the "
            f"whole{converted}, so both can hold."
        )
        return [
            Outcome(
                part[-1],
                rule,
                message,
                _billion(inner.value),
                f"at most {_billion(outer.high)}",
                inner.value,
            ),
            Outcome(
                whole[-1],
                rule,
                message,
                _billion(inner.value) + " (part)",
                f"at least {_billion(inner.low)}",
                inner.value,
            ),
        ]

    return test


def stated_growth(rate, start, end):
    """A stated yearly growth against the constant rate that two printed levels imply."""

    def test(facts, check):
        implied, low, high = implied_rate(facts, start, end)
        printed = facts.claims.loc[rate]
        first, last = interval(printed, facts.approximate_half_width)
        first_year = int(facts.claims.loc[start, "period_end"][:4])
        last_year = int(facts.claims.loc[end, "period_end"][:4])
        apart = first > high or last < low
        message = (
            f"The two levels imply {implied:.1f} % a year from {first_year} to {last_year}, so the "
            "print cannot be a yearly pace to the end; as the growth of one year nothing tests it."
            if apart
            else f"The two levels imply {implied:.1f} % a year, which agrees within rounding."
        )
        return [
            Outcome(
                rate,
                None if apart else "recomputed",
                message,
                f"{implied:.1f} % a year",
                f"{low:.1f} to {high:.1f} %",
                implied,
            )
        ]

    return test


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


def base_year_level(rate, value):
    """The level one year earlier that a level and its growth imply; decides nothing."""

    def test(facts, check):
        claim = facts.claims.loc[value]
        before = growth.implied_base(
            float(claim["value"]) * MONEY[claim["unit"]],
            float(facts.claims.loc[rate, "value"]) / 100,
        )
        year = int(claim["period_end"][:4]) - 1
        shown = _billion(before, claim["unit"].split("_")[0])
        return [
            Outcome(
                rate,
                None,
                f"It implies {shown} in {year}, which the paper does not print.",
                shown,
                "",
                before,
            )
        ]

    return test


def growth_needed(start, end, rate):
    """Yearly growth needed to join two figures of unlike scope; a diagnostic, decides nothing."""

    def test(facts, check):
        first, last = (facts.claims.loc[claim_id] for claim_id in (start, end))
        years = int(last["period_end"][:4]) - int(first["period_end"][:4])
        needed = 100 * float(growth.cagr(first["value"], last["value"], years))
        stated = float(facts.claims.loc[rate, "value"])
        return [
            Outcome(
                end,
                None,
                (
                    f"Joined to {first['printed']} of {first['period_end']}, which carries another "
                    f"label, it "
                    f"would need {needed:.0f} % a year against {stated:g} % stated."
                ),
                f"{needed:.0f} % a year needed",
                "",
                needed,
            )
        ]

    return test


def same_count(first, second):
    """Two counts of the same thing that differ."""

    def test(facts, check):
        values = {
            claim_id: float(facts.claims.loc[claim_id, "value"]) for claim_id in (first, second)
        }
        differ = values[first] != values[second]
        return [
            Outcome(
                claim_id,
                "contradicted_inside" if differ else "recomputed",
                f"Section {facts.claims.loc[other, 'section']} counts "
                f"{facts.claims.loc[other, 'printed']} for what reads as the same thing.",
                f"{values[other]:g}",
                f"{values[other]:g}",
                values[other],
            )
            for claim_id, other in ((first, second), (second, first))
        ]

    return test


def count_of_sections(claim_id, parent):
    """A count about the paper against its numbered sections: 3.1.1 and 3.1.2 are one of 3.x."""

    def test(facts, check):
        numbers = facts.sections["section"].str.extract(rf"^({parent}\.\d+)")[0].dropna().unique()
        agrees = len(numbers) == float(facts.claims.loc[claim_id, "value"])
        return [
            Outcome(
                claim_id,
                "structural" if agrees else "contradicted_inside",
                f"Section {parent} has {len(numbers)} numbered parts.",
                f"{len(numbers)}",
                f"{len(numbers)}",
                float(len(numbers)),
            )
        ]

    return test


def count_not_listed(claim_id):
    """A count about a document whose items the paper does not list."""

    def test(facts, check):
        return [
            Outcome(
                claim_id,
                "structural",
                "A count about a document; the paper does not list the items.",
            )
        ]

    return test


def length_of_period(start, end, years):
    """First and last year of a period whose name gives its length."""

    def test(facts, check):
        first, last = (float(facts.claims.loc[claim_id, "value"]) for claim_id in (start, end))
        rule = "recomputed" if last - first + 1 == years else "contradicted_inside"
        message = (
            f"The name of the period gives {years} years; the two printed years span "
            f"{last - first + 1:.0f}."
        )
        return [
            Outcome(start, rule, message, f"{last - years + 1:.0f}", "", last - years + 1),
            Outcome(end, rule, message, f"{first + years - 1:.0f}", "", first + years - 1),
        ]

    return test


def share_of_flaws(claim_id, total_id, population, publisher):
    """A rounded share as whole numbers, on the base that ``share_denominator`` chooses."""

    def test(facts, check):
        printed = int(facts.claims.loc[total_id, "value"])
        total = base_of_shares(facts, total_id, population, publisher)
        claim = facts.claims.loc[claim_id]
        if claim["qualifier"] == "more_than":
            least = counts.smallest_above(f"{claim['value']:g}", total)
            return [
                Outcome(
                    claim_id,
                    None,
                    f"More than {claim['printed']} of {total} is at least {least}.",
                    f"at least {least} of {total}",
                    "",
                    float(least),
                )
            ]
        whole = counts.feasible_integers(f"{claim['value']:g}", total)
        shown = (
            f"{whole[0]} to {whole[-1]} of {total}" if len(whole) > 1 else f"{whole[0]} of {total}"
        )
        other = total != printed
        message = (
            f"Read as a share of the {total} {facts.share_denominator} (a chosen reading), it is "
            "no "
            f"share of the {printed} printed in the same sentence."
            if other
            else f"Read as a share of the {total} flaws (a chosen reading): {shown}."
        )
        return [
            Outcome(
                claim_id, "scope_conflict" if other else None, message, shown, "", float(whole[0])
            )
        ]

    return test


def base_of_shares(facts, total_id, population, publisher) -> int:
    """Number of things that the printed shares are taken of."""
    if facts.share_denominator == "vulnerabilities":
        return int(facts.claims.loc[total_id, "value"])
    rows = facts.vendors
    rows = rows[
        (rows["publisher"] == publisher)
        & (rows["population"] == population)
        & (rows["measure"] == facts.share_denominator)
        & (rows["period"] == facts.claims.loc[total_id, "period_end"])
    ]
    if len(rows) != 1:
        raise AuditError(
            f"{publisher}: no single count of {facts.share_denominator} in "
            "vendor_vulnerability_counts. Correct the table or choose another base."
        )
    return int(rows["value"].iloc[0])


def attack_rate(claim_id, businesses_id, days):
    """The damaged attack count per business and day, under a chosen reading."""

    def test(facts, check):
        if facts.attack_reading == "all":
            return []
        rows = facts.readings.set_index(["claim_id", "reading_id"])
        value = float(rows.loc[(claim_id, facts.attack_reading), "value"])
        rate = value / float(facts.claims.loc[businesses_id, "value"]) / days
        return [
            Outcome(
                claim_id,
                None,
                (
                    f"Read as {value / 1e6:,.6g} million (a chosen reading): {rate:,.1f} a day for "
                    "each "
                    "affected business. Only sources of medium confidence bound it."
                ),
                f"{value / 1e6:,.6g} million",
                "",
                value,
            )
        ]

    return test


def outside_value(claim_id, table, column, factor=1.0, **where):
    """The print against the last high-confidence row of an outside table.

    Parameters
    ----------
    claim_id : str
    table : str
        Attribute of `Facts`.
    column : str
        Column of the outside value.
    factor : float
        Turns that column into the claim's own unit.
    **where
        Columns and the values their rows must have.
    """

    def test(facts, check):
        rows = getattr(facts, table)
        for name, wanted in where.items():
            rows = rows[rows[name] == wanted]
        rows = rows.sort_values("published", kind="stable")
        certain = rows[rows["confidence"] == "high"]
        if rows.empty:
            return []
        row = (certain if len(certain) else rows).iloc[-1]
        value = float(row[column]) * factor
        currency, _, unit = facts.claims.loc[claim_id, "unit"].partition("_")
        shown = f"{currency} {value:g} {unit}" if unit else f"{value:g}"
        if certain.empty:
            return [
                Outcome(
                    claim_id,
                    None,
                    (
                        f"An outside source of {row['confidence']} confidence gives {shown} under "
                        "the same label; the rule asks for high."
                    ),
                    shown,
                    "",
                    value,
                )
            ]
        low, high = interval(facts.claims.loc[claim_id], facts.approximate_half_width)
        agrees = compare(
            low,
            high,
            value,
            row.get("bound", "exact"),
            printed_half_width(f"{row[column]:g}") * factor,
        )
        rule = {True: "supported_outside", False: "contradicted_outside", None: None}[agrees]
        word = "more than " if row.get("bound") == "lower" else ""
        verb = {True: "agrees", False: "differs", None: "neither agrees nor differs"}[agrees]
        when = row["published"][:4]
        return [
            Outcome(
                claim_id,
                rule,
                f"A source of {when} gives {word}{shown} and {verb}.",
                word + shown,
                "",
                value,
            )
        ]

    return test


def compare(low, high, value, bound, half_width) -> bool | None:
    """Whether an outside value agrees with what a print allows.

    Parameters
    ----------
    low, high : float
        What the print allows.
    value : float
        The outside value, same unit.
    bound : {'exact', 'about', 'lower', 'upper'}
    half_width : float
        Half of the last digit of the outside value.

    Returns
    -------
    bool or None
        True where the two overlap within rounding, False where they cannot both hold, None where a
        bound leaves it open.
    """
    overlap = low <= value + half_width and value - half_width <= high
    if bound in ("exact", "about"):
        return overlap
    if overlap:
        return True
    beyond = high < value - half_width if bound == "lower" else low > value + half_width
    return False if beyond else None


def outside_statement(claim_id, check_id):
    """The print against one row of the table outside_checks.

    ``confirms`` supports it, ``corrects`` and ``contradicts`` contradict it; ``narrows`` supports
    the number if the finding states it. All of it only at high confidence.
    """

    def test(facts, check):
        row, printed = facts.checks.loc[check_id], facts.claims.loc[claim_id, "printed"]
        verdict = row["verdict"]
        if verdict == "narrows" and states(row["finding"], printed):
            verdict = "confirms"
        rule = {
            "confirms": "supported_outside",
            "corrects": "contradicted_outside",
            "contradicts": "contradicted_outside",
        }.get(verdict)
        said = {
            "confirms": "states the number too",
            "undecided": "does not settle it",
            "narrows": "bears on it and does not give it",
        }.get(verdict, "says otherwise")
        if row["confidence"] != "high":
            rule = None
        return [
            Outcome(
                claim_id,
                rule,
                (f"Outside check {check_id}, of {row['confidence']} confidence, {said}."),
            )
        ]

    return test


def outside_year(claim_id, amount_id, column, factor, **where):
    """A year that dates an amount, against the outside row with that very amount."""

    def test(facts, check):
        rows = facts.budgets[facts.budgets["confidence"] == "high"]
        for name, wanted in where.items():
            rows = rows[rows[name] == wanted]
        low, high = interval(facts.claims.loc[amount_id], facts.approximate_half_width)
        rows = rows[(rows["value_million"] * factor).between(low, high)]
        if rows.empty:
            return []
        found = str(rows[column].iloc[-1])
        year = int(found[:4])
        printed = facts.claims.loc[claim_id, "period_end"]
        agrees = found.startswith(printed)
        return [
            Outcome(
                claim_id,
                "supported_outside" if agrees else "contradicted_outside",
                f"The outside row with the same amount is dated {found}.",
                found,
                "",
                float(year),
            )
        ]

    return test


def remark(finding_id, text=""):
    """A finding that the table should carry although it decides nothing; `text` shortens it."""

    def test(facts, check):
        message = text or facts.findings.loc[finding_id, "finding"]
        return [Outcome(claim_id, None, message) for claim_id in check.claims]

    return test


def open_readings(facts: Facts, claim_id: str) -> pd.DataFrame:
    """Readings of a claim that neither a parameter nor another printed figure closes."""
    rows = facts.readings[facts.readings["claim_id"] == claim_id]
    chosen = {
        "2.1-attacks": None if facts.attack_reading == "all" else facts.attack_reading,
        "2.2-share-deep": {"vulnerabilities": "base_all_flaws", "advisories": "base_other_set"}[
            facts.share_denominator
        ],
    }.get(claim_id)
    if chosen:
        return rows[rows["reading_id"] == chosen]
    if claim_id == "2.3-growth-b-2019":
        _, low, high = implied_rate(facts, "2.3-expenditure-b-2019", "2.3-expenditure-b-2025")
        first, last = interval(facts.claims.loc[claim_id], facts.approximate_half_width)
        if first > high or last < low:
            rows = rows[rows["reading_id"] != "growth_to_2025"]
    return rows


def readings_differ(claim_id):
    """Ambiguous: the open readings give different numbers, or shares of different things.

    Readings that differ in a label or a direction only are a matter of scope, not of the number.
    """

    def test(facts, check):
        rows = open_readings(facts, claim_id)
        share = facts.claims.loc[claim_id, "kind"] == "share"
        if len(rows) < 2 or not (share or rows["value"].max() > rows["value"].min()):
            return []
        if share:
            shown = "; ".join(rows["reading"])
            return [Outcome(claim_id, "ambiguous", f"Open between: {shown}.", "", "")]
        shown = " or ".join(f"{value / 1e6:,.6g}" for value in rows["value"])
        return [
            Outcome(
                claim_id,
                "ambiguous",
                f"The print can be read as {shown} million.",
                f"{shown} million",
                "",
            )
        ]

    return test


# ------------------------------------------------------------------ the checks

A_2019, A_2026 = "2.3-market-a-2019", "2.3-market-a-2026"
B_2019, B_2025, B_GROWTH = "2.3-expenditure-b-2019", "2.3-expenditure-b-2025", "2.3-growth-b-2019"
C_2019, C_GROWTH, D_2021 = "5.1-industry-c-2019", "5.1-growth-c-2019", "5.3-market-d-2021"
DRAGOS = ("2.2-flaws", "vendor_tracked_flaws", "Dragos")

CHECKS = (
    Check("attack-readings", ("2.1-attacks",), "reading", readings_differ("2.1-attacks"), ("P01",)),
    Check(
        "attack-rate",
        ("2.1-attacks",),
        "arithmetic",
        attack_rate("2.1-attacks", "2.1-businesses", 182),
        ("P01", "X01"),
    ),
    Check(
        "pipeline-firms",
        ("2.1-pipeline-companies",),
        "outside",
        outside_statement("2.1-pipeline-companies", "k03"),
        ("P23", "X09a"),
    ),
    Check(
        "flaws-outside",
        ("2.2-flaws",),
        "outside",
        outside_value(
            "2.2-flaws",
            "vendors",
            "value",
            publisher="Dragos",
            period="2019",
            measure="vulnerabilities",
        ),
        ("X03a",),
    ),
    Check(
        "share-deep-readings",
        ("2.2-share-deep",),
        "reading",
        readings_differ("2.2-share-deep"),
        ("P15", "P16"),
    ),
    Check(
        "share-deep-integers",
        ("2.2-share-deep",),
        "arithmetic",
        share_of_flaws("2.2-share-deep", *DRAGOS),
        ("P15", "X03c"),
    ),
    Check(
        "share-deep-outside",
        ("2.2-share-deep",),
        "outside",
        outside_statement("2.2-share-deep", "k06"),
        ("X03a", "X03c"),
    ),
    Check(
        "share-loss-readings",
        ("2.2-share-loss",),
        "reading",
        readings_differ("2.2-share-loss"),
        ("P16",),
    ),
    Check(
        "share-loss-integers",
        ("2.2-share-loss",),
        "arithmetic",
        share_of_flaws("2.2-share-loss", *DRAGOS),
        ("P15",),
    ),
    Check(
        "share-loss-outside",
        ("2.2-share-loss",),
        "outside",
        outside_statement("2.2-share-loss", "k07"),
        ("X03b", "X03c"),
    ),
    Check(
        "b-holds-a-2019",
        (A_2019, B_2019),
        "part-whole",
        part_whole(
            (A_2019,),
            (B_2019,),
            2019,
            "A (information security of industry) is a part of B (security)",
        ),
        ("P03",),
    ),
    Check(
        "b-holds-a-2025",
        (A_2026, B_2025),
        "part-whole",
        part_whole(
            (A_2019, A_2026),
            (B_2025,),
            2025,
            "A (information security of industry) is a part of B (security)",
        ),
        ("P03",),
    ),
    Check(
        "b-holds-c-2019",
        (C_2019, B_2019),
        "currency",
        part_whole((C_2019,), (B_2019,), 2019, "C (China) is a part of B (world)"),
        ("P04",),
    ),
    Check(
        "b-holds-d-2021",
        (D_2021, B_2025),
        "currency",
        part_whole((D_2021,), (B_2019, B_2025), 2021, "D (China) is a part of B (world)"),
        ("P06",),
    ),
    Check(
        "a-holds-c-2019",
        (C_2019, A_2019),
        "currency",
        part_whole((C_2019,), (A_2019,), 2019, "C (China) is a part of A (world)"),
        ("P07",),
    ),
    Check("b-growth", (B_GROWTH,), "growth", stated_growth(B_GROWTH, B_2019, B_2025), ("P02",)),
    Check("b-growth-readings", (B_GROWTH,), "reading", readings_differ(B_GROWTH), ("P02",)),
    Check("b-digits", (B_GROWTH, B_2019), "text", remark("P08"), ("P08",)),
    Check(
        "a-source", (A_2019, A_2026), "outside", outside_statement(A_2019, "k08"), ("P09", "X15")
    ),
    Check("b-source", (B_2019, B_2025), "outside", outside_statement(B_2025, "k09"), ("P09",)),
    Check(
        "aspects-abroad", ("3-aspects",), "count against text", count_of_sections("3-aspects", "3")
    ),
    Check(
        "challenges-listed",
        ("3.1.2-challenges",),
        "count against text",
        count_not_listed("3.1.2-challenges"),
        ("P50",),
    ),
    Check(
        "themes",
        ("3.1.2-themes", "3.5-themes"),
        "count against text",
        same_count("3.1.2-themes", "3.5-themes"),
        ("P20",),
    ),
    Check(
        "deal-date",
        ("3.2-deal-cyberx-year",),
        "outside",
        outside_statement("3.2-deal-cyberx-year", "k24"),
        ("X07",),
    ),
    Check(
        "deal-digits",
        ("3.2-deal-cyberx", "3.2-start-ups"),
        "text",
        remark(
            "P46",
            "The price and the number of start-ups have the same digits; the price "
            "is a press figure that the parties never gave.",
        ),
        ("P46", "X07"),
    ),
    Check(
        "financing-terms",
        ("3.4-financing-abroad",),
        "text",
        remark("P11", "A sum over three years and three countries without a split."),
        ("P11", "X19"),
    ),
    Check(
        "federal-budget",
        ("3.4-budget-federal",),
        "outside",
        outside_value(
            "3.4-budget-federal",
            "budgets",
            "value_million",
            1e-3,
            scope="all_federal",
            fiscal_year=2020,
        ),
        ("P10", "X04a", "X04b", "X04c"),
    ),
    Check(
        "federal-year",
        ("3.4-budget-federal-year",),
        "outside",
        outside_year(
            "3.4-budget-federal-year",
            "3.4-budget-federal",
            "fiscal_year",
            1e-3,
            scope="all_federal",
            vintage="outline",
        ),
        ("X04a",),
    ),
    Check(
        "energy-budget",
        ("3.4-budget-energy",),
        "outside",
        outside_value(
            "3.4-budget-energy",
            "budgets",
            "value_million",
            scope="doe_ceser",
            fiscal_year=2020,
            vintage="enacted",
        ),
        ("P12", "X05"),
    ),
    Check(
        "horizon-amount",
        ("3.4-horizon",),
        "outside",
        outside_value(
            "3.4-horizon", "budgets", "value_million", scope="eu_programme", fiscal_year=2019
        ),
        ("P13", "X06"),
    ),
    Check(
        "horizon-date",
        ("3.4-horizon-year",),
        "outside",
        outside_year(
            "3.4-horizon-year",
            "3.4-horizon",
            "published",
            1.0,
            scope="eu_programme",
            fiscal_year=2019,
        ),
        ("X06",),
    ),
    Check(
        "training-money",
        ("3.3-budget-mxd",),
        "text",
        remark("P12", "It carries no reference mark, and no second figure was found."),
        ("P12",),
    ),
    Check(
        "c-outside",
        (C_2019,),
        "outside",
        outside_value(
            C_2019,
            "china",
            "value_rmb_billion",
            year=2019,
            scope_id="industrial_information_security",
            kind="derived",
        ),
        ("X02b",),
    ),
    Check("c-base", (C_GROWTH,), "growth", base_year_level(C_GROWTH, C_2019), ("P08",)),
    Check("c-to-d", (D_2021,), "growth", growth_needed(C_2019, D_2021, C_GROWTH), ("P05",)),
    Check(
        "d-outside",
        (D_2021,),
        "outside",
        outside_value(
            D_2021, "china", "value_rmb_billion", year=2021, scope_id="industrial_internet_security"
        ),
        ("X02a",),
    ),
    Check(
        "financing-start",
        ("5.4-financing-e-2020",),
        "text",
        remark("P14", "It covers the whole industrial Internet and has no starting date."),
        ("P14",),
    ),
    Check(
        "plan-period",
        ("6-plan-start", "6-plan-end"),
        "arithmetic",
        length_of_period("6-plan-start", "6-plan-end", 5),
    ),
    Check(
        "aspects-china", ("6-aspects",), "count against text", count_of_sections("6-aspects", "6")
    ),
)

# Checks of outside_checks that the list above turns into a verdict on a number, or computes itself.
OUTSIDE_OF_NUMBERS = ("k07", "k12", "k13", "k15", "k17")
TEXT_FINDINGS = ("P18", "P20", "P21", "P22")


# ------------------------------------------------------------------ verdicts


def first_rule(rules) -> str:
    """The first rule of `VERDICTS` among those that apply; not_checkable if none does.

    Raises
    ------
    AuditError
        For a rule that does not exist.
    """
    rules = set(rules)
    unknown = sorted(rules - set(VERDICTS))
    if unknown:
        raise AuditError(f"unknown verdict {unknown[0]!r}; use one of {', '.join(VERDICTS)}.")
    return next((rule for rule in VERDICTS if rule in rules), "not_checkable")


def outcomes(facts: Facts, checks=CHECKS) -> pd.DataFrame:
    """What every check says of every claim it concerns.

    Returns
    -------
    pandas.DataFrame
        ``check, kind, findings`` (tuple) and the fields of `Outcome`, in the order of the checks.

    Raises
    ------
    AuditError
        If a check speaks of a claim that it does not name or that does not exist.
    """
    rows = []
    for check in checks:
        for outcome in check.test(facts, check):
            if outcome.claim_id not in check.claims or outcome.claim_id not in facts.claims.index:
                raise AuditError(
                    f"Check {check.id!r} speaks of {outcome.claim_id!r}, which it does "
                    "not name or the table claims does not hold."
                )
            rows.append(
                {"check": check.id, "kind": check.kind, "findings": check.findings, **vars(outcome)}
            )
    columns = ["check", "kind", "findings", *Outcome.__dataclass_fields__]
    return pd.DataFrame(rows, columns=columns)


def audit(facts: Facts, checks=CHECKS) -> pd.DataFrame:
    """One verdict for every claim.

    Parameters
    ----------
    facts : Facts
    checks : sequence of Check

    Returns
    -------
    pandas.DataFrame
        One row a claim, in the order of the print: ``claim_id, section, subject, measure, printed,
        unit, reference_basis, verdict, letter, kind`` (of the deciding check), ``recomputed,
        bound, because, findings`` (joined by a blank) and ``also`` (further rules that apply).
    """
    found, rows = outcomes(facts, checks), []
    for claim_id, claim in facts.claims.iterrows():
        said = found[found["claim_id"] == claim_id]
        rules = list(dict.fromkeys(said["rule"].dropna()))
        verdict = first_rule(rules)
        deciding = said[said["rule"] == verdict] if rules else said
        best = deciding.iloc[0] if len(deciding) else None
        named = [check.findings for check in checks if claim_id in check.claims]
        if best is not None:
            because = best["message"]
        elif claim["unit"] == "year":
            because = "A year that only dates another figure."
        else:
            because = "No second figure was found, inside or outside."
        rows.append(
            {
                "claim_id": claim_id,
                "section": claim["section"],
                "subject": claim["subject"],
                "measure": claim["measure"],
                "printed": claim["printed"],
                "unit": claim["unit"],
                "reference_basis": claim["reference_basis"],
                "verdict": verdict,
                "letter": VERDICTS[verdict].letter,
                "kind": "" if best is None else best["kind"],
                "recomputed": _first_text(deciding, said, "recomputed"),
                "bound": "" if best is None else best["bound"],
                "because": because,
                "findings": " ".join(dict.fromkeys(id_ for ids in named for id_ in ids)),
                "also": " ".join(rule for rule in VERDICTS if rule in rules and rule != verdict),
            }
        )
    return pd.DataFrame(rows)


def _first_text(deciding, said, column):
    """Text of the deciding checks, else of any other check of the claim."""
    for rows in (deciding, said):
        texts = [text for text in rows[column] if text]
        if texts:
            return texts[0]
    return ""


def scoreboard(audited, sections) -> pd.DataFrame:
    """Verdicts by main section, in the order of the print; every claim counts once.

    Parameters
    ----------
    audited : pandas.DataFrame
        From `audit`.
    sections : dict
        First character of a section -> name of the row.

    Returns
    -------
    pandas.DataFrame
        Indexed by row name, one column a verdict, then ``total``; the last row is ``All``.
    """
    group = audited["section"].str[0].map(sections)
    table = pd.crosstab(group, audited["verdict"]).reindex(
        index=[name for name in sections.values() if name in set(group)],
        columns=list(VERDICTS),
        fill_value=0,
    )
    table.loc["All"] = table.sum()
    return table.assign(total=table.sum(axis=1))


def text_contradictions(findings, prose, checks) -> pd.DataFrame:
    """Statements without a figure that stand against another statement, Table 1 or a source.

    Parameters
    ----------
    findings, prose, checks : pandas.DataFrame
        Tables findings, prose_against_table and outside_checks as loaded.

    Returns
    -------
    pandas.DataFrame
        ``finding, sections, what, against`` (other text, Table 1, outside source), ``confidence``
        (of an outside source).
    """
    rows = []
    for row in findings[findings["finding_id"].isin(TEXT_FINDINGS)].itertuples():
        rows.append(
            (row.finding_id, row.sections.replace(";", ", "), row.finding, "other text", None)
        )
    for row in prose[prose["kind"] == "contradiction"].itertuples():
        rows.append(
            (
                row.finding_id,
                row.prose_section,
                f"{row.prose_says}; {row.table_says}",
                "Table 1",
                None,
            )
        )
    wrong = checks["verdict"].isin(["corrects", "contradicts"])
    for row in checks[wrong & ~checks["check_id"].isin(OUTSIDE_OF_NUMBERS)].itertuples():
        rows.append(
            (row.check_id, None, f"{row.subject}. {row.finding}", "outside source", row.confidence)
        )
    columns = ["finding", "sections", "what", "against", "confidence"]
    return pd.DataFrame(rows, columns=columns)
