"""What the benchmark of editions concludes from its measurements; nothing is timed here."""

import importlib.util

import pytest
from small_book import REAL

MET = {"clean": 20, "stock_force": 100, "stock_loop": 120, "floor": 30, "chapters": 20,
       "unchanged": 0.7, "parameter": 4, "parameter_first": 5, "sweep": 0.8, "stock_sweep": 6}


@pytest.fixture(scope="module")
def edition():
    about = importlib.util.spec_from_file_location(
        "benchmark_of_editions", REAL.root / "benchmarks" / "edition.py")
    module = importlib.util.module_from_spec(about)
    about.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def two_cores(edition, monkeypatch):
    monkeypatch.setattr(edition, "usable_cores", lambda: 2)


def rounds(*changes):
    """Measurements of rounds that meet every bar, but for what is changed in each."""
    return {case: [({**MET, **change}[case], 0.0) for change in changes] for case in MET}


def test_every_bar_can_be_met(edition):
    assert set(MET) == set(edition.CASES)
    assert all(met for _, _, met in edition.measured(rounds({})))


@pytest.mark.parametrize("case, seconds, words", [
    ("stock_force", 79, "jupyter-book with execution: 3.95"),
    ("stock_loop", 59, "papermill loop and jupyter-book: 2.95"),
    ("chapters", 23, "over 2 cores: 1.53"),
    ("unchanged", 3.1, "unchanged edition, seconds: 3.10"),
    ("parameter", 6.2, "parameter of one chapter changed, seconds: 6.20"),
    ("parameter_first", 6.2, "first command after a pause, seconds: 6.20"),
    ("sweep", 1.6, "share of a papermill run: 0.27"),
])
def test_each_bar_can_be_missed(edition, case, seconds, words):
    missed = [what for what, _, met in edition.measured(rounds({case: seconds})) if not met]
    assert len(missed) == 1 and words in missed[0]


def test_a_machine_that_slows_down_between_rounds_changes_no_ratio(edition):
    slow = {case: 2 * seconds for case, seconds in MET.items()}
    ratios = [what for what, _, _ in edition.measured(rounds({}, slow)) if "seconds" not in what]
    assert len(ratios) == 4
    for what in ratios:
        median, least, most = what.rsplit(": ", 1)[1].replace("(", "").replace(")", "").replace(
            " to ", " ").split()
        assert least == median == most


def test_a_table_says_what_was_missed(edition):
    text = edition.table(rounds({"chapters": 23}), 50, 10)
    assert text.count("**missed**") == 1 and " 1 round. " in text
