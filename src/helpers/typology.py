"""Who acts in the market: firms counted once, by class and country, and the routes named for them.

Names and classes come from the table ``organisations``. What the paper says in general of a class
of firms is coded below, passage by passage and in our own words, by one coder. Nothing here judges
how large or how good a firm is: the counts are counts of names in a text.
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
# One entry for each passage, actor and route. A case names both firms and a date; a claim speaks
# of a class of firms.
PASSAGES = [
    ("3.2-opening", "3.2", "all", ("buy", "partner", "build"), "claim",
     "firms of four named countries and others compete in these ways"),
    ("3.2-automation", "3.2", "automation_company", ("buy", "partner", "build"), "claim",
     "security firms are bought or joined, own teams set up"),
    ("3.2-traditional", "3.2", "cybersecurity_company", ("buy", "partner"), "claim",
     "a purchase or joint work closes the gap in industrial knowledge"),
    ("3.2-start-ups", "3.2", "start_up", ("raise",), "claim",
     "the capital market takes notice; investors in Israel are counted"),
    ("3.2-cyberx", "3.2", "company", ("buy",), "case", "Microsoft buys CyberX"),
    ("3.2-cyberx", "3.2", "start_up", ("be_bought",), "case", "Microsoft buys CyberX"),
    ("3.4-start-ups", "3.4", "start_up", ("raise",), "claim",
     "start-ups find favour with investors and security firms"),
    ("3s-manufacturers", "3s", "automation_company", ("buy", "partner"), "claim",
     "industrial firms of Germany, the UK and others grow their security business"),
    ("4.2-entry", "4.2", "automation_company", ("buy",), "claim",
     "large manufacturers and Internet groups enter by purchase, merger and investment"),
    ("4.2-entry", "4.2", "company", ("buy",), "claim",
     "large manufacturers and Internet groups enter by purchase, merger and investment"),
    ("5.2-automation", "5.2", "automation_company", ("build",), "claim",
     "Chinese automation firms develop and promote security products"),
    ("5.2-start-ups", "5.2", "start_up", ("build",), "claim",
     "Chinese start-ups lead by new technology"),
    ("5.4-research", "5.4", "cybersecurity_company", ("build",), "claim",
     "named Chinese firms put more money into their research"),
]

ASPECTS = {"strength": "Strength", "weakness": "Weakness", "route": "Route",
           "customers": "Customers"}
# What the two sections tell of each class; an aspect that is not listed is not told.
PORTRAITS = [
    ("abroad", "automation_company", "strength", "a footing in industrial markets"),
    ("abroad", "automation_company", "route", "buying, partnering, own teams"),
    ("abroad", "automation_company", "customers", "users of their own products, then others"),
    ("abroad", "cybersecurity_company", "strength", "security technology and experience"),
    ("abroad", "cybersecurity_company", "weakness", "little knowledge of industrial settings"),
    ("abroad", "cybersecurity_company", "route", "buying or cooperating"),
    ("abroad", "start_up", "strength", "new technology; at home in both fields"),
    ("abroad", "start_up", "weakness", "small beside the large players"),
    ("abroad", "start_up", "route", "money of investors"),
    ("china", "automation_company", "route", "own development and promotion"),
    ("china", "start_up", "strength", "people at home in both fields"),
    ("china", "start_up", "route", "new technology"),
    ("china", "start_up", "customers", "international ones in three named fields, and others"),
]
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
    sections = {row.organisation_id: _sections(row) for row in own.itertuples()}
    names = dict.fromkeys(sections, ())
    for row in organisations[is_alias].itertuples():
        if row.alias_of not in sections:
            raise TypologyError(
                f"Organisation {row.organisation_id!r} is an alias of {row.alias_of!r}, which is "
                "not an organisation of its own. Name the first entry of that organisation."
            )
        sections[row.alias_of] += _sections(row)
        names[row.alias_of] += (row.name,)
    return own.assign(
        sections=[tuple(dict.fromkeys(sections[identity])) for identity in own["organisation_id"]],
        other_names=[names[identity] for identity in own["organisation_id"]],
    ).reset_index(drop=True)


def _sections(row):
    more = () if pd.isna(row.also_in) else tuple(row.also_in.split(";"))
    return (row.section, *more)


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


def passages():
    """The coded passages, one row for each passage, actor and route.

    Returns
    -------
    pandas.DataFrame
        ``passage_id, section, actor, route, evidence`` (claim or case) and ``words`` (ours).
    """
    return pd.DataFrame(
        [(passage, section, actor, route, evidence, words)
         for passage, section, actor, routes, evidence, words in PASSAGES for route in routes],
        columns=["passage_id", "section", "actor", "route", "evidence", "words"],
    )


def mentions(coded, route, evidence="claim") -> int:
    """Distinct passages that name a route, as a claim on a class of firms or as a case.

    Parameters
    ----------
    coded : pandas.DataFrame
        From `passages`.
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
        From `passages`.
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


def portraits():
    """What the paper tells of each class of firms, abroad (section 3.2) and in China (5.2).

    Returns
    -------
    pandas.DataFrame
        One row for each class and aspect: ``type`` and ``aspect`` (keys), ``abroad``, ``china``
        (our words; missing where nothing is told). Only the three classes the paper portrays.
    """
    told = {(place, kind, aspect): words for place, kind, aspect, words in PORTRAITS}
    kinds = [kind for kind in TYPES if any(kind == row[1] for row in PORTRAITS)]
    return pd.DataFrame(
        [{"type": kind, "aspect": aspect}
         | {place: told.get((place, kind, aspect)) for place in PLACES}
         for kind in kinds for aspect in ASPECTS]
    )
