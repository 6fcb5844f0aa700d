"""The regression check of notebooks goes red when an output moves, and only then."""

import subprocess
import sys

import nbformat
import pytest

from helpers import paths


@pytest.mark.parametrize("stored, code", [("0.25", 0), ("0.26", 1)])
def test_a_moved_number_is_found(tmp_path, stored, code):
    cell = nbformat.v4.new_code_cell("display(1 / 4)", execution_count=1, outputs=[
        nbformat.v4.new_output("display_data", data={"text/plain": stored})])
    file = tmp_path / "chapter.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), file)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "--nbval-kernel-name", "python3", "-p",
         "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(tmp_path),
         "--confcutdir", str(tmp_path), str(file)],
        capture_output=True, text=True, cwd=paths.ROOT)
    assert done.returncode == code, done.stdout[-2000:] + done.stderr[-2000:]
