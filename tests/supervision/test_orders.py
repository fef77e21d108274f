"""第三十八条: what the record shows of nine breaches, and an order from its drawing up to the end."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.countdown.engine import standing_on
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.services import perform
from law import clock
from schools.models import Seats
from students.models import Placement, Problem
from supervision.models import Rectification
from supervision.orders.breaches import LIMITS, Breach, by_breach, signs_at
from tests.county import class_of, hand_for
from tests.supervision.clocks import row
from tests.supervision.complaining import complained, told
from tests.supervision.complaining import walked as complaint_walked
from tests.supervision.ordering import ORDER_WAY, ordered, walked


def test_an_order_rests_only_on_a_proved_complaint_about_the_school(no1, no2):
    case = complained(no1)
    with pytest.raises(Refused, match="不是查实"):
        ordered(no1, complaint=case)
    case = complaint_walked(case)
    with pytest.raises(Refused, match="不是查实"):
        ordered(no2, complaint=case)
    assert ordered(no1, complaint=case).proved_by == case


def test_an_order_is_signed_by_the_leader_answered_by_the_school_and_closed_by_the_bureau(no1):
    case = walked(ordered(no1), ORDER_WAY)
    assert (case.state, case.standing) == ("done", False)
    stages = [step.stage for step in case.steps.order_by("pk")]
    assert list(dict.fromkeys(stages)) == ["拟令审核", "主管局长签发", "学校改正", "教育局核验"]


def test_every_step_has_its_own_hand_and_no_stranger(no1, no2, bureau, staff):
    case = ordered(no1)
    other = {
        Role.BUREAU_CLERK: (Role.BUREAU_CHECKER, "bureau"),
        Role.BUREAU_CHECKER: (Role.BUREAU_CLERK, "bureau"),
        Role.BUREAU_LEADER: (Role.BUREAU_CHECKER, "bureau"),
        Role.REGISTRAR: (Role.HEADMASTER, "lead"),
        Role.HEADMASTER: (Role.REGISTRAR, "lead"),
    }
    for action, role, side, given in ORDER_WAY:
        for person in (staff(Role.HEADMASTER, no2), staff(Role.AUDITOR, bureau), hand_for(case, *other[role])):
            with pytest.raises(NotYourHand):
                perform(case, action, by=person, **given)
        case = perform(case, action, by=hand_for(case, role, side), **given)


@pytest.mark.parametrize(("shift", "left"), [(-1, 1), (0, 0), (1, -1)])
def test_the_school_has_fifteen_working_days(no1, shift, left):
    case = walked(ordered(no1), ORDER_WAY, until="issue")
    assert case.clock_days == 15
    days = [day for day in _workdays_after(case.due_on, shift)]
    with clock.at(days[-1]):
        (found,) = standing_on(days[-1], only="order.correct")
    assert (found.subject, found.days_left) == (case.pk, left)


def _workdays_after(day, shift):
    from law import workdays

    return [workdays.add(day, 1).day] if shift > 0 else [day] if shift == 0 else [_workday_before(day)]


def _workday_before(day):
    from datetime import timedelta

    from law.workdays import Calendar

    calendar = Calendar.between(day - timedelta(days=20), day)
    day -= timedelta(days=1)
    while not calendar.is_workday(day):
        day -= timedelta(days=1)
    return day


def escalated(case, opinion="拒不改正"):
    leader = hand_for(case, Role.BUREAU_LEADER, "bureau")
    return perform(case, "escalate", by=leader, opinion=opinion, accountability="约谈校长，全县通报")


def test_nobody_is_called_to_account_while_there_is_time(no1):
    case = walked(ordered(no1), ORDER_WAY, until="issue")
    with pytest.raises(RulesBroken, match="改正期限未过"):
        escalated(case)
    with clock.at(case.due_on), pytest.raises(RulesBroken):
        escalated(case)
    with clock.at(date(2026, 11, 2)):
        assert escalated(case).state == "escalated"


def test_a_grave_case_or_one_not_put_right_may_be_escalated_at_once(no1):
    grave = walked(ordered(no1, grave=True), ORDER_WAY, until="issue")
    assert escalated(grave, "情节严重").accountability == "约谈校长，全县通报"
    case = walked(ordered(no1, breach="9"), ORDER_WAY, until="vouch")
    case = perform(case, "insist", by=hand_for(case, Role.BUREAU_CLERK, "bureau"), opinion="只移交了一份")
    assert (case.state, case.insisted, case.round) == ("correct", 1, 2)
    assert escalated(case).state == "escalated"


def test_escalation_names_what_was_done_to_whom(no1):
    case = walked(ordered(no1, grave=True), ORDER_WAY, until="issue")
    with pytest.raises(Refused, match="追究责任的处理"):
        perform(case, "escalate", by=hand_for(case, Role.BUREAU_LEADER, "bureau"), opinion="情节严重")


def test_one_order_of_a_kind_at_a_school_in_rules_and_in_the_database(no1, no2):
    first = ordered(no1)
    with pytest.raises(RulesBroken, match=first.number):
        ordered(no1)
    assert ordered(no1, breach="9").pk and ordered(no2).pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Rectification.objects.filter(breach="9").update(breach="6")


def test_the_leader_takes_back_what_was_ordered_in_error(no1):
    case = walked(ordered(no1), ORDER_WAY, until="issue")
    ended = perform(case, "revoke", by=hand_for(case, Role.BUREAU_LEADER, "bureau"), opinion="档案早已移交")
    assert (ended.state, ended.standing) == ("revoked", False)


def test_limits_passed_at_the_school_are_signs_of_their_own_breach(no1, no2):
    for code in ("archive.opened", "dropout.month_report", "transfer.from_school", "exam.id_card"):
        row(no1, deadline=code)
    row(no1, deadline="archive.opened", right="bureau_make")  # the bureau's own lateness is no breach of the school
    row(no1, deadline="archive.opened", due=date(2026, 9, 15))  # due today is in time
    row(no2, deadline="archive.opened")
    grouped = by_breach(signs_at([no1.pk]))
    assert {breach.value: [sign.number for sign in signs] for breach, signs in grouped.items() if signs} == {
        "1": [1], "4": [1], "6": [1], "9": [1],
    }  # fmt: skip


def test_every_limit_mapped_is_a_limit_declared():
    from law.deadline import declared

    assert set(LIMITS) <= set(declared())


def test_doubled_records_a_child_without_a_class_and_a_full_class_are_signs(no1, child_at):
    child, other = child_at(no1), child_at(no1, name="样例乙")
    Problem.objects.create(what="namesake", child=child, other=other, facts="同名", found_on=clock.today())
    assert not by_breach(signs_at([no1.pk]))[Breach.SPLIT]
    with clock.at(date(2026, 11, 2)):
        Placement.objects.filter(enrolment__student=other).update(ends=date(2026, 9, 20))
        Seats.objects.filter(school=no1, school_class=class_of(no1, 4)).update(capacity=60, used=56)
        grouped = by_breach(signs_at([no1.pk]))
    assert [sign.number for sign in grouped[Breach.FALSE]] == [1]
    assert {sign.title: sign.number for sign in grouped[Breach.SPLIT]} == {
        "在籍一个月以上没有班级": 1, "班级超过最大班额55人": 1,
    }  # fmt: skip


def test_what_no_data_shows_is_learned_from_a_founded_complaint(client, no1, bureau, staff):
    case = told(complaint_walked(complained(no1, matter="leak")))
    (sign,) = by_breach(signs_at([no1.pk]))[Breach.LEAK]
    assert sign.number == 1
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    said = client.get(case.get_absolute_url()).content.decode()
    address = f"{reverse('supervision:order_new')}?complaint={case.number}"
    assert address in said
    typed = {"school": no1.pk, "breach": "7", "facts_text": "外传名单", "demand_text": "收回名单"}
    client.post(address, typed)
    assert Rectification.objects.get().proved_by == case


def test_the_board_leads_to_the_rows_and_from_there_to_an_order(client, no1, no2, bureau, staff):
    row(no1, deadline="archive.opened")
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    said = client.get(reverse("supervision:breaches")).content.decode()
    assert "rule=archive.opened" in said and "拟令" in said
    answer = client.get(reverse("supervision:order_new"), {"school": no1.pk, "breach": "1"}).content.decode()
    assert "系统显示" in answer and "1项" in answer
    client.force_login(staff(Role.HEADMASTER, no1))
    said = client.get(reverse("supervision:breaches")).content.decode()
    assert "rule=archive.opened" in said and ">拟令<" not in said
    client.force_login(staff(Role.HEADMASTER, no2))
    assert "rule=archive.opened" not in client.get(reverse("supervision:breaches")).content.decode()


def test_pages_and_who_may_not_open_them(client, no1, no2, bureau, staff):
    case = ordered(no1)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    assert client.get(reverse("supervision:order_draft", args=[case.number])).status_code == 200
    kept = client.post(reverse("supervision:order_new"), {"school": no2.pk, "breach": "3", "facts_text": ""})
    assert kept.status_code == 422
    assert case.number in client.get(reverse("supervision:orders"), {"q": "纸质档案"}).content.decode()
    client.force_login(staff(Role.REGISTRAR, no1))
    assert client.get(reverse("supervision:order_new")).status_code == 403
    assert client.get(reverse("supervision:order_draft", args=[case.number])).status_code == 403
    client.force_login(staff(Role.REGISTRAR, no2))
    assert client.get(case.get_absolute_url()).status_code == 404
    assert client.get(reverse("supervision:order_draft", args=[case.number])).status_code == 404
