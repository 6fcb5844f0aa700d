"""Outputs of a chapter agree with their rows, their cells and the claims; each rule finds a fault.

The faults are planted in copies of what is committed, so that a rule that found nothing would be
seen here.
"""

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest

from helpers import datasets, results
from helpers.pipeline import chapters, check
from helpers.pipeline.chapters import Chapter
from helpers.project import Project

PROJECT = Project.current()
NAMES = chapters.names(PROJECT)
CLAIMS = check.claims(PROJECT)
SECTIONS = {claim: row["section"] for claim, row in CLAIMS.items()}


def faults(chapter):
    return [*check.exhibit_faults(chapter), *check.position_faults(chapter),
            *check.source_faults(chapter, datasets.names(PROJECT), SECTIONS),
            *check.place_faults(chapter), *check.rest_faults(chapter, CLAIMS)]


def outputs(chapter, kind, name):
    """Outputs of a copied chapter that are this figure, table or record."""
    for cell in chapter.code_cells:
        for output in cell["outputs"]:
            entry = output["data"].get(results.MIME, {})
            if output["metadata"].get("book", {}).get(kind) == name or entry.get("name") == name:
                yield output


@pytest.fixture
def market():
    """A copy of the chapter with most money, to plant faults in."""
    chapter = chapters.read(PROJECT, "2-3-market-expansion")
    return replace(chapter, notebook=copy.deepcopy(chapter.notebook))


def test_no_two_figures_or_tables_of_the_book_share_words_or_data():
    assert check.shared(PROJECT) == []


def test_a_text_or_a_download_used_twice_is_found(market):
    [figure] = outputs(market, "figure", "paths")
    [other] = outputs(market, "figure", "layers")
    other["metadata"]["book"]["alt"] = figure["metadata"]["book"]["alt"]
    other["data"]["text/csv"] = figure["data"]["text/csv"]
    found = check.shared_words([market])
    assert [line.split(" is that of ")[0].rsplit(" ", 1)[1] for line in found] == ["alt", "data"]
    other["metadata"]["book"]["figure"] = "paths"
    assert any("the name is used twice" in line for line in check.exhibit_faults(market))


def test_the_committed_copy_has_no_fault(market):
    assert faults(market) == []


# ------------------------------------------------------------------ words against rows


@pytest.mark.parametrize("part", ["alt", "title", "subtitle"])
def test_a_number_of_nothing_is_found(market, part):
    [figure] = outputs(market, "figure", "layers")
    figure["metadata"]["book"][part] += " It is 77.31 times that."
    assert any(f"figure layers, {part}: 77.31" in line for line in faults(market))


def test_another_figures_number_is_found_though_it_is_recorded(market):
    [figure] = outputs(market, "figure", "layers")
    [other] = outputs(market, "figure", "publishers")
    rate = other["data"]["text/csv"]
    text = rate if isinstance(rate, str) else "".join(rate)
    number = f"{float(text.splitlines()[-1].split(',')[6]):.1f}"
    figure["metadata"]["book"]["alt"] += f" Growth is {number} %."
    assert any(f"figure layers, alt: {number}" in line for line in faults(market))


@pytest.mark.parametrize("old, new, fault", [
    ("<caption>", "<caption>77.31 ", None),
    ("</th></tr>", "</th><th scope=\"col\">More</th></tr>", "shows 4 columns"),
    ("table-note\">", "table-note\">77.31 ", "77.31 stands neither"),
])
def test_a_table_that_is_not_its_rows_is_found(market, old, new, fault):
    [table] = outputs(market, "table", "stated-against-implied")
    page = "".join(table["data"]["text/html"])
    if fault is None:
        table["metadata"]["book"]["caption"] += " 77.31"
        fault = "77.31 stands neither"
    elif "columns" in fault:
        fault = "columns and its download has"
    table["data"]["text/html"] = page.replace(old, new, 1)
    assert any(fault in line for line in faults(market))


def test_exchanged_headings_a_lost_column_a_lost_row_and_another_value_are_found(market):
    [table] = outputs(market, "table", "stated-against-implied")
    page = "".join(table["data"]["text/html"])
    one, other = "Constant implied rate, USD billion", "Stated rate every year, USD billion"
    table["data"]["text/html"] = page.replace(one, "X").replace(other, one).replace("X", other)
    assert any("seem to be exchanged" in line for line in faults(market))
    rows = "".join(table["data"]["text/csv"]).splitlines()
    for changed, fault in [
            ([row.rpartition(",")[0] for row in rows], "its download has 3"),
            (rows[:-1], "rows and its download has"),
            ([rows[0], *(row.replace("0.38", "0.83") for row in rows[1:])], "row 1 shows")]:
        table["data"]["text/html"] = page
        table["data"]["text/csv"] = "\n".join(changed)
        assert any(fault in line for line in faults(market)), fault


@pytest.mark.parametrize("kind, name", [
    ("table", "stated-against-implied"), ("figure", "paths")])
def test_another_currency_than_that_of_the_column_is_found(market, kind, name):
    [exhibit] = outputs(market, kind, name)
    if kind == "table":
        exhibit["data"]["text/html"] = "".join(exhibit["data"]["text/html"]).replace("USD", "RMB")
    else:
        book = exhibit["metadata"]["book"]
        book["subtitle"] = book["subtitle"].replace("USD", "RMB")
    assert any(f"{kind} {name}: " in line and "speaks of RMB" in line for line in faults(market))


@pytest.mark.parametrize("old, new, fault", [
    ("section 2.3", "section 5.2", "names section 5.2"),
    ("published_market_sizes", "outside_checks", "names the table outside_checks"),
])
def test_a_source_line_of_something_else_is_found(market, old, new, fault):
    [figure] = outputs(market, "figure", "publishers")
    book = figure["metadata"]["book"]
    book["source"] = book["source"].replace(old, new)
    assert any(fault in line for line in faults(market))


@pytest.mark.parametrize("how, found", [
    ("[0, 6]", True), ("[len(rows) - 1]", True), ("[0 if model else 2]", True),
    ("lambda rows: rows['year'] == 2019", False), ("[place for place in chosen]", False),
    ("list(chosen)", False)])
def test_rows_set_apart_by_their_position_are_found(how, found):
    source = f"tables.show(rows, 't', caption='Rows', highlight={how})"
    chapter = Chapter("9-1-made", Path("9-1-made.ipynb"), {"cells": [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}]})
    assert bool(check.position_faults(chapter)) == found


# ------------------------------------------------------------------ places


def test_outputs_under_another_cell_are_found(market):
    filled = [cell for cell in market.code_cells if cell["outputs"]]
    filled[1]["outputs"], filled[2]["outputs"] = filled[2]["outputs"], filled[1]["outputs"]
    found = [line for line in check.place_faults(market) if "lies under it" in line]
    assert found and all("2-3-market-expansion, code cell" in line for line in found)


@pytest.mark.parametrize("tag", ["remove-cell", "remove-output", "hide-output", "nbval-skip",
                                 "raises-exception"])
def test_a_tag_that_hides_or_is_not_compared_is_found(market, tag):
    market.code_cells[-1]["metadata"]["tags"].append(tag)
    assert any(f"the tag '{tag}'" in line for line in check.place_faults(market))


def test_a_table_whose_cell_is_gone_leaves_something_that_nothing_reads(market):
    cells = market.notebook["cells"]
    [gone] = [cell for cell in market.code_cells if '"publishers"' in cell["source"]]
    cells.remove(gone)
    assert any("nothing reads it" in line for line in check.place_faults(market))


def test_every_sentence_taken_out_of_the_prose_is_found(market):
    spoken = [entry["name"] for entry in results.entries(market.notebook)
              if entry["type"] != "result"]
    assert len(spoken) > 5
    for name in spoken:
        bare = replace(market, notebook=json.loads(
            json.dumps(market.notebook).replace(f"`{name}`", "`nothing`")))
        assert any(f" {name} is recorded and no text shows it" in line
                   for line in check.place_faults(bare)), name


def test_an_answer_that_stands_below_is_found(market):
    first = next(cell for cell in market.notebook["cells"] if "{div} answer" in cell["source"])
    later = market.notebook["cells"][-1]
    first["source"], later["source"] = (
        first["source"].replace("{glue:text}`answer", "{glue:text}`other"),
        later["source"] + first["source"][first["source"].index("{glue:text}"):])
    assert any("does not stand in the first text" in line for line in check.place_faults(market))


def test_results_that_no_text_shows_are_those_listed():
    """A result taken out of the prose is seen; those recorded for tables of scenarios are listed.

    To correct the list: write what the message shows into ``results_without_text.txt``.
    """
    listed = (Path(__file__).with_name("results_without_text.txt")
              .read_text(encoding="utf-8").splitlines())
    unseen = [f"{name} {result}" for name in NAMES
              for result in check.unseen(chapters.read(PROJECT, name))]
    assert sorted(set(unseen) - set(listed)) == [], "no text or table shows these any more"
    assert sorted(set(listed) - set(unseen)) == [], "a text or table shows these: delete the lines"


# ------------------------------------------------------------------ claims


def record(chapter, name):
    [output] = outputs(chapter, "record", name)
    return output["data"][results.MIME]


@pytest.mark.parametrize("name, change, fault", [
    ("printed_a_2019", {"text": "USD 16.4 billion"}, "its claim is printed as"),
    ("market_a_horizon", {"unit": "RMB billion"}, "no claim it rests on is in RMB"),
    ("market_a_horizon", {"unit": "USD million"}, "more than 300 times off"),
    ("market_a_horizon", {"unit": "ratio"}, "has the value of a claim in USD billion"),
    ("market_a_horizon", {"claims": ["5.1-industry-c-2019"]}, "no claim it rests on is in USD"),
    ("scope_ratio_a_b", {"status": "computed", "scope": ""}, "its claims are of 2 scopes"),
    ("stated_sentence", {"text": f"It was RMB {CLAIMS['2.3-market-a-2019']['value']} billion."},
     "prints in USD"),
])
def test_a_record_that_does_not_agree_with_its_claims_is_found(market, name, change, fault):
    record(market, name).update(change)
    found = [line for line in check.rest_faults(market, CLAIMS) if fault in line]
    assert found and all(f"record {name}" in line for line in found)


def test_a_converted_result_says_at_which_rate(market):
    entry = record(market, "market_a_horizon")
    entry.update(unit="RMB billion", label=entry["label"] + ", converted at the mean rate of 2019")
    assert not any("no claim" in line for line in check.rest_faults(market, CLAIMS))
