"""The arms of the code of a chapter, and which of them are taken.

Most sentences are chosen by conditional expressions and dictionaries of words inside one line,
which are neither lines nor branches to a tool for coverage. So each place where code chooses is
wrapped in a call that notes the choice and hands it on; outputs stay as they are. An arm is a way
out of such a place: both outcomes of the test of ``if``, ``while`` and a conditional expression
and of each part but the last of ``and`` and ``or``, each key of a dictionary of literal keys that
is looked up, each ``case``, and the body of a loop, a function and an ``except``. What a filter
keeps depends on rows and is no arm.

`watch` runs in the shell of a chapter; `of_chapter` tells from the source what there is to take.
"""

import ast
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from helpers.pipeline.pinned.scopes import names_in, parse

MIME = "application/vnd.book.arms+json"
NOTE, LOOK_UP = "_arm_", "_key_"  # names in the shell, with the cell's own name behind
BOTH, BODY = ("true", "false"), ("entered",)


@dataclass(frozen=True)
class Place:
    """A place where code chooses.

    Attributes
    ----------
    number : int
        In its cell, from 0.
    line : int
        In its cell, from 1.
    text : str
        What decides, as source.
    arms : dict
        Arm -> the source that it leads to.
    decides : frozenset of str
        Names that decide it.
    within : tuple of (int, str)
        Places and arms around it, the innermost last.
    dictionary : str
        Name of the dictionary that is looked up here, if it has one.
    """

    number: int
    line: int
    text: str
    arms: dict[str, str]
    decides: frozenset[str]
    within: tuple[tuple[int, str], ...]
    dictionary: str = ""


def source(*nodes: ast.AST) -> str:
    """Source in one line."""
    return " ".join(" ".join(ast.unparse(node).split()) for node in nodes)


class _Wrap(ast.NodeTransformer):
    """Wraps every place of one cell; `places` are those found."""

    def __init__(self, dictionaries: dict[str, dict[str, str]], cell: str = ""):
        self.dictionaries, self.cell = dictionaries, cell
        self.places, self.around = [], ()

    def _place(self, node, text, arms, decides, dictionary="") -> int:
        self.places.append(Place(len(self.places), getattr(node, "lineno", 0), text, arms,
                                 decides, self.around, dictionary))
        return len(self.places) - 1

    def _inside(self, number, arm, part):
        """A part, or a list of parts, that is reached by one arm only."""
        before, self.around = self.around, (*self.around, (number, arm))
        made = []
        for each in part if isinstance(part, list) else [part]:
            found = self.visit(each)
            made += found if isinstance(found, list) else [found]
        self.around = before
        return made if isinstance(part, list) else made[0]

    def _call(self, name, number, value, like):
        made = ast.Call(ast.Name(name + self.cell, ast.Load()), [ast.Constant(number), value], [])
        return ast.copy_location(made, like)

    def _test(self, node):
        parts = {arm: part if isinstance(part, list) else [part]
                 for arm, part in zip(BOTH, (node.body, node.orelse), strict=True)}
        number = self._place(node.test, source(node.test),
                             {arm: source(*part) for arm, part in parts.items()},
                             names_in(node.test))
        node.test = self._call(NOTE, number, self.visit(node.test), node.test)
        node.body = self._inside(number, "true", node.body)
        node.orelse = self._inside(number, "false", node.orelse)
        return node

    visit_If = visit_While = visit_IfExp = _test

    def visit_BoolOp(self, node):
        made = []
        for place, value in enumerate(node.values[:-1]):
            rest = source(*node.values[place + 1:])
            goes_on = isinstance(node.op, ast.And)
            number = self._place(value, source(value), {
                "true": rest if goes_on else "", "false": "" if goes_on else rest},
                names_in(value))
            made.append(self._call(NOTE, number, self.visit(value), value))
        node.values = [*made, self.visit(node.values[-1])]
        return node

    def _body(self, node, text, decides, like=None):
        """A statement whose body notes that it has begun."""
        number = self._place(like or node, text, dict.fromkeys(BODY, source(*node.body)), decides)
        begun = ast.Expr(self._call(NOTE, number, ast.Constant(BODY[0]), node.body[0]))
        after = int(isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None)
        node.body = self._inside(number, BODY[0], node.body)
        node.body.insert(after, ast.copy_location(begun, node.body[0]))
        return node

    def visit_For(self, node):
        text, decides = f"for {source(node.target)} in {source(node.iter)}", names_in(node.iter)
        node.iter = self.visit(node.iter)
        return self._body(node, text, decides)

    def visit_FunctionDef(self, node):
        return self._body(node, f"def {node.name}", frozenset({node.name}))

    def visit_Try(self, node):
        self.tried = names_in(*node.body)
        return self.generic_visit(node)

    def visit_ExceptHandler(self, node):
        text = f"except {source(node.type) if node.type else ''}".strip()
        return self._body(node, text, self.tried)

    def visit_match_case(self, node):
        return self._body(node, f"case {source(node.pattern)}", names_in(node.pattern),
                          node.pattern)

    def visit_Lambda(self, node):
        number = self._place(node, source(node), dict.fromkeys(BODY, source(node.body)),
                             names_in(node))
        body = self._inside(number, BODY[0], node.body)
        # `(note, value)[1]`, for an expression has no statements.
        note = self._call(NOTE, number, ast.Constant(BODY[0]), body)
        both = ast.copy_location(ast.Tuple([note, body], ast.Load()), body)
        node.body = ast.copy_location(
            ast.Subscript(both, ast.Constant(1), ast.Load()), body)
        return node

    def visit_Subscript(self, node):
        keys = self._keys(node.value)
        if not keys or not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        number = self._looked_up(node.value, node.slice, keys)
        node.value = self.visit(node.value)
        node.slice = self._call(LOOK_UP, number, self.visit(node.slice), node.slice)
        return node

    def visit_Call(self, node):
        keys = (self._keys(node.func.value) if isinstance(node.func, ast.Attribute)
                and node.func.attr == "get" and node.args else {})
        if not keys:
            return self.generic_visit(node)
        number = self._looked_up(node.func.value, node.args[0], keys)
        node.func.value = self.visit(node.func.value)
        node.args = [self._call(LOOK_UP, number, self.visit(node.args[0]), node.args[0]),
                     *map(self.visit, node.args[1:])]
        return node

    def _looked_up(self, dictionary, key, keys) -> int:
        named = dictionary.id if isinstance(dictionary, ast.Name) else ""
        return self._place(key, f"{named or '{…}'}[{source(key)}]", keys, names_in(key), named)

    def _keys(self, node) -> dict[str, str]:
        if isinstance(node, ast.Name):
            return self.dictionaries.get(node.id, {})
        return _literal_keys(node)


def _literal_keys(node) -> dict[str, str]:
    """Keys of a dictionary written out with literal keys, each with its value as source."""
    if not isinstance(node, ast.Dict) or None in node.keys:
        return {}
    try:
        return {repr(ast.literal_eval(key)): source(value)
                for key, value in zip(node.keys, node.values, strict=True)}
    except ValueError:
        return {}


def dictionaries(sources: Sequence[str]) -> dict[str, dict[str, str]]:
    """Dictionaries of literal keys by the name that they are bound to.

    Only those that are looked up and nothing else: of one that is walked through or handed on,
    every key is taken. Looked up in two places, a key may be taken in either.
    """
    bound, looked_up, used = {}, {}, {}
    for node in (each for text in sources for each in ast.walk(ast.parse(text))):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict() as written):
                bound[name] = _literal_keys(written)
            case (ast.Subscript(value=ast.Name(id=name), ctx=ast.Load())
                  | ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"))):
                looked_up[name] = looked_up.get(name, 0) + 1
            case ast.Name(id=name, ctx=ast.Load()):
                used[name] = used.get(name, 0) + 1
    return {name: keys for name, keys in bound.items()
            if keys and used.get(name) == looked_up.get(name)}


def digest(text: str) -> str:
    """Name of a cell by its source."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:12]


@lru_cache(maxsize=64)
def of_chapter(sources: tuple[str, ...]) -> list[tuple[int, str, list[Place]]]:
    """Places of each cell of a chapter, with the cell's position among code cells and its name."""
    known, found = dictionaries(sources), []
    for position, text in enumerate(sources, start=1):
        wrap = _Wrap(known)
        wrap.visit(parse(text))
        found.append((position, digest(text), wrap.places))
    return found


class _Watcher:
    """Wraps the tree of each cell before it runs; IPython calls `visit`."""

    def __init__(self, shell, sources: Sequence[str]):
        self.shell, self.taken = shell, set()
        self.known = dictionaries(sources)
        self.cells = {ast.dump(parse(text)): digest(text) for text in sources}

    def visit(self, tree):
        cell = self.cells.get(ast.dump(tree))
        if cell is None:  # not of the chapter
            return tree
        wrap = _Wrap(self.known, cell)
        tree = ast.fix_missing_locations(wrap.visit(tree))

        def note(number, value):
            body = wrap.places[number].arms.keys() == set(BODY)
            self.taken.add((cell, number, BODY[0] if body else str(bool(value)).lower()))
            return value

        def look_up(number, key):
            self.taken.add((cell, number, repr(key)))
            return key

        self.shell.user_ns.update({NOTE + cell: note, LOOK_UP + cell: look_up})
        return tree


def watch(shell, sources: Sequence[str]):
    """Note which arms are taken in this shell from now on.

    Returns
    -------
    callable
        Puts what was taken into the outputs of the cell that calls it.
    """
    watcher = _Watcher(shell, sources)
    shell.ast_transformers.append(watcher)

    def show() -> None:
        from IPython.display import display

        display({MIME: sorted(map(list, watcher.taken)), "text/plain": ""}, raw=True)

    return show
