"""Every record of an edition with what a reader may ask of it, as plain values.

The card of a number, the page of all results and the bundle of a chapter tell the same: so they
are made from this.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from helpers import datasets, markets, parameters, results
from helpers.pipeline import chapters, pages
from helpers.pipeline.edition import Edition
from helpers.pipeline.site import exhibits, glued, kept, page_metadata, slices
from helpers.project import Project

SETTING = "verdicts"  # in [tool.book]: chapter/table whose rows judge the claims, in their order
RESULTS, SCENARIOS = "scenario_results", "scenarios"  # tables of what shipped editions say
CODE = hashlib.sha256(Path(slices.__file__).read_bytes()).hexdigest()


@dataclass(frozen=True)
class Told:
    """A record, and where it comes from.

    Attributes
    ----------
    chapter : str
    entry : dict
        As `helpers.results` wrote it.
    parameters, tables : tuple of str
        What its value flows from.
    place : str
        Its name on the chapter's page; that of its code where prose does not show it.
    code : str
        Name of the code cell on the chapter's page.
    before : str or None
        What it says in the baseline, where that differs.
    """

    chapter: str
    entry: dict
    parameters: tuple[str, ...]
    tables: tuple[str, ...]
    place: str
    code: str
    before: str | None = None

    @property
    def name(self) -> str:
        """Its name in the chapter."""
        return self.entry["name"]


@dataclass(frozen=True)
class Ledger:
    """All records of an edition, in the order of the book.

    Attributes
    ----------
    edition : Edition
    records : tuple of Told
    executed : dict
        Executed notebook of each chapter.
    """

    edition: Edition
    records: tuple[Told, ...]
    executed: Mapping[str, dict]

    @property
    def project(self) -> Project:
        """The book."""
        return self.edition.project

    @cached_property
    def by_chapter(self) -> dict[str, list[Told]]:
        """Records of each chapter that has any."""
        found: dict[str, list[Told]] = {}
        for each in self.records:
            found.setdefault(each.chapter, []).append(each)
        return found

    @cached_property
    def citation(self) -> dict:
        """How the book is cited; empty in a book that does not say it."""
        return page_metadata.cff(self.project)

    @cached_property
    def values(self) -> dict:
        """Every parameter with its value in this edition."""
        return {**parameters.defaults(), **self.edition.overrides}

    @cached_property
    def claims(self) -> dict[str, dict]:
        """Printed claims by id: how each is printed, what its digits leave open, the verdict on it.

        Empty in a book that names no table of claims.
        """
        table = self.project.settings.get("claims")
        if not table or table not in datasets.names(self.project):
            return {}
        frame = datasets.load(table, self.project)
        key = datasets.describe(table, self.project)["schema"]["primaryKey"]
        key = key if isinstance(key, str) else key[0]
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        verdicts = self._verdicts(rows)
        return {row[key]: {
            "printed": row.get("printed") or "", "about": row.get("subject") or "",
            "section": row.get("section") or "", "kind": row.get("kind") or "",
            "open": self._open(row), **verdict}
            for row, verdict in zip(rows, verdicts, strict=True)}

    def _open(self, row: dict) -> str:
        """Half of what the printed digits leave open, in the claim's own unit."""
        if not {"half_width", "unit", "qualifier"} <= set(row):
            return ""
        half = markets.half_width(
            {**row, "half_width": float("nan") if row["half_width"] is None
             else row["half_width"]}, self.values.get("approximate_half_width", 0.0))
        return f"{half:g} {row['unit'].replace('_', ' ')}" if half else ""

    @property
    def audit(self) -> str:
        """Address of the table that judges the claims, from the root; empty if there is none."""
        chapter, _, name = self.project.settings.get(SETTING, "").partition("/")
        return f"chapters/{chapter}.html#table-{name}" if chapter in self.executed else ""

    def _verdicts(self, rows: Sequence[dict]) -> list[dict]:
        """The verdict on each claim, from the table that the auditing chapter shows."""
        chapter, _, name = self.project.settings.get(SETTING, "").partition("/")
        judged = next(
            (list(csv.DictReader(io.StringIO("".join(output["data"]["text/csv"]))))
             for cell in self.executed.get(chapter, {"cells": []})["cells"]
             for output in cell.get("outputs", [])
             if exhibits.about(output).get("table") == name), [])
        same = len(judged) == len(rows) and all(
            each.get("subject") == row.get("subject") and each.get("section") == row.get("section")
            for each, row in zip(judged, rows, strict=True))
        if not same:  # rows of something else
            return [{} for _ in rows]
        return [{"verdict": each.get("name", ""), "because": each.get("because", "")}
                for each in judged]

    @cached_property
    def in_editions(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """What each result says in the shipped editions: (chapter, name) -> (title, text), all.

        Without the chapters that read these tables; empty in a book without them.
        """
        project = self.project.with_own_data(None)
        if not {RESULTS, SCENARIOS} <= set(datasets.names(project)):
            return {}
        titles = dict(zip(*(datasets.load(SCENARIOS, project)[column]
                            for column in ("scenario", "title")), strict=True))
        rows = datasets.load(RESULTS, project)
        texts: dict[tuple[str, str], dict[str, str]] = {}
        for scenario, chapter, name, text in zip(
                rows["scenario"], rows["chapter"], rows["result"], rows["text"], strict=True):
            texts.setdefault((chapter, name), {})[scenario] = str(text)
        # A scenario that changes nothing a chapter reads has no rows for it: it says the same.
        return {key: [(title, said.get(scenario, said["baseline"]))
                      for scenario, title in titles.items()]
                for key, said in texts.items() if "baseline" in said}


def of_edition(edition: Edition, executed: Mapping[str, dict],
               before: Mapping[str, dict] | None = None) -> Ledger:
    """All records of an edition.

    Parameters
    ----------
    edition : Edition
    executed : mapping
        Executed notebook of each chapter.
    before : mapping, optional
        Executed notebooks of the baseline, where this is another edition.
    """
    found: list[Told] = []
    for chapter, notebook in executed.items():
        read = chapters.read(edition.project, chapter)
        grounds = _grounds(edition.project, read, notebook)
        prose = "\n".join(cell["source"] for cell in read.notebook["cells"]
                          if cell["cell_type"] == "markdown")
        in_prose = {each["name"] for each in pages.GLUED.finditer(prose) if not each["chapter"]}
        old = {entry["name"]: entry["text"]
               for entry in results.entries((before or executed)[chapter])}
        for entry in results.entries(notebook):
            name, ground = entry["name"], grounds[entry["name"]]
            at = glued.code_anchor(ground.cell + 1)
            found.append(Told(
                chapter, entry, ground.parameters, ground.tables,
                glued.anchor(entry["type"], name) if name in in_prose else at, at,
                None if old.get(name) == entry["text"] else old.get(name, "")))
    return Ledger(edition, tuple(found), executed)


def _grounds(project: Project, chapter: chapters.Chapter, notebook: dict
             ) -> dict[str, slices.Ground]:
    """What each record of a chapter flows from, looked up where the same code was read before."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"
             and "injected-parameters" not in cell["metadata"].get("tags", [])]
    told = {"sources": ["".join(cell["source"]) for cell in cells],
            "recorded": [[entry["name"] for entry in results.entries({"cells": [cell]})]
                         for cell in cells],
            "parameters": list(chapter.parameters), "tables": list(chapter.tables)}
    key = hashlib.sha256(f"{CODE}{json.dumps(told)}".encode()).hexdigest()
    made = kept.get(project.build, key, lambda: json.dumps(
        {name: asdict(ground) for name, ground in slices.grounds(**told).items()}).encode())
    return {name: slices.Ground(ground["cell"], tuple(ground["parameters"]),
                                tuple(ground["tables"]))
            for name, ground in json.loads(made).items()}


def names(records: Iterable[Told], part: str) -> list[str]:
    """Names of parameters or tables that any of the records rests on, in the order of mention."""
    return list(dict.fromkeys(name for each in records for name in getattr(each, part)))
