"""Two acts that exclude each other, asked for at the same moment: one wins, every loser is told what happened.

Two guards hold one case to one outcome: the lock on its row, and the move that only leaves the state it was read in.
Each is shown to hold alone, and with both off the case ends twice.
"""

import time
from datetime import date

import pytest

from accounts.roles import Role
from approvals import services
from approvals.models import Case, CaseSubject, Step
from approvals.services import perform
from law import clock
from students.changes import start_change
from suspensions.models import Suspension
from tests import invariants
from tests.changes import decided, drafted
from tests.county import LEGAL_DAY, hand_for
from tests.crowd import crowd
from transfers.services import start_transfer

pytestmark = pytest.mark.django_db(transaction=True)
CLICKS = 10
ONE_YEAR = {"ground_note": "肺炎", "starts_on": LEGAL_DAY, "until": date(2027, 9, 14)}


def on_the_day(act):
    def run():
        with clock.at(LEGAL_DAY):
            act()

    return run


@pytest.fixture
def clicks(no1, child_at):
    """A suspension one signature before its end: the checker approves while the registrar withdraws."""
    case = decided(drafted(Suspension, child_at(no1, grade=3), **ONE_YEAR), until="propose")
    checker, registrar = hand_for(case, Role.BUREAU_CHECKER, "bureau"), hand_for(case, Role.REGISTRAR, "lead")
    approvals = [on_the_day(lambda: perform(case, "approve", by=checker))] * CLICKS
    withdrawals = [on_the_day(lambda: perform(case, "withdraw", by=registrar, opinion="家长不再申请"))] * CLICKS
    return case, [act for pair in zip(approvals, withdrawals, strict=True) for act in pair]


def unlocked(case):
    """The lock off: everybody reads the case as it stands, and takes a while to decide."""
    fresh = case.model.objects.get(pk=case.pk)
    time.sleep(0.3)
    return fresh


def careless_write(self, before):
    """The second guard off: written whatever the state is by now."""
    Case.objects.filter(pk=self.pk).update(state=self.state, closed_on=self.closed_on, desk_right="", desk_school=None)


def ends_of(case) -> int:
    return Step.objects.filter(case=case.pk, action__in=["approve", "withdraw"]).count()


def test_approval_against_withdrawal_has_one_winner(clicks):
    case, acts = clicks
    outcome = crowd(acts)
    assert outcome == {"done": 1, "TooLate": 2 * CLICKS - 1}
    assert ends_of(case) == 1
    assert invariants.broken() == []


def test_the_guarded_move_holds_alone(clicks, monkeypatch):
    monkeypatch.setattr(services, "lock", unlocked)
    case, acts = clicks
    outcome = crowd(acts)
    assert outcome["done"] == 1 and ends_of(case) == 1, outcome


def test_the_lock_holds_alone(clicks, monkeypatch):
    monkeypatch.setattr(Suspension, "write_changes", careless_write)
    case, acts = clicks
    outcome = crowd(acts)
    assert outcome["done"] == 1 and ends_of(case) == 1, outcome


def test_with_lock_and_guarded_move_off_the_case_ends_twice(clicks, monkeypatch):
    monkeypatch.setattr(services, "lock", unlocked)
    monkeypatch.setattr(Suspension, "write_changes", careless_write)
    case, acts = clicks
    crowd(acts)
    assert ends_of(case) > 1


def test_two_kinds_for_one_child_at_once(no1, no2, child_at, staff):
    child = child_at(no1, grade=3)
    here, there = staff(Role.REGISTRAR, no1), staff(Role.REGISTRAR, no2)
    suspend = [on_the_day(lambda: start_change(Suspension, child, by=here, **ONE_YEAR))] * CLICKS
    move = [on_the_day(lambda: start_transfer(child, no2, by=there, ground="T4", grade=3))] * CLICKS
    outcome = crowd([act for pair in zip(suspend, move, strict=True) for act in pair])
    assert outcome["done"] == 1, outcome
    assert CaseSubject.objects.filter(child=child, blocking=True).count() == 1
