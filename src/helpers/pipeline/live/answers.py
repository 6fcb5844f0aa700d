"""What a chapter says under other values than those of a page, and what of it differs.

An answer is made from two runs and nothing else, so the server and a static site tell the same. It
names only what moved: a page that is patched with it, and then with an empty one, is as it was.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from helpers import agreement, files, parameters
from helpers.explorers import page as explorers
from helpers.parameters import BASELINE
from helpers.pipeline import compare, pages
from helpers.pipeline.edition import Edition
from helpers.pipeline.execute import RunResult
from helpers.pipeline.live import address
from helpers.pipeline.site import exhibits
from helpers.project import Project

MOST_KEPT = 64  # runs whose files stay read


@dataclass(frozen=True)
class Said:
    """What a run says: its records, exhibits and explorers by name, in their order."""

    records: Mapping[str, dict]
    exhibits: Mapping[str, dict]
    explorers: Mapping[str, dict]


def of(project: Project, chapter: str, overrides: Mapping, run: RunResult,
       baseline_run: RunResult) -> dict:
    """The answer for a chapter under some values.

    Parameters
    ----------
    project : Project
    chapter : str
    overrides : mapping
        Those values that differ from the baseline and that the chapter reads.
    run : RunResult
        Of the chapter under them.
    baseline_run : RunResult
        What it is held against: of the chapter without them.

    Returns
    -------
    dict
        Plain values, as JSON holds them.
    """
    told = {
        "chapter": chapter, "address": address.of(overrides), "key": run.key,
        "seconds": run.seconds, "cached": run.cached, "status": run.status, "reason": run.reason,
        "command": command(project, chapter, overrides),
        "values": {name: parameters.literal(value) for name, value in overrides.items()},
        "records": {}, "gone": [], "new": [], "exhibits": {}, "explorers": {},
        "held": {"results": 0, "sentences": 0, "exhibits": 0}}
    for each in (run, baseline_run):
        if each.status != "ok":
            before = "" if each is run else "without these values: "
            return {**told, "status": each.status, "reason": f"{before}{each.reason}"}
    old, new = said(baseline_run), said(run)
    records = _records(old.records, new.records)
    moved = {name: output for name, output in new.exhibits.items()
             if name in old.exhibits and not _same(old.exhibits[name], output)}
    around = exhibits.Around(project, {chapter: run.key})
    shown_on = _places(project, chapter)
    told["records"] = records
    told["exhibits"] = {
        name: _exhibit(output, old.exhibits[name], chapter, shown_on.get(name, ()), around)
        for name, output in moved.items()}
    told["explorers"] = {name: numbers for name, numbers in new.explorers.items()
                         if numbers != old.explorers.get(name, numbers)}
    for part, here, there in (("gone", old, new), ("new", new, old)):
        told[part] = [name for name in here.records if name not in there.records]
        told[part] += [name for name in here.exhibits if name not in there.exhibits]
    told["held"] = {
        "results": _count(old, new, records, "result"),
        "sentences": _count(old, new, records, "sentence"),
        "exhibits": sum(name in old.exhibits for name in new.exhibits) - len(moved)}
    return told


def command(project: Project, chapter: str, overrides: Mapping) -> str:
    """What to type for the same run."""
    return Edition(project, BASELINE, "", "", {}, dict(overrides)).command("run", chapter)


def warm(project: Project, chapter: str, run: RunResult) -> None:
    """Read a run of the baseline, and make each of its exhibits once."""
    around, shown_on = exhibits.Around(project, {chapter: run.key}), _places(project, chapter)
    for name, output in said(run).exhibits.items():
        _exhibit(output, output, chapter, shown_on.get(name, ()), around)


def said(run: RunResult) -> Said:
    """What a published run says, read once."""
    return _said(Path(run.path), files.state(Path(run.path) / "results.json"))


@lru_cache(maxsize=MOST_KEPT)
def _said(folder: Path, _state: tuple | None) -> Said:
    notebook = json.loads((folder / "notebook.ipynb").read_text(encoding="utf-8"))
    found, moving = {}, {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            about = exhibits.about(output)
            if about:
                found[about.get("figure") or about["table"]] = output
            elif explorer := explorers.read(output):
                moving[explorer[0]] = explorer[1]
    ledger = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return Said({entry["name"]: entry for entry in ledger}, found, moving)


def _records(old: Mapping[str, dict], new: Mapping[str, dict]) -> dict[str, dict]:
    """Records that moved, by name."""
    found = {}
    for name, after in new.items():
        before = old.get(name)
        if before is None or before["text"] == after["text"] and (
                after["type"] != "result" or compare.agree(before, after)):
            continue
        told = {"sort": after["type"], "text": after["text"], "old": before["text"],
                "label": after.get("label", ""), "unit": after.get("unit", ""),
                "change": None, "status": after.get("status", "")}
        if after["type"] == "result":
            told["change"] = _change(before["value"], after["value"])
            if before["status"] != after["status"]:
                told["status"] = f"{before['status']} -> {after['status']}"
        found[name] = told
    return found


def _change(old, new) -> float | None:
    """Relative change of two numbers."""
    if all(map(agreement.is_number, (old, new))) and old != 0:
        return new / old - 1
    return None


def _count(old: Said, new: Said, moved: Mapping, sort: str) -> int:
    """How many records of a sort did not move."""
    return sum(entry["type"] == sort and name in old.records and name not in moved
               for name, entry in new.records.items())


def _same(old: dict, new: dict) -> bool:
    """Whether two outputs show the same: words, data, table and drawing."""
    return (exhibits.about(old) == exhibits.about(new) and old["data"] == new["data"])


def _exhibit(output: dict, before: dict, chapter: str, shown_on, around) -> dict:
    about, was = exhibits.about(output), exhibits.about(before)
    own = [] if exhibits.is_for_another_page(output) else [f"chapters/{chapter}.html"]
    return {"sort": "figure" if "figure" in about else "table",
            "pages": {page: exhibits.as_html(output, chapter, page=page, around=around)
                      for page in (*own, *shown_on)},
            "alt": about.get("alt", ""), "old_alt": was.get("alt", "")}


def _places(project: Project, chapter: str) -> dict[str, list[str]]:
    """Pages beside the chapter that show its exhibits, by the name of the exhibit."""
    state = tuple((file, files.state(file)) for file in pages.written(project))
    return _all_places(project.root, state).get(chapter, {})


@lru_cache(maxsize=8)
def _all_places(root: Path, state: tuple) -> dict[str, dict[str, list[str]]]:
    """Chapter -> exhibit -> addresses of pages written by hand, read once as long as they stay."""
    found: dict[str, dict[str, list[str]]] = {}
    for file, _ in state:
        name = file.relative_to(root).with_suffix("").as_posix()
        for each in pages.references(name, file.read_text(encoding="utf-8")):
            if each.sort == "exhibit":
                shown = found.setdefault(each.chapter, {}).setdefault(each.name, [])
                if f"{name}.html" not in shown:
                    shown.append(f"{name}.html")
    return found
