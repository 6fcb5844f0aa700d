"""What a chapter's page leads to at its end: questions that it helps to answer, related findings.

Pairs of related chapters stand in one table, so that each leads to the other; which question a
chapter helps to answer follows from what the question's page shows.
"""

from collections.abc import Collection, Iterator

from helpers import datasets, markup
from helpers.pipeline import chapters, contents, pages
from helpers.project import Project

TABLE = "related"
HEADING, ANCHOR = "Where to go from here", "where-to-go-from-here"


def setup(app) -> None:
    """Register the hook."""
    app.connect("html-page-context", _leave_out_of_search)


def _leave_out_of_search(_app, page: str, _template, context: dict, _doctree) -> None:
    """Ways to other pages are found where they lead to."""
    if page.startswith(contents.FOLDER):
        section = f'<section id="{ANCHOR}"'
        context["body"] = context.get("body", "").replace(
            section, f"{section} data-not-searched", 1)


def cells(project: Project, listed: Collection[str]) -> dict[str, dict]:
    """The last cell of each chapter's page; a chapter that leads nowhere has none.

    Parameters
    ----------
    project : Project
    listed : collection of str
        Chapters of the book.
    """
    lines: dict[str, list[str]] = {}
    for chapter, line in (*_questions(project), *_findings(project, listed)):
        lines.setdefault(chapter, []).append(line)
    return {chapter: {"cell_type": "markdown", "id": "related", "metadata": {},
                      "source": f"## {HEADING}\n\n" + "\n".join(found)}
            for chapter, found in lines.items()}


def _questions(project: Project) -> Iterator[tuple[str, str]]:
    """Each chapter that a question's page shows something of, with the line that leads there."""
    for file in pages.written(project):
        page, text = pages.name_of(project, file), file.read_text(encoding="utf-8")
        if page.startswith(f"{pages.FOLDER}/"):
            link = markup.link_to_page(pages.title(text), f"../{page}.md")
            for chapter in sorted({each.chapter for each in pages.references(page, text)}):
                yield chapter, f"- {link} The answer rests on this chapter."


def _findings(project: Project, listed: Collection[str]) -> Iterator[tuple[str, str]]:
    if TABLE not in datasets.names(project):
        return
    for row in datasets.load(TABLE, project).itertuples():
        for here, there in ((row.chapter, row.other), (row.other, row.chapter)):
            if there in listed:
                title = chapters.read(project, there).title
                yield here, (f"- {markup.link_to_page(title, f'{there}.ipynb')}: "
                             f"{markup.inline(row.why)}")
