"""The results readers quote most, computed a second time: plain Python on the CSV files.

Nothing here comes from the book's helpers, from pandas or from numpy, and what can be exact is a
fraction. A result stands here by its definition and not by the code of its chapter, so an error in
a helper that was accepted together with its outputs is still seen.
"""

from recomputed import abroad, appendices, china, demands  # noqa: F401  they register results
from recomputed.register import AGAIN, Sampled, Tables, equal, ledger, recompute

__all__ = ["AGAIN", "Sampled", "Tables", "equal", "ledger", "recompute"]
