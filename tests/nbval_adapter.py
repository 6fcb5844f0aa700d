"""Notebooks as tests: each code cell of a chapter runs in a stock kernel and is compared.

This is the one door to nbval, which is hardly maintained: it collects notebooks and runs their
cells. What is compared, what a failure says and what may be switched off is decided here. Outputs
are held against the committed ones by `helpers.pipeline.differences`; no tag, comment, option or
sanitise rule keeps one from being compared. Cells are counted from 1, as Jupyter shows them.
"""

import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from queue import Empty

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile

from helpers import results
from helpers.pipeline import differences, explain
from helpers.pipeline.check import switches
from helpers.pipeline.running import stock
from helpers.project import Project

COMPARED = "compared"  # property of a report: how many outputs of each sort were compared
FOLLOWS = "follows"  # property of a report: another cell of this chapter has explained itself
LONGEST = 60  # letters of a fault among others in one line
# Options of nbval's own, by the names pytest has for them. Each would compare less, or twice.
REFUSED = ("nbval_lax", "nbval_sanitize_with", "sanitize_with", "nbdime",
           "nbval_current_env", "current_env")
START_SECONDS = 60


class CellFault(Exception):
    """A cell that failed, as the lines of its block."""


def pytest_configure(config):
    """Refuse options under which less would be compared than it seems."""
    for name in REFUSED:
        if config.getoption(name, None):
            raise pytest.UsageError(
                f"--{name.replace('_', '-')}: this book compares every output of every chapter by "
                f"itself (tests/nbval_adapter.py). Take the option away, also from PYTEST_ADDOPTS "
                f"and pyproject.toml")
    if sys.flags.optimize:
        raise pytest.UsageError("Python drops assertions here. Unset PYTHONOPTIMIZE, or leave out "
                                "-O")
    config.option.nbval = False  # what `pytest --nbval` asks for is done here, once
    # nbval's own attribute: how long a cell may take is a setting of the book.
    config.option.nbval_cell_timeout = Project.at(config.rootpath).limits.cell_seconds


def pytest_collect_file(file_path, parent):
    """Chapters only: templates and copies under _build are no tests."""
    if file_path.suffix == ".ipynb" and file_path.parent == parent.config.rootpath / "chapters":
        return Chapter.from_parent(parent, path=file_path)
    return None


class Kernel(RunningKernel):
    """A stock kernel in its own folder, started as the pipeline starts them."""

    def __init__(self, folder):  # instead of nbval's: on TCP two that pick ports at once lose one
        self.km = KernelManager(kernel_name=stock.KERNEL, config=stock.configuration())
        self.km.start_kernel(cwd=str(folder), stderr=subprocess.DEVNULL)
        self.kc = self.km.client()
        self.kc.start_channels()
        self.kc.wait_for_ready(timeout=START_SECONDS)
        self._ensure_iopub_up()

    def get_message(self, stream, timeout=None):
        """A message; a kernel that has died is not waited for."""
        ends = time.monotonic() + timeout
        while True:
            try:
                return super().get_message(stream, min(1, max(0, ends - time.monotonic())))
            except Empty:
                if not self.is_alive():
                    raise CellFault("its process died") from None
                if time.monotonic() >= ends:
                    raise


class Chapter(IPyNbFile):
    """A notebook, whose code cells share one kernel."""

    def __init__(self, **options):
        super().__init__(**options)
        self.broken = 0  # number of the cell after which nothing can be run
        self.explained = False  # whether a cell has said the cause and the next command

    def collect(self):
        try:
            notebook = nbformat.read(self.path, as_version=4)
        except (ValueError, KeyError, AttributeError, nbformat.ValidationError):
            shown = self.path.relative_to(self.config.rootpath)
            raise self.CollectError(f"{shown} is not a notebook that can be read: git diff {shown} "
                                    f"shows what was done to it") from None
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for number, cell in enumerate(code, start=1):
            if cell.execution_count is None:
                cell.execution_count = number  # nbval would not compare it
            yield Cell.from_parent(self, name=f"code cell {number}", cell_num=number, cell=cell,
                                   options={"check": True, "skip": False,
                                            "check_exception": False})

    def setup(self):
        """The kernel is started by the first cell, whose report can say what went wrong."""


class Cell(IPyNbCell):
    """A code cell: it runs, switches no check off, and its outputs are as committed."""

    differences, comparison_traceback = (), ()

    @property
    def chapter(self):
        return self.parent.path.stem

    def setup(self):
        """Nothing to expect: nbval would let later cells fail without a word."""

    def runtest(self):
        if self.parent.broken:
            pytest.skip(f"{self.chapter}: code cell {self.parent.broken} could not be run to its "
                        f"end, so those after it were not run")
        if self.parent.kernel is None:
            self.parent.kernel = Kernel(self.parent.path.parent)
        super().runtest()
        off = [*switches.labels(self.cell), *switches.marks(self.cell)]
        if off:
            self._fail([f"{self._place}: {fault}." for fault in off], "check")

    def compare_outputs(self, test, ref, skip_compare=None):
        """Whether a run gave what is committed; called by nbval."""
        self.user_properties.append((COMPARED, dict(Counter(map(sort_of, ref)))))
        self.differences = [
            replace(found, cell=self.cell_num) for found in differences.between(
                self.chapter, *({"cells": [{**self.cell, "outputs": outputs}]}
                                for outputs in (ref, test)))]
        return not self.differences

    def raise_cell_error(self, message, *args, **kwargs):
        """Say what went wrong; called by nbval."""
        if self.differences:
            self._fail([differences.line(found) for found in self.differences])
        raised = [output for output in self.test_outputs or () if output.output_type == "error"]
        self.parent.broken = self.cell_num
        self._fail([f"{self._place}{_raised(raised[-1]) if raised else f': {message}'}"], "run")

    def repr_failure(self, excinfo):
        """One block: what, probable cause, what to type; later cells of a chapter say what only."""
        if isinstance(excinfo.value, CellFault) and len(excinfo.value.args) == 2:
            lines, command = excinfo.value.args
        else:  # the kernel died or could not be started
            self.parent.broken = self.cell_num
            reason = f"{type(excinfo.value).__name__}: {excinfo.value}".splitlines()[0]
            lines, command = [f"{self._place}: {reason.removeprefix('CellFault: ')}"], "run"
        if self.parent.explained:
            names = [found.name for found in self.differences] or [
                line.removeprefix(self._place).lstrip(", :")[:LONGEST] for line in lines]
            self.user_properties.append(
                (FOLLOWS, f"cell {self.cell_num} ({explain.listed(names, 3)})"))
            return "\n".join(lines)
        self.parent.explained = True
        return "\n".join(explain.block(
            Project.at(self.config.rootpath), self.chapter, lines, command))

    def reportinfo(self):
        return self.path, 0, self._place

    @property
    def _place(self):
        return f"{self.chapter}, code cell {self.cell_num}"

    def _fail(self, lines, command="why"):
        raise CellFault(lines, command) from None


def sort_of(output):
    """What an output is, for the count of what was compared."""
    if results.MIME in output.get("data", {}):
        return "records"
    about = output.get("metadata", {}).get("book", {})
    return next((f"{sort}s" for sort in ("figure", "table") if sort in about), "others")


def _raised(output):
    """An exception in one line, with the line of the cell that raised it."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback))
    line = re.search(r"(?m)^Cell In\[\d+\], line (\d+)|^-+> *(\d+)", plain)
    text = (output.evalue.splitlines() or [""])[0]
    shown = text if len(text) <= 200 else f"{text[:199]}…"
    return (f", line {line[1] or line[2]}" if line else "") + f": {output.ename}: {shown}"


# ------------------------------------------------------------------ the terminal


def pytest_report_teststatus(report):
    """Cells of a chapter that has explained itself are told in one line for all, at the end."""
    if report.when == "call" and report.failed and FOLLOWS in dict(report.user_properties):
        return "moved too", "m", "MOVED TOO"
    return None


def pytest_terminal_summary(terminalreporter):
    by_chapter = {}
    for report in terminalreporter.stats.get("moved too", ()):
        by_chapter.setdefault(report.nodeid.split("::")[0], []).append(
            dict(report.user_properties)[FOLLOWS])
    for chapter, cells in by_chapter.items():
        terminalreporter.write_line(f"{chapter}, after that: {explain.listed(cells)}")
