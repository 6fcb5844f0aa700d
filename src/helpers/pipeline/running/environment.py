"""Environment variables of every run: what makes two runs give the same bytes anywhere."""

import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

LONGEST_FOLDER = 60  # letters; names of ours and of multiprocessing come behind it


def variables(python_bin: str | Path | None = None) -> dict[str, str]:
    """Variables that a run is to have, whatever the user has set.

    One BLAS thread keeps last digits steady and two runs from fighting over two cores. The hash
    seed fixes the order of sets. `PATH` starts with this interpreter's folder, so that a kernel
    is the one of this environment. Matplotlib reads nothing instead of the user's settings, and
    keeps its font cache where it is. For a kernel see `kernel_variables`, too.

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
    }


def kernel_variables(folder: str | Path) -> dict[str, str]:
    """Variables that keep the user's profile and start-up files from a kernel.

    Parameters
    ----------
    folder : path
        A folder of our own, in which IPython may make its profile.
    """
    return {"IPYTHONDIR": str(folder), "PYTHONSTARTUP": ""}


@contextmanager
def surroundings(values: dict[str, str]):
    """Let processes that are started meanwhile have these variables, and put ours back."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def folder_for_sockets() -> str:
    """The system's folder for what passes, or a short one where its path is too long for a socket.

    A socket's path may have about 107 letters; batch systems give folders of more.
    """
    usual = tempfile.gettempdir()
    return usual if len(usual) <= LONGEST_FOLDER or not os.path.isdir("/tmp") else "/tmp"


def of_a_process() -> dict[str, str]:
    """All variables of a process that is no run, such as the one that builds pages."""
    return {**os.environ, **variables()}
