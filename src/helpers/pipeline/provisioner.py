"""The provisioner of jupyter_client that starts a kernel as a fork (see `forks`).

papermill, nbclient and nbval use it unchanged through the kernel specification ``book-forked``.
Whatever goes wrong before a kernel runs ends in a stock kernel, and is said once: outputs are the
same, only slower.
"""

import os
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner

from helpers.pipeline import forks


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel as a fork; everything else is as for a local process."""

    async def launch_kernel(self, cmd, **kwargs):
        environment = kwargs.get("env") or dict(os.environ)
        try:
            self.process = forks.fork(
                cmd, environment, kwargs.get("cwd"), kwargs.get("stdout"), kwargs.get("stderr"))
        except OSError as error:
            forks.say_once(error)
            return await super().launch_kernel(cmd, **kwargs)
        # Without a group of its own here, signals go through `ForkedProcess.send_signal`.
        self.pid, self.pgid = self.process.pid, None
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info
