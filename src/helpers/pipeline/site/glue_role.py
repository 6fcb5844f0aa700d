"""The role ``{glue:text}`` of this book: what it shows of a chapter has a name in the HTML."""

import html
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from docutils import nodes
from myst_nb.ext.glue.roles import PasteTextRole
from myst_nb.ext.glue.utils import retrieve_glue_data
from sphinx.transforms import SphinxTransform

from helpers.pipeline.site import exhibits
from helpers.pipeline.site.glued import (
    ALL_RESULTS,
    ASK,
    FOLDER,
    SORTS,
    Record,
    anchor,
    row,
    type_of,
)

ROLE = re.compile(r"(?:(?P<path>[^:]+)::)?(?P<name>[^:]+)(?::(?P<format>.*))?")
WORDS_OF_A_NAME = 6
CHAPTER = re.compile(r"chapters/([^/]+)")


class Glue(PasteTextRole):
    """``{glue:text}``: as MyST-NB has it, and what it shows has a name."""

    def run(self):
        """What the role stands for, and messages."""
        asked = ROLE.fullmatch(self.text)
        env = getattr(self.document.settings, "env", None)
        if env is None or asked is None:
            return super().run()
        if asked["path"]:
            chapter = PurePosixPath(asked["path"]).stem
            file = Path(env.srcdir, exhibits.FOLDER, FOLDER, f"{chapter}-{asked['name']}.json")
            if not file.is_file():
                return super().run()
            env.note_dependency(str(file))
            told = json.loads(file.read_text(encoding="utf-8"))
            return [self._record(env, told["type"], chapter, asked["name"], told["text"])], []
        made, messages = super().run()
        here = CHAPTER.fullmatch(env.docname)
        if not made or not here:
            return made, messages
        about = retrieve_glue_data(self.document, asked["name"])
        sort = type_of({"metadata": about.metadata})
        if sort not in SORTS:  # glued by another than `helpers.results`
            return made, messages
        return [self._record(env, sort, here[1], asked["name"], made[0].astext())], messages

    def _record(self, env, sort: str, chapter: str, name: str, text: str) -> Record:
        seen = env.temp_data.setdefault("book_records", set())
        first, gathering = (chapter, name) not in seen, not CHAPTER.fullmatch(env.docname)
        seen.add((chapter, name))
        words = text.split()
        begins = " ".join(words[:WORDS_OF_A_NAME]) + ("…" if len(words) > WORDS_OF_A_NAME else "")
        node = Record(text, text, sort=sort, chapter=chapter, name=name, asks=True, begins=begins,
                      anchor=anchor(sort, name, chapter if gathering else "") if first else "")
        self.set_source_info(node)
        return node


class Settle(SphinxTransform):
    """No link in a link, and headings without what only a page can hold.

    Sphinx copies headings into menus, where neither a link nor a second name has a place.
    """

    default_priority = 850  # after whatever makes links, before headings are copied

    def apply(self, **_options):
        """Apply the transform."""
        for node in list(self.document.findall(Record)):
            above = list(_above(node))
            if any(isinstance(each, nodes.title | nodes.term) for each in above):
                node.replace_self(nodes.inline(node.astext(), node.astext()))
            elif any(isinstance(each, nodes.reference) or each.tagname in LINKS
                     for each in above):
                node["asks"] = False


LINKS = ("pending_xref", "download_reference", "number_reference")


def _above(node: nodes.Node) -> Iterable[nodes.Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def visit(translator, node: Record) -> None:
    """Open a record in HTML."""
    sentence = node["sort"] == "sentence"
    told = {"class": "book-sentence" if sentence else "book-value", "id": node["anchor"],
            {"result": "data-result", "quote": "data-quote",
             "sentence": "data-sentence"}[node["sort"]]: f"{node['chapter']}/{node['name']}"}
    if not sentence and _address(translator, node):
        told["href"] = _address(translator, node)
    translator.body.append(f"<{_tag(translator, node)}{_attributes(told)}>")


def depart(translator, node: Record) -> None:
    """Close a record in HTML; a sentence is asked by a link at its end."""
    address = _address(translator, node)
    if node["sort"] == "sentence" and address:
        told = {"class": "book-ask", "href": address, "aria-label": ASK + node["begins"]}
        translator.body.append(f"<a{_attributes(told)}></a>")
    translator.body.append(f"</{_tag(translator, node)}>")


def _tag(translator, node: Record) -> str:
    return "a" if node["sort"] != "sentence" and _address(translator, node) else "span"


def _address(translator, node: Record) -> str:
    """Where a record is told in full; empty inside a link, and in a book without that page."""
    builder = translator.builder
    if not node["asks"] or ALL_RESULTS not in builder.env.found_docs:
        return ""
    up = "../" * builder.current_docname.count("/")
    return f"{up}{ALL_RESULTS}.html#{quote(row(node['chapter'], node['name']))}"


def _attributes(told: Mapping[str, str]) -> str:
    return "".join(f' {name}="{html.escape(value)}"' for name, value in told.items() if value)


def setup(app) -> None:
    """Have Sphinx know the role, the node and what settles them."""
    app.add_node(Record, html=(visit, depart))
    app.add_role_to_domain("glue", "text", Glue(), override=True)
    app.add_transform(Settle)
