"""The Celery application of a night that is disturbed: the real one, with everything every second, and places to stop.

`stop-NAME` in the folder makes the first process that comes to that place say `here-NAME` and wait for `go-NAME`.
"""

import os
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from jianping_xueji.celery import app

FOLDER = Path(os.environ["NIGHT_FOLDER"])
LONGEST = 50
settings.JOBS_LEASE_SECONDS = 2
settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
settings.EMAIL_FILE_PATH = str(FOLDER / "mails")
app.conf.beat_schedule = {
    name: {**entry, "schedule": timedelta(seconds=1)} for name, entry in settings.CELERY_BEAT_SCHEDULE.items()
    if name != "detect-problems"
}  # fmt: skip
app.conf.beat_max_loop_interval = 1


def stop(name: str) -> None:
    try:
        (FOLDER / f"stop-{name}").rename(FOLDER / f"here-{name}")
    except FileNotFoundError:
        return
    until = time.monotonic() + LONGEST
    while not (FOLDER / f"go-{name}").exists() and time.monotonic() < until:
        time.sleep(0.05)


@app.on_after_finalize.connect
def places_to_stop(**_signal) -> None:
    from approvals.countdown import engine
    from jianping_xueji.jobs import tasks
    from supervision import job_handlers
    from supervision.reminders import mailing

    tasks.RING_AFTER = timedelta(seconds=1)
    check_one, written, deliver = engine.check_one, job_handlers.write_reminders, mailing.deliver
    checked: list[str] = []

    def check(deadline, day):
        checked.append(deadline.code)
        if len(checked) == 20:
            stop("check")
        return check_one(deadline, day)

    def write(day):
        count = written(day)
        stop("write")  # written, not committed
        return count

    def send(*given):
        stop("mail")  # claimed, not sent
        return deliver(*given)

    engine.check_one, job_handlers.write_reminders, mailing.deliver = check, write, send


__all__ = ["app"]
