"""Which results move between editions of the book, by how much, and which cannot be compared.

Input is the table ``scenario_results``: one row per scenario, chapter and result, with a row for
the baseline, and for another scenario only where the chapter reads a parameter that it changes. A
(scenario, chapter) without rows is *not affected*; nothing is concluded from it.

Results are joined by chapter and name. Values are compared as numbers only where unit, scope and
status agree. A dictionary or list is compared entry by entry, never summed up into one number.
No edition has a weight or a probability, so nothing here is averaged over editions.
"""

import itertools
import json
import math

import numpy as np
import pandas as pd

from helpers.agreement import agree, is_number
from helpers.parameters import BASELINE

STABLE_SPREAD = 0.01  # relative spread up to which a result counts as stable
CLASSES = ("stable", "sensitive", "conditional", "not affected")
CONDITIONAL = ("status", "scope", "order")  # comparisons that make a result conditional
KEY = ["chapter", "result"]
ORIGINLESS = {"year", "rank"}  # units whose zero means nothing: no relative change is formed


def prepare(frame):
    """Check the join and read the values.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ``scenario, chapter, result, label, unit, status, scope, value`` (float),
        ``value_json`` (text), ``text``.

    Returns
    -------
    pandas.DataFrame
        The same rows, missing texts empty, with the column ``content``: a number, text, list,
        dictionary, or None where the result is withheld.

    Raises
    ------
    ValueError
        If a result stands twice in a scenario, has two units (names result, units and scenarios),
        is missing from a scenario that holds other results of its chapter, or has no baseline.
    """
    rows = frame.reset_index(drop=True).copy()
    for column in ("scope", "value_json", "text"):
        rows[column] = rows[column].astype(object).where(rows[column].notna(), "")
    repeated = rows[rows.duplicated(["scenario", *KEY])]
    if len(repeated):
        row = repeated.iloc[0]
        raise ValueError(f"{row['chapter']}: {row['result']} stands twice in {row['scenario']}.")
    for (chapter, result), group in rows.groupby(KEY, sort=False):
        if len(set(group["unit"])) > 1:
            found = "; ".join(f"{unit!r} in {', '.join(part['scenario'])}"
                              for unit, part in group.groupby("unit", sort=False))
            raise ValueError(f"{chapter}: {result} has more than one unit: {found}. Results of "
                             "different units are not compared; give one of them another name.")
        if BASELINE not in set(group["scenario"]):
            raise ValueError(f"{chapter}: {result} stands in {', '.join(group['scenario'])} and "
                             "not in the baseline. Let the chapter record it in both.")
    for chapter, group in rows.groupby("chapter", sort=False):
        every = set(group["result"])
        for scenario, part in group.groupby("scenario", sort=False):
            missing = sorted(every - set(part["result"]))
            if missing:
                raise ValueError(f"{chapter} in {scenario} lacks {', '.join(missing)}. The table "
                                 "is not whole: run `book accept`.")
    rows["content"] = pd.Series(
        [json.loads(row.value_json) if row.value_json
         else None if pd.isna(row.value) else float(row.value)
         for row in rows.itertuples()], index=rows.index, dtype=object)
    return rows


def flatten(content, path=()):
    """Entries of a value: path (keys and positions joined by ``, ``) -> number or text.

    A number or text is one entry with an empty path; None has no entry.
    """
    if content is None:
        return {}
    if isinstance(content, dict):
        pairs = content.items()
    elif isinstance(content, list):
        pairs = enumerate(content, start=1)
    else:
        return {", ".join(path): content}
    return {name: leaf for key, item in pairs
            for name, leaf in flatten(item, (*path, str(key))).items()}


def relative_change(old, new, unit):
    """Change of an entry relative to the size of its default.

    Returns
    -------
    float
        ``(new - old) / |old|``. Infinite, with the sign of the change where it has one, if the
        entry moved and no relative change exists: the default is zero, one of the two is no
        number or not there, or the unit has no zero of its own (`ORIGINLESS`).
    """
    if agree(old, new):
        return 0.0
    if not (is_number(old) and is_number(new)):
        return math.inf
    if old == 0 or unit in ORIGINLESS:
        return math.copysign(math.inf, new - old)
    return (new - old) / abs(old)


def pair_relations(ranks):
    """How every two names of a ranking stand to each other.

    Parameters
    ----------
    ranks : dict
        Name -> rank, 1 is best; equal ranks are ties.

    Returns
    -------
    dict
        ``(a, b)`` in alphabetical order -> -1 if a stands ahead, 0 if tied, 1 if b stands ahead.
    """
    return {(a, b): int(np.sign(ranks[a] - ranks[b]))
            for a, b in itertools.combinations(sorted(ranks), 2)}


def pair_changes(default, other):
    """Pairs that stand otherwise to each other in another ranking of the same names.

    Parameters
    ----------
    default, other : dict
        Name -> rank, 1 is best; equal ranks are ties.

    Returns
    -------
    list of dict
        ``first, second`` (the first is ahead by default; by name if they tie there), ``before``
        and ``after`` in words, ``how``: ``reversed``, ``becomes tied`` or ``no longer tied``.

    Raises
    ------
    ValueError
        If the two rankings are not of the same names.
    """
    if set(default) != set(other):
        odd = ", ".join(sorted(set(default) ^ set(other)))
        raise ValueError(f"The two rankings do not hold the same names: {odd}.")
    old, new, found = pair_relations(default), pair_relations(other), []
    for (a, b), before in old.items():
        after = new[a, b]
        if before == after:
            continue
        first, second = (b, a) if before > 0 else (a, b)
        how = "no longer tied" if before == 0 else "becomes tied" if after == 0 else "reversed"
        found.append({"first": first, "second": second, "how": how,
                      "before": _in_words(a, b, before), "after": _in_words(a, b, after)})
    return found


def _in_words(a, b, relation):
    if relation == 0:
        return f"{a} and {b} tied"
    ahead, behind = (a, b) if relation < 0 else (b, a)
    return f"{ahead} ahead of {behind}"


def _is_ranking(row, content):
    return row.unit == "rank" and isinstance(content, dict) and all(map(is_number,
                                                                        content.values()))


def effects(frame):
    """One-at-a-time effects: every edition against the baseline, result by result.

    Parameters
    ----------
    frame : pandas.DataFrame
        As for `prepare`.

    Returns
    -------
    pandas.DataFrame
        One row per scenario other than the baseline, chapter and result: ``label, unit,
        default_text, text``, the two ``content``, and

        - ``comparison``: ``same``; ``number`` or ``entries`` (compared, and they differ);
          ``status``, ``scope`` (not compared as numbers) or ``order`` (names change places);
        - ``relative``: change of the entry that moved most, see `relative_change`; missing where
          nothing is compared as a number;
        - ``entry, entry_default, entry_value``: that entry; ``moved, entries``: how many of how
          many entries moved.

    Notes
    -----
    Rankings (unit ``rank``, names with a rank each) are compared as orders and first of all, also
    across scopes: an order is no number.
    """
    rows = prepare(frame)
    default = {(row.chapter, row.result): row for row in rows.itertuples()
               if row.scenario == BASELINE}
    found = []
    for row in rows[rows["scenario"] != BASELINE].itertuples():
        base = default[row.chapter, row.result]
        found.append({
            "scenario": row.scenario, "chapter": row.chapter, "result": row.result,
            "label": base.label, "unit": row.unit, "status_default": base.status,
            "status": row.status, "scope_default": base.scope, "scope": row.scope,
            "default_text": base.text, "text": row.text, "default": base.content,
            "content": row.content, **_compare(base, row)})
    columns = ["scenario", "chapter", "result", "label", "unit", "status_default", "status",
               "scope_default", "scope", "default_text", "text", "default", "content",
               "comparison", "relative", "entry", "entry_default", "entry_value", "moved",
               "entries"]
    return pd.DataFrame(found, columns=columns)


def _compare(base, row):
    nothing = {"relative": math.nan, "entry": "", "entry_default": None, "entry_value": None,
               "moved": 0, "entries": 0}
    if base.status != row.status:
        return {"comparison": "status", **nothing}
    if (_is_ranking(base, base.content) and _is_ranking(row, row.content)
            and set(base.content) == set(row.content)):
        if pair_changes(base.content, row.content):
            return {"comparison": "order", **nothing}
        if base.content == row.content:
            return {"comparison": "same", **nothing}
    if base.scope != row.scope:
        return {"comparison": "scope", **nothing}
    old, new = flatten(base.content), flatten(row.content)
    paths = list(dict.fromkeys([*old, *new]))
    changes = {path: relative_change(old.get(path), new.get(path), row.unit) for path in paths}
    moved = [path for path in paths if changes[path] != 0]
    if not moved:
        return {"comparison": "same", **nothing, "relative": 0.0, "entries": len(paths)}
    most = max(moved, key=lambda path: abs(changes[path]))
    whole = is_number(base.content) and is_number(row.content)
    return {"comparison": "number" if whole else "entries", "relative": changes[most],
            "entry": most, "entry_default": old.get(most), "entry_value": new.get(most),
            "moved": len(moved), "entries": len(paths)}


def summarise(frame):
    """What the editions do to each result, and its class.

    Parameters
    ----------
    frame : pandas.DataFrame
        As for `prepare`.

    Returns
    -------
    pandas.DataFrame
        One row per chapter and result, in the order of the baseline:

        - ``label, unit, status, default_text``, ``withheld`` (no value in any edition);
        - ``editions``: scenarios that touch its chapter; ``differ``: those in which it differs;
        - ``default, minimum, maximum`` and the scenarios ``minimum_in, maximum_in``: single
          numbers only, over the baseline and the editions of the same status and scope;
        - ``spread``: (maximum - minimum) / |default|, for lists and dictionaries that of the entry
          that moved most; infinite where it moved and no relative change exists;
        - ``sign_change, status_change, scope_change, order_change``;
        - ``class``: ``conditional`` (status, scope or order changes in some edition),
          ``sensitive`` (spread above 1 %), ``stable``, or ``not affected`` (no edition).
    """
    rows = prepare(frame)
    against = effects(frame)
    groups = dict(list(against.groupby(KEY, sort=False)))
    nobody = against.iloc[:0]
    return pd.DataFrame([_summary(base, groups.get((base.chapter, base.result), nobody))
                         for base in rows[rows["scenario"] == BASELINE].itertuples()])


def _summary(base, group):
    kinds = set(group["comparison"])
    comparable = group[~group["comparison"].isin(CONDITIONAL)]
    values = {BASELINE: base.content,
              **dict(zip(comparable["scenario"], comparable["content"], strict=True))}
    entries = {scenario: flatten(content) for scenario, content in values.items()}
    paths = list(dict.fromkeys(path for leaves in entries.values() for path in leaves))
    series = {path: [leaves.get(path) for leaves in entries.values()] for path in paths}
    # Where every edition gives single numbers, the extremes can be named.
    single = bool(values) and all(map(is_number, values.values()))
    low = min(values, key=values.get) if single else ""
    high = max(values, key=values.get) if single else ""
    spread = max((_spread(leaves, base.unit) for leaves in series.values()), default=0.0)
    if not len(group):
        group_class = "not affected"
    elif kinds & set(CONDITIONAL):
        group_class = "conditional"
    else:
        group_class = "stable" if spread <= STABLE_SPREAD else "sensitive"
    return {
        "chapter": base.chapter, "result": base.result, "label": base.label, "unit": base.unit,
        "status": base.status, "default_text": base.text,
        "withheld": base.content is None and all(item is None for item in group["content"]),
        "editions": len(group), "differ": int((group["comparison"] != "same").sum()),
        "default": base.content if single else math.nan,
        "minimum": values[low] if single else math.nan, "minimum_in": low,
        "maximum": values[high] if single else math.nan, "maximum_in": high,
        "spread": spread,
        "sign_change": any(_has_both_signs(leaves) for leaves in series.values()),
        "status_change": "status" in kinds, "scope_change": "scope" in kinds,
        "order_change": "order" in kinds, "class": group_class,
    }


def _spread(leaves, unit):
    """Spread of one entry over editions, relative to its first value, which is the default."""
    if all(agree(leaves[0], leaf) for leaf in leaves[1:]):
        return 0.0
    if not all(map(is_number, leaves)) or leaves[0] == 0 or unit in ORIGINLESS:
        return math.inf
    return (max(leaves) - min(leaves)) / abs(leaves[0])


def _has_both_signs(leaves):
    numbers = [leaf for leaf in leaves if is_number(leaf)]
    return bool(numbers) and min(numbers) < 0 < max(numbers)


def log_distance(summary):
    """How far the editions take each result from its default, on a log scale.

    Parameters
    ----------
    summary : pandas.DataFrame
        From `summarise`.

    Returns
    -------
    pandas.Series
        Size of the log of the ratio to the default, at the end that lies further: a third is as
        far as three times. Missing where a value has another sign than the default, or is zero.
    """
    ends = summary[["minimum", "maximum"]].astype(float).div(
        summary["default"].astype(float), axis=0)
    return np.log(ends.where(ends > 0)).abs().max(axis=1, skipna=False)


def most_moved(summary, count=10):
    """The sensitive results that editions take furthest, on a log scale, most moved first.

    Single numbers of one sign only: lists, dictionaries and results whose default is zero have no
    one number that a scale of ratios could show, and a conditional result is more than its numbers.
    Counts are left out: from one to two is a step, and no measure of a movement.

    Parameters
    ----------
    summary : pandas.DataFrame
        From `summarise`.
    count : int

    Returns
    -------
    pandas.DataFrame
        At most `count` rows of `summary`, with the column ``distance`` of `log_distance`.
    """
    fit = summary[(summary["class"] == "sensitive") & summary["default"].notna()
                  & (summary["unit"] != "count")]
    fit = fit.assign(distance=log_distance(fit)).dropna(subset=["distance"])
    return fit.sort_values("distance", ascending=False, kind="stable").head(count)


def extremes(against, chapter, result):
    """The editions that move one result furthest down and up.

    Parameters
    ----------
    against : pandas.DataFrame
        From `effects`.
    chapter, result : str

    Returns
    -------
    list of dict
        ``scenario, relative, text``; none, one or two: a side that no edition moves to is left out.
    """
    rows = against[(against["chapter"] == chapter) & (against["result"] == result)
                   & (against["comparison"] == "number") & np.isfinite(against["relative"])]
    found = []
    for side in (-1, 1):
        part = rows[np.sign(rows["relative"].astype(float)) == side]
        if len(part):
            row = part.loc[part["relative"].abs().idxmax()]
            found.append({"scenario": row["scenario"], "relative": float(row["relative"]),
                          "text": row["text"]})
    return found


def order_changes(frame):
    """Pairs of names that change places in some edition, over all recorded rankings.

    Parameters
    ----------
    frame : pandas.DataFrame
        As for `prepare`.

    Returns
    -------
    pandas.DataFrame
        One row per chapter, result, scenario and pair: ``first, second, how, before, after`` as in
        `pair_changes`.
    """
    against = effects(frame)
    found = [{"chapter": row.chapter, "result": row.result, "scenario": row.scenario, **pair}
             for row in against[against["comparison"] == "order"].itertuples()
             for pair in pair_changes(row.default, row.content)]
    return pd.DataFrame(found, columns=["chapter", "result", "scenario", "first", "second", "how",
                                        "before", "after"])


def moved_by_chapter(against):
    """How many results each edition moves in each chapter.

    Parameters
    ----------
    against : pandas.DataFrame
        From `effects`.

    Returns
    -------
    pandas.DataFrame
        Index scenario, columns chapter; a missing value where the chapter is not affected, which
        is not the same as 0.
    """
    return (against.assign(moved=(against["comparison"] != "same").astype(float))
            .pivot_table(index="scenario", columns="chapter", values="moved", aggfunc="sum",
                         sort=False))


def untouched(scenarios, names):
    """Parameters that no scenario changes, in the order given; nothing is known about them.

    Parameters
    ----------
    scenarios : pandas.DataFrame
        Column ``parameter``; missing for the baseline.
    names : list of str
    """
    changed = set(scenarios["parameter"].dropna())
    return [name for name in names if name not in changed]
