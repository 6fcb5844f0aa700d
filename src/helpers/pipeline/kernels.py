"""How a kernel is started, so that many can start at once."""

import os
import sys
import tempfile
import uuid
from pathlib import Path

from helpers import paths

KERNEL = "python3"


def configuration():
    """Traitlets configuration that gives one kernel an address of its own.

    Kernels on TCP pick free ports and lose races for them ("Kernel died before replying"), and
    the default ipc address is one fixed name in the working directory. A unique address in a
    short folder has neither problem. Socket paths are limited to about 107 bytes, hence the
    system's temporary folder. Elsewhere than on POSIX systems kernels stay on TCP.
    """
    from traitlets.config import Config

    if os.name != "posix":
        return Config()
    address = Path(tempfile.gettempdir()) / f"k-{uuid.uuid4().hex[:12]}"
    return Config({"KernelManager": {"transport": "ipc", "ip": str(address)}})


def environment() -> dict[str, str]:
    """Environment of every kernel: what makes two runs give the same bytes.

    One BLAS thread keeps last digits steady and two kernels from fighting over two cores. The
    hash seed fixes the order of sets. `PATH` starts with this interpreter's folder, so that the
    kernel is the one of this environment.
    """
    bin_folder = str(Path(sys.executable).parent)
    return {
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PATH": os.pathsep.join([bin_folder, os.environ.get("PATH", "")]),
    }


def watched(note: Path) -> dict[str, str]:
    """Environment that makes a kernel note in a file which tables it opens (see `watch`)."""
    folders = [paths.DATA, paths.own_data_folder()]
    return {
        "PYTHONSTARTUP": str(Path(__file__).with_name("watch.py")),
        "BOOK_WATCH": str(note),
        "BOOK_WATCHED": os.pathsep.join(str(folder) for folder in folders if folder),
    }
