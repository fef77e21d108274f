"""招生计划（第八条）: the bureau's two hands decide how many seats there are; classes open with them, none oversold."""

import pytest

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.models import Case
from approvals.services import perform
from schools import seats
from schools.models import School, SchoolClass, Seats
from students.classing.ledger import HOME
from students.models import IntakePlan, LedgerEntry
from students.plans.services import keep_plan
from tests.changes import decided, undone
from tests.county import LEGAL_DAY, make_school, seats_of
from tests.invariants import broken
from tests.students.specimens_classes import another_class, drafted_plan, newcomers


def classes_of(school, cohort=2026):
    rows = SchoolClass.objects.filter(school=school, cohort=cohort, stage="primary", closed_on=None)
    return [(c.number, Seats.objects.get(school_class=c).capacity) for c in rows.order_by("number")]


def said(refused) -> str:
    return "".join(refused.value.sentences)


def test_a_grade_without_a_plan_has_its_classes_times_the_cap(no1):
    """Unplanned is not nothing (G9)."""
    assert seats_of(no1, 1).capacity == 55
    another_class(no1, 1)
    assert seats_of(no1, 1).capacity == 110


def test_the_approved_plan_is_the_number_of_seats_and_opens_the_classes(no1):
    case = drafted_plan(no1, [(1, 3, 40)])
    assert case.number.startswith("计") and seats_of(no1, 1).capacity == 55
    done = decided(case)
    assert done.state == "done" and done.closed_on == LEGAL_DAY
    assert seats_of(no1, 1).capacity == 120
    assert classes_of(no1) == [(1, 40), (2, 40), (3, 40)]
    assert seats_of(no1, 2).capacity == 55
    assert done.steps.get(action="approve").particulars["一年级"] == "3×40"
    assert broken() == []


def test_next_years_entrants_have_their_seats_before_the_year_begins(no1):
    decided(drafted_plan(no1, [(1, 2, 45)], year=2027))
    row = Seats.objects.of_grade(no1, 2027, 1).get()
    assert (row.capacity, row.used) == (90, 0)
    assert [c.number for c in SchoolClass.objects.filter(school=no1, cohort=2027)] == [1, 2]
    # The ledger of that year opens around it and leaves it as it is.
    seats.ensure_rows(no1.pk, 2027, 55)
    assert Seats.objects.of_grade(no1, 2027, 1).get().capacity == 90
    assert Seats.objects.of_grade(no1, 2027, 2).get().capacity == 55


def test_only_grades_that_begin_are_planned_ahead(no1):
    with pytest.raises(RulesBroken) as refused:
        drafted_plan(no1, [(1, 2, 45), (3, 2, 45)], year=2027)
    assert "只能预先计划起始年级（一年级、七年级），三年级的学位随升级形成" in said(refused)


def test_a_nine_year_school_plans_both_ends(bureau):
    school = make_school(bureau, 31, "九年一贯制学校", School.Kind.NINE_YEAR)
    decided(drafted_plan(school, [(1, 2, 45), (7, 3, 50)]))
    assert (seats_of(school, 1).capacity, seats_of(school, 7).capacity) == (90, 150)
    assert school.classes.filter(stage="junior", cohort=2026).count() == 3


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "还没有填写任何年级"),
        ([(7, 1, 40)], "学校不设七年级"),
        ([(1, 1, 56)], "一年级每班56人，超过最大班额55人"),
    ],
)
def test_what_no_plan_may_say(no1, lines, sentence):
    with pytest.raises(RulesBroken) as refused:
        drafted_plan(no1, lines)
    assert sentence in said(refused) and "第八条" in said(refused)
    assert not IntakePlan.objects.exists()


def test_the_cap_itself_may_be_planned(no1):
    decided(drafted_plan(no1, [(1, 1, 55)]))
    assert seats_of(no1, 1).capacity == 55


@pytest.mark.parametrize("year", [2025, 2028])
def test_only_this_year_and_the_next_are_planned(no1, year):
    with pytest.raises(RulesBroken, match="不能编报招生计划"):
        drafted_plan(no1, [(1, 1, 40)], year=year)


def test_a_later_plan_goes_down_to_what_is_used_and_reserved_and_no_further(no1, child_at):
    for n in range(3):
        child_at(no1, grade=1, name=f"样例{n}")
    row = seats_of(no1, 1)
    seats.reserve([row])
    with pytest.raises(RulesBroken) as refused:
        drafted_plan(no1, [(1, 1, 3)])
    assert "一年级计划3个，已用3个、预留1个" in said(refused) and "最低可减到已用与预留之和" in said(refused)
    decided(drafted_plan(no1, [(1, 1, 4)]))
    assert seats_of(no1, 1).free_seats == 0
    decided(drafted_plan(no1, [(1, 2, 30)]))
    assert seats_of(no1, 1).free_seats == 56


def test_seats_taken_between_the_two_signatures_stop_the_approval(no1, child_at, staff, bureau):
    child_at(no1, grade=1)
    case = decided(drafted_plan(no1, [(1, 1, 1)]), until="submit")
    child_at(no1, grade=1, name="样例后")
    with pytest.raises(RulesBroken) as refused:
        perform(case, "approve", by=staff(Role.BUREAU_CHECKER, bureau))
    assert "已用2个" in said(refused) and seats_of(no1, 1).capacity == 55


def test_a_smaller_plan_closes_empty_classes_and_never_one_with_children(no1, child_at):
    decided(drafted_plan(no1, [(1, 3, 40)]))
    child_at(no1, grade=1)
    decided(drafted_plan(no1, [(1, 1, 40)]))
    assert classes_of(no1) == [(1, 40)] and seats_of(no1, 1).capacity == 40
    with pytest.raises(RulesBroken, match="计划0个班，现有1个班有学生"):
        drafted_plan(no1, [(1, 0, 40)])
    # Numbers that were used never come back.
    decided(drafted_plan(no1, [(1, 2, 40)]))
    assert classes_of(no1) == [(1, 40), (4, 40)]


def test_a_class_larger_than_the_planned_size_stops_the_plan(no1, child_at):
    another_class(no1, 1)
    for n in range(5):
        child_at(no1, grade=1, name=f"样例{n}")
    with pytest.raises(RulesBroken, match="一年级1班5人，已超过计划的班额"):
        drafted_plan(no1, [(1, 2, 4)])


def test_home_teaching_counts_neither_as_a_class_nor_as_a_seat(no1):
    another_class(no1, 1, HOME)
    decided(drafted_plan(no1, [(1, 2, 40)]))
    assert seats_of(no1, 1).capacity == 80
    assert no1.classes.filter(cohort=2026, kind="ordinary", closed_on=None).count() == 2


def test_one_plan_at_a_time(no1):
    first = drafted_plan(no1, [(1, 1, 40)])
    with pytest.raises(RulesBroken, match=first.number):
        drafted_plan(no1, [(1, 2, 40)])
    drafted_plan(no1, [(1, 2, 40)], year=2027)


def test_the_leader_takes_a_plan_back(no1):
    case = decided(drafted_plan(no1, [(1, 3, 40)]))
    undone(case)
    assert seats_of(no1, 1).capacity == 55 and classes_of(no1) == [(1, 55)]
    assert broken() == []


def test_a_plan_is_not_taken_back_under_children_who_sit_in_its_classes(no1, staff):
    from tests.students.specimens_classes import drafted_placing

    case = decided(drafted_plan(no1, [(1, 2, 40)]))
    newcomers(no1, 4)
    decided(drafted_placing(no1))
    with pytest.raises(Refused, match="所开的班级里已有2名学生"):
        undone(case)


def test_a_plan_is_not_taken_back_under_a_later_one(no1):
    first = decided(drafted_plan(no1, [(1, 3, 40)]))
    second = decided(drafted_plan(no1, [(1, 3, 45)]))
    with pytest.raises(Refused, match=second.number):
        undone(first)
    undone(second)
    assert seats_of(no1, 1).capacity == 120


def test_who_may_what(no1, no3, staff, bureau):
    """The clerk drafts, another person of the bureau approves, the school only sees it."""
    with pytest.raises(NotYourHand):
        from students.plans.services import start_plan

        start_plan(no1, by=staff(Role.REGISTRAR, no1), year=2026, lines=[(1, 1, 40)], document="文")
    case = drafted_plan(no1, [(1, 1, 40)])
    with pytest.raises(NotYourHand):
        keep_plan(case, by=staff(Role.BUREAU_CHECKER, bureau), lines=[(1, 2, 40)], document="文")
    case = decided(case, until="submit")
    for person in (staff(Role.BUREAU_CLERK, bureau), staff(Role.HEADMASTER, no1)):
        with pytest.raises(NotYourHand):
            perform(case, "approve", by=person)
    with pytest.raises(Refused, match="内容不能再改"):
        keep_plan(case, by=staff(Role.BUREAU_CLERK, bureau), lines=[(1, 2, 40)], document="文")
    assert Case.objects.visible_to(staff(Role.REGISTRAR, no1)).filter(pk=case.pk).exists()
    assert not Case.objects.visible_to(staff(Role.REGISTRAR, no3)).filter(pk=case.pk).exists()


def test_what_a_plan_did_is_never_altered(no1):
    decided(drafted_plan(no1, [(1, 3, 40)]))
    with pytest.raises(Exception, match="insert-only|permission denied"):
        LedgerEntry.objects.update(row=1)
