"""Runs are shared, dropped, bounded and ordered; a death in one leaves the others alone."""

import os
import signal
import threading
import time
from concurrent.futures import CancelledError

import pytest
from live_book import BROKEN, YEARS, until, write

from helpers import parameters
from helpers.pipeline import plan, store
from helpers.pipeline.execute import RunResult
from helpers.pipeline.live.runner import Full, Runner
from helpers.pipeline.running import environment, processes

YEAR = parameters.defaults()["horizon_year"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write(tmp_path_factory.mktemp("runner") / "book")


class Slow:
    """Runs that end when they are let go."""

    def __init__(self, status="ok"):
        self.ran, self.go, self.status = [], threading.Event(), status

    def __call__(self, project, planned):
        self.ran.append(planned.values["horizon_year"])
        assert self.go.wait(60)
        return RunResult(planned.chapter, self.status, planned.key, reason="because")


def planned(project, year, chapter=YEARS):
    return plan.make(project, chapter, {"horizon_year": year})


def test_two_who_ask_the_same_share_one_run(project):
    slow = Slow()
    runner = Runner(project, 2, run=slow)
    tickets = [runner.ask(planned(project, 2030)) for _ in range(3)]
    slow.go.set()
    assert {ticket.future.result(60).key for ticket in tickets} == {planned(project, 2030).key}
    assert slow.ran == [2030]
    runner.close()


def test_the_most_urgent_comes_first_and_what_nobody_waits_for_never(project):
    slow = Slow()
    runner = Runner(project, 1, run=slow)
    first = runner.ask(planned(project, 2030))
    until(lambda: slow.ran == [2030])
    rest = {year: runner.ask(planned(project, year), urgency) for year, urgency in
            [(2031, 2), (2032, 2), (2033, 1), (2034, 1)]}
    again = runner.ask(planned(project, 2034), 2)
    rest[2031].leave()
    rest[2034].leave()
    first.leave()  # it has begun, so it is left to finish
    slow.go.set()
    assert first.future.result(60).status == again.future.result(60).status == "ok"
    rest[2032].future.result(60)
    assert slow.ran == [2030, 2033, 2034, 2032]
    with pytest.raises(CancelledError):
        rest[2031].future.result(0)
    runner.close()


def test_one_who_waits_for_it_more_urgently_brings_it_forward(project):
    slow = Slow()
    runner = Runner(project, 1, run=slow)
    runner.ask(planned(project, 2030))
    until(lambda: slow.ran)
    runner.ask(planned(project, 2031), 2)
    runner.ask(planned(project, 2032), 2)
    last = runner.ask(planned(project, 2032), 1)
    slow.go.set()
    last.future.result(60)
    until(lambda: len(slow.ran) == 3)
    assert slow.ran == [2030, 2032, 2031]
    runner.close()


def test_the_queue_is_bounded_and_a_place_that_is_left_is_free(project):
    slow = Slow()
    runner = Runner(project, 1, run=slow, most_waiting=1)
    runner.ask(planned(project, 2030))
    until(lambda: slow.ran)
    waiting = runner.ask(planned(project, 2031))
    with pytest.raises(Full):
        runner.ask(planned(project, 2032))
    waiting.leave()
    runner.ask(planned(project, 2032))
    assert runner.count() == (1, 1)
    slow.go.set()
    runner.close()


@pytest.mark.parametrize("status, ran", [("failed", 1), ("timeout", 1), ("dead", 2), ("moved", 2)])
def test_a_failure_is_kept_if_it_follows_from_the_key(project, status, ran):
    slow = Slow(status)
    slow.go.set()
    runner = Runner(project, 1, run=slow)
    for _ in range(2):
        assert runner.ask(planned(project, 2030)).future.result(60).status == status
        until(lambda: runner.count() == (0, 0))
    assert len(slow.ran) == ran
    runner.close()


def test_a_thread_outlives_what_goes_wrong_in_it(project):
    def breaks(project, planned):
        raise OSError("the disk is full")

    runner = Runner(project, 1, run=breaks)
    for year in (2030, 2031):
        result = runner.ask(planned(project, year)).future.result(60)
        assert (result.status, result.reason) == ("dead", "OSError: the disk is full")
    runner.close()


def test_whoever_waits_when_it_is_closed_waits_no_more(project):
    slow = Slow()
    runner = Runner(project, 1, run=slow)
    runner.ask(planned(project, 2030))
    until(lambda: slow.ran)
    waiting = runner.ask(planned(project, 2031))
    runner.close()
    with pytest.raises(CancelledError):
        waiting.future.result(1)
    slow.go.set()


def test_real_runs_side_by_side_go_into_the_store_and_leave_the_surroundings_alone(project):
    """Planted below: without the lock this sees variables of a run."""
    before, seen, stop = dict(os.environ), [], threading.Event()

    def look():
        while not stop.is_set():
            with environment.CHANGING:
                if dict(os.environ) != before:
                    seen.append(dict(os.environ))
            time.sleep(0.001)

    looking = threading.Thread(target=look)
    looking.start()
    runner = Runner(project, 3)
    plans = [planned(project, year) for year in range(2027, 2031)]
    tickets = [runner.ask(each) for each in plans]
    results = [ticket.future.result(120) for ticket in tickets]
    stop.set()
    looking.join()
    assert [result.status for result in results] == ["ok"] * 4, results
    assert all(store.published(project.build, each.key) for each in plans)
    assert seen == [] and dict(os.environ) == before
    assert runner.ask(plans[0]).future.result(1).cached
    runner.close()


def test_variables_without_the_lock_would_be_seen():
    """The red case of the test above: whoever does not wait sees what a run gets."""
    with environment.surroundings({"BOOK_SEEN": "yes"}):
        told = []
        thread = threading.Thread(target=lambda: told.append(os.environ.get("BOOK_SEEN")))
        thread.start()
        thread.join()
    assert told == ["yes"] and "BOOK_SEEN" not in os.environ


@pytest.mark.skipif(not processes.FORKS, reason="looks for processes in /proc")
def test_a_run_that_is_killed_is_an_answer_and_the_next_one_runs(project):
    from small_book import PARAMETERS
    from small_book import write as chapter

    chapter(project, "5-long", "import os, time\nfrom helpers import parameters\n"
            "parameters.check(globals())\nif horizon_year > 2030:\n"
            f"    open(os.path.join({str(project.root)!r}, '..', f'pid-{{os.getpid()}}'), 'w')\n"
            "    time.sleep(300)", head=PARAMETERS)
    assert YEAR <= 2030
    runner = Runner(project, 1, run=None)
    waiting = runner.ask(planned(project, 2031, "5-long"))
    killed = set()

    def kill():
        for file in project.root.parent.glob("pid-*"):
            number = int(file.name.removeprefix("pid-"))
            if number not in killed:
                killed.add(number)
                os.kill(number, signal.SIGKILL)
        return waiting.future.done()

    until(kill)
    result = waiting.future.result(0)
    assert result.status == "dead" and "SIGKILL" in result.reason
    assert len(killed) == processes.TRIES
    assert runner.ask(planned(project, YEAR, "5-long")).future.result(120).status == "ok"
    runner.close()


def test_a_real_failure_says_where(project):
    runner = Runner(project, 1)
    result = runner.ask(planned(project, 2032, BROKEN)).future.result(120)
    assert result.status == "failed" and "cell 2: ValueError" in result.reason
    runner.close()
