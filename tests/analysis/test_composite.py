"""Ordinal tables to ranks: limits and invariances first, then pinned values, then oracles."""

import itertools
import math
import tracemalloc
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import composite

LEVEL = {"L": "Low", "M": "Medium", "H": "High"}
DIMENSIONS = ["policies", "enterprises", "smes", "capital", "alliances"]
DRAWS = 40_000


def make_table(rows: dict[str, str], columns=None) -> pd.DataFrame:
    """Table of levels from one letter per cell."""
    width = len(next(iter(rows.values())))
    return pd.DataFrame(
        [[LEVEL[letter] for letter in letters] for letters in rows.values()],
        index=list(rows),
        columns=columns or [f"d{place}" for place in range(width)],
    )


TABLE = make_table(
    {"US": "HHHHH", "Germany": "HHHHH", "France": "MHMLL", "UK": "MLMLL", "Japan": "MMHMM",
     "South Korea": "LLHLL"},
    DIMENSIONS,
)


def within_error(found, expected, draws) -> bool:
    """Four standard errors; a rare event may be seen twice, an impossible one never."""
    expected = np.asarray(expected, dtype=float)
    spread = np.sqrt(np.maximum(expected * (1 - expected), 0) / draws)
    bound = np.where(spread > 1e-12, np.maximum(4 * spread, 2 / draws), 1e-12)
    return bool(np.all(np.abs(np.asarray(found) - expected) <= bound))


@st.composite
def tables(draw, most_units=6, most_dimensions=5):
    units = draw(st.integers(1, most_units))
    dimensions = draw(st.integers(1, most_dimensions))
    rows = draw(st.lists(st.text("LMH", min_size=dimensions, max_size=dimensions),
                         min_size=units, max_size=units))
    return make_table({f"u{place}": row for place, row in enumerate(rows)})


@st.composite
def weightings(draw, size):
    parts = draw(st.lists(st.integers(0, 20), min_size=size, max_size=size).filter(any))
    return np.array(parts) / sum(parts)


# --- inputs are refused, and the message says where -------------------------------------------


@pytest.mark.parametrize(
    ("cell", "said"),
    [("high", "'high' is not a level"), ("", "blank"), ("  ", "blank"), (None, "blank"),
     (float("nan"), "blank"), (pd.NA, "blank"), (3, "3 is not a level")],
)
def test_a_bad_cell_is_named(cell, said):
    table = TABLE.astype(object)
    table.loc["UK", "smes"] = cell
    for function in (composite.encode_levels, composite.dominance, composite.hasse,
                     composite.leave_one_out, composite.one_level_perturbation,
                     composite.pairwise_statements, composite.extension_ranks):
        with pytest.raises(ValueError, match=f"row 'UK', column 'smes': .*{said}"):
            function(table)


def test_repeated_names_are_refused():
    with pytest.raises(ValueError, match="'US' stands twice"):
        composite.dominance(pd.concat([TABLE, TABLE.head(1)]))
    with pytest.raises(ValueError, match="at least one cell"):
        composite.dominance(TABLE.head(0))


@pytest.mark.parametrize(
    "scores", [(1, 1, 3), (3, 2, 1), (1, 2), (1, 2, math.inf), (1, math.nan, 3)])
def test_scores_that_do_not_increase_are_refused(scores):
    with pytest.raises(ValueError, match="larger than the one before"):
        composite.encode_levels(TABLE, scores)


@pytest.mark.parametrize(
    ("weights", "said"),
    [([0.2] * 4 + [0.3], "add up to 1.1, not 1"), ([1] * 5, "add up to 5, not 1"),
     ([0.25] * 4, "for 5 dimensions"), ([-0.2, 0.6, 0.2, 0.2, 0.2], "zero or more"),
     ([math.nan] * 5, "zero or more"),
     (pd.Series([0.2] * 5, index=list("abcde")), "Give one weight for each dimension")],
)
def test_weights_are_refused_rather_than_rescaled(weights, said):
    with pytest.raises(ValueError, match=said):
        composite.aggregate(composite.encode_levels(TABLE), weights)
    with pytest.raises(ValueError, match=said):
        composite.leave_one_out(TABLE, weights=weights)


def test_means_that_do_not_exist_are_refused():
    for power in (0, -1):
        with pytest.raises(ValueError, match="needs scores above 0"):
            composite.aggregate(composite.encode_levels(TABLE, (0, 1, 2)), [0.2] * 5, power)
        with pytest.raises(ValueError, match="needs scores above 0"):
            composite.utility(composite.encode_levels(TABLE, (0, 1, 2)), power)
    with pytest.raises(ValueError, match="at least 0"):
        composite.aggregate([[-1.0, 2.0]], [0.5, 0.5], 2)
    with pytest.raises(ValueError, match="must be finite"):
        composite.aggregate([[1.0, 2.0]], [0.5, 0.5], math.inf)


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="position 1 is not a number"):
        composite.competition_rank([1.0, math.nan])
    with pytest.raises(ValueError, match="2 axes"):
        composite.competition_rank([[1.0], [2.0]])
    with pytest.raises(ValueError, match="row 0, column 1"):
        composite.rank_acceptability([[1.0, math.nan]], 10, 1)
    with pytest.raises(ValueError, match="encode_levels"):
        composite.rank_acceptability(TABLE, 10, 1)


@pytest.mark.parametrize(
    ("draws", "seed", "concentration", "said"),
    [(0, 1, 1, "draws is 0"), (True, 1, 1, "draws is True"), (10.5, 1, 1, "draws is 10.5"),
     (10, -1, 1, "seed is -1"), (10, 1, 0, "concentration is 0"), (10, 1, math.nan, "is nan")],
)
def test_simulation_settings_are_refused(draws, seed, concentration, said):
    with pytest.raises(ValueError, match=said):
        composite.rank_acceptability([[1.0]], draws, seed, concentration)


def test_linear_extensions_refuse_a_cycle_and_a_graph_too_large():
    import networkx

    with pytest.raises(ValueError, match="cycle"):
        composite.linear_extensions(networkx.DiGraph([("a", "b"), ("b", "a")]))
    with pytest.raises(ValueError, match="11 nodes"):
        composite.linear_extensions(networkx.empty_graph(11, networkx.DiGraph))


def test_exact_probability_refuses_what_it_cannot_answer():
    for q in (-0.01, 1.01, math.nan):
        with pytest.raises(ValueError, match="q"):
            composite.pairwise_probability_exact(["Low"], ["High"], q)
    with pytest.raises(ValueError, match="2 and 1 levels"):
        composite.pairwise_probability_exact(["Low", "High"], ["High"], 0.5)
    with pytest.raises(ValueError, match="row b, dimension 0"):
        composite.pairwise_probability_exact(["Low"], ["high"], 0.5)
    with pytest.raises(ValueError, match="other dimensions"):
        composite.pairwise_probability_exact(
            TABLE.loc["UK"], TABLE[DIMENSIONS[::-1]].loc["UK"], 0.5)
    with pytest.raises(ValueError, match="no coefficient"):
        composite.positive_probability([])
    with pytest.raises(ValueError, match="whole number"):
        composite.positive_probability([1], concentration=0.5)


def test_other_refusals():
    with pytest.raises(ValueError, match="one dimension"):
        composite.leave_one_out(TABLE[["smes"]])
    with pytest.raises(ValueError, match="'policies' carries all the weight"):
        composite.leave_one_out(TABLE, weights=[1, 0, 0, 0, 0])
    with pytest.raises(ValueError, match="named 'changed'"):
        composite.one_level_perturbation(TABLE.rename(index={"UK": "changed"}))
    with pytest.raises(ValueError, match="Use 64 or 128"):
        composite.sobol_indices(TABLE, 100, 1)
    with pytest.raises(ValueError, match="share a name"):
        composite.sobol_indices(TABLE.rename(columns={"smes": "medium_score"}), 8, 1)
    with pytest.raises(ValueError, match="rating_error is 1.1"):
        composite.rating_noise(TABLE, 1.1, 10, 1)
    for q in (0, 1):
        with pytest.raises(ValueError, match="between"):
            composite.pairwise_statements(TABLE, q)
    with pytest.raises(ValueError, match="from 1 to 3"):
        composite.mazziotta_pareto(composite.encode_levels(TABLE), 1, 2)
    for medium in (0.9, 3.1, math.nan):
        with pytest.raises(ValueError, match="between Low"):
            composite.q_value(medium, 1)


# --- limits ----------------------------------------------------------------------------------


def test_levels_become_their_scores():
    scores = composite.encode_levels(TABLE, (0, 0.25, 7))
    assert scores.loc["France"].tolist() == [0.25, 7, 0.25, 0, 0]
    assert list(scores.columns) == DIMENSIONS
    assert scores.to_numpy().dtype == np.float64
    assert TABLE.loc["France", "policies"] == "Medium"


@given(st.lists(st.floats(0.01, 100), min_size=2, max_size=6), st.data())
@settings(max_examples=50)
def test_power_means_lie_between_the_extremes_and_grow_with_the_power(row, data):
    weights = data.draw(weightings(len(row)))
    powers = [-40, -2, -1, -1e-3, -1e-12, 0, 1e-12, 1e-3, 0.5, 1, 2, 40]
    means = [composite.aggregate([row], weights, power)[0] for power in powers]
    slack = 1e-9 * max(row)
    assert all(after >= before - slack for before, after in itertools.pairwise(means))
    used = np.array(row)[weights > 0]
    assert used.min() - slack <= means[0]
    assert means[-1] <= used.max() + slack
    # The mean is continuous at power 0, where the textbook form loses every digit.
    assert means[4] == pytest.approx(means[5], rel=1e-9) == pytest.approx(means[6], rel=1e-9)


@pytest.mark.parametrize("power", [1e-323, -1e-200, 1e-13, -1e-9])
def test_powers_near_zero_rank_as_the_geometric_mean(power):
    scores = composite.encode_levels(TABLE)
    geometric = composite.aggregate(scores, [0.2] * 5, 0)
    assert np.allclose(composite.aggregate(scores, [0.2] * 5, power), geometric, rtol=1e-8)
    assert np.allclose(composite.utility(scores, power), np.log(scores), rtol=0, atol=1e-8)
    shares = composite.rank_acceptability(composite.utility(scores, power), 2000, 1)
    expected = composite.rank_acceptability(composite.utility(scores, 0), 2000, 1)
    pd.testing.assert_frame_equal(shares, expected)


def test_a_small_leading_weight_costs_no_digits():
    """The highest score weighs next to nothing, and the power is large."""
    found = composite.aggregate([[100.0, 1.0]], [1e-12, 1 - 1e-12], 5)[0]
    exact = (Fraction(1e-12) * 100**5 + Fraction(1 - 1e-12)) ** Fraction(1, 5)
    assert found == pytest.approx(float(exact), rel=1e-14)
    assert composite.aggregate([[100.0, 1.0]], [0, 1], 300)[0] == 1
    assert composite.aggregate([[100.0, 1e-300]], [1, 0], -2)[0] == 100


def test_means_of_known_numbers():
    row, weights = [[1.0, 2.0, 3.0]], [0.5, 0.25, 0.25]
    assert composite.aggregate(row, weights)[0] == 1.75
    assert composite.aggregate(row, weights, 0)[0] == pytest.approx(6**0.25, rel=1e-15)
    assert composite.aggregate(row, weights, -1)[0] == pytest.approx(1 / (0.5 + 0.125 + 1 / 12))
    assert composite.aggregate(row, weights, 2)[0] == pytest.approx(math.sqrt(3.75))
    assert composite.aggregate([[0.0, 0.0]], [0.5, 0.5], 2)[0] == 0
    assert composite.aggregate([[0.0, 4.0]], [0.5, 0.5], 0.5)[0] == pytest.approx(1)


def test_weights_with_names_find_their_dimension():
    scores = composite.encode_levels(TABLE)
    weights = pd.Series([0.5, 0.3, 0.2, 0, 0], index=DIMENSIONS)
    pd.testing.assert_series_equal(
        composite.aggregate(scores, weights[::-1]), composite.aggregate(scores, weights)
    )


@pytest.mark.parametrize(
    ("scores", "ranks"),
    [([], []), ([5], [1]), ([3, 3, 1], [1, 1, 3]), ([1, 2, 2, 3], [4, 2, 2, 1]),
     ([0.1 + 0.2, 0.3], [1, 1]), ([1, 1 + 1e-11], [2, 1]), ([1e300, 2e300], [2, 1]),
     ([-0.0, 0.0], [1, 1]), ([-math.inf, 0, math.inf], [3, 2, 1])],
)
def test_competition_ranks(scores, ranks):
    found = composite.competition_rank(scores)
    assert found.tolist() == ranks
    assert found.dtype.kind == "i"


@given(tables(), st.data())
@settings(max_examples=30)
def test_equal_rows_always_tie(table, data):
    table = pd.concat([table, table.iloc[[0]].rename(index={"u0": "twin"})])
    power = data.draw(st.sampled_from([-2, -1, -0.3, 0, 0.7, 1, 2]))
    medium = data.draw(st.floats(1.05, 2.95))
    weights = data.draw(weightings(table.shape[1]))
    scores = composite.encode_levels(table, (1, medium, 3))
    ranks = pd.Series(
        composite.competition_rank(composite.aggregate(scores, weights, power)), table.index)
    assert ranks["u0"] == ranks["twin"]
    shares = composite.rank_acceptability(composite.utility(scores, power), 50, 3, 0.3)
    assert shares.loc["u0"].tolist() == shares.loc["twin"].tolist()
    assert ("u0", "twin") in composite.dominance(table).ties
    by_method = composite.method_ranks(table)
    assert by_method.loc["u0"].equals(by_method.loc["twin"])
    changed = composite.one_level_perturbation(table)
    untouched = changed[~changed["unit"].isin(["u0", "twin"])]
    assert (untouched["u0"] == untouched["twin"]).all()


@pytest.mark.parametrize("q", [0, 0.3, 1])
def test_identical_rows_are_above_each_other_in_no_weighting(q):
    assert composite.pairwise_probability_exact(TABLE.loc["US"], TABLE.loc["Germany"], q) == 0
    assert composite.pairwise_probability_exact(TABLE.loc["Germany"], TABLE.loc["US"], q) == 0


def test_a_coding_that_merges_two_levels_makes_ties():
    assert composite.pairwise_probability_exact(["Medium"], ["Low"], 0) == 0
    assert composite.pairwise_probability_exact(["Medium"], ["Low"], 1e-300) == 1
    assert composite.pairwise_probability_exact(["High"], ["Medium"], 1) == 0


# --- invariances -----------------------------------------------------------------------------


@given(tables(), st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_the_order_of_rows_and_columns_does_not_matter(table, random):
    units, columns = list(table.index), list(table.columns)
    random.shuffle(units)
    random.shuffle(columns)
    other = table.loc[units, columns]

    def as_sets(found):
        return (set(found.pairs), set(map(frozenset, found.ties)),
                set(map(frozenset, found.incomparable)))

    assert as_sets(composite.dominance(table)) == as_sets(composite.dominance(other))
    same = pd.testing.assert_frame_equal
    same(composite.extension_ranks(table), composite.extension_ranks(other).loc[table.index])
    same(composite.method_ranks(table), composite.method_ranks(other).loc[table.index])
    if len(columns) > 1:
        same(composite.leave_one_out(table),
             composite.leave_one_out(other).loc[list(table.columns), table.index],
             check_names=False)
    key = ["unit", "dimension", "step"]
    first = composite.one_level_perturbation(table).sort_values(key).reset_index(drop=True)
    second = composite.one_level_perturbation(other).sort_values(key).reset_index(drop=True)
    same(first, second[first.columns])
    kinds = [
        {(frozenset((row.unit, row.other)), row.kind) for row in
         composite.pairwise_statements(one).itertuples()}
        for one in (table, other)
    ]
    assert kinds[0] == kinds[1]
    # With the columns in place the same weightings are drawn, so shares agree to the last draw.
    scores = composite.encode_levels(table)
    same(composite.rank_acceptability(scores, 500, 5),
         composite.rank_acceptability(scores.loc[units], 500, 5).loc[table.index])


def test_the_order_of_columns_moves_no_share_beyond_its_error():
    scores = composite.encode_levels(TABLE)
    first = composite.rank_acceptability(scores, DRAWS, 1)
    second = composite.rank_acceptability(scores[DIMENSIONS[::-1]], DRAWS, 2)
    assert within_error(first, exact_acceptability(0.5), DRAWS)
    assert within_error(second, exact_acceptability(0.5), DRAWS)


@given(tables(), st.floats(0.05, 0.95), st.floats(0.01, 1000), st.floats(-50, 50))
@settings(max_examples=30)
def test_only_the_place_of_medium_matters_for_sampled_ranks(table, q, scale, shift):
    """Weighted sums rank the same under any coding with the same q."""
    first = composite.rank_acceptability(composite.encode_levels(table, (0, q, 1)), 300, 5)
    second = composite.rank_acceptability(
        composite.encode_levels(table, (shift, shift + q * scale, shift + scale)), 300, 5)
    assert np.abs(first - second).to_numpy().max() <= 2 / 300


@given(tables(), st.floats(1.05, 2.95), st.floats(-2, 2), st.data())
@settings(max_examples=40)
def test_coding_and_power_enter_through_q_alone(table, medium, power, data):
    weights = data.draw(weightings(table.shape[1]))
    mean = composite.aggregate(composite.encode_levels(table, (1, medium, 3)), weights, power)
    q = composite.q_value(medium, power)
    simple = composite.aggregate(composite.encode_levels(table, (0, q, 1)), weights)
    for one, other in itertools.combinations(table.index, 2):
        gap = simple[one] - simple[other]
        if abs(gap) > 1e-9:
            assert np.sign(mean[one] - mean[other]) == np.sign(gap)


@given(tables(), st.floats(1.05, 2.95), st.floats(-2, 2), st.data())
@settings(max_examples=40)
def test_dominance_holds_under_every_coding_and_weighting(table, medium, power, data):
    weights = data.draw(weightings(table.shape[1]))
    mean = composite.aggregate(composite.encode_levels(table, (1, medium, 3)), weights, power)
    found = composite.dominance(table)
    for better, worse in found.pairs:
        assert mean[better] >= mean[worse] - 1e-12
        assert weights.min() == 0 or mean[better] > mean[worse]
        row_a, row_b = table.loc[better], table.loc[worse]
        assert composite.pairwise_probability_exact(row_a, row_b, 0.5) == 1
        assert composite.pairwise_probability_exact(row_b, row_a, 0.5) == 0
    pairs = math.comb(len(table), 2)
    assert len(found.pairs) + len(found.ties) + len(found.incomparable) == pairs


@pytest.mark.slow
@given(tables())
@settings(max_examples=40)
def test_the_diagram_loses_nothing_and_agrees_with_every_extension(table):
    import networkx

    graph = composite.hasse(table)
    closure = networkx.transitive_closure(graph)
    members = networkx.get_node_attributes(graph, "members")
    above = {(a, b) for one, other in closure.edges
             for a in members[one] for b in members[other]}
    assert above == set(composite.dominance(table).pairs)
    assert networkx.transitive_reduction(graph).edges == graph.edges
    found = composite.linear_extensions(graph)
    assert len(set(found)) == len(found)
    assert set(found) == set(map(tuple, networkx.all_topological_sorts(graph)))
    shares = composite.extension_ranks(table)
    assert shares.attrs["linear_extensions"] == len(found)
    assert np.allclose(shares.sum(axis=1), 1)
    listed = pd.DataFrame(0.0, shares.index, shares.columns)
    for order in found:
        rank = 1
        for node in order:
            listed.loc[list(members[node]), rank] += 1 / len(found)
            rank += len(members[node])
    pd.testing.assert_frame_equal(listed, shares, check_dtype=False)


def test_extremes_of_dominance():
    chain = make_table({"a": "HH", "b": "HM", "c": "ML", "d": "LL"})
    assert composite.linear_extensions(composite.hasse(chain)) == [("a", "b", "c", "d")]
    antichain = make_table({"a": "HML", "b": "MLH", "c": "LHM"})
    assert len(composite.linear_extensions(composite.hasse(antichain))) == 6
    assert composite.mean_rank(composite.extension_ranks(antichain)).tolist() == [2, 2, 2]
    equal = make_table({"a": "HM", "b": "HM"})
    assert composite.linear_extensions(composite.hasse(equal)) == [("a = b",)]
    assert composite.mean_rank(composite.extension_ranks(equal)).tolist() == [1, 1]


# --- q ---------------------------------------------------------------------------------------


def test_q_of_the_three_means():
    assert composite.q_value(2, 1) == 0.5
    assert composite.q_value(2, 0) == pytest.approx(math.log(2) / math.log(3), rel=1e-15)
    assert composite.q_value(2, -1) == pytest.approx(0.75, rel=1e-15)
    assert composite.q_value(2, 2) == pytest.approx(3 / 8, rel=1e-15)


def test_q_at_its_limits():
    powers = np.linspace(-2, 2, 41)
    assert np.all(composite.q_value(1, powers) == 0)
    assert np.allclose(composite.q_value(3, powers), 1, rtol=0, atol=1e-15)
    at_zero = composite.q_value(2, 0)
    for tiny in (1e-3, 1e-9, 1e-15, 1e-200):
        for sign in (1, -1):
            assert composite.q_value(2, sign * tiny) == pytest.approx(at_zero, abs=tiny + 1e-15)
    assert composite.q_value(2, 1e5) == 0
    assert composite.q_value(2, -1e5) == 1
    assert np.all(np.diff(composite.q_value(2, powers)) < 0)
    assert composite.q_value([1.5, 2], [[1], [0]]).shape == (2, 2)


# --- exact probabilities ----------------------------------------------------------------------

CODINGS = [0.0, 0.05, 0.25, 1 / 3, 0.5, math.log(2) / math.log(3), 0.75, 0.95, 1 - 1e-12, 1.0]


@pytest.mark.parametrize("q", CODINGS)
def test_exact_probabilities_of_the_open_pairs(q):
    def found(a, b, table=TABLE):
        return composite.pairwise_probability_exact(table.loc[a], table.loc[b], q)

    assert found("Japan", "France") == pytest.approx(1 - (1 - q) ** 2 / 2, rel=1e-14)
    assert found("France", "South Korea") == pytest.approx(1 - (1 - q) ** 2 / (2 - q), rel=1e-14)
    assert found("UK", "South Korea") == pytest.approx(q, rel=1e-14)
    merged = composite.merge_identical_columns(TABLE)
    assert found("Japan", "France", merged) == pytest.approx(1 - (1 - q) / 2, rel=1e-14)
    assert found("France", "South Korea", merged) == pytest.approx(
        1 - (1 - q) ** 2 / (2 - q), rel=1e-14)
    assert found("UK", "South Korea", merged) == pytest.approx(q, rel=1e-14)


def test_probabilities_averaged_over_codings():
    def mean(a, b):
        return composite.pairwise_probability_mean(TABLE.loc[a], TABLE.loc[b])

    assert mean("Japan", "France") == pytest.approx(5 / 6, rel=1e-13)
    assert mean("France", "South Korea") == pytest.approx(1.5 - math.log(2), rel=1e-13)
    assert mean("UK", "South Korea") == pytest.approx(1 / 2, rel=1e-13)
    assert mean("US", "UK") == pytest.approx(1, rel=1e-13)
    assert mean("US", "Germany") == 0


coefficients = st.lists(st.fractions(-3, 3, max_denominator=12), min_size=1, max_size=7)


@given(coefficients, st.randoms(use_true_random=False), st.fractions(Fraction(1, 9), 9))
@settings(max_examples=100)
def test_exact_probability_is_a_probability(row, random, factor):
    found = composite.positive_probability(row)
    assert 0 <= found <= 1
    negative = composite.positive_probability([-value for value in row])
    assert found + negative == (1 if any(row) else 0)
    assert composite.positive_probability([factor * value for value in row]) == found
    shuffled = list(row)
    random.shuffle(shuffled)
    assert composite.positive_probability(shuffled) == found
    raised = [row[0] + 1, *row[1:]]
    assert composite.positive_probability(raised) >= found


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=7, unique=True))
@settings(max_examples=40)
def test_exact_probability_against_the_sum_over_distinct_nodes(row):
    power = len(row) - 1
    expected = sum(
        Fraction(max(node, 0) ** power, math.prod(node - other for other in row if other != node))
        for node in row
    )
    assert composite.positive_probability(row) == expected


def test_near_equal_nodes_lose_no_digit():
    """In floating point the divided difference of these nodes has no correct digit."""
    gap = 1e-13
    near = composite.positive_probability([0.5, 0.5 + gap, 0.5 - gap, 0.5 + 2 * gap, -0.5, -1.0])
    equal = composite.positive_probability([0.5, 0.5, 0.5, 0.5, -0.5, -1.0])
    assert abs(float(near) - float(equal)) < 1e-12
    assert 0 < equal < 1
    q = 0.5 + 2**-52
    assert composite.pairwise_probability_exact(
        TABLE.loc["Japan"], TABLE.loc["France"], q) == pytest.approx(0.875, abs=1e-15)


@pytest.mark.parametrize("concentration", [1, 2, 3])
def test_simulation_against_exact_for_whole_concentrations(concentration):
    """Two units only, so the share at rank 1 is the probability of the pair."""
    generator = np.random.default_rng(concentration)
    for _ in range(4):
        scores = generator.integers(0, 6, size=(2, 5)).astype(float)
        gap = (scores[0] - scores[1]).astype(int).tolist()
        exact = float(composite.positive_probability(gap, concentration))
        shares = composite.rank_acceptability(scores, DRAWS, 11, concentration)
        assert within_error(shares.iloc[0, 0], exact, DRAWS)
        assert within_error(shares.iloc[1, 0], 1 - exact, DRAWS)


# --- rank acceptability ------------------------------------------------------------------------


def exact_acceptability(q: float) -> pd.DataFrame:
    """All shares of Table 1, from the three open pairs and the order of the rest."""
    france_above_japan = (1 - q) ** 2 / 2
    korea_above_france = (1 - q) ** 2 / (2 - q)
    rows = {
        "US": [1, 0, 0, 0, 0, 0],
        "Germany": [1, 0, 0, 0, 0, 0],
        # France above Japan puts it above South Korea too; South Korea above it leaves it fifth.
        "France": [0, 0, france_above_japan, 1 - france_above_japan - korea_above_france,
                   korea_above_france, 0],
        "UK": [0, 0, 0, 0, q, 1 - q],
        "Japan": [0, 0, 1 - france_above_japan, france_above_japan, 0, 0],
        "South Korea": [0, 0, 0, korea_above_france, 1 - q - korea_above_france, q],
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=range(1, 7))


@pytest.mark.parametrize(("medium", "power"), [(2, 1), (2, 0), (2, -1), (1.2, 1), (2.8, 2)])
def test_rank_acceptability_against_exact_shares(medium, power):
    scores = composite.utility(composite.encode_levels(TABLE, (1, medium, 3)), power)
    shares = composite.rank_acceptability(scores, DRAWS, 20190)
    exact = exact_acceptability(composite.q_value(medium, power))
    assert within_error(shares, exact, DRAWS), shares - exact
    assert list(shares.index) == list(TABLE.index)
    assert list(shares.columns) == [1, 2, 3, 4, 5, 6]


def test_merged_columns_change_the_first_pair_only():
    merged = composite.encode_levels(composite.merge_identical_columns(TABLE))
    shares = composite.rank_acceptability(merged, DRAWS, 4)
    assert within_error(shares.loc["Japan", 3], 0.75, DRAWS)
    assert within_error(shares.loc["UK", 5], 0.5, DRAWS)


@given(tables(), st.sampled_from([0.2, 1, 7.5]))
@settings(max_examples=40)
def test_shares_by_rank_sum_to_one_and_respect_dominance(table, concentration):
    shares = composite.rank_acceptability(composite.encode_levels(table), 400, 9, concentration)
    assert np.allclose(shares.sum(axis=1), 1, rtol=0, atol=1e-12)
    assert shares.to_numpy().min() >= 0
    at_most = shares.cumsum(axis=1)
    for better, worse in composite.dominance(table).pairs:
        assert (at_most.loc[better] >= at_most.loc[worse] - 1e-12).all()
        assert composite.mean_rank(shares)[better] < composite.mean_rank(shares)[worse]


def test_a_high_concentration_gives_the_ranks_of_equal_weights():
    scores = make_table({"a": "HHL", "b": "LMH", "c": "MLM"})
    shares = composite.rank_acceptability(composite.encode_levels(scores), 2000, 1, 1e6)
    assert shares.to_numpy().tolist() == np.eye(3).tolist()


def test_a_low_concentration_makes_no_ties_of_strict_orders():
    """Normalised and rounded, a tiny weight would vanish and tie France with the UK."""
    shares = composite.rank_acceptability(composite.encode_levels(TABLE), DRAWS, 1, 0.2)
    assert shares.loc["UK", [1, 2, 3, 4]].sum() == 0
    assert shares.loc[["UK", "South Korea"], 6].sum() == pytest.approx(1)


def test_more_units_than_one_byte_counts():
    scores = np.arange(300.0)[:, None] // 2 * [[1.0, 1.0]]
    scores[0] = [400, -1]
    shares = composite.rank_acceptability(scores, 600, 1)
    assert np.allclose(shares.sum(axis=1), 1)
    assert shares.loc[1, [298, 299, 300]].sum() == pytest.approx(1)
    counted = plain_count(scores, 600, 1)
    assert within_error(shares.to_numpy()[-1], counted[-1], 100)


def plain_count(scores, draws, seed):
    weights = np.random.default_rng(seed).dirichlet(np.ones(scores.shape[1]), draws)
    totals = np.round(weights @ np.asarray(scores).T, 12)
    ranks = (totals[:, None, :] > totals[:, :, None]).sum(axis=2)
    return np.stack([(ranks == rank).mean(axis=0) for rank in range(len(scores))], axis=1)


def test_rank_acceptability_against_a_plain_count():
    generator = np.random.default_rng(8)
    for _ in range(3):
        scores = generator.integers(0, 4, size=(7, 4)).astype(float)
        found = composite.rank_acceptability(scores, DRAWS, 1).to_numpy()
        plain = plain_count(scores, DRAWS, 2)
        # Both are estimates: the half draw keeps the bound above zero for shares never seen.
        middle = (found + plain) / 2
        bound = 4 * np.sqrt(2 * middle * (1 - middle) / DRAWS) + 8 / DRAWS
        assert (np.abs(found - plain) <= bound).all()


def test_the_same_seed_gives_the_same_shares_and_leaves_the_input_alone():
    scores = composite.encode_levels(TABLE)
    before = scores.copy()
    state = str(np.random.get_state())  # noqa: NPY002  (the state that must not be touched)
    first = composite.rank_acceptability(scores, 5000, 7)
    pd.testing.assert_frame_equal(first, composite.rank_acceptability(scores, 5000, 7))
    assert not first.equals(composite.rank_acceptability(scores, 5000, 8))
    composite.sobol_indices(TABLE, 8, 0)
    composite.rating_noise(TABLE, 0.1, 100, 0)
    pd.testing.assert_frame_equal(scores, before)
    assert str(np.random.get_state()) == state  # noqa: NPY002


@pytest.mark.parametrize("simulate", ["weights", "ratings"])
def test_memory_does_not_grow_with_the_draws(simulate):
    scores = composite.encode_levels(TABLE)
    peaks = []
    for draws in (100_000, 400_000):
        tracemalloc.start()
        if simulate == "weights":
            composite.rank_acceptability(scores, draws, 1)
        else:
            composite.rating_noise(TABLE, 0.1, draws, 1)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
    assert peaks[1] < 6e6


# --- Table 1 -----------------------------------------------------------------------------------


def test_dominance_in_table_one():
    found = composite.dominance(TABLE)
    assert len(found.pairs) == 11
    assert found.ties == [("US", "Germany")]
    assert found.incomparable == [("France", "Japan"), ("France", "South Korea"),
                                  ("UK", "South Korea")]
    assert set(found.pairs) == {
        *itertools.product(["US", "Germany"], ["France", "UK", "Japan", "South Korea"]),
        ("France", "UK"), ("Japan", "UK"), ("Japan", "South Korea"),
    }


def test_diagram_and_linear_extensions_of_table_one():
    graph = composite.hasse(TABLE)
    assert set(graph.edges) == {
        ("US = Germany", "France"), ("US = Germany", "Japan"), ("France", "UK"), ("Japan", "UK"),
        ("Japan", "South Korea"),
    }
    assert graph.nodes["US = Germany"]["members"] == ("US", "Germany")
    extensions = composite.linear_extensions(graph)
    assert len(extensions) == 5
    assert all(order[0] == "US = Germany" for order in extensions)
    means = composite.mean_rank(composite.extension_ranks(TABLE))
    assert means.round(12).to_dict() == {
        "US": 1, "Germany": 1, "France": 3.8, "UK": 5.6, "Japan": 3.4, "South Korea": 5.2}


def test_equal_columns_of_table_one():
    assert composite.identical_columns(TABLE) == [("capital", "alliances")]
    merged = composite.merge_identical_columns(TABLE)
    assert list(merged.columns) == [*DIMENSIONS[:3], "capital = alliances"]
    assert merged.iloc[:, 3].tolist() == TABLE["capital"].tolist()
    weights = composite.merge_weights(TABLE, [0.1, 0.2, 0.3, 0.15, 0.25])
    assert weights.index.equals(merged.columns)
    assert weights.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])
    # Merging with summed weights is a matter of presentation: no score moves.
    pd.testing.assert_series_equal(
        composite.aggregate(composite.encode_levels(merged), weights, -1),
        composite.aggregate(composite.encode_levels(TABLE), [0.1, 0.2, 0.3, 0.15, 0.25], -1),
    )
    assert composite.identical_columns(merged) == []
    assert composite.merge_identical_columns(merged).equals(merged)
    assert list(TABLE.columns) == DIMENSIONS


def test_baseline_and_leave_one_out_of_table_one():
    scores = composite.encode_levels(TABLE)
    means = composite.aggregate(scores, [0.2] * 5)
    assert means.round(12).tolist() == [3, 3, 1.8, 1.4, 2.2, 1.4]
    assert composite.competition_rank(means).tolist() == [1, 1, 4, 5, 3, 5]
    found = composite.leave_one_out(TABLE)
    assert list(found.index) == DIMENSIONS
    assert list(found.columns) == list(TABLE.index)
    assert found.to_numpy().tolist() == [
        [1, 1, 4, 6, 3, 5], [1, 1, 4, 4, 3, 4], [1, 1, 4, 5, 3, 6], [1, 1, 4, 5, 3, 5],
        [1, 1, 4, 5, 3, 5]]


def test_leaving_out_equals_a_weight_of_zero():
    weights = pd.Series([0.05, 0.05, 0.6, 0.2, 0.1], index=DIMENSIONS)
    found = composite.leave_one_out(TABLE, weights=weights, power=0)
    assert found.loc["alliances", "South Korea"] < found.loc["alliances", "France"]
    for dropped in DIMENSIONS:
        rest = weights.where(weights.index != dropped, 0)
        means = composite.aggregate(composite.encode_levels(TABLE), rest / rest.sum(), 0)
        assert found.loc[dropped].tolist() == composite.competition_rank(means).tolist()


def test_one_level_changes_of_table_one():
    found = composite.one_level_perturbation(TABLE)
    assert len(found) == 38
    assert found["reversals"].sum() == 0
    assert found["changed"].sum() == 22
    assert (found["ties_broken"] > 0).sum() == 22
    assert found["ties_made"].sum() == 0
    assert list(found.columns) == ["unit", "dimension", "step", *TABLE.index, "changed",
                                   "reversals", "ties_made", "ties_broken"]
    # France above Japan is never reached by one step; the two are two steps apart.
    assert (found["France"] > found["Japan"]).all()


@given(tables(most_units=4, most_dimensions=3), st.sampled_from([1, 0, -1.5]))
@settings(max_examples=30)
def test_one_level_changes_against_changing_the_table(table, power):
    found = composite.one_level_perturbation(table, power=power)
    levels = list(LEVEL.values())
    assert len(found) == table.size + (table == "Medium").to_numpy().sum()
    share = np.full(table.shape[1], 1 / table.shape[1])

    def ranks(of):
        means = composite.aggregate(composite.encode_levels(of), share, power)
        return composite.competition_rank(means)

    before = ranks(table)
    for row in found.to_dict("records"):
        other = table.copy()
        old = table.loc[row["unit"], row["dimension"]]
        other.loc[row["unit"], row["dimension"]] = levels[levels.index(old) + row["step"]]
        after = ranks(other)
        assert [row[unit] for unit in table.index] == after.tolist()
        pairs = list(itertools.combinations(range(len(table)), 2))
        turned = sum((before[a] - before[b]) * (after[a] - after[b]) < 0 for a, b in pairs)
        assert row["reversals"] == turned
        assert row["changed"] == (before != after).any()
        made = sum(after[a] == after[b] and before[a] != before[b] for a, b in pairs)
        assert row["ties_made"] == made


def test_statements_on_table_one():
    found = composite.pairwise_statements(TABLE)
    assert len(found) == 15
    assert found["kind"].value_counts().to_dict() == {
        "always": 11, "share": 2, "tie": 1, "not ordered": 1}
    named = found.set_index(["unit", "other"])
    japan = named.loc[("Japan", "France")]
    assert (japan["kind"], japan["share"]) == ("share", 0.875)
    assert japan["statement"] == "Japan is above France in 88 % of weightings (q = 0.5)."
    assert japan["condition"] == "(1-q)*(smes - enterprises) + q*(capital + alliances) > 0"
    france = named.loc[("France", "South Korea")]
    assert france["share"] == pytest.approx(1 - 0.25 / 1.5)
    assert france["condition"] == "enterprises + q*policies - (1-q)*smes > 0"
    uk = named.loc[("UK", "South Korea")]
    assert (uk["kind"], uk["share"]) == ("not ordered", 0.5)
    assert uk["condition"] == "q*policies - (1-q)*smes > 0"
    assert uk["share_lowest"] == pytest.approx(0, abs=1e-8)
    assert uk["share_highest"] == pytest.approx(1, abs=1e-8)
    assert "cannot be ordered without a choice" in uk["statement"]
    assert named.loc[("US", "Germany"), "kind"] == "tie"
    # A coding that favours the UK gives it a larger share, and still no order.
    assert composite.pairwise_statements(TABLE, 0.9)["kind"].tolist() == found["kind"].tolist()


@given(tables(most_units=4), st.floats(0.01, 0.99))
@settings(max_examples=25)
def test_statements_agree_with_dominance_and_exact_shares(table, q):
    found = composite.pairwise_statements(table, q)
    order = composite.dominance(table)
    of_kind = {kind: list(zip(rows["unit"], rows["other"], strict=True))
               for kind, rows in found.groupby("kind")}
    assert set(of_kind.get("always", [])) == set(order.pairs)
    assert of_kind.get("tie", []) == order.ties
    for row in found.itertuples():
        exact = composite.pairwise_probability_exact(
            table.loc[row.unit], table.loc[row.other], q)
        assert row.share == pytest.approx(exact, abs=1e-15)
        assert row.share_lowest <= row.share <= row.share_highest
        assert row.kind != "share" or row.share_lowest > 0.5
        assert row.kind != "not ordered" or row.share_lowest <= 0.5 <= row.share_highest


@given(tables(), st.floats(0.01, 0.99), st.data())
@settings(max_examples=40)
def test_conditions_say_what_the_scores_say(table, q, data):
    weights = data.draw(weightings(table.shape[1]))
    means = composite.aggregate(composite.encode_levels(table, (0, q, 1)), weights)
    names = dict(zip(table.columns, weights, strict=True))
    for one, other in itertools.permutations(table.index, 2):
        text = composite.pair_condition(table.loc[one], table.loc[other])
        gap = means[one] - means[other]
        value = eval(text.removesuffix(" > 0"), {"q": q, **names})
        assert value == pytest.approx(gap, abs=1e-12)


def test_a_merged_name_is_bracketed_in_a_condition():
    merged = composite.merge_identical_columns(TABLE)
    text = composite.pair_condition(merged.loc["Japan"], merged.loc["France"])
    assert text == "(1-q)*(smes - enterprises) + q*[capital = alliances] > 0"
    assert composite.pair_condition(merged.loc["US"], merged.loc["US"]) == "0 > 0"
    assert composite.pair_condition(merged.loc["UK"], merged.loc["France"]) == "-enterprises > 0"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (1, "100 %"), (0.004, "less than 1 %"), (0.996, "more than 99 %"),
     (0.125, "13 %"), (0.135, "14 %"), (0.875, "88 %"), (5 / 6, "83 %"), (0.5, "50 %")],
)
def test_percentages_never_round_to_certainty(share, text):
    assert composite.percent(share) == text


# --- where the coding turns ranks --------------------------------------------------------------


def ranks_at(table, q, weights):
    """Competition ranks under one coding, from the scores themselves."""
    return composite.competition_rank(
        composite.aggregate(composite.encode_levels(table, (0, q, 1)), weights)).tolist()


@given(tables(), st.data())
@settings(max_examples=60)
def test_ranks_turn_where_turns_are_given_and_nowhere_else(table, data):
    weights = data.draw(weightings(table.shape[1]))
    found = composite.coding_turns(table, weights)
    assert list(found.q_values) == sorted(set(found.q_values))
    assert all(0 < q < 1 for q in found.q_values)
    assert found.ranks.index.equals(table.index) and found.ranks.shape[1] == len(found.q_values) + 1
    assert found.edges == [0, *found.q_values, 1]
    for q in np.linspace(0.0013, 0.9987, 41):
        if all(abs(q - turn) > 1e-6 for turn in found.q_values):
            span = sum(turn < q for turn in found.q_values)
            assert found.ranks.iloc[:, span].tolist() == ranks_at(table, q, weights)
    for place, turn in enumerate(found.q_values):
        before, after = found.ranks.iloc[:, place], found.ranks.iloc[:, place + 1]
        assert (before != after).any()
        at_turn = composite.encode_levels(table, (0, turn, 1))
        scores = composite.aggregate(at_turn, weights)
        # Some pair that changes places is equal at the turn, but for the rounding of the turn.
        assert any(
            np.sign(before[one] - before[other]) == -np.sign(after[one] - after[other]) != 0
            and abs(scores[one] - scores[other]) < 1e-8
            for one, other in itertools.combinations(table.index, 2))


@given(tables(), st.data())
@settings(max_examples=40)
def test_turns_in_exact_fractions(table, data):
    """Every crossing of two exact lines, found anew from whole weights."""
    parts = data.draw(st.lists(st.integers(0, 20), min_size=table.shape[1],
                               max_size=table.shape[1]).filter(any))
    lines = {unit: [sum(part for part, cell in zip(parts, row, strict=True) if cell == level)
                    for level in ("Medium", "High")] for unit, row in table.iterrows()}
    expected = {
        Fraction(high_b - high_a, medium_a - medium_b)
        for (medium_a, high_a), (medium_b, high_b) in itertools.combinations(lines.values(), 2)
        if medium_a != medium_b}
    expected = sorted(turn for turn in expected if 0 < turn < 1)
    found = composite.coding_turns(table, np.array(parts) / sum(parts))
    assert list(found.q_values) == pytest.approx([float(turn) for turn in expected], abs=1e-9)


@given(tables(), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_of_rows_moves_no_turn(table, random):
    order = list(table.index)
    random.shuffle(order)
    first, second = composite.coding_turns(table), composite.coding_turns(table.loc[order])
    assert first.q_values == second.q_values
    pd.testing.assert_frame_equal(first.ranks.loc[order], second.ranks)


def test_turns_of_table_one():
    found = composite.coding_turns(TABLE)
    assert found.q_values == (0.5,) and found.moving == ["UK", "South Korea"]
    assert list(found.ranks.columns) == ["0.000 to 0.500", "0.500 to 1.000"]
    assert found.ranks.loc["UK"].tolist() == [6, 5]
    # Equal columns may be counted as one without moving a turn.
    merged = composite.merge_identical_columns(TABLE)
    weights = composite.merge_weights(TABLE, [0.2] * 5)
    assert composite.coding_turns(merged, weights).q_values == found.q_values


def test_one_dimension_alone_turns_nothing():
    found = composite.coding_turns(TABLE, [0, 0, 0, 1, 0])
    assert found.q_values == () and found.moving == []


def test_ranks_by_coding_follow_q_alone():
    grid = composite.ranks_by_coding(TABLE, [2, 1.5, 2.0, 2.5], [1, 0, -1, 1])
    assert len(grid) == 9 and grid["q"].is_monotonic_increasing
    turns = composite.coding_turns(TABLE)
    for row in grid.to_dict("records"):
        assert row["q"] == composite.q_value(row["medium_score"], row["power"])
        held = [row[unit] for unit in TABLE.index]
        if row["q"] != 0.5:  # at the turn itself the two are equal
            assert held == turns.ranks.iloc[:, int(row["q"] > 0.5)].tolist()
    middle = grid[(grid["medium_score"] == 2) & (grid["power"] == 1)].iloc[0]
    assert middle[list(TABLE.index)].tolist() == [1, 1, 4, 5, 3, 5]


def test_other_codings_refuse_what_has_no_answer():
    with pytest.raises(ValueError, match="each larger than the one before"):
        composite.ranks_by_coding(TABLE, [3.0], [1])
    with pytest.raises(ValueError, match="add up to"):
        composite.coding_turns(TABLE, [0.5] * 5)
    with pytest.raises(ValueError, match="A unit is named 'q'"):
        composite.ranks_by_coding(TABLE.rename(index={"US": "q"}), [2], [1])


# --- rating noise ------------------------------------------------------------------------------


def test_without_errors_the_ranks_stand():
    found = composite.rating_noise(TABLE, 0, 200, 1)
    ranks = composite.mean_rank(found.acceptability)
    assert ranks.tolist() == [1, 1, 4, 5, 3, 5]
    assert (found.pairs["kept"] == 1).all()
    # 15 pairs less the two ties of the baseline.
    assert len(found.pairs) == 13


def test_certain_errors_move_every_cell():
    table = make_table({"a": "HH", "b": "LL"})
    found = composite.rating_noise(table, 1, 200, 1)
    assert (found.pairs[["kept", "tied", "reversed"]].to_numpy() == [[0, 1, 0]]).all()


def exact_points(row, error):
    """Distribution of a unit's sum of levels (0, 1, 2 per cell) under independent errors."""
    moves = {"Low": {0: 1 - error, 1: error}, "High": {2: 1 - error, 1: error},
             "Medium": {1: 1 - error, 0: error / 2, 2: error / 2}}
    total = np.ones(1)
    for level in row:
        cell = np.zeros(3)
        for points, chance in moves[level].items():
            cell[points] = chance
        total = np.convolve(total, cell)
    return total


@pytest.mark.parametrize("error", [0.1, 0.3])
def test_rating_noise_against_exact_convolutions(error):
    """With equal steps and weights the sums are whole numbers of levels, and units independent."""
    found = composite.rating_noise(TABLE, error, DRAWS, 3)
    assert np.allclose(found.acceptability.sum(axis=1), 1)
    points = {unit: exact_points(TABLE.loc[unit], error) for unit in TABLE.index}
    for row in found.pairs.itertuples():
        joint = np.outer(points[row.better], points[row.worse])
        assert within_error(row.kept, np.tril(joint, -1).sum(), DRAWS)
        assert within_error(row.tied, np.trace(joint), DRAWS)
        assert within_error(row.reversed, np.triu(joint, 1).sum(), DRAWS)
    for unit in TABLE.index:
        exact = np.zeros(6)
        for value, chance in enumerate(points[unit]):
            above = np.ones(1)
            for other in set(TABLE.index) - {unit}:
                beaten = points[other][value + 1:].sum()
                above = np.convolve(above, [1 - beaten, beaten])
            exact += chance * above
        assert within_error(found.acceptability.loc[unit], exact, DRAWS)


@pytest.mark.parametrize("error", [0.0, 0.1, 0.3, 1.0])
def test_kept_orders_against_convolutions(error):
    found = composite.kept_exactly(TABLE, error)
    assert list(zip(found["better"], found["worse"], strict=True)) == list(
        composite.rating_noise(TABLE, error, 1, 1).pairs[["better", "worse"]].itertuples(
            index=False, name=None))
    points = {unit: exact_points(TABLE.loc[unit], error) for unit in TABLE.index}
    for row in found.itertuples():
        joint = np.outer(points[row.better], points[row.worse])
        assert row.kept == pytest.approx(np.tril(joint, -1).sum(), abs=1e-12)


@pytest.mark.parametrize("choices", [
    {"scores": (1, 1.3, 3)}, {"power": -2, "weights": [0.5, 0.2, 0.1, 0.1, 0.1]}])
def test_kept_orders_against_draws(choices):
    exact = composite.kept_exactly(TABLE, 0.2, **choices)
    drawn = composite.rating_noise(TABLE, 0.2, DRAWS, 5, **choices).pairs
    assert list(exact["worse"]) == list(drawn["worse"])
    assert within_error(drawn["kept"], exact["kept"], DRAWS)


def test_kept_orders_refuse_no_probability():
    with pytest.raises(ValueError, match="between 0 and 1"):
        composite.kept_exactly(TABLE, 1.5)


def test_one_weight_set_anew_leaves_the_others_in_proportion():
    weights = pd.Series({"a": 0.5, "b": 0.3, "c": 0.2})
    assert composite.reweighted(weights, "a", 0.75).tolist() == pytest.approx([0.75, 0.15, 0.1])
    alone = composite.reweighted(pd.Series({"a": 1.0, "b": 0.0, "c": 0.0}), "a", 0.5)
    assert alone.tolist() == [0.5, 0.25, 0.25]
    with pytest.raises(ValueError, match="leaves nothing"):
        composite.reweighted(weights, "a", 1.5)


def test_rating_noise_keeps_ties_under_other_means():
    """Sums of the same levels in another order must tie, whatever the coding."""
    table = make_table({"a": "HML", "b": "LHM", "c": "MLH"})
    for power in (-1, 0, 0.3, 2):
        found = composite.rating_noise(table, 0, 10, 1, scores=(1, 1.7, 3), power=power)
        assert composite.mean_rank(found.acceptability).tolist() == [1, 1, 1]
        assert found.pairs.empty


# --- Sobol indices -----------------------------------------------------------------------------


def test_a_choice_that_cannot_matter_has_no_effect():
    table = TABLE.assign(constant="Medium")
    found = composite.sobol_indices(table, 128, 1)
    assert found.loc["constant"].tolist() == [0, 0, 0]
    # Without a Medium, neither its score nor the power can move a rank.
    coarse = TABLE.replace("Medium", "Low")
    coarse.loc["UK"] = [LEVEL[letter] for letter in "HLLLL"]
    found = composite.sobol_indices(coarse, 128, 1)
    assert found.attrs["output_variance"] > 0
    assert found.loc[["medium_score", "aggregation_power"]].to_numpy().tolist() == [[0] * 3] * 2


def test_where_nothing_moves_every_index_is_zero():
    found = composite.sobol_indices(make_table({"a": "HH", "b": "ML", "c": "LL"}), 16, 1)
    assert (found == 0).all(axis=None)
    assert found.attrs == {"output_mean": 0, "output_variance": 0}


@pytest.mark.parametrize("seed", [0, 5])
def test_sobol_indices_repeat_with_the_seed(seed):
    first = composite.sobol_indices(TABLE, 64, seed)
    np.random.seed(1)  # noqa: NPY002  (global state must not matter)
    pd.testing.assert_frame_equal(first, composite.sobol_indices(TABLE, 64, seed))


def test_sobol_indices_of_table_one():
    found = composite.sobol_indices(TABLE, 4096, 20190)
    assert list(found.index) == [*DIMENSIONS, "medium_score", "aggregation_power"]
    assert found["total"].idxmax() == "medium_score"
    assert (found["total"] >= found["first_order"] - found["total_error"]).all()
    assert found["total"].sum() >= 1 - found["total_error"].sum()
    # Equal columns are exchangeable, so their effects agree within their errors.
    gap = found.loc["capital", "total"] - found.loc["alliances", "total"]
    assert abs(gap) <= found.loc[["capital", "alliances"], "total_error"].sum()


def test_sobol_indices_against_an_estimate_written_out():
    """Jansen's total effect from plain random numbers, for two units whose order has a formula."""
    table = make_table({"a": "MH", "b": "HL"})
    size = 200_000
    generator = np.random.default_rng(2)
    first, second = (
        np.column_stack([generator.random((size, 2)), generator.uniform(1.05, 2.95, size),
                         generator.uniform(-2, 2, size)])
        for _ in range(2)
    )

    def shift(inputs):
        # At the baseline a is ahead; both ranks move by one when b is.
        q = composite.q_value(inputs[:, 2], inputs[:, 3])
        return ((1 - q) * -np.log(inputs[:, 0]) > -np.log(inputs[:, 1])).astype(float)

    base = shift(first)
    found = composite.sobol_indices(table, 4096, 3)
    assert found.attrs["output_mean"] == pytest.approx(base.mean(), abs=0.01)
    for place, name in enumerate(found.index):
        mixed = first.copy()
        mixed[:, place] = second[:, place]
        total = np.mean((base - shift(mixed)) ** 2) / 2 / base.var()
        assert abs(found.loc[name, "total"] - total) <= 1.5 * found.loc[name, "total_error"] + 0.01


# --- other methods -----------------------------------------------------------------------------


def test_methods_on_table_one():
    found = composite.method_ranks(TABLE)
    assert found.loc[["US", "Germany"]].to_numpy().tolist() == [[1] * 7] * 2
    assert (found.loc["Japan"] == 3).all()
    assert found.loc["UK"].tolist() == [5, 5, 5, 6, 6, 5, 5]
    assert found.loc["South Korea"].tolist() == [5, 6, 6, 5, 5, 5, 6]


def test_min_max_takes_its_goalposts_from_the_units():
    """No unit is Low on SMEs, so Medium there becomes 0 and the bottom rank moves."""
    scaled = composite.min_max(composite.encode_levels(TABLE))
    assert scaled.loc["UK"].tolist() == [0.5, 0, 0, 0, 0]
    assert composite.min_max([[2.0], [2.0]]).tolist() == [[0.0], [0.0]]


def test_borda_and_copeland_by_hand():
    scores = [[3, 1, 2], [2, 2, 2], [1, 3, 1]]
    assert composite.borda(scores).tolist() == pytest.approx([3.5 / 3, 3.5 / 3, 2 / 3])
    assert composite.copeland(scores).tolist() == [1, 1, -2]
    # 0.2 + 0.2 against 0.4 is a draw, also in floating point.
    assert composite.copeland([[2, 2, 1], [1, 1, 2]], [0.3, 0.2, 0.5]).tolist() == [0, 0]


def test_mazziotta_pareto_penalises_an_uneven_profile():
    even, uneven = composite.mazziotta_pareto([[2, 2], [1, 3]], 1, 3)
    assert even == 100
    assert uneven == pytest.approx(100 - 900 / 100)
    assert composite.mazziotta_pareto([[3, 3], [1, 1]], 1, 3).tolist() == [130, 70]


@given(tables(), st.data())
@settings(max_examples=40)
def test_every_method_respects_dominance(table, data):
    weights = data.draw(weightings(table.shape[1]))
    found = composite.method_ranks(table, weights=weights)
    for better, worse in composite.dominance(table).pairs:
        assert (found.loc[better, found.columns[:-1]] <= found.loc[worse, found.columns[:-1]]).all()
    borda = composite.borda(composite.encode_levels(table), weights)
    assert borda.mean() == pytest.approx((len(table) - 1) / 2)
    assert composite.copeland(composite.encode_levels(table), weights).sum() == 0


def test_correlations_against_scipy():
    from scipy import stats

    values = composite.encode_levels(TABLE)
    found = composite.rank_correlations(TABLE)
    assert len(found) == 10
    assert list(found.columns) == ["first", "second", "rho", "tau_b", "note"]
    for row in found.itertuples():
        a, b = values[row.first], values[row.second]
        assert row.rho == pytest.approx(stats.spearmanr(a, b).statistic, rel=1e-12)
        assert row.tau_b == pytest.approx(stats.kendalltau(a, b).statistic, rel=1e-12)
    same = found[(found["first"] == "capital") & (found["second"] == "alliances")]
    assert same[["rho", "tau_b"]].to_numpy().tolist() == [[1, 1]]
    pd.testing.assert_frame_equal(found, composite.rank_correlations(values))


def test_a_constant_column_has_no_correlation_and_says_so():
    found = composite.rank_correlations(TABLE.assign(constant="High")[["smes", "constant"]])
    assert found["rho"].isna().all()
    assert found["note"].tolist() == ["no order in constant"]


# --- other packages as oracles -----------------------------------------------------------------

ORACLE_TABLES = [
    TABLE,
    *(pd.DataFrame(np.random.default_rng(seed).choice(list(LEVEL.values()), size=(7, 4)),
                   index=[f"u{place}" for place in range(7)], columns=list("abcd"))
      for seed in range(4)),
]


def same_ranks(oracle_points, ranks):
    """Compare by points: the packages number ties otherwise, or break them by the last bit."""
    assert composite.competition_rank(oracle_points).tolist() == list(ranks)


@pytest.mark.parametrize("table", ORACLE_TABLES)
def test_ranks_against_scikit_criteria(table):
    skcriteria = pytest.importorskip("skcriteria")
    from skcriteria.agg import simple

    values = composite.encode_levels(table)
    weights = np.arange(1, table.shape[1] + 1) / np.arange(1, table.shape[1] + 1).sum()
    matrix = skcriteria.mkdm(values.to_numpy(), [max] * table.shape[1], weights=weights)
    found = composite.method_ranks(table, weights=weights)
    same_ranks(simple.WeightedSumModel().evaluate(matrix).e_.score, found["arithmetic"])
    product = simple.WeightedProductModel().evaluate(matrix).e_.score
    # This package reports the logarithm of the product to base ten.
    same_ranks(product, found["geometric"])


@pytest.mark.filterwarnings("ignore:Alternatives with indices")
@pytest.mark.parametrize("table", ORACLE_TABLES)
def test_ranks_against_pymcdm(table):
    pytest.importorskip("pymcdm")
    from pymcdm import methods

    values = composite.encode_levels(table).to_numpy()
    size = table.shape[1]
    weights = np.arange(1, size + 1) / np.arange(1, size + 1).sum()
    types = np.ones(size)
    found = composite.method_ranks(table, weights=weights)

    def unscaled(column, cost=False):
        return column

    for method, name in ((methods.WSM, "arithmetic"), (methods.WPM, "geometric")):
        points = method(normalization_function=unscaled)(values, weights, types)
        same_ranks(points, found[name])
    # With the usual criterion PROMETHEE II nets out wins and losses, which is Borda rescaled.
    flow = methods.PROMETHEE_II("usual")(values, weights, types)
    borda = composite.borda(values, weights)
    assert np.allclose(flow, 2 * borda / (len(table) - 1) - 1)
    same_ranks(flow, found["borda"])
