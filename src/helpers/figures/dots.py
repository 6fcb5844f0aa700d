"""Intervals and dots on one scale, a row each."""

import numpy as np
from matplotlib import ticker

from helpers.figures.parts import label, named_rows, point
from helpers.figures.style import (
    ACCENT,
    GRID,
    INK,
    MUTED,
    PAPER,
    SECOND,
    SECOND_INK,
    TEXT_POINTS,
    WIDTH,
)


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


def labelled_dots(axes, groups, *, unit):
    """Rows of dots on one scale, each dot labelled; labels that would collide move up or down.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    groups : list of dict
        ``name`` and ``dots``: list of dict with ``value, text, kind`` and, if wanted, ``colour``.
        First row on top.
    unit : str
        Label of the x axis.
    """
    values = [dot["value"] for group in groups for dot in group["dots"]]
    span = (max(values) - min(values)) or abs(max(values)) or 1.0
    low, high = min(values) - 0.1 * span, max(values) + 0.1 * span
    letter = 0.5 * TEXT_POINTS * (high - low) / (0.86 * WIDTH * 72)  # mean width of a character
    for row, group in enumerate(groups):
        taken = {}  # lane -> where its last label ends; lanes above the dots are negative
        axes.axhline(row, color=GRID, linewidth=0.8, zorder=1)
        for dot in sorted(group["dots"], key=lambda item: item["value"]):
            colour, half = dot.get("colour", ACCENT), (len(dot["text"]) + 1.5) * letter / 2
            x = min(max(dot["value"], low + half), high - half)
            lane = next(lane for lane in (-1, 1, -2, 2, -3, 3, -4, 4)
                        if taken.get(lane, -np.inf) <= x - half)
            taken[lane] = x + half
            y = row + np.sign(lane) * (0.22 + 0.2 * (abs(lane) - 1))
            if abs(lane) > 1:
                axes.plot([dot["value"], dot["value"]], [row, y - np.sign(lane) * 0.09],
                          color=MUTED, linewidth=0.7, zorder=2)
            point(axes, dot["value"], row, dot["kind"], colour)
            axes.text(x, y, dot["text"], ha="center", va="center", fontsize=TEXT_POINTS, zorder=5,
                      color=dot.get("ink", INK),
                      bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6})
    named_rows(axes, [group["name"] for group in groups])
    axes.set(xlim=(low, high), ylim=(len(groups) - 0.38, -0.6))
    axes.set_xlabel(unit)
    axes.grid(False)  # the rows have their own lines, and upright ones would run through the labels


def dumbbells(axes, rows, *, first, second, unit):
    """Two values in each row, joined by a bar: a dot for the first, an open square for the second.

    Where both values are the same the square is drawn around the dot, so that neither hides.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    rows : list of dict
        Keys ``name, first, second`` (whole numbers or numbers with a short text of their own in
        ``first_text`` and ``second_text``). First row on top.
    first, second : str
        What the two values are; stands once, above the first row whose values differ.
    unit : str
        Label of the x axis.
    """
    highest = max(max(row["first"], row["second"]) for row in rows)
    named = False
    for position, row in enumerate(rows):
        a, b = row["first"], row["second"]
        texts = row.get("first_text", f"{a:g}"), row.get("second_text", f"{b:g}")
        axes.plot([a, b], [position] * 2, color=ACCENT, linewidth=4, alpha=0.3, zorder=2)
        axes.plot(b, position, linestyle="none", marker="s", markersize=13 if a == b else 9,
                  markeredgewidth=1.8, markeredgecolor=SECOND, markerfacecolor=PAPER, zorder=3)
        axes.plot(a, position, linestyle="none", marker="o", markersize=8, color=ACCENT, zorder=4)
        if a == b:
            label(axes, a, position, f"{texts[0]} in both", dx=13)
            continue
        right, left = (1, -1) if a > b else (-1, 1)
        words = (f"{first} {texts[0]}", f"{second} {texts[1]}") if not named else texts
        named = True
        ends = (a, words[0], right, ACCENT), (b, words[1], left, SECOND_INK)
        for value, text, side, colour in ends:
            label(axes, value, position, text, dx=11 * side, ha="left" if side > 0 else "right",
                  colour=colour)
    named_rows(axes, [row["name"] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.6)
    axes.set_xlim(-0.13 * highest, highest * 1.3)
    axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True, nbins=8))
    axes.set_xlabel(unit)


def strip(axes, groups, *, unit):
    """Rows of stacked dots: how often each whole number occurs in each group.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    groups : list of dict
        Keys ``name``, ``values`` (whole numbers), optional ``text`` at the right. First on top.
        Dots at 0 are drawn hollow, so that nothing found stands out.
    unit : str
        Label of the x axis.
    """
    highest = max(max(group["values"]) for group in groups)
    floor, floors = 0.0, []
    for group in groups:
        # Rows are as high as their tallest stack, so that dots never overlap.
        floor += max(2, max(np.bincount(group["values"])))
        floors.append(floor)
        seen = {}
        for value in group["values"]:
            axes.plot(value, floor - seen.get(value, 0), linestyle="none", marker="o",
                      markersize=8, markeredgewidth=1.6,
                      markeredgecolor=SECOND if value == 0 else ACCENT,
                      markerfacecolor=PAPER if value == 0 else ACCENT, zorder=3, clip_on=False)
            seen[value] = seen.get(value, 0) + 1
        if group.get("text"):
            label(axes, highest + 0.6, floor, group["text"])
        floor += 0.8
    named_rows(axes, [group["name"] for group in groups], floors)
    axes.set_ylim(floor, 0)
    axes.set_xlim(-0.6, highest + 0.5)
    axes.set_xlabel(unit)
    axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True, nbins=8))
