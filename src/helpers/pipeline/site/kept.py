"""Bytes that are dear to make and follow from a key: made once, kept in the build folder.

Each file begins with the hash of what follows, so that one that a full disk or a lost machine has
cut short is made again instead of being believed.
"""

import hashlib
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
        digest, content = _parted(file.read_bytes())
        if digest == _digest(content):
            os.utime(file)
            return content
    except OSError:
        pass
    content = make()
    file.parent.mkdir(parents=True, exist_ok=True)
    # Aside first: a build that is killed leaves no half of a file under a key.
    handle, aside = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(_digest(content) + content)
        os.replace(aside, file)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise
    return content


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _parted(stored: bytes) -> tuple[bytes, bytes]:
    size = hashlib.sha256().digest_size
    return stored[:size], stored[size:]


def tidy(build: Path) -> None:
    """Remove those that rest longest."""
    def used(file: Path) -> float:
        try:
            return file.stat().st_mtime
        except OSError:  # another build was quicker
            return 0.0

    for file in sorted((build / FOLDER).glob("*"), key=used)[:-MOST]:
        file.unlink(missing_ok=True)
