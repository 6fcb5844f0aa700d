"""Order and links between named things."""

import matplotlib.pyplot as plt

from helpers.figures.parts import label
from helpers.figures.style import (
    ACCENT,
    INK,
    MUTED,
    PAPER,
    SECOND,
    SECOND_INK,
    TEXT_POINTS,
    WIDTH,
    readable_ink,
    shade,
)


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
            axes.text((x + x_other) / 2, y, "no order", ha="center", va="center", color=SECOND_INK,
                      fontsize=TEXT_POINTS, zorder=2,
                      bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5})
        else:  # beside the line, where no line of order crosses it
            axes.text(x + 0.32 * (x_other - x), y + 0.45 * (y_other - y), "no order ",
                      ha="right" if x < x_other else "left", va="center", color=SECOND_INK,
                      fontsize=TEXT_POINTS, zorder=2.5)
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
