"""Figures on a page: words as text, letters large enough, colours that follow, a line that works.

One chapter with figures of each make is built; what is wrong with a page is planted in it and seen.
"""

import shutil

import axe
import pytest
import seen
import small_book

FIGURES = """
import pandas as pd
from helpers import figures
frame = pd.DataFrame({{"name": ["North", "South"], "size_usd": [3.0, 5.0],
                      "kind": ["observed", "forecast"]}})
figure, axes = figures.new("North is smaller", "Size, USD", height=1.6,
                           source="the table at https://example.org/table.csv.")
for place, row in frame.iterrows():
    figures.bar(axes, place, row["size_usd"], row["kind"],
                colour=[figures.ACCENT, figures.SECOND][place])
figures.named_rows(axes, list(frame["name"]))
figures.show(figure, "{bars}", data=frame, alt="Two bars, that of North the shorter one.")
"""
CELLS = """
grades = pd.DataFrame([["High", "Low"], ["Low", ""]], index=["a", "b"], columns=["x", "y"])
figure, axes = figures.new("Grades differ", "Grades; hatched: none", source="made up.", height=1.6)
figures.heat_map(axes, grades, texts=grades, colours=grades.map(
    {"High": figures.ACCENT, "Low": figures.shade(0.2), "": figures.PAPER}.get))
figures.show(figure, "grades", data=grades, alt="Four cells, one of them High and one without any.")
"""
PAGE = "chapters/c.html"
SMALLEST = 9.0  # CSS pixels of a letter on a phone
READABLE, VISIBLE = 4.5, 3.0
# Colours as they are seen: of each text of a drawing and of what it stands on; of each mark.
SEEN = """() => {
  const found = {texts: [], marks: [], sizes: []};
  for (const drawing of document.querySelectorAll(".book-drawing")) {
    const paper = getComputedStyle(document.body).backgroundColor;
    const fills = [...drawing.querySelectorAll("path")].filter(each =>
      !each.closest("defs") && getComputedStyle(each).fill !== "none");
    for (const text of drawing.querySelectorAll("text")) {
      const box = text.getBoundingClientRect(), own = getComputedStyle(text);
      const x = box.x + box.width / 2, y = box.y + box.height / 2;
      const under = fills.findLast(each => {
        const there = each.getBoundingClientRect();
        return there.left <= x && x <= there.right && there.top <= y && y <= there.bottom; });
      const ground = under ? getComputedStyle(under).fill : paper;
      found.texts.push([text.textContent, own.fill, /url/.test(ground) ? paper : ground]);
      found.sizes.push([text.textContent, parseFloat(own.fontSize) * text.getScreenCTM().d]);
    }
    for (const mark of drawing.querySelectorAll("path, use")) {
      if (mark.closest("defs")) continue;
      const {fill, stroke} = getComputedStyle(mark);
      const name = mark.getAttribute("stroke") + mark.getAttribute("fill");
      if (/grid|edge/.test(name)) continue;
      found.marks.push([name, [fill, stroke].filter(each => /^rgb/.test(each)), paper]);
    }
  }
  return found;
}"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    project = small_book.make(tmp_path_factory.mktemp("figures") / "project")
    small_book.write(project, "c", small_book.RECORD, FIGURES.format(bars="bars"), CELLS,
                     FIGURES.format(bars="again"))
    shutil.copy(small_book.REAL.root / "CITATION.cff", project.root)
    (project.root / "intro.md").write_text(
        "# A small book\n\n```{exhibit} c bars\n```\n")
    done = small_book.run(project, "build")
    assert done.returncode == 0, done.stdout + done.stderr
    return project.build / "html"


@pytest.fixture
def opened(book, browser):
    """A function that opens the page of the figures."""
    contexts = []

    def open_page(width=1280, scheme="light", file=PAGE, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True,
                                      color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda line: page.said.append(line.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto((book / file).as_uri())
        if options.get("java_script_enabled", True):
            page.evaluate("document.fonts.ready")
        return page

    yield open_page
    for context in contexts:
        context.close()


def plant(page, style):
    """Change the page by a sheet that its policy allows, since it is no text of the page."""
    page.evaluate("""rules => { const sheet = new CSSStyleSheet(); sheet.replaceSync(rules);
                                document.adoptedStyleSheets = [sheet]; }""", style)


def contrast(one, other):
    def light(colour):
        values = [float(each) / 255 for each in colour[4:-1].replace(",", " ").split()[:3]]
        low, mid, high = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
                          for each in values)
        return 0.2126 * low + 0.7152 * mid + 0.0722 * high
    first, second = sorted((light(one), light(other)))
    return (second + 0.05) / (first + 0.05)


def faint(page):
    """Texts and marks of the drawings of an open page that can hardly be seen."""
    seen = page.evaluate(SEEN)
    return ([text for text, ink, ground in seen["texts"] if contrast(ink, ground) < READABLE]
            + [name for name, colours, paper in seen["marks"]
               if colours and "pale-" not in name and "paper" not in name.partition("#")[0]
               and max(contrast(each, paper) for each in colours) < VISIBLE])


def small(page):
    return [(text, size) for text, size in page.evaluate(SEEN)["sizes"] if size < SMALLEST]


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_drawing_fits_its_column_and_the_words_are_text(opened, width):
    page = opened(width)
    figure = page.locator("#figure-bars")
    assert figure.locator("figcaption .figure-title").inner_text() == "North is smaller"
    assert figure.locator(".figure-source a").get_attribute("href") == (
        "https://example.org/table.csv")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = figure.locator(".book-drawing").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["width"] <= 600
    assert page.said == []


def test_no_letter_is_too_small_on_a_phone(opened):
    page = opened(390)
    assert small(page) == []
    plant(page, ".book-drawing { max-width: 200px; }")
    assert small(page)


def test_ids_of_a_page_are_its_own(opened):
    page = opened()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))
    clipped = page.locator("#figure-again [clip-path]").first.get_attribute("clip-path")
    assert page.locator(f"#figure-again {clipped[4:-1]}").count() == 1


@pytest.mark.parametrize("scheme, chosen", [
    ("light", "auto"), ("dark", "auto"), ("dark", "light"), ("light", "dark")])
def test_a_drawing_follows_the_colours_of_the_page_and_the_switch(opened, scheme, chosen):
    page = opened(scheme=scheme)
    page.evaluate("chosen => { document.documentElement.dataset.theme = chosen }", chosen)
    assert faint(page) == []
    white = page.evaluate("""[...document.querySelectorAll('#figure-grades path')]
        .filter(each => getComputedStyle(each).stroke === "rgb(255, 255, 255)").length""")
    dark = chosen == "dark" or chosen == "auto" and scheme == "dark"
    assert bool(white) is not dark, "no white cards in the dark"
    plant(page, ".book-drawing text { fill: rgb(120, 130, 140); }")
    assert faint(page)


def test_nothing_vanishes_where_a_system_has_its_own_colours(opened):
    page = opened()
    page.emulate_media(forced_colors="active")

    def vanished():
        seen = page.evaluate(SEEN)
        # A fill like the paper is seen by its outline; cells without one have their text.
        return [name for name, colours, paper in seen["marks"]
                if ("paper" not in name or "pale-" in name) and colours
                and max(contrast(each, paper) for each in colours) < VISIBLE] + [
            text for text, ink, ground in seen["texts"] if contrast(ink, ground) < READABLE]

    assert vanished() == []
    plant(page, ".book-drawing [fill^='var(--figure-pale-'] { stroke: none !important; }")
    assert vanished()


def test_the_line_leads_to_files_that_are_there(opened, book):
    page = opened()
    links = page.locator("#figure-bars .exhibit-line a[download]")
    files = [link.get_attribute("href").rpartition("/")[2] for link in links.all()]
    assert files == ["c-bars.csv", "c-bars.svg", "c-bars.png"]
    folder = book / "_static" / "downloads"
    assert (folder / "c-bars.png").read_bytes().startswith(b"\x89PNG")
    alone = (folder / "c-bars.svg").read_text()
    assert "North is smaller" in alone and "Source: the table" in alone and "@font-face" in alone


def test_a_picture_to_take_along_looks_like_its_png(opened, browser, book):
    """The SVG that stands alone brings its own letters: they are as wide as they were measured."""
    page = browser.new_page()
    page.goto((book / "_static" / "downloads" / "c-bars.svg").as_uri())
    seen.wait_for(page, "[...document.fonts].every(each => each.status === 'loaded')")
    assert page.evaluate("document.fonts.size") == 2
    assert page.evaluate("""[...document.querySelectorAll('text')].every(text => {
        const box = text.getBBox(); return box.x >= -1 && box.x + box.width <= 390; })""")
    page.close()


def test_the_table_has_the_data_and_describes_the_drawing(opened):
    page = opened()
    described = page.locator("#figure-bars .book-drawing").get_attribute("aria-details")
    table = page.locator(f"#figure-bars details#{described}")
    assert not table.locator("table").is_visible()
    table.locator("summary").click()
    assert table.locator("table").is_visible()
    assert table.locator("th[scope=col]").all_inner_texts() == ["name", "size usd", "kind"]
    assert table.locator("tbody th").all_inner_texts() == ["North", "South"]


def test_the_way_to_cite_opens_by_key_and_closes(opened):
    page = opened()
    button = page.locator("#figure-bars .exhibit-button")
    button.focus()
    page.keyboard.press("Enter")
    assert page.locator("#cite-bars").is_visible()
    assert "North is smaller [figure]" in page.locator("#cite-text-bars").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator("#cite-bars").is_visible()


def test_the_link_is_the_address_of_the_figure(opened):
    page = opened()
    page.locator("#figure-bars .exhibit-line a[data-copy-address]").click()
    assert page.url.endswith("#figure-bars")


def test_without_scripts_words_drawing_data_and_links_are_there(opened):
    page = opened(java_script_enabled=False)
    page.locator("#figure-bars summary").click()
    assert page.locator("#figure-bars table").is_visible()
    assert page.locator("#figure-bars .exhibit-line a").count() == 4
    assert page.locator("#figure-bars .book-drawing").bounding_box()["width"] > 300


def test_a_page_that_gathers_shows_the_figure_under_a_name_with_its_chapter(opened):
    page = opened(file="intro.html")
    assert page.locator("#figure-c-bars[data-figure='c/bars'] .book-drawing").count() == 1
    assert page.locator("#figure-c-bars .exhibit-line a[href='chapters/c.html']").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_figures_are_accessible_shut_and_open(opened, width, scheme):
    page = opened(width, scheme)
    assert axe.faults(page, "article") == []
    for summary in page.locator(".figure-data summary").all():
        summary.click()
    assert axe.faults(page, "article") == []
    plant(page, ".exhibit-line a { color: rgb(120, 120, 120) !important; }")
    assert any("color-contrast" in fault for fault in axe.faults(page, "article"))
