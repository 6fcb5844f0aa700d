"""A sweep is planned whole, skips what is finished, and loses no run."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from small_book import REAL, RECORD, book, own_table, scenario, write

from helpers import parameters
from helpers.pipeline import edition, execute, sweep
from helpers.pipeline.site import sweep_page

HOW = execute.How(jobs=2)
EVERY_KIND = "\n".join([
    "from helpers import results",
    *[f"_ = results.record({name!r}, {value}, unit='ratio', label='L')" for name, value in {
        "whole": "3", "half": "0.5", "truth": "True", "words": "'US'", "several": "[1, 2.5]",
        "table": "{'b': 1, 'a': False}"}.items()],
    "results.refuse('none', 'Two points.', unit='ratio', label='L')"])


def test_a_grid_is_every_combination():
    scenarios = sweep.grid(("medium_score=1.5,2", "horizon_year=2026,2030"))
    assert len(scenarios) == 4
    assert scenarios["medium_score=1.5, horizon_year=2030"] == {
        "medium_score": 1.5, "horizon_year": 2030}


def test_a_grid_takes_lists_in_brackets():
    scenarios = sweep.grid(("dimension_weights=[1,0,0,0,0],[0.2,0.2,0.2,0.2,0.2]",))
    assert [values["dimension_weights"][0] for values in scenarios.values()] == [1.0, 0.2]


@pytest.mark.parametrize("axes", [
    ("horizon_yaer=1,2",), ("horizon_year=2030,abc",), ("horizon_year",), ("horizon_year=",),
    ("medium_score=1.5", "medium_score=2"), ("horizon_year=2020", "base_year=2021"),
])
def test_a_wrong_grid_is_refused_before_anything_runs(axes):
    with pytest.raises((parameters.ParameterError, sweep.SweepError)):
        sweep.grid(axes)


def test_scenarios_are_named_all_one_or_by_file(tmp_path):
    assert list(sweep.named(REAL, ["scenarios"])) == [
        each.scenario for each in edition.shipped(REAL)]
    file = tmp_path / "mine.toml"
    file.write_text('title = "t"\nwhy = "w"\n[parameters]\nmedium_score = 1.5\n')
    assert sweep.named(REAL, ["to-2030", str(file)]) == {
        "to-2030": {"horizon_year": 2030}, "mine": {"medium_score": 1.5}}


def test_a_grid_too_large_to_show_is_refused_at_once():
    years = ",".join(map(str, range(2020, 2036)))
    seeds = ",".join(map(str, range(10_000)))
    with pytest.raises(sweep.SweepError, match="160,000 combinations; at most 100,000"):
        sweep.grid((f"horizon_year={years}", f"random_seed={seeds}"))


def test_two_scenarios_of_one_name_are_refused(tmp_path):
    """One of them would be lost without a word."""
    file = tmp_path / "to-2030.toml"
    file.write_text('title = "t"\nwhy = "w"\n[parameters]\nmedium_score = 1.5\n')
    with pytest.raises(sweep.SweepError, match="'to-2030' is the name of two"):
        sweep.named(REAL, ["to-2030", str(file)])


def test_a_sweep_runs_each_different_run_once(workshop):
    write(workshop, "a", RECORD)
    write(workshop, "b", "from helpers import results\n"
          "_ = results.record('y', 1.0, unit='ratio', label='Y')", head="draws = 100_000  # count")
    cells = sweep.make(workshop, sweep.grid(("horizon_year=2026,2030,2031",)), ["a", "b"])
    assert sweep.counts(workshop, cells) == {
        "planned": 6, "different": 4, "cached": 0, "to_run": 4}
    seen = []
    frame, failed = sweep.run(workshop, cells, HOW, report=seen.append)
    assert failed == [] and len(seen) == 4
    values = frame[frame["result"] == "x"].set_index("scenario")["value"].to_dict()
    assert values == {f"horizon_year={year}": float(year) for year in (2026, 2030, 2031)}
    assert len(frame) == 6
    assert list(frame.columns) == ["scenario", "horizon_year", *sweep.RESULT]
    assert sweep.counts(workshop, cells)["to_run"] == 0


def test_values_keep_their_kind_and_truth_is_no_number(workshop):
    write(workshop, "kinds", EVERY_KIND)
    frame, failed = sweep.run(workshop, sweep.make(workshop, {"s": {}}, ["kinds"]), HOW)
    assert failed == []
    rows = frame.set_index("result")
    assert rows["kind"].to_dict() == {
        "whole": "number", "half": "number", "truth": "boolean", "words": "text",
        "several": "list", "table": "mapping", "none": "none"}
    assert rows["value"].dropna().to_dict() == {"whole": 3.0, "half": 0.5}
    assert rows["value_json"].to_dict() == {
        "whole": "", "half": "", "truth": "true", "words": '"US"', "several": "[1,2.5]",
        "table": '{"a":false,"b":1}', "none": ""}
    assert rows.loc["none", "status"] == "refused"


def test_columns_of_parameters_have_their_types(workshop):
    changed = {"horizon_year": 2030, "medium_score": 1.5, "merge_identical_columns": True,
               "price_basis": "real_usd", "dimension_weights": [1.0, 0.0, 0.0, 0.0, 0.0]}
    write(workshop, "a", RECORD)
    frame, _ = sweep.run(workshop, sweep.make(workshop, {"as it is": {}, "all": changed}, ["a"]),
                         HOW)
    assert {name: str(frame[name].dtype) for name in changed} == {
        "horizon_year": "Int64", "medium_score": "float64", "merge_identical_columns": "boolean",
        "price_basis": "str", "dimension_weights": "str"}
    assert list(frame["merge_identical_columns"]) == [False, True]
    assert frame["dimension_weights"][1] == "[1.0, 0.0, 0.0, 0.0, 0.0]"
    standard = parameters.defaults()
    assert [frame[name][0] for name in ("horizon_year", "price_basis")] == [
        standard["horizon_year"], standard["price_basis"]]


def test_a_failed_run_does_not_stop_the_rest_and_the_sweep_resumes(workshop):
    write(workshop, "a", "assert horizon_year != 2030\n" + RECORD)
    cells = sweep.make(workshop, sweep.grid(("horizon_year=2029,2030,2031",)), ["a"])
    frame, failed = sweep.run(workshop, cells, HOW)
    assert sorted(frame["value"]) == [2029.0, 2031.0]
    assert [(row["scenario"], row["status"]) for row in failed] == [("horizon_year=2030", "failed")]
    assert sweep.counts(workshop, cells)["to_run"] == 1


def test_the_frame_is_written_as_csv_parquet_and_page(workshop):
    write(workshop, "a", RECORD)
    cells = sweep.make(workshop, {"<b>s</b>": {"horizon_year": 2030,
                                               "merge_identical_columns": True}}, ["a"])
    frame, failed = sweep.run(workshop, cells, HOW)
    folder = sweep.write(workshop, frame, failed, "../out side")
    assert folder.is_relative_to(workshop.build / "sweeps") and folder.name != ".."
    assert list(pd.read_csv(folder / "results.csv")["value"]) == [2030.0]
    kept = pd.read_parquet(folder / "results.parquet")
    pd.testing.assert_frame_equal(kept, frame, check_dtype=False)
    assert kept["merge_identical_columns"].dtype == frame["merge_identical_columns"].dtype
    page = (folder / "index.html").read_text()
    assert "<b>s</b>" not in page and "&lt;b&gt;s&lt;/b&gt;" in page and "http" not in page


def test_the_page_of_a_sweep_has_every_row_and_what_failed():
    frame = pd.DataFrame({"scenario": [f"s{number}" for number in range(1200)],
                          "name": "x", "value": range(1200), "text": "t", "run_key": "k"})
    failed = [{"scenario": "s", "chapter": "c", "status": "dead", "reason": f"reason {number}"}
              for number in range(3)]
    page = sweep_page.page(frame, failed, "wide")
    body = page[page.index("<tbody>"):page.index("</tbody>")]
    rows = body.split("<tr>")[1:]
    assert len(rows) == len(frame)
    for row, line in zip(rows, frame.itertuples(), strict=True):
        assert f"<td>{line.scenario}</td>" in row and f"<td>{line.value}</td>" in row
    assert "1200 scenarios" in page and "reason 2" in page


def test_a_page_holds_so_many_rows_as_a_browser_bears_and_says_so():
    few = pd.DataFrame({"scenario": ["s"], "value": [1.0]})
    assert "holds the first" not in sweep_page.page(few, [], "n")
    many = pd.DataFrame({"scenario": "s", "value": range(sweep_page.MOST_ROWS + 5)})
    failed = [{"scenario": "s", "chapter": "c", "status": "dead", "reason": "r"}] * 117
    page = sweep_page.page(many, failed, "n")
    assert page.count("<tr>") == sweep_page.MOST_ROWS + 1
    assert "of 2,005 results shown. This page holds the first 2,000; the files hold all." in page
    assert 'and 17 more, all in <a href="failed.json">' in page


def test_the_command_runs_shows_and_resumes(workshop):
    write(workshop, "a", RECORD)
    scenario(workshop, "later", horizon_year=2030)
    planned = json.loads(book(workshop, "sweep", "scenarios", "--dry-run", "--json").output)
    assert (planned["status"], planned["to_run"]) == ("planned", 2)
    assert not (workshop.build / "sweeps").exists()
    done = book(workshop, "sweep", "scenarios", "--set", "medium_score=1.5", "--json")
    said = json.loads(done.output)
    assert (said["status"], said["path"]) == ("ok", "_build/sweeps/scenarios"), done.output
    frame = pd.read_csv(workshop.build / "sweeps" / "scenarios" / "results.csv")
    assert list(frame["medium_score"]) == [1.5, 1.5]
    assert list(frame["value"]) == [2026.0, 2030.0]
    again = json.loads(book(workshop, "sweep", "scenarios", "--set", "medium_score=1.5",
                            "--json").output)
    assert (again["cached"], again["to_run"]) == (2, 0)
    book(workshop, "sweep", "scenarios", "--set", "horizon_year=2031", "--name", "one", "--quiet")
    frame = pd.read_csv(workshop.build / "sweeps" / "one" / "results.csv")
    assert list(frame["value"]) == [2031.0] * 2, "what is set holds for every scenario"


def test_two_sweeps_without_a_name_have_two_folders_and_the_same_has_one(workshop):
    write(workshop, "a", RECORD)

    def path(*arguments):
        return json.loads(book(workshop, "sweep", *arguments, "--json").output)["path"]

    first, second = (path("--grid", f"horizon_year={year}") for year in (2029, 2030))
    assert (first, second != first) == ("_build/sweeps/grid", True)
    assert path("--grid", "horizon_year=2029") == first
    assert path("--grid", "horizon_year=2030") == second
    assert path("scenarios") != path("scenarios", "--set", "horizon_year=2030")
    for name in ("概览", "基线", "x"):
        assert path("--grid", "horizon_year=2029", "--name", name) not in (first, second)
    done = book(workshop, "sweep", "--grid", "horizon_year=2030", "--name", "x")
    assert "Replacing another sweep of the name 'x'." in done.stderr
    assert len(list((workshop.build / "sweeps").iterdir())) == 7


def test_a_name_is_given_by_the_grid_or_set_for_all_not_both(workshop):
    write(workshop, "a", RECORD)
    done = book(workshop, "sweep", "--grid", "horizon_year=2029,2030", "--set", "horizon_year=2031")
    assert done.exit_code == 2 and "horizon_year is given by --grid and by --set" in done.output


def test_the_command_fails_with_what_failed_and_keeps_the_rest(workshop):
    write(workshop, "a", "assert horizon_year != 2030\n" + RECORD)
    done = book(workshop, "sweep", "--grid", "horizon_year=2029,2030", "--quiet")
    assert done.exit_code == 1 and "horizon_year=2030, a: failed" in done.output
    folder = workshop.build / "sweeps" / "grid"
    assert len(pd.read_csv(folder / "results.csv")) == 1
    assert json.loads((folder / "failed.json").read_text())[0]["chapter"] == "a"


def test_a_sweep_can_read_a_readers_own_tables(workshop, tmp_path):
    write(workshop, "a", RECORD + "\nfrom helpers import datasets\n_ = results.record('low', int("
          "(datasets.load('ratings')['level'] == 'Low').sum()), unit='count', label='Low')")
    own = own_table(tmp_path / "own", change=lambda text: text.replace("Low", "Medium"))
    for project, low in ((workshop.with_own_data(own), 0), (workshop, None)):
        frame, _ = sweep.run(project, sweep.make(project, {"s": {}}, ["a"]), HOW)
        value = frame.set_index("result")["value"]["low"]
        assert value == 0 if low == 0 else value > 0


@pytest.mark.parametrize("arguments", [
    [], ["nothing"], ["--grid", "horizon_yaer=1"], ["scenarios", "--grid", "horizon_year=2030"],
    ["--grid", "horizon_year=2030", "--chapters", "zzz"],
    ["--grid", "horizon_year=2030", "--chapters", "a", "--cluster", "tcp://192.0.2.1:8786"],
    ["--grid", "horizon_year=2030", "--chapters", "a", "--cluster", "nonsense"],
])
def test_wrong_usage_is_refused(workshop, arguments):
    write(workshop, "a", RECORD)
    done = book(workshop, "sweep", *arguments, "--quiet")
    assert done.exit_code == 2 and len(done.output.strip().splitlines()) == 1


def test_a_sweep_of_a_cell_that_is_planned_anew_has_the_same_runs(workshop):
    write(workshop, "a", RECORD)
    one, two = (sweep.make(workshop, {"s": {"horizon_year": 2030}}, ["a"]) for _ in range(2))
    assert one == two and replace(one[0], scenario="t") != two[0]
