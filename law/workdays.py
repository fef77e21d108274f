"""Working days with 调休, counted by ourselves over the county's own calendar.

The library that seeds the calendar raises beyond the year the State Council has announced and miscounts from a
non-working day, so counting happens here: step a day, count it if it is worked. A year without announced days
falls back to Monday–Friday and the answer says so (`confirmed=False`, shown as 暂估).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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


# The spans asked for in the block that reads each of them once.
_at_hand: ContextVar[dict[tuple[date, date], "Calendar"] | None] = ContextVar("calendar_at_hand", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Inside the block a span of days is asked of the database once: for one work of many like questions."""
    token = _at_hand.set({})
    try:
        yield
    finally:
        _at_hand.reset(token)


@dataclass(frozen=True)
class Calendar:
    """The announced days of a span, loaded once and asked many times without touching the database."""

    days: dict[date, bool]

    @classmethod
    def between(cls, first: date, last: date) -> "Calendar":
        known = _at_hand.get()
        if known is None:
            return cls(dict(_announced.rows(first=first, last=last)))
        if (first, last) not in known:
            known[first, last] = cls(dict(_announced.rows(first=first, last=last)))
        return known[first, last]

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
        if self.is_workday(day):
            return Due(day, day in self.days)
        later = self.add(day, 1)
        return Due(later.day, later.confirmed and day in self.days)

    def count(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
        if end < start:
            return -self.count(end, start)
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def add(start: date, count: int) -> Due:
    """The `count`-th working day after `start`, by the county's calendar."""
    return Calendar.between(start, start + timedelta(days=2 * count + LONGEST_LOOK)).add(start, count)


def roll_forward(day: date) -> Due:
    """`day`, or the first working day after it, by the county's calendar."""
    return Calendar.between(day, day + timedelta(days=LONGEST_LOOK)).roll_forward(day)


def remaining(due: date, on: date) -> int:
    """Working days left from `on` to `due`: 0 on the last day, negative when overdue."""
    return Calendar.between(min(due, on), max(due, on)).count(on, due)


# Every day of a span with its count, for statements over many rows: the n-th working day after `s.day` is the worked
# day whose `nth` is `s.nth + n`, and no day on the way was guessed when `guessed` is the same at both. `counts` and
# `missed` do so for days of absence: in term, and no statutory holiday. The span is put in for {first} and {last};
# {counts} is COUNTS where days of absence are asked for, else false.
COUNTS = """(d.date IS NULL OR d.is_workday OR d.name = '')
                AND EXISTS (SELECT FROM law_term t WHERE g.day BETWEEN t.starts AND t.ends)"""
CALENDAR = """
calendar AS MATERIALIZED (
    SELECT day, works, announced, counts,
        sum(works::int) OVER days AS nth,
        sum((NOT announced)::int) OVER days AS guessed,
        sum(counts::int) OVER days AS missed
    FROM (
        SELECT g.day::date AS day, d.date IS NOT NULL AS announced,
            coalesce(d.is_workday, extract(isodow FROM g.day) < 6) AS works,
            {counts} AS counts
        FROM generate_series({first}::timestamp, {last}::timestamp, interval '1 day') g (day)
        LEFT JOIN law_calendarday d ON d.date = g.day::date AND d.confirmed) each_day
    WINDOW days AS (ORDER BY day))"""
