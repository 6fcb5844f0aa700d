"""Rule: an extreme is given the name of the row that it was found in.

``{said("strongest", best["filled"], full)} for {weak["trend"]}`` holds of its numbers and names
another row: what a sentence says right after an extreme comes from the row that has it.
"""

import ast
from collections.abc import Iterable

from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.parts import at, numbered
from helpers.said import GREATEST, LEAST, words_of_order


def named_faults(chapter: Chapter) -> list[str]:
    """Extremes of a chapter's code after which another row is named."""
    return [at(chapter, place, (
        f"line {line} says {phrase!r} of {row} and then names {other}. Name the row of which it is "
        f"said, or say it of the row that is named"))
        for place, cell in numbered(chapter)
        for line, phrase, row, other in other_rows(cell["source"])]


def other_rows(source: str) -> Iterable[tuple[int, str, str, str]]:
    """Line, phrase, row and row named instead, for each extreme of a source."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.JoinedStr):
            continue
        values = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        for here, after in zip(values, values[1:], strict=False):
            match here:
                case ast.Call(func=ast.Name(id="said"), args=[phrase, number, _]):
                    row, other = _row(number), _row(after)
                    extreme = next(filter(_is_extreme, _phrases(phrase)), None)
                    if extreme and row and other and row[0] == other[0] and row != other:
                        yield after.lineno, extreme, row[1], other[1]


def _phrases(phrase: ast.expr) -> list[str]:
    chosen = [phrase.body, phrase.orelse] if isinstance(phrase, ast.IfExp) else [phrase]
    return [each.value for each in chosen
            if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _is_extreme(phrase: str) -> bool:
    return any(word in (*GREATEST, *LEAST) for word in words_of_order(phrase))


def _row(node: ast.expr) -> tuple[str, str] | None:
    """The row that an expression takes a cell from: by its own name, or by the key of a look-up."""
    while isinstance(node, ast.Call) and node.args:
        node = node.args[0]
    match node:
        case ast.Subscript(slice=ast.Name(id=name)):
            return "key", name
        case (ast.Subscript(value=ast.Name(id=name), slice=ast.Constant())
              | ast.Attribute(value=ast.Name(id=name))):
            return "row", name
    return None
