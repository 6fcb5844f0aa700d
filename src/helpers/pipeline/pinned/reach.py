"""Which names of a chapter a parameter may move, read from the source alone.

A name is moved by a parameter if what it is bound to mentions one, directly or through another
name, or if it is bound under a test that does. What a function gives is taken to rest on all that
it mentions; so some names are said to be moved that are not, and hardly any the other way round.
"""

import ast
from collections.abc import Iterator
from functools import lru_cache

from helpers.pipeline.pinned.scopes import arguments, names_in, parse


@lru_cache(maxsize=64)
def moved(sources: tuple[str, ...], parameters: tuple[str, ...]) -> frozenset[str]:
    """Names that some parameter may move, the parameters among them.

    Parameters
    ----------
    sources : tuple of str
        Code cells.
    parameters : tuple of str
    """
    trees = [parse(text) for text in sources]
    modules = {alias.asname or alias.name.partition(".")[0] for tree in trees
               for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)
               for alias in node.names}
    edges = [(targets - modules, causes) for tree in trees
             for targets, causes in _edges(tree, frozenset())]
    found = set(parameters)
    size = -1
    while len(found) > size:
        size = len(found)
        for targets, causes in edges:
            if causes & found:
                found |= targets
    return frozenset(found)


def _edges(node: ast.AST, around: frozenset[str]
           ) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Names that are bound, and the names that what they are bound to rests on."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield names_in(*targets), names_in(value) | around
        case ast.AugAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
            yield names_in(target), names_in(value) | around
        case ast.For(target=target, iter=walked) | ast.comprehension(target=target, iter=walked):
            yield names_in(target), names_in(walked) | around
        case ast.With(items=items):
            for item in items:
                if item.optional_vars:
                    yield names_in(item.optional_vars), names_in(item.context_expr) | around
        case ast.FunctionDef(name=name):
            # What it gives, and what its arguments are, is known where it is called.
            yield frozenset({name}), names_in(node)
            yield arguments(node), frozenset({f"{name}()"})
        case ast.Lambda():
            yield arguments(node), around
        case ast.Call(func=ast.Name(id=name)):
            yield frozenset({f"{name}()"}), names_in(*node.args, *node.keywords) | around
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name))) as call):
            yield frozenset({name}), names_in(*call.args, *call.keywords) | around  # x.append(y)
    if isinstance(node, ast.If | ast.While):
        around = around | names_in(node.test)
    if isinstance(node, ast.Expr | ast.Assign | ast.Return):
        statement = names_in(node)
        for each in (found for found in ast.walk(node) if isinstance(found, ast.Lambda)):
            yield arguments(each), statement
    for child in ast.iter_child_nodes(node):
        yield from _edges(child, around)
