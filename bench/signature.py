"""One signature through the one door against its bare SQL, in the same run.

The limit: one transaction written by hand that locks the child and the case, moves the case to the next desk, inserts
the signed step and, where the act must be repeated in the national system, the filing. Ours: `perform()`, which also
asks the rights afresh, keeps two signatures apart, counts working days and holds the rules. Every call signs a case of
its own.
Run: bin/bench signature
"""

import os
import sys
from datetime import date, timedelta
from itertools import count

from clone import scratch_database
from measuring import compare, conclude
from pages import CHILDREN, SCHOOLS, make_county

ALLOWED = 3.0
TIMES, WARM_UP = 80, 10
DAY = date(2026, 9, 15)
DUE = DAY + timedelta(days=14)

SUBJECTS = "SELECT child_id FROM approvals_casesubject WHERE case_id = %s ORDER BY child_id"
LOCK_CHILDREN = "SELECT id FROM students_student WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
LOCK_CASE = """
SELECT c.*, t.* FROM approvals_case c JOIN transfers_transfer t ON t.case_ptr_id = c.id WHERE c.id = %s
FOR UPDATE OF c"""
MOVE = """
UPDATE approvals_case SET state = %s, desk_stage = %s, desk_right = %s, arrived_on = %s, due_on = %s
WHERE id = %s AND state = %s"""
SIGN = """
INSERT INTO approvals_step (case_id, action, label, source, target, stage, round, signature, actor_id, appointment_id,
deputising, opinion, article, acted_on, happened_on, entered_at, arrived_on, due_on, particulars, canonical)
VALUES (%s, %s, %s, %s, %s, %s, 1, %s, %s, %s, false, '', %s, %s, %s, now(), %s, %s, '{}', %s) RETURNING id"""
FILE = """
INSERT INTO approvals_ceimsfiling (case_id, step_id, act, school_id, "right", decided_on, result, needless)
VALUES (%s, %s, %s, %s, %s, %s, '', false)"""


class Act:
    """One action of the way of a transfer, by one person, done by us and by hand."""

    def __init__(self, action: str, username: str, target: str):
        from accounts.models import Appointment, User
        from approvals.moves import signature_of
        from transfers.desks import DESKS
        from transfers.models import Transfer

        self.action, self.target = action, target
        self.by = User.objects.get(username=username)
        self.appointment = Appointment.objects.get(user=self.by)
        transition = next(t for t in Transfer().get_all_state_transitions() if t.name == action)
        self.source, self.move = transition.source, transition.custom["move"]
        self.desk, self.next_desk = DESKS[self.source], DESKS[target]
        self.signature = str(signature_of(self.desk, self.move))

    def ours(self, case) -> None:
        from approvals.services import perform

        perform(case, self.action, by=self.by)

    def by_hand(self, case, bare) -> None:
        with bare.transaction():
            children = [child for (child,) in bare.execute(SUBJECTS, [case.pk]).fetchall()]
            bare.execute(LOCK_CHILDREN, [children]).fetchall()
            bare.execute(LOCK_CASE, [case.pk]).fetchall()
            hand = (self.target, self.next_desk.stage, self.next_desk.hand.right)
            moved = bare.execute(MOVE, [*hand, DAY, DUE, case.pk, self.source])
            assert moved.rowcount == 1
            words = (self.action, self.move.label, self.source, self.target, self.desk.stage, self.signature)
            days = (DAY, DAY, DAY, DUE)
            signed = [case.pk, *words, self.by.pk, self.appointment.pk, self.move.article.full, *days, b"{}" * 300]
            (step,) = bare.execute(SIGN, signed).fetchone()
            if self.move.in_ceims:
                right = "bureau_make" if self.desk.hand.right.startswith("bureau") else "make_change"
                bare.execute(FILE, [case.pk, step, self.move.in_ceims, case.lead_school_id, right, DAY])


def make_cases(number: int) -> list:
    """Transfers into the second school that wait for its checker; only their place in the way is set by hand."""
    from accounts.models import User
    from schools.models import School
    from students.models import Student
    from transfers.models import Transfer
    from transfers.services import start_transfer

    registrar = User.objects.get(username="s2_registrar")
    to_school = School.objects.get(pk=registrar.appointments.get().school_id)
    children = Student.objects.filter(school__kind=to_school.kind, status="enrolled").exclude(school=to_school)
    cases = [
        start_transfer(child, to_school, by=registrar, ground="T4", grade=3)
        for child in children.order_by("pk")[:number]
    ]
    Transfer.objects.filter(pk__in=[case.pk for case in cases]).update(
        state="to_school_check",
        desk_stage="转入学校",
        desk_right="check_change",
        accepted_on=DAY,
        arrived_on=DAY,
        due_on=DUE,
    )
    return cases


def measure(bare) -> list:
    acts = [
        ("转入学校审核（登记系统办理）", Act("accept_child", "s2_deputy", "to_bureau")),
        ("转入主管部门经办", Act("propose_entry", "jyj_clerk1", "to_bureau_check")),
    ]
    calls = TIMES + WARM_UP
    cases = make_cases(2 * calls)
    ratios = []
    for name, act in acts:
        ours, theirs = count(), count(calls)
        ratios.append(
            compare(
                name,
                lambda act=act, turn=ours: act.ours(cases[next(turn)]),
                lambda act=act, turn=theirs: act.by_hand(cases[next(turn)], bare),
                allowed=ALLOWED,
                times=TIMES,
                warm_up=WARM_UP,
            )
        )
    return ratios


def main() -> int:
    os.environ["COLLECTED_STATIC"] = "0"
    with scratch_database() as owner_url:
        import psycopg
        from django.conf import settings

        make_county(owner_url)
        with psycopg.connect(settings.DATABASE_URL, autocommit=True) as bare:
            return conclude("signature", measure(bare), children=CHILDREN, schools=SCHOOLS)


if __name__ == "__main__":
    sys.exit(main())
