"""A folder for what passes while a command runs.

A command that is killed cannot remove its own. The system gives back the lock that it held, so the
next command can tell, and removes it; process numbers would not do, as containers share folders.
"""

import os
import shutil
import tempfile
import time
from contextlib import suppress
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system: what a killed command leaves stays
    fcntl = None

PREFIX = "book-aside-"
LOCK = ".lock"
LAST = -1000  # by its priority
NEW_SECONDS = 60  # a folder that is as new as this may not have its lock yet


@cache
def folder(where: str | None = None) -> str:
    """The folder of this process, made when it is first asked for and gone at its end.

    Parameters
    ----------
    where : str, optional
        Where it is made; by default in the system's folder for what passes.
    """
    where = where or tempfile.gettempdir()
    sweep(where)
    made = tempfile.mkdtemp(prefix=PREFIX, dir=where)
    if fcntl is not None:
        lock = os.open(Path(made, LOCK), os.O_WRONLY | os.O_CREAT)  # held until the process ends
        fcntl.flock(lock, fcntl.LOCK_EX)
    # After those of multiprocessing itself, whose folder lies in this one.
    Finalize(None, shutil.rmtree, (made,), {"ignore_errors": True}, exitpriority=LAST)
    return made


def sweep(where: str) -> None:
    """Remove the folders of this user whose commands are no more."""
    if fcntl is None:
        return
    for left in Path(where).glob(f"{PREFIX}*"):
        with suppress(OSError):  # somebody else's, held, or just removed
            state = left.lstat()
            if state.st_uid != os.getuid() or time.time() - state.st_mtime < NEW_SECONDS:
                continue
            with open(left / LOCK, "a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
