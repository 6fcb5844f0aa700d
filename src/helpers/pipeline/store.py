"""Runs on disk: written aside, renamed into place, the success marker last.

A run is one plan executed. A folder without a marker that verifies is no run: whatever was killed
half-way is never read.
"""

import json
import os
import shutil
import time
import uuid
from collections.abc import Collection
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system: two builds at once in one folder are not guarded
    fcntl = None

from helpers.files import read_object
from helpers.pipeline.plan import Plan, differences, sha256

MARKER = "run.json"


def folder(build: Path, run_key: str) -> Path:
    """Where a run of this key is published."""
    return build / "runs" / run_key[:32]


@contextmanager
def lock(path: Path, wait=lambda: None):
    """Let one process at a time into a part of the build folder.

    The lock belongs to the process: whoever is killed while holding it gives it back.

    Parameters
    ----------
    path : Path
        File that stands for the part.
    wait : callable
        Called if another process has to be waited for.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                wait()
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def swapping(build: Path):
    """Let one process at a time swap folders of runs and pages in a build folder."""
    return lock(build / ".lock")


def publish(build: Path, files: dict[str, bytes], run_key: str, record: dict) -> Path:
    """Write a finished run aside, mark it, and move it into place.

    The marker holds the hash of every file, so that `published` can tell a whole run; it is
    written last. A run of the same key replaces the older one.

    Parameters
    ----------
    build : Path
        The build folder.
    files : dict
        File name -> content.
    run_key : str
    record : dict
        What the marker says beside the key and the hashes.

    Returns
    -------
    Path
        The published folder.
    """
    aside = build / "runs" / ".incoming" / uuid.uuid4().hex
    new, stale = aside / "new", aside / "stale"
    new.mkdir(parents=True)
    try:
        for name, content in files.items():
            (new / name).write_bytes(content)
        hashes = {name: sha256(content) for name, content in files.items()}
        (new / MARKER).write_text(json.dumps({**record, "key": run_key, "files": hashes}, indent=1))
        target = folder(build, run_key)
        with swapping(build):
            if target.exists():
                os.rename(target, stale)
            os.rename(new, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def tidy(build: Path, keep: Collection[str] = (), limit_bytes: float = float("inf")) -> None:
    """Remove what killed writers have left, and runs beyond a size, those first that rest longest.

    A day later nobody is still writing. A run that was used in the last hour, or that pages which
    are published were made from, is never removed.

    Parameters
    ----------
    build : Path
    keep : collection of str
        Keys of other runs that stay.
    limit_bytes : float
        Size of all runs that is borne.
    """
    now = time.time()
    for aside in (build / "runs" / ".incoming").glob("*"):
        with suppress(OSError):  # its writer was alive after all
            if now - aside.stat().st_mtime > 86_400:
                shutil.rmtree(aside)
    sizes, used = {}, {}
    for run in (build / "runs").glob("[!.]*"):
        with suppress(OSError):  # another process removed it
            sizes[run] = sum(file.stat().st_size for file in run.iterdir())
            used[run] = run.stat().st_mtime
    total = sum(sizes.values())
    if total <= limit_bytes:
        return
    kept = {folder(build, key) for key in {*keep, *_keys_of_pages(build)}}
    for run in sorted(used, key=used.get):
        if total <= limit_bytes or now - used[run] < 3600:
            return
        if run not in kept:
            total -= sizes[run]
            gone = build / "runs" / ".incoming" / uuid.uuid4().hex
            with suppress(OSError), swapping(build):
                gone.parent.mkdir(exist_ok=True)
                run.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)


def _keys_of_pages(build: Path) -> set[str]:
    """Keys of the runs that published pages were made from, as their manifests say."""
    found = set()
    for pattern in ("html/edition.json", "editions/*/html/edition.json"):
        for file in build.glob(pattern):
            with suppress(OSError, ValueError, KeyError, AttributeError, TypeError):
                found |= set(read_object(file)["runs"].values())
    return found


def use(build: Path, run_key: str) -> None:
    """Note that a run was used now; a folder of somebody else stays as it is."""
    with suppress(OSError):
        os.utime(folder(build, run_key))


def published(build: Path, run_key: str) -> dict | None:
    """Marker of a published run if every file of it verifies, else None."""
    path = folder(build, run_key)
    try:
        with os.scandir(path) as found:
            state = [(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in found]
    except OSError:
        return None
    record = _verified(path, tuple(sorted(state)))
    # A whole run under the name of another one is not that one.
    return record if record is not None and record.get("key") == run_key else None


@lru_cache(maxsize=4096)
def _verified(path: Path, _state: tuple) -> dict | None:
    """Marker of a whole run, read once as long as no file of it changed."""
    try:
        record = read_object(path / MARKER)
        whole = all(
            sha256((path / name).read_bytes()) == digest
            for name, digest in record["files"].items()
        )
    except (OSError, ValueError, KeyError, AttributeError):  # files may be anything but an object
        return None
    return record if whole and record.get("status") == "ok" else None


def nearest(build: Path, plan: Plan) -> dict | None:
    """Marker of the whole run of a chapter whose key differs least, of equals the newest.

    Not simply the newest: after another edition its parameters would be named as well.
    """
    found = []
    for file in (build / "runs").glob(f"*/{MARKER}"):
        try:
            state = file.stat()
            record = _marker(file, state.st_mtime_ns, state.st_size)
        except (OSError, ValueError):  # another process is replacing it
            continue
        if record.get("chapter") == plan.chapter and isinstance(record.get("parts"), dict):
            apart = len(differences(record["parts"], plan.parts))
            found.append((apart, -state.st_mtime, record))
    found.sort(key=lambda each: each[:2])
    return next((record for _, _, record in found
                 if published(build, record["key"]) is not None), None)


@lru_cache(maxsize=16384)
def _marker(file: Path, _changed: int, _size: int) -> dict:
    """What a marker says, read once: `book status` asks for every chapter."""
    return read_object(file)


def why(build: Path, plan: Plan) -> list[str]:
    """Why a plan would be run: the parts of its key that changed; empty if it would not."""
    if published(build, plan.key) is not None:
        return []
    lost = ["its run was removed or damaged"]
    if folder(build, plan.key).exists():
        return lost
    record = nearest(build, plan)
    if record is None:
        return ["it has never run here"]
    return differences(record["parts"], plan.parts) or lost
