"""What would be run: a chapter with resolved parameters, and the key of all that could change it.

A plan is made once, in the driver, and travels to whoever executes it.
"""

import hashlib
import json
import platform
import sys
import sysconfig
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from helpers import datasets, files, parameters, words
from helpers.pipeline import chapters, closure
from helpers.project import Project

KEY_VERSION = 2  # raise it when the meaning of a part of the key changes
KEPT_TAGS = {"parameters", "skip-execution", "raises-exception"}
OF_A_FILE = ("hash", "bytes", "rows")  # of a description: they follow from the table itself


@dataclass(frozen=True)
class Plan:
    """One run before it is run.

    Attributes
    ----------
    chapter : str
    values : dict
        Resolved parameters: defaults merged with those overrides that the chapter declares.
    parts : dict
        Everything that could change its outputs, by part.
    key : str
        SHA-256 of the parts in canonical form.
    seen : dict
        Each file that the key holds, with its state just before it was read for the key.
    """

    chapter: str
    values: dict
    parts: dict
    key: str
    seen: dict = field(default_factory=dict, compare=False, repr=False)


def make(project: Project, chapter: str, overrides: dict) -> Plan:
    """Plan the run of a chapter; overrides of parameters that it does not read change nothing.

    Overrides are taken as they are: they were validated where they came in.

    Raises
    ------
    chapters.ChapterError, helpers.datasets.DataError
        If the chapter, or the description of a table that it reads, cannot be read.
    """
    found = chapters.read(project, chapter)
    _check(project, found)
    values = resolved(found.parameters, overrides)
    modules = closure.modules(project, [cell["source"] for cell in found.code_cells])
    read = [project.lock_file, project.data_package, *modules,
            *(datasets.locate(name, project) for name in found.tables),
            *closure.files_read(project, modules)]
    seen = _shared((project, found.name), {file: files.state(file) for file in read})
    parts = _parts(project, found, values, modules)
    for name in ("data", "description", "helpers", "files"):
        parts[name] = _shared((found.name, name), parts[name])
    return Plan(found.name, values, parts, key_of(parts), seen)


def with_values(project: Project, made: Plan, overrides: dict) -> Plan:
    """A plan of the same chapter with other values, made from one that still holds.

    Parameters
    ----------
    project : Project
    made : Plan
    overrides : dict
        As for `make`: what the chapter does not read changes nothing.
    """
    values = resolved(chapters.read(project, made.chapter).parameters, overrides)
    parts = {**made.parts, "parameters": values}
    return Plan(made.chapter, values, parts, key_of(parts), made.seen)


def resolved(declared: dict, overrides: dict) -> dict:
    """Values of the parameters that a chapter declares: those given, else its own."""
    return {name: overrides.get(name, default) for name, default in declared.items()}


def key_of(parts: dict) -> str:
    """Key of a run: hash of its parts in canonical form."""
    return sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True))


_made: dict[tuple, dict] = {}


def _shared(name: tuple, made: dict) -> dict:
    """The dictionary made last under a name if it is the same: plans of a sweep differ in little.

    A hundred thousand plans with their own would fill the memory.
    """
    known = _made.get(name)
    if known == made:
        return known
    _made[name] = made  # another thread may have put its own there since
    return made


def moved(project: Project, planned: Plan) -> list[str]:
    """What the key holds and somebody touched since a plan was made, even if it is as it was.

    A run in between may have read anything. Where this is empty, it read what the key says.
    """
    changed = [project.shown(file) for file, state in planned.seen.items()
               if files.state(file) != state]
    if installed(project.lock_file) != planned.parts["installed"]:
        changed.append("the installed packages")
    if code_of(chapters.read(project, planned.chapter)) != planned.parts["code"]:
        changed.append(project.shown(chapters.read(project, planned.chapter).path))
    return changed


def code_of(chapter: chapters.Chapter) -> str:
    """Hash of the code of a chapter, with the tags that change how it runs."""
    return sha256(json.dumps([
        [cell["source"], sorted(KEPT_TAGS & set(cell["metadata"].get("tags", [])))]
        for cell in chapter.code_cells]))


def _check(project: Project, chapter: chapters.Chapter) -> None:
    """Refuse what a run would fail by, or pages, before anything runs."""
    unknown = [name for name in chapter.parameters if name not in parameters.names()]
    if unknown:
        nearest = words.nearest(unknown[0], parameters.names())
        hint = f" Nearest name: {nearest}." if nearest else ""
        raise chapters.ChapterError(
            f"{chapter.name}, parameters cell: {unknown[0]} is not in the registry, which "
            f"`book params` lists.{hint}")
    for name in chapter.tables:
        try:
            datasets.describe(name, project)
        except datasets.DataError as error:
            raise chapters.ChapterError(f"{chapter.name}: {error}") from None


def sha256(content: str | bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def _parts(project: Project, chapter: chapters.Chapter, values: dict,
           modules: list[Path]) -> dict:
    """Everything that could change the outputs of a run, by part.

    Markdown, outputs and display tags are left out: changing prose runs nothing again.
    """
    described = {name: {key: value for key, value in datasets.describe(name, project).items()
                        if key not in OF_A_FILE} for name in chapter.tables}
    return {
        "code": code_of(chapter),
        "parameters": values,
        "data": {name: _of_file(datasets.locate(name, project)) for name in chapter.tables},
        "description": {name: sha256(json.dumps(about)) for name, about in described.items()},
        "helpers": {_inside(file, project.code): _of_file(file) for file in modules},
        "files": {_inside(file, project.root): _of_file(file)
                  for file in closure.files_read(project, modules)},
        "lock": _of_file(project.lock_file),
        "installed": installed(project.lock_file),
        "python": platform.python_version(),
        "platform": f"{sys.platform}-{platform.machine()}",
        "version": KEY_VERSION,
    }


def _inside(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else file.name


def _of_file(file: Path) -> str:
    """Hash of a file, read once as long as it stays the same; ``missing`` where there is none."""
    state = files.state(file)
    try:
        return _hash(file, state) if state else "missing"  # loading it says so
    except OSError:
        return "missing"


@lru_cache(maxsize=4096)
def _hash(file: Path, _state: tuple) -> str:
    return sha256(file.read_bytes())


def installed(lock_file: Path, folder: Path | None = None) -> dict[str, str]:
    """Version that is really installed of each package in the lock file; others do not matter.

    A package can be upgraded or downgraded by hand, which leaves the lock file as it was. The
    names of the folders in site-packages tell, in a hundredth of the time of reading metadata.

    Parameters
    ----------
    lock_file : Path
    folder : Path, optional
        Folder of installed packages; by default that of this interpreter.
    """
    if not lock_file.is_file():
        return {}
    folder = folder or Path(sysconfig.get_path("purelib"))
    return _installed(lock_file, lock_file.stat().st_mtime_ns, folder, folder.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _installed(lock_file: Path, _lock_changed: int, folder: Path, _changed: int) -> dict[str, str]:
    locked = {_plain(line.split("==")[0].split("[")[0])
              for line in lock_file.read_text(encoding="utf-8").splitlines() if "==" in line
              and not line.lstrip().startswith("#")}
    found = {}
    for entry in sorted(folder.glob("*.dist-info")):
        name, _, version = entry.name.removesuffix(".dist-info").rpartition("-")
        if _plain(name) in locked:
            found[_plain(name)] = version
    return found


def _plain(name: str) -> str:
    """Name of a package as all its spellings are compared."""
    return name.strip().lower().replace("_", "-").replace(".", "-")


def differences(old: dict, new: dict, place: str = "") -> list[str]:
    """Which parts of a key differ, in words; one line each."""
    lines = []
    for name in sorted(set(old) | set(new)):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        where = f"{place} {name}".strip()
        if isinstance(before, dict) and isinstance(after, dict):
            lines += differences(before, after, where)
        elif before is None or after is None:
            lines.append(f"{where}: {'new' if before is None else 'gone'}")
        elif place in ("parameters", "installed") or name in ("python", "platform", "version"):
            lines.append(f"{where}: {before!r} -> {after!r}")
        else:
            lines.append(f"{where}: changed")
    return lines
