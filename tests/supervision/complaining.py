"""Complaints for stories: registered by the bureau's clerk and walked along their legs by the right hands."""

from accounts.roles import Role
from approvals.services import perform
from supervision.complaints.services import register
from tests.county import hand_for, staff_member

PHONE = "13804210099"
GIVEN = {
    "complainant": "刘知秋",
    "relation": "母亲",
    "channel": "call",
    "matter": "delayed",
    "content": "九月三日提出转学，学校至今不办，也不说明原因。",
    "demand": "依法办理转学",
    "order_text": "何日收到申请；为何未办；何日能办。",
}
UNTIL_TOLD = [
    ("submit", Role.BUREAU_CLERK, "bureau", {}),
    ("issue", Role.BUREAU_CHECKER, "bureau", {}),
    ("verify", Role.REGISTRAR, "lead", {"found": "九月三日收到申请，经办人漏办。"}),
    ("feed_back", Role.HEADMASTER, "lead", {}),
    ("propose", Role.BUREAU_CLERK, "bureau", {"truth": "founded", "opinion_text": "三日内依法办理，向家长说明。"}),
    ("supervise", Role.BUREAU_CHECKER, "bureau", {}),
    ("carry_out", Role.REGISTRAR, "lead", {"done_text": "已于今日受理并说明。"}),
    ("report_done", Role.DEPUTY_HEAD, "lead", {}),
]


def complained(school, child=None, **given):
    """A complaint about the school, registered today by the bureau's clerk."""
    from law import clock

    clerk = staff_member(Role.BUREAU_CLERK, school.bureau)
    given = {"received_on": clock.today(), "phone": PHONE} | GIVEN | given
    return register(school, by=clerk, child=child, **given)


def walked(case, *, until=None, **instead):
    """Walk a founded complaint to the complainant's door, up to and including the action `until`."""
    for action, role, side, given in UNTIL_TOLD:
        given = given | instead.get(action, {})
        case = perform(case, action, by=hand_for(case, role, side), **given)
        if action == until:
            break
    return case


def told(case, action="tell", **given):
    clerk = hand_for(case, Role.BUREAU_CLERK, "bureau")
    from law import clock

    return perform(case, action, by=clerk, **{"told_on": clock.today(), "told_how": "电话"} | given)
