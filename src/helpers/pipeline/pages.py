"""Pages written by hand, and what of the chapters they show by reference.

Such a page computes nothing. It glues in sentences and numbers, and shows figures and tables of
chapters of the same edition, by name::

    {glue:text}`chapters/6-suggestions-for-china.ipynb::finding_advice`

    :::{exhibit} 6-suggestions-for-china advice-card
    :::
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from helpers import words
from helpers.project import Project

FOLDER = "questions"
NO_PAGES = ("README.md", "CHANGELOG.md")
GLUED = re.compile(r"\{glue:text\}`(?:(?P<path>[^`:]*/)?(?P<chapter>[^`/:]+)\.ipynb::)?"
                   r"(?P<name>[A-Za-z0-9_]+)[^`]*`")
SHOWING = re.compile(r"\{([A-Za-z][\w:-]*)\}")  # a role or directive, rightly called or not
EXHIBIT = re.compile(r"^\s*[:`]{3,}\{exhibit\}[ \t]+(?P<chapter>\S+)[ \t]+(?P<name>\S+)", re.M)


@dataclass(frozen=True)
class Reference:
    """What a page shows of a chapter.

    Attributes
    ----------
    page : str
        Name of the page, such as ``intro`` or ``questions/market``.
    line : int
        Where it stands in the page's file.
    sort : str
        ``record`` or ``exhibit``.
    chapter, name : str
        The chapter (empty where the page names none), and the record, figure or table.
    way : str
        From the page to the chapter's folder, as a glued record has it.
    """

    page: str
    line: int
    sort: str
    chapter: str
    name: str
    way: str = ""


def written(project: Project) -> list[Path]:
    """Files of the pages written by hand, beside the chapters."""
    files = [*project.root.glob("*.md"), *(project.root / FOLDER).glob("*.md")]
    return sorted(file for file in files if file.name not in NO_PAGES)


def name_of(project: Project, file: Path) -> str:
    """Name of a page, as the table of contents has it: ``questions/market``."""
    return str(PurePosixPath(file.relative_to(project.root).with_suffix("")))


def title(text: str) -> str:
    """First heading of a page; empty where there is none."""
    found = re.search(r"^# (.+)$", text, re.M)
    return found[1].strip() if found else ""


def references(page: str, text: str) -> list[Reference]:
    """What a page shows of chapters, in the order of its text."""
    found = [(match.start(), sort, match["chapter"] or "", match["name"],
              match.groupdict().get("path") or "")
             for sort, pattern in (("record", GLUED), ("exhibit", EXHIBIT))
             for match in pattern.finditer(text)]
    return [Reference(page, text.count("\n", 0, start) + 1, *each)
            for start, *each in sorted(found)]


def misread(page: str, text: str) -> list[str]:
    """What a page means to show and does not say so that it is read, one line each."""
    read = [match.span() for pattern in (GLUED, EXHIBIT) for match in pattern.finditer(text)]
    return [f"{page}.md, line {text.count(chr(10), 0, match.start()) + 1}: {match[0]} shows "
            f"nothing of a chapter. Write {{glue:text}}`{way(page)}CHAPTER.ipynb::NAME`, or "
            f":::{{exhibit}} CHAPTER NAME"
            for match in SHOWING.finditer(text)
            if words.nearest(match[1], ("glue:text", "glue", "exhibit"), cutoff=0.75)
            and not any(start <= match.start() < end for start, end in read)]


def way(page: str) -> str:
    """From a page to the folder of the chapters: ``../chapters/`` for ``questions/market``."""
    return "../" * page.count("/") + "chapters/"


def all_references(project: Project) -> list[Reference]:
    """What all pages written by hand show of chapters."""
    return [each for file in written(project)
            for each in references(name_of(project, file), file.read_text(encoding="utf-8"))]


def unresolved(wanted: Iterable[Reference],
               there: Mapping[str, Mapping[str, Iterable[str]]]) -> list[str]:
    """References that lead nowhere, one line each: where, what, and which name is near.

    Parameters
    ----------
    wanted : iterable of Reference
    there : mapping
        Chapter -> sort -> names that the chapter has.
    """
    found = []
    for each in wanted:
        where = f"{each.page}.md, line {each.line}"
        if each.chapter not in there:
            near = words.nearest(each.chapter, list(there))
            found.append(f"{where}: there is no chapter {each.chapter!r}"
                         + (f"; did you mean {near}?" if near else ".")
                         + " Correct the reference; `book list` names the chapters.")
            continue
        names = list(there[each.chapter][each.sort])
        if each.name not in names:
            near = words.nearest(each.name, names)
            what = "record" if each.sort == "record" else "figure or table"
            found.append(f"{where}: {each.chapter} has no {what} {each.name!r}"
                         + (f"; did you mean {near}?" if near else ".")
                         + f" Correct the name, or let the chapter make it: book run "
                           f"{each.chapter}")
        elif each.sort == "record" and each.way != way(each.page):
            beside = each.way or "beside the page"
            found.append(f"{where}: {each.name} is glued in from {beside!r}, where no chapter is. "
                         f"Write {way(each.page)}{each.chapter}.ipynb::{each.name}")
    return found


def astray(project: Project, there: Mapping[str, Mapping[str, Iterable[str]]]) -> list[str]:
    """References of all pages that lead nowhere or are no references, one line each."""
    return [line for file in written(project)
            for line in misread(name_of(project, file), file.read_text(encoding="utf-8"))
            ] + unresolved(all_references(project), there)
