"""Rules for what others published."""

import itertools
import math
import re
from collections import defaultdict
from fractions import Fraction

from data_rules.register import one_to_one, rule, where


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
        if row["fiscal_year"] != row["fiscal_year_end"] and row["vintage"] != "announcement":
            yield f"{here}: only announcements are for several years."
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
        # The index of the union of telecommunications ranks by score; the others print ranks.
        if (row["index"] == "GCI") != row["rank_method"].startswith("dense"):
            yield f"country_indices, {row['country']} {row['edition']}: {row['rank_method']!r}."
        if row["rank"] and not row["rank_method"]:
            yield f"country_indices, {row['country']} {row['edition']}: a rank without a method."
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


@rule("document_dates", "firm_countries")
def what_is_sure_was_read_somewhere(t, package):
    """A row without an address that was read is not sure, and says so."""
    for name in ("document_dates", "firm_countries"):
        for row in t(name):
            if not row["read_at"] and (row["confidence"] == "high"
                                       or "not opened" not in row["note"]):
                yield f"{where(name, row)}: nothing was read, and the row does not say so."


@rule("document_dates", "outside_dates", "measures", "documents")
def one_fact_has_one_date(t, package):
    """A date from outside stands in one table; a measure and its document have one date."""
    read = {row["item_id"] for row in t("outside_dates")}
    for row in t("document_dates"):
        if row["item_id"] in read:
            yield f"{where('document_dates', row)}: outside_dates has it as well."
    printed = {row["document_id"]: row["date"] for row in t("documents")}
    for row in t("measures"):
        if printed.get(row["measure_id"], row["date"]) != row["date"]:
            yield (f"{where('measures', row)}: dated {row['date'] or 'nowhere'}, and its document "
                   f"{printed[row['measure_id']] or 'nowhere'}.")
