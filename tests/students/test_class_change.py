"""开班、撤班（第八条）: the school's two hands, within the plan, numbered by cohort; only an empty class closes."""

import pytest

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.services import perform
from schools import seats
from schools.models import SchoolClass, Seats
from students.classing.class_change import start_class_change
from students.classing.ledger import HOME
from tests.changes import decided, undone
from tests.county import LEGAL_DAY, class_of, seats_of
from tests.invariants import broken
from tests.students.specimens_classes import another_class, drafted_class_change, drafted_plan


def opened(school, grade=3, kind="ordinary"):
    return drafted_class_change(school, act="open", grade=grade, class_kind=kind)


def closed(school, school_class):
    return drafted_class_change(school, act="close", school_class=school_class)


def numbers(school, cohort=2024):
    rows = school.classes.filter(cohort=cohort, closed_on=None)
    return list(rows.order_by("number").values_list("number", flat=True))


def test_a_class_opens_under_the_next_number_with_its_seats(no1):
    case = opened(no1)
    assert case.number.startswith("班") and numbers(no1) == [1]
    decided(case)
    assert numbers(no1) == [1, 2] and seats_of(no1, 3).capacity == 110
    assert Seats.objects.get(school_class__number=2, school=no1).capacity == 55
    assert broken() == []


def test_an_empty_class_closes_with_its_seats_and_its_number_never_comes_back(no1):
    second = another_class(no1, 3)
    decided(closed(no1, second))
    second.refresh_from_db()
    assert second.closed_on == LEGAL_DAY and seats_of(no1, 3).capacity == 55
    decided(opened(no1))
    assert numbers(no1) == [1, 3] and broken() == []


@pytest.mark.parametrize("what", ["sitting", "held"])
def test_a_class_with_anybody_in_it_is_not_closed(no1, child_at, what, staff, no2):
    each = class_of(no1, 3)
    if what == "sitting":
        child_at(no1, grade=3)
    else:
        seats.reserve(seats.rows_for(no1.pk, 2026, 3, each))
        case = opened(no2)
        case.seat_holds.create(seats=Seats.objects.get(school_class=each), held_on=LEGAL_DAY)
    with pytest.raises(RulesBroken) as refused:
        closed(no1, each)
    assert "三年级1班还有1名学生就读或预留学位" in "".join(refused.value.sentences)


def test_who_sits_down_between_the_signatures_keeps_the_class(no1, child_at, staff):
    case = decided(closed(no1, class_of(no1, 3)), until="submit")
    child_at(no1, grade=3)
    with pytest.raises(RulesBroken, match="还有1名学生"):
        perform(case, "approve", by=staff(Role.HEADMASTER, no1))
    assert numbers(no1) == [1]


def test_the_plan_bounds_both_ways(no1):
    decided(drafted_plan(no1, [(3, 2, 40)]))
    with pytest.raises(RulesBroken, match="招生计划2个班，现已有2个班"):
        opened(no1)
    with pytest.raises(RulesBroken, match="招生计划2个班，撤班后只剩1个班"):
        closed(no1, no1.classes.get(cohort=2024, number=2))
    decided(opened(no1, kind=HOME))
    assert seats_of(no1, 3).capacity == 80 and broken() == []


def test_a_grade_the_school_does_not_teach(no1):
    with pytest.raises(RulesBroken, match="学校不设七年级"):
        opened(no1, grade=7)


def test_an_older_class_that_has_left_school_is_closed_without_a_ledger(no1):
    old = SchoolClass.objects.create(school=no1, stage="primary", cohort=2015, number=1)
    decided(closed(no1, old))
    old.refresh_from_db()
    assert old.closed_on == LEGAL_DAY


def test_undone_as_it_was(no1, child_at):
    first = decided(opened(no1))
    undone(first)
    assert numbers(no1) == [1] and seats_of(no1, 3).capacity == 55
    second = decided(closed(no1, class_of(no1, 3)))
    assert numbers(no1) == [] and seats_of(no1, 3).capacity == 0
    undone(second)
    assert numbers(no1) == [1] and seats_of(no1, 3).capacity == 55
    third = decided(opened(no1))
    new = no1.classes.get(cohort=2024, number=3)
    child = child_at(no1, grade=3)
    from students import places
    from students.models import Placement

    places.leave_class([child], on=LEGAL_DAY)
    place = Placement.objects.filter(enrolment__student=child).get()
    place.school_class, place.ends = new, None
    place.save()
    seats.occupy(seats.rows_for(no1.pk, 2026, 3, new))
    with pytest.raises(Refused, match="已有1名学生就读"):
        undone(third)


def test_registrar_and_checker_of_this_school(no1, no3, staff, bureau):
    for stranger in (staff(Role.REGISTRAR, no3), staff(Role.HEADMASTER, no1), staff(Role.BUREAU_CLERK, bureau)):
        with pytest.raises(NotYourHand):
            start_class_change(no1, by=stranger, act="open", grade=3, class_kind="ordinary", reason="生源增加")
    case = decided(opened(no1), until="submit")
    for stranger in (staff(Role.HEADMASTER, no3), staff(Role.REGISTRAR, no1), staff(Role.BUREAU_CHECKER, bureau)):
        with pytest.raises(NotYourHand):
            perform(case, "approve", by=stranger)
