"""Make the outputs of a new run the committed reference, and say what moved.

Hashes of edited tables, outputs of chapters, the tables of scenarios and the chapters that read
those follow from each other in this order. `prepare` works all of it out and writes nothing;
`write` puts it in place at once. The committed notebooks are what nbval compares against and what
the ledger of the baseline is read from, so they hold outputs of the defaults and nothing that
changes from run to run.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from helpers import datasets, files, results
from helpers.pipeline import chapters, check, execute, plan, scenario_table
from helpers.pipeline.pinned import cases, seen
from helpers.pipeline.pinned import reference as said
from helpers.project import Project


class AcceptError(RuntimeError):
    """Something that could not be accepted; nothing was changed."""


@dataclass(frozen=True)
class Pending:
    """What would become the reference.

    Attributes
    ----------
    contents : dict
        File -> new content, for every file that would change.
    moved : list of str
        One line for every record that is new, gone or different.
    """

    contents: dict[Path, bytes] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)


def prepare(project: Project, names: Sequence[str], how: execute.How, *,
            step: Callable[[str], None] = lambda text: None, **options) -> Pending:
    """Run everything that the reference rests on, and hold it against the reference.

    Parameters
    ----------
    project : Project
        With the shipped tables.
    names : sequence of str
        Chapters whose outputs are wanted; those that read the scenarios' results are added if
        these moved.
    how : execute.How
    step : callable
        Called with a line of text before runs of which nothing is reported.
    **options
        As for `execute.run_many`.

    Returns
    -------
    Pending

    Raises
    ------
    AcceptError
        If a chapter breaks a rule, a table is invalid or a run failed.
    """
    if project.own_data:
        raise AcceptError(
            f"Nothing was accepted. The reference rests on the shipped tables, and these are from "
            f"{project.own_data}. Type the command without --data and BOOK_DATA.")
    # Rules about outputs are left out: outputs are what is being made.
    broken = [fault for name in names for fault in check.written(project, name)]
    if broken:
        raise AcceptError("Nothing was accepted: rules for chapters are broken.\n"
                          + "\n".join(broken))
    try:
        datasets.rehashed(project)  # an invalid table is refused before anything runs
        last = scenario_table.readers(project)
        runs = _run(project, [name for name in names if name not in last], how, **options)
        # What a new run of a chapter records, its runs under scenarios must record as well.
        recorded = {run.chapter: [entry["name"] for entry in execute.ledger(run)] for run in runs}
        step("Running the shipped scenarios, whose results are tables of the book")
        tables = scenario_table.make(project, how, required=recorded)
    except (datasets.DataError, scenario_table.ScenarioTableError) as error:
        raise AcceptError(f"Nothing was accepted. {error}") from None
    moved_tables = scenario_table.paths(project, tables)
    wanted = last if moved_tables else [name for name in names if name in last]
    with tempfile.TemporaryDirectory(prefix="book-accept-") as aside:
        # Nothing is written yet: their readers see the new tables as one sees tables of one's own.
        files.replace({Path(aside) / file.name: content for file, content in moved_tables.items()})
        staged = project.with_own_data(Path(aside)) if moved_tables else project
        try:
            runs += _run(staged, wanted, how, **options)
            contents = {**moved_tables,
                        project.data_package: datasets.rehashed(project, staged),
                        **said.prepare(staged, [run.chapter for run in runs], how.jobs)}
        except (datasets.DataError, seen.SeenError, cases.WalkError) as error:
            raise AcceptError(f"Nothing was accepted. {error}") from None
    lines = []
    for run in runs:
        chapter = chapters.read(project, run.chapter)
        executed = (Path(run.path) / "notebook.ipynb").read_text(encoding="utf-8")
        lines += moved(chapter.name, results.entries(chapter.notebook), execute.ledger(run))
        contents[chapter.path] = reference(nbformat.reads(executed, as_version=4))
    changed = {file: content for file, content in contents.items()
               if not file.is_file() or file.read_bytes() != content}
    return Pending(changed, lines)


def _run(project: Project, names: Sequence[str], how: execute.How, **options):
    plans = [plan.make(project, name, {}) for name in names]
    runs = execute.run_many(project, plans, how, fresh=True,
                            required=dict.fromkeys(names, ()), **options)
    failed = execute.failures(runs)
    if failed:
        raise AcceptError("Nothing was accepted.\n" + "\n".join(failed))
    return runs


def moved(chapter: str, reference_records: list[dict], new_records: list[dict]) -> list[str]:
    """Records that differ between a reference and a run, one line each."""
    old = {entry["name"]: entry["text"] for entry in reference_records}
    new = {entry["name"]: entry["text"] for entry in new_records}
    lines = [f"{chapter}: {name}: {old[name]} -> {text}" for name, text in new.items()
             if name in old and old[name] != text]
    lines += [f"{chapter}: {name}: new: {text}" for name, text in new.items() if name not in old]
    return lines + [f"{chapter}: {name}: gone" for name in old if name not in new]


def reference(executed) -> bytes:
    """An executed notebook as reference: no timings, no injected cell, stable ids."""
    cells = [
        cell for cell in executed.cells
        if "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    count = 0
    for position, cell in enumerate(cells, start=1):
        cell["id"] = f"cell-{position:02d}"  # random ids would change every file on every accept
        for noise in ("papermill", "execution"):
            cell.metadata.pop(noise, None)
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if "execution_count" in output:
                    output["execution_count"] = count
    executed.cells = cells
    executed.metadata = nbformat.from_dict({
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    })
    executed.nbformat_minor = 5
    text = nbformat.writes(executed)
    return (text if text.endswith("\n") else text + "\n").encode()


def write(pending: Pending) -> None:
    """Put everything in place: all files, or on an error none."""
    files.replace(pending.contents)
