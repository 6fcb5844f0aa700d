"""Numbers that can be asked: names in the HTML, the card, the page of all results, the bundles."""

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from urllib.parse import unquote

import axe
import pandas as pd
import pytest
import small_book
import yaml

from helpers import results

CHAPTER, AUDIT = "2-3-market-expansion", "a1-claims-audit"
PLANTED = "<img src=x onerror=alert(1)> & <b id=planted>bold</b>"
INTRO = f"""# A small book

{{glue:text}}`chapters/{CHAPTER}.ipynb::answer_scope:s` It prints
{{glue:text}}`chapters/{CHAPTER}.ipynb::printed_a_2019:s`, and again
{{glue:text}}`chapters/{CHAPTER}.ipynb::printed_a_2019:s`.

[A link with {{glue:text}}`chapters/{CHAPTER}.ipynb::printed_b_2019:s` in it](parameters.md)

## A heading with {{glue:text}}`chapters/{CHAPTER}.ipynb::printed_b_2025:s`

Planted {{glue:text}}`chapters/planted.ipynb::x:s`.

{{glue:text}}`chapters/{CHAPTER}.ipynb::stated_sentence:s`

{{glue:text}}`chapters/{CHAPTER}.ipynb::market_a_horizon:s`
"""
CARD = "#book-card:popover-open"
NUMBER = "a.book-value[data-quote$='printed_a_2019']"
HORIZON = "a.book-value[data-result$='market_a_horizon']"
OTHER = "horizon_year=2030"
PRINTED = small_book.printed_number("2.3-market-a-2019")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A book of two chapters and a small one with a label that looks like HTML."""
    project = small_book.make(tmp_path_factory.mktemp("values") / "book", [CHAPTER, AUDIT])
    small_book.write(project, "planted", "from helpers import parameters, results\n"
                     "parameters.check(globals())\n"
                     f"results.record('x', horizon_year, unit='year', label={PLANTED!r})")
    root = project.root
    (root / "intro.md").write_text(INTRO)
    (root / "pyproject.toml").write_text(
        f'[tool.book]\nclaims = "claims"\nverdicts = "{AUDIT}/claims"\n')
    (root / "CITATION.cff").write_bytes((small_book.REAL.root / "CITATION.cff").read_bytes())
    listed = "".join(f"      - file: {page}\n" for page in (
        *(f"chapters/{name}" for name in (CHAPTER, AUDIT, "planted")),
        "what-changed", "all-results", "sources", "parameters"))
    (root / "_toc.yml").write_text(f"format: jb-book\nroot: intro\nparts:\n  - chapters:\n{listed}")
    for extra in ([], ["--set", OTHER]):
        done = small_book.run(project, "build", *extra)
        assert done.returncode == 0, done.stdout + done.stderr
    return project


def recorded(project):
    """What the chapter records with its defaults, by name."""
    notebook = json.loads((project.chapters / f"{CHAPTER}.ipynb").read_text(encoding="utf-8"))
    return {entry["name"]: entry for entry in results.entries(notebook)}


@pytest.fixture(scope="module")
def book(project):
    return project.build / "html"


@pytest.fixture(scope="module")
def edition(project):
    return next((project.build / "editions").glob("*/html"))


@pytest.fixture
def opened(book, browser):
    """A function that opens a page; `page.asked` has the scripts that it loaded meanwhile."""
    contexts = []

    def open_page(file="intro.html", width=1280, scheme="light", setup="", base=book, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True,
            has_touch=width < 500, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("console", lambda line: page.said.append(line.text)
                if line.type in ("error", "warning") else None)
        page.on("request", lambda request: page.asked.append(request.url))
        if setup:
            page.add_init_script(setup)
        page.goto((base / file.partition("#")[0]).as_uri() + "".join(file.partition("#")[1:]))
        page.wait_for_load_state("load")
        return page

    yield open_page
    for context in contexts:
        assert not [line for page in context.pages for line in page.said]
        context.close()


class Tags(HTMLParser):
    """Links in links, names, and addresses of a page."""

    def __init__(self, text):
        super().__init__()
        self.depth, self.nested, self.ids, self.links, self.records = 0, [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "a":
            self.nested += [told] if self.depth else []
            self.depth += 1
            self.links.append(told)
        self.ids += [told["id"]] if "id" in told else []
        record = next((told[name] for name in ("data-result", "data-quote", "data-sentence")
                       if name in told), None)
        if record and "book-" in told.get("class", ""):
            self.records.append((record, told, tag))

    def handle_endtag(self, tag):
        self.depth -= tag == "a"


def tags(file):
    return Tags(file.read_text(encoding="utf-8"))


def dangling(folder):
    """Addresses on the pages of a folder, in the book itself, that lead nowhere."""
    known = {page.relative_to(folder).as_posix(): set(tags(page).ids)
             for page in folder.rglob("*.html")}
    found = []
    for page in folder.rglob("*.html"):
        for link in tags(page).links:
            if "book-" not in link.get("class", "") and page.name != "all-results.html":
                continue
            file, _, anchor = link["href"].partition("#")
            there = (page.parent / unquote(file)).resolve() if file else page.resolve()
            if re.match("https?:", file) or there.suffix != ".html":
                continue
            place = there.relative_to(folder.resolve()).as_posix()
            if place not in known or anchor and unquote(anchor) not in known[place]:
                found.append(f"{page.name}: {link['href']}")
    return found


class TestNames:
    def test_a_quotation_a_sentence_and_a_result(self, book):
        page = tags(book / "chapters" / f"{CHAPTER}.html")
        found = {record: (told, tag) for record, told, tag in reversed(page.records)}
        told, tag = found[f"{CHAPTER}/printed_a_2019"]
        assert tag == "a" and told["class"] == "book-value"
        assert told["id"] == "quote-printed_a_2019"
        assert told["href"] == f"../all-results.html#{CHAPTER}--printed_a_2019"
        told, tag = found[f"{CHAPTER}/answer_scope"]
        assert (tag, told["class"], told["id"]) == ("span", "book-sentence",
                                                    "sentence-answer_scope")
        told, tag = next((told, tag) for record, told, tag in tags(book / "intro.html").records
                         if record == f"{CHAPTER}/market_a_horizon")
        assert tag == "a" and told["id"] == f"value-{CHAPTER}-market_a_horizon"

    def test_every_record_that_prose_shows_has_its_name(self, book, project):
        for page, source in [("intro.html", INTRO), (f"chapters/{CHAPTER}.html", "\n".join(
                "".join(cell["source"]) for cell in json.loads(
                    (project.chapters / f"{CHAPTER}.ipynb").read_text())["cells"]
                if cell["cell_type"] == "markdown"))]:
            shown = re.findall(r"\{glue:text\}`(?:[^`]*::)?(\w+)(?::s)?`", source)
            named = [record.partition("/")[2] for record, *_ in tags(book / page).records]
            in_heading = ["printed_b_2025"] if page == "intro.html" else []
            assert sorted(named + in_heading) == sorted(shown)

    def test_no_name_stands_twice_and_no_link_in_a_link(self, book):
        for page in book.rglob("*.html"):
            found = tags(page)
            assert found.nested == [], page
            assert len(found.ids) == len(set(found.ids)), page

    def test_the_test_sees_a_link_in_a_link(self):
        assert Tags('<a href="x">a <a class="book-value" href="y">b</a></a>').nested

    def test_in_a_link_it_is_no_link_and_in_a_heading_plain(self, book, project):
        page = tags(book / "intro.html")
        assert ("span", None) in [(tag, told.get("href")) for record, told, tag in page.records
                                  if record.endswith("printed_b_2019")]
        heading = re.search(r"<h2>.*?</h2>", (book / "intro.html").read_text(), re.S)[0]
        assert recorded(project)["printed_b_2025"]["text"] in heading
        assert "book-value" not in heading

    def test_every_link_leads_to_a_place(self, book, edition):
        assert dangling(book) == [] and dangling(edition) == []

    def test_the_names_are_the_same_in_another_edition(self, book, edition):
        for page in ("intro.html", f"chapters/{CHAPTER}.html"):
            assert ([record for record, *_ in tags(book / page).records]
                    == [record for record, *_ in tags(edition / page).records])

    def test_a_page_beside_the_chapters_follows_the_edition(self, book, edition):
        """MyST-NB alone would leave the page of the baseline: the page's own file is the same."""
        shown = [re.search(r'market_a_horizon"[^>]*>([^<]*)</a>', (each / "intro.html").read_text()
                           )[1] for each in (book, edition)]
        assert shown[0] != shown[1]

    def test_names_in_a_sentence_are_still_explained(self, book):
        text = (book / "chapters" / f"{CHAPTER}.html").read_text()
        sentences = re.findall(r'<span class="book-sentence".*?</span>', text, re.S)
        values = re.findall(r'<a class="book-value".*?</a>', text, re.S)
        assert values and not any("book-name" in each for each in values)
        assert any('class="book-name"' in each for each in sentences) or "book-name" not in text
        assert not any("<" in name for name in re.findall(r'aria-label="(About[^"]*)"', text))


def ask(page, way, selector=NUMBER):
    """Open the card of a number with the mouse over it, by focus, by a press or by a key."""
    number = page.locator(selector).first
    number.scroll_into_view_if_needed()
    if way == "hover":
        number.hover()
    elif way == "press":
        number.tap() if page.evaluate("navigator.maxTouchPoints > 0") else number.click()
    else:
        page.keyboard.press("Tab")  # as who came here by keyboard
        number.focus()
        if way == "key":
            page.keyboard.press("Enter")
    page.locator(CARD).wait_for()
    return number


def focused(page, selector):
    return page.evaluate("selector => document.activeElement.matches(selector)", selector)


class TestCard:
    @pytest.mark.parametrize("way", ["hover", "focus", "press", "key"])
    def test_every_way_opens_it_and_escape_closes_it(self, opened, way):
        page = opened()
        ask(page, way)
        assert PRINTED in page.locator(CARD).inner_text()
        page.keyboard.press("Escape")
        page.locator(CARD).wait_for(state="detached")
        assert page.url.endswith("intro.html"), "a press asks, and does not leave the page"
        if way != "hover":
            assert focused(page, NUMBER), "the focus goes back to the number"

    def test_nothing_is_loaded_before_it_is_asked(self, opened):
        page = opened()
        assert not [url for url in page.asked if "/_static/values/" in url]
        ask(page, "press")
        assert [url.rpartition("/")[2] for url in page.asked if "/_static/values/" in url] == [
            f"{CHAPTER}.js"]

    def test_passing_over_a_number_opens_nothing(self, opened):
        page = opened()
        page.clock.install()
        page.locator(NUMBER).first.hover()
        page.clock.run_for(100)
        page.mouse.move(5, 5)
        page.clock.run_for(2000)
        assert page.locator(CARD).count() == 0

    def test_it_stays_while_the_mouse_is_over_it_and_goes_when_it_leaves(self, opened):
        page = opened()
        ask(page, "hover")
        box = page.locator(CARD).bounding_box()
        page.mouse.move(box["x"] + 20, box["y"] + 20, steps=4)
        page.wait_for_timeout(1000)  # longer than it takes to close
        assert page.locator(CARD).is_visible()
        page.mouse.move(5, 5)
        page.locator(CARD).wait_for(state="detached")

    def test_a_press_outside_and_the_button_close_it(self, opened):
        page = opened()
        ask(page, "press")
        page.mouse.click(5, 400)
        page.locator(CARD).wait_for(state="detached")
        ask(page, "press")
        page.get_by_role("button", name="Close").click()
        page.locator(CARD).wait_for(state="detached")
        assert focused(page, NUMBER)

    def test_with_the_focus_in_it_tab_goes_through_it_and_on(self, opened):
        page = opened()
        ask(page, "key")
        seen = []
        while page.locator(CARD).count() and len(seen) < 60:
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.closest('#book-card') !== null"))
        assert any(seen) and not seen[-1] and len(seen) < 60
        assert focused(page, "a.book-value"), "the next stop after the number"

    def test_another_number_takes_the_card_over(self, opened):
        page = opened()
        ask(page, "press")
        ask(page, "press", HORIZON)
        assert page.locator(CARD).count() == 1
        assert "29.8" in page.locator(CARD).inner_text()

    @pytest.mark.parametrize("setup", ["", "CSS.supports = () => false;"], ids=["css", "script"])
    @pytest.mark.parametrize("width", [320, 390, 1280])
    def test_it_never_leaves_the_window(self, opened, width, setup):
        page = opened(f"chapters/{CHAPTER}.html", width, setup=setup)
        for number in page.locator("a.book-value[href], .book-ask").all():
            number.evaluate("number => number.scrollIntoView({ block: 'center' })")
            number.click()
            card = page.locator(CARD)
            card.wait_for()
            box, beside = card.bounding_box(), number.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
            assert box["y"] >= 0 and box["y"] + box["height"] <= 800
            assert (box["y"] >= beside["y"] + beside["height"] - 1
                    or box["y"] + box["height"] <= beside["y"] + 1), "it lies over its number"
            page.keyboard.press("Escape")

    def test_on_a_phone_the_first_tap_opens_it_and_it_holds_the_link(self, opened):
        page = opened(width=390)
        ask(page, "press")
        page.locator(CARD).get_by_role("link", name="All results").tap()
        page.wait_for_url(f"**/all-results.html#{CHAPTER}--printed_a_2019")

    def test_without_scripts_a_number_is_a_link_to_its_row(self, opened):
        page = opened(java_script_enabled=False)
        page.locator(NUMBER).first.click()
        page.wait_for_url(f"**/all-results.html#{CHAPTER}--printed_a_2019")
        assert page.locator(f"tr[id='{CHAPTER}--printed_a_2019']").is_visible()

    def test_what_it_says(self, opened, project):
        page, told = opened(), recorded(project)
        ask(page, "press", HORIZON)
        said = page.locator(CARD).inner_text()
        value = told["market_a_horizon"]["value"]
        for part in ("horizon year", f"{value:.1f}", f"{value:.2f}",
                     "USD billion", "computed",  # what it is
                     told["printed_a_2019"]["text"], "± 0.0005 USD billion", "forecast",
                     "scope",  # claims
                     "Figures printed in the paper", "horizon_year = 2026", "persistence_share",
                     "12 of 14", "To 2030"):
            assert part in said, part
        assert "exchange_rates" not in said and "min_confidence" not in said

    def test_a_sentence_has_a_card_too(self, opened):
        page = opened()
        ask(page, "press", ".book-sentence[data-sentence$='stated_sentence'] .book-ask")
        assert "sentence" in page.locator(CARD).inner_text()

    def test_its_links_lead_to_places(self, opened, book):
        page = opened(f"chapters/{CHAPTER}.html")
        ids = {}
        ask(page, "press")
        links = page.locator(f"{CARD} a").evaluate_all("all => all.map(link => link.href)")
        inside = [link for link in links if link.startswith("file:")]
        assert len(inside) > 5
        for link in inside:
            file, _, anchor = link.removeprefix(book.as_uri() + "/").partition("#")
            ids.setdefault(file, set(tags(book / file).ids))
            # The audit's table gets its name with the shells of figures and tables.
            assert unquote(anchor) in ids[file] or anchor == "table-claims", link

    def test_its_code_unfolds_when_it_is_asked_for(self, opened):
        page = opened(f"chapters/{CHAPTER}.html")
        ask(page, "press")
        page.locator(CARD).get_by_role("link", name="the cell that made it").click()
        page.locator("pre:target, :target pre").wait_for()
        assert "results.quote" in page.locator("pre:target, :target pre").first.inner_text()

    def test_text_of_a_record_stays_text(self, opened):
        page = opened()
        ask(page, "press", "a.book-value[data-result='planted/x']")
        assert PLANTED in page.locator(CARD).inner_text()
        assert page.locator("#planted, img[src=x]").count() == 0

    def test_an_edition_says_what_it_was_in_the_baseline(self, opened, edition):
        page = opened(base=edition)
        ask(page, "press", HORIZON)
        said = page.locator(CARD).inner_text()
        assert "horizon_year = 2030" in said and "baseline 2026" in said
        assert re.search(r"Baseline\s+USD.29.8", said)

    def test_a_file_that_is_not_there_is_said(self, opened, book):
        page = opened(setup="Object.defineProperty(HTMLScriptElement.prototype, 'src', "
                            "{ set(value) { this.setAttribute('src', value + '.gone'); } });")
        page.said = Forgiving()
        ask(page, "press")
        assert "could not be loaded" in page.locator(CARD).inner_text()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [320, 390, 1280])
    def test_it_has_no_fault_of_accessibility(self, opened, width, scheme):
        page = opened(width=width, scheme=scheme)
        page.said = Forgiving()
        ask(page, "press", HORIZON)
        assert axe.faults(page) == []


class Forgiving(list):
    """A list that keeps nothing: the console tells of a missing file, and of what axe asks for."""

    def append(self, _):
        pass


class TestAllResults:
    def field(self, page, name):
        return page.locator(".book-filter").get_by_label(name, exact=True)

    def rows(self, page):
        return page.locator(".book-ledger tbody tr:visible").count()

    def test_it_has_every_record(self, book, project):
        found = set(re.findall(r'<tr id="([^"]*)"', (book / "all-results.html").read_text()))
        expected = {f"{name}--{entry['name']}" for name in (CHAPTER, AUDIT)
                    for entry in results.entries(project.chapters / f"{name}.ipynb")}
        assert found == expected | {"planted--x"}

    def test_it_is_filtered_and_the_address_says_how(self, opened):
        page = opened("all-results.html")
        every = self.rows(page)
        self.field(page, "Find").fill("horizon DOUBLE")
        assert self.rows(page) == 0
        self.field(page, "Find").fill("horizon year")
        some = self.rows(page)
        assert 0 < some < every
        self.field(page, "Type").select_option("result")
        self.field(page, "Chapter").select_option(CHAPTER)
        self.field(page, "Status").select_option("refused")
        few = self.rows(page)
        assert few < some
        assert page.locator(".book-count").inner_text() == f"{few} of {every} shown"
        assert "#/?q=horizon+year&chapter=" in page.url
        page.reload()
        assert self.rows(page) == few
        assert self.field(page, "Find").input_value() == "horizon year"
        self.field(page, "Find").fill("")
        for name in ("Type", "Chapter", "Status"):
            self.field(page, name).select_option("")
        assert self.rows(page) == every and "#" not in page.url

    def test_the_count_is_told_politely(self, opened):
        assert opened("all-results.html").locator(".book-count[role=status]").count() == 1

    def test_without_scripts_there_is_no_dead_field(self, opened):
        page = opened("all-results.html", java_script_enabled=False)
        assert not page.locator(".book-filter").is_visible() and self.rows(page) > 50

    def test_a_number_leads_to_its_row_through_a_filter(self, opened):
        page = opened(f"all-results.html#{AUDIT}--claims_total")
        assert page.locator("tr:target").is_visible()
        box = page.locator("tr:target").bounding_box()
        assert 0 <= box["y"] < 800

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [320, 1280])
    def test_it_has_no_fault_of_accessibility(self, opened, width, scheme):
        page = opened("all-results.html", width, scheme)
        page.said = Forgiving()
        assert axe.faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    def test_an_edition_sets_the_baseline_beside_what_moved(self, edition, book):
        old, new = (each / "all-results.html" for each in (book, edition))
        assert "In the baseline" in new.read_text() and "In the baseline" not in old.read_text()
        row = re.search(rf'<tr id="{CHAPTER}--market_a_horizon".*?</tr>', new.read_text())[0]
        assert "41.8" in row and "29.8" in row

    def test_the_real_page_is_light(self):
        """Five hundred rows of some 450 bytes; a row may not grow unseen."""
        import gzip

        from helpers.pipeline.site import ledger, ledger_page

        rows = []
        for file in sorted(small_book.REAL.chapters.glob("*.ipynb")):
            rows += [ledger.Told(file.stem, entry, ("horizon_year",) * 3, (), "value-x", "code-1")
                     for entry in results.entries(file)]
        text = "\n".join(ledger_page._tr(each, True) for each in rows)
        assert len(gzip.compress(text.encode())) < 100_000


def described(folder):
    from frictionless import Package

    return Package(str(folder / "datapackage.json")).validate()


class TestFiles:
    def test_the_data_package_is_valid(self, book, edition):
        for each in (book, edition):
            report = described(each / "_static" / "ledger")
            assert report.valid, report.flatten(["title", "message"])

    def test_a_wrong_file_is_not(self, book, tmp_path):
        for file in (book / "_static" / "ledger").iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
        csv_file = tmp_path / "all-results.csv"
        csv_file.write_bytes(csv_file.read_bytes().replace(b"0.08884506", b"a lot", 1))
        assert not described(tmp_path).valid

    def test_it_names_the_edition_the_parameters_the_version_and_the_licence(self, edition):
        told = json.loads((edition / "_static" / "ledger" / "datapackage.json").read_text())
        assert told["edition"]["changed"] == {"horizon_year": 2030}
        assert told["edition"]["parameters"]["horizon_year"] == 2030
        assert OTHER in told["edition"]["command"]
        assert told["version"] and told["licenses"] == [{"name": "CC-BY-4.0"}]

    def test_three_forms_of_one_ledger(self, book, project):
        folder = book / "_static" / "ledger"
        parquet = pd.read_parquet(folder / "all-results.parquet")
        listed = json.loads((folder / "all-results.json").read_text(encoding="utf-8"))
        text = (folder / "all-results.csv").read_text(encoding="utf-8-sig")
        table = list(csv.DictReader(io.StringIO(text)))
        names = [(row["chapter"], row["name"]) for row in listed]
        assert names == [(row["chapter"], row["name"]) for row in table]
        assert names == list(zip(parquet["chapter"], parquet["name"], strict=True))
        for kept, row, cells in zip(parquet.to_dict("records"), listed, table, strict=True):
            assert pd.isna(kept["value"]) and row["value"] is None or kept["value"] == row["value"]
            assert kept["text"] == row["text"] == cells["text"].removeprefix("'")
            if row["value"] is not None:
                assert float(cells["value"]) == pytest.approx(row["value"], rel=1e-9)
        recorded = {(CHAPTER, entry["name"]): entry for entry in results.entries(
            project.chapters / f"{CHAPTER}.ipynb")}
        for row in listed:
            if row["chapter"] == CHAPTER:
                entry = recorded[CHAPTER, row["name"]]
                assert row["text"] == entry["text"] and row["claims"].split() == entry["claims"]


class TestBundle:
    @pytest.fixture
    def unpacked(self, book, tmp_path):
        with zipfile.ZipFile(book / "_static" / "downloads" / f"{CHAPTER}.zip") as archive:
            assert archive.testzip() is None
            archive.extractall(tmp_path)
        return tmp_path

    def test_its_package_is_valid(self, unpacked):
        report = described(unpacked)
        assert report.valid, report.flatten(["title", "message"])
        named = {each["path"] for each in json.loads(
            (unpacked / "datapackage.json").read_text())["resources"]}
        assert {f"tables/{file.name}" for file in (unpacked / "tables").iterdir()} <= named

    def test_its_results_are_those_of_the_ledger(self, unpacked, book):
        whole = json.loads((book / "_static" / "ledger" / "all-results.json").read_text())
        own = json.loads((unpacked / "results.json").read_text())
        assert own == [row for row in whole if row["chapter"] == CHAPTER] != []
        noted = results.entries(unpacked / f"{CHAPTER}.ipynb")
        assert [row["text"] for row in own] == [entry["text"] for entry in noted]

    def test_its_figures_are_those_of_the_page(self, unpacked, book):
        files = list((unpacked / "exhibits").iterdir())
        assert {file.suffix for file in files} >= {".svg", ".csv"}
        for file in files:
            assert file.read_bytes() == (book / "_static" / "downloads" / file.name).read_bytes()

    def test_it_says_how_it_is_cited_and_what_it_is(self, unpacked):
        assert "edition: Baseline" in (unpacked / "README.md").read_text()
        assert "horizon_year = 2026" in (unpacked / "README.md").read_text()
        cited = yaml.safe_load((unpacked / "CITATION.cff").read_text())
        assert cited["preferred-citation"]["title"].startswith("2.3 ")
        assert re.match(r"@\w+\{[\w-]+,\n(  \w+ = \{.*\},\n)+\}", (
            unpacked / "citation.bib").read_text())

    def test_an_edition_has_its_own(self, edition):
        with zipfile.ZipFile(edition / "_static" / "downloads" / f"{CHAPTER}.zip") as archive:
            told = archive.read("README.md").decode()
            cells = json.loads(archive.read(f"{CHAPTER}.ipynb"))["cells"]
        assert "horizon_year = 2030 (baseline 2026)" in told and OTHER in told
        assert any("injected-parameters" in cell["metadata"].get("tags", []) for cell in cells)

    def test_the_same_run_gives_the_same_bytes(self, book, project):
        import shutil

        from helpers.pipeline.site import kept

        before = {file.name: file.read_bytes()
                  for file in (book / "_static" / "downloads").glob("*.zip")}
        shutil.rmtree(project.build / kept.FOLDER)
        shutil.rmtree(book)
        done = small_book.run(project, "build")
        assert done.returncode == 0, done.stdout + done.stderr
        assert before == {file.name: file.read_bytes()
                          for file in (book / "_static" / "downloads").glob("*.zip")}
