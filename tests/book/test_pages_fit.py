"""Pages and figures fit their screen: at a desk, on a phone, at 400 %, and in the dark."""

import io

import measured
import numpy as np
import pytest
import seen
import visited
from PIL import Image
from small_book import REAL
from visited import KINDS

from helpers.pipeline import chapters

pytestmark = pytest.mark.slow
CHAPTERS = [f"chapters/{name}.html" for name in chapters.names(REAL)]
SMALLEST = {390: 9, 320: 7}  # CSS px of a text in a figure, by the width of the screen
SMALLEST_OF_PROSE = 11


@pytest.fixture(scope="module")
def opened(browser):
    with visited.opener(browser, offline=True) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def address(baseline):
    return baseline[0].as_uri()


def plant(page, rule):
    """Add a rule of style to an open page, past its policy."""
    page.evaluate("""rule => { const sheet = new CSSStyleSheet();
        sheet.replaceSync(rule);
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }""", rule)


# ------------------------------------------------------------------ figures on a phone


def misfits(page, width=390):
    """Figures of an open page that cannot be read as they stand: cut, tiny, or without text."""
    shown = measured.drawings(page)
    found = [f"{each['name']}: {each['hidden']:.0%} of it is out of sight"
             for each in shown if each["hidden"] > 0.005]
    found += [f"{each['name']}: its text is outlines" for each in shown if each["outlines"]]
    found += [f"{each['place']}: '{each['text']}' has {each['size']:.1f} px"
              for each in measured.texts(page, "main .book-figure", SMALLEST[width])
              if each["drawn"]]
    return found


@pytest.mark.parametrize("width", SMALLEST)
def test_every_figure_fits_a_phone_and_can_be_read(baseline, address, opened, width):
    found, count = [], 0
    for file in visited.pages(baseline[0]):
        page = opened(f"{address}/{file}", width, height=844)
        count += len(measured.drawings(page))
        found += [f"{file}: {fault}" for fault in misfits(page, width)]
    assert count > 20
    assert not found, "\n".join(found)


@pytest.mark.parametrize("rule, fault", [
    (".book-drawing { min-width: 30rem !important; max-width: none !important; }",
     "out of sight"),
    (".book-drawing text { font-size: 5px !important; }", "px"),
])
def test_a_figure_that_does_not_fit_is_found(address, opened, rule, fault):
    page = opened(f"{address}/{KINDS['chapter']}", 390)
    assert misfits(page) == []
    plant(page, rule)
    assert any(line.endswith(fault) for line in misfits(page))


def test_prose_is_large_enough_on_a_phone(baseline, address, opened):
    small = [f"{file}: '{each['text']}' has {each['size']:.1f} px"
             for file in visited.pages(baseline[0])
             for each in measured.texts(opened(f"{address}/{file}", 390), "body",
                                        SMALLEST_OF_PROSE) if not each["drawn"]]
    assert not small, "\n".join(small)


# ------------------------------------------------------------------ reflow

OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# A screen of 1280 by 900 at 400 and 200 %, and phones.
ZOOMED = {"400 %": (320, 225), "phone": (390, 844), "200 %": (640, 450), "tablet": (768, 1024)}


def test_no_page_scrolls_sideways_however_it_is_enlarged(baseline, address, opened):
    over = []
    for file in visited.pages(baseline[0]):
        page = opened(f"{address}/{file}")
        for name, (width, height) in ZOOMED.items():
            page.set_viewport_size({"width": width, "height": height})
            if (more := page.evaluate(OVER)) > 0:
                over.append(f"{file} at {name}: {more} px")
    assert not over, "\n".join(over)


def test_unfolded_a_page_does_not_scroll_sideways_either(baseline, address, opened):
    over = []
    for file in CHAPTERS:
        page = opened(f"{address}/{file}", *[320, "light", 225])
        visited.unfold(page)
        if (more := page.evaluate(OVER)) > 0:
            over.append(f"{file}: {more} px")
    assert not over, "\n".join(over)


def test_at_400_percent_the_bar_does_not_stay_over_the_text(address, opened):
    page = opened(f"{address}/{KINDS['chapter']}", 320, height=225)
    page.evaluate("scrollTo(0, 2000)")
    seen.wait_for(page, "scrollY > 500")
    # What stays while the page moves takes no more than a tenth of so low a screen.
    covered = page.evaluate("""() => [...document.querySelectorAll("body *")]
      .filter(each => /fixed|sticky/.test(getComputedStyle(each).position))
      .map(each => each.getBoundingClientRect())
      .filter(box => box.width > 200 && box.top <= 0 && box.bottom > 0)
      .reduce((most, box) => Math.max(most, box.bottom), 0)""")
    assert covered <= 22


def test_a_page_that_scrolls_sideways_is_found(address, opened):
    page = opened(f"{address}/{KINDS['question']}", 320)
    assert page.evaluate(OVER) <= 0
    plant(page, "main h1 { width: 30rem; }")
    assert page.evaluate(OVER) > 0


# ------------------------------------------------------------------ the first figure at a desk

# What a reader looks at: the words above a drawing or table and itself, without the line below.
FIRST = """exhibits => {
  const first = exhibits[0];
  if (!first) return null;
  const parts = [...first.children].filter(
    part => !part.matches(".exhibit-line, .figure-source, details")
      && part.getClientRects().length);
  const boxes = (parts.length ? parts : [first]).map(part => part.getBoundingClientRect());
  return {name: first.id, top: Math.min(...boxes.map(box => box.top)) + scrollY,
          bottom: Math.max(...boxes.map(box => box.bottom)) + scrollY};
}"""


def first_exhibit(page):
    """Name, top and bottom of the first figure of a page, or of its first table if it has none."""
    return (page.eval_on_selector_all("main .book-figure", FIRST)
            or page.eval_on_selector_all("main .book-exhibit-table", FIRST))


def test_the_first_figure_of_a_chapter_is_whole_on_a_desk(address, opened):
    """A chapter without a figure shows where its first table begins: that may be a long one."""
    found = {file: first_exhibit(opened(f"{address}/{file}", 1280, height=900))
             for file in CHAPTERS}
    ends = {file: first["bottom"] if first["name"].startswith("figure-") else first["top"] + 450
            for file, first in found.items()}
    cut = [f"{file}: {end:.0f} px" for file, end in ends.items() if end > 900]
    assert not cut, "\n".join(cut)


def test_a_first_figure_that_is_cut_is_found(address, opened):
    page = opened(f"{address}/{KINDS['chapter']}", 1280, height=900)
    assert first_exhibit(page)["bottom"] <= 900
    plant(page, "main h1 { margin-bottom: 60rem !important; }")
    assert first_exhibit(page)["bottom"] > 900


# ------------------------------------------------------------------ figures in the dark

BLOCK = 16  # px: letters and lines leave darker spots within, a card or a white ground does not
LIGHT = 0.55  # of the light of white
MOST_LIGHT = 0.03  # of the blocks of a figure


def light_area(picture: bytes) -> float:
    """Share of a picture that is light in whole blocks."""
    colours = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")) / 255
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    light = linear @ [0.2126, 0.7152, 0.0722] > LIGHT
    rows, columns = (size // BLOCK for size in light.shape)
    blocks = light[:rows * BLOCK, :columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    return float((blocks.mean(axis=(1, 3)) > 0.9).mean())


def test_no_figure_glares_in_the_dark(baseline, address, opened):
    """By the reader's own choice, on a device that has light colours."""
    glaring, count = [], 0
    for place, file in enumerate(visited.pages(baseline[0])):
        page = opened(f"{address}/{file}", (390, 1280)[place % 2], "dark")
        for figure in page.locator("main .book-figure, main .explorer").filter(visible=True).all():
            count += 1
            share = light_area(figure.screenshot(animations="disabled"))
            if share > MOST_LIGHT:
                glaring.append(f"{file}: {share:.0%} of {figure.get_attribute('id')}")
    assert count > 20
    assert not glaring, "\n".join(glaring)


@pytest.mark.parametrize("theme", visited.THEMES)
def test_every_text_of_a_figure_stands_out_from_what_it_stands_on(
        baseline, address, opened, theme):
    weak = []
    for file in visited.pages(baseline[0]):
        weak += [f"{file}, {each['place']}: '{each['text']}' {each['contrast']:.1f}"
                 for each in measured.faint(opened(f"{address}/{file}", 1280, theme))]
    assert not weak, "\n".join(weak)


def test_letters_in_the_colour_of_their_ground_are_found(address, opened):
    page = opened(f"{address}/{KINDS['chapter with the ranking']}", 1280, "dark")
    assert measured.faint(page) == []
    plant(page, ".book-drawing text { fill: #4a5157 !important; }")
    assert len(measured.faint(page)) > 20


def test_a_white_card_in_the_dark_is_found(address, opened):
    page = opened(f"{address}/{KINDS['chapter']}", 1280, "dark")
    figure = page.locator("main .book-figure").first
    assert light_area(figure.screenshot()) <= MOST_LIGHT
    plant(page, ".book-drawing { background: white !important; }")
    assert light_area(figure.screenshot()) > 0.2
