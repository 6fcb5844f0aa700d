"""Execute plans, and say honestly how each run went.

A run succeeds only if nothing was raised, every code cell was run, every result that the
committed notebook records is there and finite, and no file was read that its key does not hold.
papermill alone is not enough: after a killed process or a timeout its file says ``completed``.
"""

import json
import math
import os
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from helpers import characters, datasets, results
from helpers.pipeline import chapters, closure, plan, store
from helpers.pipeline.plan import Plan
from helpers.pipeline.running import processes
from helpers.pipeline.running.work import Outcome, Work, bare
from helpers.project import Limits, Project

TRIES = 3  # of a run during which somebody touched what it reads
MOVED = "moved"
LARGEST_OUTPUT = 8 << 20  # of one cell; no figure of the book has a twentieth of it


@dataclass(frozen=True)
class RunResult:
    """How a run went. Only ``status == "ok"`` is a run; anything else is never published."""

    chapter: str
    status: str  # ok, failed, dead, timeout, refused, moved
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


@dataclass(frozen=True)
class How:
    """How plans are to be run.

    Attributes
    ----------
    jobs : int, optional
        Chapters at a time here; by default as many as there are cores.
    cluster : str, optional
        Address of a dask.distributed scheduler to use instead of processes here.
    stock_kernels : bool
        Whether each chapter gets a Jupyter kernel of its own: slower, with the same outputs.
    slow : callable
        Called with chapter, number of the cell, its seconds so far and its limit, where a cell
        takes long.
    """

    jobs: int | None = None
    cluster: str | None = None
    stock_kernels: bool = False
    slow: Callable[[str, int, float, float], None] = field(
        default=lambda *_: None, compare=False, repr=False)


def run_many(project: Project, plans: Iterable[Plan], how: How = How(), *,  # noqa: B008  frozen
             report: Callable[[RunResult], None] = lambda result: None,
             begin: Callable[[], None] = lambda: None,
             fresh: bool = False, tidy: bool = True,
             required: Mapping[str, Iterable[str]] | None = None) -> list[RunResult]:
    """Run plans side by side; those that the store has are not executed.

    Parameters
    ----------
    project : Project
    plans : iterable of Plan
        May be made as they are asked for.
    how : How
    report : callable
        Called with each RunResult as it comes in; once for plans of one key.
    begin : callable
        Called once before the first run is executed; not if the store has them all.
    fresh : bool
        Execute even what the store has.
    tidy : bool
        Make room in the store first. Who runs plans one by one does it himself, less often.
    required : mapping, optional
        Names of the records that a chapter must make; by default those of its committed notebook,
        which whoever makes a new reference cannot ask for.

    Returns
    -------
    list of RunResult
        In the order of `plans`. None is lost, and nothing that goes wrong in a chapter is raised:
        that is what ``status`` and ``reason`` are for.

    Raises
    ------
    running.cluster.ClusterError
        If the cluster cannot be used.
    helpers.datasets.DataError
        If a table was edited and broken; nothing is run.
    """
    asked: list[Plan] = []
    done: dict[str, RunResult] = {}

    def settle(result: RunResult) -> None:
        done[result.key] = result
        report(result)

    waiting: dict[str, Plan] = {}
    sound: set[str] = set()
    for each in plans:
        asked.append(each)
        if each.key in done or each.key in waiting:
            continue
        stored = None if fresh else from_store(project, each)
        if stored is not None:
            settle(stored)
            continue
        datasets.check_edited(project, [name for name in each.parts["data"] if name not in sound])
        sound |= set(each.parts["data"])
        if not waiting:
            project.build.mkdir(parents=True, exist_ok=True)  # before work that would be lost
            # This gets ready while the others are planned and looked up
            if not how.cluster and not how.stock_kernels:
                processes.start(project.preload)
            begin()
        waiting[each.key] = each
    if waiting and tidy:
        store.tidy(project.build, [each.key for each in asked], project.store_bytes)
    for _ in range(TRIES):
        moved: dict[str, RunResult] = {}

        def finish(finished: Finished, moved=moved) -> None:
            if finished.result.status == MOVED:
                moved[finished.result.key] = finished.result
            else:
                settle(publish(project, finished))

        if waiting:
            _execute(project, _longest_first(project, waiting), how, required or {}, finish)
        again = {key: _planned_again(project, waiting[key]) for key in moved}
        waiting = {key: planned for key, planned in again.items() if planned}
        for key in moved.keys() - waiting.keys():
            settle(moved[key])
    for key in waiting:
        settle(moved[key])
    # Two chapters with the same code have one run, which is that of each of them.
    return [replace(done[each.key], chapter=each.chapter) for each in asked]


def _planned_again(project: Project, planned: Plan) -> Plan | None:
    """The same plan made anew, or None where what it reads is not as it was any more."""
    try:
        again = plan.make(project, planned.chapter, planned.values)
    except (chapters.ChapterError, datasets.DataError):
        return None
    return again if again.key == planned.key else None


def _longest_first(project: Project, waiting: dict[str, Plan]) -> list[Plan]:
    """The longest first, or the last one would run alone on one core.

    The size of a notebook, most of it figures, tells its time well enough.
    """
    return sorted(waiting.values(), key=lambda each: -chapters.read(
        project, each.chapter).path.stat().st_size)


def _execute(project: Project, plans: list[Plan], how: How,
             records: Mapping[str, Iterable[str]], finish: Callable[[Finished], None]) -> None:
    """Execute plans here or on a cluster; `finish` gets each finished run as it comes in."""
    by_key = {each.key: each for each in plans}
    required = {each.key: tuple(records[each.chapter]) if each.chapter in records
                else chapters.read(project, each.chapter).recorded for each in plans}
    if how.cluster:
        from helpers.pipeline.running import cluster

        def lost(run_key: str, reason: str) -> None:
            finish(Finished(RunResult(by_key[run_key].chapter, "failed", run_key, reason=reason)))

        cluster.run(how.cluster, on_worker, {
            each.key: (each, required[each.key], how.stock_kernels, project.limits)
            for each in plans},
            lambda _, finished: finish(finished), lost, unfit, (plans[0],))
        return
    processes.run(
        ((each.key, work_of(project, each)) for each in plans),
        how.jobs or default_jobs(),
        lambda run_key, outcome: finish(
            judge(project, by_key[run_key], outcome, required[run_key])),
        stock=how.stock_kernels,
        slow=lambda run_key, cell, seconds: how.slow(
            by_key[run_key].chapter, cell, seconds, project.limits.cell_seconds))


def default_jobs() -> int:
    """Chapters at a time: as many as there are usable cores, since a run waits for nothing."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


def unfit(planned: Plan) -> str:
    """Why a worker with a clone of its own cannot run a plan as it was made; empty if it can."""
    try:
        own = plan.make(Project.current(), planned.chapter, planned.values)
    except (ValueError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    lines = plan.differences(planned.parts, own.parts)
    return f"this worker has other code or data: {'; '.join(lines)}" if lines else ""


def on_worker(planned: Plan, required: tuple[str, ...], stock_kernels: bool,
              limits: Limits) -> Finished:
    """Execute one plan on a worker of a cluster, which has a clone of its own.

    A worker with other code or data refuses, since its results would be published under a key
    that they do not belong to.
    """
    from helpers.pipeline.running import cluster

    project = Project.current().with_limits(**asdict(limits))
    reason = unfit(planned)
    if reason:
        return Finished(RunResult(planned.chapter, "refused", planned.key, reason=reason))
    own = plan.make(project, planned.chapter, planned.values)
    outcome = cluster.execute(work_of(project, own), stock_kernels)
    return judge(project, own, outcome, required)


def work_of(project: Project, planned: Plan) -> Work:
    """What a process needs to execute a plan; it knows nothing of books."""
    notebook = bare(chapters.read(project, planned.chapter).notebook)
    folders = [project.root, project.own_data, project.code, project.build]
    return Work(notebook, planned.values, project.variables(),
                watched=tuple(str(folder) for folder in folders if folder), closed=True,
                memory_bytes=project.limits.memory_bytes,
                cell_seconds=project.limits.cell_seconds)


def judge(project: Project, planned: Plan, outcome: Outcome, required: tuple[str, ...]) -> Finished:
    """Hold what a process brought back against what a whole run is."""
    status, reason = outcome.status, outcome.reason
    ledger = []
    if status == "ok":
        executed = json.loads(outcome.notebook)
        ledger = results.entries(executed)
        reason = (_refused(project, outcome) or _incomplete(executed, ledger, required)
                  or _of_this_machine(project, executed)
                  or _undeclared(project, planned, outcome))
        status = "failed" if reason else "ok"
    elif status == "failed" and project.own_data:
        missing = datasets.lacking(project)
        reason = f"{'; '.join(missing)} ({reason})" if missing else reason
    elif status == "timeout":
        reason += ". --cell-seconds, or cell_seconds in pyproject.toml, gives it more"
    touched = _touched(project, planned, outcome)
    if touched:  # whatever came of it
        status, reason = MOVED, (f"{', '.join(touched)} changed while it ran, so nothing of it is "
                                 f"stored. Type the same command again")
    # What a cell raised may be pages long, or hold signs that act on a terminal.
    result = RunResult(planned.chapter, status, planned.key, seconds=round(outcome.seconds, 2),
                       reason=characters.one_line(reason))
    if status != "ok":
        return Finished(result)
    record = {"status": "ok", "chapter": planned.chapter, "parameters": planned.values,
              "parts": planned.parts, "seconds": result.seconds}
    text = json.dumps(ledger, indent=1, ensure_ascii=False, allow_nan=False)
    return Finished(result, record, {"notebook.ipynb": outcome.notebook,
                                     "results.json": text.encode()})


def _incomplete(notebook: dict, ledger: list[dict], required: tuple[str, ...]) -> str:
    """Why an executed notebook is no whole run, or an empty text."""
    # Numbered as Jupyter and `book check` do: the cell with other values is none of the chapter's.
    own = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"
           and "injected-parameters" not in cell["metadata"].get("tags", [])]
    for position, cell in enumerate(own, start=1):
        if "".join(cell["source"]).strip() and cell["execution_count"] is None:
            return f"code cell {position} was never run"
        fault = _fault_of_outputs(cell)
        if fault:
            return f"code cell {position} {fault}"
    if not all(isinstance(entry, dict) and isinstance(entry.get("name"), str) for entry in ledger):
        return "a record has no name; use results.record"
    names = [entry["name"] for entry in ledger]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        return f"recorded twice: {', '.join(twice)}"
    missing = sorted(set(required) - set(names))
    if missing:
        return (f"results missing: {', '.join(missing)}, which the committed outputs have. "
                f"If they are not wanted any more, type: book accept, with the chapter's name")
    for entry in ledger:
        value = entry.get("value")
        if isinstance(value, float) and not math.isfinite(value):
            return f"result {entry['name']} is not finite"
    return ""


def _of_this_machine(project: Project, notebook: dict) -> str:
    """Which cell prints a path that only this machine has, such as a warning of a library does."""
    folders = [str(project.root), os.path.expanduser("~"), *(str(Path(path)) for path in (
        sys.prefix, sysconfig.get_path("stdlib"), tempfile.gettempdir()))]
    paths = [folder + os.sep for folder in folders if len(Path(folder).parts) > 2]
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"
             and "injected-parameters" not in cell["metadata"].get("tags", [])]
    for place, cell in enumerate(cells, start=1):
        told = json.dumps(cell["outputs"], ensure_ascii=False)
        found = next((path for path in paths if path in told), None)
        if found:
            return f"cell {place} prints a path of this machine, {found}; nobody else has it"
    return ""


def _refused(project: Project, outcome: Outcome) -> str:
    """What the cells tried and may not do, though they went on; or an empty text."""
    return "; ".join(line.replace(f"{project.root}{os.sep}", "") for line in outcome.refused[:5])


def _touched(project: Project, planned: Plan, outcome: Outcome) -> list[str]:
    """What changed between the plan and the end of its run, as messages show it."""
    held, changed = planned.parts["helpers"], plan.moved(project, planned)
    for digest, name, path in _loaded(project, outcome):
        if name in held and held[name] != digest:
            changed.append(project.shown(path))
    return sorted(set(changed))


def _loaded(project: Project, outcome: Outcome) -> list[tuple[str, str, Path]]:
    """Modules that a run loaded: hash of the source, name in the key, file."""
    code, found = project.code.resolve(), []
    for line in outcome.loaded:
        digest, path = line.split(" ", 1)
        inside = Path(path).is_relative_to(code)
        found.append((digest, Path(path).relative_to(code).as_posix() if inside else path,
                      Path(path)))
    return found


def _fault_of_outputs(cell: dict) -> str:
    """Why the outputs of a cell are none to publish; empty if they are."""
    for output in cell["outputs"]:
        # papermill takes `raise SystemExit(0)` for a good end; what stood below it never ran.
        if output["output_type"] == "error" and "raises-exception" not in cell["metadata"].get(
                "tags", []):
            return f"ended with {output['ename']}: {output['evalue']}"
    size = sum(len("".join(text)) for output in cell["outputs"] for text in
               [output.get("text", ""), *output.get("data", {}).values()]
               if isinstance(text, str | list) and all(isinstance(line, str) for line in text))
    if size > LARGEST_OUTPUT:
        return (f"shows {size >> 20} MB; at most {LARGEST_OUTPUT >> 20} are taken. Show less of "
                f"it, as a table or figure")
    return ""


def _undeclared(project: Project, planned: Plan, outcome: Outcome) -> str:
    """Which files were read that the key does not hold, or an empty text."""
    allowed = {file.resolve() for file in planned.seen}
    modules = {path for _, name, path in _loaded(project, outcome)}
    strange = sorted(path for _, name, path in _loaded(project, outcome)
                     if name not in planned.parts["helpers"])
    if strange:
        shown = ", ".join(map(project.shown, strange))
        return (f"imported behind the key's back: {shown}; write `import` or `from … import` with "
                f"its name")
    extra = sorted({Path(path) for path in outcome.opened} - allowed - modules)
    if not extra:
        return ""
    shown = ", ".join(map(project.shown, extra))
    return (f"read without being declared: {shown}; use datasets.load with a literal name, or "
            f"{closure.FILES} in the module that reads it")


def publish(project: Project, finished: Finished) -> RunResult:
    """Put a finished run into the store; a run that did not succeed is passed on as it is."""
    result = finished.result
    if result.status != "ok":
        return result
    try:
        path = store.publish(project.build, finished.files, result.key, finished.record)
    except OSError as error:  # a full disk: the run is lost, the store is not
        return replace(result, status="failed", reason=f"it could not be written: {error}")
    return replace(result, path=str(path))


def from_store(project: Project, planned: Plan) -> RunResult | None:
    """The run of a plan if the store has it, else None."""
    record = store.published(project.build, planned.key)
    if record is None:
        return None
    store.use(project.build, planned.key)
    return RunResult(planned.chapter, "ok", planned.key,
                     str(store.folder(project.build, planned.key)), 0.0, True)


def ledger(result: RunResult) -> list[dict]:
    """All records of a run that went well, in order."""
    return json.loads((Path(result.path) / "results.json").read_text(encoding="utf-8"))


def failures(runs: Iterable[RunResult]) -> list[str]:
    """One line for each run that did not go well."""
    return [f"{run.chapter}: {run.status}: {run.reason}" for run in runs if run.status != "ok"]


def as_json(project: Project, result: RunResult) -> dict:
    """A run as the command line prints it with ``--json``."""
    row = asdict(result)
    row["path"] = project.shown(Path(result.path)) if result.path else ""
    return row
