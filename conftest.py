"""Settings for every test, and for nbval, which collects the notebooks in chapters/."""

import os
from pathlib import Path

import nbval.kernel
import pytest
from jupyter_client.manager import KernelManager

from helpers import paths
from helpers.pipeline import kernels

FOREIGN = paths.foreign_checkout(Path(__file__).parent)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart():
    """Never test the files of another checkout as if they were these."""
    if FOREIGN:
        pytest.exit(FOREIGN, returncode=2)


# The same surroundings as in the pipeline, so that the same bytes come out.
os.environ.update(kernels.environment())

# A command that a test runs leaves no process behind.
os.environ["BOOK_STANDBY_MINUTES"] = "0"

# Forked kernels (see `forks`) are quicker; stock ones are the reference, on which continuous
# integration runs the notebooks once more (BOOK_STOCK_KERNELS=1). They are prepared once: the
# workers of xdist get the address with their environment.
FORKED = {"kernel_name": kernels.kernel_name()}
if not FOREIGN:
    kernels.prepare()

# nbval starts kernels on TCP, and two workers that pick ports at once sometimes lose one:
# "Kernel died before replying". Each of its kernels gets an address of its own instead.
nbval.kernel.KernelManager = lambda **options: KernelManager(
    config=kernels.configuration(), **{**options, **FORKED}
)
