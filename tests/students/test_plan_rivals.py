"""A plan goes down while children sit down: nobody waits for ever, nothing is oversold, every loser is told why."""

import time

import pytest
from django.db import transaction

from accounts.roles import Role
from approvals.services import perform
from law import clock
from schools import seats
from schools.models import Seats
from students.classing.class_change import ClassChange
from students.leavers.assigning import open_assignment
from students.models import LeaverDestination
from tests.changes import decided
from tests.county import LEGAL_DAY, class_of, hand_for, make_school, seats_of
from tests.crowd import crowd
from tests.leavers import leaver_maker
from tests.students.specimens_classes import another_class, drafted_class_change, drafted_plan
from tests.students.specimens_intake import junior_school

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {"done", "RulesBroken", "Refused", "NoSeat", "TooLate"}


def sits_down(school):
    """One child takes a seat of the first class, row after row, slowly enough to be met half-way."""

    def run():
        with clock.at(LEGAL_DAY), transaction.atomic():
            for row in seats.rows_for(school.pk, 2026, 1, class_of(school, 1)):
                seats.occupy([row])
                time.sleep(0.1)

    return run


def signs(case, action, role, side):
    by = hand_for(case, role, side)

    def run():
        with clock.at(LEGAL_DAY):
            perform(case, action, by=by)

    return run


def test_a_plan_goes_down_while_children_sit_down(no1):
    case = decided(drafted_plan(no1, [(1, 1, 5)]), until="submit")
    outcome = crowd([sits_down(no1)] * 9 + [signs(case, "approve", Role.BUREAU_CHECKER, "bureau")])
    row = seats_of(no1, 1)
    assert set(outcome) <= WORDS, outcome
    case = case.model.objects.get(pk=case.pk)
    assert (row.capacity, case.state) in [(5, "done"), (55, "bureau_check")]
    assert row.used <= row.capacity and row.used + outcome.get("NoSeat", 0) == 9
    assert decided_once(case) == (case.state == "done")


def decided_once(case) -> bool:
    return case.steps.filter(action="approve").count() == 1


def test_a_class_closes_or_takes_a_child_never_both(no1):
    another_class(no1, 1)
    first = class_of(no1, 1)
    case = decided(drafted_class_change(no1, act=ClassChange.Act.CLOSE, school_class=first), until="submit")
    outcome = crowd([sits_down(no1)] * 4 + [signs(case, "approve", Role.HEADMASTER, "lead")] * 2)
    assert set(outcome) <= WORDS, outcome
    first.refresh_from_db()
    used = seats.Seats.objects.get(school_class=first).used
    assert (first.closed_on is None) != (used == 0)


def test_two_lists_of_leavers_do_not_share_the_last_seat(bureau, no1, child_at, staff):
    """Each list alone is within the plan; signed at the same moment, one of them is sent to look again."""
    junior, by = junior_school(bureau), staff(Role.BUREAU_CLERK, bureau)
    leaver, schools = leaver_maker(child_at), (no1, make_school(bureau, 64, "镇二小"))
    for school in schools:
        leaver(school)
    row = Seats.objects.get(school=junior, year=2026, grade=7, school_class=None)
    Seats.objects.filter(pk=row.pk).update(capacity=row.used + row.reserved + 1)
    lists = [decided(open_assignment(school, by=by), until="submit") for school in schools]
    outcome = crowd([signs(case, "approve", Role.BUREAU_CHECKER, "bureau") for case in lists])
    assert outcome["done"] == 1 and set(outcome) <= WORDS, outcome
    assert LeaverDestination.objects.filter(ended_by=None).count() == 1
