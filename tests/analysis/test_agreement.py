"""Two values of one result agree or they do not."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers.agreement import agree, is_number

leaves = st.one_of(st.none(), st.booleans(), st.text(max_size=3), st.integers(-10, 10),
                   st.floats(-1e6, 1e6))
values = st.recursive(leaves, lambda inner: st.one_of(
    st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=2), inner, max_size=3)))


@given(values)
def test_a_value_agrees_with_itself(value):
    assert agree(value, value)


@given(values, values)
def test_it_does_not_matter_which_came_first(old, new):
    assert agree(old, new) == agree(new, old)


@given(values, values)
def test_lists_and_dictionaries_agree_as_their_entries_do(old, new):
    assert agree([old], [new]) == agree({"a": old}, {"a": new}) == agree(old, new)


@given(st.floats(1, 1e6), st.floats(1e-12, 1e-1), st.floats(0.1, 10))
def test_numbers_agree_within_the_tolerance_and_not_beyond(value, tolerance, times):
    assume(not 0.99 < times < 1.01)  # at the bound itself, rounding decides
    # The tolerance is relative to the larger of the two.
    other = value * (1 - tolerance * times)
    assume(value - other > 1e-11)  # near zero all numbers agree
    assert agree(value, other, tolerance * (1 + 1e-4)) == (times < 1)


@pytest.mark.parametrize(("old", "new", "expected"), [
    (1, 1.0, True),
    (np.float64(2.0), 2, True),
    (0.0, 1e-13, True),
    (0.0, 1e-11, False),
    (1.0, 1.0 + 1e-8, False),
    (True, 1, False),
    (False, 0.0, False),
    (1, "1", False),
    (None, 0, False),
    ([1, 2], [1], False),
    ([1], {"0": 1}, False),
    ({"a": 1}, {"b": 1}, False),
    ({"a": [1, {"b": "x"}]}, {"a": [1.0, {"b": "x"}]}, True),
    (float("nan"), float("nan"), False),
])
def test_pairs(old, new, expected):
    assert agree(old, new) is expected


def test_yes_is_no_number():
    assert is_number(1) and is_number(0.5) and is_number(np.int64(3))
    assert not any(map(is_number, (True, "1", None, [1])))
