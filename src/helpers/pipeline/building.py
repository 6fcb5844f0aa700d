"""Build a whole edition of the book: plan, run, compare, assemble, write, publish."""

import html
import json
import os
from collections.abc import Callable
from pathlib import Path

from helpers import datasets, files, parameters, words
from helpers.pipeline import chapters, compare, described, edition, execute, store
from helpers.pipeline.edition import BuildError, Edition
from helpers.pipeline.site import checksums, inputs, sphinx


def build(wanted: Edition, how: execute.How = execute.How(), *,  # noqa: B008  frozen
          report: Callable[[execute.RunResult], None] = lambda result: None,
          step: Callable[[str], None] = lambda text: None, page_processes: int = 0,
          others: tuple[str, ...] = ()):
    """Run every chapter and build the pages of an edition.

    Parameters
    ----------
    wanted : Edition
    how : execute.How
    report : callable
        Called with each RunResult of the edition as it comes in.
    step : callable
        Called with a line of text when a stage begins.
    page_processes : int
        How many write pages; 0 for as many as there are cores.
    others : tuple of str
        Languages beside English, such as ``zh_CN``.

    Returns
    -------
    (Path, list of RunResult)
        The published ``index.html`` and how each chapter ran.

    Raises
    ------
    BuildError
        If a chapter failed or jupyter-book had a warning. The previous pages stay in place.
    """
    # Before anything runs: a page lists the shipped scenarios. One that cannot be read ends the
    # baseline; a reader's own edition lists the others.
    shipped = edition.shipped(wanted.project) if wanted.is_baseline else edition.readable(
        wanted.project)
    beside = _of_languages(wanted, others)
    described.check(wanted.project)
    step(f"Running {len(chapters.names(wanted.project))} chapters")
    with sphinx.PageBuilder() as builder:
        runs = wanted.run(how, report=report, begin=builder.start)
        before = None
        if not wanted.is_baseline:  # the store usually has it
            before = edition.baseline(wanted.project).run(how, begin=builder.start)
        notice = announcement(wanted)
        seen = {file: files.state(file)
                for file in (*inputs.files(wanted, runs), *beside)}
        page_key = _page_key(wanted, runs, before or [], others)
        index = wanted.folder / "index.html"
        if wanted.manifest().get("key") == page_key:
            altered = checksums.differing(wanted.folder)
            if not altered:
                step("The pages are up to date")
                return index, runs
            step(f"Not as it was built: {_few(altered)}")
        step("Building the pages")
        builder.start()
        # Only here: pages that are up to date need none of it, and it takes a second to import.
        from helpers.pipeline.site import assemble, generated, languages, page_facts

        try:
            with sphinx.workshop(wanted.project.build,
                                 wait=lambda: step("Waiting for another build")) as folder:
                staged = folder / "staged"
                told = assemble.assemble(staged, wanted, runs, shipped, page_processes, before)
                if before is None:
                    generated.write_baseline(staged)
                else:
                    changes = compare.compare(folders(before), folders(runs))
                    generated.write_what_changed(staged, wanted, changes, runs)
                pages = sphinx.build(wanted.project, folder, notice, builder,
                                     lambda: assemble.write_files(staged, told, runs))
                page_facts.fill(pages, wanted, runs)
                languages.write(pages, wanted.project, others)
                _refuse_touched(wanted, seen)
                _publish(pages, wanted, edition.describe(wanted, page_key, runs, others))
        except OSError as error:  # a full disk
            raise BuildError(f"The pages could not be written: {error}") from None
    return index, runs


def _refuse_touched(wanted: Edition, seen: dict) -> None:
    """Publish no pages that may hold what somebody wrote meanwhile, even if it was taken back."""
    touched = [wanted.project.shown(file) for file, state in seen.items()
               if files.state(file) != state]
    if touched:
        raise BuildError(f"{_few(touched)} changed while the pages were built, so they were not "
                         f"published. Type the same command again")


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _page_key(wanted: Edition, runs, before, others) -> str:
    """Key of the pages of an edition, by its runs (or plans) and those it is compared with."""
    return inputs.key(wanted, [*runs, *before], announcement(wanted),
                      _of_languages(wanted, others))


def _of_languages(wanted: Edition, others) -> list[Path]:
    if not others:
        return []
    from helpers.pipeline.site import languages

    return languages.inputs(wanted.project, others)


def is_current(wanted: Edition) -> bool:
    """Whether the published pages are what a build would make now; nothing is run."""
    before = [] if wanted.is_baseline else edition.baseline(wanted.project).plans()
    manifest = wanted.manifest()
    key, others = manifest.get("key"), tuple(manifest.get("languages", ()))
    return (key is not None and key == _page_key(wanted, wanted.plans(), before, others)
            and not checksums.differing(wanted.folder))


def folders(runs) -> dict[str, Path]:
    """Folders of published runs by chapter, as `compare.compare` takes them."""
    return {run.chapter: Path(run.path) for run in runs}


def announcement(wanted: Edition) -> str:
    """Line on top of every page that is not of the baseline: what differs from it."""
    if wanted.is_baseline:
        return ""
    standard = parameters.defaults()
    changes = "; ".join(
        f"<code>{html.escape(name)}</code> = {html.escape(parameters.literal(value))} "
        f"(baseline {html.escape(parameters.literal(standard[name]))})"
        for name, value in wanted.overrides.items()
    )
    named = f"Edition: {wanted.title}." if wanted.has_scenario else "Not the baseline."
    parts = [f"<strong>{html.escape(named)}</strong>"]
    parts += [f"{changes}."] if changes else []
    own = datasets.replaced(wanted.project)
    if own:
        tables = f"the table {own[0]} comes" if len(own) == 1 else (
            f"the tables {words.in_words(own)} come")
        parts.append(f"<strong>Not the shipped data:</strong> {html.escape(tables)} from the "
                     "reader's own folder.")
    return " ".join([*parts, f'<a href="{sphinx.WHAT_CHANGED}">What changed</a>.'])


def _publish(pages: Path, wanted: Edition, manifest: dict) -> None:
    """Swap the new pages in; readers see the old ones or the new ones, never a mixture."""
    (pages / edition.MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    checksums.write(pages)
    target, old = wanted.folder, pages.parent / "old"
    target.parent.mkdir(parents=True, exist_ok=True)
    with store.swapping(wanted.project.build):  # two at once would both find the target gone
        if target.exists():
            os.rename(target, old)
        os.rename(pages, target)
