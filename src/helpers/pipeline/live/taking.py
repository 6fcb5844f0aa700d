"""Results of all chapters under the values of a page, to take along.

The rows are those of the page *All results* of an edition, in the same columns.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from helpers import parameters
from helpers.pipeline import chapters, edition
from helpers.pipeline.edition import Edition
from helpers.pipeline.execute import RunResult
from helpers.pipeline.site import address, bundles, ledger, ledger_page, page_facts, page_metadata
from helpers.project import Project

NOT_VOUCHED = ("The values were chosen by a reader. The authors of the book vouch for the method, "
               "and not for this choice or what follows from it.")


def edition_of(project: Project, overrides: Mapping) -> Edition:
    """The edition that some values make."""
    return edition.resolve(project, assignments=[
        f"{name}={parameters.literal(value)}" for name, value in overrides.items()])


def made(wanted: Edition, runs: Mapping[str, RunResult], before: Mapping[str, RunResult],
         kind: str) -> bytes:
    """A file with the results of an edition.

    Parameters
    ----------
    wanted : Edition
    runs, before : mapping
        Runs of all chapters in it, and in what it is held against.
    kind : str
        ``csv``, ``json`` or ``zip``.
    """
    told = ledger.of_edition(wanted, _notebooks(runs), _notebooks(before))
    rows = ledger_page.frame(list(told.records))
    listed = {"results.csv": ledger_page.csv_of(rows), "results.json": ledger_page.json_of(rows)}
    if kind != "zip":
        return listed[f"results.{kind}"]
    described = ledger_page.package(
        told, "results", f"Results of the book, edition {wanted.heading}",
        [ledger_page.resource(name, content) for name, content in listed.items()])
    keys = {chapter: run.key for chapter, run in runs.items()}
    return bundles.pack({"README.md": readme(wanted, keys).encode(), **listed,
                         "datapackage.json": _json({**described, "runs": keys}),
                         **_citation(wanted, keys)})


def _notebooks(runs: Mapping[str, RunResult]) -> dict[str, dict]:
    return {chapter: json.loads((Path(run.path) / "notebook.ipynb").read_text("utf-8"))
            for chapter, run in runs.items()}


def readme(wanted: Edition, keys: Mapping[str, str]) -> str:
    """What the archive is, under which values, and how to make it again."""
    standard = parameters.defaults()
    chosen = [f"- {name} = {parameters.literal(value)} "
              f"(baseline {parameters.literal(standard[name])})"
              for name, value in wanted.overrides.items()]
    return "\n".join([
        "# Results under values that a reader chose", "",
        NOT_VOUCHED if chosen else "These are the values of the baseline.", "",
        f"Made again by: `{wanted.command()}`", "", "Values that differ from the baseline:", "",
        *(chosen or ["- none"]), "",
        "- `results.csv`, `results.json`: what every chapter records, one row each, with what the "
        "baseline says where that differs",
        "- `datapackage.json`: what the columns are, all values, the key of each run",
        "- `citation.txt`, `citation.bib`: how to cite it", "",
        "Runs:", "", *(f"- {chapters.read(wanted.project, chapter).title}: `{key}`"
                       for chapter, key in keys.items()), ""])


def citation(wanted: Edition, keys: Mapping[str, str]) -> str:
    """How these results are cited, in sentences; empty in a book that does not say how."""
    book = page_metadata.of_book(wanted.project)
    if not book:
        return ""
    known = {**book, "root": address.of_book(wanted.project)}
    cited = page_facts.in_words(wanted, known, page_facts.FRONT[0], book["title"], "")
    runs = ", ".join(f"{chapter} {key[:page_facts.SHORT_KEY]}" for chapter, key in keys.items())
    vouched = f" {NOT_VOUCHED}" if wanted.overrides else ""
    return f"{cited} Runs: {runs}.{vouched}"


def _citation(wanted: Edition, keys: Mapping[str, str]) -> dict[str, bytes]:
    text = citation(wanted, keys)
    if not text:
        return {}
    book = page_metadata.of_book(wanted.project)
    known = {**book, "root": address.of_book(wanted.project)}
    entry = page_facts.in_bibtex(wanted, known, page_facts.FRONT[0], book["title"], "")
    return {"citation.txt": f"{text}\n".encode(), "citation.bib": f"{entry}\n".encode()}


def _json(content) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
