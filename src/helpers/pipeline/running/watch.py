"""Note which files a run opens, and bound its memory; in a run's own process or in a kernel.

The key of a run holds only the tables a chapter declares. A table read behind its back would
leave the key unchanged when the table changes, and the store would serve a stale number.

An audit hook sees every opening by Python itself (`open`, pathlib, `pandas.read_csv`), not by
C++ readers such as parquet's, which a check of the chapters forbids.

Without a bound, a chapter that asks for ever more memory would bring the system to kill whatever
it likes, perhaps another run. With one, it fails by itself with a MemoryError.
"""

import os
import sys
from contextlib import suppress

FOLDERS, NOTE, MEMORY = "BOOK_WATCHED", "BOOK_WATCH", "BOOK_MEMORY"  # variables for a kernel


def openings(folders, note) -> None:
    """Call `note` with the real path of each file under `folders` when it is first opened.

    A hook cannot be removed, and must never raise: it would break the chapter.
    """
    roots = tuple(os.path.join(os.path.realpath(folder), "") for folder in folders)
    seen = set()

    def hook(event, arguments):
        if event not in ("open", "sqlite3.connect"):
            return
        try:
            path = os.path.realpath(os.fsdecode(arguments[0]))
        except (TypeError, ValueError):
            return
        if path.startswith(roots) and path not in seen:
            seen.add(path)
            note(path)

    if roots:
        sys.addaudithook(hook)


def bound_memory(limit_bytes: int | None) -> None:
    """Let this process have so much private data, and no more.

    Private data only: libraries reserve far more addresses than they ever use. Not every system
    can bound it; then the system's own limits hold.
    """
    try:
        import resource
    except ImportError:  # not a POSIX system
        return
    if limit_bytes:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, resource.RLIM_INFINITY))


def as_told() -> None:
    """In a kernel: do both as the variables tell, which the chapter then does not see."""
    folders = os.environ.pop(FOLDERS, "").split(os.pathsep)
    note = os.environ.pop(NOTE, "")
    if note:
        noted = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        openings(filter(None, folders), lambda path: os.write(noted, (path + "\n").encode()))
    bound_memory(int(os.environ.pop(MEMORY, 0)))
