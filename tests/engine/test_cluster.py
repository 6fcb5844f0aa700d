"""The same runs on a cluster: a scheduler and two worker processes on this machine."""

import os
import signal
import socket
import subprocess
import sys
import time

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
    pytest.param("tcp://127.0.0.1:9", "No scheduler answers", marks=pytest.mark.slow),
])
def test_an_address_that_others_could_reach_or_nobody_answers_is_refused(address, said):
    with pytest.raises(running.ClusterError, match=said), running.connected(address):
        pass
