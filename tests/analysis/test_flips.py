"""Stretches of an assumption: they cover the range, and each change stands where it is."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import composite, flips
from helpers.flips import Span

places = st.lists(st.integers(1, 999), min_size=1, max_size=6, unique=True)


@given(places)
def test_each_change_is_found_where_it_is(cuts):
    cuts = sorted(cut / 1000 for cut in cuts)
    found = flips.spans(lambda x: sum(x >= cut for cut in cuts), 0, 1, steps=7)
    assert flips.turns(found) == pytest.approx(cuts, abs=1e-12)
    assert [span.answer for span in found] == list(range(len(cuts) + 1))
    assert (found[0].low, found[-1].high) == (0, 1)
    assert all(one.high == other.low for one, other in zip(found, found[1:], strict=False))


def test_one_answer_is_one_stretch():
    assert flips.spans(lambda x: "same", -2, 2) == [Span(-2, 2, "same")]
    assert flips.turns([Span(-2, 2, "same")]) == []


@pytest.mark.parametrize("at", [0.5, 0.3, 0.0, 1.0])
def test_a_tie_at_one_value_is_no_stretch(at):
    found = flips.spans(lambda x: (x > at) - (x < at), 0, 1, steps=10)
    assert [span.answer for span in found] == {0.0: [1], 1.0: [-1]}.get(at, [-1, 1])
    assert flips.turns(found) == pytest.approx([] if at in (0, 1) else [at])


def test_an_answer_that_returns_within_a_stretch_too_small_is_one():
    found = flips.spans(lambda x: abs(x - 0.5) < 1e-9, 0, 1, steps=2)
    assert found == [Span(0, 1, False)]


def test_a_change_of_an_irrational_place():
    found = flips.spans(lambda x: x * x > 2, 1, 2)
    assert flips.turns(found) == pytest.approx([math.sqrt(2)], abs=1e-12)


@pytest.mark.parametrize("low, high, steps", [(1, 1, 5), (2, 1, 5), (0, 1, 0)])
def test_an_empty_range_is_refused(low, high, steps):
    with pytest.raises(ValueError, match="holds nothing"):
        flips.spans(bool, low, high, steps=steps)


def test_only_pairs_that_turn_are_told():
    assert flips.ordered_pairs([(1, 2, 3), (1, 3, 2), (1, 2, 2)], ["a", "b", "c"]) == {
        ("b", "c"): [1, -1, 0]}
    assert flips.ordered_pairs([(1, 2)], ["a", "b"]) == {}


def test_an_answer_turns_where_something_else_is_said():
    assert flips.first_turn(lambda year: year < 2020, 2021, range(2026, 2018, -1)) == 2019
    assert flips.first_turn(lambda _: "same", 1, [1, 2, 3]) is None


@pytest.mark.parametrize("low, high, expected", [
    (5.0, 11.0, [9.0, 5.5]), (6.0, 8.0, []), (7.0, 11.0, [9.0])])
def test_turns_are_found_on_either_side_the_nearer_first(low, high, expected):
    found = flips.turns_around(lambda rate: (rate < 9.0, rate > 5.5), 7.5, low, high)
    assert found == pytest.approx(expected)


def test_a_baseline_outside_of_its_range_is_refused():
    with pytest.raises(ValueError, match="not between"):
        flips.turns_around(bool, 3.0, 0.0, 1.0)


def test_the_weight_at_which_two_rows_of_ratings_change_places_is_the_one_worked_out_by_hand():
    """High on one of five columns against Medium and one level less on three: at three sevenths."""
    columns = list("abcde")
    table = pd.DataFrame([["Medium", "High", "Medium", "Low", "Low"],
                          ["Medium", "Medium", "High", "Medium", "Medium"]],
                         index=["one", "other"], columns=columns)
    scores = composite.encode_levels(table)

    def ranks(share):
        weights = composite.reweighted(pd.Series(0.2, columns), "b", share)
        return tuple(composite.competition_rank(composite.aggregate(scores, weights)))

    found = flips.spans(ranks, 0, 1)
    assert [span.answer for span in found] == [(2, 1), (1, 2)]
    assert flips.turns(found) == pytest.approx([3 / 7], abs=1e-9)
