"""Coverage and agreement against hand-worked tables, limits and invariances."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import datasets, evidence

ROWS = pd.Series(["r1", "r2", "r3"], name="row")
COLUMNS = pd.Series(["c1", "c2", "c3", "c4"], name="column")
CODES = pd.DataFrame(
    [("r1", "c1", "direct"), ("r1", "c2", "partial"), ("r1", "c3", "partial"),
     ("r2", "c2", "partial")], columns=["row", "column", "link"])
LINKS = evidence.matrix(CODES, ROWS, COLUMNS)
codings = st.lists(
    st.tuples(st.sampled_from(evidence.LINKS), st.sampled_from(evidence.LINKS)),
    min_size=1, max_size=60)


# ------------------------------------------------------------------ matrices


def test_what_is_not_listed_is_none():
    assert LINKS.shape == (3, 4)
    assert (LINKS == "none").to_numpy().sum() == 8
    assert LINKS.loc["r1"].tolist() == ["direct", "partial", "partial", "none"]


def test_the_order_of_the_codes_does_not_matter():
    pd.testing.assert_frame_equal(evidence.matrix(CODES.iloc[::-1], ROWS, COLUMNS), LINKS)


@pytest.mark.parametrize("row, message", [
    (("r9", "c1", "direct"), "'r9' is no row"), (("r1", "c9", "direct"), "'c9' is no column"),
    (("r3", "c3", "strong"), "'strong' is no level"), (("r1", "c1", "partial"), "coded twice"),
])
def test_a_code_that_does_not_fit_is_refused(row, message):
    codes = pd.concat([CODES, pd.DataFrame([row], columns=CODES.columns)])
    with pytest.raises(evidence.EvidenceError, match=message):
        evidence.matrix(codes, ROWS, COLUMNS)


def test_coverage_by_hand():
    table = evidence.coverage(LINKS, 0.25)
    assert table["direct"].tolist() == [1, 0, 0]
    assert table["partial"].tolist() == [2, 1, 0]
    assert table["best"].tolist() == [1, 0.25, 0]
    assert table["total"].tolist() == [1.5, 0.25, 0]


def test_a_partial_link_may_count_for_nothing_or_for_all():
    nothing, whole = evidence.coverage(LINKS, 0), evidence.coverage(LINKS, 1)
    assert (nothing["total"] == nothing["direct"]).all()
    assert (whole["total"] == whole["direct"] + whole["partial"]).all()


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan")])
def test_a_weight_outside_its_range_is_refused(weight):
    with pytest.raises(evidence.EvidenceError, match="weighs 0 to 1"):
        evidence.weigh(LINKS, weight)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_weight_never_covers_less(one, other):
    low, high = (evidence.coverage(LINKS, weight) for weight in sorted([one, other]))
    assert (low["total"] <= high["total"]).all() and (low["best"] <= high["best"]).all()


def test_density_and_empty_rows_and_columns():
    assert evidence.density(LINKS) == 4 / 12
    assert evidence.unlinked(LINKS, "rows") == ["r3"]
    assert evidence.unlinked(LINKS, "rows", "direct") == ["r2", "r3"]
    assert evidence.unlinked(LINKS, "columns") == ["c4"]
    assert evidence.in_both(["b", "a", "c"], ["c", "b"]) == ["b", "c"]
    with pytest.raises(evidence.EvidenceError, match="without cells"):
        evidence.density(LINKS.iloc[:0])


def test_orphans_of_the_rows_are_those_of_the_columns_turned_round():
    assert evidence.unlinked(LINKS, "rows") == evidence.unlinked(LINKS.T, "columns")


def test_groups_keep_every_link():
    groups = {"c1": "x", "c2": "y", "c3": "y", "c4": "x"}
    counted = evidence.by_group(LINKS, groups)
    assert list(counted["direct"].columns) == ["x", "y"]
    assert counted["partial"].loc["r1"].tolist() == [0, 2]
    assert sum(table.to_numpy().sum() for table in counted.values()) == len(CODES)


# ------------------------------------------------------------------ agreement


def test_kappa_of_a_worked_example():
    # Two raters, 50 cases: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no. Agreement 0.7, by chance
    # 0.5 * 0.6 + 0.5 * 0.4 = 0.5, so kappa is 0.2 / 0.5.
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = evidence.agreement(first, second, ["no", "yes"], empty="no", ordered=False)
    assert found.raw == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)
    assert found.positive == pytest.approx(40 / 55)
    assert (found.both, found.only_first, found.only_second, found.neither) == (20, 5, 10, 15)


def weighted_kappa(counts):
    """Linear weighted kappa from its definition, disagreement over disagreement by chance."""
    share = counts / counts.sum()
    levels = len(counts)
    apart = np.abs(np.subtract.outer(np.arange(levels), np.arange(levels))) / (levels - 1)
    chance = np.outer(share.sum(axis=1), share.sum(axis=0))
    return 1 - (apart * share).sum() / (apart * chance).sum()


def test_linear_weights_by_hand():
    counts = np.array([[8, 2, 0], [1, 4, 1], [0, 1, 3]])
    pairs = [(a, b) for i, a in enumerate(evidence.LINKS) for j, b in enumerate(evidence.LINKS)
             for _ in range(counts[i, j])]
    first, second = zip(*pairs, strict=True)
    found = evidence.agreement(first, second)
    # A step of one counts half: (2+1+1+1)/2 of 20 cells, against 164/20 by chance from the
    # margins 10, 6, 4 and 9, 7, 4.
    assert found.kappa == pytest.approx(1 - (2.5 / 20) / (164 / 400))
    assert found.raw == 15 / 20
    assert found.table.to_numpy().tolist() == counts.tolist()


@given(codings)
def test_kappa_follows_its_definition(pairs):
    found = evidence.agreement(*zip(*pairs, strict=True))
    if found.kappa is None:
        assert len({level for pair in pairs for level in pair}) == 1
    else:
        assert found.kappa == pytest.approx(weighted_kappa(found.table.to_numpy()))


@given(codings)
def test_swapping_the_coders_changes_nothing(pairs):
    first, second = zip(*pairs, strict=True)
    one, other = evidence.agreement(first, second), evidence.agreement(second, first)
    assert one.measures() == pytest.approx(other.measures())
    assert (one.only_first, one.only_second) == (other.only_second, other.only_first)


@given(codings, st.randoms())
def test_the_order_of_the_cells_changes_nothing(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    assert evidence.agreement(*zip(*pairs, strict=True)) == evidence.agreement(
        *zip(*shuffled, strict=True))


@given(st.lists(st.sampled_from(evidence.LINKS), min_size=2).filter(lambda c: len(set(c)) > 1))
def test_a_coder_agrees_with_himself(codes):
    assert evidence.agreement(codes, codes).measures() == pytest.approx(
        {"raw": 1, "kappa": 1, "positive": 1})


def test_coders_who_do_not_know_of_each_other_agree_by_chance_only():
    draws = 40_000
    first, second = np.random.default_rng(1).choice(evidence.LINKS, (2, draws), p=[0.9, 0.06, 0.04])
    found = evidence.agreement(first, second)
    assert abs(found.kappa) < 4 / np.sqrt(draws)
    # Raw agreement is high by chance alone: the reason never to print it by itself.
    assert found.raw == pytest.approx(0.81 + 0.0036 + 0.0016, abs=0.01)
    assert found.positive == pytest.approx(0.1, abs=0.02)


def test_one_level_throughout_has_no_kappa():
    found = evidence.agreement(["none"] * 5, ["none"] * 5)
    assert found.kappa is None and found.positive is None and found.measures() == {"raw": 1}


def test_unused_levels_stay_in_the_table():
    found = evidence.agreement(["none", "direct"], ["none", "direct"])
    assert found.table.shape == (3, 3) and found.kappa == pytest.approx(1)


def test_where_no_cell_can_be_empty_there_is_no_positive_agreement():
    found = evidence.agreement(["a", "b"], ["a", "a"], ["a", "b"], empty=None, ordered=False)
    assert found.positive is None and found.both == 2


@pytest.mark.parametrize("first, second, message", [
    (["none"], ["none", "none"], "cells"), (["none"], ["maybe"], "'maybe' is no level"),
    ([], [], "no cell"),
])
def test_codings_that_cannot_be_compared_are_refused(first, second, message):
    with pytest.raises(evidence.EvidenceError, match=message):
        evidence.agreement(first, second)


def test_frames_with_other_rows_are_refused():
    with pytest.raises(evidence.EvidenceError, match="other cells"):
        evidence.agreement(LINKS, LINKS.iloc[::-1])


# ------------------------------------------------------------------ marks and names


def test_specificity_counts_both_ways():
    marks = pd.DataFrame({"actor": [True, False], "deadline": [False, False]}, index=["s1", "s2"])
    by_mark, by_row = evidence.specificity(marks)
    assert by_mark.to_dict() == {"actor": 1, "deadline": 0}
    assert by_row.to_dict() == {"s1": 1, "s2": 0}
    assert by_mark.sum() == by_row.sum()
    with pytest.raises(evidence.EvidenceError, match="not a no"):
        evidence.specificity(marks.astype(object).replace({True: None}))


def test_foreign_rows_of_a_section():
    table = pd.DataFrame({
        "section": ["6.1", "6", "3.5", "16", "6.2"], "also_in": ["", None, "1;6.3", "", ""],
        "place": ["china", "japan", "germany", "japan", None]})
    here, foreign = evidence.foreign_rows(table, "place", "6", {"china"})
    assert here.index.tolist() == [0, 1, 2, 4]
    assert foreign.index.tolist() == [1, 2, 4]


def test_the_strongest_code_of_a_row_counts():
    codes = pd.DataFrame({"challenge_id": ["a", "a", "b", "b", "c"],
                          "relation": ["in tension", "contradicts", "neither", "in tension", None]})
    found = evidence.strongest(codes, ["a", "b", "c", "d"], ["contradicts", "in tension"])
    assert found.to_dict() == {"a": "contradicts", "b": "in tension", "c": "", "d": ""}


def test_of_no_codes_none_is_the_strongest():
    none = pd.DataFrame({"challenge_id": [], "relation": []})
    assert evidence.strongest(none, ["a"], ["contradicts"]).tolist() == [""]


# ------------------------------------------------------------------ the shipped codings


@pytest.mark.parametrize("name", ["challenge_suggestion", "suggestion_specificity",
                                  "trend_support", "trend_suggestion", "challenge_elsewhere"])
def test_both_coders_are_there(name):
    assert set(datasets.load(name)["coder"]) == {"first", "second"}


def test_every_suggestion_is_coded_by_both():
    coded = datasets.load("suggestion_specificity").groupby("coder")["suggestion_id"]
    wanted = datasets.load("suggestions")["suggestion_id"].tolist()
    assert all(ids.tolist() == wanted for _, ids in coded)


@pytest.mark.parametrize("name, key, source", [
    ("measure_instrument", "measure_id", "measures"), ("region_role", "region_id", "regions")])
def test_the_codes_called_table_are_those_of_the_table(name, key, source):
    codes = datasets.load(name)
    own = codes[codes["coder"] == "table"].set_index(key).drop(columns="coder").iloc[:, 0]
    kept = datasets.load(source).set_index(key)[own.name]
    assert (kept.loc[own.index] == own).all()
    assert set(codes.loc[codes["coder"] == "blind", key]) == set(own.index)


def test_the_overall_judgement_is_not_coded():
    for name in ("challenge_suggestion", "challenge_elsewhere"):
        assert "5.5-overall" not in set(datasets.load(name)["challenge_id"])


# ------------------------------------------------------------------ signs for figures


def of(pairs, side):
    return pd.DataFrame([[pair[side] for pair in pairs]])


def test_letters_by_hand():
    groups = {"c1": "a", "c2": "a", "c3": "b", "c4": "b"}
    found = evidence.letters(LINKS, groups)
    assert found.to_numpy().tolist() == [["Dp", "p"], ["p", ""], ["", ""]]


def test_every_link_has_one_letter():
    groups = dict.fromkeys(COLUMNS, "all")
    counted = evidence.letters(LINKS, groups)["all"].str.len()
    assert counted.tolist() == (LINKS != "none").sum(axis=1).tolist()


@given(codings)
def test_signs_are_two_where_coders_differ_and_none_where_neither_links(pairs):
    signs = evidence.both_signs(of(pairs, 0), of(pairs, 1)).iloc[0]
    for sign, (one, other) in zip(signs, pairs, strict=True):
        assert len(sign) == (0 if (one, other) == ("none", "none") else 1 if one == other else 2)


@pytest.mark.parametrize(("pair", "sign"), [
    (("direct", "direct"), "D"), (("direct", "partial"), "Dp"), (("none", "partial"), "–p"),
    (("direct", "none"), "D–"), (("partial", "partial"), "p"), (("none", "none"), "")])
def test_signs_by_hand(pair, sign):
    assert evidence.both_signs(of([pair], 0), of([pair], 1)).iloc[0, 0] == sign


@given(codings)
def test_the_weaker_level_does_not_ask_who_came_first(pairs):
    one, other = of(pairs, 0), of(pairs, 1)
    pd.testing.assert_frame_equal(evidence.weaker(one, other), evidence.weaker(other, one))
    pd.testing.assert_frame_equal(evidence.weaker(one, one), one)
    rank = evidence.LINKS.index
    assert [rank(level) for level in evidence.weaker(one, other).iloc[0]] == [
        min(rank(a), rank(b)) for a, b in pairs]


def test_two_codings_side_by_side_have_a_line_a_cell():
    found = evidence.side_by_side(LINKS, LINKS.replace("partial", "none"))
    assert found.columns.tolist() == ["row", "column", "first", "second"]
    assert len(found) == LINKS.size
    assert found.iloc[1].tolist() == ["r1", "c2", "partial", "none"]
