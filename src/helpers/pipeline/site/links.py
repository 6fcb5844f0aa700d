"""Links that pages get at the first mention of a name: terms of the glossary, bodies, documents.

Nobody writes them by hand, so none is forgotten, and a name leads to one place on all pages. What
is linked already, code, headings and captions stay as they are.
"""

import html
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from docutils import nodes

from helpers import datasets
from helpers.pipeline.site import glued
from helpers.project import Project

TAG = re.compile(r"(<[^>]*>)")
# Inside these a name stays text: a link in a link is none, headings and captions are names too, and
# what is folded is no first mention.
CLOSED = ("a", "button", "caption", "code", "details", "pre", "script", "style", "svg", "summary",
          "thead")
IN_GLOSSARY = "#term-"
SHORTEST = 7  # letters of a name of a source


def terms(glossary: str) -> dict[str, str]:
    """Names that a page with a glossary explains, each with its place there."""
    found = {}
    for block in re.findall(r"^```\{glossary\}\n(.*?)^```", glossary, re.M | re.S):
        for term in re.findall(r"^(\S.*)$", block, re.M):
            place = f"glossary.html{IN_GLOSSARY}{_term_id(term)}"
            found |= dict.fromkeys(map(str.strip, term.split(",")), place)
    return found


def _term_id(term: str) -> str:
    """Part of the anchor that Sphinx gives a term: letters and digits, the rest as hyphens."""
    return re.sub(r"[^A-Za-z0-9]+", "-", term).strip("-")


def sources(project: Project) -> dict[str, str]:
    """Publications by title, and publishers of which one page alone is used, from all tables."""
    pages = {}
    for table in datasets.names(project):
        fields = {field["name"] for field in datasets.describe(table, project)["schema"]["fields"]}
        if fields >= {"publisher", "title", "url"}:
            for row in datasets.load(table, project)[["publisher", "title", "url"]].itertuples():
                for name in (row.publisher, row.title):
                    pages.setdefault(str(name), set()).add(row.url)
    # A name in small letters describes ("several publishers"), and a short one means too much.
    return {name: min(found) for name, found in pages.items()
            if len(found) == 1 and len(name) > SHORTEST and name[0].isupper()}


def of_book(project: Project) -> dict[str, str]:
    """Every name that the book's pages link, with its address."""
    page = project.root / "glossary.md"
    found = terms(page.read_text(encoding="utf-8")) if page.is_file() else {}
    known = datasets.names(project)
    found |= sources(project)
    if {"documents", "document_dates"} <= set(known):
        rows = datasets.load("documents", project).merge(
            datasets.load("document_dates", project), left_on="document_id", right_on="item_id",
            suffixes=("", "_outside"))
        sure = rows[rows["confidence"] != "low"]
        found |= dict(zip(sure["title"], sure["url"], strict=True))
    if "addresses" in known:
        rows = datasets.load("addresses", project)
        found |= dict(zip(rows["name"], rows["url"], strict=True))
    return found


def first_mentions(text: str, names: Mapping[str, str], seen: set[str]) -> list[tuple[str, str]]:
    """A text in pieces: each with the address that it is linked to, empty for none.

    Parameters
    ----------
    text : str
    names : mapping
        Name -> address. A name in small letters is also found with a capital, and with an s.
    seen : set of str
        Addresses that an author's link leads to, and what was linked already, which is added.

    Returns
    -------
    list of (str, str)
        The pieces, which together are the text.
    """
    if not names:
        return [(text, "")]
    pieces, done = [], 0
    for match in _pattern(tuple(names)).finditer(text):
        name = _spelled(match["name"], names)
        address = names[name]
        # A term may have several spellings; several documents may lead to one home page.
        once = address if IN_GLOSSARY in address else name
        if {once, address} & seen:
            continue
        seen.add(once)
        pieces += [(text[done:match.start()], ""), (match[0], address)]
        done = match.end()
    return [*pieces, (text[done:], "")]


def _spelled(found: str, names: Mapping[str, str]) -> str:
    """The name as it is listed, for how a text writes it."""
    found = " ".join(found.split())
    return found if found in names else found[:1].lower() + found[1:]


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern:
    """Any of the names as a whole word, the longest that fits."""
    spelled = []
    for name in sorted(names, key=len, reverse=True):
        inner = r"\s+".join(map(re.escape, name.split()))
        if name[:1].islower():
            inner = f"[{name[0].upper()}{name[0]}]{inner[1:]}"
        spelled.append(inner)
    return re.compile(rf"(?<![\w-])(?P<name>{'|'.join(spelled)})(?:s|es)?(?![\w-])")


def in_html(text: str, names: Mapping[str, str], seen: set[str]) -> str:
    """HTML with a link at each first mention of a name in its text.

    Parameters
    ----------
    text : str
    names, seen
        As for `first_mentions`.
    """
    out, open_ones = [], []
    for part in TAG.split(text):
        tag = re.match(r"<(/?)([a-zA-Z][\w-]*)", part)
        if tag:
            if tag[2] in CLOSED and not part.endswith("/>"):
                if not tag[1]:
                    open_ones.append(tag[2])
                elif tag[2] in open_ones:
                    del open_ones[len(open_ones) - 1 - open_ones[::-1].index(tag[2]):]
            out.append(part)
        elif open_ones or part.startswith("<"):
            out.append(part)
        else:
            out += [html.escape(piece, quote=False) if not address else anchor(piece, address)
                    for piece, address in first_mentions(html.unescape(part), names, seen)]
    return "".join(out)


def anchor(text: str, address: str) -> str:
    """HTML of a link that was put in: quiet where it leads to the glossary."""
    sort = "book-term" if IN_GLOSSARY in address else "book-name"
    return f'<a class="{sort}" href="{html.escape(address)}">{html.escape(text, quote=False)}</a>'


def link(doctree: nodes.document, names: Mapping[str, str], up: str) -> None:
    """Link first mentions on a page, in the order of reading.

    Parameters
    ----------
    doctree : docutils.nodes.document
        Changed in place.
    names : mapping
        Name -> address.
    up : str
        Way from the page to the root of the book.
    """
    here = {name: address if re.match("https?:", address) else up + address
            for name, address in names.items()}
    seen = {node["refuri"] for node in doctree.findall(nodes.reference) if node.get("refuri")}
    for node in list(_texts(doctree)):
        if isinstance(node, nodes.raw):
            changed = in_html(node.astext(), here, seen)
            node.rawsource, node.children = changed, []
            node += nodes.Text(changed)
            continue
        pieces = first_mentions(node.astext(), here, seen)
        if len(pieces) > 1:
            node.parent.replace(node, [
                nodes.raw("", anchor(piece, address), format="html") if address
                else nodes.Text(piece) for piece, address in pieces if piece])


STAYS = (nodes.title, nodes.reference, nodes.literal, nodes.literal_block, nodes.term,
         nodes.caption, nodes.math, nodes.comment, nodes.raw)


def _texts(doctree: nodes.document) -> Iterable[nodes.Node]:
    """Texts and pieces of HTML in which a name may become a link."""
    for node in doctree.findall(
            lambda node: isinstance(node, nodes.Text | nodes.raw)):
        if isinstance(node, nodes.raw):
            if node.get("format") == "html":
                yield node
        elif not any(map(_stays, _above(node))):
            yield node


def _stays(node: nodes.Node) -> bool:
    """Whether what stands in it is a link already, or a name."""
    return isinstance(node, STAYS) or (
        isinstance(node, glued.Record) and (node["sort"] != "sentence" or not node["asks"]))


def _above(node: nodes.Node) -> Iterable[nodes.Node]:
    while node.parent is not None:
        node = node.parent
        yield node
