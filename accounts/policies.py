"""Who may act: the only two questions are `may()` and `school_ids_where()`.

A right counts when guardian grants it on the school to the appointment's group AND the appointment is live on the legal
date (dates, training). Groups alone are not trusted: an appointment that has ended is powerless at once. A deputy
(AB角) wields the appointment of the absent person for the dated span, and a registrar's only when trained himself.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from jianping_xueji.prepared import Prepared
from law import clock
from schools.models import School, SchoolGroupPermission

from .models import Appointment, Deputy, User


@dataclass(frozen=True)
class Power:
    """A right on a school, by which appointment, and for whom when deputising."""

    appointment: Appointment
    deputising: bool = False


def _wielded(user: int, day: date) -> QuerySet[Appointment]:
    """The live appointments of a user, and those lent by a person who is away (and still has an account)."""
    lent = Deputy.objects.live(day).filter(user=user).values("appointment")
    return Appointment.objects.live(day).filter(Q(user=user) | Q(pk__in=lent, user__is_active=True))


def _powers_from(appointments: Iterable[Appointment], user: User) -> list[Power]:
    """The user's own first: whoever holds a right does not sign for another."""
    powers = [Power(each, deputising=each.user_id != user.pk) for each in appointments]
    return sorted(powers, key=lambda power: power.deputising)


@dataclass(frozen=True)
class Powers:
    """Everything one user may do on one day: right → school id → the appointments behind it."""

    held: dict[str, dict[int, list[Power]]]
    appointments: list[Power]

    @classmethod
    def of(cls, user: User, day: date | None = None) -> "Powers":
        """Fresh from the database, in two queries whatever the number of schools."""
        if not (user.is_authenticated and user.is_active):
            return cls({}, [])
        wielded = _wielded(user.pk, day or clock.today()).select_related("school", "bureau", "school_class", "user")
        powers = _powers_from(wielded, user)
        granted = defaultdict(list)
        rows = SchoolGroupPermission.objects.filter(group__in={power.appointment.group_id for power in powers})
        for group_id, *grant in rows.values_list("group_id", "permission__codename", "content_object_id"):
            granted[group_id].append(grant)
        held = defaultdict(lambda: defaultdict(list))
        for power in powers:
            for right, school_id in granted[power.appointment.group_id]:
                held[right][school_id].append(power)
        return cls(held, powers)

    def on(self, right: str, school_id: int | None) -> list[Power]:
        """The powers behind `right` on a school; empty when there is none."""
        return self.held.get(right, {}).get(school_id, [])

    def schools(self, right: str) -> set[int]:
        return set(self.held.get(right, {}))

    @property
    def sees_many_schools(self) -> bool:
        """Whether a page of one school is one of many for this person."""
        return len(self.held.get("view_school", {})) > 1

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


@Prepared
def appointments_behind(user: int, day: date, right: str, school: int):
    """The appointments by which a user holds a right on a school."""
    groups = SchoolGroupPermission.objects.filter(content_object=school, permission__codename=right)
    return _wielded(user, day).filter(group__in=groups.values("group")).order_by("-starts")


def powers_behind(user: User, right: str, school_id: int | None, ask=appointments_behind, **more) -> list[Power]:
    """The powers behind one right on one school, fresh from the database in one query.

    What `Powers.of(user).on(right, school_id)` says, for an act that needs to know nothing else. `ask` may be a query
    that learns `more` on the way.
    """
    if not (user.is_authenticated and user.is_active):
        return []
    return _powers_from(ask.objects(user=user.pk, day=clock.today(), right=right, school=school_id, **more), user)


def may(user: User, right: str, school: School | int | None) -> bool:
    """May this user exercise `right` on this school today?"""
    return bool(powers_of(user).on(right, getattr(school, "pk", school)))


def school_ids_where(user: User, right: str) -> set[int]:
    """Ids of all schools on which the user holds `right` today. Agrees with `may()` by construction."""
    return powers_of(user).schools(right)
