"""Build a whole edition of the book from one scenario: run, render, publish."""

import html
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from helpers import datasets, parameters, paths
from helpers.parameters import BASELINE
from helpers.pipeline import compare, execute, executors, page_building, pages, rendering, store
from helpers.pipeline.page_building import BuildError

MANIFEST = "edition.json"


@dataclass(frozen=True)
class Edition:
    """A named set of overrides of the baseline."""

    name: str
    title: str
    why: str
    overrides: dict

    @property
    def folder(self) -> Path:
        """Where the finished pages are published."""
        build = paths.build_folder()
        return build / "html" if self.name == BASELINE else build / "editions" / self.name / "html"


def scenarios() -> list[str]:
    """Names of the shipped scenarios."""
    return sorted(file.stem for file in paths.SCENARIOS.glob("*.toml"))


def resolve(scenario: str = BASELINE, assignments: tuple[str, ...] = ()) -> Edition:
    """The edition that a scenario and ``name=value`` assignments describe.

    Raises
    ------
    parameters.ParameterError
        If the scenario or a parameter does not exist, or a value cannot be taken.
    """
    if scenario not in scenarios():
        import difflib

        nearest = difflib.get_close_matches(scenario, scenarios(), n=1, cutoff=0.4)
        hint = f" Nearest name: {nearest[0]!r}." if nearest else ""
        raise parameters.ParameterError(
            f"{scenario!r} is not a scenario; expected one of {', '.join(scenarios())}.{hint}"
        )
    described = parameters.read_scenario(paths.SCENARIOS / f"{scenario}.toml")
    given = dict(parameters.parse(text) for text in assignments)
    merged = parameters.validate({**described["parameters"], **given})
    standard = parameters.defaults()
    overrides = {name: value for name, value in merged.items() if value != standard[name]}
    if not given:
        return Edition(scenario, described["title"], described["why"], overrides)
    changes = ", ".join(f"{name} = {parameters.literal(value)}" for name, value in given.items())
    name = slug("-".join([scenario, *(f"{n}-{parameters.literal(v)}" for n, v in given.items())]))
    why = described["why"] if scenario != BASELINE else "One of your own."
    return Edition(name, f"{described['title']} with {changes}", why, overrides)


def slug(text: str) -> str:
    """A name that is safe as a folder: no separator, no dot at the start, not too long."""
    safe = re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")
    if len(safe) <= 80:
        return safe
    import hashlib

    return safe[:70] + "-" + hashlib.sha256(text.encode()).hexdigest()[:8]


def chapters() -> list[str]:
    """Chapters in the order of the table of contents."""
    contents = yaml.safe_load(paths.CONTENTS.read_text(encoding="utf-8"))
    files = [entry["file"] for part in contents["parts"] for entry in part["chapters"]]
    return [Path(file).name for file in files if file.startswith("chapters/")]


def build(edition: Edition, *, jobs=None, cluster=None, report=lambda result: None,
          step=lambda text: None):
    """Run every chapter and build the pages of an edition.

    Parameters
    ----------
    edition : Edition
    jobs : int, optional
        Kernels at a time.
    cluster : str, optional
        Address of a dask.distributed scheduler.
    report : callable
        Called with each RunResult as it comes in.
    step : callable
        Called with a line of text when a stage begins.

    Returns
    -------
    (Path, list of RunResult)
        The published ``index.html`` and how each chapter ran.

    Raises
    ------
    BuildError
        If a chapter failed or jupyter-book had a warning. The previous pages stay in place.
    """
    step(f"Running {len(chapters())} chapters")
    with page_building.PageBuilder() as builder:
        runs = run_chapters(edition, jobs, report, cluster, begin=builder.start)
        before = None
        if edition.overrides:
            # The page "What changed" needs the baseline; the store usually has it.
            before = run_chapters(resolve(), jobs, cluster=cluster, begin=builder.start)
        notice = announcement(edition)
        page_key = rendering.key([*runs, *(before or [])], notice)
        index = edition.folder / "index.html"
        if index.is_file() and manifest(edition).get("key") == page_key:
            step("The pages are up to date")
            return index, runs
        step("Building the pages")
        builder.start()
        try:
            with page_building.workshop(wait=lambda: step("Waiting for another build")) as folder:
                staged = folder / "staged"
                rendering.assemble(staged, runs)
                if before is None:
                    pages.write_baseline(staged, [resolve(name) for name in scenarios()])
                else:
                    changes = compare.compare(folders(before), folders(runs))
                    pages.write_what_changed(staged, edition, changes, runs)
                _publish(page_building.build(folder, notice, builder), edition.folder, {
                    "key": page_key, "name": edition.name, "title": edition.title,
                    "why": edition.why, "overrides": edition.overrides,
                    "runs": {run.chapter: run.key for run in runs},
                })
        except OSError as error:  # a full disk
            raise BuildError(f"The pages could not be written: {error}") from None
    return index, runs


def run_chapters(edition: Edition, jobs=None, report=lambda result: None, cluster=None,
                 begin=lambda: None):
    """Run every chapter of an edition, or take it from the store.

    Raises
    ------
    BuildError
        If a chapter failed; the message has a line for each.
    """
    specs = [execute.RunSpec(name, edition.overrides) for name in chapters()]
    runs = executors.run_many(specs, jobs, report, cluster=cluster, begin=begin)
    failed = [f"{run.chapter}: {run.status}: {run.reason}" for run in runs if run.status != "ok"]
    if failed:
        raise BuildError("The book was not built.\n" + "\n".join(failed))
    return runs


def folders(runs) -> dict[str, Path]:
    """Folders of published runs by chapter, as `compare.compare` takes them."""
    return {run.chapter: Path(run.path) for run in runs}


def find(name: str) -> Edition:
    """A shipped scenario, or an edition built before under this name.

    Raises
    ------
    parameters.ParameterError
        If there is neither.
    """
    if name not in scenarios():
        built = Edition(slug(name), "", "", {})
        record = manifest(built)
        if record:
            return Edition(built.name, record["title"], record["why"], record["overrides"])
    return resolve(name)


def manifest(edition: Edition) -> dict:
    """What a published edition was made from: its key, overrides and run keys; empty if none."""
    try:
        return json.loads((edition.folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def announcement(edition: Edition) -> str:
    """Line on top of every page that is not of the baseline: what differs from it."""
    parts = []
    standard = parameters.defaults()
    if edition.overrides:
        changes = "; ".join(
            f"<code>{html.escape(name)}</code> = {html.escape(parameters.literal(value))} "
            f"(baseline {html.escape(parameters.literal(standard[name]))})"
            for name, value in edition.overrides.items()
        )
        parts.append(f"<strong>Edition: {html.escape(edition.title)}.</strong> {changes}. "
                     '<a href="what-changed.html">What changed</a>.')
    own = datasets.replaced()
    if own:
        parts.append(
            f"<strong>Not the shipped data:</strong> {html.escape(', '.join(own))} "
            f"come from the reader's own folder."
        )
    return " ".join(parts)


def _publish(built: Path, target: Path, manifest: dict) -> None:
    """Swap the new pages in; readers see the old ones or the new ones, never a mixture."""
    (built / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    target.parent.mkdir(parents=True, exist_ok=True)
    old = built.parent / "old"
    with store.lock():  # two builds that swap at once would both find the target gone
        if target.exists():
            os.rename(target, old)
        os.rename(built, target)
