"""Who waits for a class, the proposal drawn from them, the registrar's changes, and the places all at once."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import F

from approvals.errors import Refused
from approvals.models import CaseSubject
from approvals.services import refuse_busy
from law import clock, parameters
from law.school_time import LAST_PRIMARY_GRADE, first_day, grade_name, school_year_of
from schools import seats
from schools.models import School, SchoolClass, Seats

from .. import enrolments
from ..models.child import Student
from ..models.enrolment import Enrolment, Placement
from ..models.record_change import RecordEntry
from ..naming import named
from .balance import Newcomer, Room
from .ledger import classes_in, dealt_over
from .placing import PlacingFacts

NOT_INCLUSIVE = ("", "0")
JUNIOR_AGE = 11


@dataclass
class Waiting:
    """Children of a school who sit in no class: by grade, those of no known grade, those with an open change."""

    by_grade: dict[int, list[Student]] = field(default_factory=lambda: defaultdict(list))
    unknown: list[Student] = field(default_factory=list)
    busy: list[Student] = field(default_factory=list)


def waiting_at(school: School, year: int) -> Waiting:
    """Everybody on the school's roll without a class, in three queries."""
    found = Waiting()
    children = list(without_class(school).order_by("name_pinyin", "pk"))
    last, busy = last_classes(children), busy_among(children)
    for child in children:
        grade = grade_of(child, last.get(child.pk), school, year)
        if child.pk in busy:
            found.busy.append(child)
        elif grade in school.grades:
            found.by_grade[grade].append(child)
        else:
            found.unknown.append(child)
    return found


def without_class(school: School):
    """Children in school, on this school's roll, who attend it and sit in no class."""
    here = Enrolment.objects.living().filter(school=school, attends=None)
    seated = Placement.objects.filter(ends=None, enrolment__voided=False)
    children = Student.objects.filter(status=Student.Status.ENROLLED, pk__in=here.values("student"))
    return children.exclude(pk__in=seated.values("enrolment__student"))


def last_classes(children) -> dict[int, SchoolClass]:
    rows = Placement.objects.filter(enrolment__student__in=children, enrolment__voided=False)
    rows = rows.select_related("school_class", "enrolment").order_by("starts", "pk")
    return {row.enrolment.student_id: row.school_class for row in rows}


def busy_among(children) -> set[int]:
    subjects = CaseSubject.objects.filter(child__in=children, blocking=True)
    return set(subjects.values_list("child", flat=True))


def grade_of(child: Student, last: SchoolClass | None, school: School, year: int) -> int | None:
    """The grade of the class it sat in last, moved on to this year; of a newcomer, by year of entry and age."""
    if last:
        return last.grade_in(year)
    if not child.entered_month[:4].isdecimal():
        return None
    cohort = int(child.entered_month[:4])
    junior = school.kind == School.Kind.JUNIOR
    if school.kind in (School.Kind.NINE_YEAR, School.Kind.SPECIAL):
        junior = cohort - child.birth_date.year >= JUNIOR_AGE
    return year - cohort + 1 + LAST_PRIMARY_GRADE * junior


def newcomer(child: Student) -> Newcomer:
    """What balancing looks at, of a record."""
    inclusive = child.inclusive_education not in NOT_INCLUSIVE
    return Newcomer(child.pk, child.sex, child.birth_date, bool(child.migrant_child), inclusive)


def rooms_of(school_id: int, grade: int, year: int, *, unopened: int = 0, dealt: bool = False) -> list[Room]:
    """The classes of a grade with free seats and those who sit there; three queries.

    `unopened`: the seats of a class whose ledger is not open yet; `dealt`: only those children are dealt to.
    """
    classes = classes_in(school_id, grade, year)
    classes = dealt_over(classes) if dealt else classes
    return rooms_in(classes, free_seats(school_id, grade, year), sitting_in(classes), unopened=unopened)


def rooms_in(classes, free: dict, sitting: dict[int, list[Newcomer]], *, unopened: int = 0) -> list[Room]:
    """These classes as balancing sees them."""
    return [Room(each.pk, max(free.get(each.pk, unopened), 0), tuple(sitting.get(each.pk, ()))) for each in classes]


def free_seats(school_id: int, grade: int, year: int) -> dict[int | None, int]:
    """What the ledger has left in each class of a grade (None: the whole grade); empty while it is not open."""
    rows = Seats.objects.filter(school=school_id, year=year, grade=grade)
    return {row.school_class_id: row.free_seats for row in rows}


def sitting_in(classes) -> dict[int, list[Newcomer]]:
    """Who has a place in these classes now."""
    sitting = defaultdict(list)
    places = Placement.objects.filter(school_class__in=classes, ends=None, enrolment__voided=False)
    for place in places.select_related("enrolment__student"):
        sitting[place.school_class_id].append(newcomer(place.enrolment.student))
    return sitting


def facts_of(case, day, **papers) -> PlacingFacts:
    """Rows, and what has come between them and the register meanwhile."""
    rows = list(case.rows.exclude(school_class=None).select_related("child", "school_class").order_by("pk"))
    if not case.is_open:
        return PlacingFacts(day, len(rows))
    still = set(
        without_class(case.lead_school).filter(pk__in=[row.child_id for row in rows]).values_list("pk", flat=True)
    )
    here = {each.pk for each in classes_in(case.lead_school_id, case.grade, case.year)}
    strange = {row.school_class.name_in(case.year) for row in rows if row.school_class_id not in here}
    wanted = Counter(row.school_class_id for row in rows)
    return PlacingFacts(
        day,
        len(rows),
        moved=named([row.child.name for row in rows if row.child_id not in still]),
        crowded=crowded(case, wanted),
        elsewhere=f"{'、'.join(sorted(strange))}不是{grade_name(case.grade)}现有的班级" if strange else "",
        **papers,
    )


def crowded(case, wanted: Counter) -> str:
    """Which rows of the ledger would be oversold, in words."""
    rows = Seats.objects.filter(school=case.lead_school_id, year=case.year, grade=case.grade)
    over = []
    for row in rows.select_related("school_class").order_by("school_class__number"):
        count = wanted[row.school_class_id] if row.school_class_id else wanted.total()
        if count > max(row.free_seats, 0):
            name = row.school_class.name_in(case.year) if row.school_class else f"{grade_name(row.grade)}合计"
            over.append(f"{name}拟编入{count}人，空余{max(row.free_seats, 0)}个学位")
    return "；".join(over)


def sit_all(case) -> None:
    """All children of the list sit down today, and their seats are used, grade row and class rows, ids ascending."""
    today, year = clock.today(), case.year
    if year != school_year_of(today):
        raise Refused(f"{case.number}是上一学年的分班，不能再生效；请撤回后重新分班。")
    enrolments.open_ledger(case.lead_school, year, parameters.on(today)["class.cap"])
    to_class = dict(case.rows.exclude(school_class=None).values_list("child", "school_class"))
    living = Enrolment.objects.living().filter(student__in=to_class)
    starts = max(today, first_day(year))
    Placement.objects.bulk_create(
        [
            Placement(enrolment_id=pk, school_class_id=to_class[child], year=year, starts=starts)
            for pk, child in living.values_list("pk", "student")
        ],
        batch_size=1000,
    )
    for row, count in rows_taken(case, Counter(to_class.values())):
        seats.occupy([row], count)


def rows_taken(case, wanted: Counter) -> list[tuple[Seats, int]]:
    """The ledger rows these children use, with how many each, ids ascending."""
    rows = Seats.objects.filter(school=case.lead_school_id, year=case.year, grade=case.grade).order_by("pk")
    counted = [(row, wanted[row.school_class_id] if row.school_class_id else wanted.total()) for row in rows]
    return [(row, count) for row, count in counted if count]


def stand_up(case) -> None:
    """更正：撤销. All leave the class again at once. Raises Refused when one has moved on since, ChildBusy."""
    entries = RecordEntry.objects.filter(case_id=case.pk, table="placement")
    made = list(entries.values_list("row", flat=True))
    refuse_busy(list(entries.values_list("child", flat=True)))
    places = Placement.objects.filter(pk__in=made, ends=None, enrolment__voided=False)
    wanted = Counter(places.values_list("school_class", flat=True))
    if wanted.total() != len(made):
        gone = len(made) - wanted.total()
        raise Refused(
            f"{case.number}办结之后有{gone}名学生又换了班级或离校，不能整批撤销；请逐人办理调班（第三十八条）。"
        )
    places.update(ends=F("starts"))
    for row, count in rows_taken(case, wanted):
        seats.vacate([row], count)
