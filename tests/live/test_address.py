"""An address and the values it stands for are one and the same."""

import json

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from helpers import parameters
from helpers.pipeline.live import address

NUMBERS = {"int": lambda low, high: st.integers(low, high),
           "float": lambda low, high: st.floats(low, high, allow_nan=False)}


def of_one(name):
    """Values that a parameter can take."""
    kind, bounds = parameters.type_name(name), parameters.REGISTRY.bounds(name)
    if parameters.choices(name):
        return st.sampled_from(parameters.choices(name)).map(
            lambda text: parameters.parse(f"{name}={text}")[1])
    if bounds and kind in NUMBERS:
        return NUMBERS[kind](*bounds)
    return st.just(parameters.defaults()[name])


ANY = st.fixed_dictionaries({}, optional={name: of_one(name) for name in parameters.names()})


@given(values=ANY)
def test_what_is_written_is_read_back(values):
    try:
        values = parameters.validate(values)
    except parameters.ParameterError:  # two of them do not go together
        reject()
    text = address.of(values)
    standard = parameters.defaults()
    assert address.read(text) == {name: value for name, value in values.items()
                                  if value != standard[name]}
    assert address.of(address.read(text)) == text
    names = [part.partition("=")[0] for part in text.split("&") if part]
    assert names == sorted(names)


def test_the_baseline_is_the_empty_address():
    assert address.of(parameters.defaults()) == "" == address.of({})
    assert address.read("") == {} == address.read(
        "&".join(f"{name}={parameters.literal(value)}"
                 for name, value in parameters.defaults().items()))


@pytest.mark.parametrize("text", [
    "horizon_year=2030&damping=0.8", "damping=0.80&horizon_year=2030",
    "damping=0.8&&horizon_year=2030&", "damping=+0.8&horizon_year=2030".replace("+", "%2B")])
def test_order_and_spelling_do_not_matter(text):
    assert address.of(address.read(text)) == "damping=0.8&horizon_year=2030"


def test_a_list_is_one_value_however_blanks_are_written():
    weights = [0.1, 0.2, 0.3, 0.2, 0.2]
    for text in (address.of({"dimension_weights": weights}),
                 f"dimension_weights={json.dumps(weights).replace(' ', '+')}"):
        assert address.read(text) == {"dimension_weights": weights}


@pytest.mark.parametrize("text, said", [
    ("horizon_yaer=2030", "Nearest name: horizon_year"), ("horizon_year=next", "expected int"),
    ("horizon_year=1990", "2020 to 2035"), ("horizon_year", "expected name=value"),
    ("horizon_year=2030&horizon_year=2031", "given twice"),
    ("horizon_year=2030&horizon_year=2030", "given twice"), ("=1", "is not a parameter"),
    ("x=" + "1" * address.LONGEST, "at most"), ("damping=nan", "damping"),
    ("dimension_weights=[1,2]", "dimension_weights")])
def test_what_cannot_be_read_is_refused_in_one_line(text, said):
    with pytest.raises(parameters.ParameterError, match=said) as refused:
        address.read(text)
    assert "\n" not in str(refused.value)
