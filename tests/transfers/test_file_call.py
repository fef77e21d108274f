"""调档: across a province border the receiving school calls the electronic file over before the child is its own."""

from datetime import date, timedelta

import pytest

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from approvals.models import SeatHold
from approvals.services import perform
from law import clock
from schools.models import Seats
from students.models import Enrolment
from tests.changes import again
from tests.county import LEGAL_DAY, hand_for, seats_of, walk

OUTSIDE = {
    "outside_unit": "宁城县实验小学",
    "outside_person": "样例丙",
    "outside_day": LEGAL_DAY - timedelta(days=5),
    "outside_evidence": "盖章联系表",
}


def signed_outside(case):
    case = walk(case, until="approve_entry")
    clerk, checker = hand_for(case, Role.BUREAU_CLERK, "bureau"), hand_for(case, Role.BUREAU_CHECKER, "bureau")
    case = perform(case, "propose_release", by=clerk, **OUTSIDE)
    case = perform(case, "release", by=checker)
    case = perform(case, "propose_clearance", by=clerk, **OUTSIDE)
    return perform(case, "complete", by=checker)


def registrar_of(case):
    return hand_for(case, Role.REGISTRAR, "lead")


def test_after_stage_four_the_file_is_waited_for(transfer_from_outside):
    case = signed_outside(transfer_from_outside)
    assert (case.state, case.desk_stage, case.desk_holder) == ("file_call", "转入学校调档", "第二小学")
    assert (case.arrived_on, case.due_on) == (LEGAL_DAY, date(2026, 9, 29)), "ten working days of its own"
    assert (again(case.child).status, case.moved_on) == ("pending", None)
    assert SeatHold.objects.filter(case=case, ended_on=None).count() == 2, "the seat is held until the file has come"


def test_the_child_moves_on_the_day_the_call_is_signed(transfer_from_outside):
    case = signed_outside(transfer_from_outside)
    with clock.at(LEGAL_DAY + timedelta(days=6)) as today:
        came = today - timedelta(days=2)
        case = perform(case, "call_file", by=registrar_of(case), file_came_on=came)
    step = case.steps.get(action="call_file")
    living = Enrolment.objects.living().get(student=case.child)
    assert (case.state, case.moved_on, living.during.lower) == ("done", today, today)
    assert (step.happened_on, step.acted_on) == (came, today)
    assert again(case.child).status == "enrolled" and seats_of(case.lead_school, 3).used == 1
    assert case.filings.filter(act="转入学校：调档").exists()


@pytest.mark.parametrize(("shift", "fits"), [(-1, False), (0, True), (1, True), (2, False)])
def test_the_file_comes_between_stage_four_and_today(transfer_from_outside, shift, fits):
    case = signed_outside(transfer_from_outside)
    with clock.at(LEGAL_DAY + timedelta(days=1)):
        day = LEGAL_DAY + timedelta(days=shift)
        if fits:
            assert perform(case, "call_file", by=registrar_of(case), file_came_on=day).state == "done"
        else:
            with pytest.raises(Refused, match="电子档案到达日期"):
                perform(case, "call_file", by=registrar_of(case), file_came_on=day)


def test_only_the_receiving_registrar_calls(transfer_from_outside, no3, staff):
    case = signed_outside(transfer_from_outside)
    people = [staff(Role.REGISTRAR, no3), hand_for(case, Role.HEADMASTER, "lead")]
    for person in [*people, hand_for(case, Role.BUREAU_CLERK, "bureau")]:
        with pytest.raises(NotYourHand):
            perform(case, "call_file", by=person, file_came_on=LEGAL_DAY)


def test_withdrawn_while_waiting_the_seat_is_free(transfer_from_outside):
    case = signed_outside(transfer_from_outside)
    case = perform(case, "withdraw", by=registrar_of(case), opinion="家长改回原校")
    assert (case.state, seats_of(case.lead_school, 3).reserved) == ("withdrawn", 0)
    assert not Seats.objects.filter(reserved__gt=0).exists()


def test_inside_the_province_nothing_is_called(transfer_from_outside):
    type(transfer_from_outside).objects.filter(pk=transfer_from_outside.pk).update(
        scope="省内跨市", from_division="210105"
    )
    assert signed_outside(transfer_from_outside).state == "done"


def test_the_desk_line_shows_the_fifth_act(transfer_from_outside):
    case = signed_outside(transfer_from_outside)
    assert [desk["state"] for desk in case.page(registrar_of(case))["desks"]] == ["done"] * 4 + ["now"]
    case = perform(case, "call_file", by=registrar_of(case), file_came_on=LEGAL_DAY)
    assert [desk["state"] for desk in case.page(registrar_of(case))["desks"]] == ["done"] * 5
