"""Parts that figures share: axes, heights, points by kind, labels."""

from functools import reduce
from operator import add

import numpy as np
from matplotlib import ticker

from helpers.figures import marks
from helpers.figures.style import ACCENT, INK, KINDS, PAPER, TEXT_POINTS, kind_drawn


def log_axis(axis, ticks, unit_format="{:g}"):
    """Logarithmic axis with plain numbers at the given ticks (stock labels read 10^1)."""
    axis.axes.set_yscale("log") if axis.axis_name == "y" else axis.axes.set_xscale("log")
    axis.set_major_locator(ticker.FixedLocator(ticks))
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: unit_format.format(value)))
    axis.set_minor_locator(ticker.NullLocator())


def year_axis(axes, first, last):
    """Whole years on the x axis, as many labels as there is room for, and at most eight."""
    # Of the axes: their share of the figure, less the labels of the y axis where panels stand in a
    # row; of a label: four digits and the air beside them.
    columns = axes.get_subplotspec().get_gridspec().ncols if axes.get_subplotspec() else 1
    room = axes.figure.get_figwidth() / columns * 72 - 40
    most = min(8, int(room / (4 * 0.5 * TEXT_POINTS + 10)))
    step = max(1, int(np.ceil((last - first) / (most - 1))))
    axes.xaxis.set_major_locator(ticker.FixedLocator(range(first, last + 1, step)))
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:.0f}"))
    axes.grid(False, axis="x")


def stacked_height(heights):
    """Height of rows that stand one below the other, added in turn as they are drawn.

    From Python 3.12 on the built-in sum keeps bits that earlier ones round away; the height of a
    figure goes into the ids of its SVG, which must be the same on every version.
    """
    return reduce(add, heights, 0.0)


def named_rows(axes, names, places=None, **text):
    """Rows as the y axis: a name at each, without line, ticks or grid. Limits are the caller's.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    names : sequence of str
    places : sequence of float, optional
        Where the rows stand; 0, 1, 2 and so on where not given.
    **text
        Properties of the names, as for ``Axes.set_yticks``.
    """
    axes.set_yticks(range(len(names)) if places is None else places, names, **text)
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)


def point(axes, x, y, kind, colour=ACCENT, **style):
    """One value, drawn by its kind."""
    drawn = KINDS[kind_drawn(kind)]
    lines = axes.plot(
        x, y, linestyle="none", marker=drawn["marker"], markersize=8, markeredgewidth=1.8,
        markeredgecolor=colour, markerfacecolor=colour if drawn["fill"] else PAPER,
        **{"zorder": 4, **style},
    )
    marks.of_kind(kind_drawn(kind), *lines)
    return lines


def bar(axes, position, length, kind, *, height=0.55, colour=ACCENT):
    """One value as a bar from zero, drawn by its kind: filled, or hollow with a hatch."""
    drawn = KINDS[kind_drawn(kind)]
    style = {"color": colour} if drawn["fill"] else {
        "facecolor": PAPER, "edgecolor": colour, "linewidth": 1.6,
        "linestyle": drawn["linestyle"], "hatch": drawn["hatch"]}
    bars = axes.barh([position], [length], height=height, **style)
    marks.of_kind(kind_drawn(kind), *bars)
    return bars


def label(axes, x, y, text, *, dx=0, dy=0, colour=INK, **style):
    """Text beside a point, shifted in points so that it stays put when the scale changes."""
    settings = {"fontsize": TEXT_POINTS, "va": "center", "color": colour, "annotation_clip": False}
    return axes.annotate(
        text, (x, y), xytext=(dx, dy), textcoords="offset points", **{**settings, **style}
    )
