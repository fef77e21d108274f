"""Start, cancel and retry a job. The bell is rung after the caller's transaction has committed."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from django.db.models.functions import Now

from .models import Job
from .registry import handler_of

logger = logging.getLogger(__name__)

# A ring that waited this long in the broker is stale: the sweeper has rung again.
RING_EXPIRES = 600
HASTE = {"max_retries": 0, "connect_retries_timeout": 1, "socket_connect_timeout": 1, "socket_timeout": 3}


def start(kind: str, arguments: dict, *, by, school_id: int | None = None, key: str | None = None) -> Job:
    """Write the job into the caller's transaction and ring for a worker once it is committed.

    ``by`` is the user who asked, None for the system itself. With ``key`` a second start gives back the first job.
    UnknownKind if no app handles ``kind``; ValueError if ``key`` was used for another kind or by another user.
    """
    handler_of(kind)
    fields = {"kind": kind, "arguments": arguments, "requested_by": by, "school_id": school_id}
    if key is None:
        job, created = Job.objects.create(**fields), True
    else:
        job, created = Job.objects.get_or_create(idempotency_key=key, defaults=fields)
    if not created and (job.kind != kind or job.requested_by != by):
        raise ValueError("idempotency key belongs to another job")
    if created:
        transaction.on_commit(partial(ring, job.pk))
    return job


def cancel(job: Job) -> Job:
    """Give the job up: at once while it queues, at the next progress report while it runs.

    A finished job stays as it is. The row is returned fresh.
    """
    queued = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    if not queued.update(state=Job.State.CANCELLED, cancel_requested=True, finished_at=Now()):
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested=True)
    job.refresh_from_db()
    return job


def retry(job: Job) -> Job:
    """Put a failed or cancelled job back into the queue with all its attempts. ValueError for any other."""
    ended = Job.objects.filter(pk=job.pk, state__in=(Job.State.FAILED, Job.State.CANCELLED))
    moved = ended.update(
        state=Job.State.QUEUED,
        attempts=0,
        cancel_requested=False,
        error="",
        phase="",
        done=0,
        started_at=None,
        finished_at=None,
        rung_at=Now(),
    )
    if not moved:
        raise ValueError("only a failed or cancelled job can be tried again")
    transaction.on_commit(partial(ring, job.pk))
    job.refresh_from_db()
    return job


def ring(*job_ids: int) -> None:
    """Tell the workers that there is work. A broker that is down costs nothing: the sweeper rings again.

    Uses a line of its own, because Celery's pooled ones try for six seconds and more before they give up.
    """
    from . import tasks  # tasks import this module

    try:
        with current_app.connection_for_write(transport_options=HASTE) as line:
            for job_id in job_ids:
                tasks.run.apply_async((job_id,), connection=line, expires=RING_EXPIRES, retry=False)
    except Exception as fault:  # whatever the broker's client raises: the job itself is safe in its row
        logger.warning("jobs %s wait for the sweeper, ringing failed: %s", job_ids, type(fault).__name__)
