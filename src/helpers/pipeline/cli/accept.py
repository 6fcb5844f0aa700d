"""``book accept``: make new outputs the reference."""

import click

from helpers.pipeline.cli import options
from helpers.pipeline.cli.progress import Progress


@click.command("accept")
@click.argument("chosen", nargs=-1, metavar="[CHAPTER]...", shell_complete=options.chapter_names)
@options.ASSUMPTIONS
@options.RUNNING
@options.QUIET
@click.pass_obj
def command(project, chosen, assigned, own_data, jobs, cluster, stock_kernels, quiet):
    """Make new outputs the reference, showing which results moved.

    In one go, in the right order: hashes of edited tables, outputs of the CHAPTERs (default: all),
    the tables of what the shipped scenarios give, and the chapters that read those. If anything
    fails, or a chapter breaks a rule (`book check CHAPTER`), nothing is written.
    """
    if assigned:
        raise options.Usage("The reference is the baseline: accept takes no --set.")
    with options.refusals():
        from helpers.pipeline import accept, chapters

        place = options.placed(project, own_data, quiet)
        names = [chapters.find(project, name) for name in chosen] or chapters.names(project)
        with Progress(len(names), quiet) as progress:
            pending = accept.prepare(place, names, options.how(jobs, cluster, stock_kernels),
                                     report=progress.report, step=progress.step)
        accept.write(pending)
    if quiet:
        return
    for line in pending.moved or ["No result moved."]:
        click.echo(line)
    for file in sorted(pending.contents):
        click.echo(f"written: {project.shown(file)}")
