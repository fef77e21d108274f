"""Until when a child is suspended: the one answer to it, for one child or for the whole county in one query.

A period is a decided suspension together with its decided extension; it runs while the child's status says so. Nothing
here acts: an expired period changes no record (第二十二条), it only shows who must be reminded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import DateField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jianping_xueji.prepared import Prepared
from law.school_time import year_after
from students.models import Student

from .models.suspension import Suspension


@dataclass(frozen=True)
class Period:
    """One child's running suspension."""

    suspension_id: int
    ground: str
    starts_on: date
    first_until: date
    until: date

    @property
    def extended(self) -> bool:
        return self.until != self.first_until

    @property
    def last_lawful_day(self) -> date:
        """The last day an extension may reach: one school year after the present end."""
        return year_after(self.until + timedelta(days=1))

    def days_left(self, on: date) -> int:
        """Natural days until the period is over; negative once it is."""
        return (self.until - on).days


def with_periods(children: QuerySet[Student]) -> QuerySet[Student]:
    """The suspended among the children, with the columns of their periods; null where none was decided here."""
    decided = Suspension.objects.filter(subjects__child=OuterRef("pk"), state=Suspension.State.DONE).order_by("-pk")
    later = decided.filter(extensions__state=Suspension.State.DONE)
    return children.filter(status=Student.Status.SUSPENDED).annotate(
        suspension=Subquery(decided.values("pk")[:1]),
        ground=Subquery(decided.values("ground")[:1]),
        starts_on=Subquery(decided.values("starts_on")[:1]),
        first_until=Subquery(decided.values("until")[:1]),
        extended_until=Subquery(
            later.filter(pk=OuterRef("suspension")).values("extensions__until")[:1], output_field=DateField()
        ),
        until=Coalesce("extended_until", "first_until"),
    )


def periods_of(children: Iterable[Student]) -> dict[int, Period]:
    """child id → its running suspension; a child suspended elsewhere, or not at all, has none. One query."""
    rows = with_periods(Student.objects.filter(pk__in=[child.pk for child in children])).exclude(suspension=None)
    return {
        row["pk"]: Period(**{name: row[name] for name in row if name != "pk"})
        for row in rows.values("pk", "ground", "starts_on", "first_until", "until", suspension_id=F("suspension"))
    }


@Prepared
def _period(child: int):
    found = with_periods(Student.objects.filter(pk=child)).exclude(suspension=None)
    return found.values_list("suspension", "ground", "starts_on", "first_until", "until")


def period_of(child: Student) -> Period | None:
    return next((Period(*row) for row in _period.rows(child=child.pk)), None)


def due_by(children: QuerySet[Student], day: date) -> QuerySet[Student]:
    """Suspended children whose period is over by `day`, the longest overdue first."""
    return with_periods(children).filter(until__lte=day).order_by("until", "name_pinyin", "pk")
