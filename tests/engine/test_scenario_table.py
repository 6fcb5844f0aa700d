"""What chapters say under other assumptions is what is committed; a failed run makes no reference.

Every scenario and every step of the walk is run once, for all tests of this file.
"""

import io
import json
from dataclasses import replace

import pandas as pd
import pytest
from small_book import shared

from helpers import agreement, datasets, parameters, results
from helpers.pipeline import chapters, edition, execute, scenario_table
from helpers.pipeline.pinned import cases, gates, reference, seen
from helpers.project import Project

FIX = "the tables of scenarios are stale. Type: book accept"
KEY = ["scenario", "chapter", "result"]
BOOK = Project.current().with_own_data(None)
LISTED = scenario_table.listed(BOOK)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The book with the build folder that all tests share."""
    return shared(tmp_path_factory)


@pytest.fixture(scope="module")
def watched(place):
    """Every chapter in all its cases."""
    return seen.run(place, cases.of_book(place))


@pytest.fixture(scope="module")
def made(place, watched):
    """Both tables made anew for the scenarios that they list, from those runs."""
    return scenario_table.make(place, execute.How(), scenarios=LISTED)


def read(content):
    """A table as text, an empty cell as an empty text."""
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)


def committed(name):
    return (BOOK.data / datasets.describe(name, BOOK)["path"]).read_bytes()


def value(row):
    return json.loads(row["value_json"] or row["value"] or "null")


def faults(old, new):
    """What differs between two tables of results, one line each."""
    before = {tuple(row[name] for name in KEY): row for row in read(old).to_dict("records")}
    after = {tuple(row[name] for name in KEY): row for row in read(new).to_dict("records")}
    found = [f"{', '.join(key)}: {'gone' if key in before else 'new'}"
             for key in sorted(before.keys() ^ after.keys())]
    rest = [name for name in scenario_table.COLUMNS if name not in ("value", "value_json")]
    for key in sorted(before.keys() & after.keys()):
        a, b = before[key], after[key]
        found += [f"{', '.join(key)}: {name}: {a[name]!r} -> {b[name]!r}"
                  for name in rest if a[name] != b[name]]
        if not agreement.agree(value(a), value(b)):
            found.append(f"{', '.join(key)}: {value(a)!r} -> {value(b)!r}")
    return found


# ------------------------------------------------------------------ the committed tables


@pytest.mark.slow
def test_the_committed_results_are_what_the_chapters_give(made):
    found = faults(committed("scenario_results"), made["scenario_results"])
    assert found == [], f"{FIX}\n" + "\n".join(found[:20])


@pytest.mark.slow
def test_the_committed_scenarios_are_those_of_their_files(made):
    assert committed("scenarios") == made["scenarios"], FIX


# ------------------------------------------------------------------ what chapters say


@pytest.mark.slow
@pytest.mark.parametrize("name", chapters.names(BOOK))
def test_a_chapter_says_what_is_committed_under_all_assumptions(watched, name):
    """Results, sentences, and what figures and tables show, at every scenario and step."""
    found = reference.faults(BOOK, name, watched[name])
    assert found == [], f"wanted? Type: book accept {name}\n" + "\n".join(found[:20])


@pytest.mark.slow
@pytest.mark.parametrize("name", chapters.names(BOOK))
def test_every_arm_of_a_chapter_is_taken_or_excepted(watched, name):
    assert gates.unreached_faults(BOOK, name, watched[name]) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", chapters.names(BOOK))
def test_every_parameter_of_a_chapter_moves_something(watched, name):
    assert gates.effect_faults(BOOK, name, watched[name]) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", chapters.names(BOOK))
def test_what_speaks_of_a_parameter_follows_it(watched, name):
    assert gates.words_faults(BOOK, name, watched[name]) == []


def test_every_file_of_what_is_said_is_of_a_chapter():
    said = cases.folder(BOOK) / "said"
    assert {file.stem for file in said.glob("*")} == set(chapters.names(BOOK))


def test_every_exception_is_of_a_chapter_and_has_a_reason():
    found = gates.exceptions(BOOK)
    alone = found["words_alone"]
    named = {name for group in found["unreached"] for name in group["arms"]}
    assert named | set(found["without_effect"]) | {each["chapter"] for each in alone} <= set(
        chapters.names(BOOK))
    assert all(len(each["why"].split()) > 5 for each in [*found["unreached"], *alone])


@pytest.mark.parametrize("name", parameters.names())
def test_the_walk_takes_a_parameter_to_every_choice_and_to_both_sides(name):
    start = parameters.defaults()[name]
    taken = [step[name] for step in cases.steps(BOOK) if name in step]
    assert taken, "the walk never moves it"
    bounds = parameters.REGISTRY.bounds(name)
    if parameters.choices(name):
        assert {*map(parameters.literal, [start, *taken])} == set(parameters.choices(name))
    elif bounds and name not in ("draws", "random_seed"):  # more draws take longer, no other way
        assert start == bounds[0] or min(taken) < start
        assert start == bounds[1] or max(taken) > start


# ------------------------------------------------------------------ what is listed


def test_every_scenario_that_is_listed_has_its_file():
    assert set(LISTED) <= set(edition.scenarios(BOOK)), FIX
    assert set(datasets.load("scenario_results", BOOK)["scenario"]) <= set(LISTED), FIX


def test_a_moved_value_a_lost_row_and_another_word_are_found():
    old = committed("scenario_results")
    frame = read(old)
    place = frame.index[frame["value"] != ""][3]
    frame.loc[place, "value"] = repr(float(frame.loc[place, "value"]) * (1 + 1e-7) + 1e-7)
    moved = faults(old, frame.to_csv(index=False).encode())
    assert len(moved) == 1 and ", ".join(frame.loc[place, KEY]) in moved[0]
    assert len(faults(old, read(old).drop(index=0).to_csv(index=False).encode())) == 1
    frame = read(old)
    frame.loc[5, "status"] = "another"
    assert len(faults(old, frame.to_csv(index=False).encode())) == 1
    assert faults(old, old) == []


def test_the_baseline_of_the_table_is_the_committed_ledger():
    """Quick, and tells a stale table from a stale chapter."""
    rows = read(committed("scenario_results"))
    rows = rows[rows["scenario"] == edition.BASELINE]
    own = scenario_table.readers(BOOK)
    ledgers = {(name, entry["name"]): entry for name in chapters.names(BOOK) if name not in own
               for entry in results.entries(chapters.read(BOOK, name).notebook)
               if entry["type"] == "result"}
    assert set(ledgers) == set(zip(rows["chapter"], rows["result"], strict=True)), FIX
    for _, row in rows.iterrows():
        entry = ledgers[row["chapter"], row["result"]]
        assert agreement.agree(value(row), entry["value"]), f"{row['result']}: {FIX}"


# ------------------------------------------------------------------ what is run


def test_only_chapters_that_read_a_changed_parameter_are_rows():
    planned = {(scenario, each.chapter) for scenario, each in scenario_table.cells(BOOK, LISTED)}
    names = [name for name in chapters.names(BOOK) if name not in scenario_table.readers(BOOK)]
    assert {name for scenario, name in planned if scenario == edition.BASELINE} == set(names)
    for scenario in LISTED:
        changed = set(edition.resolve(BOOK, scenario).overrides)
        for name in names:
            touched = bool(set(chapters.read(BOOK, name).parameters) & changed) or not changed
            assert ((scenario, name) in planned) == touched
    rows = datasets.load("scenario_results", BOOK)
    assert set(zip(rows["scenario"], rows["chapter"], strict=True)) == planned, FIX


@pytest.mark.slow
def test_chapters_that_read_the_tables_are_left_out():
    assert scenario_table.readers(BOOK) == ["a3-scenarios"]
    assert "a3-scenarios" not in {each.chapter for _, each in scenario_table.cells(BOOK)}


def test_every_parameter_of_a_scenario_is_a_row():
    rows = datasets.load("scenarios", BOOK)
    for scenario in LISTED:
        named = rows.loc[rows["scenario"] == scenario, "parameter"].dropna()
        assert sorted(named) == sorted(edition.resolve(BOOK, scenario).overrides), FIX


# ------------------------------------------------------------------ failures


def test_a_failed_run_is_an_error_with_its_scenario_and_reason(monkeypatch):
    def one_fails(_project, plans, *_arguments, **_options):
        good = execute.RunResult("x", "ok", path="nowhere")
        return [replace(good, chapter=each.chapter, status="failed" if place == 7 else "ok",
                        reason="cell 3: ValueError: planted" if place == 7 else "")
                for place, each in enumerate(plans)]

    monkeypatch.setattr(execute, "run_many", one_fails)
    with pytest.raises(scenario_table.ScenarioTableError) as refused:
        scenario_table.make(BOOK, execute.How())
    assert "No scenario table was made" in str(refused.value)
    assert "baseline" in str(refused.value) and "planted" in str(refused.value)


def test_only_what_differs_is_written():
    same = {name: committed(name) for name in ("scenario_results", "scenarios")}
    assert scenario_table.paths(BOOK, same) == {}
    assert list(scenario_table.paths(BOOK, {**same, "scenarios": b"a\n"})) == [
        BOOK.data / "editions" / "scenarios.csv"]


def test_numbers_keep_ten_digits():
    rows = [{"value": 1 / 3}, {"value": None}, {"value": 2.0}]
    assert scenario_table.to_csv(rows, ["value"]) == b'value\n0.3333333333\n""\n2\n'
