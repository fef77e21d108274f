"""Who has been away without leave, since when: runs of 旷课 counted for whole schools at once.

A run is the 旷课 after the last other mark (病假, 事假, 到校) and after the last return. Its length is in calendar
days, first and last day included; statutory holidays and days outside the terms are not counted and break nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from accounts.policies import Powers
from approvals.errors import NotYourHand, Refused
from approvals.models import CaseSubject
from jianping_xueji.prepared import Prepared
from law import articles, clock, parameters
from law.models import CalendarDay, Term
from schools.models import SchoolClass
from students.models import Enrolment, Student

from .models.absence import AbsenceEntry, Mark, Visit


@dataclass(frozen=True)
class SchoolDays:
    """Announced days and terms of a span, loaded once: which days count against a child, which are school days."""

    worked: dict[date, bool]
    named: frozenset[date]
    terms: tuple[tuple[date, date], ...]

    @classmethod
    def between(cls, first: date, last: date) -> "SchoolDays":
        rows = list(CalendarDay.objects.filter(date__range=(first, last), confirmed=True))
        terms = Term.objects.filter(ends__gte=first, starts__lte=last).values_list("starts", "ends")
        named = frozenset(row.date for row in rows if row.name and not row.is_workday)
        return cls({row.date: row.is_workday for row in rows}, named, tuple(terms))

    def counts(self, day: date) -> bool:
        """In term and no statutory holiday; an ordinary week-end belongs to its week."""
        return day not in self.named and any(first <= day <= last for first, last in self.terms)

    def has_lessons(self, day: date) -> bool:
        return self.counts(day) and self.worked.get(day, day.weekday() < 5)

    def length(self, first: date, last: date) -> int:
        return sum(self.counts(day) for day in days_of(first, last))

    def lessons(self, first: date, last: date) -> int:
        return sum(self.has_lessons(day) for day in days_of(first, last))


def days_of(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@dataclass(frozen=True)
class Run:
    """An unbroken run of 旷课: first and last day, how long, how many school days of it nobody logged."""

    child_id: int
    first: date
    last: date
    days: int
    unlogged: int


def unbroken(entries: QuerySet) -> QuerySet:
    """Present 旷课 of the school of the record, or of the one attended, with nothing after it that breaks a run."""
    later = AbsenceEntry.objects.filter(child=OuterRef("child"), replaced=False, day__gt=OuterRef("day"))
    returned = CaseSubject.objects.filter(
        child=OuterRef("child"),
        case__kind="return_to_school",
        case__state="done",
        case__closed_on__gte=OuterRef("day"),
    )
    attended = Enrolment.objects.living().filter(student=OuterRef("child"), attends=OuterRef("school_class__school"))
    return entries.filter(
        ~Exists(later.exclude(mark=Mark.TRUANT)),
        ~Exists(returned),
        Q(school_class__school=F("child__school")) | Exists(attended),
        replaced=False,
        mark=Mark.TRUANT,
    )


def spans(entries: QuerySet) -> QuerySet:
    """child, first and last day of its run, and how many days of it are logged."""
    found = unbroken(entries).order_by().values("child")
    return found.annotate(first=Min("day"), last=Max("day"), logged=Count("pk"))


def runs(entries: QuerySet, least: int = 1, always: Iterable[int] = ()) -> dict[int, Run]:
    """child id → run of at least `least` counted days (of any length for `always`); three queries for any number."""
    always, span = set(always), timedelta(days=least - 1)
    rows = list(spans(entries).filter(Q(last__gte=F("first") + span) | Q(child__in=always)))
    if not rows:
        return {}
    known = SchoolDays.between(min(row["first"] for row in rows), max(row["last"] for row in rows))
    made = [run_in(known, row) for row in rows]
    return {run.child_id: run for run in made if run.days >= least or run.child_id in always}


def run_in(known: SchoolDays, row: dict) -> Run:
    span = row["first"], row["last"]
    return Run(row["child"], *span, known.length(*span), max(known.lessons(*span) - row["logged"], 0))


@Prepared
def _own_span(child: int):
    return spans(AbsenceEntry.objects.filter(child=child)).values_list("first", "last", "logged")


def run_of(child: Student) -> Run | None:
    """The run of one child, of any length."""
    for first, last, logged in _own_span.rows(child=child.pk):
        row = {"child": child.pk, "first": first, "last": last, "logged": logged}
        run = run_in(SchoolDays.between(first, last), row)
        return run if run.days >= 1 else None
    return None


def suspected(children: QuerySet[Student], besides: Iterable[int] = ()) -> dict[int, Run]:
    """疑似辍学: child id → run that has reached the limit. A running transfer pauses the alarm.

    `besides` are children whose run is asked for whatever its length.
    """
    moving = CaseSubject.objects.filter(child=OuterRef("child"), blocking=True, case__kind="transfer")
    enrolled = children.filter(status=Student.Status.ENROLLED).order_by().values("pk")
    entries = AbsenceEntry.objects.filter((~Exists(moving) & Q(child__in=enrolled)) | Q(child__in=list(besides)))
    return runs(entries, parameters.on(clock.today())["dropout.absence_days"], always=besides)


def may_log(user, school_class: SchoolClass) -> bool:
    """The registrar of the school, or the teacher of this very class."""
    powers = Powers.of(user)
    taught = powers.on("teach_class", school_class.school_id)
    return bool(powers.on("make_change", school_class.school_id)) or any(
        power.appointment.school_class_id == school_class.pk for power in taught
    )


def sitting_in(school_class: SchoolClass, day: date) -> QuerySet[Student]:
    """Children who sat in the class on that day."""
    places = school_class.placements.filter(enrolment__voided=False, starts__lte=day).exclude(ends__lte=day)
    return Student.objects.filter(pk__in=places.values("enrolment__student")).order_by("name_pinyin", "id")


@transaction.atomic
def log_day(school_class: SchoolClass, day: date, marks: dict[int, str], *, by) -> int:
    """Write the sheet of one class and day; what differs from before replaces it. Returns the rows written.

    Raises NotYourHand, or Refused for a day without lessons or to come.
    """
    if not may_log(by, school_class):
        raise NotYourHand("点名由本班班主任或本校学籍管理员登记。")
    refuse_no_school_day(day)
    here = list(sitting_in(school_class, day).select_for_update().order_by("pk").values_list("pk", flat=True))
    standing = AbsenceEntry.objects.filter(child__in=here, day=day, replaced=False)
    before = dict(standing.values_list("child", "mark"))
    fresh = {pk: marks[pk] for pk in here if pk in marks and marks[pk] != before.get(pk)}
    standing.filter(child__in=fresh).update(replaced=True)
    write_marks([(pk, school_class.pk, mark) for pk, mark in fresh.items()], day, by)
    return len(fresh)


def write_marks(rows: Iterable[tuple[int, int, str]], day: date, by) -> None:
    AbsenceEntry.objects.bulk_create(
        [AbsenceEntry(child_id=pk, school_class_id=place, day=day, mark=mark, by=by) for pk, place, mark in rows]
    )


def mark_present(child: Student, school_class: SchoolClass, day: date, *, by) -> None:
    """The child was there on that day, whatever had been logged."""
    AbsenceEntry.objects.filter(child=child, day=day, replaced=False).update(replaced=True)
    write_marks([(child.pk, school_class.pk, Mark.PRESENT)], day, by)


def refuse_no_school_day(day: date) -> None:
    if day > clock.today():
        raise Refused(f"{day:%Y年%-m月%-d日}还没有到，不能提前点名。")
    if not SchoolDays.between(day, day).has_lessons(day):
        raise Refused(f"{day:%Y年%-m月%-d日}不是上课日（节假日或不在学期内），不用点名。")


def may_visit(user, child: Student) -> bool:
    """The registrar of the child's school, or the teacher of the class in which it sits."""
    powers = Powers.of(user)
    seated = child.enrolments.filter(voided=False, placements__ends=None).values_list(
        "placements__school_class", flat=True
    )
    taught = {power.appointment.school_class_id for power in powers.on("teach_class", child.school_id)}
    return bool(powers.on("make_change", child.school_id)) or not taught.isdisjoint(set(seated) - {None})


def record_visit(child: Student, *, by, **given) -> Visit:
    """Write down one outreach visit. Raises NotYourHand, Refused for a day to come."""
    if not may_visit(by, child):
        raise NotYourHand("劝返由该生班主任或本校学籍管理员登记。")
    if given["on"] > clock.today():
        raise Refused(f"劝返日期不能晚于今日（{articles.DROPOUT}）。")
    return Visit.objects.create(child=child, by=by, **given)
