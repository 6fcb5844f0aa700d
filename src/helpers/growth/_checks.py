"""Refusals and input checks shared by the growth functions."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import numpy as np


class TooFewPoints(ValueError):
    """Raised when there are fewer values than the method can honestly use."""


class NotIdentified(ValueError):
    """Raised when the data do not determine the parameters of a curve.

    Attributes
    ----------
    failed_rules : tuple of str
        Every part of the identification rule that failed; the message states the first.
    """

    def __init__(self, message: str, failed_rules: Iterable[str] = ()):
        super().__init__(message)
        self.failed_rules = tuple(failed_rules)


class ScopeMismatch(ValueError):
    """Raised when figures of unlike scope, region, currency, price basis or unit would be joined.

    Attributes
    ----------
    differing : dict
        Field name to the tuple of distinct values, in the order of the records.
    publishers, kinds : tuple of str
        Reported for the reader, never compared.
    """

    def __init__(
        self,
        message: str,
        differing: dict[str, tuple[str, ...]] | None = None,
        publishers: Iterable[str] = (),
        kinds: Iterable[str] = (),
    ):
        super().__init__(message)
        self.differing = dict(differing or {})
        self.publishers = tuple(publishers)
        self.kinds = tuple(kinds)


def _is_number(element: object) -> bool:
    return isinstance(element, numbers.Real | Decimal | Fraction) and not isinstance(
        element, bool | np.bool_
    )


def _as_float(element: object, name: str) -> float:
    # Texts and booleans convert to float without complaint ("3.83", True) and would hide a
    # column mix-up; only genuine numbers pass.
    if not _is_number(element):
        raise ValueError(f"{name} must be a number, got {element!r}.")
    try:
        return float(element)
    except OverflowError:
        raise ValueError(f"{name} is too large for a floating-point number.") from None


def numeric(value: object, name: str) -> np.ndarray:
    """Return `value` as a float array; refuse texts, booleans, blanks and non-finite numbers.

    Parameters
    ----------
    value : scalar or array-like
        Any shape; an empty array is refused.
    name : str
        Name used in the error message.

    Returns
    -------
    numpy.ndarray of float, same shape

    Raises
    ------
    ValueError
        Not a number, complex, ragged, empty, nan or infinite.
    """
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} cannot be read as an array of numbers: {error}") from None
    if np.ma.is_masked(value):  # asarray would bring the masked numbers back
        raise ValueError(f"{name} holds masked (missing) values.")
    if array.size == 0:
        raise ValueError(f"{name} is empty; give at least one number.")
    if array.dtype.kind not in "iufObUSc":  # dates convert to integers without complaint
        raise ValueError(f"{name} must hold numbers, got {array.dtype}.")
    if array.dtype.kind in "iu":
        array = array.astype(float)
    elif array.dtype.kind == "f":
        # float128 and float16 are brought to one precision; a value beyond float64 turns
        # into inf and is caught below.
        with np.errstate(over="ignore"):
            array = array.astype(float)
    else:
        elements = [_as_float(element, name) for element in array.ravel().tolist()]
        array = np.array(elements, dtype=float).reshape(array.shape)
    if not np.isfinite(array).all():
        bad = array[~np.isfinite(array)].ravel()[0]
        raise ValueError(f"{name} must be finite, got {bad}.")
    return array


def positive(value: object, name: str) -> np.ndarray:
    """Return `value` as a float array; refuse anything not finite and above zero."""
    array = numeric(value, name)
    if not (array > 0).all():
        bad = array[~(array > 0)].ravel()[0]
        raise ValueError(f"{name} must be greater than zero, got {bad}.")
    return array


def at_least_zero(value: object, name: str) -> np.ndarray:
    """Return `value` as a float array; refuse negative numbers."""
    array = numeric(value, name)
    if not (array >= 0).all():
        bad = array[~(array >= 0)].ravel()[0]
        raise ValueError(f"{name} must not be negative, got {bad}.")
    return array


def growth_rate(value: object, name: str) -> np.ndarray:
    """Return rates (fractions) as a float array; refuse a fall by 100 % or more."""
    array = numeric(value, name)
    if not (array > -1).all():
        bad = array[~(array > -1)].ravel()[0]
        raise ValueError(f"{name} must be above -1 (a fall by less than 100 %), got {bad}.")
    return array


def one_number(value: object, name: str) -> float:
    """Return a finite scalar as float."""
    array = numeric(value, name)
    if array.ndim != 0:
        raise ValueError(f"{name} must be a single number, got an array of shape {array.shape}.")
    return float(array)


def one_positive(value: object, name: str) -> float:
    """Return a positive finite scalar as float."""
    number = one_number(value, name)
    if not number > 0:
        raise ValueError(f"{name} must be greater than zero, got {number}.")
    return number


def whole_number(value: object, name: str, least: int) -> int:
    """Return an int; refuse fractions and anything below `least`."""
    number = one_number(value, name)
    if number != int(number):
        raise ValueError(f"{name} must be a whole number, got {number}.")
    if number < least:
        raise ValueError(f"{name} must be at least {least}, got {int(number)}.")
    # int(value) rather than int(number): a seed above 2**53 would lose digits as a float.
    return int(value)  # type: ignore[call-overload]


def coverage_fraction(coverage: object) -> float:
    """Return a nominal coverage strictly between 0 and 1."""
    number = one_number(coverage, "coverage")
    if not 0 < number < 1:
        raise ValueError(f"coverage must lie strictly between 0 and 1, got {number}.")
    return number


def vector(value: object, name: str) -> np.ndarray:
    """Return a one-dimensional float array; a scalar becomes length one."""
    array = np.atleast_1d(numeric(value, name))
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {array.shape}.")
    return array


def year_labels(years: object) -> tuple[np.ndarray, np.ndarray]:
    """Return years as floats for arithmetic and as index labels (int where all are whole)."""
    numbers_ = vector(years, "years")
    whole = np.all(numbers_ == np.floor(numbers_)) and np.all(np.abs(numbers_) < 2**53)
    return numbers_, numbers_.astype(np.int64) if whole else numbers_


def annual_series(years: object, values: object) -> tuple[np.ndarray, np.ndarray]:
    """Check a series: equal lengths, years strictly increasing, values positive.

    An empty series is returned as two empty arrays so that the caller can refuse it with the
    number of points it needs.
    """
    if np.size(years) == 0 and np.size(values) == 0:  # type: ignore[arg-type]
        return np.empty(0), np.empty(0)
    time = vector(years, "years")
    level = vector(values, "values")
    positive(level, "values")
    if time.size != level.size:
        raise ValueError(
            f"years and values must have the same length, got {time.size} and {level.size}."
        )
    steps = np.diff(time)
    if not (steps > 0).all():
        where = int(np.flatnonzero(~(steps > 0))[0])
        raise ValueError(
            f"years must be strictly increasing, got {time[where]:g} then {time[where + 1]:g}; "
            "keep one value per year and sort the rows."
        )
    return time, level


def result(array: np.ndarray, what: str) -> float | np.ndarray:
    """Return a float for a scalar result; refuse results beyond floating-point range."""
    array = np.asarray(array, dtype=float)
    if not np.isfinite(array).all():
        raise ValueError(f"{what} is beyond the range of floating-point numbers; check the inputs.")
    return float(array) if array.ndim == 0 else array


def log_ratio(end: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return ln(end/start) without overflow and without loss when the two are close."""
    change = end - start
    close = np.abs(change) <= 0.5 * start
    # ln(end/start) of nearly equal figures loses digits in the quotient; log1p of the exact
    # difference keeps them. Far apart, the difference of logs cannot overflow.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        near = np.log1p(np.where(close, change / start, 0.0))
    return np.where(close, near, np.log(end) - np.log(start))


def per_cent(rate: float) -> str:
    """Return a rate as printed in the book: one decimal of a per cent."""
    return f"{100 * rate:.1f} %"


def few_points_message(model: str, floor: int, years: np.ndarray, values: np.ndarray) -> str:
    """Compose the refusal for too few values, with the implied rate where two values exist."""
    count = values.size
    head = f"{model} growth needs at least {floor} like-for-like annual values; got {count}. "
    if count < 2:
        return head + "Reported instead: the figure as printed and the spread of the publishers."
    log_rate = log_ratio(values[-1], values[0]) / (years[-1] - years[0])
    with np.errstate(over="ignore"):
        rate = float(np.expm1(log_rate))
    return head + (
        f"Reported instead: the constant rate implied by the figures ({per_cent(rate)} a year) "
        "and the spread of the publishers."
    )


def student_quantile(df: float, coverage: float) -> float:
    """Return the two-sided Student t quantile for `df` > 0 and a central `coverage`."""
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + 0.5 * coverage))
