"""``book accept``: look at what moved, and make it the reference."""

import datetime

import click

from helpers.pipeline.cli import options, reviewing

HOW = "Look: book review --page review.html. Accept: book accept --yes --reason TEXT"


@click.command("accept")
@click.argument("chosen", nargs=-1, metavar="[CHAPTER]...", shell_complete=options.chapter_names)
@click.option("--yes", is_flag=True, help="Accept everything without being asked; for scripts.")
@click.option("--reason", metavar="TEXT", default="", help="Why it was wanted; else it is asked.")
@options.ASSUMPTIONS
@options.RUNNING
@options.QUIET
@click.pass_obj
def command(project, chosen, yes, reason, assigned, own_data, jobs, cluster, stock_kernels, quiet):
    """Look at what moved, accept or reject it, and make it the reference.

    What would change: hashes of edited tables, outputs of the CHAPTERs (default: all), the tables
    of what the shipped scenarios give, and the chapters that read those. It is shown in groups of
    one cause and one kind of change, the largest first, and asked about one by one or by group; of
    each group a reason is kept, in the changelog and in chapters/moved.csv. If anything fails, or a
    chapter breaks a rule (`book check CHAPTER`), nothing is written, and in CI nothing ever is.
    """
    if assigned:
        raise options.Usage("The reference is the baseline: accept takes no --set.")
    with options.refusals():
        from helpers.pipeline import accept
        from helpers.pipeline.review import groups, text

        place, pending, refused = reviewing.worked_out(
            project, chosen, own_data, (jobs, cluster, stock_kernels), quiet)
        found = groups.of(pending.found)
        said = [] if quiet else [*(text.in_lines(found) or ["No result moved."]),
                                 *pending.row_changes]
        if pending.waiting:
            said.append(reviewing.waiting_line(pending.waiting))
        for line in said:
            click.echo(line)
        if refused:
            raise accept.AcceptError("\n".join(
                ["Nothing was accepted: the new outputs break rules.", *refused]))
        if not pending.contents:
            return
        _refuse_where_nobody_looks(found, yes, reason.strip())
        try:
            written, lines = _accepted(place, pending, found, yes, reason.strip())
        except reviewing.Quit:
            raise options.Failure("Nothing was written. What waits is kept: book accept goes on "
                                  "without running it again.") from None
    for line in [] if quiet else [*lines, *(f"written: {project.shown(file)}"
                                            for file in sorted(written))]:
        click.echo(line)
    if lines:
        raise SystemExit(1)


def _refuse_where_nobody_looks(found, yes: bool, reason: str) -> None:
    count = sum(len(group.differences) for group in found)
    waits = f"{count} differences wait" if count else "only ids and counts of cells would be set"
    if reviewing.in_ci():
        raise options.Failure(f"Nothing was written: the variable {reviewing.CI} is set, and "
                              f"nobody looks there; {waits}. Type where you can look: "
                              f"book accept")
    if not yes and not reviewing.on_a_terminal():
        raise options.Failure(f"Nothing was written: this is no terminal; {waits}. {HOW}")
    if found and not reason and not reviewing.on_a_terminal():
        raise options.Failure(f"Nothing was written: a reason is needed. {HOW}")


def _accepted(project, pending, found, yes: bool, reason: str):
    """Ask, and write what was accepted; the files written, and why others were not."""
    from helpers.pipeline import accept, moved
    from helpers.pipeline.review import groups, kept, text

    answers = {} if yes or not found else reviewing.walked(found)
    said = [answers.get(id(each), "accept") for _, each in pending.found]
    taken, lines = accept.chosen(project, pending, [answer == "accept" for answer in said])
    rejected = {each.chapter for (_, each), answer in zip(pending.found, said, strict=True)
                if answer == "reject"}
    changed = accept.outdated(project, taken)
    if changed:
        raise accept.AcceptError(f"Nothing was accepted: what {changed[0]} depends on was edited "
                                 f"meanwhile. Type the command again.")
    more = {}
    if taken.found:
        wanted = groups.of(taken.found)
        reasons = reviewing.reasons_for(wanted, reason)
        log, changelog = moved.file(project), project.root / moved.CHANGELOG
        before = changelog.read_text(encoding="utf-8") if changelog.is_file() else ""
        today = datetime.date.today().isoformat()
        more = {log: moved.added(project, text.log_rows(taken.found, reasons, today)),
                changelog: moved.in_changelog(
                    before, text.changelog_entries(wanted, reasons)).encode()}
    accept.write(taken, more)
    done = {file.stem for file in taken.contents} if lines else set(pending.plans)
    kept.drop(project, done | rejected)
    return [*taken.contents, *more], lines
