"""Texts of code that readers may see: every string that is not a name, code or format."""

import ast
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

VALUE = "{}"  # stands in a text for what the code puts there
# One word joined by signs is a name: of a column, a claim, a colour, a file, a format.
NAME = re.compile(r"[^\s]*[_#/:{}|=<>]+[^\s]*|[a-z0-9.]+(?:-[a-z0-9.]+)+|[A-Z]+\d+[a-z]?")
# Words that stand alone are codes, except where a cell chooses between them, or keeps one to say it
# later; these are codes of tables and libraries then too.
ALONE = re.compile(r"[\w.]*")
CODES = ("all", "none", "first", "last", "lower", "upper")


class Text(NamedTuple):
    """A text in a source, with `VALUE` for each value, and where it begins."""

    line: int
    text: str


def shown(source: str | ast.AST, *, checked_by: Collection[str] = ()) -> Iterable[Text]:
    """Texts in a source that readers may see.

    Parameters
    ----------
    source : str or ast.AST
    checked_by : collection of str, optional
        Names of functions whose arguments are held against numbers: their texts are left out.
    """
    tree = ast.parse(source) if isinstance(source, str) else source
    for node, parent in _walk(tree, checked_by):
        text = _text(node)
        if text is None or isinstance(parent, ast.Expr):
            continue
        if ALONE.fullmatch(text) and not _chosen(node, parent):
            continue
        if not NAME.fullmatch(text):
            yield Text(node.lineno, text)


def _walk(node: ast.AST, checked_by: Collection[str]) -> Iterable[tuple[ast.AST, ast.AST]]:
    """Nodes with their parents; not inside formats, nor inside calls of `checked_by`."""
    if isinstance(node, ast.Subscript):
        node.value.indexed = True  # ("below", "above")[x > y]
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Call(func=ast.Name(id=name)) if name in checked_by:
                continue
        if isinstance(node, ast.FormattedValue) and child is node.format_spec:
            continue
        if not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)):
            yield child, node
        yield from _walk(child, checked_by)


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else VALUE
                       for part in node.values)
    return None


def _chosen(node: ast.AST, parent: ast.AST) -> bool:
    """Whether a cell chooses this word among others, or keeps it, to say it."""
    match parent:
        case ast.IfExp():
            return node is not parent.test
        case ast.Dict():
            return node in parent.values
        case ast.Tuple() | ast.List():
            return getattr(parent, "indexed", False)
        case ast.Assign() | ast.Return():
            return _text(node) not in CODES
    return isinstance(node, ast.JoinedStr)
