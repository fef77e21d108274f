"""Workers of a story that are processes of their own, so that they can be killed by SIGKILL in the middle of a job."""

import os
import signal
import time
from contextlib import nullcontext
from datetime import date, timedelta

from django.db import connection, connections
from django.utils import timezone

from jianping_xueji.jobs import tasks
from jianping_xueji.jobs.models import Job
from law import clock
from tests.approvals.test_killed import Killer
from tests.county import LEGAL_DAY


def begun(job: Job, *, on: date = LEGAL_DAY, before: int = 0) -> int:
    """A worker that does this job; with `before`, killed before its Nth statement. Gives its process id."""
    connections.close_all()
    worker = os.fork()
    if worker == 0:
        with clock.at(on), connection.execute_wrapper(Killer(before)) if before else nullcontext():
            state = tasks.run(job.pk)
        os._exit(0 if state == "done" else 3)
    return worker


def ended(worker: int) -> int | None:
    """Wait for a worker: None when it was killed, else its exit code (0: the job is done, 3: it is not)."""
    _, status = os.waitpid(worker, 0)
    return None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def worked_in_a_process(job: Job, position: int, *, on: date = LEGAL_DAY) -> bool:
    """Killed before its Nth statement: True when it was, False when it came to its end first."""
    return died(begun(job, on=on, before=position), job)


def killed_after(job: Job, seconds: float, *, on: date = LEGAL_DAY) -> bool:
    """Killed at that moment, wherever it is: True when it was, False when it had come to its end."""
    worker = begun(job, on=on)
    time.sleep(seconds)
    os.kill(worker, signal.SIGKILL)
    return died(worker, job)


def died(worker: int, job: Job) -> bool:
    """Whether the worker died with its job undone.

    Who dies after the commit, while tidying up its session, has come to its end: the job is done. So has whoever died
    before the server had answered its COMMIT: what the session still does is waited for.
    """
    code = ended(worker)
    assert code in (None, 0)
    session_is_over()
    return code is None and not Job.objects.filter(pk=job.pk, state="done").exists()


def session_is_over() -> None:
    """Wait until the server has noticed that the worker is gone."""
    others = """SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"""
    with connection.cursor() as cursor:
        for _ in range(600):
            cursor.execute(others)
            if not cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError("the dead worker's session lives on")


def silent_too_long(job: Job) -> None:
    """The lease of the dead worker runs out; its attempts are not counted against the next."""
    Job.objects.filter(pk=job.pk, state="running").update(lease_until=timezone.now() - timedelta(seconds=1), attempts=0)
