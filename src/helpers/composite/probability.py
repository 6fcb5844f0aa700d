"""Probabilities over all weightings, exact."""

import math
from collections.abc import Sequence
from fractions import Fraction
from numbers import Rational

import numpy as np
import pandas as pd

from helpers.composite import _checks as check
from helpers.composite.levels import level_number


def positive_probability(differences: Sequence, concentration: int = 1) -> Fraction:
    """Probability that a weighted sum is above zero when every weighting is equally likely.

    The probability is the divided difference of ``max(x, 0)^(d-1)`` at the ``d`` coefficients (the
    Hermite-Genocchi formula). It is computed in exact fractions: in floating point, coefficients
    that lie close together cancel every digit.

    Parameters
    ----------
    differences : sequence of int, float or Fraction, (dimensions,)
        Coefficients of the weights. A float stands for its exact binary value.
    concentration : int
        Dirichlet concentration of the weights; 1 is uniform on the simplex. For a whole number k
        each weight is the sum of k parts of a finer uniform weighting, so its coefficient counts k
        times.

    Returns
    -------
    Fraction, 0 to 1. All coefficients 0 (a tie) gives 0.

    Raises
    ------
    ValueError
        No coefficient, one that is not finite, or a concentration that is not a whole number.
    """
    concentration = check.whole(concentration, "concentration", 1)
    nodes = sorted(_fraction(value, "coefficient") for value in differences)
    if not nodes:
        raise ValueError("There is no coefficient. Pass one for each dimension.")
    if nodes[-1] <= 0:
        return Fraction(0)
    if nodes[0] >= 0:
        return Fraction(1)
    nodes = [node for node in nodes for _ in range(concentration)]
    degree = len(nodes) - 1

    def derivative(node: Fraction, order: int) -> Fraction:
        """Derivative of ``max(x, 0)^degree`` at a node, divided by the factorial of its order."""
        return math.comb(degree, order) * node ** (degree - order) if node > 0 else Fraction(0)

    column = [derivative(node, 0) for node in nodes]
    for order in range(1, degree + 1):
        # Nodes are sorted, so two equal ends mean that all between are equal too.
        column = [
            derivative(nodes[place], order) if nodes[place] == nodes[place + order]
            else (column[place + 1] - column[place]) / (nodes[place + order] - nodes[place])
            for place in range(degree + 1 - order)
        ]
    return column[0]


def _fraction(value, what: str) -> Fraction:
    if isinstance(value, Rational):
        return Fraction(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"A {what} is {number}; it must be finite.")
    return Fraction(number)


def row_numbers(row_a, row_b) -> tuple[list[int], list[int], list]:
    """Two rows of levels as numbers, with the names of their dimensions."""
    if isinstance(row_a, pd.Series) and isinstance(row_b, pd.Series):
        if not row_a.index.equals(row_b.index):
            # Two rows of tables with another column order would be compared across dimensions.
            raise ValueError(
                f"The rows name other dimensions: {list(row_a.index)} and {list(row_b.index)}."
            )
        names = list(row_a.index)
    else:
        names = list(range(len(row_a)))
    if len(row_a) != len(row_b) or not len(row_a):
        raise ValueError(
            f"The rows have {len(row_a)} and {len(row_b)} levels. They need the same number, "
            f"at least one."
        )
    numbers = [
        [level_number(cell, f"row {which}, dimension {name!r}")
         for cell, name in zip(row, names, strict=True)]
        for which, row in (("a", row_a), ("b", row_b))
    ]
    return numbers[0], numbers[1], names


def exact_q(q) -> Fraction:
    """The score of Medium as an exact fraction, when Low is 0 and High is 1."""
    value = _fraction(q, "value of q")
    if not 0 <= value <= 1:
        raise ValueError(f"q is {float(value):g}; Medium lies between Low, 0, and High, 1.")
    return value


def probability_above(first: Sequence[int], second: Sequence[int], q: Fraction) -> Fraction:
    """Probability that the first row of levels (as 0, 1, 2) scores strictly above the second."""
    scores = (Fraction(0), q, Fraction(1))
    return positive_probability([scores[a] - scores[b] for a, b in zip(first, second, strict=True)])


def pairwise_probability_exact(row_a: Sequence[str], row_b: Sequence[str], q: float) -> float:
    """Probability that one unit scores strictly above another, over all weightings.

    Parameters
    ----------
    row_a, row_b : sequences of levels, (dimensions,)
        Lists, arrays or rows of a table.
    q : float, fraction
        Score of Medium when Low is 0 and High is 1, from `q_value`.

    Returns
    -------
    float, probability under weights uniform on the simplex; identical rows give 0 both ways.

    Raises
    ------
    ValueError
        Rows of unequal length or of other dimensions, unknown levels, q outside 0 to 1.
    """
    first, second, _ = row_numbers(row_a, row_b)
    return float(probability_above(first, second, exact_q(q)))


def pairwise_probability_mean(row_a: Sequence[str], row_b: Sequence[str]) -> float:
    """`pairwise_probability_exact` averaged over all codings, q uniform between 0 and 1.

    The probability is a smooth function of q on either side of 1/2 (there ``q`` and ``1-q`` change
    places), so Gauss-Legendre quadrature with 40 nodes on each half is exact to rounding.

    Parameters
    ----------
    row_a, row_b : sequences of levels, (dimensions,)

    Returns
    -------
    float, probability.
    """
    nodes, shares = np.polynomial.legendre.leggauss(40)
    return float(math.fsum(
        share / 4 * pairwise_probability_exact(row_a, row_b, half + (node + 1) / 4)
        for half in (0.0, 0.5)
        for node, share in zip(nodes, shares, strict=True)
    ))
