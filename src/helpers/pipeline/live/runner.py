"""Runs that readers wait for: the most urgent first, each key once, none that nobody waits for.

A few threads take plans from one bounded queue. A run that has begun is left to finish: it is
whole, goes into the store, and somebody may ask for it again.
"""

import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace

from helpers import datasets
from helpers.pipeline import chapters, execute, store
from helpers.pipeline.execute import RunResult
from helpers.pipeline.plan import Plan
from helpers.project import Project

MOST_WAITING = 64
MOST_FAILED = 256
TIDY_SECONDS = 60
# A run that was killed, or whose inputs moved, says nothing of its key.
LASTING = ("failed", "timeout", "refused")


class Full(RuntimeError):
    """So much waits already that nothing more is taken."""


@dataclass
class _Job:
    planned: Plan
    urgency: int
    order: int
    future: Future = field(default_factory=Future)
    waiting: int = 0  # how many wait for it


class Ticket:
    """One who waits for a run."""

    def __init__(self, runner: "Runner", job: _Job):
        self._runner, self._job, self._left = runner, job, False

    @property
    def future(self) -> Future:
        """Of the RunResult."""
        return self._job.future

    def leave(self) -> None:
        """Wait no more; a run that has not begun and that nobody else waits for is dropped."""
        if not self._left:
            self._left = True
            self._runner._leave(self._job)


class Runner:
    """Threads that run plans of a book.

    Parameters
    ----------
    project : Project
    jobs : int, optional
        Runs at a time; by default as many as there are cores.
    how : execute.How
    most_waiting : int
        Runs that may wait for a thread.
    run : callable
        Project and plan -> RunResult; for tests.
    """

    def __init__(self, project: Project, jobs: int | None = None,
                 how: execute.How = execute.How(jobs=1), *,  # noqa: B008  frozen
                 most_waiting: int = MOST_WAITING,
                 run: Callable[[Project, Plan], RunResult] | None = None):
        self.project, self.how, self.most_waiting = project, how, most_waiting
        self._run = run or self._execute
        self._jobs: dict[str, _Job] = {}  # waiting or running, by key
        self._queue: list[_Job] = []
        self._failed: OrderedDict[str, RunResult] = OrderedDict()
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._tidied = time.monotonic()
        self._closed = False
        for number in range(jobs or execute.default_jobs()):
            threading.Thread(target=self._work, name=f"runner-{number}", daemon=True).start()

    def ask(self, planned: Plan, urgency: int = 1) -> Ticket:
        """Wait for a run; it is taken from the store, shared with others, or put into the queue.

        Parameters
        ----------
        planned : Plan
        urgency : int
            The lowest comes first.

        Raises
        ------
        Full
            If too many wait already.
        """
        known = execute.from_store(self.project, planned)
        with self._changed:
            known = known or self._failed.get(planned.key)
            if known is not None:
                job = _Job(planned, urgency, 0)
                job.future.set_result(replace(known, chapter=planned.chapter))
                return Ticket(self, job)
            job = self._jobs.get(planned.key)
            if job is None:
                if len(self._queue) >= self.most_waiting:
                    raise Full("Too many runs wait already.")
                job = _Job(planned, urgency, next(self._numbers))
                self._jobs[planned.key] = job
                self._queue.append(job)
                self._changed.notify()
            job.urgency = min(job.urgency, urgency)
            job.waiting += 1
            return Ticket(self, job)

    def count(self) -> tuple[int, int]:
        """How many plans wait, and how many run."""
        with self._changed:
            return len(self._queue), len(self._jobs) - len(self._queue)

    def close(self) -> None:
        """Take nothing more, and drop what waits; runs end with this process."""
        with self._changed:
            self._closed = True
            for job in self._queue:
                self._jobs.pop(job.planned.key)
                job.future.cancel()
            self._queue.clear()
            self._changed.notify_all()

    def _leave(self, job: _Job) -> None:
        with self._changed:
            job.waiting -= 1
            if job.waiting <= 0 and job in self._queue:
                self._queue.remove(job)
                self._jobs.pop(job.planned.key)
                job.future.cancel()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._queue and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                job = min(self._queue, key=lambda each: (each.urgency, each.order))
                self._queue.remove(job)
                job.future.set_running_or_notify_cancel()  # from here on nobody can cancel it
            result = self._one(job.planned)
            with self._changed:
                self._jobs.pop(job.planned.key, None)
                if result.status in LASTING:
                    self._failed[job.planned.key] = result
                    while len(self._failed) > MOST_FAILED:
                        self._failed.popitem(last=False)
            job.future.set_result(result)

    def _one(self, planned: Plan) -> RunResult:
        """A run, or why there is none; a thread outlives whatever goes wrong in it."""
        try:
            return self._run(self.project, planned)
        except (chapters.ChapterError, datasets.DataError) as error:
            return RunResult(planned.chapter, execute.MOVED, planned.key, reason=str(error))
        except Exception as error:  # noqa: BLE001  a full disk, a cluster that is gone
            return RunResult(planned.chapter, "dead", planned.key,
                             reason=f"{type(error).__name__}: {error}")

    def _execute(self, project: Project, planned: Plan) -> RunResult:
        [result] = execute.run_many(project, [planned], self.how, tidy=False)
        self._tidy(planned.key)
        return result

    def _tidy(self, key: str) -> None:
        """Make room in the store, at most once a minute."""
        with self._changed:
            if time.monotonic() - self._tidied < TIDY_SECONDS:
                return
            self._tidied = time.monotonic()
        with suppress(OSError):
            store.tidy(self.project.build, [key], self.project.store_bytes)
