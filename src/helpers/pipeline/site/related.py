"""What a chapter's page leads to at its end: questions that it helps to answer, related findings.

Pairs of related chapters stand in one table, so that each leads to the other; which question a
chapter helps to answer follows from what the question's page shows.
"""

from collections.abc import Iterable

from helpers import datasets, markup
from helpers.pipeline import chapters, pages
from helpers.project import Project

TABLE = "related"


def cell(project: Project, chapter: str) -> dict | None:
    """The last cell of a chapter's page; None where it leads nowhere."""
    lines = [*_questions(project, chapter), *_findings(project, chapter)]
    if not lines:
        return None
    return {"cell_type": "markdown", "id": "related", "metadata": {},
            "source": "## Where to go from here\n\n" + "\n".join(lines)}


def _questions(project: Project, chapter: str) -> Iterable[str]:
    for file in pages.written(project):
        page, text = pages.name_of(project, file), file.read_text(encoding="utf-8")
        if page.startswith(f"{pages.FOLDER}/") and any(
                each.chapter == chapter for each in pages.references(page, text)):
            link = markup.link_to_page(pages.title(text), f"../{page}.md")
            yield f"- {link} The answer rests on this chapter."


def _findings(project: Project, chapter: str) -> Iterable[str]:
    if TABLE not in datasets.names(project):
        return
    listed = chapters.names(project)
    for row in datasets.load(TABLE, project).itertuples():
        for here, there in ((row.chapter, row.other), (row.other, row.chapter)):
            if here == chapter and there in listed:
                title = chapters.read(project, there).title
                yield f"- {markup.link_to_page(title, f'{there}.ipynb')}: {markup.inline(row.why)}"
