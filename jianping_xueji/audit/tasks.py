"""What beat rings for, in a worker that has the sealing login. A ring that is lost is made up by the next."""

from celery import shared_task
from django.utils import timezone

from . import anchoring
from .sealing import seal_all


@shared_task(ignore_result=True)
def seal() -> None:
    """Seal what was written since the last time."""
    seal_all()


@shared_task(ignore_result=True)
def anchor() -> None:
    """Of the machine's day: the audit keeps the time of clocks, not of the law. Rung every hour, made once a day."""
    anchoring.drop(timezone.localdate())
