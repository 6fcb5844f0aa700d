"""A book of a few quick chapters that is served in this process, and one who asks it."""

import asyncio
import http.client
import json
import socket
import threading
import time
from contextlib import suppress

import small_book

from helpers.pipeline import edition
from helpers.pipeline.live import server
from helpers.pipeline.live.asking import Served
from helpers.pipeline.live.book import Book
from helpers.pipeline.live.guard import Access, Clients
from helpers.pipeline.live.runner import Runner

TOKEN = "a-token-of-a-test"
YEARS, DRAWN, OWN, BROKEN = "1-years", "2-drawn", "3-own", "4-broken"
PATIENCE = 120  # seconds for whatever is asked
HELPERS = "from helpers import parameters, results, tables\nparameters.check(globals())"
SENTENCE = ("results.sentence('when', f'The path ends in {horizon_year}.')\n"
            "results.sentence('what', 'It is a path.')\n"
            "results.record('held', 1, unit='count', label='What no year moves')")
TABLE = ("import pandas as pd\n"
         "tables.show(pd.DataFrame({'year': [2020, horizon_year]}), 'years', caption='Years')\n"
         "tables.show(pd.DataFrame({'year': [2020]}), 'first', caption='The first year')\n"
         "tables.show(pd.DataFrame({'year': [horizon_year]}), 'front', caption='For the front',\n"
         "            for_page='intro')")
FIGURE = ("from helpers import figures, parameters\nparameters.check(globals())\n"
          "import pandas as pd\n"
          "frame = pd.DataFrame({'year': [2020, 2021], 'size': [1.0, damping]})\n"
          "figure, axes = figures.new(f'Down to {damping}', 'Size, USD', source='this test',\n"
          "                           height=1.5)\n"
          "axes.plot(frame['year'], frame['size'])\n"
          "figures.show(figure, 'path', data=frame, alt=f'A line that falls to {damping}.')")
OF_OWN = ("from helpers import datasets, parameters, results, tables\nparameters.check(globals())\n"
          "ratings = datasets.load('ratings')\n"
          "results.sentence('first', f'The first is {ratings.dimension_label[0]}.')\n"
          "tables.show(ratings.head(2), 'ratings', caption='Ratings')")
FAILS = ("from helpers import parameters\nparameters.check(globals())\n"
         "if horizon_year > 2030:\n    raise ValueError(f'no path to {horizon_year}')")
FRONT = "# A small book\n\n:::{exhibit} 1-years front\n:::\n\n:::{exhibit} 1-years years\n:::\n"
PAGE = '<!DOCTYPE html>\n<html><head><title>{}</title>\n</head><body>{}</body></html>\n'


def write(folder):
    """A book of four chapters; its pages are not built."""
    project = small_book.make(folder)
    small_book.write(project, YEARS, small_book.RECORD.replace("results", "results, tables", 1),
                     SENTENCE, TABLE)
    small_book.write(project, DRAWN, FIGURE, head="damping = 0.9  # fraction")
    small_book.write(project, OWN, OF_OWN)
    small_book.write(project, BROKEN, FAILS)
    (project.root / "intro.md").write_text(FRONT, encoding="utf-8")
    return project


def pretend_built(wanted) -> None:
    """Pages of an edition as short as can be, with its manifest."""
    folder = wanted.folder
    (folder / "chapters").mkdir(parents=True)
    for name in ("intro.html", "index.html", *(
            f"chapters/{each.chapter}.html" for each in wanted.plans())):
        (folder / name).write_text(PAGE.format(name, "text"), encoding="utf-8")
    runs = {each.chapter: each.key for each in wanted.plans()}
    (folder / edition.MANIFEST).write_text(json.dumps(
        {"given": {}, "name": wanted.name, "key": "k", "runs": runs}), encoding="utf-8")


class Live:
    """A server in a thread, and requests to it."""

    def __init__(self, project, *, public=False, names=(), run=None, jobs=2, most_waiting=64,
                 clients=None, more=lambda book: {}):
        self.wanted = edition.resolve(project)
        if not self.wanted.folder.is_dir():
            pretend_built(self.wanted)
        self.sockets = server.bind(0)
        self.port = self.sockets[0].getsockname()[1]
        self.book = Book(self.wanted, "public" if public else "local")
        self.runner = Runner(project, jobs, run=run, most_waiting=most_waiting)
        self.served = Served(
            self.book, self.runner, Access(self.port, "" if public else TOKEN, public, names),
            **({"clients": clients} if clients else {}), **more(self.book))
        self.host = f"127.0.0.1:{self.port}"

    def __enter__(self):
        self.loop, ready = asyncio.new_event_loop(), threading.Event()
        self.ended = asyncio.Event()

        async def serve():
            found = server.listen(self.served, self.sockets)
            if self.served.events:
                self.served.events.start()
            ready.set()
            await self.ended.wait()
            found.stop()
            self.served.close()
            await found.close_all_connections()

        self.thread = threading.Thread(target=lambda: self.loop.run_until_complete(serve()))
        self.thread.start()
        ready.wait()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.ended.set)
        self.thread.join()
        self.loop.close()

    def ask(self, path, method="GET", body=None, **headers):
        """The answer to a request: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        sent = {"Host": self.host, **{name.replace("_", "-"): value
                                      for name, value in headers.items()}}
        if body is not None:
            sent.setdefault("Content-Length", str(len(body)))
        for name, value in sent.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, response.headers, content

    def json(self, path, **headers):
        """What a request is answered with, which went well."""
        status, _, content = self.ask(path, **headers)
        assert status == 200, (status, content)
        return json.loads(content)

    def post(self, path, told, **headers):
        """The answer to a change, as a page of the book asks for it."""
        sent = {"Origin": f"http://{self.host}", "Content-Type": "application/json",
                "X-Book-Token": TOKEN, **headers}
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        status, headers, content = self.ask(path, "POST", body, **sent)
        return status, json.loads(content)

    def raw(self, text: bytes, wait: float = PATIENCE) -> bytes:
        """What comes back for some bytes until the connection ends."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            found = b""
            with suppress(ConnectionError):  # who has sent too much is cut off
                connection.sendall(text)
                while piece := connection.recv(65536):
                    found += piece
            return found


def until(true, seconds: float = PATIENCE) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


__all__ = ["BROKEN", "Clients", "DRAWN", "Live", "OWN", "TOKEN", "YEARS", "until", "write"]
