"""The works of a bibliography as a list.

Sphinx gives them roles of ARIA that the standard has withdrawn, in a list that holds no item; both
stop a screen reader from saying how many there are.
"""

from docutils import nodes


def setup(app) -> None:
    """Register how a work is written."""
    app.add_node(nodes.citation, override=True, html=(_open, _close))


def _open(translator, node) -> None:
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<ul class="citation-list">\n')
    translator.body.append(translator.starttag(node, "li", classes=[node.tagname]))


def _close(translator, node) -> None:
    translator.body.append("</li>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        translator.body.append("</ul>\n")
