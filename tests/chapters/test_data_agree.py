"""What tables say twice agrees, so a cell that moves no result cannot be changed unseen."""

import copy
import itertools
import json
import re

import data_rules
import pytest
import recomputed

from helpers.pipeline import chapters
from helpers.project import PACKAGE as CODE
from helpers.project import Project

PROJECT = Project.current()
PACKAGE = {resource["name"]: resource for resource in json.loads(
    PROJECT.data_package.read_text(encoding="utf-8"))["resources"]}
RULES = {function.__name__: function for _, function in data_rules.RULES}
FORMS = {"integer": r"-?\d+", "number": r"-?\d+(?:\.\d+)?(?:e-?\d+)?", "boolean": r"yes|no"}


@pytest.fixture(scope="module")
def tables():
    return recomputed.Tables(PROJECT.data)


def with_rows(tables, name, rows):
    """The same tables, one of them with other rows."""
    other = recomputed.Tables(PROJECT.data)
    other.rows = {**tables.rows, name: rows}
    return other


@pytest.mark.parametrize("name", RULES)
def test_tables_agree(name, tables):
    assert list(data_rules.faults(RULES[name], tables, PACKAGE)) == [], RULES[name].__doc__


def test_rules_are_of_tables_and_columns_that_exist():
    assert {table for names, _ in data_rules.RULES for table in names} - {"*"} <= set(PACKAGE)
    for table, columns in data_rules.SHORTER_FIRST.items():
        assert set(columns) <= {field["name"] for field in PACKAGE[table]["schema"]["fields"]}


def unread_columns(package):
    """Columns that neither a chapter which loads the table nor a helper names."""
    words = re.compile(r"\w+")
    by_helpers = {word for file in CODE.rglob("*.py") if "pipeline" not in file.parts
                  for word in words.findall(file.read_text(encoding="utf-8"))}
    book = [chapters.read(PROJECT, name) for name in chapters.names(PROJECT)]
    by_chapter = [(chapter.tables, {word for cell in chapter.code_cells
                                    for word in words.findall("".join(cell["source"]))})
                  for chapter in book]
    for name, about in package.items():
        named = by_helpers.union(*(names for loaded, names in by_chapter if name in loaded))
        for field in about["schema"]["fields"]:
            if field["name"] not in named:
                yield name, field


def loose_columns(package):
    """Columns that nobody reads and that neither a constraint nor a rule holds."""
    rules = "\n".join(file.read_text(encoding="utf-8")
                      for file in (PROJECT.root / "tests/data_rules").glob("*.py"))
    return [f"{name}.{field['name']}" for name, field in unread_columns(package)
            if not {"enum", "pattern"} & set(field.get("constraints", {}))
            and f'"{field["name"]}"' not in rules]


def test_a_column_that_nobody_reads_is_held_by_a_rule_or_a_constraint():
    assert loose_columns(PACKAGE) == [], (
        "No chapter reads these columns and nothing holds them: give them a constraint, a rule in "
        "tests/data_rules, or take them out.")


# ------------------------------------------------------------------ going red

# Table, column, a cell that is there (None: the first that is filled), and what becomes of it.
PLANTED = [
    ("claims", "kind", "forecast", "observed"), ("claims", "kind", "growth", "share"),
    ("claims", "unit", "USD_billion", "RMB_billion"), ("claims", "unit", "USD_million", "percent"),
    ("claims", "qualifier", "expected", "none"), ("claims", "scope_id", None, ""),
    ("claims", "value", None, lambda cell: cell + "000"),
    ("claims", "printed", None, lambda cell: cell + "%"),
    ("claims", "half_width", None, lambda cell: "0" + cell + "5"),
    ("claims", "period_end", None, lambda cell: "1999"),
    ("claims", "reference", None, ""), ("claims", "reference_basis", "paragraph", "none"),
    ("claims", "geography", "world", "japan"), ("claims", "section", None, "6"),
    ("scopes", "currency", "RMB", "USD"), ("scopes", "sections", None, "6"),
    ("readings", "unit", "percent", "USD_million"),
    ("citations", "cited_alone", "yes", "no"), ("citations", "references", None, "1;2"),
    ("sections", "parent", "3.1", "3"), ("sections", "level", None, "7"),
    ("sections", "chapter", None, "6-suggestions-for-china"),
    ("geographies", "in_table_1", "yes", "no"), ("geographies", "iso3", None, ""),
    ("ratings", "geography", "japan", "france"), ("ratings", "dimension_label", None, "other"),
    ("documents", "date_basis", "stated", "none"), ("documents", "section", None, "6"),
    ("incidents", "date", None, "1999"), ("measures", "amount_claim_id", None, "2.2-flaws"),
    ("challenges", "position", None, "9"), ("suggestions", "numbered", "yes", "no"),
    ("sector_mentions", "sector_merged", None, "other"),
    ("ics_advisories", "icsma", None, lambda cell: cell + "1"),
    ("ics_advisories", "partial", "yes", "no"),
    ("vendor_vulnerability_counts", "period_type", "half_year", "year"),
    ("vendor_vulnerability_counts", "year", None, "1999"),
    ("published_market_sizes", "kind", "forecast", "observed"),
    ("budgets", "kind", "requested", "enacted"), ("china_industry", "kind", "estimate", "derived"),
    ("deals", "kind", "observed", "forecast"), ("country_indices", "kind", "observed", "derived"),
    ("exchange_rates", "units_per_usd", None, lambda cell: "9" + cell),
    ("consumer_prices", "annual_average", None, lambda cell: "9" + cell),
    ("growth_base_rates", "ratio_actual_to_forecast", None, lambda cell: "9" + cell),
    ("country_indices", "rank", None, "999"), ("country_indices", "iso3", "DEU", "FRA"),
    ("deals", "date", None, "2031"),
    ("evidence_facts", "dimension", "smes", "capital"),
    ("evidence_facts", "scope", "eu", "country"),
    ("alignment", "matched", "yes", "no"), ("measure_instrument", "instrument", None, "policy"),
    ("region_role", "role", "pilot", "service"), ("findings", "basis", None, "T1"),
    ("outside_findings", "check_ids", None, "k99"), ("outside_dates", "source_id", None, "k99"),
    ("class_portraits", "place", "china", "abroad"), ("market_routes", "section", None, "6"),
    ("hindsight_items", "also", "k02", "k99"),
    ("text_contradictions", "source_id", None, "P99"),
    ("scenarios", "value", None, lambda cell: cell + "0"),
    ("scopes", "market", None, "other"), ("regions", "members_printed", None, "no name"),
    *((name, column, None, lambda cell: cell + " ")
      for name, column in (("claims", "note"), ("findings", "handling"), ("deals", "title"))),
    *((name, "url", None, lambda cell: cell + "x") for name, about in PACKAGE.items()
      if any(field["name"] == "url" for field in about["schema"]["fields"])),
]


@pytest.mark.parametrize("name, column, old, new", PLANTED,
                         ids=[f"{name}.{column}" for name, column, _, _ in PLANTED])
def test_a_changed_cell_is_found(name, column, old, new, tables):
    rows = copy.deepcopy(tables(name))
    row = next(row for row in rows if (row[column] == old if old else row[column]))
    row[column] = new(row[column]) if callable(new) else new
    assert data_rules.first_fault(with_rows(tables, name, rows), PACKAGE, name)


ONCE = [(name, column) for name, (_, facts) in data_rules.TOLD_ONCE.items() for column in facts]


@pytest.mark.parametrize("name, column", ONCE, ids=[".".join(each) for each in ONCE])
def test_a_fact_that_a_table_tells_twice_is_found(name, column, tables):
    row = next(row for row in tables(name) if row[column])
    twice = {**row, next(iter(row)): "another", column: row[column] + "1"}
    for key in data_rules.TOLD_ONCE[name][0]:
        twice[key] = row[key]
    found = list(data_rules.faults(RULES["two_rows_tell_one_fact_alike"], with_rows(
        tables, name, [*tables(name), twice]), PACKAGE))
    assert any(repr(twice[column]) in line and "for the same" in line for line in found)


def test_a_body_under_another_name_keeps_its_class(tables):
    rows = [{**row, "type_classed": "company"} if row["alias_of"] else row
            for row in tables("organisations")]
    [line, *_] = data_rules.faults(RULES["another_name_is_the_same_body"], with_rows(
        tables, "organisations", rows), PACKAGE)
    assert "type_classed 'company', and 3.2-siemens, the same body" in line


def test_a_default_of_a_scenario_is_no_change(tables):
    rows = [{**row, "value": row["baseline_value"]} for row in tables("scenarios")]
    assert "keeps its default" in data_rules.first_fault(
        with_rows(tables, "scenarios", rows), PACKAGE, "scenarios")


@pytest.mark.parametrize("name, key, change", [
    ("published_market_sizes", "licenses", {"title": "Other"}),
    ("ics_advisories", "licenses", {"path": "https://example.org"}),
    ("consumer_prices", "licenses", {"path": "https://example.org"}),
    ("findings", "licenses", {"name": "facts"}), ("claims", "licenses", {"name": "CC0-1.0"}),
    ("published_market_sizes", "sources", {"path": "https://example.org"}),
    ("deals", "sources", {"title": "Other"}),
])
def test_another_licence_or_source_of_the_package_is_found(name, key, change, tables):
    edited = copy.deepcopy(PACKAGE)
    edited[name][key][0] |= change
    assert any(list(data_rules.faults(RULES[each], tables, edited)) for each in (
        "sources_are_those_of_the_package", "a_licence_has_one_title_and_one_address"))


def test_a_new_column_that_nothing_holds_is_found():
    edited = {"deals": copy.deepcopy(PACKAGE["deals"])}
    edited["deals"]["schema"]["fields"].append({"name": "colour_of_the_cover", "type": "string"})
    assert loose_columns(edited) == ["deals.colour_of_the_cover"]


def fits(cells, field):
    """Whether a column may hold these cells, by its type and constraints."""
    rules = field.get("constraints", {})
    for cell in cells:
        if cell == "":
            if rules.get("required"):
                return False
            continue
        if (not re.fullmatch(FORMS.get(field["type"], r".*"), cell, re.DOTALL)
                or cell not in rules.get("enum", [cell])
                or not re.fullmatch(rules.get("pattern", r".*"), cell, re.DOTALL)):
            return False
        if field["type"] in ("integer", "number") and not (
                rules.get("minimum", float("-inf")) <= float(cell)
                <= rules.get("maximum", float("inf"))):
            return False
    return True


@pytest.mark.parametrize("name", PACKAGE)
def test_two_columns_cannot_be_exchanged_unseen(name, tables):
    rows, unseen = tables(name), []
    cells = {column: [row[column] for row in rows] for column in rows[0]}
    for one, other in itertools.combinations(PACKAGE[name]["schema"]["fields"], 2):
        a, b = one["name"], other["name"]
        if cells[a] == cells[b] or not (fits(set(cells[a]), other) and fits(set(cells[b]), one)):
            continue
        exchanged = [{**row, a: row[b], b: row[a]} for row in rows]
        if not data_rules.first_fault(with_rows(tables, name, exchanged), PACKAGE, name):
            unseen.append(f"{name}: {a} and {b}")
    assert unseen == [], (f"Nothing sees that these are exchanged: {'; '.join(unseen)}. Give one a "
                          "constraint in data/datapackage.json or a rule in tests/data_rules.")
