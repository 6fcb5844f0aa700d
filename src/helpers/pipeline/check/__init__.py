"""The rules that every chapter keeps: each fault is one line that says what, where, and what next.

Rules about what an author writes hold before a chapter has run, so `book accept` refuses a chapter
that breaks one. Rules about outputs hold of a committed chapter; `book check CHAPTER` tells both.
A rule is a function of a chapter, and of what the book knows, that returns lines.
"""

from collections.abc import Callable, Iterable

from helpers import datasets, parameters
from helpers.pipeline import chapters, pages
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.beside import notes, tables
from helpers.pipeline.check.bounds import bound_faults, bound_output_faults
from helpers.pipeline.check.cells import cell_faults, syntax_faults
from helpers.pipeline.check.exhibits import (
    exhibit_faults,
    exhibits,
    position_faults,
    shared_words,
    source_faults,
)
from helpers.pipeline.check.facts import fact_faults
from helpers.pipeline.check.headings import heading_faults
from helpers.pipeline.check.inputs import parameter_faults, table_faults
from helpers.pipeline.check.ledger import ledger_faults
from helpers.pipeline.check.named import named_faults
from helpers.pipeline.check.order import order_faults
from helpers.pipeline.check.outputs import output_faults
from helpers.pipeline.check.parts import TO_WRITE
from helpers.pipeline.check.places import place_faults, unseen
from helpers.pipeline.check.prose import contents_faults, prose_faults, typed_numbers
from helpers.pipeline.check.quotes import quote_faults
from helpers.pipeline.check.reading import reading_faults
from helpers.pipeline.check.references import reference_faults
from helpers.pipeline.check.rests import COLUMNS, rest_faults
from helpers.pipeline.check.retold import retold_faults
from helpers.pipeline.check.stated import stated_faults
from helpers.pipeline.check.switches import switch_faults
from helpers.pipeline.check.typed import typed_faults
from helpers.project import Project

__all__ = ["TO_WRITE", "beside_chapters", "bound_faults", "bound_output_faults", "cell_faults",
           "claims", "contents_faults", "exhibit_faults", "exhibits",
           "fact_faults", "faults", "heading_faults", "ledger_faults", "named_faults", "notes",
           "of_chapter", "order_faults", "output_faults", "outputs", "parameter_faults",
           "place_faults", "position_faults", "prose_faults", "quote_faults",
           "reading_faults", "reference_faults", "rest_faults", "retold_faults", "shared",
           "shared_words", "source_faults", "stated_faults", "switch_faults", "syntax_faults",
           "table_faults", "tables", "typed_faults", "typed_numbers", "unseen",
           "written"]

TEXTS = ["section", "qualifier", "printed", "unit", "scope_id"]  # columns of claims that hold text


def faults(project: Project, name: str) -> list[str]:
    """Every rule that a chapter breaks, one line each; empty for a good chapter.

    Raises
    ------
    chapters.ChapterError
        If there is no such chapter, or it is no notebook.
    """
    return written(project, name) + outputs(project, name)


def written(project: Project, name: str) -> list[str]:
    """Rules about what the author wrote: they hold before the chapter has run."""
    chapter = chapters.read(project, name)
    unreadable = syntax_faults(chapter)
    if unreadable:
        return unreadable
    names = project.settings.get("not_results", ())
    return [
        *_told(parameter_faults, chapter, parameters.defaults()),
        *cell_faults(chapter),
        *switch_faults(chapter),
        *reading_faults(chapter),
        *_told(table_faults, chapter, datasets.names(project)),
        *prose_faults(chapter, names),
        *typed_faults(chapter, {"not_results": names} | project.settings.get("no_count", {})),
        *order_faults(chapter, project.settings.get("no_order", {})),
        *named_faults(chapter),
        *bound_faults(chapter, project.settings.get("no_bound", {})),
        *heading_faults(chapter),
        *contents_faults(chapter, chapters.names(project)),
    ]


def outputs(project: Project, name: str) -> list[str]:
    """Rules about what the chapter's committed run left in it."""
    chapter, printed = chapters.read(project, name), claims(project)
    found = output_faults(chapter) + ledger_faults(chapter, printed)
    if syntax_faults(chapter):
        return found
    sections = {claim: row["section"] for claim, row in (printed or {}).items()}
    return [
        *found,
        *_told(exhibit_faults, chapter),
        *_told(source_faults, chapter, datasets.names(project), sections),
        *position_faults(chapter),
        *place_faults(chapter, {each.name for each in pages.all_references(project)
                                if each.chapter == name}),
        *rest_faults(chapter, printed),
        *quote_faults(chapter, printed or {}),
        *stated_faults(chapter, printed),
        *bound_output_faults(chapter, project.settings.get("no_bound", {})),
    ]


def shared(project: Project) -> list[str]:
    """What figures and tables of the book must not have in common, and facts on which all agree."""
    listed = [chapters.read(project, name) for name in chapters.names(project)]
    facts = fact_faults(listed, project.settings.get("own_names"),
                        project.settings.get("same_facts"))
    return [*shared_words(listed), *facts, *retold_faults(listed)]


def of_chapter(name: str, lines: Iterable[str]) -> list[str]:
    """Lines of `shared` that speak of a chapter: as the first of two, or as the other."""
    return [line for line in lines if line.startswith(f"{name}, ") or f" and {name}, " in line
            or f" that of {name}, " in line]


def beside_chapters(project: Project, names: Iterable[str]) -> list[str]:
    """Faults of what stands beside these chapters: their tables, and pages written by hand."""
    return tables(project, names) + reference_faults(project)


def _told(rule: Callable, chapter: Chapter, *known) -> list[str]:
    """Faults by a rule that needs the chapter to be readable, or why it is not."""
    try:
        return rule(chapter, *known)
    except chapters.ChapterError as error:
        return [str(error)]


def claims(project: Project) -> dict[str, dict] | None:
    """Claims that results may rest on, by id: rows of the table that `claims` in [tool.book] names.

    A book may keep a smaller table: rules about a column hold where there is one.
    """
    table = project.settings.get("claims")
    if not table:
        return None
    frame = datasets.load(table, project)
    key = datasets.describe(table, project)["schema"]["primaryKey"]
    kept = frame.reindex(columns=["section", "qualifier", *COLUMNS]).astype(
        {"value": "float64", **dict.fromkeys(TEXTS, "object")})
    texts = kept.drop(columns="value").fillna("")
    rows = texts.assign(value=kept["value"]).to_dict("records")
    return dict(zip(frame[key if isinstance(key, str) else key[0]], rows, strict=True))
