"""Intervals on one scale, a row each."""

from helpers.figures.parts import label, named_rows, point
from helpers.figures.style import ACCENT


def intervals(axes, rows, *, unit, gap=0.16):
    """Rows of low - middle - high, each named at the left and labelled at the right.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    rows : list of dict
        Keys ``name, low, middle, high, kind, text``; ``middle`` may be None. First row on top.
    unit : str
        Label of the x axis.
    gap : float
        Room left free on either side, as a share of the span.
    """
    lows, highs = [row["low"] for row in rows], [row["high"] for row in rows]
    for position, row in enumerate(rows):
        colour = row.get("colour", ACCENT)
        axes.plot([row["low"], row["high"]], [position] * 2, color=colour, linewidth=5, alpha=0.35,
                  solid_capstyle="round", zorder=2)
        if row["middle"] is not None:
            point(axes, row["middle"], position, row["kind"], colour, zorder=3)
        label(axes, row["high"], position, row["text"], dx=9)
    named_rows(axes, [row["name"] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.6)
    span = max(highs) - min(lows)
    axes.set_xlim(min(lows) - gap * span, max(highs) + 3 * gap * span)
    axes.set_xlabel(unit)
