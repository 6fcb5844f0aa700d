"""What `book accept` and `book review` share: work out what is pending, and ask about it."""

import os
import sys

import click

from helpers.pipeline.cli import options
from helpers.pipeline.cli.progress import Progress

CI = "CI"  # set by every service that runs checks of a proposed change
ANSWERS = {"a": "accept", "r": "reject", "s": "skip"}
QUESTION = ("  a accept, r reject, s skip; A, R, S: all that is left of this group; q quit")


class Quit(Exception):
    """Who is asked wants to stop."""


def in_ci() -> bool:
    """Whether a service runs this, where nobody looks and nothing may become the reference."""
    return os.environ.get(CI, "").lower() not in ("", "0", "false")


def on_a_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def worked_out(project, chosen, own_data, running, quiet):
    """What would become the reference, kept in the build folder, and the rules that it breaks.

    Returns
    -------
    (Project, accept.Pending, list of str)
    """
    from helpers.pipeline import accept, chapters
    from helpers.pipeline.review import kept

    place = options.placed(project, own_data, quiet)
    names = [chapters.find(project, name) for name in chosen] or chapters.names(project)
    with Progress(len(names), quiet) as progress:
        pending = accept.prepare(place, names, options.how(*running), report=progress.report,
                                 step=progress.step)
    kept.keep(place, {name: each.key for name, each in pending.plans.items()},
              {file.stem: content for file, content in pending.contents.items()
               if file.suffix == ".ipynb"})
    return place, pending, accept.refusals(place, pending)


def waiting_line(waiting) -> str:
    """What must be accepted as well, in one line."""
    from helpers import words

    return (f"{words.in_words(waiting)} moved as well: the tables of scenarios and the hashes of "
            f"tables wait for all. Type: book accept")


def walked(groups) -> dict[int, str]:
    """Ask about every difference of every group; an answer for each, by its identity.

    Raises
    ------
    Quit
    """
    from helpers.pipeline.review import text

    answers = {}
    click.echo(QUESTION)
    for number, group in enumerate(groups, start=1):
        for line in ["", text.heading(number, groups)]:
            click.echo(line)
        for_all = None
        for place, each in enumerate(group.differences, start=1):
            if for_all is None:
                for line in text.block(each):
                    click.echo(f"  {line}")
                answer = _asked(f"  {place} of {len(group.differences)} [a/r/s/A/R/S/q]")
                for_all = answer if answer.isupper() else None
            answers[id(each)] = ANSWERS[(for_all or answer).lower()]
    return answers


def _asked(question: str) -> str:
    try:
        answer = click.prompt(question, type=click.Choice([*"arsARSq"]), show_choices=False)
    except click.Abort:  # Ctrl-C, or no more input
        raise Quit from None
    if answer == "q":
        raise Quit
    return answer


def reasons_for(groups, given: str) -> dict[tuple, str]:
    """Why each group was wanted: one text for all, or asked for each; Enter repeats the last."""
    found, last = {}, ""
    for group in groups:
        reason = given
        while not reason:
            try:
                reason = click.prompt(f"Why? {group.title}", default=last,
                                      show_default=bool(last)).strip()
            except click.Abort:
                raise Quit from None
        last = reason
        found[group.cause, group.change] = reason
    return found
