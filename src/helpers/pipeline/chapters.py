"""A chapter as a value: its notebook, read once, and what it declares."""

import ast
import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from helpers import characters, results, words
from helpers.pipeline import notebooks
from helpers.pipeline.contents import names
from helpers.pipeline.notebooks import ChapterError
from helpers.project import Project

__all__ = ["Chapter", "ChapterError", "find", "names", "read"]


@dataclass(frozen=True)
class Chapter:
    """A committed chapter.

    Attributes
    ----------
    name : str
        Such as ``2-3-market-expansion``.
    path : Path
    notebook : dict
        Shared by all who ask; copy it before a change. Sources are one text each.
    """

    name: str
    path: Path
    notebook: dict

    @property
    def code_cells(self) -> list[dict]:
        """Its code cells, in order."""
        return [cell for cell in self.notebook["cells"] if cell["cell_type"] == "code"]

    @property
    def title(self) -> str:
        """Its first heading, without the number; empty where there is none."""
        for cell in self.notebook["cells"]:
            for line in cell["source"].splitlines():
                if cell["cell_type"] == "markdown" and line.startswith("# "):
                    return line.removeprefix("# ").strip()
        return ""

    @cached_property
    def parameters(self) -> dict:
        """Names and default values in its parameters cell, in order; literals only.

        Raises
        ------
        ChapterError
            If the cell computes something: papermill injects new values after it, so anything
            derived there would keep its old value.
        """
        declared = {}
        for node in _parsed(self, self.parameters_cell).body:
            where = f"{self.name}, parameters cell, line {node.lineno}"
            try:
                if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                    raise ValueError
                name, value = node.targets[0].id, ast.literal_eval(node.value)
            except (ValueError, AttributeError, TypeError, RecursionError):
                raise ChapterError(
                    f"{where}: only `name = literal` may stand there. Derive other values in a "
                    f"later cell.") from None
            if name in declared:
                raise ChapterError(f"{where}: {name} stands there twice. Delete one line.")
            if not _is_plain(value):
                raise ChapterError(
                    f"{where}: {name} is {characters.shown(value)}; expected a number, a text, "
                    f"True or False, or a list of them.")
            declared[name] = value
        return declared

    @property
    def parameters_cell(self) -> dict:
        """The one cell tagged ``parameters``.

        Raises
        ------
        ChapterError
            If there is none or more than one: papermill injects after the first only, and a
            second one would put the defaults back without a word. Or if it is no code.
        """
        tagged = [cell for cell in self.notebook["cells"]
                  if "parameters" in cell["metadata"].get("tags", [])]
        if len(tagged) != 1:
            raise ChapterError(
                f"{self.name}: expected one cell tagged `parameters`, found {len(tagged)}.")
        if tagged[0]["cell_type"] != "code":
            raise ChapterError(
                f"{self.name}: the cell tagged `parameters` is {tagged[0]['cell_type']}, not code. "
                f"Move the tag to the cell with the lines `name = value`.")
        return tagged[0]

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Tables it reads: the literal names in its calls of ``datasets.load``.

        Raises
        ------
        ChapterError
            If a name is not a literal, since then nobody could tell what it rests on.
        """
        found = set()
        for cell in self.code_cells:
            if "datasets" in cell["source"] and "load" in cell["source"]:
                found |= _tables_read(self, cell)
        return tuple(sorted(found))

    def at(self, cell: dict) -> str:
        """How a message names a cell: code cells by their number after a run."""
        if cell["cell_type"] != "code":
            return f"{self.name}, a cell of {cell['cell_type']}"
        place = next(number for number, each in enumerate(self.code_cells, start=1)
                     if each is cell)
        return f"{self.name}, code cell {place}"

    @cached_property
    def recorded(self) -> tuple[str, ...]:
        """Names of the records in its committed outputs.

        Raises
        ------
        ChapterError
            If one has no name.
        """
        for cell in self.code_cells:
            for entry in results.entries({"cells": [cell]}):
                if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
                    raise ChapterError(f"{self.at(cell)}: a record in its committed outputs has no "
                                       f"name. Make them anew: book accept {self.name}")
        return tuple(entry["name"] for entry in results.entries(self.notebook))


def _is_plain(value) -> bool:
    """Whether a value is what a parameter can be, and JSON can hold."""
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    return isinstance(value, bool | int | str) or isinstance(value, float) and math.isfinite(value)


def _parsed(chapter: Chapter, cell: dict) -> ast.Module:
    try:
        return _tree(cell["source"])
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        number = getattr(error, "lineno", None) or 1
        lines = cell["source"].splitlines()
        line = lines[number - 1].strip() if number <= len(lines) else ""
        reason = characters.one_line(getattr(error, "msg", None) or str(error), 100)
        raise ChapterError(f"{chapter.at(cell)}, line {number}: {characters.shown(line)} is not "
                           f"Python: {reason}.") from None


@lru_cache(maxsize=4096)
def _tree(source: str) -> ast.Module:
    return ast.parse(source)


def _tables_read(chapter: Chapter, cell: dict) -> set[str]:
    found = set()
    for node in ast.walk(_parsed(chapter, cell)):
        match node:
            case ast.Call(func=ast.Attribute(attr="load", value=ast.Name(id="datasets"))):
                name = node.args[0] if len(node.args) == 1 and not node.keywords else None
                if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
                    raise ChapterError(
                        f"{chapter.at(cell)}, line {node.lineno}: "
                        f"{characters.shown(ast.unparse(node))}: name the table in quotes.")
                found.add(name.value)
    return found


def find(project: Project, text: str) -> str:
    """The one chapter that a text means: its name, its number (``2.3``), or how it begins.

    Raises
    ------
    ChapterError
        If there is none, or more than one; the message names them.
    """
    known = sorted(file.stem for file in project.chapters.glob("*.ipynb"))
    wanted = text.lower().replace(".", "-").removesuffix("-ipynb").removeprefix("chapters/")
    if text in known or wanted in known:
        return text if text in known else wanted
    numbered = [name for name in known if name.startswith(f"{wanted}-")
                and words.chapter_number(name) == words.chapter_number(f"{wanted}-x")]
    begun = numbered or [name for name in known if wanted and name.startswith(wanted)]
    if len(begun) == 1:
        return begun[0]
    if begun:
        raise ChapterError(f"{text!r} may be {words.in_words(begun)}. Type more of the name.")
    nearest = words.nearest(text, known, cutoff=0.3)
    hint = f" Nearest name: {nearest!r}." if nearest else ""
    raise ChapterError(f"No chapter is called {text!r}; `book list` lists them.{hint}")


def read(project: Project, name: str) -> Chapter:
    """A chapter, read once as long as its file stays the same.

    Parameters
    ----------
    project : Project
    name : str
        As `find` takes it.

    Raises
    ------
    ChapterError
        If there is none, or it is no notebook.
    """
    path = project.chapters / f"{find(project, name)}.ipynb"
    try:
        state = path.stat()
        return _read(path, project.shown(path), state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise ChapterError(
            f"{project.shown(path)} cannot be read: {error.strerror}.") from None


@lru_cache(maxsize=256)
def _read(path: Path, shown: str, _changed: int, _size: int) -> Chapter:
    return Chapter(path.stem, path, notebooks.read(path, shown))
