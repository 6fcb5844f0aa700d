"""Forked kernels give the outputs of stock ones, keep nothing, and outlive nobody."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from jupyter_core.utils import run_sync

from helpers import paths
from helpers.pipeline import accept, execute, forks, kernels

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="kernels are forked on Linux only; nothing is tested here")

FORKED, STOCK = kernels.FORKED, kernels.KERNEL
IS_FORKED = "'parents/kernels' in open(f'/proc/{os.getppid()}/cmdline').read()"


@pytest.fixture(scope="module", autouse=True)
def ended():
    """Start anew here, and leave no process behind."""
    forks.stop()
    os.environ.pop(forks.FOLDER, None)
    yield
    forks.stop()


@pytest.fixture
def anew(monkeypatch):
    """A process to fork from for one test alone."""
    monkeypatch.delenv(forks.FOLDER, raising=False)
    owned = []
    monkeypatch.setattr(forks, "_owned", owned)
    monkeypatch.setattr(forks, "_made", [])
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
    environment=sorted(set(os.environ) - {'BOOK_FORK_FOLDER'}), streams=str(type(sys.stdout)),
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
    for one, other in zip(found[FORKED][:2], found[STOCK][:2], strict=True):
        assert {k: (v, other[k]) for k, v in one.items() if v != other[k]} == {}
    assert found[FORKED][0]["helpers"] == []  # first-party code is read when a kernel starts
    assert found[FORKED][2] <= found[STOCK][2]  # threads of the system, those of BLAS included


def test_a_kernel_has_the_limits_and_the_mask_of_who_asks_for_it(strict):
    seen = "import json, os, resource; mask = os.umask(0); os.umask(mask)\n" \
           "print(json.dumps([mask, resource.getrlimit(resource.RLIMIT_NOFILE)]))"
    mask, limit = os.umask(0o037), resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit[0] - 1, limit[1]))
        with session() as kernel:  # forked from a parent that was there before
            assert kernel.json(seen) == [0o037, [limit[0] - 1, limit[1]]]
    finally:
        os.umask(mask)
        resource.setrlimit(resource.RLIMIT_NOFILE, limit)


def test_the_parent_has_one_thread_and_a_private_folder(strict):
    with session() as kernel:
        parent = kernel.json("import os; print(os.getppid())")
        assert len(os.listdir(f"/proc/{parent}/task")) == 1
        folder = Path(os.environ[forks.FOLDER])
        assert folder.stat().st_mode & 0o777 == 0o700
        assert forks.FOLDER not in kernel.json("import json; print(json.dumps(["
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
    environment.pop(forks.FOLDER, None)
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


def test_killing_a_kernel_waits_for_its_end(strict):
    with session() as kernel:
        process = kernel.manager.provisioner.process
        run_sync(kernel.manager.provisioner.kill)()
        assert process.returncode == -signal.SIGKILL  # heard already, not only asked for


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
            f"{forks._owned[0].pid} {os.environ[forks.FOLDER]}")
        pool.submit(work, sys.argv[1]).result()
"""


def test_nothing_is_left_when_the_driver_is_killed(tmp_path):
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    environment = dict(os.environ)
    environment.pop(forks.FOLDER, None)
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
    parent, folder = (tmp_path / "parent").read_text().split()
    worker, kernel = map(int, (tmp_path / "pids").read_text().split())
    for pid in (kernel, worker, int(parent)):
        assert gone(pid, 5 - (time.monotonic() - killed)), pid
    assert gone(int(parent)) and not Path(folder).exists()


def test_a_kernel_is_killed_when_who_asked_for_it_is_gone(strict):
    with session() as kernel:
        process = kernel.manager.provisioner.process
        process.connection.close()
        assert gone(process.pid)


# Without a process to fork from


def test_a_run_succeeds_though_the_parent_is_killed_and_this_is_said_once(
        anew, workshop, capfd):
    # The cell waits for its end: the kernel dies a moment after its parent, and a chapter that
    # reached its last cell in that moment would be whole, with nothing to say.
    spec = workshop(f"{IS_FORKED} and (os.kill(os.getppid(), 9), __import__('time').sleep(60))")
    for parent in range(2):  # the second run finds no parent, and starts another
        result = execute.execute(spec, stock=False).result
        assert result.status == "ok", result.reason
        assert anew[parent].wait() == -signal.SIGKILL
    assert capfd.readouterr().err.count("Kernels start the ordinary way") == 1


def test_a_run_succeeds_though_another_command_owned_the_parent_and_is_killed(
        anew, workshop, monkeypatch, tmp_path):
    monkeypatch.setenv(forks.FOLDER, str(tmp_path))
    owner = subprocess.Popen(
        [sys.executable, "-c", "from helpers.pipeline import kernels\n"
         "kernels.prepare()\nprint(flush=True)\ninput()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert owner.stdout.readline()
        spec = workshop(f"{IS_FORKED} and (os.kill({owner.pid}, 9), __import__('time').sleep(60))")
        lost = forks.lost()
        result = execute.execute(spec, stock=False).result
        assert result.status == "ok", result.reason
        assert forks.lost() == lost + 1 and not anew
        assert owner.wait() == -signal.SIGKILL
    finally:
        owner.kill()
        owner.communicate()


def test_a_kernel_with_other_settings_of_the_interpreter_is_not_forked(strict):
    with session(), pytest.raises(forks.NoFork, match="other value of PYTHONWARNINGS"):
        request = {"env": {**os.environ, "PYTHONWARNINGS": "error"}, "cwd": "/"}
        forks.fork(forks.KERNELS, request, [1, 2])


def test_other_settings_of_the_interpreter_have_a_parent_of_their_own(anew, strict, monkeypatch):
    parents = []
    for setting in ("error", "default", "default"):
        monkeypatch.setenv("PYTHONWARNINGS", setting)
        with session() as kernel:
            parents.append(kernel.json(
                "import os, sys; print(f'[{os.getppid()}, \"{sys.warnoptions[0]}\"]')"))
    assert [setting for _, setting in parents] == ["error", "default", "default"]
    assert parents[0] != parents[1] == parents[2]


def test_a_parent_that_cannot_start_ends_in_a_stock_kernel(anew, workshop, monkeypatch, capfd):
    monkeypatch.setattr(forks.subprocess, "Popen", _broken(subprocess.Popen))
    spec = workshop(f"assert not {IS_FORKED}")
    assert execute.execute(spec, stock=False).result.status == "ok"
    assert "Kernels start the ordinary way" in capfd.readouterr().err


def _broken(popen):
    def start(command, **options):
        if "parents/kernels" in str(command):
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


def test_a_parent_that_nobody_asks_ends_by_itself(anew, strict, monkeypatch):
    monkeypatch.setattr(forks, "IDLE_SECONDS", 0.3)
    address = forks.prepare(forks.KERNELS)
    assert anew[0].wait(60) == 0 and not address.parent.exists()


# Standing by for the next command


@pytest.fixture
def runtime(monkeypatch):
    """A runtime folder of its own, with a short name since it is to hold sockets."""
    folder = Path(tempfile.mkdtemp(prefix="t-"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    monkeypatch.delenv(forks.FOLDER, raising=False)
    yield folder
    shutil.rmtree(folder)


COMMAND = """
import os
from jupyter_client.manager import start_new_kernel
from helpers.pipeline import kernels
os.environ.update(kernels.environment())
manager, client = start_new_kernel(kernel_name=kernels.FORKED, config=kernels.configuration())
client.execute_interactive("import os; print(os.getppid(), os.getpid())")
manager.shutdown_kernel(now=True)
"""


def command(minutes: str) -> tuple[int, int]:
    """Run a kernel in a process of its own; ids of what it was forked from, and of the kernel.

    Its output is read to the end, which would never come if what stands by held it open.
    """
    done = subprocess.run([sys.executable, "-c", COMMAND], capture_output=True, text=True,
                          timeout=120, env={**os.environ, forks.STANDBY: minutes})
    assert done.returncode == 0, done.stderr
    parent, kernel = map(int, done.stdout.split())
    return parent, kernel


def test_the_next_command_finds_the_parent_of_the_last(runtime):
    first, kernel = command("1")
    try:
        second, _ = command("1")
        assert first == second and gone(kernel)
        folder = next(runtime.iterdir())
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        os.kill(first, signal.SIGKILL)
    assert gone(first)
    third, _ = command("0.02")  # finds a dead one and starts another, which waits 1.2 seconds
    assert third != first and gone(third)
    assert not list(folder.glob("*.socket"))


def test_without_standby_nothing_is_left(runtime):
    parent, kernel = command("0")
    assert gone(parent) and gone(kernel) and not list(runtime.iterdir())


def test_a_folder_that_others_can_enter_is_left_alone(runtime, anew, monkeypatch):
    """Whoever can reach a socket can run code."""
    monkeypatch.setenv(forks.STANDBY, "1")
    open_to_others = runtime / f"book-{os.getuid()}"
    open_to_others.mkdir(mode=0o755)
    address = forks.prepare(forks.PAGES)
    assert address.parent != open_to_others and not list(open_to_others.iterdir())
    assert len(anew) == 1  # owned, so it ends with this process


@pytest.mark.parametrize("given, kept", [(None, "10"), ("0", "0")])
def test_only_the_command_lets_processes_stand_by(monkeypatch, given, kept):
    from click.testing import CliRunner

    from helpers.pipeline import cli

    monkeypatch.setenv(forks.STANDBY, "")  # so that it is put back afterwards
    monkeypatch.delenv(forks.STANDBY)
    if given is not None:
        monkeypatch.setenv(forks.STANDBY, given)
    elif forks.standby_seconds():
        raise AssertionError("a library must not leave processes behind")
    assert CliRunner().invoke(cli.main, ["why", "no-such-chapter"]).exit_code == 2
    assert os.environ[forks.STANDBY] == kept


def test_stock_kernels_can_be_asked_for(monkeypatch):
    monkeypatch.delenv("BOOK_STOCK_KERNELS", raising=False)
    assert kernels.kernel_name() == kernels.kernel_name(stock=False) == FORKED
    monkeypatch.setenv("BOOK_STOCK_KERNELS", "1")
    assert kernels.kernel_name() == kernels.kernel_name(stock=True) == STOCK
    monkeypatch.setattr(sys, "platform", "darwin")
    assert kernels.kernel_name(stock=False) == STOCK
