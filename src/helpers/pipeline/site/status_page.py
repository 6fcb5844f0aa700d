"""The page *Status*: in which environment each chapter ran, how long it took, what it recorded.

Everything comes from the records of the runs that the pages are made from. So the same runs give
the same page, whenever and wherever it is written.
"""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from helpers import markup
from helpers.pipeline import chapters, store
from helpers.pipeline.site.page_facts import SHORT_KEY
from helpers.project import Project

PAGE = "status.md"
# Packages that decide what chapters compute and pages show; the lock file has all of them.
MAIN = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "seaborn", "pydantic", "pyarrow",
        "papermill", "ipykernel", "jupyter-book", "sphinx", "myst-nb")
SYSTEMS = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}


def text(project: Project, runs: Iterable) -> str:
    """The page as Markdown.

    Parameters
    ----------
    project : Project
    runs : iterable of RunResult
    """
    records = [_record(Path(run.path)) for run in runs]
    if not records:
        return f"{HEAD}\n\nThis book has no chapter.\n"
    rows = [[chapters.read(project, record["chapter"]).title, f"{record['seconds']:.1f}",
             *map(str, _counts(record)), record["key"][:SHORT_KEY]] for record in records]
    total = f"{sum(record['seconds'] for record in records):.0f}"
    return "\n\n".join([
        HEAD, "## Environment", _environment(records[0]["parts"]),
        "## Chapters",
        f"Seconds of one run after another: {total}. They are those of the machine on which a "
        f"chapter ran last; an unchanged chapter is not run again.",
        _table("Runs of the chapters", ["Chapter", "Seconds", "Results", "Sentences", "Quotes",
                                        "Figures and tables", "Run key"], rows, range(1, 6)),
    ]) + "\n"


HEAD = """# Status

In which environment the chapters of this edition ran, how long each took, and what it recorded. A
run key stands for everything that can change what a chapter says: its code, parameters and tables,
the helpers that it reaches, and the versions below. Two editions with one key for a chapter say the
same in it. The page is generated from the records of the runs. How to run them again, and what can
go wrong, is under [Troubleshooting](troubleshooting.md)."""


def _record(folder: Path) -> dict:
    record = json.loads((folder / store.MARKER).read_text(encoding="utf-8"))
    return {**record, "folder": folder}


def _counts(record: dict) -> tuple[int, int, int, int]:
    """How many results, sentences, quotes, and figures and tables a run made."""
    folder = record["folder"]
    ledger = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    kinds = Counter(entry["type"] for entry in ledger)
    notebook = json.loads((folder / "notebook.ipynb").read_text(encoding="utf-8"))
    shown = sum("book" in output.get("metadata", {}) for cell in notebook["cells"]
                for output in cell.get("outputs", []))
    return kinds["result"], kinds["sentence"], kinds["quote"], shown


def _environment(parts: dict) -> str:
    system, _, machine = parts["platform"].partition("-")
    there = [["Python", parts["python"]], ["System", f"{SYSTEMS.get(system, system)}, {machine}"],
             *([name, parts["installed"][name]] for name in MAIN if name in parts["installed"])]
    return _table("Versions", ["What", "Version"], there)


def _table(caption: str, headers: list[str], rows: list[list[str]], numeric=()) -> str:
    return markup.boxed(markup.table(headers, rows, caption=caption, numeric=numeric), caption)
