"""Working days with 调休, counted by ourselves over the county's own calendar.

The library that seeds the calendar raises beyond the year the State Council has announced and miscounts from a
non-working day, so counting happens here: step a day, count it if it is worked. A year without announced days
falls back to Monday–Friday and the answer says so (`confirmed=False`, shown as 暂估).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from jianping_xueji.prepared import Prepared

from .models import CalendarDay

LONGEST_LOOK = 60


@dataclass(frozen=True)
class Due:
    """A computed day and whether every day counted on the way was announced."""

    day: date
    confirmed: bool


@Prepared
def _announced(first: date, last: date):
    days = CalendarDay.objects.filter(date__gte=first, date__lte=last, confirmed=True)
    return days.order_by().values_list("date", "is_workday")


@dataclass(frozen=True)
class Calendar:
    """The announced days of a span, loaded once and asked many times without touching the database."""

    days: dict[date, bool]

    @classmethod
    def between(cls, first: date, last: date) -> "Calendar":
        return cls(dict(_announced.rows(first=first, last=last)))

    def is_workday(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < 5)

    def add(self, start: date, count: int) -> Due:
        """The `count`-th working day after `start`; the starting day is not counted (民法典第二百零一条)."""
        day, confirmed = start, True
        while count > 0:
            day += timedelta(days=1)
            confirmed &= day in self.days
            count -= self.is_workday(day)
        return Due(day, confirmed)

    def roll_forward(self, day: date) -> Due:
        """`day`, or the first working day after it when it falls on a rest day (民法典第二百零三条)."""
        return Due(day, day in self.days) if self.is_workday(day) else self.add(day, 1)

    def count(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
        if end < start:
            return -self.count(end, start)
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def add(start: date, count: int) -> Due:
    """The `count`-th working day after `start`, by the county's calendar."""
    return Calendar.between(start, start + timedelta(days=2 * count + LONGEST_LOOK)).add(start, count)


def remaining(due: date, on: date) -> int:
    """Working days left from `on` to `due`: 0 on the last day, negative when overdue."""
    return Calendar.between(min(due, on), max(due, on)).count(on, due)
