"""送教上门 (第七条): children too disabled to attend are on the roll of the school that comes to their home.

They sit in a class of that kind, count as registered and in no class size; each visit of a teacher is written down.
"""

from datetime import date

from django.db.models import Count, F, Max, Q, QuerySet

from accounts.policies import Powers
from approvals.errors import NotYourHand, Refused
from law import articles, clock
from schools.models import SchoolClass

from .models import HomeLesson, Student
from .terms import present_opening

SERVED = {
    "enrolments__voided": False,
    "enrolments__placements__ends": None,
    "enrolments__placements__school_class__kind": SchoolClass.Kind.HOME_TEACHING,
}


def served(children: QuerySet[Student]) -> QuerySet[Student]:
    """Those of them who are taught at home now, each with the class as `room_id` and its school as `server_id`."""
    room = "enrolments__placements__school_class"
    return children.filter(**SERVED).annotate(room_id=F(room), server_id=F(f"{room}__school"))


def with_lessons(children: QuerySet[Student]) -> QuerySet[Student]:
    """The same with the lessons of the present term and the last one ever."""
    starts = present_opening().starts
    this_term = Count("home_lessons", filter=Q(home_lessons__on__gte=starts), distinct=True)
    return children.annotate(lessons=this_term, last_lesson=Max("home_lessons__on"))


def may_log(user, child: Student) -> bool:
    """The registrar of the school that serves the child, or the teacher of that class. `child` comes from `served`."""
    powers = Powers.of(user)
    taught = {power.appointment.school_class_id for power in powers.on("teach_class", child.server_id)}
    return bool(powers.on("make_change", child.server_id)) or child.room_id in taught


def log_lesson(child: Student, *, by, on: date, who: str, what: str) -> HomeLesson:
    """Write down one visit. Raises NotYourHand, Refused for a child not taught at home or a day to come."""
    found = served(Student.objects.filter(pk=child.pk)).first()
    if found is None:
        raise Refused(f"{child.name}不在送教上门的班级，不登记送教（{articles.ONE_CHILD_ONE_RECORD}）。")
    if not may_log(by, found):
        raise NotYourHand("送教由承担送教的学校的学籍管理员或该班教师登记。")
    if on > clock.today():
        raise Refused("送教日期不能晚于今日。")
    return HomeLesson.objects.create(child=child, on=on, who=who, what=what, by=by)
