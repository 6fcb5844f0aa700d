"""A kind that changes in the table of claims changes the figures that show it, or stops the run."""

import csv
import io

import pytest
from small_book import make, own_table

from helpers import datasets, figures
from helpers.pipeline import chapters, check, edition, execute
from helpers.project import Project

PROJECT = Project.current()
SHOWING = {"2-3-market-expansion": {"paths"}, "3-4-investment": {"ladder"},
           "5-1-top-level-design": {"base-and-size"}, "5-3-market-in-china": {"two-labels"},
           "5-4-investment-in-china": {"financing"}}
OTHER = {"observed": "forecast", "forecast": "observed", "budget": "observed",
         "announcement": "observed"}


def columns_of_kinds(exhibit):
    return [name for name in exhibit.rows[0] if name == "kind" or name.endswith("_kind")]


def test_these_are_the_figures_that_show_kinds_of_claims():
    """Figures that draw values of claims by their kind: none is left out below."""
    claims = check.claims(PROJECT)
    found = {}
    for name in chapters.names(PROJECT):
        chapter = chapters.read(PROJECT, name)
        printed = {str(row["value"]) for row in claims.values() if row["value"] == row["value"]}
        for exhibit in check.exhibits(chapter):
            kinds = {row[exhibit.rows[0].index(column)] for row in exhibit.rows[1:]
                     for column in columns_of_kinds(exhibit)}
            cells = {cell for row in exhibit.rows[1:] for cell in row}
            if exhibit.sort == "figure" and kinds & set(OTHER) and cells & printed:
                found.setdefault(name, set()).add(exhibit.name)
    assert {name: held for name, held in found.items() if name in SHOWING} == {
        name: held & found[name] | held for name, held in SHOWING.items()}
    assert all(kind in figures.DRAWN_AS for kind in OTHER)


@pytest.mark.slow
def test_a_kind_that_changes_changes_marks_and_downloads(tmp_path):
    project = make(tmp_path / "book", SHOWING)

    def other_kinds(text):
        table = list(csv.DictReader(io.StringIO(text)))
        for row in table:
            row["kind"] = OTHER.get(row["kind"], row["kind"])
        out = io.StringIO()
        writer = csv.DictWriter(out, table[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
        return out.getvalue()

    own = own_table(tmp_path / "own", "claims", other_kinds)
    assert datasets.replaced(project.with_own_data(own)) == ["claims"]
    as_is, changed = (
        {run.chapter: run for run in execute.run_many(place, edition.resolve(place).plans())}
        for place in (project, project.with_own_data(own)))
    for name, shown in SHOWING.items():
        assert as_is[name].status == "ok", as_is[name].reason
        if changed[name].status != "ok":
            assert "FigureError" in changed[name].reason, changed[name].reason
            continue
        before, after = (pictures(run[name].path) for run in (as_is, changed))
        for figure in shown:
            for part in ("image/svg+xml", "text/csv"):
                assert before[figure][part] != after[figure][part], (name, figure, part)


def pictures(path):
    import json
    from pathlib import Path

    notebook = json.loads((Path(path) / "notebook.ipynb").read_text(encoding="utf-8"))
    return {output["metadata"]["book"]["figure"]: output["data"]
            for cell in notebook["cells"] for output in cell.get("outputs", [])
            if "figure" in output.get("metadata", {}).get("book", {})}
