"""Options that commands share, each declared once, and the two ways a command ends badly."""

import functools
import math
import os
import sys
from pathlib import Path

import click

from helpers import datasets, parameters
from helpers.pipeline import chapters
from helpers.project import BUILD, DATA, ROOT, Project, ProjectError, foreign_checkout

INTERRUPTED = ("Interrupted. What had finished is in the store; the same command goes on where it "
               "stopped.")


class Failure(click.ClickException):
    """Something failed: exit code 1."""

    exit_code = 1


class Usage(click.ClickException):
    """Wrong usage: exit code 2, one line."""

    exit_code = 2


def here(folder: str) -> Project:
    """The book that a command is about.

    Raises
    ------
    Usage
        If the command was typed in another checkout than the one whose code would run, or a
        variable of the environment cannot be used.
    """
    foreign = foreign_checkout(Path(folder))
    if foreign:
        raise Usage(foreign)
    try:
        project = Project.current(beside=Path(folder))
    except ProjectError as error:
        raise Usage(str(error)) from None
    except OSError as error:
        raise Usage(f"{ROOT}, {BUILD} or {DATA} is no folder that can be used: "
                    f"{error.strerror}.") from None
    asked = changed_python(sys.flags)
    if asked:
        raise Usage(f"{asked} would change what chapters do or print. Type: unset {asked}")
    if os.environ.get(ROOT) and not project.contents.is_file():
        raise Usage(f"{ROOT}={os.environ[ROOT]!r} is no book: {project.contents} is not there. "
                    f"Type: unset {ROOT}")
    return project


def changed_python(flags) -> str:
    """The variable by which Python leaves out checks or says more than usual; empty if neither."""
    if flags.optimize:
        return "PYTHONOPTIMIZE"
    return "PYTHONDEVMODE" if flags.dev_mode else ""


def project_of(context) -> Project:
    """The book that a completion is about; nothing has been typed to its end yet."""
    return context.find_root().obj or Project.current()


def quietly(found):
    """What a completion finds; nothing where it fails, since a shell would print the error."""
    try:
        return found()
    except Exception:  # noqa: BLE001  whatever it is, the command itself will say it
        return []


def chapter_names(context, _parameter, incomplete):
    """Chapters that a text may become, by name or number, for completion."""
    return quietly(lambda: [name for name in chapters.names(project_of(context))
                            if name.startswith(incomplete.lower().replace(".", "-"))])


def scenario_names(context, _parameter, incomplete):
    """Scenarios and built editions that a text may become, for completion."""
    def found():
        from helpers.pipeline import edition

        project = project_of(context)
        known = {*edition.scenarios(project), *(row["name"] for row in edition.built(project))}
        return sorted(name for name in known if name.startswith(incomplete))

    return quietly(found)


def assignments(_context, _parameter, incomplete):
    """``name=`` for every parameter, and its choices after it, for completion."""
    from helpers import parameters

    name, separator, value = incomplete.partition("=")
    if not separator:
        return [f"{known}=" for known in parameters.names() if known.startswith(name)]
    choices = parameters.choices(name) if name in parameters.names() else ()
    return [f"{name}={choice}" for choice in choices if choice.startswith(value)]


def parameter_names(_context, _parameter, incomplete):
    """Parameters that a text may become, for completion."""
    return [name for name in parameters.names() if name.startswith(incomplete)]


def grouped(*options):
    """Several options as one decorator, in the order they are listed in the help."""
    return lambda command: functools.reduce(lambda made, option: option(made),
                                            reversed(options), command)


def _limited(context, _parameter, value, name, converted):
    """Give the command a book with another limit."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is no limit.")
    if value is not None and context.obj is not None:
        with refusals():
            context.obj = context.obj.with_limits(**{name: converted(value)})


FOLDER = click.Path(path_type=Path)
ASSUMPTIONS = grouped(
    click.option(
        "--set", "assigned", multiple=True, metavar="NAME=VALUE", shell_complete=assignments,
        help="Give a parameter another value; may be repeated. `book params` lists them."),
    click.option(
        "--data", "own_data", type=FOLDER,
        help="Folder with your own tables; those not there are taken from data/."),
)
RUNNING = grouped(
    click.option("--jobs", type=click.IntRange(1, 64), help="Chapters run at a time."),
    click.option("--cluster", metavar="URL",
                 help="Run on a dask.distributed scheduler: tcp://127.0.0.1:8786."),
    click.option("--cell-seconds", type=click.FloatRange(1), expose_value=False,
                 callback=lambda *told: _limited(*told, "cell_seconds", float),
                 help="Longest time for one cell; default: 300."),
    click.option("--memory-gb", type=click.FloatRange(0.1, 1000), expose_value=False,
                 callback=lambda *told: _limited(*told, "memory_bytes", lambda gb: int(gb * 1e9)),
                 help="Most memory for one run; default: 4.3."),
    click.option("--stock-kernels", is_flag=True,
                 help="Give each chapter a Jupyter kernel: slower, with the same outputs."),
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
QUIET = click.option("--quiet", is_flag=True, help="Print nothing but errors.")
CHAPTER = click.argument("chapter", shell_complete=chapter_names)


def placed(project: Project, own_data: Path | None, quiet: bool = False) -> Project:
    """The book with the reader's own data, which are checked before anything runs.

    Raises
    ------
    Usage
        If the folder is not there, no file in it is a table, or one breaks its description.
    """
    from helpers.pipeline import packages

    try:
        if own_data is not None:
            project = project.with_own_data(own_data)
        for line in (*datasets.check_own(project), *packages.warning(project.lock_file)):
            if not quiet:
                click.echo(f"Warning: {line}", err=True)
    except (ProjectError, datasets.DataError) as error:
        raise Usage(str(error)) from None
    return project


def how(jobs=None, cluster=None, stock_kernels=False):
    """How plans are to be run, from the options of `RUNNING`."""
    from helpers.pipeline.execute import How

    if cluster:
        from helpers.pipeline.running.cluster import checked

        checked(cluster)
        if cluster.startswith("tcp:") and not _is_silent():
            click.echo("Warning: whoever has an account on this machine can run code on this "
                       "cluster. tls:// keeps others out (see README).", err=True)
    return How(jobs, cluster, stock_kernels, _slow)


def _is_silent() -> bool:
    context = click.get_current_context(silent=True)
    return bool(context and (context.params.get("quiet") or context.params.get("as_json")))


def _slow(chapter: str, cell: int, seconds: float, limit: float) -> None:
    if not _is_silent():
        click.echo(f"{chapter}: cell {cell} has run for {seconds:.0f} s of at most {limit:.0f}",
                   err=True)


class refusals:  # noqa: N801  a context manager, used as a word
    """Turns errors of usage and of work into the two ways a command ends badly."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _trace):
        if kind is None or issubclass(kind, click.exceptions.Exit | click.ClickException):
            return False
        if issubclass(kind, KeyboardInterrupt):
            raise Failure(INTERRUPTED) from None
        from helpers.pipeline import (
            accept,
            compare,
            edition,
            effects,
            new,
            pdf,
            scenario_table,
            sweep,
        )
        from helpers.pipeline.live import publish, tipping
        from helpers.pipeline.site import sweep_page

        work = (edition.BuildError, compare.CompareError, accept.AcceptError,
                scenario_table.ScenarioTableError, sweep_page.SweepPageError)
        usage = (parameters.ParameterError, chapters.ChapterError, datasets.DataError, ProjectError,
                 sweep.SweepError, effects.EffectError, new.NewError, pdf.NoChromium,
                 tipping.TippingError, publish.PublishError)
        if issubclass(kind, work):
            raise Failure(str(error)) from None
        if issubclass(kind, OSError):  # a full disk, a folder of somebody else, too many files
            where = f"{error.filename}: " if error.filename else ""
            raise Failure(f"{where}{error.strerror or error}. What had finished is in the store; "
                          f"no file is left half written.") from None
        if issubclass(kind, usage) or kind.__name__ in ("ClusterError", "PortTaken"):
            raise Usage(str(error)) from None
        return False
