"""Rules for pages written by hand: what they show is there, and nothing made for them is unseen.

A link to a page of the book leads to one, a question is answered on its own page alone, and no word
of order stands beside what is glued in.
"""

import posixpath
import re
from collections.abc import Iterable

from helpers import results
from helpers.pipeline import chapters, pages
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.order import order_in_prose
from helpers.pipeline.check.typed import Reasons
from helpers.project import Project

LINK = re.compile(r"\]\((?![a-z]+:)(?P<to>[^)#\s]+\.(?:md|ipynb))(?:#[^)\s]*)?\)")
# Pages that every build writes.
MADE = ("all-results.md", "index-of-names.md", "parameters.md", "results-that-moved.md",
        "sources.md", "status.md", "what-changed.md")
ANSWER = "question_"  # how the sentence begins that answers on questions/NAME: question_NAME


def reference_faults(project: Project) -> list[str]:
    """References that lead nowhere, and what a chapter made for a page that does not show it."""
    listed = [chapters.read(project, name) for name in chapters.names(project)]
    wanted = pages.all_references(project)
    there = {chapter.name: {"exhibit": list(_exhibits(chapter)),
                            "record": [entry["name"]
                                       for entry in results.entries(chapter.notebook)]}
             for chapter in listed}
    shown = {(each.page, each.chapter, each.name) for each in wanted}
    known = {*MADE, *(f"chapters/{name}.ipynb" for name in there),
             *(f"{pages.name_of(project, file)}.md" for file in pages.written(project))}
    texts = {pages.name_of(project, file): file.read_text(encoding="utf-8")
             for file in pages.written(project)}
    return [*pages.astray(project, there),
            *(line for page, text in texts.items() for line in link_faults(page, text, known)),
            *(line for page, text in texts.items()
              for line in order_faults(page, text, project.settings.get("no_order", {}))),
            *answer_faults(wanted, texts), *(
        f"{chapter.name}: {name} is made for the page {page!r}, which does not show it. Write "
        f":::{{exhibit}} {chapter.name} {name} and ::: into {page}.md"
        for chapter in listed for name, page in _exhibits(chapter).items()
        if page and (page, chapter.name, name) not in shown)]


def link_faults(page: str, text: str, known: Iterable[str]) -> list[str]:
    """Links of a page to pages of the book that are not there."""
    found = []
    for match in LINK.finditer(text):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), match["to"]))
        if target not in known:
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{page}.md, line {line}: the link to {match['to']} leads to no page of "
                         f"the book. Correct it; _toc.yml names the pages.")
    return found


def order_faults(page: str, text: str, may_stand: Reasons) -> list[str]:
    """Words of order and bounds typed beside what a page glues in: they stay when it turns."""
    return [f"{page}.md, line {line} and after: {word!r} stands beside a result that is glued in "
            f"and would stay when it turns. Say it in a sentence of the chapter, and glue that."
            for word, line in order_in_prose(text, may_stand)]


def answer_faults(wanted: Iterable[pages.Reference], listed: Iterable[str]) -> list[str]:
    """Question pages without the answer to their own question, or with that to another's."""
    own = {f"{ANSWER}{page.rpartition('/')[2]}": page for page in listed
           if page.startswith(f"{pages.FOLDER}/")}
    glued = [each for each in wanted if each.sort == "record" and each.name in own]
    answered = {each.name for each in glued if each.page == own[each.name]}
    return [f"{each.page}.md, line {each.line}: {each.name} answers the question of "
            f"{own[each.name]}.md. Show it there alone."
            for each in glued if each.page != own[each.name]] + [
            f"{page}.md: nothing answers its question. Record a sentence {name} in a chapter, and "
            f"write {{glue:text}}`{pages.way(page)}CHAPTER.ipynb::{name}:s`"
            for name, page in own.items() if name not in answered]


def _exhibits(chapter: Chapter) -> dict[str, str]:
    """Figures and tables of a chapter, each with the page it is made for, if any."""
    return {about.get("figure") or about["table"]: about.get("for_page", "")
            for cell in chapter.code_cells for output in cell.get("outputs", [])
            if (about := output.get("metadata", {}).get("book"))}
