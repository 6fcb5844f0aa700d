"""Write files aside and rename them into place, so that nobody ever reads half of one.

And tell whether a file was touched since somebody looked.
"""

import json
import uuid
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path


def state(file: Path) -> tuple[int, int, int, int] | None:
    """What differs after any change of a file, even one that was taken back; None if it is gone.

    The time of the last change of its entry cannot be set by hand, unlike that of its content.
    """
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


def read_object(file: Path) -> dict:
    """The JSON object that a file holds.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it holds anything else, however that came about.
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"{file.name} holds no JSON object.")
    return found


def replace(contents: Mapping[Path, bytes | None]) -> None:
    """Give every file its new content: all are written aside before the first is renamed.

    Parameters
    ----------
    contents : mapping
        File -> content; None removes the file.

    Raises
    ------
    OSError
        If one cannot be written, such as on a full disk; then no file has changed.
    """
    aside = {file: file.with_name(f".{file.name}.{uuid.uuid4().hex}") for file in contents}
    try:
        for file, content in contents.items():
            if content is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
                aside[file].write_bytes(content)
        for file, content in contents.items():
            if content is None:
                file.unlink(missing_ok=True)
            else:
                aside[file].replace(file)
    finally:
        for file in aside.values():
            file.unlink(missing_ok=True)


@contextmanager
def tried(contents: Mapping[Path, bytes | None]):
    """Give files their new content for as long as what is tried with them does not fail.

    On an error, or when interrupted, every file is again as it was.
    """
    before = {file: file.read_bytes() if file.is_file() else None for file in contents}
    replace(contents)
    try:
        yield
    except BaseException:
        replace(before)
        raise
