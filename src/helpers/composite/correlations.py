"""How alike two columns order the units."""

import itertools
import math

import numpy as np
import pandas as pd

from helpers.composite._arrays import numeric, signs
from helpers.composite.levels import level_numbers, named_table


def rank_correlations(table: pd.DataFrame) -> pd.DataFrame:
    """How alike two columns order the units: Spearman's rho and Kendall's tau-b, descriptive only.

    There is no p-value: the units are all there are, not a sample.

    Parameters
    ----------
    table : DataFrame, (units, columns)
        Levels, or numbers such as the ranks of `method_ranks`.

    Returns
    -------
    DataFrame, one row per pair of columns
        ``first, second, rho, tau_b, note``. Where a column is constant neither coefficient exists;
        both cells are then missing and the note says why.

    Raises
    ------
    ValueError
        Unknown levels or numbers that are not finite.
    """
    named_table(table)
    in_numbers = all(pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes)
    values = numeric(table)[0] if in_numbers else level_numbers(table).astype(float)
    order = signs(values)
    # Row sums of the signs are average ranks about their mean, up to a factor of 2.
    ranks = order.sum(axis=1)
    rows = []
    for a, b in itertools.combinations(range(values.shape[1]), 2):
        names = (table.columns[a], table.columns[b])
        constant = [str(table.columns[c]) for c in (a, b) if not ranks[:, c].any()]
        if constant:
            rows.append((*names, None, None, f"no order in {' and '.join(constant)}"))
            continue
        rows.append((*names, _cosine(ranks[:, a], ranks[:, b]),
                     _cosine(order[..., a].ravel(), order[..., b].ravel()), ""))
    result = pd.DataFrame(rows, columns=["first", "second", "rho", "tau_b", "note"])
    return result.astype({"rho": "Float64", "tau_b": "Float64"})


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation of two centred arrays. Whole numbers go in, so equal columns give exactly 1."""
    return float(a @ b / math.sqrt(float(a @ a) * float(b @ b)))
