"""What the process of one run does, from its start to its end."""

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from multiprocessing import parent_process

from helpers.pipeline.running import watch
from helpers.pipeline.running.work import Outcome, Work


def run(work: Work, environment: dict[str, str], told, stock: bool) -> None:
    """Execute a work in this process, which is made for it, and tell how it went.

    Parameters
    ----------
    work : Work
    environment : dict
        All variables this process is to have.
    told : multiprocessing.connection.Connection
        Takes the number of each cell when it begins, and last the Outcome.
    stock : bool
        Whether a stock kernel runs the cells.
    """
    _end_with_driver()
    seed = os.environ.get("PYTHONHASHSEED")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    if hasattr(time, "tzset"):
        time.tzset()
    try:
        if seed != environment["PYTHONHASHSEED"]:  # somebody else began the fork server
            raise RuntimeError(f"this process was started with PYTHONHASHSEED={seed}")
        if stock:
            from helpers.pipeline.running import stock

            outcome = stock.run(work)
        else:
            outcome = here(work, told.send)
    except MemoryError:
        outcome = Outcome("failed", "there is too little memory for a run; see ulimit -v")
    except BaseException as error:  # the engine's own; an error of a cell is an outcome
        outcome = Outcome("failed", f"{type(error).__name__}: {error}")
    told.send(outcome)


def here(work: Work, begin) -> Outcome:
    """Execute a work in this process, once; it is not fit for another afterwards."""
    began = time.monotonic()
    import logging

    import nbformat
    import numpy
    import papermill

    from helpers.pipeline.running import engine, preload

    logging.getLogger("papermill").setLevel(logging.ERROR)
    numpy.random.seed()  # noqa: NPY002  without it every fork would draw the same numbers
    sys.path[:] = [*preload.SEARCHED, ""]
    preload.SHELL.init_environment()
    folder = tempfile.mkdtemp(prefix="book-run-", dir=work.folder)
    os.chdir(folder)
    output = os.path.join(folder, "notebook.ipynb")
    notes = []
    injected = bool(work.values)  # one cell before, which the chapter does not have

    def note(kind: str, what: str) -> None:
        notes.append((kind, what))

    watch.modules(note)
    watch.openings(work.watched, note, closed=folder if work.closed else None)
    watch.bound_memory(work.memory_bytes)
    status, reason, executed = "ok", "", None
    try:
        papermill.execute_notebook(
            nbformat.from_dict(work.notebook), output, work.values or None,
            engine_name=engine.NAME, kernel_name="python3", language="python", cwd=folder,
            progress_bar=False, request_save_on_cell_execute=False,
            shell=preload.SHELL, begin=lambda place: begin(place - injected))
    except papermill.PapermillExecutionError as error:
        place = error.exec_count - injected
        status, reason = "failed", f"cell {place}: {error.ename}: {error.evalue}"
    finally:
        if os.path.exists(output):  # papermill writes it after an error, too
            with open(output, "rb") as file:
                executed = file.read()
        os.chdir(os.path.dirname(folder))
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(status, reason, executed, seconds=round(time.monotonic() - began, 2),
                   **watch.sorted_out(notes))


def _end_with_driver() -> None:
    """End, with all that cells have started, when the driver is gone.

    On Linux the system itself tells: a pipe of which the driver holds the other end sends a
    signal when that is closed. A thread could not act while a cell holds the interpreter.
    """
    if hasattr(os, "setsid"):
        os.setsid()  # what cells start is of our process group; Ctrl-C is for the driver
    driver = parent_process()
    if sys.platform == "linux":
        import fcntl

        signal.signal(signal.SIGIO, signal.SIG_DFL)  # which is to end
        fcntl.fcntl(driver.sentinel, fcntl.F_SETOWN, -os.getpid())
        flags = fcntl.fcntl(driver.sentinel, fcntl.F_GETFL)
        fcntl.fcntl(driver.sentinel, fcntl.F_SETFL, flags | fcntl.FASYNC)
        if driver.is_alive():
            return
        os._exit(1)
    threading.Thread(target=lambda: (driver.join(), os._exit(1)), daemon=True).start()
