"""What of a built page a reader can see, and what stands under each figure and table."""

import time
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup

# Meant to be unseen: words for screen readers, what a click opens, signs that show on hovering.
MEANT = ", ".join([
    ".visually-hidden", ".sr-only", "details:not([open]) > :not(summary)", ".headerlink",
    "[popover]", ".book-filter[hidden]",  # a script opens them
    "details > summary .collapsed, details > summary .expanded", "script", "style", "template",
    "noscript"])

# In one go for a page: texts and pictures of its article that cannot be seen, in either colours.
HIDDEN = """(meant) => {
  const article = document.querySelector("article.article") || document.querySelector("main");
  if (!article) return ["there is no article"];
  const parse = colour => (colour.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const alpha = colour => { const c = parse(colour); return c.length > 3 ? c[3] : 1; };
  const light = colour => parse(colour).slice(0, 3).map(v => v / 255).map(
    v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce(
    (sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const remembered = (make, known = new Map()) => element => {
    if (!known.has(element)) known.set(element, make(element));
    return known.get(element);
  };
  // What hides an element and all within it.
  const shut = remembered(element => {
    const above = element === article ? {why: "", opacity: 1} : shut(element.parentElement);
    if (above.why) return above;
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    const opacity = above.opacity * parseFloat(style.opacity);
    const why = style.display === "none" ? "is not displayed"
      : style.visibility !== "visible" ? "is not visible"
      : opacity < 0.3 ? "is transparent"
      : style.clipPath !== "none" || style.clip !== "auto" ? "is clipped"
      : /hidden|clip/.test(style.overflow) && (box.width < 3 || box.height < 3) ? "has no room"
      : "";
    return {why, opacity};
  });
  const size = box => box.width < 1 || box.height < 1 ? "has no size"
    : box.right + scrollX < 0 || box.bottom + scrollY < 0 ? "is off the page" : "";
  const found = new Set(), texts = [];
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT), range = new Range();
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement, text = node.data.trim();
    if (!text || element.closest(meant)) continue;
    range.selectNodeContents(node);
    const reason = shut(element).why || size(range.getBoundingClientRect())
      || (parseFloat(getComputedStyle(element).fontSize) < 9 ? "is tiny" : "");
    if (reason) found.add(`${text.slice(0, 60)}: ${reason}`);
    else texts.push([text, element]);
  }
  for (const picture of article.querySelectorAll("img, iframe, svg.book-drawing")) {
    if (picture.closest(meant)) continue;
    const name = picture.getAttribute("src") || picture.getAttribute("aria-label");
    const reason = shut(picture).why || size(picture.getBoundingClientRect());
    if (reason) found.add(`${name}: ${reason}`);
  }
  const root = document.documentElement, before = root.dataset.theme;
  for (const theme of ["light", "dark"]) {
    root.dataset.theme = theme;
    const paper = theme === "dark" ? "rgb(20, 23, 26)" : "rgb(255, 255, 255)";
    const behind = remembered(element => {
      if (!element) return paper;
      const fill = getComputedStyle(element).backgroundColor;
      return alpha(fill) > 0.5 ? fill : behind(element.parentElement);
    });
    const faint = remembered(element => {
      const colour = getComputedStyle(element).color;
      const [low, high] = [light(colour), light(behind(element))].sort((a, b) => a - b);
      return alpha(colour) < 0.3 || (high + 0.05) / (low + 0.05) < 1.5;
    });
    for (const [text, element] of texts)
      if (faint(element)) found.add(`${text.slice(0, 60)}: has the colour of the paper`);
  }
  root.dataset.theme = before;
  return [...found];
}"""


def hidden(page) -> list[str]:
    """Texts and pictures of an open page that its reader cannot see and should: ``what: why``."""
    return page.evaluate(HIDDEN, MEANT)


def wait_for(page, true: str, arg=None, seconds: float = 60) -> None:
    """Wait until a function in JavaScript tells something true of an open page.

    The browser driver's own waiting asks once more from within the page, which the policy of our
    pages refuses: it works only where the first answer is true already.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(true, arg):
        assert time.monotonic() < end, f"never: {true}"
        page.wait_for_timeout(20)


def parsed(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


@lru_cache(maxsize=64)
def read(file: Path) -> BeautifulSoup:
    return parsed(file.read_text(encoding="utf-8"))


def downloads(page: BeautifulSoup) -> list[tuple[str, str, list[str]]]:
    """What stands above each line of downloads of a page: (sort, what, its files).

    Returns
    -------
    list of (str, str, list of str)
        ``figure`` with its title, or ``table`` with its caption; names of the files
        that the line offers.
    """
    found = []
    for line in page.select(".exhibit-line"):
        above, shell = line.find_previous_sibling(), line.find_parent("figure")
        files = [Path(unquote(link["href"])).name for link in line.select("a[download]")]
        if shell is not None and shell.get("data-figure") and shell.select("svg.book-drawing"):
            found.append(("figure", shell.select_one(".figure-title").get_text(), files))
        elif above is not None and "book-table" in above.get("class", []):
            found.append(("table", above.caption.get_text(), files))
        elif above is not None and "book-offered" in above.get("class", []):
            found.append(("table", above.strong.get_text().removesuffix("."), files))
        else:
            found.append(("nothing", "", files))
    return found


def rows(table) -> list[list[str]]:
    """Texts of a table, its line of headings first."""
    return [[" ".join(cell.get_text().split()) for cell in row.select("th, td")]
            for row in table.select("tr")]
