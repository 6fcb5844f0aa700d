"""Numbers in pages that people write: where they stand, and which of them nobody answers for.

A page states a number either as a `Check`, which says how it is counted, or as an `Allowed` one,
which says why it needs no counting. Any other number is a fault.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

IN_WORDS = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
            "eighteen", "nineteen", "twenty"]
TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
        "ninety": 90, "hundred": 100}
COUNTS = {word: number for number, word in enumerate(IN_WORDS) if number > 1} | TENS
# Not inside a word or a name with a hyphen, such as A3, UTF-8 or CC-BY-4.0.
DIGITS = re.compile(r"(?<![\w.\-])\d+(?:[.,]\d+)*(?!\w)")
WORDS = re.compile(rf"\b(?:{'|'.join(COUNTS)})\b", re.IGNORECASE)
# What a page does not say in its own words, or what is held elsewhere.
BLANKED = [
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"`[^`\n]*`"),
    re.compile(r"(?<=\])\([^)\n]*\)"),  # targets of links: tested apart
    re.compile(r"https?://[^\s)>]+"),
    re.compile(r"^\s*\d+\. ", re.MULTILINE),  # items of a numbered list
    re.compile(r"^:+\{(?:exhibit|grid)\}[^\n]*(?:\n:\w+:[^\n]*)*", re.MULTILINE),
]
FENCED = re.compile(r"^(```|~~~)([^\n]*)\n(.*?)^\1[^\n]*$", re.MULTILINE | re.DOTALL)
SECTION = r"\d(?:\.\d)*s?"
SECTIONS = re.compile(rf"\b[Ss]ections?\s+({SECTION}(?:(?:,|\s+to|\s+and|\s+or)\s+{SECTION})*)")
CODED_SECTION = re.compile(rf"`({SECTION})`")  # pages on data name sections as code
MEASURED = re.compile(r"\b[\w.]+\s+(?:s|ms|seconds?|minutes?|min|GiB|MB)\b(?!\w)")


@dataclass(frozen=True)
class Check:
    """A statement with numbers, and how they are counted.

    Attributes
    ----------
    file : str
    pattern : str
        Regular expression; a blank stands for any white space. Its groups are what is held.
    counted : callable
        Takes the match, gives what each group should say.
    """

    file: str
    pattern: str
    counted: Callable


@dataclass(frozen=True)
class Allowed:
    """A statement whose numbers count nothing of the book."""

    file: str
    pattern: str
    why: str


def spelled(text):
    """A number as a number, in digits or as a word; any other text as it is."""
    if text.lower() in COUNTS:
        return COUNTS[text.lower()]
    return float(text.replace(",", "")) if re.fullmatch(r"\d[\d,]*(?:\.\d+)?", text) else text


def _compiled(pattern):
    return re.compile(pattern.replace(" ", r"\s+"), re.MULTILINE)


def line_of(text, position):
    """Number of the line in which a position lies."""
    return text.count("\n", 0, position) + 1


def read(text, own_words=()):
    """A page without code, targets and names of its own, everything else in its place."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])

    # Commands are tested apart; what stands in a directive is text.
    text = FENCED.sub(lambda match: match[0] if match[2].startswith("{") else blank(match), text)
    for pattern in [*BLANKED, *map(re.compile, own_words)]:
        text = pattern.sub(blank, text)
    return text


def code_blocks(text):
    """Blocks of code of a page: language and text."""
    return [(match[2], match[3]) for match in FENCED.finditer(text)
            if not match[2].startswith("{")]


def faults(file, text, declared, *, sections=(), own_words=(), words=True):
    """Numbers of a page that are wrong, or that nobody answers for.

    Parameters
    ----------
    file : str
        Name of the page, for messages and to choose the declarations.
    text : str
    declared : list of Check and Allowed
    sections : collection of str
        Sections that a page may refer to.
    own_words : sequence of str
        Patterns of names that hold a digit.
    words : bool
        Whether numbers written as words count too.

    Returns
    -------
    list of str
        One line a fault, with file and line.
    """
    found, held = [], []
    for each in declared:
        if each.file != file:
            continue
        matches = list(_compiled(each.pattern).finditer(text))
        if not matches:
            found.append(f"{file}: nothing reads like {each.pattern!r} any more. Correct the "
                         f"declaration in tests/book/test_hand_written.py, or take it out.")
        for match in matches:
            if isinstance(each, Allowed):
                held.append(match.span())
                continue
            held += [match.span(group) for group in range(1, len(match.groups()) + 1)]
            for group, wanted in enumerate(each.counted(match), 1):
                if spelled(match[group]) != wanted:
                    found.append(
                        f"{file}, line {line_of(text, match.start(group))}: the page says "
                        f"{match[group]!r} in {' '.join(match[0].split())!r}; counted, it is "
                        f"{wanted!r}. Correct the page.")
    shown = read(text, own_words)
    for match in SECTIONS.finditer(shown):
        held.append(match.span(1))
        found += [f"{file}, line {line_of(text, match.start())}: there is no section {section!r}. "
                  f"Correct the page." for section in re.findall(SECTION, match[1])
                  if section not in sections]
    found += [f"{file}, line {line_of(text, match.start())}: there is no section {match[1]!r}. "
              f"Correct the page." for match in CODED_SECTION.finditer(text)
              if file.startswith("data/") and match[1] not in sections]
    held += [match.span() for match in MEASURED.finditer(shown)]
    kinds = (DIGITS, WORDS) if words else (DIGITS,)
    for match in sorted((match for kind in kinds for match in kind.finditer(shown)),
                        key=lambda match: match.start()):
        if not any(start <= match.start() < end for start, end in held):
            number = line_of(text, match.start())
            line = " ".join(text.splitlines()[number - 1].split())
            found.append(f"{file}, line {number}: nothing counts {match[0]!r} in {line[:90]!r}. "
                         f"Declare in tests/book/test_hand_written.py how it is counted.")
    return found
