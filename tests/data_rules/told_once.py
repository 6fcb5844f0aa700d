"""Rules for facts that a table could tell twice, in two rows that its primary key lets through."""

from data_rules.register import rule, where

# Table -> columns that say of what a row is, and columns that may have one value of it.
TOLD_ONCE = {
    "organisations": (("name",), ("type_classed", "country_printed")),
    "documents": (("title",), ("type", "issuer", "date")),
    "claims": (("subject", "measure", "period_start", "period_end", "unit"), ("value",)),
    "china_industry": (("scope_id", "year", "url", "kind", "bound"),
                       ("value_rmb_billion", "growth_percent")),
    "published_market_sizes": (("scope_as_printed", "region", "year", "vintage", "url"),
                               ("value_billion",)),
    "deals": (("date", "company", "record_type"), ("value_usd_million", "kind")),
    "budgets": (("country", "programme", "fiscal_year", "vintage", "published"),
                ("value_million", "kind")),
    "incidents": (("victim",), ("date", "sector")),
}


@rule(*TOLD_ONCE)
def two_rows_tell_one_fact_alike(t, package):
    """Rows of one thing give it one value, one date and one class."""
    for name, (things, facts) in TOLD_ONCE.items():
        seen = {}
        for row in t(name):
            thing = tuple(row[column].casefold() for column in things)
            first = seen.setdefault(thing, row)
            for column in facts if all(thing[:1]) else ():
                if row[column] and first[column] and row[column] != first[column]:
                    yield (f"{where(name, row)}: {column} {row[column]!r}, and "
                           f"{where(name, first)} has {first[column]!r} for the same "
                           f"{things[0]}. Correct one of them, or say what else it is.")


@rule("organisations")
def another_name_is_the_same_body(t, package):
    """A body under another name has the class and the country of the first."""
    bodies = {row["organisation_id"]: row for row in t("organisations")}
    for row in t("organisations"):
        first = bodies.get(row["alias_of"])
        if row["alias_of"] and not first:
            yield f"{where('organisations', row)}: there is no {row['alias_of']!r}."
        for column in ("type_classed", "country_printed") if first else ():
            if row[column] and first[column] and row[column] != first[column]:
                yield (f"{where('organisations', row)}: {column} {row[column]!r}, and "
                       f"{row['alias_of']}, the same body, has {first[column]!r}.")
