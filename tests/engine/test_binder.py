"""What Binder reads: the pins of the lock, a Python that is tested, and a book that builds.

Binder installs ``binder/requirements.txt`` with the Python of ``binder/runtime.txt``, then runs
``binder/postBuild`` in the clone. Installing needs a network, so here the files are resolved and
what follows the installation is run in this environment, which has the same pins.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import small_book
import yaml
from small_book import REAL

from helpers import results

BINDER = REAL.root / "binder"
CHAPTER = "5-4-investment-in-china"


def pins(file):
    """Requirements of a file and of those that it includes, as pip reads them."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("-r "):
            found += pins(file.parent / line.removeprefix("-r ").strip())
        elif line:
            found.append(line)
    return found


def test_it_installs_what_the_lock_pins():
    assert pins(BINDER / "requirements.txt") == pins(REAL.lock_file)
    assert "-e ." in pins(BINDER / "requirements.txt")  # the book itself, with its command


@pytest.mark.parametrize("text", ["-r lock.txt\nnumpy==1.0\n", "numpy==2.4.6\n", "# -r lock.txt\n"])
def test_another_pin_is_found(tmp_path, text):
    shutil.copy(REAL.lock_file, tmp_path / "lock.txt")
    (tmp_path / "requirements.txt").write_text(text)
    assert pins(tmp_path / "requirements.txt") != pins(REAL.lock_file)


def test_its_python_is_one_that_is_tested():
    named = (BINDER / "runtime.txt").read_text(encoding="utf-8").strip()
    workflow = yaml.safe_load((REAL.root / ".github" / "workflows" / "tests.yml").read_text())
    assert named.removeprefix("python-") in workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    settings = tomllib.loads((REAL.root / "pyproject.toml").read_text(encoding="utf-8"))
    least = settings["project"]["requires-python"].removeprefix(">=")
    assert [int(part) for part in named.removeprefix("python-").split(".")] >= [
        int(part) for part in least.split(".")]


def surroundings(clone):
    """Environment of a Binder image: the book's command on the path, and its own code."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOOK_")}
    return {**kept, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(clone / "src")}


def after_installation(clone):
    return subprocess.run([clone / "binder" / "postBuild"], cwd=clone, env=surroundings(clone),
                          capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_clone_builds_the_book_and_runs_a_chapter_in_a_kernel(tmp_path):
    clone = tmp_path / "clone"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REAL.root, capture_output=True,
                            text=True, check=True).stdout.split("\0")
    for name in filter(None, listed):
        if (REAL.root / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REAL.root / name, clone / name)
    done = after_installation(clone)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (clone / "_build" / "html" / "chapters" / f"{CHAPTER}.html").is_file()
    ran = subprocess.run(
        [sys.executable, "-m", "papermill", f"chapters/{CHAPTER}.ipynb", "out.ipynb"],
        cwd=clone, env=surroundings(clone), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    kernel = json.loads((clone / "out.ipynb").read_text())["metadata"]["kernelspec"]["name"]
    assert kernel == "python3"
    assert results.entries(clone / "out.ipynb") == results.entries(
        REAL.chapters / f"{CHAPTER}.ipynb")


@pytest.mark.slow
def test_an_image_whose_chapter_fails_is_not_made(tmp_path):
    project = small_book.make(tmp_path / "clone")
    small_book.write(project, "one", "raise ValueError('not here')")
    shutil.copytree(BINDER, project.root / "binder")
    shutil.copytree(REAL.root / "src", project.root / "src",
                    ignore=shutil.ignore_patterns("__pycache__"))
    done = after_installation(project.root)
    assert done.returncode != 0 and "not here" in done.stdout + done.stderr
