"""The long parts of the turn of the year: all schools of a county written, or taken back, in one transaction."""

from django.urls import reverse

from approvals.errors import Refused
from jianping_xueji.jobs import JobFailed, Run, job

from . import services
from .promotion import PromotionRun


def _run_of(run: Run) -> PromotionRun:
    return PromotionRun.objects.get(pk=run.arguments["run"])


@job("year.promote", label="全县升级")
def promote(run: Run) -> None:
    """Given up or killed half-way, nothing has happened; the next attempt begins anew."""
    run.progress("锁定学籍", 0, 0)
    try:
        with run.commit() as result:
            figures = services.promote_all(_run_of(run), by=run.job.requested_by, progress=run.progress)
            result |= {"url": reverse("students:year"), "promoted": figures["promoted"]}
    except Refused as refusal:
        raise JobFailed(" ".join(refusal.sentences)) from refusal


@job("year.undo", label="撤销全县升级")
def undo(run: Run) -> None:
    """The leader's correction of a whole run."""
    run.progress("锁定学籍", 0, 0)
    opinion = run.arguments["opinion"]
    try:
        with run.commit() as result:
            services.undo_all(_run_of(run), by=run.job.requested_by, opinion=opinion, progress=run.progress)
            result["url"] = reverse("students:year")
    except Refused as refusal:
        raise JobFailed(" ".join(refusal.sentences)) from refusal
