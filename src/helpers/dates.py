"""Dates as the tables write them, and which date a document gets under a dating rule.

The tables keep dates in a small part of EDTF: ``2019``, ``2018-10``, ``2020-12-04``,
``2017/2019`` (from, to), ``../2020-06`` (up to) and ``2009~`` (about). A date is a period with a
first and a last day, never a single day that nobody stated: a document "of 2019" may be as young
as December, and a chart that put it on 1 January would say more than its source.
"""

import calendar
import datetime
import re
from dataclasses import dataclass

import pandas as pd

from helpers.confidence import CONFIDENCE

RULES = ("stated_only", "title_or_code", "with_outside_dates")
BASES = {  # dating rule -> bases in the paper that put a document on the timeline
    "stated_only": ("stated",),
    "title_or_code": ("stated", "title", "code"),
    "with_outside_dates": ("stated", "title", "code"),
}
PRECISIONS = ["year", "month", "day"]  # from coarse to fine
SINGLE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")  # \d takes any script's digits


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
        One of the forms named at the top of this module.

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


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")
WRITTEN = re.compile(rf"(?:(?:[0-9]{{1,2}} )?(?:{'|'.join(MONTHS)}) )?[0-9]{{4}}")


def outside(readings, checks, findings, min_confidence):
    """Outside dates of instruments, one row an instrument, each held against its source.

    Parameters
    ----------
    readings : pandas.DataFrame
        Table ``outside_dates``: our reading of the sources.
    checks, findings : pandas.DataFrame
        Tables ``outside_checks`` and ``outside_findings``: the sources.
    min_confidence : {'low', 'medium', 'high'}
        Weakest row used. Where two sources speak of one instrument, one that gives a date goes
        before one that only speaks against the printed date.

    Returns
    -------
    pandas.DataFrame
        Columns ``item_id, source_id, date_outside`` (missing where the source speaks against
        the printed date and offers no other), ``confidence``, ``event`` (in words), ``finding``
        and ``address``; empty if nothing is confident enough.

    Raises
    ------
    DateError
        If a source is missing, does not name a date of its row, or is less confident than it.
    """
    sources = pd.concat([
        checks.rename(columns={"check_id": "source_id", "url": "address"}),
        findings.rename(columns={"finding_id": "source_id"}),
    ])[["source_id", "confidence", "finding", "address"]].set_index("source_id")
    rows = []
    for reading in readings.to_dict("records"):
        if reading["source_id"] not in sources.index:
            raise DateError(
                f"No outside check or finding is called {reading['source_id']!r}, which should "
                f"date {reading['item_id']!r}. Restore its row or correct outside_dates.")
        source = sources.loc[reading["source_id"]]
        # The sources are prose, so a date may differ between the two tables without notice.
        named = WRITTEN.findall(reading["note"])
        if isinstance(reading["date_outside"], str):
            named.append(in_words(reading["date_outside"]))
        for date in named:
            if date not in source["finding"]:
                raise DateError(
                    f"The finding of {reading['source_id']} does not say {date!r}. Correct the "
                    f"row of {reading['item_id']!r} in outside_dates to what it says.")
        sure = CONFIDENCE.index(reading["confidence"])
        if sure > CONFIDENCE.index(source["confidence"]):
            raise DateError(
                f"{reading['item_id']!r} has {reading['confidence']} confidence in outside_dates, "
                f"its source {reading['source_id']} only {source['confidence']}. Lower the first.")
        if sure >= CONFIDENCE.index(min_confidence):
            rows.append({**reading, "event": reading["note"], "finding": source["finding"],
                         "address": source["address"]})
    frame = pd.DataFrame(rows, columns=[
        "item_id", "source_id", "date_outside", "confidence", "event", "finding", "address"])
    order = frame["date_outside"].isna().sort_values(kind="stable").index
    return frame.loc[order].drop_duplicates("item_id").sort_index().reset_index(drop=True)


def conflicts(printed: str | None, date_outside: str | None) -> bool:
    """Whether an outside source speaks against a printed date.

    It does if its date shares no day with the printed one, or if it has none: it then denies that
    the dated event took place. Nothing speaks against a date that is not printed.
    """
    if printed is None:
        return False
    return date_outside is None or not agree(parse(printed), parse(date_outside))


def choose(items, rule: str, outside_dates):
    """Date of each item under a dating rule.

    Parameters
    ----------
    items : pandas.DataFrame
        Columns ``item_id``, ``date`` and ``date_basis`` (stated, title, code, none).
    rule : {'stated_only', 'title_or_code', 'with_outside_dates'}
        The last one takes the dates of the second and lets outside ones go before them. An item
        whose date is contradicted without another date being given is then undated.
    outside_dates : pandas.DataFrame
        Result of `outside`.

    Returns
    -------
    pandas.DataFrame
        A copy with the columns ``chosen_date`` (missing if undated), ``chosen_basis`` (stated,
        title, code, outside, contradicted or none), ``dated`` (bool), ``date_outside``,
        ``event``, ``confidence`` and ``conflict`` (bool; whatever the rule).

    Raises
    ------
    DateError
        If the rule is unknown, a date cannot be read, or an item stands twice.
    """
    if rule not in RULES:
        raise DateError(f"Dating rule {rule!r} is not one of {', '.join(RULES)}.")
    if items["item_id"].duplicated().any():
        twice = items.loc[items["item_id"].duplicated(), "item_id"].iloc[0]
        raise DateError(f"{twice!r} stands twice. An item named twice counts once.")
    other = outside_dates.set_index("item_id")
    chosen, bases, conflict = [], [], []
    for item in items.to_dict("records"):
        printed = item["date"] if isinstance(item["date"], str) else None
        if printed is not None:
            parse(printed)
        date, basis = (printed, item["date_basis"]) if item["date_basis"] in BASES[rule] else (
            None, "none")
        against = False
        if item["item_id"] in other.index:
            found = other.loc[item["item_id"], "date_outside"]
            found = found if isinstance(found, str) else None
            against = conflicts(printed, found)
            if rule == "with_outside_dates" and found is not None:
                # An outside date that agrees may be finer, so it goes first as well.
                date, basis = found, "outside"
            elif rule == "with_outside_dates" and against:
                date, basis = None, "contradicted"
        chosen.append(date)
        bases.append(basis)
        conflict.append(against)
    result = items.assign(chosen_date=pd.Series(chosen, index=items.index, dtype="str"),
                          chosen_basis=bases, conflict=conflict)
    result["dated"] = result["chosen_date"].notna()
    return result.merge(outside_dates[["item_id", "date_outside", "event", "confidence"]],
                        on="item_id", how="left")
