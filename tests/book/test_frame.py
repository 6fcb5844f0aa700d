"""The frame of a page: its buttons, pressed on a phone and on a desk, by hand and by key.

They are the only way to other chapters and other parts of a chapter on a narrow screen. A page may
look right with dead buttons.
"""

import axe
import pytest
import seen
import small_book

from helpers.pipeline.site import frame

CHAPTER = "2-3-market-expansion"
WIDTHS = {"phone": 390, "tablet": 768, "between": 950, "laptop": 1000, "desk": 1280}
MENU, CONTENTS = ".menu-button", ".contents-button"
SEARCH, COLOURS, DOWNLOADS = ".search-button", ".theme-button", ".downloads-button"
DRAWERS = {MENU: "#menu", CONTENTS: "#contents"}
MENU_STAYS, CONTENTS_STAY = 960, 1184  # width from which they stand beside the text


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Pages of one chapter and of the sources."""
    project = small_book.make(tmp_path_factory.mktemp("frame") / "project", [CHAPTER])
    contents = project.contents
    contents.write_text(contents.read_text() + "      - file: sources\n")
    done = small_book.run(project, "build")
    assert done.returncode == 0, done.stdout + done.stderr
    return project.build / "html"


@pytest.fixture
def opened(book, browser):
    """A function that opens a page of the book; `page.said` has what the console said of errors."""
    contexts = []

    def open_page(width, scheme="light", file=f"chapters/{CHAPTER}.html", **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True,
                                      color_scheme=scheme, has_touch=width < 1000,
                                      reduced_motion="reduce", **options)
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
    """Press a button with a finger, a mouse or the key Enter."""
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
    """Selectors of the buttons that can be seen; one not known here has its text."""
    known = [MENU, CONTENTS, SEARCH, COLOURS, DOWNLOADS]
    return page.evaluate(
        """known => [...document.querySelectorAll(".page-header .tool, .contents button")]
             .filter(button => button.offsetParent)
             .map(button => known.find(one => button.matches(one)) || button.outerHTML)""", known)


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_page_has_the_buttons_that_are_tried_here(opened, width):
    expected = {SEARCH, DOWNLOADS, COLOURS}
    expected |= {MENU} if width < MENU_STAYS else set()
    expected |= {CONTENTS} if width < CONTENTS_STAY else set()
    found = shown(opened(width))
    assert set(found) == expected and len(found) == len(expected)


@pytest.mark.parametrize("way", ["hand", "key"])
@pytest.mark.parametrize("width, selector", [
    (width, selector) for selector, beside in [(MENU, MENU_STAYS), (CONTENTS, CONTENTS_STAY)]
    for width in WIDTHS.values() if width < beside])
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
    for other in shown(page):  # nothing lies over them
        page.locator(other).filter(visible=True).click(trial=True, timeout=3000)
    press(page, selector, way)
    link.click()
    page.wait_for_url("**/parameters.html" if selector == MENU else "**#*")
    page.locator(":popover-open").wait_for(state="hidden")


@pytest.mark.parametrize("selector", [MENU, CONTENTS])
def test_the_drawers_open_without_scripts(opened, selector):
    page = opened(390, java_script_enabled=False)
    page.locator(selector).click()
    page.locator(DRAWERS[selector]).locator("a").first.wait_for()


def test_beside_the_text_the_list_of_chapters_stands_and_shows_where_one_is(opened):
    page = opened(1280)
    here = page.locator("#menu [aria-current=page]")
    assert here.count() == 1 and "2.3" in here.inner_text()
    box = here.bounding_box()
    assert 0 < box["y"] < 800, "the chapter that is read is in sight in the list"
    assert page.locator(".book-title").bounding_box()["y"] < 20


@pytest.mark.parametrize("width", [390, 1280])
def test_the_part_that_is_read_is_marked_in_the_list_of_parts(opened, width):
    page = opened(width)
    links = page.locator(".contents a")
    target = links.nth(2).get_attribute("href")
    page.evaluate("target => document.querySelector(target).scrollIntoView()", target)
    seen.wait_for(
        page,
        "target => document.querySelector('.contents [aria-current]')?.hash === target", arg=target)


@pytest.mark.parametrize("way", ["hand", "key"])
@pytest.mark.parametrize("width", [390, 1280])
class TestButtons:
    def test_colours_go_round_and_stay_on_the_next_page(self, opened, width, way):
        page = opened(width)
        seen = []
        for _ in range(3):
            press(page, COLOURS, way)
            mode = page.evaluate("document.documentElement.dataset.theme")
            paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
            seen.append((mode, paper, page.locator(COLOURS).inner_text().strip()))
        assert [mode for mode, _, _ in seen] == ["light", "dark", "auto"]
        papers = {mode: paper for mode, paper, _ in seen}
        assert papers["light"] != papers["dark"] and papers["auto"] == papers["light"]
        assert len({said for _, _, said in seen}) == 3, "the button says which it is"
        press(page, COLOURS, way)
        press(page, COLOURS, way)
        page.reload()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == papers["dark"]
        assert page.evaluate("Object.keys(localStorage)") == ["theme"]

    def test_downloads_are_listed_and_are_there(self, opened, book, width, way):
        page = opened(width)
        press(page, DOWNLOADS, way)
        menu = page.locator("#downloads")
        menu.wait_for()
        box = menu.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert menu.locator("a").count() == 2
        for link in menu.locator("a").all():
            file = (book / "chapters" / link.get_attribute("href")).resolve()
            assert file.is_file(), file
        page.evaluate("window.print = () => { window.printed = true; }")
        menu.locator("button").click()
        assert page.evaluate("window.printed")


@pytest.mark.parametrize("kept", ["", "dusk", None])
def test_a_strange_choice_of_colours_is_none(opened, kept):
    page = opened(1280)
    if kept is not None:
        page.evaluate("kept => localStorage.setItem('theme', kept)", kept)
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "auto" and page.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_focus_can_be_seen_on_every_button(opened, width, scheme):
    page = opened(width, scheme)
    page.keyboard.press("Tab")
    for selector in shown(page):
        button = page.locator(selector).filter(visible=True).first
        button.focus()
        seen.wait_for(
            page,
            """button => { const style = getComputedStyle(button);
                 return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
                   && style.opacity === "1"; }""", arg=button.element_handle())


def test_the_first_stop_of_the_keyboard_leads_to_the_text(opened):
    page = opened(1280)
    page.keyboard.press("Tab")
    first = page.locator(":focus")
    assert first.get_attribute("href") == "#main" and first.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_open_drawer_has_no_fault_of_accessibility(opened, scheme):
    page = opened(390, scheme)
    for selector in (MENU, CONTENTS, DOWNLOADS):
        press(page, selector, "key")
        page.locator(":popover-open").wait_for()
        assert axe.faults(page) == []
        page.keyboard.press("Escape")
        page.locator(":popover-open").wait_for(state="hidden")


def test_the_first_visit_of_a_page_is_no_error(opened):
    for file in ("index.html", f"chapters/{CHAPTER}.html", "sources.html"):
        assert opened(1280, file=file).said == []


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("file", ["sources.html", "parameters.html", f"chapters/{CHAPTER}.html"])
def test_no_page_scrolls_sideways_on_a_phone(opened, width, file):
    page = opened(width, file=file)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_print_opens_what_is_folded_and_closes_it_again(opened):
    page = opened(1280)
    boxes = page.locator("article details:not(.hide)")
    assert boxes.count(), "the chapter has a box"
    for event, state in (("beforeprint", True), ("afterprint", False)):
        page.evaluate("event => dispatchEvent(new Event(event))", event)
        assert {box.evaluate("box => box.open") for box in boxes.all()} == {state}


def test_the_sections_of_a_page_are_its_headings_below_the_title():
    from docutils.core import publish_doctree

    tree = publish_doctree("T\n=\n\nA\n-\n\nB\n~\n\nC\n^\n\nx\n\nD\n-\n\nx\n",
                           settings_overrides={"doctitle_xform": False})
    assert [(each["level"], each["title"]) for each in frame.sections(tree)] == [
        (2, "A"), (3, "B"), (2, "D")]


@pytest.mark.parametrize("page, kind", [
    ("intro", "front"), ("questions/market", "question"), ("chapters/a1", "chapter"),
    ("sources", "beside"), ("search", "beside")])
def test_a_page_has_a_kind(page, kind):
    assert frame.kind(page) == kind
