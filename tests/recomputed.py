"""The results readers quote most, computed a second time: plain Python on the CSV files.

Nothing here comes from the book's helpers, from pandas or from numpy, and what can be exact is a
fraction. A result stands here by its definition and not by the code of its chapter, so an error in
a helper that was accepted together with its outputs is still seen.
"""

import csv
import itertools
import json
import math
import statistics
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path

AGAIN = {}  # chapter -> result -> function of the tables and the settings, None where refused
SURE = ("low", "medium", "high")
MIME = "application/vnd.book.record+json"


class Tables:
    """Rows of the CSV files of a folder, as text, by name; remembers which ones were asked for.

    Parameters
    ----------
    folder : path
    """

    def __init__(self, folder):
        self.files = {file.stem: file for file in sorted(Path(folder).glob("*/*.csv"))}
        self.rows, self.asked = {}, []

    def __call__(self, name):
        if name not in self.rows:
            with open(self.files[name], encoding="utf-8", newline="") as file:
                self.rows[name] = list(csv.DictReader(file))
        if name not in self.asked:
            self.asked.append(name)
        return self.rows[name]


class Sampled(dict):
    """Exact probabilities that a chapter finds by drawing: equal within five standard errors."""

    def __init__(self, shares, draws):
        super().__init__(shares)
        self.draws = draws


def again(chapter, name, *arguments):
    """Register a function as the second way to a result; the arguments follow the settings."""
    def register(function):
        AGAIN.setdefault(chapter, {})[name] = (function, arguments)
        return function
    return register


def recompute(chapter, name, tables, settings):
    """A result by the second way, and the CSV files that it was read from."""
    function, arguments = AGAIN[chapter][name]
    tables.asked = []
    value = function(tables, settings, *arguments)
    return value, [tables.files[asked] for asked in tables.asked]


def ledger(notebook):
    """Results of an executed notebook by name, as they stand in its outputs."""
    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    entries = (output.get("data", {}).get(MIME) for cell in cells
               for output in cell.get("outputs", []))
    return {entry["name"]: entry for entry in entries if entry and entry["type"] == "result"}


def equal(found, recorded, tolerance):
    """Whether a recomputed value is the recorded one: numbers by tolerance, all else exactly."""
    if isinstance(found, Sampled):
        return all(abs(share - recorded[country][rank])
                   <= 5 * math.sqrt(max(share * (1 - share), 0) / found.draws)
                   for country, ranks in found.items() for rank, share in ranks.items())
    if isinstance(found, dict):
        return isinstance(recorded, dict) and found.keys() == recorded.keys() and all(
            equal(found[key], recorded[key], tolerance) for key in found)
    if isinstance(found, list):
        return isinstance(recorded, list) and len(found) == len(recorded) and all(
            equal(one, other, tolerance) for one, other in zip(found, recorded, strict=True))
    if found is None or isinstance(found, str) or recorded is None or isinstance(recorded, str):
        return found == recorded
    return math.isclose(found, recorded, rel_tol=tolerance, abs_tol=1e-12)


# ------------------------------------------------------------------ what several results need


def one(rows, **wanted):
    """The single row with these cells."""
    found = [row for row in rows if all(row[column] == cell for column, cell in wanted.items())]
    if len(found) != 1:
        cells = ", ".join(f"{column} {cell}" for column, cell in wanted.items())
        raise LookupError(f"{len(found)} rows have {cells}; one is expected.")
    return found[0]


def amount(t, claim_id):
    """A printed figure in the unit of billions, of a fraction for percentages, else as it is."""
    row = one(t("claims"), claim_id=claim_id)
    scale = {"million": Fraction(1, 1000), "percent": Fraction(1, 100),
             "percent_per_year": Fraction(1, 100)}
    unit = row["unit"].split("_")[-1] if row["unit"].endswith("million") else row["unit"]
    return Fraction(row["value"]) * scale.get(unit, 1)


def half(t, s, claim_id):
    """Half of the last printed digit, or of what "approximately" may hide, in the same unit."""
    row = one(t("claims"), claim_id=claim_id)
    if row["qualifier"] == "approx" and row["unit"] == "USD_million":
        return Fraction(str(s["approximate_half_width"])) / 1000
    return amount(t, claim_id) / Fraction(row["value"]) * Fraction(row["half_width"])


def root_of(function, low, high):
    """Where a rising function crosses zero, by halving."""
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2


def chained(start, growth, years):
    """A value that grows by the same rate year after year."""
    for _ in range(years):
        start = start * (1 + growth)
    return start


def rate_between(start, end, years):
    """The constant yearly growth that leads from one value to another."""
    return root_of(lambda growth: chained(float(start), growth, years) - float(end), -0.9, 9.0)


def sure(rows, s):
    """Outside rows of enough confidence."""
    return [row for row in rows if SURE.index(row["confidence"]) >= SURE.index(s["min_confidence"])]


def by_coder(rows, *keys, code):
    """Cells of each coder: coder -> key -> code."""
    found = {}
    for row in rows:
        found.setdefault(row["coder"], {})[tuple(row[key] for key in keys)] = row[code]
    return found


def agreement(first, second, cells, empty, weight):
    """Raw agreement, kappa and positive agreement of two coders, counted cell by cell."""
    pairs = [(first.get(cell, empty), second.get(cell, empty)) for cell in cells]
    n = len(pairs)
    rows, columns = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    seen = sum(weight(*pair) for pair in pairs) / Fraction(n)
    by_chance = sum(weight(a, b) * rows[a] * columns[b] for a in rows for b in columns
                    ) / Fraction(n * n)
    filled = [(a != empty) + (b != empty) for a, b in pairs]
    return {"raw": Fraction(sum(a == b for a, b in pairs), n),
            "kappa": (seen - by_chance) / (1 - by_chance),
            "positive": Fraction(2 * filled.count(2), sum(filled)) if sum(filled) else None}


def same(one_code, other):
    """Agreement of codes without an order."""
    return Fraction(one_code == other)


def near(one_code, other):
    """Agreement of links: half for neighbouring levels."""
    levels = ("none", "partial", "direct")
    return 1 - Fraction(abs(levels.index(one_code) - levels.index(other)), 2)


def mean_rate(t, s, currency, year):
    """Units of a currency for a dollar, by the year's mean or the fixed rate."""
    if s["exchange_rate_basis"] == "fixed":
        return {"CNY": Fraction(str(s["rmb_per_usd"])),
                "EUR": 1 / Fraction(str(s["usd_per_eur"]))}[currency]
    rows = sure(t("exchange_rates"), s)
    return Fraction(one(rows, currency=currency, year=str(year))["units_per_usd"])


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
    years, counts = used_advisories(t, s)
    spread = 0.0
    if s["count_model"] == "negative_binomial":
        spread = root_of(lambda each: -slope_of_spread(years, counts, each), 1e-5, 2.0)
    return math.expm1(weighted_line(years, counts, spread)[0])


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


def backed(t, coder, level):
    """Statements on trends with a link of at least a level to some section, by one coder."""
    links = ("partial", "direct")
    return {row["statement_id"] for row in t("trend_support") if row["coder"] == coder
            and links.index(row["link"]) >= links.index(level)}


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


# ------------------------------------------------------------------ 5.1 to 5.5


TOP_LEVEL = "5-1-top-level-design"
C, GROWTH_C, D = "5.1-industry-c-2019", "5.1-growth-c-2019", "5.3-market-d-2021"


@again(TOP_LEVEL, "china_base_2018", 0)
@again(TOP_LEVEL, "china_base_2018_low", -1)
@again(TOP_LEVEL, "china_base_2018_high", 1)
def china_base_2018(t, s, side):
    """What grew by the stated rate to the size of 2019, and the ends that rounding allows."""
    return (amount(t, C) + side * half(t, s, C)) / (
        1 + amount(t, GROWTH_C) - side * half(t, s, GROWTH_C))


@again(TOP_LEVEL, "china_increment_2019")
def china_increment_2019(t, s):
    """Size of 2019 less that of the year before."""
    return amount(t, C) - china_base_2018(t, s, 0)


@again(TOP_LEVEL, "china_doubling_time")
def china_doubling_time(t, s):
    """Years after which growth at the stated rate has made two of one."""
    return math.log2(2) / math.log2(1 + amount(t, GROWTH_C))


PRODUCTS = "5-2-products-and-players"


@again(PRODUCTS, "aspects_told", None)
@again(PRODUCTS, "weaknesses_told", "weakness")
def aspects_told(t, s, aspect):
    """Portraits of the kinds of firms, abroad and in China."""
    return {place: sum(row["place"] == place and row["words"] != ""
                       and aspect in (None, row["aspect"]) for row in t("class_portraits"))
            for place in ("abroad", "china")}


CHINA = "5-3-market-in-china"


@again(CHINA, "china_factor")
def china_factor(t, s):
    """Figure D over figure C."""
    return amount(t, D) / amount(t, C)


@again(CHINA, "china_rate_needed")
def china_rate_needed(t, s):
    """The growth that, chained, leads from C to D."""
    return rate_between(amount(t, C), amount(t, D), year_of(t, D) - year_of(t, C))


@again(CHINA, "china_at_stated_2021")
def china_at_stated_2021(t, s):
    """Figure C chained at the stated growth."""
    return chained(amount(t, C), amount(t, GROWTH_C), year_of(t, D) - year_of(t, C))


@again(CHINA, "china_residual_factor")
def china_residual_factor(t, s):
    """Figure D over that."""
    return amount(t, D) / china_at_stated_2021(t, s)


@again(CHINA, "china_years_at_stated")
def china_years_at_stated(t, s):
    """Years in which C reaches D at the stated growth."""
    growth, wanted = float(amount(t, GROWTH_C)), float(china_factor(t, s))
    return root_of(lambda years: (1 + growth) ** years - wanted, 0.0, 100.0)


@again(CHINA, "break_even_rate_2019", C, ENDS["b"][0])
@again(CHINA, "break_even_rate_2021", D, ENDS["b"][1])
def break_even_rate(t, s, in_rmb, in_usd):
    """Yuan over dollars: the rate at which the two amounts are one."""
    return amount(t, in_rmb) / amount(t, in_usd)


@again(CHINA, "share_of_a_jump")
def share_of_a_jump(t, s):
    """D over market A of its year, by C over market A of its year, in dollars."""
    of_d, of_c = (float(amount(t, claim) / mean_rate(t, s, "CNY", year_of(t, claim)))
                  / level(t, s, "a", year_of(t, claim)) for claim in (D, C))
    return of_d / of_c


CHINA_MONEY = "5-4-investment-in-china"


@again(CHINA_MONEY, "china_financing_to_market", C)
@again(CHINA_MONEY, "china_financing_to_forecast", D)
def china_financing_to(t, s, figure):
    """Financing over a figure for the market."""
    return amount(t, "5.4-financing-e-2020") / amount(t, figure)


REGIONS = "5-5-regions-and-challenges"


def stated_challenges(t):
    """Challenges but for the overall judgement that opens the list."""
    return [row["challenge_id"] for row in t("challenges") if row["overall"] == "no"]


def contradicted(t, coder):
    """Challenges that stand against some section, by one coder."""
    return {row["challenge_id"] for row in t("challenge_elsewhere")
            if row["coder"] == coder and row["verdict"] == "contradicts"}


@again(REGIONS, "challenges")
def challenges(t, s):
    """Challenges stated."""
    return len(stated_challenges(t))


@again(REGIONS, "challenges_contradicted", "first", "first")
@again(REGIONS, "challenges_contradicted_second", "second", "second")
@again(REGIONS, "challenges_contradicted_both", "first", "second")
def challenges_contradicted(t, s, *coders):
    """Challenges that the coder, or both, see contradicted."""
    return len(set.intersection(*(contradicted(t, coder) for coder in coders)))


@again(REGIONS, "coder_agreement")
def elsewhere_agreement(t, s):
    """Agreement of the coders on challenges by subsections of 5 and 6, codes without an order."""
    codes = by_coder(t("challenge_elsewhere"), "challenge_id", "section", code="verdict")
    sections = [row["section"] for row in t("sections") if row["section"][:2] in ("5.", "6.")]
    cells = itertools.product(stated_challenges(t), sections)
    return agreement(codes["first"], codes["second"], cells, "silent", same)


# ------------------------------------------------------------------ 6


ADVICE = "6-suggestions-for-china"


def answers(t, coder, level=None):
    """Pairs of challenge and suggestion that a coder links."""
    return {(row["challenge_id"], row["suggestion_id"]) for row in t("challenge_suggestion")
            if row["coder"] == coder and level in (None, row["link"])}


@again(ADVICE, "challenges_without_direct_answer", "first", "first")
@again(ADVICE, "challenges_without_direct_answer_both", "first", "second")
def challenges_without_direct_answer(t, s, *coders):
    """Challenges that no suggestion answers directly, by the coders."""
    answered = [{pair[0] for pair in answers(t, coder, "direct")} for coder in coders]
    return sum(all(challenge not in held for held in answered) for challenge in
               stated_challenges(t))


@again(ADVICE, "orphan_suggestions", "first", "first")
@again(ADVICE, "orphan_suggestions_second", "second", "second")
@again(ADVICE, "orphan_suggestions_both", "first", "second")
def orphan_suggestions(t, s, *coders):
    """Suggestions that answer no challenge, by the coders."""
    used = [{pair[1] for pair in answers(t, coder)} for coder in coders]
    return sum(all(row["suggestion_id"] not in held for held in used) for row in t("suggestions"))


@again(ADVICE, "coverage_density", "first")
@again(ADVICE, "coverage_density_second", "second")
def coverage_density(t, s, coder):
    """Linked pairs over all pairs."""
    return Fraction(len(answers(t, coder)), len(stated_challenges(t)) * len(t("suggestions")))


@again(ADVICE, "coder_agreement")
def answer_agreement(t, s):
    """Agreement of the coders on all pairs, half for neighbouring levels."""
    codes = by_coder(t("challenge_suggestion"), "challenge_id", "suggestion_id", code="link")
    cells = itertools.product(stated_challenges(t),
                              [row["suggestion_id"] for row in t("suggestions")])
    return agreement(codes["first"], codes["second"], cells, "none", near)


@again(ADVICE, "suggestions_with_actor", "actor")
@again(ADVICE, "suggestions_with_deadline", "deadline")
@again(ADVICE, "suggestions_with_quantity", "quantity")
def suggestions_with(t, s, mark):
    """Suggestions that the first coder gives a mark."""
    return sum(row["coder"] == "first" and row[mark] == "yes"
               for row in t("suggestion_specificity"))


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
        return {end: leaf for key, item in items for end, leaf in leaves(item, (*path, key)).items()}
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
