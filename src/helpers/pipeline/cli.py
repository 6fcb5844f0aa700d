"""The command line: ``book build``, ``book run``, ``book sweep``, ``book compare`` and others.

Exit codes: 0 well, 1 something failed, 2 wrong usage. Modules that take time to import are
imported inside the commands, so that ``book params`` and every usage error answer at once.
"""

import json
import os
import sys
import time
from pathlib import Path

import click

from helpers import parameters, paths

SET = click.option(
    "--set", "assignments", multiple=True, metavar="NAME=VALUE",
    help="Give a parameter another value; may be repeated. `book params` lists them.",
)
JOBS = click.option("--jobs", type=click.IntRange(1, 64), help="Chapters run at a time.")
CLUSTER = click.option(
    "--cluster", metavar="URL", help="Run on a dask.distributed scheduler: tcp://127.0.0.1:8786.",
)
DATA = click.option(
    "--data", "own_data", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with your own tables; those not there are taken from data/.",
)
def _use_stock_kernels(_context, _option, wanted: bool) -> None:
    if wanted:
        os.environ["BOOK_STOCK_KERNELS"] = "1"


STOCK = click.option(
    "--stock-kernels", is_flag=True, expose_value=False, callback=_use_stock_kernels,
    help="Start each kernel anew instead of forking it: slower, with the same outputs.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
QUIET = click.option("--quiet", is_flag=True, help="Print nothing but errors.")


INTERRUPTED = ("Interrupted. What had finished is in the store; the same command goes on where it "
               "stopped.")


class Failure(click.ClickException):
    """Something failed: exit code 1."""

    exit_code = 1


class Usage(click.ClickException):
    """Wrong usage: exit code 2, one line."""

    exit_code = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main():
    """Run the chapters of the book and build it."""
    os.environ.setdefault("BOOK_STANDBY_MINUTES", "10")  # see `forks`
    foreign = paths.foreign_checkout(Path.cwd())
    if foreign:
        raise Usage(foreign)
    try:
        paths.settle_own_data()
    except paths.OwnDataError as error:
        raise Usage(str(error)) from None


def _use_own_data(own_data: Path | None) -> None:
    if own_data is not None:
        os.environ["BOOK_DATA"] = str(own_data.resolve())


class Progress:
    """A bar on a terminal, plain lines in a log, silence with ``--quiet`` or ``--json``."""

    def __init__(self, total: int, silent: bool):
        self.total, self.silent = total, silent
        self.done = self.cached = self.failed = 0
        self.began = time.monotonic()
        self.live = None
        if not silent and sys.stderr.isatty():
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            self.live = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                TextColumn("{task.fields[state]}"), transient=True)
            self.task = self.live.add_task("Running chapters", total=total, state="")
            self.live.start()

    def report(self, result) -> None:
        self.done += 1
        self.cached += result.cached
        self.failed += result.status != "ok"
        if self.live:
            self.live.update(
                self.task, advance=1, description=result.chapter, state=self.state())
        elif not self.silent:
            outcome = result.status if result.status != "ok" else f"{result.seconds:.1f} s"
            outcome = "unchanged" if result.cached else outcome
            state = self.state()
            click.echo(f"[{self.done}/{self.total}] {result.chapter}  {outcome}"
                       + (f"  ({state})" if state else ""), err=True)

    def state(self) -> str:
        """How many runs came from the store, how many failed, and the time left at this pace."""
        parts = [f"{self.cached} in the store"] if self.cached else []
        parts += [f"{self.failed} failed"] if self.failed else []
        executed = self.done - self.cached
        if executed:
            pace = (time.monotonic() - self.began) / executed
            seconds = pace * (self.total - self.done)
            if seconds > 20:
                parts.append(f"{seconds / 60:.0f} min left" if seconds > 90
                             else f"{seconds:.0f} s left")
        return ", ".join(parts)

    def step(self, text: str) -> None:
        if self.live:
            self.live.stop()
            self.live = None
        if not self.silent:
            click.echo(text, err=True)

    def stop(self) -> None:
        if self.live:
            self.live.stop()


@main.command()
@click.argument("scenario", default="baseline")
@SET
@DATA
@JOBS
@CLUSTER
@STOCK
@JSON
@QUIET
def build(scenario, assignments, own_data, jobs, cluster, as_json, quiet):
    """Run every chapter and build a whole edition of the book.

    Without arguments this is the baseline, in _build/html. Any other SCENARIO or --set gives an
    edition of its own in _build/editions.
    """
    try:
        _use_own_data(own_data)
        from helpers.pipeline import edition as editions

        edition = editions.resolve(scenario, assignments)
    except parameters.ParameterError as error:
        raise Usage(str(error)) from None
    from helpers.pipeline import execute, executors

    progress = Progress(len(editions.chapters()), quiet or as_json)
    try:
        index, runs = editions.build(
            edition, jobs=jobs, cluster=cluster, report=progress.report, step=progress.step)
    except (executors.ClusterError, parameters.ParameterError) as error:
        raise Usage(str(error)) from None
    except KeyboardInterrupt:
        raise Failure(INTERRUPTED) from None
    except editions.BuildError as error:
        if as_json:
            click.echo(json.dumps({"status": "failed", "reason": str(error)}))
        raise Failure(str(error)) from None
    finally:
        progress.stop()
    if as_json:
        click.echo(json.dumps({
            "status": "ok", "path": paths.shown(index), "edition": edition.name,
            "runs": [execute.as_json(run) for run in runs],
        }))
    elif not quiet:
        click.echo(f"The book is ready in {time.monotonic() - progress.began:.0f} s. Open it:")
        click.echo(index.as_uri())


@main.command()
@click.argument("chapter")
@SET
@DATA
@STOCK
@JSON
@QUIET
def run(chapter, assignments, own_data, as_json, quiet):
    """Run one CHAPTER with other parameters, and show what it found."""
    try:
        _use_own_data(own_data)
        overrides = dict(parameters.parse(text) for text in assignments)
        from helpers.pipeline import execute, store

        declared = store.declared_parameters(store.read_chapter(chapter))
    except (parameters.ParameterError, ValueError) as error:
        raise Usage(str(error)) from None
    for name in overrides:
        if name not in declared:
            reads = ", ".join(declared) or "none"
            raise Usage(f"{name} is not read by {chapter}; it reads {reads}.")
    result = execute.run_one(execute.RunSpec(chapter, overrides))
    if as_json:
        row = execute.as_json(result)
        click.echo(json.dumps({"status": result.status, "path": row["path"], "key": result.key,
                               "runs": [row]}))
    if result.status != "ok":
        raise Failure(f"{chapter}: {result.status}: {result.reason}")
    if as_json or quiet:
        return
    from helpers import results

    ledger = results.read(Path(result.path) / "notebook.ipynb", chapter)
    for entry in ledger[ledger["type"] == "result"].itertuples():
        click.echo(f"{entry.label}: {entry.text}")
    click.echo(paths.shown(Path(result.path)))


@main.command()
@click.argument("chapters", nargs=-1)
@JOBS
@STOCK
@QUIET
def accept(chapters, jobs, quiet):
    """Make new outputs of CHAPTERS (default: all) the reference, showing which results moved."""
    from helpers.pipeline import accept as accepting
    from helpers.pipeline import edition as editions
    from helpers.pipeline import store

    try:
        chosen = list(chapters) or editions.chapters()
        for name in chosen:
            store.chapter_path(name)
    except store.ChapterError as error:
        raise Usage(str(error)) from None
    progress = Progress(len(chosen), quiet)
    try:
        changes = accepting.accept(chosen, jobs=jobs, report=progress.report)
    except accepting.AcceptError as error:
        raise Failure(str(error)) from None
    finally:
        progress.stop()
    if not quiet:
        for line in changes or ["No result moved."]:
            click.echo(line)


@main.command()
@click.argument("sweep_name", metavar="[NAME]", required=False)
@click.option("--grid", "axes", multiple=True, metavar="NAME=A,B,C",
              help="Values of one parameter; may be repeated, all combinations are run.")
@click.option("--chapters", "chosen", metavar="A,B", help="Chapters to run; default: all.")
@click.option("--name", help="Name of the folder under _build/sweeps.")
@click.option("--dry-run", is_flag=True, help="Show the plan, run nothing.")
@DATA
@JOBS
@CLUSTER
@STOCK
@JSON
@QUIET
def sweep(sweep_name, axes, chosen, name, dry_run, own_data, jobs, cluster, as_json, quiet):
    """Run many scenarios: those of a sweep NAME, or a --grid. What is finished is not run again."""
    from helpers.pipeline import edition as editions
    from helpers.pipeline import executors, store
    from helpers.pipeline import sweep as sweeping

    try:
        _use_own_data(own_data)
        if bool(sweep_name) == bool(axes):
            raise sweeping.SweepError("Give either the NAME of a sweep or --grid name=a,b,c.")
        scenarios = sweeping.table(sweep_name) if sweep_name else sweeping.grid(axes)
        chapters = [part.strip() for part in chosen.split(",")] if chosen else editions.chapters()
        for chapter in chapters:
            store.chapter_path(chapter)
        cells = sweeping.plan(scenarios, chapters)
        counts = sweeping.counts(cells)
    except ValueError as error:
        raise Usage(str(error)) from None
    words = (f"{len(scenarios)} scenarios, {len(chapters)} chapters: {counts['different']} "
             f"different runs, {counts['cached']} in the store, {counts['to_run']} to run")
    if dry_run:
        click.echo(json.dumps({"status": "planned", **counts}) if as_json else words)
        return
    progress = Progress(counts["different"], quiet or as_json)
    progress.step(words)
    try:
        frame, failed = sweeping.run(cells, jobs=jobs, cluster=cluster, report=progress.report)
    except executors.ClusterError as error:
        raise Usage(str(error)) from None
    except KeyboardInterrupt:
        raise Failure(INTERRUPTED) from None
    finally:
        progress.stop()
    folder = sweeping.write(frame, failed, name or sweep_name or "grid")
    if as_json:
        click.echo(json.dumps({"status": "failed" if failed else "ok", "path": paths.shown(folder),
                               **counts, "failed": failed}))
    elif not quiet:
        click.echo(f"{len(frame)} results: {(folder / 'index.html').as_uri()}")
    if failed:
        raise Failure("\n".join(
            f"{row['scenario']}, {row['chapter']}: {row['status']}: {row['reason']}"
            for row in failed))


@main.command()
@click.argument("a")
@click.argument("b")
@JOBS
@STOCK
@JSON
def compare(a, b, jobs, as_json):
    """Show what differs between the editions A and B: results, sentences, figures.

    A and B are scenarios or names of editions built before; chapters are run where needed.
    """
    from helpers.pipeline import compare as comparing
    from helpers.pipeline import edition as editions

    try:
        pair = [editions.find(name) for name in (a, b)]
    except parameters.ParameterError as error:
        raise Usage(str(error)) from None
    progress = Progress(len(editions.chapters()) * 2, as_json)
    try:
        runs = [editions.run_chapters(edition, jobs, progress.report) for edition in pair]
        found = comparing.compare(*(editions.folders(run) for run in runs))
    except (editions.BuildError, comparing.CompareError) as error:
        raise Failure(str(error)) from None
    finally:
        progress.stop()
    if as_json:
        rows = {"results": found.changed, "sentences": found.sentences, "only": found.only,
                "figures": [{"chapter": f["chapter"], "name": f["name"]} for f in found.figures]}
        click.echo(json.dumps({"status": "ok", "a": pair[0].name, "b": pair[1].name,
                               "same": found.same, **rows}))
        return
    for line in comparing.in_lines(found):
        click.echo(line)


@main.command()
@click.argument("chapter")
@SET
@DATA
def why(chapter, assignments, own_data):
    """Say why CHAPTER would run again: which part of its key changed."""
    _use_own_data(own_data)
    from helpers.pipeline import store

    try:
        lines = store.why(chapter, dict(parameters.parse(text) for text in assignments))
    except ValueError as error:
        raise Usage(str(error)) from None
    for line in lines or ["Nothing changed; it would not run again."]:
        click.echo(line)


@main.command()
def check():
    """Run every check: helpers, data, chapters, the built book. The same as `make test`."""
    import subprocess

    done = subprocess.run([sys.executable, "-m", "pytest"], cwd=paths.ROOT)
    if done.returncode:
        raise Failure("A check failed; the lines above say which, and where.")


@main.command()
@JSON
def params(as_json):
    """List every parameter: type, unit, default, what it may be, what it means."""
    if as_json:
        click.echo(json.dumps(parameters.Parameters.model_json_schema(), indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "default", "allowed", "meaning"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "name")
    defaults = parameters.defaults()
    for name in parameters.names():
        unit = parameters.unit(name)
        field = parameters.Parameters.model_fields[name]
        table.add_row(
            name, str(defaults[name]), parameters.allowed(name),
            field.description + ("" if unit == "-" else f" [{unit}]").replace("[", r"\["),
        )
    Console(width=None if sys.stdout.isatty() else 140).print(table)


if __name__ == "__main__":
    main()
