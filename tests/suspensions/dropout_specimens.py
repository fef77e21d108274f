"""One ordinary draft of each kind of the dropout chain."""

from datetime import date, timedelta

from accounts.roles import Role
from law import clock
from suspensions.absence import record_visit
from suspensions.models import Dropout, ReturnToSchool
from tests.changes import decided, drafted, specimen
from tests.county import class_of, staff_member

# Never came back after a holiday: no log, but evidence.
NEVER_CAME = {"first_absent_on": date(2026, 6, 1), "evidence": "开学报到册无该生签名，村委会证明"}
TOLD = {"reported_on": date(2026, 9, 10), "township_receiver": "王文书", "township_receipt": "叶政收〔2026〕18号"}
GIVEN = NEVER_CAME | TOLD


def visit(child, on=None, **more):
    """One outreach visit by the school's registrar."""
    given = {"on": on or clock.today(), "form": "home", "who": "班主任李老师", "whom": "祖父", "result": "外出未归"}
    return record_visit(child, by=staff_member(Role.REGISTRAR, child.school), **given | more)


def visited(child, times=3):
    for number in range(times):
        visit(child, on=clock.today() - timedelta(days=number))
    return child


@specimen("dropout")
def dropout(county):
    return drafted(Dropout, visited(county.child_at(county.no1, grade=3)), **GIVEN)


@specimen("return_to_school")
def return_to_school(county):
    child = decided(dropout(county)).child
    return drafted(ReturnToSchool, child, returned_on=clock.today(), to_class=class_of(county.no1, 3))
