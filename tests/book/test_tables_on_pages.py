"""Tables on pages: sorted by their headers, moved sideways on a phone, plain without scripts."""

import gzip
import re
import shutil

import axe
import pytest

from helpers import markup
from helpers.pipeline.site import frame, generated, sweep_page

STATIC = frame.THEME / "static"
HEADERS = ["Who", "Size", "Said", "Where it was found", "First sum", "Second sum", "Third sum"]
SUMS = ["USD 1,000.5 million"] * 3  # do not wrap
SIZES = ["10", "9", "", "1,200", "\u22123", "2.5", "0", "7", "100", "", "8", "11"]
ROWS = [[f"row {place}", size, f"{place} words of some length", "a report", *SUMS]
        for place, size in enumerate(SIZES)]


@pytest.fixture
def opened(browser, tmp_path):
    """A function that opens a page with one table, as pages have it."""
    contexts = []

    def open_page(rows=ROWS, width=390, theme="light", html=None, **options):
        shutil.copytree(STATIC, tmp_path / "_static", dirs_exist_ok=True)
        table = markup.boxed(markup.table(HEADERS, rows, caption="Sizes", numeric=[1, 4, 5, 6],
                                          empty='<span class="missing">–</span>'), "Sizes")
        (tmp_path / "page.html").write_text(html or (
            f'<!DOCTYPE html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8">'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'\">"
            '<meta name="viewport" content="width=device-width"><title>A page</title>'
            '<link rel="stylesheet" href="_static/frame.css">'
            '<link rel="stylesheet" href="_static/tables.css">'
            '<script src="_static/tables.js" defer></script></head><body><main><h1>A page</h1>'
            f'<article class="article">{table}</article></main></body></html>'), "utf-8")
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto((tmp_path / "page.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def column(page, number):
    return page.locator(f"tbody tr > :nth-child({number + 1})").all_inner_texts()


def state(page):
    return page.locator("th[scope=col]").evaluate_all("heads => heads.map(head => head.ariaSort)")


@pytest.mark.parametrize("by", ["hand", "key"])
def test_numbers_are_sorted_as_numbers_with_what_is_missing_last_and_the_order_comes_back(
        opened, by):
    page = opened(width=1280)
    button = page.get_by_role("button", name="Size")
    wanted = ["\u22123", "0", "2.5", "7", "8", "9", "10", "11", "100", "1,200"]
    expected = [("ascending", [*wanted, "–", "–"]), ("descending", [*wanted[::-1], "–", "–"]),
                (None, [size or "–" for size in SIZES])]
    for said, order in expected:
        if by == "hand":
            button.click()
        else:
            button.focus()
            page.keyboard.press("Enter")
        assert state(page) == [None, said, *[None] * 5]
        assert column(page, 1) == order


def test_texts_are_sorted_with_the_numbers_in_them(opened):
    page = opened(width=1280)
    page.get_by_role("button", name="Size").click()
    page.get_by_role("button", name="Who", exact=True).click()
    assert state(page) == ["ascending", *[None] * 6], "one column at a time"
    assert column(page, 0) == [f"row {place}" for place in range(len(ROWS))]


@pytest.mark.parametrize("texts, order", [
    (["1,200", "", "900", "–", "12,000"], ["900", "1,200", "12,000", "–", "–"]),
    (["9 %", "45.0 %", "–", "\u22123 %", "100%"], ["\u22123 %", "9 %", "45.0 %", "100%", "–"]),
    (["USD 1.2 billion", "about USD 380 million", "–", "USD 16 billion"],
     ["about USD 380 million", "USD 1.2 billion", "USD 16 billion", "–"]),
    (["$30", "\u2212$4", "€5", ""], ["\u2212$4", "€5", "$30", "–"]),
])
@pytest.mark.parametrize("named", ["Size", "Who"], ids=["a column of numbers", "one of texts"])
def test_thousands_percent_currency_and_what_is_missing(opened, texts, order, named):
    """Where a column is not said to be of numbers, its texts tell."""
    texts, order = ([text.replace("about ", "") for text in each] if named == "Who" else each
                    for each in (texts, order))
    rows = [[text or "–", text, *ROWS[0][2:]] for text in texts * 3]
    page = opened(rows=rows, width=1280)
    button, place = page.get_by_role("button", name=named, exact=True), HEADERS.index(named)
    there = [text for text in order if text != "–"]
    last = ["–"] * (len(rows) - 3 * len(there))
    for expected in (there, there[::-1]):
        button.click()
        assert column(page, place) == [text for text in expected for _ in range(3)] + last


def test_a_table_that_is_seen_at_a_glance_has_no_buttons(opened):
    assert opened(rows=ROWS[:10]).get_by_role("button").count() == 0
    assert opened(rows=ROWS[:11]).get_by_role("button").count() == len(HEADERS)


def test_without_scripts_it_is_a_plain_table_that_the_keyboard_reaches(opened):
    page = opened(java_script_enabled=False)
    assert page.get_by_role("button").count() == 0
    assert page.get_by_role("table", name="Sizes").is_visible()
    page.keyboard.press("Tab")
    assert page.locator(".book-table:focus").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_first_column_stays_and_covers_what_moves_under_it(opened, theme):
    page = opened(theme=theme)
    box, first = page.locator(".book-table"), page.locator("tbody th").first
    before = first.bounding_box()["x"]
    box.evaluate("box => { box.scrollLeft = 150; }")
    assert box.evaluate("box => box.scrollLeft") == 150
    assert first.bounding_box()["x"] == pytest.approx(before, abs=1)
    for cell in ("tbody th", "thead th"):
        paper = page.locator(cell).first.evaluate("cell => getComputedStyle(cell).backgroundColor")
        assert paper == page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert page.locator(cell).first.evaluate("""cell => {
            const box = cell.getBoundingClientRect();
            return cell.contains(document.elementFromPoint(box.right - 3, box.top + 5)); }""")


def test_a_shadow_says_on_which_side_there_is_more(opened):
    page = opened()
    box, first = page.locator(".book-table"), page.locator("tbody th").first

    def shades():
        return [each.evaluate("each => getComputedStyle(each).boxShadow") != "none"
                for each in (first, box)]

    page.locator(".book-table.more-right:not(.more-left)").wait_for()
    assert shades() == [False, True]
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.locator(".book-table.more-left").wait_for()
    assert shades()[0]
    box.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
    page.locator(".book-table:not(.more-right)").wait_for()
    assert shades() == [True, False]


def test_it_is_said_that_a_table_scrolls_only_while_it_does(opened):
    page = opened(rows=[["a", "1", "b", "c", *SUMS]], width=320)
    page.get_by_role("region", name="Sizes, scrolls sideways", exact=True).wait_for()
    page.set_viewport_size({"width": 1280, "height": 600})
    page.get_by_role("region", name="Sizes", exact=True).wait_for()


def test_the_keyboard_stops_at_a_table_only_where_there_is_something_to_move(opened):
    page = opened(rows=[["a", "1", "b", "c", *SUMS]], width=1280)
    page.locator(".book-table:not([tabindex])").wait_for(state="attached")
    page.set_viewport_size({"width": 320, "height": 600})
    page.locator(".book-table[tabindex='0']").wait_for()


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible_and_nothing_but_the_table_moves_sideways(opened, theme, width):
    page = opened(width=width, theme=theme)
    page.get_by_role("button", name="Size").click()
    assert axe.faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_script_is_small():
    code = (STATIC / "tables.js").read_text(encoding="utf-8")
    assert len(gzip.compress(code.encode())) < 2000


def test_tables_that_are_made_by_hand_have_the_box_as_well():
    for made in (generated.html_table("Runs", ["A"], [["a"]]),
                 (sweep_page.OWN / "index.html").read_text(encoding="utf-8")):
        box = re.search(r'<div class="book-table"[^>]*>', made)[0]
        assert 'role="region"' in box and 'tabindex="0"' in box and "aria-label=" in box
