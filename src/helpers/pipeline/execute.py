"""Execute one chapter, and say honestly how it went."""

import json
import math
import os
import tempfile
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from helpers import datasets, paths, results
from helpers.pipeline import kernels, store

CELL_SECONDS = 300  # no chapter has a cell near it; papermill itself has no limit at all
START_TRIES = 3
READS = "reads.txt"  # tables the kernel opened, one path a line


@dataclass(frozen=True)
class RunSpec:
    """What to run: a chapter, overrides of its parameters, and the names it must record."""

    chapter: str
    overrides: dict = field(default_factory=dict)
    required: tuple[str, ...] | None = None  # None: those of the committed notebook
    fresh: bool = False  # execute even if the store has this run


@dataclass(frozen=True)
class RunResult:
    """How a run went. Only ``status == "ok"`` is a run; anything else is never published."""

    chapter: str
    status: str  # ok, failed, dead, timeout, refused
    key: str = ""
    path: str = ""
    seconds: float = 0.0
    cached: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Finished:
    """A run before it is published: how it went, and its files as bytes.

    It travels from a worker to the driver, which alone writes to the store; so a cluster needs no
    shared disk, and no two processes ever write one run.
    """

    result: RunResult
    record: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)


def run_one(spec: RunSpec) -> RunResult:
    """Execute one chapter in a kernel of its own and publish the run.

    A run that the store already has is not executed again. A run succeeds only if nothing was
    raised, every code cell was run, every result that the committed notebook records is there and
    finite, and no table was read that the chapter does not declare. papermill alone is not
    enough: after a killed kernel or a timeout its file says ``completed`` for every cell.

    Parameters
    ----------
    spec : RunSpec

    Returns
    -------
    RunResult
        Never raises for an error of the chapter; that is what ``status`` and ``reason`` are for.
    """
    stored = None if spec.fresh else from_store(spec)
    return stored or publish(execute(spec))


def execute(spec: RunSpec, expected: dict | None = None, stock: bool | None = None) -> Finished:
    """Execute one chapter in a private folder; nothing is published.

    Parameters
    ----------
    spec : RunSpec
    expected : dict, optional
        Components of the key as the driver sees them. A worker with other code or data refuses
        the run, since its results would be published under a key they do not belong to.
    stock : bool, optional
        Whether to use a stock kernel, see `kernels.kernel_name`; a worker is told by the driver.

    Returns
    -------
    Finished
    """
    began = time.monotonic()
    notebook = store.read_chapter(spec.chapter)
    values = store.resolve(notebook, spec.overrides)
    parts = store.components(notebook, values)
    run_key = store.key(parts)
    if expected is not None and parts != expected:
        reason = "this worker has other code or data: " + "; ".join(
            store.differences(expected, parts))
        return Finished(RunResult(spec.chapter, "refused", run_key, reason=reason))
    kernels.prepare(stock)
    required = spec.required
    if required is None:
        required = tuple(entry["name"] for entry in results.entries(notebook))
    with tempfile.TemporaryDirectory(prefix="book-run-") as folder:
        aside = Path(folder)
        status, reason = _execute(notebook, values, aside, stock)
        if status == "ok":
            executed = (aside / "notebook.ipynb").read_bytes()
            done = json.loads(executed)
            reason = _incomplete(done, required) or _undeclared(aside / READS, parts["data"])
            status = "failed" if reason else "ok"
        seconds = round(time.monotonic() - began, 2)
        result = RunResult(spec.chapter, status, run_key, seconds=seconds, reason=reason)
        if status != "ok":
            return Finished(result)
    record = {
        "status": "ok", "chapter": spec.chapter, "parameters": values, "components": parts,
        "seconds": seconds,
    }
    text = json.dumps(results.entries(done), indent=1, ensure_ascii=False, allow_nan=False)
    return Finished(result, record, {"notebook.ipynb": executed, "results.json": text.encode()})


def publish(finished: Finished) -> RunResult:
    """Put a finished run into the store; a run that did not succeed is passed on as it is."""
    result = finished.result
    if result.status != "ok":
        return result
    try:
        path = store.publish(finished.files, result.key, finished.record)
    except OSError as error:  # a full disk: the run is lost, the store is not
        return replace(result, status="failed", reason=f"it could not be written: {error}")
    return replace(result, path=str(path))


def from_store(spec: RunSpec) -> RunResult | None:
    """The run of a spec if the store has it, else None."""
    began = time.monotonic()
    notebook = store.read_chapter(spec.chapter)
    run_key = store.key(store.components(notebook, store.resolve(notebook, spec.overrides)))
    if store.published(run_key) is None:
        return None
    seconds = round(time.monotonic() - began, 2)
    return RunResult(spec.chapter, "ok", run_key, str(store.folder(run_key)), seconds, True)


def _execute(notebook: dict, values: dict, aside: Path, stock: bool | None) -> tuple[str, str]:
    """Run the cells with papermill; only the start of a kernel is tried again, never a cell.

    One exception: where a kernel was killed because the process it was forked from died, no cell
    is to blame, and the chapter runs anew in a stock kernel.
    """
    import logging

    import nbformat
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    output = aside / "notebook.ipynb"
    # Without its outputs, which papermill would read, check, copy and throw away.
    bare = nbformat.from_dict({**notebook, "cells": [
        {**cell, **({"outputs": [], "execution_count": None} if "outputs" in cell else {})}
        for cell in notebook["cells"]]})
    os.environ.update(kernels.environment())
    os.environ.update(kernels.watched(aside / READS))
    name = kernels.kernel_name(stock)
    for attempt in range(1, START_TRIES + 1):
        lost = _lost(name)
        try:
            papermill.execute_notebook(
                bare, output, values, kernel_name=name,
                progress_bar=False, config=kernels.configuration(), cwd=str(aside),
                execution_timeout=CELL_SECONDS, language="python",
                request_save_on_cell_execute=False,  # nobody reads the file before the run ends
            )
            return "ok", ""
        except papermill.PapermillExecutionError as error:
            return "failed", f"cell {error.exec_count}: {error.ename}: {error.evalue}"
        except CellTimeoutError:
            return "timeout", f"a cell ran for more than {CELL_SECONDS} seconds"
        except DeadKernelError as error:
            if _lost(name) > lost and attempt < START_TRIES:
                from helpers.pipeline import forks

                forks.say_once(OSError("the process to fork from was killed"))
                name = kernels.KERNEL
                continue
            return "dead", f"the kernel died: {error}"
        except RuntimeError as error:  # "Kernel died before replying to kernel_info"
            if "before replying" not in str(error) or attempt == START_TRIES:
                return "dead", f"the kernel did not start: {error}"
    raise AssertionError("every path of the loop returns")


def _lost(kernel_name: str) -> int:
    """How many kernels of this process died with the process they were forked from."""
    if kernel_name == kernels.KERNEL:
        return 0
    from helpers.pipeline import forks

    return forks.lost()


def _incomplete(notebook: dict, required: tuple[str, ...]) -> str:
    """Why an executed notebook is no whole run, or an empty text."""
    for position, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "code" and cell["source"] and cell["execution_count"] is None:
            return f"cell {position} was never run"
    ledger = results.entries(notebook)
    names = [entry["name"] for entry in ledger]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        return f"recorded twice: {', '.join(twice)}"
    missing = sorted(set(required) - set(names))
    if missing:
        return f"results missing: {', '.join(missing)}"
    for entry in ledger:
        value = entry.get("value")
        if isinstance(value, float) and not math.isfinite(value):
            return f"result {entry['name']} is not finite"
    return ""


def _undeclared(reads: Path, declared) -> str:
    """Which tables were read without being declared, or an empty text."""
    opened = set(reads.read_text(encoding="utf-8").splitlines()) if reads.exists() else set()
    allowed = {str(datasets.locate(name).resolve()) for name in declared}
    allowed.add(str(paths.DATA_PACKAGE.resolve()))
    extra = sorted(paths.shown(Path(path)) for path in opened - allowed)
    if not extra:
        return ""
    return f"read without being declared: {', '.join(extra)}; use datasets.load with a literal name"


def as_json(result: RunResult) -> dict:
    """A run as the command line prints it with ``--json``."""
    row = asdict(result)
    row["path"] = paths.shown(Path(result.path)) if result.path else ""
    return row
