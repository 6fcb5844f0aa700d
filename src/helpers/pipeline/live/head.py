"""What a page of the live book has in its head beside what `book build` wrote."""

from functools import lru_cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
FOLDER = "live"  # below the root of the book
SETTINGS, PANEL = "book.js", "panel.js"
END = "</head>"


@lru_cache(maxsize=1)
def files() -> dict[str, Path]:
    """Files of the panel, which every page of the live book may load."""
    return {file.name: file for file in sorted(STATIC.glob("*")) if file.is_file()}


def lines(root: str) -> str:
    """The lines for a page: style sheets, settings, then the scripts, that of the panel last.

    Parameters
    ----------
    root : str
        From the page to the root of the book, such as ``../``.
    """
    styles = [name for name in files() if name.endswith(".css")]
    scripts = sorted((name for name in files() if name.endswith(".js")),
                     key=lambda name: name == PANEL)
    made = [f'<link rel="stylesheet" href="{root}{FOLDER}/{name}">' for name in styles]
    made += [f'<script src="{root}{FOLDER}/{name}" defer></script>'
             for name in (SETTINGS, *scripts)]
    return "".join(f"{line}\n" for line in made)


def into(page: str, root: str) -> str:
    """A page with these lines at the end of its head; one without a head as it is."""
    return page.replace(END, lines(root) + END, 1)
