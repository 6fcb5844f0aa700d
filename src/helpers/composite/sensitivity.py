"""How much of the variation of ranks each choice accounts for."""

import warnings

import numpy as np
import pandas as pd

from helpers.composite import _checks as check
from helpers.composite._arrays import chunks
from helpers.composite.levels import level_numbers, q_value
from helpers.composite.ranks import TIE_DECIMALS, competition_rank, units_above

# Ranges of the inputs `medium_score` and `aggregation_power` in the parameter registry.
MEDIUM_SCORE_RANGE = (1.05, 2.95)
POWER_RANGE = (-2.0, 2.0)


def sobol_indices(
    table: pd.DataFrame, base_samples: int, seed: int, *, resamples: int = 100
) -> pd.DataFrame:
    """Share of the variation of ranks that each choice accounts for.

    Output is the mean absolute shift of the units' ranks from the baseline (1-2-3, equal weights,
    arithmetic mean). Inputs are one number per dimension, the score of Medium (uniform 1.05 to
    2.95) and the power of the mean (uniform -2 to 2). Weights that sum to 1 depend on each other,
    and the method needs independent inputs; so each dimension's input is a uniform U, and the
    weights are the ``-ln U`` divided by their sum, which is uniform on the simplex.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    base_samples : int
        A power of two. The ranks are computed ``base_samples * (dimensions + 4)`` times.
    seed : int
    resamples : int
        Bootstrap resamples behind the error.

    Returns
    -------
    DataFrame, index input: the dimensions, then ``medium_score`` and ``aggregation_power``
        ``first_order``, ``total`` (fractions of the variance of the output) and ``total_error``
        (half-width of a 95 % bootstrap interval of ``total``). ``attrs["output_mean"]`` is the mean
        shift in ranks, ``attrs["output_variance"]`` its variance. Where no choice moves any rank,
        the variance is 0 and so is every index.

    Raises
    ------
    ValueError
        base_samples not a power of two; unknown levels; a dimension named like another input.

    Notes
    -----
    First order after Saltelli et al. (2010), total after Jansen, as implemented in SALib.
    """
    base_samples = check.whole(base_samples, "base_samples", 1)
    resamples = check.whole(resamples, "resamples", 2)
    seed = check.whole(seed, "seed", 0)
    if base_samples & (base_samples - 1):
        lower = 2 ** (base_samples.bit_length() - 1)
        raise ValueError(
            f"base_samples is {base_samples}; the Sobol sequence is balanced only for powers of "
            f"two. Use {lower} or {2 * lower}."
        )
    numbers = level_numbers(table)
    inputs = [*map(str, table.columns), "medium_score", "aggregation_power"]
    if len(set(inputs)) < len(inputs):
        raise ValueError(f"Two inputs share a name: {inputs}. Rename the dimension.")
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    problem = {
        "num_vars": len(inputs),
        "names": inputs,
        "bounds": [(0.0, 1.0)] * table.shape[1] + [MEDIUM_SCORE_RANGE, POWER_RANGE],
    }
    sample = sampling.sample(problem, base_samples, calc_second_order=False, seed=seed)
    shift = _rank_shift(numbers, sample)
    result = pd.DataFrame(
        0.0, index=pd.Index(inputs, name="input"), columns=["first_order", "total", "total_error"]
    )
    result.attrs.update(output_mean=float(shift.mean()), output_variance=float(shift.var()))
    if result.attrs["output_variance"] > 0:
        # SALib takes a seed of 0 for no seed and would then draw from NumPy's global state.
        bootstrap_seed = int(np.random.default_rng(seed).integers(1, 2**31))
        with warnings.catch_warnings():
            # An input without effect is a finding here; SALib warns and gives it 0.
            warnings.filterwarnings("ignore", message="Constant values encountered")
            found = analysis.analyze(
                problem, shift, calc_second_order=False, num_resamples=resamples,
                seed=bootstrap_seed,
            )
        result["first_order"], result["total"] = found["S1"], found["ST"]
        result["total_error"] = found["ST_conf"]
    return result


def _rank_shift(numbers: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """Mean absolute rank shift from the baseline for each row of a Sobol sample: array (rows,)."""
    units, dimensions = numbers.shape
    baseline = competition_rank(numbers.mean(axis=1))
    high, medium = (numbers == 2).astype(float), (numbers == 1).astype(float)
    shifts = np.empty(len(sample))
    for rows in chunks(len(sample), units):
        part = sample[rows]
        # A sampled 0 or 1 would make a weight infinite, or all of them 0.
        uniform = np.clip(part[:, :dimensions], 1e-15, 1 - 1e-15)
        weights = -np.log(uniform)
        weights /= weights.sum(axis=1, keepdims=True)
        q = q_value(part[:, dimensions], part[:, dimensions + 1])
        totals = np.round(weights @ high.T + q[:, None] * (weights @ medium.T), TIE_DECIMALS)
        ranks = 1 + units_above(totals.T)
        shifts[rows] = np.abs(ranks - baseline[:, None]).sum(axis=0) / units
    return shifts
