"""The last seat goes to one child, a child has one open change and one school, whoever clicks at the same moment.

For each promise there are two guards. Each is shown to hold alone, and with both off the promise breaks: so the test
would see a broken guard.
"""

import time
from datetime import date

import pytest
from django.db import transaction

from accounts.roles import Role
from approvals import services
from approvals.models import Case, CaseSubject, Material, SeatHold, Step
from approvals.services import perform
from law import clock
from schools import seats
from schools.models import Seats
from students import enrolments
from students.models import Enrolment
from tests.county import LEGAL_DAY, class_of, hand_for, walk
from tests.crowd import crowd
from transfers import services as transfer_services
from transfers.services import start_transfer

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 60
FEWER = 20
RIVALS = 40


def on_the_day(act):
    """Threads start with a fresh context: give them the legal day of the story."""

    def run():
        with clock.at(LEGAL_DAY):
            act()

    return run


@pytest.fixture
def applicants(request, no1, no2, child_at, staff):
    """Cases one signature away from holding a seat, and one free seat."""
    people = getattr(request, "param", FEWER)
    registrar, checker = staff(Role.REGISTRAR, no2), staff(Role.BUREAU_CHECKER, no2.bureau)
    Seats.objects.filter(school=no1, grade=3).update(capacity=people)
    cases = [
        start_transfer(child_at(no1, grade=3), no2, by=registrar, ground="T4", grade=3, to_class=class_of(no2, 3))
        for _ in range(people)
    ]
    Material.objects.update(state="checked", checked_by=registrar, checked_on=LEGAL_DAY)
    Case.objects.update(
        state="bureau_review_check",
        desk_stage="教育局预审",
        desk_right="bureau_check",
        desk_school=no2,
        accepted_on=LEGAL_DAY,
    )
    class_seats(no2).update(capacity=1)
    return cases, checker


def class_seats(school):
    """The ledger row of the one grade-3 class: taken first, the grade's row after it."""
    return Seats.objects.filter(school=school, grade=3).exclude(school_class=None)


def everybody_asks(applicants):
    cases, checker = applicants
    return crowd([on_the_day(lambda c=case: perform(c, "pass_review", by=checker)) for case in cases])


def naive_take(row, column, count):
    """The first guard off: read, decide, write."""
    fresh = Seats.objects.get(pk=row.pk)
    if fresh.free_seats < count:
        raise seats.NoSeat(row)
    time.sleep(0.5)
    setattr(fresh, column, getattr(fresh, column) + count)
    Seats.objects.filter(pk=row.pk).update(**{column: getattr(fresh, column)})


def counting_take(row, column, count):
    """The first guard off in another way: add without asking whether a seat is free."""
    Seats.objects.filter(pk=row.pk).update(**{column: seats.F(column) + count})


@pytest.mark.parametrize("applicants", [PEOPLE], indirect=True)
def test_sixty_for_the_last_seat(applicants, no2):
    outcome = everybody_asks(applicants)
    assert outcome["done"] == 1, outcome
    assert class_seats(no2).get().reserved == 1
    assert SeatHold.objects.filter(seats=class_seats(no2).get(), ended_on=None).count() == 1
    assert Step.objects.filter(action="pass_review").count() == 1


def test_the_check_of_the_table_holds_alone(applicants, no2, monkeypatch):
    monkeypatch.setattr(seats, "_take", counting_take)
    outcome = everybody_asks(applicants)
    assert outcome["done"] == 1, outcome
    assert class_seats(no2).get().reserved == 1


def test_the_conditional_update_holds_alone(applicants, no2, owner):
    owner.execute("ALTER TABLE schools_seats DROP CONSTRAINT seats_never_oversold")
    outcome = everybody_asks(applicants)
    assert outcome["done"] == 1, outcome
    assert class_seats(no2).get().reserved == 1


def test_with_both_seat_guards_off_the_seat_is_sold_twice(applicants, no2, owner, monkeypatch):
    owner.execute("ALTER TABLE schools_seats DROP CONSTRAINT seats_never_oversold")
    monkeypatch.setattr(seats, "_take", naive_take)
    outcome = everybody_asks(applicants)
    assert outcome["done"] > 1, outcome


# One child, two schools


@pytest.fixture
def rivals(no1, no2, no3, child_at, staff):
    """Twenty clicks from each of two schools for one child."""
    child = child_at(no1, grade=3)
    schools = [no2, no3] * (RIVALS // 2)
    people = {school.pk: staff(Role.REGISTRAR, school) for school in (no2, no3)}

    def start(school):
        return on_the_day(lambda: start_transfer(child, school, by=people[school.pk], ground="T4", grade=3))

    return child, [start(school) for school in schools]


def without_locks(monkeypatch):
    """The lock on the child off, wherever it is taken."""
    for module in (services, transfer_services):
        monkeypatch.setattr(module, "lock_children", lambda ids: None)


def open_cases(child):
    return CaseSubject.objects.filter(child=child, blocking=True).count()


def test_forty_clicks_two_schools_one_open_case(rivals):
    child, acts = rivals
    outcome = crowd(acts)
    assert (outcome["done"], outcome["ChildBusy"]) == (1, RIVALS - 1), outcome
    assert open_cases(child) == 1


def test_the_index_holds_alone(rivals, monkeypatch):
    without_locks(monkeypatch)
    monkeypatch.setattr(services, "refuse_busy", lambda ids: None)
    child, acts = rivals
    outcome = crowd(acts)
    assert outcome["done"] == 1, outcome
    assert open_cases(child) == 1


def test_the_lock_holds_alone(rivals, owner):
    owner.execute("DROP INDEX one_open_change_per_child")
    child, acts = rivals
    outcome = crowd(acts)
    assert outcome["done"] == 1, outcome
    assert open_cases(child) == 1


def test_with_both_child_guards_off_the_child_is_claimed_twice(rivals, owner, monkeypatch):
    owner.execute("DROP INDEX one_open_change_per_child")
    without_locks(monkeypatch)
    child, acts = rivals
    outcome = crowd(acts)
    assert outcome["done"] > 1, outcome
    assert open_cases(child) > 1


def living(child):
    return Enrolment.objects.living().filter(student=child).count()


def end_and_begin(child, school):
    """What a completion does to the record, without a case around it."""

    def act():
        with transaction.atomic():
            enrolments.begin([(child, None)], school=school, on=date(2026, 9, 16), how="转入")

    return on_the_day(act)


@pytest.fixture
def away(no1, child_at):
    """A child whose enrolment has ended: free to be enrolled once."""
    child = child_at(no1, grade=3)
    Enrolment.objects.filter(student=child).update(during=(date(2026, 9, 1), date(2026, 9, 16)))
    return child


def test_forty_enrolments_of_one_child_leave_one_living(away, no2, no3):
    outcome = crowd([end_and_begin(away, school) for school in [no2, no3] * (RIVALS // 2)])
    assert (outcome["done"], living(away)) == (1, 1), outcome


def test_without_the_exclusion_a_child_lives_twice(away, no2, no3, owner):
    owner.execute("ALTER TABLE students_enrolment DROP CONSTRAINT one_enrolment_at_any_instant")
    crowd([end_and_begin(away, school) for school in [no2, no3]])
    assert living(away) > 1


# One desk, many clicks


def test_forty_clicks_one_signature(transfer):
    case = walk(transfer, until="propose_release")
    head = hand_for(case, Role.HEADMASTER, "peer")
    outcome = crowd([on_the_day(lambda: perform(case, "release", by=head)) for _ in range(RIVALS)])
    assert (outcome["done"], outcome["TooLate"]) == (1, RIVALS - 1), outcome
    assert Step.objects.filter(action="release").count() == 1
