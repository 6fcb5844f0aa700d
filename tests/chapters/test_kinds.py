"""A kind that changes in the table of claims changes the figures that show it."""

import csv
import io
import json
from pathlib import Path

import nbformat
import pytest
from small_book import REAL, make, own_table

from helpers import datasets, figures
from helpers.pipeline import edition, execute
from helpers.pipeline.pinned import seen

# Figures that draw printed values by their kind. That others which tell kinds have them in their
# data, and marks of these kinds, is asked of each where it is shown.
SHOWING = {"2-3-market-expansion": "paths", "5-3-market-in-china": "china-and-world"}
OTHER = {"observed": "budget", "forecast": "observed", "budget": "observed",
         "announcement": "observed"}


def pictures(file):
    """Outputs of the figures of a notebook, by name."""
    notebook = json.loads(Path(file).read_text(encoding="utf-8"))
    return {output["metadata"]["book"]["figure"]: {
                kind: "".join(text) for kind, text in output["data"].items()}
            for cell in notebook["cells"] for output in cell.get("outputs", [])
            if "figure" in output.get("metadata", {}).get("book", {})}


def other_kinds(text):
    table = list(csv.DictReader(io.StringIO(text)))
    out = io.StringIO()
    writer = csv.DictWriter(out, table[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "kind": OTHER.get(row["kind"], row["kind"])} for row in table)
    return out.getvalue()


def test_each_kind_is_exchanged_for_one_that_is_drawn_otherwise():
    assert all(figures.kind_drawn(kind) != figures.kind_drawn(other)
               for kind, other in OTHER.items())
    assert set(OTHER) <= set(datasets.load("claims", REAL)["kind"])


@pytest.mark.slow
def test_another_kind_gives_other_marks_and_another_download(tmp_path):
    project = make(tmp_path / "book", SHOWING)
    project = project.with_own_data(own_table(tmp_path / "own", "claims", other_kinds))
    runs = execute.run_many(project, edition.resolve(project).plans())
    for run in runs:
        assert run.status == "ok", f"{run.chapter}: {run.reason}"
        figure = SHOWING[run.chapter]
        before = pictures(REAL.chapters / f"{run.chapter}.ipynb")[figure]
        after = pictures(Path(run.path) / "notebook.ipynb")[figure]
        if seen.disagreements(nbformat.read(Path(run.path) / "notebook.ipynb", as_version=4)):
            continue  # the figure itself says that mark and kind disagree
        assert before["image/svg+xml"] != after["image/svg+xml"], run.chapter
        assert before["text/csv"] != after["text/csv"], run.chapter
