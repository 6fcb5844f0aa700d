"""The regression check of notebooks goes red when an output moves, under our own settings.

The settings that are tested are those that `make test` uses: the project's own ``pyproject.toml``,
``conftest.py`` and sanitise file, copied beside a made notebook.
"""

import shutil
import subprocess
import sys

import nbformat
import pytest

from helpers.project import PACKAGE

SETTINGS = ("pyproject.toml", "conftest.py", "tests/nbval_sanitize.cfg")
FIGURE = "<svg><path d='M 0 {}'/></svg>"


@pytest.fixture
def book(tmp_path):
    """A folder with our settings of pytest and nbval, and a place for chapters."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "chapters").mkdir()
    for name in SETTINGS:
        shutil.copy(PACKAGE.parents[1] / name, tmp_path / name)
    return tmp_path


def check(book, code, outputs):
    """Exit status of the check of one notebook with these committed outputs."""
    cell = nbformat.v4.new_code_cell(code, execution_count=1, outputs=[
        nbformat.v4.new_output("display_data", data=data) for data in outputs])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), book / "chapters" / "made.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", "chapters"],
        capture_output=True, text=True, cwd=book)
    assert "1 passed" in done.stdout or "1 failed" in done.stdout, done.stdout + done.stderr
    return done.returncode


@pytest.mark.slow
@pytest.mark.parametrize("stored, status", [("0.25", 0), ("0.26", 1)])
def test_a_moved_number_is_found(book, stored, status):
    assert check(book, "display(1 / 4)", [{"text/plain": stored}]) == status


@pytest.mark.slow
@pytest.mark.parametrize("drawn, status", [(1, 0), (2, 1)])
def test_a_moved_line_of_a_figure_is_found(book, drawn, status):
    code = f"display({{'image/svg+xml': {FIGURE.format(1)!r}}}, raw=True)"
    assert check(book, code, [{"image/svg+xml": FIGURE.format(drawn)}]) == status


@pytest.mark.slow
def test_a_lost_output_is_found(book):
    assert check(book, "display(1)", [{"text/plain": "1"}, {"text/plain": "2"}]) == 1


@pytest.mark.slow
def test_a_rule_that_swallows_everything_would_be_seen_here(book):
    rule = "[all]\nregex: .*\nreplace: x\n"
    (book / "tests" / "nbval_sanitize.cfg").write_text(rule, encoding="utf-8")
    assert check(book, "display(1 / 4)", [{"text/plain": "0.26"}]) == 0
