"""Sphinx extension: what the book adds to jupyter-book, and pages that are written side by side."""

import os
from pathlib import Path

from docutils import nodes
from jinja2 import FileSystemBytecodeCache
from sphinx.util.docutils import SphinxDirective

from helpers.pipeline.site import (
    boxes,
    cited,
    code_blocks,
    exhibits,
    frame,
    glue_role,
    glued,
    links,
    page_metadata,
    printing,
    related,
    search,
)

# Extensions that jupyter-book brings along and that do not say whether pages may be read side by
# side; Sphinx then reads one after another, with a warning. The first numbers pages where the
# contents ask for it, the second prepares LaTeX; this book does neither. A test compares the pages
# with those of a build in one process.
SILENT = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")


class Exhibit(SphinxDirective):
    """``{exhibit} CHAPTER NAME``: a figure or table of a chapter, as this edition has it.

    What it shows was resolved before Sphinx began; a page is written again when that changes.
    """

    required_arguments = 2

    def run(self):
        chapter, name = self.arguments
        file = exhibits.place(Path(self.env.srcdir), self.env.docname, chapter, name)
        self.env.note_dependency(str(file))
        return [nodes.raw("", file.read_text(encoding="utf-8"), format="html")]


# They explain the names themselves, or list them with addresses of their own.
WITHOUT_LINKS = ("glossary", "sources", "parameters", "bibliography", "what-changed",
                 glued.ALL_RESULTS)


def _link_first_mentions(app, doctree, docname):
    if docname not in WITHOUT_LINKS:
        links.link(doctree, app.config.book_links, "../" * docname.count("/"))


def _add_vendor(app):
    app.config.html_static_path += app.config.book_static_paths


def _keep_templates(app):
    """Compile the theme's templates once for all builds: a few pages take as long to write."""
    folder = Path(app.doctreedir).with_name(".templates")
    folder.mkdir(exist_ok=True)
    app.builder.templates.environment.bytecode_cache = FileSystemBytecodeCache(str(folder))


def _vouch(app):
    for name in SILENT:
        app.extensions[name].parallel_read_safe = True


def _usable_cores() -> int:
    """Cores that this process may use, of those that the machine has."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


def setup(app):
    """Called by Sphinx."""
    app.add_config_value("comments_config", {}, "")  # jupyter-book sets it in any case
    frame.setup(app)
    code_blocks.setup(app)
    cited.setup(app)
    search.setup(app)
    page_metadata.setup(app)
    printing.setup(app)
    related.setup(app)
    boxes.setup(app)
    app.add_directive("exhibit", Exhibit)
    glue_role.setup(app)
    app.add_config_value("book_links", {}, "html", [dict])
    app.connect("doctree-resolved", _link_first_mentions, priority=900)
    app.add_config_value("book_static_paths", [], "html", [list])
    app.add_config_value("book_page_processes", 0, "", [int])
    # jupyter-book has no option for it. One process more than the number given writes pages.
    app.parallel = app.config.book_page_processes or _usable_cores() + 1
    app.connect("builder-inited", _add_vendor, priority=100)
    app.connect("builder-inited", _vouch, priority=100)
    app.connect("builder-inited", _keep_templates, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
