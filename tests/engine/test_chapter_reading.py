"""A chapter is read once, found by what people type, and refused in words where it is not whole."""

import json

import pytest
from small_book import REAL, RECORD, contents, write

from helpers.pipeline import chapters

READS = "from helpers import datasets\na = datasets.load('ratings')\nb = datasets.load('claims')"


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """A book of names only; what is in them is not read here."""
    from helpers.project import Project

    root = tmp_path_factory.mktemp("several")
    (root / "chapters").mkdir()
    for name in ("1-introduction", "2-1-competition", "2-3-market-expansion", "2-3-1-prices",
                 "2-30-later", "a1-method", "a2-audit"):
        (root / "chapters" / f"{name}.ipynb").touch()
    return Project.at(root)


@pytest.mark.parametrize("text, name", [
    ("2-3-market-expansion", "2-3-market-expansion"), ("2-3-market", "2-3-market-expansion"),
    ("2.3", "2-3-market-expansion"), ("2-3", "2-3-market-expansion"), ("2.3.1", "2-3-1-prices"),
    ("1", "1-introduction"), ("A2", "a2-audit"), ("2-3-M", "2-3-market-expansion"),
    ("2-3-market-expansion.ipynb", "2-3-market-expansion"),
    ("chapters/2-3-market-expansion.ipynb", "2-3-market-expansion"),
])
def test_a_chapter_is_found_by_name_number_or_beginning(several, text, name):
    assert chapters.find(several, text) == name


@pytest.mark.parametrize("text, said", [
    ("2", "may be 2-1-competition, 2-3-1-prices"), ("a", "may be a1-method and a2-audit"),
    ("", "No chapter is called ''"),
    ("3-market-expansion", "Nearest name: '2-3-market-expansion'"), ("zzz", "`book list` lists"),
])
def test_what_means_none_or_several_is_refused_with_names(several, text, said):
    with pytest.raises(chapters.ChapterError) as refused:
        chapters.find(several, text)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_every_number_of_the_book_means_its_chapter():
    from helpers import words

    for name in chapters.names(REAL):
        assert chapters.find(REAL, words.chapter_number(name)) == name


def test_a_chapter_says_what_it_declares(workshop):
    write(workshop, "one", RECORD, READS)
    chapter = chapters.read(workshop, "one")
    assert chapter.title == "A chapter"
    assert chapter.parameters == {"horizon_year": 2026}
    assert chapter.tables == ("claims", "ratings") and chapter.recorded == ()


def test_a_chapter_is_read_once_and_again_when_its_file_changes(workshop):
    write(workshop, "one", RECORD)
    first = chapters.read(workshop, "one")
    assert chapters.read(workshop, "one") is first
    write(workshop, "one", RECORD, READS)
    assert chapters.read(workshop, "one").tables == ("claims", "ratings")


@pytest.mark.parametrize("source", ["a = 1\nb = a + 1", "import os", "a, b = 1, 2", "a += 1"])
def test_a_computed_parameter_is_refused(workshop, source):
    write(workshop, "one", RECORD, head=source)
    with pytest.raises(chapters.ChapterError, match="name = literal"):
        _ = chapters.read(workshop, "one").parameters


def test_two_parameters_cells_are_refused(workshop):
    write(workshop, "one", RECORD)
    file = workshop.chapters / "one.ipynb"
    notebook = json.loads(file.read_text())
    notebook["cells"][2]["metadata"]["tags"] = ["parameters"]
    file.write_text(json.dumps(notebook))
    with pytest.raises(chapters.ChapterError, match="found 2"):
        _ = chapters.read(workshop, "one").parameters


def test_a_computed_table_name_is_refused(workshop):
    write(workshop, "one", "datasets.load('a' + x)")
    with pytest.raises(chapters.ChapterError, match="in quotes"):
        _ = chapters.read(workshop, "one").tables


@pytest.mark.parametrize("source, head", [
    ("datasets.load('ratings'", "a = 1  # count"), ("pass", "a = = 1")])
def test_a_cell_that_is_no_python_is_named(workshop, source, head):
    write(workshop, "one", source, head=head)
    with pytest.raises(chapters.ChapterError, match="one, .*line 1.*not Python"):
        _ = chapters.read(workshop, "one").tables, chapters.read(workshop, "one").parameters


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"cells": [{}]}'])
def test_what_is_no_notebook_is_refused(workshop, text):
    (workshop.chapters / "one.ipynb").write_text(text)
    with pytest.raises(chapters.ChapterError, match="chapters/one.ipynb is not a notebook"):
        chapters.read(workshop, "one")


def test_chapters_stand_in_the_order_of_the_contents(workshop):
    contents(workshop.root, ["b", "a"])
    assert chapters.names(workshop) == ["b", "a"]
    workshop.contents.write_text("root: intro\nchapters:\n- file: chapters/a\n- file: glossary\n")
    assert chapters.names(workshop) == ["a"], "contents without parts"


@pytest.mark.parametrize("text", ["", "root: intro", "parts: 3", "parts:\n- chapters: ["])
def test_contents_that_cannot_be_read_are_refused(workshop, text):
    workshop.contents.write_text(text)
    with pytest.raises(chapters.ChapterError, match="_toc.yml is no table of contents"):
        chapters.names(workshop)
