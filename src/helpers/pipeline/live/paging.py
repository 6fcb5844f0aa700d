"""Requests for pages: as they were built, with two lines more in their heads."""

from pathlib import Path
from urllib.parse import quote

from helpers.pipeline.live import head
from helpers.pipeline.live.asking import DOWNLOADED, KINDS, Asking, Refused, later


class Page(Asking):
    """Pages as they were built, with two lines more in their heads."""

    def folder(self) -> Path:
        """Where they lie."""
        return self.served.book.pages

    async def head(self, *path: str) -> None:
        """As for GET; what is not sent is left out by the server."""
        await self.get(*path)

    async def get(self, path: str) -> None:
        """Send a page or a file beside it."""
        if not path:
            query = quote(self.request.query, safe="=&%+")
            self.redirect(f"/{quote(self.front())}" + (f"?{query}" if query else ""))
            return
        self.send(path, live=True)

    def front(self) -> str:
        """The first page of the book."""
        return f"{self.served.book.front()}.html"

    def send(self, path: str, live: bool) -> None:
        """Send a file of the folder."""
        file = inside(self.folder(), path)
        if file is None or (self.served.access.public and file.name == "edition.json"):
            raise Refused(404, "There is no such page.")
        try:
            content = file.read_bytes()
        except OSError:  # `book build` puts others in the place of these at this moment
            raise later(503, "The pages are being replaced. Load this again.") from None
        if live and file.suffix == ".html":
            content = head.into(content.decode("utf-8"), "../" * path.count("/")).encode()
        self.set_header("Content-Type", KINDS.get(file.suffix, DOWNLOADED))
        self.finish(content)


class PageOfEdition(Page):
    """``editions/<name>/html/…``: pages of an edition that a reader had built, as they are."""

    async def get(self, name: str, path: str) -> None:
        """Send one."""
        editions = self.served.book.project.build / "editions"
        folder = inside(editions, f"{name}/html", a_folder=True)
        if folder is None or self.served.access.public:
            raise Refused(404, "There is no such edition.")
        self.name = name
        self.send(path or "index.html", live=False)

    def folder(self) -> Path:
        """Where they lie."""
        return self.served.book.project.build / "editions" / self.name / "html"


def inside(folder: Path, path: str, *, a_folder: bool = False) -> Path | None:
    """A file (or folder) within a folder; None for anything else, wherever a path may lead."""
    if "\0" in path or "\\" in path or {"", ".", ".."} & set(path.split("/")):
        return None
    try:
        root = folder.resolve()
        found = (root / path).resolve()
        there = found.is_dir() if a_folder else found.is_file()
    except (OSError, ValueError, RuntimeError):  # a name that is too long, a circle of links
        return None
    return found if there and found.is_relative_to(root) and found != root else None
