"""Work out what would become the reference, and put in place what was accepted of it.

Hashes of edited tables, outputs of chapters, the tables of scenarios and the chapters that read
those follow from each other in this order. `prepare` works all of it out and writes nothing of it;
`chosen` keeps of it what was accepted and fits together; `write` puts that in place at once. The
committed notebooks are what every rerun is compared against and what the ledger of the baseline is
read from, so they hold outputs of the defaults and nothing that changes from run to run.
"""

import copy
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat

from helpers import datasets, files, results, words
from helpers.parameters import BASELINE
from helpers.pipeline import chapters, check, differences, execute, plan, scenario_table
from helpers.pipeline.differences import Difference
from helpers.pipeline.edition import BuildError
from helpers.pipeline.pinned import cases, seen
from helpers.pipeline.pinned import reference as said
from helpers.pipeline.plan import Plan
from helpers.pipeline.review import beside, causes, kept
from helpers.pipeline.site import assemble
from helpers.project import Project


class AcceptError(RuntimeError):
    """Something that could not be accepted; nothing was changed."""


@dataclass(frozen=True)
class Pending:
    """What would become the reference.

    Attributes
    ----------
    contents : dict
        File -> new content, for every file that would change.
    found : list of (str, Difference)
        Everything that differs from the reference, with its cause.
    plans : dict
        Plan of each chapter that was run.
    waiting : list of str
        Chapters that moved as well and were not asked for: the tables of scenarios and the hashes
        of tables speak of every chapter, and wait for these.
    before : dict
        What the files in `contents` held when this was worked out; None where there was no file.
    row_changes : list of str
        One line for each edited table that has more or fewer rows than before.
    """

    contents: dict[Path, bytes] = field(default_factory=dict)
    found: list[tuple[str, Difference]] = field(default_factory=list)
    plans: dict[str, Plan] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    before: dict[Path, bytes | None] = field(default_factory=dict)
    row_changes: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """One line for each difference, in the order of the chapters."""
        return [differences.line(each) for _, each in self.found]


def prepare(project: Project, names: Sequence[str], how: execute.How, *,
            step: Callable[[str], None] = lambda text: None, **options) -> Pending:
    """Run everything that the reference rests on, and hold it against the reference.

    Parameters
    ----------
    project : Project
        With the shipped tables.
    names : sequence of str
        Chapters whose outputs are wanted; those that read the scenarios' results are added if
        these moved.
    how : execute.How
    step : callable
        Called with a line of text before runs of which nothing is reported.
    **options
        As for `execute.run_many`.

    Returns
    -------
    Pending

    Raises
    ------
    AcceptError
        If a chapter breaks a rule, a table is invalid or a run failed.
    """
    if project.own_data:
        raise AcceptError(
            f"Nothing was accepted. The reference rests on the shipped tables, and these are from "
            f"{project.own_data}. Type the command without --data and BOOK_DATA.")
    # Rules about outputs are left out: outputs are what is being made (see `refusals`).
    broken = [fault for name in names for fault in check.written(project, name)]
    if broken:
        raise AcceptError("Nothing was accepted: rules for chapters are broken.\n"
                          + "\n".join(broken))
    try:
        return _prepared(project, names, how, step, options)
    except (datasets.DataError, scenario_table.ScenarioTableError, seen.SeenError,
            cases.WalkError) as error:
        raise AcceptError(f"Nothing was accepted. {error}") from None


def _prepared(project, names, how, step, options) -> Pending:
    datasets.rehashed(project)  # an invalid table is refused before anything runs
    last, of_book = scenario_table.readers(project), beside.scenario_texts(project)
    runs = _run(project, [name for name in names if name not in last], how, **options)
    # What a new run of a chapter records, its runs under scenarios must record as well.
    recorded = {run.chapter: [entry["name"] for entry in execute.ledger(run)]
                for _, run in runs}
    tables, rows, new_of_book = {}, [], {}
    if of_book:
        step("Running the shipped scenarios, whose results are tables of the book")
        tables = scenario_table.make(project, how, required=recorded)
        new_of_book = {name: table.decode() for name, table in tables.items()}
        rows = beside.of_scenarios(of_book, new_of_book)
    moved_tables = scenario_table.paths(project, tables) if rows else {}
    waiting = _moved_unasked(project, {*names, *last}, tables)
    contents = {}
    if not waiting:
        wanted = last if moved_tables else [name for name in names if name in last]
        with tempfile.TemporaryDirectory(prefix="book-accept-") as aside:
            # Nothing is written yet: readers see the new tables as one sees tables of one's own.
            files.replace({Path(aside) / file.name: content
                           for file, content in moved_tables.items()})
            staged = project.with_own_data(Path(aside)) if moved_tables else project
            runs += _run(staged, wanted, how, **options)
            contents = {**moved_tables, project.data_package: datasets.rehashed(project, staged),
                        **said.prepare(staged, [run.chapter for _, run in runs], how.jobs)}
    found, plans = [], {}
    for planned, run in runs:
        chapter = chapters.read(project, run.chapter)
        executed = json.loads((Path(run.path) / "notebook.ipynb").read_text(encoding="utf-8"))
        plans[run.chapter] = planned
        apart = differences.between(chapter.name, chapter.notebook, executed)
        found += apart
        # The prose as it is now, whenever the code was run. Digits beyond the tolerance stay as
        # they were committed.
        try:
            made = assemble.with_outputs(chapter.notebook, executed) if apart else chapter.notebook
        except BuildError:  # other cells
            raise AcceptError(f"Nothing was accepted: {chapter.path.name} was edited while it ran. "
                              f"Type the command again.") from None
        contents[chapter.path] = reference(nbformat.from_dict(copy.deepcopy(made)))
    if rows:
        rows = beside.of_scenarios(of_book, new_of_book, found)
    before = {file: file.read_bytes() if file.is_file() else None for file in contents}
    changed = {file: content for file, content in contents.items() if before[file] != content}
    shown = {project.data_package, *moved_tables, *project.chapters.iterdir()}
    found += beside.of_files(project, {file: content for file, content in changed.items()
                                       if file not in shown}, before)
    return Pending(changed, _with_causes(project, found, rows, plans), plans, waiting,
                   {file: before[file] for file in changed}, datasets.row_changes(project))


def _run(project: Project, names: Sequence[str], how: execute.How, **options
         ) -> list[tuple[Plan, execute.RunResult]]:
    """Run chapters anew, unless what they gave is pending."""
    pending = kept.keys(project)
    planned = [plan.make(project, name, {}) for name in names]
    runs = {}
    for fresh in (True, False):
        some = [each for each in planned if (pending.get(each.chapter) != each.key) == fresh]
        for run in execute.run_many(project, some, how, fresh=fresh, required={
                each.chapter: () for each in some}, **options):
            runs[run.chapter] = run
    failed = execute.failures(runs.values())
    if failed:
        raise AcceptError("Nothing was accepted.\n" + "\n".join(failed))
    return [(each, runs[each.chapter]) for each in planned]


def _moved_unasked(project: Project, asked: set[str], tables: Mapping[str, bytes]) -> list[str]:
    """Chapters whose results, as the tables of scenarios would hold them, are not the committed.
    """
    if not tables:
        return []
    rows = beside.records(tables[scenario_table.RESULTS].decode())
    found = []
    for name in chapters.names(project):
        committed = {entry["name"]: entry for entry in results.entries(
            chapters.read(project, name).notebook) if entry["type"] == "result"}
        new = {result: record for (scenario, chapter, result), record in rows.items()
               if scenario == BASELINE and chapter == name}
        if name not in asked and (committed.keys() != new.keys() or any(
                differences.values_apart(entry, new[result])
                for result, entry in committed.items())):
            found.append(name)
    return found


def _with_causes(project: Project, found: list[Difference], rows: list[tuple[str, Difference]],
                 plans: dict[str, Plan]) -> list[tuple[str, Difference]]:
    """Every difference with its cause: those of chapters, of the tables of scenarios, of tables."""
    touched = {each.chapter for each in found} | {each.chapter for _, each in rows}
    known = {name: plans.get(name) or plan.make(project, name, {})
             for name in chapters.names(project) if name in touched}
    why = causes.of_chapters(project, known)
    return [*((why.get(each.chapter, causes.OF_SCENARIOS), each) for each in found),
            *((cause or why.get(each.chapter, causes.OF_SCENARIOS), each) for cause, each in rows),
            *beside.of_tables(project)]


def reference(executed) -> bytes:
    """An executed notebook as reference: no timings, no injected cell, stable ids."""
    cells = [
        cell for cell in executed.cells
        if "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    count = 0
    for position, cell in enumerate(cells, start=1):
        cell["id"] = f"cell-{position:02d}"  # random ids would change every file on every accept
        for noise in ("papermill", "execution"):
            cell.metadata.pop(noise, None)
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if "execution_count" in output:
                    output["execution_count"] = count
    executed.cells = cells
    executed.metadata = nbformat.from_dict({
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    })
    executed.nbformat_minor = 5
    text = nbformat.writes(executed)
    return (text if text.endswith("\n") else text + "\n").encode()


# ------------------------------------------------------------------ gates

def refusals(project: Project, pending: Pending) -> list[str]:
    """Why it cannot be accepted, whatever its values are: rules that the new outputs break."""
    with _as_accepted(project, pending) as book:
        shared = check.shared(book)
        return [*(fault for name in pending.plans for fault in check.faults(book, name)),
                *dict.fromkeys(line for name in pending.plans
                               for line in check.of_chapter(name, shared)),
                *check.tables(book, pending.plans)]


@contextmanager
def _as_accepted(project: Project, pending: Pending) -> Iterator[Project]:
    """The book as it would be, in a folder that links to everything that would stay."""
    with tempfile.TemporaryDirectory(prefix="book-as-accepted-") as folder:
        root = Path(folder)
        opened = {parent for file in pending.contents for parent in file.parents
                  if parent.is_relative_to(project.root)} | {project.root}
        for place in sorted(opened):
            here = root / place.relative_to(project.root)
            here.mkdir(exist_ok=True)
            for entry in place.iterdir():
                if entry not in opened and entry not in pending.contents:
                    (here / entry.name).symlink_to(entry)
        for file, content in pending.contents.items():
            (root / file.relative_to(project.root)).write_bytes(content)
        yield replace(project, root=root)


def outdated(project: Project, pending: Pending) -> list[str]:
    """Chapters of which something was edited since they were run: what was accepted is not that."""
    last = scenario_table.readers(project)
    return [name for name, planned in pending.plans.items()
            if name not in last and plan.make(project, name, {}).key != planned.key]


# ------------------------------------------------------------------ what is taken

def chosen(project: Project, pending: Pending, accepted: Sequence[bool]
           ) -> tuple[Pending, list[str]]:
    """What may be written when only some differences are accepted, and why the rest stays.

    A notebook is one run, so it is taken whole or not at all. The tables of scenarios, their
    readers and the hashes of tables speak of all chapters, so they are taken when nothing is left.

    Parameters
    ----------
    project : Project
    pending : Pending
    accepted : sequence of bool
        For each difference in `pending.found`.
    """
    last, left = scenario_table.readers(project), {}
    for (_, each), good in zip(pending.found, accepted, strict=True):
        if not good:
            unit = each.chapter if _is_of_a_notebook(each) else ""
            left.setdefault("" if unit in last else unit, []).append(each.name)
    lines = [f"{unit} stays as it is, whole: {words.in_words(names[:3])}"
             f"{f' and {len(names) - 3} more' if len(names) > 3 else ''} not accepted."
             for unit, names in left.items() if unit]
    if not left:
        return pending, lines
    lines.append("The tables of scenarios, the chapters that read them and the hashes of tables "
                 "wait until nothing is left.")
    stays = {project.chapters / f"{name}.ipynb" for name in [*left, *last]}
    taken = {file: content for file, content in pending.contents.items()
             if file.parent == project.chapters and file not in stays}
    found = [(cause, each) for cause, each in pending.found if _is_of_a_notebook(each)
             and project.chapters / f"{each.chapter}.ipynb" in taken]
    return replace(pending, contents=taken, found=found,
                   before={file: pending.before[file] for file in taken}), lines


def _is_of_a_notebook(each: Difference) -> bool:
    return each.sort not in (beside.SCENARIO, beside.DATA)


def write(pending: Pending, more: Mapping[Path, bytes] | None = None) -> None:
    """Put everything in place: all files, or on an error none.

    Parameters
    ----------
    pending : Pending
    more : mapping, optional
        Files that go with it, such as the log.

    Raises
    ------
    AcceptError
        If a file was edited after this was worked out.
    """
    edited = [file.name for file, content in pending.before.items()
              if (file.read_bytes() if file.is_file() else None) != content]
    if edited:
        raise AcceptError(f"Nothing was accepted: {words.in_words(edited)} was edited meanwhile. "
                          f"Type the command again.")
    files.replace({**pending.contents, **(more or {})})
