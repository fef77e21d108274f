"""第三十四条: nobody acts untrained, hands change by report, what lay open passes with the desk."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Appointment
from accounts.policies import powers_behind
from accounts.roles import Role
from approvals.countdown.engine import standing_on
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.models import Case
from approvals.services import perform
from law import clock
from students.changes import start_change
from supervision.models import RegistrarChange
from supervision.registrars.forms import RegisterFilter
from supervision.registrars.presenting import register
from supervision.registrars.services import keep
from suspensions.models import Suspension
from tests.county import hand_for
from tests.supervision.ordering import REPORT_WAY, newcomer, reported, walked


def may_act(person, school) -> bool:
    return bool(powers_behind(person, "make_change", school.pk))


def test_the_report_gives_the_right_to_act_and_nothing_before_it_does(no1):
    person = newcomer()
    case = walked(reported(no1, person), REPORT_WAY, until="propose")
    assert not may_act(person, no1)
    case = perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
    assert may_act(person, no1) and case.appointed.trained_on == date(2026, 8, 20)


@pytest.mark.parametrize(
    ("trained", "starts", "ok"), [(15, 15, True), (16, 15, False), (14, 15, True), (15, 14, False), (16, 16, False)]
)
def test_trained_first_then_in_office(no1, trained, starts, ok):
    days = {"trained_on": date(2026, 9, trained), "starts_on": date(2026, 9, starts)}
    if ok:
        assert reported(no1, **days).pk
        return
    with pytest.raises(RulesBroken, match="培训合格记录"):
        reported(no1, **days)


def test_a_draft_rewritten_for_somebody_already_reported_is_refused_in_words(no1, staff):
    first, second = newcomer("甲"), newcomer("乙")
    reported(no1, first)
    case = reported(no1, second)
    given = {**case.said(), "post": case.post, "reason": case.reason}
    with pytest.raises(Refused, match="正在办理"):
        keep(case, first, by=staff(Role.HEADMASTER, no1), **given)
    case.refresh_from_db()
    assert case.person == second


def test_the_register_shows_a_registrars_own_report_once_it_has_put_him_in_office(no1):
    case = reported(no1)
    chosen = RegisterFilter({}, user=hand_for(case, Role.BUREAU_CLERK, "bureau"))
    assert {row["case"] for row in register(chosen)["rows"]} == {None}
    case = walked(case, REPORT_WAY)
    assert {row["registrar"]: row["case"] for row in register(chosen)["rows"]}[case.appointed] == case


def test_the_database_holds_training_before_office(no1):
    case = reported(no1)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegistrarChange.objects.filter(pk=case.pk).update(trained_on=date(2026, 9, 16))


def test_when_hands_change_the_open_tasks_pass_and_the_former_loses_his_power(no1, staff, child_at):
    former = staff(Role.REGISTRAR, no1)
    child = child_at(no1)
    task = start_change(Suspension, child, by=former, ground_note="骨折", until=date(2027, 6, 30))
    person = newcomer()
    mine = Appointment.objects.get(user=former)
    case = walked(reported(no1, person, why="shift", predecessor=mine), REPORT_WAY)
    assert [each["number"] for each in case.handed_over] == [task.number]
    assert Case.objects.on_desk_of(person).filter(pk=task.pk).exists()
    former = type(former).objects.get(pk=former.pk)
    assert not may_act(former, no1) and not Case.objects.on_desk_of(former).filter(pk=task.pk).exists()
    assert case.appointed.starts == clock.today()


def test_a_shift_names_whom_it_follows(no1):
    with pytest.raises(RulesBroken, match="接替何人"):
        reported(no1, why="shift")


def test_making_and_checking_stay_two_people(no1, staff):
    with pytest.raises(RulesBroken, match="经办与审核"):
        reported(no1, staff(Role.DEPUTY_HEAD, no1))


def test_a_later_training_is_written_down_for_whoever_serves(no1, staff):
    mine = staff(Role.REGISTRAR, no1)
    with pytest.raises(RulesBroken, match="已经是本校"):
        reported(no1, mine)
    walked(reported(no1, mine, why="renewal"), REPORT_WAY)
    assert Appointment.objects.get(user=mine).trained_on == date(2026, 8, 20)
    with pytest.raises(RulesBroken, match="不能办理培训更新"):
        reported(no1, newcomer(), why="renewal")


def test_only_the_headmaster_reports_and_only_the_bureau_registers(no1, no2, bureau, staff):
    case = reported(no1)
    for action, role, side, given in REPORT_WAY:
        wrong = [staff(Role.HEADMASTER, no2), staff(Role.REGISTRAR, no1), staff(Role.DEPUTY_HEAD, no1)]
        for person in wrong:
            with pytest.raises(NotYourHand):
                perform(case, action, by=person, **given)
        case = perform(case, action, by=hand_for(case, role, side), **given)


def test_one_report_of_a_person_at_a_time(no1):
    person = newcomer()
    reported(no1, person)
    with pytest.raises(Refused, match="正在办理"):
        reported(no1, person)


def test_a_school_without_a_registrar_is_a_limit_of_the_clock(no1, staff):
    staff(Role.REGISTRAR, no1)
    assert not standing_on(clock.today(), only="office.vacant")
    Appointment.objects.filter(role=Role.REGISTRAR).update(ends=date(2026, 9, 1))
    (found,) = standing_on(clock.today(), only="office.vacant")
    assert (found.school, found.starts, found.due) == (no1.pk, date(2026, 9, 1), date(2026, 9, 15))


def test_the_register_shows_who_is_where_and_the_vacant_first(client, no1, no2, bureau, staff):
    staff(Role.REGISTRAR, no1)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    said = client.get(reverse("supervision:registrars")).content.decode()
    assert said.index("没有在岗的学籍管理员") < said.index("第一小学学籍管理员")
    with clock.at(date(2027, 9, 1)):
        assert "培训过期" in client.get(reverse("supervision:registrars"), {"state": "old"}).content.decode()


def test_reporting_from_the_page(client, no1, no2, staff):
    person = newcomer()
    client.force_login(staff(Role.HEADMASTER, no1))
    url = reverse("supervision:registrar_new")
    typed = {
        "why": "added", "account": "nobody", "starts_on": "2026-09-15", "trained_on": "2026-08-20",
        "certificate": "培17", "post": "专职", "reason": "增配",
    }  # fmt: skip
    answer = client.post(url, typed)
    assert answer.status_code == 422 and "在用账号" in answer.content.decode() and "培17" in answer.content.decode()
    assert client.post(url, typed | {"account": person.username}).status_code == 302
    case = RegistrarChange.objects.get()
    draft = reverse("supervision:registrar_draft", args=[case.number])
    assert client.get(draft).status_code == 200 and client.get(case.get_absolute_url()).status_code == 200
    client.force_login(staff(Role.REGISTRAR, no1))
    assert client.get(url).status_code == 403 and client.get(draft).status_code == 403
    client.force_login(staff(Role.HEADMASTER, no2))
    assert client.get(draft).status_code == 404
