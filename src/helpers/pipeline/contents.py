"""The table of contents: which chapters there are, in which order."""

import re

import yaml

from helpers import characters
from helpers.pipeline.described import in_a_line
from helpers.pipeline.notebooks import ChapterError
from helpers.project import Project

FOLDER = "chapters/"
# What a name may have beside letters and digits of any script. Others mean something in an
# address, a link or a shell: ? # % / [ ] < > quotation marks, blanks.
NAME = re.compile(r"[\w.()'&+,=@~-]+")
PAGES = (".ipynb", ".md")


def parts(project: Project) -> list[tuple[str, list[str]]]:
    """Captions of the contents, each with its pages without ending, as a reader goes through them.

    The first page stands before all parts, without a caption.
    """
    shown = project.shown(project.contents)
    described = yaml.safe_load(project.contents.read_text(encoding="utf-8-sig"))
    found = [("", [described["root"]])]
    listed = described.get("parts") or [{key: value for key, value in described.items()
                                         if key in ("chapters", "sections")}]
    for part in listed:
        files = [_without_ending(file) for file in _files(part, shown)]
        if files:
            found.append((part.get("caption", ""), files))
    return found


def _without_ending(file: str) -> str:
    for ending in PAGES:
        file = file.removesuffix(ending)
    return file


def names(project: Project) -> list[str]:
    """Chapters in the order of the table of contents, with parts, sections or neither.

    Raises
    ------
    ChapterError
        If the table of contents cannot be read, or names a chapter that cannot be one.
    """
    shown = project.shown(project.contents)
    try:
        described = yaml.safe_load(project.contents.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ChapterError(
            f"{shown} is missing. Restore it: git checkout -- {shown}") from None
    except (yaml.YAMLError, OSError, ValueError, RecursionError) as error:
        raise ChapterError(f"{shown} is no table of contents that can be read:"
                           f"{in_a_line(error)}. See what changed: git diff -- {shown}"
                           ) from None
    found: list[str] = []
    for file in _files(described, shown):
        name = _chapter(file, shown)
        if name in found:
            raise ChapterError(f"{shown} lists the chapter {name!r} twice. Delete one line.")
        if name:
            found.append(name)
    return found


def _files(described, shown: str) -> list[str]:
    """Files of all pages, parts and sections taken one after another."""
    def wrong(what: str):
        return ChapterError(f"{shown} is no table of contents that can be read: {what}. "
                            f"See what changed: git diff -- {shown}")

    if not isinstance(described, dict) or not {"parts", "chapters", "sections"} & set(described):
        raise wrong("expected parts, or chapters")
    found = []

    def walk(part) -> None:
        if not isinstance(part, dict):
            raise wrong(f"expected a line such as `- file: chapters/NAME`; "
                        f"got {characters.shown(part)}")
        if "glob" in part:
            raise wrong(f"glob: {part['glob']}: list each chapter, whose order matters")
        if "file" in part:
            if not isinstance(part["file"], str):
                raise wrong(f"file: expected a name; got {characters.shown(part['file'])}")
            found.append(part["file"])
        inner = [key for key in ("parts", "chapters", "sections") if key in part]
        if not inner and not {"file", "url"} & set(part):
            raise wrong(f"expected file or url; got {characters.shown(', '.join(map(str, part)))}")
        for key in inner:
            if not isinstance(part[key] or [], list):
                raise wrong(f"{key}: expected a list; got {characters.shown(part[key])}")
            for each in part[key] or []:
                walk(each)

    walk({key: value for key, value in described.items() if key != "file"})
    return found


def _chapter(file: str, shown: str) -> str:
    """Name of the chapter that a file is; empty for another page."""
    if not file.startswith(FOLDER):
        return ""
    name = _without_ending(file.removeprefix(FOLDER))
    if not NAME.fullmatch(name) or name.startswith((".", "-")):
        odd = sorted(set(name) - set("".join(NAME.findall(name)))) or [name[:1]]
        raise ChapterError(
            f"{shown} lists {characters.shown(file)}: a chapter's name has no "
            f"{' '.join('blank' if sign.isspace() else sign for sign in odd)}. Rename the notebook "
            f"to words joined by -, and write its new name there.")
    return name
