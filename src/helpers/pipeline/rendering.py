"""Turn published runs into the pages of a book.

jupyter-book renders executed copies with execution off, because its own cache sees neither data
nor helpers nor parameters and serves stale numbers.
"""

import copy
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from helpers import paths
from helpers.pipeline import pages, store

PAGE_FOLDERS = ("_static", "_templates")


class BuildError(RuntimeError):
    """A book that was not built. Nothing was published."""


def written_pages() -> list[Path]:
    """Pages written by hand, beside the chapters."""
    return sorted(f for f in paths.ROOT.glob("*.md") if f.name not in ("README.md", "CHANGELOG.md"))


def key(runs, notice: str) -> str:
    """Key of a set of pages: everything they are made from, chapters by their run keys.

    Parameters
    ----------
    runs : list of RunResult
    notice : str
        What stands on top of every page.
    """
    files = [paths.CONFIG, paths.CONTENTS, paths.ROOT / "references.bib", *written_pages()]
    for folder in (*(paths.ROOT / name for name in PAGE_FOLDERS), paths.VENDOR):
        files += sorted(file for file in folder.rglob("*") if file.is_file())
    files += sorted(Path(__file__).parent.glob("*.py")) + [paths.ROOT / "src" / "book_pages.py"]
    files += [store.chapter_path(run.chapter) for run in runs]  # prose is not in a run's key
    files += [paths.DATA_PACKAGE]
    parts = [notice, *(run.key for run in runs)]
    parts += [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def assemble(source: Path, runs, notice: str) -> None:
    """Write what jupyter-book reads: contents, pages, and the executed chapters.

    Parameters
    ----------
    source : Path
        A new folder.
    runs : list of RunResult
    notice : str
        HTML that stands on top of every page; empty for none.
    """
    (source / "chapters").mkdir(parents=True)
    for file in (*written_pages(), paths.CONTENTS, paths.ROOT / "references.bib"):
        shutil.copy2(file, source)
    for folder in PAGE_FOLDERS:
        if (paths.ROOT / folder).is_dir():
            shutil.copytree(paths.ROOT / folder, source / folder)
    downloads = source / "_static" / "downloads"
    downloads.mkdir(parents=True)
    for run in runs:
        executed = json.loads((Path(run.path) / "notebook.ipynb").read_text(encoding="utf-8"))
        chapter = json.loads(store.chapter_path(run.chapter).read_text(encoding="utf-8"))
        notebook = with_outputs(chapter, executed)
        prepare(notebook, run.chapter, downloads)
        target = source / "chapters" / f"{run.chapter}.ipynb"
        target.write_text(json.dumps(notebook), encoding="utf-8")
    pages.write(source, [run.chapter for run in runs])
    config = yaml.safe_load(paths.CONFIG.read_text(encoding="utf-8"))
    if notice:
        theme = config["sphinx"]["config"].setdefault("html_theme_options", {})
        theme["announcement"] = notice
    config["sphinx"]["local_extensions"] = {"book_pages": str(paths.ROOT / "src")}
    (source / "_config.yml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")


def with_outputs(chapter: dict, executed: dict) -> dict:
    """The chapter as it is now, with the outputs of a run of its code.

    A change of prose alone does not execute anything again, so the prose of an older run may be
    out of date; its outputs are not, since the code is part of the run's key.
    """
    notebook = copy.deepcopy(chapter)
    notebook["metadata"] = {name: about for name, about in executed["metadata"].items()
                            if name in ("kernelspec", "language_info")}
    ran = [cell["outputs"] for cell in executed["cells"] if cell["cell_type"] == "code"
           and "injected-parameters" not in cell["metadata"].get("tags", [])]
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for cell, outputs in zip(cells, ran, strict=True):
        cell["outputs"] = outputs
    return notebook


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
        Folder for the files, ``_static/downloads`` of the book.
    """
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [_for_reading(output, chapter, downloads)
                               for output in cell["outputs"]]


def _for_reading(output: dict, chapter: str, downloads: Path) -> dict:
    about = output.get("metadata", {}).get("book")
    if not about:
        return output
    data = output["data"]
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


def render(source: Path, out: Path) -> Path:
    """Run jupyter-book; any warning fails it, because a warning is a page that is not right."""
    program = Path(sys.executable).with_name("jupyter-book")
    command = [str(program), "build", str(source),
               "--path-output", str(out), "-W", "--keep-going", "--quiet"]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    log = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    warnings = [line.replace(str(source) + "/", "") for line in log.splitlines()
                if re.search(r"\b(WARNING|ERROR|CRITICAL)\b", line)]
    built = out / "_build" / "html"
    if done.returncode != 0 or warnings or not (built / "index.html").is_file():
        what = "\n".join(dict.fromkeys(warnings)) or log[-3000:]
        raise BuildError(f"The pages were not built; jupyter-book said:\n{what}")
    return built
