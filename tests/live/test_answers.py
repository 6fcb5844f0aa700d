"""An answer tells what `book run` tells: what moved, what held, and pieces of pages for it."""

import json

import pytest
from live_book import BROKEN, DRAWN, OWN, YEARS, write
from small_book import book

from helpers.pipeline import execute, plan, store
from helpers.pipeline.live import answers
from helpers.pipeline.site import exhibits


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write(tmp_path_factory.mktemp("answers") / "book")


def run(project, chapter, **values):
    return execute.run_many(project, [plan.make(project, chapter, values)])[0]


def answered(project, chapter, **values):
    return answers.of(project, chapter, values, run(project, chapter, **values),
                      run(project, chapter))


def test_it_tells_what_moved_and_counts_what_held(project):
    told = answered(project, YEARS, horizon_year=2030)
    assert told["status"] == "ok" and told["address"] == "horizon_year=2030"
    assert told["values"] == {"horizon_year": "2030"}
    assert set(told["records"]) == {"x", "when"}
    assert told["records"]["x"] | {"change": None} == {
        "sort": "result", "text": "2030", "old": "2026", "label": "X", "unit": "year",
        "change": None, "status": "computed"}
    assert told["records"]["x"]["change"] == pytest.approx(2030 / 2026 - 1)
    assert told["records"]["when"]["text"] == "The path ends in 2030."
    assert set(told["exhibits"]) == {"years", "front"}
    assert told["held"] == {"results": 1, "sentences": 1, "exhibits": 1}
    assert told["gone"] == told["new"] == []
    json.dumps(told, allow_nan=False)


def test_it_agrees_with_the_command_that_it_names(project):
    told = answered(project, YEARS, horizon_year=2031)
    printed = book(project, *told["command"].split()[1:])
    assert printed.exit_code == 0, printed.output
    for record in told["records"].values():
        if record["sort"] == "result":
            assert f"{record['label']}: {record['old']} -> {record['text']}" in printed.output
    assert store.published(project.build, told["key"])
    assert f"{told['held']['results']} result held".replace("1", "One") in printed.output


def test_set_back_nothing_moves(project):
    told = answered(project, YEARS)
    assert told["records"] == told["exhibits"] == told["values"] == {}
    assert told["address"] == "" and told["held"]["exhibits"] == 3
    assert told["command"] == f"book run {YEARS}"


def test_an_exhibit_is_written_for_each_page_that_shows_it_as_the_page_has_it(project):
    told = answered(project, YEARS, horizon_year=2030)["exhibits"]
    assert set(told["years"]["pages"]) == {f"chapters/{YEARS}.html", "intro.html"}
    assert set(told["front"]["pages"]) == {"intro.html"}  # its chapter leaves it out
    made = run(project, YEARS, horizon_year=2030)
    output = answers.said(made).exhibits["years"]
    around = exhibits.Around(project, {YEARS: made.key})
    for page, html in told["years"]["pages"].items():
        assert html == exhibits.as_html(output, YEARS, page=page, around=around)


def test_a_figure_that_moved_has_its_words_of_before_and_after(project):
    told = answered(project, DRAWN, damping=0.8)["exhibits"]["path"]
    assert told["sort"] == "figure" and "<svg" in told["pages"][f"chapters/{DRAWN}.html"]
    assert (told["old_alt"], told["alt"]) == ("A line that falls to 0.9.",
                                              "A line that falls to 0.8.")


def test_a_chapter_that_reads_another_table_alone_moves_nothing(project):
    told = answered(project, OWN, horizon_year=2030)
    assert told["records"] == told["exhibits"] == {}


def test_a_failed_chapter_names_cell_and_command(project):
    told = answered(project, BROKEN, horizon_year=2031)
    assert told["status"] == "failed" and told["records"] == {}
    assert "cell 2: ValueError: no path to 2031" in told["reason"]
    assert told["command"] == f"book run {BROKEN} --set horizon_year=2031"


def records(*changes):
    base = {"type": "result", "name": "x", "text": "1", "label": "X", "unit": "count",
            "value": 1.0, "status": "computed", "tolerance": 1e-9}
    return {"x": {**base, **dict(changes)}}


@pytest.mark.parametrize("change, moved", [
    ({}, False), ({"value": 1.0 + 1e-12}, False), ({"value": 1.1, "text": "1"}, True),
    ({"text": "one"}, True), ({"status": "scope_flagged"}, True),
    ({"value": None, "status": "refused", "text": "no"}, True)])
def test_what_counts_as_moved(change, moved):
    """Planted: a value that moves below what its text shows, and a status alone."""
    assert bool(answers._records(records(), records(*change.items()))) is moved
