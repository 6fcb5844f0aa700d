"""Sphinx extension: let the pages open with no network.

Stock pages fetch MathJax and a notebook launcher from content delivery networks. The files they
need lie in ``vendor/pages``. They are not kept in ``_static``, because jupyter-book loads every
script it finds there on every page.
"""

from pathlib import Path

PAGES = Path(__file__).resolve().parents[1] / "vendor" / "pages"


def _add_vendor(app):
    app.config.html_static_path.append(str(PAGES))


def setup(app):
    """Called by Sphinx."""
    app.connect("builder-inited", _add_vendor, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
