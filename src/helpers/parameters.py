"""The registry: one typed definition per parameter name, for every chapter of the book.

Everything else is derived from it: validation before any kernel starts, `book params`, the
parameter page, the JSON Schema for editors, and the check of each chapter's parameters cell.
"""

import difflib
import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

BASELINE = "baseline"  # the edition in which every parameter has its default


class ParameterError(ValueError):
    """A parameter that does not exist, or a value that it cannot take. One line."""


def _parameter(default, meaning: str, unit: str = "-", **bounds):
    return Field(default=default, description=meaning, json_schema_extra={"unit": unit}, **bounds)


class Parameters(BaseModel):
    """All inputs of the book, with the values of the baseline as defaults."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    base_year: int = _parameter(
        2019, "year in which scopes and shares are compared", "year", ge=2018, le=2021)
    horizon_year: int = _parameter(
        2026, "last year of projected paths; years past a publisher's own end are flagged",
        "year", ge=2020, le=2035)
    information_cutoff: int = _parameter(
        2021, "outside rows for later years enter computations only in the appendices",
        "year", ge=2019, le=2026)
    interval_coverage: float = _parameter(
        0.80, "nominal coverage of every interval", "fraction", ge=0.50, le=0.99)
    random_seed: int = _parameter(20190, "seed of all draws", ge=0, le=2**32 - 1)
    draws: int = _parameter(100_000, "number of Monte Carlo draws", "count", ge=1000, le=2_000_000)
    display_currency: Literal["original", "USD", "RMB", "EUR"] = _parameter(
        "original", "currency of tables; `original` converts nothing")
    exchange_rate_basis: Literal["annual_mean", "fixed"] = _parameter(
        "annual_mean", "where conversion rates come from")
    rmb_per_usd: float = _parameter(
        6.91, "rate when the basis is `fixed`; also the marker on break-even charts",
        "RMB per USD", ge=5.0, le=11.0)
    usd_per_eur: float = _parameter(
        1.12, "rate when the basis is `fixed`", "USD per EUR", ge=0.80, le=1.60)
    price_basis: Literal["nominal", "real_usd"] = _parameter(
        "nominal", "`real_usd` deflates USD rows to dollars of base_year")
    approximate_half_width: float = _parameter(
        5.0, "half-width given to a figure printed with \"approximately\"", "USD million",
        ge=0.5, le=20)
    attack_reading: Literal["all", "power_five_million", "product_million", "power_seven"] = (
        _parameter("all", "reading of the damaged attack count; `all` shows three and picks none"))
    share_denominator: Literal["vulnerabilities", "advisories"] = _parameter(
        "vulnerabilities", "base of the two printed shares of flaws")
    growth_model: Literal["random_walk_drift", "loglinear"] = _parameter(
        "random_walk_drift", "model for three or more like-for-like annual values")
    damping: float = _parameter(
        0.90, "fixed yearly damping of log growth in stress paths", "fraction", ge=0.80, le=0.98)
    persistence_share: float = _parameter(
        1.0, "share of the implied log growth assumed to last; 1 is the publisher's own path",
        "fraction", ge=0.0, le=1.0)
    reference_class: Literal["m3_yearly", "gdp_world_bank"] = _parameter(
        "m3_yearly", "class of series for stress bands and base rates")
    medium_score: float = _parameter(
        2.0, "score of Medium when Low is 1 and High is 3", "points", ge=1.05, le=2.95)
    aggregation_power: float = _parameter(
        1.0, "power of the mean; 0 is geometric, -1 harmonic", ge=-2, le=2)
    dimension_weights: Annotated[list[float], Field(min_length=5, max_length=5)] = _parameter(
        [0.2] * 5, "weights of policies, enterprises, SMEs, capital, alliances; they sum to 1",
        "fractions")
    weight_concentration: float = _parameter(
        1.0, "Dirichlet concentration of sampled weights; 1 is uniform", ge=0.2, le=50)
    merge_identical_columns: bool = _parameter(
        False, "count capital and alliances as one dimension")
    rating_error: float = _parameter(
        0.10, "chance that a cell of Table 1 is one level off", "probability", ge=0.0, le=0.30)
    evidence_scope: Literal["country_only", "with_eu_members"] = _parameter(
        "country_only", "whether facts about the EU count for its member states")
    dating_rule: Literal["stated_only", "title_or_code", "with_outside_dates"] = _parameter(
        "stated_only", "which dates put a document on the timeline")
    count_unit: Literal["advisories", "distinct_cve"] = _parameter(
        "advisories", "what is counted per year")
    count_model: Literal["poisson", "negative_binomial"] = _parameter(
        "negative_binomial", "model of yearly counts")
    count_first_year: int = _parameter(
        2012, "first year of the count model", "year", ge=2010, le=2018)
    partial_link_weight: float = _parameter(
        0.5, "weight of a partial link in coverage matrices", ge=0.0, le=1.0)
    min_confidence: Literal["high", "medium", "low"] = _parameter(
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


def names() -> list[str]:
    """All parameter names, in registry order."""
    return list(Parameters.model_fields)


def defaults() -> dict[str, Any]:
    """The baseline: every parameter with its default value."""
    return Parameters().model_dump()


def type_name(name: str) -> str:
    """Type of a parameter as readers see it: int, float, bool, str or list[float]."""
    annotation = Parameters.model_fields[name].annotation
    if get_origin(annotation) is Literal:
        return "str"
    return "list[float]" if name == "dimension_weights" else annotation.__name__


def allowed(name: str) -> str:
    """What a parameter may be, in words: its range or its choices."""
    field = Parameters.model_fields[name]
    if get_origin(field.annotation) is Literal:
        return ", ".join(get_args(field.annotation))
    if type_name(name) == "bool":
        return "true, false"
    if name == "dimension_weights":
        return "five shares, each 0 to 1, sum 1"
    low, high = (
        next(getattr(bound, side) for bound in field.metadata if hasattr(bound, side))
        for side in ("ge", "le")
    )
    return f"{low} to {high}"


def unit(name: str) -> str:
    """Unit of a parameter; ``-`` where it has none."""
    return Parameters.model_fields[name].json_schema_extra["unit"]


def meaning(name: str) -> str:
    """What a parameter means, as one phrase."""
    return Parameters.model_fields[name].description


def expected(name: str) -> str:
    """One phrase that says what a parameter takes, for error messages."""
    measured = "" if unit(name) == "-" else f" ({unit(name)})"
    return f"{type_name(name)}{measured}, {allowed(name)}"


def validate(values: dict[str, Any]) -> dict[str, Any]:
    """Check some parameters against the registry and return them unchanged.

    Parameters
    ----------
    values : dict
        Parameter values by name. Those left out keep their defaults.

    Returns
    -------
    dict
        The same names with validated values.

    Raises
    ------
    ParameterError
        For the first unknown name (with the nearest known one), wrong type or value out of range.
    """
    for name in values:
        if name not in Parameters.model_fields:
            raise ParameterError(_unknown(name))
    try:
        checked = Parameters(**values).model_dump()
    except ValidationError as error:
        raise ParameterError(_invalid(error.errors()[0], values)) from None
    return {name: checked[name] for name in values}


def check(namespace: dict[str, Any] | None = None, /, **values) -> None:
    """Refuse a wrong parameter before anything is computed; the first call of every chapter.

    Parameters
    ----------
    namespace : dict, optional
        The variables of the notebook, ``globals()``: those that are parameters are checked, so
        that no chapter lists its parameters twice.
    **values
        Parameters by name, for who has no such namespace.

    Raises
    ------
    ParameterError
        As for `validate`.
    """
    declared = {name: value for name, value in (namespace or {}).items()
                if name in Parameters.model_fields}
    validate({**declared, **values})


def _unknown(name: str) -> str:
    nearest = difflib.get_close_matches(str(name), names(), n=1, cutoff=0.5)
    hint = (
        f" Nearest name: {nearest[0]} ({expected(nearest[0])})." if nearest
        else f" Known names: {', '.join(names())}."
    )
    return f"{name!r} is not a parameter; expected one of the names that `book params` lists.{hint}"


def _invalid(problem: dict, values: dict[str, Any]) -> str:
    if not problem["loc"]:
        return problem["msg"].removeprefix("Value error, ") + "."
    name = problem["loc"][0]
    return f"{name}: expected {expected(name)}; got {values[name]!r}."


def parse(assignment: str) -> tuple[str, Any]:
    """Read one ``name=value`` of the command line, by the type of the parameter.

    Raises
    ------
    ParameterError
        If there is no ``=``, the name is unknown or the text cannot be of its type.
    """
    name, separator, text = assignment.partition("=")
    name, text = name.strip(), text.strip()
    if not separator:
        raise ParameterError(f"{assignment!r}: expected name=value, such as horizon_year=2030.")
    if name not in Parameters.model_fields:
        raise ParameterError(_unknown(name))
    try:
        value = PARSERS[type_name(name)](text)
    except (ValueError, KeyError):
        raise ParameterError(f"{name}: expected {expected(name)}; got {text!r}.") from None
    return name, validate({name: value})[name]


PARSERS = {
    "int": int,
    "float": float,
    "bool": {"true": True, "false": False}.__getitem__,
    "str": str,
    "list[float]": lambda text: [float(part) for part in text.strip("[]").split(",")],
}


def literal(value) -> str:
    """A value as it is typed after ``--set name=``; `parse` reads it back."""
    return value if isinstance(value, str) else json.dumps(value)


def read_scenario(path: Path) -> dict[str, Any]:
    """Read a scenario file: ``title``, ``why`` and a table ``[parameters]``.

    Returns
    -------
    dict
        ``title``, ``why`` and validated ``parameters`` (the differences from the baseline).

    Raises
    ------
    ParameterError
        If the file is not valid TOML, lacks a part, has an unknown one, or holds a wrong parameter.
    """
    path = Path(path)
    try:
        scenario = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"{path.name} is not valid TOML: {error}.") from None
    if set(scenario) != {"title", "why", "parameters"}:
        raise ParameterError(
            f"{path.name}: expected title, why and [parameters]; "
            f"got {', '.join(scenario) or 'nothing'}."
        )
    try:
        return {**scenario, "parameters": validate(scenario["parameters"])}
    except ParameterError as error:
        raise ParameterError(f"{path.name}: {error}") from None


def table():
    """The registry as a frame: name, type, unit, default, allowed, meaning."""
    import pandas as pd

    values = defaults()
    return pd.DataFrame(
        {
            "name": name,
            "type": type_name(name),
            "unit": unit(name),
            "default": literal(values[name]),
            "allowed": allowed(name),
            "meaning": meaning(name),
        }
        for name in names()
    )
