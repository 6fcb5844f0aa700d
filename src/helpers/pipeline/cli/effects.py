"""``book effects``: which parameter moves a result most, and where one turns what is said."""

import json

import click

from helpers.pipeline.cli import options
from helpers.pipeline.cli.progress import Progress


@click.command("effects")
@options.CHAPTER
@click.argument("result", required=False)
@click.option("--turns", "turning", metavar="PARAMETER", shell_complete=options.parameter_names,
              help="Say instead where the sentences of CHAPTER turn along one parameter.")
@options.ASSUMPTIONS
@options.RUNNING
@options.JSON
@click.pass_obj
def command(project, chapter, result, turning, assigned, own_data, jobs, cluster, stock_kernels,
            as_json):
    """Say which parameter moves RESULT of CHAPTER most: each goes through its range alone.

    Without RESULT it lists what the chapter records. With --turns it says at which value of one
    parameter sentences say other words, and which words and results held at every value tried.
    """
    with options.refusals():
        from helpers.pipeline import chapters, edition, effects
        from helpers.pipeline.live import tipping

        place = options.placed(project, own_data, as_json)
        given = edition.resolve(place, assignments=assigned).overrides
        found = chapters.read(project, chapter)
        if turning is not None:
            if result is not None:
                raise options.Usage("Give either RESULT or --turns PARAMETER.")
            told = _turns(place, found.name, turning, given,
                          options.how(jobs, cluster, stock_kernels), as_json)
            click.echo(json.dumps({"status": "ok", **told}) if as_json
                       else "\n".join(tipping.in_lines(told)))
            return
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


def _turns(place, chapter, turning, given, how, silent) -> dict:
    """Where a chapter turns; how far it is, is said for each run."""
    from helpers.pipeline import execute
    from helpers.pipeline.live import tipping

    with Progress(0, silent) as progress:
        return tipping.of(place, chapter, turning, given, run=lambda plans: execute.run_many(
            place, plans, how, report=progress.report))
