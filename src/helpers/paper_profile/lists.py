"""Lists that a paper gives in several sections, and how far they agree."""

from itertools import combinations

import pandas as pd

from helpers.paper_profile._checks import ProfileError


def jaccard(first, second) -> float:
    """Shared members over all members of two lists, 0 (none shared) to 1 (same members).

    Raises
    ------
    ProfileError
        If both lists are empty: their overlap is undefined, not 1.
    """
    first, second = set(first), set(second)
    if not first | second:
        raise ProfileError("The overlap of two empty lists is not defined.")
    return len(first & second) / len(first | second)


def list_overlaps(mentions, column):
    """Jaccard overlap of the lists of every pair of sections.

    Parameters
    ----------
    mentions : pandas.DataFrame
        Columns ``section`` and `column`; a member named twice in a section counts once.
    column : str
        Column with the members, for example ``sector`` or ``sector_merged``.

    Returns
    -------
    pandas.DataFrame
        ``first, second`` (sections, in order of appearance), ``shared, all`` (counts) and
        ``overlap`` (ratio).

    Raises
    ------
    ProfileError
        If fewer than two sections have a list.
    """
    lists = mentions.groupby("section", sort=False)[column].agg(set)
    if len(lists) < 2:
        raise ProfileError(f"Overlap of {column} needs lists of two sections; got {len(lists)}.")
    rows = [
        (a, b, len(lists[a] & lists[b]), len(lists[a] | lists[b]), jaccard(lists[a], lists[b]))
        for a, b in combinations(lists.index, 2)
    ]
    return pd.DataFrame(rows, columns=["first", "second", "shared", "all", "overlap"])


def mention_matrix(mentions):
    """Which sector is named in the list of which section.

    Parameters
    ----------
    mentions : pandas.DataFrame
        Columns ``section, sector, sector_merged``.

    Returns
    -------
    pandas.DataFrame of bool, (sectors, sections)
        Sections in order of appearance. Sectors that may be synonyms (one ``sector_merged``)
        stand together, the group with the most named sector first, and in a group likewise.
    """
    presence = pd.crosstab(mentions["sector"], mentions["section"]).astype(bool)
    presence = presence[list(dict.fromkeys(mentions["section"]))]
    order = pd.DataFrame({"total": presence.sum(axis=1), "group": _merged(mentions)})
    order["best"] = order.groupby("group")["total"].transform("max")
    order = order.sort_values(["best", "group", "total"], ascending=[False, True, False])
    return presence.loc[order.index]


def synonyms(mentions) -> dict[str, list[str]]:
    """Sectors that the merged coding joins: merged name -> two sectors or more.

    Sectors of a group stand in the order of `mention_matrix`.
    """
    merged = _merged(mentions).reindex(mention_matrix(mentions).index)
    groups = merged.groupby(merged, sort=True)
    return {name: list(members.index) for name, members in groups if len(members) > 1}


def _merged(mentions):
    return mentions.drop_duplicates("sector").set_index("sector")["sector_merged"]
