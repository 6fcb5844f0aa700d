"""What editions of the book do to results: one block a result, its name above its line."""

import math
import textwrap

from matplotlib import ticker

from helpers.drawing import LINE
from helpers.figures import marks
from helpers.figures.parts import label, point, stacked_height
from helpers.figures.style import ACCENT, INK, MUTED, TEXT_POINTS, WIDTH

NAME_CHARACTERS = 70  # of a name in one line
LINE_INCHES = TEXT_POINTS * LINE / 72
AXIS_INCHES = 0.75  # axis, its label and the words above the centre line
USABLE_POINTS = WIDTH * 72 * 0.96


def blocks_height(rows, lines=2):
    """Height in inches of a drawing with one block for each row, for ``figures.new``.

    Parameters
    ----------
    rows : list of dict
        Key ``name``.
    lines : int
        Lines of text beside a point.
    """
    return AXIS_INCHES + stacked_height(_block(row, lines) for row in rows)


def _block(row, lines):
    return (len(_name_lines(row)) + lines + 0.85) * LINE_INCHES


def _name_lines(row):
    return textwrap.wrap(row["name"], NAME_CHARACTERS)


def _draw_names(axes, rows, lines):
    """Write the names and return the height of each row's line, in inches from the top."""
    top, places = 0.0, []
    for row in rows:
        axes.text(0, top, "\n".join(_name_lines(row)), transform=axes.get_yaxis_transform(),
                  va="top", ha="left", fontsize=TEXT_POINTS, color=INK, fontweight="bold",
                  linespacing=0.95)
        places.append(top + (len(_name_lines(row)) + lines / 2 + 0.45) * LINE_INCHES)
        top += _block(row, lines)
    axes.set_ylim(top, -1.3 * LINE_INCHES)
    axes.set_yticks([])
    axes.grid(False)
    axes.spines["left"].set_visible(False)
    return places


def _text_points(text):
    return 0.44 * TEXT_POINTS * len(text) + 14


def effect_bars(axes, rows, *, centre, unit):
    """A tornado: how far a value is moved down and up, as a multiple of its default, log scale.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of a figure as high as `blocks_height` says.
    rows : list of dict
        Keys ``name`` and ``sides``: one or two dicts with ``ratio`` (above 0), ``text`` (stands at
        the end) and ``cause`` (stands below), at most one on either side of 1. First row on top.
    centre : str
        Name of the line at 1.
    unit : str
        Label of the x axis.

    Notes
    -----
    Thin lines with a point at their end, not bars: the length of a bar means nothing on a log
    scale, the place of a point does.
    """
    sides = [(math.log(side["ratio"]), side) for row in rows for side in row["sides"]]

    def fit(left):
        """How many points the words overrun, and points for a unit of log ratio, to be least."""
        room = {True: left, False: USABLE_POINTS - left}
        overrun = math.fsum(max(0, _text_points(side["cause"]) - room[x < 0]) for x, side in sides)
        scale = min((room[x < 0] - _text_points(side["text"]) - 9) / max(abs(x), 1e-9)
                    for x, side in sides)
        return overrun, -scale

    left = min(range(80, int(USABLE_POINTS) - 79), key=fit)
    scale = max(1.0, -fit(left)[1])
    for row, y in zip(rows, _draw_names(axes, rows, 2), strict=True):
        line, below = y - 0.42 * LINE_INCHES, y + 0.5 * LINE_INCHES
        # The centre line is drawn in pieces: a whole one would run through the names.
        axes.plot([0, 0], [line - 0.5 * LINE_INCHES, below + 0.5 * LINE_INCHES], color=MUTED,
                  linewidth=1.2, zorder=1)
        for side in row["sides"]:
            x = math.log(side["ratio"])
            away = {"dx": 9, "ha": "left"} if x >= 0 else {"dx": -9, "ha": "right"}
            axes.plot([0, x], [line, line], color=ACCENT, linewidth=4, alpha=0.35, zorder=2,
                      solid_capstyle="butt")
            point(axes, x, line, "derived")
            label(axes, x, line, side["text"], **away)
            label(axes, 0, below, side["cause"], colour=MUTED, **away)
    label(axes, 0, -0.7 * LINE_INCHES, centre, ha="center", colour=MUTED)
    ends = min(x for x, _ in sides), max(x for x, _ in sides)
    ticks = [tick for tick in (1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32, 64)
             if tick == 1 or ends[0] - 0.4 <= math.log(tick) <= ends[1] + 0.1]
    marks.scale(axes, x="log")
    axes.set_xlim(-left / scale, (USABLE_POINTS - left) / scale)
    axes.xaxis.set_major_locator(ticker.FixedLocator([math.log(tick) for tick in ticks]))
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(
        lambda x, _: centre if x == 0 else f"\u00d7 {math.exp(x):.3g}"))
    axes.set_xlabel(unit)
