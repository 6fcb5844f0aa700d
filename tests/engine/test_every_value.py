"""A value that is set is shown and used, be it zero, false or the end of its range."""

import json
from pathlib import Path

import pytest
from small_book import REAL, write

from helpers import parameters
from helpers.pipeline import building, chapters, edition, effects, execute, plan

# Every parameter at every end of its range and every other choice; pairs that belong together.
VALUES = [(name, value) for name in parameters.names() for value in effects.settings(name)]
BESIDE = {"base_year": {"horizon_year": 2035}, "horizon_year": {"base_year": 2018}}
RECORDS = ("from helpers import results\n"
           "results.sentence('all', repr({name: globals()[name] for name in NAMES}))")


def assignments(name, value) -> list[str]:
    """What is typed behind ``--set``, with what must be set beside it."""
    chosen = {name: value, **BESIDE.get(name, {})}
    return [f"{key}={parameters.literal(each)}" for key, each in chosen.items()]


@pytest.mark.parametrize("name, value", VALUES)
def test_an_edition_keeps_and_shows_what_is_set(name, value):
    made = edition.resolve(REAL, "baseline", assignments(name, value))
    shown = parameters.literal(value)
    assert made.given[name] == value == made.overrides[name] and type(made.given[name]) is type(
        value)
    assert f"{name} = {shown}" in made.heading
    assert f"<code>{name}</code> = {shown} (baseline" in building.announcement(made)
    assert f"{name}={shown}" in made.command().replace("'", "")
    assert not made.is_baseline and made.name != edition.resolve(REAL).name
    assert edition.describe(made, "key", [])["overrides"][name] == value
    reader = next(chapter for chapter in chapters.names(REAL)
                  if name in chapters.read(REAL, chapter).parameters)
    assert plan.make(REAL, reader, made.overrides).values[name] == value


def test_zero_is_among_the_values():
    assert any(value == 0 for _, value in VALUES)


def test_false_beside_a_scenario_that_says_true_is_kept():
    made = edition.resolve(REAL, "merged_columns", ["merge_identical_columns=false"])
    assert made.given == {"merge_identical_columns": False} and made.overrides == {}
    assert "merge_identical_columns = false" in made.heading
    others = (edition.resolve(REAL), edition.resolve(REAL, "merged_columns"))
    assert made.name not in {other.name for other in others}


@pytest.fixture(scope="module")
def extremes():
    """Two editions that together take every number to both ends."""
    low, high = {}, {}
    for name in parameters.names():
        first, *_, last = [*effects.settings(name), parameters.defaults()[name]][:2] * 2
        low[name], high[name] = first, last
    low["horizon_year"], high["base_year"] = 2020, 2021
    low["base_year"], high["horizon_year"] = 2018, 2035
    return low, high


@pytest.mark.slow
def test_what_is_set_is_what_the_cells_see_and_the_run_says(workshop, extremes):
    standard = parameters.defaults()
    head = "\n".join(f"{name} = {value!r}" for name, value in standard.items())
    write(workshop, "c", f"NAMES = {parameters.names()!r}", RECORDS, head=head)
    for values in extremes:
        typed = [f"{name}={parameters.literal(value)}" for name, value in values.items()]
        [run] = edition.resolve(workshop, "baseline", typed).run(execute.How(jobs=1))
        [entry] = execute.ledger(run)
        assert entry["text"] == repr({**standard, **values})
        marker, notebook = (json.loads((Path(run.path) / file).read_text())
                            for file in ("run.json", "notebook.ipynb"))
        assert marker["parameters"] == {**standard, **values}
        [injected] = ["".join(cell["source"]) for cell in notebook["cells"]
                      if "injected-parameters" in cell["metadata"].get("tags", [])]
        seen = {}
        exec(injected, seen)  # noqa: S102  our own text
        assert {name: seen[name] for name in standard} == {**standard, **values}
