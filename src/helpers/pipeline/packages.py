"""Whether the installed packages are those of the lock file."""

from pathlib import Path

from helpers.pipeline import plan

SHOWN = 3


def warning(lock_file: Path) -> list[str]:
    """One line where packages are not as locked, since results may differ; else none."""
    lines = other(lock_file)
    if not lines:
        return []
    more = f"; and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return [f"{'; '.join(lines[:SHOWN])}{more}. Type: make setup"]


def other(lock_file: Path) -> list[str]:
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
