"""Tables written in Markdown get the box of all others, in which a wide one moves sideways."""

from docutils import nodes

from helpers import markup

HERE = "\0"


def setup(app) -> None:
    """Register the hook."""
    app.connect("doctree-resolved", _box)


def _box(_app, doctree, _page) -> None:
    for table in list(doctree.findall(nodes.table)):
        above = table.parent
        while above is not None and not isinstance(above, nodes.section):
            above = above.parent
        title = above.next_node(nodes.title).astext() if above is not None else "Table"
        before, after = markup.boxed(HERE, title).split(HERE)
        table.replace_self([nodes.raw("", before, format="html"), table,
                            nodes.raw("", after, format="html")])
