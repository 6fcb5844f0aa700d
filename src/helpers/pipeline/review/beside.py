"""What differs beside the chapters: the tables of scenarios, row by row, and edited tables."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers import datasets, words
from helpers.parameters import BASELINE
from helpers.pipeline import chapters, differences, plan, scenario_table, wording
from helpers.pipeline.differences import Difference
from helpers.project import Project

SCENARIO, DATA = "scenario", "data"  # sorts of difference that no chapter has
FEW = 2  # scenarios that are named
MADE = (scenario_table.RESULTS, scenario_table.SCENARIOS)  # written by `book accept`, not by hand


def of_scenarios(old: Mapping[str, str], new: Mapping[str, str],
                 told: Iterable[Difference] = ()) -> list[tuple[str, Difference]]:
    """Rows of the two tables of scenarios that differ, with a cause where a scenario is one.

    What moved alike under several scenarios is one difference.

    Parameters
    ----------
    old, new : mapping
        CSV text of each table by its name; an empty text where there is none.
    told : iterable of Difference
        Those of the chapters, whose results are the rows of the baseline.
    """
    settings = _of_settings(*(tables.get(scenario_table.SCENARIOS, "") for tables in (old, new)))
    edited = {scenario for scenario, _ in settings}
    before, after = (records(tables.get(scenario_table.RESULTS, "")) for tables in (old, new))
    told = {(BASELINE, each.chapter, each.name, each.change) for each in told}
    alike: dict[tuple, tuple] = {}
    for key in dict.fromkeys([*before, *after]):
        scenario, chapter, result = key
        cause = f"scenario {scenario}" if scenario in edited else ""
        for change in _changes(before.get(key), after.get(key)):
            alike.setdefault((cause, chapter, result, repr(change)), (change, []))[1].extend(
                [] if (*key, change[0]) in told else [scenario])
    found = [*((f"scenario {scenario}", each) for scenario, each in settings),
             *((cause, Difference(chapter, 0, _name(result, scenarios), SCENARIO, *change))
               for (cause, chapter, result, _), (change, scenarios) in alike.items()
               if scenarios)]
    if not (settings or alike):
        found = [("", Difference("scenarios", 0, name, SCENARIO, "text", {"text/csv": old[name]},
                                 {"text/csv": new[name]}, differences.WORDED))
                 for name in new if name in old
                 and differences.cells_apart(old[name], new[name])]
    return found


def _name(result: str, scenarios: list[str]) -> str:
    few = len(scenarios) <= FEW
    return f"{result} under {words.in_words(scenarios) if few else f'{len(scenarios)} scenarios'}"


def _of_settings(old: str, new: str) -> list[tuple[str, Difference]]:
    """What scenarios set otherwise, each with its scenario."""
    before, after = (_rows(text, ("scenario", "parameter")) for text in (old, new))
    return [(key[0], Difference(
        "scenarios", 0, " ".join(filter(None, key)), SCENARIO,
        "new" if key not in before else "gone" if key not in after else "text",
        _said(before.get(key)), _said(after.get(key)), differences.FLIPPED))
        for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]


def _rows(text: str, key: tuple[str, ...]) -> dict[tuple, dict]:
    return {tuple(row.get(name, "") for name in key): row
            for row in csv.DictReader(io.StringIO(text))}


def records(text: str) -> dict[tuple[str, str, str], dict]:
    """Rows of the table of results as the records they were made from.

    Parameters
    ----------
    text : str
        CSV text.

    Returns
    -------
    dict
        (scenario, chapter, result) -> record.
    """
    return {key: _as_record(row)
            for key, row in _rows(text, ("scenario", "chapter", "result")).items()}


def _as_record(row: dict) -> dict:
    fields = {name: row.get(name) or "" for name in scenario_table.COLUMNS}
    try:
        value = json.loads(fields["value_json"] or fields["value"] or "null")
    except ValueError:  # of a table that was edited by hand
        value = fields["value_json"] or fields["value"]
    return {"type": "result", "name": fields["result"], "value": value, "claims": [],
            "tolerance": 1e-9, **{name: fields[name] for name in
                                  ("unit", "label", "status", "scope", "note", "text")}}


def _changes(old: dict | None, new: dict | None) -> list[tuple]:
    if old is None or new is None:
        return [("new" if old is None else "gone", old, new, differences.APPEARED)]
    return list(differences.of_records(old, new))


def _said(row: dict | None) -> dict | None:
    return None if row is None else {"text": ", ".join(
        f"{name} {value}" for name, value in row.items() if value)}


def of_tables(project: Project, old: Project | None = None) -> list[tuple[str, Difference]]:
    """Tables whose content is not the accepted one, each with its name as cause.

    Parameters
    ----------
    project : Project
        With the shipped tables.
    old : Project, optional
        The revision that is compared with. Without it only the hash of what was accepted is known.
    """
    if old is None:
        return [_of(name, "text", {"text": "as accepted"},
                    {"text": f"edited; look: git diff {project.shown(_file(project, name))}"})
                for name in datasets.changed(project) if name not in MADE]
    found = []
    before, after = ({name: book for name in datasets.names(book) if name not in MADE}
                     for book in (old, project))
    for name in {**before, **after}:
        a, b = (_csv(book[name], name) if name in book else None for book in (before, after))
        if a is None or b is None:
            found.append(_of(name, "new" if a is None else "gone", a, b))
        elif a != b:
            apart = differences.cells_apart(a["text/csv"], b["text/csv"])
            found.append(_of(name, "value" if apart else "text", a, b))
        if name in before and name in after:
            a, b = (_about(book, name) for book in (old, project))
            if a != b:
                found.append(_of(name, "metadata", a, b))
    return found


def of_files(project: Project, contents: Mapping[Path, bytes], before: Mapping[Path, bytes | None]
             ) -> list[Difference]:
    """Lines that differ in other files that are made with the reference.

    Parameters
    ----------
    project : Project
    contents, before : mapping
        What each file would hold and what it holds. A file that has the name of a chapter is of it.
    """
    known = chapters.names(project)
    found = []
    for file, content in contents.items():
        old, new = ((text or b"").decode(errors="replace").splitlines()
                    for text in (before[file], content))
        place = 0
        for a, b in differences.row_pairs([[line] for line in old], [[line] for line in new]):
            place += b is not None
            if a == b:
                continue
            change = "new" if a is None else "gone" if b is None else "text"
            same = change == "text" and wording.same_words(a[0], b[0])
            found.append(Difference(
                file.stem if file.stem in known else "data", 0,
                f"{project.shown(file)}, line {place}", DATA, change, a and {"text": a[0].strip()},
                b and {"text": b[0].strip()}, differences.WORDED if same else differences.FLIPPED))
    return found


def _of(name: str, change: str, old: dict | None, new: dict | None) -> tuple[str, Difference]:
    size = differences.APPEARED if change in ("new", "gone") else differences.WORDED
    return f"table {name}", Difference("data", 0, name, DATA, change, old, new, size)


def _file(project: Project, name: str) -> Path:
    return project.data / datasets.describe(name, project)["path"]


def _about(project: Project, name: str) -> dict:
    """Description of a table, without what follows from its content."""
    return {key: value for key, value in datasets.describe(name, project).items()
            if key not in plan.OF_A_FILE}


def _csv(project: Project, name: str) -> dict:
    return {"text/csv": text(_file(project, name))}


def text(file: Path) -> str:
    """Text of a table; empty where there is none."""
    return file.read_text(encoding="utf-8-sig", errors="replace") if file.is_file() else ""


def scenario_texts(project: Project) -> dict[str, str]:
    """CSV text of the tables of scenarios, by name; nothing in a book without them."""
    known = datasets.names(project)
    return {name: text(_file(project, name)) for name in MADE if name in known}
