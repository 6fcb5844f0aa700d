"""A printed figure against its recomputation -> verdict.

Every claim takes the first of the ordered rules in `VERDICTS` that some check found to apply. A
check names the claims it speaks of and a test; the test computes a value, the range that the other
figures leave, and at most one rule. No verdict is written down by hand, so a change of a table or
of a parameter changes it.
"""

from helpers.audit.facts import (
    Check,
    Facts,
    Outcome,
)
from helpers.audit.outside import (
    compare,
    outside_statement,
    outside_value,
    outside_year,
)
from helpers.audit.prints import (
    MONEY,
    UNBOUNDED,
    Level,
    implied_rate,
    interval,
    level,
    printed_half_width,
    states,
)
from helpers.audit.recompute import (
    attack_rate,
    base_of_shares,
    base_year_level,
    count_not_listed,
    count_of_sections,
    growth_needed,
    length_of_period,
    part_whole,
    same_count,
    share_of_flaws,
    stated_growth,
)
from helpers.audit.register import (
    A_2019,
    A_2026,
    B_2019,
    B_2025,
    B_GROWTH,
    C_2019,
    C_GROWTH,
    CHECKS,
    D_2021,
    DRAGOS,
)
from helpers.audit.texts import (
    open_readings,
    readings_differ,
    remark,
    text_contradictions,
)
from helpers.audit.verdict_table import (
    audit,
    outcomes,
    scoreboard,
)
from helpers.audit.verdicts import (
    VERDICTS,
    AuditError,
    Rule,
    first_rule,
)

__all__ = [
    "A_2019",
    "A_2026",
    "B_2019",
    "B_2025",
    "B_GROWTH",
    "CHECKS",
    "C_2019",
    "C_GROWTH",
    "DRAGOS",
    "D_2021",
    "MONEY",
    "UNBOUNDED",
    "VERDICTS",
    "AuditError",
    "Check",
    "Facts",
    "Level",
    "Outcome",
    "Rule",
    "attack_rate",
    "audit",
    "base_of_shares",
    "base_year_level",
    "compare",
    "count_not_listed",
    "count_of_sections",
    "first_rule",
    "growth_needed",
    "implied_rate",
    "interval",
    "length_of_period",
    "level",
    "open_readings",
    "outcomes",
    "outside_statement",
    "outside_value",
    "outside_year",
    "part_whole",
    "printed_half_width",
    "readings_differ",
    "remark",
    "same_count",
    "scoreboard",
    "share_of_flaws",
    "stated_growth",
    "states",
    "text_contradictions",
]
