"""Bring the catalogues of a language in step with the book: what is new, what nobody says any more.

``python -m helpers.pipeline.site.catalogues zh_CN`` reads the words of the frame from the code and
the messages of pages from the built baseline, and writes the files under ``locales/`` again: known
translations stay, new messages come in without one, others go.
"""

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from helpers.pipeline.site import frame, languages, messages, wording
from helpers.project import Project

SITE = Path(__file__).parent
KEYWORDS = {"_": None, "fill": None, "say": None}
OPTIONS = {".html": {"silent": "false"}, ".js": {"parse_template_string": "true"}}
EXTRACTORS = {".py": "python", ".js": "javascript", ".html": "jinja2.ext:babel_extract"}


def of_frame() -> set[str]:
    """Words of the frame, as they are marked in templates, modules and scripts of pages."""
    found = set()
    files = [*sorted(frame.THEME.rglob("*.html")), *sorted(frame.THEME.rglob("*.js")),
             *sorted(SITE.glob("*.py"))]
    for file in files:
        with file.open("rb") as opened:
            for _, said, _, _ in extract(EXTRACTORS[file.suffix], opened, KEYWORDS,
                                         options=OPTIONS.get(file.suffix)):
                found.add(" ".join((said if isinstance(said, str) else said[0]).split()))
    return found - {""}


def of_pages(folder: Path, project: Project) -> Iterator[messages.Message]:
    """Messages of the English pages that other languages have."""
    names = [name for name in languages.translated(project) if (folder / name).is_file()]
    for name in names:
        root, _ = messages.read((folder / name).read_text(encoding="utf-8"))
        yield from languages.listed(root, name, names)


def wanted(folder: Path, project: Project) -> dict[str, list[str]]:
    """Messages that a translation needs, by catalogue, in the order of the pages."""
    of_the_frame = of_frame()
    known = wording.for_pages(dict.fromkeys(of_the_frame, ""))
    found: dict[str, dict[str, None]] = {domain: {} for domain in wording.DOMAINS}
    found["frame"] = dict.fromkeys(sorted(of_the_frame))
    for message in of_pages(folder, project):
        if message.text not in known:
            found[message.domain][message.text] = None
    # What a page says in both places has one translation, among the words of pages.
    return {"frame": list(found["frame"]), "pages": list(found["pages"]),
            "findings": [each for each in found["findings"] if each not in found["pages"]]}


def missing(project: Project, language: str, needed: dict[str, list[str]]) -> list[str]:
    """Messages that have no translation."""
    return [f"{domain}: {each}" for domain, all_of_it in needed.items()
            for each in sorted({*all_of_it}
                               - wording.catalogue(project.root, language, [domain]).keys())]


def unused(project: Project, language: str, needed: dict[str, list[str]]) -> list[str]:
    """Translations of what nobody says any more."""
    return [f"{domain}: {each}" for domain, all_of_it in needed.items()
            for each in sorted(wording.catalogue(project.root, language, [domain]).keys()
                               - {*all_of_it})]


def update(project: Project, language: str, needed: dict[str, list[str]],
           said: dict[str, str] | None = None) -> None:
    """Write the catalogues of a language again.

    Parameters
    ----------
    project : Project
    language : str
    needed : dict
        As `wanted` gives it.
    said : dict, optional
        Translations to be added.
    """
    for domain, all_of_it in needed.items():
        file = wording.file(project.root, language, domain)
        before, comment = {}, HEADER
        if file.is_file():
            with file.open("rb") as opened:
                old = read_po(opened)
            before, comment = {each.id: each for each in old if each.id}, old.header_comment
        new = Catalog(locale=language, fuzzy=False, header_comment=comment, project=PROJECT)
        for text in all_of_it:
            known = before.get(text)
            new.add(text, (said or {}).get(text) or (known.string if known else ""),
                    user_comments=known.user_comments if known else ())
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_bytes(new))


PROJECT = "Industrial Internet security, recomputed"
HEADER = "# Words of the book in another language; how, see `helpers.pipeline.site.catalogues`."


def _bytes(catalogue: Catalog) -> bytes:
    """A catalogue without the time at which it was written, which would differ each time."""
    written = BytesIO()
    write_po(written, catalogue, width=100, omit_header=False, sort_output=False)
    lines = written.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(VOLATILE)).encode()


VOLATILE = tuple(f'"{name}: ' for name in (
    "POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Last-Translator", "Language-Team",
    "Report-Msgid-Bugs-To"))


def main(arguments: Iterable[str]) -> int:
    """Update the languages that are named, or all there are; say what has no translation."""
    project = Project.current()
    needed = wanted(project.build / "html", project)
    lacking = 0
    for language in arguments or wording.there(project.root):
        update(project, language, needed)
        without = missing(project, language, needed)
        lacking += len(without)
        for each in without:
            print(f"{language}, no translation: {each}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
