"""A papermill engine that runs cells in its own process, with the outputs of a stock kernel.

The shell, its display hook and its publisher are those of ipykernel. What they would send over a
socket goes, through the same JSON, to nbclient's own code, which makes outputs of it. So outputs
and their metadata are those of a kernel because the same code makes them.
"""

import io
import os
import sys
import tempfile

from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from traitlets import Any
from traitlets.config import Config

NAME = "in-process"


class Recorder(Session):
    """Hands what a kernel would send to whoever listens, as it would arrive."""

    listener = Any()

    def send(self, stream, msg_or_type, content=None, parent=None, ident=None, **_):
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(msg_or_type, content, parent)
        message["content"] = self.unpack(self.pack(message["content"]))
        if self.listener:
            self.listener(message)
        return message


class Stream(io.TextIOBase):
    """Standard output or error of the cells: what Python writes, and what C code writes."""

    encoding, errors = "UTF-8", "strict"  # as ipykernel spells it

    def __init__(self, session: Recorder, name: str, descriptor: int):
        self.session, self.name = session, name
        self._parts = []
        # An unnamed file takes what is written to the descriptor by other ways.
        self._raw = tempfile.TemporaryFile()  # noqa: SIM115  as long as the process
        self._descriptor = descriptor
        os.dup2(self._raw.fileno(), descriptor)
        self._read = 0

    def fileno(self) -> int:
        return self._descriptor

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._parts.append(text)
        return len(text)

    def flush(self) -> None:
        written = b""
        if os.fstat(self._raw.fileno()).st_size > self._read:
            written = os.pread(self._raw.fileno(), 1 << 30, self._read)
            self._read += len(written)
        parts, self._parts = self._parts, []
        text = "".join(parts) + written.decode("utf-8", "replace")
        if text:
            self.session.send(None, "stream", {"name": self.name, "text": text})


def make_shell() -> ZMQInteractiveShell:
    """The shell of a kernel, without the user's profile and start-up files, and without history."""
    quiet = Config({"HistoryManager": {"enabled": False}})
    with tempfile.TemporaryDirectory(prefix="book-ipython-") as folder:
        shell = ZMQInteractiveShell.instance(
            config=quiet, profile_dir=ProfileDir(location=folder), compiler_class=XCachingCompiler)
    shell.displayhook.session = shell.display_pub.session = Recorder()
    shell.displayhook.topic = b"execute_result"
    return shell


class InProcess(Engine):
    """Runs every cell in `make_shell`'s shell."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, shell, begin, **_):
        """Run cells until one fails.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
        kernel_name : str
        shell : ZMQInteractiveShell
        begin : callable
            Called with the number of each cell that is about to run, as Jupyter counts.
        """
        client = PapermillNotebookClient(nb_man, record_timing=False)
        session = shell.displayhook.session
        sys.stdout, sys.stderr = Stream(session, "stdout", 1), Stream(session, "stderr", 2)
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            skipped = client.skip_cells_with_tag in cell.metadata.get("tags", [])
            if cell.cell_type == "code" and cell.source.strip() and not skipped:
                begin(shell.execution_count)
                client.clear_before_next_output = False
                session.listener = _listener(client, cell, index)
                if not _run(shell, cell):
                    nb_man.cell_exception(cell, cell_index=index)
                    nb_man.cell_complete(cell, cell_index=index)
                    break
            nb_man.cell_complete(cell, cell_index=index)
        nb_man.nb.metadata["language_info"] = IPythonKernel.language_info


def _listener(client: PapermillNotebookClient, cell, index: int):
    return lambda message: client.process_message(message, cell, index)


def _run(shell: ZMQInteractiveShell, cell) -> bool:
    """Run one cell; whether to go on."""
    shell.displayhook.session.send(
        None, "execute_input", {"code": cell.source, "execution_count": shell.execution_count})
    result = shell.run_cell(cell.source, store_history=True)
    sys.stdout.flush()
    sys.stderr.flush()
    shell.payload_manager.clear_payload()
    failed = not result.success or shell._last_traceback_during_displayhook
    return not failed or "raises-exception" in cell.metadata.get("tags", [])


papermill_engines.register(NAME, InProcess)
