"""The command line: ``book build``, ``book run``, ``book serve``, ``book compare`` and others.

Exit codes: 0 well, 1 something failed, 2 wrong usage. Each command is a module of its own, imported
when it is typed, so that ``book params`` and every usage error answer at once.
"""

import importlib
import os
import signal
import sys
import threading

import click

from helpers.project import DISTRIBUTION

COMMANDS = {
    "build": "build", "run": "run", "sweep": "sweep", "compare": "compare", "effects": "effects",
    "review": "review", "accept": "accept", "check": "check", "why": "why", "status": "status",
    "list": "listing", "serve": "serve", "publish": "publish", "open": "opening",
    "params": "params", "new": "new",
}

if "_BOOK_COMPLETE" in os.environ:
    importlib.import_module("helpers.pipeline.cli.completion")


class _Lazy(click.Group):
    """A group whose commands are imported when they are asked for."""

    def main(self, *arguments, **options):
        """As usual, but output that cannot be written costs no more than itself, in one line."""
        for stream in filter(None, (sys.stdout, sys.stderr)):
            if hasattr(stream, "reconfigure"):  # a sign that the terminal lacks becomes another
                stream.reconfigure(errors="replace")
        try:
            try:
                return super().main(*arguments, **options)
            finally:
                if sys.stdout is not None:
                    sys.stdout.flush()
        except OSError as error:
            if error.filename:
                click.echo(f"Error: {error.filename}: {error.strerror}", err=True)
            else:
                sys.stdout = None  # what is left of it would be tried again at the end
                click.echo(f"Error: the output could not be written: {error.strerror or error}. "
                           f"The work itself is done.", err=True)
            sys.exit(1)

    def list_commands(self, _context):
        return list(COMMANDS)

    def get_command(self, _context, name):
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"helpers.pipeline.cli.{COMMANDS[name]}")
        return module.command

    def resolve_command(self, context, arguments):
        try:
            return super().resolve_command(context, arguments)
        except click.UsageError:
            from helpers import words

            nearest = words.nearest(arguments[0], list(COMMANDS))
            hint = f" Did you mean {nearest!r}?" if nearest else ""
            raise click.UsageError(
                f"No such command {arguments[0]!r}.{hint} `book --help` lists them.") from None


@click.command(cls=_Lazy, context_settings={
    "help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="The tab key completes commands, chapters, scenarios and parameters after: "
           'eval "$(_BOOK_COMPLETE=bash_source book)" (zsh_source in zsh)')
@click.version_option(package_name=DISTRIBUTION, prog_name="book")
@click.pass_context
def main(context):
    """Run the chapters of the book and build it."""
    from helpers.pipeline.cli.options import here

    _end_in_order(context)
    if not context.resilient_parsing and not {"-h", "--help"} & set(sys.argv[1:]):
        context.obj = here(os.getcwd())


def _end_in_order(context) -> None:
    """A closed terminal or a `kill` ends a command as Ctrl-C does: what was tried is taken back."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) == signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, lambda number, _frame: sys.exit(128 + number))
            context.call_on_close(lambda number=number: signal.signal(number, signal.SIG_DFL))


if __name__ == "__main__":
    main()
