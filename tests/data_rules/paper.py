"""Rules for what is transcribed from the paper."""

import re
from collections import Counter, defaultdict
from fractions import Fraction

from data_rules.register import one_to_one, packed, rule, where

IN_WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"]
SCALES = {"million": 10**6, "billion": 10**9}
MONEY = re.compile(r"^(USD|RMB|EUR) (\d+(?:\.\d+)?) (million|billion)$")


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
