"""Where sentences turn is what trying every stop gives; what held is claimed of what was tried."""

import csv
import io
import json
import re

import pytest
from small_book import REAL, book, of_session, write

from helpers import parameters
from helpers.pipeline import chapters, execute
from helpers.pipeline.live import tipping

HEAD = "\n".join(["medium_score = 2.0  # points", "horizon_year = 2026  # year",
                  "base_year = 2019  # year", "min_confidence = 'medium'"])
RULES = ("from helpers import parameters, results, tables\nimport pandas as pd\n"
         "parameters.check(globals())\n"
         "order = ('ahead of' if medium_score > 2.1 else 'level with' if medium_score > 1.4 "
         "else 'behind')\n"
         "results.sentence('order', f'With {medium_score} points the one is {order} the other.')\n"
         "results.sentence('count', f'{medium_score:,.2f} points, −{horizon_year} in all.')\n"
         "results.record('points', medium_score, unit='points', label='Points')\n"
         "results.record('still', 3, unit='count', label='What nothing moves')\n"
         "results.sentence('source', f'Rows of {min_confidence} confidence.')\n"
         "tables.show(pd.DataFrame({'a': [1]}), 'same', caption='The same')")
FRAGILE = ("from helpers import parameters, results\nparameters.check(globals())\n"
           "if horizon_year > 2031:\n    raise ValueError('no path')\n"
           "results.sentence('years', 'Soon.' if horizon_year < 2024 else 'Late.')")
ECHOED = ("from helpers import parameters, results\nparameters.check(globals())\n"
          "results.sentence('place', 'Medium stands in the middle.' if medium_score == 2 else "
          "f'Medium stands at {medium_score}.')\n"
          "results.sentence('side', 'Above.' if medium_score > 2 else 'Below.' if medium_score < 2 "
          "else 'Between.')\n"
          "results.sentence('many', 'Two of them.' if medium_score > 2 else 'Six of them.')\n"
          "results.sentence('list', f'Low 1, Medium {medium_score:g}, High 3.')")
LEVELS = ("from helpers import results\n"
          "results.sentence('many', ' '.join(['more'] * round(medium_score * 20)))")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    import small_book

    made = small_book.make(tmp_path_factory.mktemp("tipping") / "book")
    write(made, "1-rules", RULES, head=HEAD)
    write(made, "2-fragile", FRAGILE, head="horizon_year = 2026  # year")
    write(made, "3-levels", LEVELS, head="medium_score = 2.0  # points")
    write(made, "4-echoed", ECHOED, head="medium_score = 2.0  # points")
    return made


@pytest.fixture
def asked(project):
    """Runs plans as ever and counts them."""
    ran = []

    def run(plans):
        ran.extend(plans)
        return execute.run_many(project, plans)

    run.ran = ran
    return run


def stops(name):
    """Every value that a control of a parameter rests at."""
    low, high = parameters.REGISTRY.bounds(name)
    step = parameters.REGISTRY.step(name)
    count = round((high - low) / step)
    return sorted({parameters.REGISTRY.nearest_stop(name, low + step * place)
                   for place in range(count + 1)})


def test_halving_finds_what_trying_every_stop_finds(project, asked):
    told = tipping.of(project, "1-rules", "medium_score", run=asked)
    every = stops("medium_score")
    order = ["ahead" if value > 2.1 else "level" if value > 1.4 else "behind" for value in every]
    by_hand = {(parameters.literal(left), parameters.literal(right))
               for left, right, before, after in zip(every, every[1:], order, order[1:],
                                                     strict=False) if before != after}
    assert {tuple(turn["between"]) for turn in told["turns"]} == by_hand and len(by_hand) == 2
    assert len(asked.ran) == len(told["tried"]) < len(every) / 2
    assert told["swept"] == [parameters.literal(every[0]), parameters.literal(every[-1])]
    assert told["resolved"] and not told["failed"] and not told["refused"]


def test_a_turn_is_told_on_the_way_from_the_default_with_the_words_that_change(project, asked):
    told = tipping.of(project, "1-rules", "medium_score", run=asked)
    words = {turn["from"].split("is ")[1]: turn for turn in told["turns"]}
    up, down = words["level with the other."], None
    for turn in told["turns"]:
        up, down = (turn, down) if "ahead" in turn["to"] else (up, turn)
    assert up["words"].endswith(f"from {up['between'][1]} up")
    assert down["words"].endswith(f"from {down['between'][0]} down")
    assert "[level with -> ahead of]" in up["words"]
    assert "[level with -> behind]" in down["words"]
    assert float(down["between"][0]) < parameters.defaults()["medium_score"]


def test_words_that_lead_away_from_the_default_on_both_sides_are_one_turn(project, asked):
    told = tipping.of(project, "4-echoed", "medium_score", run=asked)
    turned = {turn["sentence"]: turn for turn in told["turns"]}
    assert turned["place"]["words"].endswith("away from 2.0")
    assert [turn["sentence"] for turn in told["turns"]].count("side") == 2, "they differ"
    low, high = map(float, turned["place"]["between"])
    assert low < 2 < high and 2 - low == pytest.approx(high - 2)
    assert told["holds"] == ["many", "list"], "counts in words and lists of numbers are numbers"


def test_what_held_is_named_and_numbers_alone_are_no_other_words(project, asked):
    told = tipping.of(project, "1-rules", "medium_score", run=asked)
    assert told["holds"] == ["count", "source"]
    assert told["results_held"] == ["still"] and told["exhibits_held"] == ["same"]
    never = tipping.of(project, "1-rules", "horizon_year", run=asked)
    assert never["turns"] == [] and never["holds"] == ["order", "count", "source"]
    assert never["results_held"] == ["points", "still"]
    [line] = [line for line in tipping.in_lines(never) if line.startswith("No sentence")]
    assert all(end in line for end in never["swept"])
    assert f"at {len(never['tried'])} values" in line


def test_a_choice_is_held_against_the_default(project, asked):
    told = tipping.of(project, "1-rules", "min_confidence", run=asked)
    assert told["tried"] == ["medium", "high", "low"]
    assert {(turn["sentence"], turn["words"].split(", with ")[1]) for turn in told["turns"]} == {
        ("source", "high"), ("source", "low")}


def test_a_refused_value_never_runs_and_nothing_is_claimed_of_it(project, asked):
    base = parameters.REGISTRY.bounds("base_year")[1]
    told = tipping.of(project, "1-rules", "horizon_year", {"base_year": base}, run=asked)
    refused = {each["value"] for each in told["refused"]}
    assert refused and all("after base_year" in each["reason"] for each in told["refused"])
    assert not refused & {str(plan.values["horizon_year"]) for plan in asked.ran}
    assert told["swept"][0] == str(base + 1), "the first that may be is found by halving"
    assert told["address"] == f"base_year={base}"


def test_a_run_that_fails_is_said_and_ends_what_is_claimed(project, asked):
    told = tipping.of(project, "2-fragile", "horizon_year", run=asked)
    assert [each["value"] for each in told["failed"]] == [told["tried"][-1]]
    assert "no path" in told["failed"][0]["reason"]
    assert told["swept"][1] == told["tried"][-2]
    [turn] = told["turns"]
    assert turn["between"] == ["2023", "2024"] and turn["to"] == "Soon."


def test_runs_are_bounded_and_what_was_not_followed_is_said(project, asked):
    most = len(parameters.REGISTRY.grid("medium_score")) + 3
    told = tipping.of(project, "3-levels", "medium_score", run=asked, most=most)
    assert len(asked.ran) == most and not told["resolved"]
    open_turns = [turn for turn in told["turns"] if "somewhere between" in turn["words"]]
    assert open_turns and told["holds"] == []
    assert "Not every turn" in tipping.in_lines(told)[-1]


def test_an_answer_is_kept_until_the_chapter_changes(project, asked):
    first = tipping.of(project, "1-rules", "medium_score", run=asked)
    del asked.ran[:]
    elsewhere = {"medium_score": parameters.REGISTRY.grid("medium_score")[0]}
    assert tipping.of(project, "1-rules", "medium_score", elsewhere, run=asked) == first
    assert not asked.ran and tipping.known(project, "1-rules", "medium_score") == first
    assert tipping.known(project, "1-rules", "medium_score", {"horizon_year": 2030}) is None
    write(project, "1-rules", RULES.replace("2.1", "2.2"), head=HEAD)
    assert tipping.known(project, "1-rules", "medium_score") is None
    write(project, "1-rules", RULES, head=HEAD)
    assert tipping.known(project, "1-rules", "medium_score") == first


def test_a_run_that_was_killed_is_no_answer_for_later(project):
    def killed(plans):
        return [execute.RunResult(each.chapter, "dead", each.key) for each in plans]

    held = {"base_year": parameters.REGISTRY.bounds("base_year")[0]}
    told = tipping.of(project, "1-rules", "medium_score", held, run=killed)
    assert told["swept"] is None and told["holds"] == told["results_held"] == []
    assert "nothing is known" in tipping.in_lines(told)[0]
    assert tipping.known(project, "1-rules", "medium_score", held) is None


@pytest.mark.parametrize("chapter, name, line", [
    ("2-fragile", "damping", "damping is not read by 2-fragile; it reads horizon_year."),
    ("2-fragile", "nothing", "nothing is not read by")])
def test_a_parameter_that_is_not_read_is_refused(project, chapter, name, line):
    done = book(project, "effects", chapter, "--turns", name)
    assert done.exit_code == 2 and line in done.output


def test_the_command_prints_what_is_found(project):
    told = tipping.of(project, "2-fragile", "horizon_year")
    printed = book(project, "effects", "2-fragile", "--turns", "horizon_year")
    assert printed.exit_code == 0, printed.output
    for line in tipping.in_lines(told):
        assert line in printed.output
    as_json = book(project, "effects", "2-fragile", "--turns", "horizon_year", "--json")
    assert json.loads(as_json.output) == {"status": "ok", **told}
    both = book(project, "effects", "2-fragile", "x", "--turns", "horizon_year")
    assert both.exit_code == 2 and "either" in both.output


@pytest.mark.slow
@pytest.mark.parametrize("chapter, name", [
    ("3-6-country-comparison", "medium_score"), ("6-suggestions-for-china", "partial_link_weight")])
def test_what_a_chapter_says_would_change_its_answer_is_found_by_running_it(
        chapter, name, tmp_path_factory):
    """The chapter computes where it flips; the runs of the chapter say so within one stop."""
    stated = first_flip(chapter, name)
    told = tipping.of(of_session(tmp_path_factory), chapter, name)
    step = parameters.REGISTRY.step(name)
    assert any(float(turn["between"][0]) - step <= stated <= float(turn["between"][1]) + step
               for turn in told["turns"]), (stated, told["turns"])


def first_flip(chapter, name):
    """The first number in the column of flips of the chapter's own table, for a parameter."""
    for cell in chapters.read(REAL, chapter).code_cells:
        for output in cell["outputs"]:
            about = output.get("metadata", {}).get("book", {})
            if about.get("table") == "what-would-change":
                text = results_text(output["data"]["text/csv"])
                [row, *_] = [row for row in csv.DictReader(io.StringIO(text))
                             if row["parameter"] == name]
                return float(re.search(r"\d+\.\d+", row["flips"])[0])
    raise AssertionError(f"{chapter} has no such table")


def results_text(text):
    return text if isinstance(text, str) else "".join(text)
