"""Each run has a process of its own: deadlines, deaths, and what is left when a command ends."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from small_runs import executed, notebook, outputs

from helpers.pipeline.running import processes
from helpers.pipeline.running.work import Work

pytestmark = pytest.mark.slow  # processes and kernels of their own

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
PATIENCE_SECONDS = 60  # a bound for what comes at once on a quiet machine, not a measurement


@pytest.fixture(autouse=True)
def signals_as_in_a_terminal():
    """Under `nohup`, or behind `&` in a script, all that is started ignores two of them.

    A driver would then live until its cells have slept, ten minutes.
    """
    standard = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in standard.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for(condition, what: str):
    """Wait until a condition holds, and return what it gave."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"never: {what}")


def noted(path: Path, count: int = 1):
    """Process ids that cells have written to a file, once there are so many."""
    def read():
        lines = path.read_text().splitlines() if path.exists() else []
        return [int(line) for line in lines] if len(lines) >= count else None
    return wait_for(read, f"{count} lines in {path.name}")


def note(path: Path) -> str:
    """Source that writes the process id of a cell to a file."""
    return f"import os\nopen({str(path)!r}, 'a').write(f'{{os.getpid()}}\\n')"


def test_outcomes_are_settled_with_their_keys_and_no_more_run_at_once_than_asked(tmp_path):
    source = f"""
        import os, pathlib, time
        folder = pathlib.Path({str(tmp_path)!r})
        own = folder / str(os.getpid())
        own.touch()
        time.sleep(0.2)
        print(len(list(folder.iterdir())))
        own.unlink()"""
    outcomes = {}
    works = [(number, Work(notebook(source))) for number in range(5)]
    processes.run(iter(works), 2, outcomes.__setitem__)
    assert sorted(outcomes) == list(range(5))
    counts = [int(outputs(outcome)[0][0]["text"]) for outcome in outcomes.values()]
    assert max(counts) <= 2


def test_nothing_to_run_is_no_error():
    processes.run([], 2, None)


def test_the_folder_of_a_run_is_empty_and_gone_afterwards(tmp_path):
    source = "import os\nprint(os.getcwd(), os.listdir())\nopen('left', 'w').write('x')"
    outcome = executed(Work(notebook(source, "pass"), folder=str(tmp_path)))
    folder, listed = outputs(outcome)[0][0]["text"].split()
    assert listed == "[]"
    assert Path(folder).parent == tmp_path
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stock", [False, True], ids=["own process", "stock kernel"])
def test_a_cell_that_runs_too_long_ends_the_run(stock):
    work = Work(notebook("import time", "time.sleep(600)"), cell_seconds=1)
    outcome = executed(work, stock=stock)
    which = "a cell" if stock else "cell 2"
    assert (outcome.status, outcome.reason) == ("timeout", f"{which} ran for more than 1 seconds")
    assert outcome.notebook is None


def test_the_deadline_is_one_for_each_cell():
    work = Work(notebook(*["import time\ntime.sleep(0.7)"] * 4), cell_seconds=2)
    assert executed(work).status == "ok"


def test_a_cell_that_takes_long_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "TELL_SECONDS", 0.1)
    told = []

    def slow(key, cell, seconds):
        told.append((key, cell, seconds > 0))
        if len(told) == 2:
            (tmp_path / "go on").touch()

    source = (f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'go on')!r}).exists():"
              "\n    time.sleep(0.02)")
    assert executed(Work(notebook("1", source)), slow=slow).status == "ok"
    assert told[:2] == [("only", 2, True)] * 2


@linux
def test_a_run_that_holds_the_interpreter_ends_at_its_deadline(tmp_path):
    hold = "import re\nre.match('(a+)+b', 'a' * 60)"
    work = Work(notebook(note(tmp_path / "pid"), hold), cell_seconds=1)
    assert executed(work).status == "timeout"
    [pid] = noted(tmp_path / "pid")
    wait_for(lambda: not alive(pid), "end of the process")


def test_a_run_that_is_killed_is_tried_again_and_others_do_not_notice(tmp_path):
    once = f"""
        import os, pathlib, signal
        mark = pathlib.Path({str(tmp_path / 'mark')!r})
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)"""
    outcomes = {}
    works = [("killed", Work(notebook(once))), ("other", Work(notebook("1")))]
    processes.run(works, 2, outcomes.__setitem__)
    assert {key: outcome.status for key, outcome in outcomes.items()} == {
        "killed": "ok", "other": "ok"}


def test_a_run_that_is_killed_each_time_is_dead_after_the_second(tmp_path):
    kill = "import signal\nos.kill(os.getpid(), signal.SIGKILL)"
    outcomes = {}
    works = [("killed", Work(notebook(note(tmp_path / "pids"), kill))),
             ("other", Work(notebook("1")))]
    processes.run(works, 2, outcomes.__setitem__)
    assert outcomes["other"].status == "ok"
    assert outcomes["killed"].status == "dead"
    assert outcomes["killed"].reason == "the process of the run died: killed by SIGKILL"
    assert len(noted(tmp_path / "pids")) == processes.TRIES


def test_a_run_that_ends_its_own_process_is_dead_and_not_tried_again(tmp_path):
    outcome = executed(Work(notebook(note(tmp_path / "pids"), "os._exit(3)")))
    assert outcome.status == "dead"
    assert outcome.reason == "the process of the run died: exit status 3"
    assert len(noted(tmp_path / "pids")) == 1


def test_a_run_that_closes_everything_is_dead():
    outcome = executed(Work(notebook("import os", "os.closerange(3, 100)", "1")))
    assert outcome.status == "dead"


@linux
def test_what_a_cell_has_started_ends_with_its_run(tmp_path):
    source = f"""
        import subprocess
        started = subprocess.Popen(['sleep', '600'])
        open({str(tmp_path / 'pid')!r}, 'w').write(f'{{started.pid}}\\n')"""
    assert executed(Work(notebook(source))).status == "ok"
    [pid] = noted(tmp_path / "pid")
    wait_for(lambda: not alive(pid), "end of what a cell has started")


@linux
def test_runs_survive_the_death_of_what_they_are_forked_from(tmp_path):
    source = f"""
        import os, pathlib, signal
        mark = pathlib.Path({str(tmp_path / 'mark')!r})
        if not mark.exists():
            mark.touch()
            os.kill(os.getppid(), signal.SIGKILL)
            import time
            time.sleep(600)"""
    outcomes = {}
    works = [("first", Work(notebook(source))), ("second", Work(notebook("1")))]
    processes.run(works, 1, outcomes.__setitem__)
    assert {key: outcome.status for key, outcome in outcomes.items()} == {
        "first": "ok", "second": "ok"}


class Deaf:
    """A process to start whose fork server hangs up the first times."""

    def __init__(self, error, times):
        self.error, self.times, self.started = error, times, 0

    def start(self):
        self.started += 1
        if self.started <= self.times:
            raise self.error


@pytest.mark.parametrize("error", [EOFError(), ConnectionResetError(), BrokenPipeError(),
                                   ConnectionRefusedError()])
def test_a_process_is_asked_for_again_while_its_fork_server_dies(monkeypatch, error):
    monkeypatch.setattr(processes, "start", lambda: None)
    deaf = Deaf(error, 3)
    processes._start(deaf)
    assert deaf.started == 4


def test_a_fork_server_that_hangs_up_each_time_is_an_error(monkeypatch):
    monkeypatch.setattr(processes, "start", lambda: None)
    deaf = Deaf(EOFError(), 1000)
    with pytest.raises(EOFError):
        processes._start(deaf)
    assert deaf.started == processes.STARTS


def test_an_error_of_who_listens_ends_all_runs(tmp_path):
    def settle(key, outcome):
        raise LookupError(key)

    works = [("quick", Work(notebook("1"))),
             ("slow", Work(notebook(note(tmp_path / "pid"), "import time\ntime.sleep(600)")))]
    with pytest.raises(LookupError):
        processes.run(works, 2, settle)
    if (tmp_path / "pid").exists() and sys.platform == "linux":
        [pid] = noted(tmp_path / "pid")
        assert not alive(pid)


DRIVER = """
    import sys
    from pathlib import Path
    sys.path.insert(0, {tests!r})
    from small_runs import notebook
    from helpers.pipeline.running import processes
    from helpers.pipeline.running.work import Work
    if __name__ == "__main__":
        note = '''
            import os, subprocess
            started = subprocess.Popen(['sleep', '600'])
            with open({pids!r}, 'a') as file:
                file.write(f'{{os.getpid()}}\\\\n{{os.getppid()}}\\\\n{{started.pid}}\\\\n')'''
        works = [(n, Work(notebook(note, {hold!r}))) for n in range(3)]
        try:
            processes.run(works, 2, print, stock={stock})
        except KeyboardInterrupt:
            print('interrupted', flush=True)
            raise SystemExit(130)
"""
SLEEP = "import time\ntime.sleep(600)"
HOLD = "import re\nre.match('(a+)+b', 'a' * 60)"  # never lets another thread of its process run


def driver(folder: Path, hold: str, stock: bool = False) -> tuple[subprocess.Popen, list[int]]:
    """A command that runs works which never end; and its processes, once two runs are on."""
    file = folder / "driver.py"
    file.write_text(textwrap.dedent(DRIVER).format(
        tests=str(Path(__file__).parent), pids=str(folder / "pids"), hold=hold, stock=stock))
    started = subprocess.Popen(
        [sys.executable, str(file)], stdout=subprocess.PIPE, text=True, start_new_session=True)
    return started, noted(folder / "pids", 6)


def gone(pids) -> bool:
    return not any(map(alive, pids))


@linux
@pytest.mark.parametrize("hold", [SLEEP, HOLD], ids=["sleeping", "holding the interpreter"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_no_process_outlives_a_driver_that_is_killed(tmp_path, hold, how):
    command, pids = driver(tmp_path, hold)
    assert len(set(pids)) == 5  # two runs, what their cells have started, and the fork server
    os.kill(command.pid, how)
    command.wait()
    wait_for(lambda: gone(pids), "end of every process")


@linux
@pytest.mark.parametrize("hold", [SLEEP, HOLD], ids=["sleeping", "holding the interpreter"])
def test_an_interrupt_ends_every_process_and_reaches_the_command(tmp_path, hold):
    command, pids = driver(tmp_path, hold)
    os.killpg(command.pid, signal.SIGINT)  # as a terminal does: to the driver and its group
    assert command.communicate()[0] == "interrupted\n"
    assert command.returncode == 130
    wait_for(lambda: gone(pids), "end of every process")


@linux
def test_no_process_outlives_a_driver_that_is_killed_with_the_process_to_fork_from(tmp_path):
    command, pids = driver(tmp_path, HOLD)
    server = max(set(pids), key=pids.count)
    os.kill(server, signal.SIGKILL)
    os.kill(command.pid, signal.SIGKILL)
    command.wait()
    wait_for(lambda: gone(pids), "end of every process")


@linux
def test_no_stock_kernel_outlives_a_driver_that_is_killed(tmp_path):
    command, pids = driver(tmp_path, SLEEP, stock=True)
    os.kill(command.pid, signal.SIGKILL)
    command.wait()
    kernels = pids[0::3]
    wait_for(lambda: gone(kernels), "end of every kernel")
    for pid in pids:  # what a stock kernel's cells have started is not ours to end
        if alive(pid) and pid in pids[2::3]:
            os.kill(pid, signal.SIGKILL)


def test_starting_early_does_not_wait_and_leaves_no_trace_in_the_environment():
    before = dict(os.environ)
    processes.start()
    assert dict(os.environ) == before
    assert executed(Work(notebook("1"))).status == "ok"
    assert dict(os.environ) == before


def test_an_interrupt_waits_for_the_end_of_a_request(monkeypatch):
    """Half a request would make the fork server print a traceback of its own."""
    done = []
    with pytest.raises(KeyboardInterrupt), processes._uninterrupted():
        signal.raise_signal(signal.SIGINT)
        done.append("request")
    assert done == ["request"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
