"""The nightly work of the reminders: written after the check, mailed in the morning."""

from approvals.countdown.engine import check_all
from jianping_xueji.jobs import Job, Run, job
from law import clock

from .exports import making as _making  # noqa: F401 — registers its job
from .reminders.mailing import send_pending
from .reminders.writing import write_reminders


@job("reminders.write", label="期限提醒")
def write(run: Run) -> None:
    """Of the legal day on which it runs. What the check has not written yet is checked first; both may come twice."""
    today = clock.today()
    with run.commit() as result:
        if not checked_on(today):
            check_all(today, each=lambda done, total: run.progress("检查期限", done, total))
        result["on"] = today
        result["people"] = write_reminders(today)


def checked_on(day) -> bool:
    done = Job.objects.filter(kind="deadlines.check", state=Job.State.DONE, result__on=day.isoformat())
    return done.exists()


@job("reminders.mail", label="提醒邮件")
def mail(run: Run) -> dict:
    """Each mail is claimed and committed on its own, so that a worker that dies leaves the others for the next."""
    return send_pending(run.job.leased_by, progress=lambda done, total: run.progress("发送邮件", done, total))
