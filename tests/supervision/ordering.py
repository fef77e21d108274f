"""Orders and reports of registrars for stories: drawn up and walked along by the right hands."""

from datetime import date

from accounts.models import User
from accounts.roles import Role
from approvals.services import perform
from supervision.orders.services import draw_up
from supervision.registrars.services import report
from tests.county import hand_for, papers_in_order, staff_member

ORDER = {
    "breach": "6",
    "facts_text": "八月三十一日前转出的三名学生，纸质档案至今未移交。",
    "demand_text": "十五个工作日内移交全部档案，交回执复印件。",
    "grave": False,
}
ORDER_WAY = [
    ("submit", Role.BUREAU_CLERK, "bureau", {}),
    ("pass_on", Role.BUREAU_CHECKER, "bureau", {}),
    ("issue", Role.BUREAU_LEADER, "bureau", {}),
    ("answer", Role.REGISTRAR, "lead", {"measures": "三份档案已交快递，单号附后。"}),
    ("vouch", Role.HEADMASTER, "lead", {}),
    ("verify", Role.BUREAU_CLERK, "bureau", {"opinion": "三份回执已核对"}),
    ("close", Role.BUREAU_CHECKER, "bureau", {}),
]
REPORT_WAY = [
    ("submit", Role.HEADMASTER, "lead", {}),
    ("propose", Role.BUREAU_CLERK, "bureau", {}),
    ("approve", Role.BUREAU_CHECKER, "bureau", {}),
]


def ordered(school, **given):
    """The draft of an order, by the bureau's clerk."""
    return draw_up(school, by=staff_member(Role.BUREAU_CLERK, school.bureau), **ORDER | given)


def walked(case, way, *, until=None):
    for action, role, side, given in way:
        case = perform(case, action, by=hand_for(case, role, side), **given)
        if action == until:
            break
    return case


def newcomer(name="新任员"):
    return User.objects.create(username=f"new_{User.objects.count()}", name=name)


def reported(school, person=None, **given):
    """The headmaster's report with its certificate in order."""
    by = staff_member(Role.HEADMASTER, school)
    given = {
        "why": "added",
        "starts_on": date(2026, 9, 15),
        "trained_on": date(2026, 8, 20),
        "certificate": "培2026-017",
        "post": "专职",
        "reason": "增配",
    } | given
    case = report(school, person or newcomer(), by=by, **given)
    papers_in_order(case, by)
    return case
