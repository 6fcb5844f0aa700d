"""The ordered rules: the first that applies to a claim is its verdict."""

from typing import NamedTuple


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
