"""What differs between two editions: results, sentences, figures."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from helpers import agreement, results, words


class CompareError(ValueError):
    """Two editions whose results cannot be set side by side."""


@dataclass(frozen=True)
class Comparison:
    """What moved from edition A to edition B.

    Attributes
    ----------
    changed : list of dict
        ``chapter, name, label, unit, old, new, old_text, new_text, change`` (relative change of
        two numbers, else None), ``status`` (of B, with A's before it where it differs).
    sentences : list of dict
        ``chapter, name, old, new``.
    figures : list of dict
        ``chapter, name, alt, old, new``; the last two are SVG texts.
    only : list of dict
        Records that only one edition has: ``chapter, name, edition`` (A or B).
    same : int
        Results that agree within their tolerance.
    """

    changed: list = field(default_factory=list)
    sentences: list = field(default_factory=list)
    figures: list = field(default_factory=list)
    only: list = field(default_factory=list)
    same: int = 0


def compare(old_runs: dict[str, Path], new_runs: dict[str, Path]) -> Comparison:
    """Compare two editions chapter by chapter.

    Parameters
    ----------
    old_runs, new_runs : dict
        Chapter name -> folder of its published run.

    Returns
    -------
    Comparison

    Raises
    ------
    CompareError
        If a result has another unit in the other edition: its values cannot be compared.
    """
    found = Comparison()
    same = 0
    for chapter in new_runs:
        if chapter not in old_runs or old_runs[chapter] == new_runs[chapter]:
            same += sum(entry["type"] == "result" for entry in _records(new_runs[chapter]).values())
            continue
        before, after = _records(old_runs[chapter]), _records(new_runs[chapter])
        for edition, here, there in (("A", before, after), ("B", after, before)):
            found.only.extend({"chapter": chapter, "name": name, "edition": edition}
                              for name in here if name not in there)
        for name in (name for name in after if name in before):
            old, new = before[name], after[name]
            if new["type"] != "result":
                if old["text"] != new["text"]:
                    found.sentences.append(
                        {"chapter": chapter, "name": name, "old": old["text"], "new": new["text"]})
            elif old["unit"] != new["unit"]:
                raise CompareError(f"{chapter}: {name} is in {old['unit']} and in {new['unit']}.")
            elif agree(old, new):
                same += 1
            else:
                found.changed.append(_row(chapter, old, new))
        pictures, later = _figures(old_runs[chapter]), _figures(new_runs[chapter])
        found.figures.extend(
            {"chapter": chapter, "name": name, "old": pictures[name][0], "new": later[name][0],
             "old_about": pictures[name][1], "new_about": later[name][1]}
            for name in later if name in pictures and pictures[name][0] != later[name][0])
    return Comparison(found.changed, found.sentences, found.figures, found.only, same)


def agree(old: dict, new: dict) -> bool:
    """Whether two records of one result agree in status and, within tolerance, in value.

    Two refusals agree if they give the same reason.
    """
    if old["status"] != new["status"]:
        return False
    if old["value"] is None and new["value"] is None:
        return old["text"] == new["text"]
    return agreement.agree(old["value"], new["value"], max(old["tolerance"], new["tolerance"]))


def _row(chapter: str, old: dict, new: dict) -> dict:
    change = None
    if all(map(agreement.is_number, (old["value"], new["value"]))) and old["value"] != 0:
        change = new["value"] / old["value"] - 1
    status = new["status"]
    if old["status"] != status:
        status = f"{old['status']} -> {status}"
    return {
        "chapter": chapter, "name": new["name"], "label": new["label"], "unit": new["unit"],
        "old": old["value"], "new": new["value"], "old_text": old["text"], "new_text": new["text"],
        "change": change, "status": status,
    }


def _records(run: Path) -> dict[str, dict]:
    return {entry["name"]: entry for entry in json.loads((run / "results.json").read_text("utf-8"))}


def _figures(run: Path) -> dict[str, tuple[str, dict]]:
    """Figures of a run: name -> (SVG text, what its output says of it)."""
    notebook = json.loads((run / "notebook.ipynb").read_text(encoding="utf-8"))
    found = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            about = output.get("metadata", {}).get("book", {})
            if "figure" in about:
                svg = output["data"]["image/svg+xml"]
                found[about["figure"]] = ("".join(svg), about)
    return found


def in_lines(found: Comparison) -> list[str]:
    """A comparison of editions for the terminal, one line per thing that moved."""
    lines = [f"{row['chapter']}  {row['name']}: {_moved(row)}" for row in found.changed]
    lines += [f"{row['chapter']}  sentence {row['name']}: {changed_words(row['old'], row['new'])}"
              for row in found.sentences]
    lines += [f"{row['chapter']}  figure {row['name']} moved" for row in found.figures]
    lines += [f"{row['chapter']}  {row['name']}: only in {row['edition']}" for row in found.only]
    return [*lines, f"Differ: {len(found.changed)} results, {len(found.sentences)} sentences, "
            f"{len(found.figures)} figures. Agree: {found.same} results."]


def in_lines_of_a_chapter(found: Comparison) -> list[str]:
    """What moved in one chapter, in the words of its labels: results, sentences, figures, rest."""
    lines = [f"{row['label']}: {_moved(row)}" for row in found.changed]
    lines += [f"Sentence {row['name']}: {changed_words(row['old'], row['new'])}"
              for row in found.sentences]
    lines += [f"Figure {row['name']} moved." for row in found.figures]
    lines += [f"{row['name']} is {'gone' if row['edition'] == 'A' else 'new'}."
              for row in found.only]
    held = words.plural(found.same, "result")
    if not lines:
        return [f"Nothing moved: {held} held."]
    return [*lines, f"{words.opening(held)} held." if found.same else "Every result moved."]


def change_in_words(change: float) -> str:
    """A relative change; one that rounding would hide is small, not none."""
    return f"{100 * change:+.1f} %" if abs(change) >= 0.0005 else "under 0.1 %"


def _moved(row: dict) -> str:
    """Old and new text of a result, the relative change, and the status where it changed."""
    by = "" if row["change"] is None else f"  ({change_in_words(row['change'])})"
    state = f"  [{row['status']}]" if "->" in row["status"] else ""
    return f"{_short(row['old_text'])} -> {_short(row['new_text'])}{by}{state}"


def changed_words(old: str, new: str) -> str:
    """What changed in a sentence: the words before and after, with a few that stay around them."""
    before, after = old.split(), new.split()
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    tail = 0
    while (tail < min(len(before), len(after)) - same
           and before[-1 - tail] == after[-1 - tail]):
        tail += 1
    start = max(0, same - 3)
    lead = "… " if start else ""
    close = " …" if tail > 3 else ""
    return " -> ".join(
        _short(lead + " ".join(part[start:len(part) - max(0, tail - 3)]) + close, 110)
        for part in (before, after))


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def ledger(runs: dict[str, Path]):
    """Results of an edition as one tidy frame (see ``results.read``)."""
    import pandas as pd

    return pd.concat([results.read(path / "notebook.ipynb", chapter)
                      for chapter, path in runs.items()], ignore_index=True)
