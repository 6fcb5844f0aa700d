"""The tables load as described, and a broken row is refused with its place and rule."""

import json
import shutil

import frictionless
import pandas as pd
import pytest
from small_book import REAL

from helpers import datasets
from helpers.project import Project


@pytest.fixture
def project(tmp_path):
    """A folder with the data and nothing else."""
    shutil.copytree(REAL.data, tmp_path / "book" / "data")
    return Project.at(tmp_path / "book")


@pytest.fixture
def own(tmp_path):
    """The book with a reader's copy of one small table; `edit` changes it."""
    folder = tmp_path / "own"
    (folder / "paper").mkdir(parents=True)
    shutil.copy(REAL.data / "paper" / "ratings.csv", folder / "paper")
    return REAL.with_own_data(folder)


def edit(own, change):
    file = own.own_data / "paper" / "ratings.csv"
    file.write_bytes(change(file.read_bytes()))
    return file


@pytest.mark.parametrize("name", datasets.names(REAL))
def test_every_table_loads_with_its_described_columns(name):
    frame = datasets.load(name, REAL)
    fields = datasets.describe(name, REAL)["schema"]["fields"]
    assert list(frame.columns) == [field["name"] for field in fields]
    assert len(frame) > 0


@pytest.mark.slow  # imports frictionless
def test_the_package_is_valid_for_frictionless():
    report = frictionless.validate(str(REAL.data_package))
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])[:5]


@pytest.mark.slow  # imports frictionless
def test_frictionless_finds_a_link_to_nowhere(project):
    file = project.data / "paper" / "claims.csv"
    file.write_bytes(file.read_bytes().replace(b"deal_cyberx,", b"deal_nobody,", 1))
    report = frictionless.validate(str(project.data_package))
    assert "foreign-key" in report.flatten(["type"]).__str__()


def test_no_table_has_changed_without_its_hash():
    assert datasets.changed(REAL) == [], "Run `book accept`, then look at what `make test` says."


def test_a_changed_byte_is_noticed(project):
    assert datasets.changed(project) == []
    file = project.data / "paper" / "claims.csv"
    file.write_bytes(file.read_bytes().replace(b"1", b"2", 1))
    assert datasets.changed(project) == ["claims"]


def test_a_description_that_lacks_a_key_is_refused_with_it(project):
    package = json.loads(project.data_package.read_text())
    del package["resources"][0]["licenses"]
    project.data_package.write_text(json.dumps(package))
    with pytest.raises(datasets.DataError, match="lacks licenses"):
        datasets.names(project)
    project.data_package.write_text("{")
    with pytest.raises(datasets.DataError, match="data/datapackage.json cannot be read"):
        datasets.names(project)


def test_every_resource_says_where_it_comes_from():
    for name in datasets.names(REAL):
        about = datasets.describe(name, REAL)
        assert about["origin"] in {
            "transcribed", "published", "derived", "coded", "computed"}, name
        assert about["licenses"] and about["description"], name
        assert about["origin"] == "coded" or datasets.sources(name, REAL), name
        assert all(field.get("description") for field in about["schema"]["fields"]), name


BROKEN = {
    "level outside the choices": (b"High", b"Hgh", "row 2, column level: 'Hgh' is not one of"),
    "a required cell left empty": (b"US,", b",", "is empty, a value is required"),
    "one cell too many": (b"High", b"High,High", "cells where the header has"),
    "a byte order mark": (b"country,", b"\xef\xbb\xbfcountry,", "byte order mark"),
    "semicolons": (b",", b";", "columns do not match"),
    "a renamed column": (b"country,", b"nation,", "found 'nation', expected 'country'"),
    "a control character":
        (b"High", b"Hi\x00gh", "row 2, column level: 'Hi\\x00gh' holds a control character"),
    "not UTF-8": (b"High", b"H\xfcgh", "not UTF-8"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_table_is_refused_in_one_line(case, project):
    old, new, message = BROKEN[case]
    count = -1 if case == "semicolons" else 1
    file = project.data / "paper" / "ratings.csv"
    file.write_bytes(file.read_bytes().replace(old, new, count))
    with pytest.raises(datasets.DataError, match=".") as refused:
        datasets.load("ratings", project)
    assert message in str(refused.value) and "\n" not in str(refused.value)
    assert str(refused.value).startswith("data/paper/ratings.csv")


def test_a_column_that_is_not_there_is_named(own):
    edit(own, lambda text: b"".join(
        line.rpartition(b",")[0] + b"\n" for line in text.splitlines()))
    last = datasets.describe("ratings", own)["schema"]["fields"][-1]["name"]
    with pytest.raises(datasets.DataError, match=f"missing: {last}"):
        datasets.load("ratings", own)


def test_a_repeated_key_is_refused(own):
    edit(own, lambda text: text + text.splitlines()[1] + b"\n")
    with pytest.raises(datasets.DataError, match="stands in an earlier row"):
        datasets.load("ratings", own)


@pytest.mark.parametrize("cell", ["nan", "inf", "1_000", "12,5", "1 000", "abc", "\u0662\u0660"])
def test_what_is_no_figure_is_refused(cell):
    with pytest.raises(ValueError):
        datasets.CASTS["number"](cell)


def test_an_unknown_table_names_the_nearest():
    with pytest.raises(datasets.DataError, match="Nearest name: 'claims'"):
        datasets.load("claim", REAL)


def test_types_are_those_of_the_schema():
    claims = datasets.load("claims", REAL)
    assert claims["value"].dtype == "float64"
    assert pd.api.types.is_string_dtype(claims["printed"])


def test_every_statement_that_a_figure_names_has_one_short_name():
    challenges = datasets.load("challenges")
    expected = [*datasets.load("trends")["statement_id"],
                *challenges.loc[~challenges["overall"].astype(bool), "challenge_id"],
                *datasets.load("suggestions")["suggestion_id"]]
    short = datasets.load("short_names")
    assert sorted(short["item_id"]) == sorted(expected)
    assert short["short_name"].str.len().max() <= 28


def test_hashes_are_not_written_for_an_invalid_table(project):
    file = project.data / "paper" / "ratings.csv"
    file.write_bytes(file.read_bytes().replace(b"High", b"Hgh", 1))
    before = project.data_package.read_bytes()
    with pytest.raises(datasets.DataError, match="'Hgh' is not one of"):
        datasets.write_hashes(project)
    assert project.data_package.read_bytes() == before
    file.write_bytes(file.read_bytes().replace(b"Hgh", b"Medium"))
    assert datasets.write_hashes(project) == ["ratings"]
    assert datasets.changed(project) == [] and datasets.write_hashes(project) == []


def test_a_table_that_nobody_described_is_found(project):
    (project.data / "paper" / "loose.csv").write_text("a\n1\n")
    assert datasets.undescribed(project) == ["paper/loose.csv"]
    with pytest.raises(datasets.DataError, match="book new table data/paper/loose.csv"):
        datasets.write_hashes(project)


# ------------------------------------------------------------------ a reader's own tables


def test_own_tables_replace_shipped_ones_file_by_file(own):
    edit(own, lambda text: text.replace(b"Low", b"Medium"))
    assert datasets.replaced(own) == ["ratings"] and datasets.replaced(REAL) == []
    assert set(datasets.load("ratings", own)["level"]) == {"High", "Medium"}
    assert "Low" in set(datasets.load("ratings", REAL)["level"])
    assert datasets.locate("claims", own).is_relative_to(REAL.data)


@pytest.mark.parametrize("place", ["paper/ratings.csv", "ratings.csv"])
def test_sub_folders_or_beside_each_other_are_both_taken(own, place):
    file = own.own_data / "paper" / "ratings.csv"
    target = own.own_data / place
    file.rename(target)
    assert datasets.locate("ratings", own) == target
    assert datasets.check_own(own) == []


def test_one_table_twice_is_refused_with_both_places(own):
    shutil.copy(own.own_data / "paper" / "ratings.csv", own.own_data)
    with pytest.raises(datasets.DataError, match="are both the table 'ratings'. Keep one"):
        datasets.check_own(own)


def test_a_byte_order_mark_of_a_spreadsheet_is_taken_in_own_tables(own):
    edit(own, lambda text: b"\xef\xbb\xbf" + text)
    assert datasets.check_own(own) == []
    pd.testing.assert_frame_equal(datasets.load("ratings", own), datasets.load("ratings", REAL))


@pytest.mark.parametrize("files, said", [
    ([], "It is empty."),
    (["notes.txt"], "notes.txt is not read: no table has this name."),
    (["my ratings.csv"], "Nearest name: ratings.csv."),
])
def test_a_folder_without_any_table_is_refused_with_what_is_there(own, files, said):
    shutil.rmtree(own.own_data / "paper")
    for name in files:
        (own.own_data / name).write_text("x")
    with pytest.raises(datasets.DataError) as refused:
        datasets.check_own(own)
    assert "nothing would change" in str(refused.value) and said in str(refused.value)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 400


def test_a_file_that_is_not_read_is_named(own):
    for name in ("rating.csv", "notes.txt", ".DS_Store"):
        (own.own_data / name).write_text("x")
    assert datasets.check_own(own) == [
        "notes.txt is not read: no table has this name.",
        "rating.csv is not read: no table has this name. Nearest name: ratings.csv."]


def test_own_tables_are_held_against_their_description(own):
    file = edit(own, lambda text: text.replace(b"High", b"Hgh", 1))
    with pytest.raises(datasets.DataError) as refused:
        datasets.check_own(own)
    assert str(file) in str(refused.value) and "Correct the cell." in str(refused.value)
    assert "book accept" not in str(refused.value), "nobody hashes a reader's file"


def test_missing_rows_and_cells_are_said_in_the_words_of_the_data(own, tmp_path):
    edit(own, lambda text: b"\n".join(line for line in text.splitlines()
                                      if not line.startswith(b"Japan,japan,smes")) + b"\n")
    assert datasets.lacking(own) == ["your ratings has no row Japan / smes"]
    claims = pd.read_csv(REAL.data / "paper" / "claims.csv", dtype=str, keep_default_na=False)
    number = claims.index[claims["value"] != ""][0]
    claims.loc[number, "value"] = ""
    claims.drop(index=claims.index[-7:]).to_csv(own.own_data / "claims.csv", index=False)
    said = datasets.lacking(own)
    assert f"your claims, row {claims['claim_id'][number]}: value is empty" in said
    assert any(line.startswith("your claims has no row ") and line.endswith("and 2 more")
               for line in said)
    assert datasets.lacking(REAL) == []
