"""The results readers quote most, held against a second computation on the CSV files."""

import copy
import json
import re
from collections import defaultdict

import pytest
import recomputed

from helpers import parameters
from helpers.project import Project

PROJECT = Project.current()
CHAPTERS = list(recomputed.AGAIN)
FEWEST_SCENARIO_RESULTS = 10  # results that a scenario moves, recomputed under that scenario


@pytest.fixture(scope="module")
def ledgers():
    return {chapter: recomputed.ledger(PROJECT.chapters / f"{chapter}.ipynb")
            for chapter in CHAPTERS}


@pytest.fixture(scope="module")
def tables():
    return recomputed.Tables(PROJECT.data)


def changed_by_scenario(tables):
    """Scenario -> the parameters that it changes."""
    changes = defaultdict(dict)
    defaults = parameters.defaults()
    for row in tables("scenarios"):
        if row["parameter"]:
            text = isinstance(defaults[row["parameter"]], str)
            changes[row["scenario"]][row["parameter"]] = (
                row["value"] if text else json.loads(row["value"]))
    return changes


def recorded_under(tables):
    """(scenario, chapter, result) -> the value that is kept for it."""
    return {
        (row["scenario"], row["chapter"], row["result"]):
        float(row["value"]) if row["value"] else json.loads(row["value_json"] or "null")
        for row in tables("scenario_results")}


def fault(chapter, name, recorded, tolerance, tables, settings, where):
    """What is wrong with a result as one line, or None."""
    value, files = recomputed.recompute(chapter, name, tables, settings)
    if recomputed.equal(value, recorded, tolerance):
        return None
    if isinstance(value, dict) and isinstance(recorded, dict):
        value = {key: item for key, item in value.items()
                 if not recomputed.equal(item, recorded.get(key), tolerance)} or value
        recorded = {key: recorded.get(key) for key in value}
    read = ", ".join(file.relative_to(PROJECT.root).as_posix() for file in files)
    by_definition = recomputed.AGAIN[chapter][name][0].__doc__.splitlines()[0]
    return (f"{chapter}, {name}: {where} has {recorded}, recomputed from {read} it is "
            f"{plain(value)} ({by_definition}) Look at the helper and at the rows; outputs older "
            f"than the rows are renewed by: book accept {chapter}")


def plain(value):
    """A recomputed value as people read it: fractions as decimals."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    whole = value is None or isinstance(value, (int, str))
    return value if whole else float(f"{float(value):.10g}")


def faults_of(chapter, ledger, tables):
    """Results of the baseline that the second computation does not give: name -> line."""
    found = {}
    for name in recomputed.AGAIN[chapter]:
        if name not in ledger:
            found[name] = (f"{chapter} records no {name}. Record it again, or take it out of "
                           "tests/recomputed.")
            continue
        entry = ledger[name]
        line = fault(chapter, name, entry["value"], entry["tolerance"], tables,
                     parameters.defaults(), "the notebook")
        if line:
            found[name] = line
    return found


def faults_of_all(ledgers, tables):
    """Names of all results that are red, with their chapter."""
    return {(chapter, name) for chapter in CHAPTERS
            for name in faults_of(chapter, ledgers[chapter], tables)}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_second_computation_gives_the_recorded_results(chapter, ledgers, tables):
    assert list(faults_of(chapter, ledgers[chapter], tables).values()) == []


def test_every_chapter_has_results_that_are_computed_twice():
    assert set(CHAPTERS) == {file.stem for file in PROJECT.chapters.glob("*.ipynb")}


def test_every_second_computation_says_what_it_does():
    for held in recomputed.AGAIN.values():
        for name, (function, _) in held.items():
            assert function.__doc__ and function.__doc__.splitlines()[0].endswith("."), name


def test_the_second_way_imports_nothing_of_the_book():
    for file in (PROJECT.root / "tests/recomputed").glob("*.py"):
        source = file.read_text(encoding="utf-8")
        assert not re.search(r"^ *(?:from|import) (?:helpers|pandas|numpy|scipy|statsmodels)",
                             source, re.MULTILINE), file.name


@pytest.fixture(scope="module")
def under_scenarios(ledgers, tables):
    """How many results scenarios move that are computed twice, and the faults under scenarios."""
    baseline, changes = parameters.defaults(), changed_by_scenario(tables)
    recorded, moved, faults = recorded_under(tables), 0, []
    for (scenario, chapter, name), value in recorded.items():
        again = name in recomputed.AGAIN.get(chapter, {}) and name in ledgers[chapter]
        if not again or scenario == "baseline":
            continue
        entry = ledgers[chapter][name]
        moved += not recomputed.equal(value, entry["value"], entry["tolerance"])
        line = fault(chapter, name, value, entry["tolerance"], tables,
                     baseline | changes[scenario], f"scenario {scenario}")
        faults += [line] if line else []
    return moved, faults


def test_a_second_computation_follows_the_scenarios(under_scenarios):
    moved, faults = under_scenarios
    assert faults == []
    assert moved >= FEWEST_SCENARIO_RESULTS


# ------------------------------------------------------------------ going red


def test_a_changed_number_of_a_notebook_is_found(ledgers, tables):
    edited = copy.deepcopy(ledgers["2-3-market-expansion"])
    edited["doubling_time_a"]["value"] *= 1 + 1e-6
    [(name, line)] = faults_of("2-3-market-expansion", edited, tables).items()
    assert name == "doubling_time_a"
    assert "2-3-market-expansion, doubling_time_a" in line
    assert "data/paper/claims.csv" in line and "book accept 2-3-market-expansion" in line


def test_a_changed_entry_of_a_list_or_mapping_is_found(ledgers, tables):
    edited = copy.deepcopy(ledgers["3-6-country-comparison"])
    edited["rank"]["value"]["Japan"], edited["rank"]["value"]["France"] = (
        edited["rank"]["value"]["France"], edited["rank"]["value"]["Japan"])
    edited["rank_acceptability"]["value"]["France"]["4"] = 1.0
    assert set(faults_of("3-6-country-comparison", edited, tables)) == {
        "rank", "rank_acceptability"}


def test_a_result_that_is_gone_is_found(ledgers, tables):
    edited = {name: entry for name, entry in ledgers["4-development-trends"].items()
              if name != "trend_statements"}
    assert list(faults_of("4-development-trends", edited, tables)) == ["trend_statements"]


@pytest.mark.parametrize("table, key, column, moved", [
    ("claims", "5.3-market-d-2021", "value", {
        ("5-3-market-in-china", name) for name in (
            "china_factor", "china_rate_needed", "china_residual_factor", "china_years_at_stated",
            "break_even_rate_2021", "share_of_a_jump")} | {
        ("a2-hindsight", "china_forecast_ratio_segment"),
        ("a2-hindsight", "china_forecast_ratio_industry")}),
    ("trends", "4.1-1", None, {
        ("4-development-trends", name) for name in (
            "trend_statements", "trend_statements_supported", "trend_statements_supported_second",
            "coder_agreement")}),
])
def test_a_changed_cell_turns_exactly_what_rests_on_it_red(table, key, column, moved, ledgers):
    edited = recomputed.Tables(PROJECT.data)
    rows = copy.deepcopy(edited(table))
    [row] = [row for row in rows if key in row.values()]
    if column:
        row[column] = "1" + row[column]
    else:
        rows.remove(row)
    edited.rows[table] = rows
    assert faults_of_all(ledgers, edited) == moved
