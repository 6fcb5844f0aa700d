"""The client starts the first cell as soon as the kernel is ready, and no sooner."""

import asyncio
from queue import Empty

import nbformat
import pytest
from jupyter_core.utils import run_sync
from nbclient import NotebookClient

from helpers.pipeline import kernels
from helpers.pipeline.clients import PromptClient

REPLY = {"msg_type": "kernel_info_reply", "content": {"protocol_version": "5.3"}}


def status(state, asked):
    return {"msg_type": "status", "content": {"execution_state": state},
            "parent_header": {"msg_id": asked}}


class Scripted(PromptClient):
    """A client whose kernel says, on either channel, what it is told to; None is silence."""

    def __init__(self, shell, iopub, alive=True):
        super().__init__()
        self.said = {"shell": list(shell), "iopub": list(iopub)}
        self.asked, self.adapted, self.alive = 0, 0, alive

    def kernel_info(self, reply=False, timeout=None):
        self.asked += 1
        return str(self.asked)

    async def _next(self, channel):
        message = self.said[channel].pop(0) if self.said[channel] else None
        if message is None:
            await asyncio.sleep(0.001)
            raise Empty
        return message

    async def get_shell_msg(self, *_, **__):
        return await self._next("shell")

    async def get_iopub_msg(self, *_, **__):
        return await self._next("iopub")

    async def is_alive(self):
        return self.alive

    def _handle_kernel_info_reply(self, message):
        assert message is REPLY
        self.adapted += 1


def ready(client, timeout=None):
    run_sync(client.wait_for_ready)(timeout)  # asyncio.run refuses where a browser test left a loop
    return client


def test_what_the_kernel_said_before_it_was_idle_is_thrown_away():
    client = ready(Scripted([REPLY], [status("starting", ""), status("busy", "1"),
                                      status("idle", "1"), status("busy", "later")]))
    assert (client.asked, client.adapted) == (1, 1)
    assert client.said["iopub"] == [status("busy", "later")]


def test_a_kernel_that_is_not_heard_on_both_channels_is_asked_again():
    client = ready(Scripted([REPLY, None, REPLY], [status("busy", "1"), None,
                                                   status("idle", "1"), status("idle", "3")]))
    assert (client.asked, client.adapted) == (3, 1)
    assert client.said == {"shell": [], "iopub": []}


def test_another_message_than_the_description_is_no_answer():
    client = ready(Scripted([{"msg_type": "execute_reply"}, REPLY], [status("idle", "2")]))
    assert client.asked == 2


def test_a_dead_kernel_is_reported_in_the_words_that_a_new_start_waits_for():
    with pytest.raises(RuntimeError, match="before replying"):
        ready(Scripted([], [], alive=False))


def test_a_silent_kernel_is_given_up_in_time():
    with pytest.raises(RuntimeError, match=r"didn't respond in 0\.05 seconds"):
        ready(Scripted([], []), 0.05)


@pytest.mark.parametrize("name", [kernels.KERNEL, kernels.kernel_name(stock=False)])
def test_notebooks_are_run_by_this_client(name, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", kernels.environment()["JUPYTER_PATH"])
    startup = tmp_path / "startup.py"
    startup.write_text("print('good morning')")
    monkeypatch.setenv("PYTHONSTARTUP", str(startup))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('first')")])
    used = []

    class Watched(NotebookClient):
        async def async_execute_cell(self, *arguments, **named):
            used.append(type(self.kc))
            return await super().async_execute_cell(*arguments, **named)

    Watched(notebook, kernel_name=name, config=kernels.configuration()).execute()
    assert used == [PromptClient]
    assert [output["text"] for output in notebook.cells[0].outputs] == ["first\n"]
