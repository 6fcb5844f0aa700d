"""A figure or table on a page: its words, and a quiet line of what can be done with it."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from helpers import drawing, markup, words
from helpers.pipeline import chapters
from helpers.pipeline.site import address, page_facts, page_metadata, rendering
from helpers.project import Project

TEMPLATE = "exhibit.html"
MOST_ROWS = 60  # of data on a page; a longer table would be all that is there


@dataclass(frozen=True)
class Around:
    """What a figure or table says of the book that it stands in.

    Nothing in it may tell one edition from another whose chapter ran alike: the page of a chapter
    that an edition does not move is not written again. The key of the run names the edition.

    Attributes
    ----------
    project : Project
    keys : mapping of str to str
        Key of the run of each chapter.
    """

    project: Project
    keys: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def cited(self) -> dict:
        """What ``CITATION.cff`` says; empty in a book without one."""
        return page_metadata.of_book(self.project)

    @cached_property
    def root(self) -> str:
        """The public address of the book; empty if it has none."""
        return address.of_book(self.project)

    def title(self, chapter: str) -> str:
        """Title of a chapter; its name where it is not there."""
        known = (self.project.chapters / f"{chapter}.ipynb").is_file()
        return chapters.read(self.project, chapter).title if known else chapter


def html(told: Mapping, data: Mapping, files: Mapping[str, str], *, chapter: str, page: str,
         around: Around) -> str:
    """HTML of a figure or table.

    Parameters
    ----------
    told : mapping
        What its output says of it.
    data : mapping
        Its output in all its forms.
    files : mapping of str to str
        Downloads: end of the name -> the name.
    chapter : str
    page : str
        Address of the page on which it stands, from the root of the book.
    around : Around
    """
    sort = "figure" if "figure" in told else "table"
    name, up = told[sort], "../" * page.count("/")
    gathered = page != f"chapters/{chapter}.html"
    place = f"{chapter}-{name}" if gathered else name
    shown = {"table": "".join(data.get("text/html", "")), "drawing": "", "source": "", "rows": ""}
    if sort == "figure":
        headers, rows, left = _rows("".join(data["text/csv"]))
        shown = {
            "drawing": drawing.on_page("".join(data["image/svg+xml"]), f"drawing-{place}",
                                       details=f"data-{place}"),
            "source": linked(told.get("source", "")), "left": left, "count": len(rows),
            "rows": markup.table(headers, rows, caption=told.get("title", name),
                                 numeric=_numeric(rows)), "table": ""}
    return rendering.render(
        TEMPLATE, sort=sort, name=name, place=place, chapter=chapter,
        told={"title": "", "subtitle": "", **told},
        links={end: f"{up}_static/downloads/{quote(file)}" for end, file in files.items()},
        cited=_citation(told, sort, chapter, page, f"{sort}-{place}", around),
        behind={"address": f"{up}chapters/{quote(chapter)}.html",
                "number": words.chapter_number(chapter)} if gathered else {}, **shown)


def linked(text: str) -> str:
    """HTML of a text, with every web address in it as a link."""
    return "".join(
        f'<a href="{markup.escaped(part)}">{markup.escaped(part)}</a>'
        if markup.WEB_ADDRESS.fullmatch(part) else markup.escaped_within(part)
        for part in markup.WEB_ADDRESS.split(text))


def _rows(text: str) -> tuple[list[str], list[list[str]], int]:
    """Headers of a CSV in words, the rows that a page shows, and how many it leaves to the file."""
    # Rows end in LF alone; a CR is within a cell.
    headers, *rows = csv.reader(io.StringIO(text.replace("\r", " "), newline=""))
    return ([name.replace("_", " ") for name in headers], rows[:MOST_ROWS],
            max(0, len(rows) - MOST_ROWS))


def _numeric(rows: list[list[str]]) -> set[int]:
    """Columns that hold numbers alone."""
    columns = [[cell for cell in column if cell] for column in zip(*rows, strict=True)]
    return {place for place, column in enumerate(columns)
            if column and all(_is_number(cell) for cell in column)}


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _citation(told: Mapping, sort: str, chapter: str, page: str, anchor: str,
              around: Around) -> dict[str, str]:
    """How to cite it, as a sentence and for BibTeX; empty in a book that does not say how."""
    if not around.cited:
        return {}
    book, run = around.cited, around.keys.get(chapter, "")[:page_facts.SHORT_KEY]
    title = told.get("title") or told.get("caption", "")
    where = f"{around.root}{quote(page)}#{quote(anchor)}" if around.root else ""
    authors, year = " and ".join(book["authors"]), book["date"][:4]
    parts = [f"{authors} ({year}): {title} [{sort}]", around.title(chapter),
             f"In: {book['title']}, version {book['version']}", f"Run {run}" if run else "", where]
    fields = {
        "author": f"{{{_plain(authors)}}}", "title": _plain(title),
        "booktitle": _plain(book["title"]), "year": year,
        "note": _plain("; ".join(filter(None, [
            f"{words.opening(sort)} in: {around.title(chapter)}", f"version {book['version']}",
            f"run {run}" if run else ""])))}
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    lines += [f"  url = {{{where}}},"] if where else []
    return {"text": ". ".join(part.rstrip(".") for part in parts if part) + ".",
            "bibtex": "\n".join([f"@incollection{{{chapter}-{told[sort]}-{year},", *lines, "}"])}


def _plain(text: str) -> str:
    """Text as BibTeX and LaTeX print it."""
    return text.translate(page_facts.MEANT_IN_BIBTEX)
