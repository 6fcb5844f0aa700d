"""What must hold of the cases whatever they say: arms are reached, and parameters move something.

Each fault is one line. Exceptions, each with its reason, are in
``tests/assumptions/exceptions.toml``; one that is needed no more is a fault as well.
"""

import re
import tomllib
from collections.abc import Iterable

from helpers.pipeline import chapters
from helpers.pipeline.pinned import cases, reference
from helpers.pipeline.pinned.seen import Seen
from helpers.project import Project

NUMBERED = re.compile(r" \(\d+\)$")  # the second and later arms of one name
DRAWN = ("column", "cells", "marks", "rows")  # facts of a figure or table beside its words


def exceptions(project: Project) -> dict:
    """Exceptions of the book: ``unreached``, ``without_effect`` and ``words_alone``."""
    file = cases.folder(project) / "exceptions.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def unreached_faults(project: Project, chapter: str, of_chapter: Seen) -> list[str]:
    """Arms that a parameter may decide and no case takes, and exceptions that are none."""
    # One exception stands for every place of a chapter where the same thing decides.
    every = reference.unreached(project, chapter, of_chapter)
    found = {NUMBERED.sub("", each.name): each for each in reversed(every) if each.by_parameter}
    excepted = [name for group in exceptions(project).get("unreached", [])
                for name in group["arms"].get(chapter, ())]
    return [
        *(f"{chapter}, {found[name].place}: no scenario or step of the walk takes `{name}`, which "
          f"leads to: {found[name].source}. Add a step that does, or an exception with a reason."
          for name in found if name not in excepted),
        *_stale(chapter, "unreached", excepted, found)]


def without_effect(of_chapter: Seen) -> list[str]:
    """Parameters that move nothing wherever they alone are moved."""
    move = {name for case, changes in of_chapter.changes() if changes and len(case.moved) == 1
            for name in case.moved}
    return [name for name in of_chapter.cases[0].plan.values if name not in move]


def effect_faults(project: Project, chapter: str, of_chapter: Seen) -> list[str]:
    """Parameters that move nothing, unless the chapter says so to its readers."""
    still = without_effect(of_chapter)
    excepted = exceptions(project).get("without_effect", {}).get(chapter, [])
    prose = " ".join(cell["source"] for cell in chapters.read(project, chapter).notebook["cells"]
                     if cell["cell_type"] == "markdown")
    return [
        *(f"{chapter}: {name} moves no result, sentence, figure or table where it alone is moved. "
          "Use it, take it out, give a step in which it matters, or say in the chapter why not."
          for name in still if name not in excepted),
        *(f"{chapter}: {name} moves nothing, and no text of the chapter says so: name it there, "
          f"as `{name}`." for name in excepted if f"`{name}`" not in prose),
        *_stale(chapter, "without_effect", excepted, still)]


def words_alone(of_chapter: Seen) -> list[tuple[str, str]]:
    """Parameter and figure or table whose words follow it while nothing drawn ever does."""
    words, drawn = {}, set()
    for case, changes in of_chapter.changes():
        if len(case.moved) != 1:
            continue
        for fact in changes:
            what, _, part = fact.partition(", ")
            if not what.startswith(("figure ", "table ")):
                continue
            if part.startswith(DRAWN):
                drawn.add((case.moved[0], what))
            else:
                words[case.moved[0], what] = True
    return [each for each in words if each not in drawn]


def words_faults(project: Project, chapter: str, of_chapter: Seen) -> list[str]:
    """Figures and tables that speak of a parameter and do not follow it."""
    found = [", ".join(each) for each in words_alone(of_chapter)]
    excepted = [", ".join((each["parameter"], each["what"]))
                for each in exceptions(project).get("words_alone", [])
                if each["chapter"] == chapter]
    return [
        *(f"{chapter}: {name}: its words follow the parameter, and nothing drawn or listed in it "
          "does. Draw what they say, or add an exception with a reason."
          for name in found if name not in excepted),
        *_stale(chapter, "words_alone", excepted, found)]


def _stale(chapter: str, kind: str, excepted: Iterable[str], found: Iterable[str]) -> list[str]:
    return [f"{chapter}: exceptions.toml, {kind}: `{name}` is no exception any more; take it out."
            for name in excepted if name not in found]
