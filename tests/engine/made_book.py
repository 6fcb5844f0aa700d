"""A small book of no chapter or a few, for tests of commands that write into it."""

import shutil
from pathlib import Path

from click.testing import CliRunner

from helpers.pipeline import cli
from helpers.project import Project

PARTS = ("data", "vendor")
FILES = ("_config.yml", "references.bib", "requirements.txt", "pyproject.toml")


def make(folder: Path, *chapters: str, scenarios: tuple[str, ...] = ()) -> Project:
    """Copy the book into a new folder, with these chapters and scenarios only."""
    book = Project.current()
    for part in PARTS:
        shutil.copytree(book.root / part, folder / part)
    for file in FILES:
        shutil.copy(book.root / file, folder)
    for part, names, end in (("chapters", chapters, ".ipynb"), ("scenarios", scenarios, ".toml")):
        (folder / part).mkdir()
        for name in names:
            shutil.copy(book.root / part / f"{name}{end}", folder / part)
    (folder / "intro.md").write_text("# A small book\n\nA few chapters.\n")
    listed = "".join(f"      - file: chapters/{name}\n" for name in chapters)
    (folder / "_toc.yml").write_text(
        f"format: jb-book\nroot: intro\nparts:\n  - caption: All  # kept as it is\n"
        f"    chapters:\n{listed}")
    return Project.at(folder)


def enter(project: Project, monkeypatch) -> None:
    """Type commands in this book from now on."""
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("BOOK_ROOT", str(project.root))
    for name in ("BOOK_BUILD", "BOOK_DATA"):
        monkeypatch.delenv(name, raising=False)


def book(*arguments: str):
    """Type ``book`` in the book that was entered."""
    return CliRunner().invoke(cli.main, list(arguments))


def contents(project: Project) -> dict:
    """Bytes of every file that a command may write by hand of an author."""
    return {file: file.read_bytes() for part in ("data", "chapters", "scenarios", "_toc.yml")
            for file in [project.root / part, *(project.root / part).rglob("*")]
            if file.is_file()}
