"""Dimensions whose cells are all equal, and one dimension in their place."""

import math

import pandas as pd

from helpers.composite import _checks as check
from helpers.composite._arrays import equal_rows
from helpers.composite.levels import named_table

JOINED = " = "


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
    return [tuple(table.columns[group]) for group in _equal_columns(table) if len(group) > 1]


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
    groups = _equal_columns(table)
    names = [table.columns[group] for group in groups]
    merged = table.iloc[:, [group[0] for group in groups]].copy()
    merged.columns = pd.Index(
        [same[0] if len(same) == 1 else JOINED.join(map(str, same)) for same in names],
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
    fractions = check.dimension_weights(weights, named_table(table).columns)
    return pd.Series(
        [math.fsum(fractions[group]) for group in _equal_columns(table)],
        index=merge_identical_columns(table).columns,
    )


def reweighted(weights: pd.Series, dimension, share: float) -> pd.Series:
    """Weights with one of them set anew and the others in proportion, or alike if they were none.

    Parameters
    ----------
    weights : Series, (dimensions,), fractions
        Sum 1; two dimensions or more.
    dimension : name of one
    share : float, fraction

    Returns
    -------
    Series, sum 1.

    Raises
    ------
    ValueError
        If the share lies outside 0 to 1 or there is no other dimension.
    """
    if not 0 <= share <= 1 or len(weights) < 2:
        raise ValueError(f"A weight of {share:g} leaves nothing to {len(weights) - 1} others.")
    others = weights.drop(dimension)
    others = others / others.sum() if others.sum() > 0 else others * 0 + 1 / len(others)
    return pd.concat([others * (1 - share), pd.Series({dimension: share})])[weights.index]


def _equal_columns(table: pd.DataFrame) -> list[list[int]]:
    """Positions of equal columns, grouped, in order of first appearance."""
    return equal_rows(named_table(table).to_numpy(dtype=object).T)
