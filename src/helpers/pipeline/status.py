"""How things stand: packages, chapters that would run, the store, the editions that are built."""

from dataclasses import dataclass, field

from helpers import datasets, parameters
from helpers.pipeline import building, chapters, edition, packages, store
from helpers.project import Project


@dataclass(frozen=True)
class Edition:
    """A built edition: its name, whether it is up to date, and what to type if not."""

    name: str
    current: bool
    command: str
    reason: str = ""


@dataclass(frozen=True)
class Status:
    """How things stand.

    Attributes
    ----------
    packages : list of str
        Packages that are not as the lock file says.
    waiting : dict
        Chapter of the baseline that would run -> why, one line for each cause.
    chapters : int
    runs, run_bytes : int
        What the store holds.
    editions : list of Edition
    """

    packages: list[str] = field(default_factory=list)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    chapters: int = 0
    runs: int = 0
    run_bytes: int = 0
    editions: list[Edition] = field(default_factory=list)


def of(project: Project) -> Status:
    """How a book stands now; nothing is run.

    Raises
    ------
    chapters.ChapterError, helpers.datasets.DataError
        If a chapter or the description of the tables cannot be read.
    """
    baseline = edition.baseline(project)
    waiting = {each.chapter: store.why(project.build, each) for each in baseline.plans()}
    runs = [file.parent for file in (project.build / "runs").glob(f"*/{store.MARKER}")]
    return Status(
        packages.other(project.lock_file),
        {chapter: lines for chapter, lines in waiting.items() if lines},
        len(chapters.names(project)), len(runs),
        sum(file.stat().st_size for run in runs for file in run.iterdir()),
        [_edition(project, record) for record in edition.built(project)])


def _edition(project: Project, record: dict) -> Edition:
    try:
        found = (edition.baseline(project) if record["name"] == edition.BASELINE
                 else edition.find(project, record["name"]))
        return Edition(record["name"], building.is_current(found), record["command"])
    except (parameters.ParameterError, datasets.DataError, ValueError) as error:
        return Edition(record["name"], False, record["command"], str(error))
