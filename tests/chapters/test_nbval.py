"""The regression check of notebooks goes red when an output moves, and only then.

It is staged under the configuration of this project: its conftest, its options, its sanitising.
"""

import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from small_book import REAL

from helpers.project import PACKAGE

pytestmark = pytest.mark.slow
CONFIGURATION = ("pyproject.toml", "conftest.py", "tests/conftest.py", "tests/small_book.py",
                 "tests/nbval_sanitize.cfg")


def checked(folder, *outputs, source="display(1 / 4)", sanitise=None):
    """Check one cell with its stored outputs as this project checks its chapters."""
    for file in CONFIGURATION:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REAL.root / file, folder / file)
    if sanitise:
        (folder / "tests" / "nbval_sanitize.cfg").write_text(sanitise)
    cell = nbformat.v4.new_code_cell(source, execution_count=1, outputs=[
        nbformat.v4.new_output("display_data", data=data) for data in outputs])
    (folder / "chapters").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "chapters" / "one.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", "chapters"],
        capture_output=True, text=True, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)})
    assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]
    return done.returncode == 0


SVG = "from IPython.display import SVG\ndisplay(SVG('<svg><text>{}</text></svg>'))"


@pytest.mark.parametrize("stored, green", [
    ([{"text/plain": "0.25"}], True), ([{"text/plain": "0.26"}], False), ([], False),
    ([{"text/plain": "0.25"}, {"text/plain": "0.25"}], False)])
def test_a_moved_number_is_found(tmp_path, stored, green):
    assert checked(tmp_path, *stored) is green


@pytest.mark.parametrize("kept, green", [("a", True), ("b", False)])
def test_a_moved_figure_is_found(tmp_path, kept, green):
    stored = {"image/svg+xml": f"<svg><text>{kept}</text></svg>",
              "text/plain": "<IPython.core.display.SVG object>"}
    assert checked(tmp_path, stored, source=SVG.format("a")) is green


def test_a_rule_that_sanitises_everything_away_would_be_seen(tmp_path):
    """The rule that this project must never have: with it the check above would be red."""
    everything = "[all]\nregex: .*\nreplace: X\n"
    assert checked(tmp_path, {"text/plain": "0.26"}, sanitise=everything)
