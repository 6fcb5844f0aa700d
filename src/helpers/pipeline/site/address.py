"""What a book needs that stands at a public address: map of the site, robots, card for previews.

The address is ``html: baseurl:`` of ``_config.yml``, and empty by default: then nothing of this is
made, and every page is as if there were no such thing.
"""

from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from helpers import files
from helpers.pipeline import described
from helpers.pipeline.edition import BuildError
from helpers.project import Project

NOT_FOUND = "404"  # the page that a server shows in the place of one that is not there
CARD = "_static/card.png"
FONT = "fonts/SourceSans3_700Bold.ttf"
WIDTH, HEIGHT = 1200, 630  # pixels of a card, as previews want it


def of_root(configured: str | None) -> str:
    """An address as configured, with the slash at its end that makes it one of a folder.

    Raises
    ------
    BuildError
        If it is no address of the web.
    """
    if not configured:
        return ""
    if urlsplit(configured).scheme not in ("http", "https") or not urlsplit(configured).netloc:
        raise BuildError(f"_config.yml, html: baseurl: {configured!r} is no public address. Write "
                         f"the whole of it, as https://example.org/book/, or leave it empty")
    return configured.rstrip("/") + "/"


def of_book(project: Project) -> str:
    """The public address of a book; empty if it has none."""
    return of_root(_configured(project.config, files.state(project.config)))


@lru_cache(maxsize=8)
def _configured(file: Path, _state: tuple | None) -> str | None:
    """What a configuration says, read once as long as it stays the same."""
    told = described.read(file, {}).get("html")
    return told.get("baseurl") if isinstance(told, dict) else None


def publish(folder: Path, project: Project, pages: list[str]) -> None:
    """Write what a public book needs beside its pages; nothing without an address.

    Parameters
    ----------
    folder : Path
        The finished pages.
    project : Project
    pages : list of str
        Addresses of pages that a search engine may list.
    """
    base = of_book(project)
    if not base:
        return
    (folder / "sitemap.xml").write_text(sitemap(base, pages), encoding="utf-8")
    (folder / "robots.txt").write_text(
        f"User-agent: *\nAllow: /\n\nSitemap: {base}sitemap.xml\n", encoding="utf-8")
    config = described.config(project)
    draw_card(folder / CARD, project.vendor / FONT, config["title"], config.get("author", ""))


def sitemap(base: str, pages: list[str]) -> str:
    """The map of a site. It says no dates: a build has none."""
    listed = "".join(f"<url><loc>{escape(base + quote(page))}</loc></url>\n" for page in pages)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{listed}</urlset>\n')


def draw_card(file: Path, font: Path, title: str, author: str) -> None:
    """Draw the picture that a preview of a page without figures shows: title and author."""
    from matplotlib.figure import Figure  # a second that only a public book takes

    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor="#00609c")
    text = {"color": "white", "font": font, "va": "center", "wrap": True}
    figure.text(0.07, 0.62, title, size=46, **text)
    figure.text(0.07, 0.16, author, size=24, **text)
    file.parent.mkdir(exist_ok=True)
    figure.savefig(file, facecolor=figure.get_facecolor(), metadata={"Software": None})
