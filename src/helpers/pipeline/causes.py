"""Why committed outputs and a new run may differ: what has changed since they were committed.

`store.why` knows the last run here; a clean clone, or continuous integration, has none. Git knows
which files of the chapter's key have changed since its notebook was committed, and the data package
which tables are not as they were accepted.
"""

import json
import subprocess
from pathlib import Path

from helpers import datasets, words
from helpers.pipeline import chapters, plan, status
from helpers.project import Project

FEW = 5  # files that one line lists
PATIENCE_SECONDS = 20  # for git, on a disk that is slow


def of(project: Project, name: str) -> list[str]:
    """Probable causes, one line each; never empty, and never an error."""
    try:
        return _of(project, name)
    except (chapters.ChapterError, datasets.DataError) as error:
        return [str(error)]


def _of(project: Project, name: str) -> list[str]:
    chapter = chapters.read(project, name)
    parts = plan.make(project, chapter.name, {}).parts
    unaccepted = set(datasets.changed(project)) & set(parts["data"])
    found = [f"{project.shown(datasets.locate(table, project))} is not what was accepted"
             for table in sorted(unaccepted)]
    found += status.other_packages(project.lock_file)
    tables = {datasets.locate(table, project) for table in set(parts["data"]) - unaccepted}
    files = {*tables, *(project.code / file for file in parts["helpers"]),
             *(project.root / file for file in parts["files"]), project.lock_file}
    edited = _changed_since(project, "HEAD", files)
    found += [f"{file} is edited" for file in edited]
    found += _by_hand(project, chapter)
    commit = _git(project, "log", "-1", "--format=%H", "--", project.shown(chapter.path))
    since = [file for file in _changed_since(project, commit, files) if file not in edited]
    if since:
        more = [f"{len(since) - FEW} more"] if len(since) > FEW else []
        found.append("changed since the outputs were committed: "
                     f"{words.in_words([*since[:FEW], *more])}")
    return found or [
        "no table, helper or package that the chapter rests on has changed since its outputs were "
        "committed, so these were edited by hand, or something outside its key matters"]


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
