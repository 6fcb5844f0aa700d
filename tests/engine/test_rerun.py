"""Where a chapter gives something else than is committed: what moved, why, and what to type."""

import json
import subprocess
from pathlib import Path

import nbformat
import pytest
import small_book

from helpers.pipeline import accept, explain, rerun
from helpers.pipeline.execute import How, RunResult

READS = ("from helpers import datasets, parameters, results, tables\n"
         "parameters.check(globals())\n"
         "ratings = datasets.load('ratings')\n"
         "x = results.record('x', len(ratings) + horizon_year, unit='count', label='X')\n"
         "tables.show(ratings.tail(2), 'ratings', caption='The last of them')")


def git(project, *arguments):
    subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@b", *arguments],
                   cwd=project.root, check=True, capture_output=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A book under git whose one chapter has the outputs of its run."""
    project = small_book.make(tmp_path_factory.mktemp("rerun") / "book")
    small_book.write(project, "9-9-a", READS)
    (project.root / ".gitignore").write_text("_build\n")
    [result] = rerun.run(project, ["9-9-a"], How()).values()
    executed = (Path(result.path) / "notebook.ipynb").read_text(encoding="utf-8")
    (project.chapters / "9-9-a.ipynb").write_bytes(
        accept.reference(nbformat.reads(executed, as_version=4)))
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "All")
    return project


@pytest.fixture
def restored(project):
    yield project
    git(project, "checkout", "-q", "--", ".")


def checked(project):
    return small_book.book(project, "check", "--changed", "9-9-a")


@pytest.mark.slow
def test_what_is_committed_is_held_against_the_last_run(project):
    done = checked(project)
    assert "1 of 1 chapters give what is committed." in done.output
    assert "keeps every rule" in small_book.book(project, "check", "9-9-a").output


@pytest.mark.slow
def test_an_edited_output_is_found_without_a_run(restored):
    file = restored.chapters / "9-9-a.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    output = notebook["cells"][2]["outputs"][0]
    record = output["data"]["application/vnd.book.record+json"]
    record["value"] = record["value"] + 1
    file.write_text(json.dumps(notebook), encoding="utf-8")
    done = small_book.book(restored, "check", "9-9-a")
    assert done.exit_code == 1
    assert "9-9-a, code cell 2, x: " in done.output
    assert "cause?  chapters/9-9-a.ipynb is edited: its outputs or prose" in done.output
    assert "type:   book why 9-9-a  (if all that moved is wanted: book accept 9-9-a)" in done.output


@pytest.mark.slow
def test_an_edited_table_is_named_as_the_cause_of_what_moved(restored):
    table = restored.data / "paper" / "ratings.csv"
    table.write_text("".join(table.read_text(encoding="utf-8").splitlines(True)[:-1]), "utf-8")
    noted = small_book.book(restored, "check", "9-9-a").output
    assert "9-9-a has not run since: data/paper/ratings.csv is not what was accepted" in noted
    done = checked(restored)
    assert done.exit_code == 1 and "0 of 1 chapters give what is committed." in done.output
    assert "9-9-a, code cell 2, x: " in done.output and " -> " in done.output
    assert "cause?  data/paper/ratings.csv is not what was accepted" in done.output


@pytest.mark.slow
def test_a_run_that_fails_says_what_to_type(project):
    failed = RunResult("9-9-a", "failed", "key", reason="cell 2: ValueError: no")
    lines = rerun.faults(project, "9-9-a", failed)
    assert lines[0] == "9-9-a: failed: cell 2: ValueError: no"
    assert lines[-1] == "  type:   book run 9-9-a"


@pytest.mark.slow
def test_code_that_changed_in_a_later_commit_is_named(project):
    lock = project.lock_file
    before = lock.read_bytes()
    lock.write_bytes(before + b"# changed\n")
    git(project, "commit", "-qam", "Lock")
    assert explain.causes(project, "9-9-a") == [
        "changed since the outputs were committed: requirements.txt"]
    lock.write_bytes(before)
    git(project, "commit", "-qam", "Lock again")
    assert "edited by hand" in explain.causes(project, "9-9-a")[0]


def test_a_block_shows_a_few_lines_and_how_many_more(tmp_path, monkeypatch):
    monkeypatch.setattr(explain, "causes", lambda project, name: ["a cause"])
    lines = explain.block(None, "9-9-a", [f"line {number}" for number in range(10)])
    assert lines[explain.SHOWN:] == [
        "and 4 more", "  cause?  a cause",
        "  type:   book why 9-9-a  (if all that moved is wanted: book accept 9-9-a)"]


@pytest.mark.slow
def test_without_history_nothing_is_said_of_the_code(project, tmp_path, monkeypatch):
    """A copy without git, or the shallow clone of a workflow."""
    monkeypatch.setattr(explain, "_git", lambda project, *arguments: "")
    [cause] = explain.causes(project, "9-9-a")
    assert "has no history here" in cause


def test_a_list_is_cut_after_a_few_names():
    assert explain.listed(["a", "b", "a"]) == "a and b"
    assert explain.listed(list("abcdefgh"), 3) == "a, b, c and 5 more"
