"""The server of the live book: one process, loopback only, until somebody ends it."""

import asyncio
import signal
from contextlib import suppress

from tornado import httpserver, netutil, web

from helpers.pipeline.live import asking, handlers, paging, sweeping
from helpers.pipeline.live.asking import Served

HOST = "127.0.0.1"
PORT = 8090
LARGEST_HEADER = 16 << 10
BODY_SECONDS, IDLE_SECONDS = 10, 60
NAME = "([^/]+)"
VALUES = "([^/]*)"


class PortTaken(ValueError):
    """Somebody else serves there. One line."""


def bind(port: int) -> list:
    """Sockets that listen on this machine alone.

    Raises
    ------
    PortTaken
        If the port cannot be had.
    """
    try:
        return netutil.bind_sockets(port, HOST)
    except OSError as error:
        raise PortTaken(f"Port {port} cannot be had ({error.strerror}). Choose another one: "
                        f"book serve --port {port + 1 if 1023 < port < 65535 else PORT}") from None


def application(served: Served) -> web.Application:
    """What answers requests."""
    live = "/live"
    return web.Application([
        (rf"{live}/book\.js", handlers.Settings),
        (rf"{live}/check", handlers.Check),
        (rf"{live}/answers/{NAME}/{VALUES}\.json", handlers.Answer),
        (rf"{live}/tipping/{NAME}/{NAME}/{VALUES}\.json", sweeping.Tipping),
        (rf"{live}/files/{NAME}/{VALUES}/{NAME}", handlers.File),
        (rf"{live}/take/{VALUES}\.(csv|json|zip)", handlers.Take),
        (rf"{live}/scenarios", handlers.Scenarios),
        (rf"{live}/editions", handlers.NewEdition),
        (rf"{live}/editions/{NAME}\.json", handlers.EditionState),
        (rf"{live}/events", handlers.Told),
        (rf"{live}/{NAME}", handlers.Panel),
        (rf"{live}/.*", asking.Missing),
        (rf"/editions/{NAME}/html/(.*)", paging.PageOfEdition),
        (r"/(.*)", paging.Page),
    ], served=served, default_handler_class=asking.Missing, compress_response=True,
        log_function=lambda handler: None)


def listen(served: Served, sockets: list) -> httpserver.HTTPServer:
    """Begin to answer, in the loop of this thread."""
    server = httpserver.HTTPServer(
        application(served), max_header_size=LARGEST_HEADER,
        max_body_size=asking.LARGEST_BODY, body_timeout=BODY_SECONDS,
        idle_connection_timeout=IDLE_SECONDS)
    server.add_sockets(sockets)
    return server


def run(served: Served, sockets: list, ready=lambda: None) -> None:
    """Serve until Ctrl-C or a request to end.

    Parameters
    ----------
    served : Served
    sockets : list
        As `bind` gives them.
    ready : callable
        Called when requests are answered.
    """
    asyncio.run(_run(served, sockets, ready))


async def _run(served: Served, sockets: list, ready) -> None:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError, RuntimeError):  # not a POSIX system
            loop.add_signal_handler(number, ended.set)
    server = listen(served, sockets)
    if served.events:
        served.events.start()
    ready()
    warming = loop.run_in_executor(served.threads, served.book.warm)
    try:
        await ended.wait()
    finally:
        server.stop()
        served.close()
        warming.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(server.close_all_connections(), 5)
