"""Pages of the book that are generated: what the tables hold, and what can be set.

One source of truth each: the data package and the parameter registry. Nobody edits these pages,
so they cannot drift apart from what the chapters really read.
"""

import csv
import html
import io
import shutil
from pathlib import Path

from helpers import datasets, parameters
from helpers.pipeline import store

ORIGINS = {
    "transcribed": "From the paper",
    "published": "Published elsewhere",
    "derived": "Computed from published series",
    "coded": "Coded by us",
}


def readers(chapters: list[str]) -> dict[str, list[str]]:
    """Chapters that read each table, by table name."""
    found = {name: [] for name in datasets.names()}
    for chapter in chapters:
        for name in store.declared_data(store.read_chapter(chapter)):
            found[name].append(chapter)
    return found


def write(source: Path, chapters: list[str]) -> None:
    """Write the generated pages, and the tables they link to, into the folder of the book."""
    target = source / "_static" / "data"
    target.mkdir(parents=True)
    for name in datasets.names():
        shutil.copy2(datasets.locate(name), target / f"{name}.csv")
    (source / "sources.md").write_text(sources_page(chapters), encoding="utf-8")
    (source / "parameters.md").write_text(parameters_page(chapters), encoding="utf-8")


def sources_page(chapters: list[str]) -> str:
    """Page ``Sources and data`` as Markdown, one entry per table of the data package."""
    used = readers(chapters)
    parts = [
        "# Sources and data",
        "Every table of this book: what it holds, where it comes from, under which licence, and "
        "which chapters read it. The page is generated from the data package. An empty cell in a "
        "table means that the source does not say.",
    ]
    for origin, heading in ORIGINS.items():
        names = [name for name in datasets.names() if datasets.describe(name)["origin"] == origin]
        if not names:
            continue
        parts.append(f"## {heading}")
        parts += [_entry(name, used[name]) for name in names]
    return "\n\n".join(parts) + "\n"


def _entry(name: str, chapters: list[str]) -> str:
    about = datasets.describe(name)
    text = datasets.locate(name).read_text(encoding="utf-8")
    rows = sum(1 for _ in csv.reader(io.StringIO(text))) - 1
    facts = [
        ("Rows", f"{rows:,}"),
        ("Columns", ", ".join(f"`{field['name']}`" for field in about["schema"]["fields"])),
        ("Licence", "; ".join(_licence(licence) for licence in about["licenses"])),
    ]
    if about.get("attribution"):
        facts.append(("Attribution", _plain(about["attribution"])))
    read_by = [f"[{_number(chapter)}](chapters/{chapter}.ipynb)" for chapter in chapters]
    facts.append(("Read by", ", ".join(read_by) or "no chapter yet"))
    facts.append(("SHA-256", f"`{datasets.sha256(datasets.locate(name)).removeprefix('sha256:')}`"))
    lines = [f"### {about['title']}", f"`{name}` · <a href=\"_static/data/{name}.csv\" download>"
             f"{name}.csv</a>", _plain(about["description"])]
    lines.append("\n".join(f"- **{label}**: {value}" for label, value in facts))
    sources = datasets.sources(name)
    if len(sources) > 1:
        listed = "\n".join(f"- {_source(source)}" for source in sources)
        lines.append(f":::{{dropdown}} {len(sources)} sources\n{listed}\n:::")
    elif sources:
        lines.append(f"Source: {_source(sources[0])}")
    return "\n\n".join(lines)


def _number(chapter: str) -> str:
    """Number of a chapter as the paper has it: ``2-3-market-expansion`` -> ``2.3``."""
    return ".".join(part for part in chapter.split("-") if part[:1].isdigit() or part[1:].isdigit())


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    safe = html.escape(text, quote=False)
    for sign in "*_[]$|`":
        safe = safe.replace(sign, "\\" + sign)
    return safe


def _licence(licence: dict) -> str:
    title = _plain(licence.get("title") or licence["name"])
    return f"[{title}]({licence['path']})" if licence.get("path") else title


def _source(source: dict) -> str:
    title = _plain(source["title"])
    path = source.get("path", "")
    # Angle brackets keep an address with brackets or blanks in one piece.
    return f"[{title}](<{path}>)" if path.startswith(("http://", "https://")) else title


def parameters_page(chapters: list[str]) -> str:
    """Page ``Parameters`` as Markdown, generated from the registry."""
    read_by = {name: [] for name in parameters.names()}
    for chapter in chapters:
        for name in store.declared_parameters(store.read_chapter(chapter)):
            read_by[name].append(f"[{_number(chapter)}](chapters/{chapter}.ipynb)")
    rows = [
        f"`{row.name}`\n: {row.meaning[0].upper()}{row.meaning[1:]}. "
        f"{'' if row.unit == '-' else f'Unit: {row.unit}. '}Baseline: `{row.default}`. "
        f"Allowed: {_plain(row.allowed)}. "
        f"Read by: {', '.join(read_by[row.name]) or 'no chapter yet'}."
        for row in parameters.table().itertuples()
    ]
    return "\n\n".join([
        "# Parameters",
        "What can be set, and which chapters read it. One name means one thing in every chapter. "
        "The page is generated from the registry in `src/helpers/parameters.py`. A value is given "
        "with `book build --set name=value`; a wrong one is refused before anything runs.",
        *rows,
    ]) + "\n"
