"""Imported last by what runs are forked from: from here on its forks are whole."""

import gc
import os
import sys


def make_forkable() -> None:
    """Make sure that a fork of this process is whole, and shares its memory.

    A lock held by another thread would stay locked in a fork for ever, so there must be none.
    """
    if sys.platform == "linux":
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            sys.exit(f"The process to fork from has {threads} threads; a fork of it could hang.")
    gc.collect()
    gc.freeze()  # the collector of a fork leaves these objects alone, so their pages stay shared


make_forkable()
