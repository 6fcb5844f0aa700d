"""The reference: a work in a stock kernel, through papermill and nothing of ours.

For ``--stock-kernels``, for processes that may not have children of their own by `multiprocessing`
(workers of a cluster), and to test the engine against.
"""

import os
import sys
import tempfile
import time
import uuid
from pathlib import Path

from helpers.pipeline.running import aside, environment, watch
from helpers.pipeline.running.work import Outcome, Work

KERNEL = "python3"
START_TRIES = 3


def run(work: Work) -> Outcome:
    """Execute a work in a stock kernel; only the start of a kernel is tried again, never a cell."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="book-run-", dir=work.folder or aside.folder()) as made:
        folder = Path(made)
        (folder / "work").mkdir()
        reads = folder / "reads.txt"
        told = {
            **environment.variables(),
            **work.environment,
            **environment.kernel_variables(folder / "ipython"),
            "PYTHONSTARTUP": str(Path(__file__).with_name("in_kernel.py")),
            watch.NOTE: str(reads),
            watch.FOLDERS: os.pathsep.join(work.watched),
            watch.MEMORY: str(work.memory_bytes or 0),
            watch.CLOSED: str(folder) if work.closed else "",
        }
        with environment.surroundings(told):
            status, reason = _execute(work, folder)
        output = folder / "work" / "notebook.ipynb"
        executed = output.read_bytes() if status in ("ok", "failed") and output.exists() else None
        notes = reads.read_text("utf-8", "surrogateescape").splitlines() if reads.exists() else ()
    return Outcome(status, reason, executed, seconds=round(time.monotonic() - began, 2),
                   **watch.sorted_out(line.split(" ", 1) for line in notes))


def _execute(work: Work, folder: Path) -> tuple[str, str]:
    import logging

    import nbformat
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    for attempt in range(1, START_TRIES + 1):
        try:
            papermill.execute_notebook(
                nbformat.from_dict(work.notebook), folder / "work" / "notebook.ipynb",
                work.values or None, kernel_name=KERNEL, language="python",
                cwd=str(folder / "work"), progress_bar=False, request_save_on_cell_execute=False,
                config=configuration(), execution_timeout=work.cell_seconds)
            return "ok", ""
        except papermill.PapermillExecutionError as error:
            place = error.exec_count - bool(work.values)  # as the chapter counts its cells
            return "failed", f"cell {place}: {error.ename}: {error.evalue}"
        except CellTimeoutError:
            return "timeout", f"a cell ran for more than {work.cell_seconds:g} seconds"
        except DeadKernelError as error:
            return "dead", f"the kernel died: {error}"
        except RuntimeError as error:  # "Kernel died before replying to kernel_info"
            if "before replying" not in str(error) or attempt == START_TRIES:
                return "dead", f"the kernel did not start: {error}"
    raise AssertionError("every path of the loop returns")


def configuration():
    """Traitlets configuration: one kernel's own address, and a quick end.

    Kernels on TCP pick free ports and lose races for them ("Kernel died before replying"), and
    the default ipc address is one fixed name in the working directory. A unique address in a
    short folder has neither problem. Socket paths are limited to about 107 bytes, hence the
    system's temporary folder. Elsewhere than on POSIX systems kernels stay on TCP.

    A kernel whose last cell is done has nothing to put in order, so it is killed: asking it to
    end takes ten times as long as killing it. It is interrupted first, which it would complain of
    on the terminal; what goes wrong in a chapter reaches us as a message, not through its log.
    """
    from traitlets.config import Config

    chosen = {"NotebookClient": {
        "shutdown_kernel": "immediate", "extra_arguments": ["--log-level=CRITICAL"]}}
    if sys.platform != "win32":
        place = aside.folder(environment.folder_for_sockets())
        address = Path(place) / f"k-{uuid.uuid4().hex[:12]}"
        chosen["KernelManager"] = {"transport": "ipc", "ip": str(address)}
    return Config(chosen)
