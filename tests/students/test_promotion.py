"""第十五条：升级——一年一次，全县各校一次写入，谁升、谁不升、为什么，怎样原样撤销."""

from datetime import date, timedelta

import pytest

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from approvals.services import perform
from jianping_xueji import jobs
from jianping_xueji.jobs import tasks
from law import clock
from law.models import Parameter
from schools.models import School, SeatGrant, Seats
from students import journal
from students.models import Placement, Promotion, Student
from students.year import rolls, services
from students.year.services import confirm_run, dry_run, exceptions, submit_run, take_back_run, withdraw_run
from suspensions.models import Dropout, Resumption, Suspension
from tests import invariants
from tests.changes import again, decided, drafted
from tests.county import class_of, make_school, staff_member
from tests.students.test_graduation import graduated

AUGUST, TURN = date(2027, 8, 10), date(2027, 9, 1)
ILL = {"ground_note": "骨折", "until": date(2027, 8, 31)}


def clerk(bureau):
    return staff_member(Role.BUREAU_CLERK, bureau)


def checker(bureau):
    return staff_member(Role.BUREAU_CHECKER, bureau)


def leader(bureau):
    return staff_member(Role.BUREAU_LEADER, bureau)


def submitted(bureau, *, on=AUGUST):
    with clock.at(on):
        return submit_run(bureau, 2026, by=clerk(bureau))


def worked(job):
    """What a worker does with the bell."""
    tasks.run(job.pk)
    job.refresh_from_db()
    return job


def promoted(bureau, *, on=TURN):
    run = submitted(bureau)
    with clock.at(on):
        job = worked(confirm_run(run, by=checker(bureau)))
        assert job.state == "done", job.error
    run.refresh_from_db()
    return run


def place_of(child):
    return Placement.objects.get(enrolment__student=child, ends=None)


def living(ids):
    """The record as it counts: rows that came to be and were ended on the spot are history only."""
    return {
        key: row
        for key, (_, row) in journal.snapshot(ids).items()
        if not (key[0] == "placement" and row["ends"] == row["starts"])
    }


# ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_everybody_in_a_class_moves_up_with_the_class(bureau, no1, no2, child_at):
    children = [child_at(no1, grade=grade) for grade in (1, 3, 3, 5)] + [child_at(no2, grade=2)]
    before = {child.pk: place_of(child) for child in children}
    run = promoted(bureau)
    assert run.state == "done" and run.figures["promoted"] == 5
    for child in children:
        old, new = before[child.pk], place_of(child)
        old.refresh_from_db()
        assert (old.ends, new.starts, new.year) == (TURN, TURN, 2027)
        assert (new.school_class, new.grade) == (old.school_class, old.grade + 1)
    case = Promotion.objects.get(lead_school=no1)
    assert set(case.subjects.values_list("child", "blocking")) == {(c.pk, False) for c in children[:4]}
    assert [(s.action, s.actor, s.happened_on, s.acted_on) for s in case.steps.all()] == [
        ("submit", clerk(bureau), AUGUST, TURN),
        ("approve", checker(bureau), TURN, TURN),
    ]
    assert case.steps.last().particulars == {"promoted": "4"}
    with clock.at(TURN):
        assert invariants.broken() == []


def test_the_last_grades_do_not_move_up_and_graduates_are_gone(bureau, no1, child_at):
    graduate, forgotten = child_at(no1, grade=6), child_at(no1, grade=6, name="样例留")
    Student.objects.filter(pk=forgotten.pk).update(problem="证件号重复")
    graduated(no1)
    promoted(bureau)
    assert again(graduate).status == "leaver"
    assert place_of(forgotten).year == 2026
    (named,) = exceptions(bureau, 2026)
    assert (named.name, named.fate) == ("样例留", "graduating")
