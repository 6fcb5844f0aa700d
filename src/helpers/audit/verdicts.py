"""The ordered rules: the first that applies to a claim is its verdict."""

from typing import NamedTuple


class Rule(NamedTuple):
    """One verdict: its name, and when it applies."""

    name: str
    applies: str


VERDICTS = {
    "ambiguous": Rule(
        "ambiguous",
        "readings that stay open give different numbers, or shares of different things",
    ),
    "scope_conflict": Rule(
        "clash over scope",
        "as labelled it cannot hold beside another figure, printed or published; it can if the "
        "scopes differ",
    ),
    "contradicted_inside": Rule(
        "contradicted inside", "another printed figure for the same thing rules it out"
    ),
    "contradicted_outside": Rule(
        "differs outside",
        "a source of high confidence gives another value for the same thing",
    ),
    "recomputed": Rule("recomputed", "it follows from other printed figures within rounding"),
    "confirmed": Rule(
        "confirmed",
        "a record of high confidence that the paper does not name as its source gives it",
    ),
    "quoted": Rule(
        "quoted as printed",
        "the publisher that the paper names prints it so: copied rightly, not shown to be right",
    ),
    "structural": Rule("count of a text", "it counts the items of the paper or of a document"),
    "date": Rule("date only", "a year that dates something, and no outside record dates it"),
    "not_checkable": Rule(
        "cannot be checked",
        "no second figure of high confidence, inside or outside",
    ),
}
AGREES = ("recomputed", "confirmed", "quoted")  # verdicts under which a second figure agrees
CLASHES = ("scope_conflict", "contradicted_inside", "contradicted_outside")


class AuditError(ValueError):
    """A check or table with which the audit cannot be made."""


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
