"""Codings as matrices: what answers what, what stays empty, and how far two coders agree.

A coding lists links only. Here it becomes a full matrix, so that what was not linked is counted
too: conclusions rest on empty rows and columns, since counts of links depend on how finely a text
was split into rows. Nothing here knows what is coded.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from statsmodels.stats.inter_rater import cohens_kappa

LINKS = ("none", "partial", "direct")  # in rising order
VERDICTS = ("contradicts", "silent", "agrees")
SIGNS = {"direct": "D", "partial": "p", "none": "\u2013"}  # in figures, where words have no room


class EvidenceError(ValueError):
    """A coding that does not fit its rows, columns or levels."""


# ------------------------------------------------------------------ matrices


def matrix(codes, rows, columns, *, value="link", empty="none", levels=LINKS):
    """Spread listed codes over all pairs of rows and columns.

    Parameters
    ----------
    codes : pandas.DataFrame
        One row a coded pair: the names of `rows` and `columns`, and the column `value`.
    rows, columns : pandas.Series
        All ids, in the order wanted; their names are the key columns in `codes`.
    value : str
        Column with the code.
    empty : str
        Level of the pairs that are not listed.
    levels : sequence of str
        All levels allowed.

    Returns
    -------
    pandas.DataFrame of str, (rows, columns)

    Raises
    ------
    EvidenceError
        If a code is no level, an id is unknown, or a pair is coded twice.
    """
    _known(codes[value], levels, "level")
    _known([empty], levels, "level")
    for key in (rows, columns):
        _known(codes[key.name], set(key), key.name)
    if codes.duplicated([rows.name, columns.name]).any():
        pair = codes.loc[codes.duplicated([rows.name, columns.name]), [rows.name, columns.name]]
        raise EvidenceError(
            f"The pair {' and '.join(pair.iloc[0])} is coded twice. Give the codes of one coder.")
    table = pd.DataFrame(empty, index=pd.Index(rows), columns=pd.Index(columns), dtype=object)
    for row, column, code in zip(codes[rows.name], codes[columns.name], codes[value], strict=True):
        table.loc[row, column] = code
    return table


def weigh(links, partial_link_weight):
    """Links as numbers: none 0, partial the given weight, direct 1.

    Parameters
    ----------
    links : pandas.DataFrame of str
        As from `matrix`.
    partial_link_weight : float
        0 to 1.

    Returns
    -------
    pandas.DataFrame of float, same shape

    Raises
    ------
    EvidenceError
        If the weight is outside 0 to 1 or a cell is no link.
    """
    if not 0 <= partial_link_weight <= 1:
        raise EvidenceError(f"A partial link weighs 0 to 1; got {partial_link_weight!r}.")
    _known(np.ravel(links), LINKS, "link")
    return links.map({"none": 0.0, "partial": float(partial_link_weight), "direct": 1.0}.get)


def coverage(links, partial_link_weight):
    """How well each row is answered by all columns together.

    Parameters
    ----------
    links : pandas.DataFrame of str, (rows, columns)
    partial_link_weight : float

    Returns
    -------
    pandas.DataFrame
        Index as `links`: ``direct``, ``partial`` (counts), ``best`` (largest weight of the row)
        and ``total`` (weighted sum: direct links plus weight times partial ones).
    """
    weights = weigh(links, partial_link_weight)
    return pd.DataFrame({
        "direct": (links == "direct").sum(axis=1),
        "partial": (links == "partial").sum(axis=1),
        "best": weights.max(axis=1),
        "total": weights.sum(axis=1),
    })


def density(links, empty="none") -> float:
    """Share of cells that are filled.

    Raises
    ------
    EvidenceError
        If there is no cell.
    """
    if links.size == 0:
        raise EvidenceError("A matrix without cells has no density.")
    return float((links != empty).to_numpy().mean())


def unlinked(links, axis, level=None, empty="none"):
    """Rows or columns without a link: what nothing answers, and what answers nothing.

    Parameters
    ----------
    links : pandas.DataFrame of str
    axis : {'rows', 'columns'}
    level : str, optional
        Without a link of this level; by default without any link.
    empty : str
        Level that is no link.

    Returns
    -------
    list
        Names in their order.
    """
    held = links == level if level is not None else links != empty
    found = held.any(axis={"rows": 1, "columns": 0}[axis])
    return list(found.index[~found])


def in_both(first, second) -> list:
    """What two lists share, in the order of the first: zeros that do not hang on one coder."""
    second = set(second)
    return [item for item in first if item in second]


def strongest(codes, rows, levels, *, key="challenge_id", value="relation"):
    """The strongest code of each row, whatever column it stands in.

    Parameters
    ----------
    codes : pandas.DataFrame
        One row a coded pair, with the columns `key` and `value`.
    rows : sequence
        All ids wanted, in their order.
    levels : sequence of str
        Codes that count, the strongest first; others are passed over.
    key, value : str
        Columns with the id and the code.

    Returns
    -------
    pandas.Series of str
        Indexed by `rows`; empty where no code counts.
    """
    rank = {level: place for place, level in enumerate(levels)}
    counted = codes[codes[value].isin(rank)]
    best = counted[value].map(rank).groupby(counted[key]).min()
    return pd.Series([levels[int(best[row])] if row in best.index else "" for row in rows],
                     index=pd.Index(rows), dtype=object)


def by_group(links, groups):
    """Count links of each level by row and group of columns.

    Parameters
    ----------
    links : pandas.DataFrame of str, (rows, columns)
    groups : pandas.Series or dict
        Column -> group; columns of the result keep the order of first appearance.

    Returns
    -------
    dict of str to pandas.DataFrame of int
        ``direct`` and ``partial``, each (rows, groups).
    """
    names = [groups[column] for column in links.columns]
    return {
        level: (links == level).T.groupby(names, sort=False).sum().T.astype(int)
        for level in ("direct", "partial")
    }


def letters(links, groups):
    """One letter for each link, by row and group of columns: ``DDp``, direct links first.

    Parameters
    ----------
    links, groups
        As for `by_group`.

    Returns
    -------
    pandas.DataFrame of str, (rows, groups)
        Empty where a row has no link to a group.
    """
    counts = by_group(links, groups)
    return (counts["direct"].map(lambda number: SIGNS["direct"] * number)
            + counts["partial"].map(lambda number: SIGNS["partial"] * number))


# ------------------------------------------------------------------ two coders


def both_signs(first, second):
    """The codes of two coders as signs: one where they agree, two where they differ.

    Parameters
    ----------
    first, second : pandas.DataFrame of str, (rows, columns)

    Returns
    -------
    pandas.DataFrame of str
        Such as ``D``, ``Dp`` or ``D–`` (first coder, then second); empty where neither links.
    """
    one, other = first.map(SIGNS.get), second.map(SIGNS.get)
    return one.where(first == second, one + other).mask((first == "none") & (second == "none"), "")


def weaker(first, second):
    """The level that both coders see at least: none where one of them sees no link."""
    rank = {level: position for position, level in enumerate(LINKS)}
    lower = first.map(rank.get) <= second.map(rank.get)
    return first.where(lower, second)


def side_by_side(first, second):
    """Two codings as a list, one line a cell, row by row.

    Returns
    -------
    pandas.DataFrame
        The names of rows and columns, then ``first`` and ``second``.
    """
    cells = [(row, column, first.loc[row, column], second.loc[row, column])
             for row in first.index for column in first.columns]
    names = [first.index.name, first.columns.name, "first", "second"]
    return pd.DataFrame(cells, columns=names)


@dataclass(frozen=True)
class Agreement:
    """How far two codings of the same cells agree.

    Attributes
    ----------
    cells : int
    both, only_first, only_second, neither : int
        Cells filled by both coders, by one of them, by none.
    raw : float
        Share of cells with the same level.
    kappa : float or None
        Cohen's kappa, linear weights if the levels are ordered. None where both coders use one
        and the same level throughout: there is no chance agreement to correct for.
    positive : float or None
        ``2 both / (2 both + only_first + only_second)``: of the cells that either coder fills,
        how far they fill the same ones; the level is not asked. None if neither fills any.
    table : pandas.DataFrame of int
        Contingency over all levels, first coder in rows.
    """

    cells: int
    both: int
    only_first: int
    only_second: int
    neither: int
    raw: float
    kappa: float | None
    positive: float | None
    table: pd.DataFrame = field(repr=False, compare=False)

    def measures(self) -> dict:
        """Raw, kappa and positive agreement together, those that exist: never one alone."""
        values = {"raw": self.raw, "kappa": self.kappa, "positive": self.positive}
        return {name: value for name, value in values.items() if value is not None}


def contingency(first, second, levels):
    """Cells by the level of either coder, over all levels and not only those in use.

    Parameters
    ----------
    first, second : array-like of str, same shape
    levels : sequence of str

    Returns
    -------
    pandas.DataFrame of int, (levels, levels)
        First coder in rows.

    Raises
    ------
    EvidenceError
        If the shapes differ, a level is unknown, or two frames name their cells differently.
    """
    if isinstance(first, (pd.DataFrame, pd.Series)) and isinstance(second, type(first)):
        same = first.index.equals(second.index)
        if isinstance(first, pd.DataFrame):
            same = same and first.columns.equals(second.columns)
        if not same:
            raise EvidenceError("The two codings name other cells, or in another order.")
    one, other = np.asarray(first, dtype=object), np.asarray(second, dtype=object)
    if one.shape != other.shape:
        raise EvidenceError(f"The two codings have {one.shape} and {other.shape} cells.")
    place = {level: position for position, level in enumerate(levels)}
    for codes in (one, other):
        _known(codes.ravel(), place, "level")
    counts = np.zeros((len(place), len(place)), dtype=int)
    np.add.at(counts, ([place[code] for code in one.ravel()],
                       [place[code] for code in other.ravel()]), 1)
    return pd.DataFrame(counts, index=list(levels), columns=list(levels))


def agreement(first, second, levels=LINKS, *, empty="none", ordered=True) -> Agreement:
    """Compare two codings of the same cells.

    Parameters
    ----------
    first, second : pandas.DataFrame, pandas.Series or array of str
        Codes in the same cells.
    levels : sequence of str
        All levels, in rising order if `ordered`.
    empty : str or None
        Level of a cell that is not filled; None where every cell is filled by its nature.
    ordered : bool
        Whether neighbouring levels count as half agreement (linear weights of kappa).

    Returns
    -------
    Agreement

    Raises
    ------
    EvidenceError
        As `contingency`, and if there is no cell.

    Notes
    -----
    Where nearly all cells are empty, raw agreement is high whatever the coders do, and kappa
    swings with a few cells. Report all three (Cicchetti and Feinstein, 1990, J Clin Epidemiol 43).
    """
    table = contingency(first, second, levels)
    counts = table.to_numpy()
    cells = int(counts.sum())
    if cells == 0:
        raise EvidenceError("There is no cell on which two coders could agree.")
    used = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    kappa = None
    if used.sum() > 1:
        kappa = float(cohens_kappa(counts, wt="linear" if ordered else None,
                                   return_results=False))
    if empty is None:
        both, only_first, only_second, neither = cells, 0, 0, 0
    else:
        blank = list(levels).index(empty)
        neither = int(counts[blank, blank])
        only_first = int(counts[:, blank].sum()) - neither
        only_second = int(counts[blank, :].sum()) - neither
        both = cells - neither - only_first - only_second
    filled = 2 * both + only_first + only_second
    return Agreement(
        cells=cells, both=both, only_first=only_first, only_second=only_second, neither=neither,
        raw=float(np.trace(counts) / cells), kappa=kappa,
        positive=2 * both / filled if filled and empty is not None else None, table=table)


# ------------------------------------------------------------------ marks and names


def specificity(marks):
    """Total of each mark, and of each row.

    Parameters
    ----------
    marks : pandas.DataFrame of bool, (rows, marks)

    Returns
    -------
    (pandas.Series of int, pandas.Series of int)
        Rows with each mark; marks of each row.

    Raises
    ------
    EvidenceError
        If a mark is missing: a blank is not a no.
    """
    if marks.isna().to_numpy().any():
        row = marks.index[marks.isna().any(axis=1)][0]
        raise EvidenceError(f"Row {row!r} has an empty mark. A blank is not a no; code it.")
    whole = marks.astype(bool).astype(int)
    return whole.sum(axis=0), whole.sum(axis=1)


def foreign_rows(table, place, section, home):
    """Rows of a table that stand in a section, or return there, and belong to a foreign place.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``section``, ``also_in`` (sections joined by semicolons) and `place`.
    place : str
        Column with the place.
    section : str
        Number of the section; its subsections count too.
    home : collection of str
        Places that are not foreign. Rows without a place are kept: nothing says that they are home.

    Returns
    -------
    (pandas.DataFrame, pandas.DataFrame)
        All rows of the section, and those of them that are foreign or without a place.
    """
    def inside(cell):
        listed = [] if pd.isna(cell) else str(cell).split(";")
        return any(item == section or item.startswith(section + ".") for item in listed)

    here = table[table["section"].map(inside) | table["also_in"].map(inside)]
    return here, here[~here[place].isin(list(home))]


def _known(values, allowed, what):
    unknown = [value for value in values if value not in allowed]
    if unknown:
        raise EvidenceError(f"{unknown[0]!r} is no {what}; known: {', '.join(map(str, allowed))}.")
