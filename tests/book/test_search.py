"""Search as readers use it: what they type, what comes first, and the words marked where it leads.

It is tried in a browser, on pages opened from the file system and from a server.
"""

import functools
import http.server
import json
import re
import threading

import axe
import pytest
import seen
import small_book
from lxml import etree
from small_book import REAL

from helpers import datasets, results
from helpers.pipeline import chapters
from helpers.pipeline.site import name_index, passages, search

pytestmark = pytest.mark.slow
LARGEST = 200_000  # bytes of the index on their way, gzip
PRINTED = small_book.printed_number("2.3-market-a-2019")
COMPARISON, MARKET = "chapters/3-6-country-comparison.html", "chapters/2-3-market-expansion.html"
# What readers typed when the pages were looked at, and where the first place must be. Each was
# answered wrongly or not at all by the search of Sphinx.
FIRST = {
    "45": MARKET, "45.0": MARKET, PRINTED: MARKET,
    small_book.printed_number("2.3-market-a-2026"): MARKET, "8.9 %": MARKET,
    "8.9%": MARKET, "growth": MARKET, "market size": MARKET,
    "South Korea": COMPARISON, '"South Korea"': COMPARISON, "south korea": COMPARISON,
    "Table 1": COMPARISON, "CISA": "chapters/3-1-security-policies.html",
    "ambiguous": "glossary.html", "ambigous": "glossary.html",
    "vulnerabilty": "chapters/2-2-technology-convergence.html",
    "medium_score": "parameters.html",
    "which countries lead": "questions/countries.html",
    "alliances": "chapters/3-5-alliances-and-standards.html",
    "Norsk Hydro": "chapters/2-1-international-competition.html",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pages of the whole book."""
    project = small_book.shared(tmp_path_factory)
    done = small_book.run(project, "build")
    assert done.returncode == 0, done.stdout + done.stderr
    return project.build / "html"


@pytest.fixture(scope="module")
def index(folder):
    """The index as it stands in its file."""
    return search.read(folder)


@pytest.fixture(scope="module")
def served(folder):
    """Address of a server of the pages."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(params=["file", "http"])
def root(request, folder):
    """Address of the pages: of the folder, or of a server."""
    return folder.as_uri() if request.param == "file" else request.getfixturevalue("served")


@pytest.fixture(scope="module")
def tab(browser, folder):
    """A function that opens a page.

    `page.said` has what the console said of faults, `page.asked` every address that it loads.
    """
    contexts = []

    def open_page(address, width=1280, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme,
                                      reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda line: page.said.append(line.text)
                if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def asking(tab, folder):
    """The page of search, opened once from the file system."""
    return tab(f"{folder.as_uri()}/{search.PAGE}")


def ask(page, query):
    """Type into the page of search; the addresses of the places found, in order."""
    page.locator("#search-page-field").fill(query)
    seen.wait_for(
        page,
        """query => new URLSearchParams(location.search).get("q") === query
             && /\\d|Nothing/.test(document.querySelector(".search-count").textContent)""",
        arg=query)
    return page.evaluate(
        """() => [...document.querySelectorAll(".search-found a")].map(({ href }) => {
             const to = new URL(href);
             to.search = "";  // the words that are marked there
             return to.href; })""")


def found(page):
    """What the list says: page, kind, title, line and marked words of each place."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".search-hit")].map(hit => ({
             page: hit.closest(".search-page").querySelector(".search-page-title").textContent,
             kind: hit.querySelector(".search-kind")?.textContent ?? "",
             title: hit.querySelector(".search-title").textContent,
             line: hit.querySelector(".search-line").textContent,
             marked: [...hit.querySelectorAll("mark")].map(mark => mark.textContent)}))""")


@pytest.mark.parametrize("query, expected", FIRST.items(), ids=FIRST)
def test_the_first_place_is_the_right_one(asking, folder, query, expected):
    places = ask(asking, query)
    assert places and places[0].startswith(f"{folder.as_uri()}/{expected}"), places[:3]


def test_every_place_shows_a_word_that_was_asked_for(asking):
    for query in ("growth", PRINTED, "South Korea"):
        ask(asking, query)
        wanted = {word.lower() for word in query.split()}
        for place in found(asking):
            words = {word.lower() for mark in place["marked"] for word in mark.split()}
            assert any(word.startswith(tuple(wanted)) for word in words), (query, place)
            assert place["page"] and place["title"]


def test_a_line_is_a_sentence_or_a_row_and_no_code(asking):
    for query in ("growth", "CISA", "South Korea", "45"):
        ask(asking, query)
        for place in found(asking):
            assert not re.search(r"^(?:import|from|def) | = \w+\(|results\.", place["line"]), place
            assert len(place["line"]) < 220


def test_a_number_is_never_guessed_and_a_word_with_a_slip_is(asking):
    last = str((int(PRINTED[-1]) + 1) % 10)
    assert ask(asking, PRINTED[:-1] + last) == []
    assert "Nothing found" in asking.locator(".search-count").text_content()
    assert ask(asking, PRINTED) and ask(asking, "Kroea") == []
    assert ask(asking, "Koreo"), "one letter"
    assert {mark for place in found(asking) for mark in place["marked"]} <= {"Korea", "Korean"}


def test_a_number_is_found_however_it_is_written(asking, index):
    separated = next(found[0] for each in index["passages"]
                     if (found := re.search(r"\b\d{2,3},\d{3}\b", each[4])))
    places = ask(asking, separated)
    assert places and ask(asking, separated.replace(",", "")) == places, separated
    as_written = ask(asking, "45.0 %")
    assert as_written and set(as_written) <= set(ask(asking, "45 %")) == set(ask(asking, "45%"))


def test_quotation_marks_ask_for_words_that_stand_so(asking):
    ask(asking, "Korea South")
    loose = asking.locator(".search-count").text_content()
    assert ask(asking, '"Korea South"') == []
    ask(asking, '"South Korea"')
    assert "places" in loose


def test_where_no_place_has_all_words_it_says_so(asking):
    assert ask(asking, "Korea advisory kappa")
    assert "No place has all of these words" in asking.locator(".search-count").text_content()


def test_all_kinds_are_found_and_named(asking):
    kinds = set()
    for query in ("growth", "South Korea", "scope", "USD 380 million", "kappa"):
        ask(asking, query)
        while asking.locator(".search-more").count():
            asking.locator(".search-more").first.click()
        kinds |= {place["kind"] for place in found(asking)}
    assert kinds == {"", "Figure", "Table", "Result", "Printed claim", "Term"}


class TestDialog:
    def test_it_opens_by_button_and_by_keys_and_loads_only_then(self, tab, root):
        for way in ("button", "Control+k", "/"):
            page = tab(f"{root}/{MARKET}")
            page.wait_for_load_state("load")
            before = list(page.asked)
            assert not any("minisearch" in url or "search-index" in url for url in before)
            if way == "button":
                page.locator(".search-button").click()
            else:
                page.keyboard.press(way)
            page.locator("#search-field").wait_for()
            page.keyboard.type(PRINTED)
            page.locator(".search-hit").first.wait_for()
            assert page.locator(".search-count").text_content().endswith("pages")
            assert any("search-index" in url for url in page.asked)
            assert page.said == []

    def test_a_slash_in_a_field_stays_a_slash(self, tab, folder):
        page = tab(f"{folder.as_uri()}/{MARKET}")
        page.keyboard.press("/")
        page.locator("#search-field").wait_for()
        page.keyboard.type("1/2")
        assert page.locator("#search-field").input_value() == "1/2"

    def test_arrows_enter_and_escape(self, tab, root):
        page = tab(f"{root}/intro.html")
        page.keyboard.press("Control+k")
        page.keyboard.type("South Korea")
        page.locator(".search-hit").first.wait_for()
        here = """() => [...document.querySelectorAll("#search-field, .search-found a")]
                           .indexOf(document.activeElement)"""
        for key, place in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("ArrowUp", 0)):
            page.keyboard.press(key)
            assert page.evaluate(here) == place
        page.keyboard.press("Escape")
        page.locator("#search-dialog").wait_for(state="hidden")
        page.keyboard.press("Control+k")
        assert page.locator("#search-field").input_value() == "South Korea", "as it was left"
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{COMPARISON}?**")

    def test_the_words_are_marked_where_it_leads(self, tab, root):
        page = tab(f"{root}/intro.html")
        page.keyboard.press("/")
        page.keyboard.type("vulnerabilty")
        page.locator(".search-hit").first.click()
        page.wait_for_url("**/2-2-technology-convergence.html?**")
        seen.wait_for(
            page,
            """() => [...(CSS.highlights.get("book-found") ?? [])].some(range => {
                 const { top, bottom, height } = range.getBoundingClientRect();
                 return height && top >= 0 && bottom <= innerHeight; })""")
        marked = page.evaluate("[...CSS.highlights.get('book-found')].map(range => String(range))")
        assert {word.lower() for word in marked} == {"vulnerability", "vulnerabilities"}
        assert page.said == []

    def test_a_page_that_nobody_searched_for_has_no_marks(self, tab, folder):
        page = tab(f"{folder.as_uri()}/{MARKET}")
        page.wait_for_load_state("load")
        assert not page.evaluate("CSS.highlights.has('book-found')")


class TestPageOfSearch:
    def test_the_address_has_what_was_asked(self, tab, root):
        page = tab(f"{root}/{search.PAGE}?q=market%20size")
        page.locator(".search-hit").first.wait_for()
        assert page.locator("#search-page-field").input_value() == "market size"
        before = found(page)
        page.locator("#search-page-field").fill("CISA")
        page.wait_for_url("**?q=CISA")
        page.reload()
        page.locator(".search-hit").first.wait_for()
        assert found(page) != before
        assert page.said == []

    def test_it_is_without_a_fault_on_a_phone_and_in_the_dark(self, tab, folder):
        for width, scheme in ((320, "dark"), (1280, "light")):
            page = tab(f"{folder.as_uri()}/{search.PAGE}?q=growth", width, scheme)
            page.locator(".search-hit").first.wait_for()
            assert axe.faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    def test_without_scripts_it_says_so(self, browser, folder):
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{folder.as_uri()}/{search.PAGE}")
        assert page.locator("main").inner_text().count("Search needs scripts") == 1
        assert not page.locator("#search-page-field").is_visible()
        context.close()


@pytest.mark.parametrize("width, scheme", [(390, "light"), (1280, "dark")])
def test_the_dialog_is_without_a_fault(tab, folder, width, scheme):
    page = tab(f"{folder.as_uri()}/{MARKET}", width, scheme)
    page.locator(".search-button").click()
    page.locator("#search-field").fill("growth")
    page.locator(".search-hit").first.wait_for()
    assert axe.faults(page) == []
    box = page.locator("#search-dialog").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width


class TestIndex:
    def test_it_is_small(self, folder):
        import gzip

        size = len(gzip.compress((folder / search.FILE).read_bytes()))
        assert 20_000 < size < LARGEST

    def test_it_has_every_result_with_a_label_and_every_claim(self, index):
        kinds = {kind: [each for each in index["passages"] if each[2] == kind]
                 for kind in ("result", "claim")}
        labels = sorted(entry["label"] for name in chapters.names(REAL)
                        for entry in results.entries(REAL.chapters / f"{name}.ipynb")
                        if entry["type"] == "result")
        assert sorted(each[3] for each in kinds["result"]) == labels
        assert len(kinds["claim"]) == len(datasets.load("claims", REAL))

    def test_every_place_is_there(self, index, folder):
        pages = [passages.read(address, (folder / address).read_bytes())
                 for address, *_ in index["pages"]]
        known = {page.address: page.anchors for page in pages}
        astray = []
        for page, anchor, *_ in index["passages"]:
            address, _, place = anchor.rpartition("#")
            if place and place not in known[address or pages[page].address]:
                astray.append((pages[page].address, anchor))
        assert astray == []

    def test_a_result_leads_to_its_own_place(self, index):
        results_found = [each for each in index["passages"] if each[2] == "result"]
        assert all(each[1] for each in results_found)
        assert len({(each[0], each[1]) for each in results_found}) == len(results_found)

    def test_no_code_and_no_frame_is_in_it(self, index):
        said = "\n".join(each[4] for each in index["passages"])
        for code in ("parameters.check(globals())", "import pandas", "results.record("):
            assert code not in said
        for frame in ("Skip to the text", "On this page", "Data (CSV)", "Hide code"):
            assert frame not in said

    def test_search_and_index_of_sphinx_are_gone(self, folder):
        assert not (folder / "searchindex.js").exists()
        assert not (folder / "genindex.html").exists()


@pytest.fixture(scope="module")
def listed(folder):
    """Places of each name on the page that lists names."""
    article = etree.parse(folder / f"{name_index.PAGE}.html",
                          etree.HTMLParser(encoding="utf-8")).find(".//article")
    return {term.text.strip(): [link.get("href") for link in term.getnext().iter("a")]
            for term in article.iter("dt")}


class TestNames:
    def test_every_country_of_the_tables_that_pages_name_is_listed(self, listed, index):
        said = "\n".join(f"{each[3]}\n{each[4]}" for each in index["passages"]
                         if "/" in index["pages"][each[0]][0]).replace("\u00a0", " ")
        for name in ("China", "Germany", "Japan", "South Korea", "Israel", "Venezuela"):
            assert (name in listed) == (re.search(rf"\b{name}\b", said) is not None), name

    def test_a_name_leads_to_its_chapter(self, listed):
        assert any(link.startswith(COMPARISON) for link in listed["South Korea"])
        norsk = listed["Norsk Hydro"]
        assert any(link.startswith("chapters/2-1") for link in norsk)

    def test_every_link_leads_somewhere(self, listed, folder):
        for name, links in listed.items():
            assert links, name
            for link in links:
                address, _, anchor = link.partition("#")
                page = passages.read(address, (folder / address).read_bytes())
                assert not anchor or anchor in page.anchors, (name, link)

    def test_one_body_is_listed_once(self, listed):
        assert not {"Siemens", "Honeywell", "Nozomi Networks", "CISA"} & set(listed)


def test_the_index_is_a_script_that_sets_a_variable(folder, index):
    text = (folder / search.FILE).read_text(encoding="utf-8")
    assert text.startswith(search.OPENING) and "\n" not in text[len(search.OPENING):-2]
    assert json.loads(json.dumps(index)) == index
