"""Results of sections 3 and 4 by their definitions."""

import itertools
import math
import statistics
from collections import Counter
from fractions import Fraction

from recomputed.common import agreement, amount, by_coder, mean_rate, near, one, same, sure
from recomputed.demands import ENDS, year_of
from recomputed.register import Sampled, again

# ------------------------------------------------------------------ 3.1 to 3.5


POLICIES = "3-1-security-policies"


def places(row):
    """All sections that name a row."""
    return [row["section"], *filter(None, row["also_in"].split(";"))]


def instruments(t):
    """Documents of sections 3.1 to 3.5 and 5.1, and bodies that a measure sets up: with a date?"""
    papers = [row["date_basis"] == "stated" for row in t("documents")
              if any(place.startswith("3.") or place == "5.1" for place in places(row))]
    founding = {row["measure_id"] for row in t("measure_body") if row["relation"] == "sets_up"}
    return papers + [row["date"] != "" for row in t("measures") if row["measure_id"] in founding]


@again(POLICIES, "instruments_total")
def instruments_total(t, s):
    """Documents and bodies set up, each once."""
    return len(instruments(t))


@again(POLICIES, "dated_share")
def dated_share(t, s):
    """Those of them with a date that the text states."""
    return Fraction(sum(instruments(t)), len(instruments(t)))


FIRMS = "3-2-market-participants"


def firms_of(t, section):
    """Firms that a section names under any name, each once."""
    kinds = ("automation_company", "cybersecurity_company", "start_up", "company")
    named = {row["alias_of"] or row["organisation_id"] for row in t("organisations")
             if section in places(row)}
    return [row for row in t("organisations")
            if row["organisation_id"] in named and row["type_classed"] in kinds]


@again(FIRMS, "companies_named")
def companies_named(t, s):
    """Firms of section 3.2."""
    return len(firms_of(t, "3.2"))


@again(FIRMS, "companies_with_stated_country")
def companies_with_stated_country(t, s):
    """Firms with a printed country, over all."""
    firms = firms_of(t, "3.2")
    return Fraction(sum(firm["country_printed"] != "" for firm in firms), len(firms))


@again(FIRMS, "acquisition_mentions", "claim")
@again(FIRMS, "acquisitions_documented", "case")
def acquisition_mentions(t, s, evidence):
    """Passages outside section 5 on buying a firm."""
    return len({row["passage_id"] for row in t("market_routes")
                if row["route"] == "buy" and row["evidence"] == evidence
                and not row["section"].startswith("5")})


@again(FIRMS, "institutions_per_startup_min")
def institutions_per_startup_min(t, s):
    """Investors over start-ups, both as printed."""
    return amount(t, "3.2-investors") / amount(t, "3.2-start-ups")


SMALL_FIRMS = "3-3-small-enterprises"


@again(SMALL_FIRMS, "sme_measures", None)
@again(SMALL_FIRMS, "sme_capital_measures", "finance")
def sme_measures(t, s, instrument):
    """Measures of section 3.3 by country of Table 1, all or those that are money."""
    label = {row["geography"]: row["label_printed"] for row in t("geographies")}
    rated = {row["geography"] for row in t("ratings")}
    found = Counter(row["geography"] for row in t("measures") if row["section"] == "3.3"
                    and instrument in (None, row["instrument"]))
    return {label[place]: found[place] for place in rated | set(found)}


@again(SMALL_FIRMS, "instrument_kappa", "kappa")
@again(SMALL_FIRMS, "instrument_agreement", "raw")
def instrument_agreement(t, s, measure):
    """Agreement of the table and the blind coder on measures of section 3.3."""
    codes = by_coder(t("measure_instrument"), "measure_id", code="instrument")
    cells = [(row["measure_id"],) for row in t("measures") if row["section"] == "3.3"]
    return agreement(codes["table"], codes["blind"], cells, None, same)[measure]


INVESTMENT = "3-4-investment"


@again(INVESTMENT, "department_share")
def department_share(t, s):
    """The energy department's budget over the federal one."""
    return amount(t, "3.4-budget-energy") / amount(t, "3.4-budget-federal")


@again(INVESTMENT, "federal_budget_to_market_a")
def federal_budget_to_market_a(t, s):
    """The federal budget over the world market A."""
    return amount(t, "3.4-budget-federal") / amount(t, ENDS["a"][0])


def later_federal(t, s, cutoff):
    """Federal budget of the same year in the last whole table in print by a year, in millions."""
    rows = [row for row in sure(t("budgets"), s)
            if row["programme"] == "federal cybersecurity, defence and civilian"
            and row["fiscal_year"] == str(year_of(t, "3.4-budget-federal"))
            and row["vintage"] != "outline" and int(row["published"][:4]) <= cutoff]
    return Fraction(max(rows, key=lambda row: row["published"])["value_million"])


@again(INVESTMENT, "budget_vintage_ratio", None)
@again("a2-hindsight", "budget_vintage_ratio", 9999)
def budget_vintage_ratio(t, s, cutoff):
    """The printed federal budget over that of the last whole table."""
    return 1000 * amount(t, "3.4-budget-federal") / later_federal(
        t, s, cutoff or s["information_cutoff"])


def money_figures(t):
    """Printed sums of money."""
    return [row for row in t("claims") if row["unit"].endswith(("_million", "_billion"))
            and row["unit"][:3].isupper()]


@again(INVESTMENT, "money_figures_cited", "funding_rungs")
@again(INVESTMENT, "money_figures_cited_in_paper", "claims")
def money_figures_cited(t, s, listed):
    """Sums of money with a mark in their own sentence, over all."""
    wanted = {row["claim_id"] for row in t(listed)}
    bases = [row["reference_basis"] for row in money_figures(t) if row["claim_id"] in wanted]
    return Fraction(bases.count("sentence"), len(bases))


@again(INVESTMENT, "financing_yearly_mean_min")
def financing_yearly_mean_min(t, s):
    """The sum of three years over three, in millions."""
    row = one(t("claims"), claim_id="3.4-financing-abroad")
    years = int(row["period_end"]) - int(row["period_start"]) + 1
    return 1000 * amount(t, row["claim_id"]) / years


@again(INVESTMENT, "eur_announcement_usd")
def eur_announcement_usd(t, s):
    """The announced euros in dollars, in millions."""
    return 1000 * amount(t, "3.4-horizon") / mean_rate(t, s, "EUR", year_of(t, "3.4-horizon"))


ALLIANCES = "3-5-alliances-and-standards"


def standards_work(t):
    """Standards documents named in sections 3.1.2 and 3.5."""
    kinds = {row["type"] for row in t("instrument_kinds") if row["kind"] == "standards_work"}
    return [row for row in t("documents")
            if row["type"] in kinds and {"3.1.2", "3.5"} & set(places(row))]


@again(ALLIANCES, "documents_named")
def documents_named(t, s):
    """Standards documents, each once."""
    return len(standards_work(t))


@again(ALLIANCES, "documents_by_top_body")
def documents_by_top_body(t, s):
    """Documents of the body that issues most, over all."""
    issued = Counter(row["issuer"] for row in standards_work(t) if row["issuer"])
    return Fraction(max(issued.values()), len(standards_work(t)))


@again(ALLIANCES, "bodies_alliance_narrow")
def bodies_alliance_narrow(t, s):
    """Bodies of the two sections that are alliances or consortia by their nature."""
    return sum(row["type_classed"] in ("alliance", "consortium") and not row["alias_of"]
               and bool({"3.1.2", "3.5"} & set(places(row))) for row in t("organisations"))


# ------------------------------------------------------------------ 3.6


COUNTRIES = "3-6-country-comparison"
LEVELS = ("Low", "Medium", "High")


def dimensions(t, s):
    """Places of the dimensions, those that count as one together: equal ones if so set."""
    held = {}
    for row in t("ratings"):
        held.setdefault(row["dimension"], []).append(row["level"])
    together = {}
    for place, levels in enumerate(held.values()):
        together.setdefault(tuple(levels) if s["merge_identical_columns"] else place, []
                            ).append(place)
    return list(together.values())


def rated(t, s):
    """Country -> its levels as numbers, one for each dimension that counts."""
    rows = {}
    for row in t("ratings"):
        rows.setdefault(row["country"], []).append(LEVELS.index(row["level"]))
    return {country: tuple(row[places[0]] for places in dimensions(t, s))
            for country, row in rows.items()}


def relation(one_row, other):
    """How two rows of levels compare in every dimension: ``>``, ``<``, ``=`` or ``?``."""
    if one_row == other:
        return "="
    if all(a >= b for a, b in zip(one_row, other, strict=True)):
        return ">"
    return "<" if all(a <= b for a, b in zip(one_row, other, strict=True)) else "?"


@again(COUNTRIES, "dominance_pairs", "<>")
@again(COUNTRIES, "incomparable_pairs", "?")
@again(COUNTRIES, "tied_pairs", "=")
def pairs_by_relation(t, s, wanted):
    """Pairs of countries by how their ratings compare."""
    return sum(relation(a, b) in wanted
               for a, b in itertools.combinations(rated(t, s).values(), 2))


def complete_orders(t, s):
    """All orders of the different rows that put no row below one it dominates."""
    rows = list(dict.fromkeys(rated(t, s).values()))
    return [order for order in itertools.permutations(rows)
            if not any(relation(a, b) == "<" for a, b in itertools.combinations(order, 2))]


@again(COUNTRIES, "linear_extensions")
def linear_extensions(t, s):
    """Orders that agree with the ratings, tried one by one."""
    return len(complete_orders(t, s))


@again(COUNTRIES, "mean_rank_extensions")
def mean_rank_extensions(t, s):
    """One more than the countries ahead, as a mean over these orders."""
    table, orders = rated(t, s), complete_orders(t, s)
    return {country: statistics.mean(
        Fraction(1 + sum(order.index(other) < order.index(row) for other in table.values()))
        for order in orders) for country, row in table.items()}


def place_of_medium(s):
    """Where Medium lies between Low and High once the mean has bent the scale."""
    medium, power = s["medium_score"], s["aggregation_power"]
    if power == 0:
        return math.log(medium) / math.log(3)
    if power == 1:
        return Fraction(str(medium)) / 2 - Fraction(1, 2)
    return (medium ** power - 1) / (3 ** power - 1)


@again(COUNTRIES, "q_value")
def q_value(t, s):
    """Place of Medium between Low and High."""
    return place_of_medium(s)


def chance_of_lead(t, s, better, worse):
    """Share of all weightings in which one country is ahead, by a divided difference.

    The mean of a function's last derivative over the simplex is its divided difference at the
    corners; the function is the positive part of x to the number of dimensions less one.
    """
    utility = (0, place_of_medium(s), 1)
    table = rated(t, s)
    nodes = sorted(utility[a] - utility[b] for a, b in
                   zip(table[better], table[worse], strict=True))
    degree = len(nodes) - 1

    def difference(low, high):
        order = high - low
        if nodes[low] == nodes[high]:
            x = nodes[low]
            return math.comb(degree, order) * x ** (degree - order) if x > 0 else 0
        return (difference(low + 1, high) - difference(low, high - 1)) / (nodes[high] - nodes[low])

    return difference(0, degree)


@again(COUNTRIES, "p_japan_over_france", "Japan", "France")
@again(COUNTRIES, "p_france_over_korea", "France", "South Korea")
@again(COUNTRIES, "p_uk_over_korea", "UK", "South Korea")
def p_over(t, s, better, worse):
    """Share of all weightings in which the first scores above the second."""
    return chance_of_lead(t, s, better, worse)


@again(COUNTRIES, "rank_acceptability")
def rank_acceptability(t, s):
    """France's ranks: third if ahead of Japan, fifth if behind South Korea, else fourth."""
    third = float(1 - chance_of_lead(t, s, "Japan", "France"))
    fifth = float(1 - chance_of_lead(t, s, "France", "South Korea"))
    return Sampled({"France": {"3": third, "4": 1 - third - fifth, "5": fifth}}, s["draws"])


def mean_score(t, s, levels):
    """Power mean of the scores under the weights."""
    scores = [(1.0, s["medium_score"], 3.0)[each] for each in levels]
    weights = [sum(s["dimension_weights"][place] for place in places)
               for places in dimensions(t, s)]
    power, weighted = s["aggregation_power"], list(zip(weights, scores, strict=True))
    if power == 0:
        return math.prod(score ** weight for weight, score in weighted)
    return math.fsum(weight * score ** power for weight, score in weighted) ** (1 / power)


def ranks(scores):
    """One more than the countries that score higher."""
    return {country: 1 + sum(other > mine + 1e-9 for other in scores.values())
            for country, mine in scores.items()}


@again(COUNTRIES, "score")
def score(t, s):
    """Power mean of each country's scores."""
    return {country: mean_score(t, s, row) for country, row in rated(t, s).items()}


@again(COUNTRIES, "rank")
def rank(t, s):
    """Rank by that score; ties share the better place."""
    return ranks(score(t, s))


@again(COUNTRIES, "cells_below_high")
def cells_below_high(t, s):
    """Ratings that are not High."""
    return sum(row["level"] != "High" for row in t("ratings"))


@again(COUNTRIES, "cells_without_evidence")
def cells_without_evidence(t, s):
    """Cells of Table 1 for which no fact is listed."""
    backed = {(row["country"], row["dimension"]) for row in t("evidence_facts")}
    return sum((row["country"], row["dimension"]) not in backed for row in t("ratings"))


@again(COUNTRIES, "perturbation_changes")
def perturbation_changes(t, s):
    """Neighbours of each cell on the scale: two for Medium, one for the others."""
    return sum(2 if each == 1 else 1 for row in rated(t, s).values() for each in row)


@again(COUNTRIES, "perturbation_reversals")
def perturbation_reversals(t, s):
    """Changes of one cell by one level after which some pair stands the other way round."""
    table, before, turned = rated(t, s), score(t, s), 0
    for country, row in table.items():
        for place, held in enumerate(row):
            for other in {held - 1, held + 1} & {0, 1, 2}:
                changed = (*row[:place], other, *row[place + 1:])
                after = before | {country: mean_score(t, s, changed)}
                turned += any((before[a] - before[b]) * (after[a] - after[b]) < -1e-12
                              for a, b in itertools.combinations(table, 2))
    return turned


# ------------------------------------------------------------------ 4


TRENDS = "4-development-trends"


def backed(t, coder, least):
    """Statements on trends with a link of at least a level to some section, by one coder."""
    links = ("partial", "direct")
    return {row["statement_id"] for row in t("trend_support") if row["coder"] == coder
            and links.index(row["link"]) >= links.index(least)}


@again(TRENDS, "trend_statements")
def trend_statements(t, s):
    """Rows of the table of trends."""
    return len(t("trends"))


@again(TRENDS, "trend_statements_supported", "first")
@again(TRENDS, "trend_statements_supported_second", "second")
def trend_statements_supported(t, s, coder):
    """Statements with a direct link, over all."""
    return Fraction(len(backed(t, coder, "direct")), len(t("trends")))


@again(TRENDS, "trend_statements_supported_both")
def trend_statements_supported_both(t, s):
    """Statements with a direct link by either coder."""
    return len(backed(t, "first", "direct") & backed(t, "second", "direct"))


@again(TRENDS, "trend_statements_unsupported_both")
def trend_statements_unsupported_both(t, s):
    """Statements that no coder links to any section."""
    linked = backed(t, "first", "partial") | backed(t, "second", "partial")
    return sum(row["statement_id"] not in linked for row in t("trends"))


@again(TRENDS, "coder_agreement")
def trend_agreement(t, s):
    """Agreement of the coders on statements by subsections of 2 and 3, half for neighbours."""
    codes = by_coder(t("trend_support"), "statement_id", "section", code="link")
    sections = [row["section"] for row in t("sections") if row["section"][:2] in ("2.", "3.")]
    cells = itertools.product([row["statement_id"] for row in t("trends")], sections)
    return agreement(codes["first"], codes["second"], cells, "none", near)
