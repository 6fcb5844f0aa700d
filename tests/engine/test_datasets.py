"""The tables load as described, and a broken row is refused with its place and rule."""

import json
import shutil
import subprocess
import sys

import frictionless
import pandas as pd
import pytest

from helpers import datasets, paths


@pytest.fixture
def own_scopes(tmp_path, monkeypatch):
    """A copy of one small table in a reader's own folder; returns a function that edits it."""
    (tmp_path / "paper").mkdir()
    target = tmp_path / "paper" / "ratings.csv"
    shutil.copy(paths.DATA / "paper" / "ratings.csv", target)
    monkeypatch.setenv("BOOK_DATA", str(tmp_path))

    def edit(change):
        target.write_bytes(change(target.read_bytes()))
        return target

    return edit


@pytest.mark.parametrize("name", datasets.names())
def test_every_table_loads_with_its_described_columns(name):
    frame = datasets.load(name)
    assert list(frame.columns) == [f["name"] for f in datasets.describe(name)["schema"]["fields"]]
    assert len(frame) > 0


def test_the_package_is_valid_for_frictionless():
    report = frictionless.validate(str(paths.DATA_PACKAGE))
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])[:5]


def test_frictionless_finds_a_link_to_nowhere(tmp_path):
    copy = tmp_path / "data"
    shutil.copytree(paths.DATA, copy)
    file = copy / "paper" / "claims.csv"
    file.write_bytes(file.read_bytes().replace(b"deal_cyberx,", b"deal_nobody,", 1))
    report = frictionless.validate(str(copy / "datapackage.json"))
    assert "foreign-key" in report.flatten(["type"]).__str__()


def test_no_table_has_changed_without_its_hash():
    assert datasets.changed() == [], "Run `make hashes`, then look at what `make test` says."


def test_a_changed_byte_is_noticed(monkeypatch, tmp_path):
    copy = tmp_path / "data"
    shutil.copytree(paths.DATA, copy)
    monkeypatch.setattr(paths, "DATA", copy)
    assert datasets.changed() == []
    file = copy / "paper" / "claims.csv"
    file.write_bytes(file.read_bytes().replace(b"16.401", b"16.402"))
    assert datasets.changed() == ["claims"]


def test_every_resource_says_where_it_comes_from():
    for name in datasets.names():
        about = datasets.describe(name)
        assert about["origin"] in {
            "transcribed", "published", "derived", "coded", "computed"}, name
        assert about["licenses"] and about["description"], name
        assert about["origin"] == "coded" or datasets.sources(name), name
        assert all(field.get("description") for field in about["schema"]["fields"]), name


BROKEN = {
    "level outside the choices": (b"High", b"Hgh", "row 2, column level: 'Hgh' is not one of"),
    "a required cell left empty": (b"US,", b",", "is empty, a value is required"),
    "one cell too many": (b"High", b"High,High", "cells where the header has"),
    "a byte order mark": (b"country,", b"\xef\xbb\xbfcountry,", "byte order mark"),
    "semicolons": (b",", b";", "columns do not match"),
    "a renamed column": (b"country,", b"nation,", "found 'nation', expected 'country'"),
    "not UTF-8": (b"High", b"H\xfcgh", "not UTF-8"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_table_is_refused_in_one_line(case, own_scopes):
    old, new, message = BROKEN[case]
    count = -1 if case == "semicolons" else 1
    file = own_scopes(lambda text: text.replace(old, new, count))
    with pytest.raises(datasets.DataError, match=".") as refused:
        datasets.load("ratings")
    assert message in str(refused.value)
    assert str(file) in str(refused.value) and "\n" not in str(refused.value)


def test_a_repeated_key_is_refused(own_scopes):
    own_scopes(lambda text: text + text.splitlines()[1] + b"\n")
    with pytest.raises(datasets.DataError, match="stands in an earlier row"):
        datasets.load("ratings")


@pytest.mark.parametrize("cell", ["nan", "inf", "1_000", "12,5", "1 000", "abc"])
def test_what_is_no_figure_is_refused(cell):
    with pytest.raises(ValueError):
        datasets.CASTS["number"](cell)


def test_own_tables_replace_shipped_ones_file_by_file(own_scopes):
    own_scopes(lambda text: text.replace(b"Low", b"Medium"))
    assert datasets.replaced() == ["ratings"]
    assert set(datasets.load("ratings")["level"]) == {"High", "Medium"}
    assert datasets.locate("claims").is_relative_to(paths.DATA)


def test_an_unknown_table_names_the_nearest():
    with pytest.raises(datasets.DataError, match="Nearest name: 'claims'"):
        datasets.load("claim")


def test_hashes_are_not_written_for_an_invalid_table(tmp_path):
    project = tmp_path / "project"
    for part in ("src", "data"):
        shutil.copytree(paths.ROOT / part, project / part)
    file = project / "data" / "paper" / "ratings.csv"
    file.write_bytes(file.read_bytes().replace(b"High", b"Hgh", 1))
    before = (project / "data" / "datapackage.json").read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "helpers.datasets"], cwd=project / "src",
        capture_output=True, text=True, env={"PYTHONPATH": str(project / "src")},
    )
    assert done.returncode == 1 and "'Hgh' is not one of" in done.stderr
    assert (project / "data" / "datapackage.json").read_bytes() == before
    file.write_bytes(file.read_bytes().replace(b"Hgh", b"Medium"))
    done = subprocess.run(
        [sys.executable, "-m", "helpers.datasets"], cwd=project / "src",
        capture_output=True, text=True, env={"PYTHONPATH": str(project / "src")},
    )
    assert done.returncode == 0 and "ratings" in done.stdout
    package = json.loads((project / "data" / "datapackage.json").read_text())
    assert package != json.loads(before)


def test_types_are_those_of_the_schema():
    claims = datasets.load("claims")
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
