"""A sweep is planned whole, skips what is finished, and loses no run."""

import hashlib
import json
import re
import shutil
from dataclasses import replace

import made_sweep
import pandas as pd
import pytest
from small_book import REAL, RECORD, book, own_table, scenario, write

from helpers import parameters
from helpers.pipeline import edition, execute, sweep, swept
from helpers.pipeline.site import sweep_page

HOW = execute.How(jobs=2)
EVERY_KIND = "\n".join([
    "from helpers import results",
    *[f"_ = results.record({name!r}, {value}, unit='ratio', label='L')" for name, value in {
        "whole": "3", "half": "0.5", "truth": "True", "words": "'US'", "several": "[1, 2.5]",
        "table": "{'b': 1, 'a': {'x': False, 'y': 4}}", "empty": "{}"}.items()],
    "results.refuse('none', 'Two points.', unit='ratio', label='L')",
    "results.sentence('said', 'It is 3.')"])


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
    rows = frame.assign(part=frame["part"].mask(frame["part"] == "", "-")).set_index(
        ["result", "part"])
    assert rows["kind"].to_dict() == {
        ("whole", "-"): "number", ("half", "-"): "number", ("truth", "-"): "boolean",
        ("words", "-"): "text", ("several", "1"): "number", ("several", "2"): "number",
        ("table", "b"): "number", ("table", "a / x"): "boolean", ("table", "a / y"): "number",
        ("empty", "-"): "mapping", ("none", "-"): "none", ("said", "-"): "text"}
    assert rows["value"].dropna().to_dict() == {
        ("whole", "-"): 3.0, ("half", "-"): 0.5, ("several", "1"): 1.0, ("several", "2"): 2.5,
        ("table", "b"): 1.0, ("table", "a / y"): 4.0}
    assert rows.loc[rows["value_json"] != "", "value_json"].to_dict() == {
        ("truth", "-"): "true", ("words", "-"): '"US"', ("table", "a / x"): "false",
        ("empty", "-"): "{}"}
    assert rows.loc[("none", "-"), "status"] == "refused"
    assert rows.loc[("several", "2"), "text"] == "2.50"
    assert list(frame["type"]) == ["result"] * (len(frame) - 1) + ["sentence"]
    assert rows.loc[("said", "-"), "text"] == "It is 3."


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
    assert [(row["scenario"], row["status"], row["parameters"]) for row in failed] == [
        ("horizon_year=2030", "failed", {"horizon_year": 2030})]
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
    page, data = ((folder / name).read_text() for name in ("index.html", "data.js"))
    assert "http" not in page.replace("http-equiv", "")
    assert "<" not in data and "\\u003cb>s\\u003c/b>" in data
    asked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(asked) > 10
    assert [name for name in asked if not (folder / name).is_file()] == []
    for name in sweep_page.LIBRARIES + sweep_page.LICENCES:
        assert (folder / name).read_bytes() == (REAL.vendor / "sweeps" / name).read_bytes()


def test_a_page_without_its_libraries_is_one_clear_line(workshop):
    write(workshop, "a", RECORD)
    shutil.rmtree(workshop.vendor / "sweeps" / "plot")
    done = book(workshop, "sweep", "--grid", "horizon_year=2029", "--quiet")
    assert done.exit_code == 1 and len(done.output.strip().splitlines()) == 1
    assert "plot.umd.min.js is not there" in done.output and "git checkout" in done.output
    assert not (workshop.build / "sweeps").exists()


def read_back(told):
    """Rows of a page as dictionaries, out of the codes of its data."""
    columns = {column["name"]: column for column in told["columns"]}
    return [{name: None if column["codes"][row] == sweep_page.MISSING
             else column["values"][column["codes"][row]] for name, column in columns.items()}
            for row in range(told["rows"])]


def test_the_page_of_a_sweep_has_every_row_and_what_failed():
    frame, failed = made_sweep.frame(
        {"random_seed": range(1200), "medium_score": [1.5, 2.0]},
        lambda random_seed, medium_score: None if random_seed == 7 else [
            made_sweep.result("x", random_seed / 8)])
    told = sweep_page.data(made_sweep.told(frame, failed))
    assert told["rows"] == len(frame) == 2398
    for row, line in zip(read_back(told), frame.itertuples(), strict=True):
        assert (row["scenario"], row["value"], row["note"]) == (line.scenario, line.value, None)
    codes, names = told["scenarios"]["codes"], told["scenarios"]["names"]
    assert len(names) == 2400, "those that failed are there"
    values = {name: each["values"] for each in told["parameters"] for name in [each["name"]]}
    for place, name in enumerate(names):
        assert name == ", ".join(f"{parameter}={values[parameter][codes[parameter][place]]}"
                                 for parameter in codes)
    assert [names[run["scenario"]] for run in told["failed"]] == [
        "random_seed=7, medium_score=1.5", "random_seed=7, medium_score=2.0"]
    page = sweep_page.page(made_sweep.told(frame, failed))
    assert "Scenarios: 2,400. Rows: 2,398 of results, 0 of sentences." in page
    assert "It failed at random_seed=7, medium_score=2.0." in page


def test_a_page_holds_so_many_rows_as_a_browser_bears_and_says_so(monkeypatch):
    frame, _ = made_sweep.frame({"random_seed": range(30)}, lambda random_seed: [
        made_sweep.result("x", random_seed)])
    assert "holds the first" not in sweep_page.page(made_sweep.told(frame))
    monkeypatch.setattr(sweep_page, "MOST_ROWS", 20)
    failed = [{"scenario": "s", "chapter": "c", "status": "dead", "reason": "r",
               "parameters": {"random_seed": 1}}] * 117
    told = made_sweep.told(frame, failed)
    assert "This page holds the first 20 rows; the files hold all." in sweep_page.page(told)
    assert 'and 17 more, all in <a href="failed.json">' in sweep_page.page(told)
    assert sweep_page.data(told)["rows"] == 20


def test_texts_are_in_the_order_of_their_numbers_and_choices_in_that_of_the_registry():
    frame, _ = made_sweep.frame({"min_confidence": ["low", "high"]}, lambda min_confidence: [
        made_sweep.result(f"x{number}", number, note=f"note {number}") for number in (2, 10, 1)])
    told = sweep_page.data(made_sweep.told(frame))
    columns = {column["name"]: column["values"] for column in told["columns"]}
    assert columns["note"] == ["note 1", "note 2", "note 10"]
    assert columns["result"] == ["x2", "x10", "x1"], "as the chapter records them"
    assert told["parameters"][0]["labels"] == ["high", "low"]
    assert told["parameters"][0]["standard"] == sweep_page.MISSING, "medium is not in the sweep"


def test_an_effect_is_the_mean_distance_with_the_others_held():
    frame, failed = made_sweep.frame(
        {"medium_score": [1.0, 2.0, 3.0], "aggregation_power": [0.0, 1.0]},
        lambda medium_score, aggregation_power: [
            made_sweep.result("x", medium_score * (1 + aggregation_power)),
            made_sweep.result("still", 5), made_sweep.result("word", "a")])
    effects = swept.effects(frame, sweep.varied_in(frame)).set_index(["result", "parameter"])
    assert effects["spread"].to_dict() == {
        ("x", "medium_score"): 3.0,  # 2 and 4
        ("x", "aggregation_power"): 2.0,  # 1, 2 and 3
        ("still", "medium_score"): 0.0, ("still", "aggregation_power"): 0.0}
    one = effects.loc[("x", "medium_score")]
    assert (one["largest"], one["share"], one["held"]) == (4.0, 0.5, 2)
    assert effects.index[0] == ("x", "medium_score")


def test_what_never_varies_alone_has_no_effect_that_could_be_told():
    frame, _ = made_sweep.of_scenarios(
        {"one": {"medium_score": 1.0, "damping": 0.8, "draws": 1000},
         "two": {"medium_score": 2.0, "damping": 0.9, "draws": 1000},
         "three": {"medium_score": 2.0, "damping": 0.9, "draws": 2000}},
        lambda medium_score, damping, draws: [made_sweep.result("x", draws * damping)])
    assert list(swept.effects(frame, sweep.varied_in(frame))["parameter"]) == ["draws"]


def test_a_sentence_flips_between_neighbours_of_one_parameter_and_numbers_do_not_count():
    def found(medium_score, aggregation_power):
        side = "above" if medium_score > 1 + aggregation_power else "below"
        return [made_sweep.sentence("s", f"At {medium_score} it is {side}."),
                made_sweep.sentence("same", f"At {medium_score}.")]

    frame, _ = made_sweep.frame({"medium_score": [2.5, 1.5, 2.0], "aggregation_power": [0.0, 1.0]},
                                found)
    flips = swept.flips(frame, sweep.varied_in(frame))
    assert [(flip["sentence"], flip["parameter"], flip["before"], flip["after"], flip["count"],
             flip["of"]) for flip in flips] == [
        ("s", "medium_score", 2.0, 2.5, 1, 2), ("s", "aggregation_power", 0.0, 1.0, 2, 3)]
    assert (flips[0]["old"], flips[0]["new"]) == ("At 2.0 it is below.", "At 2.5 it is above.")
    assert flips[0]["pieces"] == [["At # it is", "At # it is"], ["below.", "above."]]
    letters = swept.wordings(frame)[frame["result"] == "s"]
    assert list(letters) == ["A", "A", "A", "B", "A", "B"]
    assert set(swept.wordings(frame)[frame["result"] == "same"]) == {"A"}


def test_wordings_beyond_the_alphabet_have_two_letters():
    frame, _ = made_sweep.frame({"random_seed": range(60)}, lambda random_seed: [
        made_sweep.sentence("s", "x" * (random_seed + 1))])
    letters = list(swept.wordings(frame))
    assert (letters[0], letters[25], letters[26], letters[52]) == ("A", "Z", "AA", "BA")
    assert len(set(letters)) == 60


def test_the_libraries_are_those_that_the_list_of_them_says():
    said = (REAL.vendor / "README.md").read_text(encoding="utf-8")
    for name in sweep_page.LIBRARIES:
        content = (REAL.vendor / "sweeps" / name).read_bytes()
        version = re.search(rb"v(\d+\.\d+\.\d+)", content[:80])[1].decode()
        [line] = [line for line in said.splitlines() if f"`sweeps/{name}`" in line]
        assert version in line and hashlib.sha256(content).hexdigest() in line


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
