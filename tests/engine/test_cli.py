"""The command line: wrong usage ends with exit code 2 and one line, before any kernel starts."""

import io
import json

import click
import pytest
from small_book import READS, REAL, RECORD, book, own_table, write

from helpers import parameters
from helpers.pipeline import cli
from helpers.pipeline.cli.progress import Progress
from helpers.pipeline.execute import RunResult


def run(*arguments):
    return book(REAL, *arguments)


@pytest.mark.parametrize("arguments, said", [
    (["build", "--set", "horizon_yaer=2030"], ["horizon_yaer", "Nearest name: horizon_year (int"]),
    (["build", "--set", "horizon_year=abc"], ["horizon_year: expected int", "2020 to 2035", "abc"]),
    (["build", "--set", "horizon_year=2050"], ["expected int", "2050"]),
    (["build", "--set", "horizon_year"], ["expected name=value"]),
    (["build", "--set", "=1"], ["is not a parameter"]),
    (["build", "basline"], ["basline", "Nearest name: 'baseline'"]),
    (["run", "3-market"], ["No chapter is called '3-market'", "Nearest name"]),
    (["run", "2"], ["may be 2-1-"]),
    (["build", "--data", "/nowhere"], ["is not a folder"]),
    (["accept", "--set", "horizon_year=2030"], ["accept takes no --set"]),
    (["run", "2-3-market-expansion", "--set", "medium_score=1.5"], ["is not read by"]),
    (["run", "2-3-market-expansion", "--set", "damping=2"], ["damping: expected float"]),
    (["accept", "nothing"], ["No chapter is called 'nothing'"]),
])
def test_wrong_usage_is_one_line_and_exit_code_2(arguments, said):
    done = run(*arguments)
    assert done.exit_code == 2
    for words in said:
        assert words in done.output
    assert len(done.output.strip().splitlines()) == 1


def test_a_name_cannot_smuggle_code(workshop):
    done = book(workshop, "build", "--set", "a=1\nopen('canary', 'w')\nb=2")
    assert done.exit_code == 2 and not (workshop.root / "canary").exists()


def test_an_unknown_command_names_the_nearest():
    done = run("biuld")
    assert done.exit_code == 2 and "Did you mean 'build'?" in done.output


def test_the_registry_is_listed_whole():
    done = run("params")
    assert done.exit_code == 0
    for name in parameters.names():
        assert name in done.output


def test_the_registry_is_a_json_schema_for_editors():
    schema = json.loads(run("params", "--json").output)
    assert schema["additionalProperties"] is False
    assert schema["properties"]["horizon_year"]["maximum"] == 2035


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_a_help_of_its_own(name):
    found = cli.main.get_command(click.Context(cli.main), name)
    assert isinstance(found, click.Command) and found.help.strip()
    assert f"  {name} " in run("--help").output


@pytest.mark.parametrize("name", ["build", "run", "sweep", "compare", "accept"])
def test_options_are_the_same_on_every_command_that_runs_something(name):
    found = cli.main.get_command(click.Context(cli.main), name)
    options = {option for each in found.params for option in each.opts}
    assert {"--set", "--data", "--jobs", "--cluster", "--stock-kernels"} <= options


# ------------------------------------------------------------------ book run


@pytest.mark.slow
def test_a_chapter_is_run_and_says_what_it_found(workshop):
    write(workshop, "one", RECORD)
    done = book(workshop, "run", "one")
    assert done.exit_code == 0
    first, last = done.stdout.splitlines()
    assert first == "X: 2026" and last.startswith("_build/runs/")
    assert (workshop.root / last.split(":")[0] / "notebook.ipynb").is_file()


def test_a_run_with_another_value_says_what_moved(workshop):
    write(workshop, "one", RECORD)
    lines = book(workshop, "run", "one", "--set", "horizon_year=2030").stdout.splitlines()
    assert lines[0].lower().startswith("x: 2026 -> 2030  (+0.2") and len(lines) == 3


def test_a_run_with_own_data_says_what_moved_and_names_what_is_not_read(workshop, tmp_path):
    write(workshop, "one", RECORD, READS + "\nfrom helpers import results\n_ = results.record("
          "'low', int((ratings['level'] == 'Low').sum()), unit='count', label='Low')")
    own = own_table(tmp_path / "own", change=lambda text: text.replace("Low", "Medium"))
    (own / "claim.csv").write_text("x")
    done = book(workshop, "run", "one", "--data", str(own))
    assert done.exit_code == 0 and "low: " in done.stdout.lower() and " -> 0" in done.stdout
    assert done.stderr == ("Warning: claim.csv is not read: no table has this name. Nearest name: "
                           "claims.csv.\n")


def test_a_folder_without_a_table_is_refused_before_anything_runs(workshop, tmp_path):
    write(workshop, "one", RECORD)
    (tmp_path / "empty").mkdir()
    for command in (["run", "one"], ["build"], ["sweep", "baseline"], ["compare", "baseline"],
                    ["why", "one"]):
        done = book(workshop, *command, "--data", str(tmp_path / "empty"))
        assert done.exit_code == 2 and "It is empty." in done.output, command
    assert not workshop.build.exists()


def test_a_failed_run_as_json_is_one_object_and_exit_code_1(workshop):
    write(workshop, "one", "1 / 0")
    done = book(workshop, "run", "one", "--json")
    said = json.loads(done.stdout)
    assert (done.exit_code, said["status"]) == (1, "failed")
    assert "ZeroDivisionError" in said["runs"][0]["reason"] and "one: failed" in done.stderr


@pytest.mark.slow
def test_a_failed_build_as_json_is_one_object_and_exit_code_1(workshop):
    write(workshop, "one", "1 / 0")
    write(workshop, "two", RECORD)
    done = book(workshop, "build", "--json")
    said = json.loads(done.stdout)
    assert (done.exit_code, said["status"]) == (1, "failed")
    assert "one: failed: " in said["reason"] and "two" not in said["reason"]
    assert not (workshop.build / "html").exists()


# ------------------------------------------------------------------ progress


def told(capsys, total, *runs, silent=False):
    with Progress(total, silent) as progress:
        for result in runs:
            progress.report(result)
        progress.step("Building the pages")
    return capsys.readouterr().err.splitlines()


def test_progress_in_a_log_is_a_line_for_each_run(capsys):
    assert told(capsys, 3, RunResult("a", "ok", seconds=1.24), RunResult("b", "ok", cached=True),
                RunResult("c", "dead", reason="x")) == [
        "[1/3] a  1.2 s", "[2/3] b  unchanged  (1 in the store)",
        "[3/3] c  dead  (1 in the store, 1 failed)", "Building the pages"]


def test_progress_can_be_silent(capsys):
    assert told(capsys, 1, RunResult("a", "failed"), silent=True) == []


@pytest.mark.parametrize("elapsed, said", [
    (1, ""), (10, "90 s left"), (20, "3 min left")])
def test_progress_says_how_long_it_takes_from_the_pace_of_what_was_run(monkeypatch, elapsed, said):
    from helpers.pipeline.cli import progress as module

    now = iter([0, elapsed])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(now))
    progress = Progress(10, silent=True)
    progress.report(RunResult("a", "ok"))
    assert progress.state() == said


def test_progress_on_a_terminal_is_a_bar(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    with Progress(2, silent=False) as progress:
        assert progress.live is not None
        progress.report(RunResult("a", "ok", seconds=1.0))
        progress.step("Building the pages")
        assert progress.live is None
    assert "Building the pages" in screen.getvalue() and "[1/2]" not in screen.getvalue()
