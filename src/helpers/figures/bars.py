"""Bars from zero, and bars laid out in lanes."""

import matplotlib.pyplot as plt
from matplotlib import ticker

from helpers.figures import marks
from helpers.figures.parts import label, named_rows
from helpers.figures.style import ACCENT, INK, MUTED, PAPER, TEXT_POINTS, WIDTH, readable_ink


def bars_with_error(axes, rows, *, unit):
    """Horizontal bars from zero, each with the half-width of its interval and its value.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    rows : list of dict
        Keys ``name, value, error, text``; optional ``colour``. First row on top.
    unit : str
        Label of the x axis.
    """
    reach = max(row["value"] + row["error"] for row in rows)
    for position, row in enumerate(rows):
        axes.barh(position, row["value"], height=0.62, color=row.get("colour", ACCENT), zorder=2)
        axes.plot([row["value"] - row["error"], row["value"] + row["error"]], [position] * 2,
                  color=INK, linewidth=1.6, zorder=3)
        label(axes, row["value"] + row["error"], position, row["text"], dx=6)
    named_rows(axes, [row["name"] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    lowest = min(0, *(row["value"] - row["error"] for row in rows))  # where an interval may end
    axes.set_xlim(lowest * 1.05, reach * 1.12 if reach > 0 else 1)
    axes.set_xlabel(unit)


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


def lanes(axes, segments, names, *, colours, height=0.46):
    """Stretches of one line laid out in lanes: where each kind stands, and how long it is.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    segments : list of dict
        Keys ``lane`` (position in `names`), ``start``, ``width`` (units of the x axis), ``inside``
        (text in the bar) and ``label`` (text above it); texts may be empty.
    names, colours : list of str
        Name and fill of each lane, first on top.
    height : float
        Height of a bar, as a share of its lane.

    Notes
    -----
    Call it after the limits of the x axis are set: labels above narrow bars are pushed apart, and
    that needs to know how much of the axis a letter takes.
    """
    low, high = axes.get_xlim()
    letter = 0.47 * TEXT_POINTS * (high - low) / (0.8 * WIDTH * 72)  # mean width of a character
    for segment in segments:
        fill, y = colours[segment["lane"]], segment["lane"]
        axes.add_patch(plt.Rectangle(
            (segment["start"], y - height / 2), segment["width"], height, facecolor=fill,
            edgecolor=PAPER, linewidth=1.2, zorder=2))
        axes.text(segment["start"] + segment["width"] / 2, y, segment["inside"], ha="center",
                  va="center", fontsize=TEXT_POINTS, color=readable_ink(fill), zorder=3)
    for lane in range(len(names)):
        marked = [s for s in segments if s["lane"] == lane and s["label"]]
        centres = [s["start"] + s["width"] / 2 for s in marked]
        widths = [(len(s["label"]) + 0.6) * letter for s in marked]
        for segment, x in zip(marked, _apart(centres, widths), strict=True):
            axes.text(x, lane - height / 2 - 0.05, segment["label"], ha="center", va="bottom",
                      fontsize=TEXT_POINTS, color=INK, zorder=3,
                      bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6})
    marks.scale(axes, x="linear")
    axes.set_ylim(len(names) - 1 + height / 2 + 0.12, -height / 2 - 0.42)
    named_rows(axes, names)


def _apart(centres, widths):
    """Centres moved as little as needed for labels of the given widths not to overlap."""
    places = list(centres)
    for _ in range(200):
        moved = False
        for i in range(len(places) - 1):
            overlap = (widths[i] + widths[i + 1]) / 2 - (places[i + 1] - places[i])
            if overlap > 1e-9:
                places[i] -= overlap / 2
                places[i + 1] += overlap / 2
                moved = True
        if not moved:
            break
    return places
