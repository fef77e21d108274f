"""One attempt at one job: lease the row, let the handler work, settle the row whatever happened."""

import logging
import os
import socket
import uuid

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from jianping_xueji import audit
from jianping_xueji.faults import kind_of, way_of

from .models import MAX_ATTEMPTS, NEEDS_A_PERSON, Job, lease_time
from .registry import Cancelled, JobFailed, LeaseLost, UnknownKind, handler_of
from .run import Run

logger = logging.getLogger(__name__)


def execute(job_id: int) -> str | None:
    """Do the job if it waits for a worker and give its state afterwards; None if another has it."""
    job = lease(job_id)
    if job is None:
        return None
    if job.state == Job.State.RUNNING:
        _attempt(job)
        job.refresh_from_db()
    return job.state


def lease(job_id: int) -> Job | None:
    """Take the job for this worker and count the attempt, both committed before any work.

    None if it is gone, finished or in other hands. A job that was given up meanwhile, or that has brought down
    its workers three times, comes back settled.
    """
    with transaction.atomic():
        waiting = Job.objects.waiting_for_worker().select_for_update(skip_locked=True, of=("self",))
        job = waiting.filter(pk=job_id).first()
        if job is None:
            return None
        if job.cancel_requested:
            changes = _ended(Job.State.CANCELLED)
        elif job.attempts >= MAX_ATTEMPTS:
            changes = _ended(Job.State.FAILED, job.error or NEEDS_A_PERSON)
        else:
            changes = {
                "state": Job.State.RUNNING,
                "attempts": F("attempts") + 1,
                "leased_by": f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:12]}",
                "lease_until": Now() + lease_time(),
                "started_at": Now(),
            }
        Job.objects.filter(pk=job.pk).update(**changes)
    job.refresh_from_db()
    return job


def _attempt(job: Job) -> None:
    """Run the handler. Nothing it raises leaves this function: every ending is a state of the row."""
    try:
        with audit.on_behalf(job.requested_by_id, f"job:{job.kind}:{job.pk}"), Run(job) as run:
            result = handler_of(job.kind).handle(run)
            if not run.committed:
                with run.commit() as final:
                    final.update(result or {})
    except Cancelled:
        _settle(job, _ended(Job.State.CANCELLED))
    except LeaseLost:
        logger.warning("job %s was taken over by another worker", job.pk)
    except UnknownKind:
        _settle(job, _ended(Job.State.FAILED, "没有程序处理这种任务，请联系管理员"))
    except JobFailed as failure:
        _settle(job, _ended(Job.State.FAILED, str(failure)))
    except Exception as fault:
        _log_without_values(job, fault)
        _settle(job, _again_or_never(job, fault))


def _ended(state: str, error: str = "") -> dict:
    # PostgreSQL keeps no NUL in text; a long message is no message.
    error = error.replace("\0", "")[:2000]
    return {"state": state, "error": error, "finished_at": Now(), "leased_by": "", "lease_until": None}


def _again_or_never(job: Job, fault: Exception) -> dict:
    """An unforeseen fault may pass (a lost connection, a deadlock): queue again until the attempts are used up."""
    message = f"{NEEDS_A_PERSON}（{type(fault).__name__}）"
    if job.attempts >= MAX_ATTEMPTS:
        return _ended(Job.State.FAILED, message)
    waiting = {"state": Job.State.QUEUED, "error": message, "leased_by": "", "lease_until": None}
    return waiting | {"rung_at": Now()}  # the sweeper rings after a pause


def _settle(job: Job, changes: dict) -> None:
    """Write the ending, if this worker still holds the job."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    Job.objects.held_by(job).update(**changes)


def _log_without_values(job: Job, fault: Exception) -> None:
    """Where it broke and how, but not the message: database errors quote names and numbers of children."""
    logger.error("job %s (%s) attempt %s: %s at %s", job.pk, job.kind, job.attempts, kind_of(fault), way_of(fault))
