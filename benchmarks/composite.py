"""Speed and memory of `rank_acceptability` against the same count written plainly.

Run it from the project folder: ``python benchmarks/composite.py``. Three ways to count ranks under
uniform weightings are timed:

- ``helper``: `rank_acceptability`;
- ``plain``: NumPy on all draws at once (Dirichlet weights, one product, every score compared with
  every other), which is what one would write without caring for memory;
- ``loop``: plain Python over draws, on fewer of them and scaled up.

All three are timed in turn within each round, so that a busy machine slows all of them; the ratio
reported is that of the medians. The table of the book settles most pairs by dominance, which the
helper uses, so a second table with no dominance at all is timed too.

With ``--check`` the exit code is 1 when a bar is missed.
"""

import argparse
import random
import statistics
import sys
import time
import tracemalloc
from operator import mul

import numpy as np

from helpers import composite

# Low 1, Medium 2, High 3; policies, enterprises, SMEs, capital, alliances.
BOOK = np.array(
    [[3, 3, 3, 3, 3], [3, 3, 3, 3, 3], [2, 3, 2, 1, 1], [2, 1, 2, 1, 1], [2, 2, 3, 2, 2],
     [1, 1, 3, 1, 1]], dtype=float)
# Each row is best in one dimension or evenly good, so the weights decide all 15 pairs.
OPEN = np.array(
    [[9, 1, 2, 3, 4], [4, 9, 1, 2, 3], [3, 4, 9, 1, 2], [2, 3, 4, 9, 1], [1, 2, 3, 4, 9],
     [5, 5, 5, 5, 5]], dtype=float)

MOST_TIMES_PLAIN = 1.5
LEAST_TIMES_FASTER_THAN_LOOP = 80
SEED = 20190


def plain(scores: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Shares (units, ranks), all draws in memory at once."""
    units, dimensions = scores.shape
    weights = np.random.default_rng(seed).dirichlet(np.ones(dimensions), draws)
    totals = np.round(weights @ scores.T, 12)
    ranks = 1 + (totals[:, None, :] > totals[:, :, None]).sum(axis=2)
    return np.stack([(ranks == rank).mean(axis=0) for rank in range(1, units + 1)], axis=1)


def loop(scores: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Shares (units, ranks), one draw after another.

    Python numbers throughout: NumPy on six numbers at a time takes several times as long, and a
    slow loop would flatter the helper.
    """
    units, dimensions = scores.shape
    rows = scores.tolist()
    exponential = random.Random(seed).expovariate
    counts = [[0] * units for _ in range(units)]
    for _ in range(draws):
        parts = [exponential(1.0) for _ in range(dimensions)]
        whole = sum(parts)
        totals = [round(sum(map(mul, row, parts)) / whole, 12) for row in rows]
        ordered = sorted(totals, reverse=True)
        for count, total in zip(counts, totals, strict=True):
            count[ordered.index(total)] += 1
    return np.array(counts) / draws


def helper(scores: np.ndarray, draws: int, seed: int) -> np.ndarray:
    return composite.rank_acceptability(scores, draws, seed).to_numpy()


def seconds(function, *arguments) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def peak_megabytes(function, *arguments) -> float:
    """Peak of memory allocated by a call (measured apart from time, since tracing slows it)."""
    tracemalloc.start()
    try:
        function(*arguments)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def measure(name: str, scores: np.ndarray, draws: int, loop_draws: int, rounds: int) -> bool:
    """Time one table, print the figures, and say whether both bars are met."""
    shares = helper(scores, draws, SEED)
    # A fast wrong answer is no result: both counts must agree within their errors.
    for way, size in ((plain, draws), (loop, loop_draws)):
        gap = np.abs(shares - way(scores, size, SEED + 1)).max()
        if gap > 4 * np.sqrt(0.25 / draws + 0.25 / size):
            raise SystemExit(f"{name}: helper and {way.__name__} differ by {gap:.4f} in a share.")
    times: dict[str, list[float]] = {"helper": [], "plain": [], "loop": []}
    for _ in range(rounds):
        times["helper"].append(seconds(helper, scores, draws, SEED))
        times["plain"].append(seconds(plain, scores, draws, SEED))
        times["loop"].append(seconds(loop, scores, loop_draws, SEED) * draws / loop_draws)
    median = {way: statistics.median(taken) for way, taken in times.items()}
    memory = {way.__name__: peak_megabytes(way, scores, draws, SEED) for way in (helper, plain)}
    times_plain = median["helper"] / median["plain"]
    times_loop = median["loop"] / median["helper"]
    print(f"{name}: {scores.shape[0]} units, {scores.shape[1]} dimensions, {draws:,} weightings, "
          f"{rounds} rounds")
    for way, taken in times.items():
        note = f", {loop_draws:,} draws run and scaled" if way == "loop" else (
            f", peak {memory[way]:.1f} MB")
        print(f"  {way:7} median {median[way]:8.3f} s  (from {min(taken):.3f} to "
              f"{max(taken):.3f}){note}")
    print(f"  helper / plain {times_plain:.2f} (bar: at most {MOST_TIMES_PLAIN})")
    print(f"  loop / helper  {times_loop:.0f} (bar: at least {LEAST_TIMES_FASTER_THAN_LOOP})")
    return times_plain <= MOST_TIMES_PLAIN and times_loop >= LEAST_TIMES_FASTER_THAN_LOOP


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--loop-draws", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", action="store_true", help="exit with 1 when a bar is missed")
    chosen = parser.parse_args()
    met = [
        measure(name, scores, chosen.draws, chosen.loop_draws, chosen.rounds)
        for name, scores in (("Table of the book", BOOK), ("No pair settled", OPEN))
    ]
    return int(chosen.check and not all(met))


if __name__ == "__main__":
    sys.exit(main())
