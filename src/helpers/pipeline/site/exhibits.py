"""Figures and tables on pages: as HTML with their downloads, in a chapter or by reference."""

from collections.abc import Mapping
from pathlib import Path

from helpers import downloads, results
from helpers.pipeline import pages
from helpers.pipeline.edition import BuildError
from helpers.pipeline.site import exhibit_page, pictures
from helpers.pipeline.site.exhibit_page import Around
from helpers.project import Project

FOLDER = "_exhibits"  # of the sources: what the directive `exhibit` shows, one file a reference


def about(output: Mapping) -> dict:
    """What an output says of the figure or table it is; empty for any other."""
    return output.get("metadata", {}).get("book", {})


def is_for_another_page(output: Mapping) -> bool:
    """Whether a page beside the chapters shows it in the chapter's stead."""
    return bool(about(output).get("for_page"))


def write(source: Path, around: Around, executed: Mapping[str, dict]) -> None:
    """Write what pages show by reference, for the directive ``exhibit`` to find.

    Parameters
    ----------
    source : Path
        Folder that jupyter-book reads.
    around : Around
        The book.
    executed : mapping of str to dict
        Executed notebook of each chapter of the edition.

    Raises
    ------
    BuildError
        If a reference leads nowhere.
    """
    project = around.project
    shown = {chapter: {about(output).get("figure") or about(output)["table"]: output
                       for cell in notebook["cells"] for output in cell.get("outputs", [])
                       if about(output)} for chapter, notebook in executed.items()}
    there = {chapter: {"exhibit": shown[chapter],
                       "record": [entry["name"] for entry in results.entries(notebook)]}
             for chapter, notebook in executed.items()}
    wanted = pages.all_references(project)
    astray = pages.astray(project, there)
    if astray:
        raise BuildError("The pages were not built; what they refer to is not there:\n"
                         + "\n".join(astray))
    for each in wanted:
        if each.sort != "exhibit":
            continue
        file = place(source, each.page, each.chapter, each.name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(as_html(shown[each.chapter][each.name], each.chapter,
                                page=f"{each.page}.html", around=around), encoding="utf-8")


def place(source: Path, page: str, chapter: str, name: str) -> Path:
    """File of what a page shows of a chapter."""
    return source / FOLDER / page / f"{chapter}-{name}.html"


def files_of(output: Mapping, chapter: str, project: Project) -> dict[str, tuple[str, bytes]]:
    """Downloads of a figure or table: end of the name -> name of the file and its bytes."""
    name, data = about(output).get("figure") or about(output)["table"], output["data"]
    offered = {"csv": downloads.to_bytes("".join(data["text/csv"]))}
    if "figure" in about(output):
        picture = "".join(data["image/svg+xml"])
        offered |= {"svg": pictures.alone(picture, project), "png": pictures.png(picture, project)}
    return {end: (f"{chapter}-{name}.{end}", content) for end, content in offered.items()}


def write_files(output: Mapping, chapter: str, folder: Path, project: Project) -> None:
    """Write the downloads of a figure or table; the book has them under ``_static/downloads``."""
    for file, content in files_of(output, chapter, project).values():
        (folder / file).write_bytes(content)


def as_html(output: Mapping, chapter: str, *, page: str, around: Around) -> str:
    """A figure or table with its words and the line of what can be done with it.

    The words of a figure are text of the page and its drawing is part of the page: both can be
    selected, translated and read aloud, and the drawing follows the colours of the page.

    Parameters
    ----------
    output : mapping
    chapter : str
    page : str
        Address of the page on which it stands, from the root of the book.
    around : Around
        The book.
    """
    told = about(output)
    name = told.get("figure") or told["table"]
    files = {end: f"{chapter}-{name}.{end}" for end in
             (("csv", "svg", "png") if "figure" in told else ("csv",))}
    return exhibit_page.html(told, output["data"], files, chapter=chapter, page=page,
                             around=around)
