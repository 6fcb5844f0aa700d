"""The inputs of this book: one typed definition per parameter name, for every chapter.

`helpers.registry` derives everything else from them. A new parameter is one entry here.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from helpers.registry import ParameterError, Registry, parameter

__all__ = ["BASELINE", "REGISTRY", "ParameterError", "Parameters", "allowed", "check", "choices",
           "defaults", "expected", "literal", "meaning", "names", "parse", "parse_all",
           "read_scenario", "table", "type_name", "unit", "validate"]

BASELINE = "baseline"  # the edition in which every parameter has its default


class Parameters(BaseModel):
    """All inputs of the book, with the values of the baseline as defaults."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    base_year: int = parameter(
        2019, "year in which scopes and shares are compared", "year", ge=2018, le=2021)
    horizon_year: int = parameter(
        2026, "last year of projected paths; years past a publisher's own end are flagged",
        "year", grid=(2020, 2023, 2026, 2028, 2030, 2035), ge=2020, le=2035)
    information_cutoff: int = parameter(
        2021, "outside rows for later years enter computations only in the appendices",
        "year", ge=2019, le=2026)
    interval_coverage: float = parameter(
        0.80, "nominal coverage of every interval", "fraction", ge=0.50, le=0.99)
    random_seed: int = parameter(20190, "seed of all draws", step=1, grid=(), ge=0, le=2**32 - 1)
    draws: int = parameter(100_000, "number of Monte Carlo draws", "count",
                           grid=(1000, 10_000, 100_000, 2_000_000), ge=1000, le=2_000_000)
    display_currency: Literal["original", "USD", "RMB", "EUR"] = parameter(
        "original", "currency of tables; `original` converts nothing")
    exchange_rate_basis: Literal["annual_mean", "fixed"] = parameter(
        "annual_mean", "where conversion rates come from")
    rmb_per_usd: float = parameter(
        6.91, "rate when the basis is `fixed`, which the chart of 5.3 then marks",
        "RMB per USD", grid=(5.0, 6.0, 6.5, 6.91, 7.2, 8.0, 11.0), ge=5.0, le=11.0)
    usd_per_eur: float = parameter(
        1.12, "rate when the basis is `fixed`", "USD per EUR", step=0.01, ge=0.80, le=1.60)
    price_basis: Literal["nominal", "real_usd"] = parameter(
        "nominal", "`real_usd` deflates USD rows to dollars of base_year")
    approximate_half_width: float = parameter(
        5.0, "half-width given to a figure printed with \"approximately\"", "USD million",
        ge=0.5, le=20)
    attack_reading: Literal["all", "power_five_million", "product_million", "power_seven"] = (
        parameter("all", "reading of the damaged attack count; `all` shows three and picks none"))
    share_denominator: Literal["vulnerabilities", "advisories"] = parameter(
        "vulnerabilities", "base of the two printed shares of flaws")
    growth_model: Literal["random_walk_drift", "loglinear"] = parameter(
        "random_walk_drift", "model for three or more like-for-like annual values")
    damping: float = parameter(
        0.90, "fixed yearly damping of log growth in stress paths", "fraction", step=0.01,
        ge=0.80, le=0.98)
    persistence_share: float = parameter(
        1.0, "share of the implied log growth assumed to last; 1 is the publisher's own path",
        "fraction", ge=0.0, le=1.0)
    reference_class: Literal["m3_yearly", "gdp_world_bank"] = parameter(
        "m3_yearly", "class of series for stress bands and base rates")
    medium_score: float = parameter(
        2.0, "score of Medium when Low is 1 and High is 3", "points", ge=1.05, le=2.95,
        grid=(1.05, 1.5, 1.75, 2.0, 2.25, 2.5, 2.95))
    aggregation_power: float = parameter(
        1.0, "power of the mean; 0 is geometric, -1 harmonic", step=0.1, ge=-2, le=2)
    dimension_weights: Annotated[list[float], Field(min_length=5, max_length=5)] = parameter(
        [0.2] * 5, "weights of policies, enterprises, SMEs, capital, alliances; they sum to 1",
        "fractions", allowed="five shares, each 0 to 1, sum 1",
        grid=([0.2] * 5, [0.125, 0.5, 0.125, 0.125, 0.125],
              *([float(place == whole) for place in range(5)] for whole in range(5))))
    weight_concentration: float = parameter(
        1.0, "Dirichlet concentration of sampled weights; 1 is uniform", ge=0.2, le=50,
        grid=(0.2, 0.6, 1.0, 2.0, 5.0, 15.0, 50.0))
    merge_identical_columns: bool = parameter(
        False, "count capital and alliances as one dimension")
    rating_error: float = parameter(
        0.10, "chance that a cell of Table 1 is one level off", "probability", ge=0.0, le=0.30)
    evidence_scope: Literal["country_only", "with_eu_members"] = parameter(
        "country_only", "whether facts about the EU count for its member states")
    dating_rule: Literal["stated_only", "title_or_code", "with_outside_dates"] = parameter(
        "stated_only", "which dates put a document on the timeline")
    count_unit: Literal["advisories", "distinct_cve"] = parameter(
        "advisories", "what is counted per year")
    count_model: Literal["poisson", "negative_binomial"] = parameter(
        "negative_binomial", "model of yearly counts")
    count_first_year: int = parameter(
        2012, "first year of the count model", "year", ge=2010, le=2018)
    partial_link_weight: float = parameter(
        0.5, "weight of a partial link in coverage matrices", ge=0.0, le=1.0)
    min_confidence: Literal["high", "medium", "low"] = parameter(
        "medium", "weakest outside row that may be used")

    @field_validator("dimension_weights")
    @classmethod
    def _weights_are_shares(cls, weights: list[float]) -> list[float]:
        if any(not 0 <= weight <= 1 for weight in weights) or abs(sum(weights) - 1) > 1e-9:
            raise ValueError("five shares between 0 and 1 that sum to 1 are expected")
        return weights

    @model_validator(mode="after")
    def _horizon_after_base(self):
        if self.horizon_year <= self.base_year:
            raise ValueError("horizon_year: a year after base_year is expected")
        return self


REGISTRY = Registry(Parameters)

# What chapters and authors call by its short name.
names, defaults, table = REGISTRY.names, REGISTRY.defaults, REGISTRY.table
type_name, unit, meaning = REGISTRY.type_name, REGISTRY.unit, REGISTRY.meaning
allowed, choices, expected = REGISTRY.allowed, REGISTRY.choices, REGISTRY.expected
validate, check, literal = REGISTRY.validate, REGISTRY.check, REGISTRY.literal
parse, parse_all = REGISTRY.parse, REGISTRY.parse_all
read_scenario = REGISTRY.read_scenario
