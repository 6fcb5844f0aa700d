"""Rules for what stands beside the chapters: tables, scenarios, and what is yet to be done."""

import json
from collections.abc import Iterable

from helpers import datasets, parameters, words
from helpers.pipeline import chapters, edition, scenario_table
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.parts import TO_WRITE, prose_of
from helpers.project import Project

FEW = 5  # names that one line lists


def tables(project: Project, names: Iterable[str]) -> list[str]:
    """Faults of tables that chapters read or that changed, and CSV files that nobody can read."""
    found, altered = [], datasets.changed(project)
    read = {table for name in names for table in _readable_tables(chapters.read(project, name))}
    for table in sorted(read & set(datasets.names(project)) | set(altered)):
        shown = project.shown(project.data / datasets.describe(table, project)["path"])
        try:
            datasets.load(table, project.with_own_data(None))
        except datasets.DataError as error:
            found.append(str(error))
            continue
        if table in altered:
            found.append(f"{shown} is not what was accepted. Look at it (git diff {shown}), then "
                         f"type: book accept")
    return found + [f"data/{path} is not described, so no chapter can read it. "
                    f"Type: book new table data/{path}" for path in datasets.undescribed(project)]


def _readable_tables(chapter: Chapter) -> tuple[str, ...]:
    """Tables of a chapter; nothing where the chapter cannot be read, which `written` says."""
    try:
        return chapter.tables
    except (chapters.ChapterError, SyntaxError):
        return ()


def notes(project: Project) -> list[str]:
    """What is no fault and yet to be done: results to make, tables to read, texts to write."""
    found = []
    for name in scenario_table.unlisted(project):
        try:
            edition.resolve(project, name)
        except parameters.ParameterError as error:
            found.append(f"scenarios/{error}")
        else:
            found.append(f"scenarios/{name}.toml is not in the tables of scenarios yet. "
                         f"Type: book accept")
    found += [f"scenarios/{file.name} has texts marked {TO_WRITE!r}."
              for file in sorted(project.scenarios.glob("*.toml"))
              if TO_WRITE.encode() in file.read_bytes()]
    described = project.shown(project.data_package)
    listed = [chapters.read(project, name) for name in chapters.names(project)]
    read = {table for chapter in listed for table in _readable_tables(chapter)}
    unread = [name for name in datasets.names(project) if name not in read
              and not datasets.describe(name, project).get("for_pages")]
    if unread:
        more = [f"{len(unread) - FEW} more"] if len(unread) > FEW else []
        found.append(f"No chapter reads {words.in_words([*unread[:FEW], *more])} yet.")
    used = {name for chapter in listed for name in chapter.parameters}
    idle = [name for name in parameters.names() if name not in used]
    if idle and listed:
        more = [f"{len(idle) - FEW} more"] if len(idle) > FEW else []
        found.append(f"No chapter reads the parameter {words.in_words([*idle[:FEW], *more])} yet.")
    found += [f"{described}: the table {resource['name']} has texts marked {TO_WRITE!r}."
              for resource in datasets.package(project)["resources"]
              if TO_WRITE in json.dumps(resource)]
    return found + [f"chapters/{chapter.path.name} has texts marked {TO_WRITE!r}."
                    for chapter in listed
                    if any(TO_WRITE in text for text in prose_of(chapter))]
