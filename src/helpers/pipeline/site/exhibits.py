"""Figures and tables on pages: as HTML with their downloads, in a chapter or by reference."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from helpers import downloads, drawing, markup, results, words
from helpers.pipeline import pages
from helpers.pipeline.edition import BuildError
from helpers.project import Project

FOLDER = "_exhibits"  # of the sources: what the directive `exhibit` shows, one file a reference


def about(output: Mapping) -> dict:
    """What an output says of the figure or table it is; empty for any other."""
    return output.get("metadata", {}).get("book", {})


def is_for_another_page(output: Mapping) -> bool:
    """Whether a page beside the chapters shows it in the chapter's stead."""
    return bool(about(output).get("for_page"))


def write(source: Path, project: Project, executed: Mapping[str, dict]) -> None:
    """Write what pages show by reference, for the directive ``exhibit`` to find.

    Parameters
    ----------
    source : Path
        Folder that jupyter-book reads.
    project : Project
    executed : mapping of str to dict
        Executed notebook of each chapter of the edition.

    Raises
    ------
    BuildError
        If a reference leads nowhere.
    """
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
        file.write_text(as_html(shown[each.chapter][each.name], each.chapter, behind=True,
                                up="../" * each.page.count("/")), encoding="utf-8")


def place(source: Path, page: str, chapter: str, name: str) -> Path:
    """File of what a page shows of a chapter."""
    return source / FOLDER / page / f"{chapter}-{name}.html"


def files_of(output: Mapping, chapter: str) -> dict[str, tuple[str, bytes]]:
    """Downloads of a figure or table: words -> name of the file and its bytes."""
    name, data = about(output).get("figure") or about(output)["table"], output["data"]
    offered = {"Data (CSV)": (f"{chapter}-{name}.csv",
                              downloads.to_bytes("".join(data["text/csv"])))}
    if "figure" in about(output):
        offered["Figure (SVG)"] = (f"{chapter}-{name}.svg",
                                   "".join(data["image/svg+xml"]).encode())
    return offered


def write_files(output: Mapping, chapter: str, folder: Path) -> None:
    """Write the downloads of a figure or table; the book has them under ``_static/downloads``."""
    for file, content in files_of(output, chapter).values():
        (folder / file).write_bytes(content)


def as_html(output: Mapping, chapter: str, *, up: str, behind: bool = False) -> str:
    """A figure or table with its words and the line of what can be done with it.

    The words of a figure are text of the page and its drawing is part of the page: both can be
    selected, translated and read aloud, and the drawing follows the colours of the page.

    Parameters
    ----------
    output : mapping
    chapter : str
    up : str
        Way from the page to the root of the book: ``../`` for each folder.
    behind : bool
        Whether the line leads to the chapter, as on pages that gather from several.
    """
    told = about(output)
    sort = "figure" if "figure" in told else "table"
    name = told[sort]
    place = f"{sort}-{chapter}-{name}" if behind else f"{sort}-{name}"
    line = _line(output, chapter, up=up, behind=behind)
    if sort == "figure":
        kind, shown = "book-figure", _figure(output, chapter)
    else:
        kind, shown = "book-exhibit-table", "".join(output["data"]["text/html"])
    return (f'<figure class="{kind}" id="{place}" data-{sort}="{chapter}/{name}">{shown}'
            f'<div class="exhibit-line">{line}</div></figure>')


def _figure(output: Mapping, chapter: str) -> str:
    told = about(output)
    title, subtitle, source = (markup.escaped(told.get(part, ""))
                               for part in ("title", "subtitle", "source"))
    drawn = drawing.on_page("".join(output["data"]["image/svg+xml"]),
                            f"drawing-{chapter}-{told['figure']}")
    return (f'<figcaption><p class="figure-title">{title}</p>'
            f'<p class="figure-subtitle">{subtitle}</p></figcaption>{drawn}'
            f'<p class="figure-source">Source: {source}</p>')


def _line(output: Mapping, chapter: str, *, up: str, behind: bool) -> str:
    told = about(output)
    name = markup.escaped(told.get("figure") or told["table"])
    links = [f'<a href="{up}_static/downloads/{quote(file)}" download>{said}'
             f'<span class="visually-hidden"> of {name}</span></a>'
             for said, (file, _) in files_of(output, chapter).items()]
    if behind:
        number = markup.escaped(words.chapter_number(chapter))
        links.append(f'from <a href="{up}chapters/{quote(chapter)}.html">chapter {number}</a>')
    return " · ".join(links)
