"""The author's view: each edit is told as what it is, once, and what is broken in one line."""

import http.client
import json
import os
import shutil
from dataclasses import replace

import pytest
from live_book import BROKEN, DRAWN, OWN, PATIENCE, YEARS, Live, pretend_built, until, write
from small_book import REAL, own_table

from helpers import datasets
from helpers.pipeline import edition
from helpers.pipeline.live import watching
from helpers.pipeline.live.book import Book
from helpers.pipeline.live.commands import Commands
from helpers.pipeline.live.events import Events

HELPER = "src/helpers/mine.py"


@pytest.fixture
def project(tmp_path):
    return write(tmp_path / "book")


class Looked:
    """A watch that looks when it is told to, and what it has told."""

    def __init__(self, project):
        wanted = edition.resolve(project)
        pretend_built(wanted)
        self.told = []
        self.watch = watching.Watch(Book(wanted), self.told.append)
        self.project = project

    def after(self, *_) -> list[dict]:
        """What is told of what was done since the last look."""
        self.told.clear()
        self.watch.look(watching.states(self.project))
        return list(self.told)

    def to_build(self) -> bool:
        asked = self.watch._to_build.is_set()
        self.watch._to_build.clear()
        return asked


@pytest.fixture
def looked(project):
    return Looked(project)


def edit(file, old, new):
    """Change a text as an editor does: a new file in the place of the old one."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    aside = file.with_name(f".{file.name}.new")
    aside.write_text(text.replace(old, new), encoding="utf-8")
    os.replace(aside, file)


def chapter(project, name):
    return project.chapters / f"{name}.ipynb"


def test_without_an_edit_nothing_is_told(looked):
    assert looked.after() == [] and not looked.to_build() and looked.watch.stale() == []


def test_an_edit_of_code_names_the_chapter_and_why(looked):
    edit(chapter(looked.project, YEARS), "The path ends", "It ends")
    [event] = looked.after()
    assert event == {"sort": "changed", "chapters": [YEARS], "why": ["1: code: changed"]}
    assert not looked.to_build()
    assert looked.watch.stale()[0]["chapters"] == [YEARS]  # for a page that is opened now
    edit(chapter(looked.project, YEARS), "It ends", "The path ends")
    assert looked.after()[0]["chapters"] == [YEARS] and looked.watch.stale() == []


def test_an_edit_of_prose_builds_the_pages_and_runs_nothing(looked):
    edit(chapter(looked.project, YEARS), "# A chapter", "# Another title")
    assert looked.after() == [] and looked.to_build()
    edit(looked.project.root / "intro.md", "A small book", "A book")
    assert looked.after() == [] and looked.to_build()


def test_a_table_moves_those_who_read_it(looked):
    file = datasets.locate("ratings", looked.project)
    edit(file, "policies and standards", "rules and standards")
    events = looked.after()
    assert [event["chapters"] for event in events] == [[OWN]]
    assert events[0]["why"] == ["3: data ratings: changed"]


@pytest.mark.parametrize("file, old, new, said", [
    (f"chapters/{YEARS}.ipynb", '"cells"', '"cels"', YEARS),
    (f"chapters/{YEARS}.ipynb", "horizon_year = 2026", "horizon_year = 2000 + 26", "literal"),
    (f"chapters/{YEARS}.ipynb", '"nbformat"', '\n<<<<<<< ours', "merge conflict"),
    ("data/datapackage.json", '"resources"', '"resource"', "resources"),
    ("_toc.yml", "parts:", "parts: [", "_toc.yml"),
    (str(datasets.locate("ratings", REAL).relative_to(REAL.root)), ",High", ",Higher", "ratings")])
def test_what_cannot_be_read_is_one_line_and_mended_when_it_is_put_right(looked, file, old, new,
                                                                         said):
    file = looked.project.root / file
    before = file.read_text(encoding="utf-8")
    edit(file, old, new)
    [event] = looked.after()
    assert event["sort"] == "fault" and said in event["text"] and "\n" not in event["text"]
    assert looked.watch.stale() == [event]
    file.touch()
    assert looked.after() == []  # told once
    file.write_text(before, encoding="utf-8")
    assert looked.after()[0] == {"sort": "mended"}
    assert looked.watch.stale() == []


@pytest.fixture
def with_code(project):
    """A book with a package of its own, as a real one has."""
    code = project.root / "src" / "helpers"
    shutil.copytree(project.code, code, ignore=shutil.ignore_patterns("__pycache__"))
    return Looked(replace(project, code=code))


def test_a_helper_moves_those_who_import_it_and_a_broken_one_is_named(with_code):
    file = with_code.project.code / "tables.py"
    with file.open("a") as out:
        out.write("\nMORE = 1\n")
    [event] = with_code.after()
    assert event["chapters"] == [YEARS, OWN] and "1: helpers tables.py: changed" in event["why"]
    with file.open("a") as out:
        out.write("\ndef (:\n")
    [event] = with_code.after()
    assert event["sort"] == "fault" and event["text"].startswith("src/helpers/tables.py, line ")
    file.write_text(file.read_text().replace("\ndef (:\n", ""))
    assert with_code.after() == [{"sort": "mended"}]


def test_a_part_of_the_server_itself_asks_for_a_new_start(with_code):
    with (with_code.project.code / "pipeline" / "store.py").open("a") as out:
        out.write("\nMORE = 1\n")
    [event] = with_code.after()
    assert event["sort"] == "fault" and "book serve" in event["text"]


def test_readers_own_tables_are_watched(project, tmp_path):
    folder = own_table(tmp_path / "mine")
    looked = Looked(project.with_own_data(folder))
    edit(next(folder.iterdir()), "policies and standards", "rules and standards")
    assert looked.after()[0]["chapters"] == [OWN]
    edit(next(folder.iterdir()), ",High", ",Higher")
    assert looked.after()[0]["sort"] == "fault"


class Noted(Commands):
    """Builds that are only noted."""

    typed, code = (), 0

    def run(self, arguments, tell=lambda line: None):
        self.typed = (*self.typed, tuple(arguments))
        return self.code, "Error: the book was not built." if self.code else ""


def test_events_reach_a_page_that_is_open(project):
    noted = Noted(project)
    with Live(project, more=lambda book: {"events": Events(book, noted)}) as live:
        connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=PATIENCE)
        connection.request("GET", "/live/events", headers={"Host": live.host})
        response = connection.getresponse()
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/event-stream")

        def event():
            while not (line := response.readline()).startswith(b"data: "):
                assert line, "the events ended"
            return json.loads(line.removeprefix(b"data: "))

        until(lambda: live.served.events._listening)
        edit(chapter(project, DRAWN), "Down to", "Up to")
        assert event()["chapters"] == [DRAWN]
        edit(chapter(project, DRAWN), "# A chapter", "# A title")
        assert event() == {"sort": "pages"} and noted.typed == (("build",),)
        noted.code = 1
        edit(chapter(project, BROKEN), "# A chapter", "# A title")
        assert event() == {"sort": "fault", "text": "Error: the book was not built."}
        connection.close()
        response.close()
        until(lambda: not live.served.events._listening or edit_again(project))


def edit_again(project) -> bool:
    """Something to tell, by which the server sees that a page is gone."""
    (project.root / "intro.md").touch()
    return False


def test_pages_that_listen_are_bounded(project, monkeypatch):
    from helpers.pipeline.live import events

    monkeypatch.setattr(events, "MOST_LISTENERS", 0)
    with Live(project, more=lambda book: {"events": Events(book, Noted(project))}) as live:
        assert live.ask("/live/events")[0] == 503
