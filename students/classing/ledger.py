"""Opening and closing classes and setting how many seats there are: the only writers of both, and the way back.

Every change is kept as a `LedgerEntry`. Nothing is deleted: what an undone case had opened is closed again. Callers
hold the school's row (`lock_school`), so that no two of them number a class or count seats at once.
"""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Max, Q

from approvals.errors import Refused
from approvals.models import SeatHold
from law import clock, parameters
from law.school_time import grade_name, school_year_of
from schools.models import School, SchoolClass, Seats, cohort_of

from .. import enrolments
from ..models.enrolment import Placement
from ..models.ledger_entry import LedgerEntry

Table = LedgerEntry.Table
HOME = SchoolClass.Kind.HOME_TEACHING
LATER = "{}办结之后{}又有变动，不能直接撤销；请先更正后来的变动（第三十八条）。"


def lock_school(school_id: int) -> School:
    """Nobody else numbers classes or plans seats of this school until the transaction ends."""
    return School.objects.select_for_update(no_key=True).get(pk=school_id)


def classes_in(school_id: int, grade: int, year: int) -> list[SchoolClass]:
    """Open classes of a grade that count for its seats, in the order of their numbers (送教上门 has none)."""
    stage, cohort = cohort_of(grade, year)
    return list(counted_classes().filter(school=school_id, stage=stage, cohort=cohort).order_by("number"))


def counted_classes():
    """Open classes that count for the seats of their grade."""
    return SchoolClass.objects.filter(closed_on=None).exclude(kind=HOME)


def dealt_over(classes: Iterable[SchoolClass]) -> list[SchoolClass]:
    """The classes children are dealt to: ordinary ones; those of 特教 where a school has no others, 送教上门 never."""
    at_school = [each for each in classes if not each.at_home]
    return [each for each in at_school if each.kind == SchoolClass.Kind.ORDINARY] or at_school


def open_year(school: School, year: int) -> None:
    """The running year's ledger exists with everybody counted; next year's is opened row by row, by its plan."""
    if year == school_year_of(clock.today()):
        enrolments.open_ledger(school, year, parameters.on(clock.today())["class.cap"])


def lock_rows(school_id: int, year: int, grades: Iterable[int]) -> None:
    """All rows of these grades, ids ascending as everybody takes them: who sits a child down waits or is waited for."""
    rows = Seats.objects.filter(school=school_id, year=year, grade__in=list(grades))
    list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


def row_of(school_id: int, year: int, grade: int, school_class: SchoolClass | None = None, capacity: int = 0) -> Seats:
    """The ledger row of a grade or class, locked; made with `capacity` seats when there is none."""
    where = {"school_id": school_id, "year": year, "grade": grade, "school_class": school_class}
    row, _ = Seats.objects.get_or_create(**where, defaults={"capacity": capacity})
    return Seats.objects.select_for_update().get(pk=row.pk)


def set_capacity(case, row: Seats, capacity: int) -> None:
    """So many seats from now on. Raises Refused below what is used and reserved."""
    if capacity == row.capacity:
        return
    if capacity + row.granted < row.used + row.reserved:
        raise Refused(
            f"{grade_name(row.grade)}{row.school_class or ''}已用{row.used}个、预留{row.reserved}个学位，"
            f"不能减到{capacity}个（第八条）。请调高班数或班额后再报。"
        )
    Seats.objects.filter(pk=row.pk).update(capacity=capacity)
    keep(case, Table.SEATS, row.pk, {"capacity": row.capacity}, {"capacity": capacity})


def open_class(case, *, grade: int, year: int, seats: int, kind=SchoolClass.Kind.ORDINARY) -> SchoolClass:
    """A new class of the case's school under the next number of its cohort; a number once used never comes back."""
    stage, cohort = cohort_of(grade, year)
    of_cohort = SchoolClass.objects.filter(school=case.lead_school_id, stage=stage, cohort=cohort)
    last = of_cohort.aggregate(last=Max("number"))["last"] or 0
    made = of_cohort.create(school_id=case.lead_school_id, stage=stage, cohort=cohort, number=last + 1, kind=kind)
    keep(case, Table.CLASS, made.pk, None, {"closed_on": None})
    set_capacity(case, row_of(case.lead_school_id, year, grade, made), seats)
    return made


def close_class(case, school_class: SchoolClass, *, year: int) -> None:
    """The class ends today and its seats with it. Raises Refused while anybody sits in it or holds a seat."""
    row = row_of(school_class.school_id, year, school_class.grade_in(year), school_class)
    if taken := heads_of([school_class.pk])[school_class.pk] or row.used + row.reserved:
        raise Refused(
            f"{school_class.name_in(year)}还有{taken}名学生就读或预留学位，须先调入其他班级才能撤班（第八条）。"
        )
    set_capacity(case, row, 0)
    retire(case, school_class)


def retire(case, school_class: SchoolClass) -> None:
    """The class counts no more from today."""
    today = clock.today()
    SchoolClass.objects.filter(pk=school_class.pk).update(closed_on=today)
    keep(case, Table.CLASS, school_class.pk, {"closed_on": None}, {"closed_on": today})


def heads_of(classes) -> Counter:
    """class id → children who sit there and seats that open cases hold there."""
    sitting = Placement.objects.filter(school_class__in=classes, ends=None, enrolment__voided=False)
    held = SeatHold.objects.filter(seats__school_class__in=classes, ended_on=None)
    return Counter(sitting.values_list("school_class", flat=True)) + Counter(
        held.values_list("seats__school_class", flat=True)
    )


def keep(case, table: Table, row: int, before: dict | None, after: dict) -> None:
    LedgerEntry.objects.create(case_id=case.pk, table=table, row=row, before=before, after=after)


def restore(case) -> None:
    """Classes and seats as they were before the case. Raises Refused when a later act stands on one of them."""
    lock_school(case.lead_school_id)
    entries = list(case.ledger_entries.order_by("-pk"))
    rows = Seats.objects.filter(pk__in=[entry.row for entry in entries if entry.table == Table.SEATS])
    list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    restore_classes(case, [entry for entry in entries if entry.table == Table.CLASS])
    for entry in entries:
        if entry.table == Table.SEATS:
            restore_seats(case, entry)


def restore_classes(case, entries: list[LedgerEntry]) -> None:
    """Those opened are closed again, when empty; those closed are open again."""
    made = [entry.row for entry in entries if entry.before is None]
    heads, today = heads_of(made), clock.today()
    if heads:
        raise Refused(f"{case.number}所开的班级里已有{heads.total()}名学生就读或预留学位，不能撤销；请先调入其他班级。")
    if SchoolClass.objects.filter(pk__in=made).exclude(closed_on=None).exists():
        raise Refused(LATER.format(case.number, "所开班级"))
    ended = [entry.row for entry in entries if entry.before is not None]
    SchoolClass.objects.filter(Q(pk__in=ended)).update(closed_on=None)
    SchoolClass.objects.filter(pk__in=made).update(closed_on=today)


def restore_seats(case, entry: LedgerEntry) -> None:
    row = Seats.objects.select_for_update().get(pk=entry.row)
    before, after = entry.before["capacity"], entry.after["capacity"]
    if row.capacity != after or before + row.granted < row.used + row.reserved:
        raise Refused(LATER.format(case.number, f"{grade_name(row.grade)}学位"))
    Seats.objects.filter(pk=row.pk).update(capacity=before)
