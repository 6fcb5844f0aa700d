"""Links from a page to the same page of other editions: plain HTML, so that no script is needed.

They stand in the header, as one more menu of the frame.
"""

import os
from collections.abc import Mapping
from html import escape
from pathlib import Path, PurePosixPath

END, CURRENT = "</header>", ' aria-current="true"'
FILE = "editions.css"
STYLE = """/* The menu of editions, which may be longer than a low screen is high. */
#published-editions { max-width: min(24rem, calc(100vw - 1.6rem)); overflow-y: auto;
  max-height: calc(100vh - 3.8rem); }
#published-editions [aria-current] { font-weight: 700; }
@media print { .editions-button { display: none; } }
"""
ICON = ('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">'
        '<path d="m12 4 9 4.5-9 4.5-9-4.5zM3 12.5l9 4.5 9-4.5M3 16.5 12 21l9-4.5"/></svg>')


def into(page: str, here: str, folder: Path, editions: Mapping[str, str], current: str,
         sheet: str) -> str:
    """A page with the menu of editions in its header.

    Parameters
    ----------
    page : str
    here : str
        Address of the page from the root of the site, such as ``editions/damped/intro.html``.
    folder : Path
        The site, in which the pages of every edition lie already.
    editions : mapping
        Folder of an edition from the root, empty for the baseline -> title.
    current : str
        Folder of the edition that the page is of.
    sheet : str
        Address of the style sheet from the root.
    """
    inside = PurePosixPath(here).relative_to(current or ".").as_posix()
    links = [f'<li><a href="{_there(here, folder, place, inside)}"'
             f"{CURRENT if place == current else ''}>{escape(title)}</a></li>"
             for place, title in editions.items()]
    menu = "\n".join([
        '<button type="button" class="tool editions-button" popovertarget="published-editions" '
        f'aria-label="Editions; this one: {escape(editions[current])}">{ICON}</button>',
        '<div id="published-editions" class="tool-menu" popover>', "<ul>", *links, "</ul>",
        "</div>\n"])
    styled = page.replace(
        "</head>", f'<link rel="stylesheet" href="{_relative(here, sheet)}">\n</head>', 1)
    return styled.replace(END, menu + END, 1)


def _there(here: str, folder: Path, place: str, inside: str) -> str:
    """The same page of another edition, or its first page where it has no such page."""
    wanted, first = (PurePosixPath(place, name).as_posix() for name in (inside, "index.html"))
    return _relative(here, wanted if (folder / wanted).is_file() else first)


def _relative(here: str, there: str) -> str:
    found = os.path.relpath(there, PurePosixPath(here).parent.as_posix())
    return escape(found.replace(os.sep, "/"))
