"""Which date wins: outside dates held against their sources, and the date under a rule."""

import re

import pandas as pd

from helpers.confidence import CONFIDENCE
from helpers.dates.edtf import MONTHS, DateError, agree, in_words, parse

RULES = ("stated_only", "title_or_code", "with_outside_dates")
BASES = {  # dating rule -> bases in the paper that put a document on the timeline
    "stated_only": ("stated",),
    "title_or_code": ("stated", "title", "code"),
    "with_outside_dates": ("stated", "title", "code"),
}
WRITTEN = re.compile(rf"(?:(?:[0-9]{{1,2}} )?(?:{'|'.join(MONTHS)}) )?[0-9]{{4}}")


def outside(readings, checks, findings, min_confidence, published=None):
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
    published : pandas.DataFrame, optional
        Table ``document_dates``: dates of items of which no check speaks, each with its event.

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
    for row in [] if published is None else published.to_dict("records"):
        if CONFIDENCE.index(row["confidence"]) >= CONFIDENCE.index(min_confidence):
            event = dated(row["event"], row["date"])
            rows.append({"item_id": row["item_id"], "source_id": "document_dates",
                         "date_outside": row["date"], "confidence": row["confidence"],
                         "event": event, "finding": f"{row['title']}: {event}.",
                         "address": row["url"]})
    frame = pd.DataFrame(rows, columns=[
        "item_id", "source_id", "date_outside", "confidence", "event", "finding", "address"])
    order = frame["date_outside"].isna().sort_values(kind="stable").index
    return frame.loc[order].drop_duplicates("item_id").sort_index().reset_index(drop=True)


def dated(event: str, date: str) -> str:
    """An event with its date: ``adopted on 27 April 2016``, ``published in May 2012``."""
    if event.endswith(" of"):  # the date follows as it stands
        return f"{event} {in_words(date)}"
    return f"{event} {'on' if parse(date).precision == 'day' else 'in'} {in_words(date)}"


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
