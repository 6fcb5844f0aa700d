"""Tests that hold a print against other printed figures: parts and wholes, rates, counts.

Each function returns a test, which `Check.test` holds: it takes the facts and the check and gives
a list of outcomes.
"""

from helpers import counts, growth, markets, words
from helpers.audit.facts import Outcome
from helpers.audit.prints import MONEY, Level, implied_rate, interval, level
from helpers.audit.verdicts import AuditError


def _billion(value: float, currency: str = "USD") -> str:
    return words.format_value(value, f"{currency} billion", 3)


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
        converted = "" if currency == "USD" else f" at {1 / rate:.2f} RMB per USD"
        ratio = inner.value / outer.value
        message = (
            f"As labelled, {because}; yet in {year} the part is {ratio:.2f} times the "
            f"whole{converted}."
            if broken
            else f"As labelled, {because}; in {year} the part is {words.percent(ratio)} of the "
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
        last_year = int(facts.claims.loc[end, "period_end"][:4])
        apart = first > high or last < low
        pace = f"The two levels imply {implied:.1f}{words.SPACE}% a year to {last_year}"
        message = (
            f"{pace}, so it can only be the growth of one year."
            if apart
            else f"{pace}, which agrees within rounding."
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
                f"It implies {shown} in {year}.",
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
                    f"Joined to {first['printed']} of {first['period_end']}, which has another "
                    f"label, it would need {needed:.0f}{words.SPACE}% a year, with "
                    f"{stated:g}{words.SPACE}% stated."
                ),
                f"{needed:.0f} % a year needed",
                "",
                needed,
            )
        ]

    return test


def counts_of_two_things(first, second, of_first, of_second):
    """Two counts that stand beside each other and count the items of two things: both can hold.

    Parameters
    ----------
    first, second : str
    of_first, of_second : str
        What each counts the items of.
    """

    def test(facts, check):
        return [
            Outcome(
                claim_id,
                "structural",
                f"Of {own}; section {facts.claims.loc[other, 'section']} counts "
                f"{facts.claims.loc[other, 'printed']} of {theirs}, so both can hold.",
            )
            for claim_id, own, other, theirs in (
                (first, of_first, second, of_second),
                (second, of_second, first, of_first),
            )
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
                "Of a document; the paper does not list them.",
            )
        ]

    return test


def length_of_period(start, end, years):
    """First and last year of a period whose name gives its length: they date it, and no more."""

    def test(facts, check):
        first, last = (float(facts.claims.loc[claim_id, "value"]) for claim_id in (start, end))
        span = last - first + 1
        rule = "date" if span == years else "contradicted_inside"
        message = (
            f"It dates a plan; the name of the plan counts {years} years, and its dates agree."
            if span == years
            else f"The name of the plan counts {years} years, its dates {span:.0f}."
        )
        return [Outcome(claim_id, rule, message) for claim_id in (start, end)]

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
            f"Taken of the {total} {facts.share_denominator} (chosen), it is no share of the "
            f"{printed} printed in the same sentence."
            if other
            else f"Taken of the {total} flaws (chosen): {shown}."
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
                    "each affected business."
                ),
                f"{value / 1e6:,.6g} million",
                "",
                value,
            )
        ]

    return test
