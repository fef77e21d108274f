"""每周督办单: the week's overdue limits by school, what falls due in seven days, what was done."""

from datetime import date, timedelta

from django.db.models import Count, F, Min, Q

from approvals.countdown.models import Countdown
from approvals.countdown.owed import grouped, standing
from law import clock

from .standing import by_desk, by_unit

WEEK = timedelta(days=7)


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week of a day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def weekly_page(user) -> dict:
    """A fixed number of questions, whatever lies open."""
    today = clock.today()
    first, last = week_of(today)
    return {
        "first": first,
        "last": last,
        "units": [line for line in by_unit(user) if line["late"]],
        "desks": [line for line in by_desk(user) if line["late"]],
        "coming": coming(user, today),
        "done": done_between(user, first, today),
    }


def coming(user, today: date) -> list:
    """What falls due from today to this day next week, by deadline."""
    rows = standing(user).filter(due_on__range=(today, today + WEEK)).order_by().values("deadline")
    guessed = Count("pk", filter=Q(confirmed=False))
    return grouped(rows.annotate(number=Count("pk"), due=Min("due_on"), guessed=guessed), today)


def done_between(user, first: date, last: date) -> dict:
    """How many limits were met this week, and how many of them in time."""
    closed = Countdown.objects.visible_to(user).filter(closed_on__range=(first, last))
    return closed.aggregate(all=Count("pk"), in_time=Count("pk", filter=Q(closed_on__lte=F("due_on"))))
