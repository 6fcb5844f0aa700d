"""Speed and memory of `simulate_paths` against the same draws written plainly.

Run it from the project folder: ``python benchmarks/growth.py``. Three ways to draw growth paths
of eight years are timed:

- ``helper``: `simulate_paths`, one million draws;
- ``recurrence``: the plainest fast NumPy, one year after another on all draws at once, same number
  of draws;
- ``loop``: plain Python over draws and years with the standard library, on one draw in a hundred
  and scaled up to the same number.

All three are timed in turn within each round, so that a busy machine slows all of them; the ratio
reported is that of the medians. Peak memory is what `tracemalloc` sees, in a separate run, as a
multiple of the result.

With ``--check`` the exit code is 1 when a bar is missed.
"""

import argparse
import math
import random
import statistics
import sys
import time
import tracemalloc

import numpy as np

from helpers.growth import simulate_paths

START, MEAN, DEVIATION, YEARS, SEED = 16.401, 0.085, 0.12, 8, 20190
LOOP_SHARE = 100  # the loop gets one draw in this many

MOST_TIMES_RECURRENCE = 2.0
LEAST_TIMES_FASTER_THAN_LOOP = 15.0
MOST_TIMES_RESULT = 1.5


def helper(draws: int) -> np.ndarray:
    return simulate_paths(START, MEAN, DEVIATION, YEARS, draws, SEED)


def recurrence(draws: int) -> np.ndarray:
    """All draws of a year at once, years in turn."""
    generator = np.random.default_rng(SEED)
    paths = np.empty((YEARS, draws))
    level = np.full(draws, START)
    for year in range(YEARS):
        level = level * np.exp(generator.normal(MEAN, DEVIATION, draws))
        paths[year] = level
    return paths


def loop(draws: int) -> list[list[float]]:
    """One draw after another, Python numbers only."""
    generator = random.Random(SEED)
    gauss, exp = generator.gauss, math.exp
    paths = [[0.0] * draws for _ in range(YEARS)]
    for draw in range(draws):
        level = START
        for year in range(YEARS):
            level *= exp(gauss(MEAN, DEVIATION))
            paths[year][draw] = level
    return paths


def seconds(function, draws: int) -> float:
    begin = time.perf_counter()
    function(draws)
    return time.perf_counter() - begin


def peak_over_result(function, draws: int) -> float:
    tracemalloc.start()
    try:
        paths = function(draws)
        return tracemalloc.get_traced_memory()[1] / paths.nbytes
    finally:
        tracemalloc.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--check", action="store_true", help="fail when a bar is missed")
    options = parser.parse_args()
    loop_draws = max(1, options.draws // LOOP_SHARE)

    # Both NumPy ways use one stream in one order, so they must agree to rounding.
    difference = float(np.abs(helper(10_000) / recurrence(10_000) - 1.0).max())
    if difference > 1e-12:
        raise SystemExit(f"helper and recurrence differ by {difference:.1e}; timing is pointless.")

    times: dict[str, list[float]] = {"helper": [], "recurrence": [], "loop": []}
    for _ in range(options.rounds):
        times["helper"].append(seconds(helper, options.draws))
        times["recurrence"].append(seconds(recurrence, options.draws))
        times["loop"].append(seconds(loop, loop_draws) * options.draws / loop_draws)
    medians = {name: statistics.median(values) for name, values in times.items()}

    print(f"{options.draws} draws of {YEARS} years, {options.rounds} rounds, medians")
    print(f"(loop timed on {loop_draws} draws and scaled by {options.draws / loop_draws:g})")
    for name, value in medians.items():
        spread = f"{min(times[name]):.3f} to {max(times[name]):.3f}"
        print(f"  {name:<10} {value:8.3f} s  ({spread} s)")
    against_recurrence = medians["helper"] / medians["recurrence"]
    against_loop = medians["loop"] / medians["helper"]
    memory = peak_over_result(helper, options.draws)
    bars = [
        (
            f"helper takes {against_recurrence:.2f} times the recurrence",
            f"at most {MOST_TIMES_RECURRENCE:g}",
            against_recurrence <= MOST_TIMES_RECURRENCE,
        ),
        (
            f"helper is {against_loop:.1f} times faster than the loop",
            f"at least {LEAST_TIMES_FASTER_THAN_LOOP:g}",
            against_loop >= LEAST_TIMES_FASTER_THAN_LOOP,
        ),
        (
            f"helper peaks at {memory:.3f} times its result",
            f"at most {MOST_TIMES_RESULT:g}",
            memory <= MOST_TIMES_RESULT,
        ),
    ]
    print(f"recurrence peaks at {peak_over_result(recurrence, options.draws):.3f} times its result")
    for text, bar, met in bars:
        print(f"{text} (bar: {bar}) {'met' if met else 'MISSED'}")
    return 1 if options.check and not all(met for _, _, met in bars) else 0


if __name__ == "__main__":
    sys.exit(main())
