"""What to say where a run and the committed outputs differ: probable causes, and what to type.

`store.why` knows the last run here; a clean clone, or continuous integration, has none. Git knows
which files of the chapter's key have changed since its notebook was committed, and the data package
which tables are not as they were accepted.
"""

import json
import subprocess
from pathlib import Path

from helpers import datasets, words
from helpers.pipeline import chapters, packages, plan
from helpers.project import Project

SHOWN = 6  # differences of a block, and names of a line
PATIENCE_SECONDS = 20  # for git, on a disk that is slow


def block(project: Project, name: str, lines: list[str], command: str = "why") -> list[str]:
    """What is wrong with a chapter, why that may be, and what to type.

    Parameters
    ----------
    project : Project
    name : str
    lines : list of str
        What is wrong; a few are shown.
    command : {'why', 'run', 'check'}
        What to type; after `why` also how all that moved becomes the reference.
    """
    wanted = f"  (if all that moved is wanted: book accept {name})" if command == "why" else ""
    rest = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return [*lines[:SHOWN], *rest, *(f"  cause?  {cause}" for cause in causes(project, name)),
            f"  type:   book {command} {name}{wanted}"]


def listed(names: list[str], limit: int = SHOWN) -> str:
    """Names in one line: the first of them, and how many more there are."""
    names = list(dict.fromkeys(names))
    more = [f"{len(names) - limit} more"] if len(names) > limit else []
    return words.in_words([*names[:limit], *more])


def causes(project: Project, name: str) -> list[str]:
    """Why a chapter may give something else than is committed, one line each; never empty."""
    found = changes(project, name)
    if found:
        return found
    if _git(project, "rev-parse", "--is-shallow-repository") != "false":
        return ["its tables are those that were accepted; of its code git would know, and has no "
                "history here"]
    return ["no table, helper or package that the chapter rests on has changed since its outputs "
            "were committed, so these were edited by hand, or something outside its key matters"]


def changes(project: Project, name: str) -> list[str]:
    """What has changed of a chapter's key since its outputs were committed; never an error."""
    try:
        return _changes(project.with_own_data(None), chapters.read(project, name))
    except (chapters.ChapterError, datasets.DataError) as error:
        return [str(error)]


def _changes(project: Project, chapter: chapters.Chapter) -> list[str]:
    parts = plan.make(project, chapter.name, {}).parts
    unaccepted = set(datasets.changed(project)) & set(parts["data"])
    found = [f"{project.shown(datasets.locate(table, project))} is not what was accepted"
             for table in sorted(unaccepted)]
    found += packages.other(project.lock_file)
    tables = {datasets.locate(table, project) for table in set(parts["data"]) - unaccepted}
    files = {*tables, *(project.code / file for file in parts["helpers"]),
             *(project.root / file for file in parts["files"]), project.lock_file}
    found += [f"{file} is edited" for file in _changed_since(project, "HEAD", files)]
    found += _by_hand(project, chapter)
    if found:
        return found
    commit = _git(project, "log", "-1", "--format=%H", "--", project.shown(chapter.path))
    since = _changed_since(project, commit, files)
    return [f"changed since the outputs were committed: {listed(since)}"] if since else []


def _by_hand(project: Project, chapter: chapters.Chapter) -> list[str]:
    """What of a notebook is edited and not committed: its code, or its outputs only."""
    shown = project.shown(chapter.path)
    if not _changed_since(project, "HEAD", {chapter.path}):
        return []
    before = _git(project, "show", f"HEAD:./{shown}")
    try:
        cells = [cell for cell in json.loads(before)["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError):  # a new chapter
        return []
    same = ["".join(cell["source"]) for cell in cells] == [
        cell["source"] for cell in chapter.code_cells]
    return [f"{shown} is edited: its {'outputs or prose' if same else 'code'}"]


def _changed_since(project: Project, commit: str, files: set[Path]) -> list[str]:
    """Which files differ from what they were in a commit."""
    inside = sorted(str(file.relative_to(project.root)) for file in files
                    if file.is_relative_to(project.root))
    if not commit or not inside:
        return []
    return _git(project, "diff", "--name-only", "--relative", commit, "--", *inside).split()


def _git(project: Project, *arguments: str) -> str:
    """What git answers; nothing where there is no git, no checkout or no such commit."""
    try:
        done = subprocess.run(["git", *arguments], cwd=project.root, capture_output=True,
                              text=True, timeout=PATIENCE_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
