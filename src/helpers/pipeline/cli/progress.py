"""What a command says while it works."""

import sys
import time

import click


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

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.live:
            self.live.stop()

    def report(self, result) -> None:
        """Say how one run went."""
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
            click.echo(f"[{self.done}/{max(self.done, self.total)}] {result.chapter}  {outcome}"
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
        """Say that a stage begins."""
        if self.live:
            self.live.stop()
            self.live = None
        if not self.silent:
            click.echo(text, err=True)
