"""Saturation curves, and the refusal wherever the data do not hold the saturation level."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from helpers.growth import _checks as check
from helpers.growth.least_squares import Solution, solve

if TYPE_CHECKING:
    import pandas as pd

FEWEST_POINTS = 8
PARAMETERS = 3  # of either curve: level, rate and turning point
LARGEST_GROWTH_RATIO = 0.5
LARGEST_RELATIVE_ERROR = 0.5
LARGEST_CURVE_RATIO = 2.0
# Saturation levels tried as starts, as multiples of the largest value.
START_LEVELS = (1.02, 1.2, 2.0, 5.0)
# Years at least this large are read as calendar years, see `SaturationFit.origin`.
CALENDAR_YEAR = 1000.0
_LARGEST_EXPONENT = 600.0
# Determined curves need a few dozen; a search that goes on is creeping along a flat valley.
MOST_EVALUATIONS = 80


@dataclass(frozen=True, eq=False)
class SaturationFit:
    """Fitted saturation curve that passed every part of the identification rule.

    Attributes
    ----------
    curve : str
    params, se : pandas.Series
        Estimates and standard errors. Logistic ``K/(1+exp(-r*(t-t0)))``: ``K, r, t0``.
        Gompertz ``K*exp(-b*exp(-c*(t-origin)))``: ``K, b, c``. ``K`` has the unit of the values,
        ``r`` and ``c`` are per year, ``t0`` is a year.
    rss : float
        Residual sum of squares, unit of the values squared.
    df : int
        ``n - 3``.
    converged : bool
        Always true here; a curve without convergence is refused.
    starts_tried, starts_agreeing : int
        Starts searched and those that ended at this solution.
    inflection : float
        Year of the turning point.
    origin : float
        Year from which the Gompertz ``t`` counts: 0 as a rule, the first year for calendar
        years, where ``b = exp(c * 2019)`` would overflow. Always 0 for the logistic.
    growth_ratio : float
        Mean log growth over the last third of the intervals divided by that over the first.
    other_curve_level : float
        Saturation level of the other curve on the same data.
    """

    curve: str
    params: pd.Series
    se: pd.Series
    rss: float
    df: int
    converged: bool
    starts_tried: int
    starts_agreeing: int
    inflection: float
    origin: float
    growth_ratio: float
    other_curve_level: float
    _span: tuple[float, float] = field(repr=False)

    def predict(self, years) -> pd.Series:
        """Return the fitted curve.

        Parameters
        ----------
        years : scalar or array-like

        Returns
        -------
        pandas.Series
            Indexed by year, unit of the values; ``attrs['extrapolated']`` lists the years
            outside the data. The curve is a least-squares line, without an interval.
        """
        import pandas as pd

        time, labels = check.year_labels(years)
        rate = self.params["r" if self.curve == "logistic" else "c"]
        shape = _CURVES[self.curve]
        level = self.params["K"] * shape(rate * (time - self.inflection))
        series = pd.Series(level, index=pd.Index(labels, name="year"), name="value")
        outside = (time < self._span[0]) | (time > self._span[1])
        series.attrs["extrapolated"] = labels[outside].tolist()
        return series


@dataclass(frozen=True)
class _Fitted:
    """A curve in the units of the data, before any rule is applied."""

    level: float
    rate: float
    inflection: float
    covariance: np.ndarray  # of level, rate, inflection
    rss: float
    solution: Solution

    @property
    def determined(self) -> bool:
        return (
            self.solution.converged
            and self.solution.starts_agreeing >= 2
            and self.level > 0
            and self.rate > 0
        )


def _bounded_exp(exponent: np.ndarray) -> np.ndarray:
    # exp of a complex number beyond 709 is nan and would stop the search; the curves are flat
    # to the last bit long before this bound.
    return np.exp(np.where(np.real(exponent) > _LARGEST_EXPONENT, _LARGEST_EXPONENT, exponent))


def _logistic_shape(distance: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + _bounded_exp(-distance))


def _gompertz_shape(distance: np.ndarray) -> np.ndarray:
    return np.exp(-_bounded_exp(-distance))


_CURVES = {"logistic": _logistic_shape, "gompertz": _gompertz_shape}
_LINEARISED = {
    "logistic": lambda share: np.log(share / (1.0 - share)),
    "gompertz": lambda share: -np.log(-np.log(share)),
}


def fit_saturation(years, values, curve="logistic") -> SaturationFit:
    """Fit a saturation curve by least squares on levels, or refuse.

    Before its turning point a series does not hold its saturation level: curves with levels far
    apart fit equally well. The fit is returned only if all five parts of the rule hold: at least
    8 values; mean log growth over the last third of the intervals at most half of that over the
    first third; turning point at least one interval before the last year; standard error of the
    level below half the level; logistic and Gompertz levels within a factor 2. The solver must
    also converge at full rank, from at least two of its starts.

    Parameters
    ----------
    years : array-like, shape (n,)
        Strictly increasing; uneven gaps are allowed.
    values : array-like, shape (n,)
        Above zero, one publisher, one scope, one unit.
    curve : {'logistic', 'gompertz'}

    Returns
    -------
    SaturationFit

    Raises
    ------
    TooFewPoints
        Fewer than 8 values.
    NotIdentified
        A part of the rule fails; `failed_rules` lists every one of ``turning_point``,
        ``solver``, ``growth_halved``, ``standard_error``, ``other_curve``.
    ValueError
        Unknown curve, bad values, years not strictly increasing.
    """
    if not isinstance(curve, str) or curve not in _CURVES:
        raise ValueError(f"unknown saturation curve {curve!r}; use one of {', '.join(_CURVES)}.")
    time, level = check.annual_series(years, values)
    if level.size < FEWEST_POINTS:
        raise check.TooFewPoints(_not_determined(curve, level))
    other = "gompertz" if curve == "logistic" else "logistic"
    fitted = _fit(time, level, curve)
    second = _fit(time, level, other)
    growth_first, growth_last = _growth_of_thirds(time, level)
    _apply_rule(time, level, curve, fitted, second, growth_first, growth_last)

    import pandas as pd

    origin = 0.0
    if curve == "logistic":
        names = ["K", "r", "t0"]
        params = [fitted.level, fitted.rate, fitted.inflection]
        errors = np.sqrt(np.diag(fitted.covariance))
    else:
        names = ["K", "b", "c"]
        largest_exponent = abs(fitted.rate * fitted.inflection)
        if np.abs(time).max() >= CALENDAR_YEAR or largest_exponent > _LARGEST_EXPONENT:
            origin = float(time[0])
        lead = fitted.inflection - origin
        b = float(np.exp(fitted.rate * lead))
        params = [fitted.level, b, fitted.rate]
        # (K, rate, inflection) to (K, b, rate), first order.
        change = np.array([[1.0, 0.0, 0.0], [0.0, b * lead, b * fitted.rate], [0.0, 1.0, 0.0]])
        errors = np.sqrt(np.diag(change @ fitted.covariance @ change.T))
    return SaturationFit(
        curve=curve,
        params=pd.Series(params, index=names, name="estimate"),
        se=pd.Series(errors, index=names, name="standard_error"),
        rss=float(check.result(np.float64(fitted.rss), "the residual sum of squares")),
        df=fitted.solution.df,
        converged=fitted.solution.converged,
        starts_tried=fitted.solution.starts_tried,
        starts_agreeing=fitted.solution.starts_agreeing,
        inflection=fitted.inflection,
        origin=origin,
        growth_ratio=growth_last / growth_first,
        other_curve_level=second.level,
        _span=(float(time[0]), float(time[-1])),
    )


def _fit(time: np.ndarray, level: np.ndarray, curve: str) -> _Fitted | None:
    """Fit one curve on scaled years and values; None where no start could be followed."""
    # Scaling makes the result independent of currency and unit, and keeps calendar years from
    # swallowing the digits of the turning point.
    first, span, largest = time[0], time[-1] - time[0], level.max()
    position, share = (time - first) / span, level / largest
    shape = _CURVES[curve]

    def model(x: np.ndarray, params: np.ndarray) -> np.ndarray:
        return params[0] * shape(params[1] * (x - params[2]))

    starts = [_start(position, share, curve, multiple) for multiple in START_LEVELS]
    try:
        solution = solve(model, position, share, starts, MOST_EVALUATIONS)
    except ValueError:
        return None
    units = np.array([largest, 1.0 / span, span])
    scaled = solution.params * units
    return _Fitted(
        level=float(scaled[0]),
        rate=float(scaled[1]),
        inflection=float(first + scaled[2]),
        covariance=solution.covariance * np.outer(units, units),
        rss=solution.rss * float(largest) * float(largest),
        solution=solution,
    )


def _start(position, share, curve, multiple) -> list[float]:
    """Return a start with the given level; the other two parameters from the linearised curve."""
    transformed = _LINEARISED[curve](share / multiple)
    centred = position - position.mean()
    slope = float(centred @ transformed / (centred @ centred))
    if not abs(slope) > 1e-6:  # a flat series has no turning point; start from a mild rise
        slope = 1.0
    turning = float(position.mean() - transformed.mean() / slope)
    return [multiple, slope, turning]


def _growth_of_thirds(time: np.ndarray, level: np.ndarray) -> tuple[float, float]:
    """Return mean log growth per year over the first and over the last third of the intervals."""
    count = max(1, (time.size - 1) // 3)
    first = check.log_ratio(level[count], level[0]) / (time[count] - time[0])
    last = check.log_ratio(level[-1], level[-1 - count]) / (time[-1] - time[-1 - count])
    return float(first), float(last)


def _apply_rule(time, level, curve, fitted, second, growth_first, growth_last) -> None:
    """Raise `NotIdentified` unless every part of the rule holds."""
    rate = float(np.expm1(check.log_ratio(level[-1], level[0]) / (time[-1] - time[0])))
    ending = (
        "The saturation level is not identified; reported instead: the implied rate "
        f"({check.per_cent(rate)} a year)."
    )
    failed: dict[str, str] = {}
    if fitted is not None and not fitted.inflection <= time[-2]:
        failed["turning_point"] = (
            "The series has not passed its turning point (fitted inflection "
            f"{_turning_year(fitted.inflection, time)}, last value {time[-1]:g}). "
            "The saturation level is not identified."
        )
    if fitted is None or not fitted.determined:
        failed["solver"] = _not_determined(curve, level)
    if not (growth_first > 0 and growth_last <= LARGEST_GROWTH_RATIO * growth_first):
        failed["growth_halved"] = (
            "Growth has not halved between the first and the last third of the series "
            f"({check.per_cent(float(np.expm1(growth_first)))} and "
            f"{check.per_cent(float(np.expm1(growth_last)))} a year). {ending}"
        )
    if fitted is not None:
        relative = float(np.sqrt(fitted.covariance[0, 0])) / abs(fitted.level)
        if not relative < LARGEST_RELATIVE_ERROR:
            size = f"{100 * relative:.0f} %" if np.isfinite(relative) else "without limit"
            failed["standard_error"] = (
                f"The standard error of the saturation level is {size} of the level; it must be "
                f"below {100 * LARGEST_RELATIVE_ERROR:.0f} %. {ending}"
            )
    if second is None or not second.determined:
        failed["other_curve"] = (
            f"Only the {curve} curve converges on these values, so nothing confirms its level. "
            f"{ending}"
        )
    elif fitted is not None and fitted.level > 0:
        ratio = max(second.level / fitted.level, fitted.level / second.level)
        if not ratio <= LARGEST_CURVE_RATIO:
            failed["other_curve"] = (
                f"Logistic and Gompertz saturation levels differ by a factor {ratio:.1f}; at most "
                f"{LARGEST_CURVE_RATIO:g} is accepted. {ending}"
            )
    if failed:
        raise check.NotIdentified(next(iter(failed.values())), failed)


def _turning_year(inflection: float, time: np.ndarray) -> str:
    # Far outside the data the fitted year is arbitrary; printing it would look like a finding.
    limit = time[-1] + 10.0 * (time[-1] - time[0])
    if not inflection <= limit:
        return f"after {limit:.0f}"
    return f"{inflection:.0f}" if time[-1] - time[0] >= 2 else f"{inflection:.2f}"


def _not_determined(curve: str, level: np.ndarray) -> str:
    head = (
        f"A {curve} curve has {PARAMETERS} parameters; {level.size} published values do not "
        "determine them. "
    )
    if level.size == 0:
        return head + "Reported instead: nothing, as there is no value."
    tail = (
        "Reported instead: the implied rate."
        if level.size > 1
        else "Reported instead: the published value."
    )
    return head + f"Every saturation level above {level[-1]:g} fits equally well. {tail}"
