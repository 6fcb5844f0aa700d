"""Settings for every test, and for nbval, which collects the notebooks in chapters/."""

import atexit
import os
import shutil
import tempfile

import nbval.kernel
from jupyter_client.manager import KernelManager

from helpers.pipeline.running import environment, stock

# The same surroundings as in the pipeline, so that the same bytes come out; and no start-up file
# or setting of whoever runs the tests.
_ipython = tempfile.mkdtemp(prefix="book-ipython-")
atexit.register(shutil.rmtree, _ipython, ignore_errors=True)
os.environ.update({**environment.variables(), **environment.kernel_variables(_ipython)})

# nbval starts kernels on TCP, and two workers that pick ports at once sometimes lose one:
# "Kernel died before replying". Each of its kernels gets an address of its own instead.
nbval.kernel.KernelManager = lambda **options: KernelManager(
    config=stock.configuration(), **options)
