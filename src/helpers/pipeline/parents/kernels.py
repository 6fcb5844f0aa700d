"""The process that kernels are forked from: it has imported what chapters import.

See `forkserver`, whose code serves the forks.
"""

import builtins
import importlib
import io
import os
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import forkserver

# What every chapter needs: kernels are forked as soon as it is there.
LIBRARIES = (
    "numpy", "pyarrow", "matplotlib.pyplot", "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg", "seaborn", "pydantic.main", "pydantic.fields",
    "pydantic.json_schema", "tomllib",
    # Imported by the ones above at first use:
    "pydantic.types", "pyarrow.pandas_compat", "pyarrow.vendored.version", "pandas.io.formats.csvs",
    "pandas.io.formats.string", "pandas.core.reshape.reshape", "encodings.utf_16_be",
)
# What some chapters need: imported while nobody asks for a kernel, in pieces, so that whoever
# asks meanwhile does not wait for long. A kernel that is forked earlier imports it by itself.
FOR_SOME = (
    "scipy.stats", "statsmodels.regression.linear_model", "statsmodels.tsa.api", "statsmodels.api",
    "scipy.optimize", "networkx",
)
OF_A_KERNEL = (
    "IPython", "IPython.core.completer", "ipykernel.kernelapp", "ipykernel.ipkernel",
    "ipykernel.debugger",
    # Imported by the ones above when a kernel starts:
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger",
    "IPython.core.oinspect", "IPython.extensions.storemagic", "sqlite3",
    "tornado.platform.asyncio", "zmq.utils.garbage",
)


@contextmanager
def as_in_a_notebook():
    """Let libraries find what a kernel has when they are imported.

    pandas chooses how many columns it prints, and in which encoding, by where it is imported.
    """
    usual = sys.stdout.encoding
    sys.stdout.reconfigure(encoding="UTF-8")  # as ipykernel spells it
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)
    try:
        yield
    finally:
        del builtins.get_ipython
        sys.stdout.reconfigure(encoding=usual)


def preload() -> dict:
    """Import the libraries that every kernel needs.

    Returns
    -------
    dict
        Environment variables that ipykernel set when it was imported; a kernel has them too.
    """
    os.environ.pop("MPLBACKEND", None)  # a kernel has its own; see become_kernel
    os.environ.pop("JPY_PARENT_PID", None)  # read by ipykernel at import, meant for a kernel
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"  # pyarrow's allocator
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # a warning of the debugger at import
    with as_in_a_notebook():
        importlib.import_module("pandas")
    for name in LIBRARIES:
        importlib.import_module(name)
    draw()
    sys.modules["pydantic"].create_model("Model")  # the first one looks for plug-ins everywhere
    before = dict(os.environ)
    for name in OF_A_KERNEL:
        importlib.import_module(name)
    return {name: value for name, value in os.environ.items() if before.get(name) != value}


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


def become_kernel(request: dict) -> None:
    """Turn this fork into an IPython kernel as ``python -m ipykernel_launcher`` starts one."""
    import numpy
    from ipykernel.kernelapp import IPKernelApp

    numpy.random.seed()  # noqa: NPY002  without it every kernel would draw the same numbers
    sys.argv = [request["launcher"], *request["arguments"]]
    # With a parent handle it does not explain itself on the terminal.
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(sys.argv[1:])
    import matplotlib

    # What matplotlib does when it is imported; the kernel has set the variable just now.
    if os.environ.get("MPLBACKEND"):
        matplotlib.rcParams["backend"] = os.environ["MPLBACKEND"]
    app.start()


if __name__ == "__main__":
    forkserver.run(preload, become_kernel, FOR_SOME)
