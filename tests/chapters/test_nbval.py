"""The comparison of notebooks goes red when anything moves, under our own settings.

The settings that are tested are those that `make test` uses: the project's own ``pyproject.toml``,
``conftest.py`` and plug-ins, copied beside a made notebook that holds one fault a cell.
"""

import copy
import os
import re
import subprocess
import sys

import nbformat
import nbval_adapter
import pytest
import small_book

from helpers import results
from helpers.pipeline import chapters, differences

SETTINGS = ("pyproject.toml", "conftest.py", "tests/nbval_adapter.py", "tests/gates.py",
            "requirements.txt")
FIGURE = "<svg><path d='M 0 {}'/></svg>"
TABLE = "<table><tr><th>a</th></tr><tr><td>{}</td></tr></table>"
RECORD = {"type": "result", "name": "x", "value": 0.25, "unit": "ratio", "label": "X",
          "status": "computed", "claims": [], "tolerance": 1e-9, "scope": "", "note": "",
          "text": "0.25"}


def shows(data, **metadata):
    """Code that displays something, and the output that this leaves."""
    code = f"display({data!r}, raw=True, metadata={metadata!r})"
    return code, nbformat.v4.new_output("display_data", data=data, metadata=metadata)


def committed(data, other, *, tags=(), comment="", **metadata):
    """A cell that shows `data` where `other` is committed."""
    code, _ = shows(data, **metadata)
    return nbformat.v4.new_code_cell(
        comment + code, execution_count=1, metadata={"tags": list(tags)},
        outputs=[shows(other, **metadata)[1]] if other else [])


def text(number):
    return {"text/plain": f"It is {number}"}


def record(**changes):
    return {results.MIME: {**RECORD, **changes}, "text/plain": "X"}


def described(alt):
    about = {"figure": "f", "alt": alt}
    return shows({"image/svg+xml": FIGURE.format(1), "text/csv": "a\n1\n"}, book=about)


def plot(drawn=1, data=1):
    return {"image/svg+xml": FIGURE.format(drawn), "text/csv": f"a\n{data}\n"}


def other_description():
    return nbformat.v4.new_code_cell(described("Five bars.")[0], execution_count=1,
                                     outputs=[described("Six bars.")[1]])


def two_for_one():
    code, output = shows(text(1))
    return nbformat.v4.new_code_cell(code, execution_count=1, outputs=[output, output])


def never_run():
    return nbformat.v4.new_code_cell(shows(text(1))[0])


def printed():
    stream = nbformat.v4.new_output("stream", name="stdout", text="0.26\n")
    return nbformat.v4.new_code_cell("print(1 / 4)", execution_count=1, outputs=[stream])


BOOK = {"book": {"figure": "f", "alt": "Bars."}}
# What is planted -> a cell, and whether it is to be found.
CELLS = {
    "nothing": (committed(text(0.25), text(0.25)), False),
    "a digit": (committed(text(0.25), text(0.26)), True),
    "a digit that a tag ignores": (
        committed(text(0.25), text(0.26), tags=["nbval-ignore-output"]), True),
    "a digit that a comment ignores": (
        committed(text(0.25), text(0.26), comment="# NBVAL_IGNORE_OUTPUT\n"), True),
    "a digit of a cell that a tag skips": (
        committed(text(0.25), text(0.26), tags=["nbval-skip"]), True),
    "a digit of a cell that a comment skips": (
        committed(text(0.25), text(0.26), comment="# NBVAL_SKIP\n"), True),
    "a tag that would ignore a digit": (
        committed(text(0.25), text(0.25), tags=["nbval-ignore-output"]), True),
    "a comment that would ignore a digit": (
        committed(text(0.25), text(0.25), comment="# NBVAL_IGNORE_OUTPUT\n"), True),
    "a cell hidden from readers": (committed(text(1), text(1), tags=["remove-cell"]), True),
    "a result within its tolerance": (committed(record(), record(value=0.25 + 1e-12)), False),
    "a result beyond its tolerance": (committed(record(), record(value=0.25 * (1 + 1e-8))), True),
    "a unit": (committed(record(), record(unit="USD")), True),
    "the status of a result": (committed(record(), record(status="scope_flagged")), True),
    "a line of a figure": (committed(plot(), plot(drawn=2), **BOOK), True),
    "a digit of a figure's data": (committed(plot(), plot(data=2), **BOOK), True),
    "a digit of a table": (committed(
        {"text/html": TABLE.format(1)}, {"text/html": TABLE.format(2)}, book={"table": "t"}), True),
    "a digit of text in HTML": (committed(
        {"text/html": "<p>0.25</p>"}, {"text/html": "<p>0.26</p>"}), True),
    "a bitmap": (committed({"image/png": "aaaa"}, {"image/png": "aaab"}), True),
    "an alternative text": (other_description(), True),
    "a lost output": (two_for_one(), True),
    "a gained output": (committed(text(1), None), True),
    "outputs that were taken away": (never_run(), True),
    "a digit that is printed": (printed(), True),
    "an exception that a tag expects": (nbformat.v4.new_code_cell(
        "here = 1\nraise ValueError('No\\nway')", execution_count=1,
        metadata={"tags": ["raises-exception"]}), True),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A folder with our settings and a chapter that holds all of these."""
    root = tmp_path_factory.mktemp("stage")
    (root / "tests").mkdir()
    (root / "chapters").mkdir()
    for name in SETTINGS:
        (root / name).write_bytes((small_book.REAL.root / name).read_bytes())
    cells = [*(cell for cell, _ in CELLS.values()), nbformat.v4.new_code_cell("after = 1")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), root / "chapters" / "made.ipynb")
    dies = nbformat.v4.new_code_cell("import os\nos._exit(1)")
    nbformat.write(nbformat.v4.new_notebook(cells=[dies]), root / "chapters" / "dies.ipynb")
    return root


def check(root, **variables):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-vv", "-p", "no:cacheprovider",
         "chapters"], capture_output=True, text=True, cwd=root,
        env={**os.environ, "COLUMNS": "100", **variables})


@pytest.fixture(scope="module")
def report(stage):
    """What our check of that chapter says."""
    return check(stage)


@pytest.mark.slow
def test_each_planted_fault_is_found_and_nothing_else(report):
    said = dict(re.findall(r"made.ipynb::code cell (\d+) ([A-Z ]*[A-Z])", report.stdout))
    found = [said[str(number)] in ("FAILED", "MOVED TOO") for number in range(1, len(CELLS) + 1)]
    assert dict(zip(CELLS, found, strict=True)) == {what: red for what, (_, red) in CELLS.items()}
    assert report.returncode == 1


@pytest.mark.slow
def test_what_cannot_be_run_any_more_is_told_in_one_line(report):
    assert f"code cell {len(CELLS) + 1} SKIPPED" in report.stdout
    assert f"made: code cell {len(CELLS)} could not be run to its end" in report.stdout


@pytest.mark.slow
def test_a_kernel_that_dies_is_not_waited_for(report):
    assert "\ndies, code cell 1: its process died\n" in report.stdout


@pytest.mark.slow
def test_a_block_names_the_place_both_values_a_cause_and_the_command(report):
    block = report.stdout.partition("= FAILURES =")[2]
    number = list(CELLS).index("a digit") + 1
    line = next(line for line in block.splitlines() if line.startswith("made, "))
    assert line.startswith(f"made, code cell {number}, ") and "0.26" in line and "0.25" in line
    assert "\n  cause?  " in block and "\n  type:   book why made" in block


@pytest.mark.slow
def test_no_source_no_picture_and_no_wall_is_printed(report):
    # Up to the summary: where CI is set, pytest repeats there every line of every block.
    block = report.stdout.partition("= FAILURES =")[2].partition("= short test summary")[0]
    assert "display(" not in block and "svg" not in block and "Traceback" not in block
    assert len(block.splitlines()) < 14


@pytest.mark.slow
def test_an_option_that_would_swallow_a_digit_stops_everything(stage):
    done = check(stage, PYTEST_ADDOPTS="--nbval-lax")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--nbval-lax: this book compares every output" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nbval_adapter", "gates"])
def test_nothing_runs_without_what_watches(stage, name):
    done = check(stage, PYTEST_ADDOPTS=f"-p no:{name}")
    assert done.returncode not in (0, pytest.ExitCode.TESTS_FAILED)
    assert f"no:{name}" in done.stdout + done.stderr


@pytest.mark.parametrize("name", nbval_adapter.REFUSED)
def test_each_option_that_compares_less_is_refused(name):
    class Given:
        rootpath, option = small_book.REAL.root, None
        getoption = {name: "rules.cfg"}.get

    with pytest.raises(pytest.UsageError, match="Take the option away"):
        nbval_adapter.pytest_configure(Given)


def test_nbval_has_one_door():
    files = [small_book.REAL.root / "conftest.py", *small_book.REAL.code.rglob("*.py"),
             *(small_book.REAL.root / "tests").rglob("*.py")]
    uses = [file.name for file in files
            if re.search(r"(?m)^\s*(import|from) nbval\b(?!_)", file.read_text(encoding="utf-8"))]
    assert uses == ["nbval_adapter.py"]


# ------------------------------------------------------------------ every committed output


def changed(output):
    """Copies of an output, each with one digit, or the first letter, of one part of it changed."""
    for part, said in output.get("data", {}).items():
        if isinstance(said, dict):
            for field in said:
                yield from _with(output, said[field], "data", part, field)
        else:
            yield from _with(output, said, "data", part)
    for group, said in output.get("metadata", {}).items():
        for field in said:
            yield from _with(output, said[field], "metadata", group, field)


def _with(output, said, *place):
    other = _other(said)
    if other != said:
        made = copy.deepcopy(output)
        inner = made
        for name in place[:-1]:
            inner = inner[name]
        inner[place[-1]] = other
        yield ": ".join(place), made


def _other(said):
    """Something with its first digit changed, or where it has none its first letter."""
    if isinstance(said, bool):
        return not said
    if isinstance(said, int | float):
        return said + 1 if said else 1
    if isinstance(said, list):
        return [_other(said[0]), *said[1:]] if said else said
    if isinstance(said, dict):
        first = next(iter(said), None)
        return said if first is None else {**said, first: _other(said[first])}
    if not isinstance(said, str):
        return said
    digit = re.search(r"\d", said) or re.search(r"\w", said)
    if not digit:
        return said
    new = str((int(digit[0]) + 1) % 10) if digit[0].isdecimal() else "q" + digit[0].lower()
    return said[:digit.start()] + new + said[digit.end():]


@pytest.mark.parametrize("name", chapters.names(small_book.REAL))
def test_a_digit_or_letter_changed_in_any_committed_output_is_a_difference(name):
    for number, cell in enumerate(chapters.read(small_book.REAL, name).code_cells, start=1):
        for output in cell["outputs"]:
            for part, other in changed(output):
                old, new = ({"cells": [{**cell, "outputs": [each]}]} for each in (output, other))
                assert differences.between(name, old, new), f"code cell {number}, {part}"
