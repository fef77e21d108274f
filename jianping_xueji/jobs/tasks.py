"""What Celery runs. Arguments are ids only; both tasks may come twice, late, or never."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from .engine import execute
from .models import Job
from .services import ring, start

RING_AFTER = timedelta(seconds=15)
# Rings per sweep: enough for two workers until the next one, and no flood after a long outage.
RINGS = 100


@shared_task(acks_late=True, reject_on_worker_lost=True)
def run(job_id: int) -> str | None:
    """Do one job if nobody else does. Gives its state, None if there was nothing to do."""
    return execute(job_id)


@shared_task(ignore_result=True)
def sweep() -> list[int]:
    """Ring again for jobs nobody works on; gives their ids. Runs every quarter of a minute, in any number of beats."""
    forgotten = Job.objects.waiting_for_worker().filter(Q(state=Job.State.RUNNING) | Q(rung_at__lt=Now() - RING_AFTER))
    with transaction.atomic():
        rows = forgotten.order_by("rung_at", "pk").select_for_update(skip_locked=True).values_list("pk", flat=True)
        job_ids = list(rows[:RINGS])
        Job.objects.filter(pk__in=job_ids).update(rung_at=Now())
    ring(*job_ids)
    return job_ids


@shared_task(ignore_result=True)
def daily(kind: str) -> int:
    """See that today's job of a kind is written; gives its id. Rung every hour, by any number of beats: one job a day.

    A beat that was down over night rings in the morning. A job that failed is tried again by `retry`, not by the hour.
    """
    return start(kind, {}, by=None, key=f"{kind}:{timezone.localdate()}").pk
