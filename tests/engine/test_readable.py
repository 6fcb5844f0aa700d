"""The committed difference of a notebook can be read: what moved, and no picture."""

import subprocess
import sys

import nbformat
import pytest
from small_book import REAL

from helpers import results
from helpers.pipeline import readable


def notebook(value=1, drawn=1):
    record = {"type": "result", "name": "x", "label": "X", "text": f"{value} %"}
    show = nbformat.v4.new_output
    outputs = [
        show("display_data", data={results.MIME: record, "text/plain": "X"}),
        show("display_data", data={"image/svg+xml": f"<svg>{drawn}</svg>", "text/csv": "a\n1\n"},
             metadata={"book": {"figure": "f", "alt": "Bars."}}),
        show("stream", name="stdout", text="printed\n")]
    return nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_markdown_cell("# Title"),
        nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["hide-input"]}, outputs=outputs)])


def test_a_notebook_is_told_in_lines():
    lines = readable.text(notebook()).splitlines()
    assert lines[:6] == ["# Title", "", "[1] hide-input", "    x = 1", "  > result x: X: 1 %",
                         "  > figure: f"]
    assert lines[-3:] == ["  > a", "  > 1", "  > printed"]


def test_a_picture_that_changed_alone_is_seen():
    apart = set(readable.text(notebook()).splitlines()) ^ set(
        readable.text(notebook(drawn=2)).splitlines())
    assert len(apart) == 2 and all(line.startswith("  > picture ") for line in apart)


@pytest.mark.slow
def test_git_shows_what_moved(tmp_path):
    def git(*arguments):
        driver = f"{sys.executable} -m helpers.pipeline.readable"
        return subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@b", "-c",
             f"diff.notebook.textconv={driver}", *arguments],
            cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    (tmp_path / "chapters").mkdir()
    (tmp_path / ".gitattributes").write_bytes((REAL.root / ".gitattributes").read_bytes())
    nbformat.write(notebook(), tmp_path / "chapters" / "a.ipynb")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "First")
    nbformat.write(notebook(value=2), tmp_path / "chapters" / "a.ipynb")
    moved = [line for line in git("diff").splitlines()[4:] if line[0] in "+-"]
    assert moved == ["-  > result x: X: 1 %", "+  > result x: X: 2 %"]
