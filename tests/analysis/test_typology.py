"""Firms are counted once, classes and countries without a firm stay visible, routes add up."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import datasets, typology

COLUMNS = ["organisation_id", "section", "name", "type_classed", "country_printed", "alias_of",
           "also_in"]


def table(*rows):
    return pd.DataFrame([dict(zip(COLUMNS, row, strict=True)) for row in rows]).astype("object")


FIRMS = table(
    ("a", "3.2", "Alpha Company", "automation_company", None, None, None),
    ("b", "2.2", "Beta", "start_up", None, None, "3.2"),
    ("c", "3.2", "Gamma", "start_up", "israel", None, None),
    ("d", "3.5", "Alpha", "automation_company", None, "a", None),
    ("e", "3.2", "Office", "government_agency", "japan", None, None),
)


@pytest.fixture(scope="module")
def organisations():
    return datasets.load("organisations")


def test_an_alias_is_no_second_organisation():
    rows = typology.distinct(FIRMS).set_index("organisation_id")
    assert list(rows.index) == ["a", "b", "c", "e"]
    assert rows.loc["a", "sections"] == ("3.2", "3.5")
    assert rows.loc["a", "other_names"] == ("Alpha",)


def test_a_row_is_named_by_its_own_section_and_by_each_further_one():
    rows = pd.DataFrame({"section": ["3.2", "2.2", "5.1"],
                         "also_in": [None, "3.2;3.5", float("nan")]},
                        index=["a", "b", "c"])
    assert typology.sections_of(rows).to_dict() == {
        "a": ("3.2",), "b": ("2.2", "3.2", "3.5"), "c": ("5.1",)}
    assert typology.sections_of(rows.iloc[:0]).empty


@given(st.permutations(range(len(FIRMS))))
def test_the_order_of_rows_does_not_change_who_is_counted(order):
    shuffled = typology.distinct(FIRMS.iloc[list(order)])
    assert set(shuffled["organisation_id"]) == {"a", "b", "c", "e"}


@pytest.mark.parametrize("alias", ["nobody", "d"])
def test_an_alias_of_nothing_or_of_an_alias_is_refused(alias):
    broken = pd.concat([FIRMS, table(("f", "4.2", "F", "start_up", None, alias, None))])
    with pytest.raises(typology.TypologyError, match="'f' is an alias of"):
        typology.distinct(broken)


def test_a_firm_counts_in_each_section_that_names_it():
    assert list(typology.companies(FIRMS, "3.2")["organisation_id"]) == ["a", "b", "c"]
    assert list(typology.companies(FIRMS, "3.5")["organisation_id"]) == ["a"]
    assert typology.companies(FIRMS, "9").empty


def test_classes_without_a_firm_are_zero_and_not_missing():
    counts = typology.count_by_type(typology.companies(FIRMS, "3.2"))
    assert counts.to_dict() == {"automation_company": 1, "cybersecurity_company": 0, "start_up": 2,
                                "company": 0}


def test_countries_without_a_firm_stay_and_the_unstated_come_last():
    counts = typology.count_by_country(typology.companies(FIRMS, "3.2"), ["japan"])
    assert list(counts.items()) == [("japan", 0), ("israel", 1), ("not stated", 2)]


def test_firms_of_the_shipped_table_are_counted_once_and_by_section(organisations):
    abroad, china = (typology.companies(organisations, section) for section in ("3.2", "5.2"))
    for firms in (abroad, china):
        assert typology.count_by_type(firms).sum() == len(firms) > 0
        assert not set(firms["organisation_id"]) & set(
            organisations.dropna(subset="alias_of")["organisation_id"])
    assert set(abroad["organisation_id"]).isdisjoint(china["organisation_id"])
    named_twice = organisations.dropna(subset="alias_of").iloc[0]
    [kept] = typology.distinct(organisations).query(
        "organisation_id == @named_twice.alias_of").itertuples()
    assert named_twice["name"] in kept.other_names and named_twice["section"] in kept.sections


@pytest.fixture(scope="module")
def coded():
    return datasets.load("market_routes")


def test_a_route_is_mentioned_once_for_each_passage(coded):
    for evidence, rows in coded[coded["route"] == "buy"].groupby("evidence"):
        assert typology.mentions(coded, "buy", evidence) == len(set(rows["passage_id"]))
    twice = pd.concat([coded, coded])
    assert typology.mentions(twice, "buy") == typology.mentions(coded, "buy")
    with pytest.raises(typology.TypologyError, match="known are buy"):
        typology.mentions(coded, "steal")


def test_a_route_table_holds_each_coded_row_once(coded):
    claims, cases = typology.route_table(coded), typology.route_table(coded, "case")
    assert claims.to_numpy().sum() + cases.to_numpy().sum() == len(coded)
    for table, evidence in ((claims, "claim"), (cases, "case")):
        counted = coded[coded["evidence"] == evidence].value_counts(["actor", "route"])
        assert all(table.loc[place] == count for place, count in counted.items())


def test_the_coding_knows_the_actors_routes_classes_and_aspects_of_the_tables(coded):
    portraits = datasets.load("class_portraits")
    assert set(coded["actor"]) <= set(typology.ACTORS)
    assert set(coded["route"]) <= set(typology.ROUTES)
    assert set(portraits["type"]) <= set(typology.TYPES)
    assert set(portraits["aspect"]) <= set(typology.ASPECTS)
    assert set(portraits["place"]) == set(typology.PLACES)


def test_a_passage_has_one_section_and_one_wording(coded):
    passages = coded[["passage_id", "section", "words"]].drop_duplicates()
    assert passages["passage_id"].is_unique


def test_portraits_cover_each_class_and_aspect_and_leave_gaps_open():
    told = datasets.load("class_portraits")
    rows = typology.portraits(told)
    assert len(rows) == 3 * len(typology.ASPECTS)
    assert rows[["abroad", "china"]].notna().sum().sum() == len(told)
    assert rows.loc[rows["aspect"] == "weakness", "china"].isna().all()
    traditional = rows[rows["type"] == "cybersecurity_company"]
    assert traditional["china"].isna().all()


@given(st.randoms())
def test_the_order_of_the_table_does_not_change_a_portrait(random):
    told = datasets.load("class_portraits")
    order = random.sample(range(len(told)), len(told))
    pd.testing.assert_frame_equal(
        typology.portraits(told.iloc[list(order)]), typology.portraits(told))
