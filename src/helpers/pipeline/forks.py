"""Ask for kernels, and for jupyter-book, forked from processes that have imported them already.

The processes to fork from are the programs in the folder ``parents``. Usually one belongs to the
command or test run that needed it first, and ends with it. The command ``book`` lets them stand by
for some minutes instead, since the next command is often the same with another parameter, and
importing is most of what it would wait for. They hold libraries only, never code or data of this
project, and nobody else can reach them. A changed lock file, interpreter or environment has an
address of its own, so it never meets a process that imported something else.

This module is kept apart from `provisioner`, so that a driver which only prepares kernels for its
workers need not import jupyter_client.
"""

import atexit
import hashlib
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

from helpers import paths
from helpers.pipeline import kernels
from helpers.pipeline.parents.forkserver import LARGEST_REQUEST, READ_AT_START

try:
    import fcntl
except ImportError:  # not a POSIX system: nothing is forked there
    fcntl = None

KERNELS, PAGES = "kernels", "pages"  # the programs to fork from, files in the folder `parents`
FOLDER = "BOOK_FORK_FOLDER"  # variable with the folder of sockets; workers share their driver's
STANDBY = "BOOK_STANDBY_MINUTES"  # how long processes to fork from wait for another command
IDLE_SECONDS = 900  # how long those wait that end with their owner anyway
START_SECONDS = 60  # until a parent must have answered; imports from a cold disk are slow

_lock = threading.Lock()
_made = []  # folder of sockets that this process has made, and removes
_owned = []  # processes to fork from that this process has started, and ends
_lost = []  # forks that died with the process they were forked from
_said = []


class NoFork(OSError):
    """A process that cannot be forked; one that is started anew takes its place."""


def standby_seconds() -> float:
    """How long processes to fork from are to stand by after the command; 0 for not at all."""
    try:
        return max(0.0, 60 * float(os.environ.get(STANDBY, "0")))
    except ValueError:
        return 0.0


def prepare(program: str) -> Path:
    """Start the process to fork from unless there is one; returns its address at once.

    The listening socket exists before the process has imported anything, so requests wait in
    line for it while their senders do other work.

    Raises
    ------
    OSError
        If it cannot be started.
    """
    with _lock:
        folder = _folder()
        address = folder / f"{program}-{_fingerprint()}.socket"
        with _alone(folder):  # two that start it at once would unlink each other's socket
            if not _answers(address):
                _start(program, address)
    return address


def _folder() -> Path:
    """Folder of the sockets: that of this command, or the one where processes stand by."""
    if os.environ.get(FOLDER):
        return Path(os.environ[FOLDER])
    if standby_seconds():
        folder = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / (
            f"book-{os.getuid()}")
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        about = folder.lstat()
        if (stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid()
                and not about.st_mode & 0o077):
            return folder
        # Whoever owns that folder could run code as us; so it is left alone.
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="book-fork-")  # mode 0700: its sockets run code
    _made.append(os.environ[FOLDER])
    atexit.register(stop)
    return Path(os.environ[FOLDER])


def _stands_by() -> bool:
    return not os.environ.get(FOLDER) and standby_seconds() > 0


def _fingerprint() -> str:
    """Hash of all that processes to fork from take in when they start."""
    packages = Path(sysconfig.get_path("purelib"))  # changes when a package comes or goes
    environment = {**os.environ, **kernels.environment()}
    parts = [sys.executable, sys.version, _lock_hash(), packages.stat().st_mtime_ns,
             *((name, environment.get(name)) for name in READ_AT_START)]
    files = sorted((Path(__file__).parent / "parents").glob("*.py"))
    parts += [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def _lock_hash() -> str:
    return hashlib.sha256((paths.ROOT / "requirements.txt").read_bytes()).hexdigest()


@contextmanager
def _alone(folder: Path):
    """Let one process at a time look for a process to fork from, and start it."""
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        try:
            connection.connect(str(address))
        except OSError:
            return False
    return True


def _start(program: str, address: Path) -> None:
    stands_by = _stands_by()
    address.unlink(missing_ok=True)  # of one that was killed
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(address))
        listener.listen(128)
        file = Path(__file__).parent / "parents" / f"{program}.py"
        number = listener.fileno()
        process = subprocess.Popen(
            [sys.executable, str(file), str(number),
             str(standby_seconds() if stands_by else IDLE_SECONDS)],
            # One that stands by must not hold the output of the command, which somebody may read
            # to its end; nor has it an owner.
            stdin=subprocess.DEVNULL if stands_by else subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL if stands_by else None,
            pass_fds=[number], cwd=address.parent, start_new_session=True,
            env={**os.environ, **kernels.environment()},
        )
    if stands_by:
        process.returncode = 0  # it outlives this command, so nobody is to wait for it
        return
    _owned.append(process)


def stop() -> None:
    """End the processes to fork from that this process has started, with their forks."""
    with _lock:
        for process in _owned:
            process.stdin.close()
        for process in _owned:
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:  # still importing
                process.kill()
                process.wait()
        _owned.clear()
        for folder in _made:
            if os.environ.get(FOLDER) == folder:
                del os.environ[FOLDER]
            shutil.rmtree(folder, ignore_errors=True)
        _made.clear()


class ForkedProcess:
    """A fork behind the interface of `subprocess.Popen` that jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int):
        self.connection, self.pid, self.returncode = connection, pid, None

    def poll(self) -> int | None:
        """Exit status, or None while the process runs."""
        return self._hear(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Exit status, once the process has ended; None if not within `timeout` seconds."""
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
        else:  # the parent is dead, and the fork with it
            self.returncode = -9
            _lost.append(self.pid)
        self.connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Have the parent signal the fork: it alone knows that the id is still this fork's."""
        if self.poll() is None:
            try:
                self.connection.send(json.dumps({"signal": int(number)}).encode())
            except OSError:  # it ended this very moment
                self.poll()

    def terminate(self) -> None:
        self.send_signal(15)

    def kill(self) -> None:
        self.send_signal(9)


def fork(program: str, request: dict, streams: list[int]) -> ForkedProcess:
    """Ask for a fork, starting the process to fork from where there is none.

    Parameters
    ----------
    program : str
        `KERNELS` or `PAGES`.
    request : dict
        What the program needs beside the environment (``env``) and the folder (``cwd``).
    streams : list of int
        Descriptors of stdout and stderr.

    Raises
    ------
    OSError
        If there is no process to fork from, or it cannot make such a fork.
    """
    own = {name: value for name, value in request["env"].items() if name != FOLDER}
    text = json.dumps({**request, "env": own, **_inherited()}).encode()
    if len(text) > LARGEST_REQUEST:
        raise NoFork("the environment is too large")
    for _ in range(3):
        address = prepare(program)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            connection.settimeout(START_SECONDS)
            connection.connect(str(address))
            socket.send_fds(connection, [text], streams)
            reply = json.loads(connection.recv(4096) or "{}")
        except OSError:
            connection.close()
            if address.exists():
                raise
            continue  # it ended in good order since `prepare`: idle, or its owner is gone
        if "pid" in reply:
            return ForkedProcess(connection, reply["pid"])
        connection.close()
        if "refused" in reply:
            raise NoFork(reply["refused"])
        if address.exists():
            raise NoFork("the process to fork from ended")
    raise NoFork("the process to fork from keeps ending")


def _inherited() -> dict:
    """What a child process would have from this one: the mask of new files, and the limits."""
    import resource

    status = Path("/proc/self/status").read_text()
    kinds = {getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")}
    return {"umask": int(status.split("\nUmask:")[1].split()[0], 8),
            "limits": [[kind, resource.getrlimit(kind)] for kind in sorted(kinds)]}


def number(stream, standard: int) -> int:
    """Descriptor of a stream as `subprocess` takes it; None stands for this process's own."""
    if stream is None:
        return standard
    if isinstance(stream, int):
        if stream < 0:
            raise NoFork("the kernel's output is to go to a pipe")
        return stream
    return stream.fileno()


def say_once(error: OSError) -> None:
    """Say on stderr that stock kernels are used; once, where workers share the driver's folder."""
    if _said:
        return
    _said.append(error)
    if os.environ.get(FOLDER):
        try:
            (Path(os.environ[FOLDER]) / "told").touch(exist_ok=False)
        except FileExistsError:
            return
        except OSError:  # the folder is gone; then each worker says it
            pass
    print(f"Kernels start the ordinary way, which is slower: {error}.", file=sys.stderr)


def lost() -> int:
    """How many forks of this process died with the process they were forked from."""
    return len(_lost)
