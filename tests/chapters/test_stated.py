"""Titles of figures and first sentences state numbers of their own data; a planted one is found."""

import pytest
from test_facts import chapter, record

from helpers.pipeline import chapters, check
from helpers.project import Project

PROJECT = Project.current()
CLAIMS = check.claims(PROJECT)
ROWS = "country,level\nA,high\nB,low\nC,low\n"


@pytest.mark.parametrize("name", chapters.names(PROJECT))
def test_every_title_and_first_sentence_states_numbers_of_its_data(name):
    assert check.stated_faults(chapters.read(PROJECT, name), CLAIMS) == []


def figure(title, text=ROWS):
    return {"output_type": "display_data", "data": {"text/csv": text, "image/svg+xml": "<svg/>"},
            "metadata": {"book": {"figure": "f", "title": title, "alt": "A figure"}}}


def sentence(name, text):
    return record(name, None, type="sentence", text=text)


@pytest.mark.parametrize(("title", "wrong"), [
    ("2 of 3 countries are low", []), ("5 of 3 countries are low", ["5"]),
    ("2 of 7 countries are low", []),  # the whole may be a result
    ("2 of 8 countries are low", ["8"]), ("In 2019 the share was 25 %", []),
    ("The share was 26 %", ["26"])])
def test_a_title_counts_the_rows_of_its_figure(title, wrong):
    made = chapter("one", figure(title), record(value=0.25), record("whole", 7),
                   sentence("other", "It is 26 % in 5 of 8"))
    found = check.stated_faults(made)
    assert [line.partition("title: ")[2].split()[0] for line in found] == wrong


def test_rows_are_counted_by_what_they_are_not_only_where_a_title_says_no():
    rows = "country,level\n" + "".join(f"{name},{'high' if name < 'C' else 'low'}\n"
                                       for name in "ABCDEFGHI")
    for title, wrong in (("7 countries are low", False), ("3 of 9 are high", True)):
        assert bool(check.stated_faults(chapter("one", figure(title, rows)))) is wrong
    routes = "route,who\n" + "buy,x\n" * 2 + "a,x\nb,x\nc,x\nd,x\n"
    for title, wrong in (("4 passages name it", True), ("4 passages do not name it", False)):
        assert bool(check.stated_faults(chapter("one", figure(title, routes)))) is wrong


@pytest.mark.parametrize("name", ["answer", "finding_world", "question_market"])
def test_a_first_sentence_with_a_number_of_nothing_is_found(name):
    others = [figure("Three"), record(value=0.25), sentence("aside", "It is 26 %")]
    assert check.stated_faults(chapter("one", *others, sentence(name, "It is 25 % of 3"))) == []
    [line] = check.stated_faults(chapter("one", *others, sentence(name, "It is 26 %")))
    assert line.startswith(f"one, sentence {name}: 26 is no result")


def test_a_printed_figure_may_be_stated():
    printed = {"c": {"value": 7.25, "printed": "7.25"}, "d": {"value": 9.5, "printed": "9.5"}}
    made = chapter("one", figure("A market of 7.25"), sentence("answer", "It prints 7.25"),
                   record("market", 1.0, claims=["c"]))
    assert len(check.stated_faults(made)) == 2
    assert check.stated_faults(made, printed) == []
    of_elsewhere = chapter("one", sentence("answer", "It prints 9.5"),
                           record("market", 1.0, claims=["c"]))
    assert len(check.stated_faults(of_elsewhere, printed)) == 1


def test_numbers_in_words_and_years_are_stated_too():
    title = chapter("one", figure("Five of three countries are low"))
    assert len(check.stated_faults(title)) == 1
    label = record("size", 4.0, label="Market of 2018")
    assert check.stated_faults(chapter("one", label, sentence("answer", "In 2018 four"))) == []
    for said in ("In 2019 four", "In 2018 six"):
        assert len(check.stated_faults(chapter("one", label, sentence("answer", said)))) == 1
