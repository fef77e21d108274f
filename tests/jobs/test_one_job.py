"""A job run inline: what start writes, what an attempt does to the row."""

import logging

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from jianping_xueji import jobs
from jianping_xueji.jobs import tasks
from jianping_xueji.jobs.models import Job
from jianping_xueji.jobs.pulse import Pulse

pytestmark = pytest.mark.django_db
State = Job.State


def start(kind: str, **arguments) -> Job:
    return jobs.start(kind, arguments, by=None)


def test_start_writes_the_row_and_rings_after_the_commit(person, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(tasks.run, "apply_async", lambda arguments, **options: rung.append(arguments))
    anna = person("anna")
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.start("test.count", {"steps": 2}, by=anna, school_id=7)
        assert rung == []
    assert rung == [(job.pk,)]
    job.refresh_from_db()
    assert (job.state, job.requested_by, job.school_id, job.arguments) == (State.QUEUED, anna, 7, {"steps": 2})
    assert (job.label, job.get_state_display()) == ("数一数", "排队中")


def test_an_unknown_kind_is_refused_at_the_start():
    with pytest.raises(jobs.UnknownKind):
        start("test.nobody")


def test_the_effect_and_done_stand_together():
    job = start("test.count", steps=3)
    assert tasks.run(job.pk) == State.DONE
    job.refresh_from_db()
    assert (job.done, job.total, job.percent, job.phase) == (3, 3, 100, "计算")
    assert (job.result_url, job.attempts, job.leased_by, job.finished) == ("/counted/", 1, "", True)
    assert Group.objects.filter(name=f"effect of {job.pk}").count() == 1


def test_a_beat_on_the_shared_connection_waits_until_rows_have_been_copied():
    """A statement while rows stream through the same connection would wait for itself for ever."""
    job = start("test.count")
    pulse = Pulse(job)
    with connection.cursor() as cursor, cursor.copy("COPY (SELECT 1) TO STDOUT") as rows:
        pulse.report("写入", 1, 2)
        assert pulse._beaten_at == 0 and list(rows)
    pulse.report("写入", 2, 2)
    assert pulse._beaten_at > 0 and pulse.latest["done"] == 2


def test_a_second_ring_does_nothing():
    job = start("test.count")
    assert [tasks.run(job.pk), tasks.run(job.pk), tasks.run(0)] == [State.DONE, None, None]
    assert Group.objects.count() == 1


def test_without_an_effect_the_returned_dict_is_the_result():
    job = start("test.answer")
    tasks.run(job.pk)
    job.refresh_from_db()
    assert job.result == {"answer": 42}


def test_a_refusal_is_final_and_told_to_the_user():
    job = start("test.refuse")
    assert tasks.run(job.pk) == State.FAILED
    job.refresh_from_db()
    assert (job.error, job.attempts) == ("第3行缺少姓名", 1)


def test_a_fault_is_tried_three_times_then_given_to_a_person(caplog):
    job = start("test.break")
    with caplog.at_level(logging.ERROR):
        assert [tasks.run(job.pk) for _ in range(4)] == [State.QUEUED, State.QUEUED, State.FAILED, None]
    job.refresh_from_db()
    assert (job.error, job.attempts) == ("失败，需人工处理（RuntimeError）", 3)
    assert not Group.objects.exists()
    assert "handlers.py" in caplog.text and "211322201505120012" not in caplog.text


def test_a_passing_fault_leaves_no_trace_in_the_result():
    job = start("test.recover")
    assert [tasks.run(job.pk), tasks.run(job.pk)] == [State.QUEUED, State.DONE]
    job.refresh_from_db()
    assert (job.error, job.result) == ("", {"attempt": 2})


def test_one_key_makes_one_job(person):
    anna = person("anna")
    first = jobs.start("test.answer", {"a": 1}, by=anna, key="import-5")
    assert jobs.start("test.answer", {"a": 2}, by=anna, key="import-5") == first
    for kind, by in [("test.count", anna), ("test.answer", person("boris"))]:
        with pytest.raises(ValueError):
            jobs.start(kind, {}, by=by, key="import-5")


def test_a_queued_job_is_cancelled_at_once():
    job = jobs.cancel(start("test.count"))
    assert (job.state, tasks.run(job.pk)) == (State.CANCELLED, None)
    assert not Group.objects.exists()


def test_a_finished_job_cannot_be_cancelled():
    job = start("test.answer")
    tasks.run(job.pk)
    assert jobs.cancel(job).state == State.DONE


def test_a_failed_job_can_be_tried_again_and_a_living_one_not():
    job = start("test.refuse")
    with pytest.raises(ValueError):
        jobs.retry(job)
    tasks.run(job.pk)
    again = jobs.retry(job)
    assert (again.state, again.attempts, again.error, again.finished_at) == (State.QUEUED, 0, "", None)
    assert tasks.run(job.pk) == State.FAILED


def test_a_kind_has_one_handler():
    def elsewhere(run):
        return {}

    with pytest.raises(ValueError):
        jobs.job("test.count", label="另一个")(elsewhere)


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", ""])
def test_only_a_page_of_this_site_is_linked(url):
    assert Job(result={"url": url}).result_url == ""


@pytest.mark.parametrize(
    "row", [{"state": "sleeping"}, {"state": "running"}, {"state": "done"}, {"state": "queued", "leased_by": "x"}]
)
def test_the_database_refuses_impossible_rows(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="test.count", **row)
