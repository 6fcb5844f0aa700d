"""Who looks at a page while its author writes, and what each of them is told."""

import asyncio
from contextlib import suppress

from helpers.pipeline.live.book import Book
from helpers.pipeline.live.commands import Commands
from helpers.pipeline.live.runner import Full
from helpers.pipeline.live.watching import Watch

MOST_LISTENERS, MOST_EVENTS = 32, 64


class Events:
    """Events of one book, for all pages that are open.

    Parameters
    ----------
    book : Book
    commands : Commands
        By which pages are built anew.
    """

    def __init__(self, book: Book, commands: Commands):
        self.book, self.commands = book, commands
        self._listening: set[asyncio.Queue] = set()
        self._loop = None
        self.watch = Watch(book, self._from_thread, self._rebuild)

    def start(self) -> None:
        """Begin to watch, in the loop of this thread."""
        self._loop = asyncio.get_running_loop()
        self.watch.start()

    def close(self) -> None:
        """Watch no more, and end a build."""
        self.watch.close()
        self.commands.close()

    def enter(self) -> asyncio.Queue:
        """Events for one more page, first how it differs from the code as it is.

        Raises
        ------
        Full
            If too many listen.
        """
        if len(self._listening) >= MOST_LISTENERS:
            raise Full("Too many pages are open.")
        waiting = asyncio.Queue(MOST_EVENTS)
        for event in self.watch.stale():
            waiting.put_nowait(event)
        self._listening.add(waiting)
        return waiting

    def leave(self, waiting: asyncio.Queue) -> None:
        """A page was closed."""
        self._listening.discard(waiting)

    def _from_thread(self, event: dict) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the server has ended
                self._loop.call_soon_threadsafe(self._tell, event)

    def _tell(self, event: dict) -> None:
        for waiting in self._listening:
            if not waiting.full():  # who does not read for so long is told no more
                waiting.put_nowait(event)

    def _rebuild(self) -> str:
        code, last = self.commands.run(["build"])
        return last if code else ""
