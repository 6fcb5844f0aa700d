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
import traceback

LIBRARIES = (
    "jupyter_book.cli.main", "jupyter_book.sphinx", "sphinx.application",
    "sphinx.builders.html", "sphinx.writers.html5",
    "myst_nb.sphinx_ext", "myst_nb.ext.execution_tables", "myst_nb.ext.glue.directives",
    "myst_parser.sphinx_ext.directives",
    "sphinx_design.extension", "sphinx_external_toc.events", "sphinxcontrib.bibtex",
    "sphinxcontrib.bibtex.style.referencing.foot", "sphinx_jupyterbook_latex.transforms",
    "packaging.specifiers", "pybtex.style.formatting.unsrt",
    "pygments.lexers.python", "pygments.formatters.html",
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

    try:
        jupyter_book(json.loads(line), prog_name="jupyter-book")
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
    del sys.path[0]  # this folder: its module `sphinx` would shadow the library
    main()
