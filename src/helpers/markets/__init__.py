"""Figures of money as records that carry scope, currency and unit, and their conversion.

Growth knows rates and years; this package knows which printed figure is which, in what money, and
what others published.
"""

from helpers.markets.money import (
    ConversionError,
    Money,
    common_currency,
    deflator,
    exchange_rate,
    in_money,
    mean_exchange_rate,
    path_in_money,
)
from helpers.markets.printed import (
    Range,
    comparable_pairs,
    doubling_time,
    figure,
    half_width,
    horizon_layers,
    implied_growth,
    known_size,
    mismatch,
    on_path,
    ratio,
    share_row,
    year_before,
)
from helpers.markets.published import (
    CONFIDENCE,
    at_least,
    fit_each,
    in_print,
    publisher_rates,
    vintages,
    when,
)
from helpers.markets.turning import (
    level_that_drops,
    overtaking_year,
    width_to_fit,
    years_with_size,
)

__all__ = [
    "CONFIDENCE",
    "ConversionError",
    "Money",
    "Range",
    "at_least",
    "common_currency",
    "comparable_pairs",
    "deflator",
    "doubling_time",
    "exchange_rate",
    "figure",
    "fit_each",
    "half_width",
    "horizon_layers",
    "implied_growth",
    "in_money",
    "in_print",
    "known_size",
    "level_that_drops",
    "mean_exchange_rate",
    "mismatch",
    "on_path",
    "overtaking_year",
    "path_in_money",
    "publisher_rates",
    "ratio",
    "share_row",
    "vintages",
    "when",
    "width_to_fit",
    "year_before",
    "years_with_size",
]
