"""The index of countries and organisations: every place in the book that names one.

Which names there are, the tables say; where they stand, the finished pages. So the lists are put in
after Sphinx, into room that the page leaves for them: a result that changes on one page would else
mean to write this one again with every edition.
"""

import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from helpers import datasets
from helpers.pipeline.edition import BuildError
from helpers.pipeline.site.passages import Page, Passage
from helpers.project import Project

PAGE = "index-of-names"
COUNTRIES, ORGANISATIONS = "countries", "organisations"
KINDS = {"figure": "figure", "table": "table", "result": "result", "claim": "printed claim"}
# What an address table may list beside bodies.
BODIES = ("body", "firm", "publisher")
TEXT = """# Index of countries and organisations

Where the chapters and the answers to the questions name a country, a firm, an agency or another
body: in their text, in figures, tables, results and printed claims. A country is listed where its
name stands, not where only its adjective does. The names come from the tables of this book, the
places from its pages.

## Countries

{countries}

## Organisations

{organisations}
"""


def room(sort: str) -> str:
    """What stands on the page where a list will be."""
    return f'<div class="book-names" data-names="{sort}"></div>'


def text() -> str:
    """The page as Markdown, with room for the lists."""
    return TEXT.format(countries=room(COUNTRIES), organisations=room(ORGANISATIONS))


def fill(folder: Path, project: Project, pages: list[Page], found: Iterable[Passage]) -> None:
    """Put the lists into the built page; nothing is done in a book without it.

    Raises
    ------
    BuildError
        If the page has no room for a list.
    """
    file = folder / f"{PAGE}.html"
    if not file.is_file():
        return
    content = file.read_text(encoding="utf-8")
    titles = {page.address: page.title for page in pages if "/" in page.address}
    argued = [each for each in found if each.page in titles]
    for sort, names in of_book(project).items():
        if room(sort) not in content:
            raise BuildError(f"The page {PAGE} left no room for the list of {sort}.")
        content = content.replace(room(sort), "\n".join(_listed(names, argued, titles)))
    file.write_text(content, encoding="utf-8")


def of_book(project: Project) -> dict[str, dict[str, set[str]]]:
    """Names by sort: the one that is listed -> every way in which it is written."""
    return {COUNTRIES: countries(project), ORGANISATIONS: organisations(project)}


def countries(project: Project) -> dict[str, set[str]]:
    """Countries and unions of the paper, and further ones of the tables of others."""
    found = {}
    if "geographies" in datasets.names(project):
        rows = datasets.load("geographies", project)
        for row in rows[rows["type"].isin(("country", "union"))].itertuples():
            found[row.name] = {row.name, row.label_printed}
    spelled = set().union(*found.values())
    for name in _column(project, "country"):
        if name[:1].isupper() and name not in spelled:  # in small letters it is a key
            found[name] = {name}
    return found


def organisations(project: Project) -> dict[str, set[str]]:
    """Bodies of the paper, of deals and of the table of addresses.

    A name that holds another is the same body: ``CISA`` is listed under ``Cybersecurity and
    Infrastructure Security Agency (CISA)``, ``Nozomi Networks`` under ``Nozomi``.
    """
    known, ids, spelled = set(datasets.names(project)), {}, {}
    if "organisations" in known:
        for row in datasets.load("organisations", project).fillna("").itertuples():
            ids[row.organisation_id] = row.alias_of or row.organisation_id
            spelled.setdefault(ids[row.organisation_id], set()).update(_ways(row.name))
    if "chart_names" in known:
        for row in datasets.load("chart_names", project).itertuples():
            if row.item_id in ids:
                spelled[ids[row.item_id]].add(row.short_name)
    found = {max(ways, key=len): ways for ways in spelled.values()}
    for name in sorted({*_addressed(project, known), *_dealing(project, known)}, key=_longest):
        listed = next((long for long, ways in found.items()
                       if any(_has(way, name) or _has(name, way) for way in ways)), name)
        found.setdefault(listed, set()).add(name)
    return found


def _ways(name: str) -> Iterator[str]:
    """A name as it is printed; with its short form in brackets also each of the two."""
    yield name
    short = re.fullmatch(r"(.+) \((\w+)\)", name)
    if short and not short[2].istitle():  # a capital and small letters are a town
        yield from short.groups()


def _longest(name: str) -> tuple[int, str]:
    return -len(name), name


def _has(long: str, short: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(short)}(?![\w-])", long, re.I) is not None


def _column(project: Project, name: str) -> set[str]:
    return {value for table in datasets.names(project)
            if name in {field["name"] for field in
                        datasets.describe(table, project)["schema"]["fields"]}
            for value in datasets.load(table, project)[name].dropna().unique()}


def _addressed(project: Project, known: set[str]) -> Iterable[str]:
    if "addresses" not in known:
        return ()
    rows = datasets.load("addresses", project)
    return rows.loc[rows["about"].isin(BODIES), "name"]


def _dealing(project: Project, known: set[str]) -> Iterable[str]:
    if "deals" not in known:
        return ()
    rows = datasets.load("deals", project)
    firms = rows[rows["record_type"].isin(("round", "cumulative", "acquisition"))]["company"]
    return [*firms, *rows.loc[rows["record_type"] == "acquisition", "acquirer_or_round"]]


def _listed(names: dict[str, set[str]], found: list[Passage],
            titles: dict[str, str]) -> Iterator[str]:
    """A list of names with their places, as HTML; a name that no page has is left out."""
    written = {way: name for name, ways in names.items() for way in ways}
    any_way = "|".join(map(re.escape, sorted(written, key=_longest))) or "(?!)"
    pattern = re.compile(rf"(?<![\w-])(?:{any_way})(?![\w-])")
    places: dict[str, dict[str, dict]] = {}
    for each in found:
        said = f"{each.title}\n{each.text}".replace("\u00a0", " ")
        for name in dict.fromkeys(written[way] for way in pattern.findall(said)):
            on_page = places.setdefault(name, {}).setdefault(each.page, {})
            on_page.setdefault((each.title, each.kind), each.address)
    yield '<dl class="book-names">'
    for name in sorted(places, key=str.casefold):
        others = sorted(names[name] - {name}, key=_longest)
        others = [other for other in others if other not in name]
        also = f" <span>{html.escape(', '.join(others))}</span>" if others else ""
        yield f'<dt id="name-{_anchor(name)}">{html.escape(name)}{also}</dt><dd><ul>'
        for page in sorted(places[name], key=lambda page: list(titles).index(page)):
            yield _on_page(page, titles[page], places[name][page])
        yield "</ul></dd>"
    yield "</dl>"


def _on_page(page: str, title: str, places: dict[tuple[str, str], str]) -> str:
    links = []
    for (heading, kind), address in places.items():
        if heading != title:
            said = html.escape(heading) + (f" ({KINDS[kind]})" if kind in KINDS else "")
            links.append(f'<a href="{html.escape(address)}">{said}</a>')
    rest = f": {'; '.join(links)}" if links else ""
    return f'<li><a href="{html.escape(page)}">{html.escape(title)}</a>{rest}</li>'


def _anchor(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
