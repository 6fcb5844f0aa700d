"""Reading dates: a period with a first and a last day, and its words."""

import calendar
import datetime
import re
from dataclasses import dataclass

PRECISIONS = ["year", "month", "day"]  # from coarse to fine
SINGLE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")  # \d takes any script's digits
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")


class DateError(ValueError):
    """A date that cannot be read, or an outside date that its source does not bear out."""


@dataclass(frozen=True)
class Period:
    """A date with the width its source gives it.

    Attributes
    ----------
    text : str
        As written in the table.
    start, end : datetime.date
        First and last day; `start` is None for a date of the form ``../2020-06``.
    precision : {'year', 'month', 'day'}
        Of the coarser end, where there are two.
    approximate : bool
        True for ``2009~``. The width of "about" is not known, so `start` and `end` ignore it.
    """

    text: str
    start: datetime.date | None
    end: datetime.date
    precision: str
    approximate: bool = False

    def __str__(self):
        return self.text

    @property
    def is_range(self) -> bool:
        """True for ``2017/2019`` and ``../2020-06``."""
        return "/" in self.text


def parse(text: str) -> Period:
    """Read a date of the tables.

    Parameters
    ----------
    text : str
        One of the forms that `helpers.dates` names.

    Returns
    -------
    Period

    Raises
    ------
    DateError
        If the text has no such form, names a day that does not exist, or runs backwards.

    Examples
    --------
    >>> period = parse("2018-10")
    >>> period.start.isoformat(), period.end.isoformat(), period.precision
    ('2018-10-01', '2018-10-31', 'month')
    """
    if not isinstance(text, str):
        raise DateError(f"A date is text such as '2018-10'; got {text!r}.")
    approximate = text.endswith("~")
    body = text.removesuffix("~")
    first, slash, last = body.partition("/")
    if approximate and slash:
        raise DateError(f"{text!r}: '~' (about) goes with a single date, not with a range.")
    if not slash:
        start, end, precision = _single(body, text)
        return Period(text, start, end, precision, approximate)
    last_start, end, last_precision = _single(last, text)
    if first == "..":
        return Period(text, None, end, last_precision)
    start, _, first_precision = _single(first, text)
    if start > last_start:
        raise DateError(f"{text!r} ends before it begins. Write the earlier date first.")
    coarser = min(first_precision, last_precision, key=PRECISIONS.index)
    return Period(text, start, end, coarser)


def _single(part: str, text: str):
    """First day, last day and precision of a year, a month or a day."""
    match = SINGLE.fullmatch(part)
    if match is None:
        raise DateError(
            f"{text!r} is not a date of the tables. Write 2019, 2018-10, 2020-12-04, 2017/2019, "
            f"../2020-06 or 2009~."
        )
    year, month, day = (None if group is None else int(group) for group in match.groups())
    try:
        # Not `month or 1`: month 00 would become January.
        start = datetime.date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise DateError(f"{text!r}: there is no such day. Check month and day.") from None
    if day is not None:
        return start, start, "day"
    if month is not None:
        return start, start.replace(day=calendar.monthrange(year, month)[1]), "month"
    return start, datetime.date(year, 12, 31), "year"


def years(period: Period) -> tuple[float, float]:
    """Start and end of a period in decimal years, for a time axis; the end is exclusive.

    Raises
    ------
    DateError
        If the period has no start.
    """
    if period.start is None:
        raise DateError(f"{period.text!r} has no beginning, so it has no place on a time axis.")
    return _decimal(period.start, 0), _decimal(period.end, 1)


def _decimal(day: datetime.date, add_days: int) -> float:
    # Days are added as numbers, since the last day of year 9999 has no next day.
    length = 366 if calendar.isleap(day.year) else 365
    return day.year + (day.timetuple().tm_yday - 1 + add_days) / length


def agree(first: Period, second: Period) -> bool:
    """Whether two dates can be dates of one event: they share at least one day.

    "2019" and "2019-12-20" agree; "2019" and "2020-12-04" do not.
    """
    earliest = datetime.date.min
    return (first.start or earliest) <= second.end and (second.start or earliest) <= first.end


def in_words(text: str) -> str:
    """A single date as prose writes it: ``2016``, ``April 2017``, ``4 December 2020``.

    Raises
    ------
    DateError
        For ranges and approximate dates.
    """
    period = parse(text)
    if period.is_range or period.approximate:
        raise DateError(f"{text!r}: only a single date is put into words.")
    # calendar.month_name and strftime would follow the reader's locale.
    month = MONTHS[period.start.month - 1]
    return {"year": f"{period.start.year}", "month": f"{month} {period.start.year}",
            "day": f"{period.start.day} {month} {period.start.year}"}[period.precision]


def months_in_words(text: str) -> str:
    """The months that a date spans: ``October 2016``, ``January to June 2020``.

    A year alone reads ``2014, month not stated``. A day is not printed.

    Raises
    ------
    DateError
        If the date cannot be read or has no beginning.
    """
    period = parse(text)
    if period.start is None:
        raise DateError(f"{text!r} has no beginning, so it spans no stated months.")
    first, last = period.start, period.end
    if period.precision == "year":
        years_named = dict.fromkeys([first.year, last.year])
        return f"{' to '.join(map(str, years_named))}, month not stated"
    ends = [MONTHS[first.month - 1], MONTHS[last.month - 1]]
    if first.year != last.year:
        ends[0] += f" {first.year}"
    return f"{' to '.join(dict.fromkeys(ends))} {last.year}"
