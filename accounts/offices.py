"""Which offices one person holds at the same time: making and checking, deciding and data administration never meet.

An office is an appointment or the deputising for one; periods are compared half-open, [first day, day it ends).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from law.articles import RESPONSIBLE
from schools.models import Bureau, School

from .models import Appointment, Deputy, User
from .roles import APART, CHECKERS, DECIDERS, MAKERS, Role


class AppointmentRefused(Exception):
    """The appointment would break a rule; the message says which and what to do."""


@dataclass(frozen=True)
class Office:
    """A role somewhere from a day on; `ends` is the first day without power, None while nobody knows it."""

    role: str
    place: School | Bureau
    starts: date
    ends: date | None = None

    def meets(self, other: "Office") -> bool:
        """Is there a day on which both are in force? An office that ended on its first day never was."""
        latest_start = max(self.starts, other.starts)
        ends = [office.ends for office in (self, other) if office.ends is not None]
        return not ends or latest_start < min(ends)

    def __str__(self):
        return f"{self.place}{Role(self.role).label}"


def offices_of(user: User) -> Iterator[Office]:
    """Every office the person has held, holds or will hold, by appointment or as a deputy."""
    for own in Appointment.objects.filter(user=user).select_related("school", "bureau"):
        yield Office(own.role, own.place, own.starts, own.ends)
    lent = Deputy.objects.filter(user=user).select_related("appointment__school", "appointment__bureau")
    for deputy in lent:
        yield office_lent(deputy.appointment, deputy.starts, deputy.ends)


def office_lent(appointment: Appointment, starts: date, ends: date) -> Office:
    """The office a deputy wields; a deputy's last day is included."""
    return Office(appointment.role, appointment.place, starts, ends + timedelta(days=1))


def rivals_of(role: str) -> tuple[str, ...]:
    """The roles nobody may hold beside this one at the same place (第三十三条)."""
    if role in MAKERS:
        return CHECKERS
    return MAKERS if role in CHECKERS else ()


def refuse_clash(user: User, wanted: Office) -> None:
    """Raise AppointmentRefused when the person holds, on any day of the wanted office, one that excludes it."""
    for held in offices_of(user):
        if not wanted.meets(held):
            continue
        if held.role in rivals_of(wanted.role) and held.place == wanted.place:
            raise AppointmentRefused(
                f"{user}同期任{held}，在 {wanted.place} 已任经办或审核的另一方，经办与审核须为两人（{RESPONSIBLE}）。"
            )
        if _kept_apart(held.role, wanted.role):
            raise AppointmentRefused(
                f"{user}同期任{held}，数据管理员、审计员不办理案件，不能兼任经办、审核或签署职务（{RESPONSIBLE}）。"
            )


def _kept_apart(one: str, other: str) -> bool:
    return (one in APART and other in DECIDERS) or (other in APART and one in DECIDERS)


def refuse_own_hand(user: User, by: User | None) -> None:
    """Nobody gives power to himself."""
    if by is not None and by.pk == user.pk:
        raise AppointmentRefused("不能任命自己，也不能指定自己代理，请由另一名数据管理员办理。")
