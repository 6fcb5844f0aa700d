"""What every request is held against, and how it is answered or refused."""

import asyncio
import html
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import responses

from tornado import web

from helpers import characters, datasets, parameters
from helpers.pipeline import chapters, new
from helpers.pipeline.execute import RunResult
from helpers.pipeline.live import head, settings
from helpers.pipeline.live.book import Book, Unknown
from helpers.pipeline.live.editions import Editions
from helpers.pipeline.live.events import Events
from helpers.pipeline.live.guard import Access, Clients, client
from helpers.pipeline.live.runner import Full, Runner, Ticket
from helpers.pipeline.plan import Plan

LONGEST_URI = 6000  # an address is shorter, however it is encoded
LARGEST_BODY = 64 << 10
RETRY_SECONDS = 2
TAKEN_AT_A_TIME = 2  # all results under some values: each is a run of every chapter
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
    takes : asyncio.Semaphore
        All results, a few readers at a time, so that those who ask for pages find room.
    """

    book: Book
    runner: Runner
    access: Access
    editions: Editions | None = None
    events: Events | None = None
    clients: Clients = field(default_factory=Clients)
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(4, thread_name_prefix="answers"))
    takes: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TAKEN_AT_A_TIME))

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
    gone = False  # whether the reader went away
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
        self.gone = True
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
        except OSError as error:  # a full disk; where, nobody is told
            raise Refused(500, f"A file could not be read or written here: "
                               f"{error.strerror or type(error).__name__}.") from None

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
        if self.gone:  # and left the tickets that it had
            raise later(503, "The reader went away.")
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
