"""Results of the appendices by their definitions."""

import itertools
import json
import math
from fractions import Fraction

from recomputed.abroad import LEVELS, money_figures
from recomputed.china import C, D
from recomputed.common import amount, chained, half, mean_rate, one, rate_between, sure
from recomputed.demands import (
    ENDS,
    advisories,
    class_statistics,
    implied_growth,
    year_of,
    years_between,
)
from recomputed.register import again

# ------------------------------------------------------------------ appendices


AUDIT, HINDSIGHT, SCENARIOS = "a1-claims-audit", "a2-hindsight", "a3-scenarios"


@again(AUDIT, "claims_with_reference")
def claims_with_reference(t, s):
    """Printed figures with a mark in their sentence, and in sentence or paragraph."""
    bases = [row["reference_basis"] for row in t("claims")]
    return {"sentence": Fraction(bases.count("sentence"), len(bases)),
            "sentence or paragraph": 1 - Fraction(bases.count("none"), len(bases))}


@again(AUDIT, "money_claims_without_reference", ("paragraph", "none"))
@again(AUDIT, "money_claims_without_any_reference", ("none",))
def money_claims_without_reference(t, s, bases):
    """Sums of money whose mark stands elsewhere, or nowhere."""
    return sum(row["reference_basis"] in bases for row in money_figures(t))


@again(AUDIT, "china_2019_usd")
def china_2019_usd(t, s):
    """Figure C in dollars, in billions."""
    return amount(t, C) / mean_rate(t, s, "CNY", year_of(t, C))


A_2019, A_2026 = ENDS["a"]
B_2019, B_2025 = ENDS["b"]
FLAWS, DEEP, FEDERAL = "2.2-flaws", "2.2-share-deep", "3.4-budget-federal"
ENERGY, PILOTS = "3.4-budget-energy", "3.4-horizon"
TEXT_COUNTS = ("number of aspects", "number of challenges", "number of themes")
VERDICTS = ("ambiguous", "scope_conflict", "contradicted_inside", "contradicted_outside",
            "recomputed", "confirmed", "quoted", "structural", "date", "not_checkable")


def measuring(t):
    """Printed figures that are no year and count no items of a text."""
    return [row["claim_id"] for row in t("claims")
            if row["unit"] != "year" and row["measure"] not in TEXT_COUNTS]


def end(t, s, claim_id, side):
    """A sum of money as low or as high as its print allows, in billions."""
    return float(amount(t, claim_id) + side * half(t, s, claim_id))


def on_path(t, s, ends, year, side):
    """A market in a year between its two, each as low or as high as it may be."""
    first, last = (end(t, s, claim_id, side) for claim_id in ends)
    start = year_of(t, ends[0])
    return chained(first, rate_between(first, last, year_of(t, ends[1]) - start), year - start)


def clashing(t, s):
    """Figures that, as labelled, are larger than a figure that should hold them."""
    found = set()
    if end(t, s, A_2019, -1) > end(t, s, B_2019, 1):
        found |= {A_2019, B_2019}
    if on_path(t, s, ENDS["a"], year_of(t, B_2025), -1) > end(t, s, B_2025, 1):
        found |= {A_2026, B_2025}
    if end(t, s, C, -1) / float(mean_rate(t, s, "CNY", 2019)) > end(t, s, B_2019, 1):
        found |= {C, B_2019}
    if end(t, s, D, -1) / float(mean_rate(t, s, "CNY", 2021)) > on_path(
            t, s, ENDS["b"], 2021, 1):
        found |= {D, B_2025}
    whole = [row for row in t("budgets") if (row["scope"], row["fiscal_year"]) == (
        "all_federal", "2020") and row["confidence"] == "high"]
    if max(whole, key=lambda row: row["published"])["value_million"] != "11000":
        found.add(FEDERAL)
    return found | ({DEEP} if s["share_denominator"] == "advisories" else set())


def reading_of(t, s, claim_id):
    """Whether a figure has one reading, or several that are settled, of one number, or open."""
    rows = [row for row in t("readings") if row["claim_id"] == claim_id]
    if len(rows) < 2:
        return "one"
    chosen = {DEEP} | ({"2.1-attacks"} if s["attack_reading"] != "all" else set())
    pace = 100 * implied_growth(t, s, "b")
    if claim_id in chosen or (rows[-1]["reading_id"] == "growth_to_2025"
                              and abs(float(rows[-1]["value"]) - pace) > 2):
        return "settled"
    share = one(t("claims"), claim_id=claim_id)["kind"] == "share"
    return "ambiguous" if share or len({row["value"] for row in rows}) > 1 else "label"


def outside_amounts(t):
    """Figures that a page of high confidence gives as well -> copied from it, or confirmed."""
    flaws = one(t("vendor_vulnerability_counts"), publisher="Dragos", period="2019",
                measure="vulnerabilities")
    energy = one(t("budgets"), scope="doe_ceser", fiscal_year="2020", vintage="enacted")
    pilots = one(t("budgets"), scope="eu_programme", fiscal_year="2019")
    share = one(t("outside_checks"), check_id="k06")
    printed = {row["claim_id"]: row["value"] for row in t("claims")}
    return {claim_id: verdict for claim_id, verdict, row, agrees in (
        (FLAWS, "quoted", flaws, flaws["value"] == printed[FLAWS]),
        (DEEP, "quoted", share, f"{printed[DEEP]} percent" in share["finding"]),
        (ENERGY, "confirmed", energy, energy["value_million"] == printed[ENERGY]),
        (PILOTS, "confirmed", pilots, pilots["value_million"] == printed[PILOTS]))
        if agrees and row["confidence"] == "high"}


def dated_outside(t):
    """Years for which an outside row of high confidence dates the same thing."""
    deal = one(t("outside_checks"), check_id="k24")
    outline = one(t("budgets"), scope="all_federal", vintage="outline")
    pilots = one(t("budgets"), scope="eu_programme", fiscal_year="2019")
    return {claim_id for claim_id, agrees in (
        ("3.2-deal-cyberx-year", "June 2020" in deal["finding"]),
        (f"{FEDERAL}-year", outline["fiscal_year"] == "2020"),
        (f"{PILOTS}-year", pilots["published"].startswith("2019-02"))) if agrees}


def verdict_of(t, s, claim_id):
    """The first rule that applies to a printed figure."""
    row = one(t("claims"), claim_id=claim_id)
    if row["unit"] == "year":
        return "confirmed" if claim_id in dated_outside(t) else "date"
    if row["measure"] in TEXT_COUNTS:
        return "structural"
    if reading_of(t, s, claim_id) == "ambiguous":
        return "ambiguous"
    if claim_id in clashing(t, s):
        return "scope_conflict"
    return outside_amounts(t).get(claim_id, "not_checkable")


def counted_verdicts(t, s, claim_ids):
    """Verdict -> figures that have it, all verdicts named."""
    found = [verdict_of(t, s, claim_id) for claim_id in claim_ids]
    return {verdict: found.count(verdict) for verdict in VERDICTS}


@again(AUDIT, "claims_total")
def claims_total(t, s):
    """Rows of printed figures."""
    return len(t("claims"))


@again(AUDIT, "claims_by_verdict")
def claims_by_verdict(t, s):
    """All printed figures by verdict."""
    return counted_verdicts(t, s, [row["claim_id"] for row in t("claims")])


@again(AUDIT, "measurements_by_verdict")
def measurements_by_verdict(t, s):
    """Figures that measure something by verdict."""
    return counted_verdicts(t, s, measuring(t))


@again(AUDIT, "claims_borne_out", ("recomputed", "confirmed", "quoted"))
@again(AUDIT, "claims_not_borne_out",
       ("scope_conflict", "contradicted_inside", "contradicted_outside"))
def measurements_with(t, s, verdicts):
    """Measurements with one of these verdicts."""
    counted = measurements_by_verdict(t, s)
    return sum(counted[verdict] for verdict in verdicts)


@again(AUDIT, "measurements_by_reading")
def measurements_by_reading(t, s):
    """Measurements by how many ways there are to read them."""
    found = [reading_of(t, s, claim_id) for claim_id in measuring(t)]
    return {way: found.count(way) for way in ("one", "settled", "label", "ambiguous")}


def later_china(t, s, scope):
    """The last size in print of a Chinese scope for the year of figure D."""
    rows = [row for row in sure(t("china_industry"), s) if row["scope_id"] == scope
            and row["year"] == str(year_of(t, D)) and row["bound"] == "exact"]
    return Fraction(max(rows, key=lambda row: row["published"])["value_rmb_billion"])


@again(HINDSIGHT, "china_forecast_ratio_segment", "industrial_internet_security")
@again(HINDSIGHT, "china_forecast_ratio_industry", "industrial_information_security")
def china_forecast_ratio(t, s, scope):
    """Figure D over the later published size."""
    return amount(t, D) / later_china(t, s, scope)


@again(HINDSIGHT, "china_segment_2021_usd")
def china_segment_2021_usd(t, s):
    """The later published size of the segment in dollars."""
    return later_china(t, s, "industrial_internet_security") / mean_rate(
        t, s, "CNY", year_of(t, D))


@again(HINDSIGHT, "market_definition_spread_2025")
def market_definition_spread_2025(t, s):
    """Largest over smallest size published for the world in 2025."""
    sizes = [Fraction(row["value_billion"]) for row in sure(t("published_market_sizes"), s)
             if (row["region"], row["year"]) == ("World", "2025")]
    return max(sizes) / min(sizes)


def judged(t, s):
    """Items of the paper with a check of enough confidence, each with that check."""
    checks = {row["check_id"]: row for row in sure(t("outside_checks"), s)}
    return [(row, checks[row["check_id"]]) for row in t("hindsight_items")
            if row["check_id"] in checks]


NAMES = {"confirmed": "confirmed", "quoted": "quoted as printed", "recomputed": "recomputed",
         "scope_conflict": "clash over scope", "contradicted_inside": "contradicted inside",
         "contradicted_outside": "differs outside", "ambiguous": "ambiguous",
         "not_checkable": "cannot be checked"}


@again(HINDSIGHT, "hindsight_verdicts")
def hindsight_verdicts(t, s):
    """Items by the verdict of the audit on them; what is no printed figure has none."""
    found = [NAMES[verdict_of(t, s, item["claim_id"])] if item["claim_id"] else "no figure"
             for item, _ in judged(t, s)]
    return {name: found.count(name) for name in (*NAMES.values(), "no figure")}


@again(HINDSIGHT, "items_known_by_cutoff", False)
@again(HINDSIGHT, "items_known_when_written", True)
def items_known(t, s, when_written):
    """Items whose source was in print by the cutoff, or by the year the paper calls past."""
    past = max(int(row["period_end"][:4]) for row in t("claims") if row["period_end"] and row[
        "kind"] not in ("forecast", "announcement", "budget") and row["qualifier"] != "expected")
    year = past if when_written else s["information_cutoff"]
    return sum(check["published"] != "undated" and int(check["published"][:4]) <= year
               for _, check in judged(t, s))


@again(HINDSIGHT, "count_observed_last_year")
def count_observed_last_year(t, s):
    """The count of the last full year, where the cutoff lies before it."""
    counted = advisories(t, s)
    return counted[max(counted)] if s["information_cutoff"] < max(counted) else None


@again(HINDSIGHT, "index_ranks")
def index_ranks(t, s):
    """Places among the six countries: one more than there are countries ahead."""
    mine = {}
    for row in t("ratings"):
        mine[row["country"]] = mine.get(row["country"], 0) - LEVELS.index(row["level"])
    short = {"United States": "US", "United Kingdom": "UK"}
    places = {"Table 1": mine}
    for index, edition in (("GCI", "2018"), ("GCI", "2020"), ("NCPI", "2020"), ("NCPI", "2022")):
        places[f"{index} {edition}"] = {
            country: int(row["rank"] or 10**6) for row in t("country_indices")
            if (row["index"], row["edition"]) == (index, edition)
            and (country := short.get(row["country"], row["country"])) in mine}
    return {name: {country: 1 + sum(other < place for other in held.values())
                   for country, place in held.items()} for name, held in places.items()}


def fast_series(t, s):
    """Statistics of the series of the class that had grown fast, over the span of market B."""
    span = years_between(t, "b")
    return class_statistics(t, s, span, span, "past_growth_over_15pct")


@again(HINDSIGHT, "persistence_share_fast")
def persistence_share_fast(t, s):
    """What is left of one when the share of forecasts that were too high is taken off."""
    return 1 - Fraction(fast_series(t, s)["share_forecast_too_high"]["value"])


@again(HINDSIGHT, "median_actual_to_extrapolated")
def median_actual_to_extrapolated(t, s):
    """The middle ratio of actual to extrapolated."""
    return Fraction(fast_series(t, s)["q50"]["ratio_actual_to_forecast"])


@again(HINDSIGHT, "stress_damped_b_2025")
def stress_damped_b_2025(t, s):
    """Market B in 2025 if every year keeps a fixed part of the log growth of the year before."""
    log_growth = s["persistence_share"] * math.log(1 + implied_growth(t, s, "b"))
    value = float(amount(t, ENDS["b"][0]))
    for _ in range(years_between(t, "b")):
        log_growth *= s["damping"]
        value *= math.exp(log_growth)
    return value


@again(HINDSIGHT, "count_worst_error_one_year")
def count_worst_error_one_year(t, s):
    """Worst miss of the last full year from the growth of one year, up to seven years ahead."""
    counts = advisories(t, s)
    last = max(counts)
    misses = [float(chained(Fraction(n), Fraction(n, counts[year - 1]) - 1, last - year)
                    / counts[last])
              for year, n in counts.items() if year - 1 in counts
              and year <= s["information_cutoff"] and 1 <= last - year <= 7]
    return max(max(miss, 1 / miss) for miss in misses)


@again(HINDSIGHT, "table1_index_tau")
def table1_index_tau(t, s):
    """Pairs of the six countries in the same order less those in the other, ties set aside."""
    mine = {}
    for row in t("ratings"):
        mine[row["country"]] = mine.get(row["country"], 0) + LEVELS.index(row["level"])
    short = {"United States": "US", "United Kingdom": "UK"}
    found = {}
    for index, edition in (("GCI", "2018"), ("GCI", "2020"), ("NCPI", "2020"), ("NCPI", "2022")):
        theirs = {short.get(row["country"], row["country"]): -int(row["rank"] or 10**6)
                  for row in t("country_indices")
                  if (row["index"], row["edition"]) == (index, edition)}
        signs = [((mine[a] > mine[b]) - (mine[a] < mine[b]),
                  (theirs[a] > theirs[b]) - (theirs[a] < theirs[b]))
                 for a, b in itertools.combinations(mine, 2)]
        found[f"{index} {edition}"] = sum(a * b for a, b in signs) / math.sqrt(
            sum(a * a for a, _ in signs) * sum(b * b for _, b in signs))
    return found


@again(SCENARIOS, "parameters_untested")
def parameters_untested(t, s):
    """Parameters that no shipped scenario changes."""
    return len(s) - len({row["parameter"] for row in t("scenarios")} - {""})


def leaves(value, path=()):
    """Entries of a value that may be a list or a mapping: path -> entry."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return {end: leaf for key, item in items
                for end, leaf in leaves(item, (*path, key)).items()}
    return {path: value}


def places_taken(ranking):
    """A ranking as the outcome of every pair."""
    return {pair: (ranking[pair[0]] > ranking[pair[1]]) - (ranking[pair[0]] < ranking[pair[1]])
            for pair in itertools.combinations(sorted(ranking), 2)}


def class_of(rows):
    """What editions do to one result, its baseline row first."""
    base, *others = [{**row, "content": float(row["value"]) if row["value"] else
                      json.loads(row["value_json"] or "null")} for row in rows]
    if not others:
        return "not affected"
    series = {path: [leaf] for path, leaf in leaves(base["content"]).items()}
    for row in others:
        ranking = base["unit"] == "rank" and isinstance(base["content"], dict)
        if row["status"] != base["status"]:
            return "conditional"
        if ranking and places_taken(row["content"]) != places_taken(base["content"]):
            return "conditional"
        if row["scope"] != base["scope"] and not (ranking and row["content"] == base["content"]):
            return "conditional"
        for path, leaf in leaves(row["content"]).items():
            series.setdefault(path, [None]).append(leaf)
    for default, *held in series.values():
        if len(held) < len(others) or any(isinstance(each, str) or each is None
                                          for each in (default, *held)):
            if len(held) < len(others) or any(each != default for each in held):
                return "sensitive"
        elif not all(math.isclose(each, default, rel_tol=1e-9, abs_tol=1e-12) for each in held):
            spread = max(default, *held) - min(default, *held)
            relative = default != 0 and base["unit"] not in ("year", "rank")
            if not relative or spread > 0.01 * abs(default):
                return "sensitive"
    return "stable"


@again(SCENARIOS, "results_touched")
def results_touched(t, s):
    """Results that stand in the baseline and in some scenario."""
    rows = t("scenario_results")
    moved = {(row["chapter"], row["result"]) for row in rows if row["scenario"] != "baseline"}
    return len(moved & {(row["chapter"], row["result"]) for row in rows
                        if row["scenario"] == "baseline"})


@again(SCENARIOS, "advisory_growth_at_first", "baseline")
@again(SCENARIOS, "advisory_growth_in_hindsight", "hindsight")
def advisory_growth(t, s, scenario):
    """Growth of advisories as a scenario has it."""
    return float(one(t("scenario_results"), chapter="2-2-technology-convergence",
                     result="advisory_growth", scenario=scenario)["value"])


@again(SCENARIOS, "results_stable", "stable")
@again(SCENARIOS, "results_sensitive", "sensitive")
@again(SCENARIOS, "results_conditional", "conditional")
@again(SCENARIOS, "results_not_affected", "not affected")
def results_by_class(t, s, wanted):
    """Results by how far the scenarios move them, once status, scope and order are looked at."""
    rows = {}
    for row in t("scenario_results"):
        rows.setdefault((row["chapter"], row["result"]), []).append(row)
    return sum(class_of(held) == wanted for held in rows.values())
