"""What the tables say twice must agree: rules from the meaning of columns, in plain Python.

The data package holds what one cell may be; these rules hold cells against each other, so that a
change which moves no result is still seen. Each rule yields one line a fault.
"""

from data_rules import made_here, outside, paper, told_once  # noqa: F401  they register rules
from data_rules.everywhere import SHORTER_FIRST
from data_rules.register import RULES, faults, first_fault
from data_rules.told_once import TOLD_ONCE

__all__ = ["RULES", "SHORTER_FIRST", "TOLD_ONCE", "faults", "first_fault"]
