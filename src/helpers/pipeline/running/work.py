"""What is to be run, and how it went: plain values, which travel between processes."""

from dataclasses import dataclass, field

MEMORY_BYTES = 4 << 30  # for one run; the heaviest chapter needs a tenth of it
CELL_SECONDS = 300  # no chapter has a cell near it; papermill itself has no limit at all


@dataclass(frozen=True)
class Work:
    """A notebook to execute, and the surroundings its cells are to see."""

    notebook: dict  # as JSON, without outputs
    values: dict = field(default_factory=dict)  # parameters to inject; none: no injected cell
    environment: dict = field(default_factory=dict)  # variables beside those of the driver
    watched: tuple[str, ...] = ()  # folders in which every file that is opened is noted
    closed: bool = False  # whether cells may only compute: see `watch.openings`
    folder: str | None = None  # where the run's own working folder is made; None: as usual
    memory_bytes: int | None = MEMORY_BYTES
    cell_seconds: float = CELL_SECONDS


@dataclass(frozen=True)
class Outcome:
    """How a run went. Only ``ok`` is a run; ``failed`` may have a notebook to look at."""

    status: str  # ok, failed, dead, timeout
    reason: str = ""  # one line
    notebook: bytes | None = None  # the executed one, as its file
    opened: tuple[str, ...] = ()  # files opened in watched folders: real paths, in order
    loaded: tuple[str, ...] = ()  # modules of this project: hash of the source, blank, real path
    refused: tuple[str, ...] = ()  # what the cells tried and may not do
    seconds: float = 0.0


def bare(notebook: dict) -> dict:
    """A notebook without its outputs, which nobody needs who executes it."""
    return {**notebook, "cells": [
        {**cell, **({"outputs": [], "execution_count": None} if "outputs" in cell else {})}
        for cell in notebook["cells"]]}
