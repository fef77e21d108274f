"""第三十、三十一条: a leaver who was listed as dropped out comes after all: the junior school takes it over, once."""

from datetime import date

import pytest

from accounts.roles import Role
from approvals.errors import RulesBroken
from law import clock
from schools.models import SchoolClass
from students.leavers.intake import expected_at
from students.models import Enrolment, Placement, Student
from suspensions import ledger
from suspensions.leavers_board.board import Where, board
from suspensions.leavers_board.services import suspect_blanks
from suspensions.models import Dropout, ReturnToSchool
from tests.changes import again, decided, drafted, undone
from tests.county import class_of, papers_in_order, staff_member
from tests.invariants import broken
from tests.leavers import leaver_maker
from tests.students.specimens_intake import drafted_intake, junior_school
from tests.suspensions.dropout_specimens import GIVEN, TOLD, visit, visited
from tests.suspensions.pairs import inquired

LISTED, BACK = date(2026, 10, 12), date(2026, 10, 20)


@pytest.fixture
def junior(bureau):
    return junior_school(bureau)


@pytest.fixture
def lost(child_at, junior, no1):
    """Left grade six in summer, never came, listed as dropped out on 12 October."""
    child = leaver_maker(child_at)(no1)
    inquired(child, no1)
    by = staff_member(Role.REGISTRAR, no1)
    (case,) = suspect_blanks(no1, junior, by=by)
    papers_in_order(case, by)
    for day in (12, 13):
        visit(child, on=date(2026, 9, day))
    Dropout.objects.filter(pk=case.pk).update(**TOLD)
    with clock.at(LISTED):
        decided(Dropout.objects.get(pk=case.pk))
    return again(child)


def returned(junior, child, on=BACK):
    with clock.at(on):
        case = drafted_intake(junior, [child], begins_on=on)
        papers_in_order(case, staff_member(Role.REGISTRAR, junior))
        return decided(case)


def pages(no1, wanted):
    by = staff_member(Role.REGISTRAR, no1)
    page, count = ledger.listed(by, Student.objects.all(), wanted)
    return count


def test_the_junior_school_takes_it_over_and_the_dropout_is_struck_off(lost, junior, no1):
    with clock.at(BACK):
        assert lost.status == "dropped_out" and pages(no1, "dropped") == 1
        assert [place.enrolment.student for place in expected_at(junior, 2026)] == [lost]
    case = returned(junior, lost)
    assert case.materials.get().code == "return_note"
    child = again(lost)
    assert (child.status, child.school) == ("enrolled", junior)
    assert Enrolment.objects.living().get(student=child).during.lower == BACK
    assert Placement.objects.get(enrolment__student=child, ends=None).school_class == class_of(junior, 7)
    with clock.at(BACK):
        (row,) = board(2026, child=child.pk)
        assert row.where == Where.JUNIOR
        assert (pages(no1, "dropped"), pages(no1, "returned")) == (0, 1)
        (line,) = ledger.month_rows({no1.pk}, date(2026, 10, 1), date(2026, 10, 31))
        assert (line["decided"], line["back"], line["kept"]) == (1, 1, 0)
        assert broken() == []


def test_undone_it_is_on_the_ledger_again(lost, junior, no1):
    with clock.at(BACK):
        undone(returned(junior, lost))
        assert again(lost).status == "dropped_out"
        assert (pages(no1, "dropped"), pages(no1, "returned")) == (1, 0)


@pytest.mark.parametrize(("day", "fits"), [(11, False), (12, True), (13, True)])
def test_not_before_the_day_it_was_listed(lost, junior, day, fits):
    with clock.at(BACK):
        if fits:
            assert drafted_intake(junior, [lost], begins_on=date(2026, 10, day)).state == "draft"
            return
        with pytest.raises(RulesBroken, match="早于2026年10月12日.*第三十条"):
            drafted_intake(junior, [lost], begins_on=date(2026, 10, day))


def test_it_may_come_a_year_later_into_grade_seven(lost, junior):
    with clock.at(date(2027, 9, 6)):
        SchoolClass.objects.create(school=junior, stage="junior", cohort=2027, number=1)
        assert [place.enrolment.student for place in expected_at(junior, 2027)] == [lost]
    returned(junior, lost, on=date(2027, 9, 6))
    assert again(lost).school == junior


def test_it_does_not_return_into_its_primary_school(lost, no1):
    with clock.at(BACK), pytest.raises(RulesBroken, match="七年级招生入学"):
        drafted(ReturnToSchool, lost, returned_on=BACK, to_class=class_of(no1, 6))


def test_who_dropped_out_of_grade_six_returns_there(child_at, no1, junior):
    """Not finished with primary school: no junior school is offered the child."""
    child = decided(drafted(Dropout, visited(child_at(no1, grade=6)), **GIVEN)).child
    with clock.at(date(2027, 9, 6)):
        assert list(expected_at(junior, 2027)) == []
    case = decided(drafted(ReturnToSchool, again(child), returned_on=clock.today(), to_class=class_of(no1, 6)))
    assert case.state == "done"
