"""What the panel of a page knows of the book: parameters, chapters, scenarios.

Written as a script that assigns and does nothing else, since a page opened from the file system
can load nothing else.
"""

import json
import math
from collections.abc import Mapping
from importlib import metadata

from helpers import parameters, words
from helpers.pipeline import chapters, edition
from helpers.pipeline.live import marks
from helpers.pipeline.site import metadata as of_the_book
from helpers.project import DISTRIBUTION, Project

STOPS = 12  # at most, of a control that a static site can answer
MOST_STEPS = 5000  # of a number that counts; beyond, a control goes by one
NICE = (1, 2, 2.5, 5, 10)


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
    marked, cited = marks.of_book(project), of_the_book.of_book(project)
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
        "low": low, "high": high, "step": step(name), "grid": grid(name),
        "labels": list(marked.get("labels", [])), "marks": list(marked.get("marks", [])),
        "sourced": marked.get("sourced"),
    }


def step(name: str) -> float | int | None:
    """The step of a control: a round number that leads from its low end to the default."""
    bounds, default = parameters.REGISTRY.bounds(name), parameters.defaults()[name]
    if bounds is None:
        return None
    low, high = bounds
    if parameters.type_name(name) == "int":
        zeros = len(str(math.gcd(low, default))) - len(str(math.gcd(low, default)).rstrip("0"))
        return 10 ** zeros if (high - low) / 10 ** zeros <= MOST_STEPS else 1
    digits = max(len(str(float(each)).partition(".")[2]) for each in (low, default))
    return min(_round((high - low) / 100), 10.0 ** -digits)


def grid(name: str) -> list[str]:
    """Values that are worth a look, as literals: choices, or round numbers with the default."""
    default, bounds = parameters.defaults()[name], parameters.REGISTRY.bounds(name)
    if parameters.choices(name):
        return list(parameters.choices(name))
    if bounds is None or parameters.type_name(name) == "list[float]":
        return [parameters.literal(default)]
    whole = parameters.type_name(name) == "int"
    low, high = bounds
    wide = _round((high - low) / (STOPS - 2))
    wide = max(1, int(wide)) if whole else wide
    values = {low, high, default}
    values |= {_plain(place * wide, whole) for place in range(
        math.ceil(low / wide), math.floor(high / wide) + 1)}
    return [parameters.literal(int(each) if whole else float(each)) for each in sorted(values)]


def _plain(value: float, whole: bool) -> float | int:
    return int(value) if whole else round(value, 10)


def _round(size: float) -> float:
    """The next round number that is not smaller."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(round(nice * power, 12) for nice in NICE if nice * power >= size * (1 - 1e-9))
