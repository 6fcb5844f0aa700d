"""Rule: a bound holds. What is said to be at least or at most a number is rounded outwards.

In code such a number comes from `words.bound`, which is given the exact value. In what a chapter
recorded, no bound may lie on the wrong side of the number that it rounds. What bounds no result
(a figure that the paper prints so, a parameter) stands in pyproject.toml, by reason:
[tool.book.no_bound].
"""

import ast
import re
from collections.abc import Iterable

from helpers import results
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check import texts
from helpers.pipeline.check.exhibits import exhibits
from helpers.pipeline.check.numbers import NUMBER, numbers_in
from helpers.pipeline.check.parts import at, numbered
from helpers.pipeline.check.typed import Reasons, left_in
from helpers.words import BOUNDS

PHRASES = [phrase for phrase in BOUNDS if " " in phrase]  # over, above: also a place, a ratio
SAID = "|".join(sorted(PHRASES, key=len, reverse=True))
IN_CODE = re.compile(rf"\b(?:{SAID})\s+(?:(?:USD|RMB|EUR|about)\s+)?\{{\}}", re.IGNORECASE)
IN_TEXT = re.compile(rf"\b({SAID})\s+(?:(?:USD|RMB|EUR)\s+)?({NUMBER.pattern})", re.IGNORECASE)
# Words and signs that bound a number which is spelled right after them, or right before.
BEFORE = re.compile(r"(?:\b(nearly|almost|as many as|as few as|(?:a )?(?:maximum|minimum) of|"
                    r"not (?:more|less|fewer) than|in excess of|exceed(?:s|ed|ing)?)|"
                    r"(?<![\w\"'/])([<>\u2264\u2265]=?)) ?(?:(?:USD|RMB|EUR) )?$", re.IGNORECASE)
AFTER = re.compile(r"^ ?(?:%|million|billion)? ?\b((?:or|and) "
                   r"(?:more|less|fewer|over|under|above|below|higher|lower))\b", re.IGNORECASE)
# They bound a measure; of a count they also say a place or a stretch ("over 12 years").
OF_MEASURES = re.compile(r"\b(over|above|under|below|beyond) (?:(?:USD|RMB|EUR) )?$", re.IGNORECASE)
UNIT = re.compile(r"^[ \u00a0](?:%|million|billion|times|points)")
# Functions of helpers.words that spell a number.
MEASURES = ("percent", "format_value", "large_count", "rate")
SPELLING = (*MEASURES, "number_in_words", "count_in_words")


def bound_faults(chapter: Chapter, may_stand: Reasons) -> list[str]:
    """Bounds in a chapter's code whose number is not rounded outwards by `bound`."""
    return [at(chapter, place, (
        f"line {line} says {phrase!r} of a number that it rounds by itself. Say "
        f"bound({phrase if phrase in BOUNDS else 'at least'!r}, exact value, unit), from "
        f"helpers.words" + ("" if phrase in BOUNDS else ", which has a phrase for each bound")
        + "; what bounds no result goes to [tool.book.no_bound] in pyproject.toml, with its "
          "reason"))
        for place, cell in numbered(chapter)
        for phrase, line in bounds_in_code(cell["source"], may_stand)]


def bounds_in_code(source: str, may_stand: Reasons) -> list[tuple[str, int]]:
    """Phrases that bound a value in a source and are not said by `bound`, each with its line."""
    found = [(re.match(SAID, text, re.IGNORECASE)[0].lower(), each.line)
             for each in texts.shown(source, checked_by=("bound",))
             for text in left_in(each.text, IN_CODE, may_stand)]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            found += [(phrase, node.lineno) for phrase in _said_before_a_number(node.values)]
            found += [(phrase, node.lineno) for phrase in _beside_a_number(node.values, may_stand)]
    return found


def _beside_a_number(parts: list[ast.expr], may_stand: Reasons) -> Iterable[str]:
    """Words and signs of bounds typed right before or after a number that is spelled there."""
    for before, part, after in zip([None, *parts], parts, [*parts[1:], None], strict=False):
        if not isinstance(part, ast.FormattedValue) or not _spells(part.value, part):
            continue
        said, then = (getattr(each, "value", None) for each in (before, after))
        said, then = (each if isinstance(each, str) else "" for each in (said, then))
        measure = _calls(part.value) in MEASURES or UNIT.match(then)
        for found in (BEFORE.search(said), AFTER.match(then),
                      measure and OF_MEASURES.search(said)):
            if found and left_in(f"{said}{{}}{then}", re.compile(re.escape(found[0])), may_stand):
                yield next(filter(None, found.groups())).lower()


def _said_before_a_number(parts: list[ast.expr]) -> Iterable[str]:
    """Phrases of bounds that `said` lets through, right before a number is spelled."""
    for here, gap, after in zip(parts, parts[1:], parts[2:], strict=False):
        match here, gap, after:
            case (ast.FormattedValue(value=ast.Call(func=ast.Name(id="said"), args=[phrase, *_])),
                  ast.Constant(value=str(blank)), ast.FormattedValue(value=value)):
                chosen = [phrase.body, phrase.orelse] if isinstance(phrase, ast.IfExp) else [phrase]
                for each in chosen:
                    word = getattr(each, "value", "")
                    # More than a market is an order; at least can only be said of a number.
                    a_number = not str(word).endswith("than") or _spells(value, after)
                    if word in PHRASES and not blank.strip() and a_number:
                        yield word


def _spells(value: ast.expr, part: ast.FormattedValue) -> bool:
    if part.format_spec is not None:
        return True
    return _calls(value) in SPELLING


def _calls(value: ast.expr) -> str:
    """Name of the function that makes a value; empty for what is no call."""
    name = getattr(value, "func", None)
    return name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")


def bound_output_faults(chapter: Chapter, may_stand: Reasons | None = None) -> list[str]:
    """Bounds that a chapter recorded and that the number they round does not keep.

    Numbers of the chapter (results, rows of figures and tables) that lie within one unit of the
    last digit of a bound are those it may stand for. If all of them lie beyond it, it was rounded
    inwards.
    """
    known, may_stand = [*_recorded(chapter), *_drawn(chapter)], may_stand or {}
    found = []
    for where, text in _texts(chapter):
        for phrase, token in IN_TEXT.findall(text):
            if left_in(f"{phrase} {token}", re.compile(".+"), may_stand) and not holds(
                    phrase.lower(), token, known):
                found.append(f"{chapter.name}, {where}: {phrase} {token} does not hold of the "
                             f"number it rounds. Say it with bound, from helpers.words, then type: "
                             f"book accept {chapter.name}")
    return found


def holds(phrase: str, token: str, known: Iterable[float]) -> bool:
    """Whether a printed bound may stand for one of the numbers that are known, or for none."""
    printed = float(token.replace(",", "").replace("\u2212", "-").replace("+", ""))
    unit = 10.0 ** -len(token.partition(".")[2])
    upwards = BOUNDS[phrase][0]
    near = [value * factor for value in known for factor in (1.0, 100.0)
            if abs(value * factor - printed) < unit * (1 - 1e-9)]
    kept = [value <= printed + 1e-9 if upwards else value >= printed - 1e-9 for value in near]
    return not near or any(kept)


def _texts(chapter: Chapter) -> Iterable[tuple[str, str]]:
    for entry in results.entries(chapter.notebook):
        yield f"{entry['type']} {entry['name']}", entry["text"]
    for each in exhibits(chapter):
        for part, text in each.words.items():
            if part != "source":
                yield f"{each.sort} {each.name}, {part}", text


def _recorded(chapter: Chapter) -> Iterable[float]:
    for entry in results.entries(chapter.notebook):
        if entry["type"] == "result":
            yield from numbers_in(entry["value"])


def _drawn(chapter: Chapter) -> Iterable[float]:
    for each in exhibits(chapter):
        for row in each.rows[1:]:
            for cell in row:
                try:
                    yield float(cell)
                except ValueError:
                    continue
