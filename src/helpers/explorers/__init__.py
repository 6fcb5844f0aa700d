"""Explorers: what a reader can move on a page, with no kernel and no network.

A chapter emits one display output: a static table that says where things stand at the chapter's
own parameters, the numbers as JSON, and a tag that loads the book's own script, which puts the
controls in place of the table. Where scripts are off, or the script is not found (a notebook opened
outside the book), the table stays. The script computes what `composite` and `growth` compute; a
test holds the two against each other.

The output holds no date and no drawn identifier, so a rerun gives the same bytes.
"""

from helpers.explorers.growth_explorer import NOT_A_FORECAST, RATES, YEARS, growth_path, path
from helpers.explorers.page import FOLDER, SCRIPT, STYLE
from helpers.explorers.weight_explorer import ranking, weights

__all__ = [
    "FOLDER",
    "NOT_A_FORECAST",
    "RATES",
    "SCRIPT",
    "STYLE",
    "YEARS",
    "growth_path",
    "path",
    "ranking",
    "weights",
]
