"""Run jupyter-book so that only pages which changed are read and written again.

Sphinx can do that by itself if it finds its folder as it left it. So there is one such folder,
``_build/.pages``, used by one build at a time, and every edition passes through it. What all
pages share (titles, contents, look, extensions) is not followed by Sphinx from page to page:
if any of it changes, the folder is emptied first.
"""

import filecmp
import hashlib
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path

from helpers import results
from helpers.pipeline import store
from helpers.pipeline.edition import BuildError
from helpers.pipeline.running import environment
from helpers.pipeline.site import address, checksums, exhibits, name_index, passages, search
from helpers.pipeline.site.frame import THEME
from helpers.project import Project

PASSING = ("staged", "html", "old")  # folders of one build
# Hashes of what all pages share and of what Sphinx left; there only while the folder is in order.
STAMP = "shared.txt"
OF_SPHINX = ".buildinfo"  # differs by the folder of the book
WHAT_CHANGED = "what-changed.html"  # a notice links to it as from the first page
NOTICE = re.compile(r'(<aside class="edition-notice"[^>]*>).*?</aside>', re.S)
EDITION = re.compile("<strong>(.*?)</strong>", re.S)
LEADS = re.compile(r'^<meta http-equiv="Refresh" content="0; url=([^"]+)"')
TITLE = re.compile("<title>(.*?)</title>", re.S)
# Lines that other pages depend on: titles, labels, citations and references to other pages.
SHARED_LINE = re.compile(r"^# |^\(.*\)=\s*$|\{(cite|ref|numref|doc|download)[^}]*\}", re.M)
ASKED_FOR = re.compile(r'_static/([^"?#]+)')
PROGRAM = Path(__file__).with_name("jupyter_book.py")


class Crash(BuildError):
    """jupyter-book ended without a word about a page."""


class PageBuilder:
    """Runs jupyter-book in a process that can import it while the chapters still run."""

    def __init__(self):
        self.process, self.said = None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.process.stdin.close()  # the process ends with it, whatever it does
            self.process.wait()
            self.said.close()

    def start(self) -> None:
        """Have the process import jupyter-book; returns at once."""
        if self.process is None:
            self.said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  closed below
            self.process = subprocess.Popen(
                [sys.executable, str(PROGRAM)], stdin=subprocess.PIPE, stdout=self.said,
                stderr=self.said, text=True, env=environment.of_a_process())

    def build(self, source: Path, out: Path, meanwhile: Callable[[], None] = lambda: None) -> Path:
        """Build the pages of a folder; any warning fails, because it is a page that is not right.

        Parameters
        ----------
        source, out : Path
        meanwhile : callable
            What is to be done while jupyter-book works, for which this process would only wait.

        Returns
        -------
        Path
            Folder with ``index.html``.

        Raises
        ------
        BuildError
            With the warnings.
        Crash
            If there are none, with how it ended and the end of what it said.
        """
        self.start()
        arguments = ["build", str(source), "--path-output", str(out), "-W", "--keep-going",
                     "--quiet"]
        self.process.stdin.write(json.dumps(arguments) + "\n")
        self.process.stdin.flush()
        meanwhile()
        status = self.process.wait()
        self.said.seek(0)
        log = re.sub(r"\x1b\[[0-9;]*m", "", self.said.read())
        self.__exit__()
        self.process = None
        warnings = [line.replace(str(source) + "/", "") for line in log.splitlines()
                    if re.search(r"\b(WARNING|ERROR|CRITICAL)\b", line)]
        built = out / "_build" / "html"
        if warnings:
            raise BuildError("The pages were not built; jupyter-book said:\n"
                             + "\n".join(dict.fromkeys(warnings)))
        if status != 0 or not (built / "index.html").is_file():
            ended = (f"was killed by {signal.Signals(-status).name}" if status < 0
                     else f"ended with status {status}")
            raise Crash("\n".join(filter(None, [
                f"The pages were not built; jupyter-book {ended}", log.strip()[-3000:]])))
        return built


@contextmanager
def workshop(build: Path, wait=lambda: None):
    """The folder in which pages are built, for one build at a time.

    Parameters
    ----------
    build : Path
        The build folder.
    wait : callable
        Called if another build has to be waited for.

    Yields
    ------
    Path
        The folder. Its ``staged`` is for ``source`` (what jupyter-book reads) and ``static``
        (files that pages show or link to, copied as they are); both are gone afterwards.
    """
    folder = build / ".pages"
    with store.lock(folder / ".lock", wait):
        _tidy(folder)  # what a build that was killed has left
        try:
            yield folder
        finally:
            _tidy(folder)


def _tidy(folder: Path) -> None:
    for name in PASSING:
        shutil.rmtree(folder / name, ignore_errors=True)


def build(project: Project, folder: Path, notice: str, builder: PageBuilder,
          meanwhile: Callable[[], None] = lambda: None) -> Path:
    """Build what is staged in the workshop.

    Parameters
    ----------
    project : Project
    folder : Path
        The workshop.
    notice : str
        HTML for the top of every page; empty for none.
    builder : PageBuilder
    meanwhile : callable
        Writes staged files that no page is made from.

    Returns
    -------
    Path
        Folder of finished pages inside the workshop, to be moved away.

    Raises
    ------
    BuildError
    """
    source, out, built = folder / "source", folder / "out", folder / "html"
    stamp, shared = folder / STAMP, shared_by_all(project, folder / "staged" / "source")
    if not stamp.is_file() or stamp.read_text() != f"{shared} {checksums.of_all(out)}":
        _forget(source, out)
    stamp.unlink(missing_ok=True)  # if this is interrupted, the next build begins anew
    synchronise(folder / "staged" / "source", source)
    try:
        made = builder.build(source, out, meanwhile)
    except Crash:  # what Sphinx keeps is damaged, or somebody killed it
        _forget(source, out)
        synchronise(folder / "staged" / "source", source)
        made = builder.build(source, out)
    shutil.copytree(made, built, ignore=shutil.ignore_patterns(OF_SPHINX))
    leave_out_what_no_page_asks_for(
        built, [THEME / "static", project.vendor / "pages", project.code / "explorers" / "static"])
    stamp.write_text(f"{shared} {checksums.of_all(out)}")
    shutil.copytree(folder / "staged" / "static", built / "_static", dirs_exist_ok=True)
    finish(built, notice)
    list_what_there_is(project, built, source)
    return built


def leave_out_what_no_page_asks_for(built: Path, own: Sequence[Path]) -> None:
    """Remove what Sphinx and its extensions lay beside every page for themes of theirs.

    Parameters
    ----------
    built : Path
        The pages as Sphinx left them.
    own : sequence of Path
        Folders of files that this book puts there itself.
    """
    folder = built / "_static"
    asked = {name for page in built.rglob("*.html")
             for name in ASKED_FOR.findall(page.read_text(encoding="utf-8"))}
    for file in [file for file in folder.rglob("*") if file.is_file()]:
        name = file.relative_to(folder)
        if name.as_posix() not in asked and not any((each / name).is_file() for each in own):
            file.unlink()


def _forget(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def shared_by_all(project: Project, source: Path) -> str:
    """Hash of everything in the sources that pages depend on beyond their own file."""
    parts = [project.lock_file.read_bytes(), sys.version.encode()]
    # Styles and scripts too: Sphinx copies them only where it has a page to write.
    for folder in (Path(__file__).parent, project.vendor, project.code / "explorers" / "static"):
        parts += [file.read_bytes() for file in sorted(folder.rglob("*"))
                  if file.is_file() and file.suffix != ".pyc"]
    for file in sorted(file for file in source.rglob("*") if file.is_file()):
        if exhibits.FOLDER in file.relative_to(source).parts:
            continue  # followed by Sphinx, as a dependency of its page
        parts.append(str(file.relative_to(source)).encode())
        if file.suffix == ".md":
            parts.append(_shared_lines(file.read_text(encoding="utf-8")))
        elif file.suffix == ".ipynb":
            cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
            parts += [_shared_lines("".join(cell["source"])) for cell in cells
                      if cell["cell_type"] == "markdown"]
        else:
            parts.append(file.read_bytes())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _shared_lines(text: str) -> bytes:
    return "\n".join(line for line in text.splitlines() if SHARED_LINE.search(line)).encode()


def synchronise(new: Path, kept: Path) -> None:
    """Make one folder like another, leaving files that are the same untouched.

    Sphinx tells by its time whether a file changed.
    """
    kept.mkdir(parents=True, exist_ok=True)
    wanted = {file.relative_to(new) for file in new.rglob("*") if file.is_file()}
    for file in [file for file in kept.rglob("*") if file.is_file()]:
        if file.relative_to(kept) not in wanted:
            file.unlink()
    for relative in wanted:
        source, target = new / relative, kept / relative
        if not target.is_file() or not filecmp.cmp(source, target, shallow=False):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def finish(folder: Path, notice: str) -> None:
    """Put the notice of an edition on top of every page, or nothing for the baseline.

    It is put in afterwards because it stands on every page: within Sphinx a new edition would
    mean to write all of them again. What remains is the same whichever pages were written when.

    Raises
    ------
    BuildError
        If no page has room for a notice: it must not be lost in silence.
    """
    found, said = 0, EDITION.search(notice)
    named = f' data-edition="{said[1]}"' if said else ""  # for the foot of printed pages
    _lead_to_the_first_page(folder)
    for page in folder.rglob("*.html"):
        depth = len(page.relative_to(folder).parts) - 1
        here = notice.replace(f'href="{WHAT_CHANGED}"', f'href="{"../" * depth}{WHAT_CHANGED}"')
        text = page.read_text(encoding="utf-8")
        changed, count = NOTICE.subn(
            lambda found, here=here: f"{found[1]}{here}</aside>" if here else "", text, count=1)
        found += count
        changed = changed.replace(" data-title=", f'{named} data-title=', 1)
        page.write_text(changed, encoding="utf-8")
    if not found:
        raise BuildError("The theme left no room for the notice of an edition on any page.")


def _lead_to_the_first_page(folder: Path) -> None:
    """Make the page that jupyter-book leaves for the way to the first one a whole page."""
    index = folder / "index.html"
    leads = LEADS.search(index.read_text(encoding="utf-8")) if index.is_file() else None
    if leads:
        first = leads[1]
        title = TITLE.search((folder / first).read_text(encoding="utf-8"))[1]
        index.write_text(
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'\">\n"
            f'<meta http-equiv="Refresh" content="0; url={first}">\n<title>{title}</title>\n'
            f'</head>\n<body>\n<main><h1><a href="{first}">{title}</a></h1></main>\n</body>\n'
            "</html>\n",
            encoding="utf-8")


def list_what_there_is(project: Project, folder: Path, source: Path) -> None:
    """Write what is made from all finished pages: indexes for search and of names, a map.

    Parameters
    ----------
    project : Project
    folder : Path
        The finished pages.
    source : Path
        What they were made from; its chapters hold the ledger.
    """
    pages = passages.of_book(folder, leave={search.PAGE, f"{name_index.PAGE}.html"})
    ledger = {file.stem: results.entries(file)
              for file in sorted((source / "chapters").glob("*.ipynb"))}
    found = search.write(folder, project, pages, ledger)
    name_index.fill(folder, project, pages, found)
    address.publish(folder, project, [page.address for page in pages])
