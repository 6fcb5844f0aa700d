"""Settings for every test, and for nbval, which collects the notebooks in chapters/."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import nbval.kernel
import pytest
from jupyter_client.manager import KernelManager

from helpers.pipeline.running import environment, stock
from helpers.project import foreign_checkout

FOREIGN = foreign_checkout(Path(__file__).parent)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart():
    """Never test the files of another checkout as if they were these."""
    if FOREIGN:
        pytest.exit(FOREIGN, returncode=2)


# The same surroundings as in the pipeline, so that the same bytes come out; and no start-up file
# or setting of whoever runs the tests.
_ipython = tempfile.mkdtemp(prefix="book-ipython-")
atexit.register(shutil.rmtree, _ipython, ignore_errors=True)
os.environ.update({**environment.variables(), **environment.kernel_variables(_ipython)})

# nbval starts kernels on TCP, and two workers that pick ports at once sometimes lose one:
# "Kernel died before replying". Each of its kernels gets an address of its own instead.
nbval.kernel.KernelManager = lambda **options: KernelManager(
    config=stock.configuration(), **options)
