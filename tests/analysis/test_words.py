"""Numbers, counts, lists and names read in a sentence as a reader expects them."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_book import REAL

from helpers import words

FINITE = st.floats(-1e9, 1e9, allow_nan=False)


@given(FINITE, FINITE, st.integers(-2, 6))
def test_a_rounded_range_is_never_narrower_than_the_range(a, b, digits):
    low, high = min(a, b), max(a, b)
    down, up = words.rounded_outwards(low, high, digits)
    noise = 1e-8 * max(10.0**-digits, abs(low), abs(high))  # digits below those that are meant
    assert down <= low + noise
    assert up >= high - noise


@pytest.mark.parametrize("low, high, digits, ends", [
    (0.915, 0.924, 2, (0.91, 0.93)),
    (0.3, 0.30000000000000004, 1, (0.3, 0.3)),  # the last bit of a double is no digit
    (-0.05, 0.05, 1, (-0.1, 0.1)),
    (1234, 1266, -2, (1200, 1300)),
    (5, 5, 0, (5, 5)),
])
def test_bounds_are_rounded_outwards(low, high, digits, ends):
    assert words.rounded_outwards(low, high, digits) == pytest.approx(ends, rel=1e-12)


@pytest.mark.parametrize("low, high", [(2, 1), (math.nan, 1), (0, math.inf)])
def test_what_is_no_range_is_refused(low, high):
    with pytest.raises(ValueError, match="two finite ends"):
        words.rounded_outwards(low, high, 1)


def test_a_span_prints_what_its_unit_prints():
    assert words.span(0.0881, 0.0899, "1/year") == "8.8\u00a0% to 9.0\u00a0%"
    assert words.span(12.41, 35.92, "USD billion", 1) == (
        "USD\u00a012.4\u00a0billion to USD\u00a036.0\u00a0billion")


@pytest.mark.parametrize("count, text", [
    (0, "no firms"), (1, "one firm"), (2, "two firms"), (12, "12 firms"), (1200, "1,200 firms")])
def test_a_count_takes_its_noun(count, text):
    assert words.plural(count, "firm") == text


def test_an_irregular_noun_is_given():
    assert words.plural(2, "body", "bodies") == "two bodies"
    assert words.inflected(1, "has", "have") == "has"
    assert words.inflected(0, "has", "have") == "have"


@pytest.mark.parametrize("place, text", [
    ("US", "the US"), ("UK", "the UK"), ("EU", "the EU"), ("United States", "the United States"),
    ("European Union", "the European Union"), ("Germany", "Germany"), ("USSR", "USSR")])
def test_a_place_has_its_article(place, text):
    assert words.the(place) == text


def test_places_make_a_list():
    assert words.places(["US", "Japan", "UK"]) == "the US, Japan and the UK"
    assert words.places([]) == "none"


@pytest.mark.parametrize("items, letters, text", [
    ([], 9, "none"), (["a", "b", "c", "d"], 13, "a, b, c and d"),
    (["a", "b", "c", "dd"], 13, "a and three more"),
    (["a", "b", "cccccc", "d"], 17, "a, b and two more"),
    (["far too long", "b"], 3, "far too long and one more")])
def test_a_long_list_names_what_fits_and_counts_the_rest(items, letters, text):
    assert words.leading(items, letters) == text


def test_a_sign_is_printed_once():
    assert words.signed(words.percent(0.05)) == "+5.0\u00a0%"
    assert words.signed(words.percent(-0.05)) == "\u22125.0\u00a0%"


def test_a_sentence_begins_with_a_capital_and_keeps_the_rest():
    assert words.opening("the US and the UK") == "The US and the UK"
    assert words.opening("") == ""


def test_a_count_without_a_noun_is_none_where_a_noun_would_take_no():
    assert [words.number_in_words(count) for count in (0, 1, 12)] == ["none", "one", "12"]


@pytest.mark.parametrize("value, digits, text", [
    (12_340_000, 4, "12.34\u00a0million"), (142_380_000_000, 4, "142.4\u00a0billion"),
    (20_000_000, 4, "20\u00a0million"), (85_714_286, 3, "85.7\u00a0million"), (0, 4, "0"),
    (7_300, 2, "7,300"), (999_999_999, 3, "1\u00a0billion"),  # never 1000 million
])
def test_a_large_count_is_printed_in_millions_or_billions(value, digits, text):
    assert words.large_count(value, digits) == text


@given(st.floats(1e6, 1e15))
def test_a_large_count_means_what_it_stands_for(value):
    number, size = words.large_count(value).split(words.SPACE)
    assert float(number) * {"million": 1e6, "billion": 1e9}[size] == pytest.approx(value, rel=1e-3)


def test_a_rate_loses_its_decimal_where_it_means_nothing():
    assert words.rate(999.44) == "999.4"
    assert words.rate(12_345.6) == "12,346"


@pytest.mark.parametrize("chapter, number", [
    ("1-introduction", "1"), ("2-3-market-expansion", "2.3"), ("a3-scenarios", "A3"), ("7", "7"),
    ("3-1-2-of-10-rules", "3.1.2"), ("3d-printing", "3d-printing"), ("glossary", "glossary")])
def test_a_chapter_has_its_number_in_its_name(chapter, number):
    assert words.chapter_number(chapter) == number


def test_every_chapter_of_the_book_has_a_number_of_its_own():
    numbers = [words.chapter_number(path.stem) for path in REAL.chapters.glob("*.ipynb")]
    assert all(re.fullmatch(r"[1-9](\.[1-9])?|A[1-9]", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("place, expected", [
    (1, "first"), (6, "sixth"), (10, "tenth"), (11, "11th"), (21, "21st"), (112, "112th"),
    (103, "103rd")])
def test_places_are_ordinals(place, expected):
    assert words.ordinal(place) == expected
