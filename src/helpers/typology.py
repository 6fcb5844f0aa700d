"""Who acts in the market: firms counted once, by class and country, and the routes named for them.

Names and classes come from the table ``organisations``. What the paper says in general of a class
of firms is coded in ``market_routes``, passage by passage, and in ``class_portraits``. Nothing here
judges how large or how good a firm is: the counts are counts of names in a text.
"""

import pandas as pd

# Class in the table -> words for readers, in the order in which the paper speaks of them.
TYPES = {
    "automation_company": "automation company",
    "cybersecurity_company": "traditional security company",
    "start_up": "security start-up",
    "company": "other technology company",
}
NOT_STATED = "not stated"

ACTORS = TYPES | {"all": "firms in general"}
ROUTES = {
    "buy": "buy a firm", "partner": "work with a firm", "build": "build it up oneself",
    "raise": "raise money", "be_bought": "be bought",
}
ASPECTS = {"strength": "Strength", "weakness": "Weakness", "route": "Route",
           "customers": "Customers"}
PLACES = ("abroad", "china")


class TypologyError(ValueError):
    """A table of organisations whose aliases or classes cannot be resolved."""


def distinct(organisations):
    """Organisations without doubles: a second name counts as the organisation it stands for.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Columns ``organisation_id, section, type_classed, alias_of, also_in`` and others.

    Returns
    -------
    pandas.DataFrame
        Rows without an entry in ``alias_of``, in table order, with two more columns:
        ``sections`` (tuple of all sections that name the organisation under any name) and
        ``other_names`` (tuple).

    Raises
    ------
    TypologyError
        If an alias stands for an organisation that does not exist or is itself an alias.
    """
    is_alias = organisations["alias_of"].notna()
    own = organisations[~is_alias]
    named = sections_of(organisations)
    sections = dict(zip(own["organisation_id"], named[~is_alias], strict=True))
    names = dict.fromkeys(sections, ())
    for row in organisations[is_alias].itertuples():
        if row.alias_of not in sections:
            raise TypologyError(
                f"Organisation {row.organisation_id!r} is an alias of {row.alias_of!r}, which is "
                "not an organisation of its own. Name the first entry of that organisation."
            )
        sections[row.alias_of] += named[row.Index]
        names[row.alias_of] += (row.name,)
    return own.assign(
        sections=[tuple(dict.fromkeys(sections[identity])) for identity in own["organisation_id"]],
        other_names=[names[identity] for identity in own["organisation_id"]],
    ).reset_index(drop=True)


def sections_of(rows):
    """All sections that name each row, the first one first.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns ``section`` and ``also_in`` (further sections, joined by semicolons, or missing).

    Returns
    -------
    pandas.Series of tuple
        Indexed as the rows.
    """
    more = rows["also_in"].fillna("").str.split(";")
    return pd.Series(
        [(section, *filter(None, further))
         for section, further in zip(rows["section"], more, strict=True)],
        index=rows.index, dtype=object)


def companies(organisations, section):
    """Firms that a section names, each once.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Table ``organisations``, aliases included.
    section : str
        Number of a section, such as ``"3.2"``.

    Returns
    -------
    pandas.DataFrame
        As from `distinct`, only rows of the classes in `TYPES` named in that section, with
        ``type`` (words for readers).
    """
    rows = distinct(organisations)
    rows = rows[rows["type_classed"].isin(list(TYPES))
                & rows["sections"].map(lambda named: section in named)]
    return rows.assign(type=rows["type_classed"].map(TYPES)).reset_index(drop=True)


def count_by_type(firms):
    """Number of firms of each class; a class without a firm is a zero, since it was looked for.

    Parameters
    ----------
    firms : pandas.DataFrame
        From `companies`.

    Returns
    -------
    pandas.Series of int
        Indexed by class as in `TYPES`.
    """
    return firms["type_classed"].value_counts().reindex(list(TYPES), fill_value=0)


def count_by_country(firms, countries=()):
    """Number of firms by the country that the paper states.

    Parameters
    ----------
    firms : pandas.DataFrame
        From `companies`.
    countries : sequence of str
        Countries that are to appear even with no firm.

    Returns
    -------
    pandas.Series of int
        Indexed by country; ``not stated`` comes last.
    """
    stated = firms["country_printed"].fillna(NOT_STATED)
    order = dict.fromkeys([*countries, *sorted(set(stated) - {NOT_STATED}), NOT_STATED])
    return stated.value_counts().reindex(list(order), fill_value=0)


def mentions(coded, route, evidence="claim") -> int:
    """Distinct passages that name a route, as a claim on a class of firms or as a case.

    Parameters
    ----------
    coded : pandas.DataFrame
        Table ``market_routes``, or rows of it.
    route : str
        Key of `ROUTES`.
    evidence : {'claim', 'case'}
    """
    if route not in ROUTES:
        raise TypologyError(f"No route {route!r}; known are {', '.join(ROUTES)}.")
    rows = coded[(coded["route"] == route) & (coded["evidence"] == evidence)]
    return int(rows["passage_id"].nunique())


def route_table(coded, evidence="claim"):
    """Passages by actor and route.

    Parameters
    ----------
    coded : pandas.DataFrame
        Table ``market_routes``, or rows of it.
    evidence : {'claim', 'case'}

    Returns
    -------
    pandas.DataFrame of int
        Rows as `ACTORS`, columns as `ROUTES`. A passage on two actors counts in both rows, so
        a column can sum to more than `mentions`.
    """
    rows = coded[coded["evidence"] == evidence].drop_duplicates(["passage_id", "actor", "route"])
    table = pd.crosstab(rows["actor"], rows["route"])
    return table.reindex(index=list(ACTORS), columns=list(ROUTES), fill_value=0)


def portraits(told):
    """What the paper tells of each class of firms, abroad (section 3.2) and in China (5.2).

    Parameters
    ----------
    told : pandas.DataFrame
        Table ``class_portraits``: what is told, one row for each place, class and aspect.

    Returns
    -------
    pandas.DataFrame
        One row for each class and aspect: ``type`` and ``aspect`` (keys), ``abroad``, ``china``
        (our words; missing where nothing is told). Only the classes that the paper portrays.
    """
    words = told.set_index(["place", "type", "aspect"])["words"].to_dict()
    kinds = [kind for kind in TYPES if kind in set(told["type"])]
    return pd.DataFrame(
        [{"type": kind, "aspect": aspect}
         | {place: words.get((place, kind, aspect)) for place in PLACES}
         for kind in kinds for aspect in ASPECTS]
    )
