"""The process that kernels are forked from: it has imported the libraries already.

Importing pandas, matplotlib and statsmodels is nearly all that a light chapter costs. This
program imports them once, then forks itself for each kernel that is asked for. `forks`
starts it and speaks with it; Linux only.

It is run by its path and imports nothing of this package: a helper imported here would stay as it
was when somebody edits it. One connection stands for one kernel. It carries JSON, a packet a
message: the request, the answer with the process id, signals, the exit status. When the side that
asked closes it, or is killed, the kernel is killed; so no kernel outlives its driver. When the
owner of this process is gone, or nothing was asked for a while, the process ends by itself.
"""

import builtins
import ctypes
import gc
import importlib
import io
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import time
from contextlib import contextmanager, suppress
from types import SimpleNamespace

# What every chapter needs: kernels are forked as soon as it is there.
LIBRARIES = (
    "numpy", "pyarrow", "matplotlib.pyplot", "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg", "seaborn", "pydantic.main", "pydantic.fields",
    "pydantic.json_schema", "tomllib",
    # Imported by the ones above at first use:
    "pydantic.types", "pyarrow.pandas_compat", "pyarrow.vendored.version", "pandas.io.formats.csvs",
    "pandas.io.formats.string", "pandas.core.reshape.reshape", "encodings.utf_16_be",
)
# What some chapters need: imported while nobody asks for a kernel, in pieces, so that whoever
# asks meanwhile does not wait for long. A kernel that is forked earlier imports it by itself.
FOR_SOME = (
    "scipy.stats", "statsmodels.regression.linear_model", "statsmodels.tsa.api", "statsmodels.api",
    "scipy.optimize", "networkx",
)
OF_A_KERNEL = (
    "IPython", "IPython.core.completer", "ipykernel.kernelapp", "ipykernel.ipkernel",
    "ipykernel.debugger",
    # Imported by the ones above when a kernel starts:
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger",
    "IPython.core.oinspect", "IPython.extensions.storemagic", "sqlite3",
    "tornado.platform.asyncio", "zmq.utils.garbage",
)
# Python and the libraries read these once, when they start: a kernel that is to have another
# value cannot be forked from here.
READ_AT_START = (
    "PYTHONHASHSEED", "PYTHONPATH", "PYTHONWARNINGS", "PYTHONUTF8", "PYTHONOPTIMIZE",
    "PYTHONDEVMODE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MATPLOTLIBRC", "MPLCONFIGDIR",
    "LANG", "LC_ALL",
)
IDLE_SECONDS = 900
LARGEST_REQUEST = 1 << 20  # bytes; an environment is a few thousand
OWNER = 0  # standard input: a pipe whose other end only the owner holds
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


class Kernel:
    """A forked kernel: its process, a descriptor that tells its end, and who asked for it."""

    def __init__(self, pid: int, connection: socket.socket):
        self.pid = pid
        self.ended = os.pidfd_open(pid)
        self.connection = connection

    def signal(self, number: int) -> None:
        """Signal the kernel with all that it has started, as jupyter_client does."""
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

    def __init__(self, listener: socket.socket, lock: str, idle_seconds: float):
        self.listener, self.lock, self.idle_seconds = listener, lock, idle_seconds
        self.kernels = {}  # connection -> Kernel
        self.retired = False  # true once the lock file changed: no more kernels from here
        self.not_yet = list(FOR_SOME)
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ, self.accept)
        self.selector.register(OWNER, selectors.EVENT_READ, None)

    def serve(self):
        """Fork kernels as they are asked for.

        Returns
        -------
        (dict, list of int) or None
            In a fork: the request to become a kernel and its stdout and stderr. In this process:
            None, when it is to end.
        """
        while True:
            events = self.selector.select(0 if self.not_yet else self.idle_seconds)
            if not events and self.not_yet:
                importlib.import_module(self.not_yet.pop(0))
                make_forkable()
                continue
            if (self.retired or not events) and not self.kernels:
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
        kernel = self.kernels.get(connection)
        if not text:
            self.selector.unregister(connection)
            connection.close()
            if kernel:  # its driver is gone; `reap` follows
                kernel.signal(signal.SIGKILL)
            return None
        message = json.loads(text)
        if kernel:
            kernel.signal(message["signal"])
            return None
        refusal = self.refusal(message)
        if refusal:
            say(connection, **refusal)
        else:
            pid = os.fork()
            if pid == 0:
                return self.leave(message, descriptors)
            kernel = self.kernels[connection] = Kernel(pid, connection)
            self.selector.register(kernel.ended, selectors.EVENT_READ, lambda _: self.reap(kernel))
            say(connection, pid=pid)
        for descriptor in descriptors:
            os.close(descriptor)
        return None

    def refusal(self, request: dict) -> dict:
        if request["lock"] != self.lock:
            self.retired = True
            return {"stale": True}
        names = differing(request["env"])
        return {"refused": f"other value of {', '.join(names)}"} if names else {}

    def reap(self, kernel: Kernel) -> None:
        """Take the exit status of a kernel that has ended, and tell who asked for it."""
        _, status = os.waitpid(kernel.pid, 0)
        self.selector.unregister(kernel.ended)
        os.close(kernel.ended)
        del self.kernels[kernel.connection]
        if kernel.connection.fileno() < 0:
            return
        say(kernel.connection, exit=os.waitstatus_to_exitcode(status))
        self.selector.unregister(kernel.connection)
        kernel.connection.close()

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
        """Kill the kernels that are left, and say so: a parent in good order loses none."""
        for kernel in list(self.kernels.values()):
            kernel.signal(signal.SIGKILL)
            self.reap(kernel)


def become_kernel(request: dict, descriptors: list[int], added: dict, libc, parent: int) -> None:
    """Turn this fork into an IPython kernel as ``python -m ipykernel_launcher`` starts one."""
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

    import numpy
    from ipykernel.kernelapp import IPKernelApp

    numpy.random.seed()  # noqa: NPY002  without it every kernel would draw the same numbers
    sys.argv = [request["launcher"], *request["arguments"]]
    app = IPKernelApp.instance(parent_handle=parent)  # else it explains itself on the terminal
    app.initialize(sys.argv[1:])
    import matplotlib

    # What matplotlib does when it is imported; the kernel has set the variable just now.
    if os.environ.get("MPLBACKEND"):
        matplotlib.rcParams["backend"] = os.environ["MPLBACKEND"]
    app.start()


@contextmanager
def as_in_a_notebook():
    """Let libraries find what a kernel has when they are imported.

    pandas chooses how many columns it prints, and in which encoding, by where it is imported.
    """
    usual = sys.stdout.encoding
    sys.stdout.reconfigure(encoding="UTF-8")  # as ipykernel spells it
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)
    try:
        yield
    finally:
        del builtins.get_ipython
        sys.stdout.reconfigure(encoding=usual)


def preload() -> dict:
    """Import the libraries that every kernel needs.

    Returns
    -------
    dict
        Environment variables that ipykernel set when it was imported; a kernel has them too.
    """
    os.environ.pop("MPLBACKEND", None)  # a kernel has its own; see become_kernel
    os.environ.pop("JPY_PARENT_PID", None)  # read by ipykernel at import, meant for a kernel
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"  # pyarrow's allocator
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # a warning of the debugger at import
    with as_in_a_notebook():
        importlib.import_module("pandas")
    for name in LIBRARIES:
        importlib.import_module(name)
    draw()
    before = dict(os.environ)
    for name in OF_A_KERNEL:
        importlib.import_module(name)
    make_forkable()
    return {name: value for name, value in os.environ.items() if before.get(name) != value}


def make_forkable() -> None:
    """Make sure after imports that a fork of this process is whole, and shares its memory.

    A lock held by another thread would stay locked in a fork for ever, so there must be none.
    """
    if "helpers" in sys.modules:
        sys.exit("The process for kernels imported `helpers`, which may be edited while it runs.")
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        sys.exit(f"The process for kernels has {threads} threads; a fork of it could hang.")
    gc.collect()
    gc.freeze()  # the collector of a kernel leaves these objects alone, so their pages stay shared


def draw() -> None:
    """Draw a picture for nobody: matplotlib prepares fonts and more at the first one."""
    from matplotlib.figure import Figure

    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot([1, 2], label="line")
    axes.set_title("title")
    axes.legend()
    figure.savefig(io.BytesIO(), format="svg")


def main() -> None:
    """Arguments: number of the listening socket, hash of the lock file, idle seconds."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    folder = os.path.dirname(listener.getsockname())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the driver and its kernels
    libc = ctypes.CDLL(None)
    added = preload()
    server = Server(listener, sys.argv[2], float(sys.argv[3]))
    parent = os.getpid()
    request = server.serve()
    if request:
        become_kernel(*request, added, libc, parent)
        return
    # In this order: whoever finds no socket knows that the process ended in good order.
    shutil.rmtree(folder, ignore_errors=True)
    server.end()
    os._exit(0)


if __name__ == "__main__":
    # A program's own folder comes first on the path; here a module `store` or `compare` would
    # then shadow a library's.
    if os.path.realpath(sys.path[0] or ".") == os.path.dirname(os.path.realpath(__file__)):
        del sys.path[0]
    main()
