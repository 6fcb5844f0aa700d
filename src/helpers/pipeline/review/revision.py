"""The book as it stood in another revision of its repository."""

import io
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.project import Project, ProjectError


class RevisionError(ProjectError):
    """A revision that cannot be read. One line that says what to type."""


@contextmanager
def at(project: Project, name: str) -> Iterator[Project]:
    """The files of a revision in a folder of their own, for as long as they are looked at.

    Parameters
    ----------
    project : Project
    name : str
        As git takes it: a branch, a tag, a commit, ``HEAD~1``.

    Raises
    ------
    RevisionError
        If there is no git, no repository or no such revision.
    """
    try:
        # In a folder of a repository, git archives that folder.
        done = subprocess.run(["git", "archive", "--format=zip", "-0", "--end-of-options", name],
                              cwd=project.root, capture_output=True)
    except OSError as error:
        raise RevisionError(f"git cannot be started: {error.strerror}. Install it: "
                            f"apt install git") from None
    if done.returncode:
        said = (done.stderr.decode(errors="replace").strip().splitlines() or ["git failed"])[-1]
        raise RevisionError(f"The revision {name!r} cannot be read: {said}. "
                            f"`git log --oneline` lists those that are here.")
    with tempfile.TemporaryDirectory(prefix="book-revision-") as folder:
        with zipfile.ZipFile(io.BytesIO(done.stdout)) as packed:
            packed.extractall(folder)
        yield Project.at(Path(folder))
