"""A word of order reaches the reader only where the numbers bear it out."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import said as module
from helpers.said import ORDER, SaidError, said

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
OPPOSITES = [("above", "below"), ("more than", "less than"), ("larger", "smaller"),
             ("rises", "falls"), ("later", "earlier"), ("faster", "slower")]


@given(NUMBERS, NUMBERS, st.sampled_from(OPPOSITES))
def test_of_two_opposites_at_most_one_is_let_through(left, right, opposites):
    through = []
    for word in opposites:
        try:
            through.append(said(word, left, right))
        except SaidError:
            continue
    assert through == ([] if left == right else [opposites[left < right]])


@given(st.lists(NUMBERS, min_size=1))
def test_an_extreme_is_one_of_its_values_and_none_lies_beyond_it(values):
    assert said("the largest", max(values), values) == "the largest"
    assert said("the smallest", min(values), pd.Series(values)) == "the smallest"
    with pytest.raises(SaidError):
        said("the largest", max(values) + 1, values)
    if min(values) < max(values):
        with pytest.raises(SaidError):
            said("largest", min(values), np.array(values))


@given(st.integers(0, 50), st.integers(0, 50))
def test_words_of_extent_follow_the_count_and_its_whole(count, whole):
    for word, holds in [("every", count == whole), ("most", whole >= count > whole / 2),
                        ("none", count == 0)]:
        arguments = (count,) if word == "none" else (count, whole)
        if holds:
            assert said(word, *arguments) == word
        else:
            with pytest.raises(SaidError):
                said(word, *arguments)


@pytest.mark.parametrize("phrase, left, right", [
    ("at least", 3, 3), ("at most", 3, 3), ("no less than", 3, 3), ("no more", 2, 3),
    ("equal to", 3, 3), (", more than any other section.", 3, 2),
])
def test_a_phrase_is_read_as_a_whole(phrase, left, right):
    assert said(phrase, left, right) == phrase


@pytest.mark.parametrize("phrase, left, right, reason", [
    ("above", 1, 2, "'above' is said of 1 against 2, which does not hold"),
    ("above", math.nan, 2, "said of nan"), ("the largest", 1, [1, 2], r"against \[1, 2\]"),
    ("near", 1, 2, "holds 0 words of order"), ("above or below", 1, 2, "holds 2 words"),
    ("none", 1, None, "'none' is said of 1, which"), ("above", 1, None, "does not hold"),
    ("every", 3, 2, "does not hold"),
])
def test_what_does_not_hold_is_refused_in_one_line(phrase, left, right, reason):
    with pytest.raises(SaidError, match=reason) as refused:
        said(phrase, left, right)
    assert "\n" not in str(refused.value)


def test_no_word_has_two_meanings_and_what_a_text_may_not_hold_can_be_said():
    order = [*module.GREATER, *module.LESS, *module.GREATEST, *module.LEAST, *module.ALL,
             *module.NONE]
    assert len(order) == len(set(order))
    assert all(ORDER.fullmatch(word) or word in module.SELDOM for word in order)
