"""Growth of one publisher and one scope from three or more annual values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from helpers.growth import _checks as check

if TYPE_CHECKING:
    import pandas as pd

MODELS = {
    "random_walk_drift": "Random-walk-with-drift",
    "loglinear": "Log-linear",
}
FEWEST_POINTS = 3


@dataclass(frozen=True)
class GrowthFit:
    """Fitted growth.

    Attributes
    ----------
    model : str
    growth : float
        Fraction per year; ``exp(slope) - 1``, the median growth.
    df : int
        Degrees of freedom of every interval, ``n - 2``.
    n : int
    coverage : float
        Nominal coverage of the intervals.
    sigma : float
        Residual standard deviation on the log scale (per square root of a year for the random
        walk).
    last_year : float
    """

    model: str
    growth: float
    df: int
    n: int
    coverage: float
    sigma: float
    last_year: float
    _forecast: object = field(repr=False, compare=False)

    def predict(self, years) -> pd.DataFrame:
        """Return median and prediction interval on the original scale.

        Parameters
        ----------
        years : scalar or array-like
            For the random walk only years after the last value.

        Returns
        -------
        pandas.DataFrame
            Indexed by year, columns ``median, lower, upper`` in the unit of the values. The
            exponential of a log forecast is a median, not a mean; yearly medians do not add up
            to the median of a sum.

        Raises
        ------
        ValueError
            Years not finite, not after the last value (random walk), or values overflow.
        """
        import pandas as pd

        time, labels = check.year_labels(years)
        if self.model == "random_walk_drift" and not np.all(time > self.last_year):
            raise ValueError(
                f"a random walk with drift predicts only after its last year {self.last_year:g}; "
                f"got {time.min():g}."
            )
        centre, half = self._forecast(time)
        with np.errstate(over="ignore"):
            columns = {
                "median": np.exp(centre),
                "lower": np.exp(centre - half),
                "upper": np.exp(centre + half),
            }
        frame = pd.DataFrame(columns, index=pd.Index(labels, name="year"))
        if not np.isfinite(frame.to_numpy()).all():
            raise ValueError(
                "the interval leaves the range of floating-point numbers; too few points for so "
                "distant a year."
            )
        frame.attrs.update(coverage=self.coverage, df=self.df, model=self.model)
        return frame


def fit_growth(years, values, model="random_walk_drift", coverage=0.8) -> GrowthFit:
    """Fit yearly growth to like-for-like annual values of one publisher and one scope.

    Parameters
    ----------
    years : array-like, shape (n,)
        Strictly increasing; uneven gaps are allowed.
    values : array-like, shape (n,)
        Money or counts above zero, one unit.
    model : {'random_walk_drift', 'loglinear'}
        The random walk is the default because market levels carry their shocks forward; the
        log-linear line (ordinary least squares of the log on the year, statsmodels) assumes
        independent errors around a fixed line and its intervals are too narrow where that fails.
    coverage : float
        Nominal coverage of the prediction intervals, between 0 and 1.

    Returns
    -------
    GrowthFit
        ``growth`` (fraction per year), ``df`` and ``predict(years)``.

    Raises
    ------
    TooFewPoints
        Fewer than 3 values.
    ValueError
        Unknown model, bad values, years not strictly increasing, bad coverage.

    Notes
    -----
    Random walk: the drift is the end-point log growth, each gap contributes variance in
    proportion to its length, and the half-width on the log scale at horizon h is
    ``t(n-2) * s * sqrt(h * (1 + h / span))``; the second term is the error of the drift itself.
    """
    if not isinstance(model, str) or model not in MODELS:
        raise ValueError(f"unknown growth model {model!r}; use one of {', '.join(MODELS)}.")
    coverage = check.coverage_fraction(coverage)
    time, level = check.annual_series(years, values)
    if level.size < FEWEST_POINTS:
        raise check.TooFewPoints(
            check.few_points_message(MODELS[model], FEWEST_POINTS, time, level)
        )
    if model == "random_walk_drift":
        slope, sigma, forecast = drift_forecast(time, level, coverage)
    else:
        slope, sigma, forecast = loglinear_forecast(time, level, coverage)
    with np.errstate(over="ignore"):
        growth = float(np.expm1(slope))
    if not np.isfinite(growth):
        raise ValueError("the growth rate is beyond the range of floating-point numbers.")
    return GrowthFit(
        model=model,
        growth=growth,
        df=level.size - 2,
        n=level.size,
        coverage=coverage,
        sigma=sigma,
        last_year=float(time[-1]),
        _forecast=forecast,
    )


def drift_forecast(time: np.ndarray, level: np.ndarray, coverage: float):
    """Return drift, sigma and a function ``years -> (log median, log half-width)``; n >= 3."""
    gaps = np.diff(time)
    steps = check.log_ratio(level[1:], level[:-1])
    span = time[-1] - time[0]
    drift = float(check.log_ratio(level[-1], level[0]) / span)
    df = level.size - 2
    sigma = float(np.sqrt(np.sum((steps - drift * gaps) ** 2 / gaps) / df))
    quantile = check.student_quantile(df, coverage)
    last_year, last_log = time[-1], np.log(level[-1])

    def forecast(years: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        horizon = years - last_year
        half = quantile * sigma * np.sqrt(horizon * (1.0 + horizon / span))
        return last_log + drift * horizon, half

    return drift, sigma, forecast


def ordinary_least_squares(design: np.ndarray, response: np.ndarray):
    """Return the statsmodels result of a linear fit.

    The pseudo-inverse solution is kept: the QR option loses digits of the standard errors on
    collinear data.
    """
    from statsmodels.regression.linear_model import OLS

    return OLS(response, design).fit(method="pinv")


def loglinear_forecast(time: np.ndarray, level: np.ndarray, coverage: float):
    """Return slope, sigma and a function ``years -> (log median, log half-width)``; n >= 3."""
    # Years are counted from their mean: with raw calendar years the intercept lies two thousand
    # years away and takes several digits of the slope with it.
    centre = time.mean()
    scale = np.log(level)
    origin = scale.mean()
    design = np.column_stack([np.ones_like(time), time - centre])
    fitted = ordinary_least_squares(design, scale - origin)

    def forecast(years: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows = np.column_stack([np.ones_like(years), years - centre])
        prediction = fitted.get_prediction(rows)
        interval = prediction.conf_int(obs=True, alpha=1.0 - coverage)
        return origin + prediction.predicted_mean, 0.5 * (interval[:, 1] - interval[:, 0])

    return float(fitted.params[1]), float(np.sqrt(fitted.scale)), forecast
