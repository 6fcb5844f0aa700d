"""Rule: prose beside a quoted figure says what the table of claims says of it.

Two quotes exchanged, or "about" before a figure that is printed as exceeded, change no record.
"""

import re
from collections.abc import Mapping

from helpers import results
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.ledger import GLUED
from helpers.pipeline.check.parts import prose_of

# Words right before a figure, and the qualifier of the claim that they say.
QUALIFIERS = {"about": "approx", "around": "approx", "approximately": "approx",
              "over": "more_than", "more than": "more_than"}
BEFORE = re.compile(r"\b(" + "|".join(QUALIFIERS) + r") $", re.IGNORECASE)
SECTION = re.compile(r"\(section (\d(?:\.\d+)*)")


def quote_faults(chapter: Chapter, claims: Mapping[str, Mapping]) -> list[str]:
    """Quotes glued into prose whose qualifier or section is not that of their claim.

    Parameters
    ----------
    chapter : Chapter
    claims : mapping of str to mapping
        Claim -> its ``qualifier`` and ``section``.
    """
    quoted = {entry["name"]: claims.get(entry["claims"][0])
              for entry in results.entries(chapter.notebook) if entry["type"] == "quote"}
    found = []
    for text in prose_of(chapter):
        for paragraph in re.split(r"\n\s*\n|\n(?=- )", text):
            line = " ".join(paragraph.split())
            for match in GLUED.finditer(line):
                claim = quoted.get(match[1])
                if claim is not None:
                    found += [f"{chapter.name}, prose: {match[1]} {fault}. Correct the words, or "
                              f"the name that is glued in."
                              for fault in _faults(line, match, claim)]
    return found


def _faults(line: str, match: re.Match, claim: Mapping) -> list[str]:
    said = BEFORE.search(line[:match.start()])
    qualifier = QUALIFIERS[said[1].lower()] if said else None
    printed = claim["qualifier"] if claim.get("qualifier") in QUALIFIERS.values() else None
    found = []
    if "qualifier" in claim and qualifier != printed:
        found.append(f"stands after {said[1]!r}, and its claim is printed as "
                     f"{printed or 'exact'}" if said else
                     f"stands without a qualifier, and its claim is printed as {printed!r}")
    section = SECTION.search(line[match.end():])
    if section and section[1] != claim.get("section", section[1]):
        found.append(f"is given to section {section[1]}, and its claim stands in section "
                     f"{claim['section']}")
    return found
