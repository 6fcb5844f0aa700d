"""Make the outputs of a new run the committed reference, and say what moved.

The committed notebooks are what nbval compares against and what the ledger of the baseline is
read from, so they hold outputs of the defaults and nothing that changes from run to run.
"""

import os
from pathlib import Path

import nbformat

from helpers import results
from helpers.pipeline import execute, executors, store


class AcceptError(RuntimeError):
    """A chapter that could not be run; no notebook was changed."""


def accept(chapters, *, jobs=None, report=lambda result: None) -> list[str]:
    """Run chapters with the defaults and write their outputs into ``chapters/``.

    Parameters
    ----------
    chapters : list of str
    jobs, report
        As for `executors.run_many`.

    Returns
    -------
    list of str
        One line for every record that is new, gone or different.

    Raises
    ------
    AcceptError
        If any chapter fails; then none is written.
    """
    specs = [execute.RunSpec(name, required=(), fresh=True) for name in chapters]
    runs = executors.run_many(specs, jobs, report)
    failed = [f"{run.chapter}: {run.status}: {run.reason}" for run in runs if run.status != "ok"]
    if failed:
        raise AcceptError("Nothing was accepted.\n" + "\n".join(failed))
    lines = []
    for run in runs:
        path = store.chapter_path(run.chapter)
        executed = Path(run.path) / "notebook.ipynb"
        lines += moved(path, executed)
        write_reference(nbformat.read(executed, as_version=4), path)
    return lines


def moved(reference: Path, executed: Path) -> list[str]:
    """Records that differ between two notebooks, one line each."""
    old = {entry["name"]: entry["text"] for entry in results.entries(reference)}
    new = {entry["name"]: entry["text"] for entry in results.entries(executed)}
    chapter = reference.stem
    lines = [f"{chapter}: {name}: {old[name]} -> {text}" for name, text in new.items()
             if name in old and old[name] != text]
    lines += [f"{chapter}: {name}: new: {text}" for name, text in new.items() if name not in old]
    return lines + [f"{chapter}: {name}: gone" for name in old if name not in new]


def write_reference(executed, path: Path) -> None:
    """Write an executed notebook as reference: no timings, no injected cell, stable ids."""
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
    aside = path.with_suffix(".new")
    nbformat.write(executed, aside)
    os.replace(aside, path)
