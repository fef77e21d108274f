"""What 第二十五条 does to the record: it goes along with the child, or stays while the child sits elsewhere."""

from law import articles, clock
from schools.models import SchoolClass
from students import enrolments, places
from students.models import Student

ON_A_FREE_SEAT = {"article": articles.INCLUSION, "reason": "特教学校与普通学校之间就读", "above_cap": False}


def move_record(case, child: Student, to_class: SchoolClass) -> None:
    """The record goes where the child sits: ended here and begun there on one day, on a free seat (第十九条)."""
    today, school = clock.today(), to_class.school
    left = enrolments.end([child], on=today, case=case, how="转出", went_to=school.name)
    places.give_up_seats(left, today)
    places.take_seat(to_class, on=today, case_number=case.number, **ON_A_FREE_SEAT)
    came = {"how": "转入", "came_from": case.lead_school.name}
    enrolments.begin([(child, to_class)], school=school, on=today, case=case, **came)


def move_chair(case, child: Student, to_class: SchoolClass) -> None:
    """The child sits in another class from today, on a free seat; its record stays (第二十五条)."""
    today = clock.today()
    places.leave_class([child], on=today)
    places.sit_down(child, to_class, on=today, case=case, **ON_A_FREE_SEAT)
