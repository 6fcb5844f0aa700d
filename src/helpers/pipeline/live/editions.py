"""Editions that readers have built from a page, one after another."""

import queue
import threading
from collections import OrderedDict
from collections.abc import Mapping
from urllib.parse import quote

from helpers import parameters
from helpers.pipeline import edition
from helpers.pipeline.live import scenarios
from helpers.pipeline.live.commands import Commands
from helpers.pipeline.live.runner import Full
from helpers.project import Project

MOST_WAITING, MOST_KNOWN = 4, 64


class Editions:
    """What is built or was, by the name of the edition.

    Parameters
    ----------
    project : Project
    commands : Commands
    """

    def __init__(self, project: Project, commands: Commands):
        self.project, self.commands = project, commands
        self._waiting: queue.Queue = queue.Queue(MOST_WAITING)
        self._states: OrderedDict[str, dict] = OrderedDict()
        self._one_at_a_time = threading.Lock()
        threading.Thread(target=self._work, name="editions", daemon=True).start()

    def ask(self, values: Mapping) -> str:
        """Have an edition built; its name.

        Raises
        ------
        parameters.ParameterError
            If a value cannot be taken, or nothing differs from the baseline.
        Full
            If too many wait.
        """
        chosen = scenarios.read(values)
        if not chosen:
            raise parameters.ParameterError(
                "Nothing differs from the baseline, which is what is served here.")
        typed = [f"{name}={parameters.literal(value)}" for name, value in chosen.items()]
        wanted = edition.resolve(self.project, assignments=typed)
        with self._one_at_a_time:
            known = self._states.get(wanted.name, {})
            if known.get("state") not in ("waiting", "running"):
                try:
                    self._waiting.put_nowait((wanted, typed))
                except queue.Full:
                    raise Full("Other editions are being built. Try again later.") from None
                self._states[wanted.name] = _state(wanted, "waiting", "It waits for its turn.")
                self._states.move_to_end(wanted.name)
                while len(self._states) > MOST_KNOWN:
                    self._states.popitem(last=False)
        return wanted.name

    def state(self, name: str) -> dict | None:
        """How far an edition is; None for one that nobody asked for."""
        return self._states.get(name)

    def close(self) -> None:
        """Build nothing more, and end what is being built."""
        self.commands.close()

    def _work(self) -> None:
        while True:
            wanted, typed = self._waiting.get()
            sets = [part for each in typed for part in ("--set", each)]

            def tell(line: str, wanted=wanted) -> None:
                self._states[wanted.name] = _state(wanted, "running", line)

            tell("It begins.")
            code, last = self.commands.run(["build", *sets], tell)
            self._states[wanted.name] = _state(
                wanted, "failed" if code else "done", last if code else "It is built.")


def _state(wanted: edition.Edition, state: str, line: str) -> dict:
    return {"name": wanted.name, "state": state, "line": line, "command": wanted.command(),
            "address": f"editions/{quote(wanted.name)}/html/what-changed.html"}
