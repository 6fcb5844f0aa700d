"""New chapters, tables and scenarios from templates, that keep every rule from the first moment.

Each function works out the whole change and writes nothing: file -> content, for
`helpers.files.replace`. What the author has to say is marked with `check.TO_WRITE`.
"""

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import yaml

from helpers import characters, datasets, parameters, words
from helpers.pipeline import chapters, edition, naming, pages
from helpers.pipeline.check import TO_WRITE
from helpers.project import Project

TEMPLATES = Path(__file__).parent / "templates"
# Folder of data/ -> where its tables come from.
ORIGINS = {"paper": "transcribed", "external": "published", "analyst": "coded",
           "editions": "computed"}
CHAPTER_NAME = re.compile(r"([1-9]|[a-z][1-9])[0-9]*(-[1-9][0-9]*)*(-[a-z][a-z0-9]*)+")
TABLE_NAME = re.compile(r"[a-z][a-z0-9_]*")
SCENARIO_NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
RESERVED = ("scenarios", "baseline")  # words that `book sweep` and `book build` have taken
YEARS = range(1800, 2101)


class NewError(ValueError):
    """Something that cannot be made. One line; nothing was written."""


@dataclass(frozen=True)
class New:
    """What would be made.

    Attributes
    ----------
    name : str
    contents : dict
        File -> content.
    remarks : list of str
        What its author still has to do, one line each.
    """

    name: str
    contents: dict[Path, bytes]
    remarks: list[str] = field(default_factory=list)


# ------------------------------------------------------------------ chapters


def chapter(project: Project, name: str, table: str | None = None) -> New:
    """A chapter that runs: question, answer, one result, one figure, limits; and its place.

    Parameters
    ----------
    project : Project
    name : str
        Number and name, such as ``2-4-new-markets``.
    table : str, optional
        Table that it reads; by default the first of the book.

    Raises
    ------
    NewError
        If the name is taken or no name of a chapter.
    datasets.DataError
        If there is no such table.
    """
    if not CHAPTER_NAME.fullmatch(name):
        raise NewError(f"{name!r} is no name of a chapter; expected its number and words joined by "
                       f"-, such as 2-4-new-markets or a4-sources.")
    _check_length(name)
    number = words.chapter_number(name)
    known = {file.stem for file in project.chapters.glob("*.ipynb")} | set(chapters.names(project))
    taken = next((other for other in sorted(known) if words.chapter_number(other) == number), None)
    if taken:
        raise NewError(f"The number {number} is taken by {taken}. Choose another one.")
    table = datasets.describe(table or datasets.names(project)[0], project)["name"]
    title = words.opening(name.removeprefix(f"{number.lower().replace('.', '-')}-")
                          .replace("-", " "))
    notebook = _filled("chapter.ipynb", number=number, title=title, table=table)
    contents = {project.chapters / f"{name}.ipynb": notebook,
                project.contents: with_chapter(project, name)}
    remarks = [f"Write what is marked {TO_WRITE!r} in chapters/{name}.ipynb, then: "
               f"book accept {name}"]
    listing = (file for file in pages.written(project)
               if re.search(r"^\|.*\]\(chapters/", file.read_text(encoding="utf-8"), re.M))
    remarks += [f"{file.name} lists the chapters by hand. Write there: "
                f"| {number} | [{title}](chapters/{name}.ipynb): what it finds |"
                for file in listing]
    return New(name, contents, remarks)


def with_chapter(project: Project, name: str) -> bytes:
    """The table of contents with one more line, after the chapter whose number comes before.

    Raises
    ------
    NewError
        If no line says where chapters stand.
    """
    text = project.contents.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    at = {}
    for place, line in enumerate(lines):
        found = re.match(r"(\s*)- file: chapters/([a-z0-9-]+)\s*$", line)
        if found:
            at[found[2]] = (place, found[1])
    earlier = [other for other in at if _order(other) < _order(name)]
    if earlier:
        place, indent = at[max(earlier, key=_order)]
        place += 1
    elif at:
        place, indent = at[min(at, key=_order)]
    else:
        heads = [place for place, line in enumerate(lines) if re.match(r"\s*chapters:\s*$", line)]
        if not heads:
            raise NewError(f"{project.contents.name} has no line `chapters:`. Write one, and under "
                           f"it: - file: chapters/{name}")
        place = heads[0] + 1
        indent = re.match(r"\s*", lines[heads[0]])[0] + "  "
    if place and not lines[place - 1].endswith("\n"):
        lines[place - 1] += "\n"
    lines.insert(place, f"{indent}- file: chapters/{name}\n")
    changed = "".join(lines)
    if name not in str(yaml.safe_load(changed)):
        raise NewError(f"{project.contents.name} cannot be changed. Write there: "
                       f"- file: chapters/{name}")
    return changed.encode()


def _order(name: str) -> list:
    """Chapters in the order of their numbers; those with a letter come last."""
    return [(re.match(r"[A-Z]*", part)[0], int(re.search(r"\d+", part)[0]))
            for part in filter(None, words.chapter_number(name).split("."))]


# ------------------------------------------------------------------ tables


def table(project: Project, file: Path, folder: str | None = None) -> New:
    """A table with a whole description: its schema is guessed from what stands in the file.

    Parameters
    ----------
    project : Project
    file : Path
        A CSV file; one that lies outside ``data/`` is copied.
    folder : str, optional
        Folder of ``data/`` for a copied file: one of `ORIGINS`; by default ``external``.

    Raises
    ------
    NewError
        If the file cannot be a table, or its name is bad or taken.
    """
    file = Path(file).resolve()
    name = file.stem
    if file.suffix != ".csv" or not TABLE_NAME.fullmatch(name):
        raise NewError(f"{file.name!r} is no name of a table; expected lower-case words joined by "
                       f"_, and .csv at the end. Rename the file.")
    _check_length(name)
    if name in datasets.names(project):
        raise NewError(f"A table {name!r} is described already in "
                       f"{project.shown(project.data_package)}. Rename the file.")
    inside = file.is_relative_to(project.data)
    if inside:
        folder = file.relative_to(project.data).parts[0] if file.parent != project.data else None
        if folder not in ORIGINS:
            raise NewError(f"{project.shown(file)} must lie in one of the folders of data/: "
                           f"{', '.join(ORIGINS)}. Move it there.")
    target = file if inside else project.data / (folder or "external") / file.name
    if not inside and target.exists():
        raise NewError(f"{project.shown(target)} is there already. Type: "
                       f"book new table {project.shown(target)}")
    content, header, rows = _read(file)
    origin = ORIGINS[target.relative_to(project.data).parts[0]]
    described = json.loads(project.data_package.read_text(encoding="utf-8"))
    entry = {
        "name": name, "path": target.relative_to(project.data).as_posix(),
        "title": f"{TO_WRITE}: {words.opening(words.spaced(name))}",
        "description": f"{TO_WRITE}: what one row is, traps, and what must not be concluded.",
        "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv",
        "encoding": "utf-8", "origin": origin,
        "sources": [{"title": f"{TO_WRITE}: who published it, where and when"}],
        "licenses": [{"name": "other-unknown", "title": f"{TO_WRITE}: licence of the source"}],
        "schema": schema(header, rows), "bytes": len(content), "hash": datasets.sha256_of(content),
        "rows": len(rows),
    }
    kin = [place for place, other in enumerate(described["resources"])
           if other["origin"] == origin]
    described["resources"].insert(kin[-1] + 1 if kin else len(described["resources"]), entry)
    package = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
    remarks = [f"Write what is marked {TO_WRITE!r} in {project.shown(project.data_package)} "
               f"(search for {name!r}), and look at the guessed types.",
               f"Read it in a chapter: datasets.load(\"{name}\"). A chapter for it: "
               f"book new chapter NUMBER-NAME --table {name}"]
    return New(name, {target: content, project.data_package: package.encode()}, remarks)


def _read(file: Path) -> tuple[bytes, list[str], list[list[str]]]:
    """Content as it is to be kept, header and rows of a CSV file."""
    try:
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise NewError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise NewError(f"{file.name} is not UTF-8 (byte {error.start}). Save it so.") from None
    rows = list(csv.reader(io.StringIO(text)))
    if len(rows) < 2:
        raise NewError(f"{file.name} has no row under its header.")
    header = rows[0]
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise NewError(f"{file.name} is separated by semicolons or tabs. Save it with commas.")
    for place, title in enumerate(header, start=1):
        if not title.strip() or title != title.strip():
            raise NewError(f"{file.name}, row 1, column {place}: expected a name without blanks "
                           f"around it; got {title!r}.")
        if header.count(title) > 1:
            raise NewError(f"{file.name}, row 1: the name {title!r} stands there twice.")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise NewError(f"{file.name}, row {number}: {len(row)} cells where the header has "
                           f"{len(header)}. A cell that holds a comma needs quotation marks.")
    return text.encode(), header, rows[1:]


def schema(header: list[str], rows: list[list[str]]) -> dict:
    """Types, required cells and key of a table, guessed from its cells."""
    columns = {title: [row[place] for row in rows] for place, title in enumerate(header)}
    fields = []
    for title, cells in columns.items():
        about = {"name": title, "type": _type(title, cells),
                 "description": f"{TO_WRITE}: what it is; unit."}
        if about["type"] == "boolean":  # others that read the package take true and false only
            about |= {"trueValues": ["yes"], "falseValues": ["no"]}
        if all(cells):
            about["constraints"] = {"required": True}
        fields.append(about)
    kinds = {each["name"]: each["type"] for each in fields}
    key = _key(columns, kinds)
    found = {"fields": fields, "missingValues": [""]}
    return found | ({"primaryKey": key[0] if len(key) == 1 else key} if key else {})


def _type(title: str, cells: list[str]) -> str:
    """The narrowest type that every cell has; a code such as 007 is text."""
    filled = [cell for cell in cells if cell]
    if not filled or any(re.fullmatch(r"[+-]?0\d+", cell) for cell in filled):
        return "string"
    for kind in ("boolean", "integer", "number"):
        try:
            values = [datasets.CASTS[kind](cell) for cell in filled]
        except (ValueError, KeyError):
            continue
        is_year = kind == "integer" and "year" in title.lower() and all(
            value in YEARS for value in values)
        return "year" if is_year else kind
    return "string"


def _key(columns: Mapping[str, list[str]], kinds: Mapping[str, str]) -> list[str]:
    """The first columns, figures left out, that together tell every row apart; else none."""
    key = []
    for title, cells in columns.items():
        if kinds[title] in ("number", "boolean") or not all(cells):
            continue
        if len(set(cells)) == len(cells):
            return [title]
        key.append(title)
        rows = list(zip(*(columns[name] for name in key), strict=True))
        if len(set(rows)) == len(rows):
            return key
    return []


# ------------------------------------------------------------------ scenarios


def scenario(project: Project, name: str, values: Mapping | None = None, *,
             title: str | None = None, why: str | None = None) -> New:
    """A scenario file with its format in comments, and every parameter as a line to take up.

    Parameters
    ----------
    project : Project
    name : str
    values : mapping, optional
        Parameters that it sets at once, validated.
    title, why : str, optional
        What it is called and asks; by default its author is to write them.

    Raises
    ------
    NewError
        If the name is taken or no name of a scenario, or a text is none that can be written.
    """
    if not SCENARIO_NAME.fullmatch(name):
        raise NewError(f"{name!r} is no name of a scenario; expected lower-case words joined by - "
                       f"or _.")
    _check_length(name)
    for part, text in (("title", title or ""), ("why", why or "")):
        fault = characters.fault(text)  # before it is written: half a sign cannot be
        if fault:
            raise NewError(f"{part}: expected one line of text; {characters.shown(text)} {fault}.")
    if name in RESERVED or name in edition.scenarios(project):
        raise NewError(f"The name {name!r} is taken. Choose another one; `book list scenarios` "
                       f"lists them.")
    values, lines = values or {}, []
    for parameter, default in parameters.defaults().items():
        sign = "" if parameter in values else "# "
        value = json.dumps(values.get(parameter, default), ensure_ascii=False)
        lines.append(f"{sign}{parameter} = {value}  # {parameters.meaning(parameter)}; "
                     f"{parameters.allowed(parameter)}")
    file = project.scenarios / f"{name}.toml"
    if title is None:
        title = f"{TO_WRITE}: {words.opening(re.sub('[_-]', ' ', name))}"
    if why is None:
        why = f"{TO_WRITE}: one sentence that says why the scenario is looked at."
    content = _filled("scenario.toml", name=name, title=_quoted(title), why=_quoted(why),
                      parameters="\n".join(lines))
    return New(name, {file: content}, [
        f"Write what is marked {TO_WRITE!r} in {project.shown(file)}, then: book build {name}",
        "Its results join the tables of scenarios with: book accept"])


def _check_length(name: str) -> None:
    """Refuse what is too long for the name of a file once something stands before or after it."""
    if len(name) > naming.LONGEST:
        raise NewError(f"The name has {len(name):,} signs, at most {naming.LONGEST} are taken: "
                       f"{characters.shown(name)}.")


def _quoted(text: str) -> str:
    """A text as TOML writes it, which in this is as JSON does."""
    return json.dumps(text, ensure_ascii=False)


def _filled(template: str, **texts: str) -> bytes:
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    return Template(text).substitute(texts).encode()
