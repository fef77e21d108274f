"""The people of the board's stories, and a sheet walked along its way."""

from accounts.roles import Role
from approvals.services import perform
from law import clock
from suspensions.leavers_board.inquiry import record_inquiry
from suspensions.leavers_board.services import open_sheet
from tests.county import hand_for, staff_member

WAY = [
    ("submit", Role.REGISTRAR, "lead"),
    ("vouch", Role.HEADMASTER, "lead"),
    ("confirm", Role.REGISTRAR, "peer"),
    ("countersign", Role.HEADMASTER, "peer"),
]
VISITED = {"form": "home", "who": "班主任李老师", "whom": "祖父", "result": "随父母外出，去向不明"}
OUTSIDE = {
    "outcome": "outside",
    "place": "宁城县第三中学",
    "division": "150429",
    "proof": "全国系统学籍截图",
}


def inquired(child, school, outcome="unknown", on=None, **found):
    """One inquiry by the registrar of a school of the pair."""
    visit = VISITED | {"on": on or clock.today()}
    by = staff_member(Role.REGISTRAR, school)
    return record_inquiry(child, by=by, school=school, year=2026, visit=visit, **{"outcome": outcome} | found)


def drafted_sheet(primary, junior):
    return open_sheet(primary, junior, by=staff_member(Role.REGISTRAR, primary))


def signed(case, *, until=None):
    """Walk a sheet along its way, up to and including the action `until`."""
    for action, role, side in WAY:
        case = perform(case, action, by=hand_for(case, role, side))
        if action == until:
            break
    return case
