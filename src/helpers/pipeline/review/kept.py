"""What waits to be accepted, kept beside the reference in ``_build/pending/``.

Each notebook there is what the committed one would become. Whoever comes back to it later does not
run again what was run: the keys are kept with it, and a run of the same key is in the store.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers import files
from helpers.project import Project

KEYS = "keys.json"


def folder(project: Project) -> Path:
    """Where pending outputs are kept."""
    return project.build / "pending"


def keys(project: Project) -> dict[str, str]:
    """Key of the run of each chapter that was looked at and neither accepted nor rejected since."""
    try:
        found = json.loads((folder(project) / KEYS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(project: Project, run_keys: Mapping[str, str], notebooks: Mapping[str, bytes]) -> None:
    """Keep what waits.

    Parameters
    ----------
    project : Project
    run_keys : mapping
        Of every chapter that was run.
    notebooks : mapping
        Content of the notebook of each chapter that would change.
    """
    place = folder(project)
    files.replace({
        **{place / f"{name}.ipynb": notebooks.get(name) for name in run_keys},
        place / KEYS: _json({**keys(project), **run_keys})})


def drop(project: Project, names: Iterable[str]) -> None:
    """Forget chapters that were accepted or rejected: they run again when they are asked for."""
    place, left = folder(project), keys(project)
    gone = {place / f"{name}.ipynb": None for name in names if left.pop(name, None)}
    if gone:
        files.replace({**gone, place / KEYS: _json(left) if left else None})


def _json(found: dict) -> bytes:
    return (json.dumps(found, indent=1, sort_keys=True) + "\n").encode()
