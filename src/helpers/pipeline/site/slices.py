"""What each record of a chapter rests on: the parameters and tables that its value flows from.

A chapter as a whole reads a dozen tables; one number of it rests on two. So its code is cut into
steps (statements; the branches of an ``if`` apart, each with the test before it), and from the
step that records a name the way is gone back through the names that it uses to the steps that
gave them their values. Too much may be named, as where a list holds several things; too little
not: a test holds this against results that moved when a parameter did.
"""

import ast
import builtins
import symtable
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

RECORDING = ("record", "refuse", "sentence", "quote")
# Methods that change what they are called on, of the values that chapters build step by step.
CHANGING = ("add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove",
            "reverse", "setdefault", "sort", "update")
EVERYTHING = ("globals", "locals", "vars", "eval", "exec")
ANY = "*"  # a name that is put together while the code runs


@dataclass(frozen=True)
class Step:
    """A statement, or a branch of one.

    Attributes
    ----------
    cell : int
        Place of its cell among the code cells.
    gives, changes, uses : frozenset of str
        Names that it binds anew, changes, and reads.
    sure : bool
        Whether what it binds is bound by nothing before it.
    tables : frozenset of str
        Tables that it loads.
    records : frozenset of str
        Names that it records; `ANY` for one put together as it runs.
    function : str
        Name of the function that it defines.
    """

    cell: int
    gives: frozenset[str]
    changes: frozenset[str]
    uses: frozenset[str]
    sure: bool
    tables: frozenset[str]
    records: frozenset[str]
    function: str = ""


@dataclass(frozen=True)
class Ground:
    """What a record rests on.

    Attributes
    ----------
    cell : int
        Place of the code cell that records it.
    parameters, tables : tuple of str
        In the order of the chapter.
    """

    cell: int
    parameters: tuple[str, ...]
    tables: tuple[str, ...]


def grounds(sources: Sequence[str], recorded: Sequence[Sequence[str]],
            parameters: Sequence[str], tables: Sequence[str]) -> dict[str, Ground]:
    """What every record of a chapter rests on.

    Parameters
    ----------
    sources : sequence of str
        Its code cells.
    recorded : sequence of sequence of str
        Names that each of the cells recorded.
    parameters, tables : sequence of str
        All that the chapter reads. They are the answer where its code cannot be followed.

    Returns
    -------
    dict
        Name of the record -> Ground.
    """
    steps = _steps(tuple(sources))
    found = {}
    for cell, names in enumerate(recorded):
        for name in names:
            if steps is None:
                found[name] = Ground(cell, tuple(parameters), tuple(tables))
                continue
            needed, loaded = _behind(steps, cell, name)
            whole = needed & set(EVERYTHING)
            found[name] = Ground(
                cell, tuple(each for each in parameters if whole or each in needed),
                tuple(each for each in tables if whole or each in loaded))
    return found


def _behind(steps: Sequence[Step], cell: int, name: str) -> tuple[set[str], set[str]]:
    """Names and tables that a record flows from."""
    inside = [place for place, step in enumerate(steps)
              if step.cell == cell and not step.function]
    starts = ([place for place in inside if name in steps[place].records]
              or [place for place in inside if ANY in steps[place].records] or inside)
    defined = _functions(steps)
    seen, loaded = set(), set()
    for start in starts:
        open_names = _with_functions(steps[start].uses, defined)
        loaded |= steps[start].tables
        seen |= open_names
        for step in reversed(steps[:start]):
            if not (step.gives | step.changes) & open_names:
                continue
            if step.sure and not step.function:
                open_names -= step.gives
            open_names |= _with_functions(step.uses, defined)
            seen |= open_names
            loaded |= step.tables
    return seen, loaded


def _functions(steps: Iterable[Step]) -> dict[str, frozenset[str]]:
    """Names that each function of a chapter reads from around it."""
    return {step.function: step.uses for step in steps if step.function}


def _with_functions(names: Iterable[str], defined: dict[str, frozenset[str]]) -> set[str]:
    """Names with those that functions among them read, when they are called."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += defined.get(name, ())
    return found


@lru_cache(maxsize=128)
def _steps(sources: tuple[str, ...]) -> list[Step] | None:
    """The code of a chapter as steps; None where it is not plain Python."""
    found: list[Step] = []
    functions: dict[str, Function] = {}
    try:
        for cell, source in enumerate(sources):
            for statement in ast.parse(source).body:
                for part, tests, sure in _parts(statement, (), True):
                    step = _step(cell, part, tests, sure, functions)
                    found.append(step)
                    if step.function:
                        functions[step.function] = Function(
                            tuple(each.arg for each in part.args.args),
                            frozenset(_changed(part, functions)), step.records)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return found


def _parts(statement: ast.stmt, tests: tuple[ast.AST, ...], sure: bool
           ) -> Iterator[tuple[ast.stmt, tuple[ast.AST, ...], bool]]:
    """A statement, or those in its branches, each with what decides whether it is reached."""
    match statement:
        case ast.If():
            for each in (*statement.body, *statement.orelse):
                yield from _parts(each, (*tests, statement.test), False)
        case ast.Try():
            # Whatever is tried may fail, and so decides on all that follows within.
            tried = (*tests, *statement.body)
            for each in statement.body:
                yield from _parts(each, tests, False)
            for handler in statement.handlers:
                for each in handler.body:
                    yield from _parts(each, tried, False)
            for each in (*statement.orelse, *statement.finalbody):
                yield from _parts(each, tried, False)
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if (
                len(targets) == len(values)
                and all(isinstance(each, ast.Name) for each in targets)
                and not _read(*values) & {each.id for each in targets}):
            for target, value in zip(targets, values, strict=True):
                yield ast.Assign([target], value, lineno=statement.lineno), tests, sure
        case _:
            yield statement, tests, sure


@dataclass(frozen=True)
class Function:
    """What a function of a chapter does beside giving a value back.

    Attributes
    ----------
    inputs : tuple of str
        Its positional parameters.
    changed : frozenset of str
        Names that it changes in place: parameters, and names from around it.
    records : frozenset of str
        As for `Step`.
    """

    inputs: tuple[str, ...]
    changed: frozenset[str]
    records: frozenset[str]

    def touched(self, call: ast.Call) -> set[str]:
        """Names that a call of it changes, in the words of the caller."""
        given = [*zip(self.inputs, call.args, strict=False),
                 *((each.arg, each.value) for each in call.keywords)]
        own = {name for name, _ in given}
        return (self.changed - set(self.inputs)) - own | {
            _root(value) for name, value in given if name in self.changed}


def _step(cell: int, statement: ast.stmt, tests: Sequence[ast.AST], sure: bool,
          functions: Mapping[str, Function]) -> Step:
    given, used = _names(statement)
    if isinstance(statement, ast.For):  # what runs along is its own
        used -= given - _read(statement.iter)
    changed = (set() if isinstance(statement, ast.FunctionDef)
               else _changed(statement, functions))
    return Step(
        cell=cell, gives=frozenset(given), changes=frozenset(changed),
        uses=frozenset(used | changed | _read(*tests)),
        sure=sure and not isinstance(statement, ast.For | ast.While | ast.With | ast.AugAssign),
        tables=frozenset(_loaded(statement)),
        records=frozenset(_recorded(statement, functions)),
        function=statement.name if isinstance(statement, ast.FunctionDef) else "")


def _names(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Names that a statement binds, and those it reads, functions and comprehensions included."""
    table = symtable.symtable(ast.unparse(statement), "cell", "exec")
    given = {each.get_name() for each in table.get_symbols()
             if each.is_assigned() or each.is_imported()}
    used = {each.get_name() for each in table.get_symbols() if each.is_referenced()}
    waiting = list(table.get_children())
    while waiting:
        inner = waiting.pop()
        waiting += inner.get_children()
        used |= {each.get_name() for each in inner.get_symbols()
                 if each.is_global() and each.is_referenced()}
        given |= {each.get_name() for each in inner.get_symbols()
                  if each.is_declared_global() and each.is_assigned()}
    return given, {name for name in used if name in EVERYTHING or not hasattr(builtins, name)}


def _read(*nodes: ast.AST) -> set[str]:
    return {each.id for node in nodes for each in ast.walk(node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


def _changed(statement: ast.AST, functions: Mapping[str, "Function"]) -> set[str]:
    """Names of values that a statement changes in place."""
    found = set()
    for node in ast.walk(statement):
        match node:
            case (ast.Subscript(ctx=ast.Store() | ast.Del())
                  | ast.Attribute(ctx=ast.Store() | ast.Del())):
                found.add(_root(node))
            case ast.Call(func=ast.Attribute(attr=name)) if (
                    name in CHANGING
                    or any(each.arg == "inplace" for each in node.keywords)):
                found.add(_root(node.func))
            case ast.Call(func=ast.Name(id=name)) if name in functions:
                found |= functions[name].touched(node)
    return found - {""}


def _root(node: ast.AST) -> str:
    """Name at the beginning of ``name.part[key].method()``; empty if there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _loaded(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        match node:
            case ast.Call(func=ast.Attribute(attr="load", value=ast.Name(id="datasets")),
                          args=[ast.Constant(value=name)]):
                yield name


def _recorded(statement: ast.stmt, functions: Mapping[str, Function]) -> Iterator[str]:
    for node in ast.walk(statement):
        match node:
            case ast.Call(func=ast.Attribute(attr=called, value=ast.Name(id="results")),
                          args=[first, *_]) if called in RECORDING:
                yield first.value if isinstance(first, ast.Constant) else ANY
            case ast.Name(id=name) if name in functions:
                yield from functions[name].records
