"""Code on a page: folded below what it made, each cell with an address, and light.

MyST-NB writes paragraphs into the switch, which no HTML allows, and gives all switches one name
other than the one that is shown. And a span for each name and sign of Python is most of what a
browser has to hold of a chapter; the theme colours a fifth of them.
"""

from docutils import nodes
from pygments.filter import Filter
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token
from sphinx.transforms import SphinxTransform

from helpers import markup, words
from helpers.pipeline.site.folding import CODE, SHOWS

# Tokens that the theme colours, each with the one by whose class it does.
COLOURED = ((Keyword, Keyword), (Operator.Word, Keyword), (String, String),
            (Number, Number.Integer), (Comment, Comment), (Name.Function, Name.Function),
            (Name.Class, Name.Function), (Name.Builtin, Name.Function),
            (Name.Namespace, Name.Function), (Name.Decorator, Name.Function))


def setup(app) -> None:
    """Register how code is shown."""
    app.add_node(FoldedCode, html=(_open, _close))
    app.add_transform(FoldCode)
    app.add_lexer("python", LightPython)


class FoldedCode(nodes.General, nodes.Element):
    """A switch and the code that it shows."""


class FoldCode(SphinxTransform):
    """Put the code of a cell below what the cell shows, cell by cell of the chapter."""

    default_priority = 400

    def apply(self, **_):
        for cell in list(self.document.findall(_is_cell)):
            pieces = cell["cell_metadata"].get(CODE)
            if pieces is None:
                continue
            for source in [part for part in cell if part.get("nb_element") == "cell_code_source"]:
                cell.remove(source)
            if pieces:
                cell += FoldedCode("", *(_block(number, source) for number, source in pieces),
                                   shows=cell["cell_metadata"][SHOWS])


def _is_cell(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _block(number: int, source: str) -> nodes.literal_block:
    """The code of one cell, with the number by which messages name it."""
    return nodes.literal_block(source, source, language="python", ids=[f"code-{number}"])


def _open(translator, node) -> None:
    # Who hears a list of switches hears which is which.
    of = f" of {markup.escaped(words.in_words(node['shows']))}" if node["shows"] else ""
    translator.body.append(f'<details class="hide"><summary>Code<span class="visually-hidden">{of}'
                           "</span></summary>\n")


def _close(translator, _node) -> None:
    translator.body.append("</details>\n")


class _Coloured(Filter):
    """Tokens as far as they are coloured: all others are plain text, which needs no element."""

    def filter(self, _lexer, stream):
        for sort, text in stream:
            yield next((shown for known, shown in COLOURED if sort in known), Token.Text), text


class LightPython(PythonLexer):
    """Python with an element only for what has a colour."""

    def __init__(self, **options):
        super().__init__(**options)
        self.add_filter(_Coloured())
