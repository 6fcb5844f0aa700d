"""The page *Status* tells what the runs' records say, in the same bytes each time it is written."""

import json
from pathlib import Path

import pytest
import small_book
from small_book import RECORD

from helpers.pipeline import edition, execute, store
from helpers.pipeline.site import status_page

QUOTE = ("from helpers import results\n"
         "results.sentence('said', 'All is well.')")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A book of a chapter, and its run."""
    project = small_book.make(tmp_path_factory.mktemp("status") / "book")
    small_book.write(project, "one", RECORD, QUOTE)
    return project, edition.baseline(project).run(execute.How())


def record(run):
    return json.loads((Path(run.path) / store.MARKER).read_text())


def change(run, **values):
    """Write other facts into the record of a run."""
    file = Path(run.path) / store.MARKER
    file.write_text(json.dumps({**json.loads(file.read_text()), **values}))


def row_of(text, chapter="A chapter"):
    """Cells of the row of a chapter."""
    line = text[text.index(f'<th scope="row">{chapter}</th>'):]
    return [cell.split("</td>")[0].rpartition(">")[2]
            for cell in line[:line.index("</tr>")].split("<td")[1:]]


def test_a_chapter_has_its_seconds_counts_and_key(ran):
    project, runs = ran
    text = status_page.text(project, runs)
    assert row_of(text) == [f"{record(runs[0])['seconds']:.1f}", "1", "1", "0", "0",
                            runs[0].key[:12]]


def test_seconds_are_those_of_the_stored_run_and_not_of_a_build(ran):
    project, runs = ran
    again = edition.baseline(project).run(execute.How())
    assert again[0].cached and again[0].seconds == 0.0
    assert status_page.text(project, again) == status_page.text(project, runs)


def test_another_run_is_another_page(ran):
    project, runs = ran
    before, kept = status_page.text(project, runs), record(runs[0])
    try:
        change(runs[0], seconds=77.7)
        assert row_of(status_page.text(project, runs))[0] == "77.7"
        change(runs[0], seconds=kept["seconds"],
               parts={**kept["parts"], "installed": {**kept["parts"]["installed"],
                                                     "pandas": "0.1"}})
        assert '<th scope="row">pandas</th><td>0.1</td>' in status_page.text(project, runs)
    finally:
        change(runs[0], **kept)
    assert status_page.text(project, runs) == before


def test_the_environment_is_that_of_the_runs_without_a_path_of_the_machine(ran):
    project, runs = ran
    text, parts = status_page.text(project, runs), record(runs[0])["parts"]
    assert f'<th scope="row">Python</th><td>{parts["python"]}</td>' in text
    for name in ("numpy", "pandas", "papermill"):
        assert f'<th scope="row">{name}</th><td>{parts["installed"][name]}</td>' in text
    assert str(project.root) not in text and str(Path.home()) not in text


def test_a_book_without_chapters_has_a_page(tmp_path):
    assert "no chapter" in status_page.text(small_book.make(tmp_path / "book"), [])
