"""小学毕业生（第三十一条）: whose last place in a primary class was in grade six of the school year before.

`year` is the school year in which they begin grade seven. Everything here is a queryset: one statement for any number.
"""

from datetime import date, timedelta

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from law import parameters, workdays
from law.models import Term
from law.school_time import LAST_PRIMARY_GRADE, first_day
from schools.models import School, Stage

from ..intake.years import intake_year
from ..models.child import Student
from ..models.enrolment import Placement
from ..models.record_change import RecordEntry

ANYBODY = Q()
# Records that stand for no child, or for none yet.
NOBODY = (Student.Status.MERGED, Student.Status.DELETED, Student.Status.REJECTED, Student.Status.PENDING)


def last_in_grade_six(which: Q = ANYBODY) -> QuerySet[Placement]:
    """The last place in primary school of everybody who had it in grade six; a place undone on its day is none.

    `which` of these places, as a condition on the place: it narrows the search itself.
    Found by one sort, not by looking child by child: right after a mass change the planner knows nothing of the tables.
    """
    primary = Placement.objects.filter(enrolment__voided=False, school_class__stage=Stage.PRIMARY)
    primary = primary.exclude(ends=F("starts")).annotate(until=Coalesce("ends", Value(date.max)))
    six = Q(school_class__cohort=F("year") - LAST_PRIMARY_GRADE + 1) & which
    theirs = primary.filter(enrolment__student__in=primary.filter(six).values("enrolment__student"))
    last = theirs.order_by("enrolment__student", "-until", "-pk").distinct("enrolment__student").values("pk")
    return primary.filter(six, pk__in=last).exclude(enrolment__student__status__in=NOBODY)


def last_places(year: int, which: Q = ANYBODY) -> QuerySet[Placement]:
    """The grade-six place of every leaver, whatever became of the child since; `which` narrows the search itself."""
    return last_in_grade_six(Q(year=year - 1) & which)


def dropped_out_leavers() -> QuerySet[Student]:
    """Never in a junior class, and 小学毕业待升学 when they were listed as dropped out (第三十条)."""
    of_the_child = {"child": OuterRef("pk"), "table": "student", "case__state": "done"}
    listed = RecordEntry.objects.filter(before__status=Student.Status.LEAVER, after__status=Student.Status.DROPPED_OUT)
    junior = Placement.objects.filter(enrolment__student=OuterRef("pk"), school_class__stage=Stage.JUNIOR)
    sat = junior.filter(enrolment__voided=False).exclude(ends=F("starts"))
    dropped = Student.objects.filter(status=Student.Status.DROPPED_OUT)
    return dropped.filter(Exists(listed.filter(**of_the_child)), ~Exists(sat))


def waiting_places(year: int) -> QuerySet[Placement]:
    """Whom a junior school can take over: this summer's leavers, and whoever dropped out as a leaver, of any summer."""
    summer = Q(year=year - 1, enrolment__student__status=Student.Status.LEAVER)
    back = Q(year__lt=year, enrolment__student__in=dropped_out_leavers().values("pk"))
    return last_in_grade_six(summer | back)


def assigned_school(year: int, child: str = "enrolment__student") -> Subquery:
    """The junior school to which the bureau has assigned the child (招生分配); null while it has not."""
    from .destination import LeaverDestination

    living = LeaverDestination.objects.filter(child=OuterRef(child), year=year, ended_by=None)
    return Subquery(living.values("school")[:1])


def nearest_school(school: str = "enrolment__school") -> Subquery:
    """Where a primary school's leavers go by default: on at their own school, else to the township's junior school."""
    own = Q(pk=OuterRef(f"{school}_id")) & ~Q(kind=School.Kind.PRIMARY)
    township = Q(
        division=OuterRef(f"{school}__division"),
        bureau=OuterRef(f"{school}__bureau"),
        kind__in=[School.Kind.JUNIOR, School.Kind.NINE_YEAR],
    )
    rank = Case(When(own, then=0), When(kind=School.Kind.JUNIOR, then=1), default=2, output_field=IntegerField())
    found = School.objects.filter(own | township, closed_on=None).annotate(rank=rank)
    return Subquery(found.order_by("rank", "code").values("pk")[:1])


def expected_school(year: int) -> Coalesce:
    """The junior school that answers for a leaver: the assigned one, else the nearest."""
    return Coalesce(assigned_school(year), nearest_school(), output_field=BigIntegerField())


def term_start(year: int) -> date:
    """The first day of lessons of a school year, as published."""
    return Term.objects.filter(year=year, number=1).values_list("starts", flat=True).first() or first_day(year)


def beginning_year(day: date) -> int:
    """The school year in which the leavers of this day begin grade seven: from June on that of the coming September."""
    return intake_year(day)


def intake_due(year: int) -> date:
    """二十日内: the last day on which grade seven is taken over in time; the day term starts is not counted, and a rest
    day carries it to the next working day (民法典第二百零三条)."""
    start = term_start(year)
    last = start + timedelta(days=parameters.on(start)["intake.grade7_days"])
    return workdays.roll_forward(last).day
