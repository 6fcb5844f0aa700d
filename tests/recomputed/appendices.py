"""Results of the appendices by their definitions."""

import itertools
import json
import math
from fractions import Fraction

from recomputed.abroad import LEVELS, money_figures
from recomputed.china import C, D
from recomputed.common import amount, chained, mean_rate, sure
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
