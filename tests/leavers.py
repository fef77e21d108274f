"""Children as graduation leaves them: in grade six until the summer, now 小学毕业待升学, living on at the primary school.

Exactly the state the graduation of grade six produces: status LEAVER, the place ended, the enrolment living.
"""

from datetime import date

from law import clock
from law.school_time import school_year_of
from schools.models import SchoolClass, Stage
from students import enrolments
from students.models import Placement, Student
from tests.county import child_maker


def leaver_maker(child_at=None):
    """A function that makes leavers: make(school, name='样例甲', number=1, **columns)."""
    child_at = child_at or child_maker()

    def make(school, *, name="样例甲", number=1, status=Student.Status.LEAVER, **more) -> Student:
        year = school_year_of(clock.today())
        with clock.at(date(year - 1, 9, 15)):
            grade_six = SchoolClass.objects.get_or_create(
                school=school, stage=Stage.PRIMARY, cohort=year - 6, number=number
            )[0]
            enrolments.open_ledger(school, year - 1, 55)
            child = child_at(school, grade=6, name=name, **more)
        places = Placement.objects.filter(enrolment__student=child)
        places.update(ends=date(year, 7, 10), school_class=grade_six)
        Student.objects.filter(pk=child.pk).update(status=status)
        return Student.objects.select_related("school").get(pk=child.pk)

    return make
