"""Which modules of the book's own package a chapter reaches, by reading imports only.

An edit of a module can change the runs of the chapters that import it, directly or through
others, and of no other chapter. Nothing is imported to find out: a module may be broken.
"""

import ast
from functools import lru_cache
from pathlib import Path

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
    """
    package = project.code
    waiting = [name for source in sources for name in _imported(source, package.name, "")]
    found = {}
    while waiting:
        name = waiting.pop()
        for file in _files(package, name):
            if file not in found:
                state = file.stat()
                found[file] = _of_file(file, package, state.st_mtime_ns, state.st_size)
                waiting += found[file][0]
    return sorted(found)


def files_read(project: Project, reached: list[Path]) -> list[Path]:
    """Files beside the tables that reached modules declare to read (see `FILES`)."""
    found = set()
    for module in reached:
        state = module.stat()
        for pattern in _of_file(module, project.code, state.st_mtime_ns, state.st_size)[1]:
            found |= {file for file in project.root.glob(pattern) if file.is_file()}
            found |= {file for file in project.code.parent.glob(pattern) if file.is_file()}
    return sorted(found)


@lru_cache(maxsize=1024)
def _of_file(file: Path, package: Path, _changed: int, _size: int):
    """Names that a module imports from the package, and patterns of files it declares."""
    source = file.read_text(encoding="utf-8")
    inside = file.relative_to(package.parent).with_suffix("").parts
    inside = inside[:-1] if inside[-1] == "__init__" else inside[:-1]
    tree = ast.parse(source)
    patterns = []
    for node in tree.body:
        if (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
                and node.targets[0].id == FILES):
            patterns = list(ast.literal_eval(node.value))
    return _in_tree(tree, package.name, ".".join(inside)), patterns


@lru_cache(maxsize=4096)
def _imported(source: str, package: str, inside: str) -> tuple[str, ...]:
    # A cell that cannot be read imports nothing; running it says what is wrong.
    try:
        return tuple(_in_tree(ast.parse(source), package, inside)) if package in source else ()
    except SyntaxError:
        return ()


def _in_tree(tree: ast.AST, package: str, inside: str) -> list[str]:
    """Dotted names imported from the package anywhere in a tree, inside functions too."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = inside.split(".")[: len(inside.split(".")) - node.level + 1]
                base = ".".join([*above, *filter(None, [node.module])])
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return [name for name in found if name == package or name.startswith(package + ".")]


def _files(package: Path, name: str) -> list[Path]:
    """Files behind a dotted name: those of its packages, and its own if it is a module."""
    found, folder = [], package.parent
    for part in name.split("."):
        folder = folder / part
        if (folder / "__init__.py").is_file():
            found.append(folder / "__init__.py")
        elif folder.with_suffix(".py").is_file():
            found.append(folder.with_suffix(".py"))
            break
        else:  # a name inside a module
            break
    return found
