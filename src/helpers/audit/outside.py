"""Tests that hold a print against an outside table, a coded outside check or an outside date.

Each function returns a test, which `Check.test` holds. Only sources of high confidence decide.
"""

from helpers.audit.facts import Outcome
from helpers.audit.prints import interval, printed_half_width, states


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
