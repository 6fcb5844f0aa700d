"""Rules for codings and for the tables of scenarios."""

import re
import tomllib

from data_rules.register import literal, packed, rule, where

# ------------------------------------------------------------------ codings


DIMENSIONS = {"3.1": "policies", "3.2": "enterprises", "3.3": "smes", "3.4": "capital",
              "3.5": "alliances"}


@rule("evidence_facts", "ratings", "geographies")
def a_fact_is_of_its_section(t, package):
    """The section gives the dimension, the Union the scope, and the basis holds the section."""
    countries = {"3.1.1": {"US"}, "3.1.2": {"EU", "Germany"}, "3.1.3": {"Japan"},
                 "3.1.4": {"South Korea"}}
    for row in t("evidence_facts"):
        if DIMENSIONS[row["section"][:3]] != row["dimension"]:
            yield f"{where('evidence_facts', row)}: dimension {row['dimension']!r}."
        if (row["scope"] == "eu") != (row["country"] == "EU"):
            yield f"{where('evidence_facts', row)}: scope {row['scope']} of {row['country']}."
        if row["country"] not in countries.get(row["section"], {row["country"]}):
            yield f"{where('evidence_facts', row)}: section {row['section']} of {row['country']}."
        if row["section"] not in packed(row["basis"]):
            yield f"{where('evidence_facts', row)}: its basis is {row['basis']}."


@rule("alignment")
def a_promise_is_matched_by_its_sections(t, package):
    """Matched means a section on the other side; the basis is all sections; ids say the list."""
    side = {"perspective": "section_china", "china_aspect": "section_foreign",
            "suggestion": "section_china"}
    for row in t("alignment"):
        if (row["matched"] == "yes") != bool(row[side[row["list"]]]):
            yield f"{where('alignment', row)}: matched is {row['matched']!r}."
        named = [part for column in ("section_foreign", "section_china", "section_suggestion")
                 for part in packed(row[column])]
        if packed(row["basis"]) != ["0", *named]:
            yield f"{where('alignment', row)}: its basis is not its sections."
        if row["list"].rpartition("_")[2] != row["promise_id"].partition("-")[0]:
            yield f"{where('alignment', row)}: it stands in the list {row['list']!r}."
        for column, main in (("section_foreign", "3"), ("section_china", "5"),
                             ("section_suggestion", "6")):
            if any(part[0] != main for part in packed(row[column])):
                yield f"{where('alignment', row)}: {column} is {row[column]}."


@rule("measure_instrument", "measures", "region_role", "regions")
def the_first_coding_is_that_of_the_table(t, package):
    """What the coding calls the table's is what the table says."""
    for coding, table, key, code in (("measure_instrument", "measures", "measure_id", "instrument"),
                                     ("region_role", "regions", "region_id", "role")):
        codes = {row[key]: row[code] for row in t(table)}
        for row in t(coding):
            if row["coder"] == "table" and row[code] != codes[row[key]]:
                yield f"{coding}, {row[key]}: {row[code]!r}, but {codes[row[key]]!r} in {table}."


@rule("challenge_elsewhere", "text_contradictions")
def what_stands_against_something_has_a_relation(t, package):
    """A relation stands where statements are against each other, and is one for both coders."""
    relations = {}
    for row in t("challenge_elsewhere"):
        if (row["verdict"] == "contradicts") != bool(row["relation"]):
            yield f"{where('challenge_elsewhere', row)}: relation {row['relation']!r}."
        cell = row["challenge_id"], row["section"]
        if row["relation"] and relations.setdefault(cell, row["relation"]) != row["relation"]:
            yield f"{where('challenge_elsewhere', row)}: the coders have two relations."
    for row in t("text_contradictions"):
        if (row["listed"] == "yes") != bool(row["relation"]):
            yield f"{where('text_contradictions', row)}: relation {row['relation']!r}."


@rule("findings", "prose_against_table", "unmeasured_statements", "outside_findings",
      "outside_checks", "outside_dates", "document_dates", "text_contradictions", "documents",
      "organisations", "chart_names", "hindsight_items")
def what_is_named_exists(t, package):
    """Ids of findings, checks, documents and bodies that other tables name."""
    ids = {name: {row[key] for row in t(name)} for name, key in (
        ("findings", "finding_id"), ("outside_findings", "finding_id"),
        ("outside_checks", "check_id"), ("documents", "document_id"),
        ("organisations", "organisation_id"))}
    sources = ids["findings"] | ids["outside_findings"] | ids["outside_checks"]
    items = ids["documents"] | ids["organisations"]
    for name, column, known in (
            ("prose_against_table", "finding_id", ids["findings"]),
            ("unmeasured_statements", "finding_id", ids["findings"] | {""}),
            ("outside_findings", "check_ids", ids["outside_checks"]),
            ("outside_dates", "source_id", sources), ("outside_dates", "item_id", items),
            ("document_dates", "item_id", items),
            ("text_contradictions", "source_id", sources),
            ("hindsight_items", "also", ids["outside_checks"]), ("chart_names", "item_id", items)):
        for row in t(name):
            for part in packed(row[column]):
                if part not in known:
                    yield f"{where(name, row)}: there is no {part!r}."
    for row in t("outside_findings"):
        if not row["finding_id"].startswith(row["finding_group"]):
            yield f"{where('outside_findings', row)}: its group is {row['finding_group']}."
    for row in t("findings"):
        if row["basis"] != row["sections"] and row["sections"] != "all" and not (
                set(packed(row["sections"])) <= set(packed(row["basis"]))):
            yield f"{where('findings', row)}: its basis is {row['basis']}."
    for row in t("prose_against_table"):
        if not set(packed(row["prose_section"])) < set(packed(row["basis"])):
            yield f"{where('prose_against_table', row)}: its basis is {row['basis']}."
    for row in t("unmeasured_statements"):
        if row["section"] not in packed(row["basis"]):
            yield f"{where('unmeasured_statements', row)}: its basis is {row['basis']}."


@rule("market_routes", "class_portraits")
def a_passage_is_of_its_place(t, package):
    """Abroad is section 3, China section 5; the basis of a passage is its section."""
    for row in t("class_portraits"):
        if row["basis"][0] != {"abroad": "3", "china": "5"}[row["place"]]:
            yield f"{where('class_portraits', row)}: its basis is {row['basis']}."
    for row in t("market_routes"):
        if row["section"] not in packed(row["basis"]):
            yield f"{where('market_routes', row)}: its basis is {row['basis']}."


@rule("measure_body", "measures", "organisations")
def a_body_is_of_the_country_of_its_measure(t, package):
    """A measure and the body that it sets up or runs through are of one country."""
    measures = {row["measure_id"]: row for row in t("measures")}
    bodies = {row["organisation_id"]: row for row in t("organisations")}
    for row in t("measure_body"):
        measure, body = measures.get(row["measure_id"]), bodies.get(row["organisation_id"])
        if not measure or not body:
            yield f"{where('measure_body', row)}: its measure or its body does not exist."
        elif body["country_printed"] not in (measure["geography"], ""):
            yield f"{where('measure_body', row)}: the two are of two countries."


@rule("funding_rungs")
def a_rung_is_paid_by_somebody_for_something(t, package):
    """Receivers begin with a preposition, names of rungs with a capital."""
    for row in t("funding_rungs"):
        if not re.match(r"(?:for|to|by|into) ", row["receiver"]):
            yield f"{where('funding_rungs', row)}: {row['receiver']!r} is no receiver."
        if not row["rung"][0].isupper():
            yield f"{where('funding_rungs', row)}: {row['rung']!r} is no name of a rung."


@rule("suggestion_specificity", "suggestions")
def marks_are_as_rare_as_they_are(t, package):
    """A deadline or a quantity is rarer than the rest; a marked actor is a printed one."""
    printed = {row["suggestion_id"]: row["actor_printed"] for row in t("suggestions")}
    for coder in {row["coder"] for row in t("suggestion_specificity")}:
        rows = [row for row in t("suggestion_specificity") if row["coder"] == coder]
        marks = [sum(row[mark] == "yes" for row in rows)
                 for mark in ("actor", "instrument", "deadline", "quantity", "foreign_example")]
        if max(marks[2:]) >= min(marks[:2]):
            yield f"suggestion_specificity, {coder}: marks by column are {marks}."
    for row in t("suggestion_specificity"):
        if row["actor"] == "yes" and not printed[row["suggestion_id"]]:
            yield (f"suggestion_specificity, {row['coder']} {row['suggestion_id']}: the text "
                   f"prints no actor.")


# ------------------------------------------------------------------ scenarios


@rule("scenarios", "scenario_results")
def a_scenario_changes_what_it_says(t, package):
    """A scenario moves a parameter to the value of its file; withheld results give a reason."""
    for row in t("scenarios"):
        if row["parameter"] and row["value"] == row["baseline_value"]:
            yield f"{where('scenarios', row)}: {row['parameter']} keeps its default."
        if row["parameter"]:
            file = t.files["scenarios"].parents[2] / "scenarios" / f"{row['scenario']}.toml"
            set_to = tomllib.loads(file.read_text(encoding="utf-8"))["parameters"]
            if row["parameter"] not in set_to or set_to[row["parameter"]] != literal(row["value"]):
                yield f"{where('scenarios', row)}: {file.name} does not set {row['value']!r}."
            if type(literal(row["value"])) is not type(literal(row["baseline_value"])):
                yield f"{where('scenarios', row)}: {row['baseline_value']!r} is no default."
        if bool(row["parameter"]) != bool(row["unit"]):
            yield f"{where('scenarios', row)}: parameter and unit disagree."
    defaults = {}
    for row in t("scenarios"):
        if defaults.setdefault(row["parameter"], row["baseline_value"]) != row["baseline_value"]:
            yield f"{where('scenarios', row)}: {row['parameter']} has two defaults."
    for row in t("scenario_results"):
        withheld = row["status"] in ("refused", "not_in_paper")
        if (row["value"] == "" and row["value_json"] == "") != withheld:
            yield f"scenario_results, {row['scenario']} {row['result']}: no value."
        if withheld and row["text"] != row["note"]:
            yield (f"scenario_results, {row['scenario']} {row['result']}: its reason is not its "
                   f"text.")


@rule("related")
def a_pair_stands_once_in_the_order_of_the_book(t, package):
    """Which of two related chapters stands first says nothing, so it is the earlier one."""
    seen = set()
    for row in t("related"):
        if not row["chapter"] < row["other"] or (row["chapter"], row["other"]) in seen:
            yield f"{where('related', row)}: each pair once, the earlier chapter first."
        seen.add((row["chapter"], row["other"]))
