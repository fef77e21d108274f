"""新生花名册 of a school year: who entered the first grade of a stage here, class by class."""

from django.db.models import Q

from accounts.models import Appointment
from accounts.roles import Role
from law import clock
from schools.models import School, Stage
from students.models import Placement, Student

from ..rosters import newcomer_row
from .reading import Line, Reading, Scope

# Who came in one of these ways came into a class that had begun elsewhere: 转学联系表 tells of them.
NOT_NEW = ("转入", "转回", "学校撤并")


def entering(scope: Scope):
    """Places of the year in classes of that year's entry, of children who began the stage here."""
    joined_late = Q(school_class__stage=Stage.PRIMARY) | Q(enrolment__during__startswith__gte=scope.first)
    found = Placement.objects.filter(
        school_class__school=scope.school,
        school_class__cohort=scope.year,
        year=scope.year,
        starts__lte=scope.until,
        enrolment__school=scope.school,
        enrolment__voided=False,
    )
    return found.exclude(joined_late, enrolment__came_how__in=NOT_NEW)


def read(scope: Scope) -> Reading:
    """A line per newcomer, in the class in which it sat last within these days."""
    places = entering(scope).order_by("starts", "pk").select_related("school_class", "enrolment")
    last = {place.enrolment.student_id: place for place in places}
    children = Student.objects.filter(pk__in=last).prefetch_related("numbers", "family").in_bulk()
    order = sorted(last, key=lambda pk: (*class_key(last[pk]), children[pk].name_pinyin, pk))
    reading, counted = Reading([]), {}
    teachers = teachers_of(scope.school)
    for pk in order:
        place = last[pk]
        section = place.school_class.name_in(scope.year)
        reading.heads[section] = teachers.get(place.school_class_id, "")
        counted[section] = counted.get(section, 0) + 1
        cells = newcomer_row(counted[section], children[pk]) | {"remark": gone(place.enrolment, scope)}
        reading.lines.append(Line(str(pk), pk, cells, section))
    return reading


def teachers_of(school: School) -> dict[int, str]:
    """class → the class teacher in office today, of a whole school in one query."""
    held = Appointment.objects.live(clock.today()).filter(role=Role.CLASS_TEACHER, school_class__school=school)
    return {each.school_class_id: each.user.name or "" for each in held.select_related("user").order_by("-pk")}


def class_key(place: Placement) -> tuple:
    return (place.school_class.stage != Stage.PRIMARY, place.school_class.number)


def gone(enrolment, scope: Scope) -> str:
    """转出 and the like, for who has left within these days."""
    ended = enrolment.during.upper
    return enrolment.left_how if ended and ended <= scope.until else ""
