"""One fact has one value, one date and one class in all chapters, and a planted one is found."""

import pytest

from helpers import results
from helpers.pipeline import chapters, check
from helpers.pipeline.chapters import Chapter
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
    assert check.fact_faults(listed, PROJECT.settings["own_names"]) == []


PLANTED = {
    "a result of one name": (record(), record(value=0.26), "result share"),
    "its unit": (record(), record(unit="USD"), "result share"),
    "its class": (record(), record(status="scope_flagged"), "result share"),
    "a result on one claim": (record(claims=["3.4-x"]),
                              record("other", 0.3, claims=["3.4-x"]), "claim 3.4-x in ratio"),
    "a date": (table("title,date\nA,2017\n"), table("date,title\n2018,A\n"), "date by title (A)"),
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
