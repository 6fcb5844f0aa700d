"""Whether chapters still give what is committed: by the store where it knows, else by a run."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from helpers import datasets
from helpers.pipeline import chapters, differences, execute, explain, plan
from helpers.pipeline.execute import How, RunResult
from helpers.project import Project


def run(project: Project, names: Sequence[str], how: How, *,
        report: Callable[[RunResult], None] = lambda result: None) -> dict[str, RunResult]:
    """Runs of chapters at defaults on the shipped tables; what the store has is not run."""
    project = project.with_own_data(None)
    plans = [plan.make(project, name, {}) for name in names]
    # What a chapter no longer records is a difference, and no failure.
    found = execute.run_many(project, plans, how, report=report, required=dict.fromkeys(names, ()))
    return dict(zip(names, found, strict=True))


def stored(project: Project, name: str) -> dict[str, RunResult]:
    """The run of a chapter as it stands now, by its name; nothing where the store has none."""
    project = project.with_own_data(None)
    try:
        found = execute.from_store(project, plan.make(project, name, {}))
    except (chapters.ChapterError, datasets.DataError):  # the rules say so
        return {}
    return {name: found} if found else {}


def notes(project: Project, name: str) -> list[str]:
    """What has changed in a chapter that has not run since, and the command that tells more."""
    changes = explain.changes(project, name)
    return [f"{name} has not run since: {'; '.join(changes)}. To see what moved, type: "
            f"book check --changed {name}"] if changes else []


def faults(project: Project, name: str, result: RunResult) -> list[str]:
    """What a run has otherwise than the committed notebook, with causes and what to type."""
    if result.status != "ok":
        return explain.block(project, name, execute.failures([result]), "run")
    executed = json.loads((Path(result.path) / "notebook.ipynb").read_text(encoding="utf-8"))
    found = differences.between(name, chapters.read(project, name).notebook, executed)
    lines = [differences.line(each) for each in found]
    return explain.block(project, name, lines) if lines else []
