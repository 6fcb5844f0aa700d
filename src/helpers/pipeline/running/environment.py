"""Environment variables of every run: what makes two runs give the same bytes anywhere."""

import atexit
import os
import shutil
import sys
import tempfile
import threading
from contextlib import contextmanager
from functools import cache
from pathlib import Path

# Variables that no run and no page builder sees: dates in pages and figures, and widths of tables.
REMOVED = ("SOURCE_DATE_EPOCH", "COLUMNS", "LINES")
# Threads that start runs change the variables of this process for a moment, one at a time.
CHANGING = threading.RLock()
LONGEST_FOLDER = 40  # letters; names of ours and of multiprocessing come behind it


def variables(python_bin: str | Path | None = None) -> dict[str, str]:
    """Variables that a run is to have, whatever the user has set.

    One BLAS thread keeps last digits steady and two runs from fighting over two cores. The hash
    seed fixes the order of sets. `PATH` starts with this interpreter's folder, so that a kernel
    is the one of this environment. Matplotlib reads nothing instead of the user's settings, and
    keeps its font cache where it is. Warnings are those of Python, so that one that somebody asks
    for is no output of a chapter. Libraries warn, with its path, of a home folder that they cannot
    write to, so there is another one then. For a kernel see `kernel_variables`, too.

    Parameters
    ----------
    python_bin : path, optional
        Folder of the interpreter; by default of the one that asks.
    """
    first = str(python_bin or Path(sys.executable).parent)
    others = [part for part in os.environ.get("PATH", "").split(os.pathsep) if part != first]
    return {
        "PATH": os.pathsep.join(filter(None, [first, *others])),
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as a kernel sets it
        "MATPLOTLIBRC": os.devnull,
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONWARNINGS": "",
        **({} if _is_usable(os.path.expanduser("~")) else {"HOME": _own_home()}),
    }


def _is_usable(folder: str) -> bool:
    return os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)


@cache
def _own_home() -> str:
    folder = tempfile.mkdtemp(prefix="book-home-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def kernel_variables(folder: str | Path) -> dict[str, str]:
    """Variables that keep the user's profile and start-up files from a kernel.

    Parameters
    ----------
    folder : path
        A folder of our own, in which IPython may make its profile.
    """
    return {"IPYTHONDIR": str(folder), "PYTHONSTARTUP": "",
            # Else a kernel `python3` in the user's folders, of another Python, would be started.
            "JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_PATH": ""}


@contextmanager
def surroundings(values: dict[str, str]):
    """Let processes that are started meanwhile have these variables, and put ours back."""
    with CHANGING:
        before = {name: os.environ.get(name) for name in (*values, *REMOVED)}
        os.environ.update(values)
        for name in REMOVED:
            os.environ.pop(name, None)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def folder_for_sockets() -> str:
    """The system's folder for what passes, or a short one where its path is too long for a socket.

    A socket's path may have about 107 letters; batch systems give folders of more.
    """
    usual = tempfile.gettempdir()
    return usual if len(usual) <= LONGEST_FOLDER or not os.path.isdir("/tmp") else "/tmp"


def of_a_process() -> dict[str, str]:
    """All variables of a process of ours: a run, before its own, or what builds pages."""
    with CHANGING:
        given = {name: value for name, value in os.environ.items() if name not in REMOVED}
        return {**given, **variables()}
