"""学校申报招生计划（第八条）: registrar and headmaster ask, the bureau settles, changes with a reason, or returns."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.models import Case
from approvals.services import buttons_for, perform
from law import clock
from law.models import Parameter
from schools.models import SchoolClass, Seats
from students.models import IntakePlan
from students.plans.services import keep_plan, propose_plan, start_plan
from tests.changes import decided, undone
from tests.county import hand_for, seats_of, staff_member
from tests.invariants import broken
from tests.students.specimens_classes import DOCUMENT, drafted_plan, proposed_plan, signed_proposal

REGISTRAR, HEADMASTER = (Role.REGISTRAR, "lead"), (Role.HEADMASTER, "lead")
CLERK, CHECKER, LEADER = ((role, "bureau") for role in (Role.BUREAU_CLERK, Role.BUREAU_CHECKER, Role.BUREAU_LEADER))


def said(refused) -> str:
    return "".join(refused.value.sentences)


def by(case, hand):
    return hand_for(case, *hand)


def acts(case, hand) -> set[str]:
    return {button.name for button in buttons_for(case, by(case, hand))}


def registrar_of(school):
    return staff_member(Role.REGISTRAR, school)


def settled(case, lines, adjustment=""):
    return keep_plan(case, by=by(case, CLERK), lines=lines, document=DOCUMENT, adjustment=adjustment)


def test_what_the_school_asked_and_the_bureau_approved_is_the_number_of_seats(no1):
    case = signed_proposal(no1, [(1, 3, 45)])
    assert case.state == "draft" and case.desk_right == "bureau_make"
    assert not Seats.objects.of_grade(no1, 2027, 1).exists(), "asking gives no seats"
    done = decided(settled(case, [(1, 3, 45)]))
    row = Seats.objects.of_grade(no1, 2027, 1).get()
    assert (done.state, row.capacity) == ("done", 135)
    assert SchoolClass.objects.filter(school=no1, cohort=2027).count() == 3
    assert [step.action for step in done.steps.all()] == ["hand_in", "sign_proposal", "submit", "approve"]
    assert done.steps.get(action="hand_in").particulars == {"一年级": "3×45", "申报理由": "学区内适龄儿童130人"}
    assert broken() == []


def test_until_a_plan_is_approved_the_grade_keeps_its_classes_times_the_cap(no1):
    """Unplanned is not nothing, and neither is a grade that is asked about (G9)."""
    signed_proposal(no1, [(3, 0, 40)], year=2026)
    assert seats_of(no1, 3).capacity == 55


def test_the_bureau_names_the_document_before_it_signs(no1):
    case = signed_proposal(no1, [(1, 3, 45)])
    with pytest.raises(RulesBroken) as refused:
        perform(case, "submit", by=by(case, CLERK))
    assert "还没有写明核定所依据的文件" in said(refused) and "第八条" in said(refused)


def test_a_change_of_what_the_school_asked_needs_its_reason_and_stays_readable(no1):
    case = settled(signed_proposal(no1, [(1, 3, 45)]), [(1, 2, 50)])
    with pytest.raises(RulesBroken) as refused:
        perform(case, "submit", by=by(case, CLERK))
    assert "一年级申报3×45，核定2×50" in said(refused) and "写明调整理由" in said(refused)
    done = decided(settled(case, [(1, 2, 50)], adjustment="教室只有2间"))
    assert done.steps.get(action="approve").particulars == {"一年级": "2×50", "调整理由": "教室只有2间"}
    assert (done.asked, done.figures) == ({"一年级": "3×45"}, {"一年级": "2×50"})


def test_a_grade_the_bureau_leaves_out_or_adds_is_a_change_too(no1):
    case = settled(signed_proposal(no1, [(3, 1, 45), (4, 1, 45)], year=2026), [(4, 1, 45), (5, 1, 45)])
    assert case.model.objects.get(pk=case.pk).changed_in_words == "三年级申报1×45，核定不列；五年级申报未列，核定1×45"


def test_the_headmaster_or_the_bureau_returns_it_and_the_school_asks_anew(no1):
    case = perform(proposed_plan(no1, [(1, 3, 45)]), "hand_in", by=registrar_of(no1))
    with pytest.raises(Refused, match="须写明理由"):
        perform(case, "return_to_school", by=by(case, HEADMASTER))
    case = perform(case, "return_to_school", by=by(case, HEADMASTER), opinion="教室数不符")
    assert (case.state, case.round, case.desk_right) == ("proposal", 2, "make_change")
    keep_plan(case, by=by(case, REGISTRAR), lines=[(1, 2, 45)], reason="教室2间")
    case = perform(perform(case, "hand_in", by=by(case, REGISTRAR)), "sign_proposal", by=by(case, HEADMASTER))
    case = perform(case, "return_to_school", by=by(case, CLERK), opinion="请附适龄儿童数")
    assert (case.state, case.asked) == ("proposal", {"一年级": "2×45"})


def test_the_bureaus_checker_sends_back_to_the_clerk_or_refuses(no1):
    case = decided(settled(signed_proposal(no1, [(1, 3, 45)]), [(1, 3, 45)]), until="submit")
    case = perform(case, "send_back", by=by(case, CHECKER), opinion="请核对教室数")
    assert (case.state, case.desk_right) == ("draft", "bureau_make")
    case = decided(case, until="submit")
    refused = perform(case, "refuse", by=by(case, CHECKER), opinion="学区生源不足")
    assert refused.state == "refused" and not Seats.objects.of_grade(no1, 2027, 1).exists()


def test_the_clerks_ten_working_days_run_for_a_proposal_and_for_no_draft_of_the_bureaus_own(no1, no2):
    case = signed_proposal(no1, [(1, 3, 45)])
    assert (case.arrived_on, case.clock_days) == (clock.today(), 10) and case.due_on
    own = drafted_plan(no2, [(1, 3, 45)], year=2027)
    assert (own.due_on, own.clock_days) == (None, None)


def test_who_began_a_plan_withdraws_it_and_only_a_proposal_goes_back_to_the_school(no1, no2):
    own, asked = drafted_plan(no2, [(1, 2, 45)], year=2027), signed_proposal(no1, [(1, 2, 45)])
    assert acts(own, CLERK) == {"submit", "withdraw"} and acts(own, REGISTRAR) == set()
    assert acts(asked, CLERK) == {"submit", "return_to_school"} and acts(asked, REGISTRAR) == {"withdraw"}
    with pytest.raises(NotYourHand):
        perform(own, "return_to_school", by=by(own, CLERK), opinion="请学校填报")
    with pytest.raises(NotYourHand):
        perform(asked, "withdraw", by=by(asked, CLERK), opinion="不办了")
    assert perform(asked, "withdraw", by=by(asked, REGISTRAR), opinion="生源有变").state == "withdrawn"


@pytest.mark.parametrize("role", [Role.DEPUTY_HEAD, Role.REGISTRAR])
def test_the_headmaster_alone_signs_for_the_school(no1, staff, role):
    case = perform(proposed_plan(no1, [(1, 3, 45)]), "hand_in", by=registrar_of(no1))
    with pytest.raises(NotYourHand):
        perform(case, "sign_proposal", by=staff(role, no1))


def test_a_stranger_neither_asks_nor_sees(no1, no3, staff, bureau):
    for stranger in (staff(Role.REGISTRAR, no3), staff(Role.HEADMASTER, no1), staff(Role.BUREAU_CLERK, bureau)):
        with pytest.raises(NotYourHand):
            propose_plan(no1, by=stranger, year=2027, lines=[(1, 2, 45)], reason="生源增加")
    with pytest.raises(NotYourHand):
        start_plan(no1, by=staff(Role.REGISTRAR, no1), year=2027, lines=[(1, 2, 45)], document=DOCUMENT)
    case = proposed_plan(no1, [(1, 2, 45)])
    with pytest.raises(NotYourHand):
        keep_plan(case, by=by(case, CLERK), lines=[(1, 1, 45)], document=DOCUMENT)
    assert not Case.objects.visible_to(staff(Role.REGISTRAR, no3)).filter(pk=case.pk).exists()
    case = perform(case, "hand_in", by=by(case, REGISTRAR))
    with pytest.raises(Refused, match="内容不能再改"):
        keep_plan(case, by=by(case, REGISTRAR), lines=[(1, 1, 45)], reason="生源减少")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [([(1, 2, 56)], "超过最大班额55人"), ([(7, 1, 40)], "学校不设七年级"), ([], "还没有填写任何年级")],
)
def test_what_no_plan_may_say_no_school_may_ask(no1, lines, sentence):
    with pytest.raises(RulesBroken) as refused:
        proposed_plan(no1, lines)
    assert sentence in said(refused) and "第八条" in said(refused) and not IntakePlan.objects.exists()


def test_the_cap_itself_may_be_asked_for(no1):
    assert proposed_plan(no1, [(1, 2, 55)]).state == "proposal"


def test_no_fewer_seats_than_children_who_sit_there(no1, child_at):
    for n in range(3):
        child_at(no1, grade=3, name=f"样例{n}")
    with pytest.raises(RulesBroken) as refused:
        proposed_plan(no1, [(3, 1, 2)], year=2026)
    assert "三年级计划2个，已用3个" in said(refused) and "最低可减到" in said(refused)
    proposed_plan(no1, [(3, 1, 3)], year=2026)


@pytest.mark.parametrize("first_by_bureau", [True, False])
def test_no_second_plan_while_one_is_open_whoever_began_it(no1, first_by_bureau):
    first = drafted_plan(no1, [(1, 2, 45)], year=2027) if first_by_bureau else proposed_plan(no1, [(1, 2, 45)])
    for again in (lambda: proposed_plan(no1, [(1, 1, 45)]), lambda: drafted_plan(no1, [(1, 1, 45)], year=2027)):
        with pytest.raises(RulesBroken, match=first.number):
            again()


@pytest.mark.parametrize(
    ("day", "open_yet"), [(date(2026, 8, 30), True), (date(2026, 8, 31), True), (date(2026, 9, 1), False)]
)
def test_the_grades_that_begin_are_asked_for_until_their_children_enter(no1, day, open_yet):
    with clock.at(day):
        if open_yet:
            assert proposed_plan(no1, [(1, 2, 45)], year=2026).state == "proposal"
            return
        with pytest.raises(RulesBroken) as refused:
            proposed_plan(no1, [(1, 2, 45)], year=2026)
    assert "一年级新生2026年秋季入学，学校申报招生计划到2026年8月31日为止" in said(refused)
    assert "由教育局按实际生源调整" in said(refused) and "2027—2028学年的计划自2026年9月1日起可以申报" in said(refused)


def test_other_grades_and_the_bureau_are_not_bound_by_that_day(no1):
    assert proposed_plan(no1, [(3, 2, 45)], year=2026).state == "proposal"
    assert drafted_plan(no1, [(1, 2, 45)], year=2027).state == "draft"


def test_a_proposal_handed_in_by_the_day_is_decided_after_it(no1):
    with clock.at(date(2026, 8, 31)):
        kept = proposed_plan(no1, [(1, 2, 45)], year=2026)
        case = perform(kept, "hand_in", by=registrar_of(no1))
    with clock.at(date(2026, 9, 1)):
        case = perform(case, "sign_proposal", by=by(case, HEADMASTER))
        assert decided(settled(case, [(1, 2, 45)])).state == "done"


def test_the_county_sets_the_day(no1):
    given = {"value": "06-30", "starts": date(2026, 1, 1), "level": "县", "document": DOCUMENT}
    Parameter.objects.create(code="plan.proposal_last_day", **given)
    with clock.at(date(2026, 7, 1)), pytest.raises(RulesBroken, match="到2026年6月30日为止"):
        proposed_plan(no1, [(1, 2, 45)], year=2026)


def test_the_leader_takes_an_approved_proposal_back(no1):
    case = decided(settled(signed_proposal(no1, [(3, 2, 40)], year=2026), [(3, 2, 40)]))
    assert seats_of(no1, 3).capacity == 80
    assert undone(case).state == "undone" and seats_of(no1, 3).capacity == 55 and broken() == []


@pytest.mark.parametrize(
    "wrong",
    [{"proposed": True, "reason": ""}, {"proposed": False, "reason": "生源"}, {"proposed": False, "document": ""}],
)
def test_no_row_says_both_or_neither(no1, wrong):
    case = drafted_plan(no1, [(1, 2, 45)], year=2027)
    with pytest.raises(IntegrityError, match="plan_is_founded"), transaction.atomic():
        IntakePlan.objects.filter(pk=case.pk).update(**wrong)
