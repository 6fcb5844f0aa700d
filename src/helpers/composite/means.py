"""Power means of scores."""

import numpy as np

from helpers.composite import _checks as check
from helpers.composite._arrays import named_like, numeric


def aggregate(scores, weights, power: float = 1):
    """Weighted power mean of each unit's scores.

    ``(sum w*x^p)^(1/p)``: power 1 is the arithmetic, 0 the geometric, -1 the harmonic mean.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions), points
    weights : sequence or Series, (dimensions,), fractions
        Zero or more, sum 1. A Series is matched to the columns of a DataFrame by name.
    power : float

    Returns
    -------
    Series (for a DataFrame) or array, (units,), points.

    Raises
    ------
    ValueError
        Negative weights, a wrong number of them, or a sum other than 1 (nothing is rescaled);
        a power of 0 or less with a score of 0 or less; a power other than 1 with negative scores.

    Notes
    -----
    Computed as ``c * exp(log1p(sum w*expm1(p*ln(x/c))) / p)`` with c the highest or, for p < 0, the
    lowest score. The textbook form loses all digits near p = 0 and overflows for large powers.
    """
    values, _, columns = numeric(scores)
    fractions = check.dimension_weights(weights, columns)
    means = power_means(values, fractions, check.finite_power(power))
    return named_like(scores, means)


def power_means(values: np.ndarray, fractions: np.ndarray, power: float) -> np.ndarray:
    """`aggregate` of checked inputs: array (units,)."""
    if power == 1:
        # A sum along rows, not a matrix product: equal rows then give equal bits.
        return (values * fractions).sum(axis=1)
    check.scores_suit_power(values, power)
    # A weight of 0 leaves its dimension out, also where a score's power would overflow.
    values, fractions = values[:, fractions > 0], fractions[fractions > 0]
    # Relative to the score that counts most, no power exceeds 1.
    leading = values.min(axis=1) if power < 0 else values.max(axis=1)
    leading = np.where(leading > 0, leading, 1.0)
    with np.errstate(divide="ignore"):
        logs = np.log(values / leading[:, None])
    if power == 0:
        return leading * np.exp((logs * fractions).sum(axis=1))
    summed = (fractions * np.exp(power * logs)).sum(axis=1)
    short = (fractions * np.expm1(power * logs)).sum(axis=1)
    with np.errstate(divide="ignore"):
        # Near 1 the logarithm needs the small remainder, far from 1 the sum itself.
        log_mean = np.where(summed > 0.5, np.log1p(np.maximum(short, -0.9)), np.log(summed))
    return leading * np.exp(log_mean / power)


def utility(scores, power: float = 1):
    """Scores transformed so that weighted sums rank units as the power mean does.

    ``(x^p - 1)/p``, or ``ln x`` for p = 0; more stays better for negative p too. Power 1 leaves the
    scores as they are. `rank_acceptability` takes these for powers other than 1.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions), points
    power : float

    Returns
    -------
    DataFrame or array, same shape.

    Raises
    ------
    ValueError
        Negative scores unless the power is 1; scores of 0 with a power of 0 or less.
    """
    values, _, _ = numeric(scores)
    power = check.finite_power(power)
    if power == 1:
        return named_like(scores, values)
    check.scores_suit_power(values, power)
    with np.errstate(divide="ignore"):
        logs = np.log(values)
    # x^p itself is 1 for all x as p nears 0, and rounding would then tie every unit.
    return named_like(scores, np.expm1(power * logs) / power if power else logs)
