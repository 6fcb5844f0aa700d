"""What runs are forked from: importing this module imports what chapters and their engine import.

Nearly all that a light chapter costs are its imports, so they are made once for a command. Of
this project only the package `running` is imported: a helper imported here would stay as it was
when somebody edits it.
"""

import importlib
import io
import os
import signal
import sys

# Ctrl-C is for the driver, and a `matplotlibrc` or module in its folder for nobody.
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.chdir(os.path.abspath(os.sep))
# What Python itself has set up, without the driver's folder.
SEARCHED = [folder for folder in sys.path if folder]

LIBRARIES = (
    "numpy", "pyarrow", "matplotlib.pyplot", "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg", "pydantic.main", "pydantic.fields",
    "pydantic.json_schema", "tomllib",
    # Imported by the ones above at first use:
    "pydantic.types", "pyarrow.pandas_compat", "pyarrow.vendored.version", "pandas.io.formats.csvs",
    "pandas.io.formats.string", "pandas.core.reshape.reshape", "encodings.utf_16_be",
    # Imported when a shell runs its first cells:
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.oinspect",
    "sqlite3",
    "helpers.pipeline.running.child",
)


def prepare():
    """Import the libraries as a kernel would, and make the shell that each run gets a copy of."""
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"  # pyarrow's allocator
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # a warning of the debugger at import
    from helpers.pipeline.running import engine

    shell = engine.make_shell()
    # pandas chooses how many columns it prints, and in which encoding, by where it is imported.
    usual = sys.stdout.encoding
    sys.stdout.reconfigure(encoding=engine.Stream.encoding)
    with shell.builtin_trap:
        importlib.import_module("pandas")
    sys.stdout.reconfigure(encoding=usual)
    for name in LIBRARIES:
        importlib.import_module(name)
    draw()
    sys.modules["pydantic"].create_model("Model")  # the first one looks for plug-ins everywhere
    return shell


def draw() -> None:
    """Draw a picture for nobody: matplotlib prepares fonts and more at the first one."""
    from matplotlib.figure import Figure

    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot([1, 2], label="line")
    axes.bar([1, 2], 1, hatch="//")
    axes.set_title("title", weight="bold")
    axes.legend()
    figure.savefig(io.BytesIO(), format="svg")


SHELL = prepare()
