"""Cells run in their own process give what they give in a stock kernel."""

import os
import re

import nbformat
import pytest
from small_runs import executed, notebook, outputs, text

from helpers.pipeline.running import stock
from helpers.pipeline.running.work import Outcome, Work

pytestmark = pytest.mark.slow  # processes and kernels of their own

EVERY_KIND = {
    "stream": "print('a'); print('b')",
    "two streams": "import sys\nprint('out'); print('err', file=sys.stderr)",
    "streams and a display in order": "print('a')\ndisplay(1)\nprint('b')\ndisplay(2)",
    "result": "1 + 1",
    "no result": "1 + 1;",
    "result with two representations": "import pandas\npandas.DataFrame({'x': [1.5, 2]})",
    "wide frame": "pandas.DataFrame([range(60)])",
    "metadata": "display({'text/plain': 'x'}, raw=True, metadata={'alt': 'what it shows'})",
    "tuples and keys as JSON":
        "display({'application/x+json': {1: (2, 3)}}, raw=True, metadata={'t': (1,)})",
    "picture": "from IPython.display import Image\nImage(b'\\x89PNG\\r\\n', format='png')",
    "markdown": "from IPython.display import Markdown\ndisplay(Markdown('*x*'))",
    "figure of pyplot": "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])",
    "display to be changed": "handle = display('old', display_id='one')",
    "changed by another cell": "handle.update('new')",
    "cleared": "from IPython.display import clear_output\nprint('x'); clear_output(); print('y')",
    "cleared at the next": "print('x'); clear_output(wait=True); print('y')",
    "captured": "%%capture kept\nprint('x')",
    "printed again": "kept.show()",
    "shell command": "!echo shell",
    "await": "import asyncio\nawait asyncio.sleep(0, 'slept')",
    "history": "Out[4], In[4], _",
    "warning": "import warnings\nwarnings.warn('careful')",
    "log": "import logging\nlogging.getLogger('some').warning('logged')",
    "order of a set": "{'one', 'two', 'three', 'four'}, hash('x')",
    "surroundings": """
        import locale, os, sys, time
        variables = {name: os.environ.get(name) for name in (
            'PYTHONHASHSEED', 'OMP_NUM_THREADS', 'MPLBACKEND', 'TZ', 'LC_ALL', 'TERM', 'PATH',
            'BOOK_WATCH', 'BOOK_MEMORY')}
        (variables, time.tzname, locale.setlocale(locale.LC_ALL), sorted(sys.path), os.listdir(),
         sys.stdout.encoding, sys.stdout.isatty(), sys.flags, __name__, __doc__,
         sorted(name for name in globals() if not name.startswith('_i')))""",
    "settings of libraries": """
        import matplotlib
        dict(matplotlib.rcParams), matplotlib.get_backend(), pandas.describe_option(
            _print_desc=False)""",
    "shell": """
        shell = get_ipython()
        (type(shell), hasattr(shell, 'kernel'), shell.colors, sorted(shell.events.callbacks),
         [len(each) for each in shell.events.callbacks.values()])""",
    "empty": "",
    "skipped": ("print('x')", ["skip-execution"]),
}
# A warning and a traceback name the process, and addresses differ.
UNEQUAL = re.compile(r"ipykernel_\d+|0x[0-9a-f]+|book-run-\w+|book-runs-\w+/")


def shown(outcome: Outcome) -> dict:
    """The executed notebook, but for what no two runs have in common."""
    return nbformat.reads(UNEQUAL.sub("-", outcome.notebook.decode()), 4)


def seen(cell: dict) -> dict:
    """A cell but for its times, and for the identity of a cell that papermill adds."""
    return {name: value for name, value in cell.items() if name not in ("id", "metadata")}


@pytest.fixture(scope="module")
def both():
    """The notebook of every kind of output: executed in its own process, and in a stock kernel."""
    work = Work(notebook(*EVERY_KIND.values()))
    outcomes = executed(work), executed(work, stock=True)
    assert [outcome.reason for outcome in outcomes] == ["", ""]
    return [shown(outcome) for outcome in outcomes]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_each_kind_of_output_is_that_of_a_stock_kernel(both, kind):
    place = list(EVERY_KIND).index(kind)
    ours, stocks = (seen(found["cells"][place]) for found in both)
    assert ours == stocks


def test_metadata_of_the_notebook_are_those_of_a_stock_kernel(both):
    ours, stocks = ({name: value for name, value in found["metadata"].items()
                     if name != "papermill"} for found in both)
    assert ours == stocks


def test_parameters_are_injected_after_the_cell_that_is_tagged():
    work = Work(notebook(("x = 1", ["parameters"]), "print(x)"), values={"x": 5})
    cells = nbformat.reads(executed(work).notebook, 4)["cells"]
    assert cells[1]["metadata"]["tags"] == ["injected-parameters"]
    assert cells[2]["outputs"][0]["text"] == "5\n"


def test_what_is_written_by_other_ways_than_python_is_not_lost():
    assert text("import os\n_ = os.write(1, b'by number')") == "by number"
    assert text("import os\n_ = os.system('echo by the shell')") == "by the shell\n"


FAILURES = {
    "error": ["print('before')\n1 / 0"],
    "error in a function": ["def fail():\n    {}['y']\nfail()"],
    "error with a cause": [
        "try:\n    1 / 0\nexcept Exception as error:\n    raise ValueError('x') from error"],
    "syntax": ["1 +"],
    "exit": ["raise SystemExit(3)"],
    "interrupt": ["raise KeyboardInterrupt"],
    "in a representation": [
        "class Bad:\n    def _repr_html_(self):\n        raise ValueError('no')\ndisplay(Bad())"],
    "in the representation of a result": [
        "class Bad:\n    def __repr__(self):\n        raise ValueError('no')\nBad()"],
    "allowed, which papermill counts all the same": [("1 / 0", ["raises-exception"])],
}


@pytest.mark.parametrize("cells", FAILURES.values(), ids=FAILURES)
def test_a_cell_that_raises_fails_the_run_as_in_a_stock_kernel(cells):
    work = Work(notebook("x = 1", *cells, "print('after')"))
    ours, stocks = executed(work), executed(work, stock=True)
    assert ours.status == stocks.status == "failed"
    assert ours.reason == stocks.reason
    assert ours.reason.startswith("cell 2: ")
    ours, stocks = shown(ours), shown(stocks)
    assert list(map(seen, ours["cells"])) == list(map(seen, stocks["cells"]))


def test_a_question_fails_the_run():
    assert executed(Work(notebook("input('?')"))).status == "failed"


def test_an_orderly_exit_leaves_cells_that_were_never_run():
    work = Work(notebook("raise SystemExit", "1"))
    for outcome in (executed(work), executed(work, stock=True)):
        assert outcome.status == "ok"
        assert shown(outcome)["cells"][1]["execution_count"] is None


def test_openings_under_watched_folders_are_told_once_and_others_are_not(tmp_path):
    watched, other = tmp_path / "watched", tmp_path / "other"
    for folder in (watched, other):
        folder.mkdir()
        (folder / "a.csv").write_text("x\n1\n")
    source = f"""
        import pandas, pathlib
        pandas.read_csv({str(other / 'a.csv')!r})
        pandas.read_csv({str(watched / 'a.csv')!r})
        pathlib.Path({str(watched / 'a.csv')!r}).read_text()"""
    work = Work(notebook(source), watched=(str(watched),))
    for outcome in (executed(work), executed(work, stock=True)):
        assert outcome.opened == (str((watched / "a.csv").resolve()),)


def test_variables_of_a_work_are_seen_by_its_cells_and_not_by_the_next():
    source = "import os\nprint(os.environ.get('SOME_VARIABLE'))"
    assert text(source, environment={"SOME_VARIABLE": "seen"}) == "seen\n"
    assert text(source) == "None\n"


def test_each_run_begins_anew():
    work = Work(notebook("import sys\nprint('x' in globals(), 'left' in sys.modules)",
                         "x, sys.modules['left'] = 1, sys"))
    for _ in range(2):
        assert outputs(executed(work))[0][0]["text"] == "False False\n"


def test_runs_do_not_draw_the_same_numbers_by_themselves():
    source = "import numpy, random\nprint(numpy.random.random(), random.random())"
    first, second = text(source), text(source)
    assert not set(first.split()) & set(second.split())


def test_helpers_of_chapters_are_not_imported_before_the_run():
    source = "import sys\nprint(sorted(n for n in sys.modules if n.startswith('helpers.')))"
    loaded = text(source)
    assert "helpers.pipeline.running.engine" in loaded
    ours = eval(loaded)
    assert all(name.startswith("helpers.pipeline") for name in ours)
    assert {name for name in ours if not name.startswith("helpers.pipeline.running")} == {
        "helpers.pipeline"}


def test_memory_beyond_the_bound_fails_the_run_and_nothing_else():
    outcome = executed(Work(notebook("data = b'x' * (3 << 30)"), memory_bytes=1 << 30))
    assert outcome.status == "failed"
    assert "MemoryError" in outcome.reason


def test_a_stock_run_needs_no_process_of_ours():
    before = dict(os.environ)
    outcome = stock.run(Work(notebook("import os\nprint(os.environ['PYTHONHASHSEED'])")))
    assert outcome.status == "ok"
    assert outputs(outcome)[0][0]["text"] == "0\n"
    assert dict(os.environ) == before
