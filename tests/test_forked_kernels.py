"""Forked kernels give the outputs of stock ones, keep nothing, and outlive nobody."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from helpers import paths
from helpers.pipeline import accept, execute, forks, kernels

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="kernels are forked on Linux only; nothing is tested here")

FORKED, STOCK = kernels.FORKED, kernels.KERNEL
IS_FORKED = "'forkserver' in open(f'/proc/{os.getppid()}/cmdline').read()"


@pytest.fixture(scope="module", autouse=True)
def ended():
    """Start anew here, and leave no process behind."""
    forks.stop()
    os.environ.pop(forks.ADDRESS, None)
    yield
    forks.stop()


@pytest.fixture
def anew(monkeypatch):
    """A process to fork from for one test alone."""
    monkeypatch.delenv(forks.ADDRESS, raising=False)
    owned = []
    monkeypatch.setattr(forks, "_owned", owned)
    monkeypatch.setattr(forks, "_said", [])
    yield owned
    forks.stop()


@pytest.fixture
def strict(monkeypatch):
    """Fail where a stock kernel would step in."""
    def refuse(error):
        raise AssertionError(f"no kernel was forked: {error}")

    monkeypatch.setattr(forks, "say_once", refuse)


class Session:
    """A kernel with a client."""

    def __init__(self, manager, client):
        self.manager, self.client = manager, client

    def run(self, code: str) -> str:
        said = []
        self.client.execute_interactive(
            code, timeout=60, output_hook=lambda message: said.append(message["content"]))
        errors = [part["evalue"] for part in said if "evalue" in part]
        assert not errors, errors
        return "".join(part.get("text", "") for part in said)

    def json(self, code: str):
        return json.loads(self.run(code))


@contextmanager
def session(name=FORKED, **options):
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name=name, config=kernels.configuration())
    manager.start_kernel(**options)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Session(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def gone(pid: int, seconds: float = 20) -> bool:
    """Whether a process ends in time; a zombie that init has not taken yet counts as ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """Write a chapter that records ``x``, with more code; returns the spec of its run."""
    folder = tmp_path / "chapters"
    folder.mkdir()
    monkeypatch.setattr(paths, "CHAPTERS", folder)
    monkeypatch.setenv("BOOK_BUILD", str(tmp_path / "build"))

    def write(source):
        cells = [
            nbformat.v4.new_code_cell("horizon_year = 2026", metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell("import os\n" + source + "\n_ = None"),
            nbformat.v4.new_code_cell("from helpers import results\n_ = results.record("
                                      "'x', horizon_year, unit='year', label='X')"),
        ]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "one.ipynb")
        return execute.RunSpec("one", required=("x",))

    return write


# Outputs are those of a stock kernel


@pytest.mark.parametrize("chapter", ["2-3-market-expansion", "3-6-country-comparison"])
def test_outputs_are_those_of_a_stock_kernel_byte_for_byte(chapter, strict, tmp_path):
    seen = {}
    for stock in (True, False):
        finished = execute.execute(execute.RunSpec(chapter), stock=stock)
        assert finished.result.status == "ok", finished.result.reason
        path = tmp_path / f"{stock}.ipynb"
        notebook = nbformat.reads(finished.files["notebook.ipynb"].decode(), as_version=4)
        accept.write_reference(notebook, path)
        seen[stock] = (finished.result.key, finished.files["results.json"], path.read_bytes())
    assert seen[True] == seen[False]


SURROUNDINGS = """
import json, os, signal, sys, threading, warnings
names = [name for name in sys.modules if name.split('.')[0] == 'helpers']
before = dict(
    path=sys.path, argv=sys.argv[:-1], flags=str(sys.flags), executable=sys.executable,
    helpers=names, hash=hash('a'), cwd=os.getcwd(), group=os.getpgrp() == os.getpid(),
    signals=[str(signal.getsignal(s)) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)],
    environment=sorted(set(os.environ) - {'BOOK_FORK_PARENT'}), streams=str(type(sys.stdout)),
    main=sys.modules['__main__'].__name__,
    threads=sorted(t.name.rstrip('0123456789') for t in threading.enumerate() if '_' not in t.name),
    stdin=os.read(0, 1) == b'', recursion=sys.getrecursionlimit(),
)
import matplotlib, numpy, pandas
import matplotlib.pyplot
small = {k: repr(v) for k, v in matplotlib.rcParams.items()}
a = numpy.ones((300, 300)) @ numpy.ones((300, 300))
after = dict(
    backend=matplotlib.get_backend(), rc=small, pandas=pandas.describe_option(_print_desc=False),
    errors=numpy.geterr(), print=str(numpy.get_printoptions()),
)
print(json.dumps([before, after]))
"""


def test_a_chapter_finds_the_surroundings_of_a_stock_kernel(strict, tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONSTARTUP", raising=False)
    found = {}
    for name in (STOCK, FORKED):
        with session(name, cwd=str(tmp_path)) as kernel:
            found[name] = kernel.json(SURROUNDINGS)
            threads = kernel.json("import os; print(len(os.listdir('/proc/self/task')))")
            found[name].append(threads)
    assert found[FORKED][:2] == found[STOCK][:2]
    assert found[FORKED][0]["helpers"] == []  # first-party code is read when a kernel starts
    assert found[FORKED][2] <= found[STOCK][2]  # threads of the system, those of BLAS included


def test_the_parent_has_one_thread_and_a_private_folder(strict):
    with session() as kernel:
        parent = kernel.json("import os; print(os.getppid())")
        assert len(os.listdir(f"/proc/{parent}/task")) == 1
        folder = Path(os.environ[forks.ADDRESS]).parent
        assert folder.stat().st_mode & 0o777 == 0o700
        assert forks.ADDRESS not in kernel.json("import json; print(json.dumps(["
                                                      "*os.environ]))")


def test_tables_read_without_being_declared_are_seen(strict, workshop):
    spec = workshop("from helpers import paths\n"
                    "open(paths.DATA / 'paper' / 'claims.csv').close()")
    result = execute.execute(spec, stock=False).result
    assert result.status == "failed"
    assert "read without being declared: data/paper/claims.csv" in result.reason


@pytest.mark.parametrize("stock, forked", [("", "True"), ("1", "False")])
def test_nbval_uses_forked_kernels_unless_stock_ones_are_asked_for(tmp_path, stock, forked):
    cell = nbformat.v4.new_code_cell(f"import os\nprint({IS_FORKED})", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"{forked}\n")]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "one.ipynb")
    environment = {**os.environ, "BOOK_STOCK_KERNELS": stock}
    environment.pop(forks.ADDRESS, None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "conftest", "-p", "no:cacheprovider",
         "-c", "pyproject.toml", str(tmp_path / "one.ipynb")],
        cwd=paths.ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


# Nothing passes from one kernel to the next


def test_nothing_leaks_into_the_next_kernel(strict):
    with session() as kernel:
        kernel.run(
            "import os, numpy, pandas, matplotlib, warnings, random\n"
            "os.environ['LEAK'] = '1'; numpy.LEAK = 1; LEAK = 1\n"
            "pandas.set_option('display.precision', 3); matplotlib.rcParams['font.size'] = 40\n"
            "warnings.simplefilter('error'); numpy.seterr(all='raise')")
        first = kernel.json("import json\nprint(json.dumps([numpy.random.rand(), "
                            "numpy.random.default_rng().random(), random.random()]))")
    with session() as kernel:
        found = kernel.json(
            "import json, os, numpy, pandas, matplotlib, warnings, random\n"
            "print(json.dumps(['LEAK' in os.environ, hasattr(numpy, 'LEAK'), 'LEAK' in globals(),"
            "pandas.get_option('display.precision') == 3, matplotlib.rcParams['font.size'] == 40,"
            "warnings.filters[0][0] == 'error', numpy.geterr()['over'] == 'raise']))")
        second = kernel.json("print(json.dumps([numpy.random.rand(), "
                             "numpy.random.default_rng().random(), random.random()]))")
    assert found == [False] * 7
    assert all(a != b for a, b in zip(first, second, strict=True))  # numpy's old generator too


def test_an_edited_helper_is_read_by_the_next_kernel(strict, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for value in (1, 22):
        Path("own_helper.py").write_text(f"value = {value}")
        with session(cwd=str(tmp_path)) as kernel:
            assert kernel.json("import own_helper; print(own_helper.value)") == value


# Signals and ends


def answer(receive, request: str, kind: str) -> dict:
    """The message of a kind that answers a request; others may still be on their way."""
    while True:
        message = receive(timeout=20)
        if (message["parent_header"].get("msg_id"), message["msg_type"]) == (request, kind):
            return message


def test_an_interrupt_reaches_the_cell(strict):
    with session() as kernel:
        # Without the option an error makes the kernel drop what comes right after it.
        sent = kernel.client.execute("import time; time.sleep(60)", stop_on_error=False)
        answer(kernel.client.get_iopub_msg, sent, "execute_input")
        time.sleep(0.3)
        kernel.manager.interrupt_kernel()
        reply = answer(kernel.client.get_shell_msg, sent, "execute_reply")
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert kernel.run("print('alive')") == "alive\n"


@pytest.mark.parametrize("code, status", [
    ("os._exit(3)", 3), ("os.kill(os.getpid(), 9)", -signal.SIGKILL)])
def test_a_kernel_that_dies_is_reported_with_its_status(strict, code, status):
    with session() as kernel:
        process = kernel.manager.provisioner.process
        kernel.client.execute("import os; " + code)
        assert process.wait(10) == status and process.poll() == status
        assert not kernel.manager.is_alive()


def test_a_chapter_whose_kernel_dies_is_not_run_again(strict, workshop):
    lost = forks.lost()
    assert execute.execute(workshop("os._exit(3)"), stock=False).result.status == "dead"
    assert forks.lost() == lost


DRIVER = """
import os, sys, time
from pathlib import Path
from jupyter_client.manager import start_new_kernel
from helpers.pipeline import executors, forks, kernels

def work(folder):
    manager, client = start_new_kernel(kernel_name=kernels.FORKED, config=kernels.configuration())
    pids = [os.getpid(), manager.provisioner.process.pid]
    note = Path(folder) / "aside"
    note.write_text(" ".join(map(str, pids)))
    note.rename(Path(folder) / "pids")
    client.execute_interactive("import time; time.sleep(120)")

if __name__ == "__main__":
    os.environ.update(kernels.environment())
    kernels.prepare()
    with executors.make_pool(1) as pool:
        (Path(sys.argv[1]) / "parent").write_text(
            f"{forks._owned[0].pid} {os.environ[forks.ADDRESS]}")
        pool.submit(work, sys.argv[1]).result()
"""


def test_nothing_is_left_when_the_driver_is_killed(tmp_path):
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    environment = dict(os.environ)
    environment.pop(forks.ADDRESS, None)
    driver = subprocess.Popen([sys.executable, str(script), str(tmp_path)], env=environment)
    try:
        until = time.monotonic() + 60
        while not (tmp_path / "pids").exists():
            assert driver.poll() is None and time.monotonic() < until
            time.sleep(0.05)
        time.sleep(0.5)
    finally:
        driver.kill()
    killed = time.monotonic()
    driver.wait()
    parent, address = (tmp_path / "parent").read_text().split()
    worker, kernel = map(int, (tmp_path / "pids").read_text().split())
    for pid in (kernel, worker, int(parent)):
        assert gone(pid, 5 - (time.monotonic() - killed)), pid
    assert not Path(address).parent.exists()


def test_a_kernel_is_killed_when_who_asked_for_it_is_gone(strict):
    with session() as kernel:
        process = kernel.manager.provisioner.process
        process.connection.close()
        assert gone(process.pid)


# Without a process to fork from


def test_a_run_succeeds_though_the_parent_is_killed_and_this_is_said_once(
        anew, workshop, capfd):
    spec = workshop(f"{IS_FORKED} and os.kill(os.getppid(), 9)")
    first = execute.execute(spec, stock=False).result  # killed while a cell runs
    assert first.status == "ok", first.reason
    assert anew[0].wait() == -signal.SIGKILL
    assert execute.execute(spec, stock=False).result.status == "ok"  # gone before the start
    assert capfd.readouterr().err.count("Kernels start the ordinary way") == 1


def test_a_kernel_with_other_settings_of_the_interpreter_is_a_stock_one(
        anew, workshop, monkeypatch, capfd):
    spec = workshop(f"assert not {IS_FORKED}")
    monkeypatch.setattr(kernels, "environment", lambda before=kernels.environment: {
        **before(), "PYTHONWARNINGS": "" if forks.ADDRESS not in os.environ else "error"})
    monkeypatch.setenv("PYTHONWARNINGS", "")
    assert execute.execute(spec, stock=False).result.status == "ok"
    assert "other value of PYTHONWARNINGS" in capfd.readouterr().err


def test_a_parent_that_cannot_start_ends_in_a_stock_kernel(anew, workshop, monkeypatch, capfd):
    monkeypatch.setattr(forks.subprocess, "Popen", _broken(subprocess.Popen))
    spec = workshop(f"assert not {IS_FORKED}")
    assert execute.execute(spec, stock=False).result.status == "ok"
    assert "Kernels start the ordinary way" in capfd.readouterr().err


def _broken(popen):
    def start(command, **options):
        if "forkserver" in str(command):
            command = [sys.executable, "-c", "raise SystemExit(1)"]
        return popen(command, **options)

    return start


def test_a_changed_lock_file_brings_a_new_parent(anew, strict, monkeypatch):
    parents = []
    for lock in ("a", "b", "b"):
        monkeypatch.setattr(forks, "_lock_hash", lambda lock=lock: lock)
        with session() as kernel:
            parents.append(kernel.json("import os; print(os.getppid())"))
    assert parents[0] != parents[1] == parents[2]
    assert anew[0].wait(5) == 0


def test_a_parent_that_nobody_asks_ends_by_itself(anew, strict, monkeypatch):
    monkeypatch.setattr(forks, "IDLE_SECONDS", 0.3)
    forks.prepare()
    address = Path(os.environ[forks.ADDRESS])
    assert anew[0].wait(60) == 0 and not address.parent.exists()


def test_stock_kernels_can_be_asked_for(monkeypatch):
    monkeypatch.delenv("BOOK_STOCK_KERNELS", raising=False)
    assert kernels.kernel_name() == kernels.kernel_name(stock=False) == FORKED
    monkeypatch.setenv("BOOK_STOCK_KERNELS", "1")
    assert kernels.kernel_name() == kernels.kernel_name(stock=True) == STOCK
    monkeypatch.setattr(sys, "platform", "darwin")
    assert kernels.kernel_name(stock=False) == STOCK
