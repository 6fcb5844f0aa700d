"""Pages of a built book as tests open them: at every width, in both colours, in every state.

What a page can be brought to (menus, cards, dialogs, explorers) is written down once, in `STATES`,
and each test that holds for every state goes through all of them.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

WIDTHS = (320, 390, 1280)  # 400 % of a desk, a phone, a desk
THEMES = ("light", "dark")
COMBINATIONS = tuple(product(WIDTHS, THEMES))
HEIGHT = 900
SOON = 30_000  # milliseconds for what a page is brought to: many states are tried, some in vain
# A page of each kind: tests that are too long for every page look at these.
KINDS = {
    "front": "intro.html", "question": "questions/market.html",
    "chapter": "chapters/2-3-market-expansion.html",
    "chapter with the ranking": "chapters/3-6-country-comparison.html",
    "list": "sources.html", "parameters": "parameters.html", "ledger": "all-results.html",
    "search": "search.html?q=market%20size", "status": "status.html",
}
# What the policy of a page refuses is told by an event; all of them are kept, from the first on.
LISTEN = """window.refused = [];
addEventListener("securitypolicyviolation", event => window.refused.push(
  `${event.effectiveDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
  true);
"""


def pages(folder: Path) -> list[str]:
    """Addresses of the pages of a book inside its folder; the way to the first page is left out."""
    found = (file.relative_to(folder) for file in sorted(folder.rglob("*.html")))
    return [file.as_posix() for file in found
            if file.parts[0] != "_static" and file.as_posix() != "index.html"]


@contextmanager
def opener(browser, **options):
    """One page of one context for many visits, with what went wrong on them in ``said``.

    Gives a function ``open_page(address, width, theme)`` that returns the page. The theme is the
    reader's own choice, against that of the device, so that nothing hangs on the device alone.
    """
    context = browser.new_context(**{"viewport": {"width": 1280, "height": HEIGHT},
                                     "reduced_motion": "reduce", **options})
    context.add_init_script(LISTEN)
    page = context.new_page()
    page.set_default_timeout(SOON)
    page.said, page.asked = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("requestfailed", lambda request: page.said.append(f"not loaded: {request.url}"))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("console", lambda line: page.said.append(line.text)
            if line.type in ("error", "warning") else None)

    def open_page(address: str, width: int = 1280, theme: str = "light", height: int = HEIGHT):
        page.set_viewport_size({"width": width, "height": height})
        page.said.clear()
        page.asked.clear()
        # Another address first: of two that differ behind the # only, the second loads nothing.
        page.goto("about:blank")
        page.goto(address)
        colour(page, theme)
        return page

    yield open_page
    context.close()


def colour(page, theme: str) -> None:
    """Choose the colours of a page that is open, on a device that has the others."""
    page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)


@dataclass(frozen=True)
class State:
    """Something that a page can be brought to.

    Parameters
    ----------
    page : str
        One that can.
    reach : callable
        Brings it there, with the page.
    part : str
        CSS selector of what is new on it then.
    widths : tuple of int
        Screens on which it can.
    """

    page: str
    reach: object
    part: str
    widths: tuple[int, ...] = (390, 1280)


def _popover(button: str, opened: str):
    def reach(page):
        page.locator(button).filter(visible=True).first.click()
        page.locator(f"{opened}:popover-open").wait_for()
    return reach


def _dialog(page):
    page.keyboard.press("/")
    page.locator("dialog[open] input[type=search]").wait_for()


def _search(query: str, there: str):
    def reach(page):
        _dialog(page)
        page.keyboard.type(query)
        page.locator(f"dialog[open] {there}").first.wait_for()
    return reach


def _card(by: str, asked: str):
    def reach(page):
        number = page.locator(f"article {asked}").filter(visible=True).first
        if by == "key":
            page.keyboard.press("Tab")
            number.focus()
        else:
            number.click()
        page.locator("#book-card:popover-open").wait_for()
    return reach


def unfold(page) -> None:
    """Open whatever is folded, code as well."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


def _move(page) -> None:
    for slider in page.locator(".explorer input[type=range]").all():
        slider.press("PageUp")
    for choice in page.locator(".explorer input[type=radio]:not(:checked)").all()[:1]:
        choice.check()
    page.locator(".explorer").evaluate_all(
        "all => all.forEach(one => one.querySelectorAll('details').forEach("
        "each => { each.open = true; }))")


def _sorted(page) -> None:
    page.locator("th button").filter(visible=True).first.click()


def _filtered(page) -> None:
    page.locator(".book-filter input").first.fill("market")
    page.locator(".book-ledger tbody tr[hidden]").first.wait_for(state="attached")


CHAPTER, RANKING = KINDS["chapter"], KINDS["chapter with the ranking"]
STATES = {
    "menu": State(CHAPTER, _popover(".menu-button", "#menu"), "#menu", (320, 390)),
    "contents": State(CHAPTER, _popover(".contents-button", "#contents"), "#contents", (320, 390)),
    "downloads": State(CHAPTER, _popover(".downloads-button", "#downloads"), "#downloads"),
    "search opened": State(CHAPTER, _dialog, "dialog[open]"),
    "search found": State(CHAPTER, _search("market size", ".search-found a"), "dialog[open]",
                          WIDTHS),
    "search found nothing": State(KINDS["front"], _search("qqqq", ".search-count:not(:empty)"),
                                  "dialog[open]"),
    "card pressed": State(CHAPTER, _card("press", "a.book-value"), "#book-card", WIDTHS),
    "card by key": State(KINDS["front"], _card("key", ".book-ask"), "#book-card"),
    "all unfolded": State(CHAPTER, unfold, "details[open]", WIDTHS),
    "ranking all unfolded": State(RANKING, unfold, "details[open]"),
    "ranking moved": State(RANKING, _move, ".explorer", WIDTHS),
    "growth moved": State(CHAPTER, _move, ".explorer", WIDTHS),
    "table sorted": State(RANKING, _sorted, ".book-table"),
    "ledger filtered": State(KINDS["ledger"], _filtered, ".book-filter"),
}
