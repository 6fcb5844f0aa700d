"""Where things are; the only module that knows.

Chapters run from Jupyter, papermill, nbval and the book build, each with another working
directory. Absolute paths derived from this file remove that whole family of errors.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ROOT / "chapters"
DATA = ROOT / "data"
DATA_PACKAGE = DATA / "datapackage.json"
SCENARIOS = ROOT / "scenarios"
VENDOR = ROOT / "vendor"
FONTS = VENDOR / "fonts"
CONFIG = ROOT / "_config.yml"
CONTENTS = ROOT / "_toc.yml"


def build_folder() -> Path:
    """Folder of everything built: ``_build``, or the variable ``BOOK_BUILD`` (used by tests)."""
    return Path(os.environ.get("BOOK_BUILD") or ROOT / "_build").resolve()


def own_data_folder() -> Path | None:
    """Folder of a user's own data (variable ``BOOK_DATA``), or None for the shipped data."""
    folder = os.environ.get("BOOK_DATA")
    return Path(folder).resolve() if folder else None


def shown(path: Path) -> str:
    """Path as messages print it: relative to the project where it lies inside."""
    path = Path(path)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
