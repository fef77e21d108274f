"""Beat rings, and the worker that has the sealing login seals; nobody else takes the ring."""

import os
import subprocess
import sys

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone

from jianping_xueji.audit import tasks
from jianping_xueji.audit.models import Anchor, Seal
from tests.jobs.test_killed_worker import broker, kill, wait_until  # noqa: F401 — a fixture

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sealing_worker(broker, tmp_path, monkeypatch):  # noqa: F811
    """A worker as compose starts it, with the application's login for all else."""
    monkeypatch.setenv("AUDIT_ANCHOR_DIR", str(tmp_path / "anchors"))
    command = ["celery", "-A", "jianping_xueji", "worker", "-Q", "sealing", "-c", "1", "-n", f"seal{os.getpid()}@%h"]
    with (tmp_path / "worker.log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=settings.BASE_DIR, stdout=log, stderr=log, start_new_session=True
        )
    yield worker
    kill(worker)


def test_the_ring_reaches_the_worker_with_the_login(sealing_worker):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_event (kind, reason) VALUES ('read', '日常')")
    # A line of its own, as beat has one: a pooled one would lead every later story to the broker of this one.
    with current_app.connection_for_write() as line:
        tasks.seal.apply_async(connection=line)
        tasks.anchor.apply_async(connection=line)
    wait_until(Anchor.objects.filter(on=timezone.localdate()).exists, 60)
    assert Seal.objects.exists()


def test_every_ring_of_the_audit_goes_to_that_queue():
    """Control of the above: a worker of the ordinary queue would never see it."""
    from jianping_xueji.celery import app

    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        queue = app.amqp.router.route({}, entry["task"])["queue"].name
        assert (queue == "sealing") == entry["task"].startswith("jianping_xueji.audit."), entry
