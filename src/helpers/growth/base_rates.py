"""Base rates: how constant growth fared in a reference class of other series."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from helpers.growth import _checks as check

if TYPE_CHECKING:
    import pandas as pd

# The alternative rows of this class count countries several times through regions and income
# groups.
ENTITIES = {"gdp_world_bank": "countries_215", "m3_yearly": "m3_645_series"}
NEEDED_COLUMNS = (
    "reference_class",
    "entities",
    "condition",
    "method",
    "window_k",
    "horizon_h",
    "n",
    "statistic",
    "value",
    "ratio_actual_to_forecast",
)


class Band(NamedTuple):
    """Ratios actual over forecast between two quantiles, and the coverage they stand for."""

    lower: float
    upper: float
    coverage: float


@dataclass(frozen=True, eq=False)
class BaseRate:
    """Errors of one method in one reference class at one window and horizon.

    Attributes
    ----------
    reference_class, entities, condition, method : str
    window, horizon : int
        Years; the nearest there are to the requested ones.
    requested_window, requested_horizon : float
    n : int
        Forecasts behind the statistics. Windows overlap: calibration, no test.
    quantiles : pandas.Series
        Index 0.05 to 0.95, values ``ln(actual/forecast)``; empty for ``realised_growth``.
    ratios : pandas.Series
        The same as ratios actual over forecast; a published path times these is a stress band.
    statistics : pandas.Series
        Every other statistic of the class by name (shares as fractions).
    small_group : bool
        The source marks the group as small.
    confidence, source : str
    """

    reference_class: str
    entities: str
    condition: str
    method: str
    window: int
    horizon: int
    requested_window: float
    requested_horizon: float
    n: int
    quantiles: pd.Series = field(repr=False)
    ratios: pd.Series = field(repr=False)
    statistics: pd.Series = field(repr=False)
    small_group: bool
    confidence: str
    source: str

    @property
    def label(self) -> str:
        """Name of the class with window, horizon and n, for captions and table notes."""
        group = ", small group" if self.small_group else ""
        return (
            f"{self.reference_class} ({self.entities}, {self.condition}, {self.method}): "
            f"{self.window} past years, {self.horizon} years ahead, n = {self.n}{group}"
        )

    def band(self, coverage=0.8) -> Band:
        """Return the central band whose coverage is nearest to the requested one.

        Only published quantiles are used, nothing is interpolated; the coverage of the band is
        returned with it. Of two equally near bands the wider is taken.

        Parameters
        ----------
        coverage : float
            Between 0 and 1.

        Returns
        -------
        Band
            ``lower, upper`` (ratios actual over forecast) and ``coverage``.

        Raises
        ------
        ValueError
            Bad coverage, or a class without quantiles.
        """
        coverage = check.coverage_fraction(coverage)
        levels = [
            level
            for level in self.ratios.index
            if level < 0.5 and round(1.0 - level, 10) in self.ratios.index
        ]
        if not levels:
            raise ValueError(f"{self.label} has no quantiles, so there is no band.")
        lower = min(levels, key=lambda level: (round(abs(1 - 2 * level - coverage), 10), level))
        upper = round(1.0 - lower, 10)
        return Band(
            float(self.ratios[lower]), float(self.ratios[upper]), round(1.0 - 2.0 * lower, 10)
        )


def base_rate(
    frame, reference_class, window, horizon, condition="all", method="constant_growth"
) -> BaseRate:
    """Look up the errors of a method in a reference class.

    Parameters
    ----------
    frame : pandas.DataFrame
        Shaped like the shipped table of growth base rates.
    reference_class : str
        For example ``m3_yearly`` or ``gdp_world_bank``; of the latter only the rows of single
        countries are read.
    window, horizon : float
        Past years used and years ahead, above zero. The nearest window there is is taken, then
        the nearest horizon at that window; of two equally near ones the more cautious: the
        shorter window, the longer horizon. Both are reported in the result.
    condition : str
        ``all``, or rows selected on fast past growth.
    method : str
        ``constant_growth``, ``damped_growth_phi_0.9``, ``no_change``, ``realised_growth``.

    Returns
    -------
    BaseRate
        The class is not the market in question: name it beside every figure.

    Raises
    ------
    ValueError
        Missing columns, an unknown class, condition or method (the message lists those there
        are), or rows that contradict each other.
    """
    import pandas as pd

    wanted_window = check.one_positive(window, "window")
    wanted_horizon = check.one_positive(horizon, "horizon")
    missing = [name for name in NEEDED_COLUMNS if name not in getattr(frame, "columns", ())]
    if missing:
        raise ValueError(f"the table of base rates lacks the columns {', '.join(missing)}.")
    rows = _only(frame, "reference_class", reference_class)
    entities = sorted(rows["entities"].astype(str).unique())
    wanted_entities = ENTITIES.get(str(reference_class))
    if wanted_entities is None and len(entities) == 1:
        wanted_entities = entities[0]
    if wanted_entities not in entities:
        raise ValueError(
            f"reference class {reference_class!r} lacks the entities {wanted_entities!r}; "
            f"it has {', '.join(entities)}."
        )
    rows = rows[rows["entities"].astype(str) == wanted_entities]
    rows = _only(rows, "condition", condition)
    rows = _only(rows, "method", method)
    rows = rows.assign(
        **{name: _numbers(rows, name) for name in ("window_k", "horizon_h", "n", "value")}
    )
    chosen_window = min(
        rows["window_k"].unique(), key=lambda years: (abs(years - wanted_window), years)
    )
    rows = rows[rows["window_k"] == chosen_window]
    chosen_horizon = min(
        rows["horizon_h"].unique(), key=lambda years: (abs(years - wanted_horizon), -years)
    )
    rows = rows[rows["horizon_h"] == chosen_horizon]
    if rows["statistic"].duplicated().any() or len(set(rows["n"])) != 1:
        raise ValueError(
            f"the rows of {reference_class}, {condition}, {method}, window {chosen_window:g}, "
            f"horizon {chosen_horizon:g} contradict each other: a statistic stands there twice "
            "or n differs."
        )
    is_quantile = rows["statistic"].astype(str).str.fullmatch(r"q\d\d")
    quantile_rows = rows[is_quantile]
    levels = quantile_rows["statistic"].astype(str).str[1:].astype(int) / 100.0
    index = pd.Index(levels, name="quantile", dtype=float)
    ratios = pd.to_numeric(quantile_rows["ratio_actual_to_forecast"], errors="coerce").to_numpy(
        dtype=float
    )
    logs = quantile_rows["value"].to_numpy(dtype=float)
    if not np.allclose(ratios, np.exp(logs), rtol=1e-3, atol=1e-4):
        raise ValueError("a ratio is not the exponential of its log error; check the table.")
    others = rows[~is_quantile]
    return BaseRate(
        reference_class=str(reference_class),
        entities=wanted_entities,
        condition=str(condition),
        method=str(method),
        window=int(chosen_window),
        horizon=int(chosen_horizon),
        requested_window=wanted_window,
        requested_horizon=wanted_horizon,
        n=int(rows["n"].iloc[0]),
        quantiles=pd.Series(logs, index=index, name="log_error").sort_index(),
        ratios=pd.Series(ratios, index=index, name="ratio_actual_to_forecast").sort_index(),
        statistics=pd.Series(
            others["value"].to_numpy(dtype=float),
            index=pd.Index(others["statistic"].astype(str), name="statistic"),
            name="value",
        ),
        small_group=bool(_column(rows, "note").str.contains("small group").any()),
        confidence=_first(rows, "confidence"),
        source="; ".join(
            text for text in (_first(rows, "publisher"), _first(rows, "title")) if text
        ),
    )


def _only(rows, column: str, wanted: str):
    found = rows[rows[column].astype(str) == str(wanted)]
    if found.empty:
        known = ", ".join(sorted(rows[column].astype(str).unique()))
        raise ValueError(f"no rows with {column} {wanted!r}; there are: {known}.")
    return found


def _numbers(rows, name: str):
    import pandas as pd

    numbers = pd.to_numeric(rows[name], errors="coerce").astype(float)
    if not np.isfinite(numbers.to_numpy()).all():
        raise ValueError(f"column {name!r} of the base rates holds something other than numbers.")
    return numbers


def _column(rows, name: str):
    import pandas as pd

    if name not in rows.columns:
        return pd.Series("", index=rows.index, dtype=object)
    return rows[name].astype(object).where(rows[name].notna(), "").astype(str)


def _first(rows, name: str) -> str:
    return str(_column(rows, name).iloc[0])
