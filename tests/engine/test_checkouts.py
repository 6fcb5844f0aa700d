"""A copied checkout runs its own files, or says in one line that it does not."""

import os
import shutil
import subprocess
import sys

import pytest
from small_book import REAL

from helpers.project import foreign_checkout


@pytest.fixture
def copy(tmp_path):
    """A checkout whose set-up is that of another folder."""
    folder = tmp_path / "copy"
    (folder / "src" / "helpers").mkdir(parents=True)
    (folder / "chapters").mkdir()
    for file in ("_toc.yml", "Makefile", "conftest.py", "pyproject.toml", "requirements.txt"):
        shutil.copy2(REAL.root / file, folder)
    return folder


def ran(command, folder, **options):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(REAL.root / "src"), **options})


@pytest.mark.parametrize("inside", [".", "chapters"])
def test_book_does_not_run_another_checkout(copy, inside):
    done = ran([sys.executable, "-m", "helpers.pipeline.cli", "params"], copy / inside)
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1
    for words in (str(copy), str(REAL.root), "make setup"):
        assert words in done.stderr


@pytest.mark.slow
def test_pytest_does_not_test_another_checkout(copy):
    done = ran([sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider"], copy)
    said = done.stdout + done.stderr
    assert done.returncode == 2
    assert str(copy) in said and str(REAL.root) in said and "make setup" in said


def test_book_runs_in_its_own_folder_and_where_there_is_no_checkout(tmp_path):
    for folder in (REAL.root, REAL.chapters, tmp_path):
        assert foreign_checkout(folder) == ""


@pytest.fixture
def set_up(copy):
    """`make setup` in the copy: what it would do, without doing it."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    version = sys.version.split()[0]
    ready = copy / ".venv" / "ready"
    ready.parent.mkdir()

    def setup(*arguments, folder=copy, version=version):
        ready.write_text(f"{folder}\n{version}\n")
        # A Python that can say its version and install nothing.
        makefile = (copy / "Makefile").read_text().split("\t@rm -rf $(VENV)")[0]
        (copy / "Try").write_text(makefile)
        return ran(["make", "-s", "-f", "Try", "MAKE=make -s -f Try", "setup", *arguments], copy)

    return setup


def test_a_set_up_checkout_is_left_alone(set_up):
    assert set_up().stdout == ""
    assert set_up(f"PYTHON={sys.executable}").stdout == ""


def test_a_set_up_of_another_folder_is_made_anew(set_up):
    said = set_up(folder="/another/folder").stdout
    assert "belongs to another folder, /another/folder" in said and said.count("\n") == 1


def test_another_python_is_set_up_where_it_is_asked_for(set_up):
    assert "it has Python 3.99.1" in set_up(f"PYTHON={sys.executable}", version="3.99.1").stdout
    assert set_up(version="3.99.1").stdout == "", "nobody asked for another"


def test_a_python_that_is_not_there_is_one_line(set_up):
    done = set_up("PYTHON=python9")
    assert done.returncode == 2 and done.stdout.startswith("There is no Python called python9.")
