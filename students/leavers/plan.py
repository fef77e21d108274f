"""招生计划与分配 (第八条): the seats of each junior grade seven, against who sits there and who is assigned there."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F

from schools.models import School, Seats

from ..models.child import Student
from .destination import LeaverDestination
from .taking_over import GRADE


@dataclass(frozen=True)
class Line:
    """One junior school: seats planned (None without a plan), used, assigned, proposed by this case."""

    school: School
    planned: int | None
    used: int
    assigned: int
    proposed: int = 0

    @property
    def left(self) -> int | None:
        """Seats that would be left; below zero the plan is exceeded."""
        return None if self.planned is None else self.planned - self.used - self.assigned - self.proposed


def lines(year: int, schools, *, proposed: Counter | None = None, besides=()) -> list[Line]:
    """The line of each of these junior schools; `besides` are leavers whose present destination is being replaced."""
    proposed, ids = proposed or Counter(), [school.pk for school in schools]
    ledger = Seats.objects.filter(school__in=ids, year=year, grade=GRADE, school_class=None)
    seats = {
        row["school"]: row for row in ledger.values("school", "used", all=F("capacity") + F("granted") - F("reserved"))
    }
    waiting = LeaverDestination.objects.filter(school__in=ids, year=year, ended_by=None)
    waiting = waiting.filter(child__status=Student.Status.LEAVER).exclude(child__in=list(besides))
    assigned = dict(waiting.order_by().values_list("school").annotate(Count("pk")))
    return [
        Line(
            school,
            seats[school.pk]["all"] if school.pk in seats else None,
            seats[school.pk]["used"] if school.pk in seats else 0,
            assigned.get(school.pk, 0),
            proposed[school.pk],
        )
        for school in schools
    ]


def lock(year: int, schools) -> None:
    """Nobody else decides about the grade-seven seats of these schools until the transaction ends."""
    rows = Seats.objects.filter(school__in=list(schools), year=year, grade=GRADE, school_class=None)
    list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


def exceeded(year: int, rows) -> list[str]:
    """Junior schools to which these rows would bring more children than are planned, in words."""
    wanted = Counter(row.school_id for row in rows if row.school_id)
    schools = list(School.objects.filter(pk__in=wanted).order_by("code"))
    found = lines(year, schools, proposed=wanted, besides=[row.child_id for row in rows])
    over = [line for line in found if line.left is not None and line.left < 0]
    return [f"{line.school}计划余{line.left + line.proposed}，本件分配{line.proposed}名" for line in over]
