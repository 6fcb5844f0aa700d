"""The same runs on a cluster: a scheduler and two worker processes on this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import Future

import pytest
from small_book import REAL

from helpers.pipeline import execute, plan, store
from helpers.pipeline.running import cluster as running
from helpers.project import PACKAGE, Limits, Project

CHAPTER = "5-1-top-level-design"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(program, *arguments, build):
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{program}", *arguments, "--no-dashboard"],
        env={**os.environ, "BOOK_BUILD": str(build), "BOOK_ROOT": "", "BOOK_DATA": "",
             "PYTHONPATH": str(PACKAGE.parent)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def cluster(tmp_path):
    """Address of a scheduler, and the processes of its two workers."""
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = start("dask_scheduler", "--host", "127.0.0.1", "--port", address.rsplit(":")[-1],
                      build=tmp_path / "scheduler")
    workers = [start("dask_worker", address, "--nthreads", "1", "--no-nanny", "--memory-limit", "0",
                     build=tmp_path / f"worker-{i}") for i in range(2)]
    from distributed import Client

    deadline = time.monotonic() + 600
    while True:
        try:
            with Client(address, timeout=2) as client:
                client.wait_for_workers(2, timeout=600)
            break
        except OSError:
            assert time.monotonic() < deadline, "the scheduler did not start"
    yield address, workers
    for process in [*workers, scheduler]:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_results_travel_back_although_no_disk_is_shared_and_a_worker_is_killed(
        cluster, tmp_path):
    address, workers = cluster
    driver = Project.at(REAL.root, build=tmp_path / "driver")
    seen = []

    def report(result):
        seen.append(result)
        if len(seen) == 1:
            workers[0].send_signal(signal.SIGKILL)

    plans = [plan.make(driver, CHAPTER, {"information_cutoff": year})
             for year in (2019, 2020, 2021, 2022, 2023)]
    results = execute.run_many(driver, plans, execute.How(cluster=address), report=report)
    assert [result.status for result in results] == ["ok"] * 5, [r.reason for r in results]
    assert all(store.published(driver.build, result.key) for result in results)
    assert not (tmp_path / "worker-0").exists(), "a worker published by itself"


def test_a_worker_with_other_code_or_data_is_refused():
    own = plan.make(Project.current(), CHAPTER, {})
    parts = {**own.parts, "data": {**own.parts["data"], "claims": "sha256:other"}}
    other = plan.Plan(CHAPTER, own.values, parts, "k" * 64)
    finished = execute.on_worker(other, (), False, Limits())
    assert finished.result.status == "refused"
    assert "other code or data: data claims: changed" in finished.result.reason
    assert finished.files == {}


@pytest.mark.parametrize("address, said", [
    ("tcp://192.0.2.1:8786", "not encrypted"), ("tcp://0.0.0.0:8786", "not encrypted"),
    ("tcp://cluster.example:8786", "not encrypted"),
    ("http://127.0.0.1:8786", "expected an address"),
    ("127.0.0.1:8786", "expected an address"), ("tcp://127.0.0.1", "expected an address"),
    ("tcp://127.0.0.1:99999", "expected an address"), ("tcp://127.0.0.1:x", "expected an address"),
    ("tcp://[::1", "expected an address"), ("tcp://127.0.0.1:8786/x", "expected an address"),
    ("tcp://me:secret@127.0.0.1:8786", "has no user and no password"),
    ("tls://me@host:8786", "has no user and no password"),
    pytest.param("tcp://127.0.0.1:9", "No scheduler answers", marks=pytest.mark.slow),
])
def test_an_address_that_others_could_reach_or_nobody_answers_is_refused(address, said):
    with pytest.raises(running.ClusterError, match=said) as refused, running.connected(address):
        pass
    assert "secret" not in str(refused.value) and "\n" not in str(refused.value)


class Client:
    """A cluster of workers that say whether they are fit; one of whom may be gone."""

    status = "running"

    def __init__(self, said, there=None):
        self.said, self.there = said, said if there is None else there

    def wait_for_workers(self, count, timeout):
        if len(self.said) < count:
            raise TimeoutError

    def run(self, fit, *example, on_error):
        return self.said

    def scheduler_info(self):
        return {"workers": self.there}


def test_only_workers_that_are_fit_get_runs():
    said = {"tcp://a": "", "tcp://b": "other code", "tcp://c": OSError("gone"), "tcp://d": ""}
    assert running._fitting(Client(said), None, ()) == ["tcp://a", "tcp://d"]
    with pytest.raises(running.ClusterError, match="No worker is fit.*tcp://b: other code"):
        running._fitting(Client({"tcp://b": "other code"}), None, ())


def test_a_cluster_without_a_worker_is_told_after_a_while():
    with pytest.raises(running.ClusterError, match="No worker has joined .* dask worker"):
        running._fitting(Client({}), None, ())


@pytest.mark.parametrize("status, there", [("closed", ["a"]), ("running", [])])
def test_a_cluster_that_is_lost_on_the_way_ends_the_command(monkeypatch, status, there):
    monkeypatch.setattr(running, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(running, "WORKER_SECONDS", 0)
    client, done = Client({"a": ""}, there), Future()
    client.status = status
    done.set_result(1)
    ended = running._as_completed(client, [done, Future()], ["a"])
    assert next(ended) is done
    with pytest.raises(running.ClusterError, match="The cluster was lost.*in the store"):
        next(ended)
