"""Rules for pages written by hand: what they show is there, and nothing made for them is unseen."""

from helpers import results
from helpers.pipeline import chapters, pages
from helpers.pipeline.chapters import Chapter
from helpers.project import Project


def reference_faults(project: Project) -> list[str]:
    """References that lead nowhere, and what a chapter made for a page that does not show it."""
    listed = [chapters.read(project, name) for name in chapters.names(project)]
    wanted = pages.all_references(project)
    there = {chapter.name: {"exhibit": list(_exhibits(chapter)),
                            "record": [entry["name"]
                                       for entry in results.entries(chapter.notebook)]}
             for chapter in listed}
    shown = {(each.page, each.chapter, each.name) for each in wanted}
    return pages.unresolved(wanted, there) + [
        f"{chapter.name}: {name} is made for the page {page!r}, which does not show it. Write "
        f":::{{exhibit}} {chapter.name} {name} and ::: into {page}.md"
        for chapter in listed for name, page in _exhibits(chapter).items()
        if page and (page, chapter.name, name) not in shown]


def _exhibits(chapter: Chapter) -> dict[str, str]:
    """Figures and tables of a chapter, each with the page it is made for, if any."""
    return {about.get("figure") or about["table"]: about.get("for_page", "")
            for cell in chapter.code_cells for output in cell.get("outputs", [])
            if (about := output.get("metadata", {}).get("book"))}
