"""What is counted out of a whole is told alike; an extreme has the name of its own row."""

import pytest
from test_facts import chapter, record

from helpers.pipeline import chapters, check
from helpers.pipeline.check import named
from helpers.project import Project

PROJECT = Project.current()
LISTED = [chapters.read(PROJECT, name) for name in chapters.names(PROJECT)]
TITLE = "13 of 30 ratings rest on no fact"


def told(name, *texts):
    return chapter(name, *(record(f"s{place}", None, type="sentence", text=text)
                           for place, text in enumerate(texts)))


def test_all_chapters_count_alike_and_name_the_row_of_an_extreme():
    assert check.retold_faults(LISTED) == []
    assert [line for each in LISTED for line in check.named_faults(each)] == []


@pytest.mark.parametrize(("other", "wrong"), [
    ("17 of the 30 country ratings rest on no fact in the text.", True),
    ("None of the 30 ratings rest on no fact.", True),
    ("13 of the thirty ratings rest on no fact.", False),
    ("13 of 30 country ratings rest on no fact in the text.", False),
    ("17 of 30 ratings rest on a fact.", False),  # other words: another count
    ("17 of 31 ratings rest on no fact.", False),
])
def test_a_part_that_is_counted_otherwise_is_found(other, wrong):
    assert bool(check.retold_faults([told("one", TITLE), told("two", other)])) is wrong
    found = check.retold_faults([told("one", TITLE, other)])
    assert bool(found) is wrong
    assert not found or "one, sentence s0 and one, sentence s1 count one thing" in found[0]


def test_a_count_with_a_not_is_another_count():
    texts = ["2 of 9 ideas get a direct answer", "7 of 9 ideas do not get a direct answer"]
    assert check.retold_faults([told("one", *texts)]) == []


def test_both_chapters_that_differ_are_told():
    lines = check.retold_faults([told("one", TITLE), told("two", TITLE.replace("13", "14"))])
    assert check.of_chapter("one", lines) == check.of_chapter("two", lines) == lines != []
    assert check.of_chapter("three", lines) == []


@pytest.mark.parametrize(("text", "wrong"), [
    ("{said('largest', best['n'], all_n)} for {best['name']}", False),
    ("{said('largest', best['n'], all_n)} for {weak['name']}", True),
    ("{said('largest', best.n, all_n)} for {words.the(weak.name)}", True),
    ("{said('largest', rate[high], rate)}: {NAMES[high]}", False),
    ("{said('largest', rate[high], rate)}: {NAMES[low]}", True),
    ("{said('above', best['n'], 3)} {weak['name']}", False),
    ("{said('largest', most, all_n)} for {weak['name']}", False)])
def test_an_extreme_that_another_row_gets_is_found(text, wrong):
    assert bool(list(named.other_rows(f'text = f"{text}"'))) is wrong
