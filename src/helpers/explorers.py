"""Explorers: what a reader can move on a page, with no kernel and no network.

A chapter emits one display output: a static table that says where things stand at the chapter's
own parameters, the numbers as JSON, and a tag that loads the book's own script, which puts the
controls in place of the table. Where scripts are off, or the script is not found (a notebook opened
outside the book), the table stays. The script computes what `composite` and `growth` compute; a
test holds the two against each other.

The output holds no date and no drawn identifier, so a rerun gives the same bytes.
"""

import html
import json
import math

import numpy as np
import pandas as pd

from helpers import composite, results

FOLDER = "../_static/explorers"  # seen from a page of a chapter
# Ranges of the sliders; wider where the figures themselves lie outside.
YEARS = (2015, 2035)
RATES = (-0.2, 0.8)  # 1/year
NOT_A_FORECAST = (
    "This is arithmetic on one start value and one rate, not a forecast: two printed figures fix a "
    "rate and say nothing about how far the market will keep to it.")


def weights(table, *, weights, position, name, units_in_text=None, position_note=""):
    """Emit the weight explorer: sliders for weights and the place of Medium, ranks beside them.

    Parameters
    ----------
    table : pandas.DataFrame of levels, (units, dimensions)
        Cells Low, Medium or High; rows and columns keep their order on the page.
    weights : sequence or Series, (dimensions,), fractions
        Where the sliders start.
    position : float, fraction
        Score of Medium at the start when Low is 0 and High is 1; strictly between the two.
    name : str
        Unique in the chapter; the identifiers on the page come from it.
    units_in_text : sequence of str, optional
        Names of the units inside a sentence (``"the US"``); by default the names as they are.
    position_note : str
        A line under the slider of Medium.

    Raises
    ------
    ValueError
        Unknown levels, weights that are no shares, or a position outside 0 to 1.
    """
    if not 0 < position < 1:
        raise ValueError(f"The position of Medium is {position}; it must lie between 0 and 1.")
    ranks, scores = ranking(table, weights, position)
    pairs = composite.pairwise_statements(table, position)
    places = {unit: place for place, unit in enumerate(table.index)}
    open_pairs = pairs[pairs["kind"].isin(["share", "not ordered"])]
    shares = list(weights[table.columns]) if isinstance(weights, pd.Series) else list(weights)
    data = {
        "kind": "weights",
        "units": list(table.index),
        "units_in_text": list(units_in_text or table.index),
        "dimensions": [_readable(column) for column in table.columns],
        "levels": [[composite.LEVELS.index(cell) for cell in row] for row in table.to_numpy()],
        "pairs": [[places[pair.unit], places[pair.other]] for pair in open_pairs.itertuples()],
        "position_note": position_note,
        "start": {"weights": [_short(100 * share) for share in shares],
                  "position": _short(position)},
    }
    chosen = ", ".join(f"{column} {100 * share:.0f}\u00a0%"
                       for column, share in zip(data["dimensions"], shares, strict=True))
    frame = pd.DataFrame({"Country": data["units"], "Rank": ranks,
                          "Score": [f"{100 * score:.1f}" for score in scores]})
    _emit(data, name, frame, ["Rank", "Score"], "Rank of each country, in the order of Table 1", (
        f"Weights: {chosen}; Medium {100 * position:.0f}\u00a0% of the way from Low to High. "
        "Score from 0 to 100; ties share the better rank."),
        "With scripts allowed, this place holds sliders for the weights and for Medium.")


def ranking(table, weights, position):
    """Ranks and scores of units for one setting of the weight explorer.

    Parameters
    ----------
    table : pandas.DataFrame of levels, (units, dimensions)
    weights : sequence or Series, (dimensions,), fractions
    position : float, fraction
        Score of Medium when Low is 0 and High is 1.

    Returns
    -------
    ranks : array of int, (units,)
        Competition ranks of scores rounded to 12 decimals.
    scores : array of float, (units,), 0 to 1
    """
    scores = composite.aggregate(composite.encode_levels(table, (0, position, 1)), weights)
    return composite.competition_rank(scores), scores.to_numpy()


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
        "Growth a year": results.format_value(market["rate"], "1/year"),
        f"In {last_year}": results.format_value(
            path(market["points"][0]["value"], market["rate"], market["points"][0]["year"],
                 last_year).iloc[-1], "USD billion"),
    } for market in described])
    _emit(data, name, frame, list(frame.columns[2:]),
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
    points = [{"year": int(point["year"]), "value": _short(point["value"]),
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
        "name": market["name"], "points": points, "rate": _short(market["rate"]),
        "printed_rate": _short(implied),
        # From half to double the printed value, on whole steps.
        "start_range": {"min": _short(math.floor(value / 2 / step) * step),
                        "max": _short(math.ceil(value * 2 / step) * step), "step": step},
    }


def _step_below(size: float) -> float:
    """Largest of 1, 2 and 5 times a power of ten that is not above `size`."""
    power = 10.0 ** math.floor(math.log10(size))
    return _short(max(digit * power for digit in (1, 2, 5) if digit * power <= size * (1 + 1e-9)))


def _short(value) -> float:
    """Twelve digits: more than a slider shows, fewer than a change of processor could move."""
    return float(f"{float(value):.12g}")


def _readable(column: str) -> str:
    return str(column).replace(composite.JOINED, " and ")


def _emit(data, name, frame, numbers, caption, note, sentence):
    from IPython.display import display

    # As \u003c no text of the data can close the script element or open a comment in it.
    stored = json.dumps(data, ensure_ascii=False, sort_keys=True, allow_nan=False)
    stored = stored.replace("<", "\\u003c")
    align = [' class="number"' if column in numbers else "" for column in frame.columns]
    head = "".join(f'<th scope="col"{style}>{html.escape(column)}</th>'
                   for column, style in zip(frame.columns, align, strict=True))
    lines = "".join(
        "<tr>" + "".join(
            f'<th scope="row">{html.escape(str(cell))}</th>' if place == 0
            else f"<td{align[place]}>{html.escape(str(cell))}</td>"
            for place, cell in enumerate(row)) + "</tr>"
        for row in frame.itertuples(index=False, name=None))
    page = (
        f'<link rel="stylesheet" href="{FOLDER}/explorers.css">'
        f'<div class="explorer" id="explorer-{html.escape(name)}">'
        '<div class="explorer-static"><div class="book-table"><table>'
        f"<caption>{html.escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
        f'<p class="table-note">{html.escape(note)} {html.escape(sentence)}</p></div>'
        f'<script type="application/json">{stored}</script></div>'
        f'<script src="{FOLDER}/explorers.js"></script>'
    )
    plain = f"{caption}\n{frame.to_string(index=False)}\n{note}"
    display({"text/html": page, "text/plain": plain}, raw=True)
