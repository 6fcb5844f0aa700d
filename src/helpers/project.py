"""A place: one frozen value that says where everything of a book is, passed down to who asks.

`Project.current()` is the book that this process belongs to. The command line makes one and passes
it on; tests make others. In a kernel, which nobody can hand a value, `helpers.datasets` asks for
the current one, and `variables` is how a runner says which that is.
"""

import os
import shlex
import tomllib
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path

ROOT, BUILD, DATA = "BOOK_ROOT", "BOOK_BUILD", "BOOK_DATA"  # variables that a process inherits
DISTRIBUTION = "industrial-internet-security-book"  # as pip knows it
PACKAGE = Path(__file__).resolve().parent  # the package `helpers` that is imported here


STORE_BYTES = 2_000_000_000  # some thousand runs


class ProjectError(ValueError):
    """A place that cannot be used. One line that says what to type."""


@dataclass(frozen=True)
class Limits:
    """What one run may take.

    Attributes
    ----------
    memory_bytes : int
        Private memory; the heaviest chapter needs a tenth of the default.
    cell_seconds : float
        Time for one cell; no chapter has a cell near the default.
    """

    memory_bytes: int = 4 << 30
    cell_seconds: float = 300


@dataclass(frozen=True)
class Project:
    """Where things are.

    Attributes
    ----------
    root : Path
        Folder with ``_toc.yml``, ``chapters``, ``data`` and the rest.
    build : Path
        Everything built.
    own_data : Path, optional
        Folder of a reader's own tables, looked into before ``data``.
    code : Path
        The package ``helpers``, whose modules chapters import.
    """

    root: Path
    build: Path
    own_data: Path | None = None
    code: Path = PACKAGE
    _limits: Limits | None = field(default=None, repr=False)

    @classmethod
    def at(cls, root: Path, *, build: Path | None = None, own_data: Path | None = None):
        """The book in a folder; its code is its own where it has some, else what is imported."""
        root = Path(root).resolve()
        code = root / "src" / "helpers"
        return cls(root, Path(build or root / "_build").resolve(),
                   _existing(own_data) if own_data else None, code if code.is_dir() else PACKAGE)

    @classmethod
    def current(cls, beside: Path | None = None):
        """The book this process belongs to, by its variables and else by where its code lies.

        Parameters
        ----------
        beside : Path, optional
            Folder by which a relative BOOK_DATA is understood: where a command was typed.

        Raises
        ------
        ProjectError
            If BOOK_DATA is not there, or is relative in a kernel, whose working folder is not
            that of whoever set it: it would mean another folder or none.
        """
        own_data = os.environ.get(DATA)
        if own_data and beside:
            own_data = Path(beside, own_data)
        if own_data and not Path(own_data).is_absolute():
            raise ProjectError(
                f"{DATA}={own_data!r} is relative, and every kernel would look for it elsewhere. "
                f"Give it from the root: export {DATA}={shlex.quote(os.path.abspath(own_data))}")
        root = os.environ.get(ROOT) or PACKAGE.parents[1]
        return cls.at(Path(root), build=os.environ.get(BUILD), own_data=own_data)

    def with_own_data(self, folder: Path | None) -> "Project":
        """The same book read with other tables; None for the shipped ones.

        Raises
        ------
        ProjectError
            If there is no such folder.
        """
        return replace(self, own_data=_existing(folder) if folder else None)

    def variables(self) -> dict[str, str]:
        """Variables by which `current` finds this place in another process."""
        return {ROOT: str(self.root), BUILD: str(self.build),
                DATA: str(self.own_data) if self.own_data else ""}

    @property
    def chapters(self) -> Path:
        """Folder of the notebooks."""
        return self.root / "chapters"

    @property
    def data(self) -> Path:
        """Folder of the shipped tables."""
        return self.root / "data"

    @property
    def data_package(self) -> Path:
        """Description of the tables."""
        return self.data / "datapackage.json"

    @property
    def scenarios(self) -> Path:
        """Folder of the scenarios."""
        return self.root / "scenarios"

    @property
    def vendor(self) -> Path:
        """Fonts and scripts of others."""
        return self.root / "vendor"

    @property
    def config(self) -> Path:
        """Settings of jupyter-book."""
        return self.root / "_config.yml"

    @property
    def contents(self) -> Path:
        """Table of contents."""
        return self.root / "_toc.yml"

    @property
    def references(self) -> Path:
        """Bibliography."""
        return self.root / "references.bib"

    @property
    def lock_file(self) -> Path:
        """Every package with its version."""
        return self.root / "requirements.txt"

    @cached_property
    def settings(self) -> dict:
        """The table ``[tool.book]`` of ``pyproject.toml``; empty where there is none."""
        try:
            text = (self.root / "pyproject.toml").read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise ProjectError(f"pyproject.toml cannot be read: {error}") from None
        try:
            return tomllib.loads(text).get("tool", {}).get("book", {})
        except tomllib.TOMLDecodeError as error:
            raise ProjectError(f"pyproject.toml cannot be read: {error}") from None

    @property
    def limits(self) -> Limits:
        """What one run may take: as somebody asked, else ``[tool.book.limits]``, else the defaults.

        Raises
        ------
        ProjectError
            If the settings are no limits.
        """
        if self._limits:
            return self._limits
        given = self.settings.get("limits", {})
        known = [each.name for each in fields(Limits)]
        for name, value in given.items():
            if name not in known or isinstance(value, bool) or not isinstance(
                    value, int | float) or value <= 0:
                raise ProjectError(f"pyproject.toml, [tool.book.limits]: {name} = {value!r}. "
                                   f"Expected {' and '.join(known)}, numbers above 0.")
        return Limits(**given)

    def with_limits(self, **changes: float) -> "Project":
        """The same book with other limits for each run."""
        return replace(self, _limits=replace(self.limits, **changes))

    @property
    def store_bytes(self) -> float:
        """Size of the store beyond which old runs are removed: ``store_bytes`` in ``[tool.book]``.

        Raises
        ------
        ProjectError
            If it is no number above 0.
        """
        given = self.settings.get("store_bytes", STORE_BYTES)
        if isinstance(given, bool) or not isinstance(given, int | float) or given <= 0:
            raise ProjectError(f"pyproject.toml, [tool.book]: store_bytes = {given!r}. Expected a "
                               f"number above 0.")
        return given

    @property
    def preload(self) -> tuple[str, ...]:
        """Libraries that nearly every chapter imports, so that a run need not wait for them."""
        return tuple(self.settings.get("preload", ()))

    def shown(self, path: Path) -> str:
        """Path as messages print it: relative to the book where it lies inside."""
        path = Path(path)
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


def _existing(folder: Path) -> Path:
    folder = Path(folder).resolve()
    if not folder.is_dir():
        raise ProjectError(f"{folder} is not a folder. Give the folder of your own tables, or take "
                           f"the shipped ones: no --data, and unset {DATA}")
    return folder


def foreign_checkout(folder: Path) -> str:
    """Why what is run here is not what lies here, in one line; empty if it is.

    The ``.venv`` of a copied checkout has the paths of the original. Who names the book by its
    variable wants that one.
    """
    if os.environ.get(ROOT):
        return ""
    own = PACKAGE.parents[1]
    for here in (folder, *folder.parents):
        if (here / "_toc.yml").is_file() and (here / "src" / "helpers").is_dir():
            if here.resolve() == own:
                return ""
            return (f"This folder is the checkout {here}, but what runs is the code of {own}. "
                    f"Set up this one: cd {shlex.quote(str(here))} && make setup")
    return ""
