"""The whole book as one PDF: tagged, with bookmarks, page numbers and links that work.

Its articles are taken from the built pages, in the order of the contents, put together into one
page, and printed by Chromium, which keeps headings as bookmarks and the structure as tags. The
command line of Chromium is enough for that; a driver would be a second browser to install.
Chromium cannot write the number of a page into the contents, so the book is printed twice: first
to learn on which page each part begins, then with the numbers.
"""

import html
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from lxml import etree
from lxml import html as lxml_html

from helpers.pipeline import contents
from helpers.pipeline.edition import MANIFEST, BuildError, Edition
from helpers.pipeline.site import address, metadata
from helpers.project import Project

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
STYLES = ("frame.css", "furniture.css", "figures.css", "tables.css", "sphinx-design.min.css",
          "print.css")
# What a page on a screen offers and paper cannot.
LEFT_OUT = ("//*[contains(concat(' ', normalize-space(@class), ' '), ' headerlink ')]",
            "//details[contains(@class, 'hide')]", "//script", "//template", "//button",
            "//*[@popover]", "//*[contains(@class, 'exhibit-line')]",
            "//*[contains(@class, 'book-downloads')]", "//*[contains(@class, 'edition-box')]",
            "//a[contains(@class, 'book-ask')]", "//details[contains(@class, 'figure-data')]")
REFERRING = ("for", "aria-labelledby", "aria-describedby", "aria-details", "aria-controls")
INSIDE = re.compile(r"url\(#([^)]+)\)")


class NoBrowser(BuildError):
    """There is nothing that could print."""


@dataclass(frozen=True)
class Part:
    """A page of the book in its place: address, title, article, and the caption it stands under."""

    address: str
    title: str
    article: etree._Element
    caption: str


def write(edition: Edition) -> Path:
    """Print the built pages of an edition into one file beside them, where they changed since.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    Path
        It is written aside and then moved, so that none is ever half there.

    Raises
    ------
    NoBrowser
        If no Chromium is installed.
    BuildError
        If it printed nothing.
    """
    project, folder, target = edition.project, edition.folder, place(edition)
    built = (folder / MANIFEST).stat().st_mtime_ns
    if target.is_file() and target.stat().st_mtime_ns >= built:
        return target
    browser, heading = found_browser(), edition.heading
    parts = of_book(project, folder)
    with tempfile.TemporaryDirectory() as aside:
        first = _print(browser, Path(aside), "first", _whole(project, folder, parts, heading, {}))
        pages = beginnings(first, [part.title for part in parts])
        numbers = {part.address: page for part, page in zip(parts, pages, strict=True)}
        last = _print(browser, Path(aside), "last",
                      _whole(project, folder, parts, heading, numbers))
        moving = target.with_suffix(".new")
        shutil.copyfile(last, moving)
        moving.replace(target)
    return target


def place(edition: Edition) -> Path:
    """File that an edition is printed into."""
    folder = edition.folder
    return folder.with_name("book.pdf" if edition.is_baseline else f"{folder.name}.pdf")


def found_browser() -> str:
    """Program that prints.

    Raises
    ------
    NoBrowser
    """
    for name in BROWSERS:
        program = shutil.which(name)
        if program:
            return program
    raise NoBrowser("A PDF is printed by Chromium, and none was found. Install it (on Debian or "
                    "Ubuntu: sudo apt install chromium), then type the same command again; or open "
                    "the pages and print them from your own browser")


def of_book(project: Project, folder: Path) -> list[Part]:
    """The pages of a built book in the order of its contents."""
    parts = []
    for caption, names in in_order(project):
        for name in names:
            file = folder / f"{name}.html"
            root = lxml_html.fromstring(file.read_bytes())
            article = next(root.iter("article"))
            title = " ".join(article.xpath("string(.//h1)").replace("¶", "").rstrip("#").split())
            parts.append(Part(f"{name}.html", title, article, caption))
    known = {part.address: set(part.article.xpath(".//@id")) for part in parts}
    web = address.of_book(project)
    for part in parts:
        _for_paper(part, known, web)
    return parts


def in_order(project: Project) -> list[tuple[str, list[str]]]:
    """Captions of the contents with the names of their pages; the first page has none."""
    listed = yaml.safe_load(project.contents.read_text(encoding="utf-8-sig"))
    found = [("", [_name(listed["root"])])]
    for part in listed.get("parts") or [{"chapters": listed.get("chapters", [])}]:
        found.append((part.get("caption", ""), [_name(page["file"]) for page in part["chapters"]]))
    return found


def _name(file: str) -> str:
    for ending in contents.PAGES:
        file = file.removesuffix(ending)
    return file


def _for_paper(part: Part, known: Mapping[str, set[str]], web: str) -> None:
    """Make an article ready to stand beside all others: what cannot be printed goes, names of
    places become unique, and links lead to places of the same document or into the web."""
    article, own = part.article, anchor(part.address)
    for path in LEFT_OUT:
        for element in article.xpath(f".{path}"):
            if element.tag in ("button", "script", "template") or element.getparent() is not None:
                element.drop_tree()
    for element in article.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in list(element.attrib.items()):
            if name == "id":
                element.set(name, f"{own}--{value}")
            elif name in REFERRING:
                element.set(name, " ".join(f"{own}--{each}" for each in value.split()))
            elif "url(#" in value:
                element.set(name, INSIDE.sub(rf"url(#{own}--\1)", value))
            elif name == "href" and element.tag == "a":
                _lead(element, value, part.address, known, web)
            elif name == "href" and value.startswith("#"):
                element.set(name, f"#{own}--{value[1:]}")
        if element.tag == "details":
            element.set("open", "open")
    article.set("id", own)


def _lead(link, value: str, here: str, known: Mapping[str, set[str]], web: str) -> None:
    split = urlsplit(value)
    if split.scheme:
        return
    page = _resolved(here, unquote(split.path)) if split.path else here
    place = unquote(split.fragment)
    if page in known:
        link.set("href", f"#{anchor(page)}" + (f"--{place}" if place in known[page] else ""))
    elif web:
        link.set("href", f"{web}{page}")
    else:  # a file beside the pages, which paper has not
        del link.attrib["href"]


def _resolved(here: str, path: str) -> str:
    parts = here.split("/")[:-1]
    for each in path.split("/"):
        if each == "..":
            parts = parts[:-1]
        elif each not in ("", "."):
            parts.append(each)
    return "/".join(parts)


def anchor(page: str) -> str:
    """Name of a page as a place in the document."""
    return re.sub(r"[^A-Za-z0-9]+", "-", page.removesuffix(".html"))


def _whole(project: Project, folder: Path, parts: Sequence[Part], heading: str,
           numbers: Mapping[str, int]) -> str:
    """The document: title page, contents, articles."""
    about = metadata.of_book(project)
    title = about.get("title") or parts[0].title
    static = (folder / "_static").resolve()
    styles = "".join(f'<link rel="stylesheet" href="{(static / name).as_uri()}">'
                     for name in STYLES if (static / name).is_file())
    running = "".join(
        f"#{anchor(part.address)} {{ page: {_page(part)}; }}\n"
        f"@page {_page(part)} {{ @top-right {{ content: {_quoted(part.title)}; }} }}\n"
        for part in parts)
    lines, caption = [], None
    for part in parts:
        if part.caption and part.caption != caption:
            lines.append(f'<li class="pdf-caption">{html.escape(part.caption)}</li>')
        caption = part.caption
        lines.append(f'<li><a href="#{anchor(part.address)}">{html.escape(part.title)}</a> '
                     f'<span class="pdf-number">{numbers.get(part.address, 000)}</span></li>')
    said = [f"Edition: {heading}", f"Version {about['version']}, {about['date']}"
            if about.get("version") else "", ", ".join(about.get("authors", []))]
    articles = "".join(etree.tostring(part.article, encoding="unicode", method="html")
                       for part in parts)
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title>{styles}<style>{LAYOUT}{running}"
        f"@page {{ @top-left {{ content: {_quoted(title)}; }} }}</style></head><body>"
        f'<section class="pdf-title"><p class="pdf-name">{html.escape(title)}</p>'
        + "".join(f"<p>{html.escape(each)}</p>" for each in said if each)
        + f'</section><nav class="pdf-contents" aria-label="Contents"><h1>Contents</h1><ul>'
          f"{''.join(lines)}</ul></nav><main>{articles}</main></body></html>")


def _page(part: Part) -> str:
    return f"of-{anchor(part.address)}"


def _quoted(text: str) -> str:
    """Text for a style sheet."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


LAYOUT = """
@page { size: A4; margin: 20mm 18mm 20mm;
  @top-left { font: 8.5pt "Source Sans 3", sans-serif; color: #4a5157; }
  @top-right { font: 8.5pt "Source Sans 3", sans-serif; color: #4a5157; }
  @bottom-right { content: counter(page); font: 9pt "Source Sans 3", sans-serif; color: #4a5157; } }
@page:first { @top-left { content: none } @bottom-right { content: none } }
.pdf-title { padding-top: 70mm; break-after: page; }
.pdf-name { font-size: 28pt; font-weight: 700; line-height: 1.15; }
.pdf-contents { display: block !important; }
.pdf-contents ul { list-style: none; padding: 0; margin: 0; }
.pdf-contents li { display: flex; justify-content: space-between; padding: 0.6mm 0;
  border-bottom: 1px dotted #c9cfd4; }
.pdf-contents .pdf-caption { font-weight: 700; border: 0; padding-top: 3mm; }
.pdf-number { font-variant-numeric: tabular-nums; min-width: 3em; text-align: right; }
article { display: block; }
/* Ink above its line would reach into the page before, and stand in the bookmarks twice. */
.article h1 { line-height: 1.4; letter-spacing: 0; }
"""


def _print(browser: str, folder: Path, name: str, document: str) -> Path:
    source, target = folder / f"{name}.html", folder / f"{name}.pdf"
    source.write_text(document, encoding="utf-8")
    done = subprocess.run(
        [browser, "--headless", "--disable-gpu", "--no-first-run",
         "--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else []),  # it has none for the superuser
         f"--user-data-dir={folder / 'profile'}",
         "--no-pdf-header-footer", "--generate-pdf-document-outline",
         f"--print-to-pdf={target}", source.as_uri()],
        capture_output=True, text=True, errors="replace")
    if done.returncode != 0 or not target.is_file() or not target.stat().st_size:
        told = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise BuildError(f"The PDF was not printed; {Path(browser).name} ended with status "
                         f"{done.returncode}: {told}")
    return target


def beginnings(file: Path, titles: Sequence[str]) -> list[int]:
    """Number of the page on which each title begins, from the bookmarks of a printed book.

    Parameters
    ----------
    file : Path
    titles : sequence of str
        In the order of the book; each is a bookmark of the first level.

    Raises
    ------
    BuildError
        If a title has no bookmark: the contents would lead astray.
    """
    from pypdf import PdfReader

    reader = PdfReader(file)
    marks = [(_plain(mark.title), reader.get_destination_page_number(mark) + 1)
             for mark in reader.outline if not isinstance(mark, list)]
    pages, place = [], 0
    for title in titles:
        while place < len(marks) and marks[place][0] != _plain(title):
            place += 1
        if place == len(marks):
            raise BuildError(f"The PDF has no bookmark for {title!r}")
        pages.append(marks[place][1])
        place += 1
    return pages


def _plain(text: str) -> str:
    """Without blanks: a bookmark has none where its heading breaks into lines."""
    return "".join(text.split())
