"""Pages of an edition in another language, beside the English ones.

A page in another language is the finished English page in other words: the same sentences,
figures, numbers and links. So it can say nothing that the English page does not say, and a
sentence that an edition turned round, of which there is no translation, stands in English.

Sphinx translates paragraphs of the sources. It would read those of each language again in a run of
its own, and it does not see what chapters, tables, figures and the frame say.
"""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

from helpers.pipeline import pages
from helpers.pipeline.edition import BuildError
from helpers.pipeline.site import glued, messages, page_metadata, rendering, wording
from helpers.project import Project

FRONT = "intro"
PLACE = re.compile(r'<span class="languages"></span>')
LEADING = ("href", "src", "action")
OUTSIDE = re.compile(r"[a-z]+:|#|$")
BEGINS = 12  # signs of a sentence that the link which asks it is called by
FONT = "chinese.css"
NOTE = wording._("This page is the English one in other words. What stands in drawings, and every "
                 "page that is linked with an English title, is in English.")


def translated(project: Project) -> list[str]:
    """Addresses of the pages that there are in other languages."""
    written = [pages.name_of(project, file) for file in pages.written(project)]
    return [f"{name}.html" for name in written
            if name == FRONT or name.startswith(f"{pages.FOLDER}/")]


def inputs(project: Project, languages: tuple[str, ...]) -> list[Path]:
    """Files that pages in other languages are made from, beside the English pages.

    Raises
    ------
    BuildError
        If the book has no catalogue of a language.
    """
    known = wording.there(project.root)
    for language in languages:
        if language not in known:
            raise BuildError(f"There are no pages in {language!r}: {wording.LOCALES} has "
                             f"catalogues of {', '.join(known) or 'no language'}.")
    return [wording.file(project.root, language, domain)
            for language in languages for domain in wording.DOMAINS]


def write(folder: Path, project: Project, languages: tuple[str, ...]) -> None:
    """Write the pages of other languages into a folder of finished pages.

    Parameters
    ----------
    folder : Path
    project : Project
    languages : tuple of str
        Such as ``zh_CN``.
    """
    names = [name for name in translated(project) if (folder / name).is_file()]
    english = {name: (folder / name).read_text(encoding="utf-8") for name in names}
    for language in languages:
        (folder / "_static" / f"words-{language}.js").write_text(
            script(project.root, language), encoding="utf-8")
        said = wording.for_pages(wording.catalogue(project.root, language))
        for name in names:
            file = folder / wording.tag(language) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(page(english[name], name, names, language, said), encoding="utf-8")
    for name in names if languages else ():
        links = switch(name, wording.ENGLISH, (wording.ENGLISH, *languages))
        (folder / name).write_text(
            PLACE.sub(lambda _, links=links: links, english[name]), encoding="utf-8")


def script(root: Path, language: str) -> str:
    """Words of the frame as scripts find them: ``window.book.words``."""
    said = json.dumps(wording.catalogue(root, language, ["frame"]), ensure_ascii=False,
                      sort_keys=True, separators=(",", ":"))
    return f"(window.book ??= {{}}).words = {said};\n"


def switch(name: str, here: str, languages: tuple[str, ...]) -> str:
    """Links from a page to itself in the other languages."""
    place = _place(name, here)
    others = [{"tag": wording.tag(each), "name": wording.own_name(each),
               "href": relpath(_place(name, each), PurePosixPath(place).parent)}
              for each in languages if each != here]
    return rendering.render("language.html", others=others).strip()


def _place(name: str, language: str) -> str:
    return name if language == wording.ENGLISH else f"{wording.tag(language)}/{name}"


def page(text: str, name: str, names: list[str], language: str, said: dict[str, str]) -> str:
    """A page in another language.

    Parameters
    ----------
    text : str
        The English page.
    name : str
        Its address in the book.
    names : list of str
        Addresses of all pages that there are in the language.
    language : str
    said : dict
        Message -> translation.
    """
    root, drawings = messages.read(text)
    root.set("lang", wording.tag(language))
    for message in listed(root, name, names):
        if message.text in said:
            message.say(said[message.text], language)
        elif not message.attribute and re.search(messages.WORDS, message.text):
            message.element.set("lang", wording.ENGLISH)
    _name_the_asking(root, said)
    _lead(root, name, names)
    _tell(root, said, name, language)
    made = messages.write(root, drawings).replace(
        '<svg class="book-drawing"', f'<svg lang="{wording.ENGLISH}" class="book-drawing"')
    languages = (wording.ENGLISH, language)
    return PLACE.sub(lambda _: switch(name, language, languages), made)


def listed(root, name: str, names: list[str]) -> Iterator[messages.Message]:
    """The messages of a page, in the order in which they are put into other words."""
    yield from list(messages.of_page(root, lambda link: _is_english(link, name, names)))


def _target(link, name: str) -> str:
    """Address in the book that a link of a page leads to; empty outside of it."""
    href = link.get("href") or ""
    if OUTSIDE.match(href):
        return ""
    return normpath(PurePosixPath(name).parent / href.partition("#")[0])


def _is_english(link, name: str, names: list[str]) -> bool:
    target = _target(link, name)
    return (target.endswith(".html") and target not in (*names, "search.html")
            and not messages.has_class(link, "tool"))


def _name_the_asking(root, said: dict[str, str]) -> None:
    """What asks a sentence is called by its first words, in the language of the sentence."""
    for link in root.xpath(f'//a[contains(@class, "{messages.ASKS}")]'):
        sentence = link.getparent()
        if not sentence.get("lang") and glued.ASK.strip() in said:
            words = "".join(sentence.itertext()).strip()[:BEGINS]
            link.set("aria-label", f"{said[glued.ASK.strip()]}{words}…")
        else:
            link.set("lang", wording.ENGLISH)


def _lead(root, name: str, names: list[str]) -> None:
    """Have links of a page that lies one folder deeper lead where they led."""
    for element in root.iter():
        for attribute in LEADING:
            href = element.get(attribute) if isinstance(element.tag, str) else None
            if href is None or OUTSIDE.match(href):
                continue
            target = normpath(PurePosixPath(name).parent / href.partition("#")[0].partition("?")[0])
            if target in names:
                continue
            element.set(attribute, f"../{href}")
            if element.tag == "a" and target.endswith(".html"):
                element.set("hreflang", wording.ENGLISH)
                if _is_title(element):
                    element.set("lang", wording.ENGLISH)
    for cited in root.xpath(f'//*[@id="{messages.CITED}"] | //pre'):
        cited.set("lang", wording.ENGLISH)
    root.set("data-root", f"../{root.get('data-root') or ''}".replace("././", "./"))


def _is_title(link) -> bool:
    """Whether a link is called by an English title: no sign of another script is in it."""
    said = "".join(link.itertext())
    return bool(said.strip()) and not re.search(r"[^\x00-\u2fff]", said)


def _tell(root, said: dict[str, str], name: str, language: str) -> None:
    """The head of the page: title, description, words for scripts, font. It is cited in English."""
    head = root.find("head")
    title = head.find("title")
    parts = [wording.without_numbers(part)[0] for part in title.text.split(" – ")]
    title.text = " – ".join(said.get(part, part) for part in parts)
    for each in head.xpath('meta[starts-with(@name, "citation_")] | link[@rel="canonical"]'
                           ' | meta[starts-with(@property, "og:")]'
                           ' | script[@type="application/ld+json"]'):
        each.drop_tree()
    article = root.find('.//article')
    for each in head.xpath('meta[@name="description"]'):
        each.set("content", page_metadata.description(article))
    up = "../" * (name.count("/") + 1)
    first = head.find("script[@defer]")
    words = messages.html.fragment_fromstring(
        f'<script src="{up}_static/words-{html.escape(language)}.js" defer></script>')
    words.tail = "\n"
    first.addprevious(words)
    font = messages.html.fragment_fromstring(
        f'<link rel="stylesheet" href="{up}_static/{FONT}">')
    font.tail = "\n"
    head.append(font)
    note = said.get(" ".join(NOTE.split()))
    foot = root.xpath('//*[@class="page-footer"]')
    if note and foot:
        line = messages.html.fragment_fromstring("<p></p>")
        line.text = note
        foot[0].insert(0, line)
