"""Printed figures become records with scope and unit; money is converted or refused."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import audit, datasets, markets, parameters

RATES = pd.DataFrame({
    "currency": ["USD", "CNY", "EUR"] * 2, "year": [2019] * 3 + [2020] * 3,
    "units_per_usd": [1.0, 7.0, 0.8, 1.0, 6.5, 0.9],
})


@pytest.fixture(scope="module")
def tables():
    return datasets.load("claims"), datasets.load("scopes")


@pytest.mark.parametrize("unit, value, half_width, qualifier, expected", [
    ("USD_billion", 12.345, 0.0005, "none", (12.345, 0.0005, "USD billion")),
    ("USD_million", 120.0, 0.5, "none", (0.12, 0.0005, "USD billion")),
    ("USD_million", 120.0, 0.5, "approx", (0.12, 0.005, "USD billion")),
    ("percent_per_year", 12.34, 0.005, "none", (0.1234, 0.00005, "fraction per year")),
])
def test_a_figure_is_in_billions_and_knows_its_rounding(
        tables, unit, value, half_width, qualifier, expected):
    claims, scopes = tables
    made = claims.assign(unit=unit, value=value, half_width=half_width, qualifier=qualifier)
    figure = markets.figure(made, scopes, "2.3-market-a-2019", approximate_half_width=5.0)
    found = (figure["value"], figure["half_width"], figure["unit"])
    assert found[:2] == pytest.approx(expected[:2], rel=1e-12) and found[2] == expected[2]


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
    claims, scopes = tables
    none = [float("nan")] * len(claims)
    undated = markets.figure(claims.assign(period_start=none, period_end=none), scopes,
                             "2.3-market-a-2019")
    bound = markets.figure(
        claims.assign(period_start="2001", period_end="2004", half_width=none), scopes,
        "2.3-market-a-2019")
    assert undated["year"] is None and undated["half_width"] is not None
    assert (bound["first_year"], bound["year"], bound["half_width"]) == (2001, 2004, None)


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


@pytest.mark.parametrize("width", [0.5, 5.0, 20.0])
def test_approximately_has_one_width_wherever_a_print_is_judged(tables, width):
    claims, scopes = tables
    for claim in claims[claims["scope_id"].notna()].itertuples():
        figure = markets.figure(claims, scopes, claim.claim_id, approximate_half_width=width)
        row = claims.set_index("claim_id").loc[claim.claim_id]
        low, high = audit.interval(row, width)
        if figure["half_width"] is None:
            continue
        scale = figure["value"] / claim.value
        assert figure["value"] - figure["half_width"] == pytest.approx(low * scale)
        assert figure["value"] + figure["half_width"] == pytest.approx(high * scale)


@pytest.mark.parametrize("qualifier, unit, half, width, expected", [
    ("approx", "USD_million", 0.5, 5.0, 5.0),
    ("approx", "USD_million", 0.5, 20.0, 20.0),
    ("approx", "USD_billion", 0.0005, 5.0, 0.005),
    ("approx", "USD_billion", 0.5, 20.0, 0.5),  # never narrower than the printed digits
    ("approx", "year", None, 5.0, None),  # a year is no money
    ("none", "USD_million", 0.5, 5.0, 0.5),
    ("more_than", "USD_million", None, 5.0, None),
])
def test_the_word_widens_only_sums_of_dollars(qualifier, unit, half, width, expected):
    claim = {"half_width": half, "unit": unit, "qualifier": qualifier}
    assert markets.half_width(claim, width) == expected


def test_without_a_width_of_the_reader_that_of_the_baseline_holds(tables):
    default = parameters.defaults()["approximate_half_width"]
    claim = "2.3-expenditure-b-2019"
    assert markets.figure(*tables, claim) == markets.figure(
        *tables, claim, approximate_half_width=default)


def printed(value, half_width=0.0, year=2019, **fields):
    return {"value": value, "half_width": half_width, "year": year, **fields}


POSITIVE = st.floats(0.1, 1000)


@given(POSITIVE, POSITIVE, st.floats(0, 0.4), st.floats(0, 0.4))
def test_a_ratio_lies_within_its_bounds_and_they_widen_with_the_rounding(part, whole, one, other):
    narrow = markets.ratio(printed(part, part * one / 2), printed(whole, whole * other / 2))
    wide = markets.ratio(printed(part, part * one), printed(whole, whole * other))
    assert wide.low <= narrow.low <= narrow.value == wide.value <= narrow.high <= wide.high


def test_exact_figures_leave_no_room():
    assert markets.ratio(printed(3.0), printed(4.0)) == (0.75, 0.75, 0.75)
    rate = markets.implied_growth(printed(1.0), printed(4.0, year=2021))
    assert rate == pytest.approx((1.0, 1.0, 1.0))
    base, added = markets.year_before(printed(6.0), printed(0.5))
    assert (base, added) == ((4.0, 4.0, 4.0), (2.0, 2.0, 2.0))
    assert markets.doubling_time(printed(1.0)) == (1.0, 1.0, 1.0)


@given(POSITIVE, st.floats(0, 0.3), st.floats(0.1, 2), st.floats(0, 0.05))
def test_the_year_before_is_bounded_by_the_corners_of_the_print(size, half, rate, width):
    size, rate = printed(size, size * half), printed(rate, width)
    base, added = markets.year_before(size, rate)
    corners = [
        (value, value / (1 + growth))
        for value in (size["value"] - size["half_width"], size["value"] + size["half_width"])
        for growth in (rate["value"] - width, rate["value"] + width)
    ]
    assert base[1:] == pytest.approx((min(b for _, b in corners), max(b for _, b in corners)))
    gains = [value - b for value, b in corners]
    assert added[1:] == pytest.approx((min(gains), max(gains)))
    assert base.value + added.value == pytest.approx(size["value"])


def test_a_faster_growth_doubles_sooner():
    assert markets.doubling_time(printed(0.1, 0.01)).low < 7.2725 < \
        markets.doubling_time(printed(0.1, 0.01)).high
    assert markets.doubling_time(printed(0.1)).value == pytest.approx(7.27254, abs=1e-5)


def test_the_printed_rate_of_market_b_and_its_bounds(tables):
    first, last = (markets.figure(*tables, f"2.3-expenditure-b-{year}") for year in (2019, 2025))
    assert markets.implied_growth(first, last) == pytest.approx(
        (0.44995, 0.44678, 0.45319), abs=1e-4)


@pytest.mark.parametrize("year, value, basis", [
    (2019, 1.0, "printed"), (2021, 4.0, "printed"), (2020, 2.0, "between two printed years"),
    (2018, 0.5, "before the first printed year"), (2022, 8.0, "after the last printed year"),
])
def test_a_value_on_a_path_says_where_it_comes_from(year, value, basis):
    assert markets.on_path(printed(1.0), printed(4.0, year=2021), year) == (
        pytest.approx(value), basis)


@pytest.mark.parametrize("year, expected", [
    (2017, (None, "not printed")), (2018, (2.0, "from its growth")), (2019, (3.0, "printed")),
    (2020, (None, "not printed")),
])
def test_a_size_and_its_growth_give_two_years_and_no_forecast(year, expected):
    assert markets.known_size(printed(3.0), printed(0.5), year) == expected


def test_a_share_is_spanned_by_the_rates_on_either_side():
    rates = {2017: 5.0, 2018: 8.0, 2019: 4.0, 2020: 10.0, 2021: 6.0}
    arguments = printed(4.0), printed(1.0), printed(1.0), printed(4.0, year=2021)
    row = markets.share_row(*arguments, 2019, rates.get)
    assert (row["share"], row["low"], row["high"]) == (1.0, 0.4, 1.0)
    assert (row["china_basis"], row["world_basis"]) == ("printed", "printed")
    silent = markets.share_row(*arguments, 2020, rates.get)
    assert (silent["china"], silent["share"], silent["low"], silent["high"]) == (None,) * 4
    assert silent["world"] == pytest.approx(2.0)
    fixed = markets.share_row(*arguments, 2018, lambda year: 4.0)
    assert fixed["low"] == fixed["share"] == fixed["high"]


LAYERS = {"rate_bounds": (0.05, 0.15), "path_end": 1.21, "fading_end": 1.15, "band": (0.5, 2.0),
          "median_ratio": 0.9}


def test_layers_stand_side_by_side_each_with_its_own_ends():
    layers = markets.horizon_layers(1.0, 2, published=[0.2, 0.0], **LAYERS)
    assert list(layers) == ["rounding", "published", "fading", "reference_class"]
    assert layers["rounding"] == pytest.approx((1.21, 1.1025, 1.3225))
    assert layers["published"][1:] == pytest.approx((1.0, 1.44))
    assert layers["published"].value is None
    assert layers["fading"] == (1.15, 1.15, 1.15)
    assert layers["reference_class"] == pytest.approx((1.089, 0.605, 2.42))


def test_a_layer_without_publishers_is_left_out():
    assert "published" not in markets.horizon_layers(1.0, 2, published=[], **LAYERS)


PRICES = pd.DataFrame({"year": [2018, 2019, 2020], "annual_average": [90.0, 100.0, 125.0]})


def test_money_that_is_neither_converted_nor_deflated_stays():
    assert markets.in_money(3.0, "USD", "USD", [], rates=RATES) == (3.0, "USD", None, "")


@given(st.floats(0.1, 1000), st.sampled_from(["USD", "RMB", "EUR"]),
       st.sampled_from(["USD", "RMB", "EUR"]))
def test_money_there_and_back_is_the_same(value, source, target):
    there = markets.in_money(value, source, target, [2019, 2020], rates=RATES)
    assert there.currency == target
    back = markets.in_money(there.value, target, source, [2019], rates=RATES)
    once = markets.in_money(value, source, target, [2019], rates=RATES)
    again = markets.in_money(once.value, target, source, [2019], rates=RATES)
    assert again.value == pytest.approx(value)
    assert back.currency == source


def test_money_without_a_year_stays_in_its_currency_and_says_why():
    money = markets.in_money(3.0, "EUR", "RMB", [], rates=RATES)
    assert (money.value, money.currency, money.price_year) == (3.0, "EUR", None)
    assert "stays in EUR" in money.refusal


def test_dollars_are_deflated_after_conversion_and_other_money_is_not():
    settings = {"rates": RATES, "prices": PRICES, "price_year": 2019}
    assert markets.in_money(8.0, "EUR", "USD", [2020], **settings) == (
        pytest.approx(8.0 / 0.9 * 0.8), "USD", 2019, "")
    assert markets.in_money(1.0, "USD", "RMB", [2020], **settings) == (6.5, "RMB", None, "")
    spread = markets.in_money(1.0, "USD", "USD", [2018, 2020], **settings)
    assert spread.value == pytest.approx((100 / 90 + 0.8) / 2)
    assert markets.in_money(1.0, "USD", "USD", [], **settings).price_year is None


def test_sums_are_shown_together_or_in_the_fallback():
    known, unknown = [("RMB", 2019), ("EUR", 2020)], [("RMB", 2019), ("EUR", 2030)]
    assert markets.common_currency(RATES, "USD", known, fallback="RMB") == ("USD", "")
    shown, why = markets.common_currency(RATES, "USD", unknown, fallback="RMB")
    assert shown == "RMB" and "for 2030" in why


def test_a_path_keeps_its_growth_in_another_currency():
    path = pd.Series([1.0, 2.0, 4.0], [2019, 2020, 2021])
    shown, refusal = markets.path_in_money(path, "RMB", rate_year=2019, rates=RATES)
    assert list(shown) == [7.0, 14.0, 28.0] and refusal == ""
    assert markets.path_in_money(path, "USD", rate_year=2019)[0].equals(path)


def test_years_without_prices_are_refused_and_the_rest_is_given():
    path = pd.Series([1.0, 2.0, 4.0], [2019, 2020, 2021])
    shown, refusal = markets.path_in_money(path, "USD", rate_year=2019, prices=PRICES)
    assert shown.to_dict() == {2019: 1.0, 2020: 1.6}
    assert refusal.startswith("No price level for 2021: the table of consumer prices ends in 2020.")
    assert "nominal" not in refusal, "no nominal value stands among constant prices"


def test_only_publications_with_three_values_of_one_scope_are_fitted():
    rows = pd.DataFrame({
        "scope_id": ["a"] * 3 + ["b"] * 2, "publisher": "X", "vintage": "2019",
        "year": [2020, 2018, 2019, 2018, 2019], "value_billion": [4.0, 1.0, 2.0, 1.0, 2.0]})
    fits = markets.fit_each(rows, model="random_walk_drift", coverage=0.8)
    assert list(fits["scope_id"]) == ["a"]
    one = fits.iloc[0]
    assert (one["years"], one["year"]) == ("2018, 2019, 2020", 2021)
    assert one["growth"] == pytest.approx(100) and one["median"] == pytest.approx(8.0)
    assert one["lower"] <= one["median"] <= one["upper"]
    assert markets.fit_each(rows[:2], model="loglinear", coverage=0.8).empty


def test_figures_that_may_be_compared_have_no_mismatch(tables):
    first, last = (markets.figure(*tables, f"2.3-market-a-{year}") for year in (2019, 2026))
    assert markets.mismatch([first, last]) is None
    other = markets.figure(*tables, "2.3-expenditure-b-2019")
    assert "scope" in markets.mismatch([first, other]).differing


# ------------------------------------------------------------------ where an answer turns


@pytest.mark.parametrize("part, width", [(0.55, 0.17), (0.38, 0.0), (0.2, 0.0)])
def test_a_part_fits_once_the_whole_is_wide_enough(part, width):
    assert markets.width_to_fit(part, printed(0.38, 0.0, 2019)) == pytest.approx(width)


@pytest.mark.parametrize("behind, year", [
    ((printed(1.0, 0.0, 2019), printed(2.0, 0.0, 2020)), 2022),  # equal then: 8 = 1 * 2**3
    ((printed(1.1, 0.0, 2019), printed(2.2, 0.0, 2020)), 2021),
    ((printed(1.0, 0.0, 2019), printed(1.0, 0.0, 2020)), None),
])
def test_the_market_behind_is_the_larger_after_this_year(behind, year):
    ahead = printed(8.0, 0.0, 2019), printed(8.0, 0.0, 2021)
    assert markets.overtaking_year(ahead, behind) == year


def test_the_year_of_overtaking_needs_one_first_year_and_the_larger_first():
    one = printed(1.0, 0.0, 2019), printed(2.0, 0.0, 2020)
    other = printed(8.0, 0.0, 2018), printed(8.0, 0.0, 2021)
    for pair in ((one, other), (one, (printed(8.0, 0.0, 2019), printed(9.0, 0.0, 2021)))):
        with pytest.raises(ValueError, match="the larger first"):
            markets.overtaking_year(*pair)


@pytest.mark.parametrize("rows, level", [
    (["high", "high"], None), (["high", "medium"], "high"), (["low", "high"], "medium")])
def test_the_level_that_drops_a_row_is_the_one_over_the_weakest(rows, level):
    assert markets.level_that_drops(rows) == level


def test_one_size_and_its_growth_give_two_years():
    size, rate = printed(3.0, 0.0, 2019), printed(0.5, 0.0, 2019)
    found = markets.years_with_size(size, rate, range(2015, 2025))
    assert found == [2018, 2019]
