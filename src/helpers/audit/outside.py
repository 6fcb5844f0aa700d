"""Tests that hold a print against an outside table, a coded outside check or an outside date.

Each function returns a test, which `Check.test` holds. Only sources of at least the confidence
`Facts.deciding` decide; weaker ones are named and decide nothing.

Every test is told whose page it reads. ``own``: that of the publisher whom the paper names for the
figure, so that agreement shows a right copy (`quoted`). ``other``: a record that the paper does not
name, so that agreement confirms (`confirmed`).
"""

from helpers.audit.facts import Outcome
from helpers.audit.prints import MONEY, interval, printed_half_width, states
from helpers.confidence import CONFIDENCE

AGREEMENT = {"own": "quoted", "other": "confirmed"}


def decides(facts, confidence) -> bool:
    """Whether a source of a confidence decides."""
    return CONFIDENCE.index(confidence) >= CONFIDENCE.index(facts.deciding)


def named(row) -> str:
    """A source as a reason names it: publisher and year, and its confidence where not high."""
    publisher = row["publisher"].partition(" (")[0].partition(", citing")[0]
    year = row["published"][:4] if row["published"] != "undated" else "undated"
    weak = "" if row["confidence"] == "high" else f", {row['confidence']} confidence"
    return f"{publisher} ({year}{weak})"


def outside_value(
    claim_id,
    table,
    column,
    factor=1.0,
    *,
    origin="other",
    same_scope=True,
    printed_by=None,
    aside="",
    **where,
):
    """The print against the last deciding row of an outside table.

    Parameters
    ----------
    claim_id : str
    table : str
        Attribute of `Facts`.
    column : str
        Column of the outside value.
    factor : float
        Turns that column into the claim's own unit.
    origin : {'own', 'other'}
        Whose page it is, see the module.
    same_scope : bool
        Whether the row surely measures what the print does. Where it may not, another value is a
        clash over scope and no contradiction.
    printed_by : dict, optional
        Columns and values of the row of narrower scope that prints the paper's amount.
    aside : str
        What the source says otherwise than the paper, beside the number.
    **where
        Columns and the values their rows must have.
    """

    def test(facts, check):
        rows = _having(getattr(facts, table), where).sort_values("published", kind="stable")
        certain = rows[[decides(facts, confidence) for confidence in rows["confidence"]]]
        if rows.empty:
            return []
        row = (certain if len(certain) else rows).iloc[-1]
        value = float(row[column]) * factor
        currency, _, unit = facts.claims.loc[claim_id, "unit"].partition("_")
        money = facts.claims.loc[claim_id, "unit"] in MONEY
        shown = f"{currency} {value:g} {unit}" if money else f"{value:g}"
        bound = row.get("bound", "exact")
        shown = ("more than " if bound == "lower" else "") + shown
        message = f"{named(row)} gives {shown}"
        if certain.empty:
            return [Outcome(claim_id, None, f"{message} under this label.", shown, "", value)]
        low, high = interval(facts.claims.loc[claim_id], facts.approximate_half_width)
        half = printed_half_width(f"{row[column]:g}") * factor
        agrees = compare(low, high, value, bound, half)
        rule = {
            True: AGREEMENT[origin],
            False: "contradicted_outside" if same_scope else "scope_conflict",
            None: None,
        }[agrees]
        source = _having(getattr(facts, table), printed_by or {}).iloc[: 1 if printed_by else 0]
        if agrees is False and len(source):
            message += f" for another scope; the printed sum is that of {named(source.iloc[0])}"
        elif agrees is False and not same_scope:
            message += ", perhaps for another scope"
        message += f", {aside}" * bool(aside)
        return [Outcome(claim_id, rule, message + ".", shown, "", value)]

    return test


def _having(rows, where):
    for name, wanted in where.items():
        rows = rows[rows[name] == wanted]
    return rows


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


def statement_rule(verdict, finding, printed, *, origin="other", same_scope=True):
    """Verdict of a coded outside check on a printed figure, before its confidence is looked at.

    Parameters
    ----------
    verdict : str
        Of the table outside_checks: ``confirms, corrects, contradicts, narrows, undecided``.
    finding : str
        Its words. What narrows a figure and states it agrees with the number.
    printed : str
    origin, same_scope
        As for `outside_value`.

    Returns
    -------
    str or None
        Key of `VERDICTS`.
    """
    if verdict == "narrows" and states(finding, printed):
        verdict = "confirms"
    if verdict == "confirms":
        return AGREEMENT[origin]
    if verdict in ("corrects", "contradicts"):
        return "contradicted_outside" if same_scope else "scope_conflict"
    return None


def outside_statement(claim_id, check_id, says="", *, origin="other", decisive=True):
    """The print against one row of the table outside_checks, by `statement_rule`.

    Parameters
    ----------
    claim_id, check_id : str
    says : str
        What the source says, after its name; by default from the verdict of the row.
    origin : {'own', 'other'}
    decisive : bool
        False where the row bears on the figure and cannot decide it, whatever its confidence.
    """

    def test(facts, check):
        row, printed = facts.checks.loc[check_id], facts.claims.loc[claim_id, "printed"]
        rule = statement_rule(row["verdict"], row["finding"], printed, origin=origin)
        said = says or {
            "confirmed": "states it too",
            "quoted": "prints it",
            "contradicted_outside": "says otherwise",
            None: "does not settle it",
        }[rule]
        if not decisive or not decides(facts, row["confidence"]):
            rule = None
        return [Outcome(claim_id, rule, f"{named(row)} {said}.")]

    return test


def outside_year(claim_id, amount_id, column, factor, **where):
    """A year that dates an amount, against the outside row with that very amount."""

    def test(facts, check):
        rows = _having(facts.budgets, where)
        rows = rows[[decides(facts, confidence) for confidence in rows["confidence"]]]
        low, high = interval(facts.claims.loc[amount_id], facts.approximate_half_width)
        rows = rows[(rows["value_million"] * factor).between(low, high)]
        if rows.empty:
            return []
        found = str(rows[column].iloc[-1])
        year = int(found[:4])
        agrees = found.startswith(facts.claims.loc[claim_id, "period_end"])
        return [
            Outcome(
                claim_id,
                "confirmed" if agrees else "contradicted_outside",
                f"{named(rows.iloc[-1])} dates the same amount {found}.",
                found,
                "",
                float(year),
            )
        ]

    return test
