"""Who may act: the only two questions are `may()` and `school_ids_where()`.

A right counts when guardian grants it on the school to the appointment's group AND the appointment is live on the legal
date (dates, training). Groups alone are not trusted: an appointment that has ended is powerless at once. A deputy
(AB角) wields the appointment of the absent person for the dated span.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from law import clock
from schools.models import School, SchoolGroupPermission

from .models import Appointment, Deputy, User


@dataclass(frozen=True)
class Power:
    """A right on a school, by which appointment, and for whom when deputising."""

    appointment: Appointment
    deputising: bool = False


def _live_appointments(user: User, day: date) -> list[Power]:
    own = Appointment.objects.live(day).filter(user=user).select_related("school", "bureau", "school_class", "user")
    lent = Appointment.objects.live(day).filter(
        pk__in=Deputy.objects.filter(user=user, starts__lte=day, ends__gte=day).values("appointment"),
        user__is_active=True,
    )
    lent = lent.select_related("school", "bureau", "school_class", "user")
    return [Power(a) for a in own] + [Power(a, deputising=True) for a in lent]


@dataclass(frozen=True)
class Powers:
    """Everything one user may do on one day: right → school id → the appointments behind it."""

    held: dict[str, dict[int, list[Power]]]
    appointments: list[Power]

    @classmethod
    def of(cls, user: User, day: date | None = None) -> "Powers":
        """Fresh from the database, in three queries whatever the number of schools."""
        if not (user.is_authenticated and user.is_active):
            return cls({}, [])
        powers = _live_appointments(user, day or clock.today())
        by_group = defaultdict(list)
        for power in powers:
            by_group[power.appointment.group_id].append(power)
        held = defaultdict(lambda: defaultdict(list))
        rows = SchoolGroupPermission.objects.filter(group__in=by_group)
        for right, school_id, group_id in rows.values_list("permission__codename", "content_object_id", "group_id"):
            held[right][school_id] += by_group[group_id]
        return cls(held, powers)

    def on(self, right: str, school_id: int | None) -> list[Power]:
        """The powers behind `right` on a school; empty when there is none."""
        return self.held.get(right, {}).get(school_id, [])

    def schools(self, right: str) -> set[int]:
        return set(self.held.get(right, {}))

    @property
    def class_ids(self) -> set[int]:
        """Classes taught, for those whose sight ends at their own class."""
        return {p.appointment.school_class_id for p in self.appointments if p.appointment.school_class_id}


def powers_of(user: User) -> Powers:
    """The user's powers, computed once per request (the user object lives as long as the request)."""
    day = clock.today()
    cached = getattr(user, "_powers", None)
    if cached is None or cached[0] != day:
        cached = user._powers = (day, Powers.of(user, day))
    return cached[1]


def may(user: User, right: str, school: School | int | None) -> bool:
    """May this user exercise `right` on this school today?"""
    return bool(powers_of(user).on(right, getattr(school, "pk", school)))


def school_ids_where(user: User, right: str) -> set[int]:
    """Ids of all schools on which the user holds `right` today. Agrees with `may()` by construction."""
    return powers_of(user).schools(right)
