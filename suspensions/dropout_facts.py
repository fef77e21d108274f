"""第三十条 as facts: since when a child is away, what log and suspension say, how long it must learn."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from law.school_time import last_day
from schools.models import Stage
from students.models import Student
from students.standing import Standing, last_place

from . import absence
from .periods import period_of

NOT_AWAY = {"absent_since": None, "absent_days": 0, "unlogged": 0}


@dataclass(frozen=True)
class DropoutFacts(Standing):
    """辍学要看的事实：旷课自何日起、几天、劝返几次、是否报送乡镇、户籍何处."""

    absent_since: date | None = None
    absent_days: int = 0
    unlogged: int = 0
    seen_on: date | None = None
    evidence: bool = True
    visits: int = 0
    reported: bool = False
    suspended_until: date | None = None
    outside_county: bool = False

    @property
    def never_came(self) -> bool:
        """A leaver of grade six whom no junior school has: suspected at once, decided on no sooner than anybody."""
        return self.status == Student.Status.LEAVER

    @property
    def wanted_days(self) -> int:
        return self.params["dropout.absence_days"]

    @property
    def wanted_visits(self) -> int:
        return self.params["dropout.visits"]


def away_of(child: Student, on: date, typed: date | None) -> dict:
    """Since when the child is away: by the log, or by the typed day when the log has nothing against it."""
    run = absence.run_of(child)
    if typed is None or (run and run.first <= typed):
        return {"absent_since": run.first, "absent_days": run.days, "unlogged": run.unlogged} if run else NOT_AWAY
    seen = child.absence_entries.filter(replaced=False, day__gte=typed).exclude(mark=absence.Mark.TRUANT)
    days = absence.SchoolDays.between(typed, on).length(typed, on)
    return {
        "absent_since": typed,
        "absent_days": days,
        "unlogged": 0,
        "seen_on": seen.aggregate(d=Max("day"))["d"],
    }


def last_suspended_day(child: Student) -> date | None:
    """The last day of the running suspension, its extension included; None where none was decided here."""
    period = period_of(child)
    return period.until if period else None


def lives_outside(child: Student) -> bool:
    """The household is registered, and in another county than the school's bureau."""
    if not child.household_division:
        return False
    return child.household_division[:6] != child.school.bureau.division_id[:6]


def end_of_compulsory_years(child: Student) -> date | None:
    """31 August of the year in which the child's year group leaves grade nine."""
    place = last_place(child)
    if place is None:
        return None
    years = 9 if place.school_class.stage == Stage.PRIMARY else 3
    return last_day(place.school_class.cohort + years - 1)
