"""Rates, paths, fits, intervals and refusals for market figures.

All functions are pure. Rates are fractions per year, money is as given, years are numbers.
A question that the data cannot answer raises a subclass of `ValueError` whose text says what is
missing and what is reported instead; no function returns nan for bad input.
"""

from helpers.growth._checks import NotIdentified, ScopeMismatch, TooFewPoints
from helpers.growth.backtests import rolling_origin, score
from helpers.growth.base_rates import Band, BaseRate, base_rate
from helpers.growth.fits import GrowthFit, fit_growth
from helpers.growth.publishers import PooledGrowth, check_comparable, pool_growth
from helpers.growth.rates import (
    cagr,
    cagr_bounds,
    constant_growth_path,
    damped_growth_path,
    doubling_time,
    implied_base,
    log_growth,
    projected_path,
)
from helpers.growth.saturation import SaturationFit, fit_saturation
from helpers.growth.simulation import simulate_paths

__all__ = [
    "Band",
    "BaseRate",
    "GrowthFit",
    "NotIdentified",
    "PooledGrowth",
    "SaturationFit",
    "ScopeMismatch",
    "TooFewPoints",
    "base_rate",
    "cagr",
    "cagr_bounds",
    "check_comparable",
    "constant_growth_path",
    "damped_growth_path",
    "doubling_time",
    "fit_growth",
    "fit_saturation",
    "implied_base",
    "log_growth",
    "pool_growth",
    "projected_path",
    "rolling_origin",
    "score",
    "simulate_paths",
]
