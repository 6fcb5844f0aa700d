"""What a chapter is taken along as: one archive with its notebook, numbers, tables and figures.

The same chapter of the same edition gives the same bytes, so that an archive can be cited by its
hash; and one that was made before is taken from the build folder.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import yaml

from helpers import datasets, downloads, parameters
from helpers.pipeline import chapters
from helpers.pipeline.site import address, exhibits, kept, ledger_page, page_facts, page_metadata
from helpers.pipeline.site.ledger import Ledger
from helpers.project import DISTRIBUTION

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that an archive knows: no clock in its bytes
OWN = tuple(Path(module.__file__).read_bytes() for module in (exhibits, ledger_page, page_facts,
                                                              downloads))


def write(staged: Path, told: Ledger, keys: Mapping[str, str]) -> None:
    """Write the archive of every chapter, beside the other downloads.

    Parameters
    ----------
    staged : Path
        Its downloads have the notebooks already.
    told : Ledger
    keys : mapping of str to str
        Key of each chapter's run.
    """
    folder = staged / "static" / "downloads"
    for chapter in told.executed:
        notebook, run = (folder / f"{chapter}.ipynb").read_bytes(), keys[chapter]
        archive = kept.get(
            told.project.build, _key(told, chapter, notebook, run),
            lambda of=(chapter, notebook, run): pack(contents(told, *of)))
        (folder / f"{chapter}.zip").write_bytes(archive)
    kept.tidy(told.project.build)


def _key(told: Ledger, chapter: str, notebook: bytes, run: str) -> str:
    """Hash of all that an archive follows from: the run, and what stands around it."""
    around = [told.citation, told.values, run, *(
        (each.place, each.parameters, each.tables, each.before)
        for each in told.by_chapter.get(chapter, []))]
    parts = [Path(__file__).read_bytes(), *OWN, notebook, readme(told, chapter).encode(),
             told.project.data_package.read_bytes(), json.dumps(around, default=str).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def contents(told: Ledger, chapter: str, notebook: bytes, run: str) -> dict[str, bytes]:
    """Files of the archive of a chapter, by their paths in it."""
    project = told.project
    rows = ledger_page.frame(told.by_chapter.get(chapter, []))
    listed = {"results.csv": ledger_page.csv_of(rows), "results.json": ledger_page.json_of(rows)}
    tables = {name: datasets.locate(name, project).read_bytes()
              for name in chapters.read(project, chapter).tables}
    described = ledger_page.package(
        told, "-".join(chapter.lower().split()), f"Chapter {chapters.read(project, chapter).title}",
        [*(ledger_page.resource(name, content) for name, content in listed.items()),
         *(_resource(project, name) for name in tables)])
    return {
        "README.md": readme(told, chapter).encode(),
        f"{chapter}.ipynb": notebook,
        **listed,
        **{f"tables/{name}.csv": content for name, content in tables.items()},
        "datapackage.json": _json(described),
        **_exhibits(told, chapter),
        **_citation(told, chapter, run[:page_facts.SHORT_KEY]),
    }


def notebook(chapter: dict, executed: dict) -> dict:
    """The chapter as it is now with the outputs of its run, and the values that the run was given.

    Prose may be newer than a run, which follows from code alone.
    """
    code = [cell for cell in executed["cells"] if cell["cell_type"] == "code"]
    given = [cell for cell in code if "injected-parameters" in cell["metadata"].get("tags", [])]
    ran = iter([cell for cell in code if cell not in given])
    cells = []
    for cell in chapter["cells"]:
        cells.append({**cell, "outputs": next(ran)["outputs"]} if cell["cell_type"] == "code"
                     else cell)
        if "parameters" in cell["metadata"].get("tags", []):
            # papermill puts it there, under a name that it draws
            cells += [{**cell, "id": "injected-parameters"} for cell in given]
    return {**chapter, "cells": cells}


def _resource(project, name: str) -> dict:
    """A table that the chapter reads, as the book's own package describes it."""
    about = datasets.describe(name, project)
    schema = {key: value for key, value in about["schema"].items() if key != "foreignKeys"}
    # A key into a table that may not be in the archive would be a fault of the package.
    return {**about, "path": f"tables/{name}.csv", "schema": schema,
            "hash": datasets.sha256(datasets.locate(name, project)),
            "bytes": datasets.locate(name, project).stat().st_size}


def _exhibits(told: Ledger, chapter: str) -> dict[str, bytes]:
    """Files of the figures and tables that the chapter shows."""
    return {f"exhibits/{file}": content
            for cell in told.executed[chapter]["cells"] for output in cell.get("outputs", [])
            if exhibits.about(output)
            for file, content in exhibits.files_of(output, chapter, told.project).values()}


def readme(told: Ledger, chapter: str) -> str:
    """What the archive is, of which edition, and how to make it again."""
    read, edition = chapters.read(told.project, chapter), told.edition
    baseline = {name: f" (baseline {parameters.literal(default)})"
                for name, default in read.parameters.items() if name in edition.overrides}
    set_here = [f"- {name} = {parameters.literal(told.values[name])}{baseline.get(name, '')}"
                for name in read.parameters]
    own = [name for name in datasets.replaced(told.project) if name in read.tables]
    return "\n".join([
        f"# {read.title}", "",
        f"Chapter `{chapter}` of the book {told.citation.get('title', '')}, "
        f"version {metadata.version(DISTRIBUTION)}, edition: {edition.heading}.", "",
        f"Made by: `{edition.command()}`", "",
        "Parameters that the chapter reads:", "", *(set_here or ["- none"]), "",
        *([f"Not the shipped data: {', '.join(own)}.", ""] if own else []),
        "- the notebook with its outputs",
        "- `results.csv`, `results.json`: what it records, one row each",
        "- `tables/`: the tables it reads; `datapackage.json` describes them and the results",
        "- `exhibits/`: figures as SVG and PNG, and the data of figures and tables as CSV",
        "- `CITATION.cff`, `citation.bib`: how to cite it", "",
        "To run it again, take the whole book: a chapter calls the book's own functions.", ""])


def _citation(told: Ledger, chapter: str, run: str) -> dict[str, bytes]:
    """How the chapter is cited: the book's file with it as what is meant, and for BibTeX."""
    book, title = told.citation, chapters.read(told.project, chapter).title
    if not book:
        return {}
    cited = {**book, "preferred-citation": {
        "type": "generic", "title": f"{title} ({told.edition.heading})",
        "authors": book["authors"], "version": str(book["version"]),
        "collection-title": book["title"]}}
    known = {**page_metadata.of_book(told.project), "root": address.of_book(told.project)}
    entry = page_facts.in_bibtex(told.edition, known, f"chapters/{chapter}.html", title, run)
    return {"CITATION.cff": yaml.safe_dump(cited, allow_unicode=True, sort_keys=False).encode(),
            "citation.bib": f"{entry}\n".encode()}


def _json(content) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files as one archive, the same bytes each time."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return into.getvalue()
