"""The checks applied to the claims: outcomes, one verdict a claim, and the count of verdicts."""

import dataclasses

import pandas as pd

from helpers.audit.facts import Facts, Outcome
from helpers.audit.prints import level, shown, told
from helpers.audit.register import CHECKS
from helpers.audit.verdicts import VERDICTS, AuditError, first_rule
from helpers.paper_profile import claim_class

CLASSES = ("measurement", "year", "text")  # of printed figures, see `claim_class`
NOTHING_FOUND = "No second figure was found, inside or outside."


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
        shown`` (with its qualifier), ``told`` (with what it counts), ``unit, reference,
        reference_basis, class`` (measurement, year or text), ``verdict, name`` (the verdict in
        words), ``kind`` (of the deciding check), ``recomputed, bound, because`` (where nothing
        decides: what weaker sources say, and what is missing), ``findings`` (joined by a blank)
        and ``also`` (further rules that apply).
    """
    found, rows = outcomes(facts, checks), []
    classes, proposed = claim_class(facts.claims), _rules(facts, found)
    for claim_id, claim in facts.claims.iterrows():
        said = found[found["claim_id"] == claim_id]
        rules = proposed[claim_id]
        verdict = first_rule(rules)
        deciding = said[said["rule"] == verdict]
        best = deciding.iloc[0] if len(deciding) else None
        named = [check.findings for check in checks if claim_id in check.claims]
        if best is not None:
            because = best["message"]
        elif verdict == "date":
            because = "It only dates something else."
        else:
            because = " ".join(said["message"]) or NOTHING_FOUND
        rows.append(
            {
                "claim_id": claim_id,
                **claim[["section", "subject", "measure", "printed", "unit"]],
                "shown": shown(claim),
                "told": told(claim),
                **claim[["reference", "reference_basis"]],
                "class": classes[claim_id],
                "verdict": verdict,
                "name": VERDICTS[verdict].name,
                "kind": "" if best is None else best["kind"],
                "recomputed": _first_text(deciding, said, "recomputed"),
                "bound": "" if best is None else best["bound"],
                "because": because,
                "findings": " ".join(dict.fromkeys(id_ for ids in named for id_ in ids)),
                "also": " ".join(rule for rule in VERDICTS if rule in rules and rule != verdict),
            }
        )
    return pd.DataFrame(rows)


def _rules(facts, found):
    """Rules that apply to each claim; a year of which no check speaks only dates something."""
    classes, proposed = claim_class(facts.claims), {}
    for claim_id, rule in zip(found["claim_id"], found["rule"], strict=True):
        proposed.setdefault(claim_id, {})[rule] = True
    return {
        claim_id: [rule for rule in proposed.get(claim_id, {}) if isinstance(rule, str)]
        or (["date"] if classes[claim_id] == "year" else [])
        for claim_id in facts.claims.index
    }


def verdicts(facts: Facts) -> dict:
    """Claim id -> verdict, without the words of `audit`."""
    return {
        claim_id: first_rule(rules) for claim_id, rules in _rules(facts, outcomes(facts)).items()
    }


def by_class(audited) -> pd.DataFrame:
    """Claims by verdict and class: measurements are counted apart from years and counts of text.

    Parameters
    ----------
    audited : pandas.DataFrame
        From `audit`.

    Returns
    -------
    pandas.DataFrame
        Indexed by verdict, all of `VERDICTS` in their order; columns `CLASSES`.
    """
    table = pd.crosstab(audited["verdict"], audited["class"])
    return table.reindex(index=list(VERDICTS), columns=list(CLASSES), fill_value=0)


def flips(facts: Facts, **changes) -> pd.DataFrame:
    """Claims whose verdict is another one under other parameters.

    Parameters
    ----------
    facts : Facts
    **changes
        Fields of `Facts`.

    Returns
    -------
    pandas.DataFrame
        ``claim_id, told, before, after`` (keys of `VERDICTS`).
    """
    return _turned(facts, verdicts(facts), changes)


def _turned(facts, before, changes):
    after = verdicts(dataclasses.replace(facts, **changes))
    rows = [
        (claim_id, told(facts.claims.loc[claim_id]), before[claim_id], verdict)
        for claim_id, verdict in after.items()
        if verdict != before[claim_id]
    ]
    return pd.DataFrame(rows, columns=["claim_id", "told", "before", "after"])


def would_change(facts: Facts, trials) -> pd.DataFrame:
    """What other assumptions would make of the verdicts, one row an assumption.

    Parameters
    ----------
    facts : Facts
    trials : list of dict
        ``assumption, parameter, baseline`` in words; ``tries``, words for a value -> fields of
        `Facts` to change; ``nowhere``, what is said of the values where none changes a verdict.

    Returns
    -------
    pandas.DataFrame
        ``assumption, parameter, baseline, flips_at`` and ``then``, the verdicts that change.
    """
    rows, before = [], verdicts(facts)
    for trial in trials:
        found = {}
        for value, changes in trial["tries"].items():
            moved = _turned(facts, before, changes)
            if len(moved):
                found.setdefault("; ".join(map(_in_words, moved.itertuples())), []).append(value)
        rows.append(
            {
                **{key: trial[key] for key in ("assumption", "parameter", "baseline")},
                "flips_at": "; ".join(" or ".join(values) for values in found.values())
                or trial["nowhere"],
                "then": "; ".join(found) or "The verdicts stay",
            }
        )
    return pd.DataFrame(rows)


def _in_words(row):
    return f"{row.told}: {VERDICTS[row.after].name} instead of {VERDICTS[row.before].name}"


def fitting_rate(facts: Facts, part, whole, year) -> float:
    """RMB per USD from which a sum of RMB, as low as its print allows, fits into a sum of USD.

    Parameters
    ----------
    facts : Facts
    part, whole : tuple of str
        Claims as for `level`, in RMB and in USD.
    year : int
    """
    return level(facts, part, year).low / level(facts, whole, year).high


def _first_text(deciding, said, column):
    """Text of the deciding checks, else of any other check of the claim."""
    for rows in (deciding, said):
        texts = [text for text in rows[column] if text]
        if texts:
            return texts[0]
    return ""
