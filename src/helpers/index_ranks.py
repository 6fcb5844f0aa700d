"""Orders of countries in indices that others publish, and how alike two orders are."""

import pandas as pd

from helpers import composite


def unseen_last(ranks) -> pd.Series:
    """Ranks in which a blank stands behind every rank given, and blanks are tied.

    A list that names its first places only leaves the others blank because they lie behind.

    Parameters
    ----------
    ranks : pandas.Series
        1 is best; missing where none is given.
    """
    ranks = ranks.astype(float)
    return ranks.fillna(ranks.max() + 1)


def order_agreement(score, ranks) -> float:
    """Kendall's tau-b between scores and ranks of the same units, 1 where both order alike.

    Parameters
    ----------
    score : pandas.Series
        High is best.
    ranks : pandas.Series
        1 is best, blanks as in `unseen_last`.

    Raises
    ------
    ValueError
        If one of the two does not order the units at all.
    """
    both = pd.DataFrame({"score": -score, "ranks": unseen_last(ranks)})
    row = composite.rank_correlations(both).iloc[0]
    if row["note"]:
        raise ValueError(f"No rank correlation: {row['note']}.")
    return float(row["tau_b"])


def ranks_among(indices, countries, index, edition) -> pd.Series:
    """Rank of some countries among themselves in one edition of an index, ties at the better place.

    Parameters
    ----------
    indices : pandas.DataFrame
        Columns ``country, index, edition, rank``; a rank left blank lies behind those given.
    countries : dict
        Name wanted -> name in `indices`; the order is kept.
    index, edition : str

    Raises
    ------
    ValueError
        If the edition lacks one of the countries.
    """
    rows = indices[(indices["index"] == index) & (indices["edition"] == edition)]
    rank = rows.set_index("country")["rank"]
    missing = [name for name in countries.values() if name not in rank.index]
    if missing:
        raise ValueError(f"{index} {edition} has no row on {missing[0]}.")
    given = unseen_last(rank[list(countries.values())])
    return pd.Series(composite.competition_rank(-given), index=list(countries))
