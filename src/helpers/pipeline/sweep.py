"""Many scenarios over chosen chapters, in one tidy frame.

A sweep is a plan of runs; the store makes it resumable: the same plan again skips what is
finished, whether it was interrupted, killed or only half of it failed.
"""

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers import downloads, files, parameters
from helpers.pipeline import chapters, edition, execute, naming, plan, store, swept
from helpers.project import Project

RESULT = ["chapter", *swept.TOLD, "run_key"]
LARGEST_GRID = 100_000  # a plan of more would fill the memory before it is shown
MEANT = "sweep.json"
TYPES = {"int": "Int64", "float": "float64", "bool": "boolean"}


class SweepError(ValueError):
    """A sweep that cannot be planned. One line."""


@dataclass(frozen=True)
class Cell:
    """One chapter under one scenario."""

    scenario: str
    overrides: dict
    plan: plan.Plan


def grid(assignments: tuple[str, ...]) -> dict[str, dict]:
    """Scenarios of a grid: every combination of ``name=a,b,c`` assignments.

    Parameters
    ----------
    assignments : tuple of str
        A list value (`dimension_weights`) is written in brackets: ``name=[..],[..]``.

    Returns
    -------
    dict
        Label of the scenario -> parameter values.

    Raises
    ------
    parameters.ParameterError, SweepError
        For an unknown name, a value that cannot be taken, or a name given twice.
    """
    axes = {}
    for assignment in assignments:
        name, separator, text = assignment.partition("=")
        name = name.strip()
        if name in axes:
            raise SweepError(f"{name} is given twice; write --grid {name}=a,b,c once.")
        values = _split(text) if separator else []
        if not values:
            raise SweepError(f"{assignment!r}: expected name=a,b,c with values of a parameter that "
                             f"`book params` lists.")
        axes[name] = [parameters.parse(f"{name}={value}")[1] for value in values]
    cells = math.prod(map(len, axes.values()))
    if cells > LARGEST_GRID:
        raise SweepError(f"The grid has {cells:,} combinations; at most "
                         f"{LARGEST_GRID:,} are taken. Give fewer values, or several sweeps.")
    scenarios = {}
    for values in itertools.product(*axes.values()):
        chosen = dict(zip(axes, values, strict=True))
        parameters.validate(chosen)
        label = ", ".join(f"{name}={parameters.literal(v)}" for name, v in chosen.items())
        scenarios[label] = chosen
    return scenarios


def _split(text: str) -> list[str]:
    """Parts between commas that stand outside brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "[") - (sign == "]")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


def named(project: Project, names: Sequence[str]) -> dict[str, dict]:
    """Scenarios by name or by the path of their files; ``scenarios`` is every shipped one.

    Raises
    ------
    parameters.ParameterError
        If one does not exist or cannot be read.
    SweepError
        If two that differ have one name, since rows are told apart by it.
    """
    found = {}
    for name in names:
        chosen = (edition.shipped(project) if name == "scenarios"
                  else [edition.resolve(project, name)])
        for each in chosen:
            if found.setdefault(each.scenario, each.overrides) != each.overrides:
                raise SweepError(f"{each.scenario!r} is the name of two scenarios that differ. "
                                 f"Give your file another name.")
    return found


def make(project: Project, scenarios: dict[str, dict], chapters: Sequence[str]) -> list[Cell]:
    """Plan a sweep, chapters within scenarios.

    A chapter that reads none of a scenario's parameters has the run of the baseline; it is still
    a row of the result, and costs nothing.
    """
    return [Cell(label, values, plan.make(project, chapter, values))
            for label, values in scenarios.items() for chapter in chapters]


def counts(project: Project, cells: list[Cell]) -> dict[str, int]:
    """What a plan would do: runs in the plan, different ones, those the store already has."""
    keys = {cell.plan.key for cell in cells}
    stored = sum(store.published(project.build, key) is not None for key in keys)
    return {"planned": len(cells), "different": len(keys), "cached": stored,
            "to_run": len(keys) - stored}


def run(project: Project, cells: list[Cell], how: execute.How, **options):
    """Run a sweep; what fails is reported and does not stop the rest.

    Parameters
    ----------
    project : Project
    cells : list of Cell
    how : execute.How
    **options
        As for `execute.run_many`.

    Returns
    -------
    (pandas.DataFrame, list of dict)
        One row per scenario, chapter and result, or part of one, and sentence: ``scenario``, a
        column for each parameter that any scenario changes, and `RESULT`; and the failed runs with
        their reason and the values of those parameters. ``type`` is result or sentence, ``part``
        the key within a result that is a mapping or a list (see `swept.rows`), ``value`` a number
        where it is one, ``value_json`` anything else, ``text`` as prose prints it.
    """
    import pandas as pd

    runs = execute.run_many(project, [cell.plan for cell in cells], how, **options)
    varied = [name for name in parameters.names()
              if any(name in cell.overrides for cell in cells)]
    standard = parameters.defaults()
    # Plain tuples, each ledger once: dictionaries took a third of a megabyte a run.
    rows, failed, ledgers = [], [], {}
    for cell, result in zip(cells, runs, strict=True):
        values = [swept.plain(cell.overrides.get(name, standard[name])) for name in varied]
        if result.status != "ok":
            failed.append({"scenario": cell.scenario, "chapter": result.chapter,
                           "status": result.status, "reason": result.reason,
                           "parameters": dict(zip(varied, values, strict=True))})
            continue
        if result.key not in ledgers:
            ledgers[result.key] = [(*row, result.key[:32])
                                   for row in swept.rows(execute.ledger(result))]
        first = (cell.scenario, *values, result.chapter)
        rows += [first + row for row in ledgers[result.key]]
    frame = pd.DataFrame(rows, columns=["scenario", *varied, *RESULT])
    for name in varied:
        kind = parameters.type_name(name)
        frame[name] = frame[name].astype(TYPES.get(kind, "str"))
    return frame, failed


def write(project: Project, frame, failed: list[dict], name: str,
          meant: dict | None = None) -> Path:
    """Write a sweep's frame as CSV, Parquet and a page of charts and rows.

    Parameters
    ----------
    project : Project
    frame, failed
        As `run` returns them.
    name : str
    meant : dict, optional
        What was asked for, so that another sweep is not taken for it (see `name_for`).

    Returns
    -------
    Path
        The folder ``_build/sweeps/<name>``; its files are replaced one by one, each whole.
    """
    from helpers.pipeline.site import sweep_page

    folder, varied = folder_of(project, name), varied_in(frame)
    told = sweep_page.Sweep(
        name, frame, failed, swept.orders(frame, failed, varied), swept.wordings(frame),
        swept.effects(frame, varied), swept.flips(frame, varied),
        {chapter: chapters.read(project, chapter).title for chapter in chapters.names(project)})
    page = sweep_page.files(told, project.vendor)
    files.replace({
        folder / MEANT: json.dumps(meant or {}, sort_keys=True).encode(),
        folder / "results.csv": downloads.to_bytes(downloads.to_csv(frame)),
        folder / "results.parquet": frame.to_parquet(index=False),
        folder / "failed.json": json.dumps(failed, indent=1).encode(),
        **{folder / file: content for file, content in page.items()},
    })
    return folder


def varied_in(frame) -> list[str]:
    """Parameters that a sweep varies, which are columns of its frame."""
    return [column for column in frame if column not in ("scenario", *RESULT)]


def folder_of(project: Project, name: str) -> Path:
    """Folder of a sweep of this name."""
    return project.build / "sweeps" / naming.file_name(name)


def name_for(project: Project, label: str, meant: dict) -> str:
    """Name of a sweep that was given none: the label, or one with a hash if another has that."""
    there = meant_by(project, label)
    text = json.dumps(meant, sort_keys=True)
    return label if there in ({}, json.loads(text)) else naming.marked(label, text)


def meant_by(project: Project, name: str) -> dict:
    """What was asked for by the sweep of this name; empty if there is none."""
    try:
        return files.read_object(folder_of(project, name) / MEANT)
    except (OSError, ValueError):
        return {}
