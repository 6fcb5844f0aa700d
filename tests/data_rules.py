"""What the tables say twice must agree: rules from the meaning of columns, in plain Python.

The data package holds what one cell may be; these rules hold cells against each other, so that a
change which moves no result is still seen. Each rule yields one line a fault.
"""

import itertools
import json
import math
import re
import tomllib
from collections import Counter, defaultdict
from fractions import Fraction

RULES = []  # (tables, function)
IN_WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"]
SCALES = {"million": 10**6, "billion": 10**9}
MONEY = re.compile(r"^(USD|RMB|EUR) (\d+(?:\.\d+)?) (million|billion)$")


def rule(*tables):
    """Register a rule on these tables; it takes the tables and the data package."""
    def register(function):
        RULES.append((tables, function))
        return function
    return register


def where(table, row):
    """Table and row for a message: the first cell names the row."""
    return f"{table}, row {next(iter(row.values()))!r}"


def literal(cell):
    """A value of a parameter as it is written in the table of scenarios."""
    try:
        return json.loads(cell)
    except ValueError:
        return cell


def faults(function, tables, package):
    """What a rule finds; cells that it cannot read at all are a fault too."""
    try:
        yield from function(tables, package)
    except (ValueError, LookupError, ArithmeticError, TypeError) as error:
        yield f"{function.__name__}: a cell cannot be read: {error}. Run `book check`."


def first_fault(tables, package, table):
    """The first fault that rules find which look at one table, or None."""
    one = {table: package[table]}
    for names, function in RULES:
        if table in names or "*" in names:
            line = next(faults(function, tables, one if "*" in names else package), None)
            if line:
                return line
    return None


def packed(cell):
    """Parts of a cell that lists several."""
    return cell.split(";") if cell else []


def one_to_one(name, rows, left, right):
    """Two columns that name the same thing in two ways."""
    pairs = Counter((row[left], row[right]) for row in rows)
    for side, column, other in ((0, left, right), (1, right, left)):
        seen = Counter(pair[side] for pair in pairs)
        for value, times in seen.items():
            if times > 1:
                rare = min((pair for pair in pairs if pair[side] == value), key=pairs.get)
                yield (f"{name}: {column} {value!r} stands beside {times} values of {other}, one "
                       f"of them {rare[1 - side]!r}. Correct the row.")


# ------------------------------------------------------------------ all tables


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


# ------------------------------------------------------------------ the paper


@rule("claims")
def a_printed_figure_is_its_value(t, package):
    """The printed token, read anew, gives value, unit and half of its last digit."""
    for row in t("claims"):
        token, value, unit = row["printed"], row["value"], row["unit"]
        money = MONEY.match(token)
        if money:
            scale = unit.rsplit("_", 1)[-1]
            wanted = Fraction(money[2]) * SCALES[money[3]] / SCALES.get(scale, 1)
            right = unit == f"{money[1]}_{scale}" and Fraction(value) == wanted
        elif token.endswith("%"):
            right = unit in ("percent", "percent_per_year") and value == token.rstrip("%")
        elif token in IN_WORDS:
            right = unit == "count" and int(value) == 2 + IN_WORDS.index(token)
        elif unit == "year":
            right = value in re.findall(r"\d{4}", token)
        elif value == "":
            right = any(reading["claim_id"] == row["claim_id"] for reading in t("readings"))
        else:
            right = unit == "count" and value == token.replace(",", "")
        if not right:
            yield (f"{where('claims', row)}: printed {token!r} is not value {value!r} in unit "
                   f"{unit!r}.")
        exact = (unit != "year" and token not in IN_WORDS and value
                 and row["qualifier"] not in ("more_than", "at_least"))
        digits = len(value.partition(".")[2])
        half = Fraction(1, 2 * 10 ** digits) if exact else None
        if (Fraction(row["half_width"]) if row["half_width"] else None) != half:
            yield (f"{where('claims', row)}: half_width {row['half_width']!r} is not half of the "
                   f"last digit of {value!r}.")


@rule("claims")
def a_kind_fits_its_unit_and_qualifier(t, package):
    """Growth, shares and counts have units of their own, and what is expected is no observation."""
    units = {"growth": {"percent_per_year"}, "share": {"percent"},
             "count": {"count", "million_attacks"}}
    for row in t("claims"):
        kind, unit, qualifier = row["kind"], row["unit"], row["qualifier"]
        own = units.get(kind)
        if own and unit not in own or not own and unit in set().union(*units.values()):
            yield f"{where('claims', row)}: kind {kind!r} does not go with unit {unit!r}."
        if (qualifier == "expected") != (kind in ("forecast", "announcement") and unit != "year"):
            yield f"{where('claims', row)}: kind {kind!r} does not go with {qualifier!r}."
        if ("expected" in row["measure"]) != (kind == "forecast"):
            yield f"{where('claims', row)}: measure {row['measure']!r} is no {kind!r}."
        words = {"budget": r"budget|allocat", "deal": r"deal|price", "announcement":
                 r"announce|of the (?:deal|announcement)|first year|last year"}
        if kind in words and not re.search(words[kind], row["measure"] + row["note"] +
                                           row["subject"]):
            yield f"{where('claims', row)}: nothing in its words is a {kind}."


@rule("claims", "scopes")
def a_figure_has_the_currency_and_places_of_its_scope(t, package):
    """Sums of money have a scope, in its currency and sections; figures without money have none."""
    scopes = {row["scope_id"]: row for row in t("scopes")}
    for row in t("claims"):
        money = row["unit"][:3].isupper()
        if money and not row["scope_id"]:
            yield f"{where('claims', row)}: a sum of money needs a scope."
        scope = scopes.get(row["scope_id"])
        if not scope:
            continue
        if money and not row["unit"].startswith(scope["currency"]):
            yield f"{where('claims', row)}: its scope is in {scope['currency']}."
        if row["section"] not in packed(scope["sections"]):
            yield f"{where('claims', row)}: its scope is not of section {row['section']}."
        if not set(packed(scope["region"])) <= set(packed(row["geography"])):
            yield f"{where('claims', row)}: its scope is of {scope['region']}."


@rule("claims")
def a_period_runs_forward_and_holds_its_year(t, package):
    """A period begins before it ends; a year, and one named in the id, lies in it."""
    for row in t("claims"):
        start, end = row["period_start"].rstrip("~"), row["period_end"]
        if start and end and start > end:
            yield f"{where('claims', row)}: its period runs from {start} to {end}."
        ends = (start or end)[:4], (end or start)[:4]
        named = re.search(r"-(\d{4})(?:$|-)", row["claim_id"])
        inside = [named[1]] if named else []
        inside += [row["value"]] if row["unit"] == "year" else []
        for year in inside:
            if not ends[0] <= year <= (ends[1] or "9999"):
                yield f"{where('claims', row)}: {year} is not in its period {ends[0]}..{ends[1]}."
        dated = re.fullmatch(r"dates (\S+)", row["note"])
        if dated and not any(other["claim_id"] == dated[1]
                             and (other["period_start"], other["period_end"])
                             == (row["period_start"], row["period_end"]) for other in t("claims")):
            yield f"{where('claims', row)}: it does not have the period of {dated[1]}."


@rule("claims", "documents", "incidents", "citations", "organisations")
def a_reference_is_a_mark_of_its_section(t, package):
    """A row has a mark and a basis for it, or neither; a mark of its sentence is in its section."""
    marks = defaultdict(set)
    for row in t("citations"):
        marks[row["section"]].add(row["printed"])
    for name in ("claims", "documents", "incidents"):
        for row in t(name):
            if (row["reference"] == "") != (row["reference_basis"] == "none"):
                yield f"{where(name, row)}: reference and reference_basis disagree."
            if row["reference"] and row["reference"] not in marks[row["section"]]:
                yield (f"{where(name, row)}: section {row['section']} has no mark "
                       f"{row['reference']}.")


@rule("citations")
def a_mark_is_its_list_of_numbers(t, package):
    """A printed range or list is the numbers beside it; alone is one number; marks are in order."""
    for place, row in enumerate(t("citations"), 1):
        numbers = []
        for part in re.split(r", ?", row["printed"]):
            ends = [int(end) for end in part.split("–")]
            numbers += range(ends[0], ends[-1] + 1)
        if packed(row["references"]) != [str(number) for number in numbers]:
            yield f"{where('citations', row)}: {row['printed']} is not {row['references']}."
        if (len(numbers) == 1) != (row["cited_alone"] == "yes"):
            yield f"{where('citations', row)}: cited_alone is wrong for {row['printed']}."
        if not row["position"] == str(place) == row["citation_id"].rsplit("-", 1)[1]:
            yield f"{where('citations', row)}: it is mark {place} of the table."


@rule("scopes")
def a_scope_is_named_by_its_market(t, package):
    """The label of a lettered scope holds the words of its market."""
    for row in t("scopes"):
        if row["key"] and row["market"] not in row["label"]:
            yield f"{where('scopes', row)}: label {row['label']!r}, market {row['market']!r}."


@rule("regions")
def members_are_names(t, package):
    """Members of a region begin with a capital."""
    for row in t("regions"):
        if any(not part[0].isupper() for part in packed(row["members_printed"])):
            yield f"{where('regions', row)}: {row['members_printed']!r} are no members."


@rule("readings", "claims")
def a_reading_is_of_its_figure(t, package):
    """Readings of one meaning keep value and unit of the figure; those of a damaged one do not."""
    claims = {row["claim_id"]: row for row in t("claims")}
    for row in t("readings"):
        claim = claims.get(row["claim_id"])
        if claim and claim["value"] and (
                Fraction(claim["value"]), claim["unit"]) != (Fraction(row["value"]), row["unit"]):
            yield (f"readings, {row['claim_id']} {row['reading_id']}: the figure has "
                   f"{claim['value']} {claim['unit']}.")


@rule("sections")
def a_section_fits_its_number(t, package):
    """Parent, level and chapter follow from the number; a sentence has words."""
    for row in t("sections"):
        number = row["section"]
        parent = number.rpartition(".")[0] or {"3s": "3", "T1": "3"}.get(number, "")
        if row["parent"] != parent:
            yield f"{where('sections', row)}: its parent is {parent!r}, not {row['parent']!r}."
        if int(row["level"]) != 1 + (parent.count(".") + 1 if parent else 0):
            yield f"{where('sections', row)}: its level is not {row['level']}."
        if int(row["words"]) <= int(row["sentences"]):
            yield f"{where('sections', row)}: fewer words than sentences."
        covers = row["chapter"].split("-")
        main = number[0].replace("T", "3")
        if covers[0] not in (main, "1" if main == "0" else main):
            yield f"{where('sections', row)}: the chapter {row['chapter']} is of another part."


@rule("geographies", "ratings")
def a_place_is_what_its_codes_say(t, package):
    """Countries have a code and a yes or no on the Union; rated ones stand in Table 1."""
    rated = {row["geography"] for row in t("ratings")}
    for row in t("geographies"):
        country = row["type"] == "country"
        if bool(row["iso3"]) != country:
            yield f"{where('geographies', row)}: a code is for countries."
        if (row["in_table_1"] == "yes") != (row["geography"] in rated):
            yield f"{where('geographies', row)}: in_table_1 does not fit the ratings."
        if row["name"].lower().replace(" ", "_") != row["geography"]:
            yield f"{where('geographies', row)}: it is named {row['name']!r}."
    yield from one_to_one("geographies", t("geographies"), "geography", "name")
    labels = {row["geography"]: row["label_printed"] for row in t("geographies")}
    for row in t("ratings"):
        if labels.get(row["geography"]) != row["country"]:
            yield f"ratings, {row['country']} {row['dimension']}: it is not {row['geography']!r}."
    yield from one_to_one("ratings", t("ratings"), "dimension", "dimension_label")
    cells = Counter(row["dimension"] for row in t("ratings"))
    if set(cells.values()) != {len(rated)}:
        yield "ratings: a country lacks a dimension."


@rule("documents", "measures", "incidents", "organisations")
def a_date_has_a_basis_and_a_title_its_year(t, package):
    """A date stands with its basis only; further sections follow the first one."""
    order = [row["section"] for row in t("sections")]
    for row in t("documents"):
        if (row["date"] == "") != (row["date_basis"] == "none"):
            yield f"{where('documents', row)}: date and date_basis disagree."
        if row["date_basis"] in ("title", "code") and row["date"][:4] not in row["title"]:
            yield f"{where('documents', row)}: {row['date']} is not in its title."
    for name in ("documents", "organisations"):
        for row in t(name):
            places = [row["section"], *packed(row["also_in"])]
            if places != sorted(set(places), key=order.index):
                yield f"{where(name, row)}: also_in {row['also_in']!r} is not in order."
    for row in t("incidents"):
        if not row["incident_id"].endswith(row["date"][:4]):
            yield f"{where('incidents', row)}: its date is {row['date']}."
        if not re.fullmatch(r"[a-z_]+", row["attribution"]):
            yield f"{where('incidents', row)}: attribution is a code, not {row['attribution']!r}."


@rule("measures", "claims")
def an_amount_is_of_the_same_place(t, package):
    """A measure with an amount points to a sum of its own section and country, and is money."""
    claims = {row["claim_id"]: row for row in t("claims")}
    for row in t("measures"):
        claim = claims.get(row["amount_claim_id"])
        if claim and (claim["section"], claim["geography"]) != (row["section"], row["geography"]):
            yield f"{where('measures', row)}: {claim['claim_id']} is of another place."
        if claim and not claim["unit"][:3].isupper():
            yield f"{where('measures', row)}: {claim['claim_id']} is no sum of money."


@rule("challenges", "suggestions", "sector_mentions", "trends")
def positions_count_up(t, package):
    """Positions count from one in each section; numbered items have a number and a marker."""
    for name in ("challenges", "suggestions"):
        for place in {row["section"] for row in t(name)}:
            seen = [int(row["position"]) for row in t(name) if row["section"] == place]
            if seen != list(range(1, len(seen) + 1)):
                yield f"{name}, section {place}: positions are {seen}."
    for row in t("challenges"):
        if (row["overall"] == "yes") != row["challenge_id"].endswith("-overall"):
            yield f"{where('challenges', row)}: overall is {row['overall']!r}."
    for row in t("suggestions"):
        number = row["suggestion_id"].rpartition("-")[2]
        if (row["numbered"] == "yes") != number.isdigit() or (
                row["lead"] == "yes") != (number == "lead"):
            yield f"{where('suggestions', row)}: numbered and lead do not fit its id."
        if row["numbered"] == "yes" and (
                row["marker_printed"].lower() != ORDINALS[int(number) - 1]):
            yield f"{where('suggestions', row)}: its marker is {row['marker_printed']!r}."
    yield from one_to_one("trends", t("trends"), "section", "trend")
    for row in t("trends"):
        if len(row["trend"]) >= len(row["statement"]):
            yield f"{where('trends', row)}: the name of a trend is longer than a statement."


@rule("sector_mentions")
def a_sector_is_its_printed_form(t, package):
    """One printed form is one sector, one sector is merged into one; merging joins, never parts."""
    rows = t("sector_mentions")
    merged = {}
    for row in rows:
        if merged.setdefault(row["sector"], row["sector_merged"]) != row["sector_merged"]:
            yield f"{where('sector_mentions', row)}: {row['sector']} is merged into two sectors."
        if not row["mention_id"].endswith(f"-{row['position']}"):
            yield f"{where('sector_mentions', row)}: its position is {row['position']}."
    if len(set(merged.values())) >= len(merged):
        yield "sector_mentions: sector_merged has no fewer sectors than sector."


# ------------------------------------------------------------------ outside tables


@rule("ics_advisories")
def advisories_add_up(t, package):
    """Industrial and medical advisories are all; each flaw counts once at the most."""
    for row in t("ics_advisories"):
        here = f"ics_advisories, {row['source']} {row['year']}"
        if int(row["icsa"]) + int(row["icsma"]) != int(row["advisories"]):
            yield f"{here}: icsa and icsma do not add up to advisories."
        if row["advisory_cve_pairs"] and int(row["distinct_cve"]) > int(row["advisory_cve_pairs"]):
            yield f"{here}: more distinct flaws than pairs."
    yield from one_to_one("ics_advisories", t("ics_advisories"), "source", "year_rule")
    yield from one_to_one("ics_advisories", t("ics_advisories"), "source", "url")
    for source in {row["source"] for row in t("ics_advisories")}:
        years = [row for row in t("ics_advisories") if row["source"] == source]
        if [row["partial"] for row in years] != ["no"] * (len(years) - 1) + ["yes"]:
            yield f"ics_advisories, {source}: only the last year is partial."


@rule("vendor_vulnerability_counts")
def a_period_ends_in_its_year(t, package):
    """The year is that of the period's end, and the type follows from its form."""
    forms = {"year": r"\d{4}", "half_year": r"\d{4}H[12]", "cumulative": r".*/.*"}
    for row in t("vendor_vulnerability_counts"):
        here = f"vendor_vulnerability_counts, {row['publisher']} {row['period']}"
        if re.findall(r"\d{4}", row["period"])[-1] != row["year"]:
            yield f"{here}: the year beside it is {row['year']}."
        if not re.fullmatch(forms[row["period_type"]], row["period"]):
            yield f"{here}: it is no {row['period_type']}."


def _published_after(name, rows, column):
    """What is observed was so before it was published."""
    for row in rows:
        if row["published"] != "undated" and row["kind"] == "observed" and (
                row[column][:4] > row["published"][:4]):
            yield f"{where(name, row)}: observed for {row[column]}, published {row['published']}."


@rule("vendor_vulnerability_counts", "ics_advisories", "deals", "consumer_prices", "china_industry",
      "published_market_sizes", "exchange_rates")
def an_observation_is_published_afterwards(t, package):
    """No observation is for a year after its publication; a forecast is for no year before it."""
    for name, column in (("vendor_vulnerability_counts", "year"), ("ics_advisories", "year"),
                         ("deals", "date"), ("consumer_prices", "year"), ("exchange_rates", "year"),
                         ("china_industry", "year"), ("published_market_sizes", "year")):
        yield from _published_after(name, t(name), column)
    for row in t("published_market_sizes"):
        if row["kind"] == "forecast" and row["year"] < row["vintage"][:4]:
            yield f"{where('published_market_sizes', row)}: a forecast of {row['vintage']}."
        if row["kind"] != "forecast" and row["year"] > row["vintage"][:4]:
            yield (f"{where('published_market_sizes', row)}: {row['kind']} of {row['vintage']} for "
                   f"{row['year']}.")
        if row["stated_cagr_period"] and not row["stated_cagr_percent"]:
            yield f"{where('published_market_sizes', row)}: a period without a growth."


KINDS = {  # of value that an outside table can hold
    "exchange_rates": {"derived"}, "growth_base_rates": {"derived"},
    "ics_advisories": {"observed"}, "consumer_prices": {"observed"},
    "country_indices": {"observed"}, "outside_checks": {"observed", "derived"},
    "vendor_vulnerability_counts": {"observed", "derived"}, "deals": {"observed", "estimate"},
    "published_market_sizes": {"forecast", "estimate"},
    "china_industry": {"estimate", "forecast", "target", "derived"},
    "budgets": {"requested", "enacted", "announced", "estimate", "observed"},
}
VINTAGES = {"request": "requested", "outline": "requested", "announcement": "announced",
            "enacted": "enacted", "estimate": "estimate", "actual": "observed"}


@rule(*KINDS)
def an_outside_kind_fits_its_table(t, package):
    """A kind is one of its table; a derived value says how; an estimate comes after its year."""
    for name, kinds in KINDS.items():
        for row in t(name):
            if row["kind"] not in kinds:
                yield f"{where(name, row)}: {row['kind']!r} is no kind of value of this table."
    for name in ("vendor_vulnerability_counts", "china_industry"):
        for row in t(name):
            if row["kind"] == "derived" and not re.search(
                    r"\d (?:/|x|-|divided by) \d", row["note"] + row["title"]):
                yield f"{where(name, row)}: derived, and the note does not say how."
    for row in t("china_industry"):
        if row["kind"] == "estimate" and row["published"][:4] <= row["year"]:
            yield f"{where('china_industry', row)}: an estimate of {row['year']}, made before."
        if row["kind"] == "target" and row["published"][:4] >= row["year"]:
            yield f"{where('china_industry', row)}: a target for {row['year']}, set afterwards."
    for row in t("budgets"):
        if VINTAGES[row["vintage"]] != row["kind"]:
            yield (f"budgets, {row['programme']} {row['fiscal_year']}: {row['vintage']!r} is not "
                   f"{row['kind']!r}.")


@rule("published_market_sizes")
def a_scope_is_written_in_the_words_of_its_publisher(t, package):
    """Words of a scope are about security or cyber, and a publisher's name is not."""
    for row in t("published_market_sizes"):
        if not re.search(r"security", row["scope_as_printed"], re.IGNORECASE):
            yield (f"{where('published_market_sizes', row)}: {row['scope_as_printed']!r} is no "
                   f"scope.")
        if row["via"] == row["publisher"]:
            yield f"{where('published_market_sizes', row)}: via repeats the publisher."


@rule("budgets")
def a_budget_fits_its_year_and_programme(t, package):
    """A fiscal year ends in itself or later, a programme is of one scope."""
    scopes = {}
    for row in t("budgets"):
        here = f"budgets, {row['programme']} {row['fiscal_year']}"
        if not 0 <= int(row["fiscal_year_end"]) - int(row["fiscal_year"]) <= 7:
            yield f"{here}: it ends in {row['fiscal_year_end']}."
        if scopes.setdefault(row["programme"], row["scope"]) != row["scope"]:
            yield f"{here}: its scope is {row['scope']!r} here and another elsewhere."
    for country, currency in {(row["country"], row["currency"]) for row in t("budgets")}:
        if currency not in {"United States": ("USD",), "Germany": ("EUR",), "France": ("EUR",),
                            "European Union": ("EUR",), "United Kingdom": ("GBP",),
                            "Japan": ("JPY",), "South Korea": ("KRW",)}.get(country, (currency,)):
            yield f"budgets: {country} in {currency}."


@rule("exchange_rates")
def rates_agree_across_the_dollar(t, package):
    """Units for a dollar are units for a euro over dollars for a euro, but for means of days."""
    dollars = {row["year"]: row["units_per_eur"] for row in t("exchange_rates")
               if row["currency"] == "USD"}
    for row in t("exchange_rates"):
        if not row["units_per_eur"] or not row["units_per_usd"] or not dollars.get(row["year"]):
            continue
        crossed = float(row["units_per_eur"]) / float(dollars[row["year"]])
        if not math.isclose(crossed, float(row["units_per_usd"]), rel_tol=0.03):
            yield (f"exchange_rates, {row['currency']} {row['year']}: {row['units_per_usd']} for a "
                   f"dollar, crossed {crossed:.5g}.")
    for currency in {row["currency"] for row in t("exchange_rates")}:
        rates = [float(row["units_per_eur"]) for row in t("exchange_rates")
                 if row["currency"] == currency and row["units_per_eur"]]
        for before, after in itertools.pairwise(rates):
            if not 0.6 < after / before < 1.7:
                yield f"exchange_rates, {currency}: {before} is followed by {after}."


@rule("consumer_prices")
def prices_move_by_little(t, package):
    """A year without a gap, and no jump of prices."""
    rows = t("consumer_prices")
    for before, after in itertools.pairwise(rows):
        step = float(after["annual_average"]) / float(before["annual_average"])
        if int(after["year"]) != int(before["year"]) + 1 or not 0.97 < step < 1.12:
            yield f"consumer_prices, {after['year']}: {after['annual_average']} after " \
                  f"{before['annual_average']} of {before['year']}."
    if len({row["series"] for row in rows}) > 1 or any("CPI" not in row["series"] for row in rows):
        yield "consumer_prices: the series is not the consumer price index."


@rule("growth_base_rates")
def a_ratio_is_the_exponential_of_its_error(t, package):
    """Ratios follow from log errors, quantiles rise, and a group keeps its number of forecasts."""
    groups = defaultdict(list)
    for row in t("growth_base_rates"):
        groups[tuple(row[key] for key in ("reference_class", "entities", "condition", "method",
                                          "window_k", "horizon_h"))].append(row)
        here = f"growth_base_rates, {row['reference_class']} {row['statistic']}"
        if row["scale"] == "log_error" and row["ratio_actual_to_forecast"] and not math.isclose(
                math.exp(float(row["value"])), float(row["ratio_actual_to_forecast"]),
                rel_tol=2e-3, abs_tol=1e-4):
            yield f"{here}: {row['ratio_actual_to_forecast']} is not exp({row['value']})."
    for group, rows in groups.items():
        quantiles = [(row["statistic"], float(row["value"])) for row in rows
                     if re.fullmatch(r"q\d\d", row["statistic"])]
        ordered = [value for _, value in sorted(quantiles)]
        if ordered != sorted(ordered):
            yield f"growth_base_rates, {', '.join(group)}: quantiles do not rise."
        if len({row["n"] for row in rows}) > 1:
            yield f"growth_base_rates, {', '.join(group)}: n differs."
    for name in {row["reference_class"] for row in t("growth_base_rates")}:
        window, horizon = (max(int(row[column]) for row in t("growth_base_rates")
                               if row["reference_class"] == name)
                           for column in ("window_k", "horizon_h"))
        if window > horizon:
            yield (f"growth_base_rates, {name}: windows of up to {window} years, horizons of up "
                   f"to {horizon}. Are the two exchanged?")


@rule("country_indices", "geographies")
def a_better_score_has_a_better_rank(t, package):
    """Scores and ranks of one edition run the same way; a country has one code."""
    codes = {row["name"]: row["iso3"] for row in t("geographies")}
    for row in t("country_indices"):
        if codes.get(row["country"], row["iso3"]) != row["iso3"]:
            yield f"country_indices, {row['country']}: its code is not {row['iso3']}."
        low, high = (float(end) for end in row["scale"].split("-"))
        if row["score"] and not low <= float(row["score"]) <= high:
            yield f"country_indices, {row['country']}: {row['score']} is off the {row['scale']}."
    editions = defaultdict(list)
    for row in t("country_indices"):
        if row["score"] and row["rank"]:
            editions[row["index"], row["edition"]].append(row)
    for edition, rows in editions.items():
        for one, other in itertools.combinations(rows, 2):
            better = float(one["score"]) - float(other["score"])
            if better * (int(one["rank"]) - int(other["rank"])) > 0:
                yield (f"country_indices, {' '.join(edition)}: ranks of {one['country']} and "
                       f"{other['country']} run against their scores.")


@rule("deals")
def a_deal_is_in_print_when_it_is_known(t, package):
    """A deal is not published before its date, and an acquisition has a buyer."""
    for row in t("deals"):
        if row["published"] != "undated" and row["date"][:4] > row["published"][:4]:
            yield f"{where('deals', row)}: published {row['published']} before."
        if (row["record_type"] == "round") != bool(re.search(
                r"series|round|seed", row["acquirer_or_round"])):
            yield f"{where('deals', row)}: {row['acquirer_or_round']!r} is no {row['record_type']}."


@rule("china_industry")
def growth_of_a_publisher_fits_its_values(t, package):
    """A growth leads from the publisher's value of the year before, if one page prints both."""
    rows = t("china_industry")
    for row in rows:
        earlier = [Fraction(other["value_rmb_billion"]) for other in rows
                   if (other["scope_id"], other["url"]) == (row["scope_id"], row["url"])
                   and int(other["year"]) == int(row["year"]) - 1 and other["bound"] == "exact"
                   and other["kind"] != "derived"]
        if row["growth_percent"] and earlier and row["bound"] == "exact":
            grown = [100 * (Fraction(row["value_rmb_billion"]) / value - 1) for value in earlier]
            if all(abs(found - Fraction(row["growth_percent"])) > Fraction(1, 10)
                   for found in grown):
                yield (f"china_industry, {row['scope_id']} {row['year']}: {row['growth_percent']} "
                       f"% does not lead there from {float(earlier[0])}.")


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


@rule("findings", "prose_against_table", "unmeasured_statements", "outside_findings",
      "outside_checks", "outside_dates", "text_contradictions", "documents", "organisations",
      "chart_names")
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
            ("text_contradictions", "source_id", sources), ("chart_names", "item_id", items)):
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
