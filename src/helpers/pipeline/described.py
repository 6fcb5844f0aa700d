"""What people say of the book in YAML: ``_config.yml`` and ``CITATION.cff``.

Whatever is wrong with one of them is told in a line, and before anything runs.
"""

from collections.abc import Mapping
from pathlib import Path

import yaml

from helpers import characters
from helpers.pipeline.notebooks import ChapterError
from helpers.project import Project

CITATION = "CITATION.cff"
CONFIG_NEEDS = {"title": str, "parse": dict, "sphinx": dict, "sphinx.config": dict}
CITATION_NEEDS = {"title": str, "authors": list}
KINDS = {str: "a text", dict: "names with values", list: "a list"}


def check(project: Project) -> None:
    """Refuse a book whose pages could not be written because of such a file.

    Raises
    ------
    ChapterError
    """
    config(project)
    citation(project)


def config(project: Project) -> dict:
    """What ``_config.yml`` says; raises as `check`."""
    return read(project.config, CONFIG_NEEDS)


def citation(project: Project) -> dict:
    """What ``CITATION.cff`` says, empty in a book without one; raises as `check`."""
    file = project.root / CITATION
    if not file.exists():
        return {}
    told = read(file, CITATION_NEEDS)
    for author in told["authors"]:
        if not isinstance(author, dict) or not {"name", "family-names"} & set(author):
            raise ChapterError(f"{file.name}: authors: expected name, or family-names, of each; "
                               f"got {characters.shown(author)}.")
    return told


def read(file: Path, needs: Mapping[str, type]) -> dict:
    """A file of names and values.

    Parameters
    ----------
    file : Path
        In the folder of the book.
    needs : mapping
        Kind of each value that has to be there, by its names joined by a dot.

    Raises
    ------
    ChapterError
        If it cannot be read, or lacks something.
    """
    restore = f"See what changed: git diff -- {file.name}"
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ChapterError(f"{file.name} is missing. Restore it: git checkout -- {file.name}"
                           ) from None
    except (yaml.YAMLError, OSError, ValueError, RecursionError) as error:
        raise ChapterError(f"{file.name} cannot be read:{in_a_line(error)}. {restore}") from None
    if not isinstance(found, dict):
        raise ChapterError(f"{file.name}: expected {KINDS[dict]}. {restore}")
    for name, kind in needs.items():
        value = found
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if not isinstance(value, kind):
            raise ChapterError(f"{file.name}: {name}: expected {KINDS[kind]}; "
                               f"got {'nothing' if value is None else characters.shown(value)}. "
                               f"{restore}")
    return found


def in_a_line(error: Exception) -> str:
    """What is wrong with a text in YAML, with its line if that is known."""
    mark = getattr(error, "problem_mark", None)
    line = f" line {mark.line + 1}:" if mark else ""
    return f"{line} {characters.one_line(getattr(error, 'problem', None) or str(error))}"
