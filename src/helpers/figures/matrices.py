"""Cells and dots on a grid, each with a text of its own, and rows of short texts."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.figures.parts import label, named_rows
from helpers.figures.style import (
    ACCENT,
    EDGE,
    GRID,
    INK,
    LEAST_POINTS,
    PAPER,
    TEXT_POINTS,
    WIDTH,
    readable_ink,
)


def heat_map(axes, table, *, texts, colours, text_colours=None, hatched=None):
    """Cells with a text each; colour is a second cue, never the only one.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    table : pandas.DataFrame
        Gives row and column names.
    texts, colours : pandas.DataFrame or 2-d array of str
        What each cell says, and its fill. An empty text draws a hatched cell: no data, not zero.
    text_colours : 2-d array of str, optional
        By default white on dark fills, ink on light ones.
    hatched : 2-d array of bool, optional
        Cells that keep their text and lose their fill: what they say rests on nothing.
    """
    texts, colours = np.asarray(texts, dtype=object), np.asarray(colours, dtype=object)
    hatched = None if hatched is None else np.asarray(hatched, dtype=bool)
    rows, columns = texts.shape
    for i in range(rows):
        for j in range(columns):
            bare = hatched is not None and bool(hatched[i, j])
            empty = texts[i, j] == "" or bare
            # `add_patch` would widen limits for each cell, and a text within a cell needs no room.
            axes.add_artist(plt.Rectangle(
                (j, i), 1, 1, facecolor=PAPER if empty else colours[i, j],
                edgecolor=EDGE if bare else GRID if empty else PAPER, linewidth=2,
                hatch="////" if empty else None,
            ))
            if text_colours is not None:
                ink = text_colours[i][j]
            else:
                ink = INK if empty else readable_ink(colours[i, j])
            axes.text(j + 0.5, i + 0.5, texts[i, j], ha="center", va="center", color=ink,
                      fontsize=TEXT_POINTS, in_layout=False,
                      bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5} if bare else None)
    axes.set(xlim=(0, columns), ylim=(rows, 0))
    axes.set_xticks(np.arange(columns) + 0.5, list(table.columns))
    axes.set_yticks(np.arange(rows) + 0.5, list(table.index))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def dot_rows(axes, rows, *, longest=None, size=8):
    """Rows of dots, one a thing that is counted: filled, half filled or empty.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    rows : list of dict
        ``name`` and the counts ``filled``, ``half`` and ``empty``; optional ``text`` at the right
        and ``bold``. First row on top; None leaves a gap.
    longest : int, optional
        Dots for which the axes has room, where it is not the longest row that decides.
    size : float
        Of a dot, in points.
    """
    places = [place for place, row in enumerate(rows) if row]
    kept = [rows[place] for place in places]
    longest = longest or max(row["filled"] + row["half"] + row["empty"] for row in kept)
    for place, row in zip(places, kept, strict=True):
        at = 0
        for count, style in ((row["filled"], {"fillstyle": "full"}),
                             (row["half"], {"fillstyle": "left"}),
                             (row["empty"], {"fillstyle": "none"})):
            if count:
                axes.plot(range(at, at + count), [place] * count, linestyle="none", marker="o",
                          markersize=size, color=ACCENT, markerfacecoloralt=PAPER,
                          markeredgewidth=1.2, zorder=3, clip_on=False, **style)
            at += count
        if row.get("text"):
            label(axes, at - 1, place, row["text"], dx=size / 2 + 7)
    named_rows(axes, [row["name"] for row in kept], places, va="center")
    for name, row in zip(axes.get_yticklabels(), kept, strict=True):
        name.set_fontweight("bold" if row.get("bold") else "normal")
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set(xlim=(-0.6, longest - 0.4), ylim=(len(rows) - 0.5, -0.5))


CHIP_LINE = 19  # points from one line of chips to the next
CHIP_AIR = 5  # points between rows
CHIP_NAMES = 0.3  # share of the width for the names of rows


def chips_height(rows):
    """Height in inches of a drawing of `chips`, for ``figures.new``."""
    return (sum(len(_chip_lines(texts)) for _, texts, _ in rows) * CHIP_LINE
            + CHIP_AIR * len(rows)) / 72


def chips(axes, rows):
    """Named rows of short texts, each on a tile of its own; a row breaks where it is full.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of a figure as high as `chips_height` says.
    rows : list of (str, list of str, str)
        Name of a row, its texts, and the colour of their tiles. First row on top.
    """
    left, top = CHIP_NAMES * WIDTH * 72, 0.0
    for name, texts, colour in rows:
        axes.text(left - 8, top + CHIP_LINE / 2, name, ha="right", va="center",
                  fontsize=TEXT_POINTS, color=INK)
        for line in _chip_lines(texts):
            x = left
            for text in line:
                width = _chip_width(text)
                axes.add_patch(plt.Rectangle((x, top + 2), width - 4, CHIP_LINE - 4,
                                             facecolor=colour, zorder=2))
                axes.text(x + width / 2 - 2, top + CHIP_LINE / 2, text, ha="center", va="center",
                          color=readable_ink(colour), fontsize=LEAST_POINTS, zorder=3)
                x += width
            top += CHIP_LINE
        top += CHIP_AIR
    axes.set(xlim=(0, WIDTH * 72), ylim=(top, 0))
    axes.set_axis_off()


def _chip_width(text):
    return 0.47 * TEXT_POINTS * len(text) + 16


def _chip_lines(texts):
    """Texts in lines that are no wider than the room beside the names."""
    room, lines, used = (0.99 - CHIP_NAMES) * WIDTH * 72, [[]], 0.0
    for text in texts:
        if lines[-1] and used + _chip_width(text) > room:
            lines.append([])
            used = 0.0
        lines[-1].append(text)
        used += _chip_width(text)
    return lines
