"""Numbers, named facts and marks by section, and what evidence a section holds."""

import pandas as pd

from helpers.paper_profile._checks import ProfileError

# A count of items that the text itself goes on to treat says nothing about the world outside it.
COUNTS_OF_THE_TEXT = ("number of aspects", "number of themes", "number of challenges")
EVIDENCE_KINDS = ["measured", "named", "asserted"]  # strongest first
NOT_YET_SEEN = ("forecast", "announcement", "budget")  # kinds of claim about money or years to come


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


def with_densities(profile):
    """A profile with its densities per 1000 words.

    Parameters
    ----------
    profile : pandas.DataFrame
        Columns ``words, numbers, named, steps, marks``.

    Returns
    -------
    pandas.DataFrame
        With ``facts`` (``named`` and ``steps``), ``number_density``, ``fact_density`` and
        ``mark_density``.
    """
    facts = profile["named"] + profile["steps"]
    return profile.assign(
        facts=facts,
        number_density=per_thousand_words(profile["numbers"], profile["words"]),
        fact_density=per_thousand_words(facts, profile["words"]),
        mark_density=per_thousand_words(profile["marks"], profile["words"]))


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


def words_by_kind(profile):
    """Share of all words that stands in sections of each kind of evidence; the shares sum to 1.

    Parameters
    ----------
    profile : pandas.DataFrame
        Columns ``words`` and ``kind``.

    Returns
    -------
    pandas.Series
        Indexed by `EVIDENCE_KINDS`; 0 for a kind that no section has.
    """
    shares = profile.groupby("kind")["words"].sum() / int(profile["words"].sum())
    return shares.reindex(EVIDENCE_KINDS).fillna(0)


def second_level(codes) -> list[str]:
    """Sections of a cell ``3.1.1;3.1.2;4``, without their third level and each once: 3.1, 4.

    A missing cell names none.
    """
    if pd.isna(codes):
        return []
    return list(dict.fromkeys(".".join(code.split(".")[:2]) for code in codes.split(";")))


# Column of a promise -> main sections of the paper on that side.
SIDES = {"section_foreign": (2, 3), "section_china": (5,), "section_suggestion": (6,)}


def taken_up(promises):
    """Where each promise is taken up: its own sections, or those that touch it in a clause.

    Parameters
    ----------
    promises : pandas.DataFrame
        Columns `SIDES` and ``touched_in``, with codes as `second_level` reads them.

    Returns
    -------
    pandas.DataFrame of str
        Indexed as `promises`, columns `SIDES`: ``3.1, 3.5``, ``in a clause of 5.5``, or ``none``.
    """
    def place(row, side):
        own = second_level(row[side])
        if own:
            return ", ".join(own)
        mains = tuple(map(str, SIDES[side]))
        touched = [code for code in second_level(row["touched_in"]) if code.startswith(mains)]
        return f"in a clause of {', '.join(touched)}" if touched else "none"

    return pd.DataFrame({side: [place(row, side) for _, row in promises.iterrows()]
                         for side in SIDES}, index=promises.index)


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
