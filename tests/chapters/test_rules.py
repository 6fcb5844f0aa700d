"""Every committed chapter keeps the rules, and each rule finds what breaks it."""

import copy

import pytest

from helpers import parameters
from helpers.pipeline import chapters, check
from helpers.pipeline.chapters import Chapter, ChapterError
from helpers.project import Project

PROJECT = Project.current()
NAMES = chapters.names(PROJECT)
OWN_WORDS = PROJECT.settings["not_results"]

FIRST = ("# 9.1 Made\n\n:::{div} question\nHow many?\n:::\n\n:::{div} answer\n"
         "{glue:text}`answer`\n:::")
LAST = "## What this rests on, and its limits\n\n- None."
HEAD = "horizon_year = 2026  # year: end of the path"
LOAD = ("from helpers import datasets, parameters, results\n\n"
        "parameters.check(globals())\nclaims = datasets.load(\"claims\")")
WORK = 'results.record("rows", horizon_year, unit="year", label="Rows")\n' \
       'results.sentence("answer", "Some.")'
RECORDS = {
    "rows": {"type": "result", "name": "rows", "value": 2026, "claims": []},
    "answer": {"type": "sentence", "name": "answer", "text": "Some.", "claims": []},
}
FIGURE = {"output_type": "display_data", "data": {"image/svg+xml": "<svg/>", "text/csv": "a\n1\n"},
          "metadata": {"book": {"figure": "f", "alt": "Bars that show one thing for each year."}}}


def markdown(source):
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source, *outputs, tags=("hide-input",)):
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source,
            "outputs": list(outputs)}


def record(entry):
    return {"output_type": "display_data", "metadata": {},
            "data": {"application/vnd.book.record+json": entry}}


def made(*, first=FIRST, head=HEAD, load=LOAD, work=WORK, more=(), text="", last=LAST,
         outputs=None):
    """A small good chapter, with one part of it replaced."""
    if outputs is None:
        outputs = [*map(record, RECORDS.values()), FIGURE]
    cells = [markdown(first), code(head, tags=("parameters", "hide-input")), code(load),
             code(work, *outputs), *more, *([markdown(text)] if text else []), markdown(last)]
    for place, cell in enumerate((each for each in cells if each["cell_type"] == "code"), 1):
        cell["execution_count"] = place
    return Chapter("9-1-made", PROJECT.chapters / "9-1-made.ipynb",
                   copy.deepcopy({"cells": cells}))


def all_faults(chapter):
    return [*check.syntax_faults(chapter),
            *check.parameter_faults(chapter, parameters.defaults()),
            *check.cell_faults(chapter), *check.table_faults(chapter, ["claims"]),
            *check.prose_faults(chapter, OWN_WORDS), *check.output_faults(chapter),
            *check.ledger_faults(chapter, {"c1"})]


@pytest.mark.parametrize("name", NAMES)
def test_every_committed_chapter_keeps_the_rules(name):
    assert check.faults(PROJECT, name) == []


def test_every_chapter_file_is_in_the_contents():
    assert {file.stem for file in PROJECT.chapters.glob("*.ipynb")} == set(NAMES)


def test_a_good_chapter_has_no_fault():
    assert all_faults(made()) == []


# ------------------------------------------------------------------ what is written


@pytest.mark.parametrize("head, fault", [
    ("horizon_yaer = 2026  # year", "not in the registry"),
    ("horizon_year = 2027  # year", "the registry says 2026"),
    (HEAD + "\ndraws = 100_000  # count", "draws is never read"),
    ("horizon_year = 2026", "line 1 has no comment"),
    ("list = 1  # count", "is a word of Python"),
])
def test_a_wrong_parameters_cell_is_found(head, fault):
    found = check.parameter_faults(made(head=head), parameters.defaults())
    assert any(fault in line for line in found)


def test_checking_the_globals_counts_for_every_parameter():
    named = LOAD.replace("globals()", "horizon_year=horizon_year")
    for load in (LOAD, named):
        assert check.parameter_faults(made(load=load), parameters.defaults()) == []
    unchecked = check.parameter_faults(
        made(load=LOAD.replace("globals()", "")), parameters.defaults())
    assert [line for line in unchecked if "horizon_year is not checked" in line]


@pytest.mark.parametrize("head", ["a = 1\nb = a + 1", "import os", "a, b = 1, 2", "a += 1"])
def test_a_computed_parameter_is_refused(head):
    with pytest.raises(ChapterError, match="name = literal"):
        check.parameter_faults(made(head=head), {})


def test_two_parameters_cells_are_refused():
    second = code("draws = 1000  # count", tags=("parameters", "hide-input"))
    with pytest.raises(ChapterError, match="found 2"):
        check.parameter_faults(made(more=[second]), {})


@pytest.mark.parametrize("source, fault", [
    ("x = 1;", "semicolon"), ("frame = pd.read_csv('x.csv')", "read_csv"),
    ("from helpers.pipeline import edition", "imports the pipeline"),
    ("x = 1\n" * 41, "41 lines, at most 40"),
    ("claims = 3", "claims is bound in code cell 2 already"),
    ("for claims in (1, 2):\n    pass", "claims is bound in code cell 2"),
    ("import numpy as claims", "claims is bound in code cell 2"),
    ("def claims():\n    return 1", "claims is bound in code cell 2"),
    ("_ = results.sentence('s', 'Text.')", "line 1 assigns to `_`"),
    ("x = 1\nx", "bare value"), ("[1, 2]", "bare value"),
    ("results.record('x', 1, unit='count', label='X')", "bare value"),
])
def test_a_wrong_cell_is_found(source, fault):
    found = check.cell_faults(made(more=[code(source)]))
    assert any(fault in line and "code cell 4" in line for line in found)


@pytest.mark.parametrize("source", [
    "x = 1\n" * 40, "rows = [claims for claims in (1, 2)]",
    "def f():\n    claims = 1\n    return claims", "total = 1\ntotal += 1",
    "results.sentence('s', 'Text.')", "for _ in range(2):\n    pass",
    "figures.show(1)", "x = results.record('x', 1, unit='count', label='X')",
])
def test_a_good_cell_is_let_pass(source):
    assert check.cell_faults(made(more=[code(source), code("for _ in range(3):\n    pass")])) == []


@pytest.mark.parametrize("tags, fault", [
    ((), "tag hide-input"), (("hide-input", "nbval-ignore-output"), "not compared"),
])
def test_a_wrong_tag_is_found(tags, fault):
    assert any(fault in line for line in check.cell_faults(made(more=[code("x = 1", tags=tags)])))


def test_a_magic_is_no_python():
    [fault] = check.syntax_faults(made(more=[code("%matplotlib inline")]))
    assert "code cell 4: line 1 is no Python" in fault


def test_a_chapter_needs_tables_that_exist():
    assert "reads no table" in check.table_faults(made(load="parameters.check(globals())"), [])[0]
    assert "'claims'" in check.table_faults(made(), ["other"])[0]
    with pytest.raises(ChapterError, match="in quotes"):
        check.table_faults(made(load="datasets.load('a' + x)"), [])


@pytest.mark.parametrize("text, number", [
    ("The market grows by 8.9 % a year.", "8.9"), ("In 2026 it ends.", "2026"),
    ("It is {glue:text}`x` or 12 times as large.", "12"),
])
def test_a_typed_number_is_found(text, number):
    assert any(number in found for found in check.typed_numbers(made(text=text), OWN_WORDS))


def test_section_numbers_names_and_glue_are_not_typed_numbers():
    text = ("Section 2.3 and sections 3.1 to 3.5, `draws_2`, {glue:text}`answer_1`, $x^2$,\n"
            "```\nbook build 2\nagain 3\n```\n")
    assert check.typed_numbers(made(text=text)) == []


def test_words_of_the_book_come_from_its_settings():
    chapter = made(text="Table 1, Industry 4.0, finding P05.")
    assert check.typed_numbers(chapter, OWN_WORDS) == []
    assert len(check.typed_numbers(chapter)) == 3


@pytest.mark.parametrize("part, said", [
    ({"first": "Text"}, "no title"), ({"first": "# 9.1 Made"}, "no question"),
    ({"first": "# 9.1 Made\n:::{div} question\nHow?\n:::"}, "no answer"),
    ({"last": "The end."}, "limits"),
])
def test_a_missing_part_is_found(part, said):
    assert any(said in line for line in check.prose_faults(made(**part)))


def test_a_chapter_outside_the_contents_is_found():
    assert "- file: chapters/9-1-made" in check.contents_faults(made(), ["1-other"])[0]
    assert check.contents_faults(made(), ["9-1-made"]) == []


# ------------------------------------------------------------------ outputs


@pytest.mark.parametrize("outputs, fault", [
    ([{"output_type": "stream", "name": "stdout", "text": "x"}], "prints 'x'"),
    ([{"output_type": "display_data", "data": {"image/png": ""}, "metadata": {}}], "bitmap"),
    ([{**FIGURE, "metadata": {"book": {"figure": "f", "alt": "Bars."}}}], "alternative text"),
    ([FIGURE, FIGURE], "2 figures"), ([], "no figure and no table"),
])
def test_a_wrong_output_is_found(outputs, fault):
    assert any(fault in line for line in check.output_faults(made(outputs=outputs)))


def test_an_alternative_text_is_as_long_as_a_listener_bears():
    def of_letters(number):
        about = {"figure": "f", "alt": ("Bars that show one thing for " + "years " * 60)[:number]}
        return check.output_faults(made(outputs=[
            *map(record, RECORDS.values()), {**FIGURE, "metadata": {"book": about}}]))

    assert of_letters(300) == []
    [fault] = of_letters(301)
    assert "figure f has 301 letters" in fault and "at most 300" in fault


def test_stripped_outputs_are_found():
    chapter = made()
    chapter.code_cells[2]["execution_count"] = None
    [fault] = check.output_faults(chapter)
    assert "code cell 3" in fault and "book accept 9-1-made" in fault


def test_a_missing_record_is_found():
    found = check.ledger_faults(made(text="{glue:text}`no_such_result`"))
    assert len(found) == 1 and "'no_such_result'" in found[0]


@pytest.mark.parametrize("entry, fault", [
    ({**RECORDS["rows"], "claims": ["c9"]}, "no claim 'c9'"),
    ({**RECORDS["rows"], "value": float("nan")}, "not finite"),
    (RECORDS["answer"], "records 'answer' twice"),
])
def test_a_wrong_record_is_found(entry, fault):
    outputs = [*map(record, RECORDS.values()), record(entry), FIGURE]
    assert any(fault in line for line in check.ledger_faults(made(outputs=outputs), {"c1"}))


def test_a_chapter_without_a_result_is_found():
    outputs = [record(RECORDS["answer"]), FIGURE]
    assert any("no result" in line for line in check.ledger_faults(made(outputs=outputs)))


def test_every_fault_is_one_line_that_names_the_chapter():
    broken = made(first="In 2026", load="x = 1;", outputs=(), more=[code("_ = 1\nx")])
    found = all_faults(broken)
    assert len(found) > 8
    for line in found:
        assert line.startswith("9-1-made") and "\n" not in line


def test_a_figure_that_disagrees_with_its_data_is_found():
    about = {**FIGURE["metadata"]["book"], "disagrees": ["it draws 3, which its data do not hold"]}
    wrong = {**FIGURE, "metadata": {"book": about}}
    chapter = made(outputs=[*map(record, RECORDS.values()), wrong])
    [fault] = check.output_faults(chapter)
    assert "code cell 3: figure f and its data disagree: it draws 3" in fault
