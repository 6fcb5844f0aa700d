"""Plans at once: one of a chapter is made again only after a file of it, or beside it, changed."""

import sysconfig
import threading
from dataclasses import dataclass
from pathlib import Path

from helpers import files
from helpers.pipeline import chapters, plan
from helpers.pipeline.plan import Plan
from helpers.project import Project


@dataclass(frozen=True)
class _Made:
    """The plan of a chapter with its defaults, and the state of all that it was made from."""

    plan: Plan
    states: dict[Path, tuple | None]

    def holds(self) -> bool:
        return all(files.state(file) == state for file, state in self.states.items())


class Plans:
    """Plans of one book.

    Parameters
    ----------
    project : Project
    """

    def __init__(self, project: Project):
        self.project = project
        self._made: dict[str, _Made] = {}
        self._names: tuple[tuple | None, tuple[str, ...]] | None = None
        self._one_at_a_time = threading.Lock()

    def names(self) -> tuple[str, ...]:
        """Chapters in the order of the contents."""
        state = files.state(self.project.contents)
        if self._names is None or self._names[0] != state:
            self._names = state, tuple(chapters.names(self.project))
        return self._names[1]

    def of(self, chapter: str, overrides: dict) -> Plan:
        """The plan of a chapter, as `plan.make` makes it.

        Raises
        ------
        chapters.ChapterError, helpers.datasets.DataError
            If the chapter, or the description of a table that it reads, cannot be read.
        """
        with self._one_at_a_time:
            made = self._made.get(chapter)
            if made is None or not made.holds():
                made = self._made[chapter] = self._make(chapter)
        return plan.with_values(self.project, made.plan, overrides)

    def _make(self, chapter: str) -> _Made:
        notebook = chapters.read(self.project, chapter).path
        before = files.state(notebook)
        made = plan.make(self.project, chapter, {})
        states = {**made.seen, notebook: before}
        # A file that is new in one of these folders may be one that the chapter reads.
        beside = {file.parent for file in made.seen}
        beside |= {Path(sysconfig.get_path("purelib")), *filter(None, [self.project.own_data])}
        return _Made(made, {**states, **{folder: files.state(folder) for folder in beside}})
