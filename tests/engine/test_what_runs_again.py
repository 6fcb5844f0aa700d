"""After a change exactly the right chapters run again, each for a stated reason.

All chapters of the book stand in a store that holds a run of each; nothing is executed here.
"""

import json
import shutil

import pytest

from helpers import datasets, parameters, paths
from helpers.pipeline import edition, store


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of what runs are made from, with a published run of every chapter."""
    for part in ("chapters", "data", "src"):
        shutil.copytree(paths.ROOT / part, tmp_path / part)
    shutil.copy(paths.ROOT / "requirements.txt", tmp_path)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "CHAPTERS", tmp_path / "chapters")
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    monkeypatch.setattr(paths, "DATA_PACKAGE", tmp_path / "data" / "datapackage.json")
    monkeypatch.setenv("BOOK_BUILD", str(tmp_path / "_build"))
    forget()
    for chapter in edition.chapters():
        notebook = store.read_chapter(chapter)
        parts = store.components(notebook, store.resolve(notebook, {}))
        store.publish({"results.json": b"[]"}, store.key(parts),
                      {"status": "ok", "chapter": chapter, "components": parts})
    assert reasons() == {}
    yield tmp_path
    monkeypatch.undo()
    forget()


def forget():
    """A new command reads everything anew; so do these tests after a change."""
    store._surroundings.cache_clear()
    datasets._package.cache_clear()


def reasons(**overrides):
    """Chapters that would run again, with the reasons that `book why` gives."""
    forget()
    found = {chapter: store.why(chapter, overrides) for chapter in edition.chapters()}
    return {chapter: lines for chapter, lines in found.items() if lines}


def edit_cells(project, chapter, kind, change):
    file = project / "chapters" / f"{chapter}.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == kind:
            cell["source"] = change("".join(cell["source"]))
    file.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.mark.parametrize("table", ["claims", "ratings", "budgets", "ics_advisories"])
def test_a_byte_of_data(project, table):
    file = datasets.locate(table)
    file.write_bytes(file.read_bytes() + b"\n")
    readers = {chapter for chapter in edition.chapters()
               if table in store.declared_data(store.read_chapter(chapter))}
    assert 0 < len(readers) < len(edition.chapters())
    assert reasons() == {chapter: [f"data {table}: changed"] for chapter in readers}


def test_a_helper(project):
    file = project / "src" / "helpers" / "growth" / "rates.py"
    file.write_text(file.read_text() + "\n# changed\n")
    assert reasons() == dict.fromkeys(edition.chapters(), ["helpers growth/rates.py: changed"])


def test_a_line_of_the_lock(project):
    lock = project / "requirements.txt"
    lock.write_text(lock.read_text().replace("pandas==", "pandas==9", 1))
    assert reasons() == dict.fromkeys(edition.chapters(), ["lock: changed"])


def test_a_code_cell(project):
    edit_cells(project, "3-4-investment", "code", lambda source: source + "\n# changed")
    assert reasons() == {"3-4-investment": ["code: changed"]}


@pytest.mark.parametrize("assignment", [
    "medium_score=1.5", "horizon_year=2030", "approximate_half_width=20.0", "random_seed=7"])
def test_a_parameter(project, assignment):
    name, value = parameters.parse(assignment)
    readers = {chapter for chapter in edition.chapters()
               if name in store.declared_parameters(store.read_chapter(chapter))}
    assert 0 < len(readers) < len(edition.chapters())
    standard = parameters.defaults()[name]
    said = [f"parameters {name}: {standard!r} -> {value!r}"]
    assert reasons(**{name: value}) == dict.fromkeys(readers, said)


def test_prose_alone_runs_nothing(project):
    for chapter in edition.chapters():
        edit_cells(project, chapter, "markdown", lambda source: source + "\n\nMore words.")
    assert reasons() == {}


def test_the_pipeline_and_the_outputs_are_no_reason(project):
    file = project / "src" / "helpers" / "pipeline" / "cli.py"
    file.write_text(file.read_text() + "\n# changed\n")
    chapter = project / "chapters" / "3-4-investment.ipynb"
    notebook = json.loads(chapter.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    chapter.write_text(json.dumps(notebook), encoding="utf-8")
    assert reasons() == {}
