"""Rules for all tables: blanks, ids, sources, licences, kinds of text."""

import itertools
import re
from collections import Counter, defaultdict

from data_rules.register import rule, where


@rule("*")
def no_blanks_at_the_ends(t, package):
    """A cell has no blank at its ends, none doubled, and none of another width."""
    for name, about in package.items():
        other = r"[\u200b\ufeff]" if about["origin"] == "computed" else r"[\u00a0\u200b\ufeff]"
        for row in t(name):
            for column, cell in row.items():
                if cell != cell.strip() or "  " in cell or re.search(other, cell):
                    yield (f"{where(name, row)}, column {column}: {cell!r} has a blank too many. "
                           f"Take it out.")


@rule("*")
def ids_begin_with_their_section(t, package):
    """An id that holds a section is that of the section of its row."""
    for name, about in package.items():
        columns = [field["name"] for field in about["schema"]["fields"]]
        if "section" not in columns or not columns[0].endswith("_id"):
            continue
        for row in t(name):
            if re.match(r"(?:\d|T1)[\w.]*-", row[columns[0]]) and not row[columns[0]].startswith(
                    row["section"] + "-"):
                yield f"{where(name, row)}: the section beside it is {row['section']!r}."


@rule("*")
def sources_are_those_of_the_package(t, package):
    """Publisher, title and address of each outside row stand in the package, and no others."""
    for name, about in package.items():
        rows = t(name)
        if not {"publisher", "title", "url"} <= set(rows[0]):
            continue
        said = {(f"{row['publisher']}: {row['title']}", row["url"]) for row in rows}
        known = {(source["title"], source.get("path")) for source in about["sources"]}
        for title, address in sorted(said - known):
            yield (f"{name}: {title!r} at {address} is no source in data/datapackage.json. Correct "
                   f"the row, or add the source.")
        for title, address in sorted(known - said, key=str):
            yield (f"{name}: no row comes from the source {title!r} at {address}. Correct "
                   f"data/datapackage.json.")


@rule("*")
def a_licence_has_one_title_and_one_address(t, package):
    """A licence reads the same everywhere, is that of the origin, and is backed by a source."""
    forms = defaultdict(Counter)
    for name, about in package.items():
        for licence in about["licenses"]:
            forms[licence["name"]][licence["title"], licence.get("path")] += 1
            backing = [about.get("attribution", ""), *(
                source.get("path", "") for source in about["sources"])]
            if licence.get("path") and licence["name"] != "CC-BY-4.0" and not any(
                    licence["path"] in text for text in backing):
                yield (f"{name}: the licence at {licence['path']} is in no attribution and at no "
                       f"source. Correct data/datapackage.json.")
        wanted = {"coded": "CC-BY-4.0", "computed": "CC-BY-4.0", "transcribed": "facts"}.get(
            about["origin"])
        if wanted and [licence["name"] for licence in about["licenses"]] != [wanted]:
            yield f"{name}: a table that is {about['origin']} is under {wanted}."
    for licence, seen in forms.items():
        if len(seen) > 1:
            (title, path), _ = seen.most_common()[-1]
            yield f"licence {licence} is also called {title!r} at {path}. Write it in one way."


@rule("*")
def text_has_the_length_of_its_column(t, package):
    """Free text of like columns, which only its length tells apart: shorter ones first."""
    for name, columns in SHORTER_FIRST.items():
        if name not in package:
            continue
        rows = t(name)
        means = [sum(len(row[column]) for row in rows) / max(
            1, sum(row[column] != "" for row in rows)) for column in columns]
        for (one, other), (low, high) in zip(itertools.pairwise(columns), itertools.pairwise(means),
                                             strict=True):
            if low >= high:
                yield (f"{name}: {one} is on average as long as {other} or longer, which is not "
                       f"their kind of text. Are the two columns exchanged?")


# Columns of free text by mean length of what is filled in.
SHORTER_FIRST = {
    "geographies": ["label_printed", "note"],
    "claims": ["printed", "measure", "subject"],
    "scopes": ["market", "boundary"],
    "documents": ["status_printed", "note"],
    "organisations": ["name", "role"],
    "incidents": ["victim", "effect", "note"],
    "suggestions": ["marker_printed", "actor_printed", "note"],
    "regions": ["name", "description"],
    "sector_mentions": ["sector_printed", "context"],
    "vendor_vulnerability_counts": ["via", "note"],
    "published_market_sizes": ["via", "note"],
    "china_industry": ["via", "note"],
    "budgets": ["via", "note"],
    "country_indices": ["title", "note"],
    "deals": ["company", "acquirer_or_round"],
    "outside_checks": ["subject", "finding"],
    "prose_against_table": ["table_says", "prose_says"],
    "unmeasured_statements": ["missing", "statement"],
    "findings": ["handling", "finding"],
    "funding_rungs": ["payer", "short_name"],
    "scenarios": ["title", "why"],
    "scenario_results": ["unit", "text", "label"],
}
