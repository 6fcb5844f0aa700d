"""Results of sections 1 and 2 by their definitions."""

import itertools
import math
import statistics
from datetime import date
from fractions import Fraction

from recomputed.common import amount, chained, half, one, rate_between, root_of, sure
from recomputed.register import again

# ------------------------------------------------------------------ 1


ONE = "1-introduction"


@again(ONE, "numbers_printed")
@again("a1-claims-audit", "claims_total")
def numbers_printed(t, s):
    """Rows of the table of claims."""
    return len(t("claims"))


def measuring(t):
    """Printed figures that are no year and do not count the items of a text."""
    of_a_text = ("number of aspects", "number of themes", "number of challenges")
    return [row for row in t("claims") if row["unit"] != "year" and row["measure"] not in of_a_text]


@again(ONE, "numbers_measuring")
def numbers_measuring(t, s):
    """Printed figures that measure something outside the text."""
    return len(measuring(t))


@again(ONE, "words_total")
def words_total(t, s):
    """Words of all sections, added up."""
    return sum(int(row["words"]) for row in t("sections"))


@again(ONE, "claims_per_1000_words")
def claims_per_1000_words(t, s):
    """Printed figures over words, times a thousand."""
    return Fraction(1000 * len(t("claims")), words_total(t, s))


@again(ONE, "evidence_front_share")
def evidence_front_share(t, s):
    """Printed figures whose section number begins with 1, 2 or 3, over all."""
    front = [row for row in t("claims") if row["section"][0] in "123"]
    return Fraction(len(front), len(t("claims")))


@again(ONE, "words_front_share")
def words_front_share(t, s):
    """Words up to Table 1, which closes section 3, without the abstract, over all words."""
    front = [int(row["words"]) for row in t("sections") if row["section"][0] in "123T"]
    return Fraction(sum(front), words_total(t, s))


@again(ONE, "alignment_unmatched")
def alignment_unmatched(t, s):
    """Perspectives without a section on China and aspects of China without one on abroad."""
    other_side = {"perspective": "section_china", "china_aspect": "section_foreign"}
    return sum(not row[other_side[row["list"]]] for row in t("alignment")
               if row["list"] in other_side)


@again(ONE, "suggestions_without_china_section")
def suggestions_without_china_section(t, s):
    """Suggestions of the abstract with no section on China."""
    return sum(row["list"] == "suggestion" and not row["section_china"] for row in t("alignment"))


@again(ONE, "numbers_passing_screens")
def numbers_passing_screens(t, s):
    """Measurements with one reading, a mark in their sentence, and behind us when printed."""
    ambiguous = {row["claim_id"] for row in t("readings")}
    return sum(row["claim_id"] not in ambiguous and row["value"] != ""
               and row["reference_basis"] == "sentence"
               and row["kind"] not in ("forecast", "announcement", "budget")
               for row in measuring(t))


def cited_numbers(t):
    """Reference number -> the marks that hold it, each with its numbers."""
    marks = [row["references"].split(";") for row in t("citations")]
    return {number: [mark for mark in marks if number in mark]
            for number in set(itertools.chain(*marks))}


@again(ONE, "references_cited")
def references_cited(t, s):
    """Different reference numbers in the marks."""
    return len(cited_numbers(t))


@again(ONE, "references_never_alone_share")
def references_never_alone_share(t, s):
    """Reference numbers that stand in no mark of one number only."""
    marks = cited_numbers(t)
    return Fraction(sum(all(len(mark) > 1 for mark in held) for held in marks.values()), len(marks))


@again(ONE, "sector_overlap_median", "sector")
@again(ONE, "sector_overlap_median_merged", "sector_merged")
def sector_overlap_median(t, s, column):
    """Median over pairs of sections of shared sectors over all sectors of the two."""
    lists = {}
    for row in t("sector_mentions"):
        lists.setdefault(row["section"], set()).add(row[column])
    return statistics.median(Fraction(len(a & b), len(a | b))
                             for a, b in itertools.combinations(lists.values(), 2))


# ------------------------------------------------------------------ 2.1


COMPETITION = "2-1-international-competition"


def attack_readings(t):
    """Readings of the damaged count."""
    return {row["reading_id"]: Fraction(row["value"]) for row in t("readings")
            if row["claim_id"] == "2.1-attacks"}


@again(COMPETITION, "attack_count_spread")
def attack_count_spread(t, s):
    """Largest reading of the count over the smallest."""
    return max(attack_readings(t).values()) / min(attack_readings(t).values())


@again(COMPETITION, "attacks_per_business_day")
def attacks_per_business_day(t, s):
    """Each reading over the businesses and over the days from January to June."""
    start, end = (one(t("claims"), claim_id="2.1-attacks")[f"period_{side}"].split("-")
                  for side in ("start", "end"))
    days = (date(int(end[0]), int(end[1]) + 1, 1) - date(int(start[0]), int(start[1]), 1)).days
    firms = amount(t, "2.1-businesses")
    return {name: count / firms / days for name, count in attack_readings(t).items()
            if s["attack_reading"] in ("all", name)}


@again(COMPETITION, "incidents_cited")
def incidents_cited(t, s):
    """Rows of the table of incidents."""
    return len(t("incidents"))


@again(COMPETITION, "incidents_with_country")
def incidents_with_country(t, s):
    """Incidents with a printed country."""
    return sum(row["country_printed"] != "" for row in t("incidents"))


# ------------------------------------------------------------------ 2.2


CONVERGENCE = "2-2-technology-convergence"


def fitting_counts(t, s):
    """Whole numbers that each printed share allows: deep in the network, and harmful."""
    if s["share_denominator"] == "vulnerabilities":
        base = int(amount(t, "2.2-flaws"))
    else:
        base = int(one(t("vendor_vulnerability_counts"), publisher="Dragos", period="2019",
                       measure="advisories")["value"])
    deep, harmful = (amount(t, f"2.2-share-{name}") for name in ("deep", "loss"))
    digit = half(t, s, "2.2-share-deep")
    return (base, [n for n in range(base + 1) if abs(Fraction(n, base) - deep) <= digit],
            [n for n in range(base + 1) if Fraction(n, base) > harmful])


@again(CONVERGENCE, "deep_flaws_min", min)
@again(CONVERGENCE, "deep_flaws_max", max)
def deep_flaws(t, s, end):
    """Of all whole numbers those whose share rounds to the printed one."""
    return end(fitting_counts(t, s)[1])


@again(CONVERGENCE, "harmful_flaws_min")
def harmful_flaws_min(t, s):
    """The first whole number whose share is above the printed one."""
    return fitting_counts(t, s)[2][0]


@again(CONVERGENCE, "deep_and_harmful_min")
def deep_and_harmful_min(t, s):
    """Overlap that two sets in one base cannot avoid."""
    base, deep, harmful = fitting_counts(t, s)
    return max(0, deep[0] + harmful[0] - base)


def advisories(t, s):
    """Year -> count of full years of the project, from the first to the last that is used."""
    rows = sure(t("ics_advisories"), s)
    return {int(row["year"]): int(row[s["count_unit"]]) for row in rows
            if row["source"] == "ics_advisory_project" and row["partial"] == "no"
            and int(row["year"]) >= s["count_first_year"]}


def weighted_line(years, counts, spread):
    """Log-linear mean of counts of given spread, by Newton's steps on its two score equations."""
    centre = statistics.fmean(years)
    x = [year - centre for year in years]
    level, slope = math.log(statistics.fmean(counts)), 0.0
    for _ in range(60):
        mean = [math.exp(level + slope * each) for each in x]
        pull = [(y - m) / (1 + spread * m) for y, m in zip(counts, mean, strict=True)]
        mass = [m * (1 + spread * y) / (1 + spread * m) ** 2
                for y, m in zip(counts, mean, strict=True)]
        a, b, c = (math.fsum(w * each ** k for w, each in zip(mass, x, strict=True))
                   for k in (0, 1, 2))
        u, v = (math.fsum(p * each ** k for p, each in zip(pull, x, strict=True)) for k in (0, 1))
        level, slope = level + (c * u - b * v) / (a * c - b * b), slope + (
            a * v - b * u) / (a * c - b * b)
    return slope, [math.exp(level + slope * each) for each in x]


def slope_of_spread(years, counts, spread):
    """Derivative of the negative-binomial likelihood in its spread, at the best line for it."""
    mean = weighted_line(years, counts, spread)[1]
    return math.fsum(
        math.fsum(k / (1 + spread * k) for k in range(y)) + math.log1p(spread * m) / spread ** 2
        - m * (y + 1 / spread) / (1 + spread * m)
        for y, m in zip(counts, mean, strict=True))


def used_advisories(t, s):
    """Years and counts up to the cutoff."""
    used = {year: n for year, n in advisories(t, s).items() if year <= s["information_cutoff"]}
    return list(used), list(used.values())


@again(CONVERGENCE, "advisory_growth")
def advisory_growth(t, s):
    """Growth of the most likely log-linear trend, its spread found by halving."""
    return math.expm1(likely_slope(*used_advisories(t, s), s)[0])


@again(CONVERGENCE, "advisories_published_last")
def advisories_published_last(t, s):
    """Count of the latest full year."""
    return list(advisories(t, s).values())[-1]


def told(t, s):
    """Years and counts of the trend that is held against the latest count, and the latest year."""
    found = advisories(t, s)
    last = max(found)
    until = s["information_cutoff"] if s["information_cutoff"] < last else 2021
    return {year: n for year, n in found.items() if year <= until}, last


@again(CONVERGENCE, "advisory_growth_since")
def advisory_growth_since(t, s):
    """Growth that, chained, leads from the last count of the trend to the latest count."""
    used, last = told(t, s)
    return rate_between(used[max(used)], advisories_published_last(t, s), last - max(used))


def likely_slope(years, counts, s):
    """Slope and means of the most likely log-linear trend."""
    spread = 0.0
    if s["count_model"] == "negative_binomial":
        spread = root_of(lambda each: -slope_of_spread(years, counts, each), 1e-5, 2.0)
    return weighted_line(years, counts, spread)


@again(CONVERGENCE, "advisory_growth_all_years")
def advisory_growth_all_years(t, s):
    """Growth of the most likely trend over every full year from the first that is used."""
    found = advisories(t, s)
    return math.expm1(likely_slope(list(found), list(found.values()), s)[0])


@again(CONVERGENCE, "advisories_expected_last")
def advisories_expected_last(t, s):
    """The trend's mean in its last year, chained by its slope to the latest year."""
    used, last = told(t, s)
    slope, mean = likely_slope(list(used), list(used.values()), s)
    return mean[-1] * math.exp(slope * (last - max(used)))


@again(CONVERGENCE, "advisory_overshoot")
def advisory_overshoot(t, s):
    """What the trend gives for the latest year over what was published, less one."""
    return advisories_expected_last(t, s) / advisories_published_last(t, s) - 1


@again(CONVERGENCE, "count_dispersion")
def count_dispersion(t, s):
    """Squared misses of the Poisson trend over its means, by years less two."""
    years, counts = used_advisories(t, s)
    mean = weighted_line(years, counts, 0.0)[1]
    return math.fsum((y - m) ** 2 / m for y, m in zip(counts, mean, strict=True)) / (len(years) - 2)


@again(CONVERGENCE, "counter_disagreement_2019")
def counter_disagreement_2019(t, s):
    """Largest over smallest count of flaws of 2019, by all who count flaws."""
    own = [int(row["distinct_cve"]) for row in sure(t("ics_advisories"), s)
           if row["year"] == "2019" and row["partial"] == "no"]
    firms = [Fraction(row["value"]) for row in sure(t("vendor_vulnerability_counts"), s)
             if (row["year"], row["period_type"], row["measure"])
             == ("2019", "year", "vulnerabilities")]
    return Fraction(max(own + firms)) / min(own + firms)


@again(CONVERGENCE, "source_difference_max")
def source_difference_max(t, s):
    """Largest gap between the two databases in one full year up to the cutoff."""
    counts = {(row["source"], int(row["year"])): int(row["advisories"])
              for row in sure(t("ics_advisories"), s) if row["partial"] == "no"}
    return max(abs(n - counts["cisa_csaf", year]) for (source, year), n in counts.items()
               if source == "ics_advisory_project" and ("cisa_csaf", year) in counts
               and year <= s["information_cutoff"])


# ------------------------------------------------------------------ 2.3


MARKETS = "2-3-market-expansion"
ENDS = {"a": ("2.3-market-a-2019", "2.3-market-a-2026"),
        "b": ("2.3-expenditure-b-2019", "2.3-expenditure-b-2025")}


def year_of(t, claim_id):
    """The year that a figure is for."""
    return int(one(t("claims"), claim_id=claim_id)["period_end"][:4])


def years_between(t, market):
    """Years from the first figure of a market to the last."""
    first, last = ENDS[market]
    return year_of(t, last) - year_of(t, first)


@again(MARKETS, "implied_growth_a", "a")
@again(MARKETS, "implied_growth_b", "b")
def implied_growth(t, s, market):
    """The growth that, chained, leads from the first figure to the last."""
    return rate_between(*(amount(t, end) for end in ENDS[market]), years_between(t, market))


@again(MARKETS, "implied_growth_a_low", "a", -1)
@again(MARKETS, "implied_growth_a_high", "a", 1)
@again(MARKETS, "implied_growth_b_low", "b", -1)
@again(MARKETS, "implied_growth_b_high", "b", 1)
def implied_growth_bound(t, s, market, side):
    """The same, from the far ends of what the printed digits allow."""
    first, last = ENDS[market]
    return rate_between(amount(t, first) - side * half(t, s, first),
                        amount(t, last) + side * half(t, s, last), years_between(t, market))


@again(MARKETS, "doubling_time_a", "a")
@again(MARKETS, "doubling_time_b", "b")
def doubling_time(t, s, market):
    """Years after which growth at the implied rate has made two of one."""
    growth = implied_growth(t, s, market)
    return root_of(lambda years: (1 + growth) ** years - 2, 0.0, 1000.0)


def level(t, s, market, year, keep=1.0):
    """A market in a year on its path, if this share of its log growth lasts."""
    step = (1 + implied_growth(t, s, market)) ** keep - 1
    first = ENDS[market][0]
    return chained(float(amount(t, first)), step, year - year_of(t, first))


@again(MARKETS, "market_a_horizon", "a")
@again(MARKETS, "market_b_horizon", "b")
def market_horizon(t, s, market):
    """The path, year by year, up to the horizon."""
    return level(t, s, market, s["horizon_year"], s["persistence_share"])


@again(MARKETS, "cumulative_a")
def cumulative_a(t, s):
    """Sum of the path from its first year to the horizon, or to its last printed year."""
    last = min(s["horizon_year"], year_of(t, ENDS["a"][1]))
    return math.fsum(level(t, s, "a", year, s["persistence_share"])
                     for year in range(year_of(t, ENDS["a"][0]), last + 1))


@again(MARKETS, "market_a_horizon_fading")
def market_a_horizon_fading(t, s):
    """The path if every year keeps a fixed part of the log growth of the year before."""
    log_growth = s["persistence_share"] * math.log(1 + implied_growth(t, s, "a"))
    value = float(amount(t, ENDS["a"][0]))
    for _ in range(year_of(t, ENDS["a"][0]), s["horizon_year"]):
        log_growth *= s["damping"]
        value *= math.exp(log_growth)
    return value


@again(MARKETS, "scope_ratio_a_b")
def scope_ratio_a_b(t, s):
    """Path of A over path of B in the base year."""
    return level(t, s, "a", s["base_year"]) / level(t, s, "b", s["base_year"])


@again(MARKETS, "implied_base_b_2018")
def implied_base_b_2018(t, s):
    """What grew by the stated rate to the figure of 2019, in millions."""
    return 1000 * amount(t, ENDS["b"][0]) / (1 + amount(t, "2.3-growth-b-2019"))


@again(MARKETS, "stated_path_b_2025")
def stated_path_b_2025(t, s):
    """The figure of 2019 chained at the stated rate."""
    return chained(amount(t, ENDS["b"][0]), amount(t, "2.3-growth-b-2019"), years_between(t, "b"))


@again(MARKETS, "stated_minus_implied_b")
def stated_minus_implied_b(t, s):
    """Stated less implied growth, in percentage points."""
    return 100 * (float(amount(t, "2.3-growth-b-2019")) - implied_growth(t, s, "b"))


@again(MARKETS, "damping_b")
def damping_b(t, s):
    """The yearly fading under which the stated rate just leads to the printed figure of 2025."""
    stated = math.log(1 + amount(t, "2.3-growth-b-2019"))
    wanted = math.log(amount(t, ENDS["b"][1]) / amount(t, ENDS["b"][0]))
    powers = range(1, years_between(t, "b") + 1)
    return root_of(lambda phi: stated * sum(phi ** k for k in powers) - wanted, 0.0, 2.0)


@again(MARKETS, "overtake_year")
def overtake_year(t, s):
    """The moment at which the path of B reaches that of A."""
    a, b = (float(amount(t, ENDS[market][0])) for market in "ab")
    up, down = implied_growth(t, s, "b"), implied_growth(t, s, "a")
    return year_of(t, ENDS["a"][0]) + root_of(
        lambda years: b * (1 + up) ** years - a * (1 + down) ** years, 0.0, 500.0)


def class_statistics(t, s, window, horizon, condition):
    """Statistics of the reference class for the nearest past and the nearest horizon."""
    entities = {"m3_yearly": "m3_645_series", "gdp_world_bank": "countries_215"}
    rows = [row for row in t("growth_base_rates") if
            (row["reference_class"], row["entities"], row["condition"], row["method"]) ==
            (s["reference_class"], entities[s["reference_class"]], condition, "constant_growth")]
    past = min({int(row["window_k"]) for row in rows}, key=lambda k: (abs(k - window), k))
    rows = [row for row in rows if int(row["window_k"]) == past]
    ahead = min({int(row["horizon_h"]) for row in rows}, key=lambda h: (abs(h - horizon), -h))
    return {row["statistic"]: row for row in rows if int(row["horizon_h"]) == ahead}


@again(MARKETS, "layer_reference_class_a")
def layer_reference_class_a(t, s):
    """The path's end times the outer tenths of the class: actual over extrapolated."""
    span = s["horizon_year"] - year_of(t, ENDS["a"][0])
    found = class_statistics(t, s, years_between(t, "a"), span, "all")
    tail = round(50 * (1 - s["interval_coverage"]))
    return [market_horizon(t, s, "a") * float(found[f"q{percent:02}"]["ratio_actual_to_forecast"])
            for percent in (tail, 100 - tail)]


@again(MARKETS, "market_a_horizon_publishers_low", min)
@again(MARKETS, "market_a_horizon_publishers_high", max)
def market_a_horizon_publishers(t, s, end):
    """The first figure at the slowest and fastest growth stated for security of control systems."""
    stated = {Fraction(row["stated_cagr_percent"]) / 100
              for row in sure(t("published_market_sizes"), s)
              if row["scope_id"] == "ics_security" and row["region"] == "World"
              and row["stated_cagr_percent"] and int(row["vintage"][:4]) <= s["information_cutoff"]}
    years = s["horizon_year"] - year_of(t, ENDS["a"][0])
    return chained(amount(t, ENDS["a"][0]), end(stated), years)
