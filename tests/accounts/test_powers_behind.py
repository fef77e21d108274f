"""The right asked afresh for one act is the right a page was drawn from, for every person, right and school."""

from datetime import timedelta

import pytest
from django.db.transaction import TransactionManagementError

from accounts.models import Appointment, Deputy
from accounts.policies import Powers, powers_behind
from accounts.roles import BUREAU_ROLES, RIGHTS, Role
from approvals.services import lock

ALL_RIGHTS = sorted({right for rights in RIGHTS.values() for right in rights})


def held(user, school) -> dict:
    """right → [(appointment, deputising)] by the single question, which must agree with the whole survey."""
    surveyed = Powers.of(user)
    for right in ALL_RIGHTS:
        assert powers_behind(user, right, school.pk) == surveyed.on(right, school.pk), right
    return {
        right: [(power.appointment.pk, power.deputising) for power in powers]
        for right in ALL_RIGHTS
        if (powers := powers_behind(user, right, school.pk))
    }


@pytest.mark.parametrize("role", Role)
def test_one_question_and_the_survey_agree(staff, bureau, no1, no2, role):
    user = staff(role, bureau if role in BUREAU_ROLES else no1)
    assert held(user, no1).keys() == set(RIGHTS[role])
    assert held(user, no2).keys() == (set(RIGHTS[role]) if role in BUREAU_ROLES else set())


@pytest.mark.parametrize(
    ("ends_in", "trained_in", "holds"),
    [(None, 0, True), (1, 0, True), (0, 0, False), (-1, 0, False), (None, 1, False), (None, None, False)],
)
def test_an_appointment_counts_while_it_lives(staff, no1, legal_day, ends_in, trained_in, holds):
    user = staff(Role.REGISTRAR, no1)
    days = {"ends": ends_in, "trained_on": trained_in}
    dates = {name: None if ahead is None else legal_day + timedelta(days=ahead) for name, ahead in days.items()}
    Appointment.objects.filter(user=user).update(**dates)
    assert bool(held(user, no1)) == holds


def test_ones_own_appointment_comes_before_a_lent_one(staff, no1, legal_day):
    own, absent = staff(Role.DEPUTY_HEAD, no1), staff(Role.HEADMASTER, no1)
    lent = absent.appointments.get()
    Deputy.objects.create(appointment=lent, user=own, starts=legal_day, ends=legal_day, reason="外出开会")
    assert held(own, no1)["check_change"] == [(own.appointments.get().pk, False), (lent.pk, True)]
    assert held(own, no1)["sign_change"] == [(lent.pk, True)]
    absent.is_active = False
    absent.save()
    assert "sign_change" not in held(own, no1)


def test_a_closed_account_holds_nothing(staff, no1):
    user = staff(Role.HEADMASTER, no1)
    user.is_active = False
    assert held(user, no1) == {}


@pytest.mark.django_db(transaction=True)
def test_a_case_cannot_be_locked_outside_a_transaction(transfer):
    with pytest.raises(TransactionManagementError):
        lock(transfer)
