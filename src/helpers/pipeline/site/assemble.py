"""Turn published runs into what jupyter-book reads.

jupyter-book renders executed copies with execution off, because its own cache sees neither data
nor helpers nor parameters and serves stale numbers.
"""

import json
import shutil
from importlib import metadata
from pathlib import Path

import yaml

from helpers import results
from helpers.pipeline import chapters, described, pages
from helpers.pipeline.edition import BuildError, Edition
from helpers.pipeline.site import (
    bundles,
    cards,
    edition_box,
    exhibits,
    folding,
    generated,
    glued,
    inputs,
    ledger,
    ledger_page,
    links,
    page_metadata,
    related,
    status_page,
)
from helpers.project import DISTRIBUTION

DOWNLOADS = "downloads"  # below the static files
# A kernel names the lexer of IPython, which colours plain Python alike in twice the time.
PYTHON = {"name": "python", "pygments_lexer": "python"}


def assemble(staged: Path, edition: Edition, runs, shipped=(), processes: int = 0,
             before=None) -> ledger.Ledger:
    """Write what jupyter-book reads: contents, pages, executed chapters.

    Parameters
    ----------
    staged : Path
        A new folder; it gets the folders ``source`` and ``static``.
    edition : Edition
    runs : list of RunResult
    shipped : list of Edition
        Those that come with the book, which a page lists.
    processes : int
        How many write pages; 0 for as many as there are cores.
    before : list of RunResult, optional
        Runs of the baseline, where this is another edition.

    Returns
    -------
    Ledger
        What the edition says, for `write_files`.
    """
    project, source = edition.project, staged / "source"
    (source / "chapters").mkdir(parents=True)
    (staged / "static" / DOWNLOADS).mkdir(parents=True)
    for file in (*pages.written(project), project.contents, project.references):
        if file.is_file():
            target = source / file.relative_to(project.root)
            target.parent.mkdir(exist_ok=True)
            shutil.copy2(file, target)
    executed = _notebooks(runs)
    around = exhibits.Around(project, {run.chapter: run.key for run in runs})
    exhibits.write(source, around, executed)
    glued.write(source, project, executed)
    last = related.cells(project, [run.chapter for run in runs])
    for run in runs:
        chapter = chapters.read(project, run.chapter).notebook
        notebook = with_outputs(chapter, executed[run.chapter], run.chapter)
        cells = folding.folded(notebook["cells"])
        cells.insert(folding.first_exhibit(cells), edition_box.cell(edition, run.chapter))
        notebook["cells"] = cells + ([last[run.chapter]] if run.chapter in last else [])
        prepare(notebook, run.chapter, around)
        target = source / "chapters" / f"{run.chapter}.ipynb"
        target.write_text(json.dumps(notebook), encoding="utf-8")
    generated.write(staged, edition, [run.chapter for run in runs], shipped)
    (source / status_page.PAGE).write_text(status_page.text(project, runs), encoding="utf-8")
    told = ledger.of_edition(edition, executed, _notebooks(before) if before else None)
    ledger_page.write(staged, told)
    config = described.config(project)
    settings = config["sphinx"]["config"]
    settings["book_static_paths"] = [str(folder) for folder in inputs.static_folders(edition)]
    settings["book_page_processes"] = processes
    config["parse"]["myst_substitutions"] = {"version": metadata.version(DISTRIBUTION)}
    settings["book_links"] = links.of_book(project)
    settings["book_citation"] = page_metadata.of_book(project)
    (source / "_config.yml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    return told


def write_files(staged: Path, told: ledger.Ledger, runs) -> None:
    """Write what pages load or offer and are not made from, so that it need not be there before.

    Pictures are drawn for it, which takes as long as jupyter-book needs for the pages.

    Parameters
    ----------
    staged : Path
        As `assemble` left it.
    told : Ledger
    runs : list of RunResult
    """
    folder = staged / "static" / DOWNLOADS
    for chapter, executed in told.executed.items():
        taken = bundles.notebook(chapters.read(told.project, chapter).notebook, executed)
        (folder / f"{chapter}.ipynb").write_text(json.dumps(taken, indent=1), "utf-8")
        for cell in executed["cells"]:
            for output in filter(exhibits.about, cell.get("outputs", [])):
                exhibits.write_files(output, chapter, folder, told.project)
    cards.write(staged, told)
    bundles.write(staged, told, {run.chapter: run.key for run in runs})


def _notebooks(runs) -> dict[str, dict]:
    return {run.chapter: json.loads((Path(run.path) / "notebook.ipynb").read_text("utf-8"))
            for run in runs}


def with_outputs(chapter: dict, executed: dict, name: str = "chapter") -> dict:
    """The chapter as it is now, with the outputs of a run of its code.

    A change of prose alone does not execute anything again, so the prose of an older run may be
    out of date; its outputs are not, since the code is part of the run's key.

    Raises
    ------
    BuildError
        If the run executed other code cells, or these in another order.
    """
    ran = [cell for cell in executed["cells"] if cell["cell_type"] == "code"
           and "injected-parameters" not in cell["metadata"].get("tags", [])]
    code = [place for place, cell in enumerate(chapter["cells"]) if cell["cell_type"] == "code"]
    cells = list(chapter["cells"])
    if ["".join(cell["source"]) for cell in ran] != ["".join(cells[at]["source"]) for at in code]:
        raise BuildError(f"{name}: its run has other code cells, or these in another order, so its "
                         f"outputs would lie under cells that did not make them. Remove the "
                         f"folder runs in the build folder, then type: book build")
    for place, cell in zip(code, ran, strict=True):
        cells[place] = {**cells[place], "outputs": cell["outputs"]}
    return {**chapter, "metadata": {"language_info": PYTHON}, "cells": cells}


def prepare(notebook: dict, chapter: str, around: exhibits.Around) -> None:
    """Make an executed chapter ready to be read: figures and tables become parts of its page.

    Parameters
    ----------
    notebook : dict
        Changed in place.
    chapter : str
    around : exhibits.Around
        The book.
    """
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = _for_reading(cell["outputs"], chapter, around)


def _for_reading(outputs: list[dict], chapter: str, around: exhibits.Around) -> list[dict]:
    """Outputs as a page of the book shows them."""
    read = []
    for output in outputs:
        data, about = output.get("data", {}), exhibits.about(output)
        if results.MIME in data:
            # Prose glues it in; its line is for who opens the notebook.
            output = glued.typed(
                {**output, "data": {kind: data[kind] for kind in data if kind != "text/plain"}})
        elif about:
            if exhibits.is_for_another_page(output):
                continue
            page = exhibits.as_html(output, chapter, page=f"chapters/{chapter}.html",
                                    around=around)
            output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": page}}
        read.append(output)
    return read
