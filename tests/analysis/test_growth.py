"""Tests of `helpers.growth`.

Order: invariants and limits, values worked out by hand, refusals, independent libraries, certified
reference data. Reference data in `reference/` carry their source in the first line.
"""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers import growth
from helpers.growth import (
    NotIdentified,
    ScopeMismatch,
    TooFewPoints,
    base_rate,
    cagr,
    cagr_bounds,
    check_comparable,
    constant_growth_path,
    damped_growth_path,
    doubling_time,
    fit_growth,
    fit_saturation,
    implied_base,
    log_growth,
    pool_growth,
    rolling_origin,
    score,
    simulate_paths,
)
from helpers.growth.fits import ordinary_least_squares
from helpers.growth.least_squares import complex_step_jacobian, solve

REFERENCE = Path(__file__).parent / "reference"
EXACT = {"rel": 1e-12, "abs": 0.0}


def holds_for(*strategies, examples=40):
    """Hypothesis with fixed examples."""

    def decorate(test):
        return settings(derandomize=True, max_examples=examples)(
            given(*strategies)(test)
        )

    return decorate


money = st.floats(1e-3, 1e6)
market = st.floats(1.0, 1e4)
rates = st.floats(-0.6, 3.0)
positive_rates = st.floats(1e-3, 3.0)
periods = st.integers(1, 40)
factors = st.floats(1e-3, 1e3)
series = st.lists(st.floats(0.1, 1e4), min_size=3, max_size=12)


def logistic(t, level, rate, turning):
    return level / (1.0 + np.exp(-rate * (np.asarray(t, dtype=float) - turning)))


def gompertz(t, level, b, c):
    return level * np.exp(-b * np.exp(-c * np.asarray(t, dtype=float)))


def random_walk(rng, count, drift=0.08, sigma=0.1):
    return 10.0 * np.exp(np.concatenate([[0.0], np.cumsum(rng.normal(drift, sigma, count - 1))]))


# ---------------------------------------------------------------- invariants and limits


class TestRates:
    @holds_for(money, rates, periods)
    def test_growing_at_the_rate_leads_to_the_end(self, start, rate, count):
        end = start * (1.0 + rate) ** count
        assert (1.0 + cagr(start, end, count)) ** count * start == pytest.approx(end, rel=1e-11)

    @holds_for(money, money, periods, factors)
    def test_free_of_unit_and_currency(self, start, end, count, factor):
        scaled = cagr(start * factor, end * factor, count)
        assert scaled == pytest.approx(cagr(start, end, count), rel=1e-9, abs=1e-14)

    @holds_for(market, market, market, periods, periods)
    def test_log_growth_adds_up(self, first, middle, last, before, after):
        total = (before + after) * log_growth(cagr(first, last, before + after))
        parts = before * log_growth(cagr(first, middle, before)) + after * log_growth(
            cagr(middle, last, after)
        )
        assert total == pytest.approx(parts, rel=1e-9, abs=1e-10)

    @holds_for(money, st.floats(1.01, 1e3), st.floats(1.001, 5.0), periods)
    def test_rises_with_the_end_and_falls_with_the_start(self, start, ratio, more, count):
        end = start * ratio
        assert cagr(start, end * more, count) > cagr(start, end, count)
        assert cagr(start * more, end, count) < cagr(start, end, count)

    @holds_for(money, rates)
    def test_implied_base_undoes_growth(self, value, rate):
        base = implied_base(value, rate)
        assert base * (1.0 + rate) == pytest.approx(value, **EXACT)
        assert cagr(base, value, 1) == pytest.approx(rate, rel=1e-9, abs=1e-12)

    @holds_for(positive_rates)
    def test_a_figure_doubles_in_its_doubling_time(self, rate):
        assert (1.0 + rate) ** doubling_time(rate) == pytest.approx(2.0, rel=1e-11)

    @holds_for(
        st.floats(1.0, 1e4), st.floats(1.0, 1e4), periods, st.floats(0, 0.5), st.floats(0, 0.5)
    )
    def test_rounding_bounds_hold_the_rate_and_widen(self, start, end, count, half, wider):
        rate = cagr(start, end, count)
        assert cagr_bounds(start, end, count, 0, 0) == (rate, rate)
        low, high = cagr_bounds(start, end, count, half, half)
        lower, higher = cagr_bounds(start, end, count, half + wider * 0.5, half)
        assert lower <= low <= rate <= high <= higher

    def test_no_digits_are_lost_near_zero_growth(self):
        # The quotient of nearly equal figures keeps only a few digits of its difference from 1.
        assert cagr(1.0, 1.0 + 2.0**-40, 1) == pytest.approx(2.0**-40, rel=1e-14)
        assert cagr(3.0, 3.0, 7) == 0.0

    def test_no_overflow_between_extremes(self):
        assert cagr(1e-300, 1e300, 600) == pytest.approx(9.0, rel=1e-12)

    def test_arrays_broadcast_and_scalars_stay_scalar(self):
        table = cagr(np.array([[1.0], [2.0]]), np.array([2.0, 4.0, 8.0]), 2)
        assert table.shape == (2, 3)
        assert table[1, 2] == pytest.approx(1.0, **EXACT)
        assert isinstance(cagr(1, 2, 3), float)
        assert isinstance(log_growth(0.1), float)
        assert cagr(pd.Series([1.0, 2.0]), 4, 1) == pytest.approx([3.0, 1.0])
        assert cagr(Fraction(1, 2), Decimal("0.6"), 1) == pytest.approx(0.2)


class TestPaths:
    @holds_for(market, market, st.integers(1990, 2030), periods)
    def test_the_constant_path_meets_both_figures_exactly(self, start, end, year, count):
        path = constant_growth_path(
            start, end, year, year + count, range(year - 2, year + count + 3)
        )
        assert path[year] == start
        assert path[year + count] == end
        steps = np.diff(np.log(path.to_numpy()))
        assert steps == pytest.approx(np.full(steps.size, np.log(end / start) / count), abs=1e-9)

    @holds_for(money, positive_rates, st.floats(1.01, 50.0), st.integers(1, 15))
    def test_the_damped_path_meets_all_three_figures(self, start, first, ratio, count):
        end = start * ratio
        phi, path = damped_growth_path(
            start, first, end, 2019, 2019 + count, range(2019, 2020 + count)
        )
        assert phi > 0
        assert path[2019] == start
        assert path[2019 + count] == end
        steps = np.diff(np.log(path.to_numpy()[: count + 1]))
        expected = np.log1p(first) * phi ** np.arange(1, count + 1)
        assert steps == pytest.approx(expected, rel=1e-7, abs=1e-10)

    @holds_for(money, positive_rates, st.integers(2, 12), factors)
    def test_the_damping_is_free_of_the_unit(self, start, first, count, factor):
        end = start * 2.5
        years = range(2019, 2019 + count + 1)
        phi, path = damped_growth_path(start, first, end, 2019, 2019 + count, years)
        again, scaled = damped_growth_path(
            start * factor, first, end * factor, 2019, 2019 + count, years
        )
        assert again == pytest.approx(phi, rel=1e-9)
        assert scaled.to_numpy() == pytest.approx(path.to_numpy() * factor, rel=1e-9)

    @holds_for(positive_rates, st.integers(1, 12))
    def test_without_fading_the_damped_path_is_the_constant_one(self, rate, count):
        end = 5.0 * (1.0 + rate) ** count
        years = range(2019, 2019 + count + 3)
        phi, damped = damped_growth_path(5.0, rate, end, 2019, 2019 + count, years)
        assert phi == pytest.approx(1.0, rel=1e-10)
        constant = constant_growth_path(5.0, end, 2019, 2019 + count, years)
        assert damped.to_numpy() == pytest.approx(constant.to_numpy(), rel=1e-8)

    def test_faster_recorded_growth_must_fade_more(self):
        phis = [
            damped_growth_path(1.0, first, 4.0, 2019, 2025, [2025])[0]
            for first in (0.1, 0.3, 0.5, 1.0)
        ]
        assert phis == sorted(phis, reverse=True)

    def test_years_outside_are_listed(self):
        path = constant_growth_path(1, 2, 2019, 2021, [2018, 2019, 2020, 2022])
        assert path.attrs["extrapolated"] == [2018, 2022]
        assert path.index.tolist() == [2018, 2019, 2020, 2022]
        assert path.index.name == "year"
        _, damped = damped_growth_path(1, 0.5, 2, 2019, 2021, [2019, 2022, 2023])
        assert damped.attrs["extrapolated"] == [2022, 2023]


class TestFit:
    MODELS = ("random_walk_drift", "loglinear")

    @pytest.mark.parametrize("model", MODELS)
    @holds_for(series, factors)
    def test_free_of_unit_and_currency(self, model, values, factor):
        years = range(2010, 2010 + len(values))
        ahead = [2010 + len(values), 2013 + len(values)]
        one = fit_growth(years, values, model)
        two = fit_growth(years, np.array(values) * factor, model)
        assert two.growth == pytest.approx(one.growth, rel=1e-7, abs=1e-10)
        try:
            expected = one.predict(ahead).to_numpy() * factor
        except ValueError:
            assume(False)  # beyond floating-point range, refused
        assert two.predict(ahead).to_numpy() == pytest.approx(expected, rel=1e-5)

    @pytest.mark.parametrize("model", MODELS)
    @holds_for(st.floats(0.5, 100), st.floats(-0.3, 1.0), st.integers(3, 12))
    def test_exact_growth_is_found_without_spread(self, model, start, rate, count):
        years = np.arange(2010, 2010 + count)
        values = start * (1.0 + rate) ** np.arange(count)
        fit = fit_growth(years, values, model)
        assert fit.growth == pytest.approx(rate, rel=1e-9, abs=1e-10)
        assert fit.df == count - 2
        forecast = fit.predict([2010 + count + 3])
        expected = start * (1.0 + rate) ** (count + 3)
        assert forecast.to_numpy() == pytest.approx(np.full((1, 3), expected), rel=1e-6)

    @pytest.mark.parametrize("model", MODELS)
    @holds_for(series)
    def test_intervals_hold_the_median_and_widen(self, model, values):
        years = range(2000, 2000 + len(values))
        ahead = 2000 + len(values) + np.arange(5)
        narrow = fit_growth(years, values, model, coverage=0.5).predict(ahead)
        wide = fit_growth(years, values, model, coverage=0.8).predict(ahead)
        assert (narrow["lower"] <= narrow["median"]).all()
        assert (narrow["median"] <= narrow["upper"]).all()
        assert (wide["lower"] <= narrow["lower"] * (1 + 1e-12)).all()
        assert (wide["upper"] >= narrow["upper"] * (1 - 1e-12)).all()
        widths = np.log(wide["upper"] / wide["lower"]).to_numpy()
        assert (np.diff(widths) >= -1e-9).all()

    def test_shifting_the_years_changes_nothing(self):
        values = [1.0, 1.3, 1.2, 1.9]
        for model in self.MODELS:
            early = fit_growth([1, 2, 4, 5], values, model).predict([6, 9])
            late = fit_growth([2001, 2002, 2004, 2005], values, model).predict([2006, 2009])
            assert late.to_numpy() == pytest.approx(early.to_numpy(), rel=1e-10)

    def test_inputs_are_not_changed(self):
        years = np.array([2018, 2019, 2020])
        values = np.array([1.0, 2.0, 3.0])
        fit_growth(years, values).predict(years + 5)
        fit_growth(years, values, "loglinear").predict(years)
        assert years.tolist() == [2018, 2019, 2020]
        assert values.tolist() == [1.0, 2.0, 3.0]

    def test_only_the_line_looks_back(self):
        fit = fit_growth([2018, 2019, 2020], [1, 2, 3])
        with pytest.raises(ValueError, match="only after its last year 2020"):
            fit.predict([2020, 2021])
        back = fit_growth([2018, 2019, 2020], [1, 2, 3], "loglinear").predict([2017, 2019])
        assert back.columns.tolist() == ["median", "lower", "upper"]
        assert back.index.tolist() == [2017, 2019]

    def test_intervals_cover_what_they_say_on_random_walks(self):
        # 80 % interval seven years ahead, five and eight points; the band of four points reaches
        # more than five standard errors to each side.
        rng = np.random.default_rng(20190)
        for count, walks in ((5, 3000), (8, 3000)):
            hits = 0
            for _ in range(walks):
                values = random_walk(rng, count + 7)
                fit = fit_growth(np.arange(count), values[:count])
                centre, half = fit._forecast(np.array([count + 6.0]))
                hits += abs(math.log(values[-1]) - centre[0]) <= half[0]
            share = hits / walks
            assert 0.76 <= share <= 0.84
            assert abs(share - 0.8) <= 4 * math.sqrt(0.8 * 0.2 / walks)

    def test_the_line_covers_too_little_on_random_walks(self):
        # Why drift is the default: the same walks, the interval of the line.
        rng = np.random.default_rng(20190)
        hits, walks = 0, 300
        for _ in range(walks):
            values = random_walk(rng, 15)
            row = fit_growth(range(8), values[:8], "loglinear").predict([14]).iloc[0]
            hits += row["lower"] <= values[-1] <= row["upper"]
        assert 0.28 <= hits / walks <= 0.52


class TestPooling:
    @holds_for(st.lists(rates, min_size=3, max_size=9))
    def test_order_does_not_matter_and_intervals_nest(self, values):
        pooled = pool_growth(values)
        mirrored = pool_growth(values[::-1])
        assert mirrored.growth == pytest.approx(pooled.growth, rel=1e-9, abs=1e-12)
        assert pooled.minimum - 1e-12 <= pooled.growth <= pooled.maximum + 1e-12
        low, high = pooled.ci
        assert pooled.predictive[0] - 1e-12 <= low <= pooled.growth + 1e-12
        assert pooled.growth - 1e-12 <= high <= pooled.predictive[1] + 1e-12
        assert pooled.predictive[0] >= -1.0

    def test_equal_rates_leave_no_spread(self):
        pooled = pool_growth([0.1, 0.1, 0.1])
        assert pooled.k == 3
        for value in (*pooled.ci, *pooled.predictive, pooled.growth, pooled.median):
            assert value == pytest.approx(0.1, rel=1e-12)

    def test_the_predictive_interval_covers_a_next_publisher(self):
        rng = np.random.default_rng(20190)
        hits, trials = 0, 4000
        for _ in range(trials):
            logs = rng.normal(0.1, 0.05, 5)
            low, high = pool_growth(np.expm1(logs[:4])).predictive
            hits += low <= math.expm1(logs[4]) <= high
        assert abs(hits / trials - 0.8) <= 4 * math.sqrt(0.8 * 0.2 / trials)


class TestSimulation:
    def test_shape_seed_and_start(self):
        paths = simulate_paths(10, 0.08, 0.1, 3, 5, 7)
        assert paths.shape == (3, 5)
        assert np.array_equal(paths, simulate_paths(10, 0.08, 0.1, 3, 5, 7))
        assert not np.array_equal(paths, simulate_paths(10, 0.08, 0.1, 3, 5, 8))
        assert not (paths[0] == 10).any()

    def test_without_spread_every_path_is_the_constant_one(self):
        paths = simulate_paths(2.0, 0.1, 0.0, 6, 4, 1)
        expected = 2.0 * np.exp(0.1 * np.arange(1, 7))
        assert paths == pytest.approx(np.repeat(expected[:, None], 4, axis=1), rel=1e-14)

    @holds_for(factors)
    def test_free_of_unit_and_currency(self, factor):
        one = simulate_paths(3.0, 0.05, 0.2, 4, 50, 3)
        assert simulate_paths(3.0 * factor, 0.05, 0.2, 4, 50, 3) == pytest.approx(one * factor)

    def test_quantiles_are_those_of_the_lognormal(self):
        from scipy.stats import norm

        draws = 200_000
        paths = simulate_paths(16.401, 0.085, 0.12, 7, draws, 20190)
        for row, probability in itertools.product((0, 3, 6), (0.1, 0.5, 0.9)):
            horizon = row + 1
            exact = 16.401 * math.exp(
                0.085 * horizon + 0.12 * math.sqrt(horizon) * norm.ppf(probability)
            )
            share = np.mean(paths[row] <= exact)
            tolerance = 4 * math.sqrt(probability * (1 - probability) / draws)
            assert abs(share - probability) <= tolerance

    def test_periods_are_independent(self):
        steps = np.diff(np.log(simulate_paths(1.0, 0.0, 1.0, 6, 50_000, 11)), axis=0)
        correlation = np.corrcoef(steps) - np.eye(5)
        assert np.abs(correlation).max() <= 4 / math.sqrt(50_000)

    def test_blocks_do_not_show(self):
        # One column more than the working block.
        draws = growth.simulation._BLOCK + 1
        steps = np.random.default_rng(5).standard_normal((3, draws))
        expected = 2.0 * np.exp(np.cumsum(0.1 + 0.3 * steps, axis=0))
        assert simulate_paths(2.0, 0.1, 0.3, 3, draws, 5) == pytest.approx(expected, rel=1e-13)

    def test_memory_stays_near_the_result(self):
        import tracemalloc

        simulate_paths(1.0, 0.1, 0.1, 8, 10, 1)
        tracemalloc.start()
        try:
            paths = simulate_paths(1.0, 0.1, 0.1, 8, 100_000, 1)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak <= 1.5 * paths.nbytes


class TestProjectedPath:
    @given(st.floats(0.01, 1e6), st.floats(-0.5, 2), st.integers(1, 40))
    def test_all_of_a_growth_that_lasts_is_the_constant_rate(self, start, rate, years):
        path = growth.projected_path(start, rate, 2019, [2019, 2019 + years])
        assert path[2019] == start
        assert path[2019 + years] == pytest.approx(start * (1 + rate) ** years, rel=1e-9)

    @given(st.floats(0.01, 2), st.floats(0, 0.99), st.floats(0.1, 0.99))
    def test_less_lasts_with_a_smaller_share_and_a_stronger_fading(self, rate, share, damping):
        years = range(2019, 2030)
        full = growth.projected_path(1.0, rate, 2019, years)
        part = growth.projected_path(1.0, rate, 2019, years, persistence=share)
        fading = growth.projected_path(1.0, rate, 2019, years, damping=damping)
        assert (part.iloc[1:] < full.iloc[1:]).all()
        assert (fading.iloc[1:] < full.iloc[1:]).all()

    def test_none_of_a_growth_that_lasts_is_no_growth(self):
        path = growth.projected_path(3.0, 0.5, 2019, range(2019, 2025), persistence=0.0)
        assert path.tolist() == [3.0] * 6

    def test_it_is_the_damped_path_at_the_damping_that_this_solves(self):
        years = range(2019, 2031)
        phi, damped = growth.damped_growth_path(0.38, 0.52, 3.531, 2019, 2025, years)
        path = growth.projected_path(0.38, 0.52, 2019, years, damping=phi)
        assert path.to_numpy() == pytest.approx(damped.to_numpy(), rel=1e-12)

    def test_a_fading_growth_has_a_ceiling(self):
        path = growth.projected_path(1.0, 0.1, 2019, [2019, 2619], damping=0.9)
        assert path[2619] == pytest.approx(1.1**9)

    @pytest.mark.parametrize("arguments, settings, words", [
        ((0.0, 0.1, 2019, [2020]), {}, "start must be greater"),
        ((1.0, -1.0, 2019, [2020]), {}, "growth must be above -1"),
        ((1.0, 0.1, 2019, [2018]), {}, "from start_year 2019 on, got 2018"),
        ((1.0, 0.1, 2019, [2019.5]), {}, "got 2019.5"),
        ((1.0, 0.1, 2019, [20190]), {}, "at most"),
        ((1.0, 0.1, 2019, [2020]), {"persistence": -0.1}, "persistence must not be negative"),
        ((1.0, 0.1, 2019, [2020]), {"damping": 0.0}, "damping must be greater"),
    ])
    def test_a_bad_argument_is_refused(self, arguments, settings, words):
        with pytest.raises(ValueError, match=words):
            growth.projected_path(*arguments, **settings)


class TestSaturation:
    YEARS = np.arange(2010, 2022)

    @pytest.mark.parametrize("factor", [1e-9, 1e-3, 1.0, 1e6])
    @pytest.mark.parametrize("shift", [-2010, -2000, 0])
    def test_exact_logistic_is_found_in_any_unit(self, factor, shift):
        values = factor * logistic(self.YEARS, 100, 0.7, 2015)
        fit = fit_saturation(self.YEARS + shift, values)
        assert fit.params.to_numpy() == pytest.approx([100 * factor, 0.7, 2015 + shift], rel=1e-9)
        assert fit.rss <= 1e-20 * factor**2
        assert fit.converged is True
        assert fit.df == 9
        assert fit.starts_tried >= 2
        assert fit.predict(self.YEARS + shift).to_numpy() == pytest.approx(values, rel=1e-9)

    @pytest.mark.parametrize("first_year", [0, 1, 5])
    def test_exact_gompertz_is_found(self, first_year):
        t = np.arange(first_year, first_year + 13)
        fit = fit_saturation(t, gompertz(t, 80, 6.0, 0.45), "gompertz")
        assert fit.params["K"] == pytest.approx(80, rel=1e-9)
        assert fit.params["b"] == pytest.approx(6.0, rel=1e-8)
        assert fit.params["c"] == pytest.approx(0.45, rel=1e-9)
        assert fit.origin == 0
        assert fit.inflection == pytest.approx(math.log(6.0) / 0.45, rel=1e-8)

    def test_gompertz_on_calendar_years_counts_from_the_first(self):
        t = np.arange(13)
        fit = fit_saturation(2005 + t, gompertz(t, 80, 6.0, 0.45), "gompertz")
        assert fit.origin == 2005
        assert fit.params["b"] == pytest.approx(6.0, rel=1e-8)
        assert np.isfinite(fit.se.to_numpy()).all()
        forecast = fit.predict([2005, 2030])
        assert forecast.attrs["extrapolated"] == [2030]
        assert forecast[2030] == pytest.approx(gompertz(25, 80, 6.0, 0.45), rel=1e-8)

    def test_both_curves_report_each_other(self):
        values = logistic(self.YEARS, 100, 0.7, 2015)
        one = fit_saturation(self.YEARS, values)
        two = fit_saturation(self.YEARS, values, "gompertz")
        assert one.other_curve_level == pytest.approx(two.params["K"], rel=1e-8)
        assert two.other_curve_level == pytest.approx(100, rel=1e-8)

    @pytest.mark.parametrize("curve", ["logistic", "gompertz"])
    @pytest.mark.parametrize("count", [8, 15])
    @pytest.mark.parametrize("rate", [0.05, 0.3, 0.9])
    def test_an_exponential_never_passes(self, curve, count, rate):
        t = np.arange(count)
        with pytest.raises(NotIdentified, match="has not passed its turning point") as caught:
            fit_saturation(2000 + t, np.exp(rate * t), curve)
        assert "turning_point" in caught.value.failed_rules

    @pytest.mark.parametrize("curve", ["logistic", "gompertz"])
    def test_a_series_that_stops_before_its_turning_point_is_refused(self, curve):
        t = np.arange(2008, 2018)
        truth = {
            "logistic": logistic(t, 100, 0.5, 2019),
            "gompertz": gompertz(t - 2008, 100, 8.0, 0.18),
        }[curve]
        with pytest.raises(NotIdentified, match=r"turning point \(fitted inflection 20\d\d, last"):
            fit_saturation(t, truth, curve)

    def test_noise_before_the_turning_point_never_slips_through(self):
        rng = np.random.default_rng(20190)
        t = np.arange(10)
        for _ in range(12):
            values = logistic(t, 100, 0.4, 16) * np.exp(rng.normal(0, 0.03, t.size))
            with pytest.raises(NotIdentified):
                fit_saturation(t, values)

    def test_noise_past_the_turning_point_is_accepted(self):
        rng = np.random.default_rng(20190)
        t = np.arange(14)
        for _ in range(10):
            values = logistic(t, 100, 0.7, 6) * np.exp(rng.normal(0, 0.03, t.size))
            fit = fit_saturation(t, values)
            assert abs(fit.params["K"] - 100) <= 6 * fit.se["K"]

    @pytest.mark.parametrize(
        "values",
        [
            np.ones(10),
            np.arange(11.0, 1.0, -1.0),
            np.r_[np.ones(5), np.full(5, 4.0)],
            np.r_[np.full(9, 2.0), 1e9],
            np.tile([1.0, 3.0], 6),
            np.r_[1e-300, np.ones(9)],
        ],
    )
    @pytest.mark.parametrize("curve", ["logistic", "gompertz"])
    def test_shapes_without_a_rise_are_refused(self, values, curve):
        with pytest.raises(NotIdentified):
            fit_saturation(np.arange(len(values)), values, curve)

    def test_every_failed_rule_is_listed_and_the_growth_rule_bites(self):
        # Past its turning point, but growth faded only from 46 to 24 % a year.
        with pytest.raises(NotIdentified) as caught:
            fit_saturation(range(8), logistic(range(8), 100, 0.3, 5.5))
        assert caught.value.failed_rules == ("growth_halved",)
        assert "Growth has not halved" in str(caught.value)
        assert "reported instead: the implied rate" in str(caught.value)


class TestBacktest:
    YEARS = np.arange(2000, 2016)
    ALL = ("naive", "constant_growth", "random_walk_drift", "loglinear", "damped_growth")

    def values(self):
        return random_walk(np.random.default_rng(3), self.YEARS.size)

    def test_every_pair_with_a_full_window_appears_once(self):
        frame = rolling_origin(self.YEARS, self.values(), [3, 5], [1, 4], self.ALL, 0.8)
        expected = sum(16 - w - h + 1 for w in (3, 5) for h in (1, 4)) * len(self.ALL)
        assert len(frame) == expected
        assert frame.columns.tolist() == [
            "origin",
            "window",
            "horizon",
            "model",
            "actual",
            "median",
            "lower",
            "upper",
        ]
        assert not frame.duplicated(["origin", "window", "horizon", "model"]).any()

    def test_missing_years_are_never_filled(self):
        keep = self.YEARS != 2008
        frame = rolling_origin(self.YEARS[keep], self.values()[keep], 3, [1, 2], "naive", 0.8)
        assert not (frame["origin"] + frame["horizon"] == 2008).any()
        # No window reaches over the gap.
        assert not frame["origin"].between(2008, 2010).any()
        assert (frame["origin"] == 2011).any()

    def test_no_forecast_sees_its_future(self):
        values = self.values()
        frame = rolling_origin(self.YEARS, values, [3], [1, 2], self.ALL, 0.8)
        changed = values.copy()
        changed[10:] *= 7.0
        again = rolling_origin(self.YEARS, changed, [3], [1, 2], self.ALL, 0.8)
        early = frame["origin"] < 2010
        pd.testing.assert_frame_equal(
            frame.loc[early].drop(columns="actual"), again.loc[early].drop(columns="actual")
        )

    def test_it_agrees_with_fitting_by_hand(self):
        values = self.values()
        frame = rolling_origin(self.YEARS, values, [5], [3], self.ALL, 0.9)
        at = frame[frame["origin"] == 2009].set_index("model")
        past_years, past = self.YEARS[5:10], values[5:10]
        for model in ("random_walk_drift", "loglinear"):
            row = fit_growth(past_years, past, model, 0.9).predict([2012]).iloc[0]
            assert at.loc[model, ["median", "lower", "upper"]].tolist() == pytest.approx(
                row.tolist(), rel=1e-12
            )
        assert at.loc["naive", "median"] == pytest.approx(past[-1])
        slope = math.log(past[-1] / past[0]) / 4
        assert at.loc["constant_growth", "median"] == pytest.approx(past[-1] * math.exp(3 * slope))
        faded = slope * (0.9 + 0.81 + 0.729)
        assert at.loc["damped_growth", "median"] == pytest.approx(past[-1] * math.exp(faded))
        assert (at["actual"] == values[12]).all()

    def test_two_points_give_no_interval(self):
        frame = rolling_origin(self.YEARS, self.values(), [2, 3], [1], self.ALL, 0.8)
        two = frame[frame["window"] == 2]
        assert two[["lower", "upper"]].isna().all().all()
        with_errors = frame["model"].isin(["random_walk_drift", "loglinear"])
        three = frame[(frame["window"] == 3) & with_errors]
        assert three[["lower", "upper"]].notna().all().all()
        assert frame[["actual", "median"]].notna().all().all()

    def test_other_names_mean_the_same(self):
        values = self.values()
        for name, other in (("drift", "random_walk_drift"), ("no_change", "naive")):
            one = rolling_origin(self.YEARS, values, 3, 1, name, 0.8)
            two = rolling_origin(self.YEARS, values, 3, 1, [other], 0.8)
            pd.testing.assert_frame_equal(one.drop(columns="model"), two.drop(columns="model"))
            assert (one["model"] == name).all()

    @holds_for(factors, examples=15)
    def test_scores_are_free_of_unit_and_currency(self, factor):
        values = self.values()
        models = ["naive", "random_walk_drift"]
        one = score(rolling_origin(self.YEARS, values, [4], [1, 3], models, 0.8), values)
        two = score(
            rolling_origin(self.YEARS, values * factor, [4], [1, 3], models, 0.8), values * factor
        )
        pd.testing.assert_frame_equal(one, two, rtol=1e-7, atol=1e-10)

    def test_perfect_forecasts_score_zero(self):
        values = 2.0 * 1.1 ** np.arange(16)
        table = score(
            rolling_origin(self.YEARS, values, [3, 5], [1, 5], "constant_growth", 0.8), values
        )
        assert np.abs(table[["median_log_error", "mase", "smape"]].to_numpy()).max() < 1e-12
        assert table[["coverage", "width", "pinball", "wis"]].isna().all().all()
        assert table["n"].tolist() == [13, 9, 11, 7]

    def test_naive_scores_one_against_its_own_series(self):
        values = self.values()
        table = score(rolling_origin(self.YEARS, values, [1], [1], "naive", 0.8), values)
        assert table["mase"].iloc[0] == pytest.approx(1.0, rel=1e-12)


class TestComparable:
    RECORD = {
        "scope": "industrial information security",
        "region": "world",
        "currency": "USD",
        "price_basis": "nominal",
        "unit": "USD bn",
        "publisher": "A",
        "kind": "estimate",
    }

    def test_equal_records_pass_in_every_form(self):
        other = {**self.RECORD, "publisher": "B", "kind": "forecast"}
        both = [self.RECORD, other]
        assert check_comparable(both) is None
        assert check_comparable(tuple(both)) is None
        assert check_comparable(iter(both)) is None
        assert check_comparable(pd.DataFrame(both)) is None
        assert check_comparable([pd.Series(row) for row in both]) is None
        assert check_comparable([SimpleNamespace(**row) for row in both]) is None
        assert check_comparable(list(pd.DataFrame(both).itertuples())) is None
        assert check_comparable([self.RECORD]) is None

    @pytest.mark.parametrize("name", ["scope", "region", "currency", "price_basis", "unit"])
    def test_each_field_is_compared(self, name):
        other = {**self.RECORD, name: "other"}
        expected = (
            f"Not comparable: {name} differs ({self.RECORD[name]} and other). "
            "No growth rate, ratio or sum is formed."
        )
        with pytest.raises(ScopeMismatch) as caught:
            check_comparable([self.RECORD, other])
        assert str(caught.value) == expected
        assert list(caught.value.differing) == [name]

    def test_every_differing_field_is_named(self):
        others = [
            {**self.RECORD, "scope": "s2", "unit": "RMB bn"},
            {**self.RECORD, "currency": "RMB", "scope": "s3", "publisher": "B"},
        ]
        with pytest.raises(ScopeMismatch) as caught:
            check_comparable(pd.DataFrame([self.RECORD, *others]))
        message = str(caught.value)
        assert "scope differs (industrial information security, s2 and s3)" in message
        assert "currency differs (USD and RMB)" in message
        assert "unit differs (USD bn and RMB bn)" in message
        assert caught.value.publishers == ("A", "B")
        assert caught.value.kinds == ("estimate",)
        assert any("Publishers: A and B." in note for note in caught.value.__notes__)

    @pytest.mark.parametrize("blank", [None, "", " ", float("nan"), pd.NA])
    def test_a_field_that_only_one_has_differs(self, blank):
        with pytest.raises(ScopeMismatch, match=r"currency differs \(USD and not given\)"):
            check_comparable([self.RECORD, {**self.RECORD, "currency": blank}])

    def test_counts_have_no_currency(self):
        count = {"scope": "advisories", "region": "US", "kind": "count"}
        assert check_comparable([count, {**count, "currency": None}]) is None

    def test_without_scope_nothing_is_comparable(self):
        with pytest.raises(ValueError, match="no record states its scope"):
            check_comparable([{"region": "US"}, {"region": "US"}])

    @pytest.mark.parametrize("bad", [None, 3, "text", [], {}, {"scope": "a"}, ["text"], [1, 2]])
    def test_other_things_are_refused(self, bad):
        with pytest.raises(ValueError):
            check_comparable(bad)
        with pytest.raises(ValueError):
            check_comparable(pd.Series(["a", "b"]))


# ---------------------------------------------------------------- values worked out by hand


class TestPinned:
    def test_exact_rates(self):
        assert cagr(1, 8, 3) == pytest.approx(1.0, **EXACT)
        assert cagr(100, 121, 2) == pytest.approx(0.1, rel=1e-14)
        assert implied_base(152, 0.52) == pytest.approx(100, **EXACT)
        assert doubling_time(1.0) == 1.0
        assert log_growth(math.e - 1) == pytest.approx(1.0, **EXACT)

    def test_the_two_global_figures(self):
        assert cagr(16.401, 29.76, 7) == pytest.approx((29.76 / 16.401) ** (1 / 7) - 1, rel=1e-13)
        assert cagr(16.401, 29.76, 7) == pytest.approx(0.0888, abs=5e-5)
        assert cagr(0.38, 3.531, 6) == pytest.approx(0.450, abs=5e-4)
        low, high = cagr_bounds(16.401, 29.76, 7, 0.0005, 0.005)
        assert low == pytest.approx((29.755 / 16.4015) ** (1 / 7) - 1, rel=1e-12)
        assert high == pytest.approx((29.765 / 16.4005) ** (1 / 7) - 1, rel=1e-12)
        assert implied_base(380, 0.52) == pytest.approx(250, rel=1e-14)

    def test_damping_that_can_be_solved_by_hand(self):
        # ln 2 * (1/2 + 1/4) = ln(2 ** 0.75)
        phi, path = damped_growth_path(3, 1.0, 3 * 2**0.75, 2019, 2021, [2019, 2020, 2021, 2022])
        assert phi == pytest.approx(0.5, rel=1e-13)
        assert path.to_numpy() == pytest.approx(
            [3, 3 * 2**0.5, 3 * 2**0.75, 3 * 2**0.875], rel=1e-12
        )

    def test_damping_of_the_smaller_figure(self):
        phi, _ = damped_growth_path(0.38, 0.52, 3.531, 2019, 2025, [2025])
        total = sum(math.log(1.52) * phi**k for k in range(1, 7))
        assert total == pytest.approx(math.log(3.531 / 0.38), rel=1e-13)
        assert phi == pytest.approx(0.9659344, abs=1e-6)

    def test_drift_by_hand(self):
        # Log values 0, 1, 4 at years 0, 1, 4: slope 1, no deviation. Moving the middle by d
        # leaves residuals d over one year and -d over three.
        d = 0.3
        fit = fit_growth([0, 1, 4], np.exp([0.0, 1.0 + d, 4.0]))
        s = math.sqrt(d**2 / 1 + d**2 / 3)
        assert fit.growth == pytest.approx(math.e - 1, rel=1e-13)
        assert fit.sigma == pytest.approx(s, rel=1e-13)
        assert fit.df == 1
        row = fit.predict([6]).loc[6]
        quantile = math.tan(math.pi * 0.4)  # Student t with one degree of freedom, 80 %
        half = quantile * s * math.sqrt(2 * (1 + 2 / 4))
        assert math.log(row["median"]) == pytest.approx(6.0, rel=1e-13)
        assert math.log(row["upper"]) == pytest.approx(6.0 + half, rel=1e-12)
        assert math.log(row["lower"]) == pytest.approx(6.0 - half, rel=1e-12)

    def test_pooling_by_hand(self):
        # Logs 0.1, 0.2, 0.3: mean 0.2, deviation 0.1; t with 2 degrees of freedom at 80 % is
        # 1.8856180831641267.
        pooled = pool_growth(np.expm1([0.1, 0.2, 0.3]))
        t = 1.8856180831641267
        assert pooled.growth == pytest.approx(math.expm1(0.2), rel=1e-13)
        half = t * 0.1 / math.sqrt(3)
        assert pooled.ci == pytest.approx((math.expm1(0.2 - half), math.expm1(0.2 + half)))
        half = t * 0.1 * math.sqrt(4 / 3)
        assert pooled.predictive == pytest.approx((math.expm1(0.2 - half), math.expm1(0.2 + half)))
        assert pooled.median == pytest.approx(math.expm1(0.2), rel=1e-13)
        assert (pooled.k, pooled.df) == (3, 2)

    def test_scores_by_hand(self):
        e = math.e
        frame = pd.DataFrame(
            {
                "origin": [2000, 2001],
                "window": [3, 3],
                "horizon": [1, 1],
                "model": ["drift", "drift"],
                "actual": [e**2, e**5],
                "median": [e**1, e**3],
                "lower": [e**0, e**2],
                "upper": [e**3, e**4],
            }
        )
        frame.attrs["coverage"] = 0.8
        row = score(frame, [1.0, e, e**0.5]).loc[("drift", 3, 1)]
        assert row["n"] == 2
        assert row["median_log_error"] == pytest.approx(1.5)
        assert row["mase"] == pytest.approx(1.5 / 0.75)
        assert row["smape"] == pytest.approx(
            0.5 * ((e**2 - e) / (e**2 + e) + (e**5 - e**3) / (e**5 + e**3))
        )
        assert row["coverage"] == 0.5
        assert row["width"] == pytest.approx(2.5)
        # Interval score: width plus 2/0.2 times the miss; weights 1/2 and 0.1, sum over 1.5.
        first = (0.5 * 1 + 0.1 * 3) / 1.5
        second = (0.5 * 2 + 0.1 * (2 + 10 * 1)) / 1.5
        assert row["wis"] == pytest.approx((first + second) / 2)
        assert row["pinball"] == pytest.approx(row["wis"] / 2)

    def test_training_years_with_gaps_count_single_years_only(self):
        frame = rolling_origin(range(5), [1, 2, 4, 8, 16.5], 2, 1, "naive", 0.8)
        plain = score(frame, [1.0, 2.0, 4.0])
        gap = score(frame, pd.Series([1.0, 2.0, 64.0], index=[2000, 2001, 2005]))
        assert gap["mase"].iloc[0] == pytest.approx(plain["mase"].iloc[0])


# ---------------------------------------------------------------- base rates


class TestBaseRates:
    @staticmethod
    def frame():
        rows = []
        for entities, shift in (("all_262_entities", 0.5), ("countries_215", 0.0)):
            for window, horizon in itertools.product((1, 2, 4), (1, 3)):
                for name, value in (("q10", -0.2), ("q50", -0.01), ("q90", 0.3)):
                    log_error = round(value * horizon + shift, 4)
                    rows.append(("gdp_world_bank", entities, window, horizon, name, log_error))
                rows.append(("gdp_world_bank", entities, window, horizon, "share_x", 0.6))
        frame = pd.DataFrame(
            rows,
            columns=["reference_class", "entities", "window_k", "horizon_h", "statistic", "value"],
        )
        frame["condition"] = "all"
        frame["method"] = "constant_growth"
        frame["n"] = 100 * frame["window_k"] + frame["horizon_h"]
        quantile = frame["statistic"].str.startswith("q")
        frame["ratio_actual_to_forecast"] = np.exp(frame["value"]).round(4).where(quantile)
        frame["note"] = np.where(frame["window_k"] == 4, "small group", None)
        return frame

    def test_the_nearest_rows_are_taken_and_named(self):
        found = base_rate(self.frame(), "gdp_world_bank", 7, 6)
        assert (found.window, found.horizon, found.n) == (4, 3, 403)
        assert (found.requested_window, found.requested_horizon) == (7, 6)
        assert found.entities == "countries_215"
        assert found.small_group
        assert "4 past years, 3 years ahead, n = 403, small group" in found.label
        assert found.quantiles.to_dict() == pytest.approx({0.1: -0.6, 0.5: -0.03, 0.9: 0.9})
        assert found.ratios[0.5] == pytest.approx(math.exp(-0.03), abs=5e-5)
        assert found.statistics.to_dict() == {"share_x": 0.6}

    def test_of_two_equally_near_the_more_cautious(self):
        found = base_rate(self.frame(), "gdp_world_bank", 3, 2)
        assert (found.window, found.horizon) == (2, 3)
        assert not found.small_group

    def test_bands_use_published_quantiles_only(self):
        found = base_rate(self.frame(), "gdp_world_bank", 1, 1)
        band = found.band(0.95)
        assert band.coverage == 0.8
        assert (band.lower, band.upper) == pytest.approx((math.exp(-0.2), math.exp(0.3)), abs=1e-4)

    @pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9])
    def test_a_band_is_that_of_the_coverage_asked_for(self, coverage):
        levels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
        found = replace(base_rate(self.frame(), "gdp_world_bank", 1, 1),
                        ratios=pd.Series(levels, levels))
        band = found.band(coverage)
        assert band.coverage == coverage == pytest.approx(band.upper - band.lower)

    def test_text_columns_are_read(self):
        found = base_rate(self.frame().astype(str), "gdp_world_bank", 4, 3)
        assert found.n == 403

    @pytest.mark.parametrize(
        "change",
        [
            {"reference_class": "x"},
            {"condition": "x"},
            {"method": "x"},
            {"window": 0},
            {"horizon": float("nan")},
            {"frame": None},
            {"frame": pd.DataFrame()},
        ],
    )
    def test_unknown_rows_are_refused(self, change):
        arguments = {
            "frame": self.frame(),
            "reference_class": "gdp_world_bank",
            "window": 1,
            "horizon": 1,
        }
        with pytest.raises(ValueError):
            base_rate(**{**arguments, **change})

    def test_contradicting_rows_are_refused(self):
        frame = self.frame()
        with pytest.raises(ValueError, match="contradict"):
            base_rate(pd.concat([frame, frame]), "gdp_world_bank", 1, 1)
        frame.loc[frame["statistic"] == "q50", "ratio_actual_to_forecast"] = 2.0
        with pytest.raises(ValueError, match="exponential"):
            base_rate(frame, "gdp_world_bank", 1, 1)


# ---------------------------------------------------------------- refusals


class TestRefusals:
    @pytest.mark.parametrize(
        ("model", "name"),
        [("random_walk_drift", "Random-walk-with-drift"), ("loglinear", "Log-linear")],
    )
    def test_two_points_are_not_fitted(self, model, name):
        with pytest.raises(TooFewPoints) as caught:
            fit_growth([2019, 2026], [16.401, 29.76], model)
        assert str(caught.value) == (
            f"{name} growth needs at least 3 like-for-like annual values; got 2. Reported instead: "
            "the constant rate implied by the figures (8.9 % a year) and the spread of the "
            "publishers."
        )

    @pytest.mark.parametrize("count", [0, 1])
    def test_one_point_has_no_rate_to_report(self, count):
        with pytest.raises(TooFewPoints, match=f"got {count}. Reported instead: the figure as"):
            fit_growth(range(count), [1.0] * count)

    @pytest.mark.parametrize("count", [0, 1, 2])
    def test_pooling_needs_three(self, count):
        with pytest.raises(TooFewPoints) as caught:
            pool_growth([0.1] * count)
        assert str(caught.value) == (
            f"Pooling needs 3 independent publishers; got {count}. They are shown side by side."
        )

    @pytest.mark.parametrize("count", [0, 1, 2, 3, 7])
    def test_saturation_needs_eight(self, count):
        values = logistic(range(count), 100, 1.0, 2)
        with pytest.raises(TooFewPoints) as caught:
            fit_saturation(range(count), values)
        assert str(caught.value).startswith(
            f"A logistic curve has 3 parameters; {count} published values do not determine them."
        )
        if count > 1:
            assert str(caught.value).endswith(
                f"Every saturation level above {values[-1]:g} fits equally well. "
                "Reported instead: the implied rate."
            )

    def test_backtests_need_one_origin(self):
        with pytest.raises(TooFewPoints):
            rolling_origin([2019, 2020], [1, 2], [2], [1], "naive", 0.8)
        with pytest.raises(TooFewPoints):
            rolling_origin([2019, 2021, 2023], [1, 2, 3], [2], [2], "naive", 0.8)
        with pytest.raises(TooFewPoints):
            rolling_origin([], [], [2], [1], "naive", 0.8)

    def test_all_refusals_are_value_errors(self):
        for kind in (TooFewPoints, NotIdentified, ScopeMismatch):
            assert issubclass(kind, ValueError)

    # Every argument of every function, replaced by everything it must refuse.
    NOT_NUMBERS = (
        None,
        "3",
        True,
        float("nan"),
        float("inf"),
        1j,
        {},
        object(),
        pd.NA,
        [[1], [1, 2]],
    )
    NOT_POSITIVE = (*NOT_NUMBERS, 0, -1, [])
    NOT_SERIES = (None, "abc", [1, 2, 3, float("nan")], [1, 2, 3, "4"], [1, 2], [1, 2, 3, -4])
    NOT_YEARS = (None, [1, 2, 3, 3], [4, 3, 2, 1], [1, 2, 3, float("inf")], [1, 2], ["a"] * 4)
    NOT_COVERAGE = (None, 0, 1, -0.1, 1.5, float("nan"), "0.8", [0.8])
    NOT_COUNTS = (*NOT_NUMBERS, 0, -1, 1.5)
    FOUR = {"years": [2017, 2018, 2019, 2020], "values": [1.0, 1.5, 1.7, 2.5]}
    TEN = {"years": list(range(10)), "values": logistic(range(10), 10, 1.0, 4).tolist()}
    TABLE = {
        "cagr": (
            {"start": 1, "end": 2, "periods": 3},
            {"start": NOT_POSITIVE, "end": NOT_POSITIVE, "periods": NOT_POSITIVE},
        ),
        "cagr_bounds": (
            {"start": 5, "end": 9, "periods": 3, "half_width_start": 0.5, "half_width_end": 0.5},
            {
                "start": NOT_POSITIVE,
                "end": NOT_POSITIVE,
                "periods": NOT_POSITIVE,
                "half_width_start": (*NOT_NUMBERS, -0.1, 5, 6),
                "half_width_end": (*NOT_NUMBERS, -0.1, 9, 10),
            },
        ),
        "implied_base": (
            {"value": 5, "growth": 0.5},
            {"value": NOT_POSITIVE, "growth": (*NOT_NUMBERS, -1, -2)},
        ),
        "doubling_time": ({"rate": 0.1}, {"rate": (*NOT_POSITIVE, 5e-324)}),
        "log_growth": ({"rate": 0.1}, {"rate": (*NOT_NUMBERS, -1, -1.5)}),
        "constant_growth_path": (
            {"start": 1, "end": 2, "start_year": 2019, "end_year": 2021, "years": [2020]},
            {
                "start": NOT_POSITIVE,
                "end": NOT_POSITIVE,
                "start_year": (*NOT_NUMBERS, 2021, 2022),
                "end_year": (*NOT_NUMBERS, 2019, 2018),
                "years": (None, [], ["2020"], [float("nan")], [[2020]], [10_000_000]),
            },
        ),
        "damped_growth_path": (
            {
                "start": 1,
                "first_growth": 0.5,
                "end": 2,
                "start_year": 2019,
                "end_year": 2021,
                "years": [2020],
            },
            {
                "start": (*NOT_POSITIVE, 2, 3),
                "first_growth": NOT_POSITIVE,
                "end": (*NOT_POSITIVE, 1, 0.5),
                "start_year": (*NOT_NUMBERS, 2021, 2018.5),
                "end_year": (*NOT_NUMBERS, 2019, 2021.5, 10**9),
                "years": (None, [], [2018], [2019.5], [float("nan")], [10**12], "2020"),
            },
        ),
        "fit_growth": (
            {**FOUR, "model": "loglinear", "coverage": 0.8},
            {
                "years": NOT_YEARS,
                "values": NOT_SERIES,
                "model": (None, "holt", 1, [], "Loglinear"),
                "coverage": NOT_COVERAGE,
            },
        ),
        "fit_saturation": (
            {**TEN, "curve": "logistic"},
            {
                "years": NOT_YEARS,
                "values": NOT_SERIES,
                "curve": (None, "bass", 1, []),
            },
        ),
        "pool_growth": (
            {"growths": [0.1, 0.2, 0.3], "coverage": 0.8},
            {
                "growths": (None, "abc", [0.1, 0.2, -1], [0.1, 0.2, None], [[0.1, 0.2, 0.3]]),
                "coverage": NOT_COVERAGE,
            },
        ),
        "simulate_paths": (
            {
                "start": 1,
                "log_growth_mean": 0.1,
                "log_growth_sd": 0.1,
                "periods": 2,
                "draws": 3,
                "seed": 1,
            },
            {
                "start": (*NOT_POSITIVE, [1.0, 2.0]),
                "log_growth_mean": (*NOT_NUMBERS, 1000, -1000),
                "log_growth_sd": (*NOT_NUMBERS, -0.1, 1e308),
                "periods": NOT_COUNTS,
                "draws": NOT_COUNTS,
                "seed": (*NOT_NUMBERS, -1, 0.5, 2**32),
            },
        ),
        "rolling_origin": (
            {**FOUR, "windows": [2], "horizons": [1], "models": ["naive"], "coverage": 0.8},
            {
                "years": (*NOT_YEARS, [1, 2, 3, 4.5]),
                "values": NOT_SERIES,
                "windows": (*NOT_COUNTS, []),
                "horizons": (*NOT_COUNTS, []),
                "models": (None, [], ["holt"], "holt", 3, [None], [[]]),
                "coverage": NOT_COVERAGE,
            },
        ),
        "score": (
            {
                "forecasts": rolling_origin(
                    **FOUR, windows=2, horizons=1, models="drift", coverage=0.8
                ),
                "training": [1.0, 2.0],
            },
            {
                "forecasts": (None, [], pd.DataFrame(), pd.DataFrame({"actual": [1.0]})),
                "training": (None, [], [1.0], [1.0, 1.0], [1.0, -2.0], [1.0, float("nan")], "ab"),
            },
        ),
    }
    CASES = tuple(
        (function, argument, bad)
        for function, (_, replaced) in TABLE.items()
        for argument, values in replaced.items()
        for bad in values
    )

    @pytest.mark.parametrize("function", list(TABLE))
    def test_the_unchanged_call_works(self, function):
        assert getattr(growth, function)(**self.TABLE[function][0]) is not None

    @pytest.mark.parametrize(("function", "argument", "bad"), CASES)
    def test_bad_input_is_refused(self, function, argument, bad):
        with pytest.raises(ValueError) as caught:
            getattr(growth, function)(**{**self.TABLE[function][0], argument: bad})
        assert str(caught.value)

    @holds_for(
        st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=0, max_size=12),
        st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=0, max_size=12),
        examples=150,
    )
    def test_a_number_or_a_refusal_never_nan(self, left, right):
        calls = (
            lambda: cagr(left, right, 3),
            lambda: implied_base(left, 0.1),
            lambda: log_growth(left),
            lambda: doubling_time(left),
            lambda: fit_growth(left, right).growth,
            lambda: fit_growth(range(len(left)), np.abs(left)).predict([20, 25]).to_numpy(),
            lambda: list(vars(pool_growth(left)).values())[1],
            lambda: constant_growth_path(1, 2, 2019, 2020, left).to_numpy(),
        )
        for call in calls:
            try:
                found = call()
            except ValueError:
                continue
            assert np.isfinite(found).all()

    @holds_for(st.lists(st.floats(1e-3, 1e3), min_size=8, max_size=12), examples=12)
    def test_saturation_is_identified_or_refused(self, values):
        try:
            fit = fit_saturation(range(len(values)), values)
        except NotIdentified as refusal:
            assert refusal.failed_rules
        else:
            assert np.isfinite(fit.params.to_numpy()).all()
            assert fit.se["K"] < 0.5 * fit.params["K"]
            assert fit.inflection <= len(values) - 2
            assert fit.growth_ratio <= 0.5

    def test_masked_values_and_dates_are_refused(self):
        with pytest.raises(ValueError, match="masked"):
            cagr(np.ma.masked_array([1.0, 2.0], mask=[False, True]), 2, 1)
        with pytest.raises(ValueError):
            fit_growth(pd.date_range("2019", periods=3, freq="YS"), [1, 2, 3])

    def test_broken_forecast_tables_are_refused(self):
        frame = rolling_origin(range(6), [1, 2, 3, 5, 8, 13], 3, 1, "drift", 0.8)
        for column, value in (
            ("actual", -1.0),
            ("median", float("nan")),
            ("lower", float("nan")),
            ("lower", 1e9),
            ("upper", 0.0),
        ):
            with pytest.raises(ValueError):
                score(frame.assign(**{column: value}), [1.0, 2.0])


# ---------------------------------------------------------------- independent libraries


class TestOracles:
    def test_student_quantiles(self):
        from scipy.stats import t

        from helpers.growth._checks import student_quantile

        for df, coverage in itertools.product((1, 2, 3, 6, 40), (0.5, 0.8, 0.95, 0.99)):
            expected = t.ppf(0.5 + coverage / 2, df)
            assert student_quantile(df, coverage) == pytest.approx(expected, rel=1e-11)

    def test_drift_against_weighted_least_squares(self):
        # Uneven gaps: log changes on gaps without intercept, weights 1/gap.
        import statsmodels.api as sm

        rng = np.random.default_rng(4)
        years = np.array([2001, 2002, 2005, 2007, 2008, 2012])
        values = random_walk(rng, 6)
        gaps = np.diff(years).astype(float)
        changes = np.diff(np.log(values))
        oracle = sm.WLS(changes, gaps[:, None], weights=1 / gaps).fit()
        fit = fit_growth(years, values)
        assert math.log1p(fit.growth) == pytest.approx(oracle.params[0], rel=1e-12)
        assert fit.sigma**2 == pytest.approx(oracle.scale, rel=1e-12)
        for ahead in (1, 4):
            interval = oracle.get_prediction([[ahead]], weights=1 / ahead).conf_int(
                obs=True, alpha=0.2
            )
            row = fit.predict([2012 + ahead]).iloc[0]
            got = np.log([row["lower"], row["upper"]] / values[-1])
            assert got == pytest.approx(interval[0], rel=1e-10)

    def test_line_against_statsmodels_formula_on_raw_years(self):
        import statsmodels.formula.api as smf

        rng = np.random.default_rng(5)
        frame = pd.DataFrame({"year": [2010, 2011, 2013, 2014, 2019]})
        frame["value"] = random_walk(rng, 5)
        oracle = smf.ols("np.log(value) ~ year", frame).fit()
        expected = oracle.get_prediction(pd.DataFrame({"year": [2012, 2025]})).summary_frame(0.1)
        fit = fit_growth(frame["year"], frame["value"], "loglinear", 0.9)
        got = np.log(fit.predict([2012, 2025]))
        names = {"median": "mean", "lower": "obs_ci_lower", "upper": "obs_ci_upper"}
        for ours, theirs in names.items():
            assert got[ours].to_numpy() == pytest.approx(expected[theirs].to_numpy(), rel=1e-7)
        assert math.log1p(fit.growth) == pytest.approx(oracle.params["year"], rel=1e-8)

    def test_line_against_scipy(self):
        from scipy.stats import linregress

        years, values = np.arange(1990, 2001), random_walk(np.random.default_rng(6), 11)
        expected = linregress(years, np.log(values)).slope
        got = fit_growth(years, values, "loglinear").growth
        assert math.log1p(got) == pytest.approx(expected, rel=1e-10)

    def test_damping_against_a_root_finder(self):
        from scipy.optimize import brentq

        for first, ratio, count in (
            (0.52, 9.3, 6),
            (0.05, 20.0, 4),
            (2.0, 1.05, 15),
            (0.3, 1.3, 1),
        ):
            phi, _ = damped_growth_path(1, first, ratio, 2019, 2019 + count, [2019])
            k = np.arange(1, count + 1)
            expected = brentq(
                lambda x, first=first, ratio=ratio, k=k: (
                    np.log1p(first) * np.sum(x**k) - np.log(ratio)
                ),
                1e-9,
                50,
                xtol=1e-15,
                rtol=1e-14,
            )
            assert phi == pytest.approx(expected, rel=1e-11)

    def test_pooling_against_an_intercept_only_regression(self):
        import statsmodels.api as sm

        growths = np.array([0.07, 0.11, 0.09, 0.2, 0.155])
        oracle = sm.OLS(np.log1p(growths), np.ones(5)).fit().get_prediction([[1.0]])
        pooled = pool_growth(growths, 0.9)
        assert np.log1p(pooled.ci) == pytest.approx(oracle.conf_int(alpha=0.1)[0], rel=1e-11)
        expected = oracle.conf_int(obs=True, alpha=0.1)[0]
        assert np.log1p(pooled.predictive) == pytest.approx(expected, rel=1e-11)

    def test_saturation_against_lmfit(self):
        lmfit = pytest.importorskip("lmfit")
        rng = np.random.default_rng(7)
        t = np.arange(2004, 2020)
        values = logistic(t, 50, 0.6, 2011) + rng.normal(0, 0.5, t.size)
        fit = fit_saturation(t, values)
        model = lmfit.Model(lambda x, K, r, t0: K / (1 + np.exp(-r * (x - t0))))
        oracle = model.fit(values, x=t.astype(float), K=60, r=0.5, t0=2010)
        for name in ("K", "r", "t0"):
            assert fit.params[name] == pytest.approx(oracle.params[name].value, rel=1e-5)
            assert fit.se[name] == pytest.approx(oracle.params[name].stderr, rel=1e-2)
        assert fit.rss == pytest.approx(oracle.chisqr, rel=1e-8)

    def test_gompertz_against_curve_fit(self):
        from scipy.optimize import curve_fit

        rng = np.random.default_rng(8)
        t = np.arange(15)
        values = gompertz(t, 50, 4, 0.4) + rng.normal(0, 0.2, t.size)
        fit = fit_saturation(t, values, "gompertz")
        params, covariance = curve_fit(gompertz, t, values, p0=[55, 4, 0.3], xtol=1e-12, ftol=1e-12)
        assert fit.params.to_numpy() == pytest.approx(params, rel=1e-6)
        assert fit.se.to_numpy() == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-4)

    def test_scores_against_utilsforecast(self):
        losses = pytest.importorskip("utilsforecast.losses")
        values = random_walk(np.random.default_rng(9), 20)
        frame = rolling_origin(np.arange(20), values, [6], [2], ["random_walk_drift"], 0.8)
        ours = score(frame, values).iloc[0]
        logs = pd.DataFrame(
            {
                "unique_id": "a",
                "ds": frame["origin"] + 2,
                "y": np.log(frame["actual"]),
                "m": np.log(frame["median"]),
                "m-lo-80": np.log(frame["lower"]),
                "m-hi-80": np.log(frame["upper"]),
            }
        )
        train = pd.DataFrame({"unique_id": "a", "ds": np.arange(20), "y": np.log(values)})
        mase = losses.mase(logs, ["m"], seasonality=1, train_df=train)["m"][0]
        assert ours["mase"] == pytest.approx(mase, rel=1e-12)
        coverage = losses.coverage(logs, ["m"], level=80)["m"][0]
        assert ours["coverage"] == pytest.approx(coverage)
        quantiles = [
            losses.quantile_loss(logs, {"m": column}, q=q)["m"][0]
            for column, q in (("m-lo-80", 0.1), ("m", 0.5), ("m-hi-80", 0.9))
        ]
        assert ours["pinball"] == pytest.approx(np.mean(quantiles), rel=1e-12)
        levels = logs.assign(y=frame["actual"], m=frame["median"])
        assert ours["smape"] == pytest.approx(losses.smape(levels, ["m"])["m"][0], rel=1e-12)

    def test_simulation_against_a_plain_loop(self):
        import random

        generator = random.Random(3)
        ends = []
        for _ in range(20_000):
            value = 5.0
            for _ in range(4):
                value *= math.exp(generator.gauss(0.05, 0.2))
            ends.append(value)
        ours = simulate_paths(5.0, 0.05, 0.2, 4, 20_000, 3)[-1]
        from scipy.stats import ks_2samp

        # 0.1 % critical value of the two-sample distance.
        assert ks_2samp(ends, ours).statistic <= 1.95 * math.sqrt(2 / 20_000)


# ---------------------------------------------------------------- certified reference data


MODELS = {
    "Rat42": lambda x, b: b[0] / (1 + np.exp(b[1] - b[2] * x)),
    "Rat43": lambda x, b: b[0] / (1 + np.exp(b[1] - b[2] * x)) ** (1 / b[3]),
    "Misra1a": lambda x, b: b[0] * (1 - np.exp(-b[1] * x)),
    "BoxBOD": lambda x, b: b[0] * (1 - np.exp(-b[1] * x)),
    "Thurber": lambda x, b: (
        (b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)
    ),
    "MGH09": lambda x, b: b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3]),
    "MGH10": lambda x, b: b[0] * np.exp(b[1] / (x + b[2])),
    "MGH17": lambda x, b: b[0] + b[1] * np.exp(-x * b[3]) + b[2] * np.exp(-x * b[4]),
    "Eckerle4": lambda x, b: b[0] / b[1] * np.exp(-0.5 * ((x - b[2]) / b[1]) ** 2),
    "DanWood": lambda x, b: b[0] * x ** b[1],
}


def reference(name: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / f"{name.lower()}.csv", comment="#", dtype=float)


def certified(kind: str, name: str) -> pd.DataFrame:
    table = pd.read_csv(REFERENCE / f"certified_{kind}.csv", comment="#")
    return table[table["dataset"] == name].reset_index(drop=True)


def log_relative_error(found, expected) -> float:
    """Number of correct significant digits, the smallest over all elements."""
    found, expected = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    error = np.abs(found - expected) / np.abs(expected)
    return float(-np.log10(np.maximum(error, 1e-16)).min())


class TestCertified:
    @pytest.mark.parametrize("name", MODELS)
    def test_data_and_certified_values_belong_together(self, name):
        data, values = reference(name), certified("nonlinear", name)
        residuals = data["y"] - MODELS[name](data["x"].to_numpy(), values["value"].to_numpy())
        rss = values["residual_sum_of_squares"][0]
        assert log_relative_error(residuals @ residuals, rss) >= 9.5

    @pytest.mark.parametrize("start", ["start_1", "start_2"])
    @pytest.mark.parametrize("name", MODELS)
    def test_the_solver_meets_the_certified_values(self, name, start):
        data, values = reference(name), certified("nonlinear", name)
        found = solve(MODELS[name], data["x"], data["y"], [values[start]])
        assert found.converged
        assert found.rank == len(values)
        assert found.df == len(data) - len(values)
        assert log_relative_error(found.params, values["value"]) >= 9
        assert log_relative_error(found.se, values["standard_error"]) >= 8
        assert log_relative_error(found.rss, values["residual_sum_of_squares"][0]) >= 9.5

    def test_the_saturation_curve_meets_the_certified_logistic(self):
        data, values = reference("Rat42"), certified("nonlinear", "Rat42")
        fit = fit_saturation(data["x"], data["y"])
        b1, b2, b3 = values["value"]
        assert log_relative_error(fit.params, [b1, b3, b2 / b3]) >= 9
        expected = values["standard_error"][[0, 2]]
        assert log_relative_error(fit.se[["K", "r"]], expected) >= 8
        assert log_relative_error(fit.rss, values["residual_sum_of_squares"][0]) >= 9
        assert fit.df == 6
        assert fit.starts_agreeing == fit.starts_tried

    def test_the_certified_logistic_cut_before_its_turning_point_is_refused(self):
        data = reference("Rat42")
        early = data[data["x"] < 38]
        with pytest.raises(TooFewPoints):
            fit_saturation(early["x"], early["y"])
        # Enough points, none past the turning point at 38.9.
        x = np.arange(0, 36, 3)
        values = certified("nonlinear", "Rat42")["value"].to_numpy()
        with pytest.raises(NotIdentified, match="turning point"):
            fit_saturation(x, MODELS["Rat42"](x, values))

    @pytest.mark.parametrize(
        ("name", "digits"), [("Norris", 12), ("Longley", 11), ("Wampler1", 11)]
    )
    def test_the_linear_fit_meets_the_certified_values(self, name, digits):
        data, values = reference(name), certified("linear", name)
        y = data.pop("y").to_numpy()
        if name == "Wampler1":
            design = np.column_stack([data["x"] ** power for power in range(6)])
        else:
            design = np.column_stack([np.ones(y.size), data])
        found = ordinary_least_squares(design, y)
        assert log_relative_error(found.params, values["value"]) >= digits
        if name == "Wampler1":  # an exact fit; rounding of values up to 3 million remains
            assert found.bse.max() < 1e-6
            assert found.ssr < 1e-12
        else:
            assert log_relative_error(found.bse, values["standard_error"]) >= digits - 1
            assert log_relative_error(found.ssr, values["residual_sum_of_squares"][0]) >= digits - 1


class TestSolver:
    def test_complex_steps_keep_all_digits(self):
        x = np.linspace(0.1, 5, 7)
        jacobian = complex_step_jacobian(MODELS["Misra1a"], x, np.array([240.0, 5e-4]))
        expected = np.column_stack([-np.expm1(-5e-4 * x), 240.0 * x * np.exp(-5e-4 * x)])
        assert jacobian == pytest.approx(expected, rel=1e-12)

    def test_parameters_that_only_appear_as_a_product_are_found_out(self):
        x = np.linspace(0, 5, 20)
        found = solve(lambda x, b: b[0] * b[1] * x, x, 3 * x + np.sin(9 * x), [[1.0, 1.0]])
        assert found.rank == 1
        assert not found.converged
        assert np.isinf(found.se).all()

    def test_no_degree_of_freedom_no_error(self):
        found = solve(lambda x, b: b[0] + b[1] * x, [0.0, 1.0], [1.0, 3.0], [[0.0, 0.0]])
        assert found.params == pytest.approx([1.0, 2.0])
        assert found.df == 0
        assert np.isinf(found.se).all()

    def test_the_best_of_several_starts_wins(self):
        x = np.linspace(0, 6, 40)
        model = lambda x, b: np.sin(b[0] * x)  # noqa: E731
        found = solve(model, x, np.sin(2.0 * x), [[5.0], [1.9], [2.1]])
        assert found.params[0] == pytest.approx(2.0)
        assert (found.starts_tried, found.starts_agreeing) == (3, 2)

    def test_bad_starts_are_refused(self):
        with pytest.raises(ValueError, match="at least one start"):
            solve(MODELS["Misra1a"], [1.0], [1.0], [])
        with pytest.raises(ValueError, match="same length"):
            solve(MODELS["Misra1a"], [1.0], [1.0], [[1.0, 1.0], [1.0]])
        with pytest.raises(ValueError, match="not finite at any start"):
            solve(lambda x, b: np.log(-b[0] * x), [1.0, 2.0], [1.0, 2.0], [[1.0]])


# ---------------------------------------------------------------- the package


def test_importing_costs_no_heavy_library():
    code = (
        "import sys; import helpers.growth; "
        "sys.exit(','.join(m for m in ('scipy', 'statsmodels', 'pandas') if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_all_names_are_exported_and_documented():
    for name in growth.__all__:
        assert getattr(growth, name).__doc__
