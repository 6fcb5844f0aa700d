"""Pages show what chapters made by reference; a reference that leads nowhere fails."""

import json

import made_book
import pytest
from bs4 import BeautifulSoup

from helpers import results
from helpers.pipeline import check, pages
from helpers.pipeline.check import references
from helpers.pipeline.edition import BuildError
from helpers.pipeline.site import exhibits
from helpers.project import Project

PAGE = """# A question

{glue:text}`../chapters/one.ipynb::question_one:s`

::::{grid} 2
:::{exhibit} one card
:::
::::
"""


def output(sort, name, **book):
    data = {"text/csv": "a\n1\n", "image/svg+xml": "<svg/>"} if sort == "figure" else {
        "text/csv": "a\n1\n", "text/html": "<div class='book-table'>T</div>"}
    return {"output_type": "display_data", "data": data,
            "metadata": {"book": {sort: name, "alt": "An alternative text", **book}}}


def notebook(*outputs):
    record = {"output_type": "display_data", "metadata": {}, "data": {
        results.MIME: {"type": "sentence", "name": "question_one", "claims": [], "text": "So."}}}
    return {"cells": [{"cell_type": "code", "source": "", "metadata": {},
                       "outputs": [record, *outputs]}], "metadata": {}}


def test_references_are_read_with_their_lines():
    found = pages.references("questions/one", PAGE)
    assert [(each.sort, each.line, each.chapter, each.name) for each in found] == [
        ("record", 3, "one", "question_one"), ("exhibit", 6, "one", "card")]


THERE = {"one": {"record": ["question_one"], "exhibit": ["card"]}}


@pytest.mark.parametrize(("old", "new", "said"), [
    ("one card", "one cart", "line 6: one has no figure or table 'cart'; did you mean card?"),
    ("one card", "on card", "line 6: there is no chapter 'on'; did you mean one?"),
    ("::question_one", "::qestion_one",
     "line 3: one has no record 'qestion_one'; did you mean question_one?"),
    ("../chapters/", "chapters/", "line 3: question_one is glued in from 'chapters/', where no"),
    ("../chapters/", "", "line 3: question_one is glued in from 'beside the page', where no")])
def test_a_reference_that_leads_nowhere_is_told_with_its_place(old, new, said):
    page = "questions/p"
    assert pages.unresolved(pages.references(page, PAGE), THERE) == []
    [line] = pages.unresolved(pages.references(page, PAGE.replace(old, new)), THERE)
    assert line.startswith(f"{page}.md, {said}")


@pytest.mark.parametrize(("old", "new", "line"), [
    ("{glue:text}", "{glue}", 3), ("{glue:text}", "{glue:txt}", 3),
    ("{glue:text}", "{gleu:text}", 3), ("{exhibit} one", "{exhibits} one", 6),
    ("{exhibit} one card", "{exhibit} one/card", 6),
    ("{exhibit} one", "{exibit} one", 6)])
def test_what_is_nearly_a_reference_is_found(old, new, line):
    assert pages.misread("p", PAGE) == []
    [found] = pages.misread("p", PAGE.replace(old, new))
    assert found.startswith(f"p.md, line {line}: {{")


def test_a_link_leads_to_a_page_of_the_book():
    known = {"chapters/one.ipynb", "questions/one.md", "sources.md"}
    text = ("[](../chapters/one.ipynb) [a](one.md#place) [b](../sources.md) [c](https://a.org/b.md)"
            "\n[](../chapters/two.ipynb) [d](sources.md)")
    found = references.link_faults("questions/one", text, known)
    assert [line.partition(" leads")[0] for line in found] == [
        "questions/one.md, line 2: the link to ../chapters/two.ipynb",
        "questions/one.md, line 2: the link to sources.md"]


@pytest.mark.parametrize(("text", "words"), [
    ("# A\n\nAt least {glue:text}`c/one.ipynb::a` hold.", ["At least"]),
    ("Nearly\n{glue:text}`c/one.ipynb::a` hold.", ["Nearly"]),
    ("The largest of all.\n\n{glue:text}`c/one.ipynb::a`", [])])
def test_a_word_of_order_beside_what_is_glued_in_is_found(text, words):
    found = references.order_faults("p", text, {})
    assert [line.split("'")[1] for line in found] == words
    assert all(line.startswith(f"p.md, line {3 if '#' in text else 1} and") for line in found)


def test_a_question_is_answered_on_its_own_page():
    listed = ["intro", "questions/one", "questions/two"]
    glued = [pages.Reference(f"questions/{page}", 3, "record", "c", f"question_{name}")
             for page, name in (("one", "one"), ("two", "one"))]
    assert references.answer_faults(glued[:1], listed[:2]) == []
    other, missing = references.answer_faults(glued, listed)
    assert other.startswith("questions/two.md, line 3: question_one answers the question of")
    assert missing.startswith("questions/two.md: nothing answers its question.")


@pytest.fixture
def book(tmp_path):
    project = made_book.make(tmp_path / "book")
    (project.root / pages.FOLDER).mkdir()
    (project.root / pages.FOLDER / "one.md").write_text(PAGE)
    return project


def test_what_a_page_shows_is_written_for_it_with_its_way_to_the_files(book, tmp_path):
    exhibits.write(tmp_path, exhibits.Around(book), {
        "one": notebook(output("figure", "card"))})
    shown = BeautifulSoup(exhibits.place(tmp_path, "questions/one", "one", "card").read_text(),
                          "html.parser")
    assert shown.figure["data-figure"] == "one/card"
    assert shown.figure["id"] == "figure-one-card", "a page that gathers has several chapters'"
    assert "../_static/downloads/one-card.svg" in [link["href"] for link in shown.select("a")]
    assert shown.select_one(".exhibit-line span:last-of-type a")["href"] == "../chapters/one.html"


@pytest.mark.parametrize("made", [[], [output("figure", "other")]])
def test_a_build_ends_where_a_page_shows_what_is_not_there(book, tmp_path, made):
    with pytest.raises(BuildError, match=r"questions/one\.md, line 6: one has no figure or table"):
        exhibits.write(tmp_path, exhibits.Around(book), {"one": notebook(*made)})
    assert not (tmp_path / exhibits.FOLDER).exists()


def chapter(project, *outputs):
    """Make a chapter with these outputs, listed in the contents."""
    told = {**notebook(*outputs), "nbformat": 4, "nbformat_minor": 5}
    for place, cell in enumerate(told["cells"]):
        cell |= {"id": f"c{place}", "execution_count": None}
    (project.root / "chapters" / "one.ipynb").write_text(json.dumps(told))
    contents = project.contents.read_text()
    project.contents.write_text(contents + "      - file: chapters/one\n")


def test_what_waits_for_a_page_that_does_not_show_it_is_found(book):
    chapter(book, output("figure", "card", for_page="questions/one"))
    assert check.reference_faults(book) == []
    page = book.root / pages.FOLDER / "one.md"
    page.write_text(PAGE.replace(":::{exhibit} one card", "Nothing"))
    [line] = check.reference_faults(book)
    assert line.startswith("one: card is made for the page 'questions/one', which does not show it")


def test_what_the_pages_of_the_book_show_is_there_and_nothing_waits_unseen():
    assert check.reference_faults(Project.current()) == []
