"""Where an invented child has lived: one enrolment since the entry year, a placement for each school year since."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

from django.utils import timezone

from law.school_time import LAST_PRIMARY_GRADE, first_day
from schools.models import School, SchoolClass, cohort_of
from students.models import Enrolment, Placement, Student

from . import SEED_YEAR
from .bulk import row_maker

enrolment_row, placement_row = row_maker(Enrolment), row_maker(Placement)


@dataclass(frozen=True)
class Fate:
    """What became of the child; without `left_on` it still lives at the school and sits in a seat."""

    status: str = Student.Status.ENROLLED
    left_on: date | None = None
    left_how: str = ""
    went_to: str = ""

    @property
    def seated(self) -> bool:
        return self.left_on is None


GRADUATED = Fate(Student.Status.GRADUATED, date(2026, 7, 13), "毕业")
MOVED_AWAY = Fate(Student.Status.MOVED_AWAY, date(2026, 3, 20), "转出", "沈阳市皇姑区（演示）小学")
SUSPENDED = Fate(Student.Status.SUSPENDED)
DROPPED_OUT = Fate(Student.Status.DROPPED_OUT)
PRESENT = Fate()


class ClassRooms:
    """Finds the class of a school, grade and year by its number; the last one when there are fewer."""

    def __init__(self):
        self._rooms: dict[tuple, list[SchoolClass]] = defaultdict(list)
        for each in SchoolClass.objects.order_by("number"):
            self._rooms[each.school_id, each.stage, each.cohort].append(each)

    def of(self, school_id: int, grade: int, year: int, number: int) -> SchoolClass:
        """The class of a grade in a year. IndexError when the school never had that cohort."""
        rooms = self._rooms[(school_id, *cohort_of(grade, year))]
        return rooms[min(number, len(rooms)) - 1]


def entry_year(school: School, grade: int) -> int:
    """The autumn in which a child of this grade came to this school."""
    first = LAST_PRIMARY_GRADE + 1 if school.kind == School.Kind.JUNIOR else 1
    return SEED_YEAR - (grade - first)


def life_of(
    student_id: int, pk: int, school: School, grade: int, number: int, rooms: ClassRooms, *, since: int, fate: Fate
) -> tuple[SimpleNamespace, list[SimpleNamespace]]:
    """The enrolment `pk` of a child and its placements from school year `since` on, in class `number` of each grade."""
    entered = entry_year(school, grade)
    ends = fate.left_on.isoformat() if fate.left_on else ""
    enrolment = enrolment_row(
        id=pk,
        student_id=student_id,
        school_id=school.pk,
        during=f"[{first_day(entered)},{ends})",
        came_how="建籍" if school.kind != School.Kind.JUNIOR else "招生",
        left_how=fate.left_how,
        went_to=fate.went_to,
        entered_at=timezone.now(),
    )
    last = SEED_YEAR if fate.seated else SEED_YEAR - 1
    places = [
        placement_row(
            enrolment_id=pk,
            school_class_id=rooms.of(school.pk, grade - (SEED_YEAR - year), year, number).pk,
            year=year,
            starts=first_day(year),
            ends=None if year == SEED_YEAR else fate.left_on if year == last else first_day(year + 1),
        )
        for year in range(max(entered, since), last + 1)
    ]
    return enrolment, places
