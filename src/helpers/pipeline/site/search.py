"""The index for search: what pages say, results of the ledger and printed claims, in one script.

It is made from the built pages, so it is the same whichever of them were written when, and holds no
word that no page has. It is a script that sets a variable, and no JSON, because a page opened from
the file system may not fetch; a page loads it when somebody begins to search. Words are taken apart
and ranked by `search.js`.

Sphinx's own index is switched off: it drops numbers, has the code of folded cells, and shows a line
of contents or of Python where a reader expects a sentence.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers import datasets, words
from helpers.pipeline.site.passages import Page, Passage
from helpers.project import Project

FILE = "_static/search-index.js"
PAGE = "search.html"
RESULTS = "all-results.html"  # lists the ledger
TABLES = "sources.html"  # lists the tables, that of the claims among them
OPENING, CLOSING = "window.book = window.book || {};\nwindow.book.searchIndex = ", ";\n"


def setup(app) -> None:
    """Have Sphinx write the page of search, and no index of its own."""
    app.connect("builder-inited", _without_index, priority=100)


def _without_index(app) -> None:
    app.builder.search = False  # there is no option for it
    app.config.html_additional_pages = {**app.config.html_additional_pages,
                                        PAGE.removesuffix(".html"): PAGE}


def write(folder: Path, project: Project, pages: list[Page],
          ledger: Mapping[str, list[dict]]) -> list[Passage]:
    """Write the index of a built book; returns the passages that it has.

    Parameters
    ----------
    folder : Path
        The built pages.
    project : Project
    pages : list of Page
        Those that are searched.
    ledger : mapping of str to list of dict
        Records of each chapter, in order.
    """
    # Each result has a passage of its own, with its label; the page that lists them repeats them.
    found = [each for page in pages if page.address != RESULTS for each in page.passages]
    found += results(ledger, pages)
    found += claims(project, ledger, pages)
    alike = project.settings.get("alike", [])
    (folder / FILE).write_text(script(pages, found, alike), encoding="utf-8")
    return found


def script(pages: list[Page], found: Iterable[Passage], alike: list[list[str]] = ()) -> str:
    """The index as a script. Addresses and titles of pages stand in it once.

    Parameters
    ----------
    pages : list of Page
    found : iterable of Passage
    alike : list of list of str
        Words of which the book uses one for another, from ``alike`` of ``[tool.book]``.
    """
    places = {page.address: place for place, page in enumerate(pages)}
    index = {
        "pages": [[page.address, page.title, _sort(page.address)] for page in pages],
        "passages": [[places[each.page], each.anchor, each.kind, each.title, each.text]
                     for each in found],
        "alike": list(alike),
    }
    return OPENING + json.dumps(index, ensure_ascii=False, separators=(",", ":")) + CLOSING


def _sort(address: str) -> int:
    """Whether a page argues, gathers what others argue, or lists; they rank in this order."""
    folder, _, name = address.rpartition("/")
    if not folder:
        return 2
    # An appendix has a letter before its number.
    return int(words.chapter_number(Path(name).stem)[0].isalpha() and folder == "chapters")


def read(folder: Path) -> dict:
    """The index of a built book, for whoever wants to look into it."""
    text = (folder / FILE).read_text(encoding="utf-8")
    return json.loads(text.removeprefix(OPENING).removesuffix(CLOSING))


def results(ledger: Mapping[str, list[dict]], pages: list[Page]) -> Iterable[Passage]:
    """A passage for each result that has a place: what it is, and what the book prints for it."""
    for chapter, entries in ledger.items():
        for entry in entries:
            place = _place(chapter, [entry], pages)
            if entry["type"] == "result" and place:
                yield Passage(*place, "result", entry["label"],
                              "\n".join(filter(None, (entry["text"], entry["note"]))))


def claims(project: Project, ledger: Mapping[str, list[dict]],
           pages: list[Page]) -> Iterable[Passage]:
    """A passage for each printed claim: what it is about, and the figure as printed.

    It leads to where its chapter quotes it or first rests on it, else to the chapter of its
    section, else to the table that holds it.
    """
    table = project.settings.get("claims")
    columns = {"claim_id", "section", "subject", "measure", "printed"}
    if not table or not columns <= _fields(table, project):
        return
    for row in datasets.load(table, project).itertuples():
        resting = {chapter: [entry for entry in entries if row.claim_id in entry["claims"]]
                   for chapter, entries in ledger.items()}
        home = _chapter_of(row.section, ledger)
        chapters = sorted(filter(resting.get, resting), key=lambda chapter: chapter != home)
        quoted_first = sorted(resting.get(next(iter(chapters), home), ()),
                              key=lambda entry: entry["type"] != "quote")
        place = _place(next(iter(chapters), home), quoted_first, pages) or (TABLES, "")
        if place[0] in {page.address for page in pages}:
            yield Passage(*place, "claim", f"{row.subject}: {row.measure}",
                          f"{row.printed}, printed in section {row.section}")


def _fields(table: str, project: Project) -> set[str]:
    if table not in datasets.names(project):
        return set()
    return {field["name"] for field in datasets.describe(table, project)["schema"]["fields"]}


def _chapter_of(section: str, chapters: Iterable[str]) -> str:
    """The chapter on a section of the paper: 3.1 for 3.1.2; empty if there is none."""
    numbers = {words.chapter_number(chapter): chapter for chapter in chapters}
    parts = section.split(".")
    return next((numbers[number] for end in range(len(parts), 0, -1)
                 if (number := ".".join(parts[:end])) in numbers), "")


def _place(chapter: str, entries: list[dict], pages: list[Page]) -> tuple[str, str] | None:
    """Page of a chapter, and where one of some records is seen: in prose, or in the list of all.

    None if the chapter has no page.
    """
    there = {page.address: page.anchors for page in pages}
    address = f"chapters/{chapter}.html"
    if address not in there:
        return None
    names = [entry["name"] for entry in entries]
    in_prose = (f"{sort}-{name}" for name in names for sort in ("value", "quote", "sentence"))
    listed = (f"{chapter}--{name}" for name in names)
    anchor = next(filter(there[address].__contains__, in_prose), "")
    elsewhere = next(filter(there.get(RESULTS, frozenset()).__contains__, listed), "")
    return address, anchor or (elsewhere and f"{RESULTS}#{elsewhere}")
