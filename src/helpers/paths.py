"""Where things are; the only module that knows.

Chapters run from Jupyter, papermill, nbval and the book build, each with another working
directory. Absolute paths derived from this file remove that whole family of errors.
"""

import os
import shlex
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


class OwnDataError(ValueError):
    """A folder of own data that cannot be meant. One line."""


def own_data_folder() -> Path | None:
    """Folder of a user's own data (variable ``BOOK_DATA``), or None for the shipped data.

    Raises
    ------
    OwnDataError
        If the folder is not there, or is relative: a kernel has another working directory than
        whoever set the variable, so that it would mean another folder or none.
    """
    given = os.environ.get("BOOK_DATA")
    if not given:
        return None
    folder = Path(given)
    if not folder.is_absolute():
        raise OwnDataError(
            f"BOOK_DATA={given!r} is relative, and every kernel would look for it elsewhere. Give "
            f"it from the root: export BOOK_DATA={shlex.quote(str(folder.resolve()))}")
    if not folder.is_dir():
        raise OwnDataError(
            f"BOOK_DATA={given!r} is not a folder. Give the folder of your own tables, or take "
            "the shipped ones: unset BOOK_DATA")
    return folder.resolve()


def settle_own_data() -> None:
    """Where a command starts, and only there, a relative ``BOOK_DATA`` can be understood.

    Raises
    ------
    OwnDataError
        If the folder is not there.
    """
    if os.environ.get("BOOK_DATA"):
        os.environ["BOOK_DATA"] = os.path.abspath(os.environ["BOOK_DATA"])
        own_data_folder()


def foreign_checkout(folder: Path) -> str:
    """Why what is run here is not what lies here, in one line; empty if it is.

    The ``.venv`` of a copied checkout has the paths of the original.
    """
    for here in (folder, *folder.parents):
        if (here / "_toc.yml").is_file() and (here / "src" / "helpers").is_dir():
            if here.resolve() == ROOT:
                return ""
            return (f"This folder is the checkout {here}, but what runs is the code of {ROOT}. "
                    f"Set up this one: cd {shlex.quote(str(here))} && make setup")
    return ""


def shown(path: Path) -> str:
    """Path as messages print it: relative to the project where it lies inside."""
    path = Path(path)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
