"""A sweep is planned whole, skips what is finished, and loses no run."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner

from helpers import parameters, paths
from helpers.pipeline import cli, execute, executors, forks, sweep

HEAD = "horizon_year = 2026  # year\nmedium_score = 2.0  # points"
RECORD = (
    "from helpers import results\n"
    "_ = results.record('x', horizon_year * 1.0, unit='year', label='X')"
)


def write(folder, name, source=RECORD, head=HEAD):
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_code_cell(head, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(source)])
    nbformat.write(notebook, folder / f"{name}.ipynb")


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    folder = tmp_path / "chapters"
    folder.mkdir()
    monkeypatch.setattr(paths, "CHAPTERS", folder)
    monkeypatch.setenv("BOOK_BUILD", str(tmp_path / "build"))
    monkeypatch.setattr(executors, "make_pool", lambda jobs: ThreadPoolExecutor(1))
    return folder


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


def test_a_sweep_runs_each_different_run_once(workshop):
    write(workshop, "a")
    write(workshop, "b", "from helpers import results\n"
          "_ = results.record('y', 1.0, unit='ratio', label='Y')", head="draws = 100_000  # count")
    cells = sweep.plan(sweep.grid(("horizon_year=2026,2030,2031",)), ["a", "b"])
    assert sweep.counts(cells) == {"planned": 6, "different": 4, "cached": 0, "to_run": 4}
    seen = []
    frame, failed = sweep.run(cells, report=seen.append)
    assert failed == [] and len(seen) == 4
    values = frame[frame["result"] == "x"].set_index("scenario")["value"].to_dict()
    assert values == {f"horizon_year={year}": float(year) for year in (2026, 2030, 2031)}
    assert len(frame) == 6 and list(frame.columns) == sweep.COLUMNS
    assert sweep.counts(cells)["to_run"] == 0


def test_a_single_run_needs_no_pool_and_leaves_the_driver_as_it_was(workshop, monkeypatch):
    write(workshop, "one")
    monkeypatch.setattr(executors, "make_pool", lambda jobs: pytest.fail("a pool was made"))
    before, folder = dict(os.environ), os.getcwd()
    cells = sweep.plan({"a": {"horizon_year": 2031}}, ["one"])
    frame, failed = sweep.run(cells)
    assert not failed and list(frame["value"]) == [2031.0]
    kept = {name: value for name, value in os.environ.items() if name != forks.FOLDER}
    assert kept == {name: value for name, value in before.items() if name != forks.FOLDER}
    assert os.getcwd() == folder


@pytest.mark.parametrize("chapters", [["one"], ["one", "two"]])
def test_other_work_begins_once_before_the_first_run_and_only_if_there_is_one(workshop, chapters):
    for name in chapters:
        write(workshop, name)
    seen = []
    for _ in range(2):
        results = executors.run_many(
            [execute.RunSpec(name) for name in chapters], begin=lambda: seen.append("begin"),
            report=lambda result: seen.append((result.status, result.cached)))
        assert [result.status for result in results] == ["ok"] * len(chapters)
    runs = len(chapters)
    assert seen == ["begin", *[("ok", False)] * runs, *[("ok", True)] * runs]


def test_a_worker_has_the_variables_that_its_driver_has_now(monkeypatch):
    """The process that workers are forked from is older than a change of the driver's."""
    for value in ("first", "second"):
        monkeypatch.setenv("BOOK_SEEN", value)
        with executors.make_pool(1) as pool:
            assert pool.submit(os.getenv, "BOOK_SEEN").result() == value


def test_a_failed_run_does_not_stop_the_rest_and_the_sweep_resumes(workshop):
    write(workshop, "a", "assert horizon_year != 2030\n" + RECORD)
    cells = sweep.plan(sweep.grid(("horizon_year=2029,2030,2031",)), ["a"])
    frame, failed = sweep.run(cells)
    assert sorted(frame["value"]) == [2029.0, 2031.0]
    assert [(row["scenario"], row["status"]) for row in failed] == [("horizon_year=2030", "failed")]
    assert sweep.counts(cells)["to_run"] == 1


def test_the_frame_is_written_as_csv_parquet_and_page(workshop, tmp_path):
    write(workshop, "a")
    frame, failed = sweep.run(sweep.plan({"<b>s</b>": {"horizon_year": 2030}}, ["a"]))
    folder = sweep.write(frame, failed, "../out side")
    assert folder.is_relative_to(tmp_path / "build" / "sweeps")
    assert list(pd.read_csv(folder / "results.csv")["value"]) == [2030.0]
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "results.parquet"), frame,
                                  check_dtype=False)
    page = (folder / "index.html").read_text()
    assert "<b>s</b>" not in page and "&lt;b&gt;s&lt;/b&gt;" in page and "http" not in page


def test_a_dry_run_only_shows_the_plan(workshop, tmp_path):
    write(workshop, "a")
    done = CliRunner().invoke(cli.main, ["sweep", "--grid", "horizon_year=2026,2030",
                                         "--chapters", "a", "--dry-run", "--json"])
    assert json.loads(done.output)["to_run"] == 2
    assert not (tmp_path / "build" / "sweeps").exists()


@pytest.mark.parametrize("arguments", [
    [], ["nothing"], ["--grid", "horizon_yaer=1"], ["scenarios", "--grid", "horizon_year=2030"],
    ["--grid", "horizon_year=2030", "--chapters", "zzz"],
    ["--grid", "horizon_year=2030", "--chapters", "a", "--cluster", "tcp://192.0.2.1:8786"],
    ["--grid", "horizon_year=2030", "--chapters", "a", "--cluster", "nonsense"],
])
def test_wrong_usage_is_refused(workshop, arguments):
    write(workshop, "a")
    done = CliRunner().invoke(cli.main, ["sweep", *arguments, "--quiet"])
    assert done.exit_code == 2 and len(done.output.strip().splitlines()) == 1


def kill_once(spec, expected=None):
    """A worker that dies the first time it is given a run."""
    from helpers.pipeline import execute

    mark = paths.build_folder() / f"killed-{spec.overrides['horizon_year']}"
    if spec.overrides["horizon_year"] == 2030 and not mark.exists():
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        os._exit(9)
    return execute.Finished(execute.RunResult(spec.chapter, "failed", reason="reached"))


def always_kill(spec, expected=None):
    """A worker that dies of one run whenever it is given it."""
    from helpers.pipeline import execute

    if spec.overrides["horizon_year"] == 2030:
        os._exit(9)
    return execute.Finished(execute.RunResult(spec.chapter, "failed", reason="reached"))


@pytest.mark.parametrize("worker, statuses", [
    (kill_once, ["failed"] * 3), (always_kill, ["failed", "dead", "failed"])])
def test_a_killed_worker_loses_no_run(tmp_path, monkeypatch, worker, statuses):
    from helpers.pipeline import execute

    monkeypatch.setenv("BOOK_BUILD", str(tmp_path))
    monkeypatch.setattr(execute, "execute", worker)
    specs = [execute.RunSpec("2-3-market-expansion", {"horizon_year": year})
             for year in (2029, 2030, 2031)]
    results = executors.run_many(specs, jobs=2)
    assert [result.status for result in results] == statuses
