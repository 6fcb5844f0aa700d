"""What a page says of itself in its head: for previews, libraries of references, search engines.

A description is the page's own answer, so it is as true as the page; names, version and date come
from ``CITATION.cff``, so a build of another day is the same build. Extensions for this
(sphinxext-opengraph, sphinx-sitemap, sphinx-notfound-page) describe a page by its first paragraph,
which here is a question, know no tags for citations or data sets, and date a page by its commit;
what they would spare us is less than what their settings take.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import urljoin

from lxml import html

from helpers import files
from helpers.pipeline import described
from helpers.pipeline.described import CITATION
from helpers.pipeline.site import address
from helpers.pipeline.site.passages import text_of
from helpers.project import Project

LONGEST = 160  # letters of a description that search engines show
ARTICLES = ("chapters/", "questions/")  # folders of pages that argue
DATA_SETS = ("sources", "all-results")  # pages that offer tables
LICENCES = "https://spdx.org/licenses/"


def cff(project: Project) -> dict:
    """The citation file as it stands; empty in a book without one."""
    return dict(_read(project, files.state(project.root / CITATION)))


@lru_cache(maxsize=8)
def _read(project: Project, _state: tuple | None) -> dict:
    """A file of citation, read once as long as it stays the same."""
    return described.citation(project)


def of_book(project: Project) -> dict:
    """What ``CITATION.cff`` says of a book (title, authors, version, …); empty without one."""
    told = cff(project)
    if not told:
        return {}
    licence = told.get("license", [])
    return {
        "title": told["title"], "version": str(told.get("version", "")),
        "date": str(told.get("date-released", "")),
        "authors": [_author(author) for author in told["authors"]],
        "licences": [licence] if isinstance(licence, str) else licence,
        "repository": told.get("repository-code", ""),
    }


def _author(told: dict) -> str:
    """A person or a body of the citation file."""
    return told.get("name") or f"{told.get('given-names', '')} {told['family-names']}".strip()


def setup(app) -> None:
    """Register the hook. It comes before that of the frame, which makes links of what it says."""
    app.add_config_value("book_citation", {}, "html", [dict])
    app.connect("html-page-context", _tell, priority=400)
    app.connect("builder-inited", _add_page_not_found, priority=100)


def _add_page_not_found(app) -> None:
    if app.config.html_baseurl:
        app.config.html_additional_pages = {**app.config.html_additional_pages,
                                            address.NOT_FOUND: f"{address.NOT_FOUND}.html"}


def _tell(app, page, _template, context, doctree) -> None:
    base, language = address.of_root(app.config.html_baseurl), app.config.language or "en"
    if base and page == address.NOT_FOUND:
        # A server shows it in the place of any page, so what it links to has whole addresses.
        pathto = context["pathto"]
        context["pathto"] = lambda *where: urljoin(base, pathto(*where))
        context["content_root"] = base
    body = html.fragment_fromstring(context.get("body") or "", create_parent="div")
    about = {
        "title": app.env.titles[page].astext() if page in app.env.titles else "",
        "book": app.config.html_title, "description": description(body), "language": language,
        "url": base and urljoin(base, f"{page}.html"),
    }
    context |= {"about": about, "base": base}
    if doctree is None:
        return
    context |= {
        "citation_tags": list(citation_tags(about, app.config.book_citation)),
        "linked_data": linked_data(page, about, app.config.book_citation, body),
        "picture": base and urljoin(base, picture(page, body)),
    }


def description(body) -> str:
    """First sentence of a page's answer, or of its first paragraph where it has none."""
    paragraphs = body.xpath(".//*[contains(concat(' ', @class, ' '), ' answer ')]//p | .//p")
    answers = [each for each in paragraphs if any(
        "answer" in above.get("class", "").split() for above in each.iterancestors())]
    text = next(filter(None, map(text_of, answers or paragraphs)), "")
    sentence = re.match(r".*?[.!?](?=\s|$)(?!\s[a-z\d])", text)
    return shortened(sentence[0] if sentence else text)


def shortened(text: str) -> str:
    """A text that is not longer than a description may be, cut between words."""
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def picture(page: str, body) -> str:
    """Address of a page's picture for previews: its first figure as PNG, else the book's card.

    The preview of a page may show no SVG.
    """
    figures = (each.get("href") for each in body.iter("a") if each.get("href", "").endswith(".png"))
    first = next(figures, "")
    return urljoin(page, first) if first else address.CARD


def citation_tags(about: dict, book: dict) -> Iterator[tuple[str, str]]:
    """Names and contents of the tags by which libraries of references read a page."""
    if not book:
        return
    yield "citation_title", about["title"]
    for author in book["authors"]:
        yield "citation_author", author
    if book["date"]:
        yield "citation_publication_date", book["date"].replace("-", "/")
    if about["title"] != book["title"]:
        yield "citation_inbook_title", book["title"]
    yield "citation_language", about["language"]
    if about["url"]:
        yield "citation_public_url", about["url"]


def linked_data(page: str, about: dict, book: dict, body) -> str:
    """A page as an article, or as a data set with its files, in JSON-LD; empty for other pages."""
    article = page.startswith(ARTICLES)
    if not book or not (article or page in DATA_SETS):
        return ""
    made_by = [{"@type": "Organization", "name": author} for author in book["authors"]]
    told = {
        "@context": "https://schema.org", "@type": "Article" if article else "Dataset",
        "headline" if article else "name": about["title"], "description": about["description"],
        "author" if article else "creator": made_by, "datePublished": book["date"],
        "version": book["version"], "inLanguage": about["language"],
        "license": [f"{LICENCES}{name}.html" for name in book["licences"]],
        "isPartOf": {"@type": "Book", "name": book["title"]}, "url": about["url"],
    }
    if not article:
        told["distribution"] = list(_files(about["url"], body))
    kept = {name: value for name, value in told.items() if value}
    return json.dumps(kept, ensure_ascii=False, indent=1).replace("</", "<\\/")


KINDS_OF_FILES = {"csv": "text/csv", "json": "application/json",
                  "parquet": "application/vnd.apache.parquet", "zip": "application/zip"}


def _files(url: str, body) -> Iterable[dict]:
    """The tables that a page offers."""
    found = dict.fromkeys(each.get("href") for each in body.iter("a") if "download" in each.attrib)
    for file in found:
        kind = KINDS_OF_FILES.get(file.rpartition(".")[2])
        if kind:
            yield {"@type": "DataDownload", "encodingFormat": kind,
                   "contentUrl": urljoin(url, file)}
