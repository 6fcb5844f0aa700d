"""Pages of the book that are generated: what the tables hold, and what can be set.

One source of truth each: the data package and the parameter registry. Nobody edits these pages,
so they cannot drift apart from what the chapters really read.
"""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from helpers import datasets, downloads, drawing, markup, parameters, words
from helpers.pipeline import chapters, compare
from helpers.pipeline.edition import Edition
from helpers.pipeline.site import moved_page, name_index
from helpers.project import Project

ORIGINS = {
    "transcribed": "From the paper",
    "published": "Published elsewhere",
    "derived": "Computed from published series",
    "coded": "Coded by us",
    "computed": "Computed by this book",
}


def readers(project: Project, names: list[str]) -> dict[str, list[str]]:
    """Chapters that read each table, by table name."""
    found = {name: [] for name in datasets.names(project)}
    for chapter in names:
        for name in chapters.read(project, chapter).tables:
            found[name].append(chapter)
    return found


def write(staged: Path, edition: Edition, names: list[str], shipped) -> None:
    """Write the generated pages, and the tables they link to, into the folders of a book.

    Parameters
    ----------
    staged : Path
    edition : Edition
    names : list of str
        Its chapters.
    shipped : list of Edition
        Those that come with the book.
    """
    project = edition.project
    source, target = staged / "source", staged / "static" / "data"
    target.mkdir(parents=True)
    for name in datasets.names(project):
        text = datasets.locate(name, project).read_text(encoding="utf-8-sig")
        (target / f"{name}.csv").write_bytes(downloads.to_bytes(downloads.table(text)))
    (source / "sources.md").write_text(sources_page(project, names), encoding="utf-8")
    (source / "parameters.md").write_text(parameters_page(project, names, shipped),
                                          encoding="utf-8")
    (source / f"{name_index.PAGE}.md").write_text(name_index.text(), encoding="utf-8")
    (source / moved_page.PAGE).write_text(moved_page.text(project, names), encoding="utf-8")


def sources_page(project: Project, chapter_names: list[str]) -> str:
    """Page ``Sources and data`` as Markdown, one entry per table of the data package."""
    used = readers(project, chapter_names)
    parts = [
        "# Sources and data",
        "Every table of this book: what it holds, where it comes from, under which licence, and "
        "which chapters read it. The page is generated from the data package. An empty cell in a "
        "table means that the source does not say. A download is made for a spreadsheet: it begins "
        "with a byte order mark if it has letters beyond ASCII, and a text that would be run as a "
        "formula begins with an apostrophe. The SHA-256 is that of the file which the chapters "
        "read.",
    ]
    for origin, heading in ORIGINS.items():
        names = [name for name in datasets.names(project)
                 if datasets.describe(name, project)["origin"] == origin]
        if not names:
            continue
        parts.append(f"## {heading}")
        parts += [entry(datasets.describe(name, project), datasets.locate(name, project),
                        used[name]) for name in names]
    return "\n\n".join(parts) + "\n"


def entry(about: dict, file: Path, read_by: list[str]) -> str:
    """A table on the page of sources, as Markdown.

    Parameters
    ----------
    about : dict
        Its description in the data package.
    file : Path
        What it is read from.
    read_by : list of str
        Chapters that read it.
    """
    name = about["name"]
    text = file.read_text(encoding="utf-8-sig")
    rows = sum(1 for _ in csv.reader(io.StringIO(text))) - 1
    facts = [
        ("Rows", f"{rows:,}"),
        ("Licence", "; ".join(_licence(licence) for licence in about["licenses"])),
    ]
    if about.get("attribution"):
        facts.append(("Attribution", markup.linked(about["attribution"])))
    facts.append(("Read by", ", ".join(map(_linked, read_by)) or (
        "the pages, for their links" if about.get("for_pages") else "no chapter yet")))
    lines = [f"({anchor('data', name)})=\n### {markup.inline(about['title'])}",
             f"{markup.code(name)} · <a href=\"_static/data/{name}.csv\" download>{name}.csv</a>",
             markup.inline(about["description"])]
    lines.append("\n".join(f"- **{label}**: {value}" for label, value in facts))
    checksum = datasets.sha256(file).removeprefix("sha256:")
    columns = "\n".join(
        f"- {markup.code(field['name'])}: {markup.inline(field.get('description', ''))}"
        for field in about["schema"]["fields"])
    lines.append(f":::{{dropdown}} Columns and checksum\n{columns}\n\nSHA-256: `{checksum}`\n:::")
    sources = about["sources"]
    if len(sources) > 1:
        listed = "\n".join(f"- {_source(source)}" for source in sources)
        lines.append(f":::{{dropdown}} {len(sources)} sources\n{listed}\n:::")
    elif sources:
        lines.append(f"Source: {_source(sources[0])}")
    return "\n\n".join(lines)


def anchor(sort: str, name: str) -> str:
    """Where a table stands on the page of sources (sort ``data``), or a ``parameter`` on its own.

    Sphinx makes hyphens of underscores.
    """
    return f"{sort}-{name.replace('_', '-')}"


def _linked(chapter: str) -> str:
    """Number of a chapter as a link to it."""
    return markup.link_to_page(words.chapter_number(chapter), f"chapters/{chapter}.ipynb")


def _licence(licence: dict) -> str:
    return markup.link(licence.get("title") or licence["name"], licence.get("path", ""))


def _source(source: dict) -> str:
    return markup.link(source["title"], source.get("path", ""))


def parameters_page(project: Project, chapter_names: list[str], shipped=()) -> str:
    """Page ``Parameters`` as Markdown: the registry, and the editions that come with the book."""
    read_by = {name: [] for name in parameters.names()}
    for chapter in chapter_names:
        for name in chapters.read(project, chapter).parameters:
            read_by[name].append(_linked(chapter))
    standard = parameters.defaults()
    rows = []
    for name in parameters.names():
        meaning, unit = words.opening(parameters.meaning(name)), parameters.unit(name)
        rows.append(
            f"<span id=\"{anchor('parameter', name)}\"></span>`{name}`\n: {meaning}. "
            f"{'' if unit == '-' else f'Unit: {unit}. '}"
            f"Baseline: {markup.code(parameters.literal(standard[name]))}. "
            f"Allowed: {markup.inline(parameters.allowed(name))}. "
            f"Read by: {', '.join(read_by[name]) or 'no chapter yet'}.")
    return "\n\n".join([
        "# Parameters",
        "What can be set, and which chapters read it. One name means one thing in every chapter. "
        "The page is generated from the registry in `src/helpers/parameters.py`. A value is given "
        "with `book build --set name=value`; a wrong one is refused before anything runs.",
        *rows,
        *_editions(shipped),
    ]) + "\n"


def _editions(shipped) -> list[str]:
    """What the editions set that come with the book, each with the command that builds it."""
    standard = parameters.defaults()
    rows = [[edition.title, edition.why,
             "; ".join(f"{name} = {parameters.literal(value)} (baseline "
                       f"{parameters.literal(standard[name])})"
                       for name, value in edition.overrides.items()),
             edition.command()] for edition in shipped if edition.overrides]
    return ["## Editions", "An edition is the whole book with some parameters changed. The shipped "
            "ones:", html_table("Editions", ["Edition", "What it asks", "What it sets", "Command"],
                                rows),
            "Your own: `book build --set name=value`, as often as you like in one command. "
            "`book compare A B` prints what differs between any two."] if rows else []


WHAT_CHANGED = "what-changed.md"  # every edition has this page, so that all share their contents


def write_baseline(staged: Path) -> None:
    """Write the page ``What changed`` of the baseline."""
    (staged / "source" / WHAT_CHANGED).write_text(BASELINE_PAGE, encoding="utf-8")


BASELINE_PAGE = """# What changed

You read the baseline: the edition that all others are held against. In any other edition this page
lists the results, sentences and figures that differ from it. Which editions come with the book, and
how to make your own, stands under [Parameters](parameters.md).
"""


def write_what_changed(staged: Path, edition, changes, runs) -> None:
    """Write the page ``What changed`` of an edition."""
    (staged / "source" / WHAT_CHANGED).write_text(
        what_changed_page(edition, changes, runs), encoding="utf-8")


def what_changed_page(edition, changes, runs) -> str:
    """Page ``What changed`` as Markdown: against the baseline, what this edition says otherwise."""
    standard = parameters.defaults()
    rows = [[name, parameters.literal(standard[name]), parameters.literal(value)]
            for name, value in edition.overrides.items()]
    rows += [[f"Table {name}", "as shipped", "your own"]
             for name in datasets.replaced(edition.project)]
    parts = [
        "# What changed",
        (f"This edition, *{markup.inline(edition.heading)}*, against the baseline. "
         f"{markup.inline(edition.why)}"
         if edition.has_scenario else "This edition against the baseline."),
        html_table("What was set", ["Assumption", "Baseline", "This edition"], rows),
        f"The command that reproduces it:\n\n{markup.block(edition.command())}",
        f"Results that differ: {len(changes.changed)}; that agree within their tolerance: "
        f"{changes.same}. Sentences that moved: {len(changes.sentences)}; figures: "
        f"{len(changes.figures)}.",
        "## Results",
    ]
    parts.append(html_table(
        "Results", ["Chapter", "Result", "Baseline", "This edition", "Change"],
        [[words.chapter_number(row["chapter"]), row["label"], row["old_text"], row["new_text"],
          "" if row["change"] is None
          else compare.change_in_words(row["change"]).replace("-", "\u2212")]
         for row in changes.changed]) if changes.changed else "No result differs.")
    if changes.sentences:
        parts += ["## Sentences", html_table(
            "Sentences", ["Chapter", "Baseline", "This edition"],
            [[words.chapter_number(row["chapter"]), row["old"], row["new"]]
             for row in changes.sentences])]
    if changes.figures:
        parts.append("## Figures")
        for place, row in enumerate(changes.figures, 1):
            number = words.chapter_number(row["chapter"])
            pictures = "".join(
                _drawn(side, row[when], row[f"{when}_about"], f"drawing-{place}-{when}")
                for side, when in (("Baseline", "old"), ("This edition", "new")))
            parts += [f"### {markup.inline(number)}, {markup.inline(row['name'])}",
                      # Search finds a figure in its chapter.
                      f'<div class="side-by-side" data-not-searched>{pictures}</div>']
    parts += ["## Runs", html_table(
        "Runs", ["Chapter", "Run key"], [[run.chapter, run.key[:32]] for run in runs])]
    return "\n\n".join(parts) + "\n"


def _drawn(side: str, picture: str, about: Mapping, prefix: str) -> str:
    """One of two figures side by side: the drawing is part of the page, its words are text."""
    def line(name: str, before: str = "") -> str:
        text = about.get(name, "")
        return f'<p class="figure-{name}">{before}{markup.escaped(text)}</p>' if text else ""

    # In Markdown an empty line would end it.
    drawn = " ".join(drawing.on_page(picture, prefix).split("\n"))
    return (f'<figure class="book-figure"><figcaption><p><strong>{side}</strong></p>'
            f'{line("title")}{line("subtitle")}</figcaption>{drawn}'
            f'{line("source", "Source: ")}</figure>')


def html_table(label: str, headers: list[str], rows: list[list[str]]) -> str:
    """A table in the house style for a Markdown page, below a heading that says what it is.

    Parameters
    ----------
    label : str
        What it is, for those who hear the page.
    headers : list of str
    rows : list of lists of str
        Texts.
    """
    return markup.boxed(markup.table(headers, rows), label)
