"""What the pages of an edition are made from, and the key of it.

Whoever only asks whether pages are current imports this, and not what makes them: that takes
longer than the question.
"""

import hashlib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from helpers import datasets
from helpers.pipeline import chapters, moved, pages
from helpers.pipeline.edition import Edition
from helpers.pipeline.site import page_metadata
from helpers.pipeline.site.frame import THEME
from helpers.project import DISTRIBUTION


def static_folders(edition: Edition) -> list[Path]:
    """Folders whose files pages show or load: those of others, and our own explorers."""
    folders = [edition.project.vendor / "pages", edition.project.code / "explorers" / "static"]
    return [folder for folder in folders if folder.is_dir()]


def files(edition: Edition, runs) -> list[Path]:
    """Files that the pages of an edition are made from, beside its runs."""
    project = edition.project
    found = [project.config, project.contents, project.references, project.data_package,
             project.root / "pyproject.toml", project.root / page_metadata.CITATION,
             moved.file(project), *pages.written(project),
             *sorted(project.scenarios.glob("*.toml"))]
    for folder in (THEME, *static_folders(edition)):
        found += sorted(file for file in folder.rglob("*") if file.is_file())
    found += sorted((project.code / "pipeline").rglob("*.py"))
    found += sorted(project.code.glob("*.py"))
    # Every table is shown and offered, whether a chapter reads it or not.
    found += [datasets.locate(name, project) for name in datasets.names(project)]
    # Prose is not in a run's key.
    return found + [chapters.read(project, run.chapter).path for run in runs]


def key(edition: Edition, runs, notice: str, beside: Iterable[Path] = ()) -> str:
    """Key of a set of pages: everything they are made from, chapters by their run keys.

    Parameters
    ----------
    edition : Edition
    runs : list of RunResult
        Those of the edition and, if they are compared, of the baseline.
    notice : str
        What stands on top of every page.
    beside : iterable of Path
        Further files that these pages are made from.
    """
    parts = [notice, edition.command(), metadata.version(DISTRIBUTION),
             *(run.key for run in runs)]
    parts += [hashlib.sha256(file.read_bytes()).hexdigest()
              for file in (*files(edition, runs), *beside) if file.is_file()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
