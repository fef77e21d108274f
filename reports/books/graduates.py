"""毕业生花名册 of a school year: everybody on a decided list of graduation, class by class."""

from approvals.models import CaseSubject
from law.school_time import LAST_PRIMARY_GRADE, grade_name
from schools.models import Stage
from students.models import Graduation, Placement, Student

from ..rosters import destinations_of, graduate_row, papers_of, passed
from .newcomers import class_key, teachers_of
from .reading import Line, Reading, Scope


def decided(scope: Scope):
    """The lists of this school and year that stand."""
    return Graduation.objects.filter(lead_school=scope.school, year=scope.year, state="done")


def undecided(scope: Scope) -> list[str]:
    """Numbers of the lists that somebody still has to sign."""
    running = Graduation.objects.filter(lead_school=scope.school, year=scope.year, closed_on=None)
    return list(running.values_list("number", flat=True))


def read(scope: Scope) -> Reading:
    """A line per graduate, in the class it left."""
    subjects = CaseSubject.objects.filter(case__in=decided(scope)).values("child")
    sat = Placement.objects.filter(
        school_class__school=scope.school,
        year=scope.year,
        enrolment__voided=False,
        enrolment__student__in=subjects,
    )
    last = {p.enrolment.student_id: p for p in sat.order_by("starts", "pk").select_related("school_class", "enrolment")}
    children = Student.objects.filter(pk__in=last).prefetch_related("numbers", "family").in_bulk()
    papers = papers_of(list(children.values()))
    went = destinations_of(list(children.values()), scope.school.pk)
    order = sorted(last, key=lambda pk: (*class_key(last[pk]), children[pk].name_pinyin, pk))
    reading, counted, left = Reading([]), {}, scope.year + 1
    teachers = teachers_of(scope.school)
    for pk in order:
        school_class = last[pk].school_class
        section = f"{left}届{grade_name(school_class.grade_in(scope.year))}{school_class.number}班"
        reading.heads[section] = teachers.get(school_class.pk, "")
        counted[section] = counted.get(section, 0) + 1
        primary = school_class.stage == Stage.PRIMARY and school_class.grade_in(scope.year) == LAST_PRIMARY_GRADE
        cells = graduate_row(counted[section], children[pk], f"{left}年7月", papers.get(pk))
        cells |= {"passed": passed(primary, papers.get(pk)), "went_to": went.get(pk, "")}
        reading.lines.append(Line(str(pk), pk, cells, section))
    return reading
