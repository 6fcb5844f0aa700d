"""Every bound that a chapter prints holds of its number, and one rounded inwards is found."""

import pytest
from test_facts import chapter, record, table

from helpers.pipeline import chapters, check
from helpers.pipeline.check import bounds
from helpers.project import Project
from helpers.words import BOUNDS, bound

PROJECT = Project.current()
MAY_STAND = PROJECT.settings["no_bound"]


@pytest.mark.parametrize("name", chapters.names(PROJECT))
def test_every_recorded_bound_holds(name):
    assert check.bound_output_faults(chapters.read(PROJECT, name), MAY_STAND) == []


CODE = {
    "a number in the text": ('f"in at least {share}"', ["at least"]),
    "a number with its currency": ('f"more than USD {money} million"', ["more than"]),
    "a word that holds, and a number spelled by itself":
        ('f"{said(\'at most\', low, high)} {share}"', ["at most"]),
    "a comparison with a number": ('f"{said(\'more than\', a, b)} {percent(b)}"', ["more than"]),
    "a comparison with a name": ('f"{said(\'more than\', a, b)} {the(place)}"', []),
    "over a share": ('f"in over {100 * share:.0f} % of draws"', ["over"]),
    "under a share": ('f"Under {percent(share)} of draws"', ["under"]),
    "above a sum": ('f"above USD {money:,.1f} million"', ["above"]),
    "a stretch of time": ('f"over {years:,} years and above {words.plural(n, \'row\')}"', []),
    "nearly": ('f"nearly {words.percent(share)} of draws"', ["nearly"]),
    "a sign": ('f"in \u2265 {100 * share:.0f} % of draws, <b>{share:.0%}</b>"', ["\u2265"]),
    "a word after it": ('f"{100 * share:.0f} % or more, {years} or more"', ["or more"]),
    "a maximum": ('f"a maximum of {rate(share)}"', ["a maximum of"]),
    "a bound": ('f"in {bound(\'at least\', share, \'fraction\')} of draws"', []),
}


@pytest.mark.parametrize("what", CODE)
def test_a_bound_is_left_to_what_rounds_it_outwards(what):
    source, wanted = CODE[what]
    assert [phrase for phrase, _ in bounds.bounds_in_code(f"text = {source}", {})] == wanted


@pytest.mark.parametrize(("text", "value", "wrong"), [
    ("at least 92 % of draws", 0.9151, True), ("at least 91 % of draws", 0.9151, False),
    ("5.5 % at most, and at most 5.4 %", 0.0549, True), ("at most 5.5 %", 0.0549, False),
    ("up to 1.6 times", 1.63, True), ("up to 1.7 times", 1.63, False),
    ("more than 230 firms", 7.0, False),  # no number of this chapter: its own rule sees to it
])
@pytest.mark.parametrize("as_rows", [False, True])
def test_a_bound_rounded_inwards_is_found(text, value, wrong, as_rows):
    told = table(f"a\n{value}\n") if as_rows else record(value=value)
    made = chapter("one", told, record("said_so", "words", text=text))
    assert bool(check.bound_output_faults(made)) is wrong


@pytest.mark.parametrize("phrase", BOUNDS)
@pytest.mark.parametrize("value", [0.0, 0.3, 0.9151, 12.0, 91.5, 1234.5678])
@pytest.mark.parametrize("unit", ["ratio", "fraction", "count", "probability"])
def test_a_bound_is_true_of_its_value(phrase, value, unit):
    said = bound(phrase, value, unit)
    spoken, _, number = said.partition(" " + next(sign for sign in said if sign.isdigit()))
    printed = float("".join(sign for sign in said if sign.isdigit() or sign == "."))
    exact = value * (100 if "%" in said else 1)
    upwards = BOUNDS[phrase][0]
    assert printed >= exact - 1e-9 if upwards else printed <= exact + 1e-9
    strict = BOUNDS[spoken][1] is not None
    assert not strict or abs(printed - exact) > 1e-9
    assert abs(printed - exact) <= 1.0


def test_what_bounds_nothing_is_refused():
    with pytest.raises(ValueError, match="bounds no number"):
        bound("about", 1.0, "ratio")
    with pytest.raises(ValueError, match="finite"):
        bound("at least", float("nan"), "ratio")
