"""The process that runs jupyter-book: it imports it while the chapters still run.

Importing jupyter-book, Sphinx and the extensions takes as long as writing a few pages. This
program does it at once, then waits for one line on its standard input: the arguments of the
command ``jupyter-book`` as a JSON list. When the input ends, the driver is gone, and so is this
process: two writers in one folder would spoil its pages.
"""

import importlib
import json
import os
import sys
import threading

LIBRARIES = (
    "jupyter_book.cli.main", "jupyter_book.sphinx", "sphinx.application", "sphinx.builders.html",
    "sphinx.search.en", "sphinx.writers.html5", "myst_nb.sphinx_ext", "sphinx_book_theme",
    "pydata_sphinx_theme", "sphinx_design", "sphinx_togglebutton", "sphinx_copybutton",
    "sphinx_comments", "sphinx_external_toc", "sphinxcontrib.bibtex", "sphinx_jupyterbook_latex",
    "bs4", "pygments.lexers.python", "pygments.formatters.html",
)


def _end_with_the_driver() -> None:
    # Not through sys.stdin: its lock would be held in the processes that Sphinx forks to write
    # pages, and they would wait for it for ever.
    while os.read(0, 4096):
        pass
    os._exit(1)


def main() -> None:
    """Import, wait for the arguments, build."""
    for name in LIBRARIES:
        importlib.import_module(name)
    line = sys.stdin.readline()
    if not line:  # nothing had to be built
        os._exit(0)
    threading.Thread(target=_end_with_the_driver, daemon=True).start()
    from jupyter_book.cli.main import main as jupyter_book

    jupyter_book(json.loads(line), prog_name="jupyter-book")


if __name__ == "__main__":
    del sys.path[0]  # this folder: a module `store` or `compare` here would shadow a library's
    main()
