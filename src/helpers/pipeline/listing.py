"""What there is: chapters, scenarios, built editions, sweeps, each as plain rows."""

import csv

from helpers import parameters, words
from helpers.pipeline import chapters, edition, sweep
from helpers.project import Project


def of_chapters(project: Project) -> list[dict]:
    """Number, name, title and file of each chapter, in the order of the contents."""
    rows = []
    for name in chapters.names(project):
        chapter = chapters.read(project, name)
        number = words.chapter_number(name)
        rows.append({"number": number, "name": name,
                     "title": chapter.title.removeprefix(number).strip(),
                     "reads": list(chapter.parameters), "address": project.shown(chapter.path)})
    return rows


def of_scenarios(project: Project) -> list[dict]:
    """Name, title, what it sets and file of each scenario; of a broken one, what is wrong."""
    rows = []
    for name in edition.scenarios(project):
        file = project.scenarios / f"{name}.toml"
        row = {"name": name, "address": project.shown(file) if file.is_file() else ""}
        try:
            found = edition.resolve(project, name)
        except parameters.ParameterError as error:
            rows.append({**row, "title": f"cannot be read: {error}", "sets": {}})
        else:
            rows.append({**row, "title": found.title, "sets": found.overrides})
    return rows


def of_editions(project: Project) -> list[dict]:
    """Name, title, what it sets and address of each edition that is built, the baseline first."""
    rows = []
    for record in edition.built(project):
        folder = (project.build / "html" if record["name"] == edition.BASELINE
                  else project.build / "editions" / record["name"] / "html")
        rows.append({"name": record["name"], "title": record["title"],
                     "sets": record["overrides"], "own_tables": record["own_tables"],
                     "address": (folder / "index.html").as_uri()})
    return rows


def of_sweeps(project: Project) -> list[dict]:
    """Name, number of rows and address of each sweep."""
    rows = []
    for page in sorted(sweep.folder_of(project, "x").parent.glob("*/index.html")):
        with (page.parent / "results.csv").open(encoding="utf-8-sig", newline="") as file:
            rows_of = max(sum(1 for _ in csv.reader(file)) - 1, 0)
        rows.append({"name": page.parent.name, "title": f"{rows_of:,} rows",
                     "sets": {}, "address": page.as_uri()})
    return rows


KINDS = {"chapters": of_chapters, "scenarios": of_scenarios, "editions": of_editions,
         "sweeps": of_sweeps}


def said(row: dict) -> str:
    """What a row sets, in words."""
    values = [f"{name} = {parameters.literal(value)}" for name, value in row["sets"].items()]
    return ", ".join(values + [f"own table {name}" for name in row.get("own_tables", [])])
