"""Which answers a static site holds, those that readers reach most first.

A site cannot compute, so it holds what a reader most likely asks: what chapters say under every
shipped scenario, then each parameter alone at the values kept ready for it. Where not all of them
have room, every parameter keeps some: both ends of each range come before what lies between, and
chapters whose figures and sentences other pages show before those that stand for themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from helpers import parameters
from helpers.pipeline import chapters, edition, pages
from helpers.pipeline.live import address
from helpers.project import Project


@dataclass(frozen=True)
class Wanted:
    """One answer: of a chapter under some values, all of which it reads."""

    chapter: str
    overrides: dict

    @property
    def address(self) -> str:
        """The values as the name of the answer."""
        return address.of(self.overrides)


def of_book(project: Project) -> list[Wanted]:
    """Every answer that a site would hold if it had room, the most wanted first."""
    shown = [each.chapter for each in pages.all_references(project)]
    names = sorted(chapters.names(project), key=lambda name: -shown.count(name))
    scenarios = [each.overrides for each in edition.shipped(project) if not each.is_baseline]
    found: dict[tuple[str, str], Wanted] = {}

    def add(chapter: str, values: dict) -> None:
        read = chapters.read(project, chapter).parameters
        wanted = Wanted(chapter, {name: values[name] for name in values if name in read})
        if wanted.overrides:
            found.setdefault((chapter, wanted.address), wanted)

    for values in scenarios:
        for chapter in names:
            add(chapter, values)
    for chapter, values in _by_rank(project, names, scenarios):
        add(chapter, values)
    return list(found.values())


def _by_rank(project: Project, names: list[str],
             scenarios: list[dict]) -> Iterator[tuple[str, dict]]:
    """Each parameter alone: the first value of every one in every chapter, then the second, …"""
    order = {name: in_order(name, [values[name] for values in scenarios if name in values])
             for name in parameters.names()}
    for rank in range(max(map(len, order.values()))):
        for chapter in names:
            for name in chapters.read(project, chapter).parameters:
                if rank < len(order[name]) and is_alone(name, order[name][rank]):
                    yield chapter, {name: order[name][rank]}


def in_order(name: str, others: list) -> list:
    """Values of a parameter beside its default, the most telling first.

    Parameters
    ----------
    name : str
    others : list
        Values of scenarios, which are held ready as well.
    """
    standard, bounds = parameters.defaults()[name], parameters.REGISTRY.bounds(name)
    grid = parameters.REGISTRY.grid(name)
    values = [value for value in grid if value != standard]
    values += [value for value in others if value not in grid]
    if bounds is None:
        return values
    return sorted(values, key=lambda value: (value not in bounds, abs(value - standard), value))


def is_alone(name: str, value) -> bool:
    """Whether a value can be taken while every other parameter has its default."""
    try:
        parameters.validate({name: value})
    except parameters.ParameterError:
        return False
    return True
