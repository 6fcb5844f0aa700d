"""A path of constant growth that a reader moves."""

import math

import numpy as np
import pandas as pd

from helpers.explorers.page import emit, short
from helpers.words import format_value

# Ranges of the sliders; wider where the figures themselves lie outside.
YEARS = (2015, 2035)
RATES = (-0.2, 0.8)  # 1/year
NOT_A_FORECAST = (
    "This is arithmetic on one start value and one rate, not a forecast: two printed figures fix a "
    "rate and say nothing about how far the market will keep to it.")


def growth_path(markets, *, last_year, name, axis="linear"):
    """Emit the growth explorer: a path from a start value at a rate, drawn beside what is printed.

    One market is shown at a time, since figures of unlike scope share no axis.

    Parameters
    ----------
    markets : sequence of dict
        ``name``; ``rate`` (1/year), at which the slider starts; ``points``, the printed figures by
        year, first the start value, each with ``year``, ``value`` (USD billion), ``kind``
        (``observed`` or ``forecast``) and ``printed``, its token.
    last_year : int
        Last year of the path at the start.
    name : str
        Unique in the chapter; the identifiers on the page come from it.
    axis : {'linear', 'log'}

    Raises
    ------
    ValueError
        No market, fewer than two points, a value that is not above zero, an unknown axis, or a
        last year that is not later than the first.
    """
    if axis not in ("linear", "log"):
        raise ValueError(f"The axis is {axis!r}; choose linear or log.")
    if not markets:
        raise ValueError("There is no market to show.")
    described = [_market(market) for market in markets]
    latest_start = max(market["points"][0]["year"] for market in described)
    if last_year <= latest_start:
        raise ValueError(f"The last year is {last_year}; a year after {latest_start} is expected.")
    years = [point["year"] for market in described for point in market["points"]]
    rates = [rate for market in described for rate in (market["rate"], market["printed_rate"])]
    data = {
        "kind": "growth", "markets": described, "last_year": int(last_year), "axis": axis,
        "note": NOT_A_FORECAST,
        "years": [min(YEARS[0], *years), max(YEARS[1], last_year, *years)],
        "rates": [min(RATES[0], math.floor(10 * min(rates)) / 10),
                  max(RATES[1], math.ceil(10 * max(rates)) / 10)],
    }
    frame = pd.DataFrame([{
        "Market": market["name"],
        "Printed": "; ".join(f"{point['printed']} ({point['year']})" for point in market["points"]),
        "Growth a year": format_value(market["rate"], "1/year"),
        f"In {last_year}": format_value(
            path(market["points"][0]["value"], market["rate"], market["points"][0]["year"],
                 last_year).iloc[-1], "USD billion"),
    } for market in described])
    emit(data, name, frame, list(frame.columns[2:]),
          f"From the printed start value to {last_year} at one rate", NOT_A_FORECAST,
          "With scripts allowed, this place holds sliders for the years, the rate and the start "
          "value.")


def path(start, rate, first_year, last_year):
    """Values of a path of constant growth.

    Parameters
    ----------
    start : float
        Value in the first year.
    rate : float, 1/year
        Above -1.
    first_year, last_year : int

    Returns
    -------
    pandas.Series
        Indexed by year, unit of `start`.
    """
    years = np.arange(first_year, last_year + 1)
    return pd.Series(start * np.exp(math.log1p(rate) * (years - first_year)), years)


def _market(market: dict) -> dict:
    points = [{"year": int(point["year"]), "value": short(point["value"]),
               "kind": point["kind"], "printed": point["printed"]} for point in market["points"]]
    years = [point["year"] for point in points]
    where = f"Market {market['name']!r}"
    if len(points) < 2 or years != sorted(set(years)):
        raise ValueError(f"{where} needs two printed figures or more, by rising year.")
    if not all(math.isfinite(point["value"]) and point["value"] > 0 for point in points):
        raise ValueError(f"{where} has a figure that is not above zero.")
    value = points[0]["value"]
    step = _step_below(value / 100)
    implied = (points[-1]["value"] / value) ** (1 / (years[-1] - years[0])) - 1
    return {
        "name": market["name"], "points": points, "rate": short(market["rate"]),
        "printed_rate": short(implied),
        # From half to double the printed value, on whole steps.
        "start_range": {"min": short(math.floor(value / 2 / step) * step),
                        "max": short(math.ceil(value * 2 / step) * step), "step": step},
    }


def _step_below(size: float) -> float:
    """Largest of 1, 2 and 5 times a power of ten that is not above `size`."""
    power = 10.0 ** math.floor(math.log10(size))
    return short(max(digit * power for digit in (1, 2, 5) if digit * power <= size * (1 + 1e-9)))
