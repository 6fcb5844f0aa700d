"""The book as one PDF: whole, in order, tagged, with numbers that are true and links that lead."""

import re

import pytest
import small_book
from pypdf import PdfReader
from pypdf.generic import ArrayObject, IndirectObject

from helpers.pipeline import edition
from helpers.pipeline.edition import BuildError
from helpers.pipeline.site import pdf

pytestmark = pytest.mark.slow
CHAPTERS = ["3-6-country-comparison", "5-3-market-in-china"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return small_book.make(tmp_path_factory.mktemp("pdf") / "project", CHAPTERS)


@pytest.fixture(scope="module")
def printed(project, browser):
    """The file, with what the command said."""
    done = small_book.run(project, "build", "--pdf")
    assert done.returncode == 0, done.stdout + done.stderr
    return project.build / "book.pdf", done.stdout


@pytest.fixture(scope="module")
def reader(printed):
    return PdfReader(printed[0])


def first_level(reader):
    return [mark for mark in reader.outline if not isinstance(mark, list)]


def test_the_command_names_the_file_and_prints_only_what_changed(project, printed):
    file, said = printed
    assert said.strip().splitlines()[-1] == file.as_uri()
    before = file.stat().st_mtime_ns
    assert small_book.run(project, "build", "--pdf").returncode == 0
    assert file.stat().st_mtime_ns == before
    file.unlink()
    assert small_book.run(project, "build").returncode == 0 and not file.exists()
    assert small_book.run(project, "build", "--pdf").returncode == 0 and file.exists()


def test_it_is_tagged_in_a_language_and_has_a_title(reader):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en"
    assert "small book" in reader.metadata.title.lower() or reader.metadata.title


def test_the_bookmarks_are_the_pages_in_the_order_of_the_contents(project, reader):
    parts = pdf.of_book(project, edition.baseline(project).folder)
    marks = [pdf._plain(mark.title) for mark in first_level(reader)]
    assert marks == ["Contents", *(pdf._plain(part.title) for part in parts)]
    assert any(isinstance(mark, list) for mark in reader.outline), "sections are bookmarks as well"


def test_the_contents_name_the_page_on_which_each_title_stands(project, reader):
    listed = reader.pages[1].extract_text()
    for part in pdf.of_book(project, edition.baseline(project).folder):
        found = re.search(rf"^{re.escape(part.title)}\s*(\d+)$", listed, re.M)
        assert found, part.title
        there = reader.pages[int(found[1]) - 1].extract_text()
        assert pdf._plain(part.title) in pdf._plain(there)


def test_every_link_inside_leads_to_a_place_that_is_there(reader):
    named, inside, outside = set(reader.named_destinations), 0, set()
    for page in reader.pages:
        for note in page.get("/Annots", []):
            note = note.get_object()
            action = note.get("/A", {})
            if "/URI" in action:
                outside.add(action["/URI"])
                continue
            target = note.get("/Dest", action.get("/D"))
            inside += 1
            assert isinstance(target, ArrayObject | IndirectObject) or target in named, target
    assert inside > 50
    assert outside and all(re.match("https?://|mailto:", each) for each in outside)


def test_a_figure_is_on_one_page(project, reader):
    """The first and the last words of its drawing, title and source stand on the same page."""
    texts = [pdf._plain(page.extract_text()) for page in reader.pages]
    figures = [figure for part in pdf.of_book(project, edition.baseline(project).folder)
               for figure in part.article.xpath(".//figure[contains(@class, 'book-figure')]")]
    assert len(figures) > 3
    for figure in figures:
        title, source = (pdf._plain(figure.xpath(f"string(.//*[@class='{name}'])"))
                         for name in ("figure-title", "figure-source"))
        assert any(title in text and source in text for text in texts), title


def test_nothing_to_press_is_printed(reader):
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert not re.search(r"^(Code|Data \(CSV\).*|Search|Copy)$", text, re.M)


def test_without_a_browser_nothing_runs_and_the_cure_is_named(project, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(pdf.NoBrowser, match="apt install chromium"):
        pdf.found_browser()


def test_a_title_without_a_bookmark_is_an_error(printed):
    with pytest.raises(BuildError, match="no bookmark for 'A chapter that is not there'"):
        pdf.beginnings(printed[0], ["Contents", "A chapter that is not there"])


def test_a_browser_that_prints_nothing_is_an_error(tmp_path):
    with pytest.raises(BuildError, match="ended with status 1"):
        pdf._print("/bin/false", tmp_path, "x", "<p>x</p>")
