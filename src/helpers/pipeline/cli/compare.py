"""``book compare``: what differs between two editions."""

import json

import click

from helpers.pipeline.cli import options
from helpers.pipeline.cli.progress import Progress


@click.command("compare")
@click.argument("a", shell_complete=options.scenario_names)
@click.argument("b", required=False, shell_complete=options.scenario_names)
@options.ASSUMPTIONS
@options.RUNNING
@options.JSON
@click.pass_obj
def command(project, a, b, assigned, own_data, jobs, cluster, stock_kernels, as_json):
    """Show what differs between the editions A and B: results, sentences, figures.

    A and B are scenarios or names of editions built before; chapters are run where needed. --set
    and --data are changes of B, which is A where only one is given: `book compare baseline --data
    FOLDER` shows what your own tables move.
    """
    with options.refusals():
        from helpers.pipeline import building, chapters, compare, edition

        changed = bool(assigned) or own_data is not None
        if b is None and not changed:
            raise options.Usage("Give a second edition, or --set or --data that change the first.")
        first = edition.find(project, a)
        place = options.placed(project, own_data, as_json)
        second = edition.find(place, b or a, assigned)
        with Progress(len(chapters.names(project)) * 2, as_json) as progress:
            runs = [each.run(options.how(jobs, cluster, stock_kernels), report=progress.report)
                    for each in (first, second)]
        found = compare.compare(*map(building.folders, runs))
    if as_json:
        rows = {"results": found.changed, "sentences": found.sentences, "only": found.only,
                "figures": [{"chapter": f["chapter"], "name": f["name"]} for f in found.figures]}
        click.echo(json.dumps({"status": "ok", "a": first.name, "b": second.name,
                               "same": found.same, **rows}))
        return
    for line in compare.in_lines(found):
        click.echo(line)
