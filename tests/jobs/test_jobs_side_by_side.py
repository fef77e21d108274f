"""What needs more than one connection: visible progress, cancelling, leases, the sweeper."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from jianping_xueji import jobs
from jianping_xueji.jobs import registry, services, tasks
from jianping_xueji.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)
State = Job.State


@pytest.fixture(autouse=True)
def silent_bell(monkeypatch):
    rung = []
    for module in (services, tasks):
        monkeypatch.setattr(module, "ring", lambda *job_ids: rung.extend(job_ids))
    return rung


@pytest.fixture
def kind(monkeypatch):
    """Register a handler for one story."""

    def handled_by(handle):
        monkeypatch.setitem(registry._handlers, "test.story", registry.Handler("test.story", "故事", handle))
        return jobs.start("test.story", {}, by=None)

    return handled_by


@contextmanager
def working(job):
    """Another worker runs the job meanwhile."""
    outcome = []

    def work():
        try:
            outcome.append(tasks.run(job.pk))
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield outcome
    thread.join(20)
    assert not thread.is_alive()


def wait_until(condition, seconds=8):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.03)


def row(job, **fields):
    return Job.objects.filter(pk=job.pk, **fields).exists()


def expire(job):
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


def test_progress_is_seen_while_the_transaction_is_open(kind):
    go_on = threading.Event()

    def handle(run):
        with run.commit() as result:
            Group.objects.create(name="effect")
            run.progress("写入", 5, 10)
            go_on.wait(10)
            result["ok"] = True

    job = kind(handle)
    with working(job) as outcome:
        wait_until(lambda: row(job, phase="写入", done=5, total=10))
        assert not Group.objects.exists()
        go_on.set()
    assert outcome == [State.DONE]
    assert Group.objects.exists()


@pytest.mark.parametrize("within", [False, True])
def test_a_running_job_hears_that_it_is_cancelled(kind, within):
    def handle(run):
        if within:
            with run.commit():
                Group.objects.create(name="effect")
                count_for_ever(run)
        count_for_ever(run)

    def count_for_ever(run):
        for number in range(2000):
            run.progress("计算", number, 2000)
            time.sleep(0.01)

    job = kind(handle)
    with working(job) as outcome:
        wait_until(lambda: row(job, phase="计算"))
        assert jobs.cancel(job).state == State.RUNNING
    assert outcome == [State.CANCELLED]
    assert not Group.objects.exists()


def test_a_wish_to_cancel_that_comes_last_still_rolls_the_effect_back(kind):
    def handle(run):
        with run.commit():
            Group.objects.create(name="effect")
            with working_elsewhere():
                jobs.cancel(run.job)

    @contextmanager
    def working_elsewhere():
        thread = threading.Thread(target=lambda: (jobs.cancel(Job.objects.get(pk=job.pk)), connection.close()))
        thread.start()
        thread.join()
        yield

    job = kind(handle)
    assert tasks.run(job.pk) == State.CANCELLED
    assert not Group.objects.exists()


def test_a_silent_handler_keeps_its_lease(kind, settings):
    settings.JOBS_LEASE_SECONDS = 1
    done = threading.Event()
    job = kind(lambda run: {"silent": done.wait(3)})
    with working(job) as outcome:
        wait_until(lambda: row(job, state=State.RUNNING))
        for _ in range(10):
            time.sleep(0.2)
            assert tasks.run(job.pk) is None and tasks.sweep() == []
        done.set()
    assert outcome == [State.DONE]
    assert row(job, attempts=1)


def test_a_worker_that_lost_its_lease_leaves_no_effect(kind, monkeypatch):
    """The first worker sleeps through its lease; the second does the job; only one effect stays."""
    monkeypatch.setattr("jianping_xueji.jobs.pulse.SidePulse.start", lambda pulse: None)
    monkeypatch.setattr("jianping_xueji.jobs.pulse.SidePulse.stop", lambda pulse: None)
    asleep, wake = threading.Event(), threading.Event()

    def handle(run):
        if run.attempt == 1:
            asleep.set()
            wake.wait(10)
        with run.commit() as result:
            Group.objects.create(name=f"effect {run.attempt}")
            result["attempt"] = run.attempt

    job = kind(handle)
    with working(job):
        asleep.wait(10)
        expire(job)
        assert tasks.run(job.pk) == State.DONE
        wake.set()
    job.refresh_from_db()
    assert job.result == {"attempt": 2}
    assert [group.name for group in Group.objects.all()] == ["effect 2"]


def test_ten_workers_one_does_it(kind):
    job = kind(lambda run: (time.sleep(0.3), {})[1])
    outcome = []

    def work():
        outcome.append(tasks.run(job.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome, key=str) == [None] * 9 + [State.DONE]
    assert row(job, attempts=1)


def test_the_sweeper_rings_for_forgotten_jobs_only(silent_bell):
    fresh, old, silent, busy, done = (jobs.start("test.answer", {}, by=None) for _ in range(5))
    Job.objects.filter(pk=old.pk).update(rung_at=F("rung_at") - timedelta(seconds=16))
    for job, until in [(silent, -1), (busy, 60)]:
        Job.objects.filter(pk=job.pk).update(
            state=State.RUNNING, leased_by="w", lease_until=Now() + timedelta(seconds=until)
        )
    tasks.run(done.pk)
    silent_bell.clear()
    assert sorted(tasks.sweep()) == sorted(silent_bell) == sorted([old.pk, silent.pk])
    assert old.pk not in tasks.sweep()


def test_a_poisonous_job_is_given_to_a_person_after_three_attempts():
    job = jobs.start("test.answer", {}, by=None)
    Job.objects.filter(pk=job.pk).update(
        state=State.RUNNING, attempts=3, leased_by="killed", lease_until=Now() - timedelta(seconds=1)
    )
    assert tasks.run(job.pk) == State.FAILED
    assert row(job, error="失败，需人工处理", attempts=3)


def test_a_job_cancelled_while_its_worker_was_dead_is_not_taken_up_again():
    job = jobs.start("test.count", {}, by=None)
    later = Now() + timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, leased_by="killed", lease_until=later)
    jobs.cancel(job)
    expire(job)
    assert tasks.run(job.pk) == State.CANCELLED
    assert not Group.objects.exists()


def test_a_caller_that_rolls_back_leaves_no_job_and_rings_no_bell(silent_bell):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.start("test.answer", {}, by=None)
        raise ZeroDivisionError
    assert not Job.objects.exists() and silent_bell == []


def test_control_without_the_conditional_update_a_lost_lease_would_count_twice(kind, monkeypatch):
    """The guard switched off: the sleeping worker's effect stays beside the other's."""
    monkeypatch.setattr("jianping_xueji.jobs.run.Run._mark_done", lambda run, result: None)
    finished = []

    def handle(run):
        if run.attempt == 1:
            expire(run.job)
            tasks.run(run.job.pk)
        with run.commit():
            Group.objects.create(name=f"effect {run.attempt}")
            finished.append(run.attempt)

    monkeypatch.setattr("jianping_xueji.jobs.pulse.SidePulse.start", lambda pulse: None)
    monkeypatch.setattr("jianping_xueji.jobs.pulse.SidePulse.stop", lambda pulse: None)
    tasks.run(kind(handle).pk)
    assert Group.objects.count() == 2 and finished == [2, 1]
