"""Batches of the tests: started by whoever asks, their jobs done in this process one after another."""

from jianping_xueji.jobs.engine import execute
from jianping_xueji.jobs.models import Job
from reports.batches import services
from reports.batches.models import Batch
from reports.forms import FORMS

SITE = "https://xueji.example.gov.cn"


def work() -> None:
    """Do every job that waits, and those they start."""
    while waiting := list(Job.objects.filter(state=Job.State.QUEUED).values_list("pk", flat=True)):
        for pk in waiting:
            execute(pk)


def begun(form: str, items, by, subject="某班") -> Batch:
    return services.start(FORMS[form], items, subject, by=by, site=SITE + "/")


def finished(form: str, items, by) -> Batch:
    batch = begun(form, items, by)
    work()
    return Batch.objects.get(pk=batch.pk)


def file_of(batch: Batch) -> bytes:
    return b"".join(batch.content())
