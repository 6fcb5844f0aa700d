"""A picture that does not agree with its data says so, which no gate lets pass."""

import re
from unittest.mock import patch

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers import figures
from helpers.project import PACKAGE

ALT = "Two points that rise, and a line that joins the one with the other."
DATA = pd.DataFrame({"year": [2019, 2020, 2026], "size_usd_billion": [16.4, 18.5, 29.7],
                     "kind": ["observed", "observed", "forecast"]})
ROWS = [{"name": "North", "low": 1.5, "middle": 2.5, "high": 3.5, "kind": "derived", "text": "2.5"},
        {"name": "South", "low": 5.5, "middle": 6.5, "high": 7.5, "kind": "derived", "text": "6.5"}]


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def lines(data=DATA, subtitle="Size, USD billion", **chosen):
    """A line with a mark for each kind; `chosen` are limits, scales, references."""
    figure, axes = figures.new("A finding", subtitle, source="a test.")
    axes.plot(data["year"], data["size_usd_billion"])
    for kind, part in data.groupby("kind"):
        figures.point(axes, part["year"], part["size_usd_billion"], kind)
    axes.set(**chosen)
    return figure, axes


def rows(drawn=ROWS):
    figure, axes = figures.new("A finding", "Size", source="a test.")
    figures.intervals(axes, drawn, unit="count")
    return figure, axes


def refused(figure, data, **settings):
    """What the output of a figure says is wrong with it."""
    outputs = []
    with patch("IPython.display.display", lambda _data, raw, metadata: outputs.append(metadata)):
        figures.show(figure, "sizes", alt=ALT, data=data, **settings)
    [about] = outputs
    return "; ".join(about["book"]["disagrees"])


def frame(drawn=ROWS):
    return pd.DataFrame(drawn).drop(columns="text")


def test_a_picture_of_its_data_is_shown(shown):
    figures.show(lines()[0], "sizes", alt=ALT, data=DATA)
    figures.show(rows()[0], "rows", alt=ALT, data=frame())
    figures.show(lines(yscale="log", subtitle="Size, USD billion, log axis")[0], "log", alt=ALT,
                 data=DATA)
    assert len(shown) == 3


@pytest.mark.parametrize("limits", [{"xlim": (2018, 2025)}, {"ylim": (17, 30)}, {"ylim": (30, 17)}])
def test_limits_that_cut_off_a_point_are_refused(limits):
    assert "cut off" in refused(lines(**limits)[0], DATA)


def test_a_download_made_from_another_frame_is_refused():
    other = DATA.assign(size_usd_billion=[16.4, 18.5, 29.8])
    assert "draws 29.7 along y" in refused(lines()[0], other)


def test_rows_that_are_not_drawn_are_refused_and_may_be_declared(shown):
    more = pd.concat([DATA, DATA.tail(1).assign(size_usd_billion=40.25)])
    assert "40.25 in size_usd_billion, which it does not show" in refused(lines()[0], more)
    assert "no column" in refused(lines()[0], DATA, beside=["none"])
    figures.show(lines()[0], "sizes", alt=ALT, data=DATA.assign(note_count=[3, 4, 77]),
                 beside=["note_count"])
    assert len(shown) == 1


def test_a_reference_line_is_data_or_declared(shown):
    figure, axes = lines()
    axes.axhline(20.5)
    assert "draws 20.5" in refused(figure, DATA)
    figure, axes = lines()
    axes.axhline(20.5)
    figures.show(figure, "sizes", alt=ALT, data=DATA, references=[20.5])
    assert len(shown) == 1


@pytest.mark.parametrize("subtitle, scale, fault", [
    ("Size, USD billion", "log", "no text says so"),
    ("Size, USD billion, log axis", "linear", "every axis is linear")])
def test_an_axis_of_another_scale_than_the_words_say_is_refused(subtitle, scale, fault):
    assert fault in refused(lines(subtitle=subtitle, yscale=scale)[0], DATA)


def test_a_dot_that_is_lost_among_equal_ones_is_found(shown):
    counted = pd.DataFrame({"group": ["a"] * 4 + ["b"], "facts": [1, 1, 1, 2, 3]})
    for kept, good in ((counted, True), (counted.iloc[1:], False)):
        figure, axes = figures.new("A finding", "Facts", source="a test.")
        for row, (_, part) in enumerate(kept.groupby("group")):
            for value, held in part["facts"].value_counts().items():
                axes.plot([value] * held, [row + 0.1 * place for place in range(held)], "o")
        figures.named_rows(axes, list(kept["group"].unique()))
        if good:
            figures.show(figure, "sizes", alt=ALT, data=counted)
        else:
            assert "more rows of 1 in facts" in refused(figure, counted)


def test_values_that_changed_their_rows_are_refused():
    swapped = [{**ROWS[0], "name": "South"}, {**ROWS[1], "name": "North"}]
    assert "at 'South'" in refused(rows(swapped)[0], frame())


@pytest.mark.parametrize("kind", ["observed", "forecast", "outside"])
def test_a_kind_that_changes_in_the_data_changes_the_marks_or_is_refused(kind, shown):
    changed = frame().assign(kind=kind)
    assert f"as derived, and its data say {kind}" in refused(rows()[0], changed)
    assert "no column 'kind'" in refused(rows()[0], changed.drop(columns="kind"))
    looks = []
    for drawn in (ROWS, [{**row, "kind": kind} for row in ROWS]):
        figures.show(rows(drawn)[0], "sizes", alt=ALT, data=frame(drawn))
        looks.append(shown[-1]["data"]["image/svg+xml"])
    assert looks[0] != looks[1]


@pytest.mark.parametrize("change", [{"marker": "*"}, {"markerfacecolor": "#0173b2"}])
def test_a_mark_that_is_not_that_of_its_kind_is_refused(change):
    figure, axes = rows()
    for mark in (line for line in axes.lines if line.get_marker() == "s"):
        mark.set(**change)
    assert "is not the mark of derived" in refused(figure, frame())


def test_a_bar_is_drawn_by_its_kind(shown):
    for kind in figures.KINDS:
        figure, axes = figures.new("A finding", "Size", source="a test.")
        figures.bar(axes, 0, 3.25, kind)
        axes.set_yticks([0], ["North"])
        figures.show(figure, "sizes", alt=ALT, data=pd.DataFrame({"size": [3.25], "kind": [kind]}))
    hollow = [kind for kind, look in figures.KINDS.items() if not look["fill"]]
    looks = {output["data"]["image/svg+xml"] for output in shown}
    assert len(looks) == len(hollow) + 1


def test_a_kind_without_a_mark_is_named():
    with pytest.raises(figures.FigureError, match="'guessed' has no mark"):
        figures.kind_drawn("guessed")


def test_the_legend_of_the_book_names_what_is_drawn():
    """A page tells how kinds are drawn: the words follow the marks."""
    page = (PACKAGE.parents[1] / "how-to-read.md").read_text(encoding="utf-8")
    legend = dict(re.findall(r"^- \*\*(\w+)\*\*, ([^:]+):", page, re.M))
    assert set(legend) == set(figures.KINDS)
    lines_in_words = {"-": "solid", "--": "dashed", ":": "dotted"}
    for kind, look in figures.KINDS.items():
        words = set(re.findall(r"\w+", legend[kind]))
        if look["marker"] == "^":
            assert words == {"a", "triangle"}
            continue
        assert ("filled" in words) == look["fill"], kind
        assert bool(words & {"open", "hollow"}) != look["fill"], kind
        assert lines_in_words[look["linestyle"]] in words, kind
    assert [kind for kind, look in figures.KINDS.items() if look["marker"] == "^"] == ["outside"]
