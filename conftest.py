"""Settings for every test, and for nbval, which collects the notebooks in chapters/."""

import os

import nbval.kernel
from jupyter_client.manager import KernelManager

from helpers.pipeline import kernels

# The same surroundings as in the pipeline, so that the same bytes come out.
os.environ.update(kernels.environment())

# nbval starts kernels on TCP, and two workers that pick ports at once sometimes lose one:
# "Kernel died before replying". Each of its kernels gets an address of its own instead.
nbval.kernel.KernelManager = lambda **options: KernelManager(
    config=kernels.configuration(), **options
)
