"""The buttons on top of a page: each is pressed, on a phone and on a desk, by hand and by key.

They are the only way to other chapters and other parts of a chapter on a narrow screen. The theme
binds some of them by the first match in a page, so that a page may look right with dead buttons.
"""

import axe
import pytest
import small_book

CHAPTER = "2-3-market-expansion"
WIDTHS = {"phone": 390, "tablet": 768, "between": 975, "laptop": 1000, "desk": 1280}
MENU, CONTENTS = ".primary-toggle", ".secondary-toggle"
SEARCH, COLOURS = ".search-button", ".theme-switch-button"
DOWNLOADS = ".dropdown-download-buttons > button"
DRAWERS = {MENU: "#pst-primary-sidebar-modal", CONTENTS: "#pst-secondary-sidebar-modal"}
# Search stands in the column of chapters where there is one.
FIELD = ".bd-sidebar-primary .search-button-field"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Pages of one chapter and of the sources."""
    project = small_book.make(tmp_path_factory.mktemp("header") / "project", [CHAPTER])
    contents = project.contents
    contents.write_text(contents.read_text() + "      - file: sources\n")
    done = small_book.run(project, "build")
    assert done.returncode == 0, done.stdout + done.stderr
    return project.build / "html"


@pytest.fixture
def opened(book, browser):
    """A function that opens a page of the book; `page.said` has what the console said of errors."""
    contexts = []

    def open_page(width, scheme="light", file=f"chapters/{CHAPTER}.html"):
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True,
                                      color_scheme=scheme, has_touch=width < 1000,
                                      reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda line: page.said.append(line.text)
                if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto((book / file).as_uri())
        page.wait_for_load_state("load")
        return page

    yield open_page
    for context in contexts:
        context.close()


def press(page, selector, way):
    """Press a button of the header with a finger, a mouse or the key Enter."""
    button = page.locator(selector).filter(visible=True)
    if way == "key":
        page.keyboard.press("Tab")  # as who came here by keyboard
        button.focus()
        page.keyboard.press("Enter")
    elif page.evaluate("navigator.maxTouchPoints > 0"):
        button.tap()
    else:
        button.click()


def shown(page):
    """Selectors of the buttons that can be seen in the header; one not known here has its text."""
    known = [MENU, CONTENTS, SEARCH, COLOURS, DOWNLOADS]
    return page.evaluate(
        """known => [...document.querySelectorAll(".bd-header-article button")]
             .filter(button => button.offsetParent && !button.closest(".dropdown-menu"))
             .map(button => known.find(one => button.matches(one)) || button.outerHTML)""", known)


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_the_header_has_the_buttons_that_are_tried_here(opened, width):
    expected = {MENU, DOWNLOADS, COLOURS}
    expected |= ({SEARCH} if width < 992 else set()) | ({CONTENTS} if width < 1200 else set())
    found = shown(opened(width))
    assert set(found) == expected and len(found) == len(expected)


@pytest.mark.parametrize("way", ["hand", "key"])
@pytest.mark.parametrize("width, selector", [
    (width, selector) for selector, beside in [(MENU, 992), (CONTENTS, 1200)]
    for width in WIDTHS.values() if width < beside])  # wider, it stands beside the text
def test_a_drawer_opens_and_escape_closes_it(opened, width, selector, way):
    page = opened(width)
    drawer = page.locator(DRAWERS[selector])
    link = drawer.locator(
        "a[href$='parameters.html']" if selector == MENU else "a[href^='#']").first
    assert not drawer.is_visible()
    press(page, selector, way)
    link.wait_for()
    link.scroll_into_view_if_needed()
    assert link.evaluate("""link => { const box = link.getBoundingClientRect();
        return link.contains(document.elementFromPoint(box.left + 4, box.top + 4)); }""")
    page.keyboard.press("Escape")
    drawer.wait_for(state="hidden")
    assert page.evaluate("selector => document.activeElement.matches(selector)", selector), (
        "whoever closes a drawer goes on from its button")
    for other in shown(page):  # nothing lies over them, not even the name of the one with the focus
        page.locator(other).filter(visible=True).click(trial=True, timeout=3000)
    press(page, selector, way)
    link.click()
    page.wait_for_url("**/parameters.html" if selector == MENU else "**#*")
    page.locator("dialog[open]").wait_for(state="hidden")


@pytest.mark.parametrize("way", ["hand", "key"])
@pytest.mark.parametrize("width", [1000, 1280])
def test_beside_the_text_the_menu_folds_and_unfolds(opened, width, way):
    page = opened(width)
    chapters, text = page.locator("#pst-primary-sidebar"), page.locator(".bd-article")
    wide = text.bounding_box()["x"]
    assert chapters.is_visible()
    press(page, MENU, way)
    chapters.wait_for(state="hidden")
    assert text.bounding_box()["x"] < wide
    press(page, MENU, way)
    chapters.wait_for()


@pytest.mark.parametrize("way", ["hand", "key"])
@pytest.mark.parametrize("width", [390, 1280])
class TestButtons:
    def test_search_opens_a_field_to_type_in(self, opened, width, way):
        page = opened(width)
        press(page, SEARCH if width < 992 else FIELD, way)
        field = page.locator("#pst-search-dialog input[type=search]")
        field.wait_for()
        page.keyboard.type("market")
        assert field.input_value() == "market"
        page.keyboard.press("Escape")
        field.wait_for(state="hidden")

    def test_colours_go_round(self, opened, width, way):
        page = opened(width)
        seen = []
        for _ in range(3):
            press(page, COLOURS, way)
            mode = page.evaluate("document.documentElement.dataset.mode")
            paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
            seen.append((mode, paper))
        assert {mode for mode, _ in seen} == {"light", "dark", "auto"}
        papers = dict(seen)
        assert papers["light"] != papers["dark"] and papers["auto"] == papers["light"]

    def test_downloads_are_listed_and_are_there(self, opened, book, width, way):
        page = opened(width)
        press(page, DOWNLOADS, way)
        menu = page.locator(".dropdown-download-buttons .dropdown-menu")
        menu.wait_for()
        box = menu.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        for link in menu.locator("a").all():
            file = (book / "chapters" / link.get_attribute("href")).resolve()
            assert file.is_file(), file
        page.evaluate("window.print = () => { window.printed = true; }")
        menu.locator("button", has_text=".pdf").click()
        assert page.evaluate("window.printed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_focus_can_be_seen_on_every_button(opened, width, scheme):
    page = opened(width, scheme)
    page.keyboard.press("Tab")
    page.evaluate("document.querySelector('details:has(.copybtn)').open = true")
    for selector in [*shown(page), ".copybtn"]:
        button = page.locator(selector).filter(visible=True).first
        button.focus()
        page.wait_for_function(
            """button => { const style = getComputedStyle(button);
                 return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
                   && style.opacity === "1"; }""", arg=button.element_handle())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_open_drawer_has_no_fault_of_accessibility(opened, scheme):
    page = opened(390, scheme)
    for selector in (MENU, CONTENTS):
        press(page, selector, "key")
        page.locator("dialog[open]").wait_for()
        assert axe.faults(page) == []
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="hidden")


def test_the_first_visit_of_a_page_is_no_error(opened):
    for file in ("index.html", f"chapters/{CHAPTER}.html", "sources.html"):
        assert opened(1280, file=file).said == []


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("file", ["sources.html", "parameters.html", f"chapters/{CHAPTER}.html"])
def test_no_page_scrolls_sideways_on_a_phone(opened, width, file):
    page = opened(width, file=file)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
