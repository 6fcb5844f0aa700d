"""What chapters say under other assumptions, as small files to commit: `book accept` makes them.

One file a chapter, ``tests/assumptions/said/<chapter>.json``, with only what moves: under each
shipped scenario against the baseline, at each step of the walk against the step before. Results of
scenarios are left out, for `scenario_table` keeps them. The last part holds the source of what no
case reaches: nobody sees what it says, so nobody may change it unseen.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.pipeline import chapters, compare
from helpers.pipeline.pinned import arms, cases, facts, reach, seen
from helpers.pipeline.pinned.seen import Seen
from helpers.project import Project

UNREACHED = "no case reaches"
KINDS = ("scenarios", "walk")
LONG = 200  # letters of two texts; of longer ones only the words that differ are told
IN_THE_TABLE = ("value", "text", "unit", "label", "status", "scope", "note")


def prepare(project: Project, names: Sequence[str], jobs: int | None = None
            ) -> dict[Path, bytes]:
    """Contents of the files of these chapters as the book is now; nothing is written.

    Parameters
    ----------
    project : Project
        With the tables that the reference is to rest on.
    names : sequence of str
        Chapters.
    jobs : int, optional
        Runs at a time; by default as many as there are cores.

    Raises
    ------
    seen.SeenError, cases.WalkError
        If a case did not run, or the walk cannot be gone.
    """
    if not cases.steps(project):
        return {}
    wanted = {name: cases.of_chapter(project, name) for name in names}
    found = seen.run(project, wanted, jobs, strict=False)
    return {file(project, name): content(project, name, each) for name, each in found.items()}


def file(project: Project, chapter: str) -> Path:
    """Where a chapter's file is."""
    return cases.folder(project) / "said" / f"{chapter}.json"


def content(project: Project, chapter: str, of_chapter: Seen) -> bytes:
    """The file of a chapter, each fact in a line of its own."""
    said = {kind: {case.name: changes for case, changes in of_chapter.changes()
                   if case.kind == kind and changes} for kind in KINDS}
    said["scenarios"] = {name: kept for name, changes in said["scenarios"].items()
                         if (kept := _beside_the_table(changes))}
    said[UNREACHED] = {each.name: each.source for each in unreached(project, chapter, of_chapter)}
    return _in_lines(said).encode()


def _beside_the_table(changes: dict) -> dict:
    ends = tuple(f", {part}" for part in IN_THE_TABLE)
    return {name: value for name, value in changes.items()
            if not (name.startswith("result ") and name.endswith(ends))}


def _in_lines(said: dict) -> str:
    """JSON with one line for each fact: what differs can be read."""
    lines = ["{"]
    for kind, parts in said.items():
        lines.append(f" {json.dumps(kind)}: {{")
        for name, value in parts.items():
            if not isinstance(value, dict):
                lines.append(f"  {_pair(name, value)},")
                continue
            lines.append(f"  {json.dumps(name, ensure_ascii=False)}: {{")
            lines += [f"   {_pair(fact, each)}," for fact, each in value.items()]
            lines[-1] = lines[-1].removesuffix(",")
            lines.append("  },")
        lines[-1] = lines[-1].removesuffix(",")
        lines.append(" },")
    lines[-1] = lines[-1].removesuffix(",")
    return "\n".join([*lines, "}", ""])


def _pair(name: str, value) -> str:
    return f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}"


@dataclass(frozen=True)
class Unreached:
    """An arm that no case takes.

    Attributes
    ----------
    name : str
        What decides and the way out, numbered where there are several.
    place : str
        Cell among code cells, and line in it.
    source : str
        What it leads to.
    by_parameter : bool
        Whether some parameter may decide it; else only other data would.
    """

    name: str
    place: str
    source: str
    by_parameter: bool


def unreached(project: Project, chapter: str, of_chapter: Seen) -> list[Unreached]:
    """Arms of a chapter that no case takes; of arms inside each other only the outermost."""
    read = chapters.read(project, chapter)
    sources = tuple(cell["source"] for cell in read.code_cells)
    moved, found, times = reach.moved(sources, tuple(read.parameters)), [], Counter()
    every = arms.of_chapter(sources)
    # A key of a dictionary may be taken wherever the dictionary is looked up.
    keys = {(place.dictionary, arm) for _, cell, places in every for place in places
            for arm in place.arms if place.dictionary
            and (cell, place.number, arm) in of_chapter.taken}
    for position, cell, places in every:
        for place in places:
            if any((cell, *around) not in of_chapter.taken for around in place.within):
                continue
            for arm, leads_to in place.arms.items():
                if (cell, place.number, arm) in of_chapter.taken or (place.dictionary, arm) in keys:
                    continue
                name = one_quote(f"{place.text} -> {arm}")
                times[name] += 1
                found.append(Unreached(
                    name if times[name] == 1 else f"{name} ({times[name]})",
                    f"code cell {position}, line {place.line}", one_quote(leads_to),
                    bool(place.decides & moved)))
    return found


def one_quote(source: str) -> str:
    """Source with one sort of quotation mark: which one Python writes depends on its version."""
    return re.sub(r"\\?[\"']", "'", source)


def faults(project: Project, chapter: str, of_chapter: Seen) -> list[str]:
    """What a chapter says otherwise than its file, one line each: case, fact, old -> new.

    What moved at one step of the walk and stays moved is told once.
    """
    try:
        kept = json.loads(file(project, chapter).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return [f"{chapter}: {project.shown(file(project, chapter))} cannot be read."]
    start = of_chapter.said[of_chapter.cases[0].plan.key]
    lines, told = [], {}
    expected = {"scenarios": start, "walk": start}
    for case in of_chapter.cases[1:]:
        said = of_chapter.said[case.plan.key]
        want = facts.overlaid(expected[case.kind], kept[case.kind].get(case.name, {}))
        if case.kind == "walk":
            expected["walk"] = want
        else:
            said, want = _beside_the_table(said), _beside_the_table(want)
        for name, new in facts.difference(want, said).items():
            if case.kind == "walk" and told.get(name) == (want.get(name), new):
                continue
            told[name] = (want.get(name), new)
            lines.append(f"{chapter}, {case.name}, {name}: {_moved(want.get(name), new)}")
    known = {case.name for case in of_chapter.cases}
    lines += [f"{chapter}, {name}: there is no such case any more"
              for kind in KINDS for name in kept[kind] if name not in known]
    unseen = {each.name: each for each in unreached(project, chapter, of_chapter)}
    for name in facts.difference(kept[UNREACHED], {key: unseen[key].source for key in unseen}):
        new = unseen.get(name)
        lines.append(f"{chapter}, {new.place if new else 'reached now, or gone'}, `{name}`, which "
                     f"no case reaches: {_moved(kept[UNREACHED].get(name), new and new.source)}")
    return lines


def _moved(old, new) -> str:
    """Old and new value; of long texts what differs."""
    if isinstance(old, str) and isinstance(new, str) and len(old) + len(new) > LONG:
        return compare.changed_words(old, new)
    return f"{old} -> {new}"
