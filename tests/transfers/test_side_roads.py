"""What else may happen on the way: papers completed, refusals, exceptions, outside desks, false papers."""

from datetime import date, timedelta

import pytest

from accounts.appointments import appoint, dismiss
from accounts.models import Appointment, Deputy, User
from accounts.roles import Role
from approvals.errors import ChildBusy, NotYourHand, Refused, RulesBroken
from approvals.materials import check_paper, hand_in_paper
from approvals.models import CaseSubject, SeatHold
from approvals.services import perform
from law import clock
from schools.models import SeatGrant
from schools.seats import NoSeat
from students.enrolments import open_ledger
from students.journal import snapshot
from students.models import Enrolment, Look, Student, StudentNumber
from students.pending import Origin, recognise, take_in
from tests.county import (
    LEGAL_DAY,
    WAY,
    class_of,
    hand_for,
    id_number,
    make_school,
    originals_seen,
    papers_in_order,
    seats_of,
    staff_member,
    walk,
)
from transfers.materials import papers_for
from transfers.services import keep_draft, start_from_outside, start_transfer

OUTSIDE = {
    "outside_unit": "宁城县实验小学",
    "outside_person": "样例丙",
    "outside_day": LEGAL_DAY - timedelta(days=5),
    "outside_evidence": "盖章联系表",
}


def registrar_of(case):
    return hand_for(case, Role.REGISTRAR, "lead")


# 退回补正, 退回经办


def test_sent_back_for_papers_it_returns_to_the_desk_it_came_from(transfer):
    case = walk(transfer, until="propose_entry")
    case = perform(case, "send_back", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"), opinion="居住证明不清晰")
    assert (case.state, case.desk_stage, case.returned_from) == ("supplement", "补正", "to_bureau")
    case = perform(case, "resubmit", by=registrar_of(case))
    assert (case.state, case.round) == ("to_bureau", 2)


def test_papers_sent_back_must_be_handed_in_again(transfer):
    case = walk(transfer, until="vouch")
    case = perform(case, "send_back", by=hand_for(case, Role.BUREAU_CLERK, "bureau"), opinion="户口簿缺学生本人页")
    assert (case.state, case.round) == ("draft", 2), "before stage 1 the whole draft is open again"
    book = case.materials.get(code="household_book")
    check_paper(book, by=registrar_of(case), ok=False, reason="缺学生本人页")
    with pytest.raises(RulesBroken, match="居民户口簿"):
        perform(case, "submit", by=registrar_of(case))
    hand_in_paper(book, by=registrar_of(case))
    check_paper(book, by=registrar_of(case), ok=True)
    assert perform(case, "submit", by=registrar_of(case)).state == "school_review"


def test_nothing_changes_under_the_signatures(transfer):
    """After hand-in neither papers nor destination move; in 退回补正 only papers do."""
    case = walk(transfer, until="review")
    paper = case.materials.first()
    for act in (hand_in_paper, lambda m, by: check_paper(m, by=by, ok=False, reason="x")):
        with pytest.raises(Refused, match="请先退回补正"):
            act(paper, by=registrar_of(case))
    case = walk_on(case, "pass_review", "apply", "accept_child", "propose_entry")
    case = perform(case, "send_back", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"), opinion="补")
    with pytest.raises(Refused, match="内容不能再改"):
        keep_draft(case, by=registrar_of(case), grade=5)
    hand_in_paper(paper, by=registrar_of(case))
    with pytest.raises(RulesBroken, match="核验"):
        perform(case, "resubmit", by=registrar_of(case))


def test_another_request_is_judged_by_its_own_day(transfer):
    """The window cannot be kept open by a draft that comes back and then asks for something else."""
    case = walk(transfer, until="submit")
    case = perform(case, "hand_back", by=hand_for(case, Role.HEADMASTER, "lead"), opinion="请核对")
    kept = keep_draft(case, by=registrar_of(case), ground_note="补充说明")
    assert kept.accepted_on == LEGAL_DAY
    changed = keep_draft(case, by=registrar_of(case), ground="T3")
    assert changed.accepted_on is None


def walk_on(case, *actions):
    for action in actions:
        role, side = next((r, s) for a, r, s in WAY if a == action)
        case = perform(case, action, by=hand_for(case, role, side))
    return case


def test_without_a_class_nothing_is_handed_in(transfer):
    case = keep_draft(transfer, by=registrar_of(transfer), to_class=None)
    with pytest.raises(RulesBroken, match="拟转入班级"):
        perform(case, "submit", by=registrar_of(case))


def test_a_class_of_another_grade_is_refused(transfer, no2):
    with pytest.raises(Refused, match="三年级"):
        keep_draft(transfer, by=registrar_of(transfer), to_class=class_of(no2, 5))


def test_the_bureau_ends_a_draft_that_lies_about(transfer):
    checker = hand_for(transfer, Role.BUREAU_CHECKER, "bureau")
    with pytest.raises(Refused, match="理由"):
        perform(transfer, "terminate", by=checker)
    assert perform(transfer, "terminate", by=checker, opinion="逾期未提交").state == "withdrawn"
    assert freed(transfer)


def test_reasons_are_part_of_the_act_not_of_the_form(transfer):
    case = walk(transfer, until="apply")
    with pytest.raises(Refused, match="须写明理由"):
        perform(case, "refuse", by=hand_for(case, Role.HEADMASTER, "lead"), opinion=" ")


def test_the_child_is_taken_from_where_it_stands(no1, no2, no3, child_at, staff):
    stale = child_at(no1, grade=3)
    Student.objects.filter(pk=stale.pk).update(school=no3)
    case = start_transfer(stale, no2, by=staff(Role.REGISTRAR, no2), ground="T4", grade=3)
    assert case.peer_school == no3


def test_enrolled_and_gone_on_one_day(transfer):
    """A child enrolled this morning and moved this afternoon: the morning is voided, nothing breaks."""
    Enrolment.objects.filter(student=transfer.child).update(during=(LEGAL_DAY, None))
    case = walk(transfer)
    assert Enrolment.objects.filter(student=case.child, voided=True).count() == 1
    assert Enrolment.objects.living().get(student=case.child).school == case.lead_school


def test_a_case_that_lasts_into_the_next_school_year_moves_up_with_the_child(transfer, no2):
    case = walk(transfer, until="release")
    with clock.at(date(2027, 9, 2)):
        case = perform(case, "complete", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
        assert case.grade == 4
        row = no2.seats_set.get(year=2027, grade=4, school_class=None)
        assert (row.used, row.reserved) == (1, 0)
    assert seats_of(no2, 3).reserved == 0


def test_the_next_years_ledger_opens_with_the_children_who_sit_there(no1, child_at):
    child_at(no1, grade=3)
    with clock.at(date(2027, 9, 2)):
        open_ledger(no1, 2027, 55)
    assert no1.seats_set.get(year=2027, grade=4, school_class=None).used == 1
    assert set(no1.seats_set.filter(year=2027).values_list("grade", flat=True)) == {2, 3, 4, 5, 6}


def test_whoever_left_the_county_comes_back_to_the_same_record(transfer_from_outside, no2, staff):
    case = perform(transfer_from_outside, "withdraw", by=registrar_of(transfer_from_outside), opinion="改")
    child = case.child
    Student.objects.filter(pk=child.pk).update(status="moved_away")
    basics = {"name": child.name, "sex": child.sex, "birth_date": child.birth_date, "id_type": "1"}
    id_number = StudentNumber.objects.get(student=child).plain()
    known = recognise(school=no2, by=staff(Role.REGISTRAR, no2), id_number=id_number, **basics)
    again = take_in(school=no2, known=known, id_number=id_number, **basics)
    assert (again.pk, again.status) == (child.pk, "pending")


def test_a_known_number_under_another_name_names_no_school(no1, no2, child_at, staff):
    child = child_at(no1, grade=3)
    with pytest.raises(Refused) as refusal:
        recognise(school=no2, by=staff(Role.REGISTRAR, no2), name="别的名字", id_number=child.id_number.plain())
    assert no1.name not in str(refusal.value)
    assert Look.objects.filter(user=staff(Role.REGISTRAR, no2), kind="elsewhere").count() == 1


def test_a_checker_hands_back_to_the_maker(transfer):
    case = walk(transfer, until="apply")
    case = perform(case, "hand_back", by=hand_for(case, Role.HEADMASTER, "lead"), opinion="请再核对年级")
    assert case.state == "ready"
    assert perform(case, "apply", by=registrar_of(case)).state == "to_school_check"


# 不通过, 不予放行, 撤回


def freed(case):
    return (
        seats_of(case.lead_school, 3).reserved == 0
        and not SeatHold.objects.filter(case=case, ended_on=None).exists()
        and not CaseSubject.objects.filter(case=case, blocking=True).exists()
    )


def test_refused_the_seat_and_the_child_are_free(transfer):
    case = walk(transfer, until="apply")
    case = perform(case, "refuse", by=hand_for(case, Role.HEADMASTER, "lead"), opinion="不符合条件")
    assert (case.state, case.closed_on, freed(case)) == ("refused", LEGAL_DAY, True)


@pytest.mark.parametrize("ground", ["", "not_willing", "不放人"])
def test_the_sending_school_refuses_only_on_a_listed_ground(transfer, ground):
    case = walk(transfer, until="propose_release")
    head = hand_for(case, Role.HEADMASTER, "peer")
    with pytest.raises(Refused, match="第十九条第二款"):
        perform(case, "refuse_release", by=head, opinion="不放人", refusal_ground=ground)
    assert not freed(case)


def test_the_sending_school_refuses_a_disputed_custody(transfer):
    case = walk(transfer, until="propose_release")
    head = hand_for(case, Role.HEADMASTER, "peer")
    case = perform(case, "refuse_release", by=head, opinion="监护权诉讼中", refusal_ground="custody")
    assert (case.state, case.refusal_ground, freed(case)) == ("refused", "custody", True)


@pytest.mark.parametrize("position", range(len(WAY) - 1))
def test_the_receiving_school_may_withdraw_until_the_end(transfer, position):
    case = walk(transfer, until=WAY[position][0])
    case = perform(case, "withdraw", by=registrar_of(case), opinion="家长改变主意")
    assert (case.state, freed(case), case.child.school_id) == ("withdrawn", True, case.peer_school_id)


def test_nobody_else_withdraws_and_nobody_after_the_end(transfer):
    case = walk(transfer, until="release")
    with pytest.raises(NotYourHand):
        perform(case, "withdraw", by=hand_for(case, Role.REGISTRAR, "peer"), opinion="x")
    done = walk_rest(case)
    with pytest.raises(Refused):
        perform(done, "withdraw", by=registrar_of(done), opinion="x")


def walk_rest(case):
    return perform(case, "complete", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))


# 软规则：主管局长特批


@pytest.fixture
def late_transfer(transfer):
    """The same draft, handed in on 8 October with a reason."""
    with clock.at(date(2026, 10, 8)):
        yield transfer


def test_outside_the_window_a_reason_is_asked_for(late_transfer):
    with pytest.raises(RulesBroken, match="特批理由"):
        perform(late_transfer, "submit", by=registrar_of(late_transfer))


def test_only_the_leader_passes_what_is_outside_the_window(late_transfer):
    keep_draft(late_transfer, by=registrar_of(late_transfer), exception_reason="监护人突发重病，随祖父母居住")
    case = walk(late_transfer, until="review")
    with pytest.raises(RulesBroken, match="2027年3月1日"):
        perform(case, "pass_review", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
    with pytest.raises(NotYourHand):
        perform(case, "grant_exception", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"), opinion="同意")
    case = perform(case, "grant_exception", by=hand_for(case, Role.BUREAU_LEADER, "bureau"), opinion="情况属实，同意")
    assert case.state == "ready" and "第十八条第一款" in case.exception_rules[0]


def test_the_window_is_judged_by_the_day_of_acceptance(transfer):
    with clock.at(date(2026, 9, 30)):
        case = perform(transfer, "submit", by=registrar_of(transfer))
    with clock.at(date(2026, 10, 20)):
        case = perform(case, "vouch", by=hand_for(case, Role.HEADMASTER, "lead"))
        case = perform(case, "review", by=hand_for(case, Role.BUREAU_CLERK, "bureau"))
        assert perform(case, "pass_review", by=hand_for(case, Role.BUREAU_CHECKER, "bureau")).state == "ready"


# 学位


def test_full_grade_is_refused_with_article_and_remedy(transfer, no2):
    row = seats_of(no2, 3)
    row.capacity = 0
    row.save()
    with pytest.raises(RulesBroken, match="第十九条第一款.*选派学校"):
        perform(transfer, "submit", by=registrar_of(transfer))


def test_a_full_class_in_a_grade_with_room_is_refused(transfer, no2):
    case = walk(transfer, until="review")
    class_row = no2.seats_set.get(grade=3, school_class=case.to_class)
    class_row.capacity = 0
    class_row.save()
    with pytest.raises(NoSeat):
        perform(case, "pass_review", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
    assert seats_of(no2, 3).reserved == 0


# 县外转入


def test_outside_desks_are_entered_by_the_county(transfer_from_outside):
    case = walk(transfer_from_outside, until="approve_entry")
    clerk, checker = hand_for(case, Role.BUREAU_CLERK, "bureau"), hand_for(case, Role.BUREAU_CHECKER, "bureau")
    with pytest.raises(Refused, match="办理单位、办理人、办理日期、凭据"):
        perform(case, "propose_release", by=clerk)
    case = perform(case, "propose_release", by=clerk, **OUTSIDE)
    case = perform(case, "release", by=checker)
    assert case.state == "from_bureau"  # another bureau's desk: two signatures
    case = perform(case, "propose_clearance", by=clerk, **OUTSIDE)
    case = perform(case, "complete", by=checker)
    case = perform(case, "call_file", by=registrar_of(case), file_came_on=LEGAL_DAY)
    child = Student.objects.get(pk=case.child.pk)
    assert (case.scope, child.status, child.school) == ("跨省", "enrolled", case.lead_school)
    assert Enrolment.objects.get(student=child).came_from == "宁城县实验小学"
    step = case.steps.get(action="propose_release")
    assert (step.particulars["outside_unit"], step.happened_on) == ("宁城县实验小学", OUTSIDE["outside_day"])
    assert not case.filings.filter(act__startswith="转出").exists(), "the outside unit files its own acts"


def test_a_withdrawn_newcomer_leaves_no_trace_in_the_way(transfer_from_outside):
    case = perform(transfer_from_outside, "withdraw", by=registrar_of(transfer_from_outside), opinion="改去他县")
    child = case.child
    assert child.status == "rejected"
    assert not StudentNumber.objects.filter(student=child, until=None).exists()


# 报到


@pytest.mark.parametrize(("shift", "fits"), [(-1, False), (0, True), (1, True), (2, False)])
def test_arrival_lies_between_the_move_and_today(transfer, shift, fits):
    case = walk(transfer)
    with clock.at(LEGAL_DAY + timedelta(days=1)):
        day = LEGAL_DAY + timedelta(days=shift)
        if fits:
            assert perform(case, "report", by=registrar_of(case), arrived_at_school_on=day).state == "arrived"
        else:
            with pytest.raises(Refused, match="报到日期"):
                perform(case, "report", by=registrar_of(case), arrived_at_school_on=day)


# 材料虚假


def test_false_papers_send_the_record_back(transfer, no1, no2):
    before, used = snapshot([transfer.child.pk]), seats_of(no1, 3).used
    case = walk(transfer)
    with clock.at(LEGAL_DAY + timedelta(days=5)):
        case = perform(
            case, "revert", by=hand_for(case, Role.BUREAU_LEADER, "bureau"), opinion="居住证明虚假，经派出所核实"
        )
    child = Student.objects.get(pk=case.child.pk)
    assert (case.state, child.school) == ("reverted", no1)
    after = snapshot([child.pk])
    assert {key: after[key] for key in before} == before
    assert (seats_of(no1, 3).used, seats_of(no2, 3).used) == (used, 0)


def test_the_record_goes_back_even_to_a_full_grade_by_a_numbered_grant(transfer, no1):
    case = walk(transfer)
    no1.seats_set.filter(grade=3).update(capacity=0)
    with clock.at(LEGAL_DAY + timedelta(days=5)):
        perform(case, "revert", by=hand_for(case, Role.BUREAU_LEADER, "bureau"), opinion="虚假")
    grants = SeatGrant.objects.filter(case_number=case.number)
    assert grants.count() == 2 and all(g.article == "第三十八条" for g in grants)


# 两人两签, 任职, 代理


def test_one_account_cannot_make_and_check(transfer, no2):
    both = staff_member(Role.REGISTRAR, no2)
    perform(transfer, "submit", by=both)
    # The appointment service refuses such a double office; a row written past it still gives no second signature.
    group = Appointment.objects.get(user=staff_member(Role.HEADMASTER, no2)).group
    Appointment.objects.create(user=both, role=Role.HEADMASTER, school=no2, group=group, starts=date(2024, 9, 1))
    with pytest.raises(NotYourHand, match="经办与审核须为两人"):
        perform(transfer, "vouch", by=User.objects.get(pk=both.pk))


def test_an_ended_appointment_has_no_power_from_that_day_on(transfer, no2):
    head = staff_member(Role.HEADMASTER, no2)
    perform(transfer, "submit", by=registrar_of(transfer))
    dismiss(Appointment.objects.get(user=head), on=LEGAL_DAY)
    with pytest.raises(NotYourHand):
        perform(transfer, "vouch", by=head)
    with clock.at(LEGAL_DAY - timedelta(days=1)):
        appoint(head, Role.HEADMASTER, no2, starts=LEGAL_DAY - timedelta(days=30))
        assert perform(transfer, "vouch", by=head).state == "bureau_review"


@pytest.mark.parametrize(("shift", "may"), [(-1, False), (0, True), (3, True), (4, False)])
def test_a_deputy_signs_inside_the_span_and_both_names_are_kept(transfer, no2, shift, may):
    perform(transfer, "submit", by=registrar_of(transfer))
    head = Appointment.objects.get(user=staff_member(Role.HEADMASTER, no2))
    deputy = User.objects.create(username="deputy", name="样例代理")
    first = LEGAL_DAY + timedelta(days=1)
    Deputy.objects.create(appointment=head, user=deputy, starts=first, ends=first + timedelta(days=3), reason="出差")
    with clock.at(first + timedelta(days=shift)):
        if not may:
            with pytest.raises(NotYourHand):
                perform(transfer, "vouch", by=deputy)
            return
        step = perform(transfer, "vouch", by=deputy).steps.last()
    assert (step.actor, step.appointment, step.deputising) == (deputy, head, True)


# 一生一件


def test_a_second_transfer_is_told_whose_desk_the_first_is_on(transfer, no1, no3, staff):
    with pytest.raises(ChildBusy, match=f"{transfer.number}.*第二小学.*转入学校预审"):
        start_transfer(transfer.child, no3, by=staff(Role.REGISTRAR, no3), ground="T4", grade=3)


# 材料清单


COMMON = ["contact_form", "basics_form", "household_book", "residence"]


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({"ground": "T4", "county_direct": False, "household_moved": True}, []),
        ({"ground": "T4", "county_direct": False}, ["other_reason"]),
        ({"ground": "T4", "county_direct": True, "household_moved": True}, ["property", "direct_form"]),
        (
            {"ground": "T5", "county_direct": True, "household_moved": True},
            ["investor_form", "licence", "investor_household", "direct_form"],
        ),
        (
            {"ground": "T5", "county_direct": True, "household_moved": True, "is_talent": True},
            ["investor_form", "licence", "investor_household", "talent_contract", "direct_form"],
        ),
        (
            {"ground": "T3", "county_direct": True, "household_moved": True, "has_property": False},
            ["no_property", "nearness", "direct_form"],
        ),
        (
            {"ground": "T2", "county_direct": True, "household_moved": True, "has_property": True},
            ["property", "direct_form"],
        ),
        (
            {"ground": "T9", "county_direct": True},
            ["other_reason", "property", "application", "witnesses", "direct_form"],
        ),
        ({"ground": "T1", "county_direct": False, "household_moved": True, "return_home": True}, ["return_home"]),
    ],
)
def test_the_matrix_of_papers(given, more):
    assert [p.code for p in papers_for(**given)] == COMMON + more


def test_county_direct_originals_are_seen_by_the_bureau_before_the_review(bureau, no1, child_at, staff):
    direct = make_school(bureau, 9, "实验小学", direct=True)
    registrar, clerk = staff(Role.REGISTRAR, direct), staff(Role.BUREAU_CLERK, bureau)
    case = start_transfer(
        child_at(no1, grade=3), direct, by=registrar, ground="T4", grade=3, to_class=class_of(direct, 3)
    )
    papers_in_order(case, registrar)
    case = perform(case, "submit", by=registrar)
    with pytest.raises(NotYourHand):
        perform(case, "vouch", by=staff(Role.DEPUTY_HEAD, direct))  # 校长签字
    case = perform(case, "vouch", by=staff(Role.HEADMASTER, direct))
    with pytest.raises(RulesBroken, match="房产证"):
        perform(case, "review", by=clerk)
    originals_seen(case, clerk)
    assert perform(case, "review", by=clerk).state == "bureau_review_check"


# 期限


def test_each_stage_has_ten_working_days_over_the_national_day(transfer):
    with clock.at(date(2026, 9, 18)):
        case = perform(transfer, "submit", by=registrar_of(transfer))
        case = perform(case, "vouch", by=hand_for(case, Role.HEADMASTER, "lead"))
    assert (case.desk_stage, case.arrived_on, case.due_on) == ("教育局预审", date(2026, 9, 18), date(2026, 10, 9))
    with clock.at(date(2026, 9, 21)):
        case = perform(case, "review", by=hand_for(case, Role.BUREAU_CLERK, "bureau"))
    assert case.due_on == date(2026, 10, 9), "both signatures share one clock"


def test_a_child_of_another_county_is_taken_in_by_the_registrar_of_the_school_alone(
    transfer_from_outside, no1, no2, staff
):
    birth, before = date(2018, 3, 2), Look.objects.count()
    basics = {"id_number": id_number(birth, 301, "2"), "sex": "2", "birth_date": birth, "id_type": "1"}
    basics |= {"name": transfer_from_outside.child.name, "registry_number": ""}
    origin = Origin("150429", "宁城县实验小学", "2115000001", "三年级2班")
    for role, place in [(Role.HEADMASTER, no2), (Role.REGISTRAR, no1)]:
        with pytest.raises(Refused) as refused:
            start_from_outside(staff(role, place), no2, basics, origin, 3)
        assert refused.type is NotYourHand
    assert Look.objects.count() == before, "a stranger to the work looks nobody up"
