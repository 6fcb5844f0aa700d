"""The rules that every chapter keeps: each fault is one line that says what, where, and what next.

Rules about what an author writes hold before a chapter has run, so `book accept` refuses a chapter
that breaks one. Rules about outputs hold of a committed chapter; `book check CHAPTER` tells both.
"""

import ast
import builtins
import json
import keyword
import re
from collections.abc import Callable, Collection, Iterable

from helpers import datasets, parameters, results, words
from helpers.pipeline import chapters, edition, scenario_table
from helpers.pipeline.chapters import Chapter
from helpers.project import Project

TO_WRITE = "TO WRITE"  # what `book new` leaves to its author
LONGEST_CELL = 40  # lines: what fits on a screen
SHORTEST_ALT = 6  # words of the alternative text of a figure
FEW = 5  # names that one line lists
HIDDEN = {"hide-input", "remove-cell"}
# What returns a value, which a notebook would print under the cell that ends with it.
RETURN_VALUES = ("results.record", "results.quote")
OWN_READING = re.compile(r"read_|to_csv|savefig")
# Digits that are no results: section numbers, names in backquotes, glue, links, formulae. A book
# adds its own words that hold a digit: `not_results` under [tool.book] in pyproject.toml.
NOT_RESULTS = (
    r"(?s)```.*?```", r"(?s)\$\$.*?\$\$", r"\$[^$\n]+\$", r"\{glue:text\}`[^`]*`", r"`[^`]*`",
    r"\]\([^)]*\)", r"\{(?:cite|doc|ref)[^}]*\}`[^`]*`", r"(?m)^#+ .*$",
    r"\b[Ss]ections? \d+(?:\.\d+)*(?:(?:,| and| to) \d+(?:\.\d+)*)*",
)
GLUED = re.compile(r"\{glue:text\}`([a-z0-9_]+)[^`]*`")


def faults(project: Project, name: str) -> list[str]:
    """Every rule that a chapter breaks, one line each; empty for a good chapter.

    Raises
    ------
    chapters.ChapterError
        If there is no such chapter, or it is no notebook.
    """
    return written(project, name) + outputs(project, name)


def written(project: Project, name: str) -> list[str]:
    """Rules about what the author wrote: they hold before the chapter has run."""
    chapter = chapters.read(project, name)
    unreadable = syntax_faults(chapter)
    if unreadable:
        return unreadable
    return [
        *_told(parameter_faults, chapter, parameters.defaults()),
        *cell_faults(chapter),
        *_told(table_faults, chapter, datasets.names(project)),
        *prose_faults(chapter, project.settings.get("not_results", ())),
        *contents_faults(chapter, chapters.names(project)),
    ]


def outputs(project: Project, name: str) -> list[str]:
    """Rules about what the chapter's committed run left in it."""
    chapter = chapters.read(project, name)
    return output_faults(chapter) + ledger_faults(chapter, _claims(project))


def _told(rule: Callable, chapter: Chapter, known) -> list[str]:
    """Faults by a rule that needs the chapter to be readable, or why it is not."""
    try:
        return rule(chapter, known)
    except chapters.ChapterError as error:
        return [str(error)]


def _claims(project: Project) -> set[str] | None:
    """Ids that results may rest on: the key of the table that `claims` in [tool.book] names."""
    table = project.settings.get("claims")
    if not table:
        return None
    return set(datasets.load(table, project)[datasets.describe(table, project)["schema"]
                                             ["primaryKey"]])


# ------------------------------------------------------------------ what is written


def syntax_faults(chapter: Chapter) -> list[str]:
    """Cells that are no Python, such as those with a magic of Jupyter."""
    found = []
    for place, cell in _numbered(chapter):
        try:
            ast.parse(cell["source"])
        except SyntaxError as error:
            found.append(_at(chapter, place, f"line {error.lineno} is no Python ({error.msg}). "
                                             f"Write it without magics"))
    return found


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


def cell_faults(chapter: Chapter) -> list[str]:
    """Cells that are hard to read, or would read differently in Jupyter, papermill and the book."""
    found, bound = [], {}
    for place, cell in _numbered(chapter):
        tree, tags = ast.parse(cell["source"]), set(cell["metadata"].get("tags", []))

        def add(text: str, place=place) -> None:
            found.append(_at(chapter, place, text))

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
            found.append(_at(chapter, places[1], f"{name} is bound in code cell {places[0]} "
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


def table_faults(chapter: Chapter, known: Collection[str]) -> list[str]:
    """Tables that do not exist, or a chapter that rests on none."""
    if not chapter.tables:
        return [f"{chapter.name} reads no table. Load one: datasets.load(\"name\"); "
                f"`book new table FILE` adds one."]
    return [f"{chapter.name} reads the table {name!r}, which the data package does not have. "
            f"`book new table FILE` adds one." for name in chapter.tables if name not in known]


def prose_faults(chapter: Chapter, not_results: Iterable[str] = ()) -> list[str]:
    """Numbers typed into prose, and parts that every chapter has and this one lacks.

    Parameters
    ----------
    chapter : Chapter
    not_results : iterable of str
        Patterns of words with a digit that are no results, beside `NOT_RESULTS`.
    """
    found, prose = [], _prose(chapter)
    first, last = (prose[0], prose[-1]) if prose else ("", "")
    if not first.startswith("# "):
        found.append(f"{chapter.name}, first cell: no title. Begin it with `# NUMBER TITLE`.")
    for part in ("question", "answer"):
        if f"{{div}} {part}" not in first:
            found.append(f"{chapter.name}, first cell: no {part}. Put it between `:::{{div}} "
                         f"{part}` and `:::`.")
    if "limits" not in last:
        found.append(f"{chapter.name}, last text: it does not tell the limits. End with "
                     f"`## What this rests on, and its limits`.")
    for number in typed_numbers(chapter, not_results):
        found.append(f"{chapter.name}, prose: {number!r} is typed by hand and would stay when "
                     f"results move. Record it and write {{glue:text}}`name`; a word of the book's "
                     f"own goes to `not_results` in pyproject.toml.")
    return found


def typed_numbers(chapter: Chapter, not_results: Iterable[str] = ()) -> list[str]:
    """Words with a digit in prose that are neither a name nor a place in the book."""
    found = []
    for text in _prose(chapter):
        for pattern in (*NOT_RESULTS, *not_results):
            text = re.sub(pattern, " ", text)
        found += re.findall(r"[^\s]*\d[^\s]*", text)
    return found


def contents_faults(chapter: Chapter, listed: Collection[str]) -> list[str]:
    """Whether the chapter has a place in the book."""
    if chapter.name in listed:
        return []
    return [f"{chapter.name} is not in _toc.yml, so no page shows it. Write there: "
            f"- file: chapters/{chapter.name}"]


# ------------------------------------------------------------------ outputs


def output_faults(chapter: Chapter) -> list[str]:
    """Outputs that tests cannot compare or readers cannot use."""
    found, shown, again = [], 0, f"type: book accept {chapter.name}"
    for place, cell in _numbered(chapter):
        def add(text: str, place=place) -> None:
            found.append(_at(chapter, place, text))

        if cell.get("execution_count") != place:
            add(f"it has no outputs, or those of another order; {again}")
        pictures = 0
        for output in cell.get("outputs", []):
            if output["output_type"] in ("stream", "error", "execute_result"):
                add(f"it prints {_printed(output)!r}. Record or show it; then {again}")
                continue
            kinds, about = set(output.get("data", {})), output.get("metadata", {}).get("book", {})
            shown += bool(about)
            if kinds & {"image/png", "image/jpeg"}:
                add("it has a bitmap, which nobody can compare. Show it by figures.show")
            if "image/svg+xml" in kinds:
                pictures += 1
                if len(about.get("alt", "").split()) < SHORTEST_ALT:
                    add(f"its figure has no alternative text of {SHORTEST_ALT} words. Give "
                        f"figures.show an `alt` that says what is seen")
        if pictures > 1:
            add(f"it has {pictures} figures. Give each a cell of its own")
    if not shown:
        found.append(f"{chapter.name} shows no figure and no table. Use figures.show or "
                     f"tables.show; then {again}")
    return found


def ledger_faults(chapter: Chapter, claims: Collection[str] | None = None) -> list[str]:
    """Records that prose, other chapters or comparisons could not use.

    Parameters
    ----------
    chapter : Chapter
    claims : collection of str, optional
        Ids that a record may rest on; None where the book has no such table.
    """
    entries, found = results.entries(chapter.notebook), []
    if not any(entry["type"] == "result" for entry in entries):
        found.append(f"{chapter.name} records no result. Use results.record; "
                     f"then type: book accept {chapter.name}")
    recorded = [entry["name"] for entry in entries]
    found += [f"{chapter.name} records {name!r} twice. Rename one of them."
              for name in dict.fromkeys(recorded) if recorded.count(name) > 1]
    for text in _prose(chapter):
        found += [f"{chapter.name}, prose: {name!r} is glued in and no cell records it. Correct "
                  f"the name, or type: book accept {chapter.name}"
                  for name in GLUED.findall(text) if name not in recorded]
    for entry in entries:
        found += [f"{chapter.name}, record {entry['name']}: there is no claim {claim!r}. Correct "
                  f"the id." for claim in entry["claims"]
                  if claims is not None and claim not in claims]
        try:
            json.dumps(entry, allow_nan=False)
        except ValueError:
            found.append(f"{chapter.name}, record {entry['name']}: it is not finite. Refuse it "
                         f"with results.refuse.")
    return found


# ------------------------------------------------------------------ beside the chapters


def tables(project: Project, names: Iterable[str]) -> list[str]:
    """Faults of tables that chapters read or that changed, and CSV files that nobody can read."""
    found, altered = [], datasets.changed(project)
    read = {table for name in names for table in _readable_tables(chapters.read(project, name))}
    for table in sorted(read & set(datasets.names(project)) | set(altered)):
        shown = project.shown(project.data / datasets.describe(table, project)["path"])
        try:
            datasets.load(table, project.with_own_data(None))
        except datasets.DataError as error:
            found.append(str(error))
            continue
        if table in altered:
            found.append(f"{shown} is not what was accepted. Look at it (git diff {shown}), then "
                         f"type: book accept")
    return found + [f"data/{path} is not described, so no chapter can read it. "
                    f"Type: book new table data/{path}" for path in datasets.undescribed(project)]


def _readable_tables(chapter: Chapter) -> tuple[str, ...]:
    """Tables of a chapter; nothing where the chapter cannot be read, which `written` says."""
    try:
        return chapter.tables
    except (chapters.ChapterError, SyntaxError):
        return ()


def notes(project: Project) -> list[str]:
    """What is no fault and yet to be done: results to make, tables to read, texts to write."""
    found = []
    for name in scenario_table.unlisted(project):
        try:
            edition.resolve(project, name)
        except parameters.ParameterError as error:
            found.append(f"scenarios/{error}")
        else:
            found.append(f"scenarios/{name}.toml is not in the tables of scenarios yet. "
                         f"Type: book accept")
    found += [f"scenarios/{file.name} has texts marked {TO_WRITE!r}."
              for file in sorted(project.scenarios.glob("*.toml"))
              if TO_WRITE.encode() in file.read_bytes()]
    described = project.shown(project.data_package)
    listed = [chapters.read(project, name) for name in chapters.names(project)]
    read = {table for chapter in listed for table in _readable_tables(chapter)}
    unread = [name for name in datasets.names(project) if name not in read]
    if unread:
        more = [f"{len(unread) - FEW} more"] if len(unread) > FEW else []
        found.append(f"No chapter reads {words.in_words([*unread[:FEW], *more])} yet.")
    used = {name for chapter in listed for name in chapter.parameters}
    idle = [name for name in parameters.names() if name not in used]
    if idle and listed:
        more = [f"{len(idle) - FEW} more"] if len(idle) > FEW else []
        found.append(f"No chapter reads the parameter {words.in_words([*idle[:FEW], *more])} yet.")
    found += [f"{described}: the table {resource['name']} has texts marked {TO_WRITE!r}."
              for resource in datasets.package(project)["resources"]
              if TO_WRITE in json.dumps(resource)]
    return found + [f"chapters/{chapter.path.name} has texts marked {TO_WRITE!r}."
                    for chapter in listed
                    if any(TO_WRITE in text for text in _prose(chapter))]


# ------------------------------------------------------------------ parts


def _numbered(chapter: Chapter) -> Iterable[tuple[int, dict]]:
    """Code cells with their number, which Jupyter shows beside them after a run."""
    return enumerate(chapter.code_cells, start=1)


def _prose(chapter: Chapter) -> list[str]:
    return [cell["source"] for cell in chapter.notebook["cells"]
            if cell["cell_type"] == "markdown"]


def _at(chapter: Chapter, place: int, text: str) -> str:
    return f"{chapter.name}, code cell {place}: {text}."


def _printed(output: dict) -> str:
    text = output.get("text") or output.get("data", {}).get("text/plain") or output.get("evalue")
    return "".join(text or "")[:60]
