"""The box *This edition* of a chapter: its parameters, their values, and how to change them.

It is a cell of the page's own source, and says nothing of parameters that the page does not read:
so an edition with another value writes again the pages that read it, and no other. The names in its
HTML are the same in every edition: a panel that sets the parameters finds its place and all values
there.
"""

import math
import shlex

from helpers import datasets, parameters, words
from helpers.pipeline import chapters
from helpers.pipeline.edition import Edition
from helpers.pipeline.site import rendering

TEMPLATE = "edition_box.html"
CELL = "this-edition"


def cell(edition: Edition, chapter: str) -> dict:
    """The box as a cell of the chapter's page."""
    html = rendering.render(TEMPLATE, **about(edition, chapter))
    # In Markdown an empty line would end it.
    lines = [line.strip() for line in html.splitlines() if line.strip()]
    return {"cell_type": "markdown", "id": CELL, "metadata": {}, "source": "\n".join(lines)}


def about(edition: Edition, chapter: str) -> dict:
    """What the box says, by name.

    Parameters
    ----------
    edition : Edition
    chapter : str
    """
    found = chapters.read(edition.project, chapter)
    rows = [_row(name, edition.overrides) for name in found.parameters]
    rows.sort(key=lambda row: not row["changed"])
    changed = [row for row in rows if row["changed"]]
    own = [name for name in datasets.replaced(edition.project) if name in found.tables]
    return {"chapter": chapter, "rows": rows, "changed": changed, "own_tables": own,
            "command": edition.command() if changed or own
            else _example([row["name"] for row in rows])}


def _row(name: str, overrides: dict) -> dict:
    standard, unit = parameters.defaults()[name], parameters.unit(name)
    value = overrides.get(name, standard)
    return {"name": name, "value": parameters.literal(value), "changed": value != standard,
            "standard": parameters.literal(standard), "unit": "" if unit == "-" else unit,
            "meaning": words.opening(parameters.meaning(name)),
            "allowed": parameters.allowed(name)}


def _example(names: list[str]) -> str:
    """A command that changes one of some parameters; empty where it can change none."""
    for name in names:
        value = another(name)
        if value is not None:
            return shlex.join(["book", "build", "--set", f"{name}={parameters.literal(value)}"])
    return ""


def another(name: str):
    """A value that a parameter may take beside its default, to show how it is set; None for none.

    A number goes halfway to its farther bound, so that the example moves something.
    """
    standard, bounds = parameters.defaults()[name], parameters.REGISTRY.bounds(name)
    others = [choice for choice in parameters.choices(name)
              if choice != parameters.literal(standard)]
    if others:
        return parameters.parse(f"{name}={others[0]}")[1]
    if bounds is None:
        return None
    far = max(bounds, key=lambda end: abs(end - standard))
    value = (standard + far) / 2
    if isinstance(standard, int):
        return round(value)
    return round(value, 1 - math.floor(math.log10(abs(value)))) if value else far
