"""``book review``: what would become the reference, or what a change made of it."""

from pathlib import Path

import click

from helpers.pipeline.cli import options, reviewing


@click.command("review")
@click.argument("chosen", nargs=-1, metavar="[CHAPTER]...", shell_complete=options.chapter_names)
@click.option("--against", metavar="REVISION",
              help="Compare what is committed with another revision of git; nothing is run.")
@click.option("--page", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write it as one page of HTML, with figures old and new.")
@click.option("--comment", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write it in short, as Markdown for a comment on a proposed change.")
@options.RUNNING
@options.QUIET
@click.pass_obj
def command(project, chosen, against, page, comment, jobs, cluster, stock_kernels, quiet):
    """Show what `book accept` would write, in groups; the reference stays as it is.

    Exit code 1 if something waits to be accepted. With --against REVISION it is what a change has
    accepted already: notebooks and tables of that revision against those that are here.
    """
    with options.refusals():
        from helpers import files
        from helpers.pipeline import chapters
        from helpers.pipeline.review import against as against_revision
        from helpers.pipeline.review import groups, pages, text

        refused, waiting = [], []
        if against:
            names = [chapters.find(project, name) for name in chosen]
            found = groups.of(against_revision.found(project, against, names))
            title = f"What moved since {against}"
        else:
            _, pending, refused = reviewing.worked_out(
                project, chosen, None, (jobs, cluster, stock_kernels), quiet)
            found, waiting = groups.of(pending.found), pending.waiting
            title = "What waits to be accepted"
        wanted = {page: pages.page(title, found, refused) if page else "",
                  comment: text.comment(found) if comment else ""}
        files.replace({file.absolute(): content.encode()
                       for file, content in wanted.items() if file})
    if not quiet:
        for line in [*(text.in_lines(found) or ["No result moved."]), *refused,
                     *([reviewing.waiting_line(waiting)] if waiting else []),
                     *(f"written: {file}" for file in wanted if file)]:
            click.echo(line)
    if refused or waiting or found and not against:
        raise SystemExit(1)
