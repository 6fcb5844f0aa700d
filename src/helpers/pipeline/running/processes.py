"""A fresh process for each run, several at a time.

On Linux each is a fork of one process that has imported the libraries already (`preload`): the
fork server of the standard library, which lives as long as the command. Elsewhere each imports
them itself. A process that ends without an outcome is the death of its own run, and of no other.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
import types
from collections import deque
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing.connection import wait

from helpers.pipeline.running import aside, child, environment
from helpers.pipeline.running.work import Outcome, Work

TRIES = 2  # of a run whose process was killed by somebody else
STARTS = 10  # of a process; each takes a fork server of its own where somebody kills them
TELL_SECONDS = 10  # a cell that runs for so long is told of, and each time it has run twice as long
START_SECONDS = 120  # until the first cell begins; imports from a cold disk are slow
FORKS = sys.platform == "linux"
FIRST, LAST = (f"helpers.pipeline.running.{name}" for name in ("preload", "forkable"))
# multiprocessing looks at all processes when it starts one: not while another thread ends its own,
# whose handle may be that of something else by then.
_LIFE = threading.RLock()
_context = multiprocessing.get_context("forkserver" if FORKS else "spawn")


def start(libraries: Sequence[str] = ()) -> None:
    """Begin to import what runs are forked from, and return at once; `run` does it by itself.

    Parameters
    ----------
    libraries : sequence of str
        Modules to import beside those that every run needs. Whoever starts first chooses.
    """
    if FORKS:
        from multiprocessing import forkserver

        with environment.CHANGING:
            _context.set_forkserver_preload([FIRST, *libraries, LAST])
            usual = tempfile.tempdir
            # Where the server's socket is made.
            tempfile.tempdir = aside.folder(environment.folder_for_sockets())
            try:
                with _as_for_a_run():
                    forkserver.ensure_running()
            finally:
                tempfile.tempdir = usual


def run(works, jobs: int, settle, stock: bool = False,
        slow=lambda key, cell, seconds: None) -> None:
    """Execute works side by side, each in a process of its own, begun in the order given.

    Parameters
    ----------
    works : iterable of (key, Work)
        Keys are handed back with outcomes.
    jobs : int
        Processes at a time.
    settle : callable
        Called with key and Outcome of each work as it ends.
    stock : bool
        Run the cells in stock kernels, for comparison.
    slow : callable
        Called with key, number of the cell and its seconds so far, where a cell takes long.

    Raises
    ------
    KeyboardInterrupt
        As it came, when all processes are killed.
    """
    waiting = deque((key, work, 1) for key, work in works)
    running = []
    # What a killed run leaves in its own folder goes with this one.
    with tempfile.TemporaryDirectory(
            prefix="runs-", dir=aside.folder(), ignore_cleanup_errors=True) as folder:
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    running.append(_Run(*waiting.popleft(), folder, stock))
                handles = [handle for each in running for handle in each.handles()]
                wait(handles, _shortest(running))
                for each in list(running):
                    each.tell(slow)
                    outcome = each.outcome()
                    if outcome is None:
                        continue
                    running.remove(each)
                    if each.killed and each.tries < TRIES:
                        waiting.appendleft((each.key, each.work, each.tries + 1))
                    else:
                        settle(each.key, outcome)
        finally:
            for each in running:
                each.end()


def _start(process) -> None:
    """Start a process; a fork server that is dying takes none, so ask until there is a new one.

    Dying takes a while: it refuses, or takes the request and hangs up. One that hangs up each
    time cannot start at all, and that is an error of its own.
    """
    until, hung_up = time.monotonic() + START_SECONDS, 0
    while True:
        try:
            start()
            with _LIFE, _as_for_a_run(), _uninterrupted():
                return process.start()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
        except (ConnectionError, EOFError):
            hung_up += 1
            if hung_up == STARTS:
                raise
        time.sleep(0.02)


def _shortest(running) -> float | None:
    """Seconds until the first deadline, or until there is something to tell; None if never."""
    moments = [moment for each in running for moment in (each.deadline, each.next_telling())]
    first = min(moments, default=float("inf"))
    return max(0.0, first - time.monotonic()) if first < float("inf") else None


class _Run:
    """One work in its process."""

    def __init__(self, key, work: Work, tries: int, folder: str, stock: bool):
        self.key, self.work, self.tries = key, work, tries
        self.killed = False  # by somebody else; then it is worth another try
        self.began = time.monotonic()
        self.cell, self.cell_began, self.told_of = None, self.began, 0  # the one that runs
        # A stock kernel's client keeps the limits by itself.
        self.deadline = float("inf") if stock else self.began + START_SECONDS
        self.told, told = _context.Pipe(duplex=False)
        variables = {**environment.of_a_process(), **work.environment}
        work = replace(work, folder=work.folder or folder)
        self.process = _context.Process(target=child.run, args=(work, variables, told, stock))
        self.trouble = None
        try:
            _start(self.process)
        except (EOFError, OSError) as error:  # the fork server cannot start
            self.trouble = error
        except BaseException:
            if self.process.pid:
                self.end()
            raise
        told.close()  # so that the end of the process is the end of the pipe

    def handles(self) -> list:
        """What `wait` is to wait for: a message, or the end of the process."""
        return [self.told] if self.trouble else [self.told, self.process.sentinel]

    def next_telling(self) -> float:
        """When its cell has run for so long that somebody should know."""
        if self.cell is None:
            return float("inf")
        return self.cell_began + TELL_SECONDS * 2 ** self.told_of

    def tell(self, slow) -> None:
        """Say which cell runs, if it has for long."""
        if time.monotonic() >= self.next_telling():
            self.told_of += 1
            slow(self.key, self.cell, time.monotonic() - self.cell_began)

    def outcome(self) -> Outcome | None:
        """How the run went, or None while it goes on."""
        if self.trouble:
            self.killed = True
            self.told.close()
            return self._settled("dead", f"its process could not be started: {self.trouble!r}")
        with _LIFE:
            ended = not self.process.is_alive()  # asked before reading, for it may end in between
        try:
            while self.told.poll():
                message = self.told.recv()
                if isinstance(message, Outcome):
                    self.end()
                    return message
                self.cell, self.cell_began, self.told_of = message, time.monotonic(), 0
                self.deadline = self.cell_began + self.work.cell_seconds
        except (EOFError, OSError):
            ended = True
        if ended:
            return self._dead()
        if time.monotonic() > self.deadline:
            self.end()
            if self.cell is None:
                return self._settled("dead", f"it did not start in {START_SECONDS} seconds")
            limit = f"cell {self.cell} ran for more than {self.work.cell_seconds:g} seconds"
            return self._settled("timeout", limit)
        return None

    def _dead(self) -> Outcome:
        wait([self.process.sentinel], 5)
        with _LIFE:
            self.process.join(0)
            code = self.process.exitcode
        self.end()
        if code is None:
            return self._settled("dead", "the process of the run closed its pipe to the driver")
        # 255 is also what the standard library says when the fork server was killed.
        self.killed = code < 0 or code == 255
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        return self._settled("dead", f"the process of the run died: {how}")

    def _settled(self, status: str, reason: str) -> Outcome:
        return Outcome(status, reason, seconds=round(time.monotonic() - self.began, 2))

    def end(self) -> None:
        """Kill the process with all that its cells have started, and forget it."""
        with _LIFE:
            with suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()  # it may not have made its group yet
            self.process.join()
            self.process.close()
        self.told.close()


@contextmanager
def _uninterrupted():
    """Keep Ctrl-C for the moment after: of half a request the fork server would complain aloud."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came = []
    before = signal.signal(signal.SIGINT, lambda *told: came.append(told)) or signal.SIG_DFL
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came and callable(before):
            before(*came[0])


@contextmanager
def _as_for_a_run():
    """Start processes with the variables of a run, and without our main module.

    Python and the libraries read some variables only when they start. And the standard library
    would import the main module of the driver, a whole command, in each process, and hand on which
    warnings the driver was asked for.
    """
    with environment.surroundings(environment.variables()):
        main, asked = sys.modules["__main__"], sys.warnoptions[:]
        sys.modules["__main__"] = types.ModuleType("__main__")
        sys.warnoptions.clear()
        try:
            yield
        finally:
            sys.modules["__main__"], sys.warnoptions[:] = main, asked
