"""Published pages are those that were built: what was altered by hand is noticed."""

from types import SimpleNamespace

import pytest
from small_book import RECORD, write

from helpers.pipeline import building, edition, plan, store
from helpers.pipeline.edition import BuildError
from helpers.pipeline.site import checksums, inputs, sphinx


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "html"
    (folder / "chapters").mkdir(parents=True)
    (folder / "index.html").write_text("<p>one</p>")
    (folder / "chapters" / "two.html").write_text("<p>two</p>")
    checksums.write(folder)
    return folder


def test_pages_that_nobody_touched_are_as_they_were_built(pages):
    assert checksums.differing(pages) == []
    assert (pages / checksums.NAME).read_text().splitlines()[0].endswith("  chapters/two.html")


@pytest.mark.parametrize("touch, said", [
    (lambda folder: (folder / "index.html").write_text("<p>ONE</p>"), ["index.html"]),
    (lambda folder: (folder / "chapters" / "two.html").unlink(), ["chapters/two.html"]),
    (lambda folder: (folder / "three.html").write_text(""), ["three.html"]),
    (lambda folder: (folder / checksums.NAME).unlink(), [checksums.NAME]),
    (lambda folder: (folder / checksums.NAME).write_text(""), ["chapters/two.html", "index.html"]),
])
def test_what_was_altered_is_named(pages, touch, said):
    touch(pages)
    assert checksums.differing(pages) == said


class Crashing:
    """A builder whose process dies the first times."""

    def __init__(self, times: int, how=sphinx.Crash):
        self.times, self.how, self.calls = times, how, 0

    def build(self, source, out, meanwhile=lambda: None):
        self.calls += 1
        meanwhile()
        assert (source / "intro.md").is_file()
        if self.calls <= self.times:
            raise self.how("no word")
        made = out / "_build" / "html"
        made.mkdir(parents=True)
        (made / "index.html").write_text(
            '<aside class="edition-notice"></aside>')
        return made


@pytest.fixture
def staged(workshop):
    folder = workshop.build / ".pages"
    for part in ("source", "static"):
        (folder / "staged" / part).mkdir(parents=True)
    (folder / "staged" / "source" / "intro.md").write_text("# T\n")
    return folder


def test_a_page_builder_that_dies_is_tried_once_more(workshop, staged):
    builder, written = Crashing(1), staged / "staged" / "static" / "picture.txt"
    built = sphinx.build(workshop, staged, "", builder, lambda: written.write_text("drawn"))
    assert (built / "index.html").is_file() and builder.calls == 2
    assert (built / "_static" / "picture.txt").read_text() == "drawn", "written meanwhile"
    with pytest.raises(BuildError, match="no word"):
        sphinx.build(workshop, staged, "", Crashing(2))


def test_a_page_that_is_not_right_is_not_tried_again(workshop, staged):
    builder = Crashing(9, BuildError)
    with pytest.raises(BuildError):
        sphinx.build(workshop, staged, "", builder)
    assert builder.calls == 1


def test_how_the_page_builder_ended_is_said_even_if_it_said_nothing(tmp_path):
    builder = sphinx.PageBuilder()
    builder.start = lambda: None
    ended = {"stdin": SimpleNamespace(write=len, flush=int, close=int), "wait": lambda: -9}
    builder.process = SimpleNamespace(**ended)
    builder.said = SimpleNamespace(seek=int, read=str, close=int)
    with pytest.raises(sphinx.Crash, match="jupyter-book was killed by SIGKILL$"):
        builder.build(tmp_path, tmp_path)


def test_what_was_touched_while_pages_were_built_keeps_them_from_being_published(workshop):
    write(workshop, "good", RECORD)
    wanted = edition.baseline(workshop)
    read = inputs.files(wanted, [SimpleNamespace(chapter="good")])
    assert workshop.chapters / "good.ipynb" in read
    assert workshop.data / "paper" / "claims.csv" in read, "read by no chapter, and shown"
    seen = {file: building.files.state(file) for file in read}
    building._refuse_touched(wanted, seen)
    (workshop.chapters / "good.ipynb").touch()
    with pytest.raises(BuildError, match=r"^chapters/good\.ipynb changed while the pages"):
        building._refuse_touched(wanted, seen)


def test_runs_that_were_exchanged_are_no_runs(tmp_path):
    plans = [plan.Plan(name, {}, {"code": name}, name * 64) for name in "ab"]
    for each in plans:
        store.publish(tmp_path, {"results.json": b"[]"}, each.key,
                      {"status": "ok", "chapter": each.chapter, "parts": each.parts})
    one, other = (store.folder(tmp_path, each.key) for each in plans)
    one.rename(tmp_path / "aside")
    other.rename(one)
    (tmp_path / "aside").rename(other)
    assert [store.published(tmp_path, each.key) for each in plans] == [None, None]
    assert store.why(tmp_path, plans[0]) == ["its run was removed or damaged"]
