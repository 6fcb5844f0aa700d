"""What would switch a check off, or hide a part of a chapter, is a fault of that chapter."""

import nbformat
import pytest

from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check import switch_faults


def faults(source="x = 1", tags=("hide-input",), kind="code", **metadata):
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell,
            "raw": nbformat.v4.new_raw_cell}[kind]
    cell = make(source, metadata={"tags": list(tags), **metadata})
    return switch_faults(Chapter("9-1-made", None, nbformat.v4.new_notebook(cells=[cell])))


@pytest.mark.parametrize("tag", [
    "remove-cell", "remove-input", "remove-output", "hide-cell", "hide-output", "skip-execution",
    "raises-exception", "nbval-skip", "nbval-ignore-output", "nbval-raises-exception",
    "nbval-check-output", "full-width"])
def test_a_tag_that_hides_or_skips_is_found(tag):
    [fault] = faults(tags=["hide-input", tag])
    assert fault.startswith(f"9-1-made, code cell 1: the tag {tag} ")


def test_a_hidden_text_is_found():
    [fault] = faults("Text.", ["remove-cell"], "markdown")
    assert fault.startswith("9-1-made, cell 1: the tag remove-cell ")


@pytest.mark.parametrize("about", [{"jupyter": {"outputs_hidden": True}}, {"collapsed": True}])
def test_hidden_outputs_are_found(about):
    assert "may hide it" in faults(**about)[0]


def test_a_cell_that_nobody_runs_or_shows_is_found():
    assert "of the type raw" in faults(kind="raw", tags=())[0]


@pytest.mark.parametrize("comment", [
    "# NBVAL_IGNORE_OUTPUT", "#NBVAL_SKIP", "    # NBVAL_RAISES_EXCEPTION", "## NBVAL_CHECK_OUTPUT",
    "# PYTEST_VALIDATE_IGNORE_OUTPUT"])
def test_a_comment_that_nbval_would_obey_is_found(comment):
    assert "keeps its outputs from being compared" in faults(f"if x:\n{comment}\n    y = 1")[0]


@pytest.mark.parametrize("source", [
    "import warnings\nwarnings.filterwarnings('ignore')", "warnings.simplefilter('ignore')",
    "with warnings.catch_warnings():\n    x = 1", "from warnings import simplefilter",
    "np.seterr(all='ignore')", "with np.errstate(all='ignore'):\n    x = 1",
    "with contextlib.suppress(ValueError):\n    x = 1", "logging.disable()"])
def test_silenced_warnings_are_found(source):
    [fault] = faults(source)
    assert "hides what goes wrong" in fault and "code cell 1: line " in fault


@pytest.mark.parametrize("caught, said", [
    ("except:", "catches BaseException"), ("except Exception as error:", "catches Exception"),
    ("except ValueError as error:", "catches ValueError"),
    ("except (growth.TooFewPoints, KeyError) as error:", "catches KeyError"),
    ("except growth.TooFewPoints:", "drops the reason"),
    ("except growth.TooFewPoints as error:", "drops the reason")])
def test_an_except_that_swallows_is_found(caught, said):
    [fault] = faults(f"try:\n    x = f()\n{caught}\n    x = 1.5")
    assert said in fault


@pytest.mark.parametrize("source", [
    "x = 1  # NBVAL is named here", "# a comment\nx = warned.filterwarnings",
    "try:\n    x = f()\nexcept growth.TooFewPoints as few:\n    results.refuse('x', few)"])
def test_what_hides_nothing_is_let_pass(source):
    assert faults(source) == []
