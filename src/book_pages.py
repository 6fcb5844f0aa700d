"""Sphinx extension: let the pages open with no network, and be written side by side.

Stock pages fetch MathJax and a notebook launcher from content delivery networks. The files they
need lie in ``vendor/pages``; script and style of the explorers lie beside their code. Neither is
kept in ``_static``, because jupyter-book loads every script it finds there on every page.
"""

import os
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from sphinx.util.fileutil import copy_asset

HERE = Path(__file__).resolve().parent
PAGES = HERE.parent / "vendor" / "pages"
EXPLORERS = [HERE / "helpers" / "explorers" / f"explorers.{kind}" for kind in ("js", "css")]

# Extensions that jupyter-book brings along and that do not say whether pages may be read side by
# side; Sphinx then reads one after another, with a warning. The first numbers pages where the
# contents ask for it, the second prepares LaTeX; this book does neither. A test compares the pages
# with those of a build in one process.
SILENT = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")


def _add_vendor(app):
    app.config.html_static_path.append(str(PAGES))


def _add_explorers(app, failure):
    if failure is None:
        for file in EXPLORERS:
            copy_asset(file, Path(app.outdir, "_static", "explorers"))


def _keep_templates(app):
    """Compile the theme's templates once for all builds: a few pages take as long to write."""
    folder = Path(app.doctreedir).with_name(".templates")
    folder.mkdir(exist_ok=True)
    app.builder.templates.environment.bytecode_cache = FileSystemBytecodeCache(str(folder))


def _vouch(app):
    for name in SILENT:
        app.extensions[name].parallel_read_safe = True


def setup(app):
    """Called by Sphinx."""
    # jupyter-book has no option for it. One process more than the number given writes pages.
    app.parallel = int(os.environ.get("BOOK_PAGE_PROCESSES") or (os.cpu_count() or 1) + 1)
    app.connect("builder-inited", _add_vendor, priority=100)
    app.connect("build-finished", _add_explorers)
    app.connect("builder-inited", _vouch, priority=100)
    app.connect("builder-inited", _keep_templates, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
