"""Things dated in years; what is known only roughly looks it."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.figures.parts import label, stacked_height, year_axis
from helpers.figures.style import ACCENT, GRID, INK, MUTED, PAPER, TEXT_POINTS, WIDTH, readable_ink

UNDATED_PER_ROW = 5  # markers side by side in the column "no date" of a timeline
TIMELINE_BAND = "#f5f5f5"
TIMELINE_AIR = 0.3  # rows left free in each lane
ROW_INCHES = 0.185  # fits the text of a row
HEAD_AND_AXIS_INCHES = 0.5


def timeline_rows(lanes, items, undated=None):
    """Rows that each lane of `timeline` takes: one an item, at least one, and a little air.

    Returns
    -------
    list of float
        In the order of `lanes`.
    """
    undated = undated or {}
    return [
        TIMELINE_AIR + max(1, sum(item["lane"] == lane for item in items),
                           -(-len(undated.get(lane, [])) // UNDATED_PER_ROW))
        for lane in lanes
    ]


def timeline_height(lanes, items, undated=None):
    """Height in inches of the drawing that `timeline` makes of these, for ``figures.new``."""
    rows = stacked_height(timeline_rows(lanes, items, undated))
    return ROW_INCHES * rows + HEAD_AND_AXIS_INCHES


def timeline(axes, lanes, items, *, first, last, undated=None, total="", key=(),
             empty="none named"):
    """Swim lanes over years; what has no date stands apart, counted, and off the axis.

    A date known to the month or better is a solid marker. A longer period is a bar over all of it
    with an open marker in its middle, so that a bare year does not pass for a day. Every item has
    a row of its own, so labels never collide.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    lanes : list of str
        Names, first on top.
    items : list of dict
        Keys ``lane, start, end`` (decimal years, end exclusive), ``text``; optional ``marker`` and
        ``colour``. Drawn in order of their start.
    first, last : int
        First and last year of the axis, both whole.
    undated : dict, optional
        Lane -> list of markers, one for each undated item; drawn in no order of time. Without it
        there is no such column.
    total : str
        Text below the heading of that column, such as how many of how many.
    key : list of (marker, str)
        What the markers mean; stands above the lanes.
    empty : str
        Said in a lane that holds nothing.
    """
    rows = timeline_rows(lanes, items, undated)
    span = last + 1 - first
    step = 0.0285 * span  # of the column's markers
    gap = 0.05 * span
    column = last + 1 + gap
    right = column + (UNDATED_PER_ROW + 1.6) * step if undated is not None else last + 1
    top = 0
    for position, (lane, height) in enumerate(zip(lanes, rows, strict=True)):
        if position % 2 == 0:
            for left, width in [(first, span), (column - step, right - column + step)]:
                if width > step:
                    axes.add_patch(plt.Rectangle((left, top), width, height, zorder=0,
                                                 facecolor=TIMELINE_BAND, edgecolor="none"))
        own = sorted((item for item in items if item["lane"] == lane),
                     key=lambda item: (item["start"], item["end"]))
        apart = (undated or {}).get(lane, [])
        start = top + (height - len(own)) / 2 + 0.5
        for row, item in enumerate(own):
            _timeline_item(axes, item, start + row, early=item["start"] < first + 0.5 * span)
        lines = -(-len(apart) // UNDATED_PER_ROW)
        for number, marker in enumerate(sorted(apart)):
            y = top + height / 2 + (number // UNDATED_PER_ROW - (lines - 1) / 2) * 0.95
            axes.plot(column + (number % UNDATED_PER_ROW) * step, y, linestyle="none",
                      marker=marker, markersize=6.5, markeredgewidth=1.3, markeredgecolor=MUTED,
                      markerfacecolor=PAPER, zorder=3)
        if undated is not None:
            axes.text(right - 0.35 * step, top + height / 2, str(len(apart)), ha="right",
                      va="center", fontsize=TEXT_POINTS, fontweight="bold" if apart else "normal",
                      color=INK if apart else MUTED)
        if not own and not apart:
            axes.text(first + span / 2, top + height / 2, empty, ha="center", va="center",
                      fontsize=TEXT_POINTS, color=MUTED, fontstyle="italic")
        top += height
    middles = np.cumsum(rows) - np.array(rows) / 2
    axes.set_yticks(middles, lanes, va="center")
    axes.set_xlim(first - 0.01 * span, right)
    heading = 1.15 * (bool(key) or undated is not None)
    axes.set_ylim(top, -heading)
    ticks = list(range(first, last + 1))
    axes.set_xticks([year + 0.5 for year in ticks],
                    [str(year) if len(ticks) < 9 or (last - year) % 2 == 0 else ""
                     for year in ticks])
    axes.vlines([*ticks, last + 1], 0, top, color=GRID, linewidth=0.8, zorder=0.5)
    axes.grid(False)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    x = first
    for marker, text in key:
        axes.plot(x + 0.4 * step, -0.55, linestyle="none", marker=marker, markersize=6.5,
                  markeredgewidth=1.3, markeredgecolor=MUTED, markerfacecolor=PAPER,
                  clip_on=False, zorder=3)
        label(axes, x + 0.4 * step, -0.55, text, dx=7, colour=MUTED)
        x += (0.54 * TEXT_POINTS * len(text) + 26) / 72 * span / 3.9
    if undated is not None:
        axes.text(column - 0.5 * step, -0.55, f"no date: {total}" if total else "no date",
                  ha="left", va="center", fontsize=TEXT_POINTS, fontweight="bold")


def _timeline_item(axes, item, y, *, early):
    """One dated item in its row, labelled on the side where the axis has room."""
    marker, colour = item.get("marker", "o"), item.get("colour", ACCENT)
    start, end = item["start"], item["end"]
    exact = end - start < 0.1  # a month is 0.085 of a year
    if not exact:
        axes.plot([start + 0.04, end - 0.04], [y, y], color=colour, alpha=0.3, linewidth=5,
                  solid_capstyle="butt", zorder=2)
    axes.plot((start + end) / 2, y, linestyle="none", marker=marker, markersize=7,
              markeredgewidth=1.6, markeredgecolor=colour,
              markerfacecolor=colour if exact else PAPER, zorder=4)
    if early:
        label(axes, end, y, item["text"], dx=7 if exact else 3)
    else:
        label(axes, start, y, item["text"], dx=-7 if exact else -3, ha="right")


def periods(axes, rows, *, unit=""):
    """Rows of things that happened at some time within a period: hollow if only the year is known.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    rows : list of dict
        Keys ``start, end`` (decimal years), ``name`` (above the bar), ``text`` (below it),
        ``inside`` (in the bar, or beside it where it does not fit) and ``exact`` (bool: the
        period is the one stated, not the bounds of an unknown day). First row on top.
    unit : str
        Label of the x axis.
    """
    first, last = min(row["start"] for row in rows), max(row["end"] for row in rows)
    letter = 0.5 * TEXT_POINTS * (last - first) / (WIDTH * 72)  # mean width of a character
    for position, row in enumerate(rows):
        fill = ACCENT if row["exact"] else PAPER
        axes.add_patch(plt.Rectangle(
            (row["start"], position - 0.14), row["end"] - row["start"], 0.28, facecolor=fill,
            edgecolor=ACCENT, linewidth=1.6, linestyle="-" if row["exact"] else (0, (3, 2)),
            zorder=3))
        if len(row["inside"]) * letter < row["end"] - row["start"]:
            axes.text((row["start"] + row["end"]) / 2, position, row["inside"], ha="center",
                      va="center", fontsize=TEXT_POINTS, color=readable_ink(fill), zorder=4)
        else:
            label(axes, row["end"], position, row["inside"], dx=7)
        # Text grows towards the middle of the axis, so that it stays inside at either end.
        late = row["start"] + row["end"] > first + last
        x, side = (row["end"], "right") if late else (row["start"], "left")
        label(axes, x, position - 0.14, row["name"], dy=8, ha=side, fontweight="bold")
        label(axes, x, position + 0.14, row["text"], dy=-9, ha=side, colour=MUTED)
    axes.set(xlim=(first - 0.02, last + 0.02), ylim=(len(rows) - 0.5, -0.55))
    axes.set_yticks([])
    year_axis(axes, int(np.floor(first)), int(np.ceil(last)))
    axes.grid(True, axis="x")
    axes.set_xlabel(unit)
    axes.spines["left"].set_visible(False)
