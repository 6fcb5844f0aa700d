"""What follows from the levels alone: dominance and the orders that agree with it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.composite._arrays import equal_rows
from helpers.composite.columns import JOINED
from helpers.composite.levels import level_numbers
from helpers.composite.ranks import by_rank

# 10! orders of a set without relations are 3.6 million tuples; one node more would fill memory.
MOST_NODES_TO_LIST = 10
# Counting (not listing) orders needs a table of 2^n subsets.
MOST_GROUPS_TO_COUNT = 16


@dataclass(frozen=True)
class Dominance:
    """Pairs of units, each listed once, in the order of the table.

    ``pairs`` holds (better, worse); ``ties`` units with equal rows; ``incomparable`` the rest.
    """

    pairs: list[tuple]
    ties: list[tuple]
    incomparable: list[tuple]


def dominance(table: pd.DataFrame) -> Dominance:
    """Which unit is at least as good in every dimension and better in one.

    Such an order holds under every increasing coding and all positive weights (a weight of zero
    can turn it into a tie).

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)

    Returns
    -------
    Dominance

    Raises
    ------
    ValueError
        Unknown or blank levels.
    """
    numbers, units = level_numbers(table), list(table.index)
    pairs, ties, incomparable = [], [], []
    for first, second in itertools.combinations(range(len(units)), 2):
        gap = numbers[first] - numbers[second]
        names = (units[first], units[second])
        if not gap.any():
            ties.append(names)
        elif (gap >= 0).all():
            pairs.append(names)
        elif (gap <= 0).all():
            pairs.append(names[::-1])
        else:
            incomparable.append(names)
    return Dominance(pairs, ties, incomparable)


def hasse(table: pd.DataFrame):
    """Diagram of dominance, reduced to its cover relations.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)

    Returns
    -------
    networkx.DiGraph
        Edges run from better to worse, and none that follows from two others. Units with equal
        rows are one node, such as ``"US = Germany"``; the attribute ``members`` lists them.

    Raises
    ------
    ValueError
        Unknown or blank levels.
    """
    import networkx

    numbers, units = level_numbers(table), list(table.index)
    # Units with equal rows would be a cycle of two, for which a reduction does not exist.
    groups = equal_rows(numbers)
    names = [JOINED.join(str(units[position]) for position in group) for group in groups]
    full = networkx.DiGraph()
    for name, group in zip(names, groups, strict=True):
        full.add_node(name, members=tuple(units[position] for position in group))
    for first, second in itertools.permutations(range(len(groups)), 2):
        if (numbers[groups[first][0]] >= numbers[groups[second][0]]).all():
            full.add_edge(names[first], names[second])
    reduced = networkx.transitive_reduction(full)
    # The reduction drops attributes and may reorder nodes.
    diagram = networkx.DiGraph()
    diagram.add_nodes_from(full.nodes(data=True))
    diagram.add_edges_from(edge for edge in full.edges if reduced.has_edge(*edge))
    return diagram


def linear_extensions(graph) -> list[tuple]:
    """All complete orders that agree with a diagram, best first.

    Parameters
    ----------
    graph : networkx.DiGraph
        Edges from better to worse, as from `hasse`.

    Returns
    -------
    list of tuples of nodes

    Raises
    ------
    ValueError
        More than 10 nodes (the list could be too long to hold), or a cycle.
    """
    import networkx

    nodes = list(graph.nodes)
    if len(nodes) > MOST_NODES_TO_LIST:
        raise ValueError(
            f"The graph has {len(nodes)} nodes; orders are listed up to {MOST_NODES_TO_LIST}. "
            f"extension_ranks counts them without listing."
        )
    if not networkx.is_directed_acyclic_graph(graph):
        raise ValueError("The graph has a cycle, so no order agrees with it. Merge ties first.")
    better = {node: set(graph.predecessors(node)) for node in nodes}

    def orders(placed: tuple, left: list) -> Iterator[tuple]:
        if not left:
            yield placed
        for node in left:
            if better[node] <= set(placed):
                yield from orders((*placed, node), [other for other in left if other != node])

    return list(orders((), nodes))


def extension_ranks(table: pd.DataFrame) -> pd.DataFrame:
    """Share of the linear extensions of a table in which each unit holds each rank.

    No score and no weight enters. Units with equal rows share the better rank.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)

    Returns
    -------
    DataFrame of float, (units, ranks 1..n), fractions; rows sum to 1.
        ``attrs["linear_extensions"]`` is their number. `mean_rank` gives mean ranks.

    Raises
    ------
    ValueError
        Unknown or blank levels; more than 16 different rows.
    """
    numbers = level_numbers(table)
    groups = equal_rows(numbers)
    if len(groups) > MOST_GROUPS_TO_COUNT:
        raise ValueError(
            f"The table has {len(groups)} different rows; orders are counted up to "
            f"{MOST_GROUPS_TO_COUNT}."
        )
    rows = [numbers[group[0]] for group in groups]
    better = [
        sum(1 << other for other, values in enumerate(rows)
            if other != one and (values >= row).all())
        for one, row in enumerate(rows)
    ]
    steps, orders = _steps(better)
    shares = np.zeros((len(table), len(table)))
    for placed, one, passing in steps:
        above = sum(len(group) for other, group in enumerate(groups) if placed >> other & 1)
        shares[groups[one], above] += passing / orders
    result = by_rank(shares, table.index)
    result.attrs["linear_extensions"] = orders
    return result


def _steps(better: list[int]) -> tuple[Iterator[tuple[int, int, int]], int]:
    """How many orders pass through each step, and how many there are in all.

    Parameters
    ----------
    better : list of int, (groups,)
        For each group the set of better ones; bit ``i`` of a set stands for group ``i``.

    Returns
    -------
    iterator of (set placed so far, group placed next, orders), int
    """
    count = len(better)
    everything = (1 << count) - 1
    # begun[s]: ways to place the groups of s first; ended[s]: ways to go on from there.
    begun, ended = [0] * (everything + 1), [0] * (everything + 1)
    begun[0] = ended[everything] = 1

    def moves(sets: range) -> Iterator[tuple[int, int]]:
        """Sets that can be reached, with each group that can come next."""
        for placed in sets:
            if begun[placed]:
                for one in range(count):
                    if not placed >> one & 1 and better[one] & placed == better[one]:
                        yield placed, one

    # A set is a larger number than any of its subsets, so it is counted after (before) them.
    upwards, downwards = range(everything + 1), range(everything, -1, -1)
    for placed, one in moves(upwards):
        begun[placed | 1 << one] += begun[placed]
    for placed, one in moves(downwards):
        ended[placed] += ended[placed | 1 << one]
    steps = (
        (placed, one, begun[placed] * ended[placed | 1 << one]) for placed, one in moves(upwards)
    )
    return steps, ended[0]
