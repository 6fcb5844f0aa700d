"""``book build``: a whole edition."""

import json
import time

import click

from helpers.pipeline.cli import options
from helpers.pipeline.cli.progress import Progress


@click.command("build")
@click.argument("scenario", default="baseline", shell_complete=options.scenario_names)
@options.ASSUMPTIONS
@options.RUNNING
@click.option("--pdf", "as_pdf", is_flag=True,
              help="Also print the whole book into one PDF; needs Chromium.")
@click.option("--language", "others", metavar="NAME", multiple=True,
              help="Front page and questions in another language as well: zh_CN.")
@options.JSON
@options.QUIET
@click.pass_obj
def command(project, scenario, assigned, own_data, jobs, cluster, stock_kernels, as_pdf, others,
            as_json, quiet):
    """Run every chapter and build a whole edition of the book.

    Without arguments this is the baseline, in _build/html. Any other SCENARIO (its name, or the
    path of a file), --set or --data gives an edition of its own in _build/editions. With --pdf
    the whole book is printed as well, into book.pdf beside the folder of its pages.
    """
    began = time.monotonic()
    silent = quiet or as_json
    with options.refusals():
        from helpers.pipeline import building, chapters, edition, execute, pdf

        if as_pdf:
            pdf.chromium()  # before anything runs
        wanted = edition.resolve(options.placed(project, own_data, silent), scenario, assigned)
        with Progress(len(chapters.names(project)), silent) as progress:
            try:
                index, runs = building.build(
                    wanted, options.how(jobs, cluster, stock_kernels), report=progress.report,
                    step=progress.step, others=others)
                printed = pdf.write(wanted, progress.step) if as_pdf else None
            except edition.BuildError as error:
                if as_json:
                    click.echo(json.dumps({"status": "failed", "reason": str(error)}))
                raise
    if as_json:
        click.echo(json.dumps({
            "status": "ok", "path": project.shown(index), "edition": wanted.name,
            **({"pdf": project.shown(printed)} if printed else {}),
            "runs": [execute.as_json(project, run) for run in runs],
        }))
    elif not quiet:
        click.echo(f"The book is ready in {time.monotonic() - began:.0f} s. Open it:")
        click.echo(index.as_uri())
        if printed:
            click.echo(f"As one PDF: {printed.as_uri()}")
