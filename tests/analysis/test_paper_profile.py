"""Numbers and facts by section, overlap of lists, and citation marks spelt out."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import datasets, paper_profile

SECTIONS = pd.DataFrame({
    "section": ["0", "2.1", "2.2", "3", "3.1.1", "3s"],
    "parent": [None, "2", "2", None, "3.1", "3"],
    "title": ["Abstract", "a", "b", "c", "d", "e"],
    "words": pd.array([100, 200, 200, 50, 400, 50], dtype="Int64"),
})


def at(*sections):
    return pd.DataFrame({"section": list(sections)})


@pytest.fixture
def counted():
    found = paper_profile.section_profile(
        SECTIONS, measurements=at("2.1", "2.1", "2.2"), named=[at("2.1", "3.1.1"), at("3.1.1")])
    return found.assign(kind=paper_profile.evidence_kind(found))


# ------------------------------------------------------------------ sections


def test_years_and_counts_of_the_text_measure_nothing():
    claims = pd.DataFrame({"unit": ["year", "count", "count", "percent"],
                           "measure": ["x", "number of themes", "number of firms", "share"]})
    assert list(paper_profile.claim_class(claims)) == ["year", "text", "measurement", "measurement"]


def test_every_section_has_a_main_section():
    assert list(paper_profile.main_section(SECTIONS)) == ["0", "2", "2", "3", "3", "3"]


def test_a_profile_counts_rows_and_adds_tables(counted):
    assert counted["measurements"].tolist() == [0, 2, 1, 0, 0, 0]
    assert counted["named"].tolist() == [0, 1, 0, 0, 2, 0]
    assert list(counted["section"]) == list(SECTIONS["section"])


def test_a_row_of_an_unknown_section_is_refused():
    with pytest.raises(paper_profile.ProfileError, match="claims: section '9.9'"):
        paper_profile.section_profile(SECTIONS, claims=at("2.1", "9.9"))


def test_main_sections_hold_all_that_their_parts_hold(counted):
    main = paper_profile.by_main_section(counted)
    assert main.columns.tolist() == ["main", "words", "measurements", "named"]
    assert main["main"].tolist() == ["0", "2", "3"]
    assert main["words"].tolist() == [100, 400, 500]
    assert main["measurements"].sum() == counted["measurements"].sum()


def test_a_density_is_per_thousand_words():
    assert paper_profile.per_thousand_words(3, 500) == 6
    densities = paper_profile.per_thousand_words(pd.Series([1, 2]), pd.Series([250, 0]))
    assert densities.isna().tolist() == [False, True]
    with pytest.raises(paper_profile.ProfileError, match="needs words"):
        paper_profile.per_thousand_words(1, 0)


def test_the_strongest_evidence_names_the_section(counted):
    assert counted["kind"].tolist() == [
        "asserted", "measured", "measured", "asserted", "named", "asserted"]


def claim(claim_id, **changes):
    row = {"claim_id": claim_id, "unit": "count", "measure": "number of firms", "value": 1.0,
           "reference_basis": "sentence", "kind": "count"}
    return {**row, **changes}


def test_screens_are_passed_in_order():
    claims = pd.DataFrame([
        claim("good"), claim("year", unit="year"), claim("damaged", value=None), claim("two-ways"),
        claim("paragraph", reference_basis="paragraph"), claim("future", kind="forecast"),
    ])
    passed = paper_profile.screens(claims, pd.DataFrame({"claim_id": ["two-ways", "two-ways"]}))
    assert passed.sum().tolist() == [5, 3, 2, 1]
    assert claims.loc[passed["observable"], "claim_id"].tolist() == ["good"]


def test_densities_stand_beside_the_counts(counted):
    dense = paper_profile.with_densities(counted.assign(numbers=2, steps=1, marks=0))
    assert dense["facts"].tolist() == (counted["named"] + 1).tolist()
    assert dense["number_density"].tolist() == [20, 10, 10, 40, 5, 40]
    assert (dense["mark_density"] == 0).all()
    assert dense["fact_density"].iloc[0] == 10


def test_shares_of_words_by_kind_sum_to_one_and_name_every_kind(counted):
    shares = paper_profile.words_by_kind(counted)
    assert list(shares.index) == paper_profile.EVIDENCE_KINDS
    assert shares.tolist() == pytest.approx([0.4, 0.4, 0.2])
    alike = paper_profile.words_by_kind(counted.assign(kind="named"))
    assert alike.tolist() == [0, 1, 0]


def test_a_promise_is_taken_up_by_a_section_of_its_own_or_in_a_clause_or_not_at_all():
    promises = pd.DataFrame({
        "section_foreign": ["3.1.1;3.1.2;3.5", None, None],
        "section_china": [None, "5.3", None], "section_suggestion": ["6.4", None, None],
        "touched_in": ["5.5", "2.3;6.4", None]}, index=["a", "b", "c"])
    found = paper_profile.taken_up(promises)
    assert list(found.columns) == list(paper_profile.SIDES)
    assert found.loc["a"].tolist() == ["3.1, 3.5", "in a clause of 5.5", "6.4"]
    assert found.loc["b"].tolist() == ["in a clause of 2.3", "5.3", "in a clause of 6.4"]
    assert found.loc["c"].tolist() == ["none"] * 3


@pytest.mark.parametrize("codes, sections", [
    ("3.1.1;3.1.2;4", ["3.1", "4"]), ("5.1", ["5.1"]), ("6", ["6"]), (None, []), (pd.NA, [])])
def test_sections_lose_their_third_level_and_stand_once(codes, sections):
    assert paper_profile.second_level(codes) == sections


# ------------------------------------------------------------------ lists


@pytest.mark.parametrize("first, second, overlap", [
    ("abc", "abc", 1), ("ab", "cd", 0), ("abc", "bcd", 0.5), ("aab", "b", 0.5), ("", "a", 0)])
def test_overlap_is_shared_over_all(first, second, overlap):
    assert paper_profile.jaccard(first, second) == overlap


def test_two_empty_lists_have_no_overlap():
    with pytest.raises(paper_profile.ProfileError, match="not defined"):
        paper_profile.jaccard([], [])


members = st.sets(st.sampled_from("abcdef"), min_size=1)


@given(members, members, members)
def test_overlap_is_symmetric_bounded_and_its_complement_a_distance(a, b, c):
    overlap = paper_profile.jaccard
    assert 0 <= overlap(a, b) == overlap(b, a) <= 1
    assert (overlap(a, b) == 1) == (a == b)
    assert 1 - overlap(a, c) <= 2 - overlap(a, b) - overlap(b, c) + 1e-12


def test_overlaps_are_given_for_every_pair():
    mentions = pd.DataFrame({"section": ["1", "1", "2", "2", "10"],
                             "sector": ["energy", "energy", "energy", "rail", "rail"]})
    found = paper_profile.list_overlaps(mentions, "sector")
    assert found[["first", "second", "shared", "all"]].to_numpy().tolist() == [
        ["1", "2", 1, 2], ["1", "10", 0, 2], ["2", "10", 1, 2]]
    assert found["overlap"].tolist() == [0.5, 0, 0.5]


def test_one_list_has_nothing_to_overlap_with():
    with pytest.raises(paper_profile.ProfileError, match="two sections"):
        paper_profile.list_overlaps(pd.DataFrame({"section": ["1"], "sector": ["rail"]}), "sector")


@pytest.fixture
def named():
    return pd.DataFrame({
        "section": ["10", "2", "10", "2", "3", "10", "10"],
        "sector": ["power", "rail", "energy", "energy", "energy", "water", "water"],
        "sector_merged": ["energy", "rail", "energy", "energy", "energy", "water", "water"]})


def test_the_matrix_of_mentions_keeps_synonyms_together_and_sections_in_order(named):
    matrix = paper_profile.mention_matrix(named)
    assert list(matrix.columns) == ["10", "2", "3"]
    assert list(matrix.index) == ["energy", "power", "rail", "water"]
    assert matrix.loc["power"].tolist() == [True, False, False]
    assert int(matrix.to_numpy().sum()) == len(named.drop_duplicates())


def test_synonyms_are_only_names_that_are_joined(named):
    assert paper_profile.synonyms(named) == {"energy": ["energy", "power"]}
    assert paper_profile.synonyms(named.assign(sector_merged=named["sector"])) == {}


# ------------------------------------------------------------------ references


@pytest.mark.parametrize("printed, numbers", [
    ("1", [1]), ("2\u20138", [2, 3, 4, 5, 6, 7, 8]), ("17, 21", [17, 21]), ("20,21", [20, 21]),
    ("1-3,7", [1, 2, 3, 7]), ("4\u20134", [4])])
def test_marks_are_spelt_out(printed, numbers):
    assert paper_profile.expand_references(printed) == numbers


@pytest.mark.parametrize("printed, fault", [
    ("", "no number"), ("a", "no number"), ("8\u20132", "backwards"), ("1,,2", "no number")])
def test_an_unreadable_mark_is_refused(printed, fault):
    with pytest.raises(paper_profile.ProfileError, match=fault):
        paper_profile.expand_references(printed)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 5)), min_size=1, max_size=6))
def test_spelling_out_keeps_every_number(parts):
    printed = ", ".join(str(a) if not more else f"{a}\u2013{a + more}" for a, more in parts)
    assert len(paper_profile.expand_references(printed)) == sum(more + 1 for _, more in parts)


def test_the_use_of_a_reference_is_the_most_direct_one():
    citations = pd.DataFrame({"position": [1, 2, 3, 4], "printed": ["2\u20134", "5, 6", "3", "1"]})
    use = paper_profile.reference_use(citations).set_index("reference")
    assert use["use"].tolist() == ["alone", "range", "alone", "range", "list", "list"]
    assert use["alone"].tolist() == [1, 0, 1, 0, 0, 0]
    assert use["marks"].tolist() == [1, 1, 2, 1, 1, 1]
    assert use.index[use["late"]].tolist() == [1]


def test_the_matrix_of_citations_spells_ranges_out_and_keeps_the_order_of_the_text():
    citations = pd.DataFrame({"position": [3, 1, 2], "section": ["2", "10", "2"],
                              "printed": ["5", "2\u20134", "3"]})
    matrix = paper_profile.citation_matrix(citations)
    assert list(matrix.index) == ["10", "2"] and list(matrix.columns) == [2, 3, 4, 5]
    assert matrix.to_numpy().tolist() == [[True, True, True, False], [False, True, False, True]]


# ------------------------------------------------------------------ the shipped tables


def test_the_coded_lists_of_marks_agree_with_the_print():
    citations = datasets.load("citations")
    for mark in citations.itertuples():
        numbers = paper_profile.expand_references(mark.printed)
        assert ";".join(map(str, numbers)) == mark.references
        assert (len(numbers) == 1) == mark.cited_alone


def test_the_uncited_counts_agree_with_the_audit_finding():
    use = paper_profile.reference_use(datasets.load("citations"))
    says = datasets.load("findings").set_index("finding_id")["finding"]
    assert f"{(use['use'] == 'range').sum()} numbers occur only inside ranges" in says["P39"]
    [late] = use.loc[use["late"], "reference"]
    assert f"Reference {late} is first seen after" in says["P09"]


def test_both_views_of_the_marks_know_the_same_references():
    citations = datasets.load("citations")
    use = paper_profile.reference_use(citations)
    assert list(paper_profile.citation_matrix(citations).columns) == use["reference"].tolist()


def test_merging_synonyms_never_adds_sectors():
    mentions = datasets.load("sector_mentions")
    printed = mentions.groupby("section")["sector"].nunique()
    assert (mentions.groupby("section")["sector_merged"].nunique() <= printed).all()


def test_every_coded_row_finds_its_section():
    sections = datasets.load("sections")
    tables = {name: datasets.load(name) for name in (
        "claims", "citations", "documents", "organisations", "incidents", "measures", "regions",
        "trends", "challenges", "suggestions")}
    counted = paper_profile.section_profile(sections, **tables)
    assert all(counted[name].sum() == len(table) for name, table in tables.items())
