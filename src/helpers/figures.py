"""House style of figures, and `show`, which puts a figure and its data into the notebook.

Every figure reads alone: a bold title on the left states the finding, the line under it names
measure, unit and scope, series are labelled where they end, the source stands below. Kinds of
value differ in line and fill, never by colour alone (`KINDS`).

Figures leave as SVG without a date and with fixed ids, so that nbval can compare them; nbval
skips PNG. They carry their data as CSV in the same output: readers get it as a download, and a
change of the plotted numbers turns the regression check red even where the picture looks alike.
"""

import io
import textwrap

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib import font_manager, ticker

from helpers import paths

PALETTE = sns.color_palette("colorblind").as_hex()
ACCENT = PALETTE[0]  # blue: what the title speaks of
SECOND = PALETTE[1]  # orange: what it is held against
INK, MUTED, GRID, PAPER = "#1a1a1a", "#5c5c5c", "#e3e3e3", "#ffffff"

WIDTH = 6.5  # inches; fills the text column of a page and stays legible on a phone
TITLE_POINTS, SUBTITLE_POINTS, SOURCE_POINTS, TEXT_POINTS = 14, 11, 9, 10.5
LINE = 1.28  # line spacing

# Kind of value -> how it is drawn. Printed observations are solid, forecasts open and dashed,
# what we derive is hollow and dotted: three cues that survive a grey printout.
KINDS = {
    "observed": {"linestyle": "-", "marker": "o", "fill": True, "hatch": None},
    "forecast": {"linestyle": "--", "marker": "D", "fill": False, "hatch": "////"},
    "derived": {"linestyle": ":", "marker": "s", "fill": False, "hatch": "...."},
    "outside": {"linestyle": "-.", "marker": "^", "fill": True, "hatch": None},
}

for _file in sorted(paths.FONTS.glob("*.ttf")):
    font_manager.fontManager.addfont(_file)

STYLE = {
    "font.family": "Source Sans 3",
    "font.size": TEXT_POINTS,
    "axes.labelsize": TEXT_POINTS,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "ytick.alignment": "center",  # the stock baseline alignment sets labels too low
    "text.color": INK,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "hatch.linewidth": 0.7,
    "svg.fonttype": "path",  # letters as outlines: the same picture whatever fonts a reader has
    "svg.hashsalt": "book",  # fixed ids: two runs give the same bytes
}

matplotlib.use("agg")  # the notebook's own backend would add a second copy of each figure, as PNG
matplotlib.rcParams.update(STYLE)


class FigureError(ValueError):
    """A figure that would reach readers without what they need to read it."""


def new(title, subtitle, *, source, height=3.4, rows=1, columns=1, **subplots):
    """Start a figure in the house style.

    Parameters
    ----------
    title : str
        The finding, as one sentence without a full stop; wrapped to the width.
    subtitle : str
        Measure, unit and scope.
    source : str
        Where the numbers come from; stands below the figure.
    height : float
        Height of the drawing itself in inches, title and source not counted.
    rows, columns : int
        Number of axes. Further keywords go to ``matplotlib.pyplot.subplots``.

    Returns
    -------
    (matplotlib.figure.Figure, matplotlib.axes.Axes or array of Axes)

    Raises
    ------
    FigureError
        If title, subtitle or source is empty.
    """
    for part, value in (("title", title), ("subtitle", subtitle), ("source", source)):
        if not value.strip():
            raise FigureError(f"A figure needs a {part}.")
    head = [(line, TITLE_POINTS, "bold", INK) for line in _wrap(title, TITLE_POINTS, "bold")]
    head += [(line, SUBTITLE_POINTS, "normal", MUTED) for line in _wrap(subtitle, SUBTITLE_POINTS)]
    foot = _wrap("Source: " + source, SOURCE_POINTS)
    head_inches = sum(size for _, size, _, _ in head) * LINE / 72 + 0.18
    foot_inches = len(foot) * SOURCE_POINTS * LINE / 72 + 0.14
    total = head_inches + height + foot_inches
    figure, axes = plt.subplots(
        rows, columns, figsize=(WIDTH, total), layout="constrained", **subplots
    )
    figure.get_layout_engine().set(
        rect=(0, foot_inches / total, 1, height / total), w_pad=0.02, h_pad=0.02
    )
    y = 1 - 0.04 / total
    for line, size, weight, colour in head:
        y -= size * LINE / 72 / total
        figure.text(0.004, y, line, fontsize=size, fontweight=weight, color=colour)
    y = foot_inches / total - 0.1 / total
    for line in foot:
        y -= SOURCE_POINTS * LINE / 72 / total
        figure.text(0.004, y, line, fontsize=SOURCE_POINTS, color=MUTED)
    return figure, axes


def _wrap(text, points, weight="normal"):
    """Break text into lines that fit the figure's width, measured with the real font."""
    properties = font_manager.FontProperties(family="Source Sans 3", weight=weight)
    font = font_manager.get_font(font_manager.findfont(properties))
    font.set_size(points, 720)  # ten times too large: at its own size hinting rounds each letter
    limit = WIDTH * 72 * 0.99
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        font.set_text(longer)
        if line and font.get_width_height()[0] / 640 > limit:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def show(figure, name, *, alt, data):
    """Put a figure into the notebook as SVG, with its alternative text and its data.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    name : str
        File stem of the download, unique in the chapter.
    alt : str
        What the figure shows, for who cannot see it; at least a sentence.
    data : pandas.DataFrame
        What is plotted, tidy, with units in the column names.

    Raises
    ------
    FigureError
        If the alternative text is missing or too short, or there are no data.
    """
    if len(alt.split()) < 6:
        raise FigureError(f"Figure {name!r}: alt text must say what is shown; got {alt!r}.")
    if data is None or data.empty:
        raise FigureError(f"Figure {name!r}: give the plotted data, for readers to reuse.")
    from IPython.display import display

    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    display(
        {"image/svg+xml": buffer.getvalue().decode(), "text/csv": to_csv(data),
         "text/plain": f"Figure {name}"},
        raw=True,
        metadata={"book": {"figure": name, "alt": " ".join(alt.split())}},
    )


def to_csv(frame) -> str:
    """Frame as CSV text: ten significant digits, LF ends, no cell that a spreadsheet would run."""
    safe = frame.copy()
    for column in safe.columns:
        if safe[column].dtype.kind not in "biufc":
            # A cell starting with = + - @ is a formula to a spreadsheet.
            safe[column] = safe[column].map(
                lambda cell: "'" + cell if isinstance(cell, str) and cell[:1] in "=+-@" else cell
            )
    return safe.to_csv(index=False, float_format="%.10g", lineterminator="\n")


# ---------------------------------------------------------------- parts shared by figures


def log_axis(axis, ticks, unit_format="{:g}"):
    """Logarithmic axis with plain numbers at the given ticks (stock labels read 10^1)."""
    axis.axes.set_yscale("log") if axis.axis_name == "y" else axis.axes.set_xscale("log")
    axis.set_major_locator(ticker.FixedLocator(ticks))
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: unit_format.format(value)))
    axis.set_minor_locator(ticker.NullLocator())


def year_axis(axes, first, last):
    """Whole years on the x axis, at most eight labels."""
    step = max(1, int(np.ceil((last - first) / 7)))
    axes.xaxis.set_major_locator(ticker.FixedLocator(range(first, last + 1, step)))
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:.0f}"))
    axes.grid(False, axis="x")


def point(axes, x, y, kind, colour=ACCENT, **style):
    """One value, drawn by its kind."""
    drawn = KINDS[kind]
    return axes.plot(
        x, y, linestyle="none", marker=drawn["marker"], markersize=8, markeredgewidth=1.8,
        markeredgecolor=colour, markerfacecolor=colour if drawn["fill"] else PAPER, zorder=4,
        **style,
    )


def label(axes, x, y, text, *, dx=0, dy=0, colour=INK, **style):
    """Text beside a point, shifted in points so that it stays put when the scale changes."""
    settings = {"fontsize": TEXT_POINTS, "va": "center", "color": colour, "annotation_clip": False}
    return axes.annotate(
        text, (x, y), xytext=(dx, dy), textcoords="offset points", **{**settings, **style}
    )


# ---------------------------------------------------------------- figure types


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
        drawn = KINDS[row["kind"]]
        colour = row.get("colour", ACCENT)
        axes.plot([row["low"], row["high"]], [position] * 2, color=colour, linewidth=5, alpha=0.35,
                  solid_capstyle="round", zorder=2)
        if row["middle"] is not None:
            axes.plot(row["middle"], position, linestyle="none", marker=drawn["marker"],
                      markersize=8, markeredgewidth=1.8, markeredgecolor=colour,
                      markerfacecolor=colour if drawn["fill"] else PAPER, zorder=3)
        label(axes, row["high"], position, row["text"], dx=9)
    axes.set_yticks(range(len(rows)), [row["name"] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.6)
    span = max(highs) - min(lows)
    axes.set_xlim(min(lows) - gap * span, max(highs) + 3 * gap * span)
    axes.set_xlabel(unit)
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def heat_map(axes, table, *, texts, colours, text_colours=None):
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
    """
    texts, colours = np.asarray(texts, dtype=object), np.asarray(colours, dtype=object)
    rows, columns = texts.shape
    for i in range(rows):
        for j in range(columns):
            empty = texts[i, j] == ""
            axes.add_patch(plt.Rectangle(
                (j, i), 1, 1, facecolor=PAPER if empty else colours[i, j],
                edgecolor=GRID if empty else PAPER, linewidth=2, hatch="////" if empty else None,
            ))
            if text_colours is not None:
                ink = text_colours[i][j]
            else:
                ink = INK if empty else readable_ink(colours[i, j])
            axes.text(j + 0.5, i + 0.5, texts[i, j], ha="center", va="center", color=ink,
                      fontsize=TEXT_POINTS)
    axes.set(xlim=(0, columns), ylim=(rows, 0))
    axes.set_xticks(np.arange(columns) + 0.5, list(table.columns))
    axes.set_yticks(np.arange(rows) + 0.5, list(table.index))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def readable_ink(fill):
    """Text colour, black or white, that contrasts more with a fill.

    One of the two always reaches the contrast ratio of 4.5 that WCAG asks of text; the softer
    ink of the figures does not on fills of middle lightness.
    """
    light = _luminance(fill) + 0.05
    return "#000000" if light / 0.05 >= 1.05 / light else PAPER


def _luminance(colour):
    """Relative luminance of a colour as WCAG defines it, 0 (black) to 1 (white)."""
    channels = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def shade(share, colour=ACCENT):
    """Fill between white (share 0) and a colour (share 1)."""
    low, high = (np.array(matplotlib.colors.to_rgb(end)) for end in (PAPER, colour))
    return matplotlib.colors.to_hex(low + (high - low) * float(np.clip(share, 0, 1)))


def hasse_diagram(axes, graph, levels, *, notes=None, open_pairs=(), height=3.1):
    """Partial order as cards joined by lines: the upper end of a line is better.

    Cards stand in layers, so height alone would seem to order two cards that no line joins. Pairs
    without an order are therefore joined by a dotted line, which says so.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    graph : networkx.DiGraph
        Cover relations, edges from better to worse, as from `composite.hasse`; the attribute
        ``members`` of a node lists its units.
    levels : pandas.DataFrame, (units, dimensions)
        Cells Low, Medium or High; each card shows its row as squares with their first letters.
    notes : dict, optional
        Node -> short text on the right of its name.
    open_pairs : sequence of pairs of units
        Pairs that the graph does not order.
    height : float
        Inches from the top of the first layer of cards to the foot of the last one.
    """
    import networkx

    notes = notes or {}
    depth = {}
    for node in networkx.topological_sort(graph):
        depth[node] = 1 + max((depth[before] for before in graph.predecessors(node)), default=-1)
    layers = [[node for node in graph if depth[node] == level]
              for level in range(1 + max(depth.values()))]
    widest = max(map(len, layers))
    card_width, card_height = 2.1, 0.7
    square = (card_width - 0.17) / levels.shape[1]
    step = (height - card_height) / max(1, len(layers) - 1)
    spread = (WIDTH - card_width - 0.1) / max(1, widest - 1)
    place = {}
    for level, layer in enumerate(layers):
        for position, node in enumerate(layer):
            shift = min(spread, 3.3) * (position - (len(layer) - 1) / 2)
            place[node] = (WIDTH / 2 + shift, -level * step - card_height / 2)
    node_of = {unit: node for node in graph for unit in graph.nodes[node]["members"]}
    for first, second in dict.fromkeys((node_of[a], node_of[b]) for a, b in open_pairs):
        (x, y), (x_other, y_other) = place[first], place[second]
        axes.plot([x, x_other], [y, y_other], color=SECOND, linewidth=2, linestyle=(0, (1, 2)),
                  zorder=1)
        if y == y_other:
            axes.text((x + x_other) / 2, y, "no order", ha="center", va="center", color="#8a5200",
                      fontsize=TEXT_POINTS, zorder=2,
                      bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5})
    # Lines of order run over the dotted ones where they cross.
    for better, worse in graph.edges:
        (x, y), (x_other, y_other) = place[better], place[worse]
        axes.plot([x, x_other], [y - card_height / 2, y_other + card_height / 2], color=INK,
                  linewidth=1.8, zorder=2)
    fills = {"Low": shade(0.12), "Medium": shade(0.5), "High": ACCENT}
    for node, (x, y) in place.items():
        left, top = x - card_width / 2, y + card_height / 2
        axes.add_patch(plt.Rectangle((left, y - card_height / 2), card_width, card_height,
                                     facecolor=PAPER, edgecolor=MUTED, linewidth=1, zorder=3))
        axes.text(left + 0.1, top - 0.18, node, fontweight="bold", va="center", zorder=4)
        axes.text(left + card_width - 0.1, top - 0.18, notes.get(node, ""), ha="right", va="center",
                  color=MUTED, zorder=4)
        for position, level in enumerate(levels.loc[graph.nodes[node]["members"][0]]):
            corner = (left + 0.1 + position * square, top - 0.6)
            axes.add_patch(plt.Rectangle(corner, square - 0.03, 0.26, facecolor=fills[level],
                                         zorder=4))
            axes.text(corner[0] + square / 2 - 0.015, corner[1] + 0.125, level[0], ha="center",
                      va="center", color=readable_ink(fills[level]), zorder=5)
    axes.set(xlim=(0, WIDTH), ylim=(-height - 0.02, 0.02))
    axes.set_axis_off()


def bump_chart(axes, edges, ranks, *, unit):
    """Rank of each unit along a scale on which it changes at single points only.

    Units of equal rank share one line whose dashes alternate between them: two lines side by side
    would put one above the other.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    edges : sequence of float, (spans + 1,)
        Ends of the spans along the x axis, rising.
    ranks : pandas.DataFrame, (units, spans)
        Competition rank of each unit within each span.
    unit : str
        Label of the x axis.
    """
    edges = np.asarray(edges, dtype=float)
    ranks_held = ranks.to_numpy()
    turn = min(0.03 * (edges[-1] - edges[0]), np.diff(edges).min() / 2)
    x = np.unique(np.concatenate(
        [edges, *(np.linspace(edge - turn, edge + turn, 25) for edge in edges[1:-1])]))
    moving = ranks_held.min(axis=1) < ranks_held.max(axis=1)
    colours, styles = iter([ACCENT, SECOND, *PALETTE[2:5]] * len(ranks)), iter(
        ["-", (0, (6, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5))] * len(ranks))
    lines = {}
    for unit_position, held in enumerate(ranks_held):
        y = np.full(len(x), float(held[0]))
        for edge, before, after in zip(edges[1:-1], held[:-1], held[1:], strict=True):
            share = np.clip((x - edge + turn) / (2 * turn), 0, 1)
            y += (after - before) * share**2 * (3 - 2 * share)
        colour, style = (next(colours), next(styles)) if moving[unit_position] else (MUTED, "-")
        lines.setdefault(tuple(held), []).append((ranks.index[unit_position], y, colour, style))
    for group in lines.values():
        for turn_taken, (_, y, colour, style) in enumerate(group):
            if len(group) > 1:
                # Each unit has its own dashes, and the gaps between them belong to the others.
                colour = [INK, "#9a9a9a", ACCENT, SECOND][turn_taken % 4]
                style = (turn_taken * -3, (3, 3 * (len(group) - 1)))
            axes.plot(x, y, color=colour, linestyle=style, linewidth=3,
                      solid_capstyle="butt", dash_capstyle="butt", zorder=3)
    for end, side, dx in ((0, "right", -8), (-1, "left", 8)):
        for rank in sorted(set(ranks_held[:, end])):
            names = " = ".join(map(str, ranks.index[ranks_held[:, end] == rank]))
            text = f"{names}  {rank}" if side == "right" else f"{rank}  {names}"
            label(axes, edges[end], rank, text, dx=dx, ha=side)
    axes.set(xlim=(edges[0], edges[-1]), ylim=(len(ranks) + 0.5, 0.5))
    axes.set_yticks(range(1, len(ranks) + 1), [""] * len(ranks))
    axes.set_xlabel(unit)
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="x")
    axes.spines["left"].set_visible(False)


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
    axes.set_yticks(floors, [group["name"] for group in groups])
    axes.set_ylim(floor, 0)
    axes.set_xlim(-0.6, highest + 0.5)
    axes.set_xlabel(unit)
    axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True, nbins=8))
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


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
    axes.set_yticks(range(len(rows)), [row["name"] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, reach * 1.12 if reach > 0 else 1)
    axes.set_xlabel(unit)
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


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
    axes.set_ylim(len(names) - 1 + height / 2 + 0.12, -height / 2 - 0.42)
    axes.set_yticks(range(len(names)), names)
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


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


def dot_matrix(axes, table, *, groups=None, totals=None):
    """Which row holds which column: a filled dot for yes, a small grey one for no.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    table : pandas.DataFrame of bool
        Row and column names are printed as they are; columns stand on top.
    groups : dict, optional
        Text -> list of neighbouring rows that it joins; drawn as a band, text at the right.
    totals : str, optional
        Heading of a further column with the number of dots in each row.
    """
    rows, columns = table.shape
    places = {name: position for position, name in enumerate(table.index)}
    for text, members in (groups or {}).items():
        first, last = min(places[m] for m in members), max(places[m] for m in members)
        axes.add_patch(plt.Rectangle((-0.5, first - 0.46), columns + (totals is not None) * 0.9,
                                     last - first + 0.92, facecolor=shade(0.12), zorder=0))
        label(axes, columns - 0.5 + (totals is not None) * 0.9, (first + last) / 2, text, dx=6,
              colour=MUTED)
    for i, (_, row) in enumerate(table.iterrows()):
        for j, present in enumerate(row):
            axes.plot(j, i, linestyle="none", marker="o", markersize=9 if present else 3,
                      color=ACCENT if present else "#b0b0b0", zorder=3)
        if totals is not None:
            axes.text(columns - 0.1, i, str(int(row.sum())), ha="center", va="center",
                      fontsize=TEXT_POINTS)
    headings = list(table.columns) + ([totals] if totals is not None else [])
    axes.set_xticks([*range(columns)] + ([columns - 0.1] if totals is not None else []), headings)
    axes.set_yticks(range(rows), list(table.index))
    axes.set(xlim=(-0.6, columns + 0.4), ylim=(rows - 0.45, -0.6))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)


UNDATED_PER_ROW = 5  # markers side by side in the column "no date" of a timeline
TIMELINE_BAND = "#f5f5f5"
TIMELINE_AIR = 0.3  # rows left free in each lane


def timeline_rows(lanes, items, undated=None):
    """Rows that each lane of `timeline` takes: one an item, at least one, and a little air.

    Returns
    -------
    list of float
        In the order of `lanes`; a height of 0.19 inches a row fits the text.
    """
    undated = undated or {}
    return [
        TIMELINE_AIR + max(1, sum(item["lane"] == lane for item in items),
                           -(-len(undated.get(lane, [])) // UNDATED_PER_ROW))
        for lane in lanes
    ]


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
        axes.add_patch(plt.Rectangle((x, -1.18), 0.022 * reach, 0.42, facecolor=colour,
                                     edgecolor=MUTED if colour == PAPER else PAPER, linewidth=1,
                                     clip_on=False))
        label(axes, x + 0.022 * reach, -0.97, name, dx=5)
        x += 0.022 * reach + (0.5 * TEXT_POINTS * len(name) + 20) / 72 * 1.2 * reach / 5.2
    axes.set_yticks(range(len(table)), list(table.index), va="center")
    axes.set_ylim(len(table) - 0.5, -1.35)
    axes.set_xlim(0, reach * 1.2)
    axes.set_xlabel(unit)
    axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True, nbins=8))
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def node_link(axes, left, right, links, *, headings, muted=(), dashed=()):
    """Two columns of named nodes joined by straight lines; nodes without a line stay named.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    left, right : list of str
        Names, first on top. Order them alike to keep crossings few. Both columns are spread over
        the whole height.
    links : list of (str, str)
        Left name, right name.
    headings : (str, str)
        Headings of the two columns.
    muted : collection of str
        Nodes drawn hollow and grey: those the finding is not about.
    dashed : list of (str, str)
        Links of a second sort, drawn dashed in the second colour.
    """
    height = max(len(left), len(right))
    places = {}
    for side, names in enumerate((left, right)):
        room = height / len(names)
        for position, name in enumerate(names):
            places[side, name] = (side, (position + 0.5) * room)
    for pairs, style in [(links, {"color": ACCENT, "linewidth": 1.5, "alpha": 0.75}),
                         (dashed, {"color": SECOND, "linewidth": 1.5, "linestyle": (0, (4, 2))})]:
        for one, other in pairs:
            (x, y), (to_x, to_y) = places[0, one], places[1, other]
            axes.plot([x, to_x], [y, to_y], zorder=2, **style)
    joined = {(0, one) for one, _ in [*links, *dashed]}
    joined |= {(1, other) for _, other in [*links, *dashed]}
    for (side, name), (x, y) in places.items():
        hollow = (side, name) not in joined or name in muted
        axes.plot(x, y, linestyle="none", marker="o", markersize=6.5, markeredgewidth=1.5,
                  markeredgecolor=MUTED if hollow else ACCENT,
                  markerfacecolor=PAPER if hollow else ACCENT, zorder=3)
        label(axes, x, y, name, dx=8 if side else -8, ha="left" if side else "right",
              colour=MUTED if hollow else INK)
    for side, heading in enumerate(headings):
        label(axes, side, -0.35, heading, dx=8 if side else -8, ha="left" if side else "right",
              fontweight="bold")
    axes.set_ylim(height, -0.8)
    axes.axis("off")


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
    axes.set_yticks(range(len(groups)), [group["name"] for group in groups])
    axes.set(xlim=(low, high), ylim=(len(groups) - 0.38, -0.6))
    axes.set_xlabel(unit)
    axes.grid(False)  # the rows have their own lines, and upright ones would run through the labels
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


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
        ends = (a, words[0], right, ACCENT), (b, words[1], left, "#8a5200")
        for value, text, side, colour in ends:
            label(axes, value, position, text, dx=11 * side, ha="left" if side > 0 else "right",
                  colour=colour)
    axes.set_yticks(range(len(rows)), [row["name"] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.6)
    axes.set_xlim(-0.13 * highest, highest * 1.3)
    axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True, nbins=8))
    axes.set_xlabel(unit)
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def tile_strip(axes, rows, kinds, *, marks=None):
    """Rows of tiles in a given order, each with a letter and a colour, and a key below them.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    rows : dict
        Name of a row -> list of keys of `kinds`, one a tile. First row on top.
    kinds : dict
        Key -> (letter, name, colour). The key below lists those that occur, with their number.
    marks : dict, optional
        Name of a row -> list of texts, one a tile; a run of equal texts is named once, above.
    """
    widest = max(map(len, rows.values()))
    step = 1.62
    for position, (name, tiles) in enumerate(rows.items()):
        top = position * step
        axes.text(-0.35, top + 0.5, name, ha="right", va="center", fontsize=TEXT_POINTS)
        for column, kind in enumerate(tiles):
            letter, _, colour = kinds[kind]
            _tile(axes, column, top, letter, colour)
        texts = (marks or {}).get(name, [])
        for column, text in enumerate(texts):
            if column == 0 or texts[column - 1] != text:
                run = next((later for later in range(column, len(texts)) if texts[later] != text),
                           len(texts)) - column
                axes.plot([column + 0.06, column + run - 0.06], [top - 0.08] * 2, color=MUTED,
                          linewidth=0.9)
                axes.text(column + run / 2, top - 0.16, text, ha="center", va="bottom", color=MUTED,
                          fontsize=SOURCE_POINTS)
    used = [kind for kind in kinds if any(kind in tiles for tiles in rows.values())]
    half = (len(used) + 1) // 2
    start = len(rows) * step - 0.25
    left = -0.18 * widest
    for place, kind in enumerate(used):
        letter, name, colour = kinds[kind]
        column = left + (place // half) * (widest - left) * 0.52
        y = start + (place % half) * 1.12
        _tile(axes, column, y, letter, colour)
        number = sum(tiles.count(kind) for tiles in rows.values())
        axes.text(column + 1.3, y + 0.5, f"{name}: {number}", va="center", fontsize=TEXT_POINTS)
    axes.set(xlim=(left, widest), ylim=(start + half * 1.12, -0.75))
    axes.set_axis_off()


def _tile(axes, x, y, letter, colour):
    axes.add_patch(plt.Rectangle((x + 0.05, y + 0.02), 0.9, 0.96, facecolor=colour, zorder=2))
    axes.text(x + 0.5, y + 0.5, letter, ha="center", va="center", color=readable_ink(colour),
              fontsize=TEXT_POINTS, fontweight="bold", zorder=3)


def tiles(axes, items, *, rows, columns):
    """Equal tiles placed roughly as on a map: no borders and no areas, so none looks important.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    items : list of dict
        Keys ``row, column`` (from the top left, 0), ``name``, ``heading`` (the word that matters)
        and ``text``; optional ``colour``. Texts are wrapped to the tile.
    rows, columns : int
        Size of the grid; places without an item stay white.
    """
    letters = int(0.93 * WIDTH * 72 / columns / (0.5 * TEXT_POINTS))  # that fit into a line
    for item in items:
        fill = item.get("colour", shade(0.14))
        left, top = item["column"] + 0.03, item["row"] + 0.04
        axes.add_patch(plt.Rectangle((left, top), 0.94, 0.92, facecolor=fill, edgecolor="none"))
        ink = readable_ink(fill)
        name, text = (textwrap.wrap(item[part], letters, break_long_words=False)
                      for part in ("name", "text"))
        lines = [(line, "normal", 1.0) for line in name]
        lines += [(item["heading"], "bold", 1.3)] + [(line, "normal", 1.0) for line in text]
        y = top + 0.09
        step = TEXT_POINTS * 1.22 / 72 / (axes.get_position().height * axes.figure.get_figheight())
        for line, weight, size in lines:
            y += 0.5 * step * rows * size
            axes.text(left + 0.03, y, line, va="center", color=ink, fontweight=weight,
                      fontsize=TEXT_POINTS * (1.2 if size > 1 else 1))
            y += 0.5 * step * rows * size
    axes.set(xlim=(0, columns), ylim=(rows, 0))
    axes.axis("off")
