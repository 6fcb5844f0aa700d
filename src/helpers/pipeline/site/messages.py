"""What a finished page says, message by message, and the same page in other words.

A message is what one element says: a paragraph, a cell, a button. Elements inside it are marks,
by letters as they come: ``on <a>the site</a>, <b/>``. A mark alone is what has its own message,
such as a sentence of a chapter, or no other words, such as code.
"""

import re
from collections.abc import Iterator
from string import ascii_lowercase

from lxml import html

from helpers.pipeline.site import wording

# Another parser than a browser's would write them in small letters, and none needs to look inside.
DRAWING = re.compile(r"<svg\b.*?</svg>", re.S)
MARK = re.compile(r"<(/?)([a-z])(/?)>")
OUTER = re.compile(r"(?P<before>(?:<[a-z]/>\s*)*)(?P<said>.*?)(?P<after>(?:\s*<[a-z]/>)*)", re.S)
WORDS = re.compile(r"[^\W\d_]{2}")
IDENTIFIER = re.compile(r"[a-z]+(?:_[a-z]+)+(?:, [a-z]+(?:_[a-z]+)+)*")
SILENT = ("script", "style", "svg", "code", "pre", "kbd", "samp")
INLINE = ("a", "em", "strong", "i", "b", "small", "sub", "sup", "cite", "q", "abbr", "span")
ATTRIBUTES = ("aria-label", "title", "placeholder", "data-words", "alt")
APART = ("book-sentence", "book-value")
FINDINGS = ("book-sentence", "book-figure", "book-exhibit-table")
ASKS = "book-ask"  # its label begins with the words of its sentence
DATA = "figure-data"  # the rows that a figure is drawn from
CITED = "cite-text"  # a citation is copied as it stands, so it stays in the language of the book


class Message:
    """One message of a page.

    Attributes
    ----------
    element
        Where it stands.
    attribute : str
        Which attribute says it; empty for the text of the element.
    text : str
        What it is known by.
    numbers : list of str
        What stands in its places.
    """

    def __init__(self, element, attribute: str = ""):
        self.element, self.attribute, self.inside = element, attribute, []
        if attribute:
            said = element.get(attribute)
            self.around = ("", "")
        else:
            found = OUTER.fullmatch(self._said(element).strip())
            said, self.around = found["said"], (found["before"], found["after"])
        self.text, self.numbers = wording.without_numbers(
            said, exhibit(element) if attribute == "aria-label" else "")

    @property
    def domain(self) -> str:
        """The catalogue it belongs to, where that of the frame has it not."""
        around = [self.element, *self.element.iterancestors()]
        return "findings" if any(has_class(each, *FINDINGS) for each in around) else "pages"

    def _said(self, element) -> str:
        parts = [element.text or ""]
        for child in element:
            mark = ascii_lowercase[len(self.inside)]
            self.inside.append(child)
            inner = "" if is_apart(child) else self._said(child)
            parts += [f"<{mark}>{inner}</{mark}>" if inner.strip() else f"<{mark}/>",
                      child.tail or ""]
        return "".join(parts)

    def say(self, text: str, language: str) -> None:
        """Have the page say it in other words, with the numbers and elements that it has."""
        said = wording.with_numbers(text, self.numbers, language)
        if self.attribute:
            self.element.set(self.attribute, said)
            return
        said = f"{self.around[0]}{said}{self.around[1]}"
        for child in self.inside:
            child.getparent().remove(child)
            child.tail = None
        self.element.text = None
        into, last, position = [self.element], None, 0
        for found in MARK.finditer(said):
            _append(into[-1], last, said[position:found.start()])
            position = found.end()
            if found[1]:  # the end of an element
                last = into.pop()
                continue
            child = self.inside[ascii_lowercase.index(found[2])]
            into[-1].append(child)
            last = child if found[3] else None
            if not found[3]:
                child.text = None
                into.append(child)
        _append(into[-1], last, said[position:])


def _append(parent, last, text: str) -> None:
    if last is None:
        parent.text = (parent.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def exhibit(element) -> str:
    """Name of the figure or table in which an element stands; empty elsewhere."""
    for above in element.iterancestors("figure"):
        shown = above.get("data-figure") or above.get("data-table") or ""
        return shown.rpartition("/")[2]
    return ""


def marks(text: str) -> list[tuple[str, ...]]:
    """The marks of a message, in one order."""
    return sorted(MARK.findall(text))


def has_class(element, *names: str) -> bool:
    """Whether an element has one of some classes."""
    return any(name in (element.get("class") or "").split() for name in names)


def is_apart(element) -> bool:
    """Whether what an element says is no part of the message around it."""
    return (not isinstance(element.tag, str) or element.tag in SILENT
            or has_class(element, *APART))


def read(page: str):
    """A page as elements, without its drawings, and these.

    What names a place in English only is left out: the mark beside a heading, and the link of a
    term to the glossary, which stands at the first mention of each page.
    """
    drawings: list[str] = []

    def cut(found: re.Match) -> str:
        drawings.append(found[0])
        return f'<svg data-cut="{len(drawings) - 1}"></svg>'

    root = html.document_fromstring(DRAWING.sub(cut, page))
    for link in root.xpath('//a[contains(@class, "headerlink")]'):
        link.drop_tree()
    for wrap in root.xpath('//a[contains(@class, "book-term")]'
                           ' | //a/span[contains(@class, "doc")]'):
        wrap.drop_tag()
    for data in root.xpath(f'//*[contains(@class, "{DATA}")]//table'):
        data.set("lang", wording.ENGLISH)  # the file as it is, like what is drawn from it
    return root, drawings


def write(root, drawings: list[str]) -> str:
    """The elements as a page again; what is drawn stays in English."""
    text = html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")
    return re.sub(r'<svg data-cut="(\d+)"[^>]*></svg>', lambda found: drawings[int(found[1])],
                  text) + "\n"


def of_page(root, is_english) -> Iterator[Message]:
    """Every message of a page, inner ones before those that they stand in.

    Parameters
    ----------
    root
        The page, as `read` gives it.
    is_english : callable
        Whether a link leads to a page that is in English: what it is called is the page's title.
    """
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag not in SILENT:
            for attribute in ATTRIBUTES:
                if WORDS.search(element.get(attribute) or "") and not has_class(element, ASKS):
                    yield Message(element, attribute)
    yield from _within(root.find("body"), is_english)


def _within(element, is_english) -> Iterator[Message]:
    if (not isinstance(element.tag, str) or element.tag in SILENT or element.get("id") == CITED
            or element.get("lang")):
        return
    if element.tag == "a" and is_english(element):
        return
    own = [element.text, *(child.tail for child in element)]
    children = [child for child in element.iterdescendants() if isinstance(child.tag, str)]
    if not (WORDS.search(" ".join(filter(None, own)))
            and all(child.tag in (*INLINE, *SILENT) for child in children)):
        for child in element:
            yield from _within(child, is_english)
        return
    for child in children:
        if has_class(child, *APART):
            yield from _within(child, is_english)
    message = Message(element)
    if not IDENTIFIER.fullmatch(message.text):
        yield message
