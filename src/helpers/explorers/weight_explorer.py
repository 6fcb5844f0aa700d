"""Ratings under weights that a reader moves."""

import pandas as pd

from helpers import composite
from helpers.explorers.page import emit, short


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
        "start": {"weights": [short(100 * share) for share in shares],
                  "position": short(position)},
    }
    chosen = ", ".join(f"{column} {100 * share:.0f}\u00a0%"
                       for column, share in zip(data["dimensions"], shares, strict=True))
    frame = pd.DataFrame({"Country": data["units"], "Rank": ranks,
                          "Score": [f"{100 * score:.1f}" for score in scores]})
    emit(data, name, frame, ["Rank", "Score"], "Rank of each country, in the order of Table 1", (
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


def _readable(column: str) -> str:
    return str(column).replace(composite.JOINED, " and ")
