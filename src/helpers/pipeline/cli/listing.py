"""``book list``: what there is."""

import json

import click

from helpers.pipeline.cli import options

# Said where there is nothing, so that the next step is known.
NONE = {"editions": "none is built. Type: book build", "sweeps": "none. Type: book sweep scenarios",
        "chapters": "none. Type: book new chapter NUMBER-NAME", "scenarios": "none"}


@click.command("list")
@click.argument("kind", required=False,
                type=click.Choice(["chapters", "scenarios", "editions", "sweeps"]))
@options.JSON
@click.pass_obj
def command(project, kind, as_json):
    """List what there is: chapters, scenarios, editions that are built, sweeps.

    With what each sets and its address; --json has the files and parameters of chapters as well.
    """
    with options.refusals():
        from helpers.pipeline import listing

        rows = {name: listing.KINDS[name](project)
                for name in ([kind] if kind else listing.KINDS)}
    if as_json:
        click.echo(json.dumps(rows))
        return
    for name, found in rows.items():
        if not kind:
            click.echo(f"{name.capitalize()}")
        for line in _aligned([_cells(name, row) for row in found]) or [NONE[name]]:
            click.echo(line if kind else f"  {line}")


def _cells(name: str, row: dict) -> list[str]:
    """A row as it is printed; files of chapters and scenarios follow from their names."""
    from helpers.pipeline import listing

    if name == "chapters":
        return [row["number"], row["name"], row["title"]]
    if name == "scenarios":
        return [row["name"], row["title"], listing.said(row)]
    return [row["name"], row["title"], listing.said(row), row["address"]]


def _aligned(rows: list[list[str]]) -> list[str]:
    """Rows as lines with columns under each other; a column without any text takes no room."""
    columns = [column for column in zip(*rows, strict=True) if any(column)]
    widths = [max(map(len, column)) for column in columns]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            for row in zip(*columns, strict=True)]
