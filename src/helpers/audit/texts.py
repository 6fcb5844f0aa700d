"""Tests of the wording: which readings stay open, and remarks that decide nothing.

`remark` and `readings_differ` return a test, which `Check.test` holds. Statements without a figure
are listed by `text_contradictions`.
"""

import pandas as pd

from helpers.audit.facts import Facts, Outcome
from helpers.audit.prints import implied_rate, interval


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


WAYS = {
    "one": "one reading",
    "settled": "several readings, of which a parameter or another printed figure leaves one",
    "label": "one number, open in what it is called or which way the money goes",
    "ambiguous": "open in the number, or in what it is a share of",
}


def ways_to_read(facts: Facts) -> pd.Series:
    """In how many ways each printed figure can be read: what the book calls ambiguous, once.

    Parameters
    ----------
    facts : Facts

    Returns
    -------
    pandas.Series
        claim_id -> key of `WAYS`. ``one``: the table readings holds no second reading. ``settled``:
        it does, and a parameter or another printed figure leaves one. ``label``: those left give
        one and the same number. ``ambiguous``: they give different numbers, or a share of
        different things.
    """
    return pd.Series(
        {claim_id: _way(facts, claim_id) for claim_id in facts.claims.index}, dtype=object
    )


def _way(facts, claim_id):
    if (facts.readings["claim_id"] == claim_id).sum() < 2:
        return "one"
    rows = open_readings(facts, claim_id)
    if len(rows) < 2:
        return "settled"
    share = facts.claims.loc[claim_id, "kind"] == "share"
    return "ambiguous" if share or rows["value"].max() > rows["value"].min() else "label"


def readings_differ(claim_id):
    """Ambiguous: the open readings give different numbers, or shares of different things.

    Readings that differ in a label or a direction only are a matter of scope, not of the number.
    """

    def test(facts, check):
        if _way(facts, claim_id) != "ambiguous":
            return []
        rows = open_readings(facts, claim_id)
        if facts.claims.loc[claim_id, "kind"] == "share":
            shown = "; ".join(rows["reading"])
            return [Outcome(claim_id, "ambiguous", f"Open between: {shown}.", "", "")]
        shown = " or ".join(f"{value / 1e6:,.6g}" for value in rows["value"])
        return [
            Outcome(
                claim_id,
                "ambiguous",
                f"It can be read as {shown} million.",
                f"{shown} million",
                "",
            )
        ]

    return test


def missing(what):
    """What would be needed to check a figure; decides nothing."""

    def test(facts, check):
        return [Outcome(claim_id, None, f"Missing: {what}.") for claim_id in check.claims]

    return test


def text_contradictions(findings, prose, checks, choices) -> pd.DataFrame:
    """Statements without a figure that stand against another statement, Table 1 or a source.

    Parameters
    ----------
    findings, prose, checks, choices : pandas.DataFrame
        Tables findings, prose_against_table, outside_checks and text_contradictions as loaded.

    Returns
    -------
    pandas.DataFrame
        ``finding, sections, what, against`` (other text, Table 1, outside source), ``confidence``
        (of an outside source).
    """
    listed = choices["listed"].astype(bool)
    of_text, of_numbers = choices.loc[listed, "source_id"], choices.loc[~listed, "source_id"]
    rows = []
    for row in findings[findings["finding_id"].isin(of_text)].itertuples():
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
    for row in checks[wrong & ~checks["check_id"].isin(of_numbers)].itertuples():
        rows.append(
            (row.check_id, None, f"{row.subject}. {row.finding}", "outside source", row.confidence)
        )
    columns = ["finding", "sections", "what", "against", "confidence"]
    return pd.DataFrame(rows, columns=columns)
