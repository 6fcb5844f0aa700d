"""``book publish``: the book with its panel, for any static host."""

import json
from pathlib import Path

import click

from helpers.pipeline.cli import options
from helpers.pipeline.cli.progress import Progress

MOST_LINES = 10  # of what was left out; a file of the site has all


@click.command("publish")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--size", type=float, default=60, show_default=True, metavar="MB",
              help="Room for stored answers; what has none is left out and listed.")
@click.option("--editions", "names", default="all", show_default=True, metavar="all|none|A,B",
              help="Shipped editions to publish beside the baseline.")
@click.option("--turns", is_flag=True,
              help="Sweep every parameter of every chapter as well; takes many runs, once.")
@click.option("--dry-run", is_flag=True, help="Show the plan, write and run nothing.")
@options.RUNNING
@options.JSON
@options.QUIET
@click.pass_obj
def command(project, folder, size, names, turns, dry_run, jobs, cluster, stock_kernels, as_json,
            quiet):
    """Write the book for a static host into FOLDER, which is new, empty or of an earlier publish.

    The pages of the baseline get the panel, with answers stored for each parameter alone at some
    values; every shipped edition lies beside them. It also opens from the file system.
    """
    silent = quiet or as_json
    with options.refusals():
        from helpers.pipeline.live import publish

        place = project.with_own_data(None)
        request = publish.Request(place, folder.expanduser().resolve(), size,
                                  publish.chosen(place, names), turns)
        publish.check(request)
        told = publish.counts(request)
        if dry_run:
            click.echo(json.dumps({"status": "planned", **told}) if as_json else (
                f"{told['answers']} answers, {told['editions']} editions beside the baseline: "
                f"{told['runs']} runs, {told['cached']} in the store, {told['to_run']} to run; "
                f"{told['to_build']} sets of pages to build"))
            return
        with Progress(told["to_run"], silent) as progress:
            found = publish.publish(  # hundreds of lines would say what is in the store
                request, options.how(jobs, cluster, stock_kernels), step=progress.step,
                report=lambda run: None if run.cached else progress.report(run))
    if as_json:
        click.echo(json.dumps({
            "status": "ok", "path": str(found.folder), "pages": found.pages,
            "answers": found.answers, "turns": found.turns, "stored_bytes": found.stored_bytes,
            "bytes": found.bytes, "left_out": found.left_out}))
    elif not quiet:
        for line in _lines(found, size):
            click.echo(line)


def _lines(found, size: float) -> list[str]:
    lines = [f"{each['chapter']} {each.get('address') or each['turns']}: {each['why']}"
             for each in found.left_out]
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [f"and {len(lines) - MOST_LINES:,} more: live/left-out.json"]
    if lines:
        lines.insert(0, f"Left out, with --size {size:g}:")
    return [*lines, f"{found.pages} pages, {found.answers} answers and {found.turns} sweeps "
            f"({found.stored_bytes / 1e6:.1f} MB), {found.bytes / 1e6:.1f} MB in all:",
            (found.folder / "index.html").as_uri()]
