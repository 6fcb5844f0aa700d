"""Whole numbers behind shares, overlaps, and trends of yearly counts: limits, laws, references."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from helpers import counts, growth

YEARS = np.arange(2010, 2024)
SCATTERED = np.array([70, 95, 78, 130, 118, 190, 140, 240, 210, 205, 330, 290, 460, 350])
CALM = np.array([50, 54, 62, 66, 75, 81, 90, 99, 108, 121, 131, 146, 161, 176])

totals = st.integers(1, 2000)
shares = st.integers(0, 100)


# ------------------------------------------------------------------ shares and overlaps


@given(totals, shares)
def test_every_feasible_number_rounds_to_the_print_and_no_neighbour_does(total, percent):
    found = counts.feasible_integers(percent, total)
    distance = lambda k: abs(Fraction(100 * k, total) - percent)  # noqa: E731
    for k in found:
        assert distance(k) <= Fraction(1, 2)
    for k in {found.start - 1, found.stop} & set(range(total + 1)):
        assert distance(k) > Fraction(1, 2)


@given(totals.flatmap(lambda total: st.tuples(st.just(total), st.integers(0, total))))
def test_a_number_is_among_those_its_own_rounded_share_allows(pair):
    total, k = pair
    assert k in counts.feasible_integers(round(100 * k / total), total)


@given(totals)
def test_more_decimals_allow_no_more_numbers(total):
    for percent in (0, 33, 77, 100):
        exact = set(counts.feasible_integers(percent, total, decimals=1))
        assert exact <= set(counts.feasible_integers(percent, total))


def test_the_shares_of_the_book():
    assert list(counts.feasible_integers(77, 438)) == [336, 337, 338, 339]
    assert list(counts.feasible_integers(77, 212)) == [163, 164]
    assert counts.smallest_above(50, 438) == 220
    assert counts.smallest_above(50, 212) == 107


def test_ties_count_for_both_neighbours_and_some_prints_have_no_number():
    assert list(counts.feasible_integers(12, 8)) == [1]  # 12.5 %
    assert list(counts.feasible_integers(13, 8)) == [1]
    assert list(counts.feasible_integers(40, 3)) == []
    assert list(counts.feasible_integers("33.3", 3, decimals=1)) == [1]


@given(totals, st.integers(0, 99))
def test_the_smallest_above_is_above_and_one_less_is_not(total, percent):
    k = counts.smallest_above(percent, total)
    assert 100 * k > percent * total >= 100 * (k - 1)


@given(totals.flatmap(lambda n: st.tuples(*[st.integers(0, n)] * 2, st.just(n))))
def test_overlap_bounds_are_attained_and_never_passed(sizes):
    first, second, total = sizes
    low, high = counts.overlap_bounds(first, second, total)
    assert (low, high) == counts.overlap_bounds(second, first, total)
    assert 0 <= low <= high <= total
    members = np.arange(total)
    together = np.isin(members, members[:second]) & (members < first)  # nested: most
    apart = np.isin(members, members[total - second:]) & (members < first)  # from the end: fewest
    assert (apart.sum(), together.sum()) == (low, high)


@given(totals)
def test_a_group_that_holds_all_leaves_nothing_open(total):
    for size in {0, 1, total}:
        assert counts.overlap_bounds(size, total, total) == (size, size)


@pytest.mark.parametrize("call", [
    lambda: counts.feasible_integers(101, 10), lambda: counts.feasible_integers(50, 0),
    lambda: counts.feasible_integers(50, 4.5), lambda: counts.feasible_integers(-1, 4),
    lambda: counts.smallest_above(100, 10), lambda: counts.overlap_bounds(5, 2, 4),
    lambda: counts.overlap_bounds(-1, 2, 4),
])
def test_impossible_shares_and_groups_are_refused(call):
    with pytest.raises(counts.CountError):
        call()


# ------------------------------------------------------------------ trend


@pytest.mark.parametrize("model", counts.MODELS)
def test_counts_on_an_exact_trend_give_its_growth(model):
    level = np.round(1e6 * 1.2 ** (YEARS - 2010))
    fit = counts.fit_trend(YEARS, level, model)
    assert fit.growth == pytest.approx(0.2, abs=1e-6)
    assert fit.alpha == 0 and fit.dispersion < 1e-3


@pytest.mark.parametrize("model", counts.MODELS)
@pytest.mark.parametrize("values", [SCATTERED, CALM])
def test_shifting_the_years_changes_nothing_but_the_years(model, values):
    here, there = (counts.fit_trend(years, values, model) for years in (YEARS, YEARS - 1900))
    assert here.growth == pytest.approx(there.growth, rel=1e-9)
    assert here.growth_interval == pytest.approx(there.growth_interval, rel=1e-8)
    means = [fit.mean(years).to_numpy() for fit, years in ((here, YEARS), (there, YEARS - 1900))]
    assert means[0] == pytest.approx(means[1], rel=1e-9)


def test_the_poisson_fit_keeps_the_total_and_equals_a_direct_maximum():
    fit = counts.fit_trend(YEARS, SCATTERED, "poisson")
    assert fit.mean(YEARS).sum() == pytest.approx(SCATTERED.sum(), rel=1e-10)
    time = YEARS - fit.centre
    best = optimize.minimize(
        lambda b: -stats.poisson.logpmf(SCATTERED, np.exp(b[0] + b[1] * time)).sum(),
        [fit.level + 0.1, fit.slope - 0.02], method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000})
    assert [fit.level, fit.slope] == pytest.approx(best.x, abs=1e-6)


def test_the_negative_binomial_equals_a_direct_maximum_of_scipy():
    fit = counts.fit_trend(YEARS, SCATTERED)
    time = YEARS - fit.centre

    def loss(b):
        mean, alpha = np.exp(b[0] + b[1] * time), np.exp(b[2])
        return -stats.nbinom.logpmf(SCATTERED, 1 / alpha, 1 / (1 + alpha * mean)).sum()

    best = optimize.minimize(loss, [fit.level, fit.slope, -4.0], method="Nelder-Mead",
                             options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 8000})
    assert [fit.level, fit.slope, np.log(fit.alpha)] == pytest.approx(best.x, abs=1e-4)
    assert fit.alpha > 0.005


def test_errors_equal_those_of_the_family_with_the_estimated_spread():
    fit = counts.fit_trend(YEARS, SCATTERED, coverage=0.9)
    family = sm.families.NegativeBinomial(alpha=fit.alpha)
    model = sm.GLM(SCATTERED, sm.add_constant(YEARS - fit.centre), family=family).fit(tol=1e-12)
    assert model.params == pytest.approx([fit.level, fit.slope], rel=1e-6)
    assert fit.growth_interval == pytest.approx(np.expm1(model.conf_int(0.1)[1]), rel=2e-2)


def test_the_stock_family_would_be_several_times_too_wide():
    fit = counts.fit_trend(YEARS, SCATTERED)
    with pytest.warns(UserWarning, match="alpha"):
        stock = sm.GLM(SCATTERED, sm.add_constant(YEARS - fit.centre),
                       family=sm.families.NegativeBinomial()).fit()
    ours = np.diff(np.log1p(fit.growth_interval))[0]
    assert np.diff(stock.conf_int(0.2)[1])[0] > 3 * ours


def test_the_scaled_interval_is_that_of_quasi_poisson():
    fit = counts.fit_trend(YEARS, SCATTERED, "poisson")
    quasi = sm.GLM(SCATTERED, sm.add_constant(YEARS - fit.centre), family=sm.families.Poisson())
    assert fit.scaled_interval == pytest.approx(np.expm1(quasi.fit(scale="X2").conf_int(0.2)[1]))
    assert np.diff(fit.scaled_interval) > np.diff(fit.growth_interval)


def test_without_scatter_beyond_poisson_both_models_are_one():
    poisson, binomial = (counts.fit_trend(YEARS, CALM, model) for model in counts.MODELS)
    assert binomial.alpha == 0
    assert binomial.growth_interval == poisson.growth_interval
    one, other = (fit.predict([2024], draws=1000, seed=3) for fit in (poisson, binomial))
    assert one.equals(other)


def test_with_scatter_the_poisson_interval_is_the_narrower():
    poisson, binomial = (counts.fit_trend(YEARS, SCATTERED, model) for model in counts.MODELS)
    assert poisson.dispersion == binomial.dispersion > 2
    assert np.diff(poisson.growth_interval) < np.diff(binomial.growth_interval)
    ahead = [fit.predict([2026], draws=20_000, seed=3).iloc[0] for fit in (poisson, binomial)]
    assert ahead[0]["upper"] - ahead[0]["lower"] < ahead[1]["upper"] - ahead[1]["lower"]


@pytest.mark.parametrize("values, model", [(CALM, "poisson"), (SCATTERED, "negative_binomial")])
def test_simulated_counts_have_the_mean_and_spread_of_the_model(values, model):
    fit = counts.fit_trend(YEARS, values, model)
    draws = 40_000
    drawn = fit.simulate([2017, 2026], draws=draws, seed=5)
    assert drawn.shape == (2, draws) and drawn.dtype.kind == "i" and (drawn >= 0).all()
    mean = fit.mean([2017, 2026]).to_numpy()
    for row, expected in zip(drawn, mean, strict=True):
        assert row.mean() == pytest.approx(expected, rel=0.02)
    # Spread of one count about a known mean, without the error of the parameters.
    assert drawn[0].var() > 0.95 * (mean[0] + fit.alpha * mean[0] ** 2)


def test_with_known_parameters_the_draws_follow_scipy():
    fit = counts.fit_trend(YEARS, SCATTERED)
    object.__setattr__(fit, "_covariance", 1e-18 * np.eye(3))
    draws, mean = 40_000, fit.mean([2020]).iloc[0]
    drawn = fit.simulate([2020], draws=draws, seed=7)[0]
    law = stats.nbinom(1 / fit.alpha, 1 / (1 + fit.alpha * mean))
    for quantile in (0.1, 0.5, 0.9):
        cut = law.ppf(quantile)
        share, expected = np.mean(drawn <= cut), law.cdf(cut)
        assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / draws)


def test_intervals_hold_the_median_widen_and_repeat():
    fit = counts.fit_trend(YEARS, SCATTERED, coverage=0.5)
    wide = counts.fit_trend(YEARS, SCATTERED, coverage=0.95)
    ahead = fit.predict(range(2024, 2029), draws=5000, seed=1)
    assert ahead.equals(fit.predict(range(2024, 2029), draws=5000, seed=1))
    assert (ahead["lower"] <= ahead["median"]).all() and (ahead["median"] <= ahead["upper"]).all()
    assert (np.diff(ahead["upper"] - ahead["lower"]) > 0).all()
    wider = wide.predict(range(2024, 2029), draws=5000, seed=1)
    assert (wider["lower"] < ahead["lower"]).all() and (ahead["upper"] < wider["upper"]).all()
    assert np.diff(wide.growth_interval) > np.diff(fit.growth_interval)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 300), min_size=5, max_size=15).filter(any))
def test_any_series_of_counts_gives_a_finite_fit_or_a_refusal(values):
    years = np.arange(2000, 2000 + len(values))
    for model in counts.MODELS:
        fit = counts.fit_trend(years, values, model)
        assert np.isfinite([fit.growth, fit.dispersion, fit.alpha, fit.level]).all()
        assert fit.growth_interval[0] <= fit.growth <= fit.growth_interval[1]


@pytest.mark.parametrize("years, values, model, coverage, words", [
    (YEARS, SCATTERED, "gaussian", 0.8, "unknown"),
    (YEARS, SCATTERED, "poisson", 1.0, "coverage"),
    (YEARS[::-1], SCATTERED, "poisson", 0.8, "increasing"),
    (YEARS, -SCATTERED, "poisson", 0.8, "whole"),
    (YEARS, SCATTERED + 0.5, "poisson", 0.8, "whole"),
    (YEARS[1:], SCATTERED, "poisson", 0.8, "match"),
    (YEARS, SCATTERED * np.nan, "poisson", 0.8, "finite"),
    (YEARS, SCATTERED * 0, "poisson", 0.8, "zero"),
])
def test_bad_series_are_refused(years, values, model, coverage, words):
    with pytest.raises(counts.CountError, match=words):
        counts.fit_trend(years, values, model, coverage)


def test_four_years_are_too_few():
    with pytest.raises(growth.TooFewPoints, match="at least 5 full years; got 4"):
        counts.fit_trend(YEARS[:4], SCATTERED[:4])


def test_the_drift_interval_is_a_t_interval_of_the_yearly_log_changes():
    changes = np.diff(np.log(SCATTERED))
    walk = growth.fit_growth(YEARS, SCATTERED, coverage=0.8)
    expected = np.expm1(stats.t.interval(0.8, changes.size - 1, changes.mean(), stats.sem(changes)))
    found = counts.drift_growth_interval(walk, YEARS[-1] - YEARS[0])
    assert found == pytest.approx(expected, rel=1e-9)
    assert found[0] < walk.growth < found[1]


# ------------------------------------------------------------------ comparison of models


def compared(values, **settings):
    return counts.compare_models(
        YEARS, values, **{"coverage": 0.8, "draws": 2000, "seed": 1, **settings})


def test_every_model_forecasts_the_same_years_from_the_same_past():
    table = compared(SCATTERED, horizons=(1, 3))
    sets = {model: set(zip(part["origin"], part["horizon"], part["actual"], strict=True))
            for model, part in table.groupby("model")}
    assert set(sets) == {"no_change", "random_walk_drift", *counts.MODELS}
    assert len(set(map(frozenset, sets.values()))) == 1
    assert table["origin"].min() == 2014 and (table["origin"] + table["horizon"]).max() == 2023


def test_a_year_ahead_is_never_looked_at():
    altered = SCATTERED.copy()
    altered[-1] *= 3
    columns = ["origin", "horizon", "model", "median", "lower", "upper"]
    before, after = compared(SCATTERED)[columns], compared(altered)[columns]
    assert before.equals(after)


def test_the_forecasts_can_be_scored_and_steady_growth_beats_no_change():
    steady = np.round(200 * 1.2 ** (YEARS - 2010))
    table = compared(steady)
    scores = growth.score(table, steady)
    assert table.attrs["coverage"] == 0.8
    for horizon in counts.HORIZONS:
        at = scores.xs(horizon, level="horizon")["mase"].droplevel("window")
        assert at["poisson"] < 0.1 * at["no_change"]


def test_counts_near_zero_stay_scorable():
    table = compared(np.array([1, 2, 1, 1, 3, 1, 2, 1, 1, 2, 1, 1, 2, 1]))
    ours = table[table["model"].isin(counts.MODELS)]
    assert (ours[["median", "lower"]] >= counts.HALF_A_COUNT).all(axis=None)
    assert (growth.score(table, [1, 2, 1])["n"] > 0).all()


def test_a_series_without_a_year_ahead_is_refused():
    with pytest.raises(growth.TooFewPoints):
        counts.compare_models(YEARS[:5], SCATTERED[:5], coverage=0.8, draws=1000, seed=1)


# ------------------------------------------------------------------ rates and least totals


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=4), st.integers(1, 10**5),
       st.integers(1, 400))
def test_rates_multiplied_out_give_the_totals_again(values, members, days):
    totals = pd.Series(values)
    rates = counts.spread_evenly(totals, members, days)
    assert rates["per_member"].to_numpy() * members == pytest.approx(totals.to_numpy())
    assert rates["per_member_day"].to_numpy() * members * days == pytest.approx(totals.to_numpy())
    assert rates["per_second"].to_numpy() * days * 86_400 == pytest.approx(totals.to_numpy())


@pytest.mark.parametrize("members, days", [(0, 1), (1, 0), (1.5, 1)])
def test_a_rate_over_nobody_or_no_time_is_refused(members, days):
    with pytest.raises(counts.CountError, match="whole number"):
        counts.spread_evenly(pd.Series([1]), members, days)


@given(st.lists(st.floats(1, 1e9), min_size=1, max_size=5), st.floats(0, 1e9))
def test_no_total_is_below_its_bound(parts, others):
    total = sum(parts) + others
    bound = counts.least_total(len(parts), min(parts), min(1, sum(parts) / total))
    assert bound <= total * (1 + 1e-12)


def test_the_bound_of_the_book_and_the_shares_that_are_none():
    assert counts.least_total(3, 3e6, 0.81) == pytest.approx(11_111_111.1)
    for share in (0, 1.01, -0.2):
        with pytest.raises(counts.CountError, match="share of a total"):
            counts.least_total(3, 3e6, share)


# ------------------------------------------------------------------ shares, models and counters


@given(st.integers(2, 500), st.integers(0, 99), st.data())
def test_two_shares_of_one_group_leave_what_its_members_allow(total, above, data):
    members = data.draw(st.integers(0, total))
    found = counts.joint_counts(round(100 * members / total), above, total)
    assert found["first_min"] <= members <= found["first_max"]
    assert 100 * found["second_min"] > above * total
    assert 0 <= found["both_min"] <= found["both_max"] == found["first_max"] <= total
    assert found["both_min"] == max(0, found["first_min"] + found["second_min"] - total)


def test_the_two_shares_of_the_book():
    assert counts.joint_counts(77, 50, 438) == {
        "total": 438, "first_min": 336, "first_max": 339, "second_min": 220, "both_min": 118,
        "both_max": 339}


def test_a_share_that_no_number_rounds_to_is_refused():
    with pytest.raises(counts.CountError, match="No whole number of 3"):
        counts.joint_counts(40, 50, 3)


def test_growth_by_model_is_that_of_each_fit():
    table = counts.growth_by_model(YEARS, SCATTERED, 0.8)
    poisson = counts.fit_trend(YEARS, SCATTERED, "poisson", 0.8)
    walk = growth.fit_growth(YEARS, SCATTERED, "random_walk_drift", 0.8)
    assert table.loc["poisson", "growth"] == table.loc["poisson_scaled", "growth"]
    assert table.loc["poisson", "growth"] == poisson.growth
    assert table.loc["random_walk_drift", "growth"] == walk.growth
    assert (table["lower"] < table["growth"]).all() and (table["growth"] < table["upper"]).all()
    width = table["upper"] - table["lower"]
    assert width["poisson"] < width["poisson_scaled"] < width["random_walk_drift"]
    assert table.loc["negative_binomial", "alpha"] > 0 == table.loc["poisson", "alpha"]


def test_the_mean_error_counts_each_forecast_once():
    index = pd.MultiIndex.from_tuples([("a", 5, 1), ("a", 5, 2), ("b", 5, 1), ("b", 5, 2)],
                                      names=["model", "window", "horizon"])
    scores = pd.DataFrame({"mase": [1.0, 4.0, 2.0, 2.0], "n": [3, 1, 3, 1]}, index)
    errors = counts.errors_ahead(scores)
    assert errors["mean"].to_dict() == {"a": 1.75, "b": 2.0}
    assert errors.loc["a", [1, 2]].tolist() == [1, 4]


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=5))
def test_the_least_wrong_models_hold_the_smallest_error_and_keep_their_order(values):
    errors = pd.Series(values, [f"m{i}" for i in range(len(values))])
    best = counts.least_wrong(errors)
    assert errors.idxmin() in best
    assert best == [name for name in errors.index if name in best]
    assert max(errors[best]) < 1.02 * errors.min()
    assert counts.least_wrong(errors, margin=100) == list(errors.index)


def test_forecasts_without_an_interval_hold_nothing():
    forecasts = pd.DataFrame({
        "model": ["a", "a", "b", "c"], "actual": [2, 9, 5, 5],
        "lower": [1, 1, np.nan, 5], "upper": [3, 3, np.nan, 5]})
    assert counts.held_counts(forecasts).to_dict("index") == {
        "a": {"inside": 1, "forecasts": 2}, "c": {"inside": 1, "forecasts": 1}}


def test_one_counter_cannot_disagree():
    counters = pd.DataFrame({"year": [2018, 2019, 2019, 2019], "value": [7.0, 4.0, 6.0, 5.0]})
    found = counts.disagreement(counters)
    assert found.to_dict("index") == {2019: {"count": 3, "min": 4.0, "max": 6.0, "ratio": 1.5}}


# ------------------------------------------------------------------ what came after a trend

GROWING = np.round(100 * 1.2 ** np.arange(10)).astype(int)
STANDING = np.concatenate([GROWING, [GROWING[-1]] * 3])
AFTER = np.arange(2010, 2023)


def test_a_trend_overshoots_counts_that_stand_still_by_its_own_growth():
    found = counts.after_the_fit(AFTER, STANDING, 2010, 2019)
    assert (found.year, found.later, found.published) == (2022, 3, GROWING[-1])
    assert found.growth_since == pytest.approx(0) and found.pace == "slowed"
    assert found.overshoot == pytest.approx(1.2 ** 3 - 1, rel=0.01)
    assert found.expected == pytest.approx((1 + found.overshoot) * found.published)


@pytest.mark.parametrize("factor, pace", [(1.05, "slowed"), (1.15, "slowed"), (1.25, "kept")])
def test_the_pace_after_a_fit_is_told_against_the_fitted_growth(factor, pace):
    later = np.round(GROWING[-1] * factor ** np.arange(1, 4)).astype(int)
    found = counts.after_the_fit(AFTER, [*GROWING, *later], 2010, 2019)
    assert found.pace == pace
    assert (found.overshoot > 0) == (factor < 1.2)


def test_nothing_after_the_fit_and_a_zero_at_its_end_are_refused():
    with pytest.raises(counts.CountError, match="No count after 2022"):
        counts.after_the_fit(AFTER, STANDING, 2010, 2022)
    with pytest.raises(counts.CountError, match="above zero"):
        counts.after_the_fit(AFTER, [*STANDING[:-1], 0], 2010, 2019)
    with pytest.raises(growth.TooFewPoints):
        counts.after_the_fit(AFTER, STANDING, 2016, 2019)


@given(st.lists(st.integers(0, 60), min_size=20, max_size=200), st.integers(0, 60))
def test_a_band_of_the_found_coverage_holds_the_count_and_a_narrower_one_need_not(drawn, count):
    found = counts.held_at(drawn, count)
    assert 0 <= found <= 1
    below, above = np.mean(np.array(drawn) <= count), np.mean(np.array(drawn) >= count)
    assert (1 - found) / 2 == pytest.approx(min(below, above, 0.5))
    with pytest.raises(counts.CountError):
        counts.held_at([], count)


def test_the_trend_that_is_told_ends_before_the_last_count():
    assert counts.told_until(2019, 2025, 2021) == 2019
    assert counts.told_until(2025, 2025, 2021) == counts.told_until(2026, 2025, 2021) == 2021
    assert counts.told_until(2026, 2015, 2021) == 2014


def test_turning_values_are_those_under_which_the_trend_ends_elsewhere():
    still = pd.DataFrame({"still": STANDING, "onward": np.round(
        100 * 1.2 ** np.arange(13) * np.where(AFTER > 2019, 1.3, 1)).astype(int)}, AFTER)
    now = {"first": 2010, "cutoff": 2019, "unit": "still", "model": "poisson"}
    tried = {"first": range(2010, 2018), "unit": ["still", "onward"], "model": list(counts.MODELS)}
    found = counts.turning_values(still, now, tried, otherwise=2019).set_index("name")
    assert found.loc["first", "flips"] == [2016, 2017] and found.loc["first", "then"] == ["none"]
    assert found.loc["unit", "flips"] == ["onward"] and found.loc["unit", "then"] == ["under"]
    assert found.loc["model", "flips"] == [] and set(found["now"]) == {"over"}
    assert 0 < found["low"].min() <= found["high"].max() < 1
    no_trend = counts.turning_values(still, now | {"first": 2017}, {"first": [2010, 2017]},
                                     otherwise=2019).iloc[0]
    assert (no_trend["now"], no_trend["flips"], no_trend["then"]) == ("none", [2010], ["over"])
    assert np.isnan(no_trend["low"])
