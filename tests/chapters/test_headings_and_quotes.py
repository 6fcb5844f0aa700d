"""Headings of columns and words beside quoted figures agree with what they stand for."""

import pytest

from helpers import results
from helpers.pipeline import check
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.headings import exchanged
from helpers.project import Project

PROJECT = Project.current()
TABLE = 'tables.show(frame, "rates", caption="Rates", headers={headers}, note="None.")'
GOOD = '{"year": "Year", "low": "Lowest, %", "high": "Highest, %", "doubling": "Doubling time"}'
CLAIMS = {"c1": {"qualifier": "approx", "section": "2.3"},
          "c2": {"qualifier": "more_than", "section": "3.4"},
          "c3": {"qualifier": "expected", "section": "2.3"}}


def chapter(*, source="", prose=""):
    quotes = [{"data": {results.MIME: {"type": "quote", "name": f"printed_{claim}",
                                       "claims": [claim], "text": "1"}}} for claim in CLAIMS]
    cells = [{"cell_type": "code", "metadata": {}, "source": source, "outputs": quotes},
             {"cell_type": "markdown", "metadata": {}, "source": prose}]
    return Chapter("9-1-made", PROJECT.chapters / "9-1-made.ipynb", {"cells": cells})


def headed(headers):
    return check.heading_faults(chapter(source=TABLE.replace("{headers}", headers)))


def test_headings_that_fit_are_let_pass():
    assert headed(GOOD) == []
    assert headed('{**COMMON, "low": f"Lowest of {n}", "high": said("Highest", x, y)}') == []
    assert headed("HEADERS") == []


@pytest.mark.parametrize("one, other", [
    ('"Lowest, %"', '"Highest, %"'), ('"Year"', '"Doubling time"'), ('"Year"', '"Lowest, %"'),
])
def test_two_headings_exchanged_are_found(one, other):
    [fault, *_] = headed(GOOD.replace(one, "#").replace(other, one).replace("#", other))
    assert "9-1-made, code cell 1: the table rates heads" in fault and "\n" not in fault


def test_words_are_alike_from_their_beginning_on():
    assert exchanged({"published": "Publisher", "value": "Value"}) == []
    assert exchanged({"country": "Counted", "counted": "Country"})
    assert exchanged({"kind": "Type", "type": "Kind"})
    assert exchanged({"name": "Firm", "role": "What it does"}) == []  # nothing says which is which


PROSE = ("- **Claims**: about {glue:text}`printed_c1` and {glue:text}`printed_c3`\n"
         "  (section 2.3), more than {glue:text}`printed_c2` (section 3.4).")


def test_prose_that_agrees_with_its_claims_is_let_pass():
    assert check.quote_faults(chapter(prose=PROSE), CLAIMS) == []
    assert check.quote_faults(chapter(prose=PROSE), {}) == []
    assert check.quote_faults(chapter(prose=PROSE), {"c1": {}, "c2": {}, "c3": {}}) == []


@pytest.mark.parametrize("one, other, said", [
    ("printed_c1", "printed_c3", "printed_c3 stands after 'about', and its claim is printed as ex"),
    ("printed_c1", "printed_c2", "printed_c2 is given to section 2.3, and its claim stands in sec"),
    ("about ", "", "printed_c1 stands without a qualifier, and its claim is printed as 'approx'"),
    ("more than", "around", "printed_c2 stands after 'around', and its claim is printed as more"),
    ("section 3.4", "section 5.1", "printed_c2 is given to section 5.1"),
])
def test_quotes_or_words_exchanged_are_found(one, other, said):
    text = PROSE.replace(one, "#").replace(other, one) if other else PROSE.replace(one, "#")
    found = check.quote_faults(chapter(prose=text.replace("#", other)), CLAIMS)
    assert any(said in line for line in found)
    assert all(line.startswith("9-1-made, prose: ") and "\n" not in line for line in found)
