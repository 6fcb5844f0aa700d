"""The whole book as one PDF: with bookmarks, tags, page numbers and links, printed by Chromium.

Chromium is called as a program. Playwright, which the tests use, would bring a second run time of
40 MB to every reader for the sake of one command; WeasyPrint and LaTeX lay out otherwise than the
pages do. A style sheet cannot say on which sheet a chapter begins, so the book is printed twice:
once to find out, once with the numbers in its contents; and a third time if those moved a page.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from helpers.pipeline import contents, described, store
from helpers.pipeline.edition import BuildError, Edition
from helpers.pipeline.site import address, page_metadata
from helpers.pipeline.site.one_document import Cover, headings, in_contents, of_book

NAME = "book.pdf"
PROGRAMS = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")
SECONDS = 600  # for one printing
PRINTINGS = ("Printing the book", "Printing it with page numbers",
             "Printing it again, because its numbers moved pages")
KEY = "/PagesKey"  # of the pages that a PDF was printed from, among what it says of itself
MISSING = ("The PDF is printed by Chromium, and none is installed. Install it: apt install "
           "chromium. The pages alone: book build")


class NoChromium(RuntimeError):
    """There is no program that could print."""


def chromium() -> str:
    """The Chromium of this machine.

    Raises
    ------
    NoChromium
    """
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        raise NoChromium(MISSING)
    return found


def file_of(wanted: Edition) -> Path:
    """Where the PDF of an edition lies: beside the folder of its pages."""
    return wanted.folder.parent / NAME


def write(wanted: Edition, step: Callable[[str], None] = lambda text: None) -> Path:
    """Print the published pages of an edition, if they changed since they were printed.

    Returns
    -------
    Path
        The PDF.

    Raises
    ------
    BuildError
        If Chromium fails, the numbers of its contents stay wrong, or the pages are published anew
        meanwhile. A former PDF stays.
    NoChromium
    """
    target, key = file_of(wanted), wanted.manifest().get("key")
    if key and _key_of(target) == key:
        step("The PDF is up to date")
        return target
    program = chromium()
    project = wanted.project
    parts, cover = contents.parts(project), cover_of(wanted)
    # What stands at the public address is the baseline.
    public = address.of_book(project) if wanted.is_baseline else ""
    with tempfile.TemporaryDirectory(prefix=".pdf-", dir=project.build) as made:
        page, printed = Path(made, "book.html"), Path(made, NAME)

        def print_with(numbers: Mapping[str, int]) -> dict[str, int]:
            page.write_text(of_book(wanted.folder, parts, cover, numbers, public=public), "utf-8")
            print_(program, page, printed)
            return places(printed)

        settle(print_with, in_contents(parts), step)
        describe(printed, cover, headings(page.read_text("utf-8")), key or "")
        with store.swapping(project.build):  # no pages are published meanwhile
            if wanted.manifest().get("key") != key:
                raise BuildError("The pages were built anew while they were printed, so the PDF "
                                 "was not published. Type the same command again")
            os.replace(printed, target)
    return target


def settle(print_with: Callable[[Mapping[str, int]], Mapping[str, int]], wanted: Sequence[str],
           step: Callable[[str], None] = lambda text: None) -> None:
    """Print until the contents name the sheets on which their places are.

    Parameters
    ----------
    print_with : callable
        Prints the contents with these numbers of sheets, by place, and returns where all places
        are then.
    wanted : sequence of str
        Places that the contents list.
    step : callable
        Called with what is done.

    Raises
    ------
    BuildError
        If a place is on no sheet, or the last printing has moved one once more.
    """
    printed: dict[str, int] = {}
    for said in PRINTINGS:
        step(said)
        found = print_with(printed)
        lost = [place for place in wanted if place not in found]
        if lost:
            raise BuildError(f"The PDF was not published: Chromium tells for {lost[0]} no page, "
                             f"which the contents list. Try another version of Chromium")
        numbers = {place: found[place] for place in wanted}
        if numbers == printed:
            return
        before, printed = printed, numbers
    moved = next(place for place in wanted if before[place] != printed[place])
    raise BuildError(f"The PDF was not published: its contents say page {before[moved]} for "
                     f"{moved}, which is on page {printed[moved]} after {len(PRINTINGS)} "
                     f"printings. Try another version of Chromium")


def cover_of(wanted: Edition) -> Cover:
    """What the title page of an edition says."""
    project = wanted.project
    told = page_metadata.of_book(project)
    config = described.config(project)
    version = ", ".join(filter(None, [f"Version {told['version']}" if told.get("version") else "",
                                      told.get("date", "")]))
    command = "" if wanted.is_baseline else f"Made by: {wanted.command()}"
    licences = told.get("licences", [])
    return Cover(
        title=config["title"],
        edition="Baseline edition" if wanted.is_baseline else f"Edition: {wanted.heading}",
        lines=[", ".join(told.get("authors", [])) or config.get("author", ""), version, command,
               f"Licence: {', '.join(licences)}" if licences else ""],
        language=(config.get("sphinx", {}).get("config") or {}).get("language", "en"))


def print_(program: str, page: Path, target: Path) -> None:
    """Print a page with tags and an outline; without tags Chromium leaves the outline out.

    Raises
    ------
    BuildError
        With the end of what Chromium said.
    """
    with tempfile.TemporaryDirectory(prefix="book-chromium-") as profile:
        command = [program, "--headless", "--disable-gpu", "--no-first-run", "--disable-sync",
                   "--disable-background-networking", "--disable-component-update",
                   f"--user-data-dir={profile}", "--no-pdf-header-footer",
                   "--generate-pdf-document-outline", f"--print-to-pdf={target}", page.as_uri()]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # as root there is none; the page is our own
        target.unlink(missing_ok=True)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   text=True, errors="replace", start_new_session=True)
        try:
            _, said = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            said = f"it did not end within {SECONDS} s"
        finally:
            if process.poll() is None:  # with the processes that it has started
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if process.returncode != 0 or not target.is_file():
        raise BuildError(f"The PDF was not printed; Chromium said:\n{said.strip()[-2000:]}")


def places(file: Path) -> dict[str, int]:
    """Number of the sheet, from 1, of every place in a PDF that a link leads to."""
    from pypdf import PdfReader

    reader = PdfReader(file)
    sheets = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages, 1)}
    return {name.lstrip("/"): sheets[place.raw_get("/Page").idnum]
            for name, place in reader.named_destinations.items()}


def describe(file: Path, cover: Cover, titles: Sequence[str], key: str) -> None:
    """Write into a PDF what it is, and what it was printed from.

    Bookmarks get their titles again: Chromium writes one twice whose heading begins a sheet, and
    without the blank at which a heading of two lines is broken.
    """
    from pypdf import PdfWriter
    from pypdf.generic import NameObject, TextStringObject

    writer = PdfWriter(clone_from=file)
    marks = list(_bookmarks(writer.root_object["/Outlines"].get_object()))
    if len(marks) != len(titles):
        raise BuildError(f"The PDF has {len(marks)} bookmarks for {len(titles)} headings, so it "
                         f"was not published. Try another version of Chromium")
    for mark, title in zip(marks, titles, strict=True):
        mark[NameObject("/Title")] = TextStringObject(title)
    writer.add_metadata({"/Title": cover.title, "/Subject": cover.edition,
                         "/Author": cover.lines[0] if cover.lines else "", KEY: key})
    aside = file.with_suffix(".aside")
    writer.write(aside)
    os.replace(aside, file)


def _bookmarks(above) -> Iterator:
    """Bookmarks of a PDF in the order of the text."""
    mark = above.get("/First")
    while mark is not None:
        mark = mark.get_object()
        yield mark
        yield from _bookmarks(mark)
        mark = mark.get("/Next")


def _key_of(file: Path) -> str | None:
    """Key of the pages that a PDF was printed from; None if there is none that can be read."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        return (PdfReader(file).metadata or {}).get(KEY)
    except (OSError, PyPdfError, ValueError):
        return None
