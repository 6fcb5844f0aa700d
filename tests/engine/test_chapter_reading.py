"""A chapter is read once, found by what people type, and refused in words where it is not whole."""

import json
import re

import pytest
from small_book import PARAMETERS, REAL, RECORD, book, contents, write

from helpers import results
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


@pytest.mark.parametrize("source, head, said", [
    ("datasets.load('ratings'", "a = 1  # count", "code cell 2, line 1: .*is not Python"),
    ("datasets.load('x')\n\0", "a = 1  # count", "code cell 2, line 1: .*is not Python"),
    ("x = 1\ndatasets.load(name='x')", "a = 1  # count", "code cell 2, line 2: .*in quotes"),
    ("datasets.load(3)", "a = 1  # count", "code cell 2, line 1: .*in quotes"),
    ("pass", "a = = 1", "code cell 1, line 1: 'a = = 1' is not Python"),
    ("pass", "a = 1\na = 2", "parameters cell, line 2: a stands there twice"),
    ("pass", "a = 1e999", "parameters cell, line 1: a is 'inf'; expected"),
    ("pass", "a = {1, 2}", "parameters cell, line 1: a is .*; expected a number"),
    ("pass", "a = None", "parameters cell, line 1: a is .*; expected a number"),
])
def test_a_cell_that_cannot_be_read_is_named_with_its_line(workshop, source, head, said):
    write(workshop, "one", source, head=head)
    with pytest.raises(chapters.ChapterError, match=f"^one, {said}") as refused:
        _ = chapters.read(workshop, "one").tables, chapters.read(workshop, "one").parameters
    assert "\n" not in str(refused.value)


def changed(workshop, change):
    """A good notebook with a change of its JSON."""
    write(workshop, "one", RECORD)
    file = workshop.chapters / "one.ipynb"
    notebook = json.loads(file.read_text())
    change(notebook)
    file.write_text(json.dumps(notebook))
    return file


@pytest.mark.parametrize("change, said", [
    (lambda it: it["cells"][1].update(cell_type="markdown"), "`parameters` is markdown, not code"),
    (lambda it: it["cells"][0]["metadata"].update(tags=["parameters"]), "found 2"),
    (lambda it: it["cells"][2].pop("metadata"), "cell 3 has no metadata"),
    (lambda it: it["cells"][2].pop("source"), "cell 3 has no source"),
    (lambda it: it["cells"][2].pop("outputs"), "cell 3 has no outputs"),
    (lambda it: it["cells"][2].pop("cell_type"), "cell 3 has no cell_type"),
    (lambda it: it["cells"][2].update(source=["a", 3]), "cell 3 has a source that is no text"),
    (lambda it: it["cells"][2]["metadata"].update(tags="hide"), "cell 3 has tags that are no list"),
    (lambda it: it["cells"].append("x"), "cell 5 is none"),
    (lambda it: it.pop("cells"), "it has no cells"),
    (lambda it: it.update(nbformat=3), "it has the format '3'. Open it in Jupyter"),
    (lambda it: it.update(worksheets=[]), "it has the format"),
    (lambda it: it["cells"][0].update(source="x" * 20_000_000), "cell 1 has 20,000,000 signs"),
    (lambda it: it["cells"][2].update(outputs=[{"output_type": "display_data", "metadata": {},
        "data": {results.MIME: {"type": "result"}}}]), "one, code cell 2: a record .* no name"),
])
def test_a_notebook_of_another_form_is_refused_with_the_cell(workshop, change, said):
    changed(workshop, change)
    with pytest.raises(chapters.ChapterError, match=said) as refused:
        chapter = chapters.read(workshop, "one")
        _ = chapter.parameters, chapter.recorded
    assert str(refused.value).startswith(("chapters/one.ipynb", "one"))
    assert "\n" not in str(refused.value) and "git checkout" not in str(refused.value)


GOOD = '{"nbformat": 4,\n"cells": []\n}'


@pytest.mark.parametrize("content, said", [
    (b"", "it is empty"), (b"{", "line 1: "), (b"[]", "JSON of another kind"),
    (b'{"cells": 3}', "it has no cells"), (b'{"cells": [{}]}', "cell 1 has no cell_type"),
    (GOOD.encode("utf-16"), "is not UTF-8"), (GOOD.encode("utf-8-sig"), "byte order mark"),
    (b"[" * 100_000, "not a notebook"),
    (GOOD.replace('"cells"', '<<<<<<< HEAD\n"cells"').encode(), "line 2: a merge conflict"),
])
def test_what_is_no_notebook_is_refused_and_nothing_is_thrown_away(workshop, content, said):
    (workshop.chapters / "one.ipynb").write_bytes(content)
    with pytest.raises(chapters.ChapterError, match=f"chapters/one.ipynb.*{said}") as refused:
        chapters.read(workshop, "one")
    assert "git checkout" not in str(refused.value), "which throws away what is in it"
    assert "\n" not in str(refused.value)


def test_a_folder_or_a_link_to_nowhere_is_no_chapter(workshop):
    (workshop.chapters / "one.ipynb").symlink_to("nowhere")
    with pytest.raises(chapters.ChapterError, match="one.ipynb cannot be read: No such file"):
        chapters.read(workshop, "one")
    (workshop.chapters / "two.ipynb").mkdir()
    with pytest.raises(chapters.ChapterError, match="two.ipynb cannot be read"):
        chapters.read(workshop, "two")


@pytest.mark.parametrize("head, source, said", [
    ("horizon_yaer = 2026  # year", RECORD, "horizon_yaer is not in the registry.*horizon_year"),
    (PARAMETERS, RECORD + "\ndatasets.load('claimz')", "one: No table is called 'claimz'.*claims"),
])
@pytest.mark.parametrize("command", [["run", "one"], ["build"], ["why", "one"]], ids=" ".join)
def test_a_name_that_is_not_there_is_said_before_anything_runs(workshop, command, head, source,
                                                               said):
    write(workshop, "one", source, head=head)
    done = book(workshop, *command)
    assert done.exit_code == 2 and re.search(said, done.output), done.output
    lines = [line for line in done.output.splitlines() if line != "Running 1 chapters"]
    assert len(lines) == 1 and not (workshop.build / "runs").exists()


def test_chapters_stand_in_the_order_of_the_contents(workshop):
    contents(workshop.root, ["b", "a"])
    assert chapters.names(workshop) == ["b", "a"]
    workshop.contents.write_text("root: intro\nchapters:\n- file: chapters/a\n- file: glossary\n")
    assert chapters.names(workshop) == ["a"], "contents without parts"


@pytest.mark.parametrize("text", [
    "parts:\n- chapters:\n  - file: chapters/a.ipynb\n  - file: chapters/b.md\n",
    "chapters:\n- file: chapters/a\n  sections:\n  - file: chapters/b\n",
    "\ufeffchapters:\n- url: https://a.example\n  title: x\n- file: chapters/a\n"
    "- file: chapters/b\n",
    "parts:\n- caption: x\n  chapters:\n  - file: chapters/a\n- caption: y\n  chapters:\n"
    "- chapters:\n  - file: chapters/b\n",
    "chapters:\n- file: intro2\n  sections:\n  - file: chapters/a\n    sections:\n"
    "    - file: chapters/b\n",
])
def test_every_form_of_contents_is_read(workshop, text):
    mark, text = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    workshop.contents.write_text(f"{mark}format: jb-book\nroot: intro\n{text}", "utf-8")
    assert chapters.names(workshop) == ["a", "b"]


@pytest.mark.parametrize("text, said", [
    ("", "expected parts, or chapters"), ("root: intro", "expected parts"), ("parts: 3", "a list"),
    ("parts:\n- chapters: [", "line 2"), ("chapters:\n\t- file: a", "line 2.*cannot start"),
    ("chapters:\n- chapters/a", "expected a line such as `- file"), ("- file: a", "expected parts"),
    ("chapters:\n- title: x", "expected file or url"), ("chapters:\n- file: 3", "a name; got '3'"),
    ("chapters:\n- glob: chapters/*", "list each chapter"), ("a: &a [*a]", "expected parts"),
    ("chapters: \0", "special characters are not allowed"),
])
def test_contents_that_cannot_be_read_are_refused_with_the_reason(workshop, text, said):
    workshop.contents.write_text(text)
    with pytest.raises(chapters.ChapterError,
                       match=f"^_toc.yml is no table of contents.*{said}") as refused:
        chapters.names(workshop)
    assert "\n" not in str(refused.value) and "git checkout" not in str(refused.value)


@pytest.mark.parametrize("name", ["a b", "a?b", "a%b", "a#b", "a[b", "a/b", 'a"b', "a`b", "a<b",
                                  "a$b", "-a", ".a", "a\u200bb", ""])
def test_a_name_that_means_something_in_an_address_is_refused(workshop, name):
    workshop.contents.write_text(json.dumps({"chapters": [{"file": f"chapters/{name}"}]}))
    with pytest.raises(chapters.ChapterError, match="a chapter's name has no .*Rename"):
        chapters.names(workshop)


@pytest.mark.parametrize("name", ["Übersicht", "概览", "a'b", "a&b", "a(b)", "A.B_c+d,e"])
def test_letters_of_any_script_may_be_in_a_name(workshop, name):
    workshop.contents.write_text(json.dumps({"chapters": [{"file": f"chapters/{name}"}]}))
    assert chapters.names(workshop) == [name]


def test_a_chapter_listed_twice_is_refused(workshop):
    contents(workshop.root, ["a", "b", "a"])
    with pytest.raises(chapters.ChapterError, match="lists the chapter 'a' twice"):
        chapters.names(workshop)
