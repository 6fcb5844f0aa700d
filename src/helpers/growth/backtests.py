"""Rolling-origin backtests and scores on the log scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from helpers.growth import _checks as check
from helpers.growth.fits import drift_forecast, loglinear_forecast

if TYPE_CHECKING:
    import pandas as pd

FORECAST_COLUMNS = [
    "origin",
    "window",
    "horizon",
    "model",
    "actual",
    "median",
    "lower",
    "upper",
]
SCORE_COLUMNS = ["n", "median_log_error", "mase", "smape", "coverage", "width", "pinball", "wis"]
# Fixed, never estimated below eight points.
DAMPING = 0.9
DEFAULT_COVERAGE = 0.8


def _naive(time, level, coverage):
    last = np.log(level[-1])
    return lambda years: (np.full(years.shape, last), None)


def _constant_growth(time, level, coverage):
    slope = check.log_ratio(level[-1], level[0]) / (time[-1] - time[0])
    last_year, last = time[-1], np.log(level[-1])
    return lambda years: (last + slope * (years - last_year), None)


def _damped_growth(time, level, coverage):
    slope = check.log_ratio(level[-1], level[0]) / (time[-1] - time[0])
    last_year, last = time[-1], np.log(level[-1])

    def forecast(years):
        horizon = years - last_year
        # phi + phi**2 + ... + phi**h
        total = DAMPING * (1.0 - DAMPING**horizon) / (1.0 - DAMPING)
        return last + slope * total, None

    return forecast


def _random_walk_drift(time, level, coverage):
    if level.size < 3:  # the rate is known, its error is not
        return _constant_growth(time, level, coverage)
    return drift_forecast(time, level, coverage)[2]


def _loglinear(time, level, coverage):
    if level.size < 3:
        return _constant_growth(time, level, coverage)
    return loglinear_forecast(time, level, coverage)[2]


# Model name to (fewest values, maker of a forecast function).
_MODELS = {
    "naive": (1, _naive),
    "constant_growth": (2, _constant_growth),
    "random_walk_drift": (2, _random_walk_drift),
    "loglinear": (2, _loglinear),
    "damped_growth": (2, _damped_growth),
}
_OTHER_NAMES = {
    "no_change": "naive",
    "end_point_rate": "constant_growth",
    "drift": "random_walk_drift",
    "log_linear": "loglinear",
    "damped": "damped_growth",
}


def rolling_origin(years, values, windows, horizons, models, coverage) -> pd.DataFrame:
    """Forecast every observed year from every earlier origin with a full window.

    Windows overlap and the errors of neighbouring origins are correlated: the result calibrates,
    it does not test.

    Parameters
    ----------
    years : array-like, shape (n,)
        Strictly increasing, whole years apart; missing years are allowed and never filled.
    values : array-like, shape (n,)
        Above zero, one publisher, one scope.
    windows : int or sequence of int
        Lengths of the past in years (points). An origin counts only if every year of its window
        was observed.
    horizons : int or sequence of int
        Years ahead, at least 1; only years really observed are compared.
    models : str or sequence of str
        ``naive`` (last value), ``constant_growth`` (end-point rate), ``random_walk_drift``,
        ``loglinear``, ``damped_growth`` (end-point rate damped by 0.9 a year); the names
        ``no_change, end_point_rate, drift, log_linear, damped`` mean the same.
    coverage : float
        Nominal coverage of the intervals, between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        One row per forecast: ``origin, window, horizon, model, actual, median, lower, upper``,
        ordered by window, origin, model and horizon as given. ``lower, upper`` are empty where
        no degree of freedom is left (windows of two) and for the models without an error
        model (all but drift and log-linear). ``attrs['coverage']`` keeps the coverage.

    Raises
    ------
    TooFewPoints
        No origin has a full window and an observed year ahead.
    ValueError
        Unknown model, a window too short for a model, or bad input.
    """
    import pandas as pd

    coverage = check.coverage_fraction(coverage)
    time, level = check.annual_series(years, values)
    windows = _whole_numbers(windows, "windows", 1)
    horizons = _whole_numbers(horizons, "horizons", 1)
    makers = _makers(models, windows)
    offsets = time - time[0] if time.size else time
    if np.any(offsets % 1):
        raise ValueError("rolling_origin needs years that lie whole years apart.")
    _, labels = check.year_labels(years) if time.size else (time, time)
    place = {int(offset): row for row, offset in enumerate(offsets)}

    rows = []
    for window in windows:
        for last in range(window - 1, time.size):
            first = last - window + 1
            if offsets[last] - offsets[first] != window - 1:
                continue
            ahead = [h for h in horizons if int(offsets[last]) + h in place]
            if not ahead:
                continue
            targets = [place[int(offsets[last]) + h] for h in ahead]
            for name, maker in makers:
                forecast = maker(time[first : last + 1], level[first : last + 1], coverage)
                centre, half = forecast(time[targets])
                median, lower, upper = _back(centre, half)
                rows.extend(
                    (labels[last], window, h, name, level[target], *triple)
                    for h, target, *triple in zip(ahead, targets, median, lower, upper, strict=True)
                )
    if not rows:
        raise check.TooFewPoints(
            f"Rolling-origin backtests need at least {min(windows)} consecutive annual values and "
            f"an observed year {min(horizons)} or more years after them; got {level.size} values. "
            "Reported instead: the figures without a backtest."
        )
    frame = pd.DataFrame(rows, columns=FORECAST_COLUMNS)
    if not np.isfinite(frame[["actual", "median"]].to_numpy()).all():
        raise ValueError("a forecast leaves the range of floating-point numbers.")
    frame.attrs["coverage"] = coverage
    return frame


def score(forecasts, training) -> pd.DataFrame:
    """Score forecasts by model, window and horizon.

    All errors are taken on the log scale, so they are ratios and free of unit and currency, with
    one exception: sMAPE is a ratio already and uses the levels.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        As `rolling_origin` returns it. The nominal coverage is read from ``attrs['coverage']``;
        without it, 0.8 is assumed.
    training : array-like, shape (m,), or pandas.Series indexed by year
        Values above zero whose mean absolute yearly log change scales MASE; at least two. In a
        Series with gaps in its years only changes over one year count. With two values MASE is
        unstable.

    Returns
    -------
    pandas.DataFrame
        Index ``model, window, horizon``; columns

        - ``n``: forecasts;
        - ``median_log_error``: median of ``ln(actual/median)``, below zero if the forecasts were
          too high;
        - ``mase``: mean absolute log error over that of the naive one-year forecast in `training`;
        - ``smape``: mean of ``|actual - median| / (actual + median)``, on 0 to 1;
        - ``coverage``: share of actual values inside the interval, ends included;
        - ``width``: mean of ``ln(upper/lower)``;
        - ``pinball``: mean quantile loss over lower, median and upper;
        - ``wis``: weighted interval score of median and interval (Bracher and others 2021).

        The last four stay empty where there is no interval.

    Raises
    ------
    ValueError
        Empty input, missing columns, values not above zero, one-sided or crossed intervals, or
        training values that never change (MASE has no scale).
    """
    import pandas as pd

    if not isinstance(forecasts, pd.DataFrame) or forecasts.empty:
        raise ValueError("score needs a table with at least one forecast; got none.")
    missing = [name for name in FORECAST_COLUMNS if name not in forecasts.columns]
    if missing:
        raise ValueError(f"the forecasts lack the columns {', '.join(missing)}.")
    coverage = check.coverage_fraction(forecasts.attrs.get("coverage", DEFAULT_COVERAGE))
    scale = _naive_scale(training)
    actual = check.positive(forecasts["actual"].to_numpy(), "actual")
    median = check.positive(forecasts["median"].to_numpy(), "median")
    lower, upper = _interval_columns(forecasts)

    error = check.log_ratio(actual, median)
    below = np.log(actual) - np.log(lower)
    above = np.log(actual) - np.log(upper)
    tail = 0.5 * (1.0 - coverage)
    losses = (
        _quantile_loss(below, tail) + _quantile_loss(error, 0.5) + _quantile_loss(above, 1.0 - tail)
    )
    has_interval = np.isfinite(lower)
    single = pd.DataFrame(
        {
            "model": forecasts["model"].to_numpy(),
            "window": forecasts["window"].to_numpy(),
            "horizon": forecasts["horizon"].to_numpy(),
            "n": 1,
            "median_log_error": error,
            "mase": np.abs(error) / scale,
            "smape": np.abs(actual - median) / (actual + median),
            "coverage": np.where(
                has_interval, ((lower <= actual) & (actual <= upper)).astype(float), np.nan
            ),
            "width": below - above,
            "pinball": losses / 3.0,
            # One interval and the median weigh alpha/2 and 1/2, divided by 3/2; the interval
            # score times alpha/2 is the sum of the two outer quantile losses.
            "wis": losses / 1.5,
        }
    )
    how = dict.fromkeys(SCORE_COLUMNS, "mean") | {"n": "sum", "median_log_error": "median"}
    table = single.groupby(["model", "window", "horizon"], sort=False).agg(how)[SCORE_COLUMNS]
    table.attrs.update(coverage=coverage, smape_scale="0-1", error_scale="log")
    return table


def _whole_numbers(numbers, name: str, least: int) -> list[int]:
    listed = check.vector(numbers if np.ndim(numbers) else [numbers], name)
    return list(dict.fromkeys(check.whole_number(number, name, least) for number in listed))


def _makers(models, windows) -> list[tuple[str, object]]:
    names = [models] if isinstance(models, str) or not np.iterable(models) else list(models)
    if not names:
        raise ValueError("rolling_origin needs at least one model.")
    makers = []
    for position, name in enumerate(names):
        if name in names[:position]:
            continue
        known = _OTHER_NAMES.get(name, name) if isinstance(name, str) else None
        if known not in _MODELS:
            raise ValueError(f"unknown model {name!r}; use some of {', '.join(_MODELS)}.")
        fewest, maker = _MODELS[known]
        if min(windows) < fewest:
            raise ValueError(f"model {name!r} needs windows of at least {fewest} years.")
        makers.append((name, maker))
    return makers


def _back(centre, half):
    with np.errstate(over="ignore"):
        median = np.exp(centre)
        if half is None:
            empty = np.full(median.shape, np.nan)
            return median, empty, empty
        return median, np.exp(centre - half), np.exp(centre + half)


def _naive_scale(training) -> float:
    index = getattr(training, "index", None)
    values = check.vector(training, "training")
    check.positive(values, "training")
    if values.size < 2:
        raise ValueError("MASE needs at least two training values; got 1.")
    changes = np.abs(check.log_ratio(values[1:], values[:-1]))
    if (
        index is not None
        and getattr(index, "dtype", None) is not None
        and index.dtype.kind in "iuf"
    ):
        gaps = np.diff(index.to_numpy(dtype=float))
        if not (gaps > 0).all():
            raise ValueError("the years of the training values must be strictly increasing.")
        changes = changes[gaps == 1.0]
    if changes.size == 0:
        raise ValueError("MASE has no scale: no two training values lie one year apart.")
    scale = float(changes.mean())
    if not scale > 0:
        raise ValueError("MASE has no scale: the training values never change.")
    return scale


def _interval_columns(forecasts) -> tuple[np.ndarray, np.ndarray]:
    try:
        lower = forecasts["lower"].to_numpy(dtype=float, na_value=np.nan)
        upper = forecasts["upper"].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"lower and upper must be numbers or empty: {error}") from None
    given = ~np.isnan(lower)
    if not np.array_equal(given, ~np.isnan(upper)):
        raise ValueError("an interval needs both lower and upper, or neither.")
    if given.any():
        check.positive(lower[given], "lower")
        check.positive(upper[given], "upper")
        if not (lower[given] <= upper[given]).all():
            raise ValueError("lower must not lie above upper.")
    return lower, upper


def _quantile_loss(difference: np.ndarray, level: float) -> np.ndarray:
    """Return the quantile loss of ``difference = actual - forecast`` at `level`."""
    return np.maximum(level * difference, (level - 1.0) * difference)
