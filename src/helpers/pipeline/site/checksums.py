"""Whether published pages are as they were built.

The list is in the form of ``sha256sum``, so that whoever copies the pages can check them, too.
"""

import hashlib
from pathlib import Path

NAME = "checksums.txt"


def write(folder: Path) -> None:
    """List every file of a folder of pages with its hash."""
    lines = [f"{digest}  {name}\n" for name, digest in sorted(_of(folder).items())]
    (folder / NAME).write_text("".join(lines), encoding="utf-8")


def differing(folder: Path) -> list[str]:
    """Files that were altered, deleted or added since the pages were built."""
    known = listed(folder)
    if not known:
        return [NAME]
    found = _of(folder)
    return sorted(name for name in (known.keys() | found.keys()) - {NAME}
                  if known.get(name) != found.get(name))


def listed(folder: Path) -> dict[str, str]:
    """Files of a folder of pages when its list was written, itself among them; empty if none."""
    try:
        text = (folder / NAME).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return {}
    lines = (line.split("  ", 1) for line in text.splitlines() if "  " in line)
    return {NAME: "", **{name: digest for digest, name in lines}}


def of_all(folder: Path) -> str:
    """One hash of everything in a folder."""
    lines = [f"{digest}  {name}\n" for name, digest in sorted(_of(folder).items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _of(folder: Path) -> dict[str, str]:
    return {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in folder.rglob("*") if file.is_file() and file != folder / NAME}
