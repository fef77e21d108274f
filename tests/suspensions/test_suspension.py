"""第二十一、二十二条: the record is untouched until the bureau approves; then the child keeps it, out of class."""

from datetime import date, timedelta

import pytest

from accounts.roles import Role
from approvals.errors import NotYourHand, RulesBroken
from approvals.services import perform
from law import clock
from students.changes import start_change, verdict_on
from students.journal import snapshot
from students.models import Enrolment, Placement
from suspensions.models import Suspension
from tests.changes import again, decided, drafted, undone, way_of
from tests.county import LEGAL_DAY, hand_for, seats_of

A_YEAR = {"ground_note": "肺炎", "starts_on": LEGAL_DAY, "until": date(2027, 9, 14)}


@pytest.fixture
def child(no1, child_at):
    return child_at(no1, grade=3)


@pytest.fixture
def suspension(child):
    return drafted(Suspension, child, **A_YEAR)


def test_the_record_stays_and_the_desk_is_free(suspension, child, no1):
    used = seats_of(no1, 3).used
    case = decided(suspension, until="propose")
    assert (again(child).status, seats_of(no1, 3).used) == ("enrolled", used)

    case = decided_rest(case)
    assert (case.state, again(child).status, seats_of(no1, 3).used) == ("done", "suspended", used - 1)
    assert Enrolment.objects.living().filter(student=child, school=no1).exists()
    assert not Placement.objects.filter(enrolment__student=child, ends=None).exists()


def decided_rest(case):
    return perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))


@pytest.mark.parametrize("position", range(4))
def test_a_stranger_is_refused_at_every_desk(suspension, position, no3, staff):
    way = way_of(suspension)
    if position:
        decided(suspension, until=way[position - 1][0])
    for role in (Role.REGISTRAR, Role.HEADMASTER):
        with pytest.raises(NotYourHand):
            perform(suspension, way[position][0], by=staff(role, no3))


@pytest.mark.parametrize(("days", "word"), [(-1, "yes"), (0, "yes"), (1, "no")])
def test_a_school_year_is_the_limit(child, days, word):
    given = A_YEAR | {"until": A_YEAR["until"] + timedelta(days=days)}
    assert verdict_on(Suspension, child, **given).word == word


def test_illness_and_other_reasons_ask_for_different_papers(child):
    ill = Suspension(**A_YEAR)
    other = Suspension(**A_YEAR | {"ground": "other"})
    assert [p.code for p in ill.papers()][1:] == ["hospital_certificate", "medical_record", "medical_invoice"]
    assert [p.code for p in other.papers()][1:] == ["reason_proof"]


@pytest.mark.parametrize(("grade", "day", "word"), [(6, date(2027, 2, 28), "yes"), (6, date(2027, 3, 1), "override")])
def test_not_in_the_last_term_before_leaving_school(no1, child_at, grade, day, word):
    child = child_at(no1, grade=grade)
    with clock.at(day):
        assert verdict_on(Suspension, child, **A_YEAR).word == word


def test_the_leader_may_allow_it_with_a_reason(no1, child_at):
    child = child_at(no1, grade=6)
    with clock.at(date(2027, 3, 1)):
        given = A_YEAR | {"starts_on": date(2027, 3, 1), "until": date(2027, 8, 31)}
        case = drafted(Suspension, child, exception_reason="重病住院，无法参加考核", **given)
        case = decided(case, until="propose")
        with pytest.raises(RulesBroken):
            perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
        leader = hand_for(case, Role.BUREAU_LEADER, "bureau")
        case = perform(case, "grant_exception", by=leader, opinion="情况属实")
    assert case.state == "done" and case.exception_rules


def test_a_child_already_away_is_not_suspended_again(suspension, child, staff, no1):
    decided(suspension)
    with pytest.raises(RulesBroken) as refusal:
        start_change(Suspension, again(child), by=staff(Role.REGISTRAR, no1), **A_YEAR)
    assert "休学" in str(refusal.value) and "第二十一条" in str(refusal.value)


def test_a_correction_restores_child_seat_and_books(suspension, child, no1):
    before, used = snapshot([child.pk]), seats_of(no1, 3).used
    case = undone(decided(suspension))
    assert case.state == "undone"
    assert snapshot([child.pk]) == before
    assert seats_of(no1, 3).used == used
