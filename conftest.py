"""Settings for every test, and for nbval, which collects the notebooks in chapters/."""

import os

import nbval.kernel
from jupyter_client.manager import KernelManager

from helpers.pipeline import kernels

# The same surroundings as in the pipeline, so that the same bytes come out.
os.environ.update(kernels.environment())

# Stock kernels are the reference; forked ones (see `forkserver`) are for quick local runs. They
# are prepared once: the workers of xdist get the address with their environment.
FORKED = {}
if os.environ.get("BOOK_FORKED_KERNELS", "") not in ("", "0"):
    FORKED["kernel_name"] = kernels.kernel_name()
    kernels.prepare()

# nbval starts kernels on TCP, and two workers that pick ports at once sometimes lose one:
# "Kernel died before replying". Each of its kernels gets an address of its own instead.
nbval.kernel.KernelManager = lambda **options: KernelManager(
    config=kernels.configuration(), **{**options, **FORKED}
)
