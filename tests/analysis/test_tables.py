"""A table carries caption, units and its CSV, and cannot carry markup into the page."""

import pandas as pd
import pytest
import seen

from helpers import tables

FRAME = pd.DataFrame({"name": ["a", "b"], "size": [1.25, -3.0], "note": ["x", None]})


def page(shown):
    return shown[0]["data"]["text/html"]


def test_a_table_shows_every_cell_under_its_heading(shown):
    tables.show(FRAME, "t", caption="Sizes")
    assert seen.rows(seen.parsed(page(shown))) == [
        ["name", "size", "note"], ["a", "1.25", "x"], ["b", "\u22123.0", "–"]]


def test_a_table_has_caption_headers_and_aligned_numbers(shown):
    tables.show(FRAME, "t", caption="Sizes", headers={"size": "Size, USD billion"},
                formats={"size": "{:.1f}"}, highlight=[1])
    assert "<caption>Sizes</caption>" in page(shown)
    assert '<th scope="col" class="number">Size, USD billion</th>' in page(shown)
    assert '<th scope="row">a</th><td class="number">1.2</td>' in page(shown)
    assert '<tr class="highlight"><th scope="row">b</th><td class="number">\u22123.0' in page(shown)


def test_what_is_missing_is_shown_as_missing_not_as_zero(shown):
    tables.show(FRAME, "t", caption="Sizes")
    assert page(shown).count('class="missing"') == 1
    assert "nan" not in page(shown).lower() and "None" not in page(shown)


def test_markup_in_a_cell_is_text(shown):
    tables.show(pd.DataFrame({"<b>": ["<script>alert(1)</script>"]}), "t", caption="<i>c</i>")
    assert "<script>" not in page(shown) and "<b>" not in page(shown) and "<i>" not in page(shown)


def test_the_csv_holds_the_values_not_the_texts(shown):
    tables.show(FRAME, "t", caption="Sizes", formats={"size": "{:.0f}"})
    assert "1.25" in shown[0]["data"]["text/csv"]


@pytest.mark.parametrize("change, message", [
    ({"frame": FRAME.iloc[:0]}, "no rows"), ({"caption": " "}, "caption"),
    ({"headers": {"x": "X"}}, "no column 'x'"), ({"formats": {"y": "{}"}}, "no column 'y'"),
])
def test_an_unreadable_table_is_refused(shown, change, message):
    settings = {"frame": FRAME, "caption": "Sizes", **change}
    with pytest.raises(tables.TableError, match=message):
        tables.show(settings.pop("frame"), "t", **settings)
    assert shown == []


@pytest.mark.parametrize("highlight", [
    [1], [False, True], FRAME["size"] < 0, lambda rows: rows["name"] == "b"])
def test_rows_are_set_apart_by_condition_or_position(shown, highlight):
    tables.show(FRAME, "t", caption="Sizes", highlight=highlight)
    assert '<tr class="highlight"><th scope="row">b</th>' in page(shown)
    assert page(shown).count('class="highlight"') == 1


@pytest.mark.parametrize("highlight, message", [
    ([2], "no row 2"), ([-1], "no row -1"), ([True], "1 truths")])
def test_a_row_that_does_not_exist_is_not_set_apart(shown, highlight, message):
    with pytest.raises(tables.TableError, match=message):
        tables.show(FRAME, "t", caption="Sizes", highlight=highlight)
    assert shown == []
