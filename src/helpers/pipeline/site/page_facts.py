"""The foot of each page: how old it is, how to cite it, and where to tell an error.

It names the edition and the run, so it is put in after Sphinx, as the notice of an edition is:
within Sphinx another edition would mean to write every page anew.
"""

import csv
import html
import io
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlencode

from helpers import datasets, files, parameters
from helpers.pipeline import chapters, moved
from helpers.pipeline.edition import Edition
from helpers.pipeline.site import address, page_metadata, rendering
from helpers.project import Project

TEMPLATE = "cite.html"
PLACE = re.compile(r'(<section class="page-facts"[^>]*>).*?</section>', re.S)
TITLE = re.compile(r"<h1[^>]*>(.*?)(?:<a class=\"headerlink\"|</h1>)", re.S)
FRONT = ("intro.html", "index.html")  # pages that stand for the whole book
LINKED = ("results-that-moved.html", "status.html")  # a book need not have them
DATED = re.compile(r"\d{4}(?:-\d\d){0,2}")
SHORT_KEY = 12  # letters of a run key that are printed
MEANT_IN_BIBTEX = str.maketrans({sign: f"\\{sign}" for sign in "&%$#_{}"}
                                | {"~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
                                   "\\": "\\textbackslash{}"})


def fill(folder: Path, edition: Edition, runs: Iterable) -> None:
    """Write the foot of every page of an edition.

    Parameters
    ----------
    folder : Path
        Its finished pages.
    edition : Edition
    runs : iterable of RunResult
        What its chapters are made from.
    """
    keys = {run.chapter: run.key for run in runs}
    cited, root = page_metadata.of_book(edition.project), address.of_book(edition.project)
    if not cited:  # a book that does not say how it is cited has no foot
        return
    for page in sorted(folder.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        place, title = PLACE.search(text), TITLE.search(text)
        if place is None or title is None:
            continue
        name = page.relative_to(folder).as_posix()
        said = html.unescape(re.sub(r"<[^>]+>", "", title[1])).strip()
        foot = rendering.render(
            TEMPLATE, there={beside for beside in LINKED if (folder / beside).is_file()},
            **about(edition, {**cited, "root": root}, name, said, keys))
        page.write_text(f"{text[:place.start()]}{place[1]}{foot}</section>{text[place.end():]}",
                        encoding="utf-8")


def about(edition: Edition, cited: Mapping, page: str, title: str, keys: Mapping) -> dict:
    """What the foot of a page says, by name.

    Parameters
    ----------
    edition : Edition
    cited : mapping
        The citation of the book, with its public address as ``root``.
    page : str
        Address of the page in the book, such as ``chapters/1-introduction.html``.
    title : str
        Of the page.
    keys : mapping
        Run key of each chapter.
    """
    project, chapter = edition.project, Path(page).stem
    chapter = chapter if page.startswith("chapters/") and chapter in keys else ""
    run, repository = keys.get(chapter, "")[:SHORT_KEY], cited["repository"]
    oldest, newest, count = _sources(project, chapter)
    return {
        "up": "../" * page.count("/"), "chapter": chapter, "run": run,
        "version": cited["version"], "released": cited["date"],
        "oldest": oldest, "newest": newest, "sources": count,
        "moved": _last_moved(project, chapter), "lines": _edition(edition),
        "text": in_words(edition, cited, page, title, run),
        "bibtex": in_bibtex(edition, cited, page, title, run),
        "report": _report(repository, title, run), "binder": _binder(repository, chapter),
    }


def in_words(edition: Edition, cited: Mapping, page: str, title: str, run: str) -> str:
    """The citation of a page as a sentence."""
    book = f"{cited['title']}, version {cited['version']}"
    work = book if page in FRONT else f"{title}. In: {book}"
    parts = [f"{_authors(cited)} ({_year(cited)}): {work}", *_edition(edition),
             f"Run {run}" if run else "", _address(cited, page)]
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def in_bibtex(edition: Edition, cited: Mapping, page: str, title: str, run: str) -> str:
    """The citation of a page as an entry for BibTeX."""
    whole = page in FRONT
    name = re.sub(r"[^a-z0-9]+", "-", Path(page).stem.lower()).strip("-")
    notes = [f"Version {cited['version']}", *_edition(edition), f"run {run}" if run else ""]
    fields = {
        "author": f"{{{_plain(_authors(cited))}}}",
        "title": f"{{{_plain(cited['title'] if whole else title)}}}",
        "booktitle": "" if whole else f"{{{_plain(cited['title'])}}}",
        "year": _year(cited), "note": _plain("; ".join(filter(None, notes))),
        "url": _address(cited, page),
    }
    lines = [f"  {field} = {{{value}}}," for field, value in fields.items() if value]
    sort, label = ("misc", "book") if whole else ("incollection", name)
    return "\n".join([f"@{sort}{{{label}-{_year(cited)},", *lines, "}"])


def _plain(text: str) -> str:
    """Text as BibTeX and LaTeX print it."""
    return str(text).translate(MEANT_IN_BIBTEX)


def _authors(cited: Mapping) -> str:
    return " and ".join(cited["authors"])


def _year(cited: Mapping) -> str:
    return cited["date"][:4]


def _address(cited: Mapping, page: str) -> str:
    """Where the page lies in the web; empty for a book that lies nowhere."""
    return f"{cited['root']}{quote(page)}" if cited["root"] else ""


def _edition(edition: Edition) -> list[str]:
    """Which edition it is, in phrases; the path of a reader's own tables is none of a citation."""
    if edition.is_baseline:
        return ["Baseline edition"]
    standard = parameters.defaults()
    changes = [f"{name} = {parameters.literal(value)} (baseline "
               f"{parameters.literal(standard[name])})"
               for name, value in edition.overrides.items()]
    own = datasets.replaced(edition.project)
    changes += [f"own tables: {', '.join(own)}"] if own else []
    named = f"Edition {edition.title}" if edition.has_scenario else "Edition"
    return [f"{named} with {'; '.join(changes)}" if changes else named]


def _sources(project: Project, chapter: str) -> tuple[str, str, int]:
    """When what a page uses from outside was published: from, to, and how many sources.

    Pages beside the chapters use all tables.
    """
    names = chapters.read(project, chapter).tables if chapter else datasets.names(project)
    files_read = [datasets.locate(name, project) for name in names]
    rows = {row for file in files_read for row in _published(file, files.state(file))}
    dates = [date for date, _ in rows]
    return (min(dates), max(dates), len({url for _, url in rows})) if rows else ("", "", 0)


@lru_cache(maxsize=512)
def _published(file: Path, _state: tuple) -> frozenset[tuple[str, str]]:
    """Date and address of each dated source in a table, read once as long as it stays the same."""
    rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    return frozenset((row["published"], row["url"]) for row in rows
                     if row.get("url") and DATED.fullmatch(row.get("published") or ""))


def _last_moved(project: Project, chapter: str) -> str:
    """When a result of a chapter, or any where none is named, last moved."""
    file = moved.file(project)
    last = _moves(project, files.state(file))
    return last.get(chapter, "") if chapter else max(last.values(), default="")


@lru_cache(maxsize=8)
def _moves(project: Project, _state: tuple | None) -> dict[str, str]:
    """Date of the last move of each chapter."""
    return {row["chapter"]: row["date"] for row in sorted(
        moved.read(project), key=lambda row: row["date"])}


def _report(repository: str, title: str, run: str) -> str:
    """Address at which an error is told; empty where the book names no repository."""
    if not repository:
        return ""
    said = f"Page: {title}" + (f"\nRun: {run}" if run else "")
    return f"{repository.rstrip('/')}/issues/new?" + urlencode(
        {"title": f"Error on the page {title}", "body": said}, quote_via=quote)


def _binder(repository: str, chapter: str) -> str:
    """Address at which a chapter runs without installation; empty where that is not set up."""
    found = re.fullmatch(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?", repository)
    if not (found and chapter):
        return ""
    return f"https://mybinder.org/v2/gh/{found[1]}/HEAD?labpath=chapters/{quote(chapter)}.ipynb"
