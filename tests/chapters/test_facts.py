"""One fact has one value, one date and one class in all chapters, and a planted one is found."""

import pytest

from helpers import results
from helpers.pipeline import chapters, check
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check import facts
from helpers.project import Project

PROJECT = Project.current()
PARAMETERS = {"cell_type": "code", "source": "", "metadata": {"tags": ["parameters"]},
              "outputs": []}


def record(name="share", value=0.25, **changes):
    entry = {"type": "result", "name": name, "value": value, "unit": "ratio", "status": "computed",
             "claims": [], "tolerance": 1e-9, "label": "X", "scope": "", "note": "", "text": "t"}
    return {"output_type": "display_data", "metadata": {},
            "data": {results.MIME: {**entry, **changes}}}


def table(text):
    return {"output_type": "display_data", "data": {"text/csv": text},
            "metadata": {"book": {"table": "t", "caption": "T"}}}


def chapter(name, *outputs):
    cell = {"cell_type": "code", "source": "", "metadata": {}, "outputs": list(outputs)}
    return Chapter(name, PROJECT.root / f"{name}.ipynb",
                   {"cells": [PARAMETERS, cell], "metadata": {}})


def test_all_chapters_tell_the_same_facts():
    listed = [chapters.read(PROJECT, name) for name in chapters.names(PROJECT)]
    assert check.fact_faults(listed, PROJECT.settings["own_names"],
                             PROJECT.settings["same_facts"]) == []


PLANTED = {
    "a result of one name": (record(), record(value=0.26), "result share"),
    "its unit": (record(), record(unit="USD"), "result share"),
    "its class": (record(), record(status="scope_flagged"), "result share"),
    "a result on one claim": (record(claims=["3.4-x"]),
                              record("other", 0.3, claims=["3.4-x"]), "claim 3.4-x in ratio"),
    "a date": (table("title,date\nA,2017\n"), table("date,title\n2018,A\n"), "date by title (A)"),
    "a class of a firm, in a register that names another twice": (
        table("name,type\nA,vendor\nB,vendor\nB,user\n"), table("name,type\nA,user\n"),
        "type by name (A)"),
    "a rank": (table("country,GCI 2018\nUK,1\n"), table("country,GCI 2018\nUK,2\n"),
               "GCI 2018 by country (UK)"),
    "a sum by year and vintage, in other units": (
        table("fiscal_year,vintage,value_usd_million\n2020,actual,18800\n2020,request,17000\n"),
        table("fiscal_year,vintage,value_usd_billion\n2020,actual,18.9\n"),
        "value_usd_million by fiscal_year and vintage (2020, actual)"),
    "a verdict": (table("claim,verdict\n2.3-x,confirmed\n"),
                  table("claim,verdict\n2.3-x,contradicted\n"), "verdict by claim (2.3-x)"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_fact_told_in_two_ways_is_found(what):
    one, other, fact = PLANTED[what]
    [line, *_] = check.fact_faults([chapter("one", one), chapter("two", other)])
    assert line.startswith("one, ") and "and two, " in line and f"tell {fact} differently" in line
    assert check.fact_faults([chapter("one", one), chapter("two", one)]) == []
    assert check.fact_faults([chapter("one", one, other)]) == []


SAME = {"rating of money": ["one t: level by country",
                            "two t: rating by country where dimension is money"]}


def test_a_fact_that_two_tables_tell_under_other_names_is_found():
    one = chapter("one", table("country,level\nUK,Low\n"))
    low, high = (chapter("two", table(f"country,dimension,rating\nUK,money,{level}\nUK,x,High\n"))
                 for level in ("Low", "High"))
    assert check.fact_faults([one, low], same=SAME) == []
    [line] = check.fact_faults([one, high], same=SAME)
    assert "one, table t and two, table t tell rating of money (UK) differently" in line


def test_a_place_that_tells_the_same_fact_is_there():
    """A place that is gone would be compared with nothing."""
    for fact, places in PROJECT.settings["same_facts"].items():
        for place in places:
            name = place.split()[0]
            told = facts._same_facts(chapters.read(PROJECT, name), {fact: [place]})
            assert list(told), place


def test_a_number_agrees_with_itself_in_other_units_and_digits():
    one = table("fiscal_year,vintage,value_usd_million\n2020,actual,18800.0\n")
    other = table("fiscal_year,vintage,value_usd_billion\n2020,actual,18.8\n")
    assert check.fact_faults([chapter("one", one), chapter("two", other)]) == []
    one, other = table("claim,printed\nx,USD 11 billion\n"), table("claim,printed\nx,11\n")
    assert check.fact_faults([chapter("one", one), chapter("two", other)]) == []


def test_a_third_chapter_that_differs_from_the_second_alone_is_found():
    first = chapter("one", record(), record("b"))
    assert len(check.fact_faults([first, chapter("two", record()),
                                  chapter("three", record(value=0.3))])) == 1


def test_within_the_tolerance_and_of_its_own_subject_two_may_differ():
    one, other = chapter("one", record()), chapter("two", record(value=0.25 * (1 + 1e-12)))
    assert check.fact_faults([one, other]) == []
    other = chapter("two", record(value=0.3))
    assert check.fact_faults([one, other], {"share": "each its own"}) == []


def test_a_name_on_the_list_is_one_that_chapters_share():
    """An exception that nothing needs would hide the next fault."""
    listed = [chapters.read(PROJECT, name) for name in chapters.names(PROJECT)]
    found = "\n".join(check.fact_faults(listed))
    assert [name for name in PROJECT.settings["own_names"] if f" {name} " not in found] == []
