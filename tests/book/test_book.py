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
import seen
import small_book
from small_book import REAL

from helpers import results, words
from helpers.pipeline import building, chapters, compare, edition, store
from helpers.pipeline import pages as by_hand
from helpers.pipeline.check import references
from helpers.project import PACKAGE, Project

pytestmark = pytest.mark.slow
NAMES = chapters.names(REAL)
SMALL = ["5-3-market-in-china", "3-3-small-enterprises"]


def build(folder, *arguments):
    return command(folder, "build", *arguments)


def command(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "helpers.pipeline.cli", *arguments],
        capture_output=True, text=True, cwd=folder,
        env={**os.environ, **Project.at(REAL.root, build=folder / "_build").variables(),
             "PYTHONPATH": str(PACKAGE.parent)})


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """Folder with the build folder of the whole book, where chapters have run."""
    return small_book.shared(tmp_path_factory).build.parent


@pytest.fixture(scope="session")
def to_2030(place, baseline):
    """Pages of an edition with another horizon."""
    done = build(place, "--set", "horizon_year=2030")
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
    assert [run["chapter"] for run in said["runs"]] == NAMES
    assert all(run["status"] == "ok" for run in said["runs"])
    assert all(run["cached"] or run["seconds"] > 0 for run in said["runs"])


def test_every_chapter_has_its_page_and_the_pages_are_not_empty(baseline):
    folder, _ = baseline
    for name in NAMES:
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
    assert "horizon_year" in re.search(r"edition-notice.*?</aside>", new, re.S)[0]
    assert re.search(r'aria-label="[^"]*(?:in|to) 2030', new)
    assert not re.search(r'aria-label="[^"]*(?:in|to) 2030', old)
    assert "figure for 2030" in new and "figure for 2030" not in old
    for kind in ("path-a.csv", "layers.csv", "paths.svg"):
        file = Path("_static", "downloads", f"{name}-{kind}")
        assert (folder / file).read_bytes() != (to_2030 / file).read_bytes()
    assert (folder / "index.html").is_file(), "the baseline stays where it is"


def test_a_build_of_the_baseline_gives_the_committed_results(place, baseline):
    _, said = baseline
    for run in said["runs"]:
        notebook = Path(run["path"])
        notebook = (notebook if notebook.is_absolute() else REAL.root / notebook)
        built = results.entries(notebook / "notebook.ipynb")
        assert built == results.entries(REAL.chapters / f"{run['chapter']}.ipynb")


def test_an_unchanged_build_runs_nothing_and_renders_nothing(place, baseline):
    folder, _ = baseline
    before = (folder / "index.html").stat().st_mtime_ns
    done = build(place, "--json")
    assert all(run["cached"] for run in json.loads(done.stdout)["runs"])
    assert (folder / "index.html").stat().st_mtime_ns == before


def test_a_parameter_runs_only_the_chapters_that_read_it(place, baseline):
    done = build(place, "--set", "medium_score=1.55", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    again = {run["chapter"] for run in json.loads(done.stdout)["runs"] if not run["cached"]}
    readers = {name for name in NAMES if "medium_score" in chapters.read(REAL, name).parameters}
    assert again == readers and readers


def test_an_edition_is_the_same_whether_all_its_pages_are_written_or_only_some(place, to_2030):
    """Here also one process against several."""
    before = everything(to_2030)
    shutil.rmtree(place / "_build" / ".pages")
    shutil.rmtree(to_2030)
    project = Project.at(REAL.root, build=place / "_build")
    building.build(edition.resolve(project, "baseline", ("horizon_year=2030",)), page_processes=1)
    after = everything(to_2030)
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []


def everything(folder):
    """Contents of all files of a book."""
    return {str(file.relative_to(folder)): file.read_bytes()
            for file in folder.rglob("*") if file.is_file()}


def test_a_failing_chapter_fails_the_build_and_keeps_the_old_pages(tmp_path):
    project = small_book.make(tmp_path / "project", SMALL)
    old = project.build / "html"
    old.mkdir(parents=True)
    (old / "index.html").write_text("old")
    broken = project.chapters / f"{SMALL[0]}.ipynb"
    notebook = json.loads(broken.read_text())
    notebook["cells"].append({
        "cell_type": "code", "id": "broken", "metadata": {}, "outputs": [],
        "execution_count": None, "source": "raise RuntimeError('planted')"})
    broken.write_text(json.dumps(notebook))
    done = small_book.run(project, "build")
    assert done.returncode == 1
    assert f"{SMALL[0]}: failed: cell" in done.stderr
    assert "RuntimeError: planted" in done.stderr
    assert (old / "index.html").read_text() == "old"


# ------------------------------------------------------------------ what a reader meets


def exhibits(run, for_pages=False):
    """Figures and tables of a run that its page shows, or that others do: (name, about, output)."""
    notebook = json.loads((REAL.root / run["path"] / "notebook.ipynb").read_text("utf-8"))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            about = output.get("metadata", {}).get("book")
            if about and bool(about.get("for_page")) is for_pages:
                yield about.get("figure") or about["table"], about, output["data"]


def test_every_figure_and_table_stands_on_its_page_above_its_own_downloads(baseline):
    folder, said = baseline
    for run in said["runs"]:
        chapter, made = run["chapter"], list(exhibits(run))
        page = seen.read(folder / "chapters" / f"{chapter}.html")
        shown = seen.downloads(page)
        wanted = [("figure", about["title"], [f"{chapter}-{name}.csv",
                                              f"{chapter}-{name}.svg",
                                              f"{chapter}-{name}.png"])
                  if "figure" in about else
                  ("table", about["caption"], [f"{chapter}-{name}.csv"])
                  for name, about, _ in made]
        assert shown == wanted, chapter
        for name, _, data in made:
            downloads = folder / "_static" / "downloads"
            if "text/csv" in data:
                file = downloads / f"{chapter}-{name}.csv"
                assert file.read_text("utf-8-sig") == "".join(data["text/csv"]), file.name
            if "image/svg+xml" in data:
                picture = "".join(data["image/svg+xml"]).partition(">")[2]
                assert (downloads / f"{chapter}-{name}.svg").read_text().endswith(picture), name
                assert (downloads / f"{chapter}-{name}.png").stat().st_size > 1000, name


def test_every_table_of_a_page_has_all_its_rows_and_columns(baseline):
    folder, said = baseline
    for run in said["runs"]:
        page = seen.read(folder / "chapters" / f"{run['chapter']}.html")
        shown = [seen.rows(table) for table in page.select(
            "div.book-table:has(+ .exhibit-line) table")]
        made = [seen.rows(seen.parsed("".join(data["text/html"])))
                for _, about, data in exhibits(run)
                if "table" in about and not about.get("offered")]
        assert shown == made, run["chapter"]


def test_what_is_made_for_a_page_stands_there_with_its_downloads(baseline):
    folder, said = baseline
    made = [(run["chapter"], name, about) for run in said["runs"]
            for name, about, _ in exhibits(run, for_pages=True)]
    assert made
    for chapter, name, about in made:
        page = seen.read(folder / f"{about['for_page']}.html")
        files = [file for _, _, offered in seen.downloads(page) for file in offered]
        assert f"{chapter}-{name}.csv" in files, (about["for_page"], name)
        assert (folder / "_static" / "downloads" / f"{chapter}-{name}.csv").is_file()
        assert page.select(f'a[href$="chapters/{chapter}.html"]')


# What a reader can take in: a page that grows past it gives something up, or becomes a download.
MOST = {"words": 24_000, "tables": 60, "figures": 40}


def length(page):
    """Words, tables and figures of an article, code apart."""
    article = seen.parsed(str(page.select_one("article")))
    # What one opens: code, the line under a figure with its data, the parameters of the page.
    for code in article.select(".cell_input, details.hide, .exhibit-line, .edition-box, script, "
                               "style"):
        code.decompose()
    found = {"figures": len(article.select(".book-figure")),
             "tables": len(article.select(".book-table"))}
    return {**found, "words": len(article.get_text(" ").split())}


def test_the_chapters_are_no_longer_than_a_reader_can_take(baseline):
    folder, said = baseline
    lengths = [length(seen.read(folder / "chapters" / f"{run['chapter']}.html"))
               for run in said["runs"]]
    total = {what: sum(each[what] for each in lengths) for what in MOST}
    assert {what: count for what, count in total.items() if count > MOST[what]} == {}


def test_the_glossary_holds_terms_that_pages_link_to_and_no_others(baseline):
    folder, _ = baseline
    listed = {term["id"] for term in seen.read(folder / "glossary.html").select("dt[id^=term-]")}
    linked = {link["href"].partition("#")[2]
              for file in (*folder.glob("chapters/*.html"), *folder.glob("questions/*.html"))
              for link in seen.read(file).select("a.book-term")}
    assert listed == linked


def test_length_counts_what_is_read_and_no_code():
    page = seen.parsed(
        '<article><p>two words</p><div class="cell_input">x = 1</div>'
        '<div class="book-table"><table><tr><td>three</td></tr></table></div>'
        '<div class="book-figure"></div></article>')
    assert length(page) == {"figures": 1, "tables": 1, "words": 3}


@pytest.mark.slow
@pytest.mark.parametrize("name", [file.stem for file in sorted(
    (REAL.root / "questions").glob("*.md"))])
def test_a_question_page_fits_two_screens_and_what_would_change_it_follows(
        browser, baseline, name):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((baseline[0] / "questions" / f"{name}.html").as_uri())
    answer, change = (page.locator(selector).first.bounding_box() for selector in (
        ".answer", "#what-would-change-this-answer"))
    assert answer["y"] + answer["height"] < 900
    assert change["y"] < 2 * 900
    whole = page.locator("article").bounding_box()
    assert whole["y"] + whole["height"] <= 2 * 900
    assert page.locator("#the-chapters-behind a").count() > 1
    page.close()


def test_downloads_under_another_table_are_found():
    """The reader of pages that these tests use tells what stands above a line of downloads."""
    line = '<div class="exhibit-line"><a href="x/c-{}.csv" download>CSV</a></div>'
    table = '<div class="book-table"><table><caption>{}</caption></table></div>'
    page = seen.parsed(table.format("A") + line.format("b") + table.format("B") + "<p>x</p>"
                       + line.format("a"))
    assert seen.downloads(page) == [("table", "A", ["c-b.csv"]), ("nothing", "", ["c-a.csv"])]


def test_pages_that_a_link_may_lead_to_are_those_that_the_build_makes(baseline):
    written = {by_hand.name_of(REAL, file) for file in by_hand.written(REAL)}
    there = {file.stem for file in baseline[0].glob("*.html")} - written
    assert there - {"index", "search"} == {Path(page).stem for page in references.MADE}


def test_each_page_of_an_edition_has_its_notice_and_none_of_the_baseline(baseline, to_2030):
    for folder, count in ((to_2030, 1), (baseline[0], 0)):
        notices = {}
        for page in pages(folder):
            text = page.read_text(encoding="utf-8")
            if 'http-equiv="Refresh"' not in text:  # the way to the first page
                notices[page.relative_to(folder)] = re.findall(
                    r'class="edition-notice".*?>(.*?)</aside>', text, re.S)
        assert len(notices) > len(NAMES) + 5
        assert {page: found for page, found in notices.items()
                if len(found) != count or not all("horizon_year" in each for each in found)} == {}
        told = {tuple(" ".join(re.sub("<[^>]+>", " ", notice).split()) for notice in found)
            for found in notices.values()}
    assert len(told) == 1


def ledgers(folder):
    """Records of the runs that pages were made from, by (number of the chapter, name)."""
    manifest = edition.read_manifest(folder)
    build_folder = folder.parent if folder.parent.name == "_build" else folder.parents[2]
    return {(words.chapter_number(chapter), entry["name"]): entry
            for chapter, key in manifest["runs"].items()
            for entry in results.entries(store.folder(build_folder, key) / "notebook.ipynb")}


def test_what_changed_shows_the_baseline_first_and_every_result_that_moved(baseline, to_2030):
    old, new = ledgers(baseline[0]), ledgers(to_2030)
    moved = {(chapter, old[chapter, name]["label"], old[chapter, name]["text"], entry["text"])
             for (chapter, name), entry in new.items() if entry["type"] == "result"
             and (chapter, name) in old and not compare.agree(old[chapter, name], entry)}
    spoken = {(chapter, old[chapter, name]["text"], entry["text"])
              for (chapter, name), entry in new.items() if entry["type"] != "result"
              and (chapter, name) in old and old[chapter, name]["text"] != entry["text"]}
    tables = {table[0][1]: table for table in map(seen.rows, seen.read(
        to_2030 / "what-changed.html").select("table")) if len(table[0]) > 2}
    assert tables["Result"][0] == ["Chapter", "Result", "Baseline", "This edition", "Change"]
    assert tables["Baseline"][0] == ["Chapter", "Baseline", "This edition"]
    assert moved and {tuple(row[:4]) for row in tables["Result"][1:]} == set(map(plain, moved))
    assert spoken and {tuple(row) for row in tables["Baseline"][1:]} == set(map(plain, spoken))
    for _chapter, label, before, after, change in tables["Result"][1:]:
        first, second = (re.search(r"\d[\d,.]*", text) for text in (before, after))
        if change.startswith(("+", "\u2212")) and first and second and before[:3] == after[:3]:
            numbers = [float(found[0].replace(",", "").rstrip(".")) for found in (first, second)]
            assert (numbers[1] >= numbers[0]) == change.startswith("+"), label


def plain(row):
    return tuple(" ".join(text.split()) for text in row)


def test_the_command_compares_the_first_edition_with_the_second(place, baseline, to_2030):
    name = edition.read_manifest(to_2030)["name"]
    old, new = ledgers(baseline[0]), ledgers(to_2030)
    said = {}
    for first, second in (("baseline", name), (name, "baseline")):
        done = command(place, "compare", first, second, "--json")
        assert done.returncode == 0, done.stderr
        said[first] = json.loads(done.stdout)["results"]
    assert said["baseline"]
    for row in said["baseline"]:
        key = words.chapter_number(row["chapter"]), row["name"]
        assert (row["old_text"], row["new_text"]) == (old[key]["text"], new[key]["text"])
    assert [(row["old_text"], row["new_text"]) for row in said[name]] == [
        (row["new_text"], row["old_text"]) for row in said["baseline"]]


# ------------------------------------------------------------------ a reader's own data


def test_own_data_are_built_beside_the_baseline_and_held_against_it(tmp_path):
    project = small_book.make(tmp_path / "project")
    small_book.write(project, "2-1-reads", small_book.RECORD, small_book.READS
                     + "\nfrom helpers import results\n_ = results.record('low', int((ratings["
                     "'level'] == 'Low').sum()), unit='count', label='Cells rated Low')")
    small_book.write(project, "2-2-other", small_book.RECORD + "  # another")
    assert small_book.book(project, "build", "--quiet").exit_code == 0
    baseline = everything(project.build / "html")
    own = small_book.own_table(tmp_path / "my numbers",
                               change=lambda text: text.replace("Low", "Medium"))
    done = small_book.book(project, "build", "--data", str(own), "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert everything(project.build / "html") == baseline, "the baseline stays as it was"
    made = edition.resolve(project.with_own_data(own))
    assert project.root / said["path"] == made.folder / "index.html"
    assert made.folder.is_relative_to(project.build / "editions")
    assert {run["chapter"]: run["cached"] for run in said["runs"]} == {
        "2-1-reads": False, "2-2-other": True}
    changed = (made.folder / "what-changed.html").read_text()
    for said_there in ("Cells rated Low", "Table ratings", "your own", "--data"):
        assert said_there in html.unescape(re.sub("<[^>]+>", "", changed)), said_there
    assert "You read the baseline" not in changed
    [low] = [row for table in seen.parsed(changed).select("table") for row in seen.rows(table)
             if "Cells rated Low" in row]
    assert low[2] != "0" == low[3], "old and new are exchanged"
    notice = re.search(r"edition-notice.*?</aside>", changed, re.S)[0]
    assert "Not the shipped data" in notice and "ratings" in notice
    manifest = json.loads((made.folder / edition.MANIFEST).read_text())
    first = json.loads((project.build / "html" / edition.MANIFEST).read_text())
    assert manifest["own_tables"] == ["ratings"] and manifest["command"] == made.command()
    assert manifest["runs"]["2-1-reads"] != first["runs"]["2-1-reads"]
    assert manifest["runs"]["2-2-other"] == first["runs"]["2-2-other"]
    with_value = small_book.book(project, "build", "--data", str(own), "--set",
                                 "horizon_year=2030", "--quiet")
    assert with_value.exit_code == 0, with_value.output
    assert len(edition.built(project)) == 3


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
    figure = page.locator("svg[aria-label^='Two panels']").first
    figure.scroll_into_view_if_needed()
    assert figure.bounding_box()["width"] > 340, "the figure cannot be read"
    assert all(address.startswith(("file:", "data:")) for address in asked)
    assert errors == []
    assert axe.faults(page) == []
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, "the page scrolls sideways"
    page.close()


def test_the_notice_of_an_edition_can_be_read_and_leads_to_what_changed(to_2030, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900}, offline=True)
    page.goto((to_2030 / "chapters" / "2-3-market-expansion.html").as_uri())
    assert axe.faults(page) == []
    page.locator(".edition-notice a").click()
    page.wait_for_load_state()
    assert page.url.endswith("/what-changed.html")
    assert "horizon_year" in page.locator("main").inner_text()
    assert axe.faults(page) == []
    page.close()


def test_nothing_of_a_page_is_hidden_from_its_reader(baseline, browser):
    """Rules of a style sheet can hide a column or a refusal on every page, in either colours.

    Scripts are off: what they open and close is tested where it belongs, and pages open sooner.
    """
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, offline=True, java_script_enabled=False,
        bypass_csp=True)  # the pages' policy refuses the rules that are planted below
    page, unseen = context.new_page(), {}
    for file in pages(baseline[0]):
        # The page of the search shows what its script finds.
        if file.name != "search.html" and 'http-equiv="Refresh"' not in file.read_text("utf-8"):
            page.goto(file.as_uri())
            unseen[file.name] = seen.hidden(page)
    assert len(unseen) > len(NAMES) + 5
    assert {name: found for name, found in unseen.items() if found} == {}
    page.goto((baseline[0] / "chapters" / "5-3-market-in-china.html").as_uri())
    for rule, reason in HIDING.items():
        page.evaluate(PLANT, rule)
        assert any(reason in line for line in seen.hidden(page)), rule
    page.evaluate(PLANT, "")
    assert seen.hidden(page) == []
    context.close()


PLANT = """rule => {
  document.querySelector("style.planted")?.remove();
  const style = Object.assign(document.createElement("style"), {textContent: rule});
  style.className = "planted";
  document.head.append(style);
}"""
HIDING = {
    "td:last-child { display: none !important; }": "is not displayed",
    ".refusal { visibility: hidden; }": "is not visible",
    ".answer { opacity: 0.05; }": "is transparent",
    ".article .table-note { color: #fff; }": "has the colour of the paper",
    ".exhibit-line { font-size: 2px; }": "is tiny",
    ".refusal { height: 0; overflow: hidden; margin: 0; padding: 0; }": "has no room",
    ".question { position: absolute; left: -9999px; }": "is off the page",
    ".book-drawing { width: 0 !important; }": "has no size",
    "caption { clip-path: inset(50%); }": "is clipped",
}
