"""What a check reads (`Facts`), what it is (`Check`) and what it says (`Outcome`)."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd


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
    deciding : {'high', 'medium', 'low'}
        Weakest confidence with which an outside source decides.
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
    deciding: str = "high"

    @classmethod
    def of(cls, *, claims, findings, checks, **others):
        """Facts from the tables as `datasets.load` gives them."""
        return cls(
            claims=claims.set_index("claim_id"),
            findings=findings.set_index("finding_id"),
            checks=checks.set_index("check_id"),
            **others,
        )
