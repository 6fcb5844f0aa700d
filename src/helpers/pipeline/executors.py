"""Run many chapters: in processes here, or on a cluster, by one code path.

Both are a `concurrent.futures.Executor`. Workers execute and send the finished run back as bytes;
the driver alone publishes.
"""

import importlib
import ipaddress
import os
import sys
import threading
from concurrent.futures import (
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    as_completed,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from urllib.parse import urlparse

from helpers.pipeline import execute, kernels, store

# A killed worker breaks its whole pool, so nobody knows which run killed it. Two rounds side by
# side, then each remaining run in a pool of its own: what breaks that one is to blame.
ROUNDS = 2
OF_A_WORKER = ["papermill", "helpers.pipeline.execute", "helpers.pipeline.provisioner",
               "helpers.pipeline.clients"]


class ClusterError(ValueError):
    """A cluster that cannot be used. One line."""


def default_jobs() -> int:
    """Kernels at a time: one more than there are cores.

    A run waits now and then, for its kernel to start and for messages; one more fills these gaps.
    More than that only share the cores and their caches (20 chapters on 2 cores, medians of four
    rounds: 20.0 s and 37.7 s of CPU time with three, 21.7 s and 41.1 s with four).
    """
    return usable_cores() + 1


def usable_cores() -> int:
    """Cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


def make_pool(jobs: int) -> Executor:
    """A pool of processes; processes, because papermill changes the working directory.

    On Linux they are forks of one that has imported papermill, so that it is imported once and
    not by each of them. It starts as it was when the first pool of this process was made, hence
    the variables that go along.
    """
    if sys.platform == "linux":
        context = get_context("forkserver")
        context.set_forkserver_preload(["__main__", *OF_A_WORKER])
    else:
        context = get_context("spawn")
    return ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_become_worker, initargs=(dict(os.environ),))


class Here(Executor):
    """Runs what it is given at once, in this process; for one run a pool costs more than it."""

    @staticmethod
    def prepare() -> None:
        """Import what a run needs, before other processes compete for the cores.

        Meanwhile the process that kernels are forked from has the other core to itself.
        """
        for name in OF_A_WORKER:
            importlib.import_module(name)

    def submit(self, function, /, *arguments, **named) -> Future:
        future, before = Future(), dict(os.environ)
        try:
            future.set_result(function(*arguments, **named))
        except Exception as error:
            future.set_exception(error)
        finally:  # a worker keeps what a run sets to itself
            os.environ.clear()
            os.environ.update(before)
        return future


def _become_worker(environment: dict[str, str]) -> None:
    """In a worker: take the driver's variables, and end when the driver is killed.

    Else it would run what is queued, and then wait for ever.
    """
    os.environ.clear()
    os.environ.update(environment)
    driver = parent_process()
    threading.Thread(target=lambda: (driver.join(), os._exit(1)), daemon=True).start()


@contextmanager
def make_cluster(address: str):
    """The executor of a running dask.distributed scheduler.

    Whoever reaches the port of a scheduler can run code on its workers. So an address that is not
    on this machine is refused unless the connection is encrypted (``tls://``).

    Raises
    ------
    ClusterError
        If the address is open to others without TLS, the extra is not installed, or nobody answers.
    """
    parsed = urlparse(address)
    if parsed.scheme not in ("tcp", "tls") or not parsed.hostname or not parsed.port:
        raise ClusterError(f"{address!r}: expected an address such as tcp://127.0.0.1:8786.")
    if parsed.scheme != "tls" and not _on_this_machine(parsed.hostname):
        raise ClusterError(
            f"{address!r} is not on this machine and not encrypted, so anybody who reaches it "
            f"could run code. Use tls:// (see README, cluster) or a tunnel to 127.0.0.1.")
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("The extra `cluster` is not installed: pip install -e '.[cluster]'") \
            from None
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except OSError as error:
        raise ClusterError(f"No scheduler answers at {address}: {error}") from None
    with client:
        # retries: a run whose worker was lost goes to another one.
        yield client.get_executor(pure=False, retries=3)


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def run_many(specs, jobs=None, report=lambda result: None, *, cluster=None, begin=lambda: None):
    """Execute chapters side by side; those that the store has are not executed.

    Parameters
    ----------
    specs : list of execute.RunSpec
    jobs : int, optional
        Kernels at a time here; by default `default_jobs`.
    report : callable
        Called with each RunResult as it comes in.
    cluster : str, optional
        Address of a dask.distributed scheduler to use instead of processes here.
    begin : callable
        Called once before the first run is executed; not if the store has them all.

    Returns
    -------
    list of execute.RunResult
        In the order of `specs`. No run is lost: one whose worker was killed is tried again.

    Raises
    ------
    ClusterError
        If the cluster cannot be used.
    """
    finished = {}

    def settle(place, result):
        finished[place] = result
        report(result)

    waiting = []
    for place, spec in enumerate(specs):
        # What the store has needs no worker: starting one costs more than an unchanged build.
        stored = None if spec.fresh else execute.from_store(spec)
        if stored is not None:
            settle(place, stored)
            continue
        if not waiting and cluster is None:
            kernels.prepare()  # the workers share it; it imports while the others are looked up
        waiting.append(place)
    # The longest first, or the last one would run alone on one core. The size of a notebook, most
    # of it figures, tells its time well enough.
    waiting.sort(key=lambda place: -store.chapter_path(specs[place].chapter).stat().st_size)
    if waiting:
        store.tidy()
        if len(waiting) == 1 and cluster is None:
            Here.prepare()
        begin()
    if waiting and cluster is not None:
        with make_cluster(cluster) as executor:
            waiting = _round(executor, specs, waiting, settle)
    else:
        if len(waiting) == 1:
            with Here() as executor:
                waiting = _round(executor, specs, waiting, settle)
        for _ in range(ROUNDS):
            if waiting:
                with make_pool(min(jobs or default_jobs(), len(waiting))) as executor:
                    waiting = _round(executor, specs, waiting, settle)
        for place in list(waiting):
            with make_pool(1) as executor:
                waiting = [*_round(executor, specs, [place], settle),
                           *[other for other in waiting if other != place]]
    for place in waiting:
        settle(place, execute.RunResult(
            specs[place].chapter, "dead", reason="the process that ran it was killed every time"))
    return [finished[place] for place in range(len(specs))]


def _round(executor: Executor, specs, places, settle) -> list[int]:
    """Submit runs and publish what comes back; the places whose worker was lost."""
    futures, lost = {}, []
    stock = [True] if kernels.stock_wanted() else []  # a worker elsewhere lacks our variables
    for place in places:
        notebook = store.read_chapter(specs[place].chapter)
        expected = store.components(notebook, store.resolve(notebook, specs[place].overrides))
        try:
            futures[executor.submit(execute.execute, specs[place], expected, *stock)] = place
        except BrokenProcessPool:
            lost.append(place)
    try:
        for future in as_completed(futures):
            place = futures[future]
            try:
                settle(place, execute.publish(future.result()))
            except (BrokenProcessPool, CancelledError):
                lost.append(place)
            except Exception as error:  # a lost worker of a cluster, or a chapter nobody can read
                settle(place, execute.RunResult(
                    specs[place].chapter, "failed", reason=f"{type(error).__name__}: {error}"))
    except KeyboardInterrupt:
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    return lost
