"""A review as text: for the terminal, for a log of decisions, for a comment on a proposed change.
"""

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from helpers import words
from helpers.pipeline import differences, wording
from helpers.pipeline.differences import Difference
from helpers.pipeline.review import beside
from helpers.pipeline.review.groups import BESIDE, Group

MOST = 10  # differences of a group that are shown, the largest
FEW = 6  # cells of a table that are shown
LONGEST = 300  # characters of a text in the log and in a comment


def in_lines(groups: Sequence[Group], most: int = MOST) -> list[str]:
    """Groups for the terminal: a heading each, and the largest differences below it."""
    found = []
    for number, group in enumerate(groups, start=1):
        found.append(heading(number, groups))
        found += [f"  {differences.line(each)}" for each in group.differences[:most]]
        if len(group.differences) > most:
            found.append(f"  and {len(group.differences) - most} smaller ones")
    return found


def heading(number: int, groups: Sequence[Group]) -> str:
    """Number of a group, its cause and its count."""
    return f"{number} of {len(groups)}. {groups[number - 1].title}"


def block(each: Difference) -> list[str]:
    """One difference for who decides on it: its line; whole sentences; cells of a table."""
    found = [differences.line(each)]
    old, new = each.old, each.new
    if not isinstance(old, dict) or not isinstance(new, dict):
        return found
    if each.sort in ("sentence", "quote"):
        return [*found, f"    - {old['text']}", f"    + {new['text']}"]
    apart = differences.cells_apart(old.get("text/csv", ""), new.get("text/csv", ""))
    if each.change == "value" and len(apart) > 1:
        found += [f"    {cell.said}" for cell in apart[:FEW]]
        found += [f"    and {len(apart) - FEW} more"] if len(apart) > FEW else []
    if each.sort == "figure":
        found.append("    to look at it: book review --page review.html")
    return found


def log_rows(found: Iterable[tuple[str, Difference]], reasons: Mapping[tuple, str], date: str
             ) -> list[dict]:
    """Rows for the log of what moved: a line each, and one for what would be many alike.

    Parameters
    ----------
    found : iterable of (str, Difference)
        What was accepted, with its cause.
    reasons : mapping
        (cause, kind of change) -> why it was wanted.
    date : str
    """
    found = list(found)
    mine = [each for _, each in found if each.sort not in (beside.SCENARIO, beside.DATA)]
    counts = Counter(each.chapter for each in mine)
    grown = {name for name, count in counts.items() if count > MOST and all(
        each.change == "new" for each in mine if each.chapter == name)}
    rows, many = [], {}
    for cause, each in found:
        row = {"date": date, "chapter": each.chapter, "change": each.change, "cause": cause,
               "reason": reasons[cause, each.change]}
        if each.sort == beside.SCENARIO or each.chapter in grown:
            what = "under scenarios" if each.sort == beside.SCENARIO else "all of it"
            many.setdefault((what, *row.values()), [row, what, 0])[2] += 1
        else:
            old, new = ends(each)
            rows.append({**row, "name": each.name, "old": old, "new": new})
    return rows + [{**row, "name": what, "old": "", "new": words.plural(count, "row" if "under" in
                                                                       what else "output")}
                   for row, what, count in many.values()]


def ends(each: Difference) -> tuple[str, str]:
    """What stood there and what stands there now, as texts."""
    old, new = each.old, each.new
    if each.change in ("new", "gone"):
        pair = ["" if side is None else differences.said(side) for side in (old, new)]
    elif each.change == "value" and "value" in old and old["text"] == new["text"]:
        pair = [str(old["value"]), str(new["value"])]
    elif each.change in ("value", "text") and "claims" in old:
        named = differences.fields_apart(old, new) if each.change == "text" else ["text"]
        pair = [", ".join(str(side.get(name, "")) if name == "text" else f"{name} {side.get(name)}"
                          for name in named) for side in (old, new)]
    else:
        pair = ["", differences.detail(each)]
    return tuple(wording.shortened(text, LONGEST) for text in pair)


def changelog_entries(groups: Iterable[Group], reasons: Mapping[tuple, str]) -> list[str]:
    """An entry for each reason, with what moved for it."""
    moved: dict[str, dict[str, list[str]]] = {}
    for group in groups:
        moved.setdefault(reasons[group.cause, group.change], {}).setdefault(
            group.cause, []).append(group.counted)
    return [f"{reason.rstrip('.')}: " + "; ".join(
        f"{', '.join(counts)} ({cause})" for cause, counts in by_cause.items()) + "."
        for reason, by_cause in moved.items()]


# ------------------------------------------------------------------ a comment

def comment(groups: Sequence[Group]) -> str:
    """Markdown for a comment on a proposed change: counts, the ten largest, sentences that turned.
    """
    if not groups:
        return "**No output of the book moves.**\n"
    every = sorted((each for group in groups for each in group.differences),
                   key=lambda each: -each.size)
    chapters = {each.chapter for each in every} - set(BESIDE)
    where = f"in {words.plural(len(chapters), 'chapter')}" if chapters else "beside the chapters"
    parts = [f"**{words.opening(words.plural(len(every), 'output'))} of the book "
             f"{words.inflected(len(every), 'differs', 'differ')}**, {where}.",
             "\n".join(["| Cause | What | Count |", "| --- | --- | ---: |", *(
                 f"| {plain(group.cause)} | {plain(group.counted.split(' ', 1)[1])} | "
                 f"{len(group.differences)} |" for group in groups)])]
    turned = [each for each in every if each.sort == "sentence" and each.change == "text"]
    if turned:
        parts.append("**Sentences that read otherwise**\n\n" + "\n".join(
            f"- {_bullet(each)}" for each in turned[:MOST]) + _more(turned))
    rest = [each for each in every if each not in turned]
    if rest:
        parts.append("**The largest of the others**\n\n" + "\n".join(
            f"- {_bullet(each)}" for each in rest[:MOST]) + _more(rest))
    return "\n\n".join(parts) + "\n"


def _bullet(each: Difference) -> str:
    return plain(wording.shortened(differences.line(each), LONGEST))


def _more(listed: list) -> str:
    return f"\n- and {len(listed) - MOST} smaller ones" if len(listed) > MOST else ""


def plain(text: str) -> str:
    """Text that Markdown shows as it is: no mark-up, no mention, no reference, no line of its own.
    """
    safe = html.escape(" ".join(text.split()), quote=False)
    return "".join(f"&#{ord(sign)};" if sign in "\\`*_[]|@#~$!" else sign for sign in
                   safe.replace("&lt;", "\x01").replace("&gt;", "\x02").replace("&amp;", "\x03")
                   ).replace("\x01", "&lt;").replace("\x02", "&gt;").replace("\x03", "&amp;")
