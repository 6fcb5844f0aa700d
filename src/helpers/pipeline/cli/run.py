"""``book run``: one chapter, and what it found."""

import json
from pathlib import Path

import click

from helpers.pipeline.cli import options


@click.command("run")
@options.CHAPTER
@options.ASSUMPTIONS
@options.RUNNING
@options.JSON
@options.QUIET
@click.pass_obj
def command(project, chapter, assigned, own_data, jobs, cluster, stock_kernels, as_json, quiet):
    """Run one CHAPTER (its name, its number such as 2.3, or how it begins).

    With --set or --data it first shows what moved from the baseline, old -> new.
    """
    with options.refusals():
        from helpers.pipeline import chapters, edition, execute, plan

        place = options.placed(project, own_data, quiet or as_json)
        found = chapters.read(project, chapter)
        wanted = edition.resolve(place, assignments=assigned)
        for name in wanted.given:
            if name not in found.parameters:
                reads = ", ".join(found.parameters) or "none"
                raise options.Usage(f"{name} is not read by {found.name}; it reads {reads}.")
        chosen = plan.make(place, found.name, wanted.overrides)
        standard = plan.make(project.with_own_data(None), found.name, {})
        compared = chosen.key != standard.key and not (as_json or quiet)
        [result] = execute.run_many(place, [chosen], options.how(jobs, cluster, stock_kernels))
        if compared:
            [before] = execute.run_many(project.with_own_data(None), [standard],
                                        options.how(jobs, cluster, stock_kernels))
    if as_json:
        row = execute.as_json(project, result)
        click.echo(json.dumps({"status": result.status, "path": row["path"], "key": result.key,
                               "runs": [row]}))
    if result.status != "ok":
        raise options.Failure(f"{found.name}: {result.status}: {result.reason}")
    if as_json or quiet:
        return
    if compared and before.status == "ok":
        _show_moved(found.name, before, result)
    else:
        _show_all(execute.ledger(result))
    click.echo(f"{project.shown(Path(result.path))}: notebook.ipynb, results.json")


def _show_moved(chapter: str, before, result) -> None:
    """What moved from the baseline, then what held."""
    from helpers.pipeline import compare

    found = compare.compare({chapter: Path(before.path)}, {chapter: Path(result.path)})
    for line in compare.in_lines_of_a_chapter(found):
        click.echo(line)


def _show_all(ledger: list[dict]) -> None:
    for entry in ledger:
        if entry["type"] == "result":
            click.echo(f"{entry['label']}: {entry['text']}")
