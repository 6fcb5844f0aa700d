"""A project of a few chapters, for tests that build it again and again or break it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from helpers import paths


def make(folder: Path, chapters: list[str]) -> Path:
    """Copy the project into a new folder, with the given chapters in its contents."""
    for part in ("src", "data", "chapters", "scenarios", "vendor", "_static", "_templates"):
        shutil.copytree(paths.ROOT / part, folder / part)
    for file in ("_config.yml", "references.bib", "requirements.txt"):
        shutil.copy(paths.ROOT / file, folder)
    # Pages that link to chapters which are not here would be warnings.
    (folder / "intro.md").write_text("# A small book\n\nA few chapters.\n")
    listed = "".join(f"      - file: chapters/{name}\n" for name in chapters)
    (folder / "_toc.yml").write_text(
        f"format: jb-book\nroot: intro\nparts:\n  - chapters:\n{listed}"
        "      - file: what-changed\n      - file: parameters\n")
    return folder


def start(project: Path, *arguments: str, **options) -> subprocess.Popen:
    """Start ``book`` with the code of that project."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
    return subprocess.Popen(
        [sys.executable, "-c", "from helpers.pipeline.cli import main; main()", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "src"), "BOOK_BUILD": ""}, **options)


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run ``book`` with the code of that project to its end."""
    process = start(project, *arguments)
    out, errors = process.communicate()
    return subprocess.CompletedProcess(arguments, process.returncode, out, errors)
