"""What the built pages say, passage by passage: sections, figures, tables, terms.

Search and the index of names are made from this, so what they know of the book is what a reader
sees of it: with every edition's own values, and without code, navigation and notices.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

# What stands in a text and is none of it: code, ways to somewhere else, lines of buttons, drawings
# (their alternative text is taken), what only paper or a machine sees. `data-not-searched` is for
# whatever else should not be found.
TAGS = {"script", "style", "template", "nav", "svg", "button", "dialog", "form", "summary"}
CLASSES = {"headerlink", "cell_input", "hide", "exhibit-line", "book-downloads", "edition-box",
           "visually-hidden", "print-only"}
ATTRIBUTES = ("hidden", "popover", "data-not-searched")
BLOCKS = {"p", "li", "div", "section", "dd", "dt", "blockquote", "pre", "figcaption", "details"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
INNER = (*HEADINGS, *BLOCKS, "table", "dl")  # what has one of these is no paragraph
WORD = re.compile(r"[^\W\d_]{2}")  # numbers in a drawing are mostly those of an axis
BESIDE = " · "  # between the cells of a row


@dataclass(frozen=True)
class Passage:
    """Something on a page that can be found.

    Attributes
    ----------
    page : str
        Address from the root of the book.
    anchor : str
        Where on the page; empty for its top. A result that its page does not print has the address
        where it is listed.
    kind : str
        ``section``, ``figure``, ``table`` or ``term``; search adds ``result`` and ``claim``.
    title : str
        Heading, headline, caption or term.
    text : str
        Paragraphs, or rows of a table, one a line.
    """

    page: str
    anchor: str
    kind: str
    title: str
    text: str

    @property
    def address(self) -> str:
        """Where it is, from the root of the book."""
        return self.anchor if "#" in self.anchor else f"{self.page}#{self.anchor}".rstrip("#")


@dataclass(frozen=True)
class Page:
    """A built page: its address, its title, what it says and the places in it."""

    address: str
    title: str
    passages: tuple[Passage, ...]
    anchors: frozenset[str]


def of_book(folder: Path, leave: Set[str] = frozenset()) -> list[Page]:
    """All pages of a built book that have an article, in the order of their addresses.

    Parameters
    ----------
    folder : Path
    leave : set of str
        Addresses of pages that are not looked into.
    """
    addresses = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*.html")
                 if "_static" not in file.relative_to(folder).parts}
    pages = (read(address, addresses[address].read_bytes())
             for address in sorted(addresses.keys() - leave))
    return [page for page in pages if page is not None]


def read(address: str, content: bytes) -> Page | None:
    """One page; None if it has no article, as a redirect."""
    root = etree.fromstring(content, etree.HTMLParser(encoding="utf-8"))
    article = None if root is None else next(root.iter("article"), None)
    if article is None:
        return None
    passages = _Reader(address).read(article)
    title = passages[0].title if passages else ""
    return Page(address, title, tuple(passages), frozenset(article.xpath(".//@id")))


class _Reader:
    """Walks an article and keeps where it is: the section whose paragraphs come next."""

    def __init__(self, page: str):
        self.page, self.found = page, []
        self.anchor, self.heading, self.lines = "", "", []

    def read(self, article) -> list[Passage]:
        self._walk(article)
        self._close()
        return self.found

    def _close(self) -> None:
        """End the section that was open; it stands before the figures that it holds."""
        if self.heading:
            self.found.insert(self.begun, Passage(
                self.page, self.anchor, "section", self.heading, _lines(self.lines)))
        self.lines = []

    def _add(self, kind: str, element, title: str, text: str) -> None:
        anchor = next((each.get("id") for each in (element, *element.iterancestors())
                       if each.get("id")), "")
        self.found.append(Passage(self.page, anchor, kind, title or self.heading, text))

    def _walk(self, element) -> None:
        for child in element:
            if left_out(child):
                pass
            elif child.tag in HEADINGS:
                self._close()
                self.begun, self.heading = len(self.found), text_of(child)
                section = child.getparent()
                # The top of a page needs no anchor.
                self.anchor = "" if child.tag == "h1" else child.get("id") or section.get("id", "")
            elif "book-figure" in child.get("class", "").split():
                self._add("figure", child, *_figure(child))
            elif child.tag == "table":
                self._add("table", child, *_table(child))
            elif child.tag == "dl":
                for term in child.iter("dt"):
                    self._add("term", term, text_of(term), text_of(term.getnext()))
            elif next(child.iterdescendants(*INNER), None) is not None:
                self._walk(child)
            else:
                self.lines.append(text_of(child))


def left_out(element) -> bool:
    """Whether an element is no part of what a page says."""
    return (not isinstance(element.tag, str) or element.tag in TAGS
            or any(name in element.attrib for name in ATTRIBUTES)
            or not CLASSES.isdisjoint(element.get("class", "").split()))


def text_of(element) -> str:
    """Text of an element without what is left out, in one line."""
    return " ".join("".join(_texts(element)).split(" ")).strip() if element is not None else ""


def _texts(element) -> Iterator[str]:
    yield _in_a_line(element.text)
    for child in element:
        if not left_out(child):
            yield from _texts(child)
            if child.tag in BLOCKS or child.tag == "br":
                yield " "
        yield _in_a_line(child.tail)


def _in_a_line(text: str | None) -> str:
    """Line breaks as blanks; a blank that does not break stays, it holds a number together."""
    return (text or "").replace("\n", " ")


def _lines(lines: list[str]) -> str:
    return "\n".join(filter(None, lines))


def _figure(figure) -> tuple[str, str]:
    """Headline of a figure; then its second title, what it shows and its labels, a line each."""
    def said(name: str) -> str:
        return next((text_of(each) for each in figure.iter()
                     if name in each.get("class", "").split()), "")

    drawn = next((each.get("aria-label") or each.get("alt", "") for each in figure.iter()
                  if each.get("role") == "img" or each.tag == "img"), "")
    labels = dict.fromkeys(text_of(each) for each in figure.iter("text"))
    return said("figure-title"), _lines([
        said("figure-subtitle"), drawn, BESIDE.join(filter(WORD.search, labels))])


def _table(table) -> tuple[str, str]:
    """Caption of a table; then its rows, a line each."""
    caption = next((text_of(each) for each in table.iter("caption")), "")
    rows = [BESIDE.join(filter(None, (text_of(cell) for cell in row)))
            for row in table.iter("tr")]
    return caption, _lines(rows)
