"""The provisioner of jupyter_client that starts a kernel as a fork (see `forks`).

papermill, nbclient and nbval use it unchanged through the kernel specification ``book-forked``.
Whatever goes wrong before a kernel runs ends in a stock kernel, and is said once: outputs are the
same, only slower.
"""

import asyncio
import os
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner

from helpers.pipeline import forks

LAUNCH = ["-m", "ipykernel_launcher"]


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel as a fork; everything else is as for a local process."""

    async def launch_kernel(self, cmd, **kwargs):
        try:
            self.process = _fork(cmd, **kwargs)
        except OSError as error:
            forks.say_once(error)
            return await super().launch_kernel(cmd, **kwargs)
        # Without a group of its own here, signals go through `ForkedProcess.send_signal`.
        self.pid, self.pgid = self.process.pid, None
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def kill(self, restart=False):
        """Kill the kernel, and wait for its end, which takes some milliseconds.

        The manager looks for it at once, and then only every tenth of a second.
        """
        process = self.process
        await super().kill(restart)
        for _ in range(100):
            if process is None or process.poll() is not None:
                return
            await asyncio.sleep(0.005)


def _fork(command: list[str], env=None, cwd=None, stdout=None, stderr=None, **_) -> (
        forks.ForkedProcess):
    if command[1:3] != LAUNCH:
        raise forks.NoFork(f"unknown command {' '.join(command[:3])}")
    import ipykernel_launcher

    environment = {**(env or os.environ), "JPY_PARENT_PID": str(os.getpid())}  # as in a stock one
    request = {"launcher": ipykernel_launcher.__file__, "arguments": command[3:],
               "env": environment, "cwd": str(cwd or os.getcwd())}
    return forks.fork(forks.KERNELS, request, [forks.number(stdout, 1), forks.number(stderr, 2)])
