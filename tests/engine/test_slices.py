"""What a card says that a number rests on: no parameter that moves it is missing, few stand idle.

The shipped scenarios and the walk through the assumptions are the evidence: each changes a few
parameters, and what moved is committed.
"""

import json
import random
import re
from collections import defaultdict

import pytest
from small_book import REAL

from helpers import datasets, results
from helpers.pipeline import chapters
from helpers.pipeline.site import slices

SEEN = ("value", "value_json", "status", "text", "note")
FACT = re.compile(r"(?:result|sentence|quote) (\w+)")
STEP = re.compile(r", (?=\w+ = )")


def ground(*cells, name="x", parameters=("p", "q"), tables=("a", "b")):
    """What the record `name` of the last cell rests on."""
    recorded = [[] for _ in cells[1:]] + [[name]]
    found = slices.grounds(cells, recorded, parameters, tables)[name]
    return found.parameters, found.tables


def record(value, name="x"):
    return f"results.record({name!r}, {value}, unit='count', label='X')"


class TestACell:
    def test_only_what_the_value_flows_from(self):
        assert ground("p = 1\nq = 2", "a = datasets.load('a')\nb = datasets.load('b')\nc = a * p",
                      record("c")) == (("p",), ("a",))

    def test_two_names_bound_in_one_line_stay_apart(self):
        assert ground("p = 1\nq = 2", "a, b = datasets.load('a'), datasets.load('b')",
                      record("a")) == ((), ("a",))

    def test_names_that_change_places_do_not(self):
        assert ground("p = 1\nq = 2", "p, q = q, p", record("p"))[0] == ("p", "q")

    def test_what_is_bound_anew_forgets_what_was(self):
        assert ground("p = 1\nq = 2", "c = p", "c = q", record("c"))[0] == ("q",)

    def test_what_may_be_bound_anew_does_not(self):
        for line in ("if True:\n    c = q", "for c in [q]:\n    pass", "c += q",
                     "try:\n    c = q\nexcept ValueError:\n    pass"):
            assert ground("p = 1\nq = 2", "c = p", line, record("c"))[0] == ("p", "q"), line

    def test_what_decides_is_part_of_it(self):
        assert ground("p = 1\nq = 2", f"if p > 1:\n    {record('1')}\nelse:\n    {record('2')}"
                      )[0] == ("p",)
        assert ground("p = 1\nq = 2", f"try:\n    p / 0\nexcept ZeroDivisionError:\n    {record(1)}"
                      )[0] == ("p",)

    def test_a_value_that_grows_is_followed(self):
        for line in ("c.append(q)", "c[0] = q", "c.attribute = q", "fill(c, q)", "fill(into=c)"):
            assert "q" in ground("p = 1\nq = 2", "def fill(into, q=q):\n    into.append(q)",
                                 "c = [p]", line, record("c"))[0], line

    def test_what_a_function_only_reads_is_not_changed_by_it(self):
        assert ground("p = 1\nq = 2", "def draw(what, how):\n    axes.plot(what, how)", "c = [p]",
                      "draw(c, q)", record("c"))[0] == ("p",)

    def test_a_function_brings_what_it_reads_from_around_it(self):
        assert ground("p = 1\nq = 2", "def f(p):\n    return p + q + b",
                      "b = datasets.load('b')", record("f(3)")) == (("q",), ("b",))

    def test_a_function_that_records(self):
        assert ground("p = 1\nq = 2", f"def tell(v):\n    {record('v')}", "tell(p)")[0] == ("p",)
        assert ground("p = 1\nq = 2", "def tell(n, v):\n    results.quote(f'{n}', v, 'c')",
                      "tell('x', p)")[0] == ("p",)

    def test_one_record_of_a_cell_is_not_another(self):
        assert ground("p = 1\nq = 2", f"{record('p')}\n{record('q', 'y')}")[0] == ("p",)

    def test_comprehensions_have_names_of_their_own(self):
        assert ground("p = 1\nq = 2", "c = [p for p in (1, 2)]", record("c"))[0] == ()

    def test_where_code_cannot_be_followed_it_is_everything(self):
        for cell in ("eval('p')", "globals()['q']"):
            assert ground("p = 1\nq = 2", record(cell))[0] == ("p", "q")
        assert ground("p = 1\nq = 2", f"!ls\n{record('p')}") == (("p", "q"), ("a", "b"))


@pytest.fixture(scope="module")
def grounds():
    """What every record of the book rests on: (chapter, name) -> Ground."""
    found = {}
    for name in chapters.names(REAL):
        chapter = chapters.read(REAL, name)
        recorded = [[each["name"] for each in results.entries({"cells": [cell]})]
                    for cell in chapter.code_cells]
        made = slices.grounds([cell["source"] for cell in chapter.code_cells], recorded,
                              list(chapter.parameters), chapter.tables)
        found |= {(name, record): ground for record, ground in made.items()}
    return found


@pytest.fixture(scope="module")
def moved():
    """Results that moved: (chapter, name) -> sets of parameters, one of which moved it."""
    scenarios, found = defaultdict(set), defaultdict(list)
    for row in datasets.load("scenarios", REAL).dropna(subset="parameter").itertuples():
        scenarios[row.scenario].add(row.parameter)
    rows = datasets.load("scenario_results", REAL).set_index(["chapter", "result"])
    rows = rows.astype(object).where(rows.notna(), None)
    usual = rows[rows["scenario"] == "baseline"]
    for row in rows[rows["scenario"] != "baseline"].itertuples():
        if any(getattr(row, part) != usual.loc[row.Index, part] for part in SEEN):
            found[row.Index].append(scenarios[row.scenario])
    for file in sorted((REAL.root / "tests" / "assumptions" / "said").glob("*.json")):
        said = json.loads(file.read_text(encoding="utf-8"))
        for step, facts in {**said["walk"], **said["scenarios"]}.items():
            changed = scenarios.get(step) or {each.split(" = ")[0] for each in STEP.split(step)}
            for fact in filter(None, map(FACT.match, facts)):
                found[file.stem, fact[1]].append(changed)
    return found


def missing(grounds, moved):
    """Records that moved though no parameter that was changed is named."""
    return [(*key, sorted(changed)) for key, steps in moved.items() if key in grounds
            for changed in steps if not changed & set(grounds[key].parameters)]


def test_whatever_moved_a_result_is_named_in_its_card(grounds, moved):
    assert len(set(moved) & set(grounds)) > 100
    assert missing(grounds, moved) == []


def test_the_test_sees_one_that_is_missing(grounds, moved):
    """Planted: a card that leaves a parameter out."""
    key = ("2-3-market-expansion", "market_a_horizon")
    without = slices.Ground(0, ("approximate_half_width",), ())
    assert missing({**grounds, key: without}, moved)


def test_a_card_names_few_of_what_its_chapter_reads(grounds):
    """Else it would be right in saying everything."""
    named, all_of_them = 0, 0
    for (chapter, _), ground in grounds.items():
        named += len(ground.parameters) + len(ground.tables)
        all_of_them += len(chapters.read(REAL, chapter).parameters) + len(
            chapters.read(REAL, chapter).tables)
    assert named < all_of_them / 3


def test_most_of_what_cards_name_is_seen_to_move_the_result(grounds, moved):
    """What is named and was not seen to move may lie within the tolerance, or name too much."""
    named = {(key, name) for key, ground in grounds.items() for name in ground.parameters}
    seen = {(key, name) for key, steps in moved.items() for changed in steps for name in changed}
    assert len(named & seen) > 0.6 * len(named)


def test_thirty_results_name_nothing_that_their_chapter_does_not_read(grounds):
    for key in random.Random(14).sample(sorted(grounds), 30):
        chapter = chapters.read(REAL, key[0])
        assert set(grounds[key].parameters) <= set(chapter.parameters)
        assert set(grounds[key].tables) <= set(chapter.tables)
        code = "\n".join(cell["source"] for cell in chapter.code_cells[:grounds[key].cell + 1])
        assert all(re.search(rf"\b{name}\b", code) for name in grounds[key].parameters)
