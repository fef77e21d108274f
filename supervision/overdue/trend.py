"""How fast the desks work, month by month: median working days per desk and the share done by the last day.

Read from the signatures themselves, so that a figure is the same whoever counts. A desk is done with the signature
that ends it (审核, or the leader's own); both days are in the step.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from statistics import median_low

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from approvals.models import Case, Step
from law import clock
from law.workdays import Calendar
from students.intake.years import months_after
from transfers import desks

MONTHS, FEWEST = 12, 6
# A transfer's way first, then the desks of all other changes.
ORDER = (desks.PREREVIEW_SCHOOL, desks.PREREVIEW_BUREAU, *desks.STAGES, desks.FILE_CALL)


@dataclass
class Done:
    """The desks of one kind done in one month: working days used (with how often), how many, how many in time."""

    days: list[int] = field(default_factory=list)
    all: int = 0
    in_time: int = 0

    def add(self, used: int, number: int, in_time: bool) -> None:
        self.days += [used] * number
        self.all += number
        self.in_time += number if in_time else 0

    @property
    def median(self) -> int | None:
        return median_low(self.days) if self.days else None

    @property
    def share(self) -> int | None:
        """Percent done by the last day, rounded down: 99 of 100 is not all."""
        return self.in_time * 100 // self.all if self.all else None


def months_until(today: date) -> list[date]:
    """The first days of the last twelve months, this one last."""
    return [months_after(today.replace(day=1), n) for n in range(1 - MONTHS, 1)]


def steps_done(user, school=None) -> QuerySet[Step]:
    """Signatures that ended a desk with a clock, of cases in sight, up to the legal day."""
    today = clock.today()
    cases = Case.objects.visible_to(user)
    if school:
        cases = cases.filter(Q(lead_school=school) | Q(peer_school=school))
    return Step.objects.filter(
        case__in=cases,
        signature__in=["check", ""],
        arrived_on__isnull=False,
        due_on__isnull=False,
        acted_on__range=(months_until(today)[0], today),
    ).exclude(stage="")


def trend(user, school=None) -> dict[str, dict[date, Done]]:
    """desk → first day of month → what was done; one question, its answer as many rows as there are pairs of days."""
    pairs = (
        steps_done(user, school)
        .annotate(month=TruncMonth("acted_on"))
        .order_by("stage")
        .values_list("stage", "month", "arrived_on", "acted_on", "due_on")
        .annotate(number=Count("pk"))
    )
    pairs = list(pairs.filter(acted_on__gte=F("arrived_on")))
    done: dict[str, dict[date, Done]] = defaultdict(lambda: defaultdict(Done))
    if not pairs:
        return done
    calendar = Calendar.between(min(pair[2] for pair in pairs), max(pair[3] for pair in pairs))
    for stage, month, arrived, acted, due, number in pairs:
        done[stage][month].add(calendar.count(arrived, acted), number, acted <= due)
    return done


def months_shown(done: dict[str, dict[date, Done]]) -> list[date]:
    """From the first month in which a desk was done, half a year at least."""
    months = months_until(clock.today())
    first = min((month for found in done.values() for month in found), default=months[-1])
    return [month for month in months if month >= min(first, months[-FEWEST])]


def in_order(stages: Iterable[str]) -> list[str]:
    return sorted(stages, key=lambda stage: (ORDER.index(stage) if stage in ORDER else len(ORDER), stage))


def charts(user, school=None) -> dict:
    """Both figures as lines over the months, with the tables under them."""
    done = trend(user, school)
    months = months_shown(done)
    labels = [f"{month.year}-{month.month:02d}" for month in months]

    def line(read) -> list[dict]:
        return [{"label": stage, "values": [read(done[stage][month]) for month in months]} for stage in in_order(done)]

    return {
        "share": {"kind": "line", "unit": "%", "max": 100, "labels": labels, "series": line(lambda one: one.share)},
        "median": {"kind": "line", "unit": "工作日", "labels": labels, "series": line(lambda one: one.median)},
        "any": bool(done),
    }
