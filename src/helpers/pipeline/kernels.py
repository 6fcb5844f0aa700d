"""How a kernel is started, so that many can start at once."""

import os
import sys
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path

from helpers import paths

KERNEL = "python3"
MEMORY_BYTES = 4 << 30  # for one kernel; the heaviest chapter needs a tenth of it
FORKED = "book-forked"  # its specification lies in the folder jupyter beside this file


def stock_wanted() -> bool:
    """Whether stock kernels were asked for (``--stock-kernels``, or BOOK_STOCK_KERNELS=1)."""
    return os.environ.get("BOOK_STOCK_KERNELS", "") not in ("", "0")


def kernel_name(stock: bool | None = None) -> str:
    """Kernel that runs chapters: forked on Linux (see `forks`), else stock.

    Outputs are the same, so the key of a run does not know which it was.

    Parameters
    ----------
    stock : bool, optional
        By default what `stock_wanted` says.
    """
    stock = stock_wanted() if stock is None else stock
    return FORKED if sys.platform == "linux" and not stock else KERNEL


def prepare(stock: bool | None = None) -> None:
    """Start what kernels are forked from, unless it runs; it imports while others work on."""
    if kernel_name(stock) == FORKED:
        from helpers.pipeline import forks

        with suppress(OSError):  # asking for a kernel meets the same error, and says so
            forks.prepare(forks.KERNELS)


def configuration():
    """Traitlets configuration: one kernel's own address, a client that loses no time, a quick end.

    Kernels on TCP pick free ports and lose races for them ("Kernel died before replying"), and
    the default ipc address is one fixed name in the working directory. A unique address in a
    short folder has neither problem. Socket paths are limited to about 107 bytes, hence the
    system's temporary folder. Elsewhere than on POSIX systems kernels stay on TCP.

    A kernel whose last cell is done has nothing to put in order, so it is killed: asking it to
    end takes ten times as long as killing it. It is interrupted first, which it would complain of
    on the terminal; what goes wrong in a chapter reaches us as a message, not through its log.
    """
    from traitlets.config import Config

    chosen = {
        "NotebookClient": {
            "shutdown_kernel": "immediate", "extra_arguments": ["--log-level=CRITICAL"]},
        "AsyncKernelManager": {"client_class": "helpers.pipeline.clients.PromptClient"},
    }
    if os.name == "posix":
        address = Path(tempfile.gettempdir()) / f"k-{uuid.uuid4().hex[:12]}"
        chosen["KernelManager"] = {"transport": "ipc", "ip": str(address)}
    return Config(chosen)


def environment() -> dict[str, str]:
    """Environment of every kernel: what makes two runs give the same bytes.

    One BLAS thread keeps last digits steady and two kernels from fighting over two cores. The
    hash seed fixes the order of sets. `PATH` starts with this interpreter's folder, so that the
    kernel is the one of this environment. `JUPYTER_PATH` has the specification of `FORKED`.
    """
    bin_folder = str(Path(sys.executable).parent)
    jupyter = str(Path(__file__).with_name("jupyter"))
    return {
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PATH": _with_first("PATH", bin_folder),
        "JUPYTER_PATH": _with_first("JUPYTER_PATH", jupyter),
    }


def _with_first(variable: str, folder: str) -> str:
    """A search path with a folder in front; once, however often this is called."""
    others = [part for part in os.environ.get(variable, "").split(os.pathsep) if part != folder]
    return os.pathsep.join(filter(None, [folder, *others]))


def watched(note: Path) -> dict[str, str]:
    """Environment of a run's kernel: where to note which tables it opens, and its memory.

    See `startup`, which runs in the kernel before the chapter.
    """
    folders = [paths.DATA, paths.own_data_folder()]
    return {
        "PYTHONSTARTUP": str(Path(__file__).with_name("startup.py")),
        "BOOK_MEMORY": str(MEMORY_BYTES),
        "BOOK_WATCH": str(note),
        "BOOK_WATCHED": os.pathsep.join(str(folder) for folder in folders if folder),
    }
