"""Rule: the heading of a column says what the column is called, better than another would.

Two headings that were exchanged leave every number where it was, and no output but the heads moves.
"""

import ast
import re
from collections.abc import Iterable
from itertools import combinations

from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.parts import at, numbered

SAME_START = 6  # letters by which two words are taken for one, such as publisher and published


def heading_faults(chapter: Chapter) -> list[str]:
    """Pairs of columns of a table whose headings would fit better exchanged."""
    found = []
    for place, cell in numbered(chapter):
        for table, headings in _tables(ast.parse(cell["source"])):
            for (one, first), (other, second) in exchanged(headings):
                found.append(at(chapter, place, (
                    f"the table {table} heads {one!r} with {first!r} and {other!r} with "
                    f"{second!r}, which fit better the other way round. Exchange the headings, or "
                    f"name the columns as their headings do")))
    return found


def exchanged(headings: dict[str, str]) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Pairs of columns, each with its heading, that would fit better exchanged."""
    return [
        (one, other) for one, other in combinations(headings.items(), 2)
        if _alike(*one) + _alike(*other) < _alike(one[0], other[1]) + _alike(other[0], one[1])]


def _alike(column: str, heading: str) -> int:
    """How many words of a column's name stand in a heading."""
    return sum(any(_same(word, other) for other in _words(heading)) for word in _words(column))


def _same(word: str, other: str) -> bool:
    shared = min(SAME_START, len(word), len(other))
    return word == other or (shared > 2 and word[:shared] == other[:shared])


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


def _tables(tree: ast.AST) -> Iterable[tuple[str, dict[str, str]]]:
    """Tables that a cell shows: their names, and the headings written in the call by column."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="show", value=ast.Name(id="tables"))):
                name = next((argument.value for argument in node.args
                             if isinstance(argument, ast.Constant)), "")
                for word in node.keywords:
                    if word.arg == "headers":
                        yield name, _headings(word.value)


def _headings(node: ast.AST) -> dict[str, str]:
    pairs = (pair for each in ast.walk(node) if isinstance(each, ast.Dict)
             for pair in zip(each.keys, each.values, strict=True))
    return {key.value: _letters(value) for key, value in pairs
            if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def _letters(node: ast.AST) -> str:
    return " ".join(part.value for part in ast.walk(node)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str))
