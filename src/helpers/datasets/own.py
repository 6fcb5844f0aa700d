"""A reader's own tables: refused before anything runs if they are not what would be read."""

from itertools import islice
from pathlib import Path

from helpers import words
from helpers.datasets.places import locate, replaced
from helpers.datasets.schema import DataError, describe, names
from helpers.datasets.tables import load
from helpers.project import Project

MOST_FILES = 10_000  # of a folder that was meant otherwise, such as a home


def check_own(project: Project) -> list[str]:
    """Refuse own data of which nothing would be read; name what is left over.

    Returns
    -------
    list of str
        One line for each file in the folder that is no table of the book.

    Raises
    ------
    DataError
        If no file has the name of a table, one is meant as a table and would not be read, or one
        breaks its description.
    """
    own = project.own_data
    if own is None:
        return []
    if own.is_relative_to(project.data):
        raise DataError(f"{own} lies in data/, where the shipped tables are. Move your own tables "
                        f"to a folder elsewhere.")
    used = replaced(project)
    read = {locate(name, project) for name in used}
    paths = [Path(describe(name, project)["path"]) for name in names(project)]
    unread = sorted(file for file in islice(own.rglob("*"), MOST_FILES)
                    if not (file.is_dir() and not file.suffix) and file not in read
                    and not file.name.startswith("."))
    for file in unread:
        meant = next((path for path in paths if _is_meant(file, path)), None)
        if meant and meant.stem not in used:
            raise DataError(f"{file} would not be read. {_cure(file, own, meant)}")
    lines = [f"{file.relative_to(own)} is not read: no table has this name.{_hint(file, paths)}"
             for file in unread if not file.is_dir()]
    if not used:
        found = lines[0] if lines else "It is empty."
        raise DataError(f"{own}: no file there is a table of the book, so nothing would change. "
                        f"{found} Names are those in data/, such as {paths[0]} or {paths[0].name}.")
    for name in used:
        load(name, project)
    return lines


def _is_meant(file: Path, table: Path) -> bool:
    """Whether a file that is not read was meant as a table: its name but for case and ending."""
    return file.stem.lower() == table.stem.lower()


def _cure(file: Path, own: Path, table: Path) -> str:
    if file.suffix.lower() not in (".csv", ""):
        return f"Save it as CSV (UTF-8) under the name {table.name}."
    if file.name != table.name:
        return f"Rename it: {table.name}."
    return f"Move it to {own / table.name}."


def _hint(file: Path, paths: list[Path]) -> str:
    nearest = words.nearest(file.name, [path.name for path in paths], cutoff=0.6)
    return f" Nearest name: {nearest}." if nearest else ""


def lacking(project: Project) -> list[str]:
    """Rows and cells that the shipped tables have and a reader's own copies lack, in words.

    A chapter that needs one of them fails with the error of whatever looked for it; this says the
    same in the words of the data.
    """
    lines = []
    shipped = project.with_own_data(None)
    for name in replaced(project):
        key = describe(name, project)["schema"].get("primaryKey")
        if not key:
            continue
        key = [key] if isinstance(key, str) else list(key)
        theirs, ours = load(name, project).set_index(key), load(name, shipped).set_index(key)
        gone = [_row_name(row) for row in ours.index if row not in theirs.index]
        if gone:
            lines.append(f"your {name} has no row {', '.join(gone[:5])}"
                         + (f" and {len(gone) - 5} more" if len(gone) > 5 else ""))
        both = [row for row in ours.index if row in theirs.index]
        for column in ours.columns:
            emptied = theirs.loc[both, column].isna() & ours.loc[both, column].notna()
            lines += [f"your {name}, row {_row_name(row)}: {column} is empty"
                      for row in emptied[emptied].index[:5]]
    return lines


def _row_name(row) -> str:
    return " / ".join(map(str, row)) if isinstance(row, tuple) else str(row)
