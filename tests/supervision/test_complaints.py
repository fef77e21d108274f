"""第三十六条: a complaint by its actors, its clocks at their last days, who learns who complained, and by whom not."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from django.urls import reverse

from accounts.models import Appointment
from accounts.policies import powers_behind
from accounts.roles import Role
from approvals.countdown.engine import standing_on
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.materials import hand_in_paper
from approvals.models import Case, CaseSubject
from approvals.services import perform
from archives.evidence.collecting import files_of_case, scope_of
from archives.models import EvidencePack
from law import clock
from students.changes import start_change
from students.models import Enrolment
from supervision.complaints.services import reveal_contact
from supervision.models import Complaint, ContactLook
from supervision.orders.breaches import signs_at
from suspensions.models import Suspension
from tests.county import hand_for
from tests.house.sites import photo
from tests.supervision.complaining import PHONE, complained, told, walked


@pytest.fixture
def case(no1, child_at):
    return complained(no1, child_at(no1, grade=3, name="样例甲"))


def test_a_founded_complaint_goes_its_four_legs_and_back_to_whoever_complained(case):
    assert (case.state, case.due_on) == ("draft", date(2026, 9, 18))
    case = told(walked(case))
    assert (case.state, case.truth, case.told_on) == ("done", "founded", date(2026, 9, 15))
    stages = [step.stage for step in case.steps.order_by("pk")]
    assert list(dict.fromkeys(stages)) == ["发核查单", "学校核查", "处理意见", "学校办结", "告知投诉人"]
    assert all(step.article for step in case.steps.all())


def test_an_unfounded_one_skips_the_school_and_a_founded_one_must_not(case):
    case = walked(case, until="propose", propose={"truth": "unfounded", "opinion_text": "已按期办结，家长误会。"})
    checker = hand_for(case, Role.BUREAU_CHECKER, "bureau")
    with pytest.raises(Refused, match="不属实"):
        perform(case, "supervise", by=checker)
    assert perform(case, "conclude", by=checker).state == "answer"


def test_a_founded_complaint_is_not_closed_without_the_school_putting_it_right(case):
    case = walked(case, until="propose")
    with pytest.raises(Refused, match="督办单"):
        perform(case, "conclude", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))


@pytest.mark.parametrize(("day", "days_left"), [(17, 1), (18, 0), (20, -1)])
def test_three_working_days_for_the_check_order(case, day, days_left):
    with clock.at(date(2026, 9, day)):
        (found,) = standing_on(date(2026, 9, day), only="complaint.order")
    assert (found.subject, found.due, found.days_left) == (case.pk, date(2026, 9, 18), days_left)


def test_each_leg_has_its_own_number_of_days(case):
    dues = {}
    for action in ("issue", "feed_back", "supervise", "report_done"):
        fresh = walked(complained(case.lead_school, matter="other"), until=action)
        dues[fresh.desk_stage] = (fresh.clock_days, fresh.due_on)
    # 19 September is a rest day, Sunday the 20th is worked for the holidays (调休).
    assert {stage: days for stage, (days, _) in dues.items()} == {
        "学校核查": 5, "处理意见": 5, "学校办结": 5, "告知投诉人": 3,
    }  # fmt: skip
    assert dues["学校核查"][1] == date(2026, 9, 21)


def test_the_clock_runs_from_the_day_it_came_not_from_the_day_it_was_typed(no1):
    late = complained(no1, received_on=date(2026, 9, 9))
    assert late.due_on == date(2026, 9, 14)
    (found,) = standing_on(clock.today(), only="complaint.order")
    assert found.state == "overdue"


def test_whoever_is_not_satisfied_gets_the_leaders_review_by_another_person(case, staff):
    case = told(walked(case), "appeal", opinion="家长认为处理太轻")
    leader = hand_for(case, Role.BUREAU_LEADER, "bureau")
    assert case.desk_right == "bureau_sign"
    case = perform(case, "reopen", by=leader, opinion="请查清漏办原因")
    assert (case.state, case.round) == ("verify", 2)
    case = told(walked_again(case), "tell")
    assert case.state == "done"


def walked_again(case):
    from tests.supervision.complaining import UNTIL_TOLD

    for action, role, side, given in UNTIL_TOLD[2:]:
        case = perform(case, action, by=hand_for(case, role, side), **given)
    return case


def test_nobody_reviews_what_he_signed_himself(case):
    leader = hand_for(case, Role.BUREAU_LEADER, "bureau")
    case = walked(case, until="propose")
    perform(case, "supervise", by=leader)
    case = walked_rest(case)
    case = told(case, "appeal", opinion="不服")
    with pytest.raises(Refused, match="另一人"):
        perform(case, "uphold", by=leader, opinion="维持")


def walked_rest(case):
    for action, role, given in (
        ("carry_out", Role.REGISTRAR, {"done_text": "已办"}),
        ("report_done", Role.HEADMASTER, {}),
    ):
        case = perform(case, action, by=hand_for(case, role, "lead"), **given)
    return case


def test_after_one_review_the_way_leads_upwards(case):
    case = told(walked(case), "appeal", opinion="不服")
    case = perform(case, "uphold", by=hand_for(case, Role.BUREAU_LEADER, "bureau"), opinion="维持")
    with pytest.raises(Refused, match="上一级"):
        told(case, "appeal", opinion="还是不服")


def test_beyond_the_county_it_is_passed_on_and_closed(case):
    case = walked(case, until="submit")
    checker = hand_for(case, Role.BUREAU_CHECKER, "bureau")
    with pytest.raises(Refused, match="转往单位"):
        perform(case, "pass_on", by=checker, opinion="涉及两县")
    case = perform(case, "pass_on", by=checker, opinion="涉及两县", passed_to="朝阳市教育局")
    assert (case.state, case.closed_on) == ("passed_on", clock.today())


def test_a_complaint_does_not_stop_the_childs_open_change(no1, child_at, staff):
    child = child_at(no1)
    start_change(Suspension, child, by=staff(Role.REGISTRAR, no1), ground_note="骨折", until=date(2027, 6, 30))
    case = complained(no1, child)
    assert CaseSubject.objects.get(case=case).blocking is False and case.child == child
    told(walked(case))
    assert CaseSubject.objects.filter(child=child, blocking=True).count() == 1


def test_what_is_under_way_already_is_not_registered_twice(case, no1):
    with pytest.raises(RulesBroken, match=case.number):
        complained(no1, case.child)
    assert complained(no1, case.child, matter="files").pk


def test_a_child_of_elsewhere_and_a_day_to_come_are_refused_together(no1, no2, child_at):
    with pytest.raises(RulesBroken) as refusal:
        complained(no1, child_at(no2), received_on=date(2026, 9, 16))
    assert len(refusal.value.sentences) == 2 and all("第三十六条" in said for said in refusal.value.sentences)


def test_a_check_order_says_what_to_check(no1, staff, bureau):
    with pytest.raises(RulesBroken, match="核查要点"):
        perform(complained(no1, order_text=""), "submit", by=staff(Role.BUREAU_CLERK, bureau))


def test_only_what_two_people_found_and_nobody_reopened_is_proved(case, no1, no2, bureau):
    case = walked(case, until="propose")
    assert not case.is_proved, "the checker has not signed"
    case = perform(case, "supervise", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
    assert case.is_proved
    case = told(walked_rest(case))
    assert case.is_proved and [sign.number for sign in complaints_at(no1)] == [1]
    other = walked(complained(no2), until="report_done")
    other = perform(other, "check_again", by=hand_for(other, Role.BUREAU_CLERK, "bureau"), opinion="再查")
    other = perform(other, "withdraw", by=hand_for(other, Role.BUREAU_CLERK, "bureau"), opinion="投诉人撤回")
    assert other.truth == "founded" and not other.is_proved and complaints_at(no2) == []


def complaints_at(school):
    return [sign for sign in signs_at([school.pk]) if "投诉" in sign.title]


def test_a_second_complaint_goes_on_from_a_closed_one_about_the_same_school(case, no1, no2):
    with pytest.raises(RulesBroken, match="没有办结"):
        complained(no1, follows=case)
    closed = told(walked(case))
    with pytest.raises(RulesBroken, match="不是对"):
        complained(no2, follows=closed)
    assert complained(no1, follows=closed).follows == closed


def test_one_person_with_both_rights_does_not_check_what_he_made(case, bureau, staff):
    """Even if somebody had written a second office into the database, which no appointment would allow."""
    clerk = hand_for(case, Role.BUREAU_CLERK, "bureau")
    office = Appointment.objects.get(user=staff(Role.BUREAU_CHECKER, bureau))
    office.pk, office.user = None, clerk
    office.save()
    case = perform(case, "submit", by=clerk)
    assert powers_behind(clerk, "bureau_check", case.lead_school_id)
    with pytest.raises(NotYourHand):
        perform(case, "issue", by=clerk)


def test_every_leg_is_two_people_and_no_stranger(case, no2, bureau, staff):
    strangers = [staff(Role.REGISTRAR, no2), staff(Role.HEADMASTER, no2), staff(Role.AUDITOR, bureau)]
    for action, role, side, given in _way():
        wrong = [*strangers, hand_for(case, other_of(role), side)]
        for person in wrong:
            with pytest.raises(NotYourHand):
                perform(case, action, by=person, **given)
        case = perform(case, action, by=hand_for(case, role, side), **given)


def _way():
    from tests.supervision.complaining import UNTIL_TOLD

    return UNTIL_TOLD


def other_of(role):
    return {
        Role.BUREAU_CLERK: Role.BUREAU_CHECKER,
        Role.BUREAU_CHECKER: Role.BUREAU_CLERK,
        Role.REGISTRAR: Role.HEADMASTER,
    }.get(role, Role.REGISTRAR)


def test_the_school_does_not_learn_who_complained(client, case, no1, bureau, staff):
    case = walked(case, until="issue")
    client.force_login(staff(Role.REGISTRAR, no1))
    for url in (case.get_absolute_url(), reverse("supervision:complaints")):
        said = client.get(url).content.decode()
        assert "刘知秋" not in said and "要求保密" in said and "0099" not in said
    assert case.number not in client.get(reverse("supervision:complaints"), {"q": "刘知秋"}).content.decode()
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    said = client.get(case.get_absolute_url()).content.decode()
    assert "刘知秋" in said and "138****0099" in said and PHONE not in said


def test_the_letter_is_hidden_from_the_school_in_page_and_address(client, case, no1, bureau, staff):
    letter = case.materials.get(code="letter")
    scan = hand_in_paper(letter, by=staff(Role.BUREAU_CLERK, bureau), data=photo()).scans.get()
    walked(case, until="issue")
    address = reverse("approvals:scan", args=[case.number, scan.pk])
    client.force_login(staff(Role.REGISTRAR, no1))
    assert client.get(address).status_code == 404
    assert "投诉材料（" not in client.get(case.get_absolute_url()).content.decode()
    client.force_login(staff(Role.BUREAU_CHECKER, bureau))
    assert client.get(address).status_code == 200


def test_the_school_hands_in_its_proof_on_its_own_desk_only(case, no1, bureau, staff):
    proof, registrar = case.materials.get(code="school_proof"), staff(Role.REGISTRAR, no1)
    with pytest.raises(NotYourHand):
        hand_in_paper(proof, by=registrar, data=photo())
    walked(case, until="issue")
    assert hand_in_paper(proof, by=registrar, data=photo()).state == "handed"
    with pytest.raises(NotYourHand):
        hand_in_paper(proof, by=staff(Role.BUREAU_CLERK, bureau), data=photo())


def test_each_look_at_the_number_is_kept_and_needs_a_reason(case, no1, bureau, staff):
    clerk = staff(Role.BUREAU_CLERK, bureau)
    with pytest.raises(Refused, match="原因"):
        reveal_contact(case, by=clerk, reason=" ")
    with pytest.raises(NotYourHand):
        reveal_contact(case, by=staff(Role.HEADMASTER, no1), reason="想知道")
    assert reveal_contact(case, by=clerk, reason="回访") == PHONE
    assert [(look.user, look.reason) for look in ContactLook.objects.all()] == [(clerk, "回访")]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE supervision_contactlook SET reason = ''")


def test_the_number_lies_in_the_database_as_ciphertext(case):
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact FROM supervision_complaint WHERE case_ptr_id = %s", [case.pk])
        (stored,) = cursor.fetchone()
    assert PHONE.encode() not in bytes(stored)


def test_nobody_is_told_what_was_not_found(case):
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=case.pk).update(told_on=clock.today())


def test_the_child_page_shows_the_complaint_to_who_may_see_it(client, case, no1, no2, no3, staff):
    client.force_login(staff(Role.REGISTRAR, no1))
    assert case.number in client.get(case.child.get_absolute_url()).content.decode()
    # A school that the child attends sees the child, and no word of the complaint against the other school.
    Enrolment.objects.filter(student=case.child).update(attends=no2)
    client.force_login(staff(Role.REGISTRAR, no2))
    shown = client.get(case.child.get_absolute_url())
    assert shown.status_code == 200 and case.child.name in shown.content.decode()
    assert case.number not in shown.content.decode()
    assert client.get(case.get_absolute_url()).status_code == 404
    client.force_login(staff(Role.REGISTRAR, no3))
    assert client.get(case.child.get_absolute_url()).status_code == 404


def test_registering_from_the_page_keeps_what_was_typed(client, no1, bureau, staff, child_at):
    child = child_at(no1, name="样例丁")
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    url, typed = reverse("supervision:complaint_new"), {
        "school": no1.pk, "child": "查无此人", "received_on": "2026-09-15", "channel": "visit", "complainant": "刘知秋",
        "matter": "files", "content": "扣着档案不给", "confidential": "on",
    }  # fmt: skip
    answer = client.post(url, typed)
    assert (
        answer.status_code == 422
        and "没有找到" in answer.content.decode()
        and "扣着档案不给" in answer.content.decode()
    )
    answer = client.post(url, typed | {"child": "样例丁"})
    case = Complaint.objects.get()
    assert answer.url == case.get_absolute_url() and case.child == child
    assert Case.objects.get(pk=case.pk).kind_name == "学籍投诉"


def test_a_school_registers_none_and_a_stranger_finds_none(client, case, no1, no2, staff):
    client.force_login(staff(Role.REGISTRAR, no1))
    assert client.get(reverse("supervision:complaint_new")).status_code == 403
    assert client.get(reverse("supervision:complaint_draft", args=[case.number])).status_code == 403
    client.force_login(staff(Role.REGISTRAR, no2))
    assert client.get(reverse("supervision:complaint_draft", args=[case.number])).status_code == 404
    assert case.number not in client.get(reverse("supervision:complaints")).content.decode()


def test_no_evidence_pack_tells_the_school_who_complained(case, no1, bureau, staff):
    hand_in_paper(case.materials.get(code="letter"), by=staff(Role.BUREAU_CLERK, bureau), data=photo())
    walked(case, until="issue")

    def packed(by) -> tuple[bytes, set[str]]:
        scope = scope_of(EvidencePack(case=Case.objects.get(pk=case.pk), asked_by=by))
        files = list(files_of_case(scope.cases[0], scope))
        return b"".join(file.content for file in files), {file.kind for file in files}

    told_school, kinds = packed(staff(Role.REGISTRAR, no1))
    assert "刘知秋" not in told_school.decode("utf-8", "replace") and "材料原件" not in kinds
    told_bureau, kinds = packed(staff(Role.BUREAU_CLERK, bureau))
    assert "刘知秋" in told_bureau.decode("utf-8", "replace") and "材料原件" in kinds
