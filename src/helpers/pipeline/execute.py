"""Execute one chapter, and say honestly how it went."""

import json
import math
import os
import shutil
import time
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
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
    status: str  # ok, failed, dead, timeout
    key: str = ""
    path: str = ""
    seconds: float = 0.0
    cached: bool = False
    reason: str = ""


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
    began = time.monotonic()
    stored = None if spec.fresh else from_store(spec)
    if stored is not None:
        return stored
    notebook = store.read_chapter(spec.chapter)
    values = store.resolve(notebook, spec.overrides)
    parts = store.components(notebook, values)
    run_key = store.key(parts)
    required = spec.required
    if required is None:
        required = tuple(entry["name"] for entry in results.entries(notebook))
    aside = store.incoming()
    try:
        status, reason = _execute(spec.chapter, values, aside)
        if status == "ok":
            reason = _incomplete(aside / "notebook.ipynb", required) or _undeclared(
                aside / READS, parts["data"])
            status = "failed" if reason else "ok"
        seconds = round(time.monotonic() - began, 2)
        if status != "ok":
            return RunResult(spec.chapter, status, run_key, seconds=seconds, reason=reason)
        (aside / READS).unlink(missing_ok=True)
        ledger = results.entries(aside / "notebook.ipynb")
        (aside / "results.json").write_text(json.dumps(ledger, indent=1, ensure_ascii=False))
        record = {
            "status": "ok", "chapter": spec.chapter, "parameters": values, "components": parts,
            "seconds": seconds,
        }
        path = store.publish(aside, run_key, record)
        return RunResult(spec.chapter, "ok", run_key, str(path), seconds)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def from_store(spec: RunSpec) -> RunResult | None:
    """The run of a spec if the store has it, else None."""
    began = time.monotonic()
    notebook = store.read_chapter(spec.chapter)
    run_key = store.key(store.components(notebook, store.resolve(notebook, spec.overrides)))
    if store.published(run_key) is None:
        return None
    seconds = round(time.monotonic() - began, 2)
    return RunResult(spec.chapter, "ok", run_key, str(store.folder(run_key)), seconds, True)


def _execute(chapter: str, values: dict, aside: Path) -> tuple[str, str]:
    """Run the cells with papermill; only the start of a kernel is tried again, never a cell."""
    import logging

    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    output = aside / "notebook.ipynb"
    os.environ.update(kernels.environment())
    os.environ.update(kernels.watched(aside / READS))
    for attempt in range(1, START_TRIES + 1):
        try:
            papermill.execute_notebook(
                store.chapter_path(chapter), output, values, kernel_name=kernels.KERNEL,
                progress_bar=False, config=kernels.configuration(), cwd=str(aside),
                execution_timeout=CELL_SECONDS, language="python",
            )
            return "ok", ""
        except papermill.PapermillExecutionError as error:
            return "failed", f"cell {error.exec_count}: {error.ename}: {error.evalue}"
        except CellTimeoutError:
            return "timeout", f"a cell ran for more than {CELL_SECONDS} seconds"
        except DeadKernelError as error:
            return "dead", f"the kernel died: {error}"
        except RuntimeError as error:  # "Kernel died before replying to kernel_info"
            if "before replying" not in str(error) or attempt == START_TRIES:
                return "dead", f"the kernel did not start: {error}"
    raise AssertionError("every path of the loop returns")


def _incomplete(executed: Path, required: tuple[str, ...]) -> str:
    """Why an executed notebook is no whole run, or an empty text."""
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    for position, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "code" and cell["source"] and cell["execution_count"] is None:
            return f"cell {position} was never run"
    ledger = results.read(executed)
    missing = sorted(set(required) - set(ledger["name"]))
    if missing:
        return f"results missing: {', '.join(missing)}"
    for name, value in zip(ledger["name"], ledger["value"], strict=True):
        if isinstance(value, float) and math.isinf(value):
            return f"result {name} is not finite"
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


def make_executor(jobs: int) -> Executor:
    """A pool of processes; processes, because papermill changes the working directory."""
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))


def usable_cores() -> int:
    """Cores this process may use; more kernels than that race at start-up."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


def run_many(specs: list[RunSpec], jobs: int | None = None, report=lambda result: None):
    """Execute chapters side by side.

    Parameters
    ----------
    specs : list of RunSpec
    jobs : int, optional
        Kernels at a time; by default the usable cores.
    report : callable
        Called with each RunResult as it comes in.

    Returns
    -------
    list of RunResult
        In the order of `specs`.
    """
    finished = {}
    for place, spec in enumerate(specs):
        # What the store has needs no worker: starting one costs more than an unchanged build.
        stored = None if spec.fresh else from_store(spec)
        if stored is not None:
            finished[place] = stored
            report(stored)
    waiting = [place for place in range(len(specs)) if place not in finished]
    if not waiting:
        return [finished[place] for place in range(len(specs))]
    with make_executor(min(jobs or usable_cores(), len(waiting))) as executor:
        futures = {executor.submit(run_one, specs[place]): place for place in waiting}
        for future in as_completed(futures):
            place = futures[future]
            try:
                result = future.result()
            except Exception as error:  # a broken worker, or a chapter that cannot be read
                result = RunResult(specs[place].chapter, "failed", reason=str(error))
            finished[place] = result
            report(result)
    return [finished[place] for place in range(len(specs))]


def as_json(result: RunResult) -> dict:
    """A run as the command line prints it with ``--json``."""
    row = asdict(result)
    row["path"] = paths.shown(Path(result.path)) if result.path else ""
    return row
