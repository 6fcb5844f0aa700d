"""Bars from zero."""

import matplotlib.pyplot as plt
from matplotlib import ticker

from helpers.figures import marks
from helpers.figures.parts import label, named_rows
from helpers.figures.style import INK, MUTED, PAPER, TEXT_POINTS, readable_ink


def stacked_bars(axes, table, *, colours, unit, totals=None):
    """Horizontal bars from zero made of counted parts, each part with its number.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    table : pandas.DataFrame of int
        One row a bar, first on top; columns are the parts, named in a key above the bars.
    colours : list of str
        Fill of each part; `PAPER` draws it hollow. Beside the colour, order and number tell the
        parts apart, so choose fills of unlike lightness.
    unit : str
        Label of the x axis.
    totals : list of str, optional
        Text at the end of each bar.
    """
    reach = max(1, int(table.sum(axis=1).max()))
    for position, (_, row) in enumerate(table.iterrows()):
        left = 0
        for value, colour in zip(row, colours, strict=True):
            if value:
                axes.barh(position, value, left=left, height=0.66, color=colour, zorder=2,
                          edgecolor=MUTED if colour == PAPER else PAPER, linewidth=1)
                axes.text(left + value / 2, position, f"{value:g}", ha="center", va="center",
                          fontsize=TEXT_POINTS, color=readable_ink(colour), zorder=3)
            left += value
        text = totals[position] if totals else f"{left:g}"
        label(axes, left, position, text, dx=6, colour=INK if left else MUTED)
    x = 0.0
    for name, colour in zip(table.columns, colours, strict=True):
        marks.aid(axes.add_patch(plt.Rectangle(
            (x, -1.18), 0.022 * reach, 0.42, facecolor=colour, linewidth=1, clip_on=False,
            edgecolor=MUTED if colour == PAPER else PAPER)))
        label(axes, x + 0.022 * reach, -0.97, name, dx=5)
        x += 0.022 * reach + (0.5 * TEXT_POINTS * len(name) + 20) / 72 * 1.2 * reach / 5.2
    named_rows(axes, list(table.index), va="center")
    axes.set_ylim(len(table) - 0.5, -1.35)
    axes.set_xlim(0, reach * 1.2)
    axes.set_xlabel(unit)
    axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True, nbins=8))
