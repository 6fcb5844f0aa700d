"""What may be said on each pair of units, in words."""

import itertools
import math
from fractions import Fraction

import pandas as pd

from helpers.composite.columns import JOINED
from helpers.composite.levels import level_numbers
from helpers.composite.probability import exact_q, probability_above, row_numbers
from helpers.said import said

# Codings on which `pairwise_statements` looks for a change of majority. The ends stand for the
# limits: at 0 and 1 themselves Medium would be Low or High, and unequal rows could tie.
CODINGS = (
    Fraction(1, 10**9),
    *(Fraction(step, 40) for step in range(1, 40)),
    1 - Fraction(1, 10**9),
)


def pair_condition(row_a: pd.Series, row_b: pd.Series) -> str:
    """Condition on weights and q under which one unit scores above another, as text.

    Parameters
    ----------
    row_a, row_b : rows of a table of levels (dimensions,)

    Returns
    -------
    str
        A dimension's name stands for its weight, as in
        ``"enterprises + q*policies - (1-q)*smes > 0"``.
    """
    return _condition(*row_numbers(row_a, row_b))


def _condition(first, second, names) -> str:
    """`pair_condition` of rows of levels as 0, 1, 2."""
    # The name of a merged dimension holds an equals sign, which a condition must not seem to have.
    names = [f"[{name}]" if JOINED in str(name) else str(name) for name in names]
    steps = list(zip(names, first, second, strict=True))
    # The seven possible gaps, by levels: a whole scale, its upper step 1-q, its lower step q.
    factors = {(2, 0): "", (2, 1): "(1-q)*", (1, 0): "q*"}
    terms = []
    for levels, factor in factors.items():
        plus = [name for name, a, b in steps if (a, b) == levels]
        minus = [name for name, a, b in steps if (b, a) == levels]
        if not plus and not minus:
            continue
        sign = "+" if plus else "-"
        inner = " - ".join([" + ".join(plus), *minus]) if plus else " + ".join(minus)
        if len(plus) + len(minus) > 1 and (factor or not plus):
            inner = f"({inner})"
        terms.append((sign, factor + inner))
    if not terms:
        return "0 > 0"
    # Terms with a plus first ("+" sorts before "-"), so that a condition does not open with a
    # sign where it need not.
    terms.sort(key=lambda term: term[0])
    (sign, text), *others = terms
    text = text if sign == "+" else f"-{text}"
    return text + "".join(f" {sign} {term}" for sign, term in others) + " > 0"


def percent(share: float) -> str:
    """A share to 1 %, without rounding an open question to a certain one.

    0.997 reads "more than 99 %" and 0.002 "less than 1 %"; only 0 and 1 read "0 %" and "100 %".
    """
    if 0 < share < 0.005:
        return "less than 1 %"
    if 0.995 <= share < 1:
        return "more than 99 %"
    # round() would print 0.125 as 12 and 0.135 as 14: halves go to the even digit.
    return f"{math.floor(share * 100 + 0.5 + 1e-9)} %"


def pairwise_statements(table: pd.DataFrame, q: float = 0.5) -> pd.DataFrame:
    """What may be said on each pair of units, and no more.

    Each pair falls into one class.

    - ``tie``: the rows are equal.
    - ``always``: one dominates, under every increasing coding and all positive weights.
    - ``share``: the same unit leads in more than half of the weightings under every coding
      examined (q in steps of 1/40 with the limits at 0 and 1, and the given one); the share
      stated is that at ``q``.
    - ``not ordered``: which unit leads in more weightings depends on the coding, or each leads in
      half of them. An order would be made by the choice alone.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    q : float, fraction
        Score of Medium when Low is 0 and High is 1; strictly between the two.

    Returns
    -------
    DataFrame, one row per pair
        ``unit, other, kind, share, share_lowest, share_highest, condition, statement``. In the
        classes ``always`` and ``share``, ``unit`` is the better one; in the other two the order of
        the names means nothing. ``share`` is the probability that ``unit`` scores strictly above
        ``other`` with weights uniform on the simplex; lowest and highest are over the codings
        examined.

    Raises
    ------
    ValueError
        Unknown levels; q not strictly between 0 and 1.
    """
    numbers, units = level_numbers(table), list(table.index)
    chosen = exact_q(q)
    if not 0 < chosen < 1:
        raise ValueError(
            f"q is {float(chosen):g}: Medium would count as Low or as High. Choose a value between."
        )
    statements = [
        _statement(numbers[[a, b]], (units[a], units[b]), table.columns, chosen)
        for a, b in itertools.combinations(range(len(units)), 2)
    ]
    columns = ["unit", "other", "kind", "share", "share_lowest", "share_highest", "condition",
               "statement"]
    return pd.DataFrame(statements, columns=columns)


def _statement(rows, names, columns, chosen) -> tuple:
    gap = rows[0] - rows[1]
    if not gap.any():
        text = f"{names[0]} and {names[1]} have equal ratings and cannot be told apart."
        return (*names, "tie", 0.0, 0.0, 0.0, "", text)
    if (gap <= 0).all():
        rows, names, gap = rows[::-1], names[::-1], -gap
    if (gap >= 0).all():
        above = said("above", rows[0].sum(), rows[1].sum())
        text = f"{names[0]} is {above} {names[1]} under every coding and all positive weights."
        return (*names, "always", 1.0, 1.0, 1.0, "", text)

    at_q, *others = (probability_above(*rows, q) for q in (chosen, *CODINGS))
    lowest, highest = min(at_q, *others), max(at_q, *others)
    half = Fraction(1, 2)
    if highest < half:
        # Two different rows never tie over a whole range of weightings, so shares add up to 1.
        rows, names = rows[::-1], names[::-1]
        at_q, lowest, highest = 1 - at_q, 1 - highest, 1 - lowest
    condition = _condition(*rows, columns)
    shares = (float(at_q), float(lowest), float(highest))
    at = f"{percent(float(at_q))} of weightings (q = {float(chosen):.3g})"
    if lowest > half:
        text = f"{names[0]} is {said('above', lowest, half)} {names[1]} in {at}."
        return (*names, "share", *shares, condition, text)
    text = (
        f"{names[0]} and {names[1]} cannot be ordered without a choice of scores and weights: "
        f"{names[0]} is above in {at}, and in {percent(shares[1])} to {percent(shares[2])} over "
        f"all codings."
    )
    return (*names, "not ordered", *shares, condition, text)
