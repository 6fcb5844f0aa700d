"""The request for where sentences turn along one parameter."""

import asyncio

from helpers.pipeline.live import address, tipping
from helpers.pipeline.live.asking import Asking, Refused
from helpers.pipeline.live.handlers import AT_ONCE
from helpers.pipeline.plan import Plan


class Tipping(Asking):
    """``live/tipping/<chapter>/<parameter>/<address>.json``."""

    async def get(self, chapter: str, name: str, text: str) -> None:
        """Send the answer; what has not run is run, a few values at a time."""
        book = self.served.book

        def begin():
            book.check_chapter(chapter)
            return tipping.asking(book.project, chapter, name, address.of_file(text))

        steps, done = await self.work(begin), None
        while True:
            wanted, told = await self.work(_next, steps, done)
            if told is not None:
                self.send_json(told)
                return
            done = []
            try:
                for start in range(0, len(wanted), AT_ONCE):
                    done += await self.run(*wanted[start:start + AT_ONCE])
            except asyncio.CancelledError:
                return


def _next(steps, done) -> tuple[list[Plan], dict | None]:
    """What is to be run next, or the answer: a thread cannot raise that an iterator is at its end.

    Raises
    ------
    Refused
        If the parameter cannot be swept.
    """
    try:
        return steps.send(done), None
    except StopIteration as end:
        return [], end.value
    except tipping.TippingError as error:
        raise Refused(400, str(error)) from None
