"""What beat rings for. A ring that is lost is made up by the next."""

from celery import shared_task

from .sealing import seal_all


@shared_task(ignore_result=True)
def seal() -> None:
    """Seal what was written since the last time."""
    seal_all()
