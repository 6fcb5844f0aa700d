"""What readers ask of a served book may run on a cluster, as all else does."""

import pytest
from live_book import YEARS, write

from helpers.pipeline import plan, store
from helpers.pipeline.execute import How
from helpers.pipeline.live.runner import Runner
from helpers.pipeline.running import cluster as running


@pytest.fixture
def scheduler():
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=":0",
                                  protocol="tcp://") as cluster:
        yield cluster.scheduler_address


def test_a_cluster_without_a_worker_is_a_line_and_the_thread_goes_on(tmp_path, scheduler,
                                                                     monkeypatch):
    monkeypatch.setattr(running, "WORKER_SECONDS", 0.5)
    project = write(tmp_path / "book")
    runner = Runner(project, 1, How(jobs=1, cluster=scheduler))
    for year in (2030, 2031):
        made = plan.make(project, YEARS, {"horizon_year": year})
        result = runner.ask(made).future.result(120)
        assert result.status == "dead" and "No worker has joined" in result.reason
        assert store.published(project.build, made.key) is None
    runner.close()
