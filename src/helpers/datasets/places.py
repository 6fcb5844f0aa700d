"""Where a table is read from: the reader's own copy where there is one, else the shipped one."""

import os
import stat
from pathlib import Path

from helpers.datasets.schema import DataError, describe, names
from helpers.project import Project

NO_FILE = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"),
           (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"))


def locate(name: str, project: Project | None = None) -> Path:
    """File a table is read from.

    Raises
    ------
    DataError
        If the reader's folder has the table twice, or something under its name that is no file:
        it must not be passed over, as if there were none.
    """
    project = project or Project.current()
    relative = Path(describe(name, project)["path"])
    if project.own_data is None:
        return project.data / relative
    found = [own for own in dict.fromkeys((project.own_data / relative,
                                           project.own_data / relative.name))
             if os.path.lexists(own)]
    if len(found) == 2:
        raise DataError(f"{found[0]} and {found[1]} are both the table {name!r}. Keep one.")
    if not found:
        return project.data / relative
    what = kind_of_file(found[0])
    if what:
        raise DataError(f"{found[0]} is {what}, no file. Put the table {name!r} itself there.")
    return found[0]


def kind_of_file(path: Path) -> str:
    """What stands under a path if it is no file with content; empty if it is one."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return "a link that leads nowhere"
    return next((what for is_so, what in NO_FILE if is_so(mode)), "")


def replaced(project: Project | None = None) -> list[str]:
    """Names of the tables that come from a reader's own folder instead of the shipped data."""
    project = project or Project.current()
    if project.own_data is None:
        return []
    return [name for name in names(project)
            if locate(name, project) != project.data / describe(name, project)["path"]]
