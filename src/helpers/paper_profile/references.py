"""Citation marks spelt out: which reference is cited where, and how directly."""

import re

import pandas as pd

from helpers.paper_profile._checks import ProfileError

RANGE = re.compile(r"(\d+)(?:\s*[-\u2013]\s*(\d+))?")


def expand_references(printed: str) -> list[int]:
    """Reference numbers behind a printed mark.

    Parameters
    ----------
    printed : str
        Inside of a mark: numbers and ranges with hyphen or en dash, separated by commas.

    Returns
    -------
    list of int
        ``2\u20134, 9`` gives 2, 3, 4, 9.

    Raises
    ------
    ProfileError
        If a part is neither a number nor an ascending range.
    """
    numbers = []
    for part in str(printed).split(","):
        part = part.strip()
        found = RANGE.fullmatch(part)
        if not found:
            raise ProfileError(f"Citation mark {printed!r}: {part!r} is no number or range.")
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            raise ProfileError(f"Citation mark {printed!r}: the range {part!r} runs backwards.")
        numbers += range(first, last + 1)
    return numbers


def reference_use(citations):
    """How each reference number is used, from the printed marks.

    Parameters
    ----------
    citations : pandas.DataFrame
        Columns ``position`` (order in the paper, unique) and ``printed``.

    Returns
    -------
    pandas.DataFrame
        One row a number, ascending: ``reference, marks`` (in which it occurs), ``alone`` (marks
        with no other number), ``use`` (``alone`` if ever alone, else ``list`` if ever written
        out, else ``range``) and ``late`` (a higher number is cited in an earlier mark).
    """
    rows = []
    for mark in citations.sort_values("position").itertuples():
        numbers = expand_references(mark.printed)
        written = {int(part) for part in str(mark.printed).split(",") if part.strip().isdigit()}
        for number in numbers:
            use = "alone" if len(numbers) == 1 else "list" if number in written else "range"
            rows.append((number, int(mark.position), use))
    marks = pd.DataFrame(rows, columns=["reference", "position", "use"])
    order = ["alone", "list", "range"]
    use = marks.groupby("reference").agg(
        marks=("position", "nunique"), first=("position", "min"),
        alone=("use", lambda uses: int((uses == "alone").sum())),
        use=("use", lambda uses: order[min(map(order.index, uses))]),
    ).reset_index()
    use["late"] = [
        bool((use.loc[use["reference"] > row.reference, "first"] < row.first).any())
        for row in use.itertuples(index=False)
    ]
    return use.drop(columns="first")


def citation_matrix(citations):
    """Which section cites which reference number, ranges spelt out.

    Parameters
    ----------
    citations : pandas.DataFrame
        Columns ``position`` (order in the paper), ``section`` and ``printed``.

    Returns
    -------
    pandas.DataFrame of bool, (sections, references)
        Sections in the order of their first mark, reference numbers ascending.
    """
    cited = pd.DataFrame(
        [(mark.section, number) for mark in citations.sort_values("position").itertuples()
         for number in expand_references(mark.printed)],
        columns=["section", "reference"])
    matrix = pd.crosstab(cited["section"], cited["reference"]).astype(bool)
    return matrix.loc[list(dict.fromkeys(cited["section"]))]
