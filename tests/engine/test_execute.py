"""Only a whole run is a run: whatever fails, dies or lacks a result is never published."""

import json
import os
from dataclasses import replace

import pytest
from small_book import PARAMETERS, READS, RECORD, own_table, write

from helpers import results
from helpers.pipeline import execute, plan, store
from helpers.project import Limits

ONE = execute.How(jobs=1)


def run(project, name, *, how=ONE, required=("x",), fresh=False, **overrides):
    """Run one chapter that has to record `required`."""
    [result] = execute.run_many(project, [plan.make(project, name, overrides)], how,
                                required={name: required}, fresh=fresh)
    return result


def published(project):
    return sorted(path.name for path in (project.build / "runs").glob("*")
                  if path.name != ".incoming")


def test_a_good_chapter_is_published_with_its_ledger(workshop):
    write(workshop, "good", RECORD, head=PARAMETERS + "\nmedium_score = 2.0  # points")
    result = run(workshop, "good", horizon_year=2030)
    assert result.status == "ok", result.reason
    record = store.published(workshop.build, result.key)
    assert record["parameters"] == {"horizon_year": 2030, "medium_score": 2.0}
    assert execute.ledger(result)[0]["value"] == 2030
    assert list((workshop.build / "runs" / ".incoming").iterdir()) == []
    frame = results.read(store.folder(workshop.build, result.key) / "notebook.ipynb", "good")
    assert frame[["chapter", "name", "value"]].to_numpy().tolist() == [["good", "x", 2030]]


@pytest.mark.parametrize("name, source, status, reason", [
    ("raises", "raise ValueError('no such market')", "failed", "ValueError: no such market"),
    ("dies", "import os\nos._exit(3)", "dead", "exit status 3"),
    ("hangs", "import time\ntime.sleep(60)", "timeout", "more than 2 seconds"),
    pytest.param("exhausts", "held = []\nwhile True:\n    held.append(bytearray(64 << 20))",
                 "failed", "MemoryError", marks=pytest.mark.slow),
    ("asks", "bytearray(1 << 40)", "failed", "MemoryError"),
    ("lacks", "pass", "failed", "results missing: x"),
    ("repeats", RECORD + "\n" + RECORD, "failed", "recorded twice: x"),
    ("leaves", RECORD + "\nraise SystemExit(0)", "failed", "code cell 2 ended with SystemExit"),
    ("shouts", RECORD + "\nraise ValueError('a line\\n' * 500)", "failed", "a line a line"),
    ("rings", RECORD + "\nraise ValueError('\\x1b[31m\\a' + 'red')", "failed", "[31m red"),
    ("talks", RECORD + "\nprint('x' * (9 << 20))", "failed", "code cell 2 shows 9 MB; at most 8"),
    ("mumbles", RECORD + "\nfrom IPython.display import display\n"
     "display({results.MIME: {'type': 'result'}}, raw=True)", "failed", "a record has no name"),
])
def test_what_is_no_whole_run_is_not_published(workshop, name, source, status, reason):
    write(workshop, name, source)
    seconds = 2 if name == "hangs" else 60
    result = run(replace(workshop, _limits=Limits(cell_seconds=seconds)), name)
    assert (result.status, reason in result.reason) == (status, True), result.reason
    assert result.reason.isprintable() and len(result.reason) <= 600
    assert published(workshop) == []
    assert store.published(workshop.build, result.key) is None


@pytest.mark.parametrize("source", ["", " \n", "\n\n"])
def test_a_last_cell_of_blanks_is_no_fault(workshop, source):
    write(workshop, "good", RECORD, source)
    assert run(workshop, "good").status == "ok"


def test_what_the_committed_notebook_records_may_not_be_missing(workshop):
    write(workshop, "good", RECORD)
    file = workshop.chapters / "good.ipynb"
    notebook = json.loads(file.read_text())
    entry = {"name": "lost", "type": "result"}
    notebook["cells"][2]["outputs"] = [{"output_type": "display_data", "metadata": {},
                                        "data": {results.MIME: entry}}]
    file.write_text(json.dumps(notebook))
    [result] = execute.run_many(workshop, [plan.make(workshop, "good", {})], ONE)
    assert result.reason.startswith("results missing: lost, which the committed outputs have")


def test_a_run_that_the_store_has_is_not_executed_again(workshop):
    write(workshop, "good", RECORD)
    first, again = run(workshop, "good"), run(workshop, "good")
    assert (first.cached, again.cached) == (False, True) and first.key == again.key
    assert run(workshop, "good", draws=7).cached is True, "no parameter of this chapter"
    assert run(workshop, "good", horizon_year=2031).cached is False
    assert run(workshop, "good", fresh=True).cached is False


@pytest.mark.parametrize("how", [
    "open(Project.current().data / 'paper' / 'claims.csv').close()",
    "import pandas; pandas.read_csv(Project.current().data / 'paper' / 'claims.csv')",
    "getattr(datasets, 'load')('claims')",
])
def test_a_table_read_without_being_declared_fails_the_run(workshop, how):
    write(workshop, "sly", RECORD, READS + "\nfrom helpers.project import Project\n_ = None",
          how + "\n_ = None")
    result = run(workshop, "sly")
    assert result.status == "failed"
    assert "read without being declared: data/paper/claims.csv" in result.reason
    assert published(workshop) == []


def test_a_run_does_not_see_the_settings_of_whoever_runs_it(workshop, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "matplotlibrc").write_text("font.size: 40\n")
    write(workshop, "seen", RECORD, "\n".join([
        "import os, time, matplotlib", "assert time.tzname == ('UTC', 'UTC')",
        "assert os.environ['OMP_NUM_THREADS'] == '1'",
        "assert matplotlib.rcParams['font.size'] == 10.0", "assert os.listdir() == []"]))
    before = dict(os.environ), os.getcwd()
    result = run(workshop, "seen")
    assert result.status == "ok", result.reason
    assert (dict(os.environ), os.getcwd()) == before, "the driver stays as it was"


def test_a_run_whose_process_is_killed_by_another_is_tried_once_more(workshop, tmp_path):
    mark = tmp_path / "killed"
    write(workshop, "shot", RECORD, f"import os, pathlib\nmark = pathlib.Path({str(mark)!r})\n"
          "if not mark.exists():\n    mark.touch()\n    os.kill(os.getpid(), 9)")
    assert run(workshop, "shot").status == "ok" and mark.exists()


def test_a_death_is_that_of_its_own_run_and_of_no_other(workshop):
    write(workshop, "shot", RECORD, "import os\nhorizon_year == 2030 and os.kill(os.getpid(), 9)")
    plans = [plan.make(workshop, "shot", {"horizon_year": year}) for year in (2029, 2030, 2031)]
    runs = execute.run_many(workshop, plans, execute.How(jobs=2))
    assert [result.status for result in runs] == ["ok", "dead", "ok"]
    assert "SIGKILL" in runs[1].reason
    assert [result.status for result in execute.run_many(workshop, plans[:1], ONE)] == ["ok"]


def test_other_work_begins_once_before_the_first_run_and_only_if_there_is_one(workshop):
    names = ["one", "two"]
    for name in names:
        write(workshop, name, RECORD, f"{name} = 1")
    seen = []
    for _ in range(2):
        runs = execute.run_many(
            workshop, [plan.make(workshop, name, {}) for name in names],
            begin=lambda: seen.append("begin"),
            report=lambda result: seen.append((result.status, result.cached)))
        assert [result.chapter for result in runs] == names
    assert seen == ["begin", *[("ok", False)] * 2, *[("ok", True)] * 2]


def test_plans_of_one_key_are_run_once_and_none_is_lost(workshop):
    write(workshop, "good", RECORD)
    seen = []
    runs = execute.run_many(workshop, [plan.make(workshop, "good", {})] * 3, ONE,
                            report=seen.append)
    assert len(seen) == 1 and len(runs) == 3 and len({result.key for result in runs}) == 1


def test_two_chapters_of_the_same_code_share_a_run_and_keep_their_names(workshop):
    for name in ("one", "two"):
        write(workshop, name, RECORD)
    plans = [plan.make(workshop, name, {}) for name in ("one", "two")]
    for _ in range(2):
        assert [result.chapter for result in execute.run_many(workshop, plans, ONE)] == [
            "one", "two"]
    assert len(published(workshop)) == 1


@pytest.mark.slow
def test_stock_kernels_give_the_same_results(workshop):
    write(workshop, "good", RECORD)
    forked = run(workshop, "good")
    ledger = execute.ledger(forked)
    stock = run(workshop, "good", how=execute.How(stock_kernels=True), fresh=True)
    assert stock.status == "ok" and (stock.key, execute.ledger(stock)) == (forked.key, ledger)


def test_a_failure_names_what_the_readers_own_tables_lack(workshop, tmp_path):
    own = own_table(tmp_path / "own", change=lambda text: "\n".join(
        line for line in text.splitlines() if not line.startswith("Japan,")) + "\n")
    write(workshop, "needs", RECORD, READS + "\nratings.set_index('country').loc['Japan']")
    result = run(workshop.with_own_data(own), "needs")
    assert result.status == "failed"
    assert "KeyError" in result.reason and "your ratings has no row Japan" in result.reason
    assert run(workshop, "needs").status == "ok"


def test_a_full_disk_loses_the_run_and_nothing_else(workshop, monkeypatch):
    write(workshop, "good", RECORD)
    monkeypatch.setattr(store, "publish", _full)
    result = run(workshop, "good")
    assert result.status == "failed" and "could not be written: No space" in result.reason


def _full(*_):
    raise OSError("No space left on device")
