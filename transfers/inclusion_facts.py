"""What the rules of 第二十五条 look at: both schools, the class chosen with its seats, where the child attends now."""

from dataclasses import dataclass

from law import clock
from law.school_time import grade_name, school_year_of
from schools.models import School, SchoolClass
from students import places
from students.models import Enrolment, Student
from students.standing import Standing


@dataclass(frozen=True)
class InclusionFacts(Standing):
    """随班就读要看的事实：两所学校的类型，编入的班级及其学位，现在是否已在他校就读."""

    attends: str = ""
    from_special: bool = False
    to_special: bool | None = None
    class_missing: bool = False
    class_is_theirs: bool = True
    class_grade: int | None = None
    free_seats: int | None = None

    @property
    def class_grade_name(self) -> str:
        return grade_name(self.class_grade)


def attended_by(child: Student) -> School | None:
    """The school at which the child sits while its record is at another."""
    living = Enrolment.objects.living().filter(student=child).select_related("attends").first()
    return living.attends if living else None


def facts_of_class(to_class: SchoolClass | None, *, theirs: bool) -> dict:
    """Grade and seats of the class chosen; what is not chosen yet stands in nobody's way."""
    if to_class is None:
        return {}
    year = school_year_of(clock.today())
    rows = places.ledger_rows(to_class, year)
    return {
        "class_is_theirs": theirs and to_class.closed_on is None,
        "class_grade": to_class.grade_in(year),
        "free_seats": min((row.free_seats for row in rows), default=None),
    }
