"""Which modules of the book's own package a chapter reaches, by reading imports only.

An edit of a module can change the runs of the chapters that import it, directly or through
others, and of no other chapter. Nothing is imported to find out: a module may be broken.
"""

import ast
import os
from functools import lru_cache
from pathlib import Path

from helpers import characters
from helpers.pipeline.notebooks import ChapterError
from helpers.project import Project

# A module that reads files beside the tables names them in this variable, relative to the book,
# as patterns: a changed font would else leave pictures as they were.
FILES = "READS"


def modules(project: Project, sources: list[str]) -> list[Path]:
    """Modules of ``helpers`` that code reaches, in order of their names.

    Parameters
    ----------
    project : Project
    sources : list of str
        Code cells.

    Returns
    -------
    list of Path
        Every module once, with the ``__init__`` of each package on the way.

    Raises
    ------
    ChapterError
        If one of them is no Python.
    """
    package = project.code
    there = _listed(package)
    waiting = {name for source in sources for name in _imported(source, package.name, "")}
    found, seen = {}, set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            module = ".".join(parts[:length])
            if module not in there:  # a name inside a module
                break
            if module not in found:
                found[module] = there[module][0]
                waiting |= set(_of_file(package, *there[module])[0]) - seen
    return sorted(found.values())


def _listed(package: Path) -> dict[str, tuple[Path, int, int]]:
    """Every module of a package by its dotted name: file, time of change, size."""
    found, waiting = {}, [(str(package), package.name)]
    while waiting:
        folder, dotted = waiting.pop()
        for entry in os.scandir(folder):
            if entry.is_dir():
                waiting.append((entry.path, f"{dotted}.{entry.name}"))
            elif entry.name.endswith(".py"):
                stem = entry.name.removesuffix(".py")
                state = entry.stat()
                name = dotted if stem == "__init__" else f"{dotted}.{stem}"
                found[name] = (Path(entry.path), state.st_mtime_ns, state.st_size)
    return found


def files_read(project: Project, reached: list[Path]) -> list[Path]:
    """Files beside the tables that reached modules declare to read (see `FILES`)."""
    found = set()
    for module in reached:
        state = module.stat()
        for pattern in _of_file(project.code, module, state.st_mtime_ns, state.st_size)[1]:
            found |= {file for file in project.root.glob(pattern) if file.is_file()}
            found |= {file for file in project.code.parent.glob(pattern) if file.is_file()}
    return sorted(found)


@lru_cache(maxsize=1024)
def _of_file(package: Path, file: Path, _changed: int, _size: int):
    """Names that a module imports from the package, and patterns of files it declares."""
    inside = file.relative_to(package.parent).with_suffix("").parts
    inside = inside[:-1] if inside[-1] == "__init__" else inside[:-1]
    patterns = []
    try:
        tree = ast.parse(file.read_bytes())
        for node in tree.body:
            if (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
                    and node.targets[0].id == FILES):
                patterns = list(ast.literal_eval(node.value))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        shown = file.relative_to(package.parent.parent).as_posix()
        raise ChapterError(f"{shown}{in_a_line(error)} See what changed: git diff -- {shown}"
                           ) from None
    return _in_tree(tree, package.name, ".".join(inside)), patterns


def in_a_line(error: Exception) -> str:
    """What makes a module no Python, to be said after its name."""
    reason = characters.one_line(getattr(error, "msg", None) or str(error), 200)
    return f", line {getattr(error, 'lineno', None) or 1}: {reason}."


@lru_cache(maxsize=4096)
def _imported(source: str, package: str, inside: str) -> tuple[str, ...]:
    # A cell that cannot be read imports nothing; running it says what is wrong.
    try:
        return tuple(_in_tree(ast.parse(source), package, inside)) if package in source else ()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def _in_tree(tree: ast.AST, package: str, inside: str) -> list[str]:
    """Dotted names imported from the package anywhere in a tree, inside functions too."""
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        # An import is a statement, and most of a tree is expressions.
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, part, ())
            waiting += inner if isinstance(inner, list) else ()
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = inside.split(".")[: len(inside.split(".")) - node.level + 1]
                base = ".".join([*above, *filter(None, [node.module])])
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return [name for name in found if name == package or name.startswith(package + ".")]
