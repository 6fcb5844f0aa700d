"""``book sweep``: many scenarios, one table."""

import json

import click

from helpers.pipeline.cli import options
from helpers.pipeline.cli.progress import Progress

MOST_LINES = 20  # of failed runs; a file beside the results has all


@click.command("sweep")
@click.argument("names", nargs=-1, metavar="[SCENARIO]...", shell_complete=options.scenario_names)
@click.option("--grid", "axes", multiple=True, metavar="NAME=A,B,C",
              shell_complete=options.assignments,
              help="Values of one parameter; may be repeated, all combinations are run.")
@click.option("--chapters", "chosen", metavar="A,B", help="Chapters to run; default: all.")
@click.option("--name", help="Name of the folder under _build/sweeps.")
@click.option("--dry-run", is_flag=True, help="Show the plan, run nothing.")
@options.ASSUMPTIONS
@options.RUNNING
@options.JSON
@options.QUIET
@click.pass_obj
def command(project, names, axes, chosen, name, dry_run, assigned, own_data, jobs, cluster,
            stock_kernels, as_json, quiet):
    """Run many scenarios: shipped ones or files by name, all of them (`scenarios`), or a --grid.

    --set holds for every one of them. What is finished is not run again.
    """
    silent = quiet or as_json
    with options.refusals():
        from helpers import parameters
        from helpers.pipeline import chapters, sweep

        place = options.placed(project, own_data, silent)
        if bool(names) == bool(axes):
            raise options.Usage("Give either scenarios (`scenarios` for all) or --grid "
                                "name=a,b,c.")
        fixed = parameters.parse_all(assigned)
        scenarios = sweep.named(project, names) if names else sweep.grid(axes)
        both = [name for name in fixed if axes and any(name in each for each in scenarios.values())]
        if both:
            raise options.Usage(f"{both[0]} is given by --grid and by --set. Give it once.")
        scenarios = {label: parameters.validate({**values, **fixed})
                     for label, values in scenarios.items()}
        wanted = ([chapters.find(project, part.strip()) for part in chosen.split(",")]
                  if chosen else chapters.names(project))
        cells = sweep.make(place, scenarios, wanted)
        counts = sweep.counts(place, cells)
        words = (f"{len(scenarios)} scenarios, {len(wanted)} chapters: {counts['different']} "
                 f"different runs, {counts['cached']} in the store, {counts['to_run']} to run")
        if dry_run:
            click.echo(json.dumps({"status": "planned", **counts}) if as_json else words)
            return
        meant = {"scenarios": scenarios, "chapters": wanted,
                 "own_data": str(place.own_data or "")}
        called = name or sweep.name_for(project, "-".join(names) or "grid", meant)
        if sweep.meant_by(project, called) not in ({}, meant) and not silent:
            click.echo(f"Replacing another sweep of the name {called!r}.", err=True)
        with Progress(counts["different"], silent) as progress:
            progress.step(words)
            frame, failed = sweep.run(place, cells, options.how(jobs, cluster, stock_kernels),
                                      report=progress.report)
        folder = sweep.write(project, frame, failed, called, meant)
    if as_json:
        click.echo(json.dumps({"status": "failed" if failed else "ok",
                               "path": project.shown(folder), **counts, "failed": failed}))
    elif not quiet:
        click.echo(f"{len(frame):,} rows: {(folder / 'index.html').as_uri()}")
    if failed:
        lines = [f"{row['scenario']}, {row['chapter']}: {row['status']}: {row['reason']}"
                 for row in failed]
        if len(lines) > MOST_LINES:
            lines[MOST_LINES:] = [f"and {len(failed) - MOST_LINES:,} more: {folder}/failed.json"]
        raise options.Failure("\n".join(lines))
