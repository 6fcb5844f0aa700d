"""What prose shows of a chapter's records, as HTML that has a name for each.

A number or a printed figure is a link to its row on the page *All results*, so that it can be
asked without any script; a sentence is a span with such a link at its end, since its words may
hold links of their own. The names are the same in every edition. The role that puts them into a
page is in `glue_role`, which needs MyST-NB and a second to import it.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from docutils import nodes

from helpers import results
from helpers.pipeline import pages
from helpers.pipeline.site import exhibits
from helpers.pipeline.site.wording import _
from helpers.project import Project

ALL_RESULTS = "all-results"  # the page, as the contents name it
ASK = _("About this sentence:") + " "
SORTS = {"result": "value", "quote": "quote", "sentence": "sentence"}
FOLDER = "records"  # beside the exhibits: what a page shows of another's records, one file each


def type_of(output: Mapping) -> str:
    """What sort of record prose glues in: it travels with the output."""
    return output.get("metadata", {}).get("scrapbook", {}).get("type", "")


def typed(output: dict) -> dict:
    """An output that is a record, with its sort where the role finds it."""
    about = output["metadata"]["scrapbook"]
    return {**output, "metadata": {**output["metadata"], "scrapbook": {
        **about, "type": output["data"][results.MIME]["type"]}}}


def write(source: Path, project: Project, executed: Mapping[str, dict]) -> None:
    """Write the records that pages beside the chapters show, for the role to find.

    A page is written again when one of its records changed. MyST-NB looks a record of another
    page up when the page is written and does not know that it depends on it.
    """
    there = {chapter: {entry["name"]: entry for entry in results.entries(notebook)}
             for chapter, notebook in executed.items()}
    folder = source / exhibits.FOLDER / FOLDER
    for each in pages.all_references(project):
        if each.sort == "record" and each.name in there.get(each.chapter, {}):
            entry = there[each.chapter][each.name]
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{each.chapter}-{each.name}.json").write_text(
                json.dumps({"type": entry["type"], "text": entry["text"]}), encoding="utf-8")


def anchor(sort: str, name: str, chapter: str = "") -> str:
    """Name of a record on a page; with its chapter on pages that gather from several."""
    return "-".join(filter(None, (SORTS[sort], chapter, name)))


def row(chapter: str, name: str) -> str:
    """Name of a record's row on the page of all results."""
    return f"{chapter}--{name}"


class Record(nodes.Inline, nodes.TextElement):
    """A record in prose.

    Its attributes: ``sort`` (result, quote, sentence), ``chapter``, ``name``, ``anchor`` (only for
    the first on a page), ``asks`` (whether it may hold a link), ``begins`` (its first words).
    """


def code_anchor(number: int) -> str:
    """Name of a code cell on its chapter's page, by its number in the chapter."""
    return f"code-{number}"
