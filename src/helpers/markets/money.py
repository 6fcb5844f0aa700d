"""Money in another currency or in constant prices; converted or refused, never guessed."""

import math
from typing import NamedTuple

import pandas as pd

CURRENCY_CODES = {code: code for code in ("USD", "EUR", "JPY", "GBP", "KRW")} | {"RMB": "CNY"}


class ConversionError(ValueError):
    """Money that cannot be converted or deflated with the data at hand."""


def exchange_rate(rates, source, target, year, *, basis="annual_mean", rmb_per_usd=None,
                  usd_per_eur=None) -> float:
    """Units of `target` for one unit of `source`.

    Parameters
    ----------
    rates : pandas.DataFrame
        Table ``exchange_rates``: annual means of the European Central Bank's reference rates.
    source, target : {'USD', 'RMB', 'EUR', 'JPY', 'GBP', 'KRW'}
    year : int
        Year whose mean is used.
    basis : {'annual_mean', 'fixed'}
        ``fixed`` takes the two given rates instead, for USD, RMB and EUR.
    rmb_per_usd, usd_per_eur : float
        Needed for ``fixed``.

    Raises
    ------
    ConversionError
        If the table has no rate of the year, or ``fixed`` lacks one.
    """
    if source == target:
        return 1.0
    if basis == "fixed":
        per_usd = {"USD": 1.0, "RMB": rmb_per_usd, "EUR": usd_per_eur and 1 / usd_per_eur}
    else:
        of_year = rates[rates["year"] == year].set_index("currency")["units_per_usd"]
        per_usd = {name: of_year.get(code) for name, code in CURRENCY_CODES.items()}
    for currency in (source, target):
        if per_usd.get(currency) is None or pd.isna(per_usd[currency]):
            raise ConversionError(
                f"No {basis.replace('_', ' ')} exchange rate of {currency} for {year}. "
                f"Amounts stay in {source}."
            )
    return float(per_usd[target] / per_usd[source])


def mean_exchange_rate(rates, source, target, years, **settings) -> float:
    """Mean of the yearly rates over the years that one amount covers.

    An amount printed for several years together has no split by year, so each year weighs the same.

    Parameters
    ----------
    rates, source, target
        As for `exchange_rate`.
    years : sequence of int
        Years that the amount covers; empty where the paper states none.
    **settings
        Further keywords of `exchange_rate`. With ``basis='fixed'`` no year is needed.

    Raises
    ------
    ConversionError
        As `exchange_rate`, and for an amount without a year at yearly rates.
    """
    years = list(years) or ([None] if settings.get("basis") == "fixed" else [])
    if not years and source != target:
        raise ConversionError(
            f"No year is stated, so no yearly exchange rate applies. The amount stays in {source}."
        )
    found = [exchange_rate(rates, source, target, year, **settings) for year in years]
    return math.fsum(found) / len(found) if found else 1.0


def deflator(prices, years, base_year) -> pd.Series:
    """Factors that turn dollars of each year into dollars of `base_year` (US consumer prices).

    Parameters
    ----------
    prices : pandas.DataFrame
        Table ``consumer_prices``.
    years : iterable of int
    base_year : int

    Returns
    -------
    pandas.Series
        Indexed by year.

    Raises
    ------
    ConversionError
        For a year the table does not hold; prices of the future are not guessed.
    """
    index = prices.set_index("year")["annual_average"]
    missing = [int(year) for year in [*years, base_year] if year not in index.index]
    if missing:
        raise ConversionError(
            f"No price level for {', '.join(map(str, missing))}: the table of consumer prices ends "
            f"in {int(index.index.max())}. Reported instead: nominal values."
        )
    return pd.Series({int(year): float(index[base_year] / index[year]) for year in years})


class Money(NamedTuple):
    """A sum, its currency, the year of its prices (None: nominal), and what was refused."""

    value: float
    currency: str
    price_year: int | None
    refusal: str


def in_money(value, source, target, years, *, rates, prices=None, price_year=None,
             **settings) -> Money:
    """A sum in another currency and, in dollars, at constant prices.

    What cannot be converted stays as it is, and the result says why.

    Parameters
    ----------
    value : float
    source, target : str
        As for `exchange_rate`.
    years : sequence of int
        Years that the sum covers; empty where the paper states none. Each weighs the same.
    rates : pandas.DataFrame
        Table ``exchange_rates``.
    prices : pandas.DataFrame, optional
        Table ``consumer_prices``; deflates what is in dollars after conversion.
    price_year : int, optional
        Year of the prices; needed with `prices`.
    **settings
        Further keywords of `exchange_rate`.

    Raises
    ------
    ConversionError
        For a year whose prices are not known.
    """
    years, refusal, deflated = list(years), "", None
    try:
        value = value * mean_exchange_rate(rates, source, target, years, **settings)
        source = target
    except ConversionError as error:
        refusal = str(error)
    if prices is not None and source == "USD" and years:
        value = value * deflator(prices, years, price_year).mean()
        deflated = price_year
    return Money(value, source, deflated, refusal)


def common_currency(rates, target, sums, *, fallback, **settings) -> tuple[str, str]:
    """The currency in which several sums can be shown together.

    Parameters
    ----------
    rates : pandas.DataFrame
    target : str
        The currency wanted.
    sums : sequence of (str, int)
        Currency and year of each sum.
    fallback : str
        Taken if one sum cannot be brought into `target`.
    **settings
        Further keywords of `exchange_rate`.

    Returns
    -------
    (str, str)
        The currency, and the first refusal (empty if there is none).
    """
    try:
        for source, year in sums:
            exchange_rate(rates, source, target, year, **settings)
    except ConversionError as error:
        return fallback, str(error)
    return target, ""


def path_in_money(path, target, *, rate_year, rates=None, prices=None) -> tuple[pd.Series, str]:
    """A path in dollars in another currency, or in dollars of one year.

    Parameters
    ----------
    path : pandas.Series
        USD by year, nominal.
    target : str
    rate_year : int
        One rate, that of this year, converts all years; also the year of constant prices.
    rates, prices : pandas.DataFrame, optional
        Tables ``exchange_rates``, for another currency, and ``consumer_prices``, where constant
        prices are wanted. Only dollars are deflated.

    Returns
    -------
    (pandas.Series, str)
        The years that can be given, and what is refused (empty if nothing is).
    """
    if target != "USD":
        return path * exchange_rate(rates, "USD", target, rate_year), ""
    if prices is None:
        return path, ""
    priced = path.index.isin(prices["year"])
    known, unpriced = path[priced], ", ".join(map(str, path.index[~priced]))
    # Nominal values among constant prices would be read as such, so those years are left out.
    refusal = "" if priced.all() else (
        f"No price level for {unpriced}: the table of consumer prices ends in "
        f"{int(prices['year'].max())}. Reported instead: the years that have one.")
    return known * deflator(prices, known.index, rate_year), refusal
