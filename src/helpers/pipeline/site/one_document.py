"""The built pages put together into one document, in the order of the contents, to be printed.

What is unique on a page need not be so in the book, so every ``id`` gets the name of its page in
front; links between pages become links within the document. A link to what paper leaves out, such
as code, leads to the beginning of its page.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import lxml.html

from helpers.pipeline.site.frame import THEME

IDS = ("id", "for", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "name")
INNER = re.compile(r"url\(#([^)]+)\)")
NOT_PRINTED = ("script", "form", "dialog", "button", "template")
HEADING = re.compile("h([1-5])")
PAPER = THEME / "pdf.css"  # no page loads it
UNKNOWN = "000"  # the place of a page number while it is not known; as wide as one


@dataclass(frozen=True)
class Cover:
    """What the title page says.

    Attributes
    ----------
    title, edition : str
    lines : sequence of str
        Authors, version, date and so on, a paragraph each.
    language : str
    """

    title: str
    edition: str
    lines: Sequence[str]
    language: str = "en"


def page_id(page: str, anchor: str = "") -> str:
    """Where a page, or a place on it, is in the document."""
    stem = page.removesuffix(".html").replace("/", "-")
    return f"{stem}--{anchor}" if anchor else f"page-{stem}"


def of_book(folder: Path, parts: Sequence[tuple[str, Sequence[str]]], cover: Cover,
            numbers: Mapping[str, int], *, public: str = "") -> str:
    """The document as HTML.

    Parameters
    ----------
    folder : Path
        The built pages.
    parts : sequence of (str, sequence of str)
        Parts of the contents: caption, and names of its pages without ending.
    cover : Cover
    numbers : mapping of str to int
        Number of the sheet on which the place with an id begins, as far as they are known.
    public : str
        Address at which the book stands, for what the document does not hold; empty for none.
    """
    pages = [page for _, listed in parts for page in listed]
    articles = {page: _printed(folder, page) for page in pages}
    there = {page: frozenset(article.xpath(".//@id")) for page, article in articles.items()}
    for page, article in articles.items():
        _settle(article, folder / f"{page}.html", page, there, public)
    titles = {page: _title(article) for page, article in articles.items()}
    body, styles = [], []
    for caption, listed in parts:
        if caption:
            body.append(f'<h1 class="book-part" id="{part_id(caption)}">{escape(caption)}</h1>')
        for place, page in enumerate(listed):
            sheet = f"sheet-{pages.index(page)}"
            styles.append(f"@page {sheet} {{ @top-right {{ content: {_quoted(titles[page])} }} }}\n"
                          f"#{_selector(page_id(page))} {{ page: {sheet} }}")
            if caption and place == 0:
                styles.append(f"#{_selector(part_id(caption))} {{ page: {sheet} }}")
            body.append(lxml.html.tostring(articles[page], encoding="unicode"))
    css = (folder / "_static").absolute().as_uri()
    sheets = "".join(f'<link rel="stylesheet" href="{css}/{name}.css">' for name in (
        "frame", "figures", "tables", "values", "furniture", "sphinx-design.min",
        "explorers/explorers", "print") if (folder / "_static" / f"{name}.css").is_file())
    sheets += f'<link rel="stylesheet" href="{PAPER.as_uri()}">'
    return (
        f'<!DOCTYPE html>\n<html lang="{cover.language}" data-theme="light" '
        f'data-book="{escape(cover.title)}" data-edition="{escape(cover.edition)}">'
        f'<head><meta charset="utf-8"><title>{escape(cover.title)}</title>{sheets}'
        f"<style>{' '.join(styles)}</style></head><body>\n{_cover(cover)}\n"
        f"{_contents(parts, titles, numbers)}\n<main>{''.join(body)}</main></body></html>\n")


def in_contents(parts: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Places in the document to which its contents lead, in order."""
    return [place for caption, pages in parts
            for place in ([part_id(caption)] if caption else []) + list(map(page_id, pages))]


def headings(document: str) -> list[str]:
    """Texts of all headings of the document, in order."""
    root = lxml.html.fromstring(document)
    return [_line(each) for each in root.iter(*(f"h{level}" for level in range(1, 7)))]


def part_id(caption: str) -> str:
    """Where a part of the book begins in the document."""
    return "part-" + re.sub(r"\W+", "-", caption.lower())


def _cover(cover: Cover) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in (cover.edition, *cover.lines) if line)
    return f'<section class="book-cover"><h1>{escape(cover.title)}</h1>{lines}</section>'


def _contents(parts, titles, numbers) -> str:
    def row(place: str, text: str) -> str:
        number = numbers.get(place, UNKNOWN)
        return (f'<a href="#{place}"><span>{escape(text)}</span><span class="leader"></span>'
                f'<span class="number">{number}</span></a>')

    rows = []
    for caption, pages in parts:
        if caption:
            rows.append(f'<li class="part">{row(part_id(caption), caption)}</li>')
        sort = ' class="chapter"' if caption else ""
        rows += [f"<li{sort}>{row(page_id(page), titles[page])}</li>" for page in pages]
    return (f'<nav class="book-contents" aria-labelledby="book-contents"><h1 id="book-contents">'
            f"Contents</h1><ol>{''.join(rows)}</ol></nav>")


def _title(article) -> str:
    return _line(next(article.iter("h2")))  # on its page it was h1


def _line(heading) -> str:
    return " ".join(heading.text_content().split())


def _printed(folder: Path, page: str):
    """The article of a page without what is not printed."""
    root = lxml.html.fromstring((folder / f"{page}.html").read_bytes(),
                                parser=lxml.html.HTMLParser(encoding="utf-8"))
    article = next(root.iter("article"))
    for each in list(article.iter(*NOT_PRINTED)):
        each.drop_tree()
    for each in article.xpath(".//a[contains(@class, 'headerlink') or contains(@class, 'book-ask')]"
                              " | .//details[contains(@class, 'hide')]"):
        each.drop_tree()
    return article


def _settle(article, file: Path, page: str, there: Mapping[str, Collection[str]],
            public: str) -> None:
    """Make the article of a page a part of the document: headings, ids and addresses."""
    for each in article.iter():
        if not isinstance(each.tag, str):
            continue
        level = HEADING.fullmatch(each.tag)
        if level:
            each.tag = f"h{int(level[1]) + 1}"
        _move(each, file, page, there, public)
    article.set("id", page_id(page))
    article.set("class", "article book-chapter")


def _move(element, file: Path, page: str, there: Mapping[str, Collection[str]],
          public: str) -> None:
    """Give an element the ids and addresses that it has in the document."""
    for name, value in list(element.attrib.items()):
        if name in IDS and not (name == "name" and element.tag != "a"):
            element.set(name, " ".join(page_id(page, each) for each in value.split()))
        elif name == "src":
            element.set(name, urljoin(file.absolute().as_uri(), value))
        elif name in ("href", "xlink:href"):
            place = _place(element.tag, value, page, there, public)
            if place:
                element.set(name, place)
            else:
                del element.attrib[name]
        elif "url(#" in value:
            element.set(name, INNER.sub(lambda found: f"url(#{page_id(page, found[1])})", value))


def _place(tag: str, address: str, page: str, there: Mapping[str, Collection[str]],
           public: str) -> str:
    """Where a link of a page leads in the document; empty where it leads nowhere.

    Parameters
    ----------
    tag, address : str
    page : str
        The page that has the link.
    there : mapping of str to collection of str
        What the document holds: ids on each of its pages, as they are on the page itself.
    public : str
    """
    if re.match(r"[a-z][a-z+.-]*:", address):
        return address
    if tag != "a" and not address.startswith("#"):
        return ""
    whole, anchor = urldefrag(urljoin(f"/{page}.html", address))
    other, anchor = unquote(whole).lstrip("/").removesuffix(".html"), unquote(anchor)
    if other in there:
        return "#" + page_id(other, anchor if anchor in there[other] else "")
    return urljoin(public, whole.lstrip("/")) if public else ""


def _selector(name: str) -> str:
    return re.sub(r"([^\w-])", r"\\\1", name)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
