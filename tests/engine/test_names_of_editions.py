"""Different editions have different folders; the same edition has one, however it is asked for.

Else one edition would be published over another, under a name that says nothing of it.
"""

import itertools
import json
import typing
from dataclasses import replace

import pytest
import small_book
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import parameters
from helpers.pipeline import edition, naming

REAL = small_book.REAL
SCENARIOS = edition.scenarios(REAL)


def values_of(name):
    """Values that a parameter may take, ends and awkward ones among them."""
    field = parameters.Parameters.model_fields[name]
    kind = parameters.type_name(name)
    if kind == "bool":
        return st.booleans()
    if kind == "str":
        return st.sampled_from(typing.get_args(field.annotation))
    if kind == "list[float]":
        return st.permutations([0.1, 0.15, 0.2, 0.25, 0.3]) | st.just([0.2] * 5)
    low, high = (next(getattr(bound, side) for bound in field.metadata if hasattr(bound, side))
                 for side in ("ge", "le"))
    if kind == "int":
        return st.integers(low, high)
    near = st.sampled_from([low, high, (low + high) / 2])
    return near | st.floats(low, high).map(lambda value: value + 0.0)  # no minus before a zero


@st.composite
def overrides(draw):
    names = draw(st.lists(st.sampled_from(parameters.names()), max_size=4, unique=True))
    chosen = {name: draw(values_of(name)) for name in names}
    if chosen.get("horizon_year", 2026) <= chosen.get("base_year", 2019):
        chosen.pop("horizon_year", None)
        chosen.pop("base_year", None)
    return chosen


def resolved(scenario, chosen, order=None):
    names = order or list(chosen)
    return edition.resolve(
        REAL, scenario, tuple(f"{name}={parameters.literal(chosen[name])}" for name in names))


def meant(scenario, chosen):
    """What an edition is: its scenario, and the values of all parameters."""
    own = parameters.read_scenario(REAL.scenarios / f"{scenario}.toml")["parameters"]
    return scenario, {**parameters.defaults(), **own, **chosen}


@settings(max_examples=400)
@given(st.sampled_from(SCENARIOS), overrides(), st.sampled_from(SCENARIOS), overrides())
def test_two_editions_share_a_name_only_if_they_are_the_same(one, first, other, second):
    same = meant(one, first) == meant(other, second)
    names = [resolved(one, first).name, resolved(other, second).name]
    assert (names[0] == names[1]) == same
    assert (names[0].lower() == names[1].lower()) == same, "not every file system tells case"


@settings(max_examples=200)
@given(st.sampled_from(SCENARIOS), overrides(), st.data())
def test_two_values_of_one_parameter_never_share_a_name(scenario, chosen, data):
    name = data.draw(st.sampled_from(parameters.names()))
    chosen = {key: value for key, value in chosen.items() if key not in ("base_year", name)}
    pair = [{**chosen, name: data.draw(values_of(name))} for _ in range(2)]
    for one in pair:
        if name == "base_year":
            one["horizon_year"] = 2030
        elif one.get("horizon_year", 2026) <= 2019:
            one["horizon_year"] = 2020
    same = meant(scenario, pair[0]) == meant(scenario, pair[1])
    assert (resolved(scenario, pair[0]).name == resolved(scenario, pair[1]).name) == same


@settings(max_examples=100)
@given(overrides(), st.randoms())
def test_the_order_of_assignments_is_no_part_of_a_name(chosen, chance):
    order = list(chosen)
    chance.shuffle(order)
    assert resolved("baseline", chosen, order) == resolved("baseline", chosen)


def test_a_minus_is_no_dash():
    assert (resolved("baseline", {"aggregation_power": -2.0}).folder
            != resolved("baseline", {"aggregation_power": 2.0}).folder)


def test_a_minus_before_a_zero_makes_no_edition_of_its_own():
    made = [edition.resolve(REAL, assignments=[f"aggregation_power={zero}"])
            for zero in ("0", "0.0", "-0.0", "-0")]
    assert len({each.name for each in made}) == 1 and len({each.folder for each in made}) == 1


def test_what_is_set_already_makes_no_edition_of_its_own():
    assert resolved("baseline", {"horizon_year": 2026}) == edition.resolve(REAL)
    assert resolved("to-2030", {"horizon_year": 2030}) == edition.resolve(REAL, "to-2030")


def test_ordinary_names_can_be_read():
    assert all(edition.resolve(REAL, name).name == name for name in SCENARIOS)
    assert resolved("baseline", {"horizon_year": 2030}).name == "baseline-horizon-year-2030"
    two = {"rmb_per_usd": 7.2, "exchange_rate_basis": "fixed"}
    assert resolved("baseline", two).name == "baseline-exchange-rate-basis-fixed-rmb-per-usd-7.2"
    assert resolved("to-2030", {"damping": 0.8}).name.startswith("to-2030-damping-0.8-")


def test_a_scenario_that_is_called_like_another_edition_gets_another_name():
    """And so on: a name that looks like one with a hash gets a hash."""
    assert naming.edition_name("baseline-horizon-year-2030", {}) != "baseline-horizon-year-2030"
    marked = resolved("to-2030", {"damping": 0.8}).name
    assert naming.edition_name(marked, {}) != marked
    names = [naming.edition_name(name, {}) for name in ("to-2030", "to_2030", "TO-2030", "to 2030")]
    assert len({name.lower() for name in names}) == 4


def test_no_choice_can_be_taken_for_a_parameter():
    """Plain names are parts with dashes between them: they can be taken apart in one way only."""
    for name in parameters.names():
        if parameters.type_name(name) == "str":
            choices = typing.get_args(parameters.Parameters.model_fields[name].annotation)
            assert len({choice.lower().replace("_", "-") for choice in choices}) == len(choices)
            for choice, other in itertools.product(choices, parameters.names()):
                assert f"-{other}-" not in f"-{choice}-".replace("_", "-")
    for one, other in itertools.permutations(parameters.names(), 2):
        assert not one.startswith(f"{other}_")


@settings(max_examples=300)
@given(st.text(max_size=120), st.text(max_size=120))
def test_two_sweeps_share_a_folder_only_if_they_are_called_alike(one, other):
    names = [naming.file_name(one), naming.file_name(other)]
    assert (names[0].lower() == names[1].lower()) == (one == other)
    for name in names:
        assert name and "/" not in name and not name.startswith(".") and len(name) <= 80


@pytest.mark.parametrize("name", ["grid", "scenarios", "my_sweep", "rates-2030", "v1.2"])
def test_a_plain_name_of_a_sweep_stays_as_it_is(name):
    assert naming.file_name(name) == name


@pytest.mark.parametrize("one, other", [
    ("a b", "a-b"), ("Rates", "rates"), ("a/b", "a-b"), ("-a", "a"), ("ä", "ö"), ("..", "."),
    ("x" * 300, "x" * 301)])
def test_names_of_sweeps_that_look_alike_are_kept_apart(one, other):
    assert naming.file_name(one).lower() != naming.file_name(other).lower()


@pytest.mark.parametrize("scenario", ["baseline", "to-2030"])  # a plain name, and a marked one
def test_an_edition_is_found_by_the_name_it_was_given(tmp_path, scenario):
    place = replace(REAL, build=tmp_path)
    made = edition.resolve(place, scenario, ["aggregation_power=-2"])
    made.folder.mkdir(parents=True)
    (made.folder / edition.MANIFEST).write_text(json.dumps(edition.describe(made, "key", [])))
    assert edition.find(place, made.name) == made
    for wrong in (f"../editions/{made.name}", f"./{made.name}", f"{made.name}/", "..",
                  str(made.folder.parent)):
        with pytest.raises(parameters.ParameterError, match="is not a scenario"):
            edition.find(place, wrong)
