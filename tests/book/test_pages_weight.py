"""What a visit costs and what it gives away: bytes, requests, and nothing to anybody else.

Pages are opened as from a web server, which compresses text, and as from the file system, as
whoever took the book along does.
"""

import gzip
from urllib.parse import unquote, urlparse

import measured
import pytest
import seen
import small_book
import visited
from small_book import REAL
from visited import KINDS, STATES

from helpers.pipeline import chapters

pytestmark = pytest.mark.slow
MOST, MOST_OF_SCRIPTS = 500_000, 120_000  # bytes over the line on a first visit
POLICY = "default-src 'self'"
# What only some readers need: it comes when they ask for it.
LATER = ("minisearch", "search-index", "values/", "mathjax", "vega")


@pytest.fixture(scope="module")
def served(baseline):
    with measured.served(baseline[0]) as address:
        yield address


@pytest.fixture(scope="module")
def opened(browser):
    with visited.opener(browser, offline=True) as open_page:
        yield open_page


def excess(visit, address):
    """What is wrong with the weight of a visit."""
    found = []
    if visit.bytes() >= MOST:
        found.append(f"{visit.bytes()} bytes")
    if visit.bytes("Script") >= MOST_OF_SCRIPTS:
        found.append(f"{visit.bytes('Script')} bytes of scripts")
    found += [f"asks {other}" for other in visit.elsewhere(address)]
    return found + [f"loads {one['url']} unasked" for one in visit.loaded.values()
                    if any(word in one["url"] for word in LATER)]


def test_the_first_visit_of_a_chapter_is_light_and_asks_nobody_else(browser, served):
    pages = [f"chapters/{name}.html" for name in chapters.names(REAL)] + list(KINDS.values())
    visits = {page: measured.visit(browser, f"{served}/{page}") for page in pages}
    assert all(visit.requests > 4 and visit.bytes() > 20_000 for visit in visits.values())
    found = {page: excess(visit, served) for page, visit in visits.items()
             # Whoever comes to search needs the index.
             if not page.startswith("search.html")}
    assert {page: faults for page, faults in found.items() if faults} == {}


def test_a_heavy_page_and_one_that_asks_others_are_found(browser, tmp_path):
    import random

    (tmp_path / "x.js").write_text("//" + "".join(random.Random(1).choices("0123456789abcdef",
                                                                           k=1_100_000)))
    (tmp_path / "a.html").write_text(
        '<!doctype html><title>x</title><p>x</p><script src="x.js"></script>'
        '<img src="http://127.0.0.1:9/x.png" alt="x"><script src="search-index.js"></script>')
    with measured.served(tmp_path) as address:
        found = excess(measured.visit(browser, f"{address}/a.html"), address)
        kept = (tmp_path / "x.js").read_bytes()
        assert found[0].endswith("bytes") and found[1].endswith("bytes of scripts")
        assert found[2:] == ["asks http://127.0.0.1:9/x.png",
                             f"loads {address}/search-index.js unasked"]
        packed = int(found[1].split()[0])
        assert len(gzip.compress(kept, 9)) * 0.9 < packed < len(kept) * 0.8, "gzip over the line"


def test_nothing_is_kept_but_the_choice_of_colours(browser, served):
    """Whatever is pressed, in every state."""
    with visited.opener(browser) as open_page:
        for name, state in STATES.items():
            page = open_page(f"{served}/{state.page}", state.widths[-1])
            state.reach(page)
            page.locator(".theme-button").evaluate("button => button.click()")
            assert page.evaluate("Object.keys(localStorage)") == ["theme"], name
            assert page.evaluate("Object.keys(sessionStorage)") == [], name
            assert page.evaluate("document.cookie") == "" and page.context.cookies() == [], name
            assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0, name
            assert all(asked.startswith((served, "about:")) for asked in page.asked), name


# ------------------------------------------------------------------ the policy


def unguarded(page):
    """Why the policy of a page would let something through."""
    head = page.select("head > *")
    found = [each for each in head if each.get("http-equiv") == "Content-Security-Policy"]
    if [each.get("content") for each in found] != [POLICY]:
        return [f"its policy is {found}"]
    before = head[:head.index(found[0])]
    return [f"{each.name} before the policy" for each in before if each.name != "meta"]


def test_the_policy_stands_in_every_page(baseline):
    files = [*visited.pages(baseline[0]), "index.html"]
    found = {file: unguarded(seen.read(baseline[0] / file)) for file in files}
    assert {file: faults for file, faults in found.items() if faults} == {}


def test_a_page_without_the_policy_or_with_a_script_before_it_is_found():
    told = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    assert unguarded(seen.parsed(f"<html><head>{told}</head></html>")) == []
    assert unguarded(seen.parsed("<html><head></head></html>"))
    assert unguarded(seen.parsed(f"<html><head><script></script>{told}</head></html>")) == [
        "script before the policy"]
    assert unguarded(seen.parsed(
        f"<html><head>{told.replace('self', 'unsafe-inline')}</head></html>"))


def test_every_page_opens_from_the_file_system_and_the_policy_refuses_nothing(baseline, opened):
    folder, wrong = baseline[0].as_uri(), []
    for file in visited.pages(baseline[0]):
        page = opened(f"{folder}/{file}")
        page.wait_for_load_state("networkidle")
        wrong += [f"{file}: {fault}" for fault in [
            *page.evaluate("window.refused"), *page.said,
            *(f"asks {asked}" for asked in page.asked
              if not asked.startswith((folder, "about:")))]]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", STATES)
def test_in_no_state_the_policy_refuses_something(baseline, opened, name):
    state = STATES[name]
    page = opened(f"{baseline[0].as_uri()}/{state.page}", state.widths[0])
    state.reach(page)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.refused") == [] and page.said == []


@pytest.mark.parametrize("plant", [
    "document.querySelector('main').insertAdjacentHTML('beforeend', '<p style=\"color: red\">')",
    "document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))",
    "document.body.append(Object.assign(document.createElement('img'), {src: 'data:,x'}))",
    # Read when something happens for the first time.
    "document.body.setAttribute('onclick', '1'); document.body.click()",
])
def test_what_the_policy_refuses_is_heard(baseline, opened, plant):
    page = opened(f"{baseline[0].as_uri()}/{KINDS['question']}")
    assert page.evaluate("window.refused") == []
    page.evaluate(plant)
    seen.wait_for(page, "window.refused.length === 1")


@pytest.mark.parametrize("query, page", [
    (small_book.printed_number("2.3-market-a-2019"), "2-3-market-expansion"),
    ("market size", "2-3-market-expansion"), ("South Korea", "3-")])
def test_it_searches_from_the_file_system(baseline, opened, query, page):
    shown = opened(f"{baseline[0].as_uri()}/search.html?q={query.replace(' ', '%20')}")
    first = shown.locator(".search-found a").first
    first.wait_for()
    found = [unquote(urlparse(link.evaluate("link => link.href")).path)
             for link in shown.locator(".search-found a").all()]
    assert any(page in address for address in found[:8]), found[:8]
    assert shown.said == [] and shown.evaluate("window.refused") == []
