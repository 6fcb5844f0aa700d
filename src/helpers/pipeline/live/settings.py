"""What the panel of a page knows of the book: parameters, chapters, scenarios.

Written as a script that assigns and does nothing else, since a page opened from the file system
can load nothing else.
"""

import json
from collections.abc import Mapping
from importlib import metadata

from helpers import parameters, words
from helpers.pipeline import chapters, edition
from helpers.pipeline.live import marks
from helpers.pipeline.site import page_metadata
from helpers.project import DISTRIBUTION, Project


def of_book(project: Project, mode: str, version: str) -> dict:
    """All that ``window.bookSettings`` holds.

    Parameters
    ----------
    project : Project
    mode : str
        ``local``, ``public`` or ``static``.
    version : str
        Key of the pages.
    """
    marked, cited = marks.of_book(project), page_metadata.of_book(project)
    found = {}
    for name in chapters.names(project):
        read = chapters.read(project, name)
        found[name] = {"number": words.chapter_number(name), "title": read.title,
                       "parameters": list(read.parameters)}
    return {
        "mode": mode, "version": version,
        "parameters": [about(name, marked.get(name, {})) for name in parameters.names()],
        "chapters": found,
        "scenarios": [{"name": each.name, "title": each.title, "why": each.why,
                       "values": {name: parameters.literal(value)
                                  for name, value in each.overrides.items()}}
                      for each in edition.readable(project.with_own_data(None))],
        "authors": cited.get("authors", []), "title": cited.get("title", ""),
        "book_version": cited.get("version") or metadata.version(DISTRIBUTION),
    }


def as_script(told: Mapping) -> str:
    """The settings as a script."""
    return f"window.bookSettings = {in_script(told)};\n"


def in_script(value) -> str:
    """JSON that ends no script and begins no HTML, wherever it is put."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def about(name: str, marked: Mapping) -> dict:
    """What a control of a parameter needs to know.

    Texts that are set are literals, as they are typed after ``--set``: a script cannot tell 1.0
    from 1.
    """
    default, bounds = parameters.defaults()[name], parameters.REGISTRY.bounds(name)
    low, high = bounds or (None, None)
    unit = parameters.unit(name)
    return {
        "name": name, "type": parameters.type_name(name), "unit": "" if unit == "-" else unit,
        "meaning": parameters.meaning(name), "allowed": parameters.allowed(name),
        "expected": parameters.expected(name), "default": default,
        "literal": parameters.literal(default), "choices": list(parameters.choices(name)),
        "low": low, "high": high, "step": parameters.REGISTRY.step(name),
        "grid": [parameters.literal(value) for value in parameters.REGISTRY.grid(name)],
        "labels": list(marked.get("labels", [])), "marks": list(marked.get("marks", [])),
        "sourced": marked.get("sourced"),
    }
