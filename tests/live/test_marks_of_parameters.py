"""Marks of a control say what tables say, where from, and nothing that no table has."""

import csv
import io

import pytest
from small_book import REAL, make, own_table

from helpers import datasets, parameters
from helpers.pipeline import edition
from helpers.pipeline.live import marks

SORTS = {marks.PAPER, marks.PUBLISHED, marks.SCENARIO}


@pytest.fixture(scope="module")
def found():
    return marks.of_book(REAL)


def rows(table):
    """A table as it lies there, read by nobody else."""
    text = datasets.locate(table, REAL).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def of(found, name, sort):
    return [mark for mark in found[name]["marks"] if mark["sort"] == sort]


def test_every_mark_can_be_set_has_a_label_and_names_its_source(found):
    for name, told in found.items():
        for mark in told["marks"]:
            assert parameters.validate({name: mark["value"]}) == {name: mark["value"]}
            assert mark["sort"] in SORTS and len(mark["label"]) > 3
            kind, _, named = mark["source"].partition(" ")
            if kind in ("claim", "claims"):
                known = {row["claim_id"] for row in rows("claims")}
                assert set(named.replace(" and ", ", ").split(", ")) <= known
            elif kind == "scenario":
                assert named in edition.scenarios(REAL)
            else:
                table = mark["source"].rpartition("table ")[2].split(",")[0].rstrip(")")
                assert table in datasets.names(REAL)


def test_marks_stand_in_the_order_of_their_control(found):
    for name, told in found.items():
        values = [mark["value"] for mark in told["marks"]]
        if parameters.REGISTRY.bounds(name):
            assert values == sorted(values)


@pytest.mark.parametrize("name, currency, column", [
    ("rmb_per_usd", "CNY", "units_per_usd"), ("usd_per_eur", "USD", "units_per_eur")])
def test_rates_are_the_lowest_and_highest_of_whole_years_and_that_of_the_base_year(
        found, name, currency, column):
    whole = {float(row[column]): row["year"] for row in rows("exchange_rates")
             if row["currency"] == currency and row["partial"] == "no" and row[column]}
    base = str(parameters.defaults()["base_year"])
    told = {mark["value"]: mark["label"] for mark in of(found, name, marks.PUBLISHED)}
    assert set(told) == {min(whole), max(whole),
                         *(rate for rate, year in whole.items() if year == base)}
    assert all(whole[rate] in label for rate, label in told.items())
    assert found[name]["sourced"] == (min(whole), max(whole))
    assert abs(parameters.defaults()[name] - next(
        rate for rate, year in whole.items() if year == base)) < 0.01


def test_horizons_are_the_last_years_that_the_paper_and_each_publisher_give(found):
    low, high = parameters.REGISTRY.bounds("horizon_year")
    last: dict[tuple, int] = {}
    for row in rows("published_market_sizes"):
        if row["kind"] == "forecast":
            key = row["publisher"], row["vintage"]
            last[key] = max(last.get(key, 0), int(row["year"]))
    published = {year for year in last.values() if low <= year <= high}
    paper = {int(row["period_end"][:4]) for row in rows("claims")
             if row["kind"] == "forecast" and row["scope_id"]}
    assert {mark["value"] for mark in of(found, "horizon_year", marks.PUBLISHED)} == published
    assert {mark["value"] for mark in of(found, "horizon_year", marks.PAPER)} == paper
    assert found["horizon_year"]["sourced"] == (
        max(low, min(last.values())), min(high, max(last.values())))
    for mark in of(found, "horizon_year", marks.PUBLISHED):
        names = {publisher for (publisher, _), year in last.items() if year == mark["value"]}
        assert any(name in mark["label"] for name in names)


def test_every_value_of_a_scenario_is_a_mark(found):
    for each in edition.shipped(REAL):
        for name, value in each.overrides.items():
            assert value in [mark["value"] for mark in of(found, name, marks.SCENARIO)]


def test_what_nobody_gives_has_no_range_that_is_sourced(found):
    for name, told in found.items():
        given = [mark["value"] for mark in told["marks"] if mark["sort"] != marks.SCENARIO]
        if told["sourced"] is None:
            assert not parameters.REGISTRY.bounds(name) or len(set(given)) < 2
        else:
            assert told["sourced"][0] < told["sourced"][1]
    assert "rating_error" not in found, "no source gives one"


def test_labels_are_the_parts_of_a_list_in_its_order(found):
    meant = parameters.meaning("dimension_weights")  # the same letters, as in "SMEs"
    places = [meant.index(label) for label in found["dimension_weights"]["labels"]]
    assert places == sorted(places)
    assert len(places) == len(parameters.defaults()["dimension_weights"])


def test_marks_follow_a_readers_own_table(tmp_path, found):
    _, highest = found["rmb_per_usd"]["sourced"]
    # The dearest year is taken out of the reader's copy; what follows is not written here.
    own = own_table(tmp_path / "own", "exchange_rates", lambda text: "".join(
        line for line in text.splitlines(keepends=True)
        if not (line.startswith("CNY") and f"{highest:.5f}" in line)))
    book = make(tmp_path / "book").with_own_data(own)
    assert marks.of_book(book)["rmb_per_usd"]["sourced"][1] < highest
