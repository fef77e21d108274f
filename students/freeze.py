"""冻结期 (第十四条): from examination registration to the end of admissions, key fields of grade nine stand.

The rule of a correction says it in words and the database refuses it; the database learns from the transaction what
day it legally is, and which case the leader has exempted (decision 0012).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q

from law import clock, parameters
from law.models import Window
from law.school_time import school_year_of
from schools.models import Stage

from .models.child import Student
from .models.enrolment import Placement

# 姓名、性别、出生日期、民族、证件
KEY_FIELDS = ("name", "sex", "birth_date", "ethnicity", "id_type", "id_number")
# A class of grade nine began grade seven two school years ago.
GRADES_BEFORE_NINE = 2

Span = tuple[date, date]


def windows_from(day: date) -> tuple[Span, ...]:
    """The freezes that have not ended before `day`, both dates included."""
    rows = Window.objects.filter(kind=Window.Kind.EXAM_FREEZE, ends__gte=day).order_by("starts")
    return tuple(rows.values_list("starts", "ends"))


def running_on(day: date, windows: tuple[Span, ...]) -> Span | None:
    """The freeze that covers `day`."""
    return next((span for span in windows if span[0] <= day <= span[1]), None)


def in_grade_nine(day: date) -> Q:
    """Children who sit in a grade-nine class in the school year of `day`."""
    place = Placement.objects.filter(
        ends=None,
        enrolment__voided=False,
        school_class__stage=Stage.JUNIOR,
        school_class__cohort=school_year_of(day) - GRADES_BEFORE_NINE,
    )
    return Q(pk__in=place.values("enrolment__student"))


def ahead(day: date) -> Span | None:
    """The freeze that runs on `day`, or that begins within the days of reminding."""
    last = day + timedelta(days=parameters.on(day)["freeze.remind_days"])
    return next((span for span in windows_from(day) if span[0] <= last), None)


def binds(child: Student) -> Span | None:
    """The freeze that binds this child today; None when its key fields may change."""
    span = running_on(clock.today(), windows_from(clock.today()))
    return span if span and Student.objects.filter(in_grade_nine(clock.today()), pk=child.pk).exists() else None


def _tell(**settings: str) -> None:
    with connection.cursor() as cursor:
        for name, value in settings.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [f"jianping.{name}", value])


@contextmanager
def declared(exempt: int | None = None) -> Iterator[None]:
    """Tell the database the legal date, and the exempted case if there is one, for the writes inside.

    Both live in the transaction alone; when the block fails, the rollback takes them back.
    """
    _tell(legal_date=clock.today().isoformat(), freeze_exempt=str(exempt or ""))
    yield
    _tell(legal_date="", freeze_exempt="")
