"""Books of a few chapters, for tests that run, build or break them.

A book is a folder with contents, chapters, tables, scenarios and a lock file. The code is that of
the package that is tested.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import nbformat
from click.testing import CliRunner

from helpers import datasets
from helpers.pipeline import cli
from helpers.project import PACKAGE, Limits, Project

# The book of this checkout, whatever the environment says.
REAL = Project.at(PACKAGE.parents[1])
# Cells of chapters. READS and RECORD with PARAMETERS are a chapter that keeps every rule.
PARAMETERS = "horizon_year = 2026  # year"
RECORD = ("from helpers import parameters, results\n"
          "parameters.check(globals())\n"
          "x = results.record('x', horizon_year, unit='year', label='X')")
ANOTHER = "y = results.record('y', horizon_year, unit='year', label='Y')"  # after RECORD
FIRST = "# A chapter\n\n:::{div} question\nWhen?\n:::\n\n:::{div} answer\nThen.\n:::"
READS = "from helpers import datasets\nratings = datasets.load('ratings')"


def printed_number(claim_id: str) -> str:
    """The number of a claim as the paper prints it, without its unit."""
    claims = datasets.load("claims", REAL).set_index("claim_id")
    return re.search(r"\d[\d,.]*\d", claims.loc[claim_id, "printed"])[0]


def make(folder: Path, chapters=(), *, cell_seconds: float = 60) -> Project:
    """A new book with all tables and with the named chapters of the real one."""
    root = Path(folder)
    for part in ("data", "vendor"):
        shutil.copytree(REAL.root / part, root / part)
    for part in ("chapters", "scenarios"):
        (root / part).mkdir()
    for file in ("_config.yml", "references.bib", "requirements.txt"):
        shutil.copy(REAL.root / file, root)
    # Pages that link to chapters which are not here would be warnings.
    (root / "intro.md").write_text("# A small book\n\nA few chapters.\n")
    for name in chapters:
        shutil.copy(REAL.chapters / f"{name}.ipynb", root / "chapters")
    contents(root, chapters)
    return replace(Project.at(root), _limits=Limits(cell_seconds=cell_seconds))


def of_session(tmp_path_factory) -> Project:
    """The real book with a build folder that all tests of a session share, whoever runs them."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    return Project.at(REAL.root, build=folder / "_build")


def shared(tmp_path_factory) -> Project:
    """The book of the session after its chapters ran under every shipped scenario and on the walk.

    Tests that need such runs take this place, so that a session makes each of them once; they do
    not change what is there.
    """
    from helpers.pipeline import store
    from helpers.pipeline.pinned import cases, seen

    project = of_session(tmp_path_factory)
    with store.lock(project.build.parent / ".lock"):
        seen.run(project, cases.of_book(project), strict=False)
    return project


def built(tmp_path_factory) -> tuple[Path, dict]:
    """Pages of the baseline of the book of the session, and what ``book build`` said of them."""
    from helpers.pipeline import store

    project = of_session(tmp_path_factory)
    with store.lock(project.build.parent / ".lock"):
        done = run(project, "build", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return project.build / "html", json.loads(done.stdout)


def contents(root: Path, chapters) -> None:
    """Write the table of contents of a book."""
    listed = "".join(f"      - file: chapters/{name}\n" for name in chapters)
    (root / "_toc.yml").write_text(
        f"format: jb-book\nroot: intro\nparts:\n  - chapters:\n{listed}"
        "      - file: what-changed\n      - file: parameters\n")


def write(project: Project, name: str, *sources: str, head: str = PARAMETERS) -> None:
    """Write a chapter of code cells with the texts that rules want, and add it to the contents."""
    new = nbformat.v4
    cells = [new.new_markdown_cell(FIRST),
             new.new_code_cell(head, metadata={"tags": ["parameters", "hide-input"]}),
             *[new.new_code_cell(source, metadata={"tags": ["hide-input"]}) for source in sources],
             new.new_markdown_cell("## What this rests on, and its limits")]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(new.new_notebook(cells=cells), project.chapters / f"{name}.ipynb")
    contents(project.root, sorted(file.stem for file in project.chapters.glob("*.ipynb")))


def scenario(project: Project, name: str, **parameters) -> Path:
    """Write a scenario."""
    from helpers.parameters import literal

    file = project.scenarios / f"{name}.toml"
    lines = [f"{key} = {value!r}" if isinstance(value, str) else f"{key} = {literal(value)}"
             for key, value in parameters.items()]
    file.write_text(f'title = "{name.title()}"\nwhy = "To see."\n[parameters]\n'
                    + "\n".join(lines) + "\n")
    return file


def own_table(folder: Path, name: str = "ratings", change=lambda text: text) -> Path:
    """A folder with a reader's own copy of one table, changed."""
    from helpers import datasets

    file = folder / Path(datasets.describe(name, REAL)["path"]).name
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(change(datasets.locate(name, REAL).read_text(encoding="utf-8")), "utf-8")
    return folder


def book(project: Project, *arguments: str, typed: str | None = None, env: dict | None = None):
    """Type ``book`` in the folder of a book, in this process; the result as click gives it.

    Parameters
    ----------
    project : Project
    *arguments : str
    typed : str, optional
        What is answered to its questions.
    env : dict, optional
        Further variables of the environment.
    """
    with chdir(project.root):
        # Whether a service runs the tests is not what they ask.
        return CliRunner().invoke(cli.main, list(arguments),
                                  env={"CI": None, **project.variables(), **(env or {})},
                                  input=typed)


def start(project: Project, *arguments: str, **options) -> subprocess.Popen:
    """Start ``book`` in a process of its own."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
    return subprocess.Popen(
        [sys.executable, "-m", "helpers.pipeline.cli", *arguments], cwd=project.root,
        env={**os.environ, **project.variables(), "PYTHONPATH": str(PACKAGE.parent)}, **options)


def run(project: Project, *arguments: str) -> subprocess.CompletedProcess:
    """Run ``book`` in a process of its own to its end."""
    process = start(project, *arguments)
    out, errors = process.communicate()
    return subprocess.CompletedProcess(arguments, process.returncode, out, errors)
