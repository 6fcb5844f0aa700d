"""Why the outputs of a chapter are others than the committed ones: what changed in its key."""

import json
from collections.abc import Mapping

from helpers import datasets, files, results, words
from helpers.pipeline import chapters, differences, plan, store
from helpers.pipeline.chapters import ChapterError
from helpers.pipeline.plan import Plan
from helpers.pipeline.review import revision
from helpers.project import Project

UNKNOWN = "a cause that is not known here"
NOTHING = "nothing that a run depends on"
OF_SCENARIOS = "the tables of scenarios"
FEW = 3  # of one part that are named
# Part of a key that holds several things -> what one of them is called.
CALLED = {"data": "table", "description": "table", "helpers": "module", "files": "file",
          "parameters": "parameter", "installed": "package"}


def between(chapter: str, old: dict, new: dict) -> str:
    """What changed between two keys of a chapter, in words; `NOTHING` where they are the same.

    Parameters
    ----------
    chapter : str
    old, new : dict
        Parts of two keys, as of `plan.Plan`.
    """
    found: dict[str, None] = {}
    for part in {**old, **new}:
        before, after = old.get(part), new.get(part)
        if before == after:
            continue
        if part in CALLED:
            names = [name for name in {**(before or {}), **(after or {})}
                     if (before or {}).get(name) != (after or {}).get(name)]
            few = FEW if len(names) > FEW + 1 else len(names)  # "one more" is as long as its name
            found.update(dict.fromkeys(f"{CALLED[part]} {name}" for name in names[:few]))
            if names[few:]:
                found[f"{len(names) - few} more {CALLED[part]}s"] = None
        else:
            found[{"code": f"cells of {chapter}", "lock": "lock file", "python": "Python",
                   "version": "meaning of keys"}.get(part, part)] = None
    return words.in_words(list(found)) if found else NOTHING


def of_chapters(project: Project, plans: Mapping[str, Plan]) -> dict[str, str]:
    """Cause for each chapter whose new outputs differ from the committed ones.

    The store knows the key under which the committed outputs were made, if they were made here;
    else the last commit stands for it.
    """
    parts = {name: _parts_of_reference(project, each) for name, each in plans.items()}
    strange = [name for name, known in parts.items() if known is None]
    if strange:
        try:
            with revision.at(project, "HEAD") as old:
                parts |= {name: parts_at(old, name) for name in strange}
        except revision.RevisionError:
            pass  # no repository: a folder that was copied
    return {name: between(name, known, plans[name].parts) if known else UNKNOWN
            for name, known in parts.items()}


def parts_at(old: Project, chapter: str) -> dict | None:
    """Parts of the key of a chapter of another revision; None where it had none."""
    try:
        return plan.make(old, chapter, {}).parts
    except (ChapterError, datasets.DataError, OSError, SyntaxError):
        return None


def _parts_of_reference(project: Project, planned: Plan) -> dict | None:
    """Parts of the key of the stored run that gave the committed outputs; the nearest of several.
    """
    notebook = chapters.read(project, planned.chapter).notebook
    records, found = results.entries(notebook), []
    if not records:
        return None
    for file in (project.build / "runs").glob(f"*/{store.MARKER}"):
        try:
            marker = files.read_object(file)
            if marker.get("chapter") != planned.chapter or marker["key"] == planned.key:
                continue
            if json.loads((file.parent / "results.json").read_text("utf-8")) != records:
                continue
            executed = json.loads((file.parent / "notebook.ipynb").read_text("utf-8"))
        except (OSError, ValueError, KeyError):  # another process is replacing it
            continue
        if not differences.between(planned.chapter, notebook, executed):
            found.append((len(plan.differences(marker["parts"], planned.parts)), str(file),
                          marker["parts"]))
    return min(found)[2] if found else None

