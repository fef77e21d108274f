"""第十七条第（二）项: a child of one school becomes a child of another, by four desks of two signatures."""

import pytest

from accounts.roles import Role
from approvals.errors import NotYourHand, TooLate
from approvals.services import perform
from law.models import Parameter
from students.models import Enrolment, Student
from tests.county import WAY, hand_for, seats_of, walk


def test_four_desks_move_the_child(transfer, no1, no2, legal_day):
    case = walk(transfer)

    child = Student.objects.get(pk=case.child.pk)
    assert (case.state, child.school, child.status) == ("done", no2, "enrolled")
    old, new = Enrolment.objects.filter(student=child).order_by("during")
    assert (old.school, old.during.upper, old.left_how) == (no1, legal_day, "转出")
    assert (new.school, new.during.lower, new.during.upper, new.came_by_id) == (no2, legal_day, None, case.pk)
    assert [s.action for s in case.steps.all()] == [action for action, _, _ in WAY]


def test_each_desk_is_signed_by_two_people(transfer):
    steps = walk(transfer).steps.exclude(signature="")
    signed = {}
    for step in steps:
        signed.setdefault(step.stage, []).append((step.signature, step.actor_id))
    two = [stage for stage, hands in signed.items() if len({actor for _, actor in hands}) == 2]
    assert two == ["转入学校预审", "教育局预审", "转入学校", "转入主管部门", "转出学校"]
    assert [s for s, _ in signed["转出主管部门"]] == ["check"]  # inside the county one bureau, one click


def test_two_signatures_at_the_last_desk_when_the_parameter_says_so(transfer, legal_day):
    Parameter.objects.create(
        code="transfer.same_bureau_signatures", value=2, starts=legal_day, level="县", document="县局通知"
    )
    case = walk(transfer, until="release")
    assert case.state == "from_bureau"
    case = perform(case, "propose_clearance", by=hand_for(case, Role.BUREAU_CLERK, "bureau"))
    case = perform(case, "complete", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
    assert case.state == "done"


@pytest.mark.parametrize("position", range(len(WAY)))
def test_a_stranger_is_refused_at_every_desk(transfer, position, no3, staff):
    action, role, side = WAY[position]
    if position:
        walk(transfer, until=WAY[position - 1][0])
    before = transfer.steps.count()
    for stranger_role in (Role.REGISTRAR, Role.HEADMASTER):
        with pytest.raises(NotYourHand):
            perform(transfer, action, by=staff(stranger_role, no3))
    assert transfer.steps.count() == before


@pytest.mark.parametrize("position", range(len(WAY)))
def test_every_wrong_account_of_the_case_is_refused(transfer, position):
    action, role, side = WAY[position]
    if position:
        walk(transfer, until=WAY[position - 1][0])
    everybody = {(r, s) for _, r, s in WAY}
    checkers = {(Role.HEADMASTER, "lead"), (Role.HEADMASTER, "peer")}
    for wrong_role, wrong_side in everybody - {(role, side)}:
        if (role, side) in checkers and (wrong_role, wrong_side) == (role, side):
            continue
        with pytest.raises(NotYourHand):
            perform(transfer, action, by=hand_for(transfer, wrong_role, wrong_side))


def test_no_desk_can_be_skipped(transfer):
    with pytest.raises(TooLate):
        perform(transfer, "complete", by=hand_for(transfer, Role.BUREAU_CHECKER, "bureau"))


def test_the_late_clicker_is_told_who_was_first(transfer):
    registrar = hand_for(transfer, Role.REGISTRAR, "lead")
    perform(transfer, "submit", by=registrar)
    with pytest.raises(TooLate) as late:
        perform(transfer, "submit", by=registrar)
    assert registrar.name in str(late.value) and "提交学校预审" in str(late.value)


def test_the_seat_is_held_from_the_prereview_and_used_at_the_end(transfer, no1, no2):
    there, here = seats_of(no2, 3), seats_of(no1, 3)
    walk(transfer, until="review")
    assert seats_of(no2, 3).reserved == there.reserved
    walk_on = walk_from(transfer, "pass_review")
    assert seats_of(no2, 3).reserved == there.reserved + 1
    for action in ("apply", "accept_child", "propose_entry", "approve_entry", "propose_release", "release", "complete"):
        walk_on = walk_from(walk_on, action)
    assert (seats_of(no2, 3).reserved, seats_of(no2, 3).used) == (there.reserved, there.used + 1)
    assert seats_of(no1, 3).used == here.used - 1


def walk_from(case, action):
    role, side = next((r, s) for a, r, s in WAY if a == action)
    return perform(case, action, by=hand_for(case, role, side))
