"""Small notebooks to run, and the outcome of a run; shared by the tests of running."""

import textwrap

import nbformat

from helpers.pipeline.running import processes
from helpers.pipeline.running.work import Outcome, Work


def notebook(*cells) -> dict:
    """A notebook of code cells, given as source or as (source, tags)."""
    made = []
    for cell in cells:
        source, tags = (cell, []) if isinstance(cell, str) else cell
        made.append(nbformat.v4.new_code_cell(
            textwrap.dedent(source).strip(), metadata={"tags": tags}))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})


def executed(work: Work, **options) -> Outcome:
    """The outcome of one work in a process of its own."""
    outcomes = {}
    processes.run([("only", work)], 1, outcomes.__setitem__, **options)
    return outcomes["only"]


def outputs(outcome: Outcome) -> list[list]:
    """Outputs of each cell of a run that went well."""
    assert outcome.status == "ok", outcome.reason
    return [cell["outputs"] for cell in nbformat.reads(outcome.notebook, 4)["cells"]]


def text(*cells, stock=False, **fields) -> str:
    """What the last cell prints."""
    outcome = executed(Work(notebook(*cells), **fields), stock=stock)
    return "".join(output["text"] for output in outputs(outcome)[-1])
