"""What a school still owes (第十一条): enrolments that ended with a decided case and whose paper file has not arrived.

Nothing is created when a child leaves. The list is derived from the record each time it is asked, so that it can
neither be forgotten nor dismissed: only a hand-over that has arrived takes a line off it.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast

from law import clock, parameters
from law.workdays import Calendar
from schools.models import FormerName
from students.models import Enrolment

from ..models import HandoverEntry

# Kinds of case by which a child goes to another school, and the paper file with it.
GOES_ON = (
    "transfer", "outward", "inclusion", "inclusion_end", "custody", "release", "grade7_intake", "school_closing",
)  # fmt: skip
# By which it leaves school for good: the school keeps what is necessary, and hands out what is asked for.
LEAVES_SCHOOL = ("graduation",)
CLOSING = "school_closing"


def successors() -> dict[int, int]:
    """Closed school → the school that answers for its archives now, through any number of closings."""
    rows = FormerName.objects.filter(revoked=False, school__closed_on__isnull=False)
    straight = dict(rows.order_by("pk").values_list("school", "successor"))
    found = {}
    for school in straight:
        now, seen = school, set()
        while now in straight and now not in seen:
            seen.add(now)
            now = straight[now]
        found[school] = now
    return found


def answering(column: str, answers: dict[int, int]):
    """The school that answers for this column's school, as an expression."""
    cases = [When(**{column: closed}, then=Value(now)) for closed, now in answers.items()]
    return Case(*cases, default=F(column), output_field=BigIntegerField())


def departures(kinds: tuple[str, ...] = GOES_ON) -> QuerySet[Enrolment]:
    """Every departure by which a file goes on, each with:

    `left_on`; `giver`, the school that has to give the file (by the bureau's hand for a school that was closed by this
    very case); `to`, the receiving school or None; `settled`, whether the file arrived; `running`, whether it is on its
    way — by this departure or still by an earlier one: what has not come in cannot be given on.
    """
    answers = successors()
    entries = HandoverEntry.objects.filter(enrolment=OuterRef("pk"))
    on_way = HandoverEntry.objects.filter(child=OuterRef("student"), line=None)
    arrival = Enrolment.objects.filter(student=OuterRef("student"), came_by=OuterRef("left_by"), voided=False)
    found = Enrolment.objects.filter(voided=False, during__upper_inf=False, left_by__kind__in=kinds)
    found = found.annotate(
        left_on=F("during__endswith"),
        giver=Case(
            When(left_by__kind=CLOSING, then=F("school")),
            default=answering("school", answers),
            output_field=BigIntegerField(),
        ),
        landed=Subquery(arrival.values("school")[:1]),
        running=Exists(on_way),
        settled=Exists(entries.filter(line__arrived=True)),
        cursor=Cast("pk", TextField()),
    )
    # A file whose school and destination have become one has nowhere to go.
    landed_now = answering("landed", answers)
    return found.annotate(to=landed_now).exclude(~Q(left_by__kind=CLOSING), to__isnull=False, giver=F("to"))


def owed(kinds: tuple[str, ...] = GOES_ON) -> QuerySet[Enrolment]:
    """Departures whose file is neither on its way nor arrived."""
    return departures(kinds).filter(running=False, settled=False)


def last_day_in_time(today: date) -> date:
    """Whoever left before this day and is still owed is overdue today; the parameter of today counts."""
    days = parameters.on(today)["custody.handover_workdays"]
    calendar, day = Calendar.between(today - timedelta(days=2 * days + 60), today), today
    while calendar.count(day, today) <= days:
        day -= timedelta(days=1)
    return day + timedelta(days=1)


def overdue(found: QuerySet[Enrolment], today: date | None = None) -> QuerySet[Enrolment]:
    return found.filter(left_on__lt=last_day_in_time(today or clock.today()))


def with_due(rows: Iterable[Enrolment]) -> list[Enrolment]:
    """The same departures, each carrying `due` and `left` (working days left, negative when overdue)."""
    rows, today = list(rows), clock.today()
    if not rows:
        return rows
    days = parameters.on(today)["custody.handover_workdays"]
    first = min(row.left_on for row in rows)
    calendar = Calendar.between(first, max(today, first) + timedelta(days=2 * days + 60))
    for row in rows:
        row.due = calendar.add(row.left_on, days)
        row.left = calendar.count(today, row.due.day)
    return rows


def by_school(schools: Iterable[int]) -> dict[int, dict[str, int]]:
    """School → owed, overdue, on the way; one query."""
    late = Q(running=False, left_on__lt=last_day_in_time(clock.today()))
    rows = departures().filter(settled=False, giver__in=list(schools)).order_by().values("giver")
    figures = rows.annotate(
        owed=Count("pk", filter=Q(running=False)),
        overdue=Count("pk", filter=late),
        on_way=Count("pk", filter=Q(running=True)),
    )
    return {row.pop("giver"): row for row in figures}
