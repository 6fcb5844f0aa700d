"""Runs on a dask.distributed scheduler, whose workers have clones of their own."""

import ipaddress
import multiprocessing
from collections.abc import Callable
from concurrent.futures import CancelledError, as_completed
from contextlib import contextmanager
from urllib.parse import urlparse

from helpers.pipeline.running import processes, stock
from helpers.pipeline.running.work import Outcome, Work


class ClusterError(ValueError):
    """A cluster that cannot be used. One line."""


def run(address: str, function: Callable, arguments: dict, settle: Callable,
        lost: Callable) -> None:
    """Call a function once for each entry of `arguments`, on the workers of a scheduler.

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

    Raises
    ------
    ClusterError
        If the cluster cannot be used.
    """
    with connected(address) as executor:
        futures = {executor.submit(function, *given): key for key, given in arguments.items()}
        try:
            for future in as_completed(futures):
                try:
                    settle(futures[future], future.result())
                except CancelledError:
                    lost(futures[future], "the cluster dropped it")
                except Exception as error:  # a lost worker, or a chapter nobody can read there
                    lost(futures[future], f"{type(error).__name__}: {error}")
        except KeyboardInterrupt:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


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
