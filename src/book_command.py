"""What the command ``book`` starts: the book's own package, and no other of its name.

A folder in PYTHONPATH is looked into before the installed packages. A file there that is called
like one of them, or like this book's package, would be imported in its place.
"""

import os
import sys
import sysconfig
from pathlib import Path

OWN = Path(__file__).resolve().parent  # holds the package `helpers`


def hiding(folders: list[str], installed: set[str]) -> list[str]:
    """Files and packages in folders that hide an installed module, one path each.

    Parameters
    ----------
    folders : list of str
        In the order of PYTHONPATH.
    installed : set of str
        Names of modules, those of Python itself among them.
    """
    libraries = {OWN, *(Path(sysconfig.get_path(name)).resolve()
                        for name in ("stdlib", "purelib", "platlib"))}
    found = []
    for folder in map(Path, filter(None, folders)):
        if folder.is_dir() and folder.resolve() not in libraries:
            found += [str(entry) for entry in sorted(folder.iterdir())
                      if _module(entry) in installed]
    return found


def _module(entry: Path) -> str:
    """Name by which a file or folder would be imported; empty if by none."""
    if entry.suffix in (".py", ".so", ".pyd"):
        return entry.name.partition(".")[0]
    return entry.name if (entry / "__init__.py").is_file() else ""


def broken(error: SyntaxError) -> str:
    """The line for a module of the book that is no Python; empty for any other module."""
    # Of a file with zeros, such as a lost machine leaves, Python does not say the name.
    zeros = (each for each in sorted((OWN / "helpers").rglob("*.py"))
             if not error.filename and b"\0" in each.read_bytes())
    file = Path(error.filename or next(zeros, ""))
    if not file.is_relative_to(OWN):
        return ""
    shown = file.relative_to(OWN.parent).as_posix()
    return (f"Error: {shown}, line {error.lineno or 1}: {error.msg}. "
            f"See what changed: git diff -- {shown}")


def main() -> None:
    """Start the command, or say in one line what hides a part of it."""
    folders = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if any(folders):
        libraries = Path(sysconfig.get_path("purelib"))
        installed = {"helpers", *sys.stdlib_module_names, *map(_module, libraries.iterdir())}
        hidden = hiding(folders, installed - {""})
        if hidden:
            print(f"Error: {hidden[0]} would be imported instead of the module of that name. "
                  f"Type: unset PYTHONPATH", file=sys.stderr)
            sys.exit(2)
    try:
        from helpers.pipeline.cli import main as book

        book()
    except SyntaxError as error:
        said = broken(error)
        if not said:
            raise
        print(said, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
