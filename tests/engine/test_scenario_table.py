"""The committed results of the scenarios are what chapters give now; a failed run makes none."""

import io
import json
import math

import pandas as pd
import pytest
from small_book import REAL, RECORD, scenario, write

from helpers import datasets, results
from helpers.pipeline import chapters, edition, execute, scenario_table

FIX = "the scenario tables are stale: run `book accept`"
KEY = ["scenario", "chapter", "result"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Both tables made anew, in a build folder of their own."""
    from helpers.project import Project

    project = Project.at(REAL.root, build=tmp_path_factory.mktemp("scenarios"))
    return scenario_table.make(project, execute.How())


def read(content):
    """A table as text, an empty cell as an empty text."""
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)


def committed(name):
    return datasets.locate(name, REAL).read_bytes()


def agree(old, new):
    """Whether two values agree: numbers within 1e-9, in lists and dictionaries too."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(agree(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(agree, old, new))
    numbers = all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in (old, new))
    if numbers:
        return math.isclose(old, new, rel_tol=1e-9, abs_tol=1e-12)
    return type(old) is type(new) and old == new


def value(row):
    return json.loads(row["value_json"] or row["value"] or "null")


def faults(old, new):
    """What differs between two tables of results, one line each."""
    before, after = ({tuple(row[name] for name in KEY): row
                      for row in read(table).to_dict("records")} for table in (old, new))
    found = [f"{', '.join(key)}: {'gone' if key in before else 'new'}"
             for key in sorted(before.keys() ^ after.keys())]
    rest = [name for name in scenario_table.COLUMNS if name not in ("value", "value_json")]
    for key in sorted(before.keys() & after.keys()):
        a, b = before[key], after[key]
        found += [f"{', '.join(key)}: {name}: {a[name]!r} -> {b[name]!r}"
                  for name in rest if a[name] != b[name]]
        if not agree(value(a), value(b)):
            found.append(f"{', '.join(key)}: {value(a)!r} -> {value(b)!r}")
    return found


# ------------------------------------------------------------------ the committed tables


@pytest.mark.slow
def test_the_committed_results_are_what_the_chapters_give(made):
    found = faults(committed("scenario_results"), made["scenario_results"])
    assert found == [], f"{FIX}\n" + "\n".join(found[:20])


def test_the_committed_scenarios_are_those_of_the_files():
    rows, columns = scenario_table._described(REAL)
    assert committed("scenarios") == scenario_table.to_csv(rows, columns), FIX


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


def test_a_last_digit_of_another_processor_is_no_fault():
    assert agree({"a": [1.0]}, {"a": [1.0 + 1e-11]}) and not agree({"a": 1.0}, {"b": 1.0})
    assert not agree(1.0, 1.0 + 1e-8) and not agree(True, 1) and not agree(1.0, None)


def test_the_baseline_of_the_table_is_the_committed_ledger():
    """Quick, and tells a stale table from a stale chapter."""
    rows = read(committed("scenario_results"))
    rows = rows[rows["scenario"] == edition.BASELINE]
    own = scenario_table.readers(REAL)
    ledgers = {(name, entry["name"]): entry for name in chapters.names(REAL) if name not in own
               for entry in results.entries(chapters.read(REAL, name).notebook)
               if entry["type"] == "result"}
    assert set(ledgers) == set(zip(rows["chapter"], rows["result"], strict=True)), FIX
    for _, row in rows.iterrows():
        entry = ledgers[row["chapter"], row["result"]]
        assert agree(value(row), json.loads(json.dumps(entry["value"]))), f"{row['result']}: {FIX}"


# ------------------------------------------------------------------ what is run


def test_only_chapters_that_read_a_changed_parameter_are_rows():
    planned = {(name, each.chapter) for name, each in scenario_table.cells(REAL)}
    names = set(chapters.names(REAL)) - set(scenario_table.readers(REAL))
    for made in edition.shipped(REAL):
        for name in names:
            touched = set(chapters.read(REAL, name).parameters) & set(made.overrides)
            assert ((made.scenario, name) in planned) == bool(touched or made.is_baseline)
    rows = datasets.load("scenario_results", REAL)
    assert set(zip(rows["scenario"], rows["chapter"], strict=True)) == planned, FIX


def test_chapters_that_read_the_tables_are_left_out():
    assert scenario_table.readers(REAL) == ["a3-scenarios"]


def test_every_parameter_of_a_scenario_is_a_row():
    rows = datasets.load("scenarios", REAL)
    for made in edition.shipped(REAL):
        named = rows.loc[rows["scenario"] == made.scenario, "parameter"].dropna()
        assert sorted(named) == sorted(made.overrides), FIX


# ------------------------------------------------------------------ made and failed


def test_a_table_holds_what_the_runs_gave(workshop):
    write(workshop, "one", RECORD)
    scenario(workshop, "later", horizon_year=2030)
    made = scenario_table.make(workshop, execute.How(jobs=2))
    rows = read(made["scenario_results"])
    assert rows[["scenario", "chapter", "result", "value", "text"]].to_numpy().tolist() == [
        ["baseline", "one", "x", "2026", "2026"], ["later", "one", "x", "2030", "2030"]]
    rows = read(made["scenarios"])
    assert rows[["scenario", "parameter", "baseline_value", "value"]].to_numpy().tolist() == [
        ["baseline", "", "", ""], ["later", "horizon_year", "2026", "2030"]]
    assert set(scenario_table.paths(workshop, made)) == {
        workshop.data / "editions" / name for name in ("scenario_results.csv", "scenarios.csv")}


def test_a_failed_run_is_an_error_that_names_scenario_and_chapter(workshop):
    write(workshop, "one", RECORD + "\nassert horizon_year < 2030, 'planted'")
    scenario(workshop, "later", horizon_year=2030)
    with pytest.raises(scenario_table.ScenarioTableError, match="later, one: failed: .*planted"):
        scenario_table.make(workshop, execute.How(jobs=2))


def test_the_spelling_of_values_is_canonical():
    assert results.canonical({"b": 1, "a": ["é", True]}) == '{"a":["é",true],"b":1}'
    rows = [{"value": 1 / 3}, {"value": None}, {"value": 2.0}]
    assert scenario_table.to_csv(rows, ["value"]) == b"value\n0.3333333333\n\"\"\n2\n"
