"""Every row transcribed from the paper reaches a reader: no fact lies unused in a table."""

import csv
import io

import pytest
from small_book import REAL

from helpers import datasets, results
from helpers.pipeline import chapters

# What identifies a row on a page, by table; one of the columns is enough.
SHOWN_BY = {
    "claims": ["claim_id", "printed"],
    "readings": ["reading_id", "reading"],
    "ratings": ["country"],
    "documents": ["document_id", "title"],
    "organisations": ["organisation_id", "name"],
    "incidents": ["incident_id", "victim"],
    "measures": ["measure_id", "description"],
    "trends": ["statement_id", "statement"],
    "challenges": ["challenge_id", "statement"],
    "suggestions": ["suggestion_id", "statement"],
    "regions": ["region_id", "name"],
    "sector_mentions": ["sector", "sector_printed"],
    "scopes": ["scope_id", "label"],
    "geographies": ["geography", "name", "label_printed"],
    "sections": ["section"],
    "citations": ["citation_id", "printed"],
}
WITHIN = {"geographies"}  # names of these stand in longer labels: global industrial security
PAPER = [name for name in datasets.names() if datasets.describe(name)["origin"] == "transcribed"]


def shown_cells(notebook):
    """Every cell of the tables and figures a chapter shows, and every claim it rests on."""
    cells = {claim for entry in results.entries(notebook) for claim in entry["claims"]}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if "book" in output.get("metadata", {}):
                for row in csv.reader(io.StringIO("".join(output["data"]["text/csv"]))):
                    cells.update(part.strip() for part in row)
                    cells.update(part.strip() for whole in row for part in whole.split(";"))
    return cells


def orphans(name, shown):
    """Rows of a table that no chapter shows."""
    frame = datasets.load(name)
    if name in WITHIN:
        shown = shown | {word for cell in shown for word in cell.split()}
    return [tuple(str(row[column]) for column in SHOWN_BY[name])
            for _, row in frame.iterrows()
            if not any(str(row[column]) in shown for column in SHOWN_BY[name])]


@pytest.fixture(scope="module")
def book():
    return [chapters.read(REAL, name) for name in chapters.names(REAL)]


@pytest.fixture(scope="module")
def shown(book):
    return set().union(*(shown_cells(chapter.notebook) for chapter in book))


@pytest.fixture(scope="module")
def read(book):
    return {name for chapter in book for name in chapter.tables}


def test_every_transcribed_table_is_known_here():
    assert set(SHOWN_BY) == set(PAPER)


@pytest.mark.parametrize("name", PAPER)
def test_every_row_of_the_paper_is_shown_by_some_chapter(name, shown):
    assert orphans(name, shown) == []


def test_an_orphan_is_found(shown):
    found = orphans("incidents", set())
    assert len(found) == len(datasets.load("incidents"))


@pytest.mark.parametrize("name", PAPER)  # of others `book status` says that nobody reads them yet
def test_every_table_of_the_paper_is_read_by_some_chapter(name, read):
    assert name in read, f"{datasets.describe(name)['path']} is read by no chapter"
