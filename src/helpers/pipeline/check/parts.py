"""What the rules share: parts of a chapter, and how a fault names its place."""

from collections.abc import Iterable

from helpers.pipeline.chapters import Chapter

TO_WRITE = "TO WRITE"  # what `book new` leaves to its author


def numbered(chapter: Chapter) -> Iterable[tuple[int, dict]]:
    """Code cells with their number, which Jupyter shows beside them after a run."""
    return enumerate(chapter.code_cells, start=1)


def prose_of(chapter: Chapter) -> list[str]:
    return [cell["source"] for cell in chapter.notebook["cells"]
            if cell["cell_type"] == "markdown"]


def at(chapter: Chapter, place: int, text: str) -> str:
    return f"{chapter.name}, code cell {place}: {text}."
