"""``book check``: whether everything holds, or in seconds whether chapters do."""

import json
import subprocess
import sys

import click

from helpers.pipeline.cli import options
from helpers.pipeline.cli.progress import Progress


@click.command("check")
@click.argument("chosen", nargs=-1, metavar="[CHAPTER]...", shell_complete=options.chapter_names)
@click.option("--changed", is_flag=True, help="Run what has changed since it ran last, and hold "
                                              "every chapter against what is committed.")
@options.JSON
@click.pass_obj
def command(project, chosen, changed, as_json):
    """Check CHAPTERs against the rules, in seconds; without one, run every test.

    The rules: parameters as in the registry, cells that can be read, no number typed into prose,
    outputs that can be compared. The tables that a chapter reads are checked as well, and its
    committed outputs are held against its last run. With --changed that run is made where it is
    not there; without CHAPTER it is about all of them. The tests print a line for each gate.
    """
    if not chosen and not changed:
        if as_json:
            raise options.Usage("--json is for chapters: book check --json CHAPTER")
        # The tests are not a part of this program, and bring settings of their own.
        done = subprocess.run([sys.executable, "-m", "pytest", "--gates"], cwd=project.root)
        raise SystemExit(1 if done.returncode else 0)
    with options.refusals():
        from helpers.pipeline import chapters, check, rerun

        names = list(dict.fromkeys(chapters.find(project, name) for name in chosen))
        runs = {}
        if changed:
            among = names or chapters.names(project)
            with Progress(len(among), as_json) as progress:
                runs = rerun.run(project, among, options.how(), report=progress.report)
            names = names or [name for name, run in runs.items() if not run.cached]
        shared = check.shared(project)
        faults = {name: [*check.faults(project, name), *check.of_chapter(name, shared)]
                  for name in names}
        notes = check.notes(project)
        for name in () if changed else names:
            runs |= rerun.stored(project, name)
            notes += rerun.notes(project, name) if not faults[name] and name not in runs else []
        outputs = {name: rerun.faults(project, name, run) for name, run in runs.items()}
        tables = check.beside_chapters(project, names)
    _tell(faults, tables, notes, outputs, as_json)
    if any([*faults.values(), tables, *outputs.values()]):
        raise SystemExit(1)


def _tell(faults, tables, notes, outputs, as_json) -> None:
    """Every fault, then what is yet to be done, then what holds."""
    lines = [*sum(faults.values(), []), *tables, *sum(outputs.values(), [])]
    if as_json:
        click.echo(json.dumps({"status": "failed" if lines else "ok", "chapters": faults,
                               "tables": tables, "outputs": outputs, "notes": notes}))
        return
    for line in [*lines, *(f"Note: {note}" for note in notes),
                 *(f"{name}: keeps every rule." for name, found in faults.items()
                   if not found and not outputs.get(name))]:
        click.echo(line)
    if outputs:
        held = sum(not found for found in outputs.values())
        click.echo(f"{held} of {len(outputs)} chapters give what is committed.")
