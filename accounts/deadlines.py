"""Deadlines of offices: an appointment with an end, and a registrar's training that grows old (第三十四条)."""

from datetime import date

from django.db.models import (
    BigIntegerField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from law import articles
from law.deadline import Deadline, Subject, Unit, declare
from schools.models import School

from .models import Appointment
from .roles import Role


def ending(day: date) -> QuerySet[Appointment]:
    """Offices in force whose end is fixed; `ends` is the first day without power."""
    last = ExpressionWrapper(F("ends") - Value(1), output_field=DateField())
    found = Appointment.objects.live(day).filter(ends__gt=F("starts"), user__is_active=True).annotate(last=last)
    return found.values_list("pk", "school", "starts", "last", Coalesce("bureau", "school__bureau"))


def trained_long_ago(day: date) -> QuerySet[Appointment]:
    """Every registrar in office, from the day of the training that entitled him."""
    registrars = Appointment.objects.live(day).filter(role=Role.REGISTRAR, user__is_active=True)
    none = Value(None, output_field=BigIntegerField())
    return registrars.filter(trained_on__isnull=False).values_list("pk", "school", "trained_on", none)


def without_registrar(day: date) -> QuerySet[School]:
    """Schools whose last registrar has left office, from that day."""
    here = Appointment.objects.filter(school=OuterRef("pk"), role=Role.REGISTRAR, user__is_active=True)
    held = here.filter(ends__lte=day).order_by("-ends").values("ends")[:1]
    vacant = School.objects.filter(~Exists(Appointment.objects.live(day) & here), closed_on=None)
    return vacant.annotate(since=Subquery(held)).filter(since__isnull=False).values_list("pk", "pk", "since")


declare(
    Deadline(
        code="office.ends",
        article=articles.REGISTRAR_TRAINED,
        title="任职到期",
        unit=Unit.FIXED,
        start="任职之日",
        subject=Subject.APPOINTMENT,
        right="fix_data",
        tells=("due", "bureau"),
        found=ending,
        met="SELECT a.ends FROM accounts_appointment a WHERE a.id = c.subject AND a.ends <= c.due_on",
        remedy="请办理续任或交接；到期之日起该任职不能再办理业务，在办事项转交接任者",
        url="",
        remind=(30, 7, 0),
    ),
    Deadline(
        code="office.vacant",
        article=articles.REGISTRAR_TRAINED,
        title="学籍管理员空缺",
        unit=Unit.WORKDAYS,
        length="registrar.vacant_workdays",
        start="原学籍管理员免职之日",
        subject=Subject.SCHOOL,
        right="sign_change",
        found=without_registrar,
        remedy="请指定学籍管理员，先培训后上岗，由校长报送教育局",
        url="supervision:registrars",
        remind=(3, 0),
    ),
    Deadline(
        code="office.training",
        article=articles.REGISTRAR_TRAINED,
        title="学籍管理员培训到期",
        unit=Unit.MONTHS,
        length="training.months",
        start="培训合格日期",
        subject=Subject.APPOINTMENT,
        right="check_change",
        tells=("bureau",),
        found=trained_long_ago,
        remedy="请安排学籍管理员参加培训并登记合格日期；逾期只作提示，不影响办理",
        url="",
        remind=(30, 0),
    ),
)
