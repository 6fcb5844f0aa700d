"""One command makes a new reference: in the right order, whole or not at all, and then at rest."""

import json
import shutil
from dataclasses import replace

import nbformat
import pytest
from small_book import ANOTHER, READS, RECORD, book, make, own_table, scenario, write

from helpers import datasets
from helpers.pipeline import (
    accept,
    chapters,
    check,
    differences,
    execute,
    moved,
    plan,
    scenario_table,
)
from helpers.pipeline.differences import Difference
from helpers.pipeline.review import kept

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


def results_of(pending):
    """What moved of the results of chapters, without where."""
    return [f"{each.chapter}: {each.name}: {differences.detail(each)}"
            for _, each in pending.found if each.sort == "result"]


@pytest.mark.slow
def test_outputs_become_the_reference_and_what_moved_is_said(workshop):
    write(workshop, "good", READS, RECORD)
    pending = pend(workshop, "good")
    assert results_of(pending) == ["good: x: new: 2026"]
    accept.write(pending)
    reference = nbformat.read(workshop.chapters / "good.ipynb", as_version=4)
    assert [cell.get("execution_count") for cell in reference.cells] == [None, 1, 2, 3, None]
    assert [cell.id for cell in reference.cells] == [f"cell-0{place}" for place in range(1, 6)]
    assert reference.cells[3].outputs and "papermill" not in reference.metadata


def test_a_second_run_changes_nothing(settled):
    pending = pend(settled)
    assert (pending.contents, pending.lines, pending.waiting) == ({}, [], [])
    assert datasets.changed(settled) == []


def test_nothing_is_written_before_it_is_asked_for(workshop):
    write(workshop, "good", READS, RECORD)
    before = everything(workshop)
    assert pend(workshop).contents
    assert everything(workshop) == before


@pytest.mark.slow
def test_readers_of_the_scenarios_see_the_tables_that_are_made_with_them(settled):
    rows = datasets.load("scenario_results", settled)
    assert list(zip(rows["scenario"], rows["value"], strict=True)) == [
        ("baseline", 2026), ("later", 2030)]
    assert chapters.read(settled, "last").recorded == ("rows",)
    scenario(settled, "earlier", horizon_year=2024)
    pending = pend(settled, "one")
    assert results_of(pending) == ["last: rows: 2 -> 3 (+50.0 %)"], "it follows, not named"
    causes = {each.name: cause for cause, each in pending.found}
    assert causes["x under earlier"] == "scenario earlier"
    assert causes["rows"] == "table scenario_results and table scenarios"
    assert {file.name for file in pending.contents} == {
        "scenario_results.csv", "scenarios.csv", "datapackage.json", "last.ipynb"}
    accept.write(pending)
    assert pend(settled).contents == {} and datasets.changed(settled) == []
    assert set(datasets.load("scenarios", settled)["scenario"]) == {"baseline", "earlier", "later"}


@pytest.mark.slow
def test_an_edited_table_gets_its_hash_with_the_outputs_that_follow(settled):
    write(settled, "one", READS, RECORD, "low = results.record("
          "'low', int((ratings['level'] == 'Low').sum()), unit='count', label='Low')")
    accept.write(pend(settled))
    file = datasets.locate("ratings", settled)
    file.write_text(file.read_text().replace("Low", "Medium", 1))
    assert datasets.changed(settled) == ["ratings"]
    pending = pend(settled)
    assert [line.split(":")[0] for line in pending.lines] == [
        "one, code cell 4, low", "one, low under later", "data, ratings"]
    assert {cause for cause, _ in pending.found} == {"table ratings"}
    accept.write(pending)
    assert datasets.changed(settled) == [] and pend(settled).contents == {}


@pytest.mark.slow
def test_a_result_may_go_under_every_scenario_at_once(settled):
    write(settled, "one", READS, RECORD, ANOTHER)
    accept.write(pend(settled))
    file = settled.chapters / "one.ipynb"
    notebook = json.loads(file.read_text())
    notebook["cells"][4]["source"] = "y = None"
    file.write_text(json.dumps(notebook))
    pending = pend(settled)
    assert sorted(results_of(pending)) == [
        "last: rows: 4 -> 2 (-50.0 %)", "one: y: gone; it was: 2026"]
    assert ("cells of one", "y") in {(cause, each.name) for cause, each in pending.found}


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


# ------------------------------------------------------------------ what is asked, and answered


def result(name, value, chapter="one", cell=3, change="value"):
    old, new = ({"type": "result", "name": name, "value": each, "unit": "count", "label": name,
                 "status": "computed", "claims": [], "tolerance": 1e-9, "scope": "", "note": "",
                 "text": str(each)} for each in (1, value))
    return Difference(chapter, cell, name, "result", change, old, new, value / 100)


@pytest.fixture
def asked(workshop, monkeypatch):
    """A book in which five differences wait, and a way to answer; nothing is run."""
    new = {workshop.chapters / f"{name}.ipynb": f"new {name}".encode()
           for name in ("one", "two", "last")}
    new[workshop.data_package] = b"new hashes"
    for name in ("one", "two", "last"):
        write(workshop, name, READS, READER if name == "last" else RECORD,
              head="" if name == "last" else "horizon_year = 2026  # year")
    found = [("module a.py", result("x", 30)), ("module a.py", result("y", 20, "two")),
             ("table b", result("z", 10)), ("table b", result("z under later", 5, "one", 0)),
             ("table c", result("rows", 2, "last"))]
    found[3] = (found[3][0], Difference(**{**vars(found[3][1]), "sort": "scenario"}))
    pending = accept.Pending(new, found, {}, [], {file: file.read_bytes() for file in new})
    monkeypatch.setattr(accept, "prepare", lambda *_, **__: pending)
    monkeypatch.setattr(accept, "refusals", lambda *_: [])
    monkeypatch.setattr("helpers.pipeline.cli.reviewing.on_a_terminal", lambda: True)
    return workshop


def written(project):
    """Names of the files that are new."""
    return {file.name for file in everything(project) if file.read_bytes().startswith(b"new ")}


ALL = {"one.ipynb", "two.ipynb", "last.ipynb", "datapackage.json"}


@pytest.mark.parametrize("answers, taken, code", [
    ("A A A because why not", ALL, 0),  # a group at a time
    ("a a a a a because why not", ALL, 0),  # one by one
    ("A r A A because", {"two.ipynb"}, 1),  # one of the first chapter is rejected
    ("s a A A because", {"two.ipynb"}, 1),
    ("A S A because", {"two.ipynb"}, 1),
    ("A A R because why", {"one.ipynb", "two.ipynb"}, 1),  # only what speaks of all waits
    ("R R R", set(), 1), ("S S S", set(), 1),
])
def test_what_is_accepted_is_written_and_fits_together(asked, answers, taken, code):
    done = book(asked, "accept", typed="\n".join(answers.split()) + "\n")
    assert (written(asked), done.exit_code) == (taken, code), done.output
    rows = moved.read(asked)
    assert {f"{row['chapter']}.ipynb" for row in rows} == taken - {"datapackage.json"}
    if taken != ALL:
        assert "stays as it is" in done.output or "wait until nothing is left" in done.output


@pytest.mark.parametrize("typed", ["q\n", "A\nq\n", "A\n", "", "A\nA\nA\n", "A\nA\nA\nwhy\n"])
def test_who_quits_or_is_cut_off_has_written_nothing(asked, typed):
    before = everything(asked)
    done = book(asked, "accept", typed=typed)
    assert done.exit_code == 1 and "Nothing was written" in done.output
    assert everything(asked) == before and not (asked.root / "CHANGELOG.md").exists()


def test_groups_are_shown_largest_first_with_cause_and_count(asked):
    done = book(asked, "accept", "--yes", "--reason", "A better source")
    lines = [line for line in done.output.splitlines() if " of 3. " in line]
    assert lines == ["1 of 3. Module a.py: 2 values moved in two chapters",
                     "2 of 3. Table b: 2 values moved in one",
                     "3 of 3. Table c: 1 value moved in last"]
    assert "  one, code cell 3, x: 1 -> 30 (+2900.0 %)" in done.output


def test_a_reason_is_kept_once_a_group_in_changelog_and_log(asked):
    (asked.root / "CHANGELOG.md").write_text("# Changelog\n\n## 0.1 (unreleased)\n\n- It is.\n")
    done = book(asked, "accept", typed="A\nA\nA\nfirst\nsecond\nthird\n")
    assert done.exit_code == 0
    log = (asked.root / "CHANGELOG.md").read_text()
    assert log.index("- It is.") < log.index("### Results that moved") < log.index(
        "- first: 2 values moved in two chapters (module a.py).") < log.index("- second: 2 values")
    rows = {(row["name"], row["cause"], row["reason"]) for row in moved.read(asked)}
    assert rows == {("x", "module a.py", "first"), ("y", "module a.py", "first"),
                    ("z", "table b", "second"), ("under scenarios", "table b", "second"),
                    ("rows", "table c", "third")}
    assert next(row["new"] for row in moved.read(asked) if row["name"] == "x") == "30"


@pytest.mark.parametrize("arguments, env, terminal, said", [
    ([], {}, False, "this is no terminal"), (["--yes"], {}, False, "a reason is needed"),
    (["--reason", "so"], {}, False, "this is no terminal"),
    (["--yes", "--reason", " "], {}, False, "a reason is needed"),
    (["--yes", "--reason", "so"], {"CI": "true"}, True, "the variable CI is set"),
    ([], {"CI": "1"}, True, "the variable CI is set"),
])
def test_where_nobody_looks_nothing_is_written(asked, monkeypatch, arguments, env, terminal, said):
    monkeypatch.setattr("helpers.pipeline.cli.reviewing.on_a_terminal", lambda: terminal)
    before = everything(asked)
    done = book(asked, "accept", *arguments, env=env, typed="A\n" * 9)
    assert done.exit_code == 1 and everything(asked) == before
    assert f"Error: Nothing was written: {said}" in done.output.splitlines()[-1]
    assert "book accept" in done.output.splitlines()[-1], "what to type"


def test_a_script_accepts_all_with_a_reason(asked, monkeypatch):
    monkeypatch.setattr("helpers.pipeline.cli.reviewing.on_a_terminal", lambda: False)
    done = book(asked, "accept", "--yes", "--reason", "so", "--quiet", env={"CI": "false"})
    assert (done.exit_code, done.output) == (0, "") and written(asked) == ALL


def test_ids_and_counts_alone_are_set_without_a_question(asked, monkeypatch):
    pending = accept.prepare()
    only = replace(pending, found=[])
    monkeypatch.setattr(accept, "prepare", lambda *_, **__: only)
    done = book(asked, "accept")
    assert done.exit_code == 0 and written(asked) == ALL and "Why?" not in done.output
    assert moved.read(asked) == [] and not (asked.root / "CHANGELOG.md").exists()


def test_broken_rules_are_refused_before_anybody_is_asked(asked, monkeypatch):
    monkeypatch.setattr(accept, "refusals", lambda *_: ["one, code cell 2: it prints 'x'."])
    done = book(asked, "accept", "--yes", "--reason", "so")
    assert done.exit_code == 1 and written(asked) == set()
    assert done.output.splitlines()[-2:] == [
        "Error: Nothing was accepted: the new outputs break rules.",
        "one, code cell 2: it prints 'x'."]


def test_a_file_that_was_edited_meanwhile_is_not_overwritten(asked):
    pending = accept.prepare()
    file = asked.chapters / "two.ipynb"
    file.write_text("edited")
    with pytest.raises(accept.AcceptError, match="two.ipynb was edited meanwhile"):
        accept.write(pending)
    assert written(asked) == set() and file.read_text() == "edited"


def test_what_was_edited_since_it_ran_is_not_what_was_accepted(asked):
    ran = accept.Pending(plans={"one": plan.make(asked, "one", {})})
    assert accept.outdated(asked, ran) == []
    write(asked, "one", READS, RECORD, "y = 2")
    assert accept.outdated(asked, ran) == ["one"]


def test_what_waits_is_kept_until_it_is_accepted_or_rejected(workshop):
    kept.keep(workshop, {"one": "k1", "two": "k2"}, {"one": b"new"})
    assert kept.keys(workshop) == {"one": "k1", "two": "k2"}
    assert {file.name for file in kept.folder(workshop).iterdir()} == {"one.ipynb", "keys.json"}
    kept.drop(workshop, ["one", "three"])
    assert kept.keys(workshop) == {"two": "k2"}
    kept.drop(workshop, ["two"])
    assert list(kept.folder(workshop).iterdir()) == [] and kept.keys(workshop) == {}
    (kept.folder(workshop) / kept.KEYS).write_text("half {")
    assert kept.keys(workshop) == {}, "what was cut off is run again"


# ------------------------------------------------------------------ from run to rest


@pytest.mark.slow
def test_what_waits_is_kept_accepted_without_a_second_run_and_then_at_rest(settled, monkeypatch):
    monkeypatch.setattr(accept, "refusals", lambda *_: [])  # chapters of one number show nothing
    write(settled, "one", READS, RECORD.replace("horizon_year,", "horizon_year + 1,"))
    before = everything(settled)
    done = book(settled, "review")
    assert done.exit_code == 1 and "x: new: 2027" in done.output, "a new notebook has no outputs"
    assert everything(settled) == before
    assert b"2027" in (kept.folder(settled) / "one.ipynb").read_bytes()
    file = settled.chapters / "one.ipynb"
    file.write_text(file.read_text().replace("When?", "When will it be?"))  # prose is no cause
    done = book(settled, "accept", "--yes", "--reason", "Counted from one")
    assert done.exit_code == 0, done.output
    assert "one  unchanged" in done.stderr, "not run again"
    assert "written: data/editions/scenario_results.csv" in done.output
    assert "When will it be?" in file.read_text()
    assert list(kept.folder(settled).glob("*")) == []
    assert [row["reason"] for row in moved.read(settled)][0] == "Counted from one"
    assert pend(settled).found == [] and datasets.changed(settled) == []
    done = book(settled, "accept")
    assert done.exit_code == 0 and "No result moved." in done.output
    assert "one  unchanged" not in done.stderr, "at rest it is run again"


def test_rules_are_asked_of_the_new_outputs(settled):
    write(settled, "one", READS, RECORD, "print(1)")
    pending = pend(settled)
    refused = accept.refusals(settled, pending)
    assert any("one, code cell 4: it prints '1" in line for line in refused)
    assert not any("outputs" in line for line in refused), "they are those of the new run"
    assert any("it has no outputs" in line for line in check.faults(settled, "one"))


@pytest.mark.slow
def test_a_chapter_that_moved_and_was_not_asked_for_keeps_the_tables_waiting(settled):
    write(settled, "one", READS, RECORD.replace("horizon_year,", "horizon_year + 1,"))
    write(settled, "other", READS, RECORD.replace("'x'", "'w'"))
    pending = pend(settled, "other")
    assert pending.waiting == ["one"]
    assert {file.name for file in pending.contents} == {"other.ipynb"}


# ------------------------------------------------------------------ the scenario table


def test_only_chapters_that_read_a_changed_parameter_are_rows(settled):
    write(settled, "still", READS, RECORD.replace("horizon_year", "draws"),
          head="draws = 1_000  # count")
    planned = [(name, each.chapter) for name, each in scenario_table.cells(settled)]
    assert planned == [("baseline", "one"), ("baseline", "still"), ("later", "one")]
    assert scenario_table.readers(settled) == ["last"]


def test_the_reference_is_the_baseline(settled):
    assert book(settled, "accept", "--set", "horizon_year=2030").exit_code == 2
