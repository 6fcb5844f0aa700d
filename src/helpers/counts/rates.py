"""What a total means when it is spread evenly, and what it is at least."""

import pandas as pd

from helpers.counts._checks import CountError, whole

SECONDS_PER_DAY = 86_400


def spread_evenly(totals, members, days):
    """Totals of a period as rates, as if they were spread evenly over members and days.

    Parameters
    ----------
    totals : pandas.Series
        Events of the whole period.
    members : int
        Those among whom they fell, at least 1.
    days : int
        Length of the period, at least 1.

    Returns
    -------
    pandas.DataFrame
        Indexed as `totals`: ``per_member``, ``per_member_day`` and ``per_second`` (of all).

    Raises
    ------
    CountError
        If `members` or `days` is no positive whole number.
    """
    members, days = whole(members, "members", 1), whole(days, "days", 1)
    per_member = totals / members
    return pd.DataFrame({
        "per_member": per_member,
        "per_member_day": per_member / days,
        "per_second": totals / (days * SECONDS_PER_DAY),
    })


def least_total(parts, floor, share) -> float:
    """Lower bound of a total of which some parts, each above a floor, are a known share.

    Parameters
    ----------
    parts : int
        Number of parts, at least 1.
    floor : float
        Each part is larger.
    share : float
        Of all parts together in the total, fraction above 0.

    Raises
    ------
    CountError
        If there is no part, or the share is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise CountError(f"A share of a total lies above 0 and at most at 1; got {share!r}.")
    return whole(parts, "parts", 1) * floor / share
