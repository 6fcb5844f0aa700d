"""Runs inside a kernel before the chapter: note which tables are opened, and bound its memory.

The key of a run holds only the tables a chapter declares. A table read behind its back would
leave the key unchanged when the table changes, and the store would serve a stale number. The
kernel is started with ``PYTHONSTARTUP`` set to this file and ``BOOK_WATCH`` to where to write.

An audit hook sees every opening by Python itself (`open`, pathlib, `pandas.read_csv`), not by
C++ readers such as parquet's, which a check of the chapters forbids.

Without a bound, a chapter that asks for ever more memory would bring the system to kill whatever
it likes, perhaps another run. With one, it fails by itself with a MemoryError.
"""


def _watch():
    import os
    import sys

    note = os.environ.pop("BOOK_WATCH", None)
    if not note:
        return
    roots = tuple(
        os.path.realpath(root) + os.sep for root in os.environ["BOOK_WATCHED"].split(os.pathsep)
    )
    noted = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    seen = set()

    def hook(event, arguments):
        # The hook cannot be removed and must never raise: it would break the chapter.
        if event not in ("open", "sqlite3.connect"):
            return
        try:
            path = os.path.realpath(os.fsdecode(arguments[0]))
        except (TypeError, ValueError):
            return
        if path.startswith(roots) and path not in seen:
            seen.add(path)
            os.write(noted, (path + "\n").encode())

    sys.addaudithook(hook)


def _bound_memory():
    import contextlib
    import os

    limit = os.environ.pop("BOOK_MEMORY", None)
    if not limit:
        return
    try:
        import resource
    except ImportError:  # not a POSIX system
        return
    # Private data only: libraries reserve far more addresses than they ever use. Not every
    # system can bound it; then the system's own limits hold.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (int(limit), resource.RLIM_INFINITY))


_watch()
_bound_memory()
del _watch, _bound_memory
