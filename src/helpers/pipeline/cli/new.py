"""``book new``: a chapter, table or scenario from a template."""

from pathlib import Path

import click

from helpers.pipeline.cli import options
from helpers.pipeline.cli.progress import Progress


def _tables(context, _parameter, incomplete):
    """Tables that a text may become, for completion."""
    from helpers import datasets

    return options.quietly(lambda: [name for name in datasets.names(options.project_of(context))
                                    if name.startswith(incomplete)])


@click.group("new")
def command():
    """Make a chapter, a table or a scenario that keeps every rule from the first moment."""


@command.command("chapter")
@click.argument("name", metavar="NUMBER-NAME")
@click.option("--table", help="Table that it reads; default: the first.", shell_complete=_tables)
@options.RUNNING
@click.pass_obj
def chapter(project, name, table, jobs, cluster, stock_kernels):
    """Make a chapter such as 2-4-new-markets: give it its place, run it and accept it."""
    with options.refusals():
        from helpers import files
        from helpers.pipeline import accept, new

        made = new.chapter(project, name, table)
        with files.tried(made.contents), Progress(1, False) as progress:
            pending = accept.prepare(project, [name], options.how(jobs, cluster, stock_kernels),
                                     report=progress.report, step=progress.step)
            accept.write(pending)
    _say(project, made, pending.contents)


@command.command("table")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "folder", type=click.Choice(["paper", "external", "analyst", "editions"]),
              help="Folder of data/ for a file that lies elsewhere; default: external.")
@click.pass_obj
def table(project, file, folder):
    """Describe a CSV FILE in the data package, with types and key guessed from its cells."""
    with options.refusals():
        from helpers import datasets, files
        from helpers.pipeline import new

        made = new.table(project, file, folder)
        with files.tried(made.contents):
            datasets.load(made.name, project.with_own_data(None))
    _say(project, made)


@command.command("scenario")
@click.argument("name")
@click.option("--set", "assigned", multiple=True, metavar="NAME=VALUE",
              shell_complete=options.assignments, help="What it sets; may be repeated.")
@click.pass_obj
def scenario(project, name, assigned):
    """Make a scenario file with its format in comments."""
    with options.refusals():
        from helpers import files, parameters
        from helpers.pipeline import new

        values = parameters.validate(parameters.parse_all(assigned))
        made = new.scenario(project, name, values)
        files.replace(made.contents)
    _say(project, made)


def _say(project, made, more=()) -> None:
    for file in dict.fromkeys([*made.contents, *more]):
        click.echo(f"written: {project.shown(file)}")
    for line in made.remarks:
        click.echo(line)
