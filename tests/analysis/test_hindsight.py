"""Prints against later values: invariants, limits, oracles."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from helpers import audit, datasets, growth, hindsight, index_ranks, markets

ratios = st.lists(st.floats(0.01, 100), min_size=1, max_size=8)
SOURCE = pd.Series({"confidence": "high", "published": "2024-05"})


# ------------------------------------------------------------------ items, and what was known


def test_the_date_of_the_paper_is_that_of_its_past():
    rows = pd.DataFrame([
        ("observed", "none", "2019"), ("deal", "none", "2020-06"), ("count", "expected", "2023"),
        ("forecast", "expected", "2021"), ("forecast", "none", "2026"), ("budget", "none", "2022"),
        ("count", "none", None)], columns=["kind", "qualifier", "period_end"])
    assert hindsight.last_past_year(rows) == 2020
    assert hindsight.first_year_ahead(rows) == 2021


def test_a_page_without_a_date_is_neither_known_nor_new():
    found = hindsight.known_by(pd.Series(["2020-12", "2021", "undated"]), 2020)
    assert list(found) == ["yes", "no", "undated"]


def test_items_are_facts_of_the_paper_each_once():
    items, claims = datasets.load("hindsight_items"), datasets.load("claims")
    named = items["claim_id"].dropna()
    assert named.is_unique and set(named) <= set(claims["claim_id"])
    checks = [*items["check_id"], *items["also"].dropna().str.split(";").explode()]
    assert len(checks) == len(set(checks)) and not {"k10", "k11"} & set(checks)


def test_an_item_has_the_verdict_of_the_audit_and_says_beside_it_what_the_source_does():
    items = pd.DataFrame([["k1", "size", "c", "open", "other", True],
                          ["k1", "size", "c", "same", "other", True],
                          ["k1", "size", "c", "same", "other", False],
                          ["k2", "size", "c", "same", "own", True],
                          ["k3", "size", "c", "same", "own", True],
                          ["k4", "rating", None, "same", "other", True]],
                         columns=["check_id", "kind", "claim_id", "scope", "origin", "decides"])
    checks = pd.DataFrame([
        [check, "s", finding, verdict, "x", "high", "p", "2020"] for check, finding, verdict in (
            ("k1", "says 5", "corrects"), ("k2", "says 4", "narrows"), ("k3", "below 9", "narrows"),
            ("k4", "ranks", "undecided"))], columns=[
        "check_id", "subject", "finding", "verdict", "kind", "confidence", "publisher",
        "published"])
    claims = pd.DataFrame({"claim_id": ["c"], "printed": ["4"]})
    found = hindsight.outcomes(items, checks, claims, pd.Series({"c": "ambiguous"}))
    assert list(found["says"]) == ["differs", "differs", "leaves open", "agrees", "narrows",
                                   "leaves open"]
    assert list(found["outcome"]) == ["ambiguous"] * 5 + [hindsight.NO_FIGURE]


def test_items_of_the_tables_are_all_judged_by_the_audit_but_the_ratings():
    from test_audit import shipped
    items, checks, claims = (datasets.load(name) for name in (
        "hindsight_items", "outside_checks", "claims"))
    names = audit.audit(shipped()).set_index("claim_id")["name"]
    found = hindsight.outcomes(items, checks, claims, names)
    assert (found["outcome"] == hindsight.NO_FIGURE).equals(found["claim_id"].isna())


# ------------------------------------------------------------------ the ladder


def outside(*rows):
    return pd.DataFrame(rows, columns=["year", "kind", "published", "value"])


def test_the_row_in_print_last_is_taken():
    rows = outside((2020, "a", "2021-03", 1), (2020, "a", "2022", 2), (2020, "b", "2023", 3),
                   (2021, "a", "2024", 4))
    assert hindsight.last_in_print(rows, year=2020, kind="a")["value"] == 2
    assert hindsight.last_in_print(rows, year=2020)["value"] == 3
    assert hindsight.last_in_print(rows, year=2019) is None


def test_of_two_rows_in_print_at_once_the_lower_one_is_taken():
    rows = outside((2020, "a", "2022", 1), (2020, "a", "2022", 2))
    assert hindsight.last_in_print(rows, year=2020)["value"] == 2


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6), st.floats(0.001, 1000))
def test_a_ratio_does_not_depend_on_the_unit(printed, later, factor):
    one, other = (hindsight.rung("x", printed * by, later * by, SOURCE, unit="-", match="same")
                  for by in (1, factor))
    assert math.isclose(one["value"], other["value"], rel_tol=1e-12)


def test_a_rung_keeps_both_values_and_where_the_later_one_stands():
    found = hindsight.rung("China", 30.0, 10.0, SOURCE, unit="RMB billion", match="wider",
                           kind="forecast")
    assert list(found) == hindsight.RUNG
    assert found["value"] == pytest.approx(3)
    assert (found["printed"], found["later"], found["published"]) == (30.0, 10.0, "2024-05")


@pytest.mark.parametrize("pair", [(0, 1), (1, 0), (-1, 2), (math.nan, 1)])
def test_what_is_not_above_zero_has_no_ratio(pair):
    with pytest.raises(ValueError, match="no ratio"):
        hindsight.rung("x", *pair, SOURCE, unit="-", match="same")


@given(ratios, st.floats(0.01, 2))
def test_up_and_down_lie_equally_far_off(values, share):
    inverse = [1 / value for value in values]
    at_the_edge = [abs(abs(math.log(value)) - math.log(1 + share)) < 1e-9 for value in values]
    assume(not any(at_the_edge))
    assert hindsight.further_off(values, share) == hindsight.further_off(inverse, share)


def test_the_share_itself_is_not_further_off():
    assert hindsight.further_off([1.0, 1.05, 1.2, 1 / 1.2, 0.95], 0.1) == 2
    assert hindsight.further_off([], 0.1) == 0


# ------------------------------------------------------------------ misses


@given(ratios)
def test_the_worst_miss_is_at_least_one_and_turns_with_nothing(values):
    worst = hindsight.worst_miss(values)
    assert worst >= 1
    assert math.isclose(worst, hindsight.worst_miss([1 / v for v in values]), rel_tol=1e-12)
    assert math.isclose(worst, hindsight.worst_miss(values[::-1]), rel_tol=1e-12)
    assert math.isclose(worst, max(max(v, 1 / v) for v in values), rel_tol=1e-12)


@given(ratios, ratios)
def test_more_ratios_never_miss_by_less(some, more):
    assert hindsight.worst_miss(some + more) >= hindsight.worst_miss(some)


@pytest.mark.parametrize(("values", "said"), [([], "none was given"), ([0.5, 0.0], "got 0")])
def test_a_worst_miss_needs_ratios(values, said):
    with pytest.raises(ValueError, match=said):
        hindsight.worst_miss(values)


# ------------------------------------------------------------------ publishers at one year


def sizes(*rows):
    """Rows of published_market_sizes: scope, publisher, vintage, year, value, stated growth."""
    return pd.DataFrame([
        {"scope_id": scope, "scope_as_printed": f"{scope} as printed", "publisher": publisher,
         "vintage": vintage, "region": "World", "year": year, "value_billion": value,
         "stated_cagr_percent": stated, "confidence": "medium"}
        for scope, publisher, vintage, year, value, stated in rows])


def test_two_printed_years_are_read_on_the_path_between_them():
    rows = sizes(("ot", "P", "2025", 2025, 10.0, None), ("ot", "P", "2025", 2027, 14.4, None))
    found = hindsight.carried_to(rows, 2026, reaching=2025).iloc[0]
    assert found["growth"] == pytest.approx(0.2)
    assert found["value"] == pytest.approx(12.0)
    path = growth.constant_growth_path(10.0, 14.4, 2025, 2027, [2026])
    assert found["value"] == pytest.approx(path.iloc[0])


def test_a_printed_year_is_read_as_printed():
    rows = sizes(("ot", "P", "2025", 2026, 7.0, 30.0), ("ot", "Q", "2025", 2026, 8.0, None))
    assert hindsight.carried_to(rows, 2026, reaching=2025)["value"].tolist() == [7.0, 8.0]


def test_without_growth_another_year_stays_open():
    found = hindsight.carried_to(sizes(("ot", "P", "2025", 2025, 7.0, None)), 2026, reaching=2025)
    assert found["growth"].isna().all() and found["value"].isna().all()


def test_a_stated_growth_carries_a_single_year():
    found = hindsight.carried_to(sizes(("ot", "P", "2025", 2025, 10.0, 5.0)), 2026, reaching=2025)
    assert found["value"].iloc[0] == pytest.approx(10.5)


def test_what_ends_too_early_is_left_out():
    rows = sizes(("ot", "P", "2014", 2018, 10.0, 5.0))
    assert hindsight.carried_to(rows, 2026, reaching=2025).empty


def test_the_growth_is_that_of_the_other_chapters():
    published = datasets.load("published_market_sizes")
    found = hindsight.carried_to(published, 2026, reaching=2025)
    rates = markets.publisher_rates(published, min_confidence="low", information_cutoff=2026)
    assert set(found["growth"].dropna().round(12)) <= set(rates["growth"].round(12))
    assert not found.empty and found["growth"].notna().any()


@given(st.floats(0.1, 100), st.floats(-0.5, 0.5), st.integers(0, 10), st.floats(0.5, 1))
def test_growth_that_fades_ends_between_the_start_and_constant_growth(start, rate, years, damping):
    faded, constant = (hindsight.faded_end(start, rate, years, by) for by in (damping, 1.0))
    low, high = sorted((start, constant))
    assert low * (1 - 1e-12) <= faded <= high * (1 + 1e-12)
    assert math.isclose(constant, start * math.exp(rate * years), rel_tol=1e-12)


# ------------------------------------------------------------------ orders


def test_blank_ranks_are_tied_behind_the_last():
    assert index_ranks.unseen_last(pd.Series([3, None, 1, None])).tolist() == [3, 4, 1, 4]
    assert index_ranks.unseen_last(pd.Series([2, 1])).tolist() == [2, 1]


orders = st.lists(st.tuples(st.integers(1, 4), st.one_of(st.none(), st.integers(1, 5))),
                  min_size=3, max_size=8)


@given(orders)
def test_tau_is_that_of_scipy(pairs):
    score = pd.Series([float(a) for a, _ in pairs])
    ranks = pd.Series([math.nan if b is None else b for _, b in pairs], dtype=float)
    seen = index_ranks.unseen_last(ranks)
    assume(len(set(score)) > 1 and seen.notna().all() and len(set(seen)) > 1)
    expected = stats.kendalltau(-score, seen).statistic
    assert math.isclose(index_ranks.order_agreement(score, ranks), expected, abs_tol=1e-12)


def test_tau_is_one_for_equal_and_minus_one_for_reversed_orders():
    score, ranks = pd.Series([9.0, 5.0, 1.0]), pd.Series([1, 2, 3])
    assert index_ranks.order_agreement(score, ranks) == 1
    assert index_ranks.order_agreement(-score, ranks) == -1


def test_scores_without_an_order_are_refused():
    with pytest.raises(ValueError, match="no order in score"):
        index_ranks.order_agreement(pd.Series(np.ones(3)), pd.Series([1, 2, 3]))


def test_countries_are_ranked_among_themselves():
    rows = pd.DataFrame([("A", "I", "1", 4), ("B", "I", "1", 2), ("C", "I", "1", None),
                         ("D", "I", "1", 4), ("E", "I", "1", 1), ("A", "I", "2", 1)],
                        columns=["country", "index", "edition", "rank"])
    found = index_ranks.ranks_among(rows, {"c": "C", "a": "A", "d": "D", "b": "B"}, "I", "1")
    assert found.to_dict() == {"c": 4, "a": 2, "d": 2, "b": 1}
    with pytest.raises(ValueError, match="I 2 has no row on B"):
        index_ranks.ranks_among(rows, {"b": "B"}, "I", "2")
