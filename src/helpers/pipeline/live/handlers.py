"""Requests of the panel: answers, files, results to take along, changes, and what is told."""

import asyncio
import gzip
import json
from pathlib import Path

from tornado import iostream

from helpers.pipeline.live import address, head, scenarios, settings, taking
from helpers.pipeline.live.asking import DOWNLOADED, KINDS, Asking, Refused, later
from helpers.pipeline.live.runner import Full

HEARTBEAT_SECONDS = 15
AT_ONCE = 4  # chapters of all results that wait at a time, so that others come in between


class Answer(Asking):
    """``live/answers/<chapter>/<address>.json``."""

    tag = ""  # of an answer that holds as long as what it is made from

    def compute_etag(self) -> str | None:
        """By what it is made from, so that one that a reader has is not made again."""
        return f'"{self.tag}"' if self.tag else None

    async def get(self, chapter: str, text: str) -> None:
        """Send the answer, made now if it is not known."""
        book = self.served.book
        built = self.get_query_argument("against", "") == "built"
        asked = await self.work(book.asked, chapter, text, built)
        self.tag = book.tag(asked)
        self.set_etag_header()
        if self.check_etag_header():
            self.set_status(304)
            return
        packed = book.known(asked)
        if packed is None:
            run, against = await self.run(asked.plan, asked.against)
            packed = await self.work(book.answer, asked, run, against)
            if book.known(asked) is None:  # it says nothing of the next time
                self.tag = ""
                self.clear_header("Etag")
        self.set_header("Content-Type", KINDS[".json"])
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(packed.zipped)
        else:
            self.finish(gzip.decompress(packed.zipped))


class File(Asking):
    """``live/files/<chapter>/<address>/<file>``: a figure or table under some values."""

    async def get(self, chapter: str, text: str, name: str) -> None:
        """Send the file."""
        book = self.served.book
        asked = await self.work(book.asked, chapter, text)
        [run] = await self.run(asked.plan)
        if run.status != "ok":
            raise Refused(409, f"{chapter}: {run.status}: {run.reason}")
        content = await self.work(book.file, chapter, run, name)
        self.set_header("Content-Type", KINDS.get(Path(name).suffix, DOWNLOADED))
        self.set_header("Content-Disposition", "attachment")
        self.finish(content)


class Take(Asking):
    """``live/take/<address>.csv``, ``.json``, ``.zip``: all results under some values."""

    async def get(self, text: str, kind: str) -> None:
        """Send them; what has not run is run, a few chapters at a time."""
        overrides = await self.work(address.read, text)
        async with self.served.takes:
            runs, before = await self.every_run(overrides)
        wanted = await self.work(taking.edition_of, self.served.book.project, overrides)
        content = await self.work(taking.made, wanted, runs, before, kind)
        self.set_header("Content-Type", KINDS[f".{kind}"])
        self.set_header("Content-Disposition", f'attachment; filename="{wanted.name}.{kind}"')
        self.finish(content)

    async def every_run(self, overrides: dict) -> tuple[dict, dict]:
        """Runs of all chapters under some values, and without them.

        Raises
        ------
        Refused
            If one cannot be run.
        """
        book = self.served.book
        names, runs, before = book.plans.names(), {}, {}
        for start in range(0, len(names), AT_ONCE):
            some = names[start:start + AT_ONCE]
            plans = [await self.work(book.plans.of, name, values)
                     for values in (overrides, {}) for name in some]
            done = await self.run(*plans)
            for run in done:
                if run.status != "ok":
                    raise Refused(409, f"{run.chapter}: {run.status}: {run.reason}. To see it: "
                                       f"{book.command(run.chapter, overrides)}")
            runs |= dict(zip(some, done[:len(some)], strict=True))
            before |= dict(zip(some, done[len(some):], strict=True))
        return runs, before


class Changing(Asking):
    """A change, whose body is one JSON object; `Asking` has seen who asks for it."""

    def told(self) -> dict:
        """What the body says.

        Raises
        ------
        Refused
            If it is no JSON object.
        """
        try:
            found = json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Refused(400, "Expected one JSON object.")
        return found


class Scenarios(Changing):
    """``POST live/scenarios``: values of a page as a file of ``scenarios/``."""

    async def post(self) -> None:
        """Write it."""
        project = self.served.book.project
        file = await self.work(scenarios.save, project, self.told())
        self.set_status(201)
        self.send_json({"name": file.stem, "file": project.shown(file),
                        "command": f"book build {file.stem}"})


class NewEdition(Changing):
    """``POST live/editions``: a whole edition of the values of a page."""

    async def post(self) -> None:
        """Have it built; how far it is, `EditionState` tells."""
        told = self.told()
        if set(told) != {"values"} or not isinstance(told["values"], dict):
            raise Refused(400, "Expected values, by name.")
        name = await self.work(self.served.editions.ask, told["values"])
        self.set_status(202)
        self.send_json({"name": name})


class EditionState(Asking):
    """``live/editions/<name>.json``: how far an edition is."""

    def get(self, name: str) -> None:
        """Say it."""
        editions = self.served.editions
        state = editions.state(name) if editions else None
        if state is None:
            raise Refused(404, "Nobody asked for this edition here.")
        self.send_json(state)


class Told(Asking):
    """``live/events``: what an author's edits move, as they are saved."""

    async def get(self) -> None:
        """Send events until the reader goes away."""
        events = self.served.events
        if events is None:
            raise Refused(403, "This book is read only here.")
        try:
            waiting = events.enter()
        except Full as error:
            raise later(503, str(error)) from None
        self.set_header("Content-Type", "text/event-stream")
        self.write(": \n\n")
        try:
            await self.flush()
            while not self.request.connection.stream.closed():
                try:
                    event = await asyncio.wait_for(waiting.get(), HEARTBEAT_SECONDS)
                    self.write(f"data: {settings.in_script(event)}\n\n")
                except TimeoutError:
                    self.write(": \n\n")  # so that both ends see when the other is gone
                await self.flush()
        except iostream.StreamClosedError:
            return
        finally:
            events.leave(waiting)


class Check(Asking):
    """``live/check?<address>``: whether these values can be taken."""

    def get(self) -> None:
        """Say it."""
        self.send_json(self.served.book.check(self.request.query))


class Settings(Asking):
    """``live/book.js``."""

    async def get(self) -> None:
        """Send the script that assigns."""
        script = await self.work(self.served.book.settings)
        self.set_header("Content-Type", KINDS[".js"])
        self.finish(script)


class Panel(Asking):
    """Files of the panel."""

    def get(self, name: str) -> None:
        """Send one."""
        if name not in head.files():
            raise Refused(404, "There is no such file.")
        self.set_header("Content-Type", KINDS.get(Path(name).suffix, DOWNLOADED))
        self.finish(head.files()[name].read_bytes())
