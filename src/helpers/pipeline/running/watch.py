"""Note what a run takes in, refuse what it must not do, and bound its memory.

In a run's own process or in a kernel. The key of a run holds the tables that a chapter declares and
the modules it imports. What is read behind its back would leave the key unchanged when it changes,
and the store would serve a stale number; what is written into the book would change other runs.

An audit hook sees every opening by Python itself (`open`, pathlib, `pandas.read_csv`), not by
C++ readers such as parquet's, which a check of the chapters forbids.

Without a bound, a chapter that asks for ever more memory would bring the system to kill whatever
it likes, perhaps another run. With one, it fails by itself with a MemoryError.
"""

import hashlib
import os
import re
import site
import stat
import sys
import sysconfig
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.machinery import PathFinder, SourceFileLoader

# Variables for a kernel.
FOLDERS, NOTE, MEMORY, CLOSED = "BOOK_WATCHED", "BOOK_WATCH", "BOOK_MEMORY", "BOOK_CLOSED"
# What describes an installed package: libraries ask for entry points, and versions are in the key.
DESCRIBED = re.compile(r"\.(?:egg|dist)-info[/\\]")
OPENED, LOADED, REFUSED = "opened", "loaded", "refused"  # what is noted

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Events that change a file, with how many of their arguments are paths.
CHANGES = {"os.remove": 1, "os.rmdir": 1, "os.mkdir": 1, "os.truncate": 1, "os.rename": 2,
           "os.link": 2, "os.symlink": 2, "os.chmod": 1, "os.chown": 1, "os.utime": 1,
           "shutil.rmtree": 1}
STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
          "os.forkpty", "pty.spawn")
SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys", "/dev", "/System", "/Library")
PACKAGE = __name__.partition(".")[0]  # whose modules are edited while runs go on


def openings(folders: Iterable[str], note: Callable[[str, str], None], *,
             closed: str | None = None) -> None:
    """Note each file that is opened under `folders` when it is first opened, by its real path.

    A hook cannot be removed, and must raise nothing but a refusal: it would break the chapter.

    Parameters
    ----------
    folders : iterable of str
    note : callable
        Called with `OPENED`, `LOADED` or `REFUSED`, and what.
    closed : str, optional
        The run's own folder, where cells may only compute: they change nothing in `folders`, start
        no process, and what they open outside of Python and the system is noted as well.
    """
    roots = _real(folders)
    if not roots:
        return
    own, system, seen, made = _real([closed] if closed else ()), _of_the_system(), set(), set()

    def opened(path: str) -> None:
        if path in seen or path in made or path.startswith(own) or DESCRIBED.search(path):
            return
        watched = path.startswith(roots) and not path.startswith(system[0])
        if watched or closed and not path.startswith(system[1]) and _is_file(path):
            seen.add(path)
            note(OPENED, path)

    def refuse(what: str) -> None:
        if what not in seen:
            seen.add(what)
            note(REFUSED, what)

    def changed(path: str) -> None:
        compiled = "__pycache__" in path and path.startswith(system[0])
        if closed and (path + os.sep).startswith(roots) and not path.startswith(own) | compiled:
            refuse(f"it writes to {path}")
            raise PermissionError(f"a run may not write into the book: {path}")
        made.add(path)

    def hook(event, arguments):
        if event == "open":
            path = _path(arguments[0])
            if path is not None:
                writes = arguments[2] & WRITING if isinstance(arguments[2], int) else 0
                (changed if writes else opened)(path)
        elif event == "sqlite3.connect":
            path = _path(arguments[0])
            if path is not None:
                opened(path)
        elif closed and event in CHANGES:
            count = CHANGES[event]
            # The last arguments are descriptors of the folders that relative paths begin in.
            places = arguments[-count:] if len(arguments) > count else [None] * count
            paths = [_path(argument, place)
                     for argument, place in zip(arguments[:count], places, strict=True)]
            if event == "os.link" and paths[0]:  # another name for what may be a table
                opened(paths[0])
            for path in filter(None, paths[-1:] if event in ("os.link", "os.symlink") else paths):
                changed(path)
        elif closed and event in STARTS:
            what = str(arguments[0]) if arguments else event
            refuse(f"it starts a process ({what})")
            raise PermissionError(f"a run may not start a process, for what that reads is in no "
                                  f"key: {what}")

    sys.addaudithook(hook)


def modules(note: Callable[[str, str], None]) -> None:
    """Load each module of this project from its source, and note the hash of what was loaded.

    Python takes a compiled module for that of a source of the same size and second; one that was
    edited and put back meanwhile would run as it was.
    """
    class Source(SourceFileLoader):
        def get_code(self, fullname):
            path = self.get_filename(fullname)
            content = self.get_data(path)
            note(LOADED, f"{hashlib.sha256(content).hexdigest()} {os.path.realpath(path)}")
            return self.source_to_code(content, path)

    class Finder(PathFinder):
        @classmethod
        def find_spec(cls, fullname, path=None, target=None):
            if fullname.partition(".")[0] != PACKAGE:
                return None
            spec = super().find_spec(fullname, path, target)
            if spec is not None and isinstance(spec.loader, SourceFileLoader):
                spec.loader = Source(spec.loader.name, spec.loader.path)
            return spec

    sys.meta_path.insert(0, Finder)


def _real(folders: Iterable[str]) -> tuple[str, ...]:
    return tuple(os.path.join(os.path.realpath(folder), "") for folder in folders)


def _path(argument, folder=None) -> str | None:
    """Real path of what an event names, relative to the folder of a descriptor; None if none."""
    if not isinstance(argument, str | bytes | os.PathLike):
        return None
    with suppress(TypeError, ValueError):
        path = os.fsdecode(argument)
        if isinstance(folder, int) and folder >= 0:
            with suppress(OSError):
                path = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), path)
        return os.path.realpath(path)
    return None


def _is_file(path: str) -> bool:
    """Whether there is something to read that could change a result."""
    if ".egg-info/" in path or ".dist-info/" in path:  # libraries look for their plug-ins
        return False
    with suppress(OSError, ValueError):
        return stat.S_ISREG(os.stat(path).st_mode)
    return False


def _of_the_system() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Folders of Python's libraries, which may lie in the book; and those with the system's."""
    paths = sysconfig.get_paths()
    python = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    python = _real(python if sys.prefix == sys.base_prefix else {*python, sys.prefix})
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    others = [sys.prefix, sys.base_prefix, *SYSTEM, *site.getsitepackages(),
              site.getusersitepackages(),
              os.environ.get("MPLCONFIGDIR") or os.path.join(caches, "matplotlib")]
    return python, python + _real(folder for folder in others if folder != os.sep)


def bound_memory(limit_bytes: int | None) -> None:
    """Let this process have so much private data, and no more.

    Private data only: libraries reserve far more addresses than they ever use. Not every system
    can bound it; then the system's own limits hold.
    """
    try:
        import resource
    except ImportError:  # not a POSIX system
        return
    if limit_bytes:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, resource.RLIM_INFINITY))


def as_told() -> None:
    """In a kernel: do all of this as the variables tell, which the chapter then does not see."""
    folders = os.environ.pop(FOLDERS, "").split(os.pathsep)
    noted = os.environ.pop(NOTE, "")
    closed = os.environ.pop(CLOSED, "")
    if noted:
        file = os.open(noted, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

        def note(kind: str, what: str) -> None:
            os.write(file, f"{kind} {what}\n".encode(errors="surrogateescape"))

        openings(filter(None, folders), note, closed=closed or None)
        modules(note)
    bound_memory(int(os.environ.pop(MEMORY, 0)))


def sorted_out(notes: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """What was noted, by kind, as the fields of an outcome."""
    found = {OPENED: [], LOADED: [], REFUSED: []}
    for kind, what in notes:
        found[kind].append(what)
    return {kind: tuple(lines) for kind, lines in found.items()}
