"""Turn published runs into what jupyter-book reads.

jupyter-book renders executed copies with execution off, because its own cache sees neither data
nor helpers nor parameters and serves stale numbers.
"""

import hashlib
import html
import json
import shutil
from pathlib import Path

import yaml

from helpers import paths, results
from helpers.pipeline import pages, store

PAGE_FOLDERS = ("_static", "_templates")
# A kernel names the lexer of IPython, which colours plain Python alike in twice the time.
PYTHON = {"name": "python", "pygments_lexer": "python"}


def written_pages() -> list[Path]:
    """Pages written by hand, beside the chapters."""
    return sorted(f for f in paths.ROOT.glob("*.md") if f.name not in ("README.md", "CHANGELOG.md"))


def key(runs, notice: str) -> str:
    """Key of a set of pages: everything they are made from, chapters by their run keys.

    Parameters
    ----------
    runs : list of RunResult
        Those of the edition and, if they are compared, of the baseline.
    notice : str
        What stands on top of every page.
    """
    files = [paths.CONFIG, paths.CONTENTS, paths.ROOT / "references.bib", *written_pages()]
    for folder in (*(paths.ROOT / name for name in PAGE_FOLDERS), paths.VENDOR):
        files += sorted(file for file in folder.rglob("*") if file.is_file())
    files += sorted(Path(__file__).parent.rglob("*.py")) + [paths.ROOT / "src" / "book_pages.py"]
    files += [store.chapter_path(run.chapter) for run in runs]  # prose is not in a run's key
    files += [paths.DATA_PACKAGE]
    files += sorted(file for file in paths.SCENARIOS.glob("*.toml") if file.is_file())
    parts = [notice, *(run.key for run in runs)]
    parts += [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def assemble(staged: Path, runs) -> None:
    """Write what jupyter-book reads (contents, pages, executed chapters), and the downloads.

    Parameters
    ----------
    staged : Path
        A new folder; it gets the folders ``source`` and ``static``.
    runs : list of RunResult
    """
    source, downloads = staged / "source", staged / "static" / "downloads"
    (source / "chapters").mkdir(parents=True)
    downloads.mkdir(parents=True)
    for file in (*written_pages(), paths.CONTENTS, paths.ROOT / "references.bib"):
        shutil.copy2(file, source)
    for folder in PAGE_FOLDERS:
        if (paths.ROOT / folder).is_dir():
            shutil.copytree(paths.ROOT / folder, source / folder)
    for run in runs:
        executed = json.loads((Path(run.path) / "notebook.ipynb").read_text(encoding="utf-8"))
        notebook = with_outputs(store.read_chapter(run.chapter), executed)
        prepare(notebook, run.chapter, downloads)
        target = source / "chapters" / f"{run.chapter}.ipynb"
        target.write_text(json.dumps(notebook), encoding="utf-8")
    pages.write(staged, [run.chapter for run in runs])
    config = yaml.safe_load(paths.CONFIG.read_text(encoding="utf-8"))
    # Room for the notice of an edition, filled in when the pages are written.
    config["sphinx"]["config"]["html_theme_options"]["announcement"] = "notice"
    config["sphinx"]["local_extensions"] = {"book_pages": str(paths.ROOT / "src")}
    (source / "_config.yml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")


def with_outputs(chapter: dict, executed: dict) -> dict:
    """The chapter as it is now, with the outputs of a run of its code.

    A change of prose alone does not execute anything again, so the prose of an older run may be
    out of date; its outputs are not, since the code is part of the run's key.
    """
    ran = [cell["outputs"] for cell in executed["cells"] if cell["cell_type"] == "code"
           and "injected-parameters" not in cell["metadata"].get("tags", [])]
    code = [place for place, cell in enumerate(chapter["cells"]) if cell["cell_type"] == "code"]
    cells = list(chapter["cells"])
    for place, outputs in zip(code, ran, strict=True):
        cells[place] = {**cells[place], "outputs": outputs}
    return {**chapter, "metadata": {"language_info": PYTHON}, "cells": cells}


def prepare(notebook: dict, chapter: str, downloads: Path) -> None:
    """Make an executed chapter ready to be read: figures and their data become files.

    A figure on a page is a link to its own file, so that it can be opened alone and enlarged on a
    phone; its alternative text follows the parameters and comes with the output.

    Parameters
    ----------
    notebook : dict
        Changed in place.
    chapter : str
    downloads : Path
        Folder for the files; the book has them under ``_static/downloads``.
    """
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [_for_reading(output, chapter, downloads)
                               for output in cell["outputs"]]


def _for_reading(output: dict, chapter: str, downloads: Path) -> dict:
    data = output.get("data", {})
    if results.MIME in data:
        # Prose glues it in; its line is for who opens the notebook.
        return {**output, "data": {kind: data[kind] for kind in data if kind != "text/plain"}}
    about = output.get("metadata", {}).get("book")
    if not about:
        return output
    name = about.get("figure") or about.get("table")
    stem = f"{chapter}-{name}"
    files = {"Data (CSV)": (f"{stem}.csv", data["text/csv"])}
    if "figure" in about:
        files["Figure (SVG)"] = (f"{stem}.svg", data["image/svg+xml"])
        address = _address(f"{stem}.svg")
        shown = (f'<div class="book-figure"><a href="{address}"><img src="{address}" '
                 f'alt="{html.escape(about["alt"])}"></a></div>')
    else:
        shown = "".join(data["text/html"])
    links = []
    for words, (file, text) in files.items():
        (downloads / file).write_text("".join(text), encoding="utf-8")
        links.append(f'<a href="{_address(file)}" download>{words}<span class="visually-hidden"> '
                     f"of {html.escape(name)}</span></a>")
    page = f'{shown}<p class="book-downloads">{" · ".join(links)}</p>'
    return {"output_type": "display_data", "metadata": {}, "data": {"text/html": page}}


def _address(file: str) -> str:
    return f"../_static/downloads/{html.escape(file)}"
