"""Numbers and words of order typed into texts are found; names, formats and reasons are not."""

import ast
import copy
import csv
import re
from functools import cache

import pytest

from helpers.pipeline import chapters, check
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check import order, texts, typed
from helpers.pipeline.check.order import CHECKED_BY
from helpers.pipeline.check.parts import prose_of
from helpers.project import Project
from helpers.said import ORDER

PROJECT = Project.current()
NO_COUNT = {"names": PROJECT.settings["not_results"], **PROJECT.settings["no_count"]}
NO_ORDER = PROJECT.settings["no_order"]
# Modules whose texts chapters show: titles, labels, notes, sentences, and refusals.
TEXTS_FOR_READERS = [
    "figures", "audit", "typology.py", "hindsight.py", "scenario_effects.py", "composite",
    "paper_profile", "evidence.py", "dates", "markets", "counts", "growth", "tables.py",
    "explorers"]
REFUSALS = {"TooFewPoints", "NotIdentified", "NotComparable"}
HELPERS_MAY_TYPE = {
    "a name of a font, a format or a type": [
        r"Source Sans 3", r"%\.10g", r"Float64", r'tabindex="0"'],
    "a pattern or a formula": [r".*\[0-9\].*", r"\(1-q\)\*", r"^(?:0)? > 0$", r"u003c"],
    "two levels of one market, and the scale of a score": [
        r"\bThe two levels imply\b", r"\bScore from 0 to 100\b",
        r"\b(?:less than 1|more than 99) %"],
    "parts of a series": [r"\bthe first and the last third\b"],
}
HELPERS_MAY_ORDER = {
    "a bound, beside its number": [
        r"\bat (?:least|most) \{\}", r"^More than \{\} of", r"\bmust be below\b",
        r"\bEvery saturation level above \{\}"],
    "a part of a series, or a phrase": [
        r"\bthe first and the last third\b", r"\b(?:first|last) printed year\b", r"\blast value\b",
        r"\bno longer\b", r"\bnone named\b", r"\bover all codings\b", r"^No second figure\b",
        r"^No price level for\b"],
    "a fault of a picture, told to who draws it": [
        r"\bevery axis is linear$", r"^its data hold more rows\b", r"^ and more$"],
    "a statement whose share stands beside it": [
        r"\b(?:less than 1|more than 99) %", r"\bis above in \{\}"],
}


def chapter(*sources, prose=()):
    cells = [{"cell_type": "code", "metadata": {"tags": []}, "source": source, "outputs": []}
             for source in sources]
    cells += [{"cell_type": "markdown", "metadata": {}, "source": text} for text in prose]
    return Chapter("9-1-made", PROJECT.chapters / "9-1-made.ipynb",
                   copy.deepcopy({"cells": cells}))


def numbers_in(source, may_stand=NO_COUNT):
    return [number for number, _ in typed.typed_in_code(source, may_stand)]


def order_in(source, may_stand=NO_ORDER):
    return [word for word, _ in order.order_in_code(source, may_stand)]


# ------------------------------------------------------------------ numbers


@pytest.mark.parametrize("source, number", [
    ('results.sentence("a", f"In 2019 it was {x}.")', "2019"),
    ('results.record("a", x, unit="count", label="Size in 2019")', "2019"),
    ('results.refuse("a", "Fewer than two counts.", unit="count", label="X")', "two"),
    ('figures.new(f"It grew {x} a year", "Bands: 80 % for a new count", source="table a.")', "80"),
    ('figures.show(f, "a", data=d, alt=("Three panels. " + x))', "Three"),
    ('tables.show(t, "a", caption=f"Of {n} pairs", headers={"a": "In 2019"}, note="n")', "2019"),
    ('WORDS = {"fixed": "at 6.9 RMB per USD"}', "6.9"),
    ('SHARES = {"fixed": "7.9"}', "7.9"),
    ('word = "15" if x else y', "15"),
    ('text = f"a factor of 3{x}"', "3{}"),
    ('text = "{} of seven".format(x)', "seven"),
    ('text = "seven {x}".format(x=x)', "seven"),
    ('title = """Steps of half\na unit"""', "half"),
])
def test_a_number_typed_into_a_text_is_found(source, number):
    assert any(found == number for found in (found.strip(".,") for found in numbers_in(source)))


@pytest.mark.parametrize("source", [
    'claims = "2.3-market-a-2019"', 'table = datasets.load("gdp_2019")', 'x = frame["2019"]',
    'if key == "2019":\n    pass', 'fill = "#8a5200"', 'text = f"{x:.2f} of {y:,.0f}"',
    'formats = {"a": "{:.1f}"}', 'source = "the paper, sections 2.3, 3.1.2 and 5.5; table a."',
    'title = f"Table 1 orders {n} pairs"', 'label = "half-width of a figure"',
    '"""A docstring with 3 words."""', 'x = [2019, 2025]', 'label = f"{words.plural(2, \'firm\')}"',
    'def f():\n    """Three."""\n    return 3',
])
def test_names_formats_and_values_are_no_typed_numbers(source):
    assert numbers_in(source) == []


@pytest.mark.parametrize("source, value", [
    ('text = f"{43:.0f} times as large"', "43"), ('text = f"{percent(0.8, 0)} of it"', "percent"),
    ('text = f"{words.plural(5, \'firm\')}"', "words.plural"),
    ('results.record("a", 43.2, unit="ratio", label="A")', "43.2"),
    ('results.record("a", round(43.2), unit="ratio", label="A")', "round(43.2)"),
    ('frame = pd.DataFrame({"market": names, "years": [7, 6]})', "[7, 6]"),
])
def test_a_literal_in_the_place_of_a_result_is_found(source, value):
    [(found, line)] = typed.typed_values(source, {"percent", "words", "results", "pd"})
    assert found.startswith(value) and line == 1


@pytest.mark.parametrize("source", [
    'text = f"{x:.2f} of {1000 * y:.0f}"', 'text = f"{words.plural(len(x), \'firm\')}"',
    'text = f"{\'a\' if n == 1 else \'b\'}"', 'results.refuse("a", "No.", unit="x", label="A")',
    'results.record("a", None, unit="count", status="refused", note="No.", label="A")',
    'pd.DataFrame({"year": years, "names": ["a", "b"], "x": [n, 2 * n]})',
])
def test_a_result_that_comes_from_a_name_is_let_pass(source):
    assert typed.typed_values(source, {"words", "results", "pd"}) == []


@pytest.mark.parametrize("text, number", [
    ("Each of the five carries a mark.", "five"), ("## Growth since 2019", "2019"),
    ("## Six regions", "Six"), ("It is twice as\nlarge.", "twice"),
    ("# 9.1 The market of 2019", "2019"),
])
def test_number_words_of_prose_and_digits_of_headings_are_found(text, number):
    assert number in typed.typed_in_prose(chapter(prose=[text]), NO_COUNT)


def test_headings_may_hold_their_number_and_prose_what_has_a_reason():
    prose = ["# 9.1 Title", "## From section 2.3", "How far two coders agree. {glue:text}`two_x`"]
    assert typed.typed_in_prose(chapter(prose=prose), NO_COUNT) == []
    assert typed.typed_in_prose(chapter(prose=prose), {}) == ["two"]


# ------------------------------------------------------------------ words of order


@pytest.mark.parametrize("source, word", [
    ('results.sentence("a", f"It lies {x} above the print.")', "above"),
    ('relation = "more than" if a > b else "less than"', "more"),
    ('relation = "above" if a > b else "below"', "below"),
    ('tables.show(t, "a", caption="The largest of them")', "largest"),
    ('COURSE = {True: "rises", False: "falls"}', "rises"),
    ('relation = ("below", "above")[a > b]', "above"), ('word = "above"', "above"),
    ('def course(a, b):\n    if a > b:\n        return "rises"\n    return "falls"', "falls"),
    ('figures.show(f, "a", data=d, alt=f"Market A rises from {x}.")', "rises"),
    ('text = f"None of the {n} has a mark."', "None"),
    ('text = f"All {n} readings pass."', "All"),
    ('text = "No annual mean" if never else "Some annual means"', "No"),
    ('text = said("above", a, b) + " and below"', "below"),
])
def test_a_word_of_order_typed_into_a_text_is_found(source, word):
    assert word in order_in(source)


@pytest.mark.parametrize("source", [
    'text = f"It lies {said(\'above\', a, b)} the print."',
    'relation = said("more than" if a > b else "less than", a, b)',
    'how = "all"', 'frame["lower"]', 'note = f"confidence at least {x}"',
    'note = "It is the name of the last column."', 'label = "Lower bound of the count"',
])
def test_a_word_that_is_said_of_numbers_or_has_a_reason_is_let_pass(source):
    assert order_in(source) == []


@pytest.mark.parametrize("source, lines", [
    ('said("above", 2, 1)', [1]), ('x = 1\nsaid("at most", x, x)', [2]), ('said("none", 0)', [1]),
    ('said("above", x, 1)', []), ('said("none", x)', []), ('said("most", x, y)', []),
])
def test_a_word_said_of_nothing_that_can_differ_is_found(source, lines):
    assert order.said_of_nothing(source) == lines


@pytest.mark.parametrize("source, phrases", [
    ('said("near", x, y)', ["near"]), ('said("above or below", x, y)', ["above or below"]),
    ('said("more" if x > y else "as many", x, y)', ["as many"]),
    ('said("no less than" if x > y else "less than", x, y)', []), ("said(word, x, y)", []),
])
def test_a_phrase_without_a_word_of_order_or_with_two_is_found(source, phrases):
    assert [phrase for phrase, _ in order.said_unclearly(source)] == phrases


def test_a_word_of_order_beside_glue_is_found_and_elsewhere_let_pass():
    beside = "The market rises: {glue:text}`growth`"
    assert order.order_beside_glue(chapter(prose=[beside]), NO_ORDER) == ["rises"]
    apart = ["The market rises.\n\n{glue:text}`growth`", "- All.\n- {glue:text}`growth`"]
    assert order.order_beside_glue(chapter(prose=apart), NO_ORDER) == []


# ------------------------------------------------------------------ the book


def test_each_fault_names_chapter_cell_and_line():
    made = chapter("x = 1\ntext = 'It rose by 8 % above.'", prose=["## Of 2019 {glue:text}`x`"])
    found = [*check.typed_faults(made, {}), *check.order_faults(made, {})]
    assert len(found) == 4
    assert [line for line in found if "9-1-made, code cell 1: line 2 types '8'" in line]
    assert [line for line in found if "9-1-made, prose: '2019'" in line]
    assert all("\n" not in line for line in found)


@pytest.fixture(scope="module")
def shown():
    """Every text of the book: those of code, with what is said left out, and prose."""
    found = []
    for name in chapters.names(PROJECT):
        each = chapters.read(PROJECT, name)
        found += [text.text for cell in each.code_cells
                  for text in texts.shown(cell["source"], checked_by=CHECKED_BY)]
        found += [" ".join(text.split()) for text in prose_of(each)]
    return found + [text for _, text in texts_of_helpers()]


@pytest.mark.slow
@pytest.mark.parametrize("section", ["no_count", "no_order"])
def test_every_exception_is_needed(section, shown):
    """A pattern that no text of the book needs would hide faults to come."""
    idle = [pattern for patterns in PROJECT.settings[section].values() for pattern in patterns
            if not any(re.search(pattern, text) for text in shown)]
    assert idle == []


# A result as a hand would type it: what lets a part of it pass would let others pass as well.
TYPED_BY_HAND = ["It rose by 12.5 % to USD 1,234.5 million in 2019, above 7 of 38 others.",
                 "The largest of all nine is lower than any before.", "half of eleven"]


def too_wide(settings):
    """Exceptions of the book that swallow a number or a word of order whatever stands around it."""
    listed = [("not_results", settings["not_results"])]
    listed += [(f"{section}, {reason}", patterns) for section in ("no_count", "no_order")
               for reason, patterns in settings[section].items()]
    return [f"pyproject.toml, {place}: {pattern!r} lets {found[0]!r} pass anywhere. Write the "
            f"words around it" for place, patterns in listed for pattern in patterns
            for found in filter(None, (re.search(pattern, text) for text in TYPED_BY_HAND))]


def test_no_exception_swallows_what_is_typed():
    assert too_wide(PROJECT.settings) == []


@pytest.mark.parametrize("pattern", [r"\d+", r"\d\.\d", ".*", r"\babove\b", r"(?i)half|million"])
@pytest.mark.parametrize("section", ["not_results", "no_count", "no_order"])
def test_an_exception_that_swallows_too_much_is_found(section, pattern):
    wider = [pattern] if section == "not_results" else {"a reason": [pattern]}
    [fault, *_] = too_wide({**PROJECT.settings, section: wider})
    assert fault.startswith(f"pyproject.toml, {section}") and repr(pattern) in fault


def test_texts_of_tables_that_chapters_fill_in_keep_the_rules():
    filled = [(file, text) for file in sorted((PROJECT.data / "analyst").glob("*.csv"))
              for row in csv.reader(file.read_text("utf-8").splitlines())
              for text in row if re.search(r"\{\w+\}", text)]
    found = [(file.name, word) for file, text in filled
             for word in [*typed.left_in(text, typed.NUMBER, NO_COUNT),
                          *typed.left_in(text, ORDER, NO_ORDER)]]
    assert filled and found == []


def test_what_helpers_say_to_readers_keeps_the_rules():
    may_type, may_order = NO_COUNT | HELPERS_MAY_TYPE, NO_ORDER | HELPERS_MAY_ORDER
    found = [f"{place} types {number!r}" for place, text in texts_of_helpers()
             for number in typed.left_in(text, typed.NUMBER, may_type)]
    found += [f"{place} types {word!r}" for place, text in texts_of_helpers()
              for word in typed.left_in(text, ORDER, may_order)]
    assert found == []


class WithoutErrors(ast.NodeTransformer):
    """A source without what it raises at an author; readers see refusals only."""

    def visit_Raise(self, node):
        raised = ast.unparse(node.exc.func) if isinstance(node.exc, ast.Call) else ""
        return node if raised.split(".")[-1] in REFUSALS else ast.Pass()


@cache
def texts_of_helpers():
    found = []
    for name in TEXTS_FOR_READERS:
        place = PROJECT.root / "src/helpers" / name
        for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
            tree = WithoutErrors().visit(ast.parse(file.read_text("utf-8")))
            found += [(f"{file.relative_to(PROJECT.root)}, line {text.line}", text.text)
                      for text in texts.shown(tree, checked_by=CHECKED_BY)]
    return found
