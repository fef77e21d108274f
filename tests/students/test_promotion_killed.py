"""kill -9 of the worker while a county is promoted: nothing has happened, and the next worker does it once."""

from datetime import date

import pytest

from accounts.roles import Role
from jianping_xueji.jobs import tasks
from law import clock
from students.models import Placement, Promotion, RecordEntry
from students.year.services import confirm_run, submit_run
from tests import invariants
from tests.county import staff_member
from tests.killing import silent_too_long, worked_in_a_process

pytestmark = pytest.mark.django_db(transaction=True)
TURN = date(2027, 9, 1)


def test_a_worker_killed_anywhere_leaves_nothing_and_the_next_one_does_it_once(bureau, no1, no2, child_at):
    children = [child_at(school, grade=grade) for school in (no1, no2) for grade in (2, 4)]
    with clock.at(TURN):
        run = submit_run(bureau, 2026, by=staff_member(Role.BUREAU_CLERK, bureau))
        job = confirm_run(run, by=staff_member(Role.BUREAU_CHECKER, bureau))
    deaths = 0
    # Every seventh statement: the lease, both schools' cases, their effect, the last word.
    for position in range(4, 400, 7):
        if not worked_in_a_process(job, position, on=TURN):
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
