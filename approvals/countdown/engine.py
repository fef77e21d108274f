"""The machine of the statutory clock: one night's check, and the same question without writing."""

import logging
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.db import connection, transaction

from jianping_xueji.room import give_room
from law import clock, parameters
from law.deadline import Deadline, declared

from . import statements

logger = logging.getLogger(__name__)

# Two nights at once: the second waits for the first, and finds its work done.
LOCK = 6_330_006


@dataclass(frozen=True)
class Standing:
    """One open thing of a deadline on a day. `days_left` are working days where these are counted, else days."""

    deadline: Deadline
    subject: int
    school: int | None
    starts: date
    due: date
    confirmed: bool
    known: date
    right: str
    days_left: int
    soon: bool

    @property
    def state(self) -> str:
        """overdue · soon (its owner is reminded) · open."""
        return "overdue" if self.days_left < 0 else "soon" if self.soon else "open"


@dataclass
class Tally:
    """What one deadline's check did: rows opened, moved (due day or escalation), closed; and how many stand open."""

    opened: int
    moved: int
    closed: int
    open: int


def standing_on(day: date, schools: list[int] | None = None, only: str | None = None) -> list[Standing]:
    """What is open on a day as the record stands now, by due day; reads only. One statement a deadline."""
    found: list[Standing] = []
    with clock.at(day), parameters.read_once(), connection.cursor() as cursor:
        params = parameters.on(day)
        for deadline in declared().values():
            if only in (None, deadline.code):
                cursor.execute(*statements.reading(deadline, day, schools))
                told = timedelta(days=max(deadline.reminders(params), default=0))
                found += [Standing(deadline, *row, soon=row[3] - told <= day) for row in cursor.fetchall()]
    return sorted(found, key=lambda each: (each.due, each.deadline.code, each.subject))


def check_one(deadline: Deadline, day: date) -> Tally:
    """Bring the rows of one deadline up to date, in one statement."""
    with clock.at(day), connection.cursor() as cursor:
        cursor.execute(*statements.checking(deadline, day))
        return Tally(*cursor.fetchone())


def recount_cases(day: date) -> int:
    """Open cases whose desk has until another day, now that the calendar says so (暂估 confirmed); how many."""
    from ..deadlines import EVERY_DESK

    with connection.cursor() as cursor:
        cursor.execute(*statements.recounting(EVERY_DESK, day))
        return cursor.fetchone()[0]


@transaction.atomic
def check_all(day: date, each=lambda done, total: None) -> dict[str, dict]:
    """The nightly check, all or nothing; code → tally. A deadline whose question fails is logged and left as it was.

    Run it twice, late, or in two places: the rows are the same. `each` hears how far it is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    give_room()
    tallies, known = {}, declared()
    with parameters.read_once():
        recount_cases(day)
        for number, deadline in enumerate(known.values()):
            each(number, len(known))
            tallies[deadline.code] = _check_apart(deadline, day)
    return tallies


def _check_apart(deadline: Deadline, day: date) -> dict:
    """The tally of one deadline; whatever its question raises, the others are still asked."""
    try:
        with transaction.atomic():
            return asdict(check_one(deadline, day))
    except Exception as fault:
        logger.error("deadline %s could not be checked: %s", deadline.code, type(fault).__name__)
        return {"failed": type(fault).__name__}
