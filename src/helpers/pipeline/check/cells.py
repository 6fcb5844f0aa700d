"""Rules for code cells: what is hard to read, or would read differently elsewhere."""

import ast
import re

from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.parts import at, numbered

LONGEST_CELL = 40  # lines: what fits on a screen
HIDDEN = {"hide-input", "remove-cell"}
# What returns a value, which a notebook would print under the cell that ends with it.
RETURN_VALUES = ("results.record", "results.quote")
OWN_READING = re.compile(r"read_|to_csv|savefig")


def syntax_faults(chapter: Chapter) -> list[str]:
    """Cells that are no Python, such as those with a magic of Jupyter."""
    found = []
    for place, cell in numbered(chapter):
        try:
            ast.parse(cell["source"])
        except SyntaxError as error:
            found.append(at(chapter, place, f"line {error.lineno} is no Python ({error.msg}). "
                                             f"Write it without magics"))
    return found


def cell_faults(chapter: Chapter) -> list[str]:
    """Cells that are hard to read, or would read differently in Jupyter, papermill and the book."""
    found, bound = [], {}
    for place, cell in numbered(chapter):
        tree, tags = ast.parse(cell["source"]), set(cell["metadata"].get("tags", []))

        def add(text: str, place=place) -> None:
            found.append(at(chapter, place, text))

        lines = len(cell["source"].splitlines())
        if lines > LONGEST_CELL:
            add(f"{lines} lines, at most {LONGEST_CELL}. Split it: load, compute, answer, figure")
        if cell["source"].rstrip().endswith(";"):
            add("it ends with a semicolon, which the tests ignore. Delete the semicolon")
        if not HIDDEN & tags:
            add("its code would stand open on the page. Give it the tag hide-input")
        if "nbval-ignore-output" in tags:
            add("its outputs are not compared. Remove the tag nbval-ignore-output")
        for line in _assignments_to_nothing(tree):
            add(f"line {line} assigns to `_`. Delete `_ =`, and end the cell with "
                f"a sentence, figure or table")
        if _ends_with_a_value(tree):
            add("it ends with a bare value, which would be printed. Delete it, or put a sentence, "
                "figure or table last")
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and OWN_READING.match(node.attr):
                add(f"it calls {node.attr}. Use datasets.load, figures.show and tables.show")
            if isinstance(node, ast.Import | ast.ImportFrom) and "pipeline" in ast.unparse(node):
                add("it imports the pipeline, which a chapter must run without. Delete the import")
        for name in _bound(tree):
            bound.setdefault(name, []).append(place)
    for name, places in bound.items():
        if len(places) > 1:
            found.append(at(chapter, places[1], f"{name} is bound in code cell {places[0]} "
                                                 f"already. Give it a name of its own"))
    return found


def _assignments_to_nothing(tree: ast.Module) -> list[int]:
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == "_" for target in node.targets)]


def _ends_with_a_value(tree: ast.Module) -> bool:
    if not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return False
    last = tree.body[-1].value
    return not isinstance(last, ast.Call) or ast.unparse(last.func) in RETURN_VALUES


class _Bound(ast.NodeVisitor):
    """Names bound at the top level: not in comprehensions, nor inside functions and classes."""

    def __init__(self):
        self.names = {}

    def visit_FunctionDef(self, node):
        self.names[node.name] = None

    visit_AsyncFunctionDef = visit_ClassDef = visit_FunctionDef

    def visit_Lambda(self, _node):
        pass

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_Lambda

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store) and node.id != "_":
            self.names[node.id] = None

    def visit_alias(self, node):
        self.names[node.asname or node.name.split(".")[0]] = None

    def visit_ExceptHandler(self, node):
        if node.name:
            self.names[node.name] = None
        self.generic_visit(node)


def _bound(tree: ast.Module) -> list[str]:
    visitor = _Bound()
    visitor.visit(tree)
    return list(visitor.names)
