"""``book effects``: which parameter moves a result most."""

import json

import click

from helpers.pipeline.cli import options
from helpers.pipeline.cli.progress import Progress


@click.command("effects")
@options.CHAPTER
@click.argument("result", required=False)
@options.ASSUMPTIONS
@options.RUNNING
@options.JSON
@click.pass_obj
def command(project, chapter, result, assigned, own_data, jobs, cluster, stock_kernels, as_json):
    """Say which parameter moves RESULT of CHAPTER most: each goes through its range alone.

    Without RESULT it lists what the chapter records.
    """
    with options.refusals():
        from helpers.pipeline import chapters, edition, effects

        place = options.placed(project, own_data, as_json)
        given = edition.resolve(place, assignments=assigned).overrides
        found = chapters.read(project, chapter)
        if result is None:
            from helpers import results

            for entry in results.entries(found.notebook):
                if entry["type"] == "result":
                    click.echo(f"{entry['name']}: {entry['label']}: {entry['text']}")
            return
        total = 1 + sum(len(effects.settings(name)) for name in found.parameters)
        with Progress(total, as_json) as progress:
            ranked = effects.measure(place, found.name, result,
                                     options.how(jobs, cluster, stock_kernels), given,
                                     report=progress.report)
    if as_json:
        click.echo(json.dumps({"status": "ok", "chapter": found.name, "result": result, "effects": [
            {"parameter": each.parameter, "spread": each.spread, "moves": each.moves,
             "values": {value: record and record["value"] for value, record, _ in each.found}}
            for each in ranked]}))
        return
    for line in effects.in_lines(ranked):
        click.echo(line)
