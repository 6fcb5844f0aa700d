"""The served book: its pages, its plans, its runs, and answers made once.

Everything here is called from threads; nothing knows of requests.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from helpers import characters, datasets, parameters
from helpers.pipeline import chapters, contents, execute, store
from helpers.pipeline.edition import Edition
from helpers.pipeline.execute import RunResult
from helpers.pipeline.live import address, answers, planning, settings
from helpers.pipeline.plan import Plan
from helpers.pipeline.site import exhibits
from helpers.project import Project

MOST_KEPT = 32 << 20  # bytes of answers


class Unknown(LookupError):
    """A chapter or file that is not there. One line."""


@dataclass(frozen=True)
class Asked:
    """An answer that somebody wants, with the runs that it takes."""

    chapter: str
    overrides: Mapping
    plan: Plan
    against: Plan | RunResult


@dataclass(frozen=True)
class Packed:
    """An answer as it is sent."""

    tag: str
    zipped: bytes


class Book:
    """A book that is served.

    Parameters
    ----------
    edition : Edition
        Whose pages are served: the baseline, or that with the reader's own tables.
    mode : str
        ``local`` or ``public``.
    """

    def __init__(self, edition: Edition, mode: str = "local"):
        self.edition, self.mode = edition, mode
        self.plans = planning.Plans(edition.project)
        self._kept: OrderedDict[str, Packed] = OrderedDict()
        self._one_at_a_time = Lock()

    @property
    def project(self) -> Project:
        """The book, with the reader's own tables if any."""
        return self.edition.project

    @property
    def pages(self) -> Path:
        """Folder of its pages."""
        return self.edition.folder

    def front(self) -> str:
        """Name of the first page."""
        return contents.parts(self.project)[0][1][0]

    def built(self) -> dict[str, str]:
        """Key of the run of each chapter that the pages were made from."""
        return self.edition.manifest().get("runs", {})

    def settings(self) -> str:
        """The script ``book.js``."""
        version = self.edition.manifest().get("key", "")
        return settings.as_script(settings.of_book(self.project, self.mode, version))

    def warm(self) -> None:
        """Read once what every answer needs, so that the first reader does not wait for it."""
        for chapter in self.plans.names():
            with suppress(chapters.ChapterError, datasets.DataError, OSError):
                run = execute.from_store(self.project, self.plans.of(chapter, {}))
                if run is not None:
                    answers.warm(self.project, chapter, run)

    def asked(self, chapter: str, text: str, against_built: bool = False) -> Asked:
        """What it takes to answer for a chapter and an address.

        Raises
        ------
        Unknown
            If there is no such chapter.
        parameters.ParameterError
            If the address sets what cannot be set.
        chapters.ChapterError, datasets.DataError
            If the chapter, or the description of a table, cannot be read.
        """
        self.check_chapter(chapter)
        overrides = self.read_by(chapter, address.read(text))
        against = self.of_pages(chapter) if against_built else self.plans.of(chapter, {})
        return Asked(chapter, overrides, self.plans.of(chapter, overrides), against)

    def check_chapter(self, chapter: str) -> None:
        """Refuse what is no chapter of the contents."""
        if chapter not in self.plans.names():
            raise Unknown(f"No chapter is called {characters.shown(chapter)}.")

    def read_by(self, chapter: str, values: Mapping) -> dict:
        """Those of some values that a chapter reads; another one's change nothing here."""
        read = chapters.read(self.project, chapter).parameters
        return {name: value for name, value in values.items() if name in read}

    def of_pages(self, chapter: str) -> RunResult:
        """The run that the page of a chapter was made from."""
        key = self.built().get(chapter, "")
        if not key or store.published(self.project.build, key) is None:
            raise Unknown(f"The run of the page of {chapter} is not in the store any more. "
                          f"Type: book build")
        return RunResult(chapter, "ok", key, str(store.folder(self.project.build, key)),
                         cached=True)

    def tag(self, asked: Asked) -> str:
        """Name of an answer: what it is made from."""
        parts = [asked.plan.key, asked.against.key, address.of(asked.overrides), asked.chapter,
                 self.edition.manifest().get("key", "")]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    def known(self, asked: Asked) -> Packed | None:
        """The answer if it was made before."""
        with self._one_at_a_time:
            found = self._kept.get(self.tag(asked))
            if found:
                self._kept.move_to_end(found.tag)
            return found

    def answer(self, asked: Asked, run: RunResult, against: RunResult) -> Packed:
        """The answer from its runs, made ready to be sent and kept."""
        told = answers.of(self.project, asked.chapter, asked.overrides, run, against)
        content = settings.in_script(told).encode()
        packed = Packed(self.tag(asked), gzip.compress(content, 5, mtime=0))
        # What a run said that was killed, or whose inputs moved, holds for this once.
        if run.status in ("ok", "failed", "timeout", "refused") and against.status == "ok":
            with self._one_at_a_time:
                self._kept[packed.tag] = packed
                while sum(len(each.zipped) for each in self._kept.values()) > MOST_KEPT:
                    self._kept.popitem(last=False)
        return packed

    def file(self, chapter: str, run: RunResult, name: str) -> bytes:
        """A file of a figure or table of a run.

        Raises
        ------
        Unknown
            If no figure or table has such a file.
        """
        stem, _, end = name.removeprefix(f"{chapter}-").rpartition(".")
        output = answers.said(run).exhibits.get(stem)
        if output is not None and name == f"{chapter}-{stem}.{end}":
            offered = exhibits.files_of(output, chapter, self.project)
            if end in offered:
                return offered[end][1]
        raise Unknown(f"{chapter} has no file {characters.shown(name)}.")

    def command(self, chapter: str, overrides: Mapping) -> str:
        """What to type for the run of a chapter."""
        return answers.command(self.project, chapter, self.read_by(chapter, overrides))

    def check(self, text: str) -> dict:
        """Whether an address can be read, and what is wrong with it."""
        try:
            address.read(text)
        except parameters.ParameterError as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True, "error": ""}
