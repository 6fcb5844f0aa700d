"""How two texts differ: in their numbers, in their words, or not at all within a tolerance."""

import difflib
import math
import re
from dataclasses import dataclass

from helpers import agreement
from helpers.words import MINUS

# A comma is part of it only before three digits: "Medium 2, High 3" are two numbers and a comma.
NUMBER = re.compile(rf"[-+{MINUS}]?\d+(?:,\d{{3}}(?!\d))*(?:\.\d+)?(?:[eE][-+]?\d+)?")
MOST_PAIRS = 10_000_000  # of words: longer texts would be compared for minutes
AROUND = 3  # words that stay on either side of a change, so that one sees where it is


@dataclass(frozen=True)
class Piece:
    """A stretch of two texts: the same in both, or what stands in the one and in the other."""

    old: str
    new: str

    @property
    def same(self) -> bool:
        """Whether both texts have it."""
        return self.old == self.new


def number(token: str) -> float:
    """Value of a number as prose prints it, such as ``−1,200.5``."""
    return float(token.replace(",", "").replace(MINUS, "-"))


def masked(text: str, sign: str = "#") -> str:
    """A text without the numbers in it, so that only its wording is left."""
    return NUMBER.sub(sign, text)


def same_words(old: str, new: str) -> bool:
    """Whether two texts differ in nothing but their numbers."""
    return masked(old, "0") == masked(new, "0")


def alike(old: str, new: str, tolerance: float = 1e-9) -> bool:
    """Whether two texts are the same but for digits within a tolerance.

    Whole numbers are compared exactly: a tolerance of a thousandth is no licence to turn the year
    2026 into 2027.
    """
    if old == new:
        return True
    return same_words(old, new) and all(
        a == b or ("." in a + b or "e" in (a + b).lower())
        and agreement.agree(number(a), number(b), tolerance)
        for a, b in zip(NUMBER.findall(old), NUMBER.findall(new), strict=True))


def relative_change(old: float, new: float) -> float:
    """Size of a change, between 0 and 2, whichever of the two is larger or zero."""
    largest = max(abs(old), abs(new))
    if not math.isfinite(largest):
        return 2.0
    return abs(new - old) / largest if largest else 0.0


def largest_change(old: str, new: str) -> float:
    """Largest relative change among the numbers of two texts with the same words."""
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return max((relative_change(number(a), number(b)) for a, b in pairs), default=0.0)


def pieces(old: str, new: str) -> list[Piece]:
    """Two texts as stretches that agree and stretches that differ, by whole words."""
    before, after = old.split(), new.split()
    if len(before) * len(after) > MOST_PAIRS:
        return [Piece(old, new)]
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    return [Piece(" ".join(before[a:b]), " ".join(after[c:d]))
            for _, a, b, c, d in matcher.get_opcodes()]


def in_a_line(old: str, new: str) -> str:
    """The words that differ, with a few around them: ``… growth is [above -> below] the …``."""
    found = pieces(old, new)
    if not any(piece.same for piece in found):
        return f"{shortened(old)} -> {shortened(new)}"
    parts = []
    for place, piece in enumerate(found):
        if not piece.same:
            parts.append(f"[{shortened(piece.old)} -> {shortened(piece.new)}]")
            continue
        words = piece.old.split()
        before = words[:AROUND] if place else []
        after = words[-AROUND:] if place < len(found) - 1 else []
        if len(before) + len(after) < len(words):
            parts.append(" ".join([*before, "…", *after]))
        else:
            parts.append(piece.old)
    return " ".join(parts)


def shortened(text: str, limit: int = 80) -> str:
    """Text in at most so many characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
