"""Children as graduation leaves them: in grade six until the summer, now 小学毕业待升学, living on there.

Exactly the state the graduation of grade six produces: status LEAVER, the place ended, the enrolment living.
"""

from datetime import date

from law import clock
from law.school_time import school_year_of
from schools.models import SchoolClass, Stage
from students import enrolments
from students.models import Enrolment, Placement, Student
from tests.county import child_maker

# Whoever needs a child's numbers makes the child with `leaver_maker`; the many have none to be sealed.
KEY = b"none"


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


def cohort_of_leavers(schools, count: int, *, first: int = 0) -> list[Student]:
    """Many leavers at once, dealt over these schools: the same state, by a handful of statements."""
    year, made = school_year_of(clock.today()), []
    classes = {
        school.pk: SchoolClass.objects.get_or_create(school=school, stage=Stage.PRIMARY, cohort=year - 6, number=1)[0]
        for school in schools
    }
    for n in range(first, first + count):
        school = schools[n % len(schools)]
        names = {"name": f"样例{n}", "name_pinyin": f"yangli{n:05d}", "name_initials": "yl"}
        birth = {"birth_date": date(year - 12, 3, 1 + n % 28), "sex": "12"[n % 2], "id_type": "1"}
        made.append(Student(school=school, wrapped_key=KEY, status=Student.Status.LEAVER, **names, **birth))
    made = Student.objects.bulk_create(made, batch_size=1000)
    lives = Enrolment.objects.bulk_create(
        [Enrolment(student=child, school_id=child.school_id, during=(date(year - 6, 9, 1), None)) for child in made],
        batch_size=1000,
    )
    span = {"starts": date(year - 1, 9, 1), "ends": date(year, 7, 10)}
    Placement.objects.bulk_create(
        [Placement(enrolment=e, school_class=classes[e.school_id], year=year - 1, **span) for e in lives],
        batch_size=1000,
    )
    return made
