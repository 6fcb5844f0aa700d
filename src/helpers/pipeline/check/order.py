"""Rule: a word of order or extent is said of numbers, by `said`, or it is no such word.

Above, fewer, largest, rises, all, none: typed into a text, each stays when the numbers turn. What
compares no numbers ("lower bound", "the chart above") stands in pyproject.toml, by reason:
[tool.book.no_order].
"""

import ast
import re

from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check import texts
from helpers.pipeline.check.parts import at, numbered, prose_of
from helpers.pipeline.check.typed import Reasons, left_in
from helpers.said import ORDER, words_of_order

# In prose words that bound the number which is glued in right after them count as well.
BESIDE = re.compile(ORDER.pattern + r"|\b(?:nearly|almost|up to|beyond)(?= \{glue:)",
                    re.IGNORECASE)
CHECKED_BY = ("said", "bound")  # their words of order are held against numbers


def order_faults(chapter: Chapter, may_stand: Reasons) -> list[str]:
    """Words of order typed into texts of code, or into prose beside what is glued in."""
    found = []
    for place, cell in numbered(chapter):
        for word, line in order_in_code(cell["source"], may_stand):
            found.append(at(chapter, place, (
                f"line {line} types {word!r} into a text. Say of which numbers: said({word!r}, "
                f"number, other), from helpers.said; what compares no numbers goes to "
                f"[tool.book.no_order] in pyproject.toml, with its reason")))
        for phrase, line in said_unclearly(cell["source"]):
            found.append(at(chapter, place, (
                f"line {line} says {phrase!r}, which holds {len(words_of_order(phrase))} words of "
                f"order. Say one at a time, and leave the words around it outside said")))
        for line in said_of_nothing(cell["source"]):
            found.append(at(chapter, place, (
                f"line {line} calls said with numbers that cannot differ. Name the number of which "
                f"the word speaks, and the one against which it is held")))
    for word in order_beside_glue(chapter, may_stand):
        found.append(f"{chapter.name}, prose: {word!r} stands beside a result that is glued in and "
                     f"would stay when it turns. Move the words into the sentence of code.")
    return found


def order_in_code(source: str, may_stand: Reasons) -> list[tuple[str, int]]:
    """Words of order typed into texts of a source, each with its line."""
    return [(word, text.line) for text in texts.shown(source, checked_by=CHECKED_BY)
            for word in left_in(text.text, ORDER, may_stand)]


def said_unclearly(source: str) -> list[tuple[str, int]]:
    """Phrases given to `said` that hold no word of order or several, each with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="said"), args=[phrase, *_]):
                chosen = [phrase.body, phrase.orelse] if isinstance(phrase, ast.IfExp) else [phrase]
                found += [(each.value, node.lineno) for each in chosen
                          if isinstance(each, ast.Constant)
                          and len(words_of_order(str(each.value))) != 1]
    return found


def said_of_nothing(source: str) -> list[int]:
    """Lines that call `said` with literals, or with one number twice: nothing is checked then."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="said"), args=[_, *of]):
                if all(isinstance(each, ast.Constant) for each in of) or (
                        len(of) > 1 and ast.dump(of[0]) == ast.dump(of[1])):
                    found.append(node.lineno)
    return found


def order_beside_glue(chapter: Chapter, may_stand: Reasons) -> list[str]:
    """Words of order in paragraphs of prose that glue a result in."""
    return [word for text in prose_of(chapter) for word, _ in order_in_prose(text, may_stand)]


def order_in_prose(text: str, may_stand: Reasons) -> list[tuple[str, int]]:
    """Words of order in paragraphs of a text that glue a result in, each with the first line."""
    found, line = [], 1
    for paragraph in re.split(r"(\n\s*\n|\n(?=- ))", text):
        if "{glue:" in paragraph:
            found += [(word, line) for word in left_in(" ".join(paragraph.split()), BESIDE,
                                                       may_stand)]
        line += paragraph.count("\n")
    return found
