"""The process that jupyter-book is forked from: it has imported it while the chapters still run.

See `forkserver`, whose code serves the forks. Importing jupyter-book, Sphinx and the extensions
takes as long as writing a few pages.
"""

import importlib
import os
import sys
import traceback

import forkserver

LIBRARIES = (
    "jupyter_book.cli.main", "jupyter_book.sphinx", "sphinx.application", "sphinx.search.en",
    "myst_nb.sphinx_ext", "myst_nb.ext.execution_tables", "myst_nb.ext.glue.directives",
    "myst_parser.sphinx_ext.directives", "myst_parser.sphinx_ext.mathjax", "sphinx.ext.mathjax",
    "sphinx_book_theme", "pydata_sphinx_theme", "sphinx_design.extension", "sphinx_togglebutton",
    "sphinx_copybutton", "sphinx_comments", "sphinx_external_toc.events", "sphinxcontrib.bibtex",
    "sphinxcontrib.bibtex.style.referencing.foot", "sphinx_jupyterbook_latex.transforms",
    "sphinx_multitoc_numbering", "bs4", "packaging.specifiers", "pybtex.style.formatting.unsrt",
)


def preload() -> dict:
    """Import what building pages needs, and use once what prepares itself at its first use."""
    for name in LIBRARIES:
        importlib.import_module(name)
    from bs4 import BeautifulSoup
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.styles import get_all_styles
    from sphinx.application import builtin_extensions

    for name in builtin_extensions:
        importlib.import_module(name)
    list(get_all_styles())
    highlight("x = 1", get_lexer_by_name("python"), HtmlFormatter())
    BeautifulSoup("<ul></ul>", "html.parser").select("ul > li.current")
    return {}


def become_jupyter_book(request: dict) -> None:
    """Run the command ``jupyter-book`` with the arguments of a request, and end."""
    from jupyter_book.cli.main import main

    try:
        main(request["arguments"], prog_name="jupyter-book")
        status = 0
    except SystemExit as end:  # also after a build that went well
        status = end.code if isinstance(end.code, int) else bool(end.code)
    except Exception:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # taking down what was imported takes half a second


if __name__ == "__main__":
    forkserver.run(preload, become_jupyter_book)
