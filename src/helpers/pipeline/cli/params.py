"""``book params``: what can be set."""

import json
import sys

import click

from helpers import parameters
from helpers.pipeline.cli import options


@click.command("params")
@options.JSON
@click.pass_obj
def command(project, as_json):
    """List every parameter: default, what it may be, what it means, which chapters read it."""
    if as_json:
        click.echo(json.dumps(parameters.Parameters.model_json_schema(), indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    from helpers import words
    from helpers.pipeline import chapters

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "default", "allowed", "meaning", "read by"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "name")
    with options.refusals():
        read = {name: chapters.read(project, name).parameters for name in chapters.names(project)}
    defaults = parameters.defaults()
    for name in parameters.names():
        unit = parameters.unit(name)
        table.add_row(
            name, str(defaults[name]), parameters.allowed(name),
            parameters.meaning(name) + ("" if unit == "-" else f" [{unit}]").replace("[", r"\["),
            " ".join(words.chapter_number(chapter) for chapter in read if name in read[chapter]),
        )
    Console(width=None if sys.stdout.isatty() else 140).print(table)
