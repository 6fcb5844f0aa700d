"""An edition as a value: a scenario, what is changed beside it, and whose tables it reads."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from helpers import datasets, parameters, words
from helpers.files import read_object
from helpers.parameters import BASELINE
from helpers.pipeline import chapters, execute, naming, plan
from helpers.project import Project

MANIFEST = "edition.json"


class BuildError(RuntimeError):
    """A book that was not built. Nothing was published."""


@dataclass(frozen=True)
class Edition:
    """The whole book under one set of assumptions.

    Attributes
    ----------
    project : Project
        The book, with the reader's own tables where there are some.
    scenario : str
        Name of a shipped scenario, or of the file it was read from.
    title, why : str
        Of the scenario.
    described : dict
        What the scenario sets.
    given : dict
        What is set beside it.
    file : Path, optional
        File of the scenario where it is not a shipped one.
    """

    project: Project
    scenario: str
    title: str
    why: str
    described: dict = field(default_factory=dict)
    given: dict = field(default_factory=dict)
    file: Path | None = None

    @property
    def overrides(self) -> dict:
        """Parameters that differ from the baseline, in registry order."""
        values, standard = {**self.described, **self.given}, parameters.defaults()
        return {name: values[name] for name in parameters.names()
                if name in values and values[name] != standard[name]}

    @property
    def is_baseline(self) -> bool:
        """Whether this is the edition that all others are held against."""
        return not self.has_scenario and not self.given and self.project.own_data is None

    @property
    def has_scenario(self) -> bool:
        """Whether it has a title and a reason of its own, not those of the baseline."""
        return bool(self.file) or self.scenario != BASELINE

    @property
    def name(self) -> str:
        """Name of its folder. Two editions that differ have two names, on any file system."""
        own = self.project.own_data
        label = f"{self.scenario}-with-{own.name}" if own else self.scenario
        places = tuple(str(place) for place in (self.file, own) if place)
        return naming.edition_name(label, self.given, places)

    @property
    def heading(self) -> str:
        """Its title with what is set beside the scenario."""
        changes = ", ".join(f"{name} = {parameters.literal(value)}"
                            for name, value in self.given.items())
        return f"{self.title} with {changes}" if changes else self.title

    @property
    def folder(self) -> Path:
        """Where the finished pages are published."""
        build = self.project.build
        return build / "html" if self.is_baseline else build / "editions" / self.name / "html"

    def command(self, verb: str = "build", *arguments: str) -> str:
        """The command that makes it again, or does another thing with its assumptions.

        It can be pasted into a shell as it stands.
        """
        typed, chosen = ["book", verb, *arguments], self.overrides
        if verb == "build" and self.has_scenario:
            typed.append(str(self.file or self.scenario))
        if verb == "build":
            chosen = self.given
        for name, value in chosen.items():
            typed += ["--set", f"{name}={parameters.literal(value)}"]
        if self.project.own_data:
            typed += ["--data", str(self.project.own_data)]
        return shlex.join(typed)

    def plans(self) -> Iterator[plan.Plan]:
        """What would be run, one plan a chapter, in the order of the contents."""
        return (plan.make(self.project, name, self.overrides)
                for name in chapters.names(self.project))

    def run(self, how: execute.How, **options) -> list[execute.RunResult]:
        """Run every chapter, or take it from the store.

        Parameters
        ----------
        how : execute.How
        **options
            As for `execute.run_many`.

        Raises
        ------
        BuildError
            If a chapter failed; the message has a line for each.
        """
        runs = execute.run_many(self.project, self.plans(), how, **options)
        failed = execute.failures(runs)
        if failed:
            raise BuildError("The book was not built.\n" + "\n".join(failed))
        return runs

    def manifest(self) -> dict:
        """What its published pages were made from; empty if there are none."""
        return read_manifest(self.folder)


def baseline(project: Project) -> Edition:
    """The edition of the defaults and the shipped tables; it needs no scenario file."""
    return Edition(project.with_own_data(None), BASELINE, "Baseline", "The registry's defaults.")


def scenarios(project: Project) -> list[str]:
    """Names of the shipped scenarios."""
    return sorted({BASELINE, *(file.stem for file in project.scenarios.glob("[!.]*.toml"))})


def shipped(project: Project) -> list[Edition]:
    """The shipped scenarios as editions, the baseline first.

    Raises
    ------
    parameters.ParameterError
        For the first file in ``scenarios/`` that cannot be read.
    """
    found = [resolve(project, name) for name in scenarios(project)]
    return sorted(found, key=lambda edition: not edition.is_baseline)


def readable(project: Project) -> list[Edition]:
    """The shipped scenarios as editions, without those that cannot be read."""
    found = []
    for name in scenarios(project):
        with suppress(parameters.ParameterError):
            found.append(resolve(project, name))
    return sorted(found, key=lambda edition: not edition.is_baseline)


def resolve(project: Project, scenario: str = BASELINE,
            assignments: Sequence[str] = ()) -> Edition:
    """The edition that a scenario, ``name=value`` assignments and a place describe.

    Parameters
    ----------
    project : Project
        With the reader's own data, if any.
    scenario : str
        Name of a shipped scenario, or path of a scenario file.
    assignments : sequence of str

    Raises
    ------
    parameters.ParameterError
        If the scenario or a parameter does not exist, or a value cannot be taken.
    """
    file, path = None, project.scenarios / f"{scenario}.toml"
    if scenario not in scenarios(project):
        file = path = Path(scenario).expanduser()
        if path.suffix != ".toml" or not path.is_file():
            known = scenarios(project)
            nearest = words.nearest(scenario, known)
            hint = f" Nearest name: {nearest!r}." if nearest else ""
            raise parameters.ParameterError(
                f"{scenario!r} is not a scenario; expected one of {', '.join(known)}, or the path "
                f"of a .toml file.{hint}")
        file = path = path.resolve()
        if path.parent == project.scenarios and path.stem in scenarios(project):
            file = None
    if scenario == BASELINE and not path.is_file():
        about = {"title": "Baseline", "why": "The registry's defaults.", "parameters": {}}
    else:
        about = parameters.read_scenario(path)
    if path == project.scenarios / f"{BASELINE}.toml" and about["parameters"]:
        raise parameters.ParameterError(
            f"{BASELINE}.toml: expected no parameters, since it is what all editions are held "
            f"against; got {', '.join(about['parameters'])}. Give them to a scenario of their own.")
    typed = parameters.parse_all(assignments)
    parameters.validate({**about["parameters"], **typed})
    # In the order of the registry, and only what the scenario has otherwise: whoever sets the same
    # in another order, or what is set already, means the same edition.
    standard = {**parameters.defaults(), **about["parameters"]}
    given = {name: typed[name] for name in parameters.names()
             if name in typed and typed[name] != standard[name]}
    why = about["why"]
    if given and path.stem == BASELINE:
        why = "One of your own."
    return Edition(project, path.stem, about["title"], why, about["parameters"], given, file)


def find(project: Project, name: str, assignments: Sequence[str] = ()) -> Edition:
    """An edition built before under this name, or what `resolve` makes of it.

    Raises
    ------
    parameters.ParameterError
        If there is neither.
    """
    record = read_manifest(project.build / "editions" / name / "html")
    # Another name in it: what was typed is no name but a way to some folder.
    if name in scenarios(project) or record.get("name") != name or assignments:
        return resolve(project, name, assignments)
    place = project.with_own_data(record["own_data"]) if record["own_data"] else project
    return resolve(place, record["file"] or record["scenario"],
                   [f"{key}={parameters.literal(value)}" for key, value in record["given"].items()])


def built(project: Project) -> list[dict]:
    """Manifests of the editions that are built, the baseline first."""
    folders = [project.build / "html",
               *sorted(file.parent for file in project.build.glob(f"editions/*/html/{MANIFEST}"))]
    return [record for record in map(read_manifest, folders) if record]


def read_manifest(folder: Path) -> dict:
    """What published pages were made from: key, edition and run keys; empty if none."""
    try:
        record = read_object(folder / MANIFEST)
    except (OSError, ValueError):
        return {}
    return record if "given" in record else {}


def describe(edition: Edition, page_key: str, runs: Sequence[execute.RunResult],
             languages: Sequence[str] = ()) -> dict:
    """The manifest of an edition."""
    own = edition.project.own_data
    return {
        "key": page_key, "name": edition.name, "title": edition.heading, "why": edition.why,
        "scenario": edition.scenario, "file": str(edition.file) if edition.file else "",
        "given": edition.given, "overrides": edition.overrides,
        "own_data": str(own) if own else "", "own_tables": datasets.replaced(edition.project),
        "command": edition.command(), "languages": list(languages),
        "runs": {run.chapter: run.key for run in runs},
    }

