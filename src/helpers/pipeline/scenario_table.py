"""What the shipped scenarios give, as two tables in ``data/editions/`` for a chapter to read.

A chapter must run without the pipeline, so it cannot run other editions itself. `book accept`
writes the tables for every file in ``scenarios/``; the tests hold them against a new run of the
scenarios that they list, so that a new file turns no test red.
"""

from collections.abc import Collection

from helpers import datasets, parameters, results
from helpers.pipeline import chapters, edition, execute, plan
from helpers.project import Project

RESULTS, SCENARIOS = "scenario_results", "scenarios"
COLUMNS = ["scenario", "chapter", "result", "label", "unit", "status", "scope", "value",
           "value_json", "text", "note"]


class ScenarioTableError(RuntimeError):
    """The tables could not be made whole. One line for each cause."""


def readers(project: Project) -> list[str]:
    """Chapters that read these tables; their results are not in them."""
    return [name for name in chapters.names(project)
            if {RESULTS, SCENARIOS} & set(chapters.read(project, name).tables)]


def listed(project: Project) -> list[str]:
    """Scenarios that the committed tables hold; nothing in a book without such tables."""
    if SCENARIOS not in datasets.names(project):
        return []
    return list(dict.fromkeys(datasets.load(SCENARIOS, project.with_own_data(None))["scenario"]))


def unlisted(project: Project) -> list[str]:
    """Scenarios in ``scenarios/`` that the tables do not hold yet: `book accept` adds them.

    They run, build and sweep like any other, and are no fault.
    """
    if SCENARIOS not in datasets.names(project):
        return []
    known = listed(project)
    return [name for name in edition.scenarios(project) if name not in known]


def cells(project: Project, scenarios: Collection[str] | None = None
          ) -> list[tuple[str, plan.Plan]]:
    """Scenario and plan of each run that the tables need.

    Every chapter for the baseline; for the others those that read a changed parameter. A chapter
    left out is not affected, which is not the same as robust.

    Parameters
    ----------
    project : Project
    scenarios : collection of str, optional
        Names of the scenarios wanted; by default every one in ``scenarios/``.
    """
    own = readers(project)
    names = [name for name in chapters.names(project) if name not in own]
    return [(each.scenario, plan.make(project, name, each.overrides))
            for each in _editions(project, scenarios) for name in names
            if not each.overrides
            or set(chapters.read(project, name).parameters) & set(each.overrides)]


def _editions(project: Project, scenarios: Collection[str] | None) -> list[edition.Edition]:
    if scenarios is None:
        return edition.shipped(project)
    return [each for each in edition.shipped(project) if each.scenario in scenarios]


def make(project: Project, how: execute.How, *, scenarios: Collection[str] | None = None,
         **options) -> dict[str, bytes]:
    """Contents of the two tables as the scenarios and chapters are now; nothing is written.

    Parameters
    ----------
    project : Project
        With the shipped tables only.
    how : execute.How
    scenarios : collection of str, optional
        As for `cells`.
    **options
        As for `execute.run_many`.

    Raises
    ------
    ScenarioTableError
        If a run failed.
    """
    planned = cells(project, scenarios)
    runs = execute.run_many(project, [each for _, each in planned], how, **options)
    failed = [f"{scenario}, {run.chapter}: {run.status}: {run.reason}"
              for (scenario, _), run in zip(planned, runs, strict=True) if run.status != "ok"]
    if failed:
        raise ScenarioTableError("No scenario table was made.\n" + "\n".join(failed))
    rows = [{"scenario": scenario, "chapter": run.chapter, **results.flat(entry)}
            for (scenario, _), run in zip(planned, runs, strict=True)
            for entry in execute.ledger(run) if entry["type"] == "result"]
    return {RESULTS: to_csv(rows, COLUMNS), SCENARIOS: to_csv(*_described(project, scenarios))}


def _described(project: Project, scenarios: Collection[str] | None
               ) -> tuple[list[dict], list[str]]:
    """What the scenarios change, one row per scenario and parameter; the baseline has one row."""
    columns = ["scenario", "title", "why", "parameter", "baseline_value", "value", "unit"]
    standard, rows = parameters.defaults(), []
    for each in _editions(project, scenarios):
        about = (each.scenario, each.title, each.why)
        # In the order of the file, as its author thought of them.
        changed = {name: value for name, value in each.described.items()
                   if value != standard[name]}
        rows += [(*about, name, parameters.literal(standard[name]), parameters.literal(value),
                  parameters.unit(name)) for name, value in changed.items()] or [
                      (*about, "", "", "", "")]
    return [dict(zip(columns, row, strict=True)) for row in rows], columns


def to_csv(rows: list[dict], columns: list[str]) -> bytes:
    """Rows as their file holds them: UTF-8, LF, ten significant digits."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=columns)
    return frame.to_csv(index=False, float_format="%.10g", lineterminator="\n").encode()


def paths(project: Project, tables: dict[str, bytes]) -> dict:
    """File of each table and its new content, for those that differ from what is there."""
    files = {project.data / datasets.describe(name, project)["path"]: content
             for name, content in tables.items()}
    return {file: content for file, content in files.items()
            if not file.is_file() or file.read_bytes() != content}
