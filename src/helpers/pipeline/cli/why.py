"""``book why``: why a chapter would run again."""

import click

from helpers.pipeline.cli import options


@click.command("why")
@options.CHAPTER
@options.ASSUMPTIONS
@click.pass_obj
def command(project, chapter, assigned, own_data):
    """Say why CHAPTER would run again: which part of its key changed."""
    with options.refusals():
        from helpers.pipeline import edition, plan, store

        place = options.placed(project, own_data)
        overrides = edition.resolve(place, assignments=assigned).overrides
        lines = store.why(project.build, plan.make(place, chapter, overrides))
    for line in lines or ["Nothing changed; it would not run again."]:
        click.echo(line)
