"""Time of whole editions and sweeps against stock papermill and jupyter-book.

Run it from the project folder: ``python benchmarks/edition.py``. Every round measures all cases
once, those that are compared next to each other. Ratios are formed within a round, since the speed
of a shared machine drifts; reported are medians over rounds, least and most. Wall time is the
clock's, CPU time is that of all processes a case started, orphans included (Linux). Both sides run
on compiled bytecode, the one that stock kernels need most. No process stands by from an earlier
command, but where it is said.

- ``clean``: ``book build`` into an empty folder;
- ``chapters``: the same without the pages;
- ``unchanged``: ``book build`` again;
- ``parameter``: ``book build --set`` with a new value of a parameter that one chapter reads, while
  processes stand by from a command before, as they do by default;
- ``parameter, first``: the same as the first command after a pause;
- ``stock loop``: ``papermill`` for one chapter after another, then ``jupyter-book build``;
- ``stock force``: ``jupyter-book build`` with ``execute_notebooks: force``;
- ``floor``: the cells of all chapters in one process without a kernel;
- ``sweep``: ``book sweep`` of one chapter, per run, its start and end included;
- ``stock sweep``: ``papermill`` for the same chapter, per run.

``--sweep-only 200`` measures one long sweep instead, first undisturbed, then with a worker killed
on its way, and counts the runs that were lost. ``--write`` puts the table into README.md beside
this file. With ``--check`` the exit code is 1 when a bar is missed.
"""

import argparse
import compileall
import ctypes
import datetime
import importlib.metadata
import itertools
import json
import os
import platform
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from helpers.pipeline import chapters, edition, execute
from helpers.pipeline.site import assemble
from helpers.project import PACKAGE, Project

BOOK = Project.at(PACKAGE.parents[1])
PROGRAMS = Path(sys.executable).parent
README = Path(__file__).with_name("README.md")
PARAMETER, CHAPTER = "horizon_year", "2-3-market-expansion"
SWEPT, SWEPT_CHAPTER = "usd_per_eur", "3-4-investment"
LIBRARIES = ("jupyter-book", "papermill", "nbclient", "ipykernel", "pandas", "matplotlib",
             "statsmodels", "Sphinx")
FLOOR = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
import matplotlib
matplotlib.use("agg")
shell = InteractiveShell.instance()
for file in sys.argv[1:]:
    shell.reset(new_session=False)
    for cell in json.load(open(file, encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            with capture_output():
                shell.run_cell("".join(cell["source"])).raise_error()
"""
CHAPTERS_ONLY = """
from helpers.pipeline import edition, execute
from helpers.project import Project
if __name__ == "__main__":
    edition.baseline(Project.current()).run(execute.How())
"""


ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)


def environment(build: Path) -> dict[str, str]:
    """Environment of every case, ours or stock; steady digits and one BLAS thread for both."""
    chosen = {**os.environ, "BOOK_BUILD": str(build), "PYTHONHASHSEED": "0",
              "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
              "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    chosen.pop("PYTHONDONTWRITEBYTECODE", None)
    return chosen


def timed(build: Path, *commands: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of commands run one after another; a failing one ends the benchmark."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    for command in commands:
        done = subprocess.run(command, env=environment(build),
                              capture_output=True, text=True, cwd=build)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    wall = time.perf_counter() - began
    with suppress(ChildProcessError):  # orphans, such as the process that runs are forked from
        while True:
            os.waitpid(-1, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def children(pid: int, holding: bytes) -> list[int]:
    """Child processes whose command holds a text (Linux)."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found
            if holding in Path(f"/proc/{child}/cmdline").read_bytes()]


def program(name: str, *arguments) -> list[str]:
    return [str(PROGRAMS / name), *map(str, arguments)]


class Cases:
    """The cases of one round, in the order in which they depend on one another."""

    def __init__(self, folder: Path, sweep: int, stock_sweep: int):
        self.folder, self.sweep_runs, self.stock_runs = folder, sweep, stock_sweep
        self.build, self.template = folder / "ours", folder / "template"
        self.values = itertools.cycle(range(2027, 2036))

    def prepare(self) -> None:
        """The sources that stock jupyter-book reads: those of this book, pages included."""
        self.fresh(self.build)
        timed(self.build, program("book", "build", "--quiet"))
        made = edition.baseline(Project.at(BOOK.root, build=self.build))
        # Stock jupyter-book writes its pages in one process.
        assemble.assemble(self.template, made, made.run(execute.How()), processes=1)
        what = self.build / ".pages" / "source" / "what-changed.md"
        shutil.copy(what, self.template / "source")
        for name in chapters.names(BOOK):
            shutil.copy(BOOK.chapters / f"{name}.ipynb", self.template / "source" / "chapters")

    @staticmethod
    def fresh(folder: Path) -> Path:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def clean(self):
        self.fresh(self.build)
        return timed(self.build, program("book", "build", "--quiet"))

    def unchanged(self):
        return timed(self.build, program("book", "build", "--quiet"))

    def _changed(self) -> list[str]:
        value = next(self.values)
        return program("book", "build", "--quiet", "--set", f"{PARAMETER}={value}")

    def parameter(self):
        timed(self.build, self._changed())
        return timed(self.build, self._changed())

    def parameter_first(self):
        return timed(self.build, self._changed())

    def chapters(self):
        build = self.fresh(self.folder / "chapters")
        script = self.folder / "chapters.py"
        script.write_text(CHAPTERS_ONLY)
        return timed(build, [sys.executable, str(script)])

    def _stock_source(self, execution: str) -> Path:
        build = self.fresh(self.folder / "stock")
        shutil.copytree(self.template / "source", build / "source")
        config = build / "source" / "_config.yml"
        text, count = re.subn(r"execute_notebooks: .*", f"execute_notebooks: '{execution}'",
                              config.read_text(encoding="utf-8"))
        assert count == 1
        config.write_text(text, encoding="utf-8")
        return build

    def stock_loop(self):
        build = self._stock_source("off")
        loop = [program("papermill", "--no-progress-bar", "-k", "python3",
                        BOOK.chapters / f"{name}.ipynb",
                        build / "source" / "chapters" / f"{name}.ipynb")
                for name in chapters.names(BOOK)]
        book = program("jupyter-book", "build", build / "source", "--path-output", build / "out")
        return timed(build, *loop, book)

    def stock_force(self):
        build = self._stock_source("force")
        book = program("jupyter-book", "build", build / "source", "--path-output", build / "out")
        return timed(build, book)

    def floor(self):
        build = self.fresh(self.folder / "floor")
        notebooks = [str(BOOK.chapters / f"{name}.ipynb") for name in chapters.names(BOOK)]
        return timed(build, [sys.executable, "-c", FLOOR, *notebooks])

    def sweep(self):
        build = self.fresh(self.folder / "sweep")
        wall, cpu = timed(build, sweep_command(self.sweep_runs))
        return wall / self.sweep_runs, cpu / self.sweep_runs

    def stock_sweep(self):
        build = self.fresh(self.folder / "stock-sweep")
        loop = [program("papermill", "--no-progress-bar", "-k", "python3",
                        BOOK.chapters / f"{SWEPT_CHAPTER}.ipynb", build / f"{number}.ipynb",
                        "-p", SWEPT, value)
                for number, value in enumerate(values(self.stock_runs))]
        wall, cpu = timed(build, *loop)
        return wall / self.stock_runs, cpu / self.stock_runs


# Those that a ratio is formed of are neighbours.
CASES = ("floor", "chapters", "stock_force", "clean", "stock_loop", "unchanged", "parameter",
         "parameter_first", "sweep", "stock_sweep")


def values(count: int) -> list[str]:
    return [f"{0.8 + 0.8 * step / count:.6f}" for step in range(count)]


def sweep_command(count: int) -> list[str]:
    return program("book", "sweep", "--grid", f"{SWEPT}={','.join(values(count))}", "--chapters",
                   SWEPT_CHAPTER, "--name", "benchmark", "--json")


def usable_cores() -> int:
    """Cores that this process may use."""
    return execute.default_jobs() - 1


def measured(seen: dict[str, list]) -> list[tuple[str, str, bool]]:
    """What is asked for, what was seen round by round, and whether its median meets it.

    Parameters
    ----------
    seen : dict
        Case -> (wall, CPU) seconds of each round.
    """
    cores = usable_cores()
    wall = {case: [seconds for seconds, _ in rounds] for case, rounds in seen.items()}

    def ratio(case: str, other: str) -> list[float]:
        return [one / another for one, another in zip(wall[case], wall[other], strict=True)]

    asked = [
        ("clean edition, faster than jupyter-book with execution", "at least 4 x",
         ratio("stock_force", "clean"), lambda median: median >= 4),
        ("clean edition, faster than papermill loop and jupyter-book", "at least 3 x",
         ratio("stock_loop", "clean"), lambda median: median >= 3),
        (f"chapters alone, against the floor over {cores} cores", "at most 1.5 x",
         [cores * each for each in ratio("chapters", "floor")], lambda median: median <= 1.5),
        ("unchanged edition, seconds", "under 3 s", wall["unchanged"], lambda median: median < 3),
        ("one parameter of one chapter changed, seconds", "under 6 s", wall["parameter"],
         lambda median: median < 6),
        ("the same as the first command after a pause, seconds", "under 6 s",
         wall["parameter_first"], lambda median: median < 6),
        ("a run of a sweep, as a share of a papermill run", "at most 0.25",
         ratio("sweep", "stock_sweep"), lambda median: median <= 0.25),
    ]
    return [(f"{what}: {statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})",
             bar, bool(met(statistics.median(values)))) for what, bar, values, met in asked]


def machine() -> str:
    """Processor, cores, memory, system and versions, in one paragraph."""
    name = platform.processor() or platform.machine()
    cpu = Path("/proc/cpuinfo")
    if cpu.is_file():
        found = re.search(r"model name\s*: (.*)", cpu.read_text())
        name = found[1] if found else name
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{library} {importlib.metadata.version(library)}"
                         for library in LIBRARIES)
    return (f"{name}, {usable_cores()} usable cores, {memory:.0f} GiB, "
            f"{platform.system()} {platform.release()}, Python {platform.python_version()}; "
            f"{versions}")


def table(seen: dict, sweep: int, stock: int) -> str:
    """The measurement as Markdown."""
    names = {"sweep": f"sweep of {sweep}, per run",
             "stock_sweep": f"stock sweep of {stock}, per run",
             "parameter_first": "parameter, first"}
    rounds = len(seen[CASES[0]])
    counted = f"{rounds} round{'s' * (rounds > 1)}"
    lines = [f"{datetime.date.today().isoformat()}, {counted}. {machine()}.", "",
             "| case | wall, s | least to most | CPU, s |", "| --- | ---: | ---: | ---: |"]
    for case in CASES:
        wall = [pair[0] for pair in seen[case]]
        cpu = statistics.median(pair[1] for pair in seen[case])
        name, median = names.get(case, case.replace("_", " ")), statistics.median(wall)
        lines.append(f"| {name} | {median:.2f} | {min(wall):.2f} to {max(wall):.2f} | {cpu:.2f} |")
    lines += ["", "| seen (least to most) | asked | |", "| --- | --- | --- |"]
    lines += [f"| {what} | {bar} | {'met' if met else '**missed**'} |"
              for what, bar, met in measured(seen)]
    return "\n".join(lines)


def write(name: str, text: str) -> None:
    """Put a table between its marks in README.md."""
    page = README.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, rest = page.split(begin)
    README.write_text(f"{before}{begin}\n{text}\n{end}{rest.split(end)[1]}", encoding="utf-8")


def one_sweep(folder: Path, runs: int, kill: bool) -> dict:
    """One long sweep; with `kill`, a worker is killed after a quarter of the runs."""
    build = Cases.fresh(folder / "long")
    began = time.perf_counter()
    process = subprocess.Popen(sweep_command(runs), env=environment(build), cwd=build,
                               stdout=subprocess.PIPE, text=True)
    while kill:
        time.sleep(0.2)
        if len(list((build / "runs").glob("*/run.json"))) >= runs / 4:
            os.kill(workers(process.pid)[0], signal.SIGKILL)
            break
    said = json.loads(process.communicate()[0])
    wall = time.perf_counter() - began
    results = (build / "sweeps" / "benchmark" / "results.csv").read_text().splitlines()[1:]
    seen = {line.split(",")[0] for line in results}
    return {"wall": wall, "per_run": wall / runs, "lost": runs - len(seen) + len(said["failed"])}


def workers(pid: int) -> list[int]:
    """Worker processes of a driver (Linux): children of the process that they are forked from."""
    parent, = children(pid, b"multiprocessing.forkserver")
    return children(parent, b"multiprocessing.forkserver")


def long_sweep(folder: Path, runs: int, stock_runs: int) -> str:
    """A long sweep, undisturbed and with a worker killed, against papermill."""
    cases = Cases(folder, runs, stock_runs)
    stock = [cases.stock_sweep()[0]]
    lines = ["| sweep | wall, s | per run, s | share of a papermill run | lost |",
             "| --- | ---: | ---: | ---: | ---: |"]
    found = []
    for what, kill in (("undisturbed", False), ("a worker killed on the way", True)):
        found.append((what, one_sweep(folder, runs, kill)))
        stock.append(cases.stock_sweep()[0])
    papermill = statistics.median(stock)
    for what, seen in found:
        lines.append(f"| {runs} runs, {what} | {seen['wall']:.1f} | {seen['per_run']:.2f} | "
                     f"{seen['per_run'] / papermill:.2f} | {seen['lost']} |")
    return "\n".join([f"{datetime.date.today().isoformat()}. One papermill run: {papermill:.2f} s "
                      f"(median of three loops of {stock_runs}). {machine()}.", "", *lines])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sweep", type=int, default=50, help="runs of the sweep")
    parser.add_argument("--stock-sweep", type=int, default=10, help="runs of the papermill loop")
    parser.add_argument("--sweep-only", type=int, metavar="RUNS", help="one long sweep instead")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--check", action="store_true", help="fail when a bar is missed")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1)
    for folder in (BOOK.root / "src", Path(sys.prefix) / "lib"):
        compileall.compile_dir(folder, quiet=2, workers=0)
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place)
        if options.sweep_only:
            text = long_sweep(folder, options.sweep_only, options.stock_sweep)
            print(text)
            if options.write:
                write("long sweep", text)
            return 0
        cases = Cases(folder, options.sweep, options.stock_sweep)
        cases.prepare()
        seen = {case: [] for case in CASES}
        for number in range(options.rounds):
            for case in CASES:
                seen[case].append(getattr(cases, case)())
                print(f"round {number + 1}: {case} {seen[case][-1][0]:.2f} s "
                      f"(CPU {seen[case][-1][1]:.2f} s)", file=sys.stderr, flush=True)
    text = table(seen, options.sweep, options.stock_sweep)
    print(text)
    if options.write:
        write("edition", text)
    return 1 if options.check and not all(met for _, _, met in measured(seen)) else 0


if __name__ == "__main__":
    sys.exit(main())
