"""更正：撤销 of a closing, until the next term begins: schools, classes, offices, children and cases as they were."""

from datetime import date

from django.db.models import Q

from accounts.appointments import return_to_offices
from approvals.errors import Refused
from approvals.kinds import by_kind
from approvals.models import Case, CaseSubject, CeimsFiling, SeatHold
from approvals.services import busy_sentence
from law import clock
from law.models import Term
from schools.models import FormerName, SchoolClass
from students import journal
from students.models import Placement, RecordEntry
from students.problems.detection import recheck

from .closing import lock_schools
from .closing_record import restore_rows


def take_back_school(case) -> None:
    """更正：撤销 before the next term begins: everything as it was, from the record of the decision. Raises Refused."""
    refuse_after_term(case)
    lock_schools(case)
    entries = list(case.closing_entries.order_by("pk"))
    refuse_new_business(case, entries)
    restore_cases(case, entries)
    for label in ("schools.school", "schools.schoolclass"):
        restore_rows(label, entries)
    refuse_strangers(case, entries)
    journal.restore(case, though_busy=True)
    today = clock.today()
    made = [e.row for e in entries if e.before is None and e.table == "schools.schoolclass"]
    SchoolClass.objects.filter(pk__in=made).update(closed_on=today)
    FormerName.objects.filter(pk__in=[e.row for e in entries if e.table == "schools.formername"]).update(revoked=True)
    return_to_offices({e.row: e.before["ends"] for e in entries if e.table == "accounts.appointment"}, on=today)
    recheck(case.subjects.values_list("child_id", flat=True))


def next_term_after(day: date) -> date:
    """The first day of the next published term; without one, of the next half of the school year."""
    term = Term.objects.filter(starts__gt=day).order_by("starts").first()
    halves = (date(day.year, 3, 1), date(day.year, 9, 1), date(day.year + 1, 3, 1))
    return term.starts if term else next(each for each in halves if each > day)


def refuse_after_term(case) -> None:
    limit = next_term_after(case.closed_on)
    if clock.today() >= limit:
        raise Refused(
            f"{case.number}办结后的下一学期已于{limit:%Y年%-m月%-d日}开学，学生已在接收学校编班就读，"
            "不能再整体撤销；个别学生请按转学办理（第十一条第二款、第三十八条）。"
        )


def refuse_new_business(case, entries) -> None:
    """A change begun after the closing belongs to the receiving school: it ends first."""
    moved = [e.row for e in entries if e.table == "approvals.case"]
    ids = RecordEntry.objects.filter(case_id=case.pk).values("child_id")
    there = Q(case__lead_school=case.receiving_id) | Q(case__peer_school=case.receiving_id)
    busy = CaseSubject.objects.filter(there, child__in=ids, blocking=True).exclude(case__in=moved)
    busy = busy.select_related("case__lead_school", "case__desk_school__bureau")
    if sentences := list(dict.fromkeys(busy_sentence(subject.case) for subject in busy)):
        raise Refused(*sentences)


def refuse_strangers(case, entries) -> None:
    """Nobody else may sit, or hold a seat, in a class that ends with the closing."""
    made = [e.row for e in entries if e.before is None and e.table == "schools.schoolclass"]
    own = CaseSubject.objects.filter(case_id=case.pk).values("child")
    sitting = Placement.objects.filter(school_class__in=made, ends=None, enrolment__voided=False)
    held = SeatHold.objects.filter(seats__school_class__in=made, ended_on=None)
    others = sitting.exclude(enrolment__student__in=own).count() + held.count()
    if others:
        raise Refused(
            f"撤并后新编的班级里又有{others}名其他学生就读或预留学位，不能整体撤销；请先另行安排（第三十八条）。"
        )


def restore_cases(case, entries) -> None:
    """Cases still open go back to the school they came from; those closed since stay as they were decided."""
    running = set(Case.objects.open().filter(pk__in=[e.row for e in entries]).values_list("pk", flat=True))
    present = dict(Case.objects.filter(pk__in=running).values_list("pk", "desk_school_id"))
    for entry in entries:
        if entry.table == "approvals.case" and entry.row in running:
            # The case may have gone on to another desk: the desk follows the side it lies on.
            now, sides = present[entry.row], (entry.before["lead_school_id"], entry.before["peer_school_id"])
            follows = now == case.receiving_id and case.receiving_id not in sides
            if now != entry.after["desk_school_id"]:
                entry.before["desk_school_id"] = case.lead_school_id if follows else now
                entry.after["desk_school_id"] = now
    for kind in by_kind().values():
        label = kind._meta.label_lower
        for column in sorted({name for e in entries if e.table == label for name in e.before}):
            restore_rows(label, [e for e in entries if e.row in running and column in e.before and e.table == label])
    restore_rows("approvals.case", [e for e in entries if e.row in running])
    restore_filings(case, entries, running)


def restore_filings(case, entries, running: set[int]) -> None:
    """What still waits for the national system goes back, with what the cases that go back brought about meanwhile."""
    moved = [e for e in entries if e.table == "approvals.ceimsfiling"]
    waiting = CeimsFiling.objects.filter(confirmed_on=None)
    still = set(waiting.filter(pk__in=[e.row for e in moved]).values_list("pk", flat=True))
    restore_rows("approvals.ceimsfiling", [e for e in moved if e.row in still])
    moved = [e for e in entries if e.table == "approvals.case" and e.row in running]
    ours = [e.row for e in moved if case.receiving_id not in (e.before["lead_school_id"], e.before["peer_school_id"])]
    waiting.filter(case__in=ours, school=case.receiving_id).update(school=case.lead_school_id)
