"""The built book: no warning, nothing fetched, every picture has its words.

One edition with a changed parameter and the baseline are built once for all tests here.
"""

import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlparse

import axe
import pytest
import small_book
from helpers.pipeline.page_building import BuildError, PageBuilder

from helpers import parameters, paths, results
from helpers.pipeline import edition, store

BOOK = str(Path(sys.executable).with_name("book"))


def build(folder, *arguments):
    return subprocess.run(
        [BOOK, "build", *arguments], capture_output=True, text=True, cwd=folder,
        env={**os.environ, "BOOK_BUILD": str(folder / "_build")},
    )


@pytest.fixture(scope="session")
def workshop(tmp_path_factory):
    return tmp_path_factory.mktemp("book")


@pytest.fixture(scope="session")
def baseline(workshop):
    """Pages of the baseline, and what the command printed."""
    done = build(workshop, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return workshop / "_build" / "html", json.loads(done.stdout)


@pytest.fixture(scope="session")
def to_2030(workshop, baseline):
    """Pages of an edition with another horizon."""
    done = build(workshop, "--set", "horizon_year=2030")
    assert done.returncode == 0, done.stdout + done.stderr
    address = done.stdout.strip().splitlines()[-1]
    return Path(unquote(urlparse(address).path)).parent


class Links(html.parser.HTMLParser):
    """Addresses a page loads or links to, its pictures and its anchors."""

    def __init__(self, text):
        super().__init__()
        self.loaded, self.linked, self.pictures, self.anchors = [], [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.anchors.add(given.get("id"))
        if tag in ("script", "img", "iframe", "source") and given.get("src"):
            self.loaded.append(given["src"])
        if tag == "link" and given.get("href") and given.get("rel") != "canonical":
            self.loaded.append(given["href"])
        if tag == "a" and given.get("href"):
            self.linked.append(given["href"])
        if tag == "img":
            self.pictures.append(given)


def pages(folder):
    """The pages of a book; templates of the theme, which it ships under _static, are none."""
    return {page: Links(page.read_text(encoding="utf-8")) for page in folder.rglob("*.html")
            if "_static" not in page.relative_to(folder).parts}


def test_the_command_says_what_it_did(baseline):
    folder, said = baseline
    assert said["status"] == "ok" and Path(said["path"]).name == "index.html"
    assert [run["chapter"] for run in said["runs"]] == edition.chapters()
    assert all(run["status"] == "ok" and run["seconds"] > 0 for run in said["runs"])


def test_every_chapter_has_its_page_and_the_pages_are_not_empty(baseline):
    folder, _ = baseline
    for name in edition.chapters():
        page = folder / "chapters" / f"{name}.html"
        assert page.stat().st_size > 20_000, name
        assert '<span class="pasted-text"></span>' not in page.read_text(), name


def broken_links(folder):
    """Links inside the book whose file or anchor is not there."""
    broken, read = [], pages(folder)
    for page, links in read.items():
        for target in links.linked + links.loaded:
            address = urlparse(target)
            if address.scheme or address.netloc or target.startswith("#") and target == "#":
                continue
            file = (page.parent / unquote(address.path)).resolve() if address.path else page
            if not file.is_file() or address.fragment and file in read and (
                    unquote(address.fragment) not in read[file].anchors):
                broken.append(f"{page.name}: {target}")
    return broken


def fetched(folder):
    """Addresses outside the book that opening a page would ask for."""
    found = [f"{page.name}: {target}" for page, links in pages(folder).items()
             for target in links.loaded if re.match(r"(https?:)?//", target)]
    for style in folder.rglob("*.css"):
        found += [f"{style.name}: {target}" for target in
                  re.findall(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""",
                             style.read_text(encoding="utf-8", errors="ignore"))]
    return found


def test_every_link_inside_the_book_resolves(baseline):
    assert broken_links(baseline[0]) == []


def test_nothing_is_fetched_from_elsewhere(baseline):
    assert fetched(baseline[0]) == []


def test_a_page_does_not_say_on_which_day_it_was_built(baseline):
    """Two builds on two days are the same; of an edition only some pages are written anew."""
    for page in baseline[0].rglob("*.html"):
        assert "last-updated" not in page.read_text(encoding="utf-8"), page.name


def test_broken_links_and_fetched_files_are_found(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html">x</a><a href="#nowhere">x</a><script src="https://cdn.example/x.js">'
        "</script>")
    assert broken_links(tmp_path) == ["a.html: b.html", "a.html: #nowhere"]
    assert fetched(tmp_path) == ["a.html: https://cdn.example/x.js"]


def test_every_figure_has_words_of_its_own(baseline):
    folder, _ = baseline
    for page, links in pages(folder).items():
        texts = [picture.get("alt", "") for picture in links.pictures]
        assert all(len(text.split()) >= 6 for text in texts), page.name
        assert len(set(texts)) == len(texts), page.name


def test_a_parameter_changes_prose_tables_and_figures(baseline, to_2030):
    folder, _ = baseline
    name = "2-3-market-expansion"
    old = (folder / "chapters" / f"{name}.html").read_text()
    new = (to_2030 / "chapters" / f"{name}.html").read_text()
    assert "horizon_year" in re.search(r"bd-header-announcement.*?</div>", new, re.S)[0]
    assert re.search(r'alt="[^"]*(?:in|to) 2030', new)
    assert not re.search(r'alt="[^"]*(?:in|to) 2030', old)
    assert "figure for 2030" in new and "figure for 2030" not in old
    for kind in ("path-a.csv", "layers.csv", "paths.svg"):
        file = Path("_static", "downloads", f"{name}-{kind}")
        assert (folder / file).read_bytes() != (to_2030 / file).read_bytes()
    assert (folder / "index.html").is_file(), "the baseline stays where it is"


def test_a_build_of_the_baseline_gives_the_committed_results(workshop, baseline):
    _, said = baseline
    for run in said["runs"]:
        notebook = Path(run["path"])
        notebook = (notebook if notebook.is_absolute() else paths.ROOT / notebook)
        built = results.entries(notebook / "notebook.ipynb")
        assert built == results.entries(paths.CHAPTERS / f"{run['chapter']}.ipynb")


def test_an_unchanged_build_runs_nothing_and_renders_nothing(workshop, baseline):
    folder, _ = baseline
    before = (folder / "index.html").stat().st_mtime_ns
    done = build(workshop, "--json")
    assert all(run["cached"] for run in json.loads(done.stdout)["runs"])
    assert (folder / "index.html").stat().st_mtime_ns == before


def test_a_parameter_runs_only_the_chapters_that_read_it(workshop, baseline):
    done = build(workshop, "--set", "medium_score=1.5", "--json")
    again = {run["chapter"] for run in json.loads(done.stdout)["runs"] if not run["cached"]}
    readers = {name for name in edition.chapters()
               if "medium_score" in store.declared_parameters(store.read_chapter(name))}
    assert again == readers and readers


def test_an_edition_is_the_same_whether_all_its_pages_are_written_or_only_some(
        workshop, to_2030, monkeypatch):
    """Here also one process against several."""
    before = everything(to_2030)
    shutil.rmtree(workshop / "_build" / ".pages")
    shutil.rmtree(to_2030)
    monkeypatch.setenv("BOOK_PAGE_PROCESSES", "1")
    done = build(workshop, "--set", "horizon_year=2030", "--quiet")
    assert done.returncode == 0, done.stderr
    after = everything(to_2030)
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []


def everything(folder):
    """Contents of all files of a book; those of the search index as what they mean."""
    found = {str(file.relative_to(folder)): file.read_bytes()
             for file in folder.rglob("*") if file.is_file()}
    index = json.loads(found["searchindex.js"].decode().removeprefix("Search.setIndex(")[:-1])
    for kind in ("terms", "titleterms"):  # a word that no page has any more is no entry
        index[kind] = {word: where for word, where in index[kind].items() if where != []}
    return {**found, "searchindex.js": index}


def test_a_failing_chapter_fails_the_build_and_keeps_the_old_pages(workshop, baseline, tmp_path):
    project = small_book.make(
        tmp_path / "project", ["5-3-market-in-china", "3-3-small-enterprises"])
    old = project / "_build" / "html"
    old.mkdir(parents=True)
    (old / "index.html").write_text("old")
    broken = project / "chapters" / "5-3-market-in-china.ipynb"
    notebook = json.loads(broken.read_text())
    notebook["cells"].append({
        "cell_type": "code", "id": "broken", "metadata": {}, "outputs": [],
        "execution_count": None, "source": "raise RuntimeError('planted')"})
    broken.write_text(json.dumps(notebook))
    done = small_book.run(project, "build")
    assert done.returncode == 1
    assert "5-3-market-in-china: failed: cell" in done.stderr
    assert "RuntimeError: planted" in done.stderr
    assert (old / "index.html").read_text() == "old"


def test_a_warning_fails_the_build(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "intro.md").write_text("# T\n\n[x](nowhere.md)\n")
    (source / "_toc.yml").write_text("format: jb-book\nroot: intro\n")
    (source / "_config.yml").write_text("title: T\n")
    with PageBuilder() as builder, pytest.raises(BuildError, match="nowhere"):
        builder.build(source, tmp_path / "out")


# ------------------------------------------------------------------ in a browser


@pytest.mark.parametrize("width, scheme", [(1280, "light"), (390, "dark")])
def test_a_chapter_opens_with_the_network_cut_off(baseline, browser, width, scheme):
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: errors.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((baseline[0] / "chapters" / "2-3-market-expansion.html").as_uri())
    page.wait_for_load_state("networkidle")
    figure = page.locator("img[alt^='Two panels']").first
    figure.scroll_into_view_if_needed()
    drawn = figure.evaluate("image => image.complete && image.naturalWidth")
    assert drawn > 300 and figure.bounding_box()["width"] > 450, "the figure cannot be read"
    assert all(address.startswith(("file:", "data:")) for address in asked)
    assert errors == []
    assert axe.faults(page) == []
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, "the page scrolls sideways"
    page.close()


def test_the_parameter_registry_matches_the_announced_default():
    made = edition.resolve("baseline", ("horizon_year=2030",))
    assert str(parameters.defaults()["horizon_year"]) in edition.announcement(made)


def test_the_notice_of_an_edition_can_be_read_and_leads_to_what_changed(to_2030, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900}, offline=True)
    page.goto((to_2030 / "chapters" / "2-3-market-expansion.html").as_uri())
    assert axe.faults(page) == []
    page.locator(".bd-header-announcement a").click()
    page.wait_for_load_state()
    assert page.url.endswith("/what-changed.html")
    assert "horizon_year" in page.locator("main").inner_text()
    assert axe.faults(page) == []
    page.close()
