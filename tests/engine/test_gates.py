"""Fewer tests, cells or outputs than are stated make a session red, and a line names the gate."""

import os
import subprocess
import sys

import gates
import nbformat
import pytest
import small_book

from helpers.pipeline.cli import check as cli_check

STATED = {"outputs": {"notebooks": 2, "cells": 5, "records": 7}, "tests": {"tests/test_a.py": 3}}
RAN = {"chapters/1.ipynb": 2, "chapters/2.ipynb": 3, "tests/test_a.py": 3}
COPIED = ("pyproject.toml", "conftest.py", "requirements.txt", "tests/nbval_adapter.py",
          "tests/gates.py")
TESTS = """
import pytest
def test_one(): pass
@pytest.mark.skip(reason="later")
def test_two(): pass
@pytest.mark.xfail(reason="some day")
def test_three(): assert False
"""


def test_what_is_stated_or_more_is_green():
    assert gates.missing(STATED, RAN, {"records": 7}) == []
    assert gates.missing(STATED, {**RAN, "tests/test_b.py": 1}, {"records": 8}) == []


@pytest.mark.parametrize("ran, compared, said", [
    ({"tests/test_a.py": 2}, 7, "tests/test_a.py: 2 tests ran, 3 are stated"),
    ({"tests/test_a.py": 0}, 7, "tests/test_a.py: 0 tests ran"),
    ({"chapters/2.ipynb": 2}, 7, "chapters/: 4 cells were compared, 5 are stated"),
    ({}, 6, "chapters/: 6 records were compared, 7 are stated"),
])
def test_less_than_is_stated_is_one_line(ran, compared, said):
    [line] = gates.missing(STATED, {**RAN, **ran}, {"records": compared})
    assert line.startswith(said) and gates.STATE in line


def test_a_file_that_states_nothing_is_found():
    nothing = {"outputs": {}, "tests": {}}
    assert "states nothing" in gates.missing(nothing, RAN, {})[0]


def test_what_ran_beyond_what_is_stated_is_told():
    assert gates.unstated(STATED, RAN) == []
    assert gates.unstated(STATED, {**RAN, "tests/test_b.py": 1}) == ["tests/test_b.py"]


def test_a_notebook_that_was_left_out_is_found():
    ran = {file: count for file, count in RAN.items() if "2.ipynb" not in file}
    found = gates.missing(STATED, ran, {"records": 7})
    assert found[0].startswith("chapters/: 1 notebooks were compared, 2 are stated")


def test_outputs_after_a_failure_are_not_missed():
    """A chapter that raises is one fault, and not one more for each sort of output."""
    assert gates.missing(STATED, RAN, {"records": 1}, failed={"chapters/1.ipynb"}) == []


def test_each_gate_is_a_line_with_its_count_and_time(tmp_path):
    file = tmp_path / "tests" / "test_a.py"
    file.parent.mkdir()
    file.write_text('"""What is held."""\n')
    [chapters, tests] = gates.in_lines(STATED, RAN, {"records": 7}, {"tests/test_a.py": 1.25},
                                       tmp_path)
    assert chapters == "chapters/: 2 of 2 notebooks, 5 of 5 cells, 7 of 7 records, 0.0 s"
    assert tests == "tests/test_a.py: 3 of 3, 1.2 s. What is held."


@pytest.mark.parametrize("reason, required, there, may", [
    ("NO CHROMIUM: the pages were NOT looked at.", "", None, True),
    ("NO CHROMIUM: the pages were NOT looked at.", "1", None, False),
    ("NO CHROMIUM: the pages were NOT looked at.", "", "/usr/bin/chromium", False),
    ("could not import 'skcriteria'", "", None, False), ("later", "", None, False)])
def test_only_listed_reasons_may_skip_a_test(monkeypatch, reason, required, there, may):
    monkeypatch.setenv("BOOK_REQUIRE_BROWSER", required)
    monkeypatch.setattr(gates.shutil, "which", lambda name: there)
    assert gates.may_be_skipped(reason) == may


def test_book_check_asks_for_a_line_of_each_gate(monkeypatch):
    typed = []
    monkeypatch.setattr(cli_check.subprocess, "run", lambda command, **options: (
        typed.extend(command) or subprocess.CompletedProcess(command, 1)))
    done = small_book.book(small_book.REAL, "check")
    assert typed[1:] == ["-m", "pytest", "--gates"] and done.exit_code == 1


class Typed:
    """A session, by what was typed and what pytest made of it."""

    ArgsSource = pytest.Config.ArgsSource

    def __init__(self, *typed, args=()):
        self.invocation_params = type("", (), {"args": typed})
        self.args = list(args)
        self.args_source = self.ArgsSource.ARGS if args else self.ArgsSource.TESTPATHS


@pytest.mark.parametrize("typed, args, whole", [
    ((), (), True), (("-n0", "-q", "--gates"), (), True), (("tests",), ("tests",), False),
    (("-k", "x"), (), False), (("-m", "not slow"), (), False), (("-x",), (), False),
    (("--deselect=x",), (), False), (("--collect-only",), (), False),
    ((), ("tests",), True),  # paths that stand in PYTEST_ADDOPTS or in pyproject.toml
])
def test_a_session_is_whole_where_nothing_was_chosen_by_who_typed_it(typed, args, whole):
    assert gates.is_whole(Typed(*typed, args=args)) == whole


@pytest.mark.slow
def test_a_session_is_held_against_what_is_stated(tmp_path):
    for part in ("tests", "chapters"):
        (tmp_path / part).mkdir()
    for name in COPIED:
        (tmp_path / name).write_bytes((small_book.REAL.root / name).read_bytes())
    (tmp_path / "tests" / "test_a.py").write_text(TESTS)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")]),
                   tmp_path / "chapters" / "made.ipynb")
    (tmp_path / gates.STATED).write_text(
        "[outputs]\nnotebooks = 1\ncells = 1\nfigures = 1\n"
        '[tests]\n"tests/test_a.py" = 1\n"tests/test_gone.py" = 1\n')
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider"], cwd=tmp_path,
        capture_output=True, text=True, env={**os.environ, "PYTEST_ADDOPTS": "-k 'not test_one'"})
    missing = done.stdout.partition("gates that are missing")[2]
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    for line in ("tests/test_a.py: 0 tests ran, 1 are stated", "tests/test_gone.py: 0 tests ran",
                 "chapters/: 0 figures were compared, 1 are stated",
                 "tests/test_a.py::test_two: skipped: later",
                 "tests/test_a.py::test_three: expected to fail: some day"):
        assert f"\n{line}" in missing, done.stdout
    assert "cells were compared" not in missing
