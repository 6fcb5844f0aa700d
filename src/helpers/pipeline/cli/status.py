"""``book status``: how things stand."""

import json
import platform
import sys
from dataclasses import asdict

import click

from helpers import words
from helpers.pipeline.cli import options

FEW = 5  # lines of one kind that are named; --json has all
CAUSES = 2


@click.command("status")
@options.JSON
@click.pass_obj
def command(project, as_json):
    """Say how things stand: version, packages, what would run and why, store, editions."""
    from importlib import metadata

    from helpers.project import DISTRIBUTION

    with options.refusals():
        from helpers.pipeline import check, status

        found, notes = status.of(project), check.notes(project)
        tables = check.tables(project, [])
    facts = {
        "version": metadata.version(DISTRIBUTION), "python": platform.python_version(),
        "platform": f"{sys.platform}-{platform.machine()}", "place": str(project.root),
        "build": str(project.build)}
    if as_json:
        click.echo(json.dumps({**facts, **asdict(found), "tables": tables, "notes": notes}))
        return
    click.echo(f"book {facts['version']}, Python {facts['python']}, {facts['platform']}")
    click.echo(f"Place: {facts['place']}" + (
        "" if project.build == project.root / "_build" else f", built in {facts['build']}"))
    if project.own_data:
        click.echo(f"Own data: {project.own_data} (variable BOOK_DATA)")
    _say("Packages", found.packages, "as in the lock file",
         "other than in the lock file; type: make setup")
    _say("Chapters", [f"{chapter}: {'; '.join(_shortened(lines, CAUSES))}"
                      for chapter, lines in found.waiting.items()],
         f"all {found.chapters} are in the store",
         f"of {found.chapters} would run")
    click.echo(f"Store: {words.plural(found.runs, 'run')}, {found.run_bytes / 1e6:.1f} MB")
    for each in found.editions:
        click.echo(f"Edition {each.name}: " + (
            "up to date" if each.current else f"out of date. Type: {each.command}"
            if not each.reason else f"cannot be made again: {each.reason}"))
    if not found.editions:
        click.echo("Editions: none is built. Type: book build")
    for line in _shortened([*tables, *notes], 2 * FEW):
        click.echo(f"Note: {line}")


def _say(what: str, lines: list[str], nothing: str, heading: str) -> None:
    click.echo(f"{what}: {f'{len(lines)} {heading}' if lines else nothing}")
    for line in _shortened(lines, FEW):
        click.echo(f"  {line}")


def _shortened(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[:most], f"and {len(lines) - most} more"]
