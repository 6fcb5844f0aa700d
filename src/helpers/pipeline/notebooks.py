"""The file of a chapter: a notebook as plain JSON, or one line that says what it is.

nbformat takes ten times as long, most of it for outputs, and where a file is no notebook it says
so in the words of its schema.
"""

import json
from pathlib import Path

from helpers import characters

LARGEST_BYTES, LONGEST_CELL = 64 << 20, 200_000
PARTS = {"cell_type": str, "metadata": dict, "source": (str, list)}
PARTS_OF_CODE = {**PARTS, "outputs": list}
MARK = "<<<<<<< "  # how a merge conflict begins


class ChapterError(ValueError):
    """A chapter that does not exist or cannot be read as the pipeline needs it. One line."""


def read(path: Path, shown: str) -> dict:
    """A notebook whose cells have every part, and their source as one text.

    Parameters
    ----------
    path : Path
    shown : str
        The path as messages print it.

    Raises
    ------
    ChapterError
        If it is no notebook. No advice throws away what is in it.
    """
    look = f"See what changed: git diff -- {shown}"
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise ChapterError(f"{shown} has {size >> 20} MB; a chapter has at most "
                           f"{LARGEST_BYTES >> 20}. Clear its outputs in Jupyter, save it, then "
                           f"type: book accept {path.stem}")
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ChapterError(f"{shown} is not UTF-8 (byte {error.start}). Save it as UTF-8. "
                           f"{look}") from None
    if text.startswith("\ufeff"):
        raise ChapterError(f"{shown} begins with a byte order mark. Save it as UTF-8 without one.")
    if not text.strip():
        raise ChapterError(f"{shown} is not a notebook that can be read: it is empty. {look}")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        for number, line in enumerate(text.splitlines(), start=1):
            if line.lstrip().startswith(MARK):
                raise ChapterError(
                    f"{shown}, line {number}: a merge conflict begins here. Keep one of the two "
                    f"sides and delete the marks, in a text editor; then type: "
                    f"book accept {path.stem}") from None
        where = f"line {error.lineno}: {error.msg}" if hasattr(error, "lineno") else str(error)
        raise ChapterError(
            f"{shown} is not a notebook that can be read: {where}. {look}") from None
    fault = _fault(notebook)
    if fault:
        raise ChapterError(f"{shown} is not a notebook that can be read: {fault}.")
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    long = next((number for number, cell in enumerate(notebook["cells"], start=1)
                 if len(cell["source"]) > LONGEST_CELL), None)
    if long:
        raise ChapterError(
            f"{shown}, cell {long} has {len(notebook['cells'][long - 1]['source']):,} signs; at "
            f"most {LONGEST_CELL:,} are taken. Keep data in a table: book new table FILE")
    return notebook


def _fault(notebook) -> str:
    """What is wrong with the form of a notebook; empty if nothing is."""
    if not isinstance(notebook, dict):
        return "it is JSON of another kind"
    version = notebook.get("nbformat", 4)
    if version != 4 or "worksheets" in notebook:
        return (f"it has the format {characters.shown(version)}. Open it in Jupyter and save it, "
                f"which writes format 4")
    if not isinstance(notebook.get("cells"), list):
        return "it has no cells. Open it in Jupyter and save it"
    for number, cell in enumerate(notebook["cells"], start=1):
        fault = _fault_of_cell(cell)
        if fault:
            return f"cell {number} {fault}. Open it in Jupyter and save it"
    return ""


def _fault_of_cell(cell) -> str:
    if not isinstance(cell, dict):
        return "is none"
    parts = PARTS_OF_CODE if cell.get("cell_type") == "code" else PARTS
    for part, kind in parts.items():
        if not isinstance(cell.get(part), kind):
            return f"has no {part}"
    if not isinstance(cell["source"], str) and not all(
            isinstance(line, str) for line in cell["source"]):
        return "has a source that is no text"
    tags = cell["metadata"].get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        return "has tags that are no list of words"
    if not all(isinstance(output, dict) for output in cell.get("outputs", [])):
        return "has an output that is none"
    return ""
