"""A process that has imported libraries already, and forks itself for whoever asks.

Importing them is nearly all that a light chapter, or a few pages, costs. The programs `kernels` and
`pages` beside this file import theirs once and serve forks by the code here; `forks` starts them
and speaks with them; Linux only.

They are run by their path and import nothing of the package `helpers`: a helper imported here would
stay as it was when somebody edits it. One connection stands for one fork. It carries JSON, a packet
a message: the request, the answer with the process id, signals, the exit status. When the side that
asked closes it, or is killed, the fork is killed; so none outlives its driver. When the owner of
this process is gone, if it has one, or nothing was asked for a while, it ends by itself.
"""

import ctypes
import gc
import importlib
import json
import os
import resource
import selectors
import shutil
import signal
import socket
import sys
import time
from contextlib import suppress

# Python and the libraries read these once, when they start: a fork that is to have another value
# cannot come from here.
READ_AT_START = (
    "PYTHONHASHSEED", "PYTHONPATH", "PYTHONWARNINGS", "PYTHONUTF8", "PYTHONOPTIMIZE",
    "PYTHONDEVMODE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MATPLOTLIBRC", "MPLCONFIGDIR",
    "LANG", "LC_ALL",
)
LARGEST_REQUEST = 1 << 20  # bytes; an environment is a few thousand
OWNER = 0  # standard input: a pipe whose other end only the owner holds, or nothing
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


class Fork:
    """A forked process, a descriptor that tells its end, and who asked for it."""

    def __init__(self, pid: int, connection: socket.socket):
        self.pid = pid
        self.ended = os.pidfd_open(pid)
        self.connection = connection

    def signal(self, number: int) -> None:
        """Signal it with all that it has started, as jupyter_client does with a kernel."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:  # it has not made its own process group yet
            os.kill(self.pid, number)  # not reaped yet, so the number is still its own


def say(connection: socket.socket, **message) -> None:
    """Send one message; nobody may be listening any more."""
    with suppress(OSError):
        connection.send(json.dumps(message).encode(), socket.MSG_DONTWAIT)


def differing(environment: dict) -> list[str]:
    """Variables read at start that a request wants otherwise than this process has them."""
    return [name for name in READ_AT_START if environment.get(name) != os.environ.get(name)]


class Server:
    """Answers requests until the owner is gone, or nobody asked for long."""

    def __init__(self, listener: socket.socket, idle_seconds: float, for_some=()):
        self.idle_seconds = idle_seconds
        self.not_yet = list(for_some)
        self.forks = {}  # connection -> Fork
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ, self.accept)
        try:
            self.selector.register(OWNER, selectors.EVENT_READ, None)
            self.owned = True
        except PermissionError:  # the null device: nobody owns this process, it stands by
            self.owned = False

    def serve(self):
        """Fork as asked, and import between requests what is not yet there.

        Returns
        -------
        (dict, list of int) or None
            In a fork: the request and its stdout and stderr. In this process: None, when it is to
            end.
        """
        while True:
            events = self.selector.select(0 if self.not_yet else self.idle_seconds)
            if not events and self.not_yet:
                importlib.import_module(self.not_yet.pop(0))
                make_forkable()
                continue
            if not events and not self.forks:
                return None
            for key, _ in events:
                if key.data is None:  # end of file: the owner closed it or is gone
                    return None
                request = key.data(key.fileobj)
                if request:
                    return request

    def accept(self, listener):
        connection, _ = listener.accept()
        connection.settimeout(5)
        self.selector.register(connection, selectors.EVENT_READ, self.hear)

    def hear(self, connection):
        """A message, or the end, of a connection."""
        try:
            text, descriptors, _, _ = socket.recv_fds(connection, LARGEST_REQUEST, 2)
        except OSError:
            text, descriptors = b"", []
        fork = self.forks.get(connection)
        if not text:
            self.selector.unregister(connection)
            connection.close()
            if fork:  # its driver is gone; `reap` follows
                fork.signal(signal.SIGKILL)
            return None
        message = json.loads(text)
        if fork:
            fork.signal(message["signal"])
            return None
        names = differing(message["env"])
        if names:
            say(connection, refused=f"other value of {', '.join(names)}")
        else:
            pid = os.fork()
            if pid == 0:
                return self.leave(message, descriptors)
            fork = self.forks[connection] = Fork(pid, connection)
            self.selector.register(fork.ended, selectors.EVENT_READ, lambda _: self.reap(fork))
            say(connection, pid=pid)
        for descriptor in descriptors:
            os.close(descriptor)
        return None

    def reap(self, fork: Fork) -> None:
        """Take the exit status of a fork that has ended, and tell who asked for it."""
        _, status = os.waitpid(fork.pid, 0)
        self.selector.unregister(fork.ended)
        os.close(fork.ended)
        del self.forks[fork.connection]
        if fork.connection.fileno() < 0:
            return
        say(fork.connection, exit=os.waitstatus_to_exitcode(status))
        self.selector.unregister(fork.connection)
        fork.connection.close()

    def leave(self, message: dict, descriptors: list[int]):
        """In a fork: close what belongs to the parent.

        An end kept open here would hide the death of the parent from whoever asked.
        """
        for key in list(self.selector.get_map().values()):
            if key.fd != OWNER:
                key.fileobj.close() if hasattr(key.fileobj, "close") else os.close(key.fd)
        self.selector.close()
        return message, descriptors

    def end(self) -> None:
        """Kill the forks that are left, without a word of how they ended.

        Whoever still waits for one then knows that it was lost with this process, through no fault
        of its own: another command may share the socket, and outlive the owner.
        """
        for fork in self.forks.values():
            fork.signal(signal.SIGKILL)
        for fork in self.forks.values():
            os.waitpid(fork.pid, 0)


def make_forkable() -> None:
    """Make sure after imports that a fork of this process is whole, and shares its memory.

    A lock held by another thread would stay locked in a fork for ever, so there must be none.
    """
    if "helpers" in sys.modules:
        sys.exit("A process to fork from imported `helpers`, which may be edited while it runs.")
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        sys.exit(f"A process to fork from has {threads} threads; a fork of it could hang.")
    gc.collect()
    gc.freeze()  # the collector of a fork leaves these objects alone, so their pages stay shared


def settle(request: dict, descriptors: list[int], added: dict, libc, parent: int) -> None:
    """In a fork: take streams, environment, folder and limits of whoever asked for it."""
    os.setsid()
    libc.prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in zip([nothing, *descriptors], (0, 1, 2), strict=True):
        os.dup2(source, target)
        os.close(source)
    os.environ.clear()
    os.environ.update({**added, **request["env"]})
    time.tzset()
    os.chdir(request["cwd"])
    os.umask(request["umask"])
    for number, limit in request["limits"]:
        with suppress(OSError, ValueError):  # above what this process may have
            resource.setrlimit(number, limit)


def run(preload, become, for_some=()) -> None:
    """Import, then serve forks; the program of such a process.

    Arguments of the command: number of the listening socket, idle seconds.

    Parameters
    ----------
    preload : callable
        Imports; returns the environment variables that a fork is to have beside those asked for.
    become : callable
        Called in a fork with the request, once the fork has settled.
    for_some : iterable of str
        Modules that only some forks need, imported while nobody asks for one.
    """
    # A program's own folder comes first on the path; here a module `kernels` or `pages` would then
    # shadow a library's.
    if os.path.realpath(sys.path[0] or ".") == os.path.dirname(os.path.realpath(__file__)):
        del sys.path[0]
    listener = socket.socket(fileno=int(sys.argv[1]))
    address = listener.getsockname()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the driver
    libc = ctypes.CDLL(None)
    added = preload()
    make_forkable()
    server = Server(listener, float(sys.argv[2]), for_some)
    parent = os.getpid()
    asked = server.serve()
    if asked:
        settle(*asked, added, libc, parent)
        become(asked[0])
        return
    # In this order: whoever finds no socket knows that the process ended in good order.
    with suppress(FileNotFoundError):
        os.unlink(address)
    folder = os.path.dirname(address)
    with suppress(FileNotFoundError):
        if server.owned and not any(name.endswith(".socket") for name in os.listdir(folder)):
            shutil.rmtree(folder, ignore_errors=True)
    server.end()
    os._exit(0)
