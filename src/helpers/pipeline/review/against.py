"""What a change made of the reference: the committed notebooks and tables of two revisions."""

import itertools
from collections.abc import Collection

from helpers.pipeline import chapters, differences, plan
from helpers.pipeline.differences import Difference
from helpers.pipeline.review import beside, causes, revision
from helpers.project import Project

GONE = {"cells": []}


def found(project: Project, name: str, only: Collection[str] = ()) -> list[tuple[str, Difference]]:
    """Everything that differs from another revision, each with its cause; nothing is run.

    Parameters
    ----------
    project : Project
        As it is now.
    name : str
        The other revision, as git takes it.
    only : collection of str
        Chapters that are wanted; by default all, and the tables.

    Raises
    ------
    revision.RevisionError
    """
    with revision.at(project, name) as old:
        before, after = (_notebooks(book) for book in (old, project))
        wanted = [each for each in {**before, **after} if not only or each in only]
        apart = {each: differences.between(each, before.get(each, GONE), after.get(each, GONE))
                 for each in wanted}
        why = {each: _cause(project, old, each, each in before, each in after)
               for each, list_of in apart.items() if list_of}
        rows = [] if only else beside.of_scenarios(
            *map(beside.scenario_texts, (old, project)), itertools.chain(*apart.values()))
        tables = [] if only else beside.of_tables(project, old)
    return [*((why[each.chapter], each) for list_of in apart.values() for each in list_of),
            *((cause or why.get(each.chapter, causes.OF_SCENARIOS), each) for cause, each in rows),
            *tables]


def _notebooks(project: Project) -> dict[str, dict]:
    return {file.stem: chapters.read(project, file.stem).notebook
            for file in sorted(project.chapters.glob("*.ipynb"))}


def _cause(project: Project, old: Project, chapter: str, was: bool, now: bool) -> str:
    if not (was and now):
        return f"{'new' if now else 'removed'} chapter {chapter}"
    parts = causes.parts_at(old, chapter)
    return causes.between(chapter, parts, plan.make(project, chapter, {}).parts
                          ) if parts else causes.UNKNOWN
