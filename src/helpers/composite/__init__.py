"""Ordinal ratings to scores, ranks, dominance and robustness, without hidden choices.

A table of levels (units in rows, dimensions in columns, cells Low, Medium or High) fixes only
part of an order of its units. The rest is made by choices: the score of Medium, the mean, the
weights. The functions here keep the two apart. `dominance`, `hasse` and `linear_extensions` use
nothing but the levels; `rank_acceptability`, `pairwise_probability_exact`, `sobol_indices` and
others say how far a result rests on a choice.

Three rules hold throughout. Units with equal scores share the better rank, and no unit comes
before another because of its row. Weights are never rescaled silently. There are no tests of
significance, since a handful of rated units is not a sample of anything.
"""

from helpers.composite.acceptability import rank_acceptability
from helpers.composite.codings import CodingTurns, coding_turns, ranks_by_coding
from helpers.composite.columns import (
    JOINED,
    identical_columns,
    merge_identical_columns,
    merge_weights,
    reweighted,
)
from helpers.composite.correlations import rank_correlations
from helpers.composite.levels import EQUAL_STEPS, LEVELS, encode_levels, q_value
from helpers.composite.means import aggregate, utility
from helpers.composite.methods import borda, copeland, mazziotta_pareto, method_ranks, min_max
from helpers.composite.noise import RatingNoise, kept_exactly, rating_noise
from helpers.composite.order import (
    Dominance,
    dominance,
    extension_ranks,
    hasse,
    linear_extensions,
)
from helpers.composite.probability import (
    pairwise_probability_exact,
    pairwise_probability_mean,
    positive_probability,
)
from helpers.composite.ranks import competition_rank, mean_rank
from helpers.composite.robustness import leave_one_out, one_level_perturbation
from helpers.composite.sensitivity import MEDIUM_SCORE_RANGE, POWER_RANGE, sobol_indices
from helpers.composite.statements import CODINGS, pair_condition, pairwise_statements, percent

__all__ = [
    "CODINGS",
    "EQUAL_STEPS",
    "JOINED",
    "LEVELS",
    "MEDIUM_SCORE_RANGE",
    "POWER_RANGE",
    "CodingTurns",
    "Dominance",
    "RatingNoise",
    "aggregate",
    "borda",
    "coding_turns",
    "competition_rank",
    "copeland",
    "dominance",
    "encode_levels",
    "extension_ranks",
    "hasse",
    "identical_columns",
    "kept_exactly",
    "leave_one_out",
    "linear_extensions",
    "mazziotta_pareto",
    "mean_rank",
    "merge_identical_columns",
    "merge_weights",
    "method_ranks",
    "min_max",
    "one_level_perturbation",
    "pair_condition",
    "pairwise_probability_exact",
    "pairwise_probability_mean",
    "pairwise_statements",
    "percent",
    "positive_probability",
    "q_value",
    "rank_acceptability",
    "rank_correlations",
    "ranks_by_coding",
    "rating_noise",
    "sobol_indices",
    "reweighted",
    "utility",
]
