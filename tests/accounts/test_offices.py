"""Appointing and deputising: training first, two hands, no office beside one that excludes it, none for oneself."""

from datetime import date, timedelta

import pytest

from accounts.appointments import appoint, dismiss
from accounts.deputies import call_back, deputise
from accounts.models import Appointment, Deputy, User
from accounts.offices import AppointmentRefused
from accounts.policies import may
from accounts.roles import Role
from law import clock
from tests.county import LEGAL_DAY

SOON, LATER = LEGAL_DAY + timedelta(days=10), LEGAL_DAY + timedelta(days=20)
SPAN = {"starts": LEGAL_DAY, "ends": LATER, "reason": "产假"}
TRAINED = date(2025, 8, 20)


@pytest.fixture
def person(db):
    return User.objects.create(username="newcomer", name="样例新人")


def office(staff, role, place) -> Appointment:
    return staff(role, place).appointments.get()


# 任命


def test_rivals_are_compared_over_the_whole_period_not_only_on_the_first_day(person, no1):
    appoint(person, Role.HEADMASTER, no1, starts=LATER)
    with pytest.raises(AppointmentRefused, match="经办与审核须为两人"):
        appoint(person, Role.REGISTRAR, no1, starts=SOON, trained_on=TRAINED)


def test_offices_that_never_meet_are_no_rivals(person, no1, no2):
    dismiss(appoint(person, Role.HEADMASTER, no1, starts=LEGAL_DAY), on=SOON)
    assert appoint(person, Role.REGISTRAR, no1, starts=SOON, trained_on=TRAINED)
    assert appoint(person, Role.HEADMASTER, no2, starts=LEGAL_DAY)


@pytest.mark.parametrize("apart", [Role.DATA_ADMIN, Role.AUDITOR])
@pytest.mark.parametrize(
    "deciding", [Role.REGISTRAR, Role.DEPUTY_HEAD, Role.HEADMASTER, Role.BUREAU_CLERK, Role.BUREAU_LEADER]
)
@pytest.mark.parametrize("apart_first", [True, False])
def test_whoever_keeps_or_audits_data_decides_nothing(person, bureau, no1, apart, deciding, apart_first):
    where = bureau if deciding.startswith("bureau") else no1
    pair = [(apart, bureau), (deciding, where)]
    (first, place), (second, next_place) = pair if apart_first else reversed(pair)
    appoint(person, first, place, starts=LATER, trained_on=TRAINED)
    with pytest.raises(AppointmentRefused, match="不办理案件"):
        appoint(person, second, next_place, starts=LEGAL_DAY, trained_on=TRAINED)


def test_nobody_appoints_himself(person, no1):
    with pytest.raises(AppointmentRefused, match="不能任命自己"):
        appoint(person, Role.DEPUTY_HEAD, no1, starts=LEGAL_DAY, by=person)


def test_a_class_teacher_has_a_class_of_the_school(person, no1, no2):
    for given, told in [(no2.classes.first(), "不是第一小学的班级"), (None, "须选定班级")]:
        with pytest.raises(AppointmentRefused, match=told):
            appoint(person, Role.CLASS_TEACHER, no1, starts=LEGAL_DAY, school_class=given)
    assert appoint(person, Role.CLASS_TEACHER, no1, starts=LEGAL_DAY, school_class=no1.classes.first())


@pytest.mark.parametrize("role", [Role.BUREAU_CLERK, Role.DATA_ADMIN])
def test_an_office_of_the_bureau_is_not_given_at_a_school(person, no1, role):
    with pytest.raises(AppointmentRefused, match="不是学校的职务"):
        appoint(person, role, no1, starts=LEGAL_DAY)


def test_a_dismissal_lies_inside_the_term_and_is_not_put_off(person, no1):
    head = appoint(person, Role.HEADMASTER, no1, starts=LEGAL_DAY)
    with pytest.raises(AppointmentRefused, match="不能早于任职日期"):
        dismiss(head, on=LEGAL_DAY - timedelta(days=1))
    dismiss(head, on=SOON)
    with pytest.raises(AppointmentRefused, match="不能推后"):
        dismiss(head, on=LATER)


# 代理


def test_an_untrained_deputy_of_a_registrar_is_refused(staff, person, no1):
    with pytest.raises(AppointmentRefused, match="第三十四条"):
        deputise(office(staff, Role.REGISTRAR, no1), person, **SPAN)
    with pytest.raises(AppointmentRefused, match="第三十四条"):
        deputise(office(staff, Role.REGISTRAR, no1), person, **SPAN, trained_on=SOON)


def test_a_row_for_an_untrained_deputy_gives_no_power(staff, person, no1):
    Deputy.objects.create(appointment=office(staff, Role.REGISTRAR, no1), user=person, **SPAN)
    assert not may(person, "make_change", no1)


def test_a_trained_deputy_acts_inside_the_span(staff, person, no1):
    deputise(office(staff, Role.REGISTRAR, no1), person, **SPAN, trained_on=TRAINED)
    assert may(person, "make_change", no1)
    with clock.at(LATER + timedelta(days=1)):
        assert not may(person, "make_change", no1)


def test_a_registrar_of_another_school_brings_her_own_training(staff, no1, no2):
    other = staff(Role.REGISTRAR, no2)
    deputy = deputise(office(staff, Role.REGISTRAR, no1), other, **SPAN)
    assert deputy.trained_on == other.appointments.get().trained_on


def test_nobody_deputises_for_the_other_hand(staff, no1):
    with pytest.raises(AppointmentRefused, match="经办与审核须为两人"):
        deputise(office(staff, Role.HEADMASTER, no1), staff(Role.REGISTRAR, no1), **SPAN)


def test_nobody_lends_both_hands(staff, person, no1):
    deputise(office(staff, Role.HEADMASTER, no1), person, **SPAN)
    with pytest.raises(AppointmentRefused, match="经办与审核须为两人"):
        deputise(office(staff, Role.REGISTRAR, no1), person, **SPAN | {"starts": SOON}, trained_on=TRAINED)
    with pytest.raises(AppointmentRefused, match="经办与审核须为两人"):
        appoint(person, Role.REGISTRAR, no1, starts=LATER, trained_on=TRAINED)
    assert appoint(person, Role.REGISTRAR, no1, starts=LATER + timedelta(days=1), trained_on=TRAINED)


def test_a_data_administrator_deputises_for_no_leader(staff, bureau, no1):
    leader = office(staff, Role.BUREAU_LEADER, bureau)
    with pytest.raises(AppointmentRefused, match="不办理案件"):
        deputise(leader, staff(Role.DATA_ADMIN, bureau), **SPAN)


def test_a_deputy_is_somebody_else_inside_the_term(staff, person, no1):
    head = office(staff, Role.HEADMASTER, no1)
    dismiss(head, on=SOON)
    head.refresh_from_db()
    for user, span, told in [
        (head.user, SPAN, "另一个人"),
        (person, SPAN, "任职期内"),
        (person, SPAN | {"ends": LEGAL_DAY - timedelta(days=1)}, "不能早于开始日期"),
    ]:
        with pytest.raises(AppointmentRefused, match=told):
            deputise(head, user, **span)


def test_a_deputy_is_called_back_but_not_prolonged(staff, person, no1):
    deputy = deputise(office(staff, Role.HEADMASTER, no1), person, **SPAN)
    with pytest.raises(AppointmentRefused, match="只能提前结束"):
        call_back(deputy, last_day=LATER + timedelta(days=1))
    assert call_back(deputy, last_day=SOON).ends == SOON
