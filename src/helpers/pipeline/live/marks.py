"""Values that the paper, publishers or scenarios give to a parameter, as marks of its control.

Every mark is computed from a table, which names its source; none is typed here. Beyond the lowest
and highest value that any source gives, a control shows that nobody stands behind it.
"""

import re
from collections.abc import Callable, Iterable

from helpers import datasets, parameters, words
from helpers.pipeline import edition
from helpers.project import Project

PAPER, PUBLISHED, SCENARIO = "paper", "published", "scenario"
MOST_NAMES = 3  # of publishers in one mark
DAMPED = re.compile(r"damped_growth_phi_(\d*\.\d+)")  # as methods of a base rate are named
QUANTILE = re.compile(r"q(\d\d)")


def of_book(project: Project) -> dict[str, dict]:
    """Marks of every parameter that has some.

    Parameters
    ----------
    project : Project
        With the reader's own tables, if any: the marks are theirs then.

    Returns
    -------
    dict
        Parameter -> ``marks``, a list of ``{value, sort, label, source}`` in the order of the
        control; ``sourced``, the lowest and highest value that the paper or a publisher gives, or
        None; and ``labels`` of the parts of a list.
    """
    found = {name: list(make(project)) for name, make in SOURCES.items()}
    for each in edition.readable(project.with_own_data(None)):
        for name, value in each.overrides.items():
            found.setdefault(name, []).append(
                _mark(value, SCENARIO, each.title, f"scenario {each.scenario}"))
    labels = {"dimension_weights": _dimensions(project)}
    return {name: {"marks": _in_order(name, found.get(name, [])),
                   "sourced": _sourced(name, found.get(name, [])),
                   "labels": labels.get(name, [])}
            for name in parameters.names() if found.get(name) or labels.get(name)}


AS_WRITTEN = {"smes": "SMEs"}  # a dimension of the table as pages write it


def _mark(value, sort: str, label: str, source: str) -> dict:
    return {"value": value, "sort": sort, "label": label, "source": source}


def _in_order(name: str, marks: list[dict]) -> list[dict]:
    """Marks that the control has room for, from left to right."""
    bounds, choices = parameters.REGISTRY.bounds(name), parameters.choices(name)
    if bounds:
        return sorted((mark for mark in marks if bounds[0] <= mark["value"] <= bounds[1]),
                      key=lambda mark: mark["value"])
    if choices:
        return sorted((mark for mark in marks if parameters.literal(mark["value"]) in choices),
                      key=lambda mark: choices.index(parameters.literal(mark["value"])))
    return marks


def _sourced(name: str, marks: list[dict]) -> tuple[float, float] | None:
    """From where to where somebody stands behind a number; None where one value is all there is."""
    bounds = parameters.REGISTRY.bounds(name)
    given = [mark["value"] for mark in marks if mark["sort"] != SCENARIO]
    if bounds is None or len(set(given)) < 2:
        return None
    low, high = max(min(given), bounds[0]), min(max(given), bounds[1])
    return (low, high) if low < high else None


# ---- what each parameter can be held against

def _rates(currency: str, per: str):
    """Annual means of a currency: the lowest, the highest, that of the base year."""
    def make(project: Project) -> Iterable[dict]:
        table = datasets.load("exchange_rates", project)
        rows = table[(table["currency"] == currency) & ~table["partial"]]
        if rows.empty:
            return
        rates = rows.assign(rate=rows[per]).sort_values("rate")
        base = rates[rates["year"] == parameters.defaults()["base_year"]]
        for row, said in [(rates.iloc[0], "lowest of the annual means, "),
                          (rates.iloc[-1], "highest of the annual means, "),
                          *((each, "annual mean of ") for _, each in base.iterrows())]:
            yield _mark(float(row["rate"]), PUBLISHED, f"{said}{row['year']}",
                        _source(row, "exchange_rates"))
    return make


def _horizons(project: Project) -> Iterable[dict]:
    """Last years of forecasts: of the paper's own, and of every publisher."""
    claims = datasets.load("claims", project)
    money = claims[(claims["kind"] == "forecast") & claims["scope_id"].notna()]
    for year, rows in money.groupby(money["period_end"].str[:4]):
        yield _mark(int(year), PAPER, "last year that the paper gives for "
                    + words.in_words(sorted(set(rows["subject"]))),
                    f"claims {words.in_words(list(rows['claim_id']))}")
    published = datasets.load("published_market_sizes", project)
    last = published[published["kind"] == "forecast"].groupby(
        ["publisher", "vintage"])["year"].max().reset_index()
    for year, rows in last.groupby("year"):
        names = [f"{row.publisher} ({row.vintage})" for row in rows.itertuples()]
        more = len(names) - MOST_NAMES
        names = [*names[:MOST_NAMES], f"{more} more"] if more > 0 else names
        yield _mark(int(year), PUBLISHED, f"last year of forecasts by {words.in_words(names)}",
                    "table published_market_sizes")


def _base_years(project: Project) -> Iterable[dict]:
    """Years of the paper's observed sums of money."""
    claims = datasets.load("claims", project)
    rows = claims[(claims["kind"] == "observed") & claims["scope_id"].notna()
                  & (claims["period_start"] == claims["period_end"])
                  & claims["period_end"].str.fullmatch(r"\d{4}")]
    for year, these in rows.groupby("period_end"):
        yield _mark(int(year), PAPER, "year of the observed sums of the paper",
                    f"claims {words.in_words(list(these['claim_id']))}")


def _half_widths(project: Project) -> Iterable[dict]:
    """Half of the last printed digit, and of the last that is not a zero, of "approximately"."""
    claims = datasets.load("claims", project)
    for row in claims[(claims["qualifier"] == "approx")
                      & (claims["unit"] == "USD_million")].itertuples():
        digits = re.sub(r"\D", "", row.printed)
        rounded = len(digits) - len(digits.rstrip("0"))
        yield _mark(float(row.half_width), PAPER, f"half of the last digit of {row.printed}",
                    f"claim {row.claim_id}")
        yield _mark(float(row.half_width) * 10**rounded, PAPER,
                    f"half of the last digit of {row.printed} that is no zero",
                    f"claim {row.claim_id}")


def _middle(project: Project) -> Iterable[dict]:
    """Even scores: the paper prints words in an order and no distances."""
    levels = sorted(set(datasets.load("ratings", project)["level"]))
    if "Medium" in levels:
        yield _mark(parameters.defaults()["medium_score"], PAPER,
                    "the middle; the paper prints words and no scores", "table ratings")


def _persistence(project: Project) -> Iterable[dict]:
    claims = datasets.load("claims", project)
    rows = claims[(claims["kind"] == "forecast") & claims["scope_id"].notna()]
    if len(rows):
        yield _mark(float(parameters.REGISTRY.bounds("persistence_share")[1]), PAPER,
                    "the publisher's own path",
                    f"claims {words.in_words(list(rows['claim_id']))}")


def _dampings(project: Project) -> Iterable[dict]:
    """Dampings that the record of past growth was computed with."""
    table = datasets.load("growth_base_rates", project)
    for method, rows in table.groupby("method"):
        named = DAMPED.fullmatch(method)
        if named:
            yield _mark(float(named[1]), PUBLISHED, "damping of the record of past growth",
                        f"table growth_base_rates, {method}: "
                        + words.in_words(sorted(set(rows["publisher"]))))


def _coverages(project: Project) -> Iterable[dict]:
    """Intervals that the record of past growth gives: between quantiles as far from the middle."""
    table = datasets.load("growth_base_rates", project)
    there = {int(found[1]) for found in map(QUANTILE.fullmatch, table["statistic"].unique())
             if found}
    for low in sorted(each for each in there if each < 50 and 100 - each in there):
        yield _mark(round(1 - 2 * low / 100, 2), PUBLISHED,
                    f"from the {low}th to the {100 - low}th percentile of past growth",
                    "table growth_base_rates")


def _classes(project: Project) -> Iterable[dict]:
    table = datasets.load("growth_base_rates", project)
    for name, rows in table.groupby("reference_class"):
        yield _mark(name, PUBLISHED, str(rows["title"].iloc[0]),
                    _source(rows.iloc[0], "growth_base_rates"))


def _first_years(project: Project) -> Iterable[dict]:
    """First and last whole year of each source of advisories."""
    table = datasets.load("ics_advisories", project)
    for name, rows in table[~table["partial"]].groupby("source"):
        for at, said in ((rows["year"].idxmin(), "first"), (rows["year"].idxmax(), "last")):
            row = rows.loc[at]
            yield _mark(int(row["year"]), PUBLISHED, f"{said} whole year of {row['publisher']}",
                        _source(row, "ics_advisories", name))


def _readings(project: Project) -> Iterable[dict]:
    table = datasets.load("readings", project)
    for row in table[table["reading_id"].isin(parameters.choices("attack_reading"))].itertuples():
        yield _mark(row.reading_id, PAPER, row.reading, f"claim {row.claim_id}")


def _dimensions(project: Project) -> list[str]:
    """Dimensions of the table of ratings, in its order."""
    found = dict.fromkeys(datasets.load("ratings", project)["dimension"])
    return [AS_WRITTEN.get(each, each) for each in found]


def _source(row, table: str, key: str = "") -> str:
    """A row's own source: who, where; and the table of this book that has it."""
    place = f", {key}" if key else ""
    return f"{row['publisher']}, {row['url']} (table {table}{place})"


SOURCES: dict[str, Callable[[Project], Iterable[dict]]] = {
    "base_year": _base_years,
    "horizon_year": _horizons,
    "interval_coverage": _coverages,
    "rmb_per_usd": _rates("CNY", "units_per_usd"),
    "usd_per_eur": _rates("USD", "units_per_eur"),
    "approximate_half_width": _half_widths,
    "attack_reading": _readings,
    "damping": _dampings,
    "persistence_share": _persistence,
    "reference_class": _classes,
    "medium_score": _middle,
    "count_first_year": _first_years,
}
