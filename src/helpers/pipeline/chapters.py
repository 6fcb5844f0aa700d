"""A chapter as a value: its notebook, read once, and what it declares."""

import ast
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import yaml

from helpers import results, words
from helpers.project import Project


class ChapterError(ValueError):
    """A chapter that does not exist or cannot be read as the pipeline needs it."""


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
        for node in _parsed(self.name, self.parameters_cell["source"]).body:
            try:
                if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                    raise ValueError
                declared[node.targets[0].id] = ast.literal_eval(node.value)
            except (ValueError, AttributeError):
                raise ChapterError(
                    f"{self.name}, parameters cell, line {node.lineno}: only `name = literal` may "
                    f"stand there. Derive other values in a later cell.") from None
        return declared

    @property
    def parameters_cell(self) -> dict:
        """The one cell tagged ``parameters``.

        Raises
        ------
        ChapterError
            If there is none or more than one: papermill injects after the first only, and a
            second one would put the defaults back without a word.
        """
        tagged = [cell for cell in self.notebook["cells"]
                  if "parameters" in cell["metadata"].get("tags", [])]
        if len(tagged) != 1:
            raise ChapterError(
                f"{self.name}: expected one cell tagged `parameters`, found {len(tagged)}.")
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
                found |= _tables_read(self.name, cell["source"])
        return tuple(sorted(found))

    @cached_property
    def recorded(self) -> tuple[str, ...]:
        """Names of the records in its committed outputs."""
        return tuple(entry["name"] for entry in results.entries(self.notebook))


def _parsed(chapter: str, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        shown = source.splitlines()[error.lineno - 1].strip() if source else ""
        raise ChapterError(f"{chapter}, a cell with `{shown}`, line {error.lineno}: this is not "
                           f"Python: {error.msg}.") from None


@lru_cache(maxsize=4096)
def _tables_read(chapter: str, source: str) -> frozenset[str]:
    found = set()
    for node in ast.walk(_parsed(chapter, source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="load", value=ast.Name(id="datasets"))):
                if len(node.args) != 1 or not isinstance(node.args[0], ast.Constant):
                    raise ChapterError(
                        f"{chapter}: `{ast.unparse(node)}`: name the table in quotes.")
                found.add(node.args[0].value)
    return frozenset(found)


def names(project: Project) -> list[str]:
    """Chapters in the order of the table of contents, with parts or without.

    Raises
    ------
    ChapterError
        If the table of contents cannot be read.
    """
    try:
        contents = yaml.safe_load(project.contents.read_text(encoding="utf-8"))
        parts = contents.get("parts", [contents])
        files = [entry["file"] for part in parts for entry in part["chapters"] or ()]
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError):
        shown = project.shown(project.contents)
        raise ChapterError(f"{shown} is no table of contents that can be read. "
                           f"Restore it: git checkout -- {shown}") from None
    return [Path(file).name for file in files if file.startswith("chapters/")]


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
    state = path.stat()
    return _read(path, project.shown(path), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=256)
def _read(path: Path, shown: str, _changed: int, _size: int) -> Chapter:
    """A notebook as plain JSON: nbformat takes ten times as long, most of it for outputs."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
    except (ValueError, KeyError, TypeError):
        raise ChapterError(f"{shown} is not a notebook that can be read. "
                           f"Restore it: git checkout -- {shown}") from None
    return Chapter(path.stem, path, notebook)
