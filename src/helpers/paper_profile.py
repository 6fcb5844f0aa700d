"""What a paper stands on: numbers, named facts and marks by section, lists and references.

Works on the tables transcribed from the paper. All counts are per section as printed; nothing
here judges whether a number or a reference is right.
"""

import re
from itertools import combinations

import pandas as pd

# A count of items that the text itself goes on to treat says nothing about the world outside it.
COUNTS_OF_THE_TEXT = ("number of aspects", "number of themes", "number of challenges")
EVIDENCE_KINDS = ["measured", "named", "asserted"]  # strongest first
NOT_YET_SEEN = ("forecast", "announcement", "budget")  # kinds of claim about money or years to come
RANGE = re.compile(r"(\d+)(?:\s*[-\u2013]\s*(\d+))?")


class ProfileError(ValueError):
    """Tables that do not fit together, or a mark or list that cannot be read."""


# ------------------------------------------------------------------ sections


def claim_class(claims):
    """Sort printed numbers into those that measure something and those that do not.

    Parameters
    ----------
    claims : pandas.DataFrame
        Columns ``unit`` and ``measure``.

    Returns
    -------
    pandas.Series of str
        ``year`` (dates something), ``text`` (counts items of a text) or ``measurement``.
    """
    classes = pd.Series("measurement", index=claims.index)
    classes[claims["measure"].isin(COUNTS_OF_THE_TEXT)] = "text"
    classes[claims["unit"] == "year"] = "year"
    return classes


def main_section(sections):
    """First-level section that each section belongs to.

    Parameters
    ----------
    sections : pandas.DataFrame
        Columns ``section`` and ``parent``; the parent of a first-level section is empty.

    Returns
    -------
    pandas.Series of str
        Indexed as `sections`; ``3`` for ``3.1.1`` and for the summary ``3s``.
    """
    own_or_parent = sections["parent"].where(sections["parent"].notna(), sections["section"])
    return own_or_parent.astype(str).str.split(".").str[0]


def section_profile(sections, **tables):
    """Rows of each table by section, beside the words of the section.

    Parameters
    ----------
    sections : pandas.DataFrame
        Columns ``section, parent, title, words``, in the order of the paper.
    **tables : pandas.DataFrame or list of pandas.DataFrame
        Name of the count -> table (or tables, added up) with a column ``section``.

    Returns
    -------
    pandas.DataFrame
        One row a section in the same order: ``section, main, title, words`` and one integer
        column for each name.

    Raises
    ------
    ProfileError
        If a table names a section that the paper does not have: its row would be lost.
    """
    profile = sections[["section", "title", "words"]].reset_index(drop=True)
    profile.insert(1, "main", main_section(sections).to_numpy())
    known = set(profile["section"])
    for name, given in tables.items():
        several = given if isinstance(given, (list, tuple)) else [given]
        places = pd.concat([table["section"] for table in several])
        strange = sorted(set(places) - known)
        if strange:
            raise ProfileError(
                f"{name}: section {strange[0]!r} is not in the table of sections. Correct the row "
                "or add the section."
            )
        profile[name] = profile["section"].map(places.value_counts()).fillna(0).astype(int)
    return profile


def by_main_section(profile):
    """Sum of a profile over the sections of each first-level section, in the paper's order."""
    numbers = list(profile.select_dtypes("number").columns)
    return profile.groupby("main", sort=False)[numbers].sum().reset_index()


def per_thousand_words(counts, words):
    """Density: items per 1000 words.

    Parameters
    ----------
    counts, words : number or pandas.Series
        Where a section has no words the density is missing, not zero or infinite.
    """
    if isinstance(words, pd.Series):
        return 1000.0 * counts / words.astype(float).where(words > 0)
    if words <= 0:
        raise ProfileError(f"A density needs words; got {words}.")
    return 1000.0 * counts / words


def evidence_kind(profile):
    """Strongest evidence that a section holds; a single item is enough.

    Parameters
    ----------
    profile : pandas.DataFrame
        Columns ``measurements`` and ``named``.

    Returns
    -------
    pandas.Series of str
        ``measured``, ``named`` or ``asserted``. One item lifts a whole section, so the words under
        ``measured`` are an upper bound of the words that measure.
    """
    kinds = pd.Series("asserted", index=profile.index)
    kinds[profile["named"] > 0] = "named"
    kinds[profile["measurements"] > 0] = "measured"
    return kinds


def runs(profile):
    """Neighbouring sections of one first-level section and one kind, joined to a stretch.

    Parameters
    ----------
    profile : pandas.DataFrame
        Columns ``section, main, words, kind`` in the paper's order, and further integer columns.

    Returns
    -------
    pandas.DataFrame
        One row a stretch: ``kind, first, last`` (sections), ``start`` and ``width`` (fractions of
        all words) and the sums of the further integer columns.
    """
    change = (profile[["main", "kind"]] != profile[["main", "kind"]].shift()).any(axis=1)
    groups = profile.groupby(change.cumsum(), sort=False)
    counts = [name for name in profile.columns
              if name != "words" and pd.api.types.is_integer_dtype(profile[name])]
    stretches = groups.agg(kind=("kind", "first"), first=("section", "first"),
                           last=("section", "last"), words=("words", "sum"))
    total = float(profile["words"].sum())
    stretches["width"] = stretches["words"].astype(float) / total
    stretches["start"] = stretches["width"].cumsum() - stretches["width"]
    stretches = stretches.join(groups[counts].sum())
    columns = ["kind", "first", "last", "start", "width", *counts]
    return stretches[columns].reset_index(drop=True)


def screens(claims, readings):
    """Plain screens that a number must pass before a decision can rest on it, one after another.

    Passing is necessary, not sufficient: it says that a number can be read, traced and was
    observable when printed, not that it is right.

    Parameters
    ----------
    claims : pandas.DataFrame
        Columns ``claim_id, unit, measure, value, reference_basis, kind``.
    readings : pandas.DataFrame
        Column ``claim_id``; a claim listed there can be read in more than one way.

    Returns
    -------
    pandas.DataFrame
        Indexed as `claims`, one boolean column a screen, in order: ``measures``, ``one_reading``,
        ``referenced`` (mark in the same sentence), ``observable`` (no forecast, announcement or
        budget). A column is true only where all before it are.
    """
    tests = pd.DataFrame({
        "measures": claim_class(claims) == "measurement",
        "one_reading": claims["value"].notna() & ~claims["claim_id"].isin(readings["claim_id"]),
        "referenced": claims["reference_basis"] == "sentence",
        "observable": ~claims["kind"].isin(NOT_YET_SEEN),
    })
    return tests.astype(int).cummin(axis=1).astype(bool)


# ------------------------------------------------------------------ lists


def jaccard(first, second) -> float:
    """Shared members over all members of two lists, 0 (none shared) to 1 (same members).

    Raises
    ------
    ProfileError
        If both lists are empty: their overlap is undefined, not 1.
    """
    first, second = set(first), set(second)
    if not first | second:
        raise ProfileError("The overlap of two empty lists is not defined.")
    return len(first & second) / len(first | second)


def list_overlaps(mentions, column):
    """Jaccard overlap of the lists of every pair of sections.

    Parameters
    ----------
    mentions : pandas.DataFrame
        Columns ``section`` and `column`; a member named twice in a section counts once.
    column : str
        Column with the members, for example ``sector`` or ``sector_merged``.

    Returns
    -------
    pandas.DataFrame
        ``first, second`` (sections, in order of appearance), ``shared, all`` (counts) and
        ``overlap`` (ratio).

    Raises
    ------
    ProfileError
        If fewer than two sections have a list.
    """
    lists = mentions.groupby("section", sort=False)[column].agg(set)
    if len(lists) < 2:
        raise ProfileError(f"Overlap of {column} needs lists of two sections; got {len(lists)}.")
    rows = [
        (a, b, len(lists[a] & lists[b]), len(lists[a] | lists[b]), jaccard(lists[a], lists[b]))
        for a, b in combinations(lists.index, 2)
    ]
    return pd.DataFrame(rows, columns=["first", "second", "shared", "all", "overlap"])


# ------------------------------------------------------------------ references


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
