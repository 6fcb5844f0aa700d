"""Rules for what a chapter takes in: its parameters cell, and its tables."""

import ast
import builtins
import keyword
from collections.abc import Collection, Iterable

from helpers.pipeline.chapters import Chapter


def parameter_faults(chapter: Chapter, defaults: dict) -> list[str]:
    """Differences between the parameters cell and the registry, and names nobody checks or reads.

    Parameters
    ----------
    chapter : Chapter
    defaults : dict
        The registry's names and values.
    """
    declared, found = chapter.parameters, []

    def add(text: str) -> None:
        found.append(f"{chapter.name}, parameters cell: {text}.")

    for name, value in declared.items():
        if name not in defaults:
            add(f"{name} is not in the registry. `book params` lists it; a new one is an entry in "
                f"src/helpers/parameters.py")
        elif value != defaults[name]:
            add(f"{name} is {value!r}, the registry says {defaults[name]!r}. Write the registry's")
        if keyword.iskeyword(name) or hasattr(builtins, name):
            add(f"{name} is a word of Python and cannot be injected safely. Rename it")
    cell = chapter.parameters_cell
    for number, line in enumerate(cell["source"].splitlines(), start=1):
        if line.strip() and "#" not in line:
            add(f"line {number} has no comment. Write unit and meaning after a #")
    cells = chapter.code_cells
    read, checked = set(), set()
    for other in cells[cells.index(cell) + 1:]:
        names, named = _read_and_checked(ast.parse(other["source"]), declared)
        read, checked = read | names, checked | named
    for name in declared:
        if name not in checked:
            add(f"{name} is not checked. Begin the next cell's work with "
                f"`parameters.check(globals())`")
        if name not in read:
            add(f"{name} is never read. Use it or delete its line")
    return found


def _read_and_checked(tree: ast.AST, declared: Iterable[str]) -> tuple[set[str], set[str]]:
    """Names that a cell reads outside `parameters.check`, and parameters that it checks."""
    checks = [node for node in ast.walk(tree) if isinstance(node, ast.Call)
              and ast.unparse(node.func) == "parameters.check"]
    inside = {id(node) for call in checks for node in ast.walk(call)}
    read = {node.id for node in ast.walk(tree)
            if isinstance(node, ast.Name) and id(node) not in inside}
    checked = {word.arg for call in checks for word in call.keywords}
    if any(ast.unparse(argument) == "globals()" for call in checks for argument in call.args):
        checked |= set(declared)
    return read, checked


def table_faults(chapter: Chapter, known: Collection[str]) -> list[str]:
    """Tables that do not exist, or a chapter that rests on none."""
    if not chapter.tables:
        return [f"{chapter.name} reads no table. Load one: datasets.load(\"name\"); "
                f"`book new table FILE` adds one."]
    return [f"{chapter.name} reads the table {name!r}, which the data package does not have. "
            f"`book new table FILE` adds one." for name in chapter.tables if name not in known]
