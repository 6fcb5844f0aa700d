"""What readers take away opens in a spreadsheet as it is, and runs nothing there."""

import csv
import io
import json

import made_sweep
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_book import REAL

from helpers import datasets, downloads, figures, tables
from helpers.pipeline import sweep

BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize("cell", ["=cmd()", "+cmd|x", "-2+3", "@x", "\t=x", "\r=x", "=1",
                                  "--1", "+++"])
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(cell):
    assert downloads.guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "-", "-1.5", "+3", "-1e-5", "fine", "1-2", None, -1.5, True])
def test_numbers_signs_alone_and_empty_cells_stay_as_they_are(cell):
    assert downloads.guarded(cell) is cell


def test_a_frame_keeps_its_numbers_and_guards_its_texts_and_headers():
    frame = pd.DataFrame({"=a": ["=1", "", None, "-"], "b": [-1.5, 2.0, 1 / 3, None],
                          "c": pd.array([-1, None, 2, 3], "Int64")})
    assert downloads.to_csv(frame) == (
        "'=a,b,c\n'=1,-1.5,-1\n,2,\n,0.3333333333,2\n-,,3\n")


@settings(max_examples=40)
@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")),
                         min_size=2, max_size=2), min_size=1))
def test_a_table_as_a_download_has_the_same_cells(rows):
    text = downloads.to_csv(pd.DataFrame(rows, columns=["a", "b"]))
    again = pd.read_csv(io.BytesIO(downloads.to_bytes(downloads.table(text))), dtype=str,
                        keep_default_na=False)
    assert again.to_numpy().tolist() == [[downloads.guarded(cell) for cell in row] for row in rows]


def test_the_mark_is_there_only_where_a_letter_needs_it():
    assert downloads.to_bytes("a\n1\n") == b"a\n1\n"
    assert downloads.to_bytes("a\n\u2212\n").startswith(BOM)


def test_no_shipped_table_holds_what_the_guard_would_change():
    """So that the download of a table, but for the mark, is the table."""
    for name in datasets.names(REAL):
        text = datasets.locate(name, REAL).read_text(encoding="utf-8")
        rows = [list(csv.reader(io.StringIO(t))) for t in (text, downloads.table(text))]
        assert rows[0] == rows[1], name


def test_a_download_is_taken_back_as_a_table_of_ones_own(tmp_path):
    text = datasets.locate("documents", REAL).read_text(encoding="utf-8")
    (tmp_path / "documents.csv").write_bytes(downloads.to_bytes(downloads.table(text)))
    own = REAL.with_own_data(tmp_path)
    pd.testing.assert_frame_equal(datasets.load("documents", own), datasets.load("documents", REAL))


def test_a_sweep_is_a_download_too(workshop):
    frame, failed = made_sweep.of_scenarios({"=x": {}}, lambda: [
        made_sweep.sentence("s", "5\u00a0%")])
    folder = sweep.write(workshop, frame, failed, "one")
    content = (folder / "results.csv").read_bytes()
    head = ",".join(["scenario", *sweep.RESULT])
    line = f"'=x,{made_sweep.CHAPTER},sentence,s,,,,,,,,text,5\u00a0%,,key"
    assert content == BOM + f"{head}\n{line}\n".encode()
    assert json.loads((folder / "failed.json").read_text()) == []


@pytest.mark.parametrize("name", ["../x", "a/b", "A", "a b", "", ".", "a.csv", "a--b", None, "ä"])
def test_what_is_shown_has_a_name_that_can_be_that_of_a_file(shown, name):
    frame = pd.DataFrame({"a": [1]})
    with pytest.raises(tables.TableError, match="becomes that of a file"):
        tables.show(frame, name, caption="A caption")
    figure, _ = figures.new("T", "S", source="made up")
    with pytest.raises(figures.FigureError, match="becomes that of a file"):
        figures.show(figure, name, alt="Bars that show one thing each year.", data=frame)
    plt.close(figure)
    assert shown == []


def test_what_is_shown_has_no_sign_that_nobody_sees(shown):
    with pytest.raises(tables.TableError, match="U\\+202E"):
        tables.show(pd.DataFrame({"a": [1]}), "t", caption="A \u202ecaption")
    assert shown == []
