"""A client of a kernel that goes on as soon as its kernel is ready."""

import time
from queue import Empty

from jupyter_client.asynchronous import AsyncKernelClient


class PromptClient(AsyncKernelClient):
    """Waits for a kernel without a pause once it is there.

    The stock client listens for another fifth of a second, in case the kernel still says something
    of its start. The lightest chapter computes for little longer, and a sweep has hundreds of them.
    But a kernel says that it is idle after all it had to say to a request, so there is a last
    message.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel has answered and is heard on both of its channels.

        Parameters
        ----------
        timeout : float, optional
            Seconds until a kernel that is alive and silent is given up.

        Raises
        ------
        RuntimeError
            If the kernel died or did not answer in time.
        """
        ends = time.monotonic() + (float("inf") if timeout is None else timeout)
        while not await self._answers():
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > ends:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answers(self) -> bool:
        """Ask for the kernel's description; whether it came, and the word that it is idle again.

        That word may be missed, because who subscribes to a channel hears it only after a moment.
        """
        asked = self.kernel_info()
        try:
            reply = await self.get_shell_msg(timeout=1)
            if reply["msg_type"] != "kernel_info_reply":
                return False
            while not _says_idle(await self.get_iopub_msg(timeout=0.2), asked):
                pass
        except Empty:
            return False
        self._handle_kernel_info_reply(reply)
        return True


def _says_idle(message: dict, asked: str) -> bool:
    return (message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
            and message["parent_header"].get("msg_id") == asked)
