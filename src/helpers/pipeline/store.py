"""Runs on disk: written aside, renamed into place, the success marker last.

A run is one chapter executed with one set of resolved parameters. Its key is the hash of all that
could change its outputs. A folder without a marker that verifies is no run: whatever was killed
half-way is never read.
"""

import ast
import hashlib
import json
import os
import platform
import shutil
import sys
import time
import uuid
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system: two builds at once in one folder are not guarded
    fcntl = None

from helpers import datasets, parameters, paths

KEY_VERSION = 1  # raise it when the meaning of a key's component changes
KEPT_TAGS = {"parameters", "skip-execution", "raises-exception"}
MARKER = "run.json"


class ChapterError(ValueError):
    """A chapter that does not exist or cannot be read as the pipeline needs it."""


def chapter_path(chapter: str) -> Path:
    """Notebook of a chapter, by its name.

    Raises
    ------
    ChapterError
        If there is none; the message names the nearest chapter.
    """
    path = paths.CHAPTERS / f"{chapter}.ipynb"
    known = sorted(file.stem for file in paths.CHAPTERS.glob("*.ipynb"))
    if chapter not in known:
        import difflib

        nearest = difflib.get_close_matches(chapter, known, n=1, cutoff=0.3)
        hint = f" Nearest name: {nearest[0]!r}." if nearest else ""
        raise ChapterError(f"No chapter is called {chapter!r}.{hint}")
    return path


def read_chapter(chapter: str) -> dict:
    """The committed notebook of a chapter; shared by all who ask, so copy it before a change."""
    path = chapter_path(chapter)
    state = path.stat()
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int, _size: int) -> dict:
    """A notebook, read once as long as its file stays the same.

    As plain JSON: nbformat takes ten times as long, most of it for outputs, and every command
    reads all chapters before it can tell that nothing changed. Sources become one text each.

    Raises
    ------
    ChapterError
        If it is no notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
    except (ValueError, KeyError, TypeError):
        raise ChapterError(f"{paths.shown(path)} is not a notebook that can be read. "
                           f"Restore it: git checkout {paths.shown(path)}") from None
    return notebook


def parameters_cell(notebook: dict) -> dict:
    """The one cell tagged ``parameters``.

    Raises
    ------
    ChapterError
        If there is none or more than one: papermill injects after the first only, and a second
        one would put the defaults back without a word.
    """
    tagged = [cell for cell in notebook["cells"]
              if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        raise ChapterError(f"Expected one cell tagged `parameters`, found {len(tagged)}.")
    return tagged[0]


def declared_parameters(notebook) -> dict:
    """Names and default values in the parameters cell, in order; literals only.

    Raises
    ------
    ChapterError
        If the cell computes something: papermill injects new values after it, so anything
        derived there would keep its old value.
    """
    declared = {}
    for node in ast.parse(parameters_cell(notebook)["source"]).body:
        try:
            if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                raise ValueError
            declared[node.targets[0].id] = ast.literal_eval(node.value)
        except (ValueError, AttributeError):
            raise ChapterError(
                f"Parameters cell, line {node.lineno}: only `name = literal` may stand there. "
                f"Derive other values in a later cell."
            ) from None
    return declared


def declared_data(notebook) -> list[str]:
    """Tables a chapter reads: the literal names in its calls of ``datasets.load``.

    Raises
    ------
    ChapterError
        If a name is not a literal, since then nobody could tell what the chapter rests on.
    """
    found = set()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            found |= _tables_read(cell["source"])
    return sorted(found)


@lru_cache(maxsize=4096)
def _tables_read(source: str) -> frozenset[str]:
    """Tables that a cell loads; a cell that does not name the function is not parsed."""
    found = set()
    if "datasets" in source and "load" in source:
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(func=ast.Attribute(attr="load", value=ast.Name(id="datasets"))):
                    if len(node.args) != 1 or not isinstance(node.args[0], ast.Constant):
                        raise ChapterError(f"`{ast.unparse(node)}`: name the table in quotes.")
                    found.add(node.args[0].value)
    return frozenset(found)


def resolve(notebook, overrides: dict) -> dict:
    """Values of a chapter's own parameters: defaults merged with those overrides it declares."""
    values = {
        name: overrides.get(name, default)
        for name, default in declared_parameters(notebook).items()
    }
    return parameters.validate(values)


def _sha256(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


@lru_cache(maxsize=1)
def _surroundings() -> dict:
    """Parts of the key that all chapters share."""
    helpers = paths.ROOT / "src" / "helpers"
    files = sorted(file for file in helpers.glob("*.py"))
    files += sorted(file for folder in helpers.iterdir()
                    if folder.is_dir() and folder.name not in ("pipeline", "__pycache__")
                    for file in folder.rglob("*.py"))
    return {
        "helpers": {str(file.relative_to(helpers)): _sha256(file.read_bytes()) for file in files},
        "lock": _sha256((paths.ROOT / "requirements.txt").read_bytes()),
        "python": platform.python_version(),
        "platform": f"{sys.platform}-{platform.machine()}",
        "version": KEY_VERSION,
    }


def components(notebook, values: dict) -> dict:
    """Everything that could change the outputs of a run, by part.

    Markdown, outputs and display tags are left out: changing prose runs nothing again.
    """
    code = [
        [cell["source"], sorted(KEPT_TAGS & set(cell["metadata"].get("tags", [])))]
        for cell in notebook["cells"] if cell["cell_type"] == "code"
    ]
    data = {name: datasets.sha256(datasets.locate(name)) for name in declared_data(notebook)}
    return {
        "code": _sha256(json.dumps(code)),
        "parameters": values,
        "data": data,
        "descriptor": _sha256(json.dumps([datasets.describe(name) for name in data])),
        **_surroundings(),
    }


def key(parts: dict) -> str:
    """Key of a run: SHA-256 of its components in canonical form."""
    return _sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True))


def folder(run_key: str) -> Path:
    """Where a run of this key is published."""
    return paths.build_folder() / "runs" / run_key[:32]


@contextmanager
def lock(path: Path | None = None, wait=lambda: None):
    """Let one process at a time into a part of the build folder.

    The lock belongs to the process: whoever is killed while holding it gives it back.

    Parameters
    ----------
    path : Path, optional
        File that stands for the part; by default that of the folders that are swapped.
    wait : callable
        Called if another process has to be waited for.
    """
    path = path or paths.build_folder() / ".lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                wait()
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def publish(files: dict[str, bytes], run_key: str, record: dict) -> Path:
    """Write a finished run aside, mark it, and move it into place.

    The marker holds the hash of every file, so that `published` can tell a whole run; it is
    written last. A run of the same key replaces the older one.

    Parameters
    ----------
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
    aside = paths.build_folder() / "runs" / ".incoming" / uuid.uuid4().hex
    new, stale = aside / "new", aside / "stale"
    new.mkdir(parents=True)
    try:
        for name, content in files.items():
            (new / name).write_bytes(content)
        hashes = {name: _sha256(content) for name, content in files.items()}
        (new / MARKER).write_text(json.dumps({**record, "key": run_key, "files": hashes}, indent=1))
        target = folder(run_key)
        with lock():
            if target.exists():
                os.rename(target, stale)
            os.rename(new, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def tidy() -> None:
    """Remove what writers that were killed have left; a day later nobody is still writing it."""
    for aside in (paths.build_folder() / "runs" / ".incoming").glob("*"):
        with suppress(OSError):  # its writer was alive after all
            if time.time() - aside.stat().st_mtime > 86_400:
                shutil.rmtree(aside)


def published(run_key: str) -> dict | None:
    """Marker of a published run if every file of it verifies, else None."""
    path = folder(run_key)
    try:
        with os.scandir(path) as found:
            state = [(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in found]
    except OSError:
        return None
    return _verified(path, tuple(sorted(state)))


@lru_cache(maxsize=4096)
def _verified(path: Path, _state: tuple) -> dict | None:
    """Marker of a whole run, read once as long as no file of it changed."""
    try:
        record = json.loads((path / MARKER).read_text())
        whole = all(
            _sha256((path / name).read_bytes()) == digest
            for name, digest in record["files"].items()
        )
    except (OSError, ValueError, KeyError):
        return None
    return record if whole and record.get("status") == "ok" else None


def nearest(chapter: str, parts: dict) -> dict | None:
    """Marker of the whole run of a chapter whose key differs least, of equals the newest.

    Not simply the newest: after another edition its parameters would be named as well.
    """
    found = []
    for file in (paths.build_folder() / "runs").glob(f"*/{MARKER}"):
        record = json.loads(file.read_text())
        if record.get("chapter") == chapter:
            apart = len(differences(record["components"], parts))
            found.append((apart, -file.stat().st_mtime, record))
    found.sort(key=lambda each: each[:2])
    return next((record for _, _, record in found if published(record["key"]) is not None), None)


def differences(old: dict, new: dict, place: str = "") -> list[str]:
    """Which components of a key differ, in words; one line each."""
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
        elif place == "parameters" or name in ("python", "platform", "version"):
            lines.append(f"{where}: {before!r} -> {after!r}")
        else:
            lines.append(f"{where}: changed")
    return lines


def why(chapter: str, overrides: dict) -> list[str]:
    """Why a chapter would run again: the parts of its key that changed; empty if it would not."""
    notebook = read_chapter(chapter)
    parts = components(notebook, resolve(notebook, overrides))
    if published(key(parts)) is not None:
        return []
    record = nearest(chapter, parts)
    if record is None:
        return ["it has never run here"]
    return differences(record["components"], parts) or ["its run was removed or damaged"]
