"""Write the results of the shipped scenarios into ``data/editions/``, for a chapter to read.

A chapter must run without the pipeline, so it cannot run other editions itself. What they give is
therefore kept as two tables like any other, made whole by ``make scenarios`` and held against a
new run by the tests.
"""

import json
import uuid
from pathlib import Path

import pandas as pd

from helpers import datasets, parameters, paths
from helpers.pipeline import edition, executors, store, sweep

RESULTS, SCENARIOS = "scenario_results", "scenarios"
COLUMNS = ["scenario", "chapter", "result", "label", "unit", "status", "scope", "value",
           "value_json", "text", "note"]


class ScenarioTableError(RuntimeError):
    """The tables could not be made whole, so nothing was written. One line for each cause."""


def overrides() -> dict[str, dict]:
    """What each shipped scenario changes, by scenario; the baseline (nothing) stands first."""
    names = sorted(edition.scenarios(), key=lambda name: (name != edition.BASELINE, name))
    return {name: edition.resolve(name).overrides for name in names}


def chapters() -> list[str]:
    """Chapters whose results are kept: all that do not read these tables themselves."""
    own = {RESULTS, SCENARIOS}
    return [name for name in edition.chapters()
            if not own & set(store.declared_data(store.read_chapter(name)))]


def plan(changed: dict[str, dict], names: list[str]) -> list[sweep.Cell]:
    """Runs that the tables need.

    Parameters
    ----------
    changed : dict
        Scenario -> parameters that it changes; none for the baseline.
    names : list of str
        Chapters.

    Returns
    -------
    list of sweep.Cell
        Every chapter for the baseline; for the others those that read a changed parameter. A
        chapter left out is not affected, which is not the same as robust.
    """
    read = {name: set(store.declared_parameters(store.read_chapter(name))) for name in names}
    return [cell for cell in sweep.plan(changed, names)
            if not cell.spec.overrides or read[cell.spec.chapter] & set(cell.spec.overrides)]


def run(cells: list[sweep.Cell], *, jobs=None, report=lambda result: None) -> pd.DataFrame:
    """Results of planned runs, from the store where it has them.

    Returns
    -------
    pandas.DataFrame
        One row per scenario, chapter and result; columns `COLUMNS`. ``value`` is a number where
        the result is one, with ten significant digits; ``value_json`` holds anything else.

    Raises
    ------
    ScenarioTableError
        If a run failed.
    """
    runs = executors.run_many([cell.spec for cell in cells], jobs, report)
    failed = [f"{cell.scenario}, {run.chapter}: {run.status}: {run.reason}"
              for cell, run in zip(cells, runs, strict=True) if run.status != "ok"]
    if failed:
        raise ScenarioTableError("No scenario table was written.\n" + "\n".join(failed))
    rows = []
    for cell, finished in zip(cells, runs, strict=True):
        ledger = json.loads((Path(finished.path) / "results.json").read_text(encoding="utf-8"))
        rows += [_row(cell, entry) for entry in ledger if entry["type"] == "result"]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(cell: sweep.Cell, entry: dict) -> tuple:
    value = entry["value"]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    other = "" if is_number or value is None else canonical(value)
    return (cell.scenario, cell.spec.chapter, entry["name"], entry["label"], entry["unit"],
            entry["status"], entry["scope"], value if is_number else None, other, entry["text"],
            entry["note"])


def canonical(value) -> str:
    """A value as JSON in one spelling: keys sorted, no blanks, letters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False,
                      allow_nan=False)


def describe(changed: dict[str, dict]) -> pd.DataFrame:
    """What the scenarios change, one row per scenario and parameter; the baseline has one row."""
    standard, rows = parameters.defaults(), []
    for name, values in changed.items():
        about = edition.resolve(name)
        rows += [(name, about.title, about.why, parameter, parameters.literal(standard[parameter]),
                  parameters.literal(value), parameters.unit(parameter))
                 for parameter, value in values.items()] or [
                     (name, about.title, about.why, "", "", "", "")]
    return pd.DataFrame(rows, columns=["scenario", "title", "why", "parameter", "baseline_value",
                                       "value", "unit"])


def to_csv(frame: pd.DataFrame) -> bytes:
    """A table as its file holds it: UTF-8, LF, ten significant digits."""
    return frame.to_csv(index=False, float_format="%.10g", lineterminator="\n").encode()


def write(tables: dict[str, bytes]) -> list[str]:
    """Put new contents of the tables in place, all or none, and hash them.

    Parameters
    ----------
    tables : dict
        Name of a table -> content of its file.

    Returns
    -------
    list of str
        Names of the tables that changed.

    Raises
    ------
    helpers.datasets.DataError
        If a table breaks its description; the files are then what they were.
    """
    files = {paths.DATA / datasets.describe(name)["path"]: new for name, new in tables.items()}
    before = {file: file.read_bytes() if file.exists() else None for file in files}
    try:
        _replace(files)
        return datasets.write_hashes()
    except BaseException:
        _replace(before)
        raise


def _replace(files: dict[Path, bytes | None]) -> None:
    """Write every file aside, then rename them; a file without content is removed."""
    aside = {file: file.with_name(f".{file.name}.{uuid.uuid4().hex}") for file in files}
    try:
        for file, content in files.items():
            if content is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
                aside[file].write_bytes(content)
        for file, content in files.items():
            if content is None:
                file.unlink(missing_ok=True)
            else:
                aside[file].replace(file)
    finally:
        for file in aside.values():
            file.unlink(missing_ok=True)


def make(*, jobs=None, report=lambda result: None) -> dict[str, bytes]:
    """Contents of the two tables as the scenarios and chapters are now; nothing is written.

    Raises
    ------
    ScenarioTableError
        If a run failed, or the tables are not the shipped ones.
    """
    if datasets.replaced():
        raise ScenarioTableError(
            "No scenario table was written. It rests on the shipped data only: unset BOOK_DATA, "
            f"which replaces {', '.join(datasets.replaced())}.")
    changed = overrides()
    frame = run(plan(changed, chapters()), jobs=jobs, report=report)
    return {RESULTS: to_csv(frame), SCENARIOS: to_csv(describe(changed))}


def main() -> None:
    """``make scenarios``: run what the store does not have, write, hash."""
    def report(result):
        print(f"{result.chapter}: {result.status}", flush=True)

    try:
        paths.settle_own_data()
        changed = write(make(report=report))
    except (paths.OwnDataError, ScenarioTableError, datasets.DataError,
            parameters.ParameterError) as problem:
        raise SystemExit(str(problem)) from None
    print("Rewritten: " + ", ".join(changed) if changed else "No table has changed.")


if __name__ == "__main__":
    main()
