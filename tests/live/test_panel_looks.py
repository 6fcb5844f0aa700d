"""The panel by keyboard, on a phone, in other colours; its faults of access; its weight."""

import gzip
import io
import math

import axe
import pytest
from live_book import TOKEN
from panel_book import BROKEN, PATH, SHARES
from PIL import Image
from playwright.sync_api import expect

from helpers.pipeline.live import head

PAGE = f"chapters/{PATH}.html"
LATER = f"{PAGE}?horizon_year=2030"
COUNT, FIGURE = ".live-count", f"figure[data-figure='{PATH}/path']"
MOST_BYTES = 45_000  # packed; a page of the book weighs several times as much
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1300, "height": 900}


def after(page, text="moved"):
    """Wait until the page has followed."""
    expect(page.locator(COUNT)).to_contain_text(text)


def opened_panel(page):
    """The panel with everything unfolded."""
    page.locator(".live-opener").click()
    for folded in page.locator("#live-panel .live-inside > details > summary").all():
        folded.click()


def compared(way):
    """Comparison of a figure in one of its ways."""
    def prepare(page):
        after(page)
        page.locator(f"{FIGURE} .live-compare button").click()
        page.locator(FIGURE).get_by_label(way).check()
    return prepare


def wrong_field(page):
    """A value that cannot be."""
    page.locator(".live-opener").click()
    page.locator("#live-horizon_year-field").fill("x")
    page.locator("#live-horizon_year-field").press("Enter")
    expect(page.locator("#live-horizon_year-wrong")).to_be_visible()


STATES = {
    "at rest": (PAGE, lambda page: None),
    "moved": (LATER, after),
    "open": (PAGE, opened_panel),
    "open and moved": (LATER, lambda page: (after(page), opened_panel(page))),
    "shares": (f"chapters/{SHARES}.html", opened_panel),
    "side by side": (LATER, compared("Side by side")),
    "wipe": (LATER, compared("Wipe")),
    "difference": (LATER, compared("Difference")),
    "failed": (f"chapters/{BROKEN}.html?horizon_year=2033",
               lambda page: after(page, "not computed")),
    "wrong address": (f"{PAGE}?horizon_yaer=1", lambda page: after(page, "cannot")),
    "wrong field": (PAGE, wrong_field),
    "first page": ("intro.html?horizon_year=2030", after),
    "all results": ("all-results.html?horizon_year=2030", after),
    "nothing read": ("parameters.html?horizon_year=2030", after),
    "with the token": (f"{LATER}&token={TOKEN}", lambda page: (after(page), opened_panel(page))),
}


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("options", [
    {"viewport": WIDE}, {"viewport": PHONE, "color_scheme": "dark"}],
    ids=["wide-light", "phone-dark"])
def test_no_state_has_a_fault_of_access(opened, name, options):
    address, prepare = STATES[name]
    page = opened(address, reduced_motion="reduce", **options)
    prepare(page)
    assert axe.faults(page) == []
    # What the browser says of a request that was refused is no fault of the page.
    assert page.errors == []


def test_what_waits_has_no_fault_of_access(opened):
    page = opened(LATER, lambda path: (lambda route: None)
                  if path.startswith(f"answers/{PATH}/") else None, reduced_motion="reduce")
    after(page, "Computing")
    expect(page.locator(FIGURE)).to_have_attribute("aria-busy", "true")
    assert axe.faults(page) == []


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("address", [LATER, f"chapters/{SHARES}.html?aggregation_power=2.0",
                                     f"chapters/{BROKEN}.html?horizon_year=2033"])
def test_nothing_is_moved_sideways(opened, width, address):
    page = opened(address, viewport={"width": width, "height": 800})
    after(page, "1 ")
    opened_panel(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    inside = page.locator(".live-inside")
    assert inside.evaluate("each => each.scrollWidth - each.clientWidth") <= 0


def test_a_sheet_leaves_the_upper_half_of_a_phone_to_the_text(opened):
    page = opened(LATER, viewport=PHONE)
    after(page)
    page.locator(".live-opener").click()
    dock = page.locator(".live-dock").bounding_box()
    assert dock["y"] >= PHONE["height"] / 2 - 1
    assert math.isclose(dock["y"] + dock["height"], PHONE["height"], abs_tol=1)
    page.evaluate("scrollTo({top: 1e6, behavior: 'instant'})")
    foot = page.locator(".page-footer").bounding_box()
    assert foot["y"] + foot["height"] <= dock["y"] + 1, "the end of the page is hidden"


@pytest.mark.parametrize("width", [960, 1024, 1280, 1600])
@pytest.mark.parametrize("table", ["auto", "90rem"])
def test_a_panel_beside_the_text_covers_none_of_it(opened, width, table):
    page = opened(PAGE, viewport={"width": width, "height": 800})
    page.locator(f"figure[data-table='{PATH}/sums'] table").evaluate(
        "(table, width) => { table.style.minWidth = width; }", table)
    page.locator(".live-opener").click()
    panel = page.locator("#live-panel").bounding_box()
    article = page.locator("article").bounding_box()
    assert article["x"] + article["width"] <= panel["x"] and article["width"] >= 400
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_low_window_is_read_around_it(opened):
    page = opened(LATER, viewport={"width": 320, "height": 256})
    after(page)
    where = page.locator(".live-dock").evaluate("each => getComputedStyle(each).position")
    assert where == "static"


def test_everything_is_done_by_key(opened):
    page = opened(PAGE)
    page.keyboard.press("Tab")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.live-opener')"):
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "live-title"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('[data-live=horizon_year]')"
                         "?.querySelector('input[type=range]') === document.activeElement"):
            break
    page.keyboard.press("ArrowRight")
    after(page)
    assert page.url.endswith("?horizon_year=2027")
    assert page.evaluate("document.activeElement.type") == "range", "the focus was taken away"
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.startsWith('Reset')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".live-bar")).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('[data-live=horizon_year]') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.live-opener')")


def test_one_voice_says_what_happened(opened):
    page = opened(LATER)
    after(page)
    voice = page.locator(".live-dock ~ [role=status]")
    expect(voice).to_have_text(
        "Chapter 1 recomputed; on this page 1 result, 1 sentence, 1 figure, 1 table moved.")
    sentence = page.locator(f"[data-sentence='{PATH}/ends']").first.text_content()
    assert "before: " in sentence and "now: " in sentence


def test_what_moved_is_seen_without_colours(opened):
    page = opened(LATER, forced_colors="active")
    after(page)
    number = page.locator(f"a[data-result='{PATH}/last']").first
    shown = number.evaluate("""each => { const sign = getComputedStyle(each, '::after');
        return [getComputedStyle(each).textDecorationStyle, sign.width, sign.backgroundColor]; }""")
    assert shown[0] == "double" and float(shown[1].removesuffix("px")) > 4
    assert shown[2] != "rgba(0, 0, 0, 0)"
    assert axe.faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_shades_of_one_colour_are_seen_in_the_difference_of_figures(opened, scheme):
    page = opened(LATER, color_scheme=scheme)
    compared("Difference")(page)
    stack = page.locator(".live-stack")
    stack.evaluate("""(box) => { for (const [place, shade] of ["#6baed6", "#4292c6"].entries())
      box.children[place].innerHTML = `<rect width="100" height="1000" fill="${shade}"/>`; }""")
    seen = Image.open(io.BytesIO(stack.screenshot())).convert("L")
    within, beside = seen.getpixel((20, 40)), seen.getpixel((seen.width - 20, 40))
    assert abs(within - beside) > 60


def test_nothing_moves_for_those_who_want_it_so(opened):
    page = opened(LATER, reduced_motion="reduce")
    after(page)
    asked = page.evaluate("""() => { let said; const one = document.querySelector('.live-moved');
        Element.prototype.scrollIntoView = function (options) { said = options.behavior; };
        document.querySelector('.live-bar button').click(); return said; }""")
    assert asked == "auto"


def test_scripts_and_styles_are_light():
    files = [file.read_bytes() for file in head.files().values()]
    assert files and sum(len(gzip.compress(each, 9)) for each in files) < MOST_BYTES


def test_nothing_of_the_panel_is_printed(opened):
    page = opened(LATER)
    after(page)
    page.emulate_media(media="print")
    for part in (".live-dock", ".live-opener", ".live-beside", ".live-compare"):
        expect(page.locator(part).first).to_be_hidden()
