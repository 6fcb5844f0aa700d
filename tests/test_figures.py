"""A figure is refused without what readers need, and two runs give the same bytes."""

import io
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import figures

DATA = pd.DataFrame({"year": [2019, 2026], "market_size_usd_billion": [16.401, 29.76]})
ALT = "Two points that rise from sixteen to thirty billion dollars."


@pytest.fixture
def shown(monkeypatch):
    import IPython.display

    outputs = []
    monkeypatch.setattr(
        IPython.display, "display",
        lambda data, raw, metadata: outputs.append({"data": data, "metadata": metadata}),
    )
    return outputs


def draw():
    figure, axes = figures.new("A finding", "Size, USD billion", source="a test.")
    figures.point(axes, [2019, 2026], [16.4, 29.8], "observed")
    return figure


def test_a_figure_is_svg_with_its_data_and_alternative_text(shown):
    figures.show(draw(), "sizes", alt=ALT, data=DATA)
    output = shown[0]
    assert output["data"]["image/svg+xml"].startswith("<?xml")
    assert "image/png" not in output["data"]
    assert output["metadata"]["book"] == {"figure": "sizes", "alt": ALT}
    read = pd.read_csv(io.StringIO(output["data"]["text/csv"]))
    pd.testing.assert_frame_equal(read, DATA)


def test_two_runs_give_the_same_bytes_and_no_date(shown):
    figures.show(draw(), "sizes", alt=ALT, data=DATA)
    figures.show(draw(), "sizes", alt=ALT, data=DATA)
    first, second = (output["data"]["image/svg+xml"] for output in shown)
    assert first == second
    assert "<dc:date>" not in first


def test_another_value_gives_another_picture_and_other_data(shown):
    figures.show(draw(), "sizes", alt=ALT, data=DATA)
    figure, axes = figures.new("A finding", "Size, USD billion", source="a test.")
    figures.point(axes, [2019, 2026], [16.4, 29.9], "observed")
    figures.show(figure, "sizes", alt=ALT, data=DATA.assign(market_size_usd_billion=[16.401, 29.9]))
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
    light, dark = sorted([figures._luminance(fill), figures._luminance(ink)], reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_cells_that_a_spreadsheet_would_run_are_quoted():
    csv = figures.to_csv(pd.DataFrame({"a": ["=cmd()", "+1", "@x", "fine"], "b": [-1.5, 2, 3, 4]}))
    assert re.findall(r"^[^,]*", csv, re.M)[1:5] == ["'=cmd()", "'+1", "'@x", "fine"]
    assert "-1.5" in csv and "'-1.5" not in csv


def test_an_empty_cell_of_a_heat_map_is_hatched_not_coloured():
    figure, axes = figures.new("A finding", "Counts", source="a test.")
    table = pd.DataFrame(np.zeros((1, 2)), index=["r"], columns=["a", "b"])
    figures.heat_map(axes, table, texts=[["3", ""]], colours=[["#112233", "#112233"]])
    full, empty = axes.patches
    assert full.get_hatch() is None and empty.get_hatch()
    figures.plt.close(figure)
