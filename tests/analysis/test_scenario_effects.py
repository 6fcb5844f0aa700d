"""Results of editions are compared only where they can be, and whatever moves is named."""

import math

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import datasets, figures, scenario_effects
from helpers.results import canonical

patient = settings(max_examples=40)  # frames are slow beside plain numbers
NAMES = ["France", "Germany", "Japan", "South Korea", "UK", "US"]
numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 6))
rankings = st.lists(st.integers(1, 6), min_size=6, max_size=6).map(
    lambda ranks: dict(zip(NAMES, ranks, strict=True)))


def row(scenario, content, result="x", chapter="c", unit="ratio", status="computed", scope=""):
    plain = isinstance(content, (int, float)) and not isinstance(content, bool)
    return {"scenario": scenario, "chapter": chapter, "result": result, "label": "X", "unit": unit,
            "status": status, "scope": scope, "value": float(content) if plain else math.nan,
            "value_json": "" if plain or content is None else canonical(content),
            "text": str(content), "note": ""}


def table(baseline, *others, **same):
    """A table of one result: its value in the baseline, then (value, changes) of editions."""
    rows = [row("baseline", baseline, **same)]
    for place, other in enumerate(others):
        content, changes = other if isinstance(other, tuple) else (other, {})
        rows.append(row(f"e{place}", content, **{**same, **changes}))
    return pd.DataFrame(rows)


def summary(*arguments, **same):
    return scenario_effects.summarise(table(*arguments, **same)).iloc[0]


def effect(*arguments, **same):
    return scenario_effects.effects(table(*arguments, **same)).iloc[0]


# ------------------------------------------------------------------ invariants


@patient
@given(numbers, st.lists(numbers, max_size=4))
def test_an_edition_like_the_baseline_moves_nothing(value, others):
    found = summary(value, *[value for _ in others])
    assert found["differ"] == 0 and found["spread"] == 0
    assert found["class"] == ("stable" if others else "not affected")
    assert not found[["sign_change", "status_change", "scope_change", "order_change"]].any()


@patient
@given(numbers, st.lists(numbers, min_size=1, max_size=4), st.randoms())
def test_the_order_of_editions_does_not_matter(value, others, chance):
    frame = table(value, *others)
    mixed = frame.sample(frac=1, random_state=chance.randrange(1000))
    columns = ["class", "spread", "minimum", "maximum", "differ", "sign_change"]
    assert (scenario_effects.summarise(frame)[columns].to_dict()
            == scenario_effects.summarise(mixed)[columns].to_dict())


@patient
@given(numbers, st.lists(numbers, min_size=1, max_size=4))
def test_the_extremes_hold_the_default_and_the_spread_follows(value, others):
    found = summary(value, *others)
    assert found["minimum"] <= value <= found["maximum"]
    assert found["minimum"] == min([value, *others]) and found["maximum"] == max([value, *others])
    if value and found["differ"]:
        assert math.isclose(found["spread"], (found["maximum"] - found["minimum"]) / abs(value))
    assert (found["class"] == "stable") == (found["spread"] <= scenario_effects.STABLE_SPREAD)


@patient
@given(numbers.filter(lambda x: abs(x) > 1e-3), numbers, st.sampled_from([0.001, 1000.0]))
def test_relative_changes_do_not_depend_on_the_unit_of_money(value, other, factor):
    old = effect(value, other)["relative"]
    new = effect(value * factor, other * factor)["relative"]
    assert math.isclose(old, new, rel_tol=1e-6, abs_tol=1e-8)


@patient
@given(st.dictionaries(st.sampled_from("abcd"), numbers, min_size=1), st.data())
def test_a_dictionary_moves_as_its_entry_that_moves_most(old, data):
    new = {key: data.draw(numbers) for key in old}
    found = effect(old, new)
    changes = {key: scenario_effects.relative_change(old[key], new[key], "ratio") for key in old}
    assert abs(found["relative"]) == max(map(abs, changes.values()))
    assert found["moved"] == sum(change != 0 for change in changes.values())


@patient
@given(rankings, rankings)
def test_pair_changes_are_symmetric_and_every_pair_is_named_once(old, new):
    there = scenario_effects.pair_changes(old, new)
    back = scenario_effects.pair_changes(new, old)

    def pairs(found):
        return sorted(tuple(sorted((x["first"], x["second"]))) for x in found)

    assert pairs(there) == pairs(back) and len(set(pairs(there))) == len(there)
    turned = {"reversed": "reversed", "becomes tied": "no longer tied",
              "no longer tied": "becomes tied"}
    assert sorted(turned[x["how"]] for x in there) == sorted(x["how"] for x in back)


@patient
@given(rankings)
def test_a_ranking_with_other_numbers_and_the_same_order_changes_no_pair(ranks):
    assert scenario_effects.pair_changes(ranks, {n: 10 * r + 3 for n, r in ranks.items()}) == []


# ------------------------------------------------------------------ classes


@pytest.mark.parametrize("arguments, expected", [
    ((100.0,), "not affected"),
    ((100.0, 100.5), "stable"),
    ((100.0, 100.6, 99.4), "sensitive"),
    ((100.0, 110.0), "sensitive"),
    ((0.0, 1e-6), "sensitive"),
    ((100.0, (None, {"status": "refused"})), "conditional"),
    ((100.0, (100.0, {"status": "scope_flagged"})), "conditional"),
    ((100.0, (100.0, {"scope": "another"})), "conditional"),
    (({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 2.01}), "stable"),
    (({"a": 1.0, "b": 2.0}, {"a": 1.0, "c": 2.0}), "sensitive"),
    ((["a", "b"], ["b"]), "sensitive"),
    (("a", "a"), "stable"),
    ((True, False), "sensitive"),
])
def test_classes(arguments, expected):
    assert summary(*arguments)["class"] == expected


def test_a_result_refused_everywhere_is_stable_and_withheld():
    found = summary(None, None, status="refused")
    assert found["class"] == "stable" and found["withheld"] and math.isnan(found["default"])


def test_a_refusal_is_never_compared_as_a_number():
    found = scenario_effects.effects(table(2.0, (None, {"status": "refused"}), 4.0))
    assert list(found["comparison"]) == ["status", "number"]
    assert math.isnan(found["relative"][0]) and found["relative"][1] == 1.0
    assert summary(2.0, (None, {"status": "refused"}), 4.0)["maximum"] == 4.0


def test_two_scopes_are_never_compared_as_numbers():
    found = effect(2.0, (200.0, {"scope": "another"}))
    assert found["comparison"] == "scope" and math.isnan(found["relative"])
    assert summary(2.0, (200.0, {"scope": "another"}))["maximum"] == 2.0


def test_a_year_has_no_relative_change():
    found = summary(2019, 2026, unit="year")
    assert found["class"] == "sensitive" and found["spread"] == math.inf


def test_sign_changes_are_seen_also_in_entries():
    assert summary(1.0, -1.0)["sign_change"] and not summary(1.0, 0.0)["sign_change"]
    assert summary({"a": [1.0, -2.0]}, {"a": [1.0, 2.0]})["sign_change"]
    assert not summary({"a": [1.0, -2.0]}, {"a": [2.0, -1.0]})["sign_change"]


def test_a_default_of_zero_has_no_ratio_and_stays_out_of_the_chart():
    found = scenario_effects.summarise(table(0.0, 5.0))
    assert found["spread"].iloc[0] == math.inf
    assert scenario_effects.most_moved(found).empty
    assert scenario_effects.extremes(scenario_effects.effects(table(0.0, 5.0)), "c", "x") == []


# ------------------------------------------------------------------ rankings


def test_reversed_and_tied_pairs_are_told_apart():
    found = scenario_effects.pair_changes({"a": 1, "b": 2, "c": 3, "d": 3},
                                          {"a": 2, "b": 1, "c": 3, "d": 4})
    assert [(x["first"], x["second"], x["how"]) for x in found] == [
        ("a", "b", "reversed"), ("c", "d", "no longer tied")]
    assert found[1]["before"] == "c and d tied" and found[1]["after"] == "c ahead of d"
    assert scenario_effects.pair_changes({"a": 1, "b": 2}, {"a": 1, "b": 1})[0][
        "how"] == "becomes tied"


def test_a_ranking_is_compared_as_an_order_across_scopes():
    frame = table({"a": 1, "b": 2}, ({"a": 2, "b": 1}, {"scope": "another"}), unit="rank")
    found = scenario_effects.summarise(frame).iloc[0]
    assert found["class"] == "conditional" and found["order_change"] and not found["scope_change"]
    assert list(scenario_effects.order_changes(frame)["how"]) == ["reversed"]


def test_rankings_of_other_names_are_refused():
    with pytest.raises(ValueError, match="same names: b, c"):
        scenario_effects.pair_changes({"a": 1, "b": 2}, {"a": 1, "c": 2})


# ------------------------------------------------------------------ what is refused


def test_a_clash_of_units_names_result_units_and_scenarios():
    with pytest.raises(ValueError) as refused:
        scenario_effects.effects(table(1.0, (1.0, {"unit": "USD billion"})))
    for word in ("x", "'ratio' in baseline", "'USD billion' in e0"):
        assert word in str(refused.value)


def test_a_table_with_holes_is_refused():
    with pytest.raises(ValueError, match="twice in baseline"):
        scenario_effects.prepare(pd.concat([table(1.0), table(1.0)]))
    with pytest.raises(ValueError, match="not in the baseline"):
        scenario_effects.prepare(table(1.0, 2.0).iloc[1:])
    whole = pd.concat([table(1.0, 2.0), table(1.0, 2.0, result="y").iloc[:1]])
    with pytest.raises(ValueError, match="c in e0 lacks y"):
        scenario_effects.prepare(whole)


def test_not_affected_is_a_missing_value_and_not_zero():
    frame = pd.concat([table(1.0, 1.0), table(1.0, 1.0, 2.0, chapter="d").iloc[[0, 2]]])
    counts = scenario_effects.moved_by_chapter(scenario_effects.effects(frame))
    assert counts.loc["e0", "c"] == 0 and math.isnan(counts.loc["e0", "d"])
    assert counts.loc["e1", "d"] == 1


def test_parameters_nobody_changes_are_listed_in_order():
    scenarios = pd.DataFrame({"parameter": [None, "b"]})
    assert scenario_effects.untouched(scenarios, ["c", "b", "a"]) == ["c", "a"]


def test_the_extremes_of_a_result_are_one_on_either_side():
    against = scenario_effects.effects(table(2.0, 1.0, 1.5, 3.0))
    found = scenario_effects.extremes(against, "c", "x")
    assert [(x["scenario"], x["relative"]) for x in found] == [("e0", -0.5), ("e2", 0.5)]


def test_results_are_ordered_as_the_scale_of_ratios_shows_them():
    """Down to a third lies further than up to twice, although its change in per cent is smaller."""
    down, up = (table(6.0, end).assign(result=name) for name, end in (("down", 2.0), ("up", 12.0)))
    found = scenario_effects.most_moved(scenario_effects.summarise(
        pd.concat([up, down], ignore_index=True)))
    assert list(found["result"]) == ["down", "up"]
    assert math.isclose(found["distance"].iloc[0], math.log(3))
    assert scenario_effects.most_moved(scenario_effects.summarise(table(1.0, -1.0))).empty
    assert scenario_effects.most_moved(
        scenario_effects.summarise(table(1.0, 2.0, unit="count"))).empty


# ------------------------------------------------------------------ the shipped table, figures


def test_the_classes_of_the_shipped_table_add_up():
    ledger = datasets.load("scenario_results")
    found = scenario_effects.summarise(ledger)
    assert len(found) == (ledger["scenario"] == "baseline").sum()
    assert set(found["class"]) <= set(scenario_effects.CLASSES)
    against = scenario_effects.effects(ledger)
    assert len(against) == (ledger["scenario"] != "baseline").sum()
    assert found["differ"].sum() == (against["comparison"] != "same").sum()


def test_words_of_the_tornado_stay_in_the_picture_and_apart():
    rows = [{"name": "A short name", "sides": [
        {"ratio": 0.3, "text": "-70 %", "cause": "Growth that fades"},
        {"ratio": 9.0, "text": "+800 %", "cause": "Enterprises count half"}]},
        {"name": "A name that is long enough to need two lines " * 2, "sides": [
            {"ratio": 1.02, "text": "+2 %", "cause": "count_unit (Flaws)"}]}]
    figure, axes = figures.new("T", "S", source="X", height=figures.blocks_height(rows))
    figures.effect_bars(axes, rows, centre="default", unit="U")
    figure.get_layout_engine().execute(figure)
    draw = figure.canvas.get_renderer()
    boxes = [text.get_window_extent(draw) for text in axes.texts]
    frame = figure.bbox
    assert all(box.x0 >= frame.x0 - 1 and box.x1 <= frame.x1 + 1 for box in boxes)
    assert not any(a.padded(0, -4).overlaps(b.padded(0, -4))
                   for i, a in enumerate(boxes) for b in boxes[:i])
    plt.close(figure)
