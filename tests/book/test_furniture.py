"""What stands around the text of a page, in a browser: code, parameters, citation, copying."""

import json
import re
import shutil
from pathlib import Path

import axe
import pytest
import seen
import small_book

from helpers.pipeline.site import page_metadata

CHAPTER = "2-3-market-expansion"
PAGE = f"chapters/{CHAPTER}.html"
# Each with what it copies: of code, of a command, of a citation.
COPIED = {
    ".article .highlight > .copy-button": "#code-1 pre",
    ".edition-box .copy-button": "#assumptions-command",
    ".page-facts p > .copy-button": "#cite-text",
    ".page-facts details .copy-button": "#cite-bibtex",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The chapters that have least and most to show, and an edition of one changed value."""
    made = small_book.make(tmp_path_factory.mktemp("furniture") / "project",
                           [CHAPTER, "5-4-investment-in-china"])
    shutil.copy(small_book.REAL.root / page_metadata.CITATION, made.root)
    shutil.copy(small_book.REAL.root / "troubleshooting.md", made.root)
    made.contents.write_text(made.contents.read_text() + "      - file: status\n"
                             "      - file: troubleshooting\n")
    for changes in ((), ("--set", "horizon_year=2030")):
        done = small_book.run(made, "build", *changes)
        assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture(scope="module")
def book(project):
    return project.build / "html"


@pytest.fixture
def opened(book, browser):
    """A function that opens a page; `page.said` has what the console said of errors."""
    contexts = []

    def open_page(width=1280, scheme="light", file=PAGE, folder=book, grant=True, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True,
                                      color_scheme=scheme, reduced_motion="reduce", **options)
        if grant:
            context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda line: page.said.append(line.text)
                if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto((folder / file).as_uri())
        page.wait_for_load_state("load")
        return page

    yield open_page
    for context in contexts:
        context.close()


def unfold(page):
    page.evaluate("document.querySelectorAll('main details').forEach(box => box.open = true)")


# ------------------------------------------------------------------ code


def exhibits_and_switches(page):
    """Figures and tables (F) and switches of code (C) of a page, in the order of reading."""
    return page.evaluate("""() => [...document.querySelectorAll(
        ".book-figure, .book-table, .book-offered, .explorer, details.hide")]
        .filter(part => !part.parentElement.closest(".book-table, .explorer, .book-figure"))
        .map(part => part.matches("details.hide") ? "C" : "F").join("")""")


def orders(page):
    """Whether each switch of code stands below a figure or table of its own."""
    return re.fullmatch(r"(F+C)+", exhibits_and_switches(page)) is not None


@pytest.mark.parametrize("chapter", [CHAPTER, "5-4-investment-in-china"])
def test_a_switch_of_code_stands_below_its_figure_and_none_above_the_first(opened, chapter):
    assert orders(opened(file=f"chapters/{chapter}.html"))


@pytest.mark.parametrize("plant", ["main.querySelector('h1').after(one.cloneNode(true))",
                                   "one.after(one.cloneNode(true))"])
def test_a_switch_too_many_is_found(opened, plant):
    page = opened()
    page.evaluate(f"""() => {{ const main = document.querySelector("main"),
        one = main.querySelector("details.hide"); {plant}; }}""")
    assert not orders(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_switch_is_called_as_it_reads_and_can_be_hit(opened, width):
    page = opened(width)
    switches = page.locator("details.hide > summary").all()
    assert switches
    for switch in switches:
        box = switch.bounding_box()
        assert box["height"] >= 24 and box["width"] >= 24
        assert re.fullmatch(r"Code( of \S.+)?", switch.text_content())
        assert switch.get_attribute("aria-label") is None
        assert switch.evaluate("it => [...it.children].every(child => child.matches('span'))")


def test_each_code_cell_of_the_chapter_has_its_address(opened, project):
    page = opened()
    cells = [cell for cell in json.loads((project.chapters / f"{CHAPTER}.ipynb").read_text(
        "utf-8"))["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(cells, start=1):
        shown = page.locator(f"#code-{number} pre")
        assert shown.text_content().strip() == "".join(cell["source"]).strip()
    assert page.locator("[id^=code-]").count() == len(cells)


def test_an_address_of_code_unfolds_it(opened):
    page = opened()
    assert not page.locator("#code-3").is_visible()
    page.evaluate("location.hash = '#code-3'")
    page.locator("#code-3").wait_for()


def test_code_has_an_element_only_for_what_has_a_colour(opened):
    page = opened()
    unfold(page)
    plain = page.evaluate("""() => {
        const ink = getComputedStyle(document.querySelector("#code-1 pre")).color;
        return [...document.querySelectorAll("details.hide pre span")]
          .filter(part => part.textContent && getComputedStyle(part).color === ink)
          .map(part => part.className + " " + part.textContent); }""")
    assert plain == []
    assert page.locator("details.hide pre .k").count() > 10


# ------------------------------------------------------------------ parameters


def test_the_box_stands_below_the_first_figure_and_is_one_line_until_it_is_opened(opened):
    page = opened()
    box, figure = page.locator("#assumptions"), page.locator(".book-figure").first
    assert figure.bounding_box()["y"] < box.bounding_box()["y"]
    assert box.bounding_box()["height"] < 60
    assert not page.locator("#assumptions [data-parameter]").first.is_visible()
    page.locator("#assumptions summary").click()
    page.locator("#assumptions [data-parameter]").first.wait_for()


def values(page):
    """Parameter -> value and baseline, as a panel would read them from the box."""
    return page.evaluate("""() => Object.fromEntries([...document.querySelectorAll(
        "#assumptions [data-parameter]")].map(({ dataset }) =>
            [dataset.parameter, [dataset.value, dataset.baseline]]))""")


def test_the_box_has_the_parameters_of_its_edition(opened, project, book):
    standard = values(opened())
    assert standard["horizon_year"] == ["2026", "2026"]
    assert all(value == before for value, before in standard.values())
    other = opened(folder=project.build / "editions" / "baseline-horizon-year-2030" / "html")
    assert values(other) == {**standard, "horizon_year": ["2030", "2026"]}
    summary = other.locator("#assumptions summary").text_content()
    assert "horizon_year" in summary and "2030" in summary and "2026" in summary
    unfold(other)
    edges = other.evaluate("""() => ["changed", "parameter:not(.changed)"].map(sort =>
        getComputedStyle(document.querySelector(`.${sort}`)).borderLeftColor)""")
    assert edges[0] != edges[1]


def test_an_edition_writes_only_the_pages_that_read_what_it_changes(project, book):
    other = project.build / "editions" / "baseline-horizon-year-2030" / "html"
    page = "chapters/5-4-investment-in-china.html"

    def without_edition(folder):
        text = (folder / page).read_text("utf-8")
        for part in ('<aside class="edition-notice".*?</aside>',
                     '<section class="page-facts".*?</section>', ' data-edition="[^"]*"'):
            text = re.sub(part, "", text, flags=re.DOTALL)
        return re.sub(r"\s*\n\s*", "\n", text)

    assert without_edition(other) == without_edition(book)
    assert "horizon_year" in (other / page).read_text("utf-8")  # its citation names the edition


# ------------------------------------------------------------------ citation and dates


def test_the_foot_cites_the_page_with_its_run(opened, book):
    page = opened()
    run = json.loads((book / "edition.json").read_text())["runs"][CHAPTER][:12]
    text = page.locator("#cite-text").text_content()
    assert text.startswith("The authors") and f"Run {run}." in text and "Baseline edition" in text
    assert "2.3 Market expansion. In: " in text
    unfold(page)
    assert f"run {run}" in page.locator("#cite-bibtex").text_content()
    assert re.search(r"published from \d{4}\S* to \d{4}",
                     page.locator(".page-dates").text_content())


def test_links_of_the_foot_lead_somewhere(opened, book):
    for file in (PAGE, "intro.html", "status.html"):
        page = opened(file=file)
        links = page.locator(".page-facts a").all()
        assert links
        for link in links:
            target = link.get_attribute("href").split("#")[0]
            assert (book / Path(file).parent / target).resolve().is_file(), target


# ------------------------------------------------------------------ copying


@pytest.mark.parametrize("way", ["hand", "key"])
@pytest.mark.parametrize("selector", COPIED)
def test_a_button_copies_what_it_stands_beside(opened, selector, way):
    page = opened()
    unfold(page)
    button = page.locator(selector).first
    name = button.text_content()
    if way == "key":
        page.keyboard.press("Tab")
        button.focus()
        page.keyboard.press("Enter")
    else:
        button.click()
    seen.wait_for(page, "button => button.textContent === 'Copied'", arg=button.element_handle())
    wanted = page.locator(COPIED[selector]).text_content().strip()
    assert page.evaluate("navigator.clipboard.readText()") == wanted
    assert page.locator("[role=status]", has_text="Copied").count() == 1
    assert button.evaluate("it => it === document.activeElement")
    seen.wait_for(page, "([button, name]) => button.textContent === name",
                           arg=[button.element_handle(), name])
    assert page.said == []


def test_an_address_is_copied_with_its_place(opened):
    page = opened()
    page.evaluate("""() => { const button = document.querySelector("#assumptions .copy-button");
        delete button.dataset.copyOf; button.dataset.copyAddress = "code-3"; }""")
    unfold(page)
    page.locator("#assumptions .copy-button").click()
    page.locator("[role=status]", has_text="Copied").wait_for(state="attached")
    assert page.evaluate("navigator.clipboard.readText()") == page.url.split("#")[0] + "#code-3"


def test_without_the_clipboard_the_older_way_is_taken(opened):
    page = opened()
    unfold(page)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.locator("#assumptions .copy-button").click()
    page.locator("[role=status]", has_text="Copied").wait_for(state="attached")
    assert page.evaluate("document.activeElement.matches('#assumptions .copy-button')")
    page.evaluate("document.execCommand = () => false")
    page.locator(".page-facts .copy-button").first.click()
    page.locator("[role=status]", has_text="Not copied").wait_for(state="attached")


def test_without_scripts_no_button_is_there_that_would_do_nothing(opened):
    page = opened(java_script_enabled=False)
    assert page.locator(".copy-button").filter(visible=True).count() == 0
    assert page.locator("#cite-text").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_can_be_seen_on_what_can_be_pressed(opened, scheme):
    page = opened(scheme=scheme)
    unfold(page)
    page.keyboard.press("Tab")
    for selector in (*COPIED, "details.hide > summary", "#assumptions summary",
                     ".page-facts summary"):
        control = page.locator(selector).first
        control.focus()
        assert control.evaluate("""it => { const style = getComputedStyle(it);
            return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
                && style.opacity === "1"; }"""), selector


# ------------------------------------------------------------------ all of it


@pytest.mark.parametrize("file", [PAGE, "status.html", "troubleshooting.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_furniture_has_no_fault_of_accessibility_and_nothing_is_too_wide(
        opened, width, scheme, file):
    page = opened(width, scheme, file)
    unfold(page)
    assert page.said == []  # axe reads style sheets in a way that a folder refuses
    for part in (".page-facts", "#assumptions", "article"):
        if page.locator(part).count():
            rules = ["target-size", "label-content-name-mismatch"]
            assert axe.faults(page, part) == []
            assert page.evaluate("""([part, rules]) => axe.run(part, { runOnly: rules }).then(
                found => found.violations.map(fault => fault.id + fault.nodes[0].html))""",
                                 [part, rules]) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
