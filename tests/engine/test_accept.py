"""One command makes a new reference: in the right order, whole or not at all, and then at rest."""

import json
import shutil
from dataclasses import replace

import nbformat
import pytest
from small_book import ANOTHER, READS, RECORD, book, make, own_table, scenario, write

from helpers import datasets
from helpers.pipeline import accept, chapters, execute, scenario_table

ONE = execute.How(jobs=2)
# A chapter that reads what the scenarios give, and records how many rows it saw.
READER = ("from helpers import datasets, results\nrows = datasets.load('scenario_results')\n"
          "about = datasets.load('scenarios')\n"
          "count = results.record('rows', len(rows), unit='count', label='Rows')")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A book that is its own reference: a chapter, a scenario, and a reader of what they give."""
    project = make(tmp_path_factory.mktemp("whole") / "book")
    write(project, "one", READS, RECORD)
    write(project, "last", READER, head="")
    scenario(project, "later", horizon_year=2030)
    accept.write(accept.prepare(project, ["one", "last"], ONE))
    return project


@pytest.fixture
def settled(whole, tmp_path):
    """That book, for one test to change."""
    root = shutil.copytree(whole.root, tmp_path / "settled")
    return replace(whole, root=root, build=root / "_build")


def everything(project):
    return {file: file.read_bytes() for part in (project.data, project.chapters)
            for file in part.rglob("*") if file.is_file()}


def pend(project, *names):
    return accept.prepare(project, names or chapters.names(project), ONE)


def test_outputs_become_the_reference_and_what_moved_is_said(workshop):
    write(workshop, "good", READS, RECORD)
    pending = pend(workshop, "good")
    assert pending.moved == ["good: x: new: 2026"]
    accept.write(pending)
    reference = nbformat.read(workshop.chapters / "good.ipynb", as_version=4)
    assert [cell.get("execution_count") for cell in reference.cells] == [None, 1, 2, 3, None]
    assert [cell.id for cell in reference.cells] == [f"cell-0{place}" for place in range(1, 6)]
    assert reference.cells[3].outputs and "papermill" not in reference.metadata


def test_a_second_run_changes_nothing(settled):
    pending = pend(settled)
    assert (pending.contents, pending.moved) == ({}, [])
    assert datasets.changed(settled) == []


def test_nothing_is_written_before_it_is_asked_for(workshop):
    write(workshop, "good", READS, RECORD)
    before = everything(workshop)
    assert pend(workshop).contents
    assert everything(workshop) == before


def test_readers_of_the_scenarios_see_the_tables_that_are_made_with_them(settled):
    rows = datasets.load("scenario_results", settled)
    assert list(zip(rows["scenario"], rows["value"], strict=True)) == [
        ("baseline", 2026), ("later", 2030)]
    assert chapters.read(settled, "last").recorded == ("rows",)
    scenario(settled, "earlier", horizon_year=2024)
    pending = pend(settled, "one")
    assert pending.moved == ["last: rows: 2 -> 3"], "it follows though only one was named"
    assert {file.name for file in pending.contents} == {
        "scenario_results.csv", "scenarios.csv", "datapackage.json", "last.ipynb"}
    accept.write(pending)
    assert pend(settled).contents == {} and datasets.changed(settled) == []
    assert set(datasets.load("scenarios", settled)["scenario"]) == {"baseline", "earlier", "later"}


def test_an_edited_table_gets_its_hash_with_the_outputs_that_follow(settled):
    write(settled, "one", READS, RECORD, "low = results.record("
          "'low', int((ratings['level'] == 'Low').sum()), unit='count', label='Low')")
    accept.write(pend(settled))
    file = datasets.locate("ratings", settled)
    file.write_text(file.read_text().replace("Low", "Medium", 1))
    assert datasets.changed(settled) == ["ratings"]
    pending = pend(settled)
    assert len(pending.moved) == 1 and pending.moved[0].startswith("one: low: ")
    accept.write(pending)
    assert datasets.changed(settled) == [] and pend(settled).contents == {}


def test_a_result_may_go_under_every_scenario_at_once(settled):
    write(settled, "one", READS, RECORD, ANOTHER)
    accept.write(pend(settled))
    file = settled.chapters / "one.ipynb"
    notebook = json.loads(file.read_text())
    notebook["cells"][4]["source"] = "y = None"
    file.write_text(json.dumps(notebook))
    assert sorted(pend(settled).moved) == ["last: rows: 4 -> 2", "one: y: gone"]


@pytest.mark.parametrize("spoil, said", [
    (lambda book: write(book, "bad", READS, RECORD, "y = 1 / 0"),
     "bad: failed: .*ZeroDivisionError"),
    (lambda book: write(book, "bad", READS, RECORD + "\nassert horizon_year < 2030"),
     "later, bad: failed: .*AssertionError"),
    (lambda book: write(book, "last", READER + "\nassert len(rows) < 3", head=""),
     "last: failed: .*AssertionError"),
    (lambda book: datasets.locate("ratings", book).write_text("a,b\n"), "columns do not match"),
    (lambda book: (book.data / "paper" / "loose.csv").write_text("a\n1\n"), "loose.csv is not des"),
    (lambda book: (book.scenarios / "odd.toml").write_text("title = 1"), "odd.toml"),
])
def test_nothing_is_accepted_when_one_thing_fails(settled, spoil, said):
    write(settled, "one", READS, RECORD, ANOTHER)  # something that would be written
    spoil(settled)
    before = everything(settled)
    with pytest.raises((accept.AcceptError, ValueError), match=said):
        pend(settled)
    assert everything(settled) == before


def test_a_disk_that_fills_leaves_every_file_as_it_was(settled, monkeypatch):
    from pathlib import Path

    write(settled, "one", READS, RECORD, ANOTHER)
    pending, before, written = pend(settled), everything(settled), Path.write_bytes
    assert len(pending.contents) > 2
    seen = []

    def full(file, content):
        seen.append(file)
        if len(seen) == len(pending.contents):
            raise OSError("no space left")
        return written(file, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space"):
        accept.write(pending)
    assert everything(settled) == before


def test_own_data_cannot_become_the_reference(settled, tmp_path):
    own = settled.with_own_data(own_table(tmp_path / "own"))
    with pytest.raises(accept.AcceptError, match="without --data"):
        pend(own)


def test_the_command_says_what_moved_and_what_was_written(settled):
    assert "No result moved." in book(settled, "accept").output
    write(settled, "one", READS, RECORD.replace("horizon_year,", "horizon_year + 1,"))
    done = book(settled, "accept", "one", "--quiet")
    assert (done.exit_code, done.output) == (0, "")
    write(settled, "one", READS, RECORD)
    done = book(settled, "accept")
    assert done.exit_code == 0
    assert "one: x: new: 2026" in done.output
    assert "written: data/editions/scenario_results.csv" in done.output
    assert book(settled, "accept", "--set", "horizon_year=2030").exit_code == 2


# ------------------------------------------------------------------ the scenario table


def test_only_chapters_that_read_a_changed_parameter_are_rows(settled):
    write(settled, "still", READS, RECORD.replace("horizon_year", "draws"),
          head="draws = 1_000  # count")
    planned = [(name, each.chapter) for name, each in scenario_table.cells(settled)]
    assert planned == [("baseline", "one"), ("baseline", "still"), ("later", "one")]
    assert scenario_table.readers(settled) == ["last"]
