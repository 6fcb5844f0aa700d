"""Bytes that are dear to make and follow from a key: made once, kept in the build folder."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

FOLDER = ".kept"
MOST = 600  # files: some thirty editions of this book; beyond, those go that rest longest


def get(build: Path, key: str, make: Callable[[], bytes]) -> bytes:
    """What was made for a key, or what is made now.

    Parameters
    ----------
    build : Path
        The build folder.
    key : str
        Hash of all that the bytes follow from.
    make : callable
    """
    file = build / FOLDER / key
    try:
        content = file.read_bytes()
        os.utime(file)
        return content
    except OSError:
        content = make()
    file.parent.mkdir(parents=True, exist_ok=True)
    # Aside first: a build that is killed leaves no half of a file under a key.
    handle, aside = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    os.replace(aside, file)
    return content


def tidy(build: Path) -> None:
    """Remove those that rest longest."""
    def used(file: Path) -> float:
        try:
            return file.stat().st_mtime
        except OSError:  # another build was quicker
            return 0.0

    for file in sorted((build / FOLDER).glob("*"), key=used)[:-MOST]:
        file.unlink(missing_ok=True)
