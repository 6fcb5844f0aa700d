"""How things stand: packages, chapters that would run, the store, the editions that are built."""

from dataclasses import dataclass, field
from pathlib import Path

from helpers import datasets, parameters
from helpers.pipeline import building, chapters, edition, plan, store
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
        other_packages(project.lock_file),
        {chapter: lines for chapter, lines in waiting.items() if lines},
        len(chapters.names(project)), len(runs),
        sum(file.stat().st_size for run in runs for file in run.iterdir()),
        [_edition(project, record) for record in edition.built(project)])


def other_packages(lock_file: Path) -> list[str]:
    """Packages that are missing or installed in another version than the lock file's."""
    found = plan.installed(lock_file)
    return [f"{name} is {found.get(name, 'not installed')}, the lock file says {version}"
            for name, version in locked(lock_file).items() if found.get(name) != version]


def locked(lock_file: Path) -> dict[str, str]:
    """Version of each package that the lock file has for this Python and system."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    versions = {}
    for line in lock_file.read_text(encoding="utf-8").splitlines():
        try:
            wanted = Requirement(line.split(" #")[0].strip().removesuffix("\\").strip())
        except InvalidRequirement:  # a comment, a hash, an empty line
            continue
        pinned = str(wanted.specifier)
        if pinned.startswith("==") and (wanted.marker is None or wanted.marker.evaluate()):
            versions[canonicalize_name(wanted.name)] = pinned.removeprefix("==")
    return versions


def _edition(project: Project, record: dict) -> Edition:
    try:
        found = (edition.baseline(project) if record["name"] == edition.BASELINE
                 else edition.find(project, record["name"]))
        return Edition(record["name"], building.is_current(found), record["command"])
    except (parameters.ParameterError, datasets.DataError, ValueError) as error:
        return Edition(record["name"], False, record["command"], str(error))
