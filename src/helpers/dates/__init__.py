"""Dates as the tables write them, and which date a document gets under a dating rule.

The tables keep dates in a small part of EDTF: ``2019``, ``2018-10``, ``2020-12-04``,
``2017/2019`` (from, to), ``../2020-06`` (up to) and ``2009~`` (about). A date is a period with a
first and a last day, never a single day that nobody stated: a document "of 2019" may be as young
as December, and a chart that put it on 1 January would say more than its source.
"""

from helpers.dates.edtf import (
    MONTHS,
    PRECISIONS,
    DateError,
    Period,
    agree,
    in_words,
    months_in_words,
    parse,
    years,
)
from helpers.dates.rules import BASES, CONFIDENCE, RULES, choose, conflicts, dated, outside

__all__ = [
    "BASES",
    "CONFIDENCE",
    "MONTHS",
    "PRECISIONS",
    "RULES",
    "DateError",
    "Period",
    "agree",
    "choose",
    "conflicts",
    "dated",
    "in_words",
    "months_in_words",
    "outside",
    "parse",
    "years",
]
