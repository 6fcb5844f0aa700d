"""Under which assumptions a chapter is looked at: the shipped scenarios, and a walk.

The walk is a file of steps, each of which changes what it names and keeps what those before it
changed. So a few steps take many parameters far from the baseline together, and yet what moves at
a step that changes one parameter of a chapter is the doing of that parameter.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from helpers import parameters
from helpers.parameters import BASELINE
from helpers.pipeline import chapters, edition, plan
from helpers.pipeline.plan import Plan
from helpers.project import Project


class WalkError(ValueError):
    """A walk that cannot be gone. One line."""


@dataclass(frozen=True)
class Case:
    """One chapter under one set of assumptions.

    Attributes
    ----------
    kind : str
        ``baseline``, ``scenarios`` or ``walk``.
    name : str
        Of the scenario; of a step, what it sets of the chapter's parameters.
    plan : Plan
    moved : tuple of str
        Parameters of the chapter that differ from the case it is held against: the baseline for
        a scenario, the step before it for a step.
    """

    kind: str
    name: str
    plan: Plan
    moved: tuple[str, ...] = ()


def folder(project: Project) -> Path:
    """Where the walk is, and what chapters say on it."""
    return project.root / "tests" / "assumptions"


def steps(project: Project) -> list[dict]:
    """Steps of the walk; none in a book without one.

    Raises
    ------
    WalkError
        If the file cannot be read or a value cannot be taken where it stands.
    """
    file = folder(project) / "walk.toml"
    if not file.is_file():
        return []
    where, gone = project.shown(file), {}
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))["step"]
        for step in found:
            gone |= step
            parameters.validate(gone)
    except parameters.ParameterError as error:
        raise WalkError(f"{where}: step {found.index(step) + 1}: {error}") from None
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise WalkError(f"{where}: expected step = [{{name = value}}, …]; got {error!r}") from None
    return found


def of_chapter(project: Project, chapter: str) -> list[Case]:
    """Every case of a chapter, the baseline first and the steps in their order.

    A scenario or step that changes none of its parameters is no case of it.
    """
    found = [Case(BASELINE, BASELINE, plan.make(project, chapter, {}))]
    start = found[0].plan.values
    for each in edition.shipped(project):
        if moved := _moved(start, each.overrides):
            planned = plan.make(project, chapter, each.overrides)
            found.append(Case("scenarios", each.scenario, planned, moved))
    before, named = start, set()
    for step in steps(project):
        if not (moved := _moved(before, step)):
            continue
        before = {**before, **{name: step[name] for name in moved}}
        name = ", ".join(f"{each} = {parameters.literal(before[each])}" for each in moved)
        while name in named:
            name += ", again"
        named.add(name)
        found.append(Case("walk", name, plan.make(project, chapter, before), moved))
    return found


def of_book(project: Project) -> dict[str, list[Case]]:
    """Cases of every chapter, in the order of the contents."""
    return {name: of_chapter(project, name) for name in chapters.names(project)}


def _moved(before: dict, changes: dict) -> tuple[str, ...]:
    """Parameters of a chapter that changes move, in the order in which it declares them."""
    return tuple(name for name, value in before.items() if changes.get(name, value) != value)
