"""Whatever draws at random follows its seed: the same with the same, and another with another.

The functions are found by their signature, so that a new one is asked for here.
"""

import importlib
import inspect
import pkgutil
from functools import cache

import numpy as np
import pandas as pd
import pytest

import helpers
from helpers import composite, counts, growth

NAMES = {"seed", "rng", "generator", "random_state"}
YEARS = np.arange(2008, 2020)
COUNTS = np.array([20, 31, 28, 44, 50, 47, 69, 80, 101, 95, 130, 161])
TABLE = pd.DataFrame({"a": ["High", "Low", "Medium", "Low"], "b": ["Low", "High", "Low", "Medium"],
                      "c": ["Medium", "Medium", "High", "Low"]}, index=list("wxyz"))
TREND = counts.fit_trend(YEARS, COUNTS, "negative_binomial", 0.8)

# Function -> what it gives for a seed and a number of draws, as parts that must each move.
CALLS = {
    "composite.acceptability.rank_acceptability": lambda seed, draws: [
        composite.rank_acceptability(composite.encode_levels(TABLE), draws, seed)],
    "composite.noise.rating_noise": lambda seed, draws: list(
        composite.rating_noise(TABLE, 0.2, draws, seed).__dict__.values()),
    "composite.sensitivity.sobol_indices": lambda seed, draws: list(
        composite.sobol_indices(TABLE, draws, seed).to_numpy().T),
    "counts.comparison.compare_models": lambda seed, draws: [
        counts.compare_models(YEARS, COUNTS, coverage=0.8, draws=draws, seed=seed)],
    "counts.trend.CountTrend.predict": lambda seed, draws: [
        TREND.predict([2020, 2024], draws=draws, seed=seed)[["lower", "upper"]]],
    "counts.trend.CountTrend.simulate": lambda seed, draws: [
        TREND.simulate([2020, 2024], draws=draws, seed=seed)],
    "growth.simulation.simulate_paths": lambda seed, draws: [
        growth.simulate_paths(1.0, 0.1, 0.2, 3, draws, seed)],
}


def drawing() -> set[str]:
    """Functions of the package, outside the pipeline, that take a source of chance."""
    found = set()
    for module in pkgutil.walk_packages(helpers.__path__, "helpers."):
        if module.name.startswith("helpers.pipeline"):
            continue
        for name, thing in vars(importlib.import_module(module.name)).items():
            inside = vars(thing).items() if inspect.isclass(thing) else ()
            for full, each in [(name, thing), *((f"{name}.{key}", value) for key, value in inside)]:
                if (inspect.isfunction(each) and each.__module__ == module.name
                        and NAMES & set(inspect.signature(each).parameters)
                        and not full.rpartition(".")[2].startswith("_")):
                    found.add(f"{module.name.removeprefix('helpers.')}.{full}")
    return found


@cache
def parts(name, seed, draws=256):
    """What a call gives, as arrays of numbers and texts."""
    return tuple(str(np.asarray(part).tolist()) for part in CALLS[name](seed, draws))


def test_every_function_that_takes_a_seed_is_tried_here():
    assert set(CALLS) == drawing(), "give a new one a line in CALLS"


@pytest.mark.parametrize("name", CALLS)
def test_the_same_seed_gives_the_same(name):
    assert parts(name, 7) == parts.__wrapped__(name, 7)


@pytest.mark.parametrize("name", CALLS)
def test_another_seed_gives_other_draws(name):
    others = [parts(name, seed) for seed in (0, 8, 2**32 - 1)]
    for place, part in enumerate(parts(name, 7)):
        assert any(part != other[place] for other in others), f"{name}: part {place}: seed ignored"


@pytest.mark.parametrize("name", CALLS)
def test_another_number_of_draws_gives_something_else(name):
    assert parts(name, 7, 64) != parts(name, 7)


def test_a_seed_that_is_ignored_is_found(monkeypatch):
    monkeypatch.setitem(CALLS, "deaf", lambda seed, draws: [np.random.default_rng(1).random(draws)])
    with pytest.raises(AssertionError, match="seed ignored"):
        test_another_seed_gives_other_draws("deaf")
