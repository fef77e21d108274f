"""What the pages draw of children: the place now, the state in a word and a colour, the open case. Decides nothing."""

from collections.abc import Iterable

from accounts.policies import may
from approvals.models import Case, CaseSubject
from law import clock
from law.school_time import school_year_of

from .models import Placement, Student

TONES = {
    Student.Status.PENDING: "wait",
    Student.Status.ENROLLED: "done",
    Student.Status.SUSPENDED: "soon",
    Student.Status.DROPPED_OUT: "refused",
    Student.Status.IN_CUSTODY: "soon",
    Student.Status.ABROAD: "idle",
}


def with_places(children: Iterable[Student], user) -> list[Student]:
    """The same children, each carrying `place`, `tone` and `open_case` (only a case the user may see); two queries."""
    children = list(children)
    places = places_of(children)
    cases = open_cases_of(children, user)
    for child in children:
        child.place = places.get(child.pk)
        child.tone = tone_of(child)
        child.open_case = cases.get(child.pk)
    return children


def tone_of(child: Student) -> str:
    return TONES.get(child.status, "idle")


def places_of(children: Iterable[Student]) -> dict[int, "Seat"]:
    """child id → class in which the child sits now."""
    rows = Placement.objects.filter(ends=None, enrolment__voided=False, enrolment__student__in=list(children))
    year = school_year_of(clock.today())
    return {
        row.enrolment.student_id: Seat(row, year) for row in rows.select_related("enrolment", "school_class__school")
    }


class Seat:
    """A present placement with the name people use for the class this year."""

    def __init__(self, placement: Placement, year: int):
        self.school_class = placement.school_class
        self.grade = placement.school_class.grade_in(year)
        self.name = placement.school_class.name_in(year)
        if placement.school_class.school_id != placement.enrolment.school_id:
            self.name = f"{placement.school_class.school}{self.name}（随班就读）"

    def __str__(self):
        return self.name


def open_cases_of(children: Iterable[Student], user) -> dict[int, Case]:
    """child id → the open case, where the user may see it."""
    subjects = CaseSubject.objects.filter(
        child__in=list(children), blocking=True, case__in=Case.objects.visible_to(user)
    )
    return {subject.child_id: subject.case for subject in subjects.select_related("case")}


def person_line(child: Student, user, place: str) -> dict:
    """A child as `components/person_line.html` draws it; the name leads to the record where the user may see it."""
    number = child.registry_number or child.id_number
    return {
        "key": child.slug,
        "name": child.name,
        "url": child.get_absolute_url() if may(user, "view_school", child.school_id) else "",
        "sex": child.sex_name,
        "number": number.masked if number else "",
        "number_label": number.get_kind_display() if number else "",
        "school": child.school.short_name,
        "school_code": child.school.code,
        "place": place,
        "word": child.get_status_display(),
        "tone": tone_of(child),
    }
