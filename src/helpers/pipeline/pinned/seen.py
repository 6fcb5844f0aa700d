"""Run the cases of chapters, and see what each says and which arms of the code it takes."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from helpers.pipeline import chapters, execute, store
from helpers.pipeline.pinned import arms, facts, scopes
from helpers.pipeline.pinned.cases import Case
from helpers.pipeline.running import processes
from helpers.pipeline.running.work import Outcome, Work
from helpers.project import Project

TAKEN = "arms.json"  # beside a run in the store: which arms it took


class SeenError(RuntimeError):
    """A case that did not run. One line for each."""


@dataclass
class Seen:
    """What the runs of one chapter showed.

    Attributes
    ----------
    cases : list of Case
        The baseline first.
    said : dict
        Key of a run -> its facts.
    taken : set
        Arms that some run took, as (cell, number of the place, arm).
    """

    cases: list[Case]
    said: dict = field(default_factory=dict)
    taken: set = field(default_factory=set)

    def changes(self) -> list[tuple[Case, dict]]:
        """Each case with what it says otherwise than the one it is held against."""
        found, before = [], self.said[self.cases[0].plan.key]
        start = before
        for case in self.cases[1:]:
            said = self.said[case.plan.key]
            found.append((case, facts.difference(before if case.kind == "walk" else start, said)))
            if case.kind == "walk":
                before = said
        return found


def run(project: Project, cases: Mapping[str, Sequence[Case]], jobs: int | None = None, *,
        strict: bool = True) -> dict[str, Seen]:
    """Run every case, watched. The store takes the runs like any other, with what was seen.

    Parameters
    ----------
    project : Project
    cases : mapping
        Chapter -> its cases.
    jobs : int, optional
        At a time; by default as many as there are cores.
    strict : bool
        Whether a run must record what the committed notebook does; whoever makes a new reference
        cannot ask for that.

    Raises
    ------
    SeenError
        If a run failed, or a figure in it does not agree with its data.
    """
    seen = {name: Seen(list(each)) for name, each in cases.items()}
    planned = {case.plan.key: case for each in cases.values() for case in each}
    failed = []

    def see(case: Case, notebook: dict, taken: list) -> None:
        failed.extend(f"{case.plan.chapter}, {case.name}: {wrong}"
                      for wrong in disagreements(notebook))
        of_chapter = seen[case.plan.chapter]
        of_chapter.said[case.plan.key] = facts.facts(notebook)
        of_chapter.taken |= {tuple(arm) for arm in taken}

    def settle(key, outcome) -> None:
        case = planned[key]
        taken, outcome = _parted(outcome)
        required = chapters.read(project, case.plan.chapter).recorded if strict else ()
        finished = execute.judge(project, case.plan, outcome, required)
        finished.files[TAKEN] = json.dumps({"by": _version(), "taken": taken}).encode()
        result = execute.publish(project, finished)
        if result.status == "ok":
            see(case, json.loads(outcome.notebook), taken)
        else:
            failed.append(f"{case.plan.chapter}, {case.name}: {result.status}: {result.reason}")

    waiting = []
    for key, case in planned.items():
        stored = _stored(project, key)
        if stored:
            see(case, *stored)
        else:
            waiting.append(case)
    if waiting:
        processes.start(project.preload)
        waiting.sort(key=lambda case: -chapters.read(
            project, case.plan.chapter).path.stat().st_size)  # the longest first
        processes.run(((case.plan.key, _watched(project, case)) for case in waiting),
                      jobs or execute.default_jobs(), settle)
    if failed:
        raise SeenError("\n".join(failed))
    return seen


def disagreements(notebook: dict) -> list[str]:
    """Figures of an executed notebook that do not agree with their data, one line each."""
    about = (output.get("metadata", {}).get("book", {}) for cell in notebook["cells"]
             for output in cell.get("outputs", []))
    return [f"figure {each['figure']} and its data disagree: {'; '.join(each['disagrees'])}"
            for each in about if "disagrees" in each]


def _stored(project: Project, key: str) -> tuple[dict, list] | None:
    """Notebook and arms of a run that the store has and that was watched by this code."""
    if store.published(project.build, key) is None:
        return None
    folder = store.folder(project.build, key)
    if not (folder / TAKEN).is_file():
        return None
    watched = json.loads((folder / TAKEN).read_text(encoding="utf-8"))
    if watched["by"] != _version():
        return None
    return json.loads((folder / "notebook.ipynb").read_text(encoding="utf-8")), watched["taken"]


@cache
def _version() -> str:
    """What tells apart runs that were watched by other code."""
    return arms.digest("".join(Path(module.__file__).read_text(encoding="utf-8")
                               for module in (arms, scopes)))


def _watched(project: Project, case: Case) -> Work:
    """The work of a case with a cell before it that begins to watch, and one behind it."""
    work = execute.work_of(project, case.plan)
    sources = [cell["source"] for cell in chapters.read(project, case.plan.chapter).code_cells]
    first = ("from helpers.pipeline.pinned import arms as _arms\n"
             f"_show_arms = _arms.watch(get_ipython(), {sources!r})")
    cells = [_cell("watch", first), *work.notebook["cells"], _cell("show", "_show_arms()")]
    return replace(work, notebook={**work.notebook, "cells": cells})


def _cell(name: str, source: str) -> dict:
    return {"cell_type": "code", "id": name, "metadata": {"tags": []}, "source": source,
            "outputs": [], "execution_count": None}


def _parted(outcome: Outcome) -> tuple[list, Outcome]:
    """Arms that a run took, and its outcome as if nobody had watched."""
    own = f"{Path(arms.__file__).parent}{os.sep}"  # what the cell before the first one imports
    outcome = replace(
        outcome, opened=tuple(path for path in outcome.opened if not path.startswith(own)),
        loaded=tuple(line for line in outcome.loaded if not line.split(" ", 1)[1].startswith(own)))
    if outcome.status != "ok":
        return [], outcome
    notebook = json.loads(outcome.notebook)
    shown = notebook["cells"][-1]["outputs"][0]["data"][arms.MIME]
    notebook["cells"] = notebook["cells"][1:-1]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and cell["execution_count"] is not None:
            cell["execution_count"] -= 1
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    return shown, replace(outcome, notebook=f"{text}\n".encode())
