"""Things dated in years; what is known only roughly looks it."""

import matplotlib.pyplot as plt

from helpers import colours
from helpers.figures.parts import label, stacked_height
from helpers.figures.style import (
    ACCENT,
    GRID,
    MUTED,
    PAPER,
    SECOND,
    TEXT_POINTS,
    WIDTH,
)

TIMELINE_BAND = colours.NAMED["pale-band"].light
TIMELINE_AIR = 0.5  # rows left free in each lane
ITEM_POINTS = 9.8  # names of items, so that many rows fit one screen
ROW_INCHES = 0.145  # fits the text of a row
HEAD_AND_AXIS_INCHES = 0.5
LANE_NAME_INCHES = 1.45  # room left of the lanes for their names
GAP_YEARS = 0.25  # between two items of one row


def packed_lanes(lanes, items, *, first, last):
    """Items of each lane in rows, as few as their labels allow, in order of time.

    Parameters
    ----------
    lanes : list of str
    items : list of dict
        As for `timeline`.
    first, last : int
        First and last year of the axis.

    Returns
    -------
    dict
        Lane -> list of rows, each a list of items; at least one row for every lane.
    """
    year = (WIDTH - LANE_NAME_INCHES) * 72 / (last + 1 - first)  # points
    packed = {}
    for lane in lanes:
        rows, ends = [], []
        for item in sorted((item for item in items if item["lane"] == lane),
                           key=lambda item: (item["start"], item["end"])):
            reach = (0.5 * ITEM_POINTS * len(item["text"]) + 14) / year
            item = {**item, "early": item["reaches"] + reach < last + 1}
            left = item["start"] if item["early"] else item["start"] - reach
            right = item["reaches"] + (reach if item["early"] else 0)
            place = next((place for place, end in enumerate(ends) if end < left), len(ends))
            if place == len(ends):
                rows.append([])
                ends.append(right)
            rows[place].append(item)
            ends[place] = right + GAP_YEARS
        packed[lane] = rows or [[]]
    return packed


def timeline_height(packed):
    """Height in inches of the drawing that `timeline` makes of these lanes."""
    return ROW_INCHES * stacked_height(
        [len(rows) + TIMELINE_AIR for rows in packed.values()]) + HEAD_AND_AXIS_INCHES


def timeline(axes, packed, *, first, last, names, key=(), empty="none named"):
    """Swim lanes over years with two marks: filled for one source of a date, open for another.

    An item of which both give a date has both marks, joined by a line. A date of which only the
    year is known is a pale bar over that year behind its mark.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    packed : dict
        From `packed_lanes`, of items with the keys ``lane, text, marker``, ``marks`` (list of
        ``(start, end, filled)`` in decimal years, ends exclusive), ``start``, ``end`` (of the
        earliest mark) and ``reaches`` (end of the latest).
    first, last : int
        First and last year of the axis, both whole.
    names : dict
        Lane -> what stands at its left, in two lines at the most.
    key : list of (marker, str)
        What the markers mean; stands above the lanes.
    empty : str
        Said in a lane that holds nothing.
    """
    top, middles = 0.0, []
    for position, rows in enumerate(packed.values()):
        height = len(rows) + TIMELINE_AIR
        if position % 2 == 0:
            axes.add_patch(plt.Rectangle((first, top), last + 1 - first, height, zorder=0,
                                         facecolor=TIMELINE_BAND, edgecolor="none"))
        for place, row in enumerate(rows):
            y = top + place + 0.5 + TIMELINE_AIR / 2
            for item in row:
                _marks_of_item(axes, item, y)
        if not any(rows):
            axes.text((first + last + 1) / 2, top + height / 2, empty, ha="center", va="center",
                      fontsize=TEXT_POINTS, color=MUTED, fontstyle="italic")
        middles.append(top + height / 2)
        top += height
    axes.set_yticks(middles, [names[lane] for lane in packed], va="center", linespacing=0.95,
                    fontsize=ITEM_POINTS)
    axes.set_xlim(first - 0.15, last + 1.2)
    axes.set_ylim(top, -1.15 * bool(key))
    ticks = list(range(first, last + 1))
    axes.set_xticks([year + 0.5 for year in ticks],
                    [str(year) if (last - year) % 2 == 0 else "" for year in ticks])
    axes.vlines([*ticks, last + 1], 0, top, color=GRID, linewidth=0.8, zorder=0.5)
    axes.grid(False)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    x = first + 0.3
    for marker, text in key:
        axes.plot(x, -0.55, linestyle="none", marker=marker, markersize=6.5, markeredgewidth=1.3,
                  markeredgecolor=MUTED, markerfacecolor=MUTED, clip_on=False, zorder=3)
        label(axes, x, -0.55, text, dx=7, colour=MUTED)
        x += (0.5 * TEXT_POINTS * len(text) + 26) / 72 * (last + 1 - first) / (
            WIDTH - LANE_NAME_INCHES)


def _marks_of_item(axes, item, y):
    """Marks of one item in its row, and its label on the side where the axis has room."""
    places = []
    for start, end, filled in item["marks"]:
        colour = ACCENT if filled else SECOND
        if end - start > 0.1:  # longer than a month
            axes.plot([start + 0.05, end - 0.05], [y, y], color=colour, alpha=0.28, linewidth=5,
                      solid_capstyle="butt", zorder=2)
        places.append((start + end) / 2)
        axes.plot(places[-1], y, linestyle="none", marker=item["marker"], markersize=6.5,
                  markeredgewidth=1.6, markeredgecolor=colour,
                  markerfacecolor=colour if filled else PAPER, zorder=4)
    if len(places) > 1:
        axes.plot(places, [y, y], color=SECOND, linewidth=1.2, zorder=3)
    side = item["reaches"] if item["early"] else item["start"]
    label(axes, side, y, item["text"], dx=7 if item["early"] else -7,
          ha="left" if item["early"] else "right", fontsize=ITEM_POINTS)
