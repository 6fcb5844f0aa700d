"""Rule: what readers meet first states numbers of its own data, not of any text of the chapter.

A figure's title counts the rows that the figure draws, or a result; an answer or a finding gives
results, figures that its chapter rests on, or rows. That another sentence has the number is no
reason: both may be wrong. Words of order and extent are held by `helpers.said`.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from helpers import results
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.exhibits import YEAR, Exhibit, exhibits, values_of_rows
from helpers.pipeline.check.numbers import COUNTED, NO_RESULTS, NUMBER, given, number, numbers_in

FIRST = ("answer", "finding", "question")  # how the names of sentences on first screens begin
LEFT = re.compile(r"\b(?:no|not|none|never|without|neither|other|others|un\w+)\b", re.IGNORECASE)
OF_ALL = re.compile(rf"({COUNTED.pattern}) of (?:the |these )?({COUNTED.pattern})", re.IGNORECASE)


def stated_faults(chapter: Chapter, claims: Mapping[str, Mapping] | None = None) -> list[str]:
    """Numbers in titles and first sentences that no datum behind them gives."""
    shown = exhibits(chapter)
    of_results = [value for entry in results.entries(chapter.notebook)
                  if entry["type"] == "result" for value in numbers_in(entry["value"])]
    settings = [value for value in map(number, map(str, chapter.parameters.values()))
                if value is not None]
    rests_on = {claim for entry in results.entries(chapter.notebook) for claim in entry["claims"]}
    behind = [*of_results, *settings,
              *(value for claim, row in (claims or {}).items() if claim in rests_on
                for value in _printed(row))]
    found = [f"{chapter.name}, figure {each.name}, title: {token} is no number of its rows and no "
             f"result. Count it from the rows that the figure draws."
             for each in shown if each.sort == "figure"
             for token in title_faults(each, behind)]
    known = [*behind, *(value for each in shown for value in values_of_rows(each))]
    # The year of a result stands in its label.
    years = {token for entry in results.entries(chapter.notebook) if entry["type"] == "result"
             for token in YEAR.findall(f"{entry['label']} {entry['scope']} {entry['name']}")}
    return found + [
        f"{chapter.name}, sentence {entry['name']}: {token} is no result, printed figure or row of "
        f"this chapter. Record it, with results.record, and format it from there."
        for entry in results.entries(chapter.notebook)
        if entry["type"] == "sentence" and entry["name"].startswith(FIRST)
        for token in COUNTED.findall(NO_RESULTS.sub(" ", entry["text"]))
        if token not in years and not given(token, known)]


def title_faults(figure: Exhibit, behind: Collection[float]) -> list[str]:
    """Numbers of a figure's title that neither its rows nor what stands behind it gives.

    Parameters
    ----------
    figure : Exhibit
    behind : collection of float
        Values of results, parameters and printed figures. They do not excuse what a title counts:
        the 11 of ``11 of 15`` is a number of the rows themselves.
    """
    title = NO_RESULTS.sub(" ", figure.words.get("title", ""))
    own = values_of_rows(figure, left=bool(LEFT.search(title)))
    counted = {match[1] for match in OF_ALL.finditer(title)}
    return [token for token in COUNTED.findall(title) if not given(token, own)
            and (token in counted or not YEAR.fullmatch(token) and not given(token, behind))]


def _printed(row: Mapping) -> Iterable[float]:
    yield float(row["value"])
    yield from (number(token) for token in NUMBER.findall(str(row["printed"])))
