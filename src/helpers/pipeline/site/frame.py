"""What the templates of the theme need to know of a page: its kind, the contents, its sections.

The stock theme looks the list of chapters up in the tables of contents of all pages, for each
page; here it comes straight from the contents file, with the titles.
"""

from collections.abc import Callable
from html import escape
from pathlib import Path

from docutils import nodes

THEME = Path(__file__).with_name("theme")
SCRIPTS = ("tables.js", "values.js", "search.js", "copy.js")
# Styles that extensions add and that the theme does not want: it has its own for cells and buttons.
UNWANTED = ("pygments", "mystnb", "togglebutton", "copybutton", "design-style", "basic.css")
DEEPEST = 3  # heading that the list of sections has
LISTED = ("chapter", "beside")  # kinds of page that have a list of sections


def setup(app) -> None:
    """Register the theme and its hook."""
    app.add_html_theme("book", str(THEME))
    app.connect("html-page-context", _tell)


def _tell(app, page, _template, context, doctree) -> None:
    listed = getattr(app.env, "book_parts", None)
    if listed is None:
        listed = app.env.book_parts = parts(app.config.external_site_map)
    sort = kind(page)
    context |= {
        "kind": sort, "chapter": page.rpartition("/")[2], "parts": listed,
        # A front page and an answer are read as a whole.
        "sections": sections(doctree) if doctree is not None and sort in LISTED else [],
        "styles": styles(context["css_files"]), "scripts": SCRIPTS,
        "page_link": _linker(app, page, context["pathto"]),
    }


def kind(page: str) -> str:
    """What sort of page it is: the front page, a question, a chapter, or a page beside them."""
    return {"chapters": "chapter", "questions": "question"}.get(
        page.partition("/")[0], "front" if page == "intro" else "beside")


def parts(contents) -> list[dict]:
    """Captions of the contents, each with the names of its pages."""
    return [{"caption": part.caption, "pages": [str(page) for page in part.items]}
            for part in contents.root.subtrees]


def sections(doctree: nodes.document) -> list[dict]:
    """Headings below the title, in order: level, anchor, text."""
    found = []
    for section in doctree.findall(nodes.section):
        level, above = 1, section.parent
        while isinstance(above, nodes.section):
            level, above = level + 1, above.parent
        title = section.next_node(nodes.title)
        if 1 < level <= DEEPEST and title is not None:
            found.append({"level": level, "id": section["ids"][0], "title": title.astext()})
    return found


def styles(files) -> list[str]:
    """Style sheets of a page, from all that Sphinx and its extensions would load."""
    names = [str(getattr(file, "filename", file)) for file in files]
    names = [name.rpartition("_static/")[2] for name in names]
    return [name for name in names if not any(word in name for word in UNWANTED)]


def _linker(app, here: str, pathto: Callable[[str], str]) -> Callable[[str], str]:
    titles = app.env.titles

    def link(page: str) -> str:
        if page not in titles:
            return ""
        current = ' aria-current="page"' if page == here else ""
        return (f'\n<li><a href="{escape(pathto(page))}"{current}>'
                f"{escape(titles[page].astext())}</a></li>")

    return link
