"""Every page, in every state, at every width and in both colours, can be used by everyone.

axe-core judges with all its rules for WCAG 2.2 A and AA and all best practices; what it cannot see
is asked here: order and sight of the focus, motion, landmarks and titles.
"""

import axe
import pytest
import seen
import visited
from visited import COMBINATIONS, KINDS, STATES, THEMES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(baseline):
    """Where the book begins: in the file system, as for who downloaded it."""
    return baseline[0].as_uri()


@pytest.fixture(scope="module")
def opened(browser):
    with visited.opener(browser, offline=True) as open_page:
        yield open_page


def told(faults, *where):
    return [f"{', '.join(map(str, where))}: {fault}" for fault in faults]


# ------------------------------------------------------------------ axe


def test_every_page_is_clean_at_a_width_and_in_colours_that_take_turns(baseline, address, opened):
    """All six for each page would take minutes: neighbours have the same frame, and take turns."""
    all_pages, faults = visited.pages(baseline[0]), []
    for place, page in enumerate(all_pages):
        width, theme = COMBINATIONS[place % len(COMBINATIONS)]
        faults += told(axe.faults(opened(f"{address}/{page}", width, theme)), page, width, theme)
    assert len(all_pages) > 30
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("page", KINDS.values(), ids=KINDS)
def test_a_page_of_each_kind_is_clean_at_every_width_in_both_colours(address, opened, page):
    shown, faults = opened(f"{address}/{page}"), []
    shown.wait_for_load_state("networkidle")
    for width, theme in COMBINATIONS:
        shown.set_viewport_size({"width": width, "height": visited.HEIGHT})
        visited.colour(shown, theme)
        faults += told(axe.faults(shown), width, theme)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", STATES)
def test_every_state_is_clean(address, opened, name):
    """The whole page once, and what is new on it at every width and in both colours."""
    state, faults = STATES[name], []
    for width in state.widths:
        page = opened(f"{address}/{state.page}", width)
        state.reach(page)
        for theme in THEMES:
            visited.colour(page, theme)
            page.evaluate("scrollTo(0, 0)")  # what the bar covers just now is none too small
            whole = (width, theme) == (state.widths[0], THEMES[0])
            faults += told(axe.faults(page, None if whole else state.part), width, theme)
    assert not faults, "\n".join(faults)


# What spoils a page, and the rule that says so: of each level of WCAG, and of best practice.
SPOILT = {
    "document.querySelector('.search-button span').remove()": "link-name",
    "document.documentElement.removeAttribute('lang')": "html-has-lang",
    "document.querySelector('main p').style.color = 'rgb(160, 160, 160)'": "color-contrast",
    "document.querySelector('.skip-link').href = '#nowhere'": "skip-link",
    "document.querySelector('h2').replaceWith(document.createElement('h5'))": "empty-heading",
    "document.querySelector('.search-button').setAttribute('aria-label', 'Find')":
        "label-content-name-mismatch",
    "document.querySelectorAll('.menu a').forEach(link => { link.style.minHeight = '9px';"
    " link.style.fontSize = '7px'; link.style.padding = '0'; link.style.lineHeight = '1'; })":
        "target-size",
    "document.querySelector('main h1').nextElementSibling.remove();"
    "document.body.append(Object.assign(document.createElement('p'), {textContent: 'words'}))":
        "region",
    "document.body.append(document.createElement('main'))": "landmark-no-duplicate-main",
}


@pytest.mark.parametrize("spoil, rule", SPOILT.items(), ids=SPOILT.values())
def test_a_fault_of_each_sort_is_found(address, opened, spoil, rule):
    page = opened(f"{address}/{KINDS['question']}")
    assert axe.faults(page) == []
    page.evaluate(spoil)
    assert any(fault.startswith(f"{rule} ") for fault in axe.faults(page)), axe.faults(page)


def test_no_rule_of_axe_is_left_out_but_those_of_the_highest_level(address, opened):
    page = opened(f"{address}/{KINDS['question']}")
    asked = set(axe.rules(page))
    assert {"target-size", "region", "td-has-header", "label-content-name-mismatch"} <= asked
    left = set(page.evaluate("axe.getRules().map(rule => rule.ruleId)")) - asked
    tags = {rule: page.evaluate("name => axe.getRules().find(rule => rule.ruleId === name).tags",
                                rule) for rule in left}
    assert {rule for rule, each in tags.items()
            if not any(tag.endswith(("aaa", "-obsolete")) for tag in each)} == set()


# ------------------------------------------------------------------ the focus

MOST_STOPS = 250
# A stop of the key Tab: what is wrong with how it is seen. A ring that is drawn outside a part that
# cuts off what sticks out of it would not be seen, so the ring must have its place on the screen.
STOP = """() => {
  const here = document.activeElement;
  if (here === document.body || here === window.stops[0]) return null;  // round again
  const box = here.getBoundingClientRect(), style = getComputedStyle(here), wrong = [];
  const parse = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = colour => parse(colour).slice(0, 3).map(v => v / 255).map(
    v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce(
    (sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let behind = here.parentElement;
  while (behind && (parse(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0)
    behind = behind.parentElement;
  const paper = getComputedStyle(behind || document.body).backgroundColor;
  const [low, high] = [light(style.outlineColor), light(paper)].sort((a, b) => a - b);
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) wrong.push("no ring");
  else if ((high + 0.05) / (low + 0.05) < 3) wrong.push("a ring in the colour of the paper");
  if (!here.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    wrong.push("cannot be seen");
  const boxes = [...here.getClientRects()].filter(each => each.width > 1 && each.height > 1);
  const spots = boxes.flatMap(each => {
    const [left, top] = [Math.max(each.left, 0), Math.max(each.top, 0)];
    const [right, bottom] = [Math.min(each.right, innerWidth), Math.min(each.bottom, innerHeight)];
    return [[(left + right) / 2, (top + bottom) / 2], [left + 3, top + 3], [right - 3, bottom - 3]];
  });
  const over = spots.map(([x, y]) => document.elementFromPoint(x, y));
  if (!over.some(each => here.contains(each)))
    wrong.push(`out of sight or covered at ${Math.round(box.x)}, ${Math.round(box.y)}`);
  const before = window.stops.at(-1);
  if (before && !(before.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING))
    wrong.push("before the stop before it");
  window.stops.push(here);
  return wrong.map(each => `${here.outerHTML.slice(0, 120)}: ${each}`);
}"""


def stops(page):
    """Press Tab from the first stop to the end: how many stops, and what is wrong with them."""
    found, count = [], 0
    page.evaluate("""() => { const first = document.querySelector(".skip-link");
        first.focus();
        window.stops = [first]; }""")
    while count < MOST_STOPS:
        page.keyboard.press("Tab")
        wrong = page.evaluate(STOP)
        if wrong is None:
            break
        count += 1
        found += wrong
    return count, found


@pytest.mark.parametrize("width, theme", [(1280, "light"), (390, "dark"), (320, "light")])
@pytest.mark.parametrize("kind", ["front", "question", "chapter with the ranking", "search"])
def test_the_focus_goes_down_the_page_and_is_always_seen(address, opened, kind, width, theme):
    page = opened(f"{address}/{KINDS[kind]}", width, theme)
    count, found = stops(page)
    assert count > 8
    assert not found, "\n".join(found)


HIDES = {
    "no ring": ":focus-visible { outline: none !important; }",
    "a ring in the colour of the paper": ":focus-visible { outline-color: #fefefe !important; }",
    "cannot be seen": "main a { opacity: 0 !important; }",
    "covered": "body::after { content: ''; position: fixed; inset: 0; z-index: 99; }",
    "before the stop": "",  # a link that sends the focus back, below
}


@pytest.mark.parametrize("fault", HIDES)
def test_a_focus_that_is_not_seen_is_found(address, opened, fault):
    page = opened(f"{address}/{KINDS['question']}")
    page.evaluate("""rule => { const sheet = new CSSStyleSheet();
        sheet.replaceSync(rule);
        document.adoptedStyleSheets = [sheet]; }""", HIDES[fault])
    if not HIDES[fault]:
        page.evaluate("""document.querySelectorAll("main a")[1].addEventListener(
            "focus", () => document.querySelector(".search-button").focus())""")
    assert any(fault in line for line in stops(page)[1])


# ------------------------------------------------------------------ motion, landmarks, titles

MOVES = """() => [...document.querySelectorAll("*")].flatMap(
    each => [null, "::before", "::after"].map(part => [each, getComputedStyle(each, part)]))
  .filter(([each, style]) => style.scrollBehavior === "smooth"
    || [style.transitionDuration, style.animationDuration].some(
      times => times.split(",").some(time => parseFloat(time) > 0.01)
        && (times === style.animationDuration ? style.animationName !== "none" : true)))
  .map(([each]) => each.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("page", KINDS.values(), ids=KINDS)
def test_nothing_moves_for_who_asked_for_less_motion(address, opened, page):
    assert opened(f"{address}/{page}").evaluate(MOVES) == []


def test_what_moves_is_found(address, opened):
    page = opened(f"{address}/{KINDS['question']}")
    page.evaluate("document.querySelector('main').style.setProperty("
                  "'transition', 'opacity 1s', 'important')")
    assert len(page.evaluate(MOVES)) == 1


def outline(page):
    """What a page's parts lack: landmarks, one first heading, no level left out, a title."""
    found = []
    for selector in ("main", "header.page-header", "footer.page-footer", "h1"):
        if len(page.select(selector)) != 1:
            found.append(f"{len(page.select(selector))} of {selector}")
    levels = [int(head.name[1]) for head in page.select("h1, h2, h3, h4, h5, h6")]
    found += [f"h{low} is followed by h{high}"
              for low, high in zip(levels, levels[1:], strict=False) if high > low + 1]
    names = [part.get("aria-label") for part in page.select("nav, aside")]
    if None in names or len(set(names)) < len(names):
        found.append(f"parts that have no name of their own: {names}")
    if not (page.html.get("lang") and page.title and page.title.get_text().strip()):
        found.append("no language or no title")
    first = page.body.select_one("a[href], button")
    if first is None or first.get("href") != "#main":
        found.append("the first stop does not lead to the text")
    return found


def test_every_page_has_its_landmarks_and_headings_and_a_title_of_its_own(baseline):
    read = {page: seen.read(baseline[0] / page) for page in visited.pages(baseline[0])}
    assert {page: found for page, each in read.items() if (found := outline(each))} == {}
    titles = [each.title.get_text() for each in read.values()]
    assert len(set(titles)) == len(titles)


def test_a_page_without_them_is_found():
    page = seen.parsed("<html><head><title> </title></head><body><a href='x'>x</a><h1>A</h1><h1>B"
                       "</h1><h3>C</h3><nav></nav><main></main></body></html>")
    assert outline(page) == [
        "0 of header.page-header", "0 of footer.page-footer", "2 of h1", "h1 is followed by h3",
        "parts that have no name of their own: [None]", "no language or no title",
        "the first stop does not lead to the text"]
