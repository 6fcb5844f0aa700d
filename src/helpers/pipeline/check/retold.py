"""Rule: what is counted out of a whole is told alike wherever it is told in the same words.

``13 of 30 ratings rest on no fact`` in a title and ``17 of the 30 country ratings rest on no fact
in the text`` in a sentence cannot both hold: one of them counts what is left.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from helpers import results
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.exhibits import exhibits
from helpers.pipeline.check.numbers import COUNTED, counted

SHARE = re.compile(rf"(?P<part>{COUNTED.pattern}|\b(?:none|one|all|no)\b) of (?:the |these |its )?"
                   rf"(?P<whole>{COUNTED.pattern}) (?P<rest>[^.,;:()]+)", re.IGNORECASE)
EXACT = {"none": 0.0, "no": 0.0, "one": 1.0}
NO = {"no", "not", "never", "without", "neither", "nothing"}
SAME = 4  # words in one order that tell one thing


class Share(NamedTuple):
    """A part of a whole as a text tells it."""

    chapter: str
    where: str
    part: float
    whole: float
    words: tuple[str, ...]
    text: str


def retold_faults(listed: Iterable[Chapter]) -> list[str]:
    """Parts of one whole that two texts of the book count otherwise in the same words."""
    told, found = [share for chapter in listed for share in _shares(chapter)], []
    for place, one in enumerate(told):
        for other in told[place + 1:]:
            if one.whole == other.whole and one.part != other.part and same(one.words, other.words):
                found.append(f"{one.chapter}, {one.where} and {other.chapter}, {other.where} count "
                             f"one thing otherwise: {one.text!r} and {other.text!r}. Count it "
                             f"once, or tell apart what each counts")
    return found


def same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the shorter of two wordings stands in the longer, in its order; no is no other."""
    shorter, longer = sorted((one[:8], other[:10]), key=len)
    rest = iter(longer)
    return (len(shorter) >= SAME and all(word in rest for word in shorter)
            and NO.intersection(shorter) == NO.intersection(longer))


def _shares(chapter: Chapter) -> Iterable[Share]:
    for where, text in _texts(chapter):
        for match in SHARE.finditer(text):
            part, whole = match["part"].lower(), counted(match["whole"])
            yield Share(chapter.name, where,
                        whole if part == "all" else EXACT.get(part) if part in EXACT
                        else counted(part),
                        whole, tuple(re.findall(r"[\w-]+", match["rest"].lower())), match[0])


def _texts(chapter: Chapter) -> Iterable[tuple[str, str]]:
    for entry in results.entries(chapter.notebook):
        if entry["type"] == "sentence":
            yield f"sentence {entry['name']}", entry["text"]
    for each in exhibits(chapter):
        for part, text in each.words.items():
            if part != "source":
                yield f"{each.sort} {each.name}, {part}", text
