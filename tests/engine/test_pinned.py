"""What only other assumptions show is seen, held against what was committed, and named when red."""

import ast
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_book import READS, make, write

from helpers.pipeline import accept, execute
from helpers.pipeline.pinned import arms, cases, facts, gates, reach, reference, seen

# ------------------------------------------------------------------ arms of the code


def taken(*sources, **given):
    """What a chapter of these cells binds, and the arms that it takes, as (what decides, arm)."""
    shell = SimpleNamespace(user_ns=dict(given), ast_transformers=[])
    arms.watch(shell, sources)
    [watcher] = shell.ast_transformers
    for source in sources:
        tree = watcher.visit(ast.parse(source))
        exec(compile(tree, "cell", "exec"), shell.user_ns)  # noqa: S102  our own text
    found = set()
    for _, cell, places in arms.of_chapter(tuple(sources)):
        found |= {(place.text, arm) for place in places for arm in place.arms
                  if (cell, place.number, arm) in watcher.taken}
    return shell.user_ns, found


CHOICES = [
    ("y = 'a' if x else 'b'", {("x", "true")}),
    ("y = f\"{'a' if x else 'b'} {'c' if not x else 'd'}\"", {("x", "true"), ("not x", "false")}),
    ("if x > 1:\n    y = 1\nelif x:\n    y = 2", {("x > 1", "false"), ("x", "true")}),
    ("y = x and 5 or 6", {("x", "true"), ("x and 5", "true")}),
    ("y = {1: 'one', 2: 'two'}[x]", {("{…}[x]", "1")}),
    ("WORDS = {1: 'one', 2: 'two'}\ny = WORDS.get(x, 'many')", {("WORDS[x]", "1")}),
    ("y = 0\nfor each in range(x):\n    y += 1", {("for each in range(x)", "entered")}),
    ("def f(z):\n    'Doc.'\n    return z\ny = f(x)", {("def f", "entered")}),
    ("y = (lambda z: z + 1)(x)", {("lambda z: z + 1", "entered")}),
    ("try:\n    y = x / 0\nexcept ZeroDivisionError:\n    y = 0",
     {("except ZeroDivisionError", "entered")}),
    ("match x:\n    case 1:\n        y = 1\n    case _:\n        y = 2", {("case 1", "entered")}),
    ("y = 0\nwhile y < x:\n    y += 1", {("y < x", "true"), ("y < x", "false")}),
]


@pytest.mark.parametrize("source, expected", CHOICES)
def test_each_choice_is_noted_and_the_code_does_what_it_did(source, expected):
    plain = {"x": 1}
    exec(source, plain)  # noqa: S102  our own text
    names, found = taken(source, x=1)
    assert names["y"] == plain["y"]
    assert found == expected


def test_every_arm_of_a_choice_is_listed_with_what_it_leads_to():
    [(position, _, [place])] = arms.of_chapter(("y = 'rises' if x > 0 else 'falls'",))
    assert (position, place.line, place.text) == (1, 1, "x > 0")
    assert place.arms == {"true": "'rises'", "false": "'falls'"}


def test_source_reads_the_same_whichever_quotes_a_python_writes():
    older, newer = "f\"{x['a']} of 'b'\"", "f'{x['a']} of \\'b\\''"
    assert reference.one_quote(older) == reference.one_quote(newer) == "f'{x['a']} of 'b''"


def test_a_dictionary_that_is_walked_through_has_no_arms():
    walked = "WORDS = {'a': 1, 'b': 2}\ny = [WORDS[k] for k in WORDS]"
    assert [place for *_, places in arms.of_chapter((walked,)) for place in places] == []


def test_a_choice_inside_an_arm_knows_where_it_is():
    [(_, _, places)] = arms.of_chapter(("if a:\n    y = 1 if b else 2",))
    assert [place.within for place in places] == [(), ((0, "true"),)]


@pytest.mark.parametrize("source, moved", [
    ("y = x + 1\nz = 2", {"y"}), ("if x:\n    y = 1\nz = 2", {"y"}),
    ("def f(a):\n    return a\ny = f(x)\nz = 1", {"y", "f"}),
    ("y = []\ny.append(x)\nz = [row for row in range(2)]", {"y"}),
    ("rows = [row for row in range(x)]\nz = [row for row in range(2)]", {"rows"}),
    ("import m\nm.f(x)\nz = m.g()", set()), ("for y in x:\n    pass\nz = 1", {"y"}),
])
def test_what_a_parameter_may_move_is_read_from_the_source(source, moved):
    found = {name for name in reach.moved((source,), ("x",)) if name.isidentifier()}
    assert found - {"x", "range"} == moved


# ------------------------------------------------------------------ facts

SVG = ('<svg xmlns="http://www.w3.org/2000/svg"><text fill="#000000">Sales rise</text>'
       '<svg class="book-drawing"><text>10</text><path stroke="{}"/></svg></svg>')


def figure(alt="Bars that rise.", colour="blue", rows="year,value\n2019,1.5\n2020,2.5\n"):
    return {"output_type": "display_data", "metadata": {"book": {"figure": "f", "alt": alt}},
            "data": {"image/svg+xml": SVG.format(colour), "text/csv": rows}}


def said(*outputs):
    return facts.facts({"cells": [{"outputs": list(outputs)}]})


@pytest.mark.parametrize("change, fact", [
    ({"alt": "Bars that fall."}, "figure f, alternative text"),
    ({"colour": "red"}, "figure f, marks"),
    ({"rows": "year,value\n2019,1.5\n2020,2.6\n"}, "figure f, column value"),
    ({"rows": "year,value\n2019,2.5\n2020,1.5\n"}, "figure f, column value"),
    ({"rows": "year,other\n2019,1.5\n2020,2.5\n"}, "figure f, column other"),
])
def test_what_changes_in_a_figure_is_a_fact_of_it(change, fact):
    assert fact in facts.difference(said(figure()), said(figure(**change)))


def test_the_words_of_a_picture_are_those_that_name_something():
    assert said(figure())["figure f, words in it"] == "Sales rise"


def test_the_last_digits_of_a_column_do_not_matter():
    rows = "year,value\n2019,1.50000000000001\n2020,2.5\n"
    assert facts.difference(said(figure()), said(figure(rows=rows))) == {}


values = st.one_of(st.text(max_size=3), st.integers(), st.booleans(), st.lists(st.integers()))
dictionaries = st.dictionaries(st.text(max_size=2), values, max_size=5)


@settings(max_examples=40)
@given(dictionaries, dictionaries)
def test_changes_laid_over_what_was_give_what_is(old, new):
    made = facts.overlaid(old, facts.difference(old, new))
    assert facts.difference(made, new) == {} and made.keys() == new.keys()


# ------------------------------------------------------------------ a small book

HEAD = ("damping = 0.9  # fraction\nprice_basis = 'nominal'  # basis of prices\n"
        "random_seed = 20190  # seed")
CELLS = """from helpers import parameters, results, tables
parameters.check(globals())
unused = random_seed + 1
results.record('x', damping * 2, unit='ratio', label='X')
results.sentence('s', 'Prices are real.' if price_basis == 'real_usd' else 'Prices are nominal.')
results.sentence('d', 'Few rows.' if len([1, 2]) > 5 else 'Many rows.')
tables.show(ratings, 't', caption=f'Growth fades by {damping}')"""
WALK = ('step = [{damping = 0.8}, {price_basis = "real_usd"}, {damping = 0.98}, '
        '{random_seed = 0}]\n')
EXCEPTED = """without_effect.c = ["random_seed"]
[[words_alone]]
chapter = "c"
parameter = "damping"
what = "table t"
why = "To see."
"""


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A book of one chapter with a walk, whose outputs are its reference."""
    project = make(tmp_path_factory.mktemp("walked") / "book")
    folder = cases.folder(project)
    folder.mkdir(parents=True)
    (folder / "walk.toml").write_text(WALK)
    write(project, "c", READS, CELLS, head=HEAD)
    accept.write(accept.prepare(project, ["c"], execute.How(jobs=2)))
    return project


def found(project):
    """What the runs of the chapter show."""
    return seen.run(project, {"c": cases.of_chapter(project, "c")}, 2)["c"]


@pytest.mark.slow
def test_accept_writes_what_moves_and_nothing_else(walked):
    kept = json.loads(reference.file(walked, "c").read_text())
    assert kept["scenarios"] == {}
    assert list(kept["walk"]) == ["damping = 0.8", "price_basis = real_usd", "damping = 0.98"]
    assert kept["walk"]["price_basis = real_usd"] == {"sentence s": "Prices are real."}
    assert kept["walk"]["damping = 0.8"] == {
        "result x, value": 1.6, "result x, text": "1.60", "table t, caption": "Growth fades by 0.8"}
    assert kept["no case reaches"] == {"len([1, 2]) > 5 -> true": "'Few rows.'"}
    assert reference.faults(walked, "c", found(walked)) == []


@pytest.mark.slow
def test_faults_that_the_baseline_does_not_show_are_told_with_their_place(walked):
    spoilt = CELLS
    for old, new in [("Prices are real.", "Prices are nominal, too."), ("Few rows.", "No rows."),
                     ("by {damping}", "by 0.9")]:
        spoilt = spoilt.replace(old, new)
    write(walked, "c", READS, spoilt, head=HEAD)
    try:
        told = reference.faults(walked, "c", found(walked))
    finally:
        write(walked, "c", READS, CELLS, head=HEAD)
    assert told == [
        "c, damping = 0.8, table t, caption: Growth fades by 0.8 -> Growth fades by 0.9",
        "c, price_basis = real_usd, sentence s: Prices are real. -> Prices are nominal, too.",
        "c, damping = 0.98, table t, caption: Growth fades by 0.98 -> Growth fades by 0.9",
        "c, code cell 3, line 6, `len([1, 2]) > 5 -> true`, which no case reaches: "
        "'Few rows.' -> 'No rows.'"]


@pytest.mark.slow
def test_parameters_arms_and_words_without_a_case_are_faults(walked):
    every = found(walked)
    exceptions = cases.folder(walked) / "exceptions.toml"
    [still] = gates.effect_faults(walked, "c", every)
    assert still.startswith("c: random_seed moves no result")
    [alone] = gates.words_faults(walked, "c", every)
    assert alone.startswith("c: damping, table t: its words follow")
    exceptions.write_text(EXCEPTED)
    [unsaid] = gates.effect_faults(walked, "c", every)
    assert "no text of the chapter says so" in unsaid and "`random_seed`" in unsaid
    assert gates.words_faults(walked, "c", every) == []
    exceptions.write_text(EXCEPTED.replace("random_seed", "damping").replace("table t", "table u"))
    assert "damping` is no exception any more" in gates.effect_faults(walked, "c", every)[-1]
    assert "table u` is no exception any more" in gates.words_faults(walked, "c", every)[-1]
    exceptions.unlink()
    assert gates.unreached_faults(walked, "c", every) == [], "data alone decide what is left"
    fewer = replace(every, taken={each for each in every.taken if each[2] != "true"})
    [fault] = gates.unreached_faults(walked, "c", fewer)
    assert "takes `price_basis == 'real_usd' -> true`, which leads to: 'Prices are real.'" in fault


def test_a_walk_that_cannot_be_gone_is_refused_with_its_step(workshop):
    folder = cases.folder(workshop)
    folder.mkdir(parents=True)
    for text, told in [('step = [{damping = 0.9}, {damping = 3.0}]', "step 2: damping: expected"),
                       ("step = [", "walk.toml: expected step"), ("", "walk.toml: expected step")]:
        (folder / "walk.toml").write_text(text)
        with pytest.raises(cases.WalkError, match=told):
            cases.steps(workshop)


def test_a_book_without_a_walk_has_no_such_files(workshop):
    assert cases.steps(workshop) == [] and reference.prepare(workshop, ["c"]) == {}
