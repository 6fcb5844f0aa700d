"""``book open``: a built page in the browser."""

import os
import sys
import webbrowser

import click

from helpers.pipeline.cli import options


def _pages(context, parameter, incomplete):
    """Editions or chapters that a text may become, for completion."""
    return [*options.scenario_names(context, parameter, incomplete),
            *options.chapter_names(context, parameter, incomplete)]


@click.command("open")
@click.argument("wanted", required=False, metavar="[EDITION]", shell_complete=_pages)
@click.argument("chapter", required=False, metavar="[CHAPTER]",
                shell_complete=options.chapter_names)
@click.pass_obj
def command(project, wanted, chapter):
    """Open a built page in the browser, and print its address.

    EDITION is a scenario or the name of an edition (`book list editions`); without one it is the
    baseline. CHAPTER is a name or number: `book open 2.3`, `book open to-2030 2.3`.
    """
    with options.refusals():
        found, name = _meant(project, wanted, chapter)
        page = found.folder / (f"chapters/{name}.html" if name else "index.html")
        if not page.is_file():
            what = (f"{name} has no page in the edition {found.name}, which was built before it"
                    if (found.folder / "index.html").is_file()
                    else f"The edition {found.name} is not built")
            raise options.Usage(f"{what}. Type: {found.command()}")
    click.echo(page.as_uri())
    if has_display():
        webbrowser.open(page.as_uri())


def _meant(project, wanted, chapter):
    """The edition and the chapter: a single word may be either."""
    from helpers import parameters
    from helpers.pipeline import chapters, edition

    if wanted is None:
        return edition.baseline(project), None
    try:
        found = edition.find(project, wanted)
    except parameters.ParameterError as unknown:
        if chapter:
            raise
        try:
            return edition.baseline(project), chapters.find(project, wanted)
        except chapters.ChapterError:
            raise options.Usage(
                f"{wanted!r} is neither an edition nor a chapter; `book list` lists both.") \
                from unknown
    return found, chapters.find(project, chapter) if chapter else None


def has_display() -> bool:
    """Whether a browser can show itself; in a bare terminal one of text would take it over."""
    return (bool(os.environ.get("BROWSER")) or sys.platform in ("darwin", "win32")
            or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")))
