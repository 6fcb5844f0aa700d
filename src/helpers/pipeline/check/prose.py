"""Rules for prose: its parts, its place in the book, and numbers typed by hand."""

import re
from collections.abc import Collection, Iterable

from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.parts import prose_of

# Digits that are no results: section numbers, names in backquotes, glue, links, formulae. A book
# adds its own words that hold a digit: `not_results` under [tool.book] in pyproject.toml.
NOT_RESULTS = (
    r"(?s)```.*?```", r"(?s)\$\$.*?\$\$", r"\$[^$\n]+\$", r"\{glue:text\}`[^`]*`", r"`[^`]*`",
    r"\]\([^)]*\)", r"\{(?:cite|doc|ref)[^}]*\}`[^`]*`", r"(?m)^#+ .*$",
    r"\b[Ss]ections? \d+(?:\.\d+)*(?:(?:,| and| to) \d+(?:\.\d+)*)*",
)


def prose_faults(chapter: Chapter, not_results: Iterable[str] = ()) -> list[str]:
    """Numbers typed into prose, and parts that every chapter has and this one lacks.

    Parameters
    ----------
    chapter : Chapter
    not_results : iterable of str
        Patterns of words with a digit that are no results, beside `NOT_RESULTS`.
    """
    found, prose = [], prose_of(chapter)
    first, last = (prose[0], prose[-1]) if prose else ("", "")
    if not first.startswith("# "):
        found.append(f"{chapter.name}, first cell: no title. Begin it with `# NUMBER TITLE`.")
    for part in ("question", "answer"):
        if f"{{div}} {part}" not in first:
            found.append(f"{chapter.name}, first cell: no {part}. Put it between `:::{{div}} "
                         f"{part}` and `:::`.")
    if "limits" not in last:
        found.append(f"{chapter.name}, last text: it does not tell the limits. End with "
                     f"`## What this rests on, and its limits`.")
    for number in typed_numbers(chapter, not_results):
        found.append(f"{chapter.name}, prose: {number!r} is typed by hand and would stay when "
                     f"results move. Record it and write {{glue:text}}`name`; a word of the book's "
                     f"own goes to `not_results` in pyproject.toml.")
    return found


def typed_numbers(chapter: Chapter, not_results: Iterable[str] = ()) -> list[str]:
    """Words with a digit in prose that are neither a name nor a place in the book."""
    found = []
    for text in prose_of(chapter):
        for pattern in (*NOT_RESULTS, *not_results):
            text = re.sub(pattern, " ", text)
        found += re.findall(r"[^\s]*\d[^\s]*", text)
    return found


def contents_faults(chapter: Chapter, listed: Collection[str]) -> list[str]:
    """Whether the chapter has a place in the book."""
    if chapter.name in listed:
        return []
    return [f"{chapter.name} is not in _toc.yml, so no page shows it. Write there: "
            f"- file: chapters/{chapter.name}"]
