"""Requests: what every one of them is held against, and what is sent back."""

import asyncio
import gzip
import html
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import responses
from pathlib import Path
from urllib.parse import quote

from tornado import iostream, web

from helpers import characters, datasets, parameters
from helpers.pipeline import chapters, new
from helpers.pipeline.execute import RunResult
from helpers.pipeline.live import address, head, scenarios, settings, taking
from helpers.pipeline.live.book import Book, Unknown
from helpers.pipeline.live.editions import Editions
from helpers.pipeline.live.events import Events
from helpers.pipeline.live.guard import Access, Clients, client
from helpers.pipeline.live.runner import Full, Runner, Ticket
from helpers.pipeline.plan import Plan

LONGEST_URI = 6000  # an address is shorter, however it is encoded
LARGEST_BODY = 64 << 10
RETRY_SECONDS = 2
HEARTBEAT_SECONDS = 15
AT_ONCE = 4  # chapters of all results that wait at a time, so that others come in between
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-cache",
}
KINDS = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8", ".json": "application/json",
    ".csv": "text/csv; charset=utf-8", ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2", ".zip": "application/zip",
    ".pdf": "application/pdf", ".ipynb": "application/x-ipynb+json", ".xml": "application/xml",
    ".bib": "text/plain; charset=utf-8",
}
DOWNLOADED = "application/octet-stream"


@dataclass
class Served:
    """What requests work with.

    Attributes
    ----------
    book : Book
    runner : Runner
    access : Access
    editions : Editions, optional
    events : Events, optional
        The last two are for whoever started the server; a public book has neither.
    clients : Clients
    threads : ThreadPoolExecutor
        For what takes longer than a moment and is no run.
    """

    book: Book
    runner: Runner
    access: Access
    editions: Editions | None = None
    events: Events | None = None
    clients: Clients = field(default_factory=Clients)
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(4, thread_name_prefix="answers"))

    def close(self) -> None:
        """Take nothing more, and leave nothing behind."""
        for each in filter(None, (self.events, self.editions)):
            each.close()
        self.runner.close()
        self.threads.shutdown(wait=False, cancel_futures=True)


class Refused(web.HTTPError):
    """A request that is not answered, and one line that says why."""

    def __init__(self, status: int, line: str, **headers: str):
        super().__init__(status)
        self.line = line
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def later(status: int, line: str) -> Refused:
    """What is said where there is too much now."""
    return Refused(status, line, Retry_After=str(RETRY_SECONDS))


@web.stream_request_body  # so that a body is refused before it is read
class Asking(web.RequestHandler):
    """What every request is held against."""

    inside = ""  # address of the reader whose request is counted
    body = b""

    @property
    def served(self) -> Served:
        """What requests work with."""
        return self.settings["served"]

    def set_default_headers(self) -> None:
        """What every answer has, an error too."""
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse what is not for us, not allowed, too long, or too much."""
        self.tickets: list[Ticket] = []
        headers, access = self.request.headers, self.served.access
        if len(headers.get_list("Host")) != 1 or access.fault_of_host(headers["Host"]):
            raise Refused(403, access.fault_of_host(""))
        if access.public:
            who = client(self.request.remote_ip, headers.get("X-Forwarded-For", ""))
            if not self.served.clients.enter(who):
                raise later(429, "Too many requests. Wait a moment.")
            self.inside = who
        if len(self.request.uri) > LONGEST_URI:
            raise Refused(400, f"The address is longer than {LONGEST_URI} signs.")
        if self.request.path.startswith(f"/{head.FOLDER}/"):
            self.refuse(access.fault_of_fetch(headers))
        if self.request.method == "POST":
            self.refuse(access.fault_of_change(headers))
        length = headers.get("Content-Length", "0")
        if length.isdigit() and int(length) > (
                LARGEST_BODY if self.request.method == "POST" else 0):
            raise Refused(413, f"At most {LARGEST_BODY} bytes are taken.", Connection="close")

    @staticmethod
    def refuse(fault: str) -> None:
        """Refuse a request that has a fault."""
        if fault:
            raise Refused(403, fault)

    def data_received(self, chunk: bytes) -> None:
        """Part of a body; the server holds all of it against the same limit."""
        self.body += chunk

    def on_finish(self) -> None:
        """Nobody waits for anything any more."""
        for ticket in getattr(self, "tickets", []):
            ticket.leave()
        if self.inside:
            self.served.clients.leave(self.inside)
            self.inside = ""

    def on_connection_close(self) -> None:
        """The reader went away."""
        super().on_connection_close()
        self.on_finish()

    def write_error(self, status_code: int, **told) -> None:
        """One line, and never how our code went wrong."""
        error = told.get("exc_info", (None, None))[1]
        line = getattr(error, "line", "") or f"{responses.get(status_code, 'Error')}."
        line = characters.one_line(line)
        for name, value in getattr(error, "headers", {}).items():
            self.set_header(name, value)
        if self.request.path.startswith(f"/{head.FOLDER}/"):
            self.send_json({"error": line})
        else:
            self.set_header("Content-Type", KINDS[".txt"])
            self.finish(f"{html.escape(line)}\n")

    def log_exception(self, kind, error, trace) -> None:
        """What the server itself did wrong is told where it was started; the rest is no news."""
        if not isinstance(error, web.HTTPError | asyncio.CancelledError):
            super().log_exception(kind, error, trace)

    def send_json(self, told) -> None:
        """Send plain values."""
        self.set_header("Content-Type", KINDS[".json"])
        self.finish(settings.in_script(told))

    async def work(self, function, *given):
        """Call a function in a thread, and refuse what it refuses.

        Raises
        ------
        Refused
        """
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self.served.threads, function, *given)
        except parameters.ParameterError as error:
            raise Refused(400, str(error)) from None
        except Unknown as error:
            raise Refused(404, str(error)) from None
        except (chapters.ChapterError, datasets.DataError, new.NewError) as error:
            raise Refused(409, str(error)) from None
        except Full as error:
            raise later(503, str(error)) from None

    async def run(self, *wanted: Plan | RunResult) -> list[RunResult]:
        """Runs of plans, side by side; what has run is handed through.

        Raises
        ------
        Refused
            If too many wait, or what was waited for is dropped: at the end of the server, or
            because the reader went away.
        """
        # What a page shows comes first; what it asks for others it says to be 1.
        urgency = 1 if self.request.headers.get("X-Book-Urgency", "2") == "2" else 2
        waiting = []
        for each in wanted:
            if isinstance(each, RunResult):
                continue
            try:
                self.tickets.append(self.served.runner.ask(each, urgency))
            except Full as error:
                raise later(503, str(error)) from None
            waiting.append(asyncio.wrap_future(self.tickets[-1].future))
        try:
            done = iter([await each for each in waiting])
        except asyncio.CancelledError:
            if asyncio.current_task().cancelling():
                raise
            raise later(503, "The server has ended.") from None
        return [each if isinstance(each, RunResult) else next(done) for each in wanted]


class Missing(Asking):
    """An address that is none of ours."""

    def prepare(self) -> None:
        """As for any other; then there is nothing."""
        super().prepare()
        raise Refused(404, "There is no such page.")


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
        book = self.served.book
        overrides = await self.work(address.read, text)
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
        wanted = await self.work(taking.edition_of, book.project, overrides)
        content = await self.work(taking.made, wanted, runs, before, kind)
        self.set_header("Content-Type", KINDS[f".{kind}"])
        self.set_header("Content-Disposition", f'attachment; filename="{wanted.name}.{kind}"')
        self.finish(content)


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


class Page(Asking):
    """Pages as they were built, with two lines more in their heads."""

    def folder(self) -> Path:
        """Where they lie."""
        return self.served.book.pages

    async def head(self, *path: str) -> None:
        """As for GET; what is not sent is left out by the server."""
        await self.get(*path)

    async def get(self, path: str) -> None:
        """Send a page or a file beside it."""
        if not path:
            query = quote(self.request.query, safe="=&%+")
            self.redirect(f"/{quote(self.front())}" + (f"?{query}" if query else ""))
            return
        self.send(path, live=True)

    def front(self) -> str:
        """The first page of the book."""
        return f"{self.served.book.front()}.html"

    def send(self, path: str, live: bool) -> None:
        """Send a file of the folder."""
        file = inside(self.folder(), path)
        if file is None or (self.served.access.public and file.name == "edition.json"):
            raise Refused(404, "There is no such page.")
        content = file.read_bytes()
        if live and file.suffix == ".html":
            content = head.into(content.decode("utf-8"), "../" * path.count("/")).encode()
        self.set_header("Content-Type", KINDS.get(file.suffix, DOWNLOADED))
        self.finish(content)


class PageOfEdition(Page):
    """``editions/<name>/html/…``: pages of an edition that a reader had built, as they are."""

    async def get(self, name: str, path: str) -> None:
        """Send one."""
        editions = self.served.book.project.build / "editions"
        folder = inside(editions, f"{name}/html", a_folder=True)
        if folder is None or self.served.access.public:
            raise Refused(404, "There is no such edition.")
        self.name = name
        self.send(path or "index.html", live=False)

    def folder(self) -> Path:
        """Where they lie."""
        return self.served.book.project.build / "editions" / self.name / "html"


def inside(folder: Path, path: str, *, a_folder: bool = False) -> Path | None:
    """A file (or folder) within a folder; None for anything else, wherever a path may lead."""
    if "\0" in path or "\\" in path or {"", ".", ".."} & set(path.split("/")):
        return None
    try:
        root = folder.resolve()
        found = (root / path).resolve()
        there = found.is_dir() if a_folder else found.is_file()
    except (OSError, ValueError, RuntimeError):  # a name that is too long, a circle of links
        return None
    return found if there and found.is_relative_to(root) and found != root else None
