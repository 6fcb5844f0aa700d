"""The author's view: what an edit moves, seen soon after it is saved.

Files are looked at twice a second, by their states alone. When something changed and has come to
rest, the plans of all chapters tell which of them would run again, and why. Nothing is run here.
"""

import ast
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from helpers import characters, datasets, files, words
from helpers.pipeline import chapters, closure, pages, plan, store
from helpers.pipeline.live.book import Book
from helpers.pipeline.plan import Plan
from helpers.pipeline.site.page_metadata import CITATION
from helpers.project import Project

SECONDS = 0.5  # between two looks
MOST_LINES = 12  # of reasons
OURS = ("parameters.py", "registry.py", "project.py", "results.py")  # of helpers, and pipeline/


@dataclass(frozen=True)
class Look:
    """What there was at one moment.

    Attributes
    ----------
    states : dict
        State of each file that a book is made from.
    plans : dict
        Plan of each chapter.
    prose : dict
        Hash of the text of each chapter.
    fault : str
        What cannot be read; empty if everything can.
    """

    states: dict[Path, tuple | None] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    prose: dict[str, str] = field(default_factory=dict)
    fault: str = ""


class Watch:
    """Looks at the files of a book, and tells what an edit moved.

    Parameters
    ----------
    book : Book
    tell : callable
        Called with each event, from a thread.
    rebuild : callable
        Builds the pages anew; empty where it went well, else a line that says why not.
    """

    def __init__(self, book: Book, tell: Callable[[dict], None],
                 rebuild: Callable[[], str] = lambda: ""):
        self.book, self.tell, self.rebuild = book, tell, rebuild
        self._ended = threading.Event()
        self._to_build = threading.Event()
        self.last = self._looked(Look(states=states(book.project)))

    def start(self) -> None:
        """Begin to look."""
        for work in (self._watch, self._build):
            threading.Thread(target=work, name="watch", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._ended.set()
        self._to_build.set()

    def stale(self) -> list[dict]:
        """What a page that is opened now should know: how it differs from the code as it is."""
        if self.last.fault:
            return [{"sort": "fault", "text": self.last.fault}]
        built = self.book.built()
        moved = [name for name, made in self.last.plans.items() if built.get(name) != made.key]
        return [self._changed(moved, {})] if moved else []

    def _watch(self) -> None:
        seen, moving = self.last.states, False
        while not self._ended.wait(SECONDS):
            try:
                now = states(self.book.project)
                if now != seen:
                    seen, moving = now, True
                elif moving:  # it has come to rest
                    moving = False
                    self.look(now)
            except OSError:  # a folder that is being moved; it is looked at again
                seen, moving = {}, True

    def look(self, now: dict[Path, tuple | None]) -> None:
        """Tell what differs from the look before."""
        before, after = self.last, self._looked(Look(states=now, plans=self.last.plans,
                                                     prose=self.last.prose))
        self.last = after
        if after.fault:
            if after.fault != before.fault:
                self.tell({"sort": "fault", "text": after.fault})
            return
        if before.fault:
            self.tell({"sort": "mended"})
        touched = [file for file in {**before.states, **after.states}
                   if before.states.get(file) != after.states.get(file)]
        moved = [name for name, made in after.plans.items()
                 if name not in before.plans or before.plans[name].key != made.key]
        if moved:
            self.tell(self._changed(moved, before.plans))
        own = [file for file in touched if _is_ours(self.book.project, file)]
        if own:
            self.tell({"sort": "fault", "text": (
                f"{self.book.project.shown(own[0])} is part of the server itself, which goes on "
                f"with what it was. End it with Ctrl-C, then type: book serve")})
        if after.prose != before.prose or set(touched) & set(page_files(self.book.project)):
            self._to_build.set()

    def _changed(self, moved: list[str], before: dict[str, Plan]) -> dict:
        why: list[str] = []
        for name in moved:
            made = self.last.plans[name]
            lines = (plan.differences(before[name].parts, made.parts) if name in before
                     else store.why(self.book.project.build, made))
            why += [f"{words.chapter_number(name)}: {line}" for line in lines]
        more = [f"and {len(why) - MOST_LINES} more"] if len(why) > MOST_LINES else []
        return {"sort": "changed", "chapters": moved, "why": why[:MOST_LINES] + more}

    def _build(self) -> None:
        """Build the pages anew when their prose changed, one build after another."""
        while True:
            self._to_build.wait()
            if self._ended.is_set():
                return
            self._to_build.clear()
            fault = self.rebuild()
            if not self._ended.is_set():
                self.tell({"sort": "fault", "text": fault} if fault else {"sort": "pages"})

    def _looked(self, look: Look) -> Look:
        """The plans and texts of all chapters, or what is wrong."""
        project = self.book.project
        fault = _broken_module(project)
        if fault:
            return Look(look.states, look.plans, look.prose, fault)
        try:
            made = {name: self.book.plans.of(name, {}) for name in self.book.plans.names()}
            prose = {name: _prose(project, name) for name in made}
            datasets.check_edited(project, sorted({name for each in made.values()
                                                   for name in each.parts["data"]}))
            datasets.check_own(project)
        except (chapters.ChapterError, datasets.DataError) as error:
            return Look(look.states, look.plans, look.prose, characters.one_line(str(error)))
        except Exception as error:  # noqa: BLE001  whatever somebody is writing at this moment
            told = characters.one_line(f"{type(error).__name__}: {error}")
            return Look(look.states, look.plans, look.prose, told)
        return Look(look.states, made, prose)


def states(project: Project) -> dict[Path, tuple | None]:
    """State of every file that a book is made from."""
    return {file: files.state(file) for file in _files(project)}


def page_files(project: Project) -> list[Path]:
    """Files whose texts stand on pages, beside the chapters."""
    return [*pages.written(project), project.contents, project.config, project.references,
            project.root / CITATION, *sorted(project.scenarios.glob("[!.]*.toml"))]


def _files(project: Project) -> Iterator[Path]:
    yield from page_files(project)
    yield from (project.lock_file, project.root / "pyproject.toml")
    folders = [(project.chapters, ".ipynb"), (project.code, ".py"), (project.data, "")]
    folders += [(project.own_data, "")] if project.own_data else []
    for folder, end in folders:
        waiting = [str(folder)]
        while waiting:
            with suppress(OSError):  # a folder that was just removed
                for entry in os.scandir(waiting.pop()):
                    if entry.name.startswith((".", "__pycache__")):
                        continue
                    if entry.is_dir():
                        waiting.append(entry.path)
                    elif entry.name.endswith(end):
                        yield Path(entry.path)


def _prose(project: Project, name: str) -> str:
    """Hash of what a chapter says beside its code."""
    cells = [cell["source"] for cell in chapters.read(project, name).notebook["cells"]
             if cell["cell_type"] == "markdown"]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _is_ours(project: Project, file: Path) -> bool:
    """Whether the server itself runs a module."""
    if not file.is_relative_to(project.code):
        return False
    inside = file.relative_to(project.code)
    return inside.parts[0] == "pipeline" or inside.as_posix() in OURS


_sound: dict[Path, tuple | None] = {}


def _broken_module(project: Project) -> str:
    """Which helper is no Python, in a line; empty if all are. Each is read once as it is."""
    for file in sorted(project.code.rglob("*.py")):
        state = files.state(file)
        if _sound.get(file) == state:
            continue
        try:
            ast.parse(file.read_bytes())
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return f"{project.shown(file)}{closure.in_a_line(error)}"
        except OSError:
            continue
        _sound[file] = state
    return ""
