"""The guide for other projects: what it says to write is enough, in a folder that is no book."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from small_book import REAL

from helpers import results

GUIDE = (REAL.root / "docs" / "use-these-checks.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", GUIDE, re.DOTALL)


def block(beginning):
    """The one block of code that begins like this."""
    [found] = [text for _, text in BLOCKS if text.startswith(beginning)]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project as the guide has it: settings, the one file, and a notebook with its records."""
    root = tmp_path_factory.mktemp("other") / "project"
    for name in ("tests", "chapters"):
        (root / name).mkdir(parents=True)
    for name in ("conftest.py", "pyproject.toml"):
        (root / name).write_text(block(f"# {name}"), encoding="utf-8")
    shutil.copy(REAL.root / "tests" / "nbval_adapter.py", root / "tests")
    cells = [nbformat.v4.new_code_cell("# none yet", metadata={"tags": ["parameters"]}),
             nbformat.v4.new_code_cell(block("from helpers import results"))]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3").execute()
    nbformat.write(notebook, root / "chapters" / "sizes.ipynb")
    return root


def run(root, *command):
    return subprocess.run(
        [sys.executable, *command], cwd=root, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(REAL.code.parent), "BOOK_ROOT": str(root)})


@pytest.mark.slow
def test_a_project_of_its_own_has_notebooks_as_tests_and_a_ledger(folder):
    ledger = results.read(folder / "chapters" / "sizes.ipynb")
    assert list(ledger["name"]) == ["growth", "answer"]
    green = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert green.returncode == 0, green.stdout + green.stderr
    assert "2 passed" in green.stdout
    notebook = folder / "chapters" / "sizes.ipynb"
    text = notebook.read_text(encoding="utf-8")
    number = repr(float(ledger["value"].iloc[0]))
    notebook.write_text(text.replace(number, f"1{number}"), encoding="utf-8")
    red = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval")
    notebook.write_text(text, encoding="utf-8")
    assert red.returncode == 1
    assert "sizes, code cell 2, growth: " in red.stdout and "book why sizes" in red.stdout


def test_every_command_and_module_that_the_guide_names_is_there():
    from helpers.pipeline.cli import main

    for command in re.findall(r"(?m)^book (\w+)", "\n".join(text for _, text in BLOCKS)):
        assert main.get_command(None, command), command
    for path in re.findall(r"`((?:tests|data|chapters)/[\w/]+\.(?:py|toml))`", GUIDE):
        assert (REAL.root / path).is_file(), path
