"""Another processor, thread count, language, time zone or hash seed changes no result.

The real command runs chapters of much arithmetic with another kernel of OpenBLAS, as a processor
without the instructions of this one would, and holds their outputs against the committed ones. That
a real change is found, however small, is shown beside it.
"""

import copy
import json
import os
import platform
import subprocess
import sys

import pytest
import small_book

from helpers import agreement, results
from helpers.pipeline import chapters, differences

# Kernels of OpenBLAS that processors of this kind can run, the oldest first.
OTHERS = {
    "Nehalem": {"OPENBLAS_NUM_THREADS": "4", "OMP_NUM_THREADS": "4", "LC_ALL": "tr_TR.UTF-8",
                "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "7"},
    "Haswell": {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LC_ALL": "C",
                "LANG": "C", "TZ": "America/St_Johns", "PYTHONHASHSEED": "random"},
}
# Simulations, fits and sums over many draws; each chapter runs once.
HEAVY = {"Nehalem": ["3-6-country-comparison", "2-3-market-expansion"],
         "Haswell": ["2-2-technology-convergence"]}


def surroundings(core):
    """Variables of a user with another processor; elsewhere than on x86 its own is kept."""
    forced = {"OPENBLAS_CORETYPE": core} if platform.machine() in ("x86_64", "AMD64") else {}
    return {**os.environ, **OTHERS[core], **forced}


@pytest.mark.slow
@pytest.mark.parametrize("core", OTHERS)
def test_results_are_the_committed_ones_on_other_machines(tmp_path, core):
    done = subprocess.run(
        [sys.executable, "-m", "helpers.pipeline.cli", "check", "--changed", *HEAVY[core]],
        cwd=small_book.REAL.root, capture_output=True, text=True,
        env={**surroundings(core), "BOOK_BUILD": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
    count = len(HEAVY[core])
    assert f"{count} of {count} chapters give what is committed." in done.stdout
    assert len(list((tmp_path / "runs").glob("*/run.json"))) == count, "they were not run here"


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="not an x86 processor")
def test_the_other_processor_is_really_forced():
    done = subprocess.run(
        [sys.executable, "-c", "import numpy"], capture_output=True, text=True,
        env={**surroundings("Nehalem"), "OPENBLAS_VERBOSE": "2"})
    assert "Core: Nehalem" in done.stdout + done.stderr


@pytest.mark.parametrize("name", chapters.names(small_book.REAL))
def test_a_result_that_moves_by_a_hundred_millionth_is_found(name):
    """Every number that a chapter records, alone or in lists, at its stated tolerance."""
    notebook = chapters.read(small_book.REAL, name).notebook
    for entry in results.entries(notebook):
        if entry["type"] != "result" or entry["tolerance"] >= 1e-8:
            continue
        moved = _moved(entry["value"])
        assert agreement.agree(entry["value"], moved, entry["tolerance"]) == (
            moved == entry["value"]), entry["name"]


def _moved(value):
    """A value with its first number that is no whole one moved by 1e-8 of itself."""
    if isinstance(value, float):
        return value * (1 + 1e-8)
    if isinstance(value, list):
        return [_moved(item) for item in value]
    if isinstance(value, dict):
        return {key: _moved(item) for key, item in value.items()}
    return value


def test_a_chapter_with_such_a_result_differs():
    name = next(iter(chapters.names(small_book.REAL)))
    notebook = chapters.read(small_book.REAL, name).notebook
    other = copy.deepcopy(json.loads(json.dumps(notebook)))
    entry = next(entry for entry in results.entries(other)
                 if entry["type"] == "result" and isinstance(entry["value"], float)
                 and abs(entry["value"]) > 1e-3 and entry["tolerance"] <= 1e-9)
    entry["value"] = _moved(entry["value"])
    [found] = differences.between(name, notebook, other)
    assert found.name == entry["name"] and found.change == "value"
