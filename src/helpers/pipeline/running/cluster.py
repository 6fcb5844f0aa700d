"""Runs on a dask.distributed scheduler, whose workers have clones of their own."""

import ipaddress
import logging
import multiprocessing
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, wait
from contextlib import contextmanager, suppress
from urllib.parse import urlparse

from helpers.pipeline.running import processes, stock
from helpers.pipeline.running.work import Outcome, Work

WORKER_SECONDS = 60  # that are waited for a first worker, or for one to come back
LOOK_SECONDS = 2  # between two looks at whether the cluster is still there
LOST = ("The cluster was lost. What had finished is in the store; the same command goes on where "
        "it stopped.")


class ClusterError(ValueError):
    """A cluster that cannot be used. One line."""


def run(address: str, function: Callable, arguments: dict, settle: Callable,
        lost: Callable, fit: Callable, example: tuple) -> None:
    """Call a function once for each entry of `arguments`, on the workers of a scheduler.

    A worker that is not fit would answer at once, each time, and so draw most of the runs: every
    worker is asked first, and only those that are fit get runs.

    Parameters
    ----------
    address : str
    function : callable
        Importable where the workers run.
    arguments : dict
        Key -> arguments.
    settle : callable
        Called with key and what the function returned, as it comes in.
    lost : callable
        Called with key and a reason where a worker was lost again and again.
    fit : callable
        Importable where the workers run; called on each worker, says why it is not fit, if so.
    example : tuple
        Arguments of `fit`.

    Raises
    ------
    ClusterError
        If the cluster cannot be used, or is lost on the way.
    """
    with connected(address) as client:
        fitting = _fitting(client, fit, example)
        # retries: a run whose worker was lost goes to another one.
        executor = client.get_executor(pure=False, retries=3, workers=fitting)
        futures = {executor.submit(function, *given): key for key, given in arguments.items()}
        try:
            for future in _as_completed(client, futures, fitting):
                try:
                    settle(futures[future], future.result())
                except CancelledError:
                    if client.status != "running":
                        raise ClusterError(LOST) from None
                    lost(futures[future], "the cluster dropped it")
                except Exception as error:  # a lost worker, or a chapter nobody can read there
                    lost(futures[future], f"{type(error).__name__}: {error}")
        finally:
            with suppress(Exception):  # of a cluster that is gone
                executor.shutdown(wait=False)


def _fitting(client, fit: Callable, example: tuple) -> list[str]:
    """Addresses of the workers that are fit.

    Raises
    ------
    ClusterError
        If there is none.
    """
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
    except TimeoutError:
        raise ClusterError(f"No worker has joined the scheduler in {WORKER_SECONDS} seconds. Start "
                           f"one in a clone of the book: dask worker ADDRESS") from None
    said = client.run(fit, *example, on_error="return")
    fitting = sorted(worker for worker, reason in said.items() if not reason)
    if not fitting:
        worker, reason = min(said.items())
        raise ClusterError(f"No worker is fit for these runs. {worker}: {reason}")
    return fitting


def _as_completed(client, futures: Iterable, fitting: list[str]):
    """Futures as they end.

    Raises
    ------
    ClusterError
        If the scheduler, or every worker that is fit, has been gone for a while.
    """
    waiting, seen = set(futures), time.monotonic()
    while waiting:
        done, waiting = wait(waiting, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
        yield from done
        if client.status == "running" and set(fitting) & set(client.scheduler_info()["workers"]):
            seen = time.monotonic()
        elif waiting and (client.status != "running"
                          or time.monotonic() - seen > WORKER_SECONDS):
            raise ClusterError(LOST)


def execute(work: Work, stock_kernels: bool) -> Outcome:
    """Execute one work in a worker.

    Workers under dask's nanny are daemons, which may not have processes of their own by
    `multiprocessing`; they use stock kernels unless dask is told otherwise (see README).
    """
    if stock_kernels or multiprocessing.current_process().daemon:
        return stock.run(work)
    outcomes = []
    processes.run([("", work)], 1, lambda _, outcome: outcomes.append(outcome))
    return outcomes[0]


@contextmanager
def connected(address: str):
    """The client of a running dask.distributed scheduler.

    Whoever reaches the port of a scheduler can run code on its workers. So an address that is not
    on this machine is refused unless the connection is encrypted (``tls://``).

    Raises
    ------
    ClusterError
        If the address is open to others without TLS, the extra is not installed, or nobody answers.
    """
    checked(address)
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("The extra `cluster` is not installed: pip install -e '.[cluster]'") \
            from None
    # What dask has to say of a lost connection is dozens of lines; ours is one.
    for name in [*logging.root.manager.loggerDict, "asyncio"]:
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ClusterError(f"No scheduler answers at {address}: {said}") from None
    with client:
        yield client


def checked(address: str) -> None:
    """Refuse an address that is none, or that others could reach.

    Raises
    ------
    ClusterError
        In words that hold no password.
    """
    if "@" in address:
        raise ClusterError("The address of a cluster has no user and no password; it is such as "
                           "tcp://127.0.0.1:8786.")
    try:
        parsed = urlparse(address)
        usable = (parsed.scheme in ("tcp", "tls") and parsed.hostname and parsed.port
                  and not (parsed.path or parsed.query or parsed.fragment))
    except ValueError:  # a port beyond 65535, half a bracket
        usable = False
    if not usable:
        raise ClusterError(f"{address!r}: expected an address such as tcp://127.0.0.1:8786.")
    if parsed.scheme != "tls" and not _on_this_machine(parsed.hostname):
        raise ClusterError(
            f"{address!r} is not on this machine and not encrypted, so anybody who reaches it "
            f"could run code. Use tls:// (see README, cluster) or a tunnel to 127.0.0.1.")


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
