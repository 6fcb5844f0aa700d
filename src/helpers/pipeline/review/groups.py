"""Differences in groups of one cause and one kind of change, the largest first."""

from collections.abc import Iterable
from dataclasses import dataclass

from helpers import words
from helpers.pipeline.differences import Difference

BESIDE = ("data", "scenarios")  # what stands where a difference has its chapter, beside chapters
# Kind of change -> what one of it is called, and many.
CALLED = {
    "new": ("new output", "new outputs"),
    "gone": ("output gone", "outputs gone"),
    "value": ("value moved", "values moved"),
    "text": ("wording, unit or status changed", "wordings, units or statuses changed"),
    "picture": ("picture drawn otherwise from the same data",
                "pictures drawn otherwise from the same data"),
    "order": ("output in another place", "outputs in another place"),
    "metadata": ("alternative text, caption or mark changed",
                 "alternative texts, captions or marks changed"),
}


@dataclass(frozen=True)
class Group:
    """Differences that one cause made, all of one kind of change; the largest comes first."""

    cause: str
    change: str
    differences: tuple[Difference, ...]

    @property
    def counted(self) -> str:
        """How many of what, in how many chapters."""
        count = len(self.differences)
        names = list(dict.fromkeys(each.chapter for each in self.differences))
        chapters = [name for name in names if name not in BESIDE]
        if len(chapters) > 1:
            names = [words.plural(len(chapters), "chapter"), *(set(names) & set(BESIDE))]
        return (f"{count} {words.inflected(count, *CALLED[self.change])} "
                f"in {words.in_words(names)}")

    @property
    def title(self) -> str:
        """Cause and count."""
        return f"{words.opening(self.cause)}: {self.counted}"


def of(found: Iterable[tuple[str, Difference]]) -> list[Group]:
    """Groups of differences, each given with its cause."""
    together: dict[tuple, list] = {}
    for cause, each in found:
        together.setdefault((cause, each.change), []).append(each)
    made = [Group(*key, tuple(sorted(differences, key=lambda each: -each.size)))
            for key, differences in together.items()]
    return sorted(made, key=lambda group: (-group.differences[0].size, -len(group.differences)))
