"""Deadlines of the spine: every desk has its working days, and every decision must be done in the national system."""

from collections.abc import Callable
from datetime import date

from django.db.models import BigIntegerField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from law import articles, parameters
from law.deadline import Deadline, Subject, Unit, declare
from law.models import CalendarDay
from schools.models import Bureau

from .models import Case, CeimsFiling

ANY_DESK = Q()
DAYS_OF_YEAR = 365
STAGE_DAYS = 10  # cases from before the day and number of a clock were written down


def on_desks(which: Q = ANY_DESK, known: str = "arrived_on") -> QuerySet[Case]:
    """Open cases on a desk with a clock, as a deadline asks for them."""
    cases = Case.objects.filter(which, closed_on=None, due_on__isnull=False)
    return cases.annotate(
        subject=F("pk"),
        school=F("desk_school"),
        starts=Coalesce("clock_from", "arrived_on"),
        known=F(known),
        right=F("desk_right"),
        length=Coalesce("clock_days", STAGE_DAYS),
    )


def made(code: str, title: str, found: Callable[[date], QuerySet], **more) -> Deadline:
    """The deadline of desks: the case itself knows the day and the number of its clock."""
    given = {
        "article": articles.TEN_WORKDAYS,
        "start": "到达本环节之日",
        "right": "make_change",
        # The last signature on this desk.
        "met": """SELECT max(s.acted_on) FROM approvals_step s
            WHERE s.case_id = c.subject AND s.arrived_on = c.opened_on AND s.due_on IS NOT NULL""",
        "remedy": "请在期限内办理本件；不能办理的写明理由退回，或者不予批准",
        "url": "approvals:case",
        "remind": (3, 1, 0),
    }
    tells = ("known", "right", "length")
    fixed = {"unit": Unit.WORKDAYS, "subject": Subject.CASE, "tells": tells, "same_daily": True}
    return Deadline(code=code, title=title, found=found, **fixed, **given | more)


def desk(code: str, title: str, which: Q, *, known: str = "arrived_on", **more) -> Deadline:
    """The deadline of particular desks: those of `which` cases. They are then none of the ordinary ones."""
    _particular.append(which)
    return made(code, title, lambda day: on_desks(which, known), **more)


def ordinary(code: str, title: str, right: str, rights: list[str]) -> Deadline:
    """The desks of all other cases, by who sits there."""

    def found(day: date) -> QuerySet[Case]:
        others = Q(desk_right__in=rights)
        for each in _particular:
            others &= ~each
        return on_desks(others)

    return made(code, title, found, right=right)


# Which cases have a deadline of their own, as the apps above declare them.
_particular: list[Q] = []
# Not declared: by it the due days of the cases themselves are counted again.
EVERY_DESK = made("case.any_desk", "各环节办理", lambda day: on_desks(Q(clock_from__isnull=False)))


def filings(day: date) -> QuerySet[CeimsFiling]:
    waiting = CeimsFiling.objects.filter(needless=False)
    return waiting.annotate(subject=F("pk"))


def not_entered(day: date) -> QuerySet[CeimsFiling]:
    return filings(day).filter(filed_on=None).annotate(starts=F("decided_on"))


def not_confirmed(day: date) -> QuerySet[CeimsFiling]:
    return filings(day).filter(filed_on__isnull=False, confirmed_on=None).annotate(starts=F("filed_on"))


def unannounced_years(day: date) -> list[int]:
    """Which of this year and, from 1 November on, the next have working days that nobody has announced."""
    reached = [day.year, day.year + 1] if day >= date(day.year, 11, 1) else [day.year]
    announced = {
        year: CalendarDay.objects.filter(date__year=year, confirmed=True).count() >= DAYS_OF_YEAR for year in reached
    }
    return [year for year in reached if not announced[year]]


def without_calendar(day: date) -> QuerySet[Bureau] | None:
    """Every bureau with schools, for each year that is missing and that deadlines already reach into."""
    first, *others = [_without_year(day, year) for year in unannounced_years(day)] or [None]
    return first.union(*others, all=True) if others else first


def _without_year(day: date, year: int) -> QuerySet[Bureau]:
    return (
        Bureau.objects.filter(school__isnull=False)
        .distinct()
        .annotate(
            subject=F("pk"),
            school_none=Value(None, output_field=BigIntegerField()),
            starts=Value(date(year - 1, 11, 1)),
            due=Value(parameters.on(day).yearly("calendar.last_day", year - 1)),
        )
        .values_list("subject", "school_none", "starts", "due")
    )


declare(
    ordinary("case.school_desk", "学校环节办理", "make_change", ["make_change", "check_change", "sign_change"]),
    ordinary("case.bureau_desk", "教育局环节核办", "bureau_make", ["bureau_make", "bureau_check"]),
    ordinary("case.leader_desk", "主管局长签批", "bureau_sign", ["bureau_sign"]),
    Deadline(
        code="ceims.entered",
        article=articles.CHANGES_IN_TIME,
        title="已批未录：录入学籍系统",
        unit=Unit.WORKDAYS,
        length="ceims.enter_workdays",
        start="本县决定之日",
        subject=Subject.FILING,
        right="make_change",
        tells=("right",),
        found=not_entered,
        same_daily=True,
        met="SELECT f.filed_on FROM approvals_ceimsfiling f WHERE f.id = c.subject",
        remedy="请在全国学籍系统内办理，并登记系统办理日",
        url="approvals:filings",
        remind=(1, 0),
    ),
    Deadline(
        code="ceims.confirmed",
        article=articles.CHANGES_IN_TIME,
        title="已录未核：登记系统核办结果",
        unit=Unit.WORKDAYS,
        length="ceims.confirm_workdays",
        start="系统办理日",
        subject=Subject.FILING,
        right="make_change",
        tells=("right",),
        found=not_confirmed,
        same_daily=True,
        met="SELECT f.confirmed_on FROM approvals_ceimsfiling f WHERE f.id = c.subject",
        remedy="请在全国学籍系统内催办，并登记系统核办日和结果",
        url="approvals:filings",
    ),
    Deadline(
        code="calendar.announced",
        article=articles.COUNTED_DAYS,
        title="登记下一年工作日历",
        unit=Unit.FIXED,
        start="11月1日",
        subject=Subject.BUREAU,
        right="fix_data",
        tells=("due",),
        found=without_calendar,
        remedy="请将国务院办公厅公布的下一年放假安排登记到“工作日历”，登记前算出的期限均为暂估",
        url="",
        remind=(30, 7, 0),
    ),
)
