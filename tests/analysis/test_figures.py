"""A figure is refused without what readers need, and two runs give the same bytes."""

import io

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import figures

DATA = pd.DataFrame({"year": [2019, 2026], "market_size_usd_billion": [12.5, 31.25],
                     "kind": "observed"})
ALT = "Two points that rise from twelve to thirty billion dollars."


def draw():
    figure, axes = figures.new("A finding", "Size, USD billion", source="a test.")
    figures.point(axes, DATA["year"], DATA["market_size_usd_billion"], "observed")
    return figure


def test_a_figure_is_svg_with_its_data_and_alternative_text(shown):
    figures.show(draw(), "sizes", alt=ALT, data=DATA)
    output = shown[0]
    assert output["data"]["image/svg+xml"].startswith("<svg xmlns=")
    assert "image/png" not in output["data"]
    assert output["metadata"]["book"] == {
        "figure": "sizes", "alt": ALT, "title": "A finding", "subtitle": "Size, USD billion",
        "source": "a test."}
    assert ALT in output["data"]["text/plain"], "metadata are not compared, texts are"
    read = pd.read_csv(io.StringIO(output["data"]["text/csv"]))
    pd.testing.assert_frame_equal(read, DATA)


def test_two_runs_give_the_same_bytes_and_no_date(shown):
    figures.show(draw(), "sizes", alt=ALT, data=DATA)
    figures.show(draw(), "sizes", alt=ALT, data=DATA)
    first, second = (output["data"]["image/svg+xml"] for output in shown)
    assert first == second
    assert "date" not in first


def test_another_value_gives_another_picture_and_other_data(shown):
    figures.show(draw(), "sizes", alt=ALT, data=DATA)
    figure, axes = figures.new("A finding", "Size, USD billion", source="a test.")
    figures.point(axes, [2019, 2026], [12.5, 32.5], "observed")
    figures.show(figure, "sizes", alt=ALT, data=DATA.assign(market_size_usd_billion=[12.5, 32.5]))
    assert shown[0]["data"]["image/svg+xml"] != shown[1]["data"]["image/svg+xml"]
    assert shown[0]["data"]["text/csv"] != shown[1]["data"]["text/csv"]


@pytest.mark.parametrize("alt", ["", "A chart", "five words are too few"])
def test_a_figure_without_alternative_text_is_refused(shown, alt):
    with pytest.raises(figures.FigureError, match="alt text"):
        figures.show(draw(), "sizes", alt=alt, data=DATA)
    assert shown == []


def test_a_figure_without_data_is_refused(shown):
    with pytest.raises(figures.FigureError, match="data"):
        figures.show(draw(), "sizes", alt=ALT, data=DATA.iloc[:0])


@pytest.mark.parametrize("part", ["title", "subtitle", "source"])
def test_a_figure_without_title_measure_or_source_is_refused(part):
    texts = {"title": "A finding", "subtitle": "Size", "source": "a test.", part: " "}
    with pytest.raises(figures.FigureError, match=part):
        figures.new(texts["title"], texts["subtitle"], source=texts["source"])


def test_a_long_title_is_wrapped_inside_the_figure():
    figure, _ = figures.new("word " * 60, "Size", source="a test.")
    figure.canvas.draw()
    width = figure.bbox.width
    for text in figure.texts:
        assert text.get_window_extent().x1 <= width


def test_kinds_differ_in_more_than_colour():
    looks = {(k["linestyle"], k["marker"], k["fill"]) for k in figures.KINDS.values()}
    assert len(looks) == len(figures.KINDS)


@given(st.floats(0, 1))
def test_text_on_a_shaded_cell_keeps_its_contrast(share):
    fill = figures.shade(share)
    ink = figures.readable_ink(fill)
    light, dark = sorted([figures.luminance(fill), figures.luminance(ink)], reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_a_text_with_two_dollar_signs_is_no_formula():
    figure, axes = figures.new("From US$5 to US$6", "In $x^{$", source="made up")
    axes.text(0, 0, "$x_$ $")
    figure.canvas.draw()
    assert not any(text.get_parse_math() for text in figure.findobj(matplotlib.text.Text))


def test_an_empty_cell_of_a_heat_map_is_hatched_not_coloured():
    figure, axes = figures.new("A finding", "Counts", source="a test.")
    table = pd.DataFrame(np.zeros((1, 2)), index=["r"], columns=["a", "b"])
    figures.heat_map(axes, table, texts=[["3", ""]], colours=[["#112233", "#112233"]])
    full, empty = axes.patches
    assert full.get_hatch() is None and empty.get_hatch()
    plt.close(figure)


def test_a_cell_that_rests_on_nothing_keeps_its_text_and_loses_its_fill():
    figure, axes = figures.new("A finding", "Ratings", source="a test.")
    table = pd.DataFrame([["High", "Low"]], index=["r"], columns=["a", "b"])
    figures.heat_map(axes, table, texts=table, colours=[["#112233"] * 2], hatched=[[True, False]])
    bare, backed = axes.patches
    assert bare.get_hatch() and not backed.get_hatch()
    assert matplotlib.colors.to_hex(bare.get_facecolor()) == figures.PAPER
    assert [text.get_text() for text in axes.texts] == ["High", "Low"]
    plt.close(figure)


def test_a_row_of_dots_has_one_for_each_thing_counted():
    figure, axes = figures.new("A finding", "Dots", source="a test.")
    figures.dot_rows(axes, [
        {"name": "none", "filled": 0, "half": 0, "empty": 2, "bold": True}, None,
        {"name": "some", "filled": 3, "half": 1, "empty": 0, "text": "3 and 1"}])
    assert [(line.get_fillstyle(), list(line.get_xdata()), line.get_ydata()[0])
            for line in axes.lines] == [
        ("none", [0, 1], 0), ("full", [0, 1, 2], 2), ("left", [3], 2)]
    assert [name.get_fontweight() for name in axes.get_yticklabels()] == ["bold", "normal"]
    plt.close(figure)


# ------------------------------------------------------------------ timeline, stacked bars, links

def dated_item(lane, text, *marks, marker="o"):
    return {"lane": lane, "text": text, "marker": marker, "marks": list(marks),
            "start": min(mark[0] for mark in marks), "end": min(mark[1] for mark in marks),
            "reaches": max(mark[1] for mark in marks)}


ITEMS = [
    dated_item("north", "a year", (2019.0, 2020.0, True), marker="s"),
    dated_item("north", "a month", (2018.75, 2018.83, False)),
    dated_item("north", "much later", (2016.0, 2016.01, True), (2016.5, 2016.51, False)),
]


def drawn_texts(axes):
    return [text.get_text() for text in axes.texts]


def test_items_share_a_row_where_their_labels_leave_room():
    packed = figures.packed_lanes(["north", "west"], ITEMS, first=2015, last=2020)
    texts = [[item["text"] for item in row] for row in packed["north"]]
    assert sorted(sum(texts, [])) == ["a month", "a year", "much later"]
    assert len(texts) == 2 and packed["west"] == [[]]


def test_a_label_stands_left_of_its_item_where_the_axis_ends():
    items = [dated_item("north", "a rather long name of a law", (2019.5, 2019.51, True))]
    item = figures.packed_lanes(["north"], items, first=2015, last=2020)["north"][0][0]
    assert not item["early"]


def test_the_height_of_a_timeline_is_that_of_its_rows_added_in_turn():
    packed = {f"lane {number}": [[]] for number in range(10)}
    in_turn = 0.0
    for rows in packed.values():
        in_turn += len(rows) + figures.TIMELINE_AIR
    # Another way of adding may round otherwise: the built-in sum does from Python 3.12 on, and
    # the height goes into the ids of a picture.
    assert figures.timeline_height(packed) == 0.145 * in_turn + 0.5


def test_rows_have_names_and_no_line_ticks_or_grid_of_their_own():
    figure, axes = figures.new("A finding", "Counts", source="a test.")
    figures.named_rows(axes, ["first", "second"], [1.0, 2.5])
    assert [text.get_text() for text in axes.get_yticklabels()] == ["first", "second"]
    assert list(axes.get_yticks()) == [1.0, 2.5]
    assert not axes.spines["left"].get_visible()
    assert all(not line.get_visible() for line in axes.get_ygridlines())
    assert any(line.get_visible() for line in axes.get_xgridlines())
    plt.close(figure)


def test_a_timeline_names_every_item_and_tells_sources_by_filled_and_open_marks():
    figure, axes = figures.new("A finding", "Dates", source="a test.")
    packed = figures.packed_lanes(["north", "west"], ITEMS, first=2015, last=2020)
    figures.timeline(axes, packed, first=2015, last=2020, key=[("o", "round")],
                     names={"north": "North", "west": "West"})
    assert {"a year", "a month", "much later", "round", "none named"} <= set(drawn_texts(axes))
    marks = {round(float(line.get_xdata()[0]), 2): line.get_markerfacecolor()
             for line in axes.lines if len(line.get_xdata()) == 1}
    assert marks[2019.5] == figures.ACCENT and marks[2018.79] == figures.PAPER
    # A bare year has a bar over the year, and two dates of one item are joined.
    spans = [line for line in axes.lines if len(line.get_xdata()) == 2]
    assert len(spans) == 2
    plt.close(figure)


def test_stacked_bars_start_at_zero_and_carry_their_numbers():
    table = pd.DataFrame({"one": [2, 0], "two": [3, 0]}, index=["a", "b"])
    figure, axes = figures.new("A finding", "Counts", source="a test.")
    figures.stacked_bars(axes, table, colours=[figures.ACCENT, figures.PAPER], unit="items")
    assert axes.get_xlim()[0] == 0
    assert {"2", "3", "5", "0", "one", "two"} <= set(drawn_texts(axes))


def test_nodes_without_a_line_keep_their_name():
    figure, axes = figures.new("A finding", "Links", source="a test.")
    figures.node_link(axes, ["a", "b"], ["c", "d", "e"], [("a", "c")], headings=("l", "r"),
                      dashed=[("a", "d")])
    assert {"a", "b", "c", "d", "e", "l", "r"} == set(drawn_texts(axes))
    assert sum(len(line.get_xdata()) == 2 for line in axes.lines) == 2


def test_text_in_the_second_colour_can_be_read_on_paper():
    dark, light = figures.luminance(figures.SECOND_INK), figures.luminance(figures.PAPER)
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # what WCAG asks of text
