"""Names of a cell told apart by where they are bound: `row` of two comprehensions are two names."""

import ast

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def parse(text: str) -> ast.Module:
    """Tree of a cell in which each name knows its scope; see `names_in`."""
    tree = ast.parse(text)
    _tell(tree, {}, f"{abs(hash(text))}")
    return tree


def names_in(*nodes: ast.AST) -> frozenset[str]:
    """Every name that source mentions; one that is bound inside has its scope's number behind."""
    return frozenset(_name(found) for node in nodes for found in ast.walk(node)
                     if isinstance(found, ast.Name))


def arguments(node: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    """Names of the arguments of a function."""
    return frozenset(each.scoped for each in _arguments(node))


def _name(node: ast.Name) -> str:
    return getattr(node, "scoped", node.id)


def _arguments(node):
    given = node.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return [each for each in every if each]


def _tell(node: ast.AST, known: dict[str, str], cell: str) -> None:
    if isinstance(node, ast.Name):
        node.scoped = known.get(node.id, node.id)
    elif isinstance(node, ast.arg):
        node.scoped = known.get(node.arg, node.arg)
    bound = _bound(node)
    if bound:
        place = f"{cell}:{node.lineno}:{node.col_offset}"
        known = {**known, **{name: f"{name}@{place}" for name in bound}}
    for child in ast.iter_child_nodes(node):
        _tell(child, known, cell)


def _bound(node: ast.AST) -> set[str]:
    """Names that a node binds for what is inside it."""
    if isinstance(node, ast.Lambda):
        return {each.arg for each in _arguments(node)}
    if isinstance(node, ast.FunctionDef):
        stored = {found.id for part in node.body for found in ast.walk(part)
                  if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store)}
        return stored | {each.arg for each in _arguments(node)}
    if isinstance(node, COMPREHENSIONS):
        return {found.id for each in node.generators for found in ast.walk(each.target)
                if isinstance(found, ast.Name)}
    return set()
