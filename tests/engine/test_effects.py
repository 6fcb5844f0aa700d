"""Which parameter moves a result most is what trying every setting alone gives."""

import json

import pytest
from small_book import book, write

from helpers import parameters
from helpers.pipeline import effects, execute

HOW = execute.How(jobs=2)
HEAD = "\n".join(["horizon_year = 2026  # year", "medium_score = 2.0  # points",
                  "merge_identical_columns = False", "price_basis = 'nominal'",
                  "dimension_weights = [0.2, 0.2, 0.2, 0.2, 0.2]", "random_seed = 2019"])
COMPUTED = ("(horizon_year - 2000) * medium_score * (1 + 3 * dimension_weights[1]) "
            "+ 7 * merge_identical_columns")


def value(**changed):
    """The result of the chapter below, computed here."""
    return eval(COMPUTED, {**parameters.defaults(), **changed})  # noqa: S307  our own text


@pytest.fixture
def measured(workshop):
    write(workshop, "c", f"from helpers import results\n_ = results.record('x', {COMPUTED}, "
          "unit='ratio', label='X')\nresults.sentence('s', 'Words.')", head=HEAD)
    return workshop


def settings_by_hand(name):
    field = parameters.Parameters.model_fields[name]
    if name == "dimension_weights":
        return [[float(i == j) for j in range(5)] for i in range(5)]
    if name == "merge_identical_columns":
        return [True]
    if name == "price_basis":
        return ["real_usd"]
    return [next(getattr(bound, side) for bound in field.metadata if hasattr(bound, side))
            for side in ("ge", "le")]


def test_effects_are_those_of_brute_force(measured):
    ranked = effects.measure(measured, "c", "x", HOW)
    start = value()
    by_hand = {}
    for name in ("horizon_year", "medium_score", "merge_identical_columns", "price_basis",
                 "dimension_weights", "random_seed"):
        reached = [value(**{name: setting}) for setting in settings_by_hand(name)
                   if name != "horizon_year" or setting > parameters.defaults()["base_year"]]
        by_hand[name] = max(abs(each / start - 1) for each in reached)
    assert {each.parameter: each.spread for each in ranked} == pytest.approx(by_hand)
    spreads = [each.spread for each in ranked]
    assert spreads == sorted(spreads, reverse=True)
    assert {each.parameter for each in ranked if not each.moves} == {"price_basis", "random_seed"}
    assert len({each.parameter for each in ranked}) == 6


@pytest.mark.parametrize("name", parameters.names())
def test_every_parameter_is_taken_somewhere_it_may_be(name):
    standard = parameters.defaults()[name]
    tried = effects.settings(name)
    assert tried and standard not in tried
    for setting in tried:
        assert type(setting) is type(standard)
        if name not in ("horizon_year", "base_year"):  # held against each other
            parameters.validate({name: setting})


def test_a_failed_setting_is_said_and_counts_as_moved(workshop):
    write(workshop, "c", "assert medium_score < 2.5\nfrom helpers import results\n"
          "_ = results.record('x', 0.0, unit='ratio', label='X')",
          head="medium_score = 2.0  # points")
    [found] = effects.measure(workshop, "c", "x", HOW)
    assert found.moves and found.spread is None, "no share of nothing"
    [said] = [line for line in effects.in_lines([found]) if line.startswith("medium_score")]
    assert "no value (cell" in said


def test_a_result_that_is_not_there_is_refused_with_those_that_are(measured):
    with pytest.raises(effects.EffectError, match="no result 'y'; it records x"):
        effects.measure(measured, "c", "y", HOW)
    with pytest.raises(effects.EffectError, match="no result 's'"):
        effects.measure(measured, "c", "s", HOW)


def test_a_mistyped_result_is_told_before_all_others_run(workshop):
    write(workshop, "c", "from helpers import results\n"
          "_ = results.record('growth_yearly', 1.0, unit='ratio', label='X')", head=HEAD)
    seen = []
    with pytest.raises(effects.EffectError, match="'growth_yaerly'. Nearest name: growth_yearly"):
        effects.measure(workshop, "c", "growth_yaerly", HOW, report=seen.append)
    assert [run.chapter for run in seen] == ["c"]


def test_a_chapter_that_cannot_be_run_is_refused(workshop):
    write(workshop, "c", "1 / 0")
    with pytest.raises(effects.EffectError, match="c: failed: .*ZeroDivisionError"):
        effects.measure(workshop, "c", "x", HOW)


@pytest.mark.slow
def test_the_command_ranks(measured):
    lines = book(measured, "effects", "c", "x").output.splitlines()
    assert any(line.startswith("dimension_weights: up to ") for line in lines)
    assert lines[-1] == ("Moved by none of these at the ends of their ranges: price_basis, "
                         "random_seed.")
    said = json.loads(book(measured, "effects", "c", "x", "--json").output)
    assert said["status"] == "ok" and len(said["effects"]) == 6
    assert book(measured, "effects", "c", "y").exit_code == 2


def test_a_chapter_without_parameters_says_so(workshop):
    write(workshop, "c", "from helpers import results\n"
          "_ = results.record('x', 1.0, unit='ratio', label='X')", head="")
    assert effects.in_lines(effects.measure(workshop, "c", "x", HOW)) == [
        "The chapter reads no parameter."]


@pytest.mark.slow
def test_other_assumptions_hold_throughout(measured):
    ranked = effects.measure(measured, "c", "x", HOW, {"medium_score": 1.5})
    start = value(medium_score=1.5)
    assert ranked[0].baseline["value"] == pytest.approx(start)
    horizon = next(each for each in ranked if each.parameter == "horizon_year")
    seen = {setting: record["value"] for setting, record, _ in horizon.found}
    assert seen["2035"] == pytest.approx(value(horizon_year=2035, medium_score=1.5))
