"""After a change exactly the right chapters run again, each for a stated reason.

All chapters of the book stand in a store that holds a run of each; nothing is executed here.
"""

import ast
import json
import shutil

import pytest
from small_book import REAL, book

from helpers import datasets, parameters
from helpers.pipeline import chapters, closure, plan, store
from helpers.pipeline.running.work import bare
from helpers.project import Project

pytestmark = pytest.mark.slow  # on copies of the whole package

NAMES = chapters.names(REAL)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A copy of what runs are made from, without outputs, and with a run of every chapter."""
    root = tmp_path_factory.mktemp("whole") / "book"
    for part in ("data", "vendor", "scenarios"):
        shutil.copytree(REAL.root / part, root / part,
                        ignore=shutil.ignore_patterns("pages"))
    shutil.copytree(REAL.code, root / "src" / "helpers",
                    ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("requirements.txt", "_toc.yml"):
        shutil.copy(REAL.root / file, root)
    (root / "chapters").mkdir()
    for name in NAMES:
        notebook = bare(json.loads((REAL.chapters / f"{name}.ipynb").read_text("utf-8")))
        (root / "chapters" / f"{name}.ipynb").write_text(json.dumps(notebook), "utf-8")
    for name in NAMES:
        made = plan.make(Project.at(root), name, {})
        store.publish(root / "_build", {"results.json": json.dumps([name]).encode()}, made.key,
                      {"status": "ok", "chapter": name, "parts": made.parts})
    return root


@pytest.fixture
def project(whole, tmp_path):
    """That book, for one test to change."""
    shutil.copytree(whole, tmp_path / "book")
    return Project.at(tmp_path / "book")


def reasons(project, **overrides):
    """Chapters that would run again, with the reasons that `book why` gives."""
    found = {name: store.why(project.build, plan.make(project, name, overrides))
             for name in NAMES}
    return {name: lines for name, lines in found.items() if lines}


def importers(project, module):
    """Chapters that reach a module."""
    return {name for name in NAMES if project.code / module in closure.modules(
        project, [cell["source"] for cell in chapters.read(project, name).code_cells])}


def edit_cells(project, chapter, kind, change):
    file = project.chapters / f"{chapter}.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == kind:
            cell["source"] = change("".join(cell["source"]))
    file.write_text(json.dumps(notebook), encoding="utf-8")


def test_nothing(project):
    assert reasons(project) == {}


@pytest.mark.parametrize("table", ["claims", "ratings", "budgets", "ics_advisories"])
def test_a_byte_of_data(project, table):
    file = datasets.locate(table, project)
    file.write_bytes(file.read_bytes() + b"\n")
    readers = {name for name in NAMES if table in chapters.read(project, name).tables}
    assert 0 < len(readers) < len(NAMES)
    assert reasons(project) == {name: [f"data {table}: changed"] for name in readers}


@pytest.mark.parametrize("module, most", [
    ("audit/register.py", 4), ("audit/prints.py", 4), ("composite/means.py", 6),
    ("growth/rates.py", len(NAMES) - 1), ("figures/bars.py", len(NAMES)),
    ("results.py", len(NAMES)), ("words.py", len(NAMES))])
def test_a_byte_of_a_helper(project, module, most):
    file = project.code / module
    file.write_text(file.read_text() + "\n# changed\n")
    touched = importers(project, module)
    assert 0 < len(touched) <= most
    assert reasons(project) == dict.fromkeys(touched, [f"helpers {module}: changed"])


def test_the_audit_is_reached_by_those_that_import_it_and_no_others(project):
    named = {name for name in NAMES if any(
        alias.name.split(".")[-1] == "audit" for cell in chapters.read(project, name).code_cells
        for node in ast.walk(ast.parse(cell["source"])) if isinstance(node, ast.ImportFrom)
        for alias in node.names)}
    assert importers(project, "audit/register.py") == named != set()


def test_a_new_module_that_nobody_imports(project):
    (project.code / "unused.py").write_text("1 / 0")
    assert reasons(project) == {}


def test_a_font(project):
    font = sorted((project.vendor / "fonts").glob("*.ttf"))[0]
    font.write_bytes(font.read_bytes() + b"\0")
    assert reasons(project) == dict.fromkeys(
        importers(project, "figures/style.py"), [f"files vendor/fonts/{font.name}: changed"])


def test_a_line_of_the_lock(project):
    lock = project.lock_file
    lock.write_text(lock.read_text().replace("pandas==", "pandas==9", 1))
    assert reasons(project) == dict.fromkeys(NAMES, ["lock: changed"])


def test_a_code_cell(project):
    edit_cells(project, "3-4-investment", "code", lambda source: source + "\n# changed")
    assert reasons(project) == {"3-4-investment": ["code: changed"]}


@pytest.mark.parametrize("assignment", [
    "medium_score=1.5", "horizon_year=2030", "approximate_half_width=20.0", "random_seed=7"])
def test_a_parameter(project, assignment):
    name, value = parameters.parse(assignment)
    readers = {each for each in NAMES if name in chapters.read(project, each).parameters}
    assert 0 < len(readers) < len(NAMES)
    standard = parameters.defaults()[name]
    said = [f"parameters {name}: {standard!r} -> {value!r}"]
    assert reasons(project, **{name: value}) == dict.fromkeys(readers, said)


def test_prose_alone_runs_nothing(project):
    for name in NAMES:
        edit_cells(project, name, "markdown", lambda source: source + "\n\nMore words.")
    assert reasons(project) == {}


def test_the_pipeline_is_no_reason(project):
    for file in (project.code / "pipeline").rglob("*.py"):
        file.write_text(file.read_text() + "\n# changed\n")
    assert reasons(project) == {}


def test_the_command_names_the_file(project):
    said = "Nothing changed; it would not run again.\n"
    assert book(project, "why", "a2").output == said
    file = project.code / "audit" / "register.py"
    file.write_text(file.read_text() + "\n# changed\n")
    assert book(project, "why", "a2").output == "helpers audit/register.py: changed\n"
    assert book(project, "why", "2.3").output == said
    moved = book(project, "why", "2.3", "--set", "horizon_year=2030").output
    assert moved == "parameters horizon_year: 2026 -> 2030\n"
