"""Ask for kernels forked from a process that has imported the libraries (see `forkserver`).

The process belongs to whoever calls `prepare` first, a command or a test run, and ends with it.
This module is kept apart from `provisioner`, so that a driver which only prepares kernels for its
workers need not import jupyter_client.
"""

import atexit
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from helpers import paths
from helpers.pipeline import kernels
from helpers.pipeline.forkserver import IDLE_SECONDS, LARGEST_REQUEST

ADDRESS = "BOOK_FORK_PARENT"  # variable with the socket; worker processes share their driver's
START_SECONDS = 60  # until the parent must have answered; imports from a cold disk are slow
LAUNCH = ["-m", "ipykernel_launcher"]

_lock = threading.Lock()
_owned = []  # processes to fork from that this process has started
_lost = []  # kernels that died with the process they were forked from


class NoFork(OSError):
    """A kernel that cannot be forked; a stock one takes its place."""


def prepare() -> None:
    """Start the process to fork from unless there is one; returns at once.

    The listening socket exists before the process has imported anything, so requests wait in
    line for it while their senders do other work.
    """
    with _lock:
        if not os.path.exists(os.environ.get(ADDRESS) or ""):
            os.environ[ADDRESS] = _start()


def _start() -> str:
    folder = tempfile.mkdtemp(prefix="book-fork-")  # mode 0700: its socket runs code
    address = f"{folder}/socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(address)
        listener.listen(128)
        program = Path(__file__).with_name("forkserver.py")
        number = listener.fileno()
        _owned.append(subprocess.Popen(
            [sys.executable, str(program), str(number), _lock_hash(), str(IDLE_SECONDS)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=[number], cwd=folder,
            env={**os.environ, **kernels.environment()}, start_new_session=True,
        ))
    if len(_owned) == 1:
        atexit.register(stop)
    return address


def stop() -> None:
    """End the processes to fork from that this process has started, with their kernels."""
    with _lock:
        address = os.environ.pop(ADDRESS, "") if _owned else ""
        for process in _owned:
            process.stdin.close()
        for process in _owned:
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:  # still importing
                process.kill()
                process.wait()
        _owned.clear()
        if address:  # still there if the process was killed
            shutil.rmtree(Path(address).parent, ignore_errors=True)


def _lock_hash() -> str:
    return hashlib.sha256((paths.ROOT / "requirements.txt").read_bytes()).hexdigest()


class ForkedProcess:
    """A forked kernel behind the interface of `subprocess.Popen` that jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int):
        self.connection, self.pid, self.returncode = connection, pid, None

    def poll(self) -> int | None:
        """Exit status, or None while the kernel runs."""
        return self._hear(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Exit status, once the kernel has ended; None if it has not within `timeout` seconds."""
        return self._hear(timeout)

    def _hear(self, seconds: float | None) -> int | None:
        if self.returncode is not None:
            return self.returncode
        try:
            self.connection.settimeout(seconds)
            message = self.connection.recv(4096)
        except (BlockingIOError, TimeoutError):
            return None
        except OSError:
            message = b""
        if message:
            self.returncode = json.loads(message)["exit"]
        else:  # the parent is dead, and the kernel with it
            self.returncode = -9
            _lost.append(self.pid)
        self.connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Have the parent signal the kernel: it alone knows that the id is still this kernel's."""
        if self.poll() is None:
            try:
                self.connection.send(json.dumps({"signal": int(number)}).encode())
            except OSError:  # it ended this very moment
                self.poll()

    def terminate(self) -> None:
        self.send_signal(15)

    def kill(self) -> None:
        self.send_signal(9)


def fork(command: list[str], environment: dict, cwd=None, stdout=None, stderr=None):
    """Ask for a kernel, starting the process to fork from where there is none.

    Returns
    -------
    ForkedProcess

    Raises
    ------
    OSError
        If there is no process to fork from, or it cannot make such a kernel.
    """
    if command[1:3] != LAUNCH:
        raise NoFork(f"unknown command {' '.join(command[:3])}")
    import ipykernel_launcher

    own = {name: value for name, value in environment.items() if name != ADDRESS}
    own["JPY_PARENT_PID"] = str(os.getpid())  # as in a stock kernel
    request = json.dumps({
        "launcher": ipykernel_launcher.__file__, "arguments": command[3:], "env": own,
        "cwd": str(cwd or os.getcwd()), "lock": _lock_hash(),
    }).encode()
    if len(request) > LARGEST_REQUEST:
        raise NoFork("the environment is too large")
    streams = [_number(stdout, 1), _number(stderr, 2)]
    for _ in range(3):
        prepare()
        address = os.environ[ADDRESS]
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            connection.settimeout(START_SECONDS)
            connection.connect(address)
            socket.send_fds(connection, [request], streams)
            reply = json.loads(connection.recv(4096) or "{}")
        except OSError:
            connection.close()
            if os.path.exists(address):
                raise
            continue  # it ended in good order since `prepare`: idle, or its owner is gone
        if "pid" in reply:
            return ForkedProcess(connection, reply["pid"])
        connection.close()
        if "refused" in reply:
            raise NoFork(reply["refused"])
        if "stale" in reply:  # the lock file changed: other libraries may be installed now
            with _lock:
                if os.environ.get(ADDRESS) == address:
                    del os.environ[ADDRESS]
        elif os.path.exists(address):
            raise NoFork("the process to fork from ended")
    raise NoFork("the process to fork from keeps ending")


def _number(stream, standard: int) -> int:
    """Descriptor of a stream as `subprocess` takes it; None stands for this process's own."""
    if stream is None:
        return standard
    if isinstance(stream, int):
        if stream < 0:
            raise NoFork("the kernel's output is to go to a pipe")
        return stream
    return stream.fileno()


def say_once(error: OSError) -> None:
    """Say on stderr that stock kernels are used; once, however many workers share a parent."""
    try:
        told = Path(os.environ.get(ADDRESS, "/none")).with_name("told")
        told.touch(exist_ok=False)
    except FileExistsError:
        return
    except OSError:
        if _said:
            return
    _said.append(error)
    print(f"Kernels start the ordinary way, which is slower: {error}.", file=sys.stderr)


_said = []


def lost() -> int:
    """How many kernels of this process died with the process they were forked from."""
    return len(_lost)
