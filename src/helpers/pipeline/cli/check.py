"""``book check``: whether everything holds, or in seconds whether a chapter keeps the rules."""

import json
import subprocess
import sys

import click

from helpers.pipeline.cli import options


@click.command("check")
@click.argument("chosen", nargs=-1, metavar="[CHAPTER]...", shell_complete=options.chapter_names)
@options.JSON
@click.pass_obj
def command(project, chosen, as_json):
    """Check CHAPTERs against the rules, in seconds; without one, run every test.

    The rules: parameters as in the registry, cells that can be read, no number typed into prose,
    outputs that can be compared. The tables that a chapter reads are checked as well.
    """
    if not chosen:
        if as_json:
            raise options.Usage("--json is for chapters: book check --json CHAPTER")
        # The tests are not a part of this program, and bring settings of their own.
        done = subprocess.run([sys.executable, "-m", "pytest"], cwd=project.root)
        raise SystemExit(1 if done.returncode else 0)
    with options.refusals():
        from helpers.pipeline import chapters, check

        names = list(dict.fromkeys(chapters.find(project, name) for name in chosen))
        shared = check.shared(project)
        faults = {name: [*check.faults(project, name),
                         *(line for line in shared if line.startswith(f"{name}, "))]
                  for name in names}
        tables = check.tables(project, names)
        notes = check.notes(project)
    found = [*(line for lines in faults.values() for line in lines), *tables]
    if as_json:
        click.echo(json.dumps({"status": "failed" if found else "ok", "chapters": faults,
                               "tables": tables, "notes": notes}))
    else:
        for line in found:
            click.echo(line)
        for line in notes:
            click.echo(f"Note: {line}")
        for name in names:
            if not faults[name]:
                click.echo(f"{name}: keeps every rule.")
    if found:
        raise SystemExit(1)
