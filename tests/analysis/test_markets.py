"""Printed figures become records with scope and unit; money is converted or refused."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import datasets, markets

RATES = pd.DataFrame({
    "currency": ["USD", "CNY", "EUR"] * 2, "year": [2019] * 3 + [2020] * 3,
    "units_per_usd": [1.0, 7.0, 0.8, 1.0, 6.5, 0.9],
})


@pytest.fixture(scope="module")
def tables():
    return datasets.load("claims"), datasets.load("scopes")


@pytest.mark.parametrize("claim, value, half_width, unit", [
    ("2.3-market-a-2019", 16.401, 0.0005, "USD billion"),
    ("2.3-expenditure-b-2019", 0.380, 0.0005, "USD billion"),
    ("5.1-industry-c-2019", 3.83, 0.005, "RMB billion"),
    ("5.1-growth-c-2019", 0.5162, 0.00005, "fraction per year"),
    ("5.3-market-d-2021", 22.8, 0.05, "RMB billion"),
])
def test_a_figure_is_in_billions_and_knows_its_rounding(tables, claim, value, half_width, unit):
    figure = markets.figure(*tables, claim)
    assert figure["value"] == pytest.approx(value, rel=1e-12)
    assert figure["half_width"] == pytest.approx(half_width, rel=1e-9)
    assert figure["unit"] == unit


def test_there_is_no_conversion_within_a_currency():
    assert markets.exchange_rate(RATES, "USD", "USD", 1900) == 1


def test_annual_means_are_those_of_the_year():
    assert markets.exchange_rate(RATES, "USD", "RMB", 2019) == 7.0
    assert markets.exchange_rate(RATES, "EUR", "RMB", 2020) == pytest.approx(6.5 / 0.9)


def test_fixed_rates_replace_the_table():
    fixed = {"basis": "fixed", "rmb_per_usd": 6.0, "usd_per_eur": 1.25}
    assert markets.exchange_rate(RATES, "USD", "RMB", 1900, **fixed) == 6.0
    assert markets.exchange_rate(RATES, "EUR", "RMB", 1900, **fixed) == pytest.approx(7.5)


@pytest.mark.parametrize("year, settings", [(2030, {}), (2019, {"basis": "fixed"})])
def test_a_missing_rate_is_refused(year, settings):
    with pytest.raises(markets.ConversionError, match="Amounts stay in USD"):
        markets.exchange_rate(RATES, "USD", "RMB", year, **settings)


@given(st.sampled_from(["USD", "RMB", "EUR"]), st.sampled_from(["USD", "RMB", "EUR"]))
def test_there_and_back_is_one(source, target):
    there = markets.exchange_rate(RATES, source, target, 2019)
    back = markets.exchange_rate(RATES, target, source, 2019)
    assert there * back == pytest.approx(1)


def test_prices_of_the_future_are_not_guessed():
    prices = pd.DataFrame({"year": [2019, 2020], "annual_average": [100.0, 125.0]})
    assert markets.deflator(prices, [2019, 2020], 2019).to_dict() == {2019: 1.0, 2020: 0.8}
    with pytest.raises(markets.ConversionError, match="2021.*Reported instead: nominal"):
        markets.deflator(prices, [2020, 2021], 2019)


def published(**changes):
    row = {"scope_id": "s", "publisher": "P", "vintage": "2020", "region": "World", "year": 2020,
           "value_billion": 1.0, "stated_cagr_percent": None, "confidence": "high"}
    return {**row, **changes}


def test_rates_never_join_two_publications():
    frame = pd.DataFrame([
        published(), published(year=2022, value_billion=4.0),
        published(vintage="2021", year=2021, value_billion=9.0),
    ])
    rates = markets.publisher_rates(frame, min_confidence="low", information_cutoff=2026)
    assert rates[["vintage", "growth", "basis"]].to_numpy().tolist() == [["2020", 1.0, "implied"]]


def test_rates_respect_confidence_cutoff_and_region():
    frame = pd.DataFrame([
        published(stated_cagr_percent=10.0), published(publisher="Q", stated_cagr_percent=20.0,
                                                       confidence="low"),
        published(publisher="R", stated_cagr_percent=30.0, vintage="2025-03"),
        published(publisher="S", stated_cagr_percent=40.0, region="China"),
    ])
    kept = {
        (confidence, cutoff): list(markets.publisher_rates(
            frame, min_confidence=confidence, information_cutoff=cutoff)["publisher"])
        for confidence in ("low", "high") for cutoff in (2021, 2026)
    }
    assert kept == {("low", 2021): ["P", "Q"], ("high", 2021): ["P"],
                    ("low", 2026): ["P", "Q", "R"], ("high", 2026): ["P", "R"]}


def test_a_figure_without_a_year_or_rounding_says_so(tables):
    undated = markets.figure(*tables, "3.4-budget-energy")
    bound = markets.figure(*tables, "3.4-financing-abroad")
    assert (undated["year"], undated["half_width"]) == (None, 0.0005)
    assert (bound["first_year"], bound["year"], bound["half_width"]) == (2017, 2019, None)


def test_an_amount_of_several_years_takes_the_mean_of_their_rates():
    assert markets.mean_exchange_rate(RATES, "USD", "RMB", [2019, 2020]) == 6.75
    assert markets.mean_exchange_rate(RATES, "USD", "USD", []) == 1
    fixed = {"basis": "fixed", "rmb_per_usd": 6.0}
    assert markets.mean_exchange_rate(RATES, "USD", "RMB", [], **fixed) == 6.0


def test_an_amount_without_a_year_is_not_converted_at_yearly_rates():
    with pytest.raises(markets.ConversionError, match="No year is stated.*stays in USD"):
        markets.mean_exchange_rate(RATES, "USD", "RMB", [])


def test_pairs_of_unlike_scope_are_named_and_like_ones_pass(tables):
    first = markets.figure(*tables, "2.3-market-a-2019")
    last = markets.figure(*tables, "2.3-market-a-2026")
    euro = markets.figure(*tables, "3.4-horizon")
    pairs = markets.comparable_pairs([first, last, euro])
    assert pairs["comparable"].tolist() == [True, False, False]
    assert pairs["differing"].tolist()[1] == ["scope", "region", "currency", "unit"]
    assert pairs["reason"].tolist()[0] == ""
    assert "Not comparable" in pairs["reason"].tolist()[1]


@pytest.mark.parametrize("date, expected", [
    ("2019", 2019.5), ("2019-01-01", 2019.0), ("2019-07-01", 2019.5), ("2019-01", 2019 + 15 / 372)])
def test_dates_become_decimal_years(date, expected):
    assert markets.when(date) == pytest.approx(expected)


def test_a_later_day_of_a_month_is_later_than_the_month():
    assert markets.when("2019-03") < markets.when("2019-03-21") < markets.when("2019-04")


def budget(**changes):
    row = {"programme": "P", "fiscal_year": 2020, "vintage": "request", "value_million": 10.0,
           "bound": "exact", "published": "2019-03", "confidence": "high"}
    return {**row, **changes}


def test_vintages_are_ratios_to_the_last_figure_in_print():
    frame = pd.DataFrame([
        budget(vintage="estimate", value_million=20.0, published="2020-02-20"), budget(),
        budget(programme="Q", value_million=99.0), budget(confidence="low", value_million=1.0),
        budget(fiscal_year=2019, value_million=5.0, published="2018-02"),
        budget(vintage="actual", value_million=40.0, published="2021-02"),
        budget(fiscal_year=2021, published="2020-02"),
    ])
    found = markets.vintages(frame, "P", min_confidence="medium", information_cutoff=2020)
    assert found[["fiscal_year", "value_million", "ratio_to_last"]].to_numpy().tolist() == [
        [2019, 5.0, 1.0], [2020, 10.0, 0.5], [2020, 20.0, 1.0], [2021, 10.0, 1.0]]
