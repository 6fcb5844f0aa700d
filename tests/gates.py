"""What really ran, held against what is stated: a gate that is not there cannot go red by itself.

A whole session (no path, -k or -m typed) is held against ``tests/gates.toml``: how many tests of
each file, notebooks, cells and outputs of each sort were run at least. Fewer, a skipped or an
expected failure makes the session red, and one line names the gate. What is typed decides whether a
session is whole, so that an option in pyproject.toml or PYTEST_ADDOPTS takes nothing away unseen.
"""

import ast
import hashlib
import os
import re
import shutil
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from nbval_adapter import COMPARED, Cell, sort_of

STATED = Path("tests", "gates.toml")
STATE = "pytest --collect-only --state-counts"
HEAD = f"""\
# What a whole run of the tests has run at least; tests/gates.py holds it against what really ran.
# After tests, chapters or the lock were changed on purpose: {STATE}
"""
# Options that choose: a session with one of them, or with a path, is no whole one.
CHOICE = re.compile(r"-[kmx]|--(deselect|ignore|lf|last-failed|ff|failed-first|nf|sw|stepwise|co$|"
                    r"collect-only|maxfail|exitfirst|pyargs)")
# Reasons for which a test may be skipped in a whole session, and why that hides nothing.
SKIPS = {
    r"NO CHROMIUM": "for readers without a browser; where BOOK_REQUIRE_BROWSER is set it fails",
    r"make is not installed": "who has no make cannot type the command that is tested",
    r"this is no checkout of git": "an archive has no attributes of lines to look at",
    r"not an x86 processor": "others have kernels of OpenBLAS with other names",
    r"looks for processes in /proc|needs a POSIX system|signals as on Linux":
        "other systems have no such processes; continuous integration runs on Linux",
}


def pytest_addoption(parser):
    group = parser.getgroup("gates")
    group.addoption("--gates", action="store_true", help="Print one line for each gate.")
    group.addoption("--state-counts", action="store_true",
                    help="With --collect-only: state what is there in tests/gates.toml.")


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Gates(config), "gates-of-the-book")


def is_whole(config):
    """Whether nothing was chosen on the command line; settings and variables do not count."""
    typed = [str(argument) for argument in config.invocation_params.args]
    paths = config.args_source is config.ArgsSource.ARGS and set(config.args) & set(typed)
    return not paths and not any(CHOICE.match(argument) for argument in typed)


class Gates:
    """Counts in the process that hears from all others."""

    def __init__(self, config):
        self.config = config
        self.ran, self.seconds, self.compared = Counter(), Counter(), Counter()
        self.failed, self.odd, self.faults = set(), [], []

    def pytest_runtest_logreport(self, report):
        """Each test has a report of set-up, call and tear-down, from whichever process."""
        file = report.nodeid.split("::")[0]
        self.seconds[file] += report.duration
        if report.failed:
            self.failed.add(file)
        if hasattr(report, "wasxfail"):
            self.odd.append((report.nodeid, f"expected to fail: {report.wasxfail or 'no reason'}"))
        elif report.skipped:
            reason = str(report.longrepr[2]).removeprefix("Skipped: ")
            if file.endswith(".ipynb") or may_be_skipped(reason):
                self.ran[file] += 1
            else:
                self.odd.append((report.nodeid, f"skipped: {reason}"))
        elif report.when == "call" or (report.when == "setup" and report.failed):
            self.ran[file] += 1
        if report.when == "call":
            for sort, count in dict(report.user_properties).get(COMPARED, {}).items():
                self.compared[sort] += count

    def pytest_collection_finish(self, session):
        if self.config.option.state_counts:
            state(self.config.rootpath, session.items)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        """Red where a gate is missing, whatever else was green."""
        code = pytest.ExitCode
        ended = exitstatus in (code.OK, code.TESTS_FAILED, code.NO_TESTS_COLLECTED)
        if not ended or not is_whole(self.config):
            return
        stated = stated_in(self.config.rootpath)
        self.faults = [*missing(stated, self.ran, self.compared, self.failed),
                       *(f"{test}: {what}. In a whole run nothing may be; SKIPS in tests/gates.py "
                         f"lists the exceptions" for test, what in self.odd)]
        if self.faults:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if self.config.option.gates:
            terminalreporter.section("gates")
            stated = stated_in(self.config.rootpath)
            if not is_whole(self.config):
                stated["tests"] = {file: stated["tests"].get(file, 0) for file in self.ran
                                   if not file.endswith(".ipynb")}
            for line in in_lines(stated, self.ran, self.compared, self.seconds,
                                 self.config.rootpath):
                terminalreporter.write_line(line)
        more = unstated(stated_in(self.config.rootpath), self.ran)
        if more and is_whole(self.config):
            terminalreporter.write_line(
                f"More ran than is stated, and could be lost unseen: {', '.join(more)}. To keep "
                f"them, type: {STATE}")
        if self.faults:
            terminalreporter.section("gates that are missing", red=True)
            for line in self.faults:
                terminalreporter.write_line(line)


def may_be_skipped(reason):
    """Whether a test may be skipped for this reason here."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if "CHROMIUM" in reason and (browser or os.environ.get("BOOK_REQUIRE_BROWSER")):
        return False
    return is_listed(reason)


def is_listed(reason):
    """Whether a reason to skip a test stands in `SKIPS`."""
    return any(re.search(known, reason) for known in SKIPS)


def missing(stated, ran, compared, failed=()):
    """Gates of which less ran than is stated, one line each.

    Parameters
    ----------
    stated : dict
        As in ``tests/gates.toml``.
    ran : mapping
        File -> tests, or cells of a notebook, that were run.
    compared : mapping
        Sort of output -> how many were compared.
    failed : collection of str
        Files with a failure: what comes after it in a notebook could not be compared.
    """
    if not stated["tests"]:
        return [f"{STATED}: it states nothing, so nothing is missed. Restore it, or type: {STATE}"]
    found = [f"{file}: {ran.get(file, 0)} tests ran, {count} are stated" for file, count
             in stated["tests"].items() if ran.get(file, 0) < count]
    cells = {file: count for file, count in ran.items() if file.endswith(".ipynb")}
    of_chapters = {"notebooks": len(cells), "cells": sum(cells.values())}
    if not any(file.endswith(".ipynb") for file in failed):
        of_chapters |= {sort: compared.get(sort, 0) for sort in stated["outputs"]
                        if sort not in of_chapters}
    found += [f"chapters/: {count} {sort} were compared, {stated['outputs'].get(sort, 0)} are "
              f"stated" for sort, count in of_chapters.items()
              if count < stated["outputs"].get(sort, 0)]
    return [f"{line}. If they were taken away on purpose, type: {STATE}" for line in found]


def unstated(stated, ran):
    """Test files of which more ran than is stated."""
    return [file for file in sorted(ran) if not file.endswith(".ipynb")
            and ran[file] > stated["tests"].get(file, 0)]


def in_lines(stated, ran, compared, seconds, root):
    """Each gate as one line: how many ran, of how many stated, in which time, and what it is."""
    notebooks = [file for file in ran if file.endswith(".ipynb")]
    outputs = ", ".join(f"{compared.get(sort, 0)} of {count} {sort}" for sort, count
                        in stated["outputs"].items() if sort not in ("notebooks", "cells"))
    chapters = {"notebooks": 0, "cells": 0, **stated["outputs"]}
    lines = [f"chapters/: {len(notebooks)} of {chapters['notebooks']} notebooks, "
             f"{sum(ran[file] for file in notebooks)} of {chapters['cells']} cells, "
             f"{outputs}, {sum(seconds.get(file, 0) for file in notebooks):.1f} s"]
    for file in sorted({*stated["tests"], *ran} - {*notebooks}):
        lines.append(f"{file}: {ran.get(file, 0)} of {stated['tests'].get(file, 'unstated')}, "
                     f"{seconds.get(file, 0):.1f} s. {_says(root / file)}")
    return lines


def _says(file):
    """First line of what a test file says of itself."""
    if not file.is_file():
        return "It is not there."
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return said.split("\n")[0]


# ------------------------------------------------------------------ what is stated


def stated_in(root):
    """What ``tests/gates.toml`` says; nothing where there is none."""
    file = Path(root) / STATED
    found = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return {"outputs": {}, "tests": {}, "lock": {}, **found}


def counted(items):
    """What is collected, as ``tests/gates.toml`` has it."""
    cells = [item for item in items if isinstance(item, Cell)]
    outputs = Counter(sort_of(output) for item in cells for output in item.cell.outputs)
    tests = Counter(item.nodeid.split("::")[0] for item in items if not isinstance(item, Cell))
    return {"outputs": {"notebooks": len({item.path for item in cells}), "cells": len(cells),
                        **dict(sorted(outputs.items()))},
            "tests": dict(sorted(tests.items()))}


def lock_digest(root):
    """SHA-256 of the lock file, so that a pin that is moved by hand is seen."""
    return hashlib.sha256((Path(root) / "requirements.txt").read_bytes()).hexdigest()


def state(root, items):
    """Write ``tests/gates.toml``."""
    parts = {**counted(items), "lock": {"sha256": lock_digest(root)}}
    lines = [HEAD]
    for part, values in parts.items():
        lines.append(f"[{part}]")
        lines += [f"{_key(name)} = {value if isinstance(value, int) else repr(value)}"
                  for name, value in values.items()]
        lines.append("")
    text = "\n".join(lines).replace("'", '"')
    (Path(root) / STATED).write_text(text, encoding="utf-8", newline="\n")


def _key(name):
    return name if re.fullmatch(r"[a-z0-9_]+", name) else f'"{name}"'
