"""kill -9 of the worker while a county is promoted: nothing has happened, and the next worker does it once."""

import os
from datetime import date, timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.roles import Role
from jianping_xueji.jobs import tasks
from jianping_xueji.jobs.models import Job
from law import clock
from students.models import Placement, Promotion, RecordEntry
from students.year.services import confirm_run, submit_run
from tests import invariants
from tests.approvals.test_killed import Killer
from tests.county import staff_member

pytestmark = pytest.mark.django_db(transaction=True)
TURN = date(2027, 9, 1)


def worked_in_a_process(job: Job, position: int) -> bool:
    """A worker of its own, killed before its Nth statement; True when it was, False when it came to its end first."""
    connections.close_all()
    worker = os.fork()
    if worker == 0:
        with clock.at(TURN), connection.execute_wrapper(Killer(position)):
            state = tasks.run(job.pk)
        os._exit(0 if state == "done" else 3)
    _, status = os.waitpid(worker, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def silent_too_long(job: Job) -> None:
    """The lease of the dead worker runs out; its attempts are not counted against the next."""
    Job.objects.filter(pk=job.pk, state="running").update(lease_until=timezone.now() - timedelta(seconds=1), attempts=0)


def test_a_worker_killed_anywhere_leaves_nothing_and_the_next_one_does_it_once(bureau, no1, no2, child_at):
    children = [child_at(school, grade=grade) for school in (no1, no2) for grade in (2, 4)]
    with clock.at(TURN):
        run = submit_run(bureau, 2026, by=staff_member(Role.BUREAU_CLERK, bureau))
        job = confirm_run(run, by=staff_member(Role.BUREAU_CHECKER, bureau))
    deaths = 0
    # Every seventh statement: the lease, both schools' cases, their effect, the last word.
    for position in range(4, 400, 7):
        if not worked_in_a_process(job, position):
            break
        deaths += 1
        run.refresh_from_db()
        assert (run.state, Promotion.objects.count(), RecordEntry.objects.count()) == ("submitted", 0, 0)
        assert set(Placement.objects.values_list("year", flat=True)) == {2026}
        silent_too_long(job)
    assert deaths > 5
    run.refresh_from_db()
    job.refresh_from_db()
    assert (run.state, run.figures["promoted"], job.state) == ("done", 4, "done")
    for child in children:
        assert Placement.objects.get(enrolment__student=child, ends=None).year == 2027
    with clock.at(TURN):
        assert invariants.broken() == []
        assert tasks.run(job.pk) is None
