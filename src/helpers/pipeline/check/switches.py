"""Rules against what switches a check off: tags, marks for nbval, silenced warnings, wide excepts.

They hold of every cell: a cell that is hidden, skipped or not compared is a hole that no change of
a number would show.
"""

import ast
import builtins

from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.parts import at, numbered

# Every tag that a chapter may carry, by sort of cell. Others hide something from readers
# (remove-cell), keep a cell from running (skip-execution) or from being compared (nbval-skip).
TAGS = {"code": {"parameters", "hide-input"}, "markdown": set()}
# Times of a run do no harm; jupyter's own `outputs_hidden` and `collapsed` hide outputs.
METADATA = {"tags", "execution"}
MARKS = ("NBVAL_", "PYTEST_VALIDATE_")  # comments that nbval would obey
SILENCERS = {  # called in a chapter they hide what a reader of the run should see
    "warnings": {"filterwarnings", "simplefilter", "catch_warnings", "resetwarnings"},
    "logging": {"disable"},
    "contextlib": {"suppress", "redirect_stdout", "redirect_stderr"},
    "numpy": {"seterr", "errstate"}, "np": {"seterr", "errstate"},
}


def switch_faults(chapter: Chapter) -> list[str]:
    """Whatever in a chapter switches a check off, or hides a part of it."""
    found = []
    for place, cell in enumerate(chapter.notebook["cells"], start=1):
        if cell["cell_type"] not in TAGS:
            found.append(f"{chapter.name}, cell {place}: it is of the type {cell['cell_type']}, "
                         f"which no page shows and no test runs. Make it code or markdown.")
        elif cell["cell_type"] == "markdown":
            found += [f"{chapter.name}, cell {place}: {fault}." for fault in labels(cell)]
    for place, cell in numbered(chapter):
        found += [at(chapter, place, fault)
                  for fault in [*labels(cell), *marks(cell), *silences(cell), *excepts(cell)]]
    return found


def labels(cell: dict) -> list[str]:
    """Tags and other metadata of a cell that a chapter may not carry."""
    kind, about = cell["cell_type"], cell["metadata"]
    return [
        *(f"the tag {tag} hides it, skips it or keeps it from being compared. Remove the tag"
          for tag in about.get("tags", []) if tag not in TAGS[kind]),
        *(f"its metadata has {name!r}, which may hide it. Remove that entry"
          for name in about if name not in METADATA)]


def marks(cell: dict) -> list[str]:
    """Comments by which nbval would skip a cell or not compare its outputs."""
    comments = (line.strip().lstrip("#").strip() for line in cell["source"].splitlines()
                if line.strip().startswith("#"))
    return [f"the comment {comment} keeps its outputs from being compared. Delete it"
            for comment in comments if comment.startswith(MARKS)]


def silences(cell: dict) -> list[str]:
    """Warnings, logs or output that a cell keeps from being seen."""
    found, tree = [], ast.parse(cell["source"])
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                pass
            case ast.ImportFrom(module=module, names=names):
                name = next((each.name for each in names
                             if each.name in SILENCERS.get(module, ())), None)
            case _:
                continue
        if name in SILENCERS.get(module, ()):
            found.append(f"line {node.lineno} uses {module}.{name}, which hides what goes wrong. "
                         f"Delete it and mend the cause, in the helper where it belongs")
    return found


def excepts(cell: dict) -> list[str]:
    """Handlers that would swallow more than a refusal, or do not say what was refused."""
    found = []
    for node in ast.walk(ast.parse(cell["source"])):
        if not isinstance(node, ast.ExceptHandler):
            continue
        wide = [name for name in _caught(node) if hasattr(builtins, name)]
        used = {inner.id for line in node.body for inner in ast.walk(line)
                if isinstance(inner, ast.Name)}
        if wide:
            found.append(f"line {node.lineno} catches {wide[0]}, and so would hide any mistake. "
                         f"Name the refusal of the analysis, such as growth.TooFewPoints")
        elif node.name not in used:
            found.append(f"line {node.lineno} drops the reason of a refusal. Write `as reason` "
                         f"and give it to results.refuse")
    return found


def _caught(handler: ast.ExceptHandler) -> list[str]:
    """Names of the exceptions of a handler; a bare one catches everything."""
    if handler.type is None:
        return ["BaseException"]
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [ast.unparse(each) for each in caught]
