"""Ordinal ratings to scores, ranks, dominance and robustness, without hidden choices.

A table of levels (units in rows, dimensions in columns, cells Low, Medium or High) fixes only
part of an order of its units. The rest is made by choices: the score of Medium, the mean, the
weights. The functions here keep the two apart. `dominance`, `hasse` and `linear_extensions` use
nothing but the levels; `rank_acceptability`, `pairwise_probability_exact`, `sobol_indices` and
others say how far a result rests on a choice.

Three rules hold throughout. Units with equal scores share the better rank, and no unit comes
before another because of its row. Weights are never rescaled silently. There are no tests of
significance, since a handful of rated units is not a sample of anything.
"""

import itertools
import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational

import numpy as np
import pandas as pd

LEVELS = ("Low", "Medium", "High")
EQUAL_STEPS = (1, 2, 3)

# Means of equal rows can differ in the last bits. Without rounding, such noise would rank them.
TIE_DECIMALS = 12
WEIGHT_SUM_TOLERANCE = 1e-9

# Powers closer to 0 give the geometric mean to the last bit, but lose digits on the way there.
SMALLEST_POWER = 1e-15

# 10! orders of a set without relations are 3.6 million tuples; one node more would fill memory.
MOST_NODES_TO_LIST = 10
# Counting (not listing) orders needs a table of 2^n subsets.
MOST_GROUPS_TO_COUNT = 16

# Numbers held per working array of a simulation: small enough for a processor's cache, so that
# memory does not grow with the number of draws.
NUMBERS_PER_CHUNK = 65_536

# Ranges of the inputs `medium_score` and `aggregation_power` in the parameter registry.
MEDIUM_SCORE_RANGE = (1.05, 2.95)
POWER_RANGE = (-2.0, 2.0)

# Codings on which `pairwise_statements` looks for a change of majority. The ends stand for the
# limits: at 0 and 1 themselves Medium would be Low or High, and unequal rows could tie.
CODINGS = (
    Fraction(1, 10**9),
    *(Fraction(step, 40) for step in range(1, 40)),
    1 - Fraction(1, 10**9),
)

JOINED = " = "


# ---------------------------------------------------------------------------------------------
# Inputs


def _named_table(table: pd.DataFrame) -> pd.DataFrame:
    """The table itself, after checking that it has cells and that every name is unique."""
    if not hasattr(table, "columns") or table.empty:
        raise ValueError(
            f"The table of levels is a {type(table).__name__} of shape {np.shape(table)}. Pass a "
            f"DataFrame with units in the index, dimensions in the columns and at least one cell."
        )
    for axis, names in (("unit", table.index), ("dimension", table.columns)):
        # Two rows of one name would be silently joined by every lookup by name.
        if not names.is_unique:
            twice = names[names.duplicated()][0]
            raise ValueError(f"The {axis} {twice!r} stands twice in the table. Rename one of them.")
    return table


def _level_numbers(table: pd.DataFrame) -> np.ndarray:
    """Levels as 0, 1, 2: int8 array of the table's shape. Unknown or blank cells are refused."""
    cells = _named_table(table).to_numpy(dtype=object)
    numbers = np.empty(cells.shape, dtype=np.int8)
    for (row, column), cell in np.ndenumerate(cells):
        numbers[row, column] = _level_number(
            cell, f"row {table.index[row]!r}, column {table.columns[column]!r}"
        )
    return numbers


def _level_number(cell, where: str) -> int:
    if isinstance(cell, str) and cell in LEVELS:
        return LEVELS.index(cell)
    blank = not cell.strip() if isinstance(cell, str) else pd.api.types.is_scalar(
        cell
    ) and pd.isna(cell)
    found = "the cell is blank" if blank else f"{cell!r} is not a level"
    raise ValueError(f"Levels, {where}: {found}. Use {', '.join(LEVELS[:2])} or {LEVELS[2]}.")


def _numeric(scores, what: str = "scores") -> tuple[np.ndarray, pd.Index, pd.Index]:
    """Scores as a finite float array (units, dimensions), with the names of both axes."""
    if isinstance(scores, pd.DataFrame):
        index, columns = scores.index, scores.columns
    else:
        scores = np.asarray(scores)
        if scores.ndim != 2:
            raise ValueError(
                f"The {what} have {scores.ndim} axes. Pass a table of units by dimensions."
            )
        index, columns = pd.RangeIndex(scores.shape[0]), pd.RangeIndex(scores.shape[1])
    if 0 in scores.shape:
        raise ValueError(f"The {what} have shape {scores.shape}. They need at least one cell.")
    try:
        values = np.ascontiguousarray(scores, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            f"The {what} hold something that is not a number. Encode levels with encode_levels."
        ) from None
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        raise ValueError(
            f"The {what} hold {values[row, column]} in row {index[row]!r}, column "
            f"{columns[column]!r}. Fill the cell or leave the unit out."
        )
    return values, index, columns


def _weights(weights, columns: pd.Index) -> np.ndarray:
    """Weights as a float array in the order of the columns; refused rather than rescaled."""
    if isinstance(weights, pd.Series) and not isinstance(columns, pd.RangeIndex):
        # A Series in another order would otherwise weigh the wrong dimensions without a word.
        if set(weights.index) != set(columns) or len(weights) != len(columns):
            raise ValueError(
                f"The weights name {list(weights.index)}, the scores have {list(columns)}. "
                f"Give one weight for each dimension."
            )
        weights = weights.reindex(columns)
    values = np.asarray(weights, dtype=float)
    if values.shape != (len(columns),):
        raise ValueError(
            f"There are weights of shape {values.shape} for {len(columns)} dimensions. "
            f"Give one weight for each dimension."
        )
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError(f"Weights must be zero or more; found {values.tolist()}.")
    total = math.fsum(values)
    if abs(total - 1) > WEIGHT_SUM_TOLERANCE:
        raise ValueError(
            f"The weights {values.tolist()} add up to {total:.10g}, not 1. Divide them by their "
            f"sum if that is what you mean."
        )
    return values


def _equal_weights(columns: pd.Index) -> np.ndarray:
    return np.full(len(columns), 1 / len(columns))


def _whole(value, name: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} is {value!r}; it must be a whole number of at least {least}.")
    return int(value)


def _scale(scores: Sequence[float]) -> tuple[float, float, float]:
    """Scores of Low, Medium and High; refused unless finite and strictly increasing."""
    values = tuple(float(score) for score in scores)
    if len(values) != 3 or not all(map(math.isfinite, values)) or not (
        values[0] < values[1] < values[2]
    ):
        raise ValueError(
            f"The scores of Low, Medium and High are {values}. Give three finite numbers, each "
            f"larger than the one before."
        )
    return values


def _power(power: float) -> float:
    power = float(power)
    if not math.isfinite(power):
        raise ValueError(f"The power of the mean is {power}; it must be finite.")
    return 0.0 if abs(power) < SMALLEST_POWER else power


# ---------------------------------------------------------------------------------------------
# Levels to scores to ranks


def encode_levels(table: pd.DataFrame, scores: Sequence[float] = EQUAL_STEPS) -> pd.DataFrame:
    """Numbers for levels.

    Parameters
    ----------
    table : DataFrame, (units, dimensions)
        Cells ``"Low"``, ``"Medium"`` or ``"High"``.
    scores : three numbers, points
        Scores of Low, Medium and High, strictly increasing.

    Returns
    -------
    DataFrame of float, same shape and names, points.

    Raises
    ------
    ValueError
        Unknown or blank level (the message names the cell); scores not strictly increasing.
    """
    values = np.array(_scale(scores))
    numbers = _level_numbers(table)
    return pd.DataFrame(values[numbers], index=table.index, columns=table.columns)


def aggregate(scores, weights, power: float = 1):
    """Weighted power mean of each unit's scores.

    ``(sum w*x^p)^(1/p)``: power 1 is the arithmetic, 0 the geometric, -1 the harmonic mean.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions), points
    weights : sequence or Series, (dimensions,), fractions
        Zero or more, sum 1. A Series is matched to the columns of a DataFrame by name.
    power : float

    Returns
    -------
    Series (for a DataFrame) or array, (units,), points.

    Raises
    ------
    ValueError
        Negative weights, a wrong number of them, or a sum other than 1 (nothing is rescaled);
        a power of 0 or less with a score of 0 or less; a power other than 1 with negative scores.

    Notes
    -----
    Computed as ``c * exp(log1p(sum w*expm1(p*ln(x/c))) / p)`` with c the highest or, for p < 0, the
    lowest score. The textbook form loses all digits near p = 0 and overflows for large powers.
    """
    values, index, columns = _numeric(scores)
    fractions = _weights(weights, columns)
    means = _power_means(values, fractions, _power(power))
    return pd.Series(means, index=index) if isinstance(scores, pd.DataFrame) else means


def _power_means(values: np.ndarray, fractions: np.ndarray, power: float) -> np.ndarray:
    if power == 1:
        # A sum along rows, not a matrix product: equal rows then give equal bits.
        return (values * fractions).sum(axis=1)
    if (values < 0).any() or (power <= 0 and (values == 0).any()):
        raise ValueError(
            f"A mean of power {power:g} needs scores {'above' if power <= 0 else 'of at least'} 0; "
            f"the lowest is {values.min():g}. Use a coding with a higher score of Low."
        )
    # A weight of 0 leaves its dimension out, also where a score's power would overflow.
    values, fractions = values[:, fractions > 0], fractions[fractions > 0]
    # Relative to the score that counts most, no power exceeds 1.
    leading = values.min(axis=1) if power < 0 else values.max(axis=1)
    leading = np.where(leading > 0, leading, 1.0)
    with np.errstate(divide="ignore"):
        logs = np.log(values / leading[:, None])
    if power == 0:
        return leading * np.exp((logs * fractions).sum(axis=1))
    summed = (fractions * np.exp(power * logs)).sum(axis=1)
    short = (fractions * np.expm1(power * logs)).sum(axis=1)
    with np.errstate(divide="ignore"):
        # Near 1 the logarithm needs the small remainder, far from 1 the sum itself.
        log_mean = np.where(summed > 0.5, np.log1p(np.maximum(short, -0.9)), np.log(summed))
    return leading * np.exp(log_mean / power)


def competition_rank(score) -> np.ndarray:
    """Ranks with 1 for the highest score; ties share the better rank (1, 1, 3).

    Scores are rounded to 12 decimals first, so that noise in the last bits does not order units.

    Parameters
    ----------
    score : Series or array, (units,)

    Returns
    -------
    array of int, (units,)

    Raises
    ------
    ValueError
        A score that is not a number; more than one axis.
    """
    values = np.asarray(score, dtype=float)
    if values.ndim != 1:
        raise ValueError(f"Scores to rank have {values.ndim} axes. Pass one score per unit.")
    if np.isnan(values).any():
        position = int(np.flatnonzero(np.isnan(values))[0])
        raise ValueError(
            f"The score at position {position} is not a number, so it has no rank. Leave the unit "
            f"out."
        )
    ordered = np.sort(-_rounded(values))
    return np.searchsorted(ordered, -_rounded(values), side="left") + 1


def _rounded(values: np.ndarray) -> np.ndarray:
    """Values rounded to 12 decimals, except where a float has no 12 decimals left to round."""
    # NumPy rounds by multiplying with 10^12, which turns very large scores into infinity.
    small = np.abs(values) < 2**53 / 10**TIE_DECIMALS
    return np.where(small, np.round(np.where(small, values, 0.0), TIE_DECIMALS), values)


def utility(scores, power: float = 1):
    """Scores transformed so that weighted sums rank units as the power mean does.

    ``(x^p - 1)/p``, or ``ln x`` for p = 0; more stays better for negative p too. Power 1 leaves the
    scores as they are. `rank_acceptability` takes these for powers other than 1.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions), points
    power : float

    Returns
    -------
    DataFrame or array, same shape.

    Raises
    ------
    ValueError
        Negative scores unless the power is 1; scores of 0 with a power of 0 or less.
    """
    values, index, columns = _numeric(scores)
    power = _power(power)
    if power != 1 and ((values < 0).any() or (power <= 0 and (values == 0).any())):
        raise ValueError(
            f"Power {power:g} needs scores {'above' if power <= 0 else 'of at least'} 0; the "
            f"lowest is {values.min():g}."
        )
    if power == 1:
        changed = values
    else:
        with np.errstate(divide="ignore"):
            logs = np.log(values)
        # x^p itself is 1 for all x as p nears 0, and rounding would then tie every unit.
        changed = np.expm1(power * logs) / power if power else logs
    if isinstance(scores, pd.DataFrame):
        return pd.DataFrame(changed, index=index, columns=columns)
    return changed


def q_value(medium_score, power=1):
    """Where Medium lies between Low (0) and High (1) once coding and mean are chosen.

    ``q = (f(M)-f(1)) / (f(3)-f(1))`` with ``f(x) = x^p``, or ``ln x`` for p = 0. Ranks by a power
    mean depend on coding and power through this one number only.

    Parameters
    ----------
    medium_score : float or array, points
        Score of Medium, from 1 to 3, where Low is 1 and High is 3.
    power : float or array

    Returns
    -------
    float or array, fraction.

    Raises
    ------
    ValueError
        A score outside 1 to 3, or a power that is not finite.
    """
    medium = np.asarray(medium_score, dtype=float)
    powers = np.asarray(power, dtype=float)
    if not np.all((medium >= 1) & (medium <= 3)):
        raise ValueError(
            f"The score of Medium is {medium_score}; it must lie between Low, 1, and High, 3."
        )
    if not np.isfinite(powers).all():
        raise ValueError(f"The power of the mean is {power}; it must be finite.")
    powers = np.where(np.abs(powers) < SMALLEST_POWER, 0.0, powers)
    log_medium, log_high = np.log(medium), math.log(3)
    size = np.where(powers == 0, 1.0, np.abs(powers))
    # expm1 of a negative number: no cancellation near p = 0, no overflow far from it.
    falling = np.expm1(-size * log_medium) / np.expm1(-size * log_high)
    rising = np.exp(size * (log_medium - log_high)) * falling
    q = np.where(powers == 0, log_medium / log_high, np.where(powers < 0, falling, rising))
    # Moderate powers need no such care, and the plain form gives 1/2 for 1-2-3 to the last bit.
    moderate = (size >= 0.1) & (size <= 10) & (powers != 0)
    plain_power = np.where(moderate, powers, 1.0)
    q = np.where(moderate, (medium**plain_power - 1) / (3.0**plain_power - 1), q)
    return float(q) if q.ndim == 0 else q


# ---------------------------------------------------------------------------------------------
# What follows from the levels alone


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
    numbers, units = _level_numbers(table), list(table.index)
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


def _equal_rows(values: np.ndarray) -> list[list[int]]:
    """Positions of equal rows, grouped, in order of first appearance."""
    groups: dict[tuple, list[int]] = {}
    for position, row in enumerate(values.tolist()):
        groups.setdefault(tuple(row), []).append(position)
    return list(groups.values())


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

    numbers, units = _level_numbers(table), list(table.index)
    # Units with equal rows would be a cycle of two, for which a reduction does not exist.
    groups = _equal_rows(numbers)
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
    numbers = _level_numbers(table)
    groups = _equal_rows(numbers)
    if len(groups) > MOST_GROUPS_TO_COUNT:
        raise ValueError(
            f"The table has {len(groups)} different rows; orders are counted up to "
            f"{MOST_GROUPS_TO_COUNT}."
        )
    rows = [numbers[group[0]] for group in groups]
    count = len(groups)
    better = [
        sum(1 << other for other in range(count) if other != one and (rows[other] >= row).all())
        for one, row in enumerate(rows)
    ]
    everything = (1 << count) - 1
    # begun[s]: ways to place the groups of s first; ended[s]: ways to go on from there.
    begun, ended = [0] * (everything + 1), [0] * (everything + 1)
    begun[0] = ended[everything] = 1

    def next_groups(placed: int) -> list[int]:
        return [
            one for one in range(count)
            if not placed >> one & 1 and better[one] & placed == better[one]
        ]

    for placed in range(everything + 1):
        if begun[placed]:
            for one in next_groups(placed):
                begun[placed | 1 << one] += begun[placed]
    for placed in range(everything, -1, -1):
        if begun[placed]:
            for one in next_groups(placed):
                ended[placed] += ended[placed | 1 << one]

    shares = np.zeros((len(table), len(table)))
    for placed in range(everything + 1):
        if begun[placed]:
            rank = 1 + sum(len(groups[one]) for one in range(count) if placed >> one & 1)
            for one in next_groups(placed):
                orders = begun[placed] * ended[placed | 1 << one]
                shares[groups[one], rank - 1] += orders / ended[0]
    result = _by_rank(shares, table.index)
    result.attrs["linear_extensions"] = ended[0]
    return result


def _by_rank(shares: np.ndarray, units: pd.Index) -> pd.DataFrame:
    ranks = pd.RangeIndex(1, shares.shape[1] + 1, name="rank")
    return pd.DataFrame(shares, index=units, columns=ranks)


def mean_rank(shares: pd.DataFrame) -> pd.Series:
    """Mean rank of each unit from its shares by rank (as of `rank_acceptability`)."""
    return (shares * np.asarray(shares.columns, dtype=float)).sum(axis=1)


def identical_columns(table: pd.DataFrame) -> list[tuple]:
    """Groups of two or more dimensions whose cells are equal in every row.

    With equal weights such a group counts its one content several times.

    Parameters
    ----------
    table : DataFrame, (units, dimensions)

    Returns
    -------
    list of tuples of column names, in the order of the table; empty where all columns differ.
    """
    names = list(_named_table(table).columns)
    groups = _equal_rows(table.to_numpy(dtype=object).T)
    return [tuple(names[place] for place in group) for group in groups if len(group) > 1]


def merge_identical_columns(table: pd.DataFrame) -> pd.DataFrame:
    """The table with each group of equal columns as one, its names joined.

    `merge_weights` gives the weights that belong to it.

    Parameters
    ----------
    table : DataFrame, (units, dimensions)

    Returns
    -------
    DataFrame
        A column such as ``"capital = alliances"`` stands where the first of its group stood.
    """
    names = list(_named_table(table).columns)
    groups = _equal_rows(table.to_numpy(dtype=object).T)
    merged = table.iloc[:, [group[0] for group in groups]].copy()
    merged.columns = pd.Index(
        [names[group[0]] if len(group) == 1 else JOINED.join(str(names[place]) for place in group)
         for group in groups],
        name=table.columns.name,
    )
    return merged


def merge_weights(table: pd.DataFrame, weights) -> pd.Series:
    """Weights of the merged table: a merged dimension weighs as much as its parts together.

    Parameters
    ----------
    table : DataFrame, (units, dimensions)
        The table before merging.
    weights : sequence or Series, (dimensions,), fractions
        Zero or more, sum 1.

    Returns
    -------
    Series indexed by the columns of ``merge_identical_columns(table)``, fractions.

    Raises
    ------
    ValueError
        Negative weights, a wrong number of them, or a sum other than 1.
    """
    fractions = _weights(weights, _named_table(table).columns)
    groups = _equal_rows(table.to_numpy(dtype=object).T)
    return pd.Series(
        [math.fsum(fractions[group]) for group in groups],
        index=merge_identical_columns(table).columns,
    )


# ---------------------------------------------------------------------------------------------
# Probabilities over all weightings, exact


def positive_probability(differences: Sequence, concentration: int = 1) -> Fraction:
    """Probability that a weighted sum is above zero when every weighting is equally likely.

    The probability is the divided difference of ``max(x, 0)^(d-1)`` at the ``d`` coefficients (the
    Hermite-Genocchi formula). It is computed in exact fractions: in floating point, coefficients
    that lie close together cancel every digit.

    Parameters
    ----------
    differences : sequence of int, float or Fraction, (dimensions,)
        Coefficients of the weights. A float stands for its exact binary value.
    concentration : int
        Dirichlet concentration of the weights; 1 is uniform on the simplex. For a whole number k
        each weight is the sum of k parts of a finer uniform weighting, so its coefficient counts k
        times.

    Returns
    -------
    Fraction, 0 to 1. All coefficients 0 (a tie) gives 0.

    Raises
    ------
    ValueError
        No coefficient, one that is not finite, or a concentration that is not a whole number.
    """
    concentration = _whole(concentration, "concentration", 1)
    nodes = sorted(_fraction(value, "coefficient") for value in differences)
    if not nodes:
        raise ValueError("There is no coefficient. Pass one for each dimension.")
    if nodes[-1] <= 0:
        return Fraction(0)
    if nodes[0] >= 0:
        return Fraction(1)
    nodes = [node for node in nodes for _ in range(concentration)]
    degree = len(nodes) - 1

    def derivative(node: Fraction, order: int) -> Fraction:
        """Derivative of ``max(x, 0)^degree`` at a node, divided by the factorial of its order."""
        return math.comb(degree, order) * node ** (degree - order) if node > 0 else Fraction(0)

    column = [derivative(node, 0) for node in nodes]
    for order in range(1, degree + 1):
        # Nodes are sorted, so two equal ends mean that all between are equal too.
        column = [
            derivative(nodes[place], order) if nodes[place] == nodes[place + order]
            else (column[place + 1] - column[place]) / (nodes[place + order] - nodes[place])
            for place in range(degree + 1 - order)
        ]
    return column[0]


def _fraction(value, what: str) -> Fraction:
    if isinstance(value, Rational):
        return Fraction(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"A {what} is {number}; it must be finite.")
    return Fraction(number)


def _row_numbers(row_a, row_b) -> tuple[list[int], list[int], list]:
    """Two rows of levels as numbers, with the names of their dimensions."""
    if isinstance(row_a, pd.Series) and isinstance(row_b, pd.Series):
        if not row_a.index.equals(row_b.index):
            # Two rows of tables with another column order would be compared across dimensions.
            raise ValueError(
                f"The rows name other dimensions: {list(row_a.index)} and {list(row_b.index)}."
            )
        names = list(row_a.index)
    else:
        names = list(range(len(row_a)))
    if len(row_a) != len(row_b) or not len(row_a):
        raise ValueError(
            f"The rows have {len(row_a)} and {len(row_b)} levels. They need the same number, "
            f"at least one."
        )
    numbers = [
        [_level_number(cell, f"row {which}, dimension {name!r}")
         for cell, name in zip(row, names, strict=True)]
        for which, row in (("a", row_a), ("b", row_b))
    ]
    return numbers[0], numbers[1], names


def _coding(q) -> tuple[Fraction, Fraction, Fraction]:
    """Exact scores of Low, Medium and High when Low is 0 and High is 1."""
    value = _fraction(q, "value of q")
    if not 0 <= value <= 1:
        raise ValueError(f"q is {float(value):g}; Medium lies between Low, 0, and High, 1.")
    return Fraction(0), value, Fraction(1)


def pairwise_probability_exact(row_a: Sequence[str], row_b: Sequence[str], q: float) -> float:
    """Probability that one unit scores strictly above another, over all weightings.

    Parameters
    ----------
    row_a, row_b : sequences of levels, (dimensions,)
        Lists, arrays or rows of a table.
    q : float, fraction
        Score of Medium when Low is 0 and High is 1, from `q_value`.

    Returns
    -------
    float, probability under weights uniform on the simplex; identical rows give 0 both ways.

    Raises
    ------
    ValueError
        Rows of unequal length or of other dimensions, unknown levels, q outside 0 to 1.
    """
    first, second, _ = _row_numbers(row_a, row_b)
    scores = _coding(q)
    return float(
        positive_probability([scores[a] - scores[b] for a, b in zip(first, second, strict=True)])
    )


def pairwise_probability_mean(row_a: Sequence[str], row_b: Sequence[str]) -> float:
    """`pairwise_probability_exact` averaged over all codings, q uniform between 0 and 1.

    The probability is a smooth function of q on either side of 1/2 (there ``q`` and ``1-q`` change
    places), so Gauss-Legendre quadrature with 40 nodes on each half is exact to rounding.

    Parameters
    ----------
    row_a, row_b : sequences of levels, (dimensions,)

    Returns
    -------
    float, probability.
    """
    nodes, shares = np.polynomial.legendre.leggauss(40)
    return float(math.fsum(
        share / 4 * pairwise_probability_exact(row_a, row_b, half + (node + 1) / 4)
        for half in (0.0, 0.5)
        for node, share in zip(nodes, shares, strict=True)
    ))


def pair_condition(row_a: pd.Series, row_b: pd.Series) -> str:
    """Condition on weights and q under which one unit scores above another, as text.

    Parameters
    ----------
    row_a, row_b : rows of a table of levels (dimensions,)

    Returns
    -------
    str
        A dimension's name stands for its weight, as in
        ``"enterprises + q*policies - (1-q)*smes > 0"``.
    """
    first, second, names = _row_numbers(row_a, row_b)
    # The name of a merged dimension holds an equals sign, which a condition must not seem to have.
    names = [f"[{name}]" if JOINED in str(name) else name for name in names]
    # The seven possible gaps, by levels: a whole scale, its upper step 1-q, its lower step q.
    factors = {(2, 0): "", (2, 1): "(1-q)*", (1, 0): "q*"}
    terms = []
    for levels, factor in factors.items():
        plus = [str(n) for n, a, b in zip(names, first, second, strict=True) if (a, b) == levels]
        minus = [str(n) for n, a, b in zip(names, first, second, strict=True) if (b, a) == levels]
        if plus or minus:
            sign = 1 if plus else -1
            inner = " + ".join(plus) + "".join(f" - {n}" for n in minus) if plus else (
                " + ".join(minus)
            )
            if len(plus) + len(minus) > 1 and (factor or sign < 0):
                inner = f"({inner})"
            terms.append((sign, factor + inner))
    if not terms:
        return "0 > 0"
    # Terms with a plus first, so that a condition does not open with a sign where it need not.
    terms.sort(key=lambda term: -term[0])
    text = "-" * (terms[0][0] < 0) + terms[0][1]
    return text + "".join(f" {'+' if s > 0 else '-'} {t}" for s, t in terms[1:]) + " > 0"


def percent(share: float) -> str:
    """A share to 1 %, without rounding an open question to a certain one.

    0.997 reads "more than 99 %" and 0.002 "less than 1 %"; only 0 and 1 read "0 %" and "100 %".
    """
    if 0 < share < 0.005:
        return "less than 1 %"
    if 0.995 <= share < 1:
        return "more than 99 %"
    # round() would print 0.125 as 12 and 0.135 as 14: halves go to the even digit.
    return f"{math.floor(share * 100 + 0.5 + 1e-9)} %"


def pairwise_statements(table: pd.DataFrame, q: float = 0.5) -> pd.DataFrame:
    """What may be said on each pair of units, and no more.

    Each pair falls into one class.

    - ``tie``: the rows are equal.
    - ``always``: one dominates, under every increasing coding and all positive weights.
    - ``share``: the same unit leads in more than half of the weightings under every coding
      examined (q in steps of 1/40 with the limits at 0 and 1, and the given one); the share
      stated is that at ``q``.
    - ``not ordered``: which unit leads in more weightings depends on the coding, or each leads in
      half of them. An order would be made by the choice alone.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    q : float, fraction
        Score of Medium when Low is 0 and High is 1; strictly between the two.

    Returns
    -------
    DataFrame, one row per pair
        ``unit, other, kind, share, share_lowest, share_highest, condition, statement``. In the
        classes ``always`` and ``share``, ``unit`` is the better one; in the other two the order of
        the names means nothing. ``share`` is the probability that ``unit`` scores strictly above
        ``other`` with weights uniform on the simplex; lowest and highest are over the codings
        examined.

    Raises
    ------
    ValueError
        Unknown levels; q not strictly between 0 and 1.
    """
    numbers, units = _level_numbers(table), list(table.index)
    chosen = _coding(q)[1]
    if not 0 < chosen < 1:
        raise ValueError(
            f"q is {float(chosen):g}: Medium would count as Low or as High. Choose a value between."
        )
    statements = [
        _statement(numbers[[a, b]], (units[a], units[b]), table.columns, chosen)
        for a, b in itertools.combinations(range(len(units)), 2)
    ]
    columns = ["unit", "other", "kind", "share", "share_lowest", "share_highest", "condition",
               "statement"]
    return pd.DataFrame(statements, columns=columns)


def _statement(rows, names, columns, chosen) -> tuple:
    gap = rows[0] - rows[1]
    if not gap.any():
        text = f"{names[0]} and {names[1]} have equal ratings and cannot be told apart."
        return (*names, "tie", 0.0, 0.0, 0.0, "", text)
    if (gap <= 0).all():
        rows, names, gap = rows[::-1], names[::-1], -gap
    if (gap >= 0).all():
        text = f"{names[0]} is above {names[1]} under every coding and all positive weights."
        return (*names, "always", 1.0, 1.0, 1.0, "", text)

    def share(q: Fraction) -> Fraction:
        scores = (Fraction(0), q, Fraction(1))
        return positive_probability([scores[a] - scores[b] for a, b in rows.T])

    at_q = share(chosen)
    spread = [at_q, *map(share, CODINGS)]
    lowest, highest = min(spread), max(spread)
    half = Fraction(1, 2)
    if highest < half:
        # Two different rows never tie over a whole range of weightings, so shares add up to 1.
        rows, names = rows[::-1], names[::-1]
        at_q, lowest, highest = 1 - at_q, 1 - highest, 1 - lowest
    condition = pair_condition(
        *(pd.Series([LEVELS[number] for number in row], index=columns) for row in rows)
    )
    shares = (float(at_q), float(lowest), float(highest))
    at = f"{percent(float(at_q))} of weightings (q = {float(chosen):.3g})"
    if lowest > half:
        return (*names, "share", *shares, condition, f"{names[0]} is above {names[1]} in {at}.")
    text = (
        f"{names[0]} and {names[1]} cannot be ordered without a choice of scores and weights: "
        f"{names[0]} is above in {at}, and in {percent(shares[1])} to {percent(shares[2])} over "
        f"all codings."
    )
    return (*names, "not ordered", *shares, condition, text)


# ---------------------------------------------------------------------------------------------
# Robustness of ranks


def rank_acceptability(scores, draws: int, seed: int, concentration: float = 1) -> pd.DataFrame:
    """Share of sampled weightings in which each unit holds each competition rank.

    Weights are Dirichlet distributed, the score is the weighted sum. For a power mean other than
    the arithmetic, pass ``utility(scores, power)``.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions), points
    draws : int
        Number of weightings.
    seed : int
    concentration : float
        1 makes every weighting equally likely; larger values stay near equal weights.

    Returns
    -------
    DataFrame of float, (units, ranks 1..n), fractions; rows sum to 1.
        The standard error of a share p is ``sqrt(p*(1-p)/draws)``.

    Raises
    ------
    ValueError
        Scores not finite; draws or concentration not positive.

    Notes
    -----
    Only pairs whose order depends on the weights are simulated; a unit that is at least as good in
    every dimension and better in one is above in all weightings, and equal rows tie. The sign of a
    difference does not depend on the sum of the weights, so they are not normalised. Draws are made
    in chunks, which bounds memory whatever their number.
    """
    values, units, _ = _numeric(scores)
    draws = _whole(draws, "draws", 1)
    seed = _whole(seed, "seed", 0)
    concentration = float(concentration)
    if not (math.isfinite(concentration) and concentration > 0):
        raise ValueError(f"concentration is {concentration}; it must be above 0.")

    # Equal rows are one group, so that rounding in the sums can never set them apart. Rounding is
    # relative to the largest score: 0.1 + 0.2 and 0.3 are one score on every scale.
    largest = np.abs(values).max()
    rounded = np.round(values / largest, TIE_DECIMALS) if largest > 0 else values
    groups = _equal_rows(rounded)
    rows = rounded[[group[0] for group in groups]]
    sizes = np.array([len(group) for group in groups])
    settled = np.ones(len(groups), dtype=np.int64)
    open_pairs = []
    for one in range(len(groups)):
        gap = rows[one] - rows[one + 1:]
        above, below = (gap >= 0).all(axis=1), (gap <= 0).all(axis=1)
        others = np.arange(one + 1, len(groups))
        settled[others[above]] += sizes[one]
        settled[one] += sizes[others[below]].sum()
        left = ~(above | below)
        if left.any():
            open_pairs.append((one, others[left], np.ascontiguousarray(gap[left])))

    counts = _count_ranks(settled, sizes, open_pairs, draws, seed, concentration, values.shape[1])
    shares = np.empty((len(units), len(units)))
    for group, count in zip(groups, counts, strict=True):
        shares[group] = count / draws
    return _by_rank(shares, units)


def _count_ranks(settled, sizes, open_pairs, draws, seed, concentration, dimensions):
    """Draws at each rank: int array (groups, units)."""
    groups, units = len(sizes), int(sizes.sum())
    counts = np.zeros((groups, units), dtype=np.int64)
    if not open_pairs:
        counts[np.arange(groups), settled - 1] = draws
        return counts
    generator = np.random.default_rng(seed)
    # Numbers of units above, in the smallest type that holds them: moving them is most of the work.
    small = np.min_scalar_type(units)
    start_at, sizes = (settled - 1).astype(small)[:, None], sizes.astype(small)[:, None]
    # Each group counts in a range of its own, so one count of all numbers serves all groups.
    offset = (np.arange(groups) * units)[:, None]
    chunk = max(256, NUMBERS_PER_CHUNK // max(groups, dimensions))
    for start in range(0, draws, chunk):
        size = (dimensions, min(chunk, draws - start))
        if concentration == 1:
            parts = generator.standard_exponential(size)
        else:
            parts = generator.standard_gamma(concentration, size)
        units_above = np.repeat(start_at, size[1], axis=1)
        for one, others, gap in open_pairs:
            wins = gap @ parts > 0
            units_above[others] += wins * sizes[one]
            units_above[one] += (~wins * sizes[others]).sum(axis=0, dtype=small)
        counts += np.bincount(
            (units_above + offset).ravel(), minlength=groups * units
        ).reshape(groups, units)
    return counts


def leave_one_out(
    table: pd.DataFrame, *, scores: Sequence[float] = EQUAL_STEPS, weights=None, power: float = 1
) -> pd.DataFrame:
    """Ranks after each dimension in turn is dropped.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    scores : three numbers, points
        Coding of the levels.
    weights : sequence or Series, (dimensions,), fractions, optional
        Equal weights where not given. Those of the remaining dimensions are divided by their sum.
    power : float
        Power of the mean.

    Returns
    -------
    DataFrame of int, index the dropped dimension, columns units, competition ranks.

    Raises
    ------
    ValueError
        Fewer than two dimensions; a dimension that carries all the weight.
    """
    values = encode_levels(table, scores)
    if values.shape[1] < 2:
        raise ValueError("The table has one dimension; nothing is left when it is dropped.")
    columns = values.columns
    fractions = _equal_weights(columns) if weights is None else _weights(weights, columns)
    ranks = {}
    for place, dropped in enumerate(columns):
        kept = np.delete(fractions, place)
        if not kept.sum() > 0:
            raise ValueError(f"{dropped!r} carries all the weight, so it cannot be dropped.")
        means = aggregate(values.drop(columns=dropped), kept / kept.sum(), power)
        ranks[dropped] = competition_rank(means)
    result = pd.DataFrame.from_dict(ranks, orient="index", columns=table.index)
    result.index.name = "dropped"
    return result


def one_level_perturbation(
    table: pd.DataFrame, *, scores: Sequence[float] = EQUAL_STEPS, weights=None, power: float = 1
) -> pd.DataFrame:
    """Ranks after each possible change of one cell by one level.

    Low and High can move one way, Medium both ways.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    scores, weights, power
        As in `leave_one_out`.

    Returns
    -------
    DataFrame, one row per change
        ``unit, dimension, step`` (-1 or 1), the rank of every unit under its name, then
        ``changed`` (any rank differs from the unchanged table) and three counts of pairs:
        ``reversals`` (strictly ordered before, the other way round after), ``ties_made`` and
        ``ties_broken``. A tie made or broken is not a reversal.

    Raises
    ------
    ValueError
        Unknown levels; a unit named like one of the other columns.
    """
    numbers, units = _level_numbers(table), list(table.index)
    told = ["unit", "dimension", "step", "changed", "reversals", "ties_made", "ties_broken"]
    for name in told:
        if name in units:
            raise ValueError(f"A unit is named {name!r}, like a column of the result. Rename it.")
    fractions = _equal_weights(table.columns) if weights is None else (
        _weights(weights, table.columns)
    )
    values = np.array(_scale(scores))
    changes = [
        (row, column, step)
        for (row, column), level in np.ndenumerate(numbers)
        for step in (-1, 1)
        if 0 <= level + step <= 2
    ]
    variants = np.repeat(numbers[None], len(changes) + 1, axis=0)
    for place, (row, column, step) in enumerate(changes, start=1):
        variants[place, row, column] += step
    means = _power_means(
        values[variants].reshape(-1, numbers.shape[1]), fractions, _power(power)
    ).reshape(-1, len(units))
    ranks = np.array([competition_rank(row) for row in means])
    first, second = np.triu_indices(len(units), 1)
    order = np.sign(ranks[:, first] - ranks[:, second])
    before, after = order[0], order[1:]
    result = pd.DataFrame(
        [(units[row], table.columns[column], step) for row, column, step in changes],
        columns=told[:3],
    )
    result[units] = ranks[1:]
    result["changed"] = (ranks[1:] != ranks[0]).any(axis=1)
    result["reversals"] = (after * before < 0).sum(axis=1)
    result["ties_made"] = ((after == 0) & (before != 0)).sum(axis=1)
    result["ties_broken"] = ((after != 0) & (before == 0)).sum(axis=1)
    return result


@dataclass(frozen=True)
class RatingNoise:
    """Ranks under erring ratings.

    ``acceptability`` is a DataFrame (units, ranks 1..n) of shares of draws. ``pairs`` has one row
    for each pair that the unchanged table orders strictly: ``better, worse`` and the shares of
    draws in which the order is ``kept``, ``tied`` or ``reversed``.
    """

    acceptability: pd.DataFrame
    pairs: pd.DataFrame


def rating_noise(
    table: pd.DataFrame,
    rating_error: float,
    draws: int,
    seed: int,
    *,
    scores: Sequence[float] = EQUAL_STEPS,
    weights=None,
    power: float = 1,
) -> RatingNoise:
    """Ranks when each cell is one level off with a given probability, independently of others.

    A Medium that errs goes up or down with equal chance; Low and High have one way to go. Where one
    author rated all cells, real errors go together, so independent ones make ranks look steadier
    than they are.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    rating_error : float, probability
    draws : int
    seed : int
    scores, weights, power
        As in `leave_one_out`.

    Returns
    -------
    RatingNoise

    Raises
    ------
    ValueError
        Unknown levels; an error outside 0 to 1; draws not positive.
    """
    numbers = _level_numbers(table)
    draws, seed = _whole(draws, "draws", 1), _whole(seed, "seed", 0)
    if not 0 <= rating_error <= 1:
        raise ValueError(f"rating_error is {rating_error}; a probability lies between 0 and 1.")
    fractions = _equal_weights(table.columns) if weights is None else (
        _weights(weights, table.columns)
    )
    values = utility(np.array([_scale(scores)]), power)[0]
    # On a scale from 0 to 1 the rounding that finds ties suits every coding and power.
    values = (values - values[0]) / (values[2] - values[0])

    units, dimensions = numbers.shape
    unchanged = competition_rank((values[numbers] * fractions).sum(axis=1))
    pairs = [
        (first, second) for first, second in itertools.permutations(range(units), 2)
        if unchanged[first] < unchanged[second]
    ]
    # Below `rise` a cell goes up, from there to the error it goes down, else it stays.
    rise = np.array([rating_error, rating_error / 2, 0.0])[numbers][..., None]
    generator = np.random.default_rng(seed)
    counts = np.zeros((units, units), dtype=np.int64)
    outcomes = np.zeros((len(pairs), 2), dtype=np.int64)
    chunk = max(64, NUMBERS_PER_CHUNK // numbers.size)
    offset = (np.arange(units) * units)[:, None]
    for start in range(0, draws, chunk):
        chance = generator.random((units, dimensions, min(chunk, draws - start)))
        up = chance < rise
        down = (chance < rating_error) & ~up
        levels = numbers[..., None] + up.view(np.int8) - down.view(np.int8)
        totals = np.zeros((units, chance.shape[2]))
        for place, fraction in enumerate(fractions):
            totals += fraction * values[levels[:, place]]
        totals = np.round(totals, TIE_DECIMALS)
        places = np.repeat(offset, totals.shape[1], axis=1)
        for one in range(units):
            places[one] += (totals > totals[one]).sum(axis=0)
        counts += np.bincount(places.ravel(), minlength=units * units).reshape(units, units)
        for place, (better, worse) in enumerate(pairs):
            outcomes[place] += (
                np.count_nonzero(totals[better] > totals[worse]),
                np.count_nonzero(totals[better] < totals[worse]),
            )
    kept, turned = outcomes[:, 0] / draws, outcomes[:, 1] / draws
    return RatingNoise(
        acceptability=_by_rank(counts / draws, table.index),
        pairs=pd.DataFrame({
            "better": [table.index[better] for better, _ in pairs],
            "worse": [table.index[worse] for _, worse in pairs],
            "kept": kept,
            "tied": (draws - outcomes.sum(axis=1)) / draws,
            "reversed": turned,
        }),
    )


def sobol_indices(
    table: pd.DataFrame, base_samples: int, seed: int, *, resamples: int = 100
) -> pd.DataFrame:
    """Share of the variation of ranks that each choice accounts for.

    Output is the mean absolute shift of the units' ranks from the baseline (1-2-3, equal weights,
    arithmetic mean). Inputs are one number per dimension, the score of Medium (uniform 1.05 to
    2.95) and the power of the mean (uniform -2 to 2). Weights that sum to 1 depend on each other,
    and the method needs independent inputs; so each dimension's input is a uniform U, and the
    weights are the ``-ln U`` divided by their sum, which is uniform on the simplex.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    base_samples : int
        A power of two. The ranks are computed ``base_samples * (dimensions + 4)`` times.
    seed : int
    resamples : int
        Bootstrap resamples behind the error.

    Returns
    -------
    DataFrame, index input: the dimensions, then ``medium_score`` and ``aggregation_power``
        ``first_order``, ``total`` (fractions of the variance of the output) and ``total_error``
        (half-width of a 95 % bootstrap interval of ``total``). ``attrs["output_mean"]`` is the mean
        shift in ranks, ``attrs["output_variance"]`` its variance. Where no choice moves any rank,
        the variance is 0 and so is every index.

    Raises
    ------
    ValueError
        base_samples not a power of two; unknown levels; a dimension named like another input.

    Notes
    -----
    First order after Saltelli et al. (2010), total after Jansen, as implemented in SALib.
    """
    base_samples = _whole(base_samples, "base_samples", 1)
    resamples = _whole(resamples, "resamples", 2)
    seed = _whole(seed, "seed", 0)
    if base_samples & (base_samples - 1):
        lower = 2 ** (base_samples.bit_length() - 1)
        raise ValueError(
            f"base_samples is {base_samples}; the Sobol sequence is balanced only for powers of "
            f"two. Use {lower} or {2 * lower}."
        )
    numbers = _level_numbers(table)
    inputs = [*map(str, table.columns), "medium_score", "aggregation_power"]
    if len(set(inputs)) < len(inputs):
        raise ValueError(f"Two inputs share a name: {inputs}. Rename the dimension.")
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    problem = {
        "num_vars": len(inputs),
        "names": inputs,
        "bounds": [(0.0, 1.0)] * table.shape[1] + [MEDIUM_SCORE_RANGE, POWER_RANGE],
    }
    sample = sampling.sample(problem, base_samples, calc_second_order=False, seed=seed)
    shift = _rank_shift(numbers, sample)
    result = pd.DataFrame(
        0.0, index=pd.Index(inputs, name="input"), columns=["first_order", "total", "total_error"]
    )
    result.attrs.update(output_mean=float(shift.mean()), output_variance=float(shift.var()))
    if result.attrs["output_variance"] > 0:
        # SALib takes a seed of 0 for no seed and would then draw from NumPy's global state.
        bootstrap_seed = int(np.random.default_rng(seed).integers(1, 2**31))
        with warnings.catch_warnings():
            # An input without effect is a finding here; SALib warns and gives it 0.
            warnings.filterwarnings("ignore", message="Constant values encountered")
            found = analysis.analyze(
                problem, shift, calc_second_order=False, num_resamples=resamples,
                seed=bootstrap_seed,
            )
        result["first_order"], result["total"] = found["S1"], found["ST"]
        result["total_error"] = found["ST_conf"]
    return result


def _rank_shift(numbers: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """Mean absolute rank shift from the baseline for each row of a Sobol sample: array (rows,)."""
    units, dimensions = numbers.shape
    baseline = competition_rank(numbers.mean(axis=1))
    high, medium = (numbers == 2).astype(float), (numbers == 1).astype(float)
    shifts = np.empty(len(sample))
    chunk = max(256, NUMBERS_PER_CHUNK // units)
    for start in range(0, len(sample), chunk):
        part = sample[start:start + chunk]
        # A sampled 0 or 1 would make a weight infinite, or all of them 0.
        uniform = np.clip(part[:, :dimensions], 1e-15, 1 - 1e-15)
        weights = -np.log(uniform)
        weights /= weights.sum(axis=1, keepdims=True)
        q = q_value(part[:, dimensions], part[:, dimensions + 1])
        totals = np.round(weights @ high.T + q[:, None] * (weights @ medium.T), TIE_DECIMALS)
        moved = np.zeros(len(part))
        for one in range(units):
            rank = 1 + (totals > totals[:, [one]]).sum(axis=1)
            moved += np.abs(rank - baseline[one])
        shifts[start:start + chunk] = moved / units
    return shifts


# ---------------------------------------------------------------------------------------------
# Other methods, for comparison


def borda(scores, weights=None):
    """Borda count: weighted sum over dimensions of the units below, ties counting one half.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions)
        Only the order within a dimension matters.
    weights : sequence or Series, (dimensions,), fractions, optional
        Equal weights where not given.

    Returns
    -------
    Series or array, (units,), points; the mean over the units is ``(n-1)/2``.
    """
    values, index, columns = _numeric(scores)
    fractions = _equal_weights(columns) if weights is None else _weights(weights, columns)
    gap = np.sign(values[:, None, :] - values[None, :, :])
    # Each unit meets itself as one half, which is taken off again.
    points = (((gap + 1) / 2).sum(axis=1) - 0.5) @ fractions
    return pd.Series(points, index=index) if isinstance(scores, pd.DataFrame) else points


def copeland(scores, weights=None):
    """Copeland score: units beaten minus units lost to in pairwise weighted majorities.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions)
        Only the order within a dimension matters.
    weights : sequence or Series, (dimensions,), fractions, optional
        Equal weights where not given.

    Returns
    -------
    Series or array of int, (units,); sums to 0.
    """
    values, index, columns = _numeric(scores)
    fractions = _equal_weights(columns) if weights is None else _weights(weights, columns)
    gap = np.sign(values[:, None, :] - values[None, :, :])
    # Rounded, since 0.2 + 0.2 against 0.4 must be a draw.
    majority = np.sign(np.round(gap @ fractions, TIE_DECIMALS))
    wins = majority.sum(axis=1).astype(int)
    return pd.Series(wins, index=index) if isinstance(scores, pd.DataFrame) else wins


def min_max(scores):
    """Scores rescaled in each dimension so that the lowest unit is 0 and the highest 1.

    The goalposts come from the units at hand, so a dimension in which no unit is low is stretched
    as far as one that uses the whole scale. For comparison only; fixed goalposts need no rescaling.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions), points

    Returns
    -------
    DataFrame or array, same shape, fractions. A dimension in which all are equal becomes 0.
    """
    values, index, columns = _numeric(scores)
    lowest = values.min(axis=0)
    spread = values.max(axis=0) - lowest
    scaled = (values - lowest) / np.where(spread > 0, spread, 1.0)
    if isinstance(scores, pd.DataFrame):
        return pd.DataFrame(scaled, index=index, columns=columns)
    return scaled


def mazziotta_pareto(scores, lowest: float, highest: float):
    """Adjusted Mazziotta-Pareto index with fixed goalposts, for dimensions where more is better.

    Scores are mapped to 70 (lowest) to 130 (highest); the index is their mean minus variance over
    mean, so that an uneven profile is penalised. The variance is that of the unit's own dimensions,
    all of them, each counting the same.

    Parameters
    ----------
    scores : DataFrame or array, (units, dimensions), points
    lowest, highest : float, points
        Ends of the scale.

    Returns
    -------
    Series or array, (units,), index points, at most 130.

    Raises
    ------
    ValueError
        Scores outside the goalposts, or goalposts in the wrong order.
    """
    values, index, _ = _numeric(scores)
    if not lowest < highest or values.min() < lowest or values.max() > highest:
        raise ValueError(
            f"Scores from {values.min():g} to {values.max():g} do not fit goalposts "
            f"{lowest:g} to {highest:g}."
        )
    scaled = 70 + 60 * (values - lowest) / (highest - lowest)
    means = scaled.mean(axis=1)
    points = means - scaled.var(axis=1) / means
    return pd.Series(points, index=index) if isinstance(scores, pd.DataFrame) else points


def method_ranks(
    table: pd.DataFrame, *, scores: Sequence[float] = EQUAL_STEPS, weights=None
) -> pd.DataFrame:
    """Competition ranks by seven methods side by side.

    Parameters
    ----------
    table : DataFrame of levels, (units, dimensions)
    scores : three numbers above 0, points
        Coding for the methods that need one (all but Borda and Copeland).
    weights : sequence or Series, (dimensions,), fractions, optional
        Equal weights where not given. The Mazziotta-Pareto index has none.

    Returns
    -------
    DataFrame of int, index units, columns ``arithmetic, geometric, harmonic, min_max, borda,
    copeland, mazziotta_pareto``.

    Raises
    ------
    ValueError
        Unknown levels, a bad coding or bad weights, as in `aggregate`.
    """
    values = encode_levels(table, scores)
    columns = values.columns
    fractions = _equal_weights(columns) if weights is None else _weights(weights, columns)
    lowest, _, highest = _scale(scores)
    methods = {
        "arithmetic": aggregate(values, fractions, 1),
        "geometric": aggregate(values, fractions, 0),
        "harmonic": aggregate(values, fractions, -1),
        "min_max": aggregate(min_max(values), fractions, 1),
        "borda": borda(values, fractions),
        "copeland": copeland(values, fractions),
        "mazziotta_pareto": mazziotta_pareto(values, lowest, highest),
    }
    return pd.DataFrame(
        {name: competition_rank(points) for name, points in methods.items()}, index=table.index
    )


def rank_correlations(table: pd.DataFrame) -> pd.DataFrame:
    """How alike two columns order the units: Spearman's rho and Kendall's tau-b, descriptive only.

    There is no p-value: the units are all there are, not a sample.

    Parameters
    ----------
    table : DataFrame, (units, columns)
        Levels, or numbers such as the ranks of `method_ranks`.

    Returns
    -------
    DataFrame, one row per pair of columns
        ``first, second, rho, tau_b, note``. Where a column is constant neither coefficient exists;
        both cells are then missing and the note says why.

    Raises
    ------
    ValueError
        Unknown levels or numbers that are not finite.
    """
    _named_table(table)
    numeric = all(pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes)
    values = _numeric(table)[0] if numeric else _level_numbers(table).astype(float)
    order = np.sign(values[:, None, :] - values[None, :, :])
    # Row sums of the signs are average ranks about their mean, up to a factor of 2.
    ranks = order.sum(axis=1)
    rows = []
    for a, b in itertools.combinations(range(values.shape[1]), 2):
        names = (table.columns[a], table.columns[b])
        constant = [str(table.columns[c]) for c in (a, b) if not ranks[:, c].any()]
        if constant:
            rows.append((*names, None, None, f"no order in {' and '.join(constant)}"))
            continue
        rows.append((*names, _cosine(ranks[:, a], ranks[:, b]),
                     _cosine(order[..., a].ravel(), order[..., b].ravel()), ""))
    result = pd.DataFrame(rows, columns=["first", "second", "rho", "tau_b", "note"])
    return result.astype({"rho": "Float64", "tau_b": "Float64"})


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation of two centred arrays. Whole numbers go in, so equal columns give exactly 1."""
    return float(a @ b / math.sqrt(float(a @ a) * float(b @ b)))
