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
