"""A result is recorded whole or refused; its text reads as a sentence would."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import results


def notebook(outputs):
    return {"cells": [{"cell_type": "code", "outputs": outputs}, {"cell_type": "markdown"}]}


def test_a_result_is_returned_unchanged_glued_and_kept(shown):
    value = 0.1 + 0.2
    assert results.record("rate", value, unit="1/year", label="Rate", claims=["c1"]) is value
    ledger = results.read(notebook(shown), "x")
    row = ledger.iloc[0]
    assert (row["name"], row["value"], row["text"], row["claims"]) == (
        "rate", 0.3, "30.0\u00a0%", ["c1"])
    assert shown[0]["metadata"]["scrapbook"]["name"] == "rate"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.nan, [1.0, math.nan],
                                   {"a": math.inf}, None, pd.NA, object()])
def test_what_is_not_finite_is_refused(shown, value):
    with pytest.raises((results.ResultError, TypeError)):
        results.record("rate", value, unit="1/year", label="Rate")
    assert shown == []


@pytest.mark.parametrize("name", ["Rate", "1rate", "rate-a", "", "a b", "__x"])
def test_a_badly_formed_name_is_refused(shown, name):
    with pytest.raises(results.ResultError):
        results.record(name, 1.0, unit="ratio", label="Rate")


def test_a_refusal_needs_its_reason_and_has_no_value(shown):
    with pytest.raises(results.ResultError):
        results.record("fit", None, unit="1/year", label="Fit", status="refused")
    with pytest.raises(results.ResultError):
        results.record("fit", 0.1, unit="1/year", label="Fit", status="refused", note="few")
    results.refuse("fit", ValueError("Two points give no error."), unit="1/year", label="Fit")
    row = results.read(notebook(shown), "x").iloc[0]
    assert row["status"] == "refused" and row["value"] is None
    assert row["text"] == row["note"] == "Two points give no error."


def test_an_unknown_status_is_refused(shown):
    with pytest.raises(results.ResultError, match="status"):
        results.record("a", 1, unit="count", label="A", status="maybe")


def test_a_name_recorded_twice_is_refused(shown):
    results.record("a", 1, unit="count", label="A")
    results.record("a", 2, unit="count", label="A")
    with pytest.raises(results.ResultError, match="records twice: a"):
        results.read(notebook(shown), "x")


def test_frames_arrays_and_sets_become_plain_values(shown):
    results.record("m", pd.DataFrame({"x": [1.0]}, index=["r"]), unit="ratio", label="Matrix")
    results.record("v", np.array([1, 2]), unit="count", label="Vector")
    results.record("s", {"b", "a"}, unit="list", label="Set")
    values = list(results.read(notebook(shown), "x")["value"])
    assert values == [{"x": {"r": 1.0}}, [1, 2], ["a", "b"]]


@pytest.mark.parametrize("value, unit, digits, text", [
    (0.0888, "1/year", None, "8.9 %"), (-0.0888, "1/year", None, "\u22128.9 %"),
    (-0.00001, "1/year", None, "0.0 %"), (29.76, "USD billion", None, "USD 29.76 billion"),
    (250, "USD million", 0, "USD 250 million"), (2019, "year", None, "2019"),
    (13560000, "count", None, "13,560,000"), (["a", "b", "c"], "list", None, "a, b and c"),
    ([], "list", None, "none"), (True, "name", None, "yes"), (10.0789, "RMB per USD", None,
                                                            "10.08 RMB per USD"),
])
def test_text_of_a_value(value, unit, digits, text):
    assert results.format_value(value, unit, digits).replace("\u00a0", " ") == text


@pytest.mark.parametrize("count, text", [
    (0, "no"), (1, "one"), (np.int64(10), "ten"), (11, "11"), (1200, "1,200"), (-1, "\u22121"),
])
def test_a_count_in_words(count, text):
    assert results.count_in_words(count) == text


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_kept_digits_hold_to_one_in_a_billion(value):
    kept = results._plain(value, "x")
    assert kept == pytest.approx(value, rel=1e-9, abs=0)


def test_a_quote_is_the_printed_token(shown):
    claims = pd.DataFrame({"claim_id": ["c1"], "printed": ["USD 1 billion"]})
    assert results.quote("q", claims, "c1") == "USD 1 billion"
    with pytest.raises(results.ResultError, match="no single row 'c2'"):
        results.quote("q2", claims, "c2")


def test_an_empty_sentence_is_refused(shown):
    with pytest.raises(results.ResultError):
        results.sentence("s", "  ")


def test_a_notebook_shows_each_record_as_a_line(shown):
    results.record("rate", 0.0888, unit="1/year", label="Yearly growth")
    results.sentence("answer", "It grew.")
    lines = [output["data"]["text/plain"] for output in shown]
    assert lines == ["Yearly growth: 8.9\u00a0%", "It grew."]


def test_a_sentence_returns_nothing_so_that_a_cell_can_end_with_it(shown):
    assert results.sentence("answer", "It grew.") is None


@pytest.mark.parametrize("sign", ["\n", "\0", "\x1b", "\u202e", "\u200b", "\u2028"])
def test_a_text_that_readers_could_not_see_is_refused(shown, sign):
    for part in ("label", "unit", "scope", "note", "text"):
        with pytest.raises(results.ResultError, match=f"^Result 'x': its {part}, "):
            results.record("x", 1.0, **{"unit": "ratio", "label": "X", part: f"a{sign}b"})
    with pytest.raises(results.ResultError, match="^Sentence 's': its text, "):
        results.sentence("s", f"a{sign}b")
    assert shown == []
