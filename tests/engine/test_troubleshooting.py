"""The page *Troubleshooting* quotes messages as they are printed, and commands that exist."""

import re
import shlex
import subprocess
import sys
from contextlib import chdir

import click
import pytest
import small_book
from hand_written import code_blocks

import book_command
from helpers import project as places
from helpers.pipeline import building, cli, edition

PAGE = (small_book.REAL.root / "troubleshooting.md").read_text(encoding="utf-8")
MESSAGES = [block.strip() for language, block in code_blocks(PAGE) if language == "text"]
ASKED = "5-6-my-question"


def said(project, *arguments, **options):
    return small_book.book(project, *arguments, **options).output


def with_cell(project, source):
    small_book.write(project, ASKED, small_book.RECORD, source)


def a_chapter_that_fails(project, _):
    with_cell(project, "y = rate")
    return said(project, "run", "5.6")


def a_chapter_that_takes_long(project, _):
    with_cell(project, "import time\ntime.sleep(60)")
    return said(project, "run", "5.6", "--cell-seconds", "1")


def own_tables_that_are_not_there(project, _):
    return said(project, "build", "--data", "/home/me/tables")


def an_edition_that_is_not_there(project, _):
    small_book.scenario(project, "to-2030", horizon_year=2030)
    return said(project, "open", "to-2030")


def a_page_that_is_edited_meanwhile(project, _):
    file = project.root / "glossary.md"
    file.write_text("# Glossary\n")
    with pytest.raises(building.BuildError) as error:
        building._refuse_touched(edition.baseline(project), {file: "another state"})
    return str(error.value)


def pages_that_are_old_and_altered(project, _):
    small_book.write(project, ASKED, small_book.RECORD)
    assert small_book.run(project, "build").returncode == 0
    page = project.build / "html" / "chapters" / f"{ASKED}.html"
    page.write_text(page.read_text() + " ")
    old = said(project, "status")
    return old + small_book.run(project, "build").stderr


def a_copied_checkout(project, monkeypatch):
    copy, book = project.root.parent / "copy", project.root.parent / "original"
    (copy / "src" / "helpers").mkdir(parents=True)
    (copy / "_toc.yml").write_text("")
    monkeypatch.setattr(places, "PACKAGE", book / "src" / "helpers")
    monkeypatch.delenv(places.ROOT, raising=False)
    return places.foreign_checkout(copy).replace(str(copy), "/home/me/copy").replace(
        str(book), "/home/me/book")


def a_file_called_like_a_package(project, _):
    (project.root / "numpy.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-c", "import book_command; book_command.main()", "params"],
        cwd=project.root, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": f"{project.root}:{book_command.OWN}", "PATH": ""})
    return done.stderr.replace(str(project.root), "/home/me/lib")


def a_python_that_is_too_old(_project, _):
    text = (small_book.REAL.root / "Makefile").read_text(encoding="utf-8")
    return text.replace("$(VERSION)", "3.9.19")


def a_build_that_waits(_project, _):
    return (places.PACKAGE / "pipeline" / "building.py").read_text(encoding="utf-8")


def a_machine_without_a_browser(_project, _):
    return (small_book.REAL.root / "tests" / "conftest.py").read_text(encoding="utf-8")


def a_browser_that_copies_nothing(_project, _):
    static = places.PACKAGE / "pipeline" / "site" / "theme" / "static"
    return (static / "copy.js").read_text(encoding="utf-8")


# How each message comes about: its beginning, and what is to be done for it.
COMES_ABOUT = {
    "Not copied": a_browser_that_copies_nothing,
    "Python 3.11": a_python_that_is_too_old,
    "This folder is the checkout": a_copied_checkout,
    "/home/me/lib": a_file_called_like_a_package,
    f"{ASKED}: failed": a_chapter_that_fails,
    f"{ASKED}: timeout": a_chapter_that_takes_long,
    "glossary.md changed": a_page_that_is_edited_meanwhile,
    "/home/me/tables": own_tables_that_are_not_there,
    "Waiting": a_build_that_waits,
    "Edition baseline": pages_that_are_old_and_altered,
    "Not as it was built": pages_that_are_old_and_altered,
    "The edition to-2030": an_edition_that_is_not_there,
    "NO CHROMIUM": a_machine_without_a_browser,
}
SLOW = (pages_that_are_old_and_altered, a_chapter_that_takes_long)


def way_of(message):
    return next((way for start, way in COMES_ABOUT.items() if message.startswith(start)), None)


def lost(message, printed):
    """Whether a message is not what is printed; line breaks do not count."""
    return " ".join(message.split()) not in " ".join(printed.split())


def test_each_message_of_the_page_is_made_here():
    assert MESSAGES and all(map(way_of, MESSAGES)), [
        message for message in MESSAGES if not way_of(message)]


@pytest.mark.parametrize("way", [
    pytest.param(way, marks=pytest.mark.slow if way in SLOW else ()) for way in
    dict.fromkeys(COMES_ABOUT.values())], ids=lambda way: way.__name__)
def test_a_message_is_quoted_as_it_is_printed(workshop, monkeypatch, way):
    quoted = [message for message in MESSAGES if way_of(message) is way]
    printed = way(workshop, monkeypatch)
    assert quoted and not [message for message in quoted if lost(message, printed)], printed


def test_a_message_in_other_words_is_found(workshop, monkeypatch):
    message = next(each for each in MESSAGES if way_of(each) is own_tables_that_are_not_there)
    printed = own_tables_that_are_not_there(workshop, monkeypatch)
    assert not lost(message, printed)
    assert lost(message.replace("is not a folder", "is no folder"), printed)


def commands(text):
    """Commands of the book on the page, without those that it shows refused."""
    blocks = [line for language, block in code_blocks(text) if language == "sh"
              for line in block.splitlines()]
    return [line for line in [*re.findall(r"`(book [^`]+)`", text), *blocks]
            if line.startswith("book ")]


def refused(line):
    """Why a command could not be typed; empty if it can."""
    _, verb, *arguments = shlex.split(line)
    with chdir(small_book.REAL.root):
        root = click.Context(cli.main)
        command = cli.main.get_command(root, verb)
        try:
            command.make_context(verb, arguments, parent=root, resilient_parsing=False)
        except click.ClickException as error:
            return error.format_message()
    return ""


def test_each_command_of_the_page_can_be_typed():
    found = commands(PAGE)
    assert len(found) > 5
    assert [line for line in found if refused(line)] == []


def test_a_command_with_an_option_that_is_not_there_is_found():
    assert "--fresh" in refused("book run 2.3 --fresh")
