"""kill -9 of the web process inside perform(), at every statement: case, seats, record and step agree afterwards.

The process is a fork of the suite that handles a real request through the whole stack and is killed by SIGKILL just
before its Nth statement. The control takes the transaction away and must find a disagreement.
"""

import os
import signal

import pytest
from django.db import connection, connections
from django.db.models import QuerySet
from django.test import Client

from accounts.roles import Role
from approvals import services
from approvals.models import Case, CeimsFiling, SeatHold, Step
from approvals.views import cases as case_views
from jianping_xueji import prepared
from law import clock
from schools.models import Seats
from students.models import Enrolment, Student
from tests.county import LEGAL_DAY, hand_for, seats_of, walk

pytestmark = pytest.mark.django_db(transaction=True)
MOST_STATEMENTS = 200


class Killer:
    """An execute wrapper that ends the process by SIGKILL before the Nth statement."""

    def __init__(self, position: int):
        self.left = position

    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def killed_at(position: int, client: Client, url: str) -> bool:
    """Handle the request in a child process; True when it was killed, False when it came to its end first."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        with clock.at(LEGAL_DAY), connection.execute_wrapper(Killer(position)):
            answer = client.post(url, {"opinion": ""})
        os._exit(0 if answer.status_code == 302 else 3)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the request was refused"
    return os.WIFSIGNALED(status)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def facts_after_review(case) -> dict:
    """What must be all true or all false after 预审通过."""
    return {
        "state": Case.objects.get(pk=case.pk).state == "ready",
        "seat": seats_of(case.lead_school, 3).reserved == 1,
        "class seat": Seats.objects.get(school=case.lead_school, grade=3, school_class=case.to_class).reserved == 1,
        "hold": SeatHold.objects.filter(case=case, ended_on=None).count() == 2,
        "step": Step.objects.filter(case=case, action="pass_review").count() == 1,
    }


def facts_after_completion(case) -> dict:
    """What must be all true or all false after 办结."""
    child = Student.objects.get(pk=case.child.pk)
    return {
        "state": Case.objects.get(pk=case.pk).state == "done",
        "school": child.school_id == case.lead_school_id,
        "enrolment": Enrolment.objects.living().get(student=child).school_id == case.lead_school_id,
        "seat": seats_of(case.lead_school, 3).used == 1,
        "seat freed": seats_of(case.peer_school, 3).used == 0,
        "hold": not SeatHold.objects.filter(case=case, ended_on=None).exists(),
        "child free": not case.subjects.filter(blocking=True).exists(),
        "step": Step.objects.filter(case=case, action="complete").count() == 1,
        "filing": CeimsFiling.objects.filter(case=case, step__action="complete").count() == 1,
    }


def kill_everywhere(case, action, facts) -> list[tuple[int, dict]]:
    """Kill before statement 1, 2, 3 … until the request survives; returns the positions where the facts disagree."""
    client = client_of(hand_for(case, Role.BUREAU_CHECKER, "bureau"))
    url = f"/cases/{case.number}/act/{action}/"
    disagreements = []
    for position in range(1, MOST_STATEMENTS):
        alive = not killed_at(position, client, url)
        seen = facts(case)
        if len(set(seen.values())) > 1:
            disagreements.append((position, seen))
            break
        if alive:
            break
        if all(seen.values()):
            break
    else:
        pytest.fail("the request never came to its end")
    return disagreements


@pytest.mark.parametrize(
    ("until", "action", "facts"),
    [("review", "pass_review", facts_after_review), ("release", "complete", facts_after_completion)],
)
def test_killed_at_every_statement_the_record_agrees(transfer, until, action, facts):
    case = walk(transfer, until=until)
    assert kill_everywhere(case, action, facts) == []
    assert all(facts(case).values()), "the act came through in the end"


def test_without_the_transaction_the_record_disagrees(transfer, monkeypatch):
    """Control: the same run with perform() outside a transaction finds a half-done act."""
    case = walk(transfer, until="review")
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *a, **k: self)
    monkeypatch.setattr(prepared, "require_transaction", lambda: None)
    monkeypatch.setattr(case_views, "perform", services.perform.__wrapped__)
    assert kill_everywhere(case, "pass_review", facts_after_review) != []
