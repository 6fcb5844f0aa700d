"""Pages are made of what runs gave, and written again only where something changed.

They are never made from a folder left half-way.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_book import REAL

from helpers.pipeline.edition import BuildError
from helpers.pipeline.site import assemble, exhibits, search, sphinx
from helpers.project import PACKAGE, Project

CONFIG = """title: T
only_build_toc_files: true
sphinx:
  config:
    html_theme: book
    extensions: [myst_nb, jupyter_book, sphinx_external_toc, helpers.pipeline.site.extension]
"""


@pytest.fixture
def staged(tmp_path):
    """A book of three pages, not built yet."""
    folder = tmp_path / "book"
    (folder / "source" / "chapters").mkdir(parents=True)
    (folder / "static" / "downloads").mkdir(parents=True)
    (folder / "static" / "downloads" / "figure.csv").write_text("a\n1\n")
    (folder / "source" / "_config.yml").write_text(CONFIG)
    (folder / "source" / "_toc.yml").write_text(
        "format: jb-book\nroot: intro\nchapters:\n- file: chapters/one\n- file: two\n")
    (folder / "source" / "intro.md").write_text("# Start\n\nFirst words.\n")
    (folder / "source" / "chapters" / "one.md").write_text("# One\n\nSome words.\n")
    (folder / "source" / "two.md").write_text("# Two\n\nOther words.\n")
    return folder


def build(staged, name, notice="", wait=lambda: None):
    target = staged.parent / name
    project = Project.at(REAL.root, build=staged.parent / "_build")
    with sphinx.PageBuilder() as builder, sphinx.workshop(project.build, wait) as folder:
        shutil.copytree(staged, folder / "staged")
        sphinx.build(project, folder, notice, builder).rename(target)
    return target


def kept(staged):
    """The folder that every build passes through."""
    return staged.parent / "_build" / ".pages"


def pages(folder):
    return {page.relative_to(folder): page.read_bytes() for page in folder.rglob("*.html")}


def written(staged):
    """When each page was last written by jupyter-book."""
    folder = kept(staged) / "out" / "_build" / "html"
    return {name: (folder / name).stat().st_mtime_ns for name in ("chapters/one.html", "two.html")}


@pytest.mark.slow
def test_only_a_changed_page_is_written_again_and_the_book_is_as_if_all_were(staged):
    first = build(staged, "first")
    assert (first / "_static" / "downloads" / "figure.csv").read_text() == "a\n1\n"
    before = written(staged)
    (staged / "source" / "two.md").write_text("# Two\n\nQuite different words.\n")
    second = build(staged, "second")
    after = written(staged)
    assert after["two.html"] > before["two.html"]
    assert after["chapters/one.html"] == before["chapters/one.html"]
    assert b"Quite different" in (second / "two.html").read_bytes()
    (kept(staged) / sphinx.STAMP).unlink()
    anew = build(staged, "anew")
    assert pages(anew) == pages(second)
    index = (second / search.FILE).read_text()
    assert "Quite different" in index and "Other" not in index, "words of a page that was replaced"
    assert (anew / search.FILE).read_text() == index
    assert b"Quite different" not in (first / "two.html").read_bytes(), "published pages stay"


@pytest.mark.slow
def test_a_changed_title_reaches_every_page(staged):
    build(staged, "first")
    (staged / "source" / "two.md").write_text("# Renamed\n\nOther words.\n")
    renamed = build(staged, "second")
    assert b"Renamed" in (renamed / "chapters" / "one.html").read_bytes()


@pytest.mark.slow
def test_files_of_another_edition_do_not_stay(staged):
    build(staged, "first")
    (staged / "static" / "downloads" / "figure.csv").rename(
        staged / "static" / "downloads" / "other.csv")
    second = build(staged, "second")
    assert [f.name for f in (second / "_static" / "downloads").iterdir()] == ["other.csv"]


@pytest.mark.slow
def test_the_notice_stands_on_every_page_and_its_link_leads_there(staged):
    target = build(staged, "first", 'Edition. <a href="what-changed.html">What changed</a>')
    assert b'href="what-changed.html"' in (target / "two.html").read_bytes()
    assert b'href="../what-changed.html"' in (target / "chapters" / "one.html").read_bytes()
    plain = build(staged, "second")
    assert not any(b"edition-notice" in page for page in pages(plain).values())


def test_a_theme_without_room_for_the_notice_is_an_error(tmp_path):
    (tmp_path / "index.html").write_text("<p>nothing</p>")
    with pytest.raises(BuildError, match="no room for the notice"):
        sphinx.finish(tmp_path, "Edition.")


@pytest.mark.slow
def test_a_folder_left_half_way_is_not_used(staged):
    build(staged, "first")
    folder = kept(staged)
    (folder / sphinx.STAMP).unlink()  # as an interrupted build leaves it
    (folder / "out" / "_build" / "html" / "two.html").write_text("half a pa")
    (folder / "out" / "_build" / "html" / "stale.html").write_text("stale")
    second = build(staged, "second")
    assert b"Other words" in (second / "two.html").read_bytes()
    assert not (second / "stale.html").exists()


@pytest.mark.slow
def test_a_failed_build_says_why_and_the_next_begins_anew(staged):
    build(staged, "first")
    (staged / "source" / "two.md").write_text("# Two\n\n[x](nowhere.md)\n")
    with pytest.raises(BuildError, match=r"two\.md.*nowhere"):
        build(staged, "second")
    assert not (staged.parent / "second").exists()
    assert not (kept(staged) / sphinx.STAMP).exists()
    (staged / "source" / "two.md").write_text("# Two\n\nMended.\n")
    assert b"Mended" in (build(staged, "third") / "two.html").read_bytes()


@pytest.mark.slow
def test_pages_are_written_by_nobody_once_the_driver_is_killed(staged):
    """Two writers in one folder would spoil its pages."""
    (staged / "source" / "sleeper.py").write_text(
        "import os, pathlib, time\n\n\ndef setup(app):\n"
        f"    pathlib.Path({str(staged.parent / 'pid')!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(600)\n")
    (staged / "source" / "_config.yml").write_text(
        "sphinx: {local_extensions: {sleeper: .}}\n")
    driver = subprocess.Popen([sys.executable, "-c", (
        "import sys\nfrom pathlib import Path\nfrom helpers.pipeline.site import sphinx\n"
        "with sphinx.PageBuilder() as builder:\n"
        "    builder.build(Path(sys.argv[1]), Path(sys.argv[2]))\n"),
        str(staged / "source"), str(staged.parent / "out")],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)})
    until = time.monotonic() + 60
    while not (staged.parent / "pid").exists() or not (staged.parent / "pid").read_text():
        assert driver.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    pid = int((staged.parent / "pid").read_text())
    assert alive(pid)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    for _ in range(6000):
        if not alive(pid):
            return
        time.sleep(0.1)
    pytest.fail("the process is still there")


def alive(pid):
    """Whether a process runs; one that ended but that nobody has waited for does not."""
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.mark.slow
def test_one_build_at_a_time_writes_pages(staged):
    """The second of two builds says that it waits, and both get whole pages."""
    waited = []
    other = subprocess.Popen(
        [sys.executable, "-c", "import pathlib, sys\nfrom helpers.pipeline import store\n"
         "with store.lock(pathlib.Path(sys.argv[1]) / '.lock'):\n"
         "    print('held', flush=True)\n    sys.stdin.read()\n", str(kept(staged))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)})
    assert other.stdout.readline() == "held\n"
    build(staged, "first", wait=lambda: waited.append(other.stdin.close()))
    assert waited == [None]
    assert b"Other words" in (staged.parent / "first" / "two.html").read_bytes()
    other.wait()
    other.stdout.close()


@pytest.mark.slow
def test_a_warning_fails_the_build(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "intro.md").write_text("# T\n\n[x](nowhere.md)\n")
    (source / "_toc.yml").write_text("format: jb-book\nroot: intro\n")
    (source / "_config.yml").write_text("title: T\n")
    with sphinx.PageBuilder() as builder, pytest.raises(BuildError, match="nowhere"):
        builder.build(source, tmp_path / "out")


# ------------------------------------------------------------------ assembling


def kept_in(folder):
    """The real book, with a build folder of its own."""
    return Project.at(REAL.root, build=folder.with_name("build"))


PICTURE = ('<svg xmlns="http://www.w3.org/2000/svg" width="4pt" height="4pt" viewBox="0 0 4 4">'
           '<svg class="book-drawing" y="1" viewBox="0 0 4 3" width="4" height="3" role="img">'
           '<path id="f-1" d="M0 0L1 1" stroke="#0173b2"/></svg></svg>')


def test_a_figure_becomes_files_with_its_words(tmp_path):
    about = {"figure": "f", "alt": "An alternative text", "title": 'say "so" & <more>'}
    output = {"output_type": "display_data", "metadata": {"book": about},
              "data": {"image/svg+xml": PICTURE, "text/csv": "a\n1\n", "text/plain": "f"}}
    notebook = {"cells": [{"cell_type": "code", "metadata": {}, "outputs": [output]}]}
    exhibits.write_files(output, "c", tmp_path, kept_in(tmp_path))
    assemble.prepare(notebook, "c", exhibits.Around(kept_in(tmp_path)))
    page = notebook["cells"][0]["outputs"][0]["data"]["text/html"]
    assert '<p class="figure-title">say &#34;so&#34; &amp; &lt;more&gt;</p>' in page
    assert page.startswith('<figure class="book-figure" id="figure-f" data-figure="c/f">')
    assert (tmp_path / "c-f.csv").read_text() == "a\n1\n"
    picture = (tmp_path / "c-f.svg").read_text()
    assert "@font-face" in picture and PICTURE.partition(">")[2] in picture
    assert (tmp_path / "c-f.png").read_bytes().startswith(b"\x89PNG")
    assert all(f"downloads/c-f.{end}" in page for end in ("csv", "svg", "png"))
    assert 'stroke="var(--figure-accent,#0173b2)"' in page and 'id="drawing-f-1"' in page


def test_a_table_stands_on_its_page_as_it_was_made_above_its_download(tmp_path):
    made = '<div class="book-table"><table></table><p class="table-note">Why.</p></div>'
    output = {"output_type": "display_data",
              "metadata": {"book": {"table": "t", "caption": "T"}},
              "data": {"text/html": made, "text/csv": "a,b\n1,2\n"}}
    notebook = {"cells": [{"cell_type": "code", "metadata": {}, "outputs": [output]}]}
    exhibits.write_files(output, "c", tmp_path, kept_in(tmp_path))
    assemble.prepare(notebook, "c", exhibits.Around(kept_in(tmp_path)))
    page = notebook["cells"][0]["outputs"][0]["data"]["text/html"]
    assert page.startswith('<figure class="book-exhibit-table" id="table-t" data-table="c/t">')
    assert f'{made}\n<div class="exhibit-line">' in page and "downloads/c-t.csv" in page
    assert [file.name for file in tmp_path.iterdir()] == ["c-t.csv"]
    assert (tmp_path / "c-t.csv").read_text() == "a,b\n1,2\n"


def code(source, *outputs, **metadata):
    return {"cell_type": "code", "id": source, "metadata": metadata, "source": source,
            "outputs": list(outputs)}


def test_new_prose_meets_the_outputs_of_an_older_run():
    chapter = {"cells": [{"cell_type": "markdown", "source": "new"}, code("x")]}
    executed = {"metadata": {"papermill": {}}, "cells": [
        {"cell_type": "markdown", "source": "old"},
        code("x = 1", "injected", tags=["injected-parameters"]), code("x", "shown")]}
    merged = assemble.with_outputs(chapter, executed)
    assert [cell.get("outputs", cell["source"]) for cell in merged["cells"]] == ["new", ["shown"]]
    assert merged["metadata"] == {"language_info": assemble.PYTHON}


@pytest.mark.parametrize("ran", [["x", "y", "z"], ["y", "x"], ["x"]])
def test_outputs_of_other_cells_or_of_these_in_another_order_are_refused(ran):
    chapter = {"cells": [code("x"), code("y")]}
    executed = {"metadata": {}, "cells": [code(source, "shown") for source in ran]}
    with pytest.raises(BuildError, match=r"2-1-reads: its run has other code cells.*book build"):
        assemble.with_outputs(chapter, executed, "2-1-reads")
