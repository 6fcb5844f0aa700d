"""One name, one meaning: what is no parameter, or cannot be its value, is refused."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, create_model

from helpers import parameters
from helpers.registry import Registry, parameter


def test_the_defaults_are_valid_and_complete():
    values = parameters.defaults()
    assert parameters.validate(values) == values
    assert list(values) == parameters.names() == list(parameters.table()["name"])


def test_every_parameter_has_a_meaning_a_type_and_a_range():
    table = parameters.table()
    assert table["meaning"].str.len().gt(10).all()
    assert set(table["type"]) <= {"int", "float", "bool", "str", "list[float]"}
    assert table["allowed"].str.len().gt(3).all()


@pytest.mark.parametrize("name, value", [
    ("horizon_year", "2030"), ("horizon_year", 2030.5), ("horizon_year", True),
    ("horizon_year", 2019), ("horizon_year", 2036), ("interval_coverage", float("nan")),
    ("interval_coverage", float("inf")), ("interval_coverage", 1.0), ("price_basis", "real"),
    ("merge_identical_columns", "yes"), ("dimension_weights", [0.2] * 4),
    ("dimension_weights", [0.5] * 5), ("dimension_weights", [1.2, -0.2, 0, 0, 0]),
    ("draws", None), ("medium_score", 3.0), ("random_seed", -1),
])
def test_a_wrong_value_is_refused_in_one_line_that_says_what_is_expected(name, value):
    with pytest.raises(parameters.ParameterError) as refused:
        parameters.validate({name: value})
    message = str(refused.value)
    assert message.startswith(f"{name}: expected {parameters.type_name(name)}")
    assert "\n" not in message


@pytest.mark.parametrize("wrong, nearest", [
    ("horizon_yaer", "horizon_year"), ("medium", "medium_score"), ("weights", "dimension_weights"),
])
def test_an_unknown_name_is_refused_with_the_nearest(wrong, nearest):
    with pytest.raises(parameters.ParameterError, match=f"Nearest name: {nearest}"):
        parameters.validate({wrong: 1})
    with pytest.raises(ValueError, match="is not a parameter"):
        parameters.check(**{wrong: 1})


def test_a_horizon_must_lie_after_the_base_year():
    with pytest.raises(parameters.ParameterError, match="after base_year"):
        parameters.validate({"horizon_year": 2020, "base_year": 2021})


@given(st.text(max_size=20), st.one_of(st.text(), st.integers(), st.floats(), st.none()))
def test_no_free_text_gets_through_as_a_name(name, value):
    if name not in parameters.names():
        with pytest.raises(parameters.ParameterError):
            parameters.validate({name: value})


@pytest.mark.parametrize("name", parameters.names())
def test_the_text_of_a_default_is_read_back_as_the_default(name):
    default = parameters.defaults()[name]
    text = default if isinstance(default, str) else json.dumps(default)
    assert parameters.parse(f"{name}={text}") == (name, default)


@pytest.mark.parametrize("text", [
    "horizon_year", "horizon_year=", "horizon_year=abc", "draws=1e5", "draws=nan",
    "dimension_weights=a,b", "merge_identical_columns=yes", "=3", "import os=1",
    "horizon_year=2_030", "horizon_year=２０３０", "horizon_year=٢٠٣٠", "horizon_year=2030.0",
    "medium_score=1_0", "medium_score=nan", "medium_score=inf", "medium_score=1,5",
    "medium_score=٢", "medium_score=1e400", "damping=0.9 0", "horizon_year=" + "9" * 5000,
    "dimension_weights=[0.2,0.2,0.2,0.2,0.2", "dimension_weights=0.2,,0.2,0.2,0.2,0.2",
    "dimension_weights=[[0.2,0.2,0.2,0.2,0.2]]", "\u202edraws=1000",
])
def test_a_wrong_assignment_is_refused(text):
    with pytest.raises(parameters.ParameterError):
        parameters.parse(text)


def test_an_error_is_one_line_whatever_was_typed():
    for text in ("a\n\nb", "a\nb=1", "draws=1\n2", f"draws={'9' * 5000}", f"{'x' * 5000}=1"):
        with pytest.raises(parameters.ParameterError) as refused:
            parameters.parse(text)
        assert "\n" not in str(refused.value) and len(str(refused.value)) < 400


def test_a_minus_before_a_zero_is_no_other_value():
    assert repr(parameters.parse("aggregation_power=-0.0")) == "('aggregation_power', 0.0)"
    assert repr(parameters.validate({"aggregation_power": -0.0})["aggregation_power"]) == "0.0"
    weights = parameters.parse("dimension_weights=[-0.0,0.2,0.2,0.2,0.4]")[1]
    assert repr(weights[0]) == "0.0"


def test_a_name_given_twice_is_refused_with_both_values():
    with pytest.raises(parameters.ParameterError, match="draws is given twice: 1000 and 2000"):
        parameters.parse_all(["draws=1000", "damping=0.9", "draws=2000"])
    assert parameters.parse_all(["draws=1000", "damping=0.9"]) == {"draws": 1000, "damping": 0.9}


def test_scenarios_keep_what_yaml_would_change(tmp_path):
    file = tmp_path / "s.toml"
    file.write_text('title = "NO"\nwhy = "12:30"\n[parameters]\nmedium_score = 1.5\n')
    scenario = parameters.read_scenario(file)
    assert scenario == {"title": "NO", "why": "12:30", "parameters": {"medium_score": 1.5}}


@pytest.mark.parametrize("text", [
    "title = NO", "", 'title = "a"\nwhy = "b"', 'title="a"\nwhy="b"\nextra=1\n[parameters]',
    'title="a"\nwhy="b"\n[parameters]\nhorizon_yaer=2030',
])
def test_a_wrong_scenario_file_is_refused_by_name(tmp_path, text):
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    with pytest.raises(parameters.ParameterError, match="wrong.toml"):
        parameters.read_scenario(file)


def test_the_json_schema_lists_every_parameter():
    assert set(parameters.Parameters.model_json_schema()["properties"]) == set(parameters.names())


def test_a_chapter_checks_its_parameters_without_naming_them_again():
    parameters.check({"horizon_year": 2030, "other": object(), "__name__": "x"})
    with pytest.raises(parameters.ParameterError, match="horizon_year: expected int"):
        parameters.check({"horizon_year": 2050, "other": 1})


def registry_of(default, **told):
    """A registry of one number."""
    return Registry(create_model("Made", __base__=BaseModel, x=(
        type(default), parameter(default, "what it means", **told))))


def places(digits):
    return st.integers(-10_000, 10_000).map(lambda whole: float(Decimal(whole).scaleb(-digits)))


@given(st.integers(0, 3).flatmap(lambda digits: st.tuples(*[places(digits)] * 3)))
def test_stops_of_a_number_lead_from_end_to_end_and_meet_the_default(three):
    low, default, high = sorted(three)
    made = registry_of(default, ge=low, le=high)
    step, grid = Decimal(str(made.step("x"))), made.grid("x")
    assert step > 0 and {low, default, high} <= set(grid)
    assert grid == sorted(set(grid)) and low <= grid[0] and grid[-1] <= high and len(grid) <= 6
    for value in grid:
        assert made.validate({"x": value}) == {"x": value}
        assert (Decimal(str(value)) - Decimal(str(low))) % step == 0
        assert made.parse(f"x={made.literal(value)}") == ("x", value)
    for value in (low, default, high):
        assert made.nearest_stop("x", value) == value


@given(st.lists(st.integers(-(10**6), 10**6), min_size=3, max_size=3))
def test_stops_of_a_whole_number_are_whole(three):
    low, default, high = sorted(three)
    made = registry_of(default, ge=low, le=high)
    assert type(made.step("x")) is int and made.step("x") >= 1
    assert all(type(value) is int and low <= value <= high for value in made.grid("x"))
    assert {low, default, high} <= set(made.grid("x"))


@given(st.floats(-2, 2))
def test_the_nearest_stop_is_none_further_than_half_a_step(value):
    name = "aggregation_power"
    near = parameters.REGISTRY.nearest_stop(name, value)
    assert abs(near - value) <= parameters.REGISTRY.step(name) / 2 + 1e-9
    parameters.validate({name: near})


@pytest.mark.parametrize("name", parameters.names())
def test_values_kept_ready_can_be_taken_and_the_default_is_among_them(name):
    grid, standard = parameters.REGISTRY.grid(name), parameters.defaults()[name]
    if name == "random_seed":
        assert grid == []
        return
    assert standard in grid and len(grid) == len({str(value) for value in grid}) >= 2
    for value in grid:
        assert type(value) is type(standard)
        assert parameters.validate({name: value}) == {name: value}
    choices = parameters.choices(name)
    assert not choices or {parameters.literal(value) for value in grid} == set(choices)
    bounds = parameters.REGISTRY.bounds(name)
    assert not bounds or {*bounds} <= set(grid) and grid == sorted(grid)
    if name == "dimension_weights":
        corners = [[float(place == whole) for place in range(5)] for whole in range(5)]
        assert all(corner in grid for corner in corners)


def test_what_a_scenario_sets_is_kept_ready_too():
    from small_book import REAL

    from helpers.pipeline import edition

    lists = [each.overrides["dimension_weights"] for each in edition.shipped(REAL)
             if "dimension_weights" in each.overrides]
    assert lists and all(each in parameters.REGISTRY.grid("dimension_weights") for each in lists)


@pytest.mark.parametrize("told, line", [
    ({"step": 0.3}, "x: step: expected one that leads from 0 to 1 and meets 0.5; got 0.3"),
    ({"step": 0.4}, "got 0.4"), ({"step": -0.1}, "got -0.1"), ({"step": 2}, "got 2"),
    ({"grid": (0.5, 1.5)}, "x: expected float, 0 to 1; got .1.5."),
    ({"grid": (0.0, 1.0)}, "x: grid: expected values that differ, the default 0.5 among them"),
    ({"grid": (0.5, 0.5)}, "values that differ")])
def test_a_step_or_grid_that_a_parameter_cannot_take_is_refused(told, line):
    with pytest.raises(parameters.ParameterError, match=line):
        registry_of(0.5, ge=0, le=1, **told)


def test_controls_are_none_of_what_a_value_may_be():
    schema = parameters.Parameters.model_json_schema()["properties"]
    assert not any({"step", "grid"} & set(about) for about in schema.values())
    assert all("unit" in about for about in schema.values())
    with pytest.raises(parameters.ParameterError, match="only a number"):
        registry_of("a", step=0.1)
