"""What beat rings for: the truth is in the rows, a ring that is lost is made up by the next hour's."""

from celery import shared_task
from django.utils import timezone

from jianping_xueji.jobs.services import start

from .reminders.mailing import is_quiet, pending
from .trail import reading_rate


@shared_task(ignore_result=True)
def mail() -> None:
    """Start this hour's mailing when there is something to mail and the hour is not quiet."""
    now = timezone.localtime()
    if not is_quiet(now.hour) and pending().exists():
        start("reminders.mail", {}, by=None, key=f"reminders.mail:{now:%Y-%m-%dT%H}")


@shared_task(ignore_result=True)
def watch_reading() -> int:
    """Tell the auditor who opens child after child; one statement, so no job."""
    return reading_rate.tell()
