"""The line of desks tells who has the case: a desk that one person signs alone is done when that person has signed."""

import pytest

from accounts.roles import Role
from approvals.services import perform
from supervision.orders.presenting import desks_of
from supervision.registrars.presenting import page_of
from tests.county import hand_for
from tests.supervision.ordering import ORDER_WAY, REPORT_WAY, ordered, reported, walked


def states(desks) -> list[str]:
    return [desk["state"] for desk in desks]


@pytest.mark.parametrize(
    ("until", "drawn"),
    [
        ("submit", ["now", "wait", "wait", "wait"]),
        ("pass_on", ["done", "now", "wait", "wait"]),
        ("issue", ["done", "done", "now", "wait"]),
        ("vouch", ["done", "done", "done", "now"]),
        ("close", ["done", "done", "done", "done"]),
    ],
)
def test_no_desk_behind_the_case_is_told_as_not_reached(no1, until, drawn):
    assert states(desks_of(walked(ordered(no1), ORDER_WAY, until=until))) == drawn


def test_the_leaders_signature_is_one_with_name_and_day(no1):
    case = walked(ordered(no1), ORDER_WAY, until="issue")
    (hand,) = desks_of(case)[1]["signatures"]
    assert (hand["role"], hand["name"]) == ("办理", case.steps.get(action="issue").actor.name)
    assert hand["on"] == case.steps.get(action="issue").acted_on
    (unsigned,) = desks_of(walked(ordered(no1, breach="5"), ORDER_WAY, until="pass_on"))[1]["signatures"]
    assert unsigned == {"role": "办理"}


def test_what_the_leader_sends_back_or_refuses_is_not_told_as_done(no1):
    case = walked(ordered(no1), ORDER_WAY, until="pass_on")
    leader = hand_for(case, Role.BUREAU_LEADER, "bureau")
    case = perform(case, "send_back", by=leader, opinion="事实不清")
    assert states(desks_of(case)) == ["now", "wait", "wait", "wait"]
    case = walked(case, ORDER_WAY, until="pass_on")
    assert states(desks_of(perform(case, "refuse", by=leader, opinion="已自行改正")))[1] == "refused"


def test_the_headmasters_report_has_left_the_school(no1):
    case = walked(reported(no1), REPORT_WAY, until="submit")
    desks = page_of(case, hand_for(case, Role.HEADMASTER, "lead"))["desks"]
    assert states(desks) == ["done", "now"]
    assert [hand["name"] for hand in desks[0]["signatures"]] == [case.steps.get(action="submit").actor.name]
