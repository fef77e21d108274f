"""开学未到名单: the class teacher says once a term who has come; whoever has not is listed until it has.

A child that is away without leave enters the absence log of 第三十条 at once, from the first school day of the term,
so that its four weeks are counted by the one counter there is.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from approvals.errors import NotYourHand, Refused
from approvals.models import CaseSubject
from law import clock
from law.models import Term
from schools.models import School, SchoolClass
from students.filters import present_classes
from students.models import Placement, Student
from students.terms import Opening, present_opening

from . import absence
from .models.absence import AbsenceEntry, Mark
from .models.arrival import Arrival, Coming

MOVING = ("transfer", "outward")
LOGGED = {Coming.SICK: Mark.SICK, Coming.LEAVE: Mark.LEAVE, Coming.ABSENT: Mark.TRUANT, Coming.CAME: Mark.PRESENT}
FIRST_DAYS = timedelta(days=20)


def moving(child: str = "pk") -> Exists:
    """The child has an open transfer: it is between two schools and nobody's absentee."""
    return Exists(CaseSubject.objects.filter(child=OuterRef(child), blocking=True, case__kind__in=MOVING))


def expected_in(school_class: SchoolClass) -> QuerySet[Student]:
    """Children who sit in the class today, each knowing whether it is `moving`."""
    return absence.sitting_in(school_class, clock.today()).annotate(moving=moving())


def standing(opening: Opening) -> QuerySet[Arrival]:
    return Arrival.objects.filter(year=opening.year, term=opening.term, replaced=False)


def refuse_outside_term() -> None:
    """Holidays have no arrivals; without announced terms the calendar decides."""
    today = clock.today()
    terms = Term.objects.filter(year__gte=today.year - 1)
    if terms.exists() and not terms.filter(starts__lte=today, ends__gte=today).exists():
        raise Refused("现在不在学期内，开学当日起登记到校情况；开学日由教育局在“学期”中公布。")


@transaction.atomic
def report(school_class: SchoolClass, marks: dict[int, tuple[str, str]], *, by) -> int:
    """Write the sheet of a class: child → (mark, reason); what differs from before replaces it. Returns rows written.

    Raises NotYourHand, Refused outside the term, without a reason for a child that has not come, or at home teaching.
    """
    if not absence.may_log(by, school_class):
        raise NotYourHand("开学到校情况由本班班主任或本校学籍管理员登记。")
    refuse_outside_term()
    if school_class.at_home:
        raise Refused("送教上门的学生不到校，不登记到校情况（第七条）。")
    opening = present_opening()
    here = expected_in(school_class)
    list(Student.objects.filter(pk__in=here.values("pk")).select_for_update().order_by("pk").values_list("pk"))
    due = set(here.filter(moving=False).values_list("pk", flat=True))
    before = {a.child_id: a for a in standing(opening).filter(child__in=due)}
    fresh = {pk: said for pk, said in marks.items() if pk in due and _differs(before.get(pk), said)}
    if any(mark != Coming.CAME and not reason for mark, reason in fresh.values()):
        raise Refused("未到校的学生须写明原因。")
    _write(school_class, opening, fresh, before, by)
    _log(school_class, opening, fresh, before, by)
    return len(fresh)


def _differs(before: Arrival | None, said: tuple[str, str]) -> bool:
    return before is None or (before.mark, before.reason) != said


def _write(school_class, opening: Opening, fresh: dict, before: dict, by) -> None:
    Arrival.objects.filter(pk__in=[before[pk].pk for pk in fresh if pk in before]).update(replaced=True)
    Arrival.objects.bulk_create(
        [
            Arrival(
                child_id=pk,
                school_class=school_class,
                year=opening.year,
                term=opening.term,
                mark=mark,
                reason=reason,
                day=clock.today(),
                by=by,
            )
            for pk, (mark, reason) in fresh.items()
        ]
    )


def _log(school_class, opening: Opening, fresh: dict, before: dict, by) -> None:
    """Today's roll call of those who are away, or have come after all; 旷课 counts from the first school day."""
    today = clock.today()
    days = absence.SchoolDays.between(opening.starts, max(today, opening.starts))
    away = {pk: LOGGED[mark] for pk, (mark, _) in fresh.items() if mark != Coming.CAME}
    back = {pk: Mark.PRESENT for pk, (mark, _) in fresh.items() if mark == Coming.CAME and pk in before}
    if days.has_lessons(today):
        absence.log_day(school_class, today, away | back, by=by)
    first = next(
        (d for d in absence.days_of(opening.starts, opening.starts + FIRST_DAYS) if days.has_lessons(d)), today
    )
    truants = {pk for pk, mark in away.items() if mark == Mark.TRUANT}
    if not truants or first >= today:
        return
    seated = set(absence.sitting_in(school_class, first).filter(pk__in=truants).values_list("pk", flat=True))
    logged = AbsenceEntry.objects.filter(child__in=seated, day=first, replaced=False)
    missing = seated - set(logged.values_list("child", flat=True))
    absence.write_marks([(pk, school_class.pk, Mark.TRUANT) for pk in sorted(missing)], first, by)


def not_come(children: QuerySet[Student], opening: Opening) -> QuerySet[Arrival]:
    """Who has not come: no open transfer, and not seen in class since."""
    seen = AbsenceEntry.objects.filter(
        child=OuterRef("child"), mark=Mark.PRESENT, replaced=False, day__gte=OuterRef("day")
    )
    rows = standing(opening).exclude(mark=Coming.CAME).filter(child__in=children.order_by().values("pk"))
    enrolled = rows.filter(~Exists(seen), ~moving("child"), child__status=Student.Status.ENROLLED)
    return enrolled.select_related("child__school", "school_class__school", "by").order_by(
        "school_class__school__code", "school_class__stage", "-school_class__cohort", "school_class__number", "pk"
    )


def classes_of(schools: Iterable[int], opening: Opening) -> list[SchoolClass]:
    """The classes that report: open, in some grade, and taught at school."""
    taught = present_classes(opening.year).exclude(kind=SchoolClass.Kind.HOME_TEACHING)
    return list(taught.filter(school__in=list(schools)).order_by("school__code", "stage", "-cohort", "number"))


def progress(schools: Iterable[int], opening: Opening) -> list[dict]:
    """Per class: children expected, reported, away with and without leave; three questions for any number."""
    classes = classes_of(schools, opening)
    ids = [each.pk for each in classes]
    seats = Placement.objects.filter(school_class__in=ids, ends=None, enrolment__voided=False)
    expected = Counter(
        dict(seats.filter(~moving("enrolment__student")).order_by().values_list("school_class").annotate(n=Count("pk")))
    )
    marks = standing(opening).filter(
        school_class__in=ids,
        child__enrolments__placements__in=seats,
        child__enrolments__placements__school_class=F("school_class"),
    )
    tally = marks.filter(~moving("child")).order_by().values("school_class")
    counted = {
        row["school_class"]: row
        for row in tally.annotate(
            all=Count("pk"),
            absent=Count("pk", filter=Q(mark=Coming.ABSENT)),
            excused=Count("pk", filter=Q(mark__in=[Coming.SICK, Coming.LEAVE])),
        )
    }
    return [_row(each, expected[each.pk], counted.get(each.pk, {}), opening.year) for each in classes]


def _row(each: SchoolClass, expected: int, counted: dict, year: int) -> dict:
    said = counted.get("all", 0)
    return {
        "pk": each.pk,
        "school": each.school_id,
        "name": each.name_in(year),
        "expected": expected,
        "reported": bool(said) or not expected,
        "left": max(expected - said, 0),
        "absent": counted.get("absent", 0),
        "excused": counted.get("excused", 0),
    }


def per_school(rows: list[dict]) -> list[dict]:
    """The same, school by school."""
    schools = School.objects.in_bulk({row["school"] for row in rows})
    found: dict[int, dict] = {}
    for row in rows:
        total = found.setdefault(
            row["school"], {"school": schools[row["school"]], "classes": 0, "done": 0, "absent": 0, "excused": 0}
        )
        total["classes"] += 1
        total["done"] += row["reported"]
        total["absent"] += row["absent"]
        total["excused"] += row["excused"]
    return sorted(found.values(), key=lambda total: (total["done"] == total["classes"], total["school"].code))
