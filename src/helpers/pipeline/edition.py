"""Build a whole edition of the book from one scenario.

Chapters are executed by the pipeline; jupyter-book renders the executed copies with execution
off, because its own cache sees neither data nor helpers nor parameters and serves stale numbers.
"""

import html
import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

import yaml

from helpers import datasets, parameters, paths, results
from helpers.pipeline import execute, pages

BASELINE = "baseline"


class BuildError(RuntimeError):
    """A book that was not built. Nothing was published."""


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
    return Edition(name, f"{described['title']} with {changes}", described["why"], overrides)


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


def build(edition: Edition, *, jobs=None, report=lambda result: None, step=lambda text: None):
    """Run every chapter and build the pages of an edition.

    Parameters
    ----------
    edition : Edition
    jobs : int, optional
        Kernels at a time.
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
    names = chapters()
    step(f"Running {len(names)} chapters")
    specs = [execute.RunSpec(name, edition.overrides) for name in names]
    runs = execute.run_many(specs, jobs, report)
    failed = [run for run in runs if run.status != "ok"]
    if failed:
        lines = [f"{run.chapter}: {run.status}: {run.reason}" for run in failed]
        raise BuildError("The book was not built.\n" + "\n".join(lines))
    step("Building the pages")
    work = paths.build_folder() / ".incoming" / uuid.uuid4().hex
    try:
        source = work / "source"
        _assemble(source, edition, runs)
        _publish(_render(source, work / "out"), edition.folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return edition.folder / "index.html", runs


def _assemble(source: Path, edition: Edition, runs) -> None:
    """Copy what jupyter-book reads: contents, pages, and the executed chapters."""
    (source / "chapters").mkdir(parents=True)
    for file in paths.ROOT.glob("*.md"):
        if file.name not in ("README.md", "CHANGELOG.md"):
            shutil.copy2(file, source)
    for file in (paths.CONTENTS, paths.ROOT / "references.bib"):
        shutil.copy2(file, source)
    for folder in ("_static", "_templates"):
        if (paths.ROOT / folder).is_dir():
            shutil.copytree(paths.ROOT / folder, source / folder)
    downloads = source / "_static" / "downloads"
    downloads.mkdir(parents=True)
    for run in runs:
        notebook = json.loads((Path(run.path) / "notebook.ipynb").read_text(encoding="utf-8"))
        prepare(notebook, run.chapter, downloads)
        target = source / "chapters" / f"{run.chapter}.ipynb"
        target.write_text(json.dumps(notebook), encoding="utf-8")
    pages.write(source, [run.chapter for run in runs])
    config = yaml.safe_load(paths.CONFIG.read_text(encoding="utf-8"))
    notice = announcement(edition)
    if notice:
        theme = config["sphinx"]["config"].setdefault("html_theme_options", {})
        theme["announcement"] = notice
    config["sphinx"]["local_extensions"] = {"book_pages": str(paths.ROOT / "src")}
    (source / "_config.yml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")


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
        parts.append(f"<strong>Edition: {html.escape(edition.title)}.</strong> {changes}.")
    own = datasets.replaced()
    if own:
        parts.append(
            f"<strong>Not the shipped data:</strong> {html.escape(', '.join(own))} "
            f"come from the reader's own folder."
        )
    return " ".join(parts)


def prepare(notebook: dict, chapter: str, downloads: Path) -> None:
    """Make an executed chapter ready to be read: alternative texts, downloads, no assignments.

    The alternative text of a figure follows the parameters, so it stands in the output's metadata;
    MyST-NB looks for it in the cell's. Data of figures and tables become files with a link.
    """
    kept = []
    for cell in notebook["cells"]:
        if "injected-parameters" in cell["metadata"].get("tags", []):
            continue  # the notice on top says what was changed, in words
        kept.append(cell)
        if cell["cell_type"] != "code":
            continue
        outputs = []
        for output in cell["outputs"]:
            outputs.append(output)
            about = output.get("metadata", {}).get("book")
            if not about:
                continue
            data = output["data"]
            name = about.get("figure") or about.get("table")
            files = [("Data (CSV)", f"{chapter}-{name}.csv", data.pop("text/csv"))]
            if "figure" in about:
                cell["metadata"]["mystnb"] = {"image": {"alt": about["alt"]}}
                files.append(("Figure (SVG)", f"{chapter}-{name}.svg", data["image/svg+xml"]))
            outputs.append(_links(files, name, downloads))
        cell["outputs"] = outputs
    notebook["cells"] = kept
    notebook["metadata"].pop("papermill", None)


def _links(files, name, downloads):
    """Output with a link to each file, which is written beside the pages."""
    links = []
    for words, file, text in files:
        content = "".join(text) if isinstance(text, list) else text
        (downloads / file).write_text(content, encoding="utf-8")
        links.append(
            f'<a href="../_static/downloads/{html.escape(file)}" download '
            f'aria-label="{words} of {html.escape(name)}">{words}</a>'
        )
    page = f'<p class="book-downloads">{" · ".join(links)}</p>'
    return {"output_type": "display_data", "metadata": {}, "data": {"text/html": page}}


def _render(source: Path, out: Path) -> Path:
    """Run jupyter-book; any warning fails it, because a warning is a page that is not right."""
    program = Path(sys.executable).with_name("jupyter-book")
    command = [str(program), "build", str(source),
               "--path-output", str(out), "-W", "--keep-going", "--quiet"]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    log = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    warnings = [line.replace(str(source) + "/", "") for line in log.splitlines()
                if re.search(r"\b(WARNING|ERROR|CRITICAL)\b", line)]
    built = out / "_build" / "html"
    if done.returncode != 0 or warnings or not (built / "index.html").is_file():
        what = "\n".join(dict.fromkeys(warnings)) or log[-3000:]
        raise BuildError(f"The pages were not built; jupyter-book said:\n{what}")
    return built


def _publish(built: Path, target: Path) -> None:
    """Swap the new pages in; readers see the old ones or the new ones, never a mixture."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = built.parent / "old"
    if target.exists():
        os.rename(target, old)
    os.rename(built, target)


def ledger(runs):
    """Results of all chapters of an edition as one tidy frame (see ``results.read``)."""
    import pandas as pd

    return pd.concat(
        [results.read(Path(run.path) / "notebook.ipynb", run.chapter) for run in runs],
        ignore_index=True,
    )
