"""``book build`` beside the server, in a process of its own, so that no reader waits for it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from helpers import characters
from helpers.pipeline.running import environment
from helpers.project import PACKAGE, Project

END_SECONDS = 10


class Commands:
    """Commands of ``book`` that run one after another; none of them outlives the server.

    Parameters
    ----------
    project : Project
    """

    def __init__(self, project: Project):
        self.project = project
        self._one_at_a_time, self._process, self._closed = threading.Lock(), None, False

    def run(self, arguments: Sequence[str],
            tell: Callable[[str], None] = lambda line: None) -> tuple[int, str]:
        """Run ``book`` to its end; its exit code and the last line that it said.

        Parameters
        ----------
        arguments : sequence of str
        tell : callable
            Called with each line that it says.
        """
        last = ""
        with self._one_at_a_time:
            if self._closed:
                return 1, "The server has ended."
            variables = {**environment.of_a_process(), **self.project.variables(),
                         "PYTHONPATH": str(PACKAGE.parent)}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "helpers.pipeline.cli", *arguments], env=variables,
                cwd=self.project.root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, errors="replace",
                start_new_session=True)  # Ctrl-C is for the server, which ends it in order
            with self._process.stderr as said:
                for line in said:
                    if line.strip():
                        last = characters.one_line(line)
                        tell(last)
            return self._process.wait(), last

    def close(self) -> None:
        """End the command that runs, and begin no other."""
        self._closed = True
        process = self._process
        if process is None or process.poll() is not None:
            return
        for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
            with suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(process.pid, number)
                else:
                    process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(END_SECONDS)
                return
