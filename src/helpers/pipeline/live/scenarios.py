"""A scenario that a reader saves from a page: a new file, never in the place of another."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from helpers import parameters
from helpers.pipeline import new
from helpers.project import Project

PARTS = {"name": str, "title": str, "why": str, "values": dict}


def save(project: Project, told: Mapping) -> Path:
    """Write the file of a scenario, as `book new scenario` does.

    Parameters
    ----------
    project : Project
    told : mapping
        ``name``, ``title``, ``why`` and ``values`` (literals by name), as a page sends them.

    Raises
    ------
    new.NewError
        If its name is taken or none, or there is already such a file.
    parameters.ParameterError
        If a text or a value cannot be taken.
    """
    lacking = [part for part, kind in PARTS.items() if not isinstance(told.get(part), kind)]
    if lacking or set(told) - set(PARTS):
        raise new.NewError(f"Expected {', '.join(PARTS)}; got {', '.join(map(str, told)) or '-'}.")
    values = read(told["values"])
    if not values:
        raise new.NewError("Nothing differs from the baseline; set a value first.")
    made = new.scenario(project, told["name"], values, title=told["title"].strip(),
                        why=told["why"].strip())
    [(file, content)] = made.contents.items()
    with tempfile.TemporaryDirectory(dir=project.scenarios, prefix=".") as folder:
        aside = Path(folder, file.name)
        aside.write_bytes(content)
        parameters.read_scenario(aside)
        try:
            os.link(aside, file)  # unlike a renaming it never replaces
        except FileExistsError:
            raise new.NewError(f"{project.shown(file)} is there already.") from None
    return file


def read(values: Mapping) -> dict:
    """Validated values that differ from the baseline, from literals or from what JSON holds.

    Raises
    ------
    parameters.ParameterError
        If a name or value cannot be taken.
    """
    standard = parameters.defaults()
    typed = parameters.parse_all(
        f"{name}={value if isinstance(value, str) else parameters.literal(value)}"
        for name, value in values.items())
    parameters.validate(typed)
    return {name: value for name, value in typed.items() if value != standard[name]}
