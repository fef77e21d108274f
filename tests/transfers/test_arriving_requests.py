"""A request from a school outside the county enters at stage 3 (edge case 7): ours is the sending side only."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts.roles import Role
from approvals.errors import ChildBusy, Refused, RulesBroken
from approvals.rules import judge
from approvals.services import perform
from law import clock
from schools.models import School
from students.changes import start_change, verdict_on
from students.models import Enrolment, Placement
from tests.changes import again, decided, drafted, undone
from tests.county import LEGAL_DAY, class_of, hand_for, make_school, papers_in_order, seats_of
from tests.transfers.specimens import REQUEST
from transfers.models import OutwardTransfer
from transfers.models.outward import RULES, leaves_the_county, received_by_now
from transfers.services import start_transfer


def outward_of(child, **more):
    return drafted(OutwardTransfer, child, **(REQUEST | more))


def codes(child, on=None, **given):
    return {finding.rule.code for finding in verdict_on(OutwardTransfer, child, on, **(REQUEST | given)).broken}


def test_it_begins_at_stage_three_and_ends_with_the_child_gone(no1, child_at):
    child = child_at(no1, grade=3)
    used = seats_of(no1, 3).used
    case = outward_of(child)
    assert case.desk_stage == "转出学校"
    case = decided(case, until="vouch")
    assert case.desk_stage == "转出主管部门"
    assert case.filings.get().act == "转出学校：转学核办"
    with clock.at(LEGAL_DAY + timedelta(days=3)) as today:
        for action, role in (("propose", Role.BUREAU_CLERK), ("approve", Role.BUREAU_CHECKER)):
            case = perform(case, action, by=hand_for(case, role, "bureau"))
    lived = Enrolment.objects.get(student=child)
    assert (case.state, again(child).status) == ("done", "moved_away")
    assert (lived.during.upper, lived.went_to, lived.left_how) == (today, "宁城县实验小学", "转出")
    assert not Placement.objects.filter(enrolment__student=child, ends=None).exists()
    assert seats_of(no1, 3).used == used - 1


def test_undone_the_child_sits_in_its_class_again(no1, child_at):
    child = child_at(no1, grade=3)
    used = seats_of(no1, 3).used
    undone(decided(outward_of(child)))
    place = Placement.objects.get(enrolment__student=child, ends=None)
    assert (again(child).status, place.school_class, seats_of(no1, 3).used) == ("enrolled", class_of(no1, 3), used)


def test_the_clock_runs_from_the_day_the_request_came_in(no1, child_at):
    """Edge case 67: both days are kept, and the deadline is judged by the earlier one."""
    case = outward_of(child_at(no1), received_on=date(2026, 9, 8))
    assert (case.opened_on, case.received_on, case.due_on) == (LEGAL_DAY, date(2026, 9, 8), date(2026, 9, 21))
    assert outward_of(child_at(no1)).due_on == date(2026, 9, 29)


def test_a_request_of_the_days_without_the_system_keeps_its_day(no1, child_at):
    """Edge case 68: entered in October after an outage, received on paper in September: the window was open."""
    child = child_at(no1)
    city = {"to_division": "211381"}  # 北票市, the same city
    with clock.at(date(2026, 10, 8)):
        assert codes(child, **city) == {"inside_window"}
        assert codes(child, received_on=date(2026, 9, 30), **city) == set()
        case = decided(outward_of(child, received_on=date(2026, 9, 30), **city))
    assert (case.state, case.accepted_on) == ("done", date(2026, 9, 30))


@pytest.mark.parametrize(("day", "broken"), [(-1, set()), (0, set()), (1, {"received_by_now"})])
def test_nothing_is_received_tomorrow(no1, child_at, day, broken):
    assert codes(child_at(no1), received_on=LEGAL_DAY + timedelta(days=day)) == broken


def test_into_the_county_is_not_outward(no1, child_at):
    assert codes(child_at(no1), to_division="211322") == {"leaves_the_county"}
    assert leaves_the_county in RULES and received_by_now in RULES


@pytest.mark.parametrize(("day", "broken"), [(29, set()), (30, set()), (31, {"grade_nine_outward"})])
def test_grade_nine_after_september_only_by_the_leader(bureau, child_at, day, broken):
    school = make_school(bureau, 4, "第四中学", School.Kind.JUNIOR)
    child, on = child_at(school, grade=9), date(2026, 9, 1) + timedelta(days=day - 1)
    with clock.at(on):
        assert codes(child) == broken
        assert codes(child, return_home=True) == set()


def test_the_leader_lets_a_grade_nine_child_go(bureau, child_at):
    school = make_school(bureau, 4, "第四中学", School.Kind.JUNIOR)
    child = child_at(school, grade=9)
    with clock.at(date(2026, 10, 8)):
        case = outward_of(child)
        with pytest.raises(RulesBroken, match="尚未写明理由"):
            perform(case, "submit", by=hand_for(case, Role.REGISTRAR, "lead"))
        perform(case, "withdraw", by=hand_for(case, Role.REGISTRAR, "lead"), opinion="重新填写")
        case = decided(outward_of(child, exception_reason="父母工作调动"), until="propose")
        with pytest.raises(RulesBroken, match="九年级学生转往县外"):
            perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
        leader = hand_for(case, Role.BUREAU_LEADER, "bureau")
        case = perform(case, "grant_exception", by=leader, opinion="情况属实")
    assert case.state == "done" and "第十八条第二款" in case.exception_rules[0]


def test_a_county_direct_newcomer_only_by_the_leader(bureau, child_at):
    school = make_school(bureau, 5, "实验中学", School.Kind.JUNIOR, direct=True)
    assert codes(child_at(school, grade=7)) == {"newcomer_outward"}
    assert codes(child_at(school, grade=8)) == set()


@pytest.mark.parametrize(("day", "hard"), [((7, 14), False), ((7, 15), True), ((8, 14), True), ((8, 15), False)])
def test_the_national_stop_is_hard(no1, child_at, day, hard):
    child = child_at(no1)
    with clock.at(date(2027, *day)):
        assert ("outside_national_stop" in codes(child)) == hard


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({"status": "suspended"}, "not_suspended"),
        ({"status": "dropped_out"}, "not_dropped_out"),
        ({"status": "moved_away"}, "child_is_here"),
        ({"problem": "身份证件号重复"}, "no_problem_record"),
    ],
)
def test_who_may_not_go_now(no1, child_at, change, broken):
    child = child_at(no1)
    for name, value in change.items():
        setattr(child, name, value)
    child.save()
    assert codes(child) == {broken}
    with pytest.raises(RulesBroken):
        start_change(OutwardTransfer, again(child), by=hand_at(no1), **REQUEST)


def hand_at(school):
    from tests.county import staff_member

    return staff_member(Role.REGISTRAR, school)


def test_one_open_change(no1, no2, child_at, staff):
    child = child_at(no1)
    start_transfer(child, no2, by=staff(Role.REGISTRAR, no2), ground="T4", grade=3)
    with pytest.raises((ChildBusy, RulesBroken), match="在办业务"):
        outward_of(child)


def test_the_sending_side_refuses_only_on_a_listed_ground(no1, child_at):
    case = decided(outward_of(child_at(no1)), until="submit")
    head = hand_for(case, Role.HEADMASTER, "lead")
    with pytest.raises(Refused, match="不得以其他借口"):
        perform(case, "refuse", by=head, opinion="不放人", refusal_ground="")
    case = perform(case, "refuse", by=head, opinion="监护权诉讼中", refusal_ground="custody")
    assert (case.state, case.refusal_ground, again(case.child).status) == ("refused", "custody", "enrolled")


@pytest.mark.parametrize("until", ["submit", "vouch", "propose"])
def test_the_other_side_cancels(no1, child_at, until):
    case = decided(outward_of(child_at(no1)), until=until)
    case = perform(case, "withdraw", by=hand_for(case, Role.REGISTRAR, "lead"), opinion="转入学校已在系统撤销")
    assert (case.state, again(case.child).status) == ("withdrawn", "enrolled")
    assert not case.subjects.filter(blocking=True).exists()


def test_without_the_proof_of_the_request_nothing_is_signed(no1, child_at, staff):
    case = start_change(OutwardTransfer, child_at(no1), by=staff(Role.REGISTRAR, no1), **REQUEST)
    with pytest.raises(RulesBroken, match="凭据"):
        perform(case, "submit", by=staff(Role.REGISTRAR, no1))
    papers_in_order(case, staff(Role.REGISTRAR, no1))
    assert perform(case, "submit", by=staff(Role.REGISTRAR, no1)).state == "school_check"


def test_each_rule_can_fail(no1, child_at):
    """Every rule of the kind is broken by some facts: none is there for show."""
    facts = OutwardTransfer.facts_for(child_at(no1), LEGAL_DAY, **REQUEST)
    assert not judge(RULES, facts).broken
    assert judge(RULES, replace(facts, open_case="在办")).broken
