"""What stands open on the legal day, and what of it a person owes.

A row stands on a day when it was opened by then and not closed yet; so the same question answers for another day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q, QuerySet

from accounts.policies import Powers, powers_of
from law import clock
from law.deadline import Deadline, Subject, declared
from law.workdays import Calendar

from .models import Countdown

AT_BUREAU = ("bureau_make", "bureau_check", "bureau_sign", "fix_data")


def open_on(day: date) -> QuerySet[Countdown]:
    rows = Countdown.objects.filter(opened_on__lte=day)
    return rows.filter(Q(closed_on=None) | Q(closed_on__gt=day))


def standing(user) -> QuerySet[Countdown]:
    """Open on the legal day, of the schools and the bureau in sight."""
    return open_on(clock.today()) & Countdown.objects.visible_to(user)


def owed_by(powers: Powers) -> Q:
    """Rows whose right the person holds on their school, or at the bureau they are the bureau's own."""
    owed = Q(pk__in=[])
    for right, schools in powers.held.items():
        owed |= Q(desk_right=right, school__among=set(schools))
    bureaus = {each.appointment.bureau_id for each in powers.appointments} - {None}
    own = [right for right in powers.held if right in AT_BUREAU]
    return owed | Q(school=None, bureau__in=bureaus, desk_right__in=own)


@dataclass(frozen=True)
class Group:
    """One deadline of which a person owes some: how many, until when the first, whether that is sure."""

    rule: Deadline
    number: int
    due: date
    left: int
    confirmed: bool


def groups_owed(user, *, besides: Iterable[str] = (Subject.CASE,)) -> list[Group]:
    """What the person owes today, by deadline, the first due first; two questions. Cases have a list of their own."""
    rows = open_on(clock.today()).filter(owed_by(powers_of(user))).exclude(about__in=[each.value for each in besides])
    found = rows.order_by().values("deadline").annotate(number=Count("pk"), due=Min("due_on"), guessed=_guessed())
    return grouped(found, clock.today())


def _guessed():
    return Count("pk", filter=Q(confirmed=False))


def grouped(found: Iterable[dict], today: date) -> list[Group]:
    """The counted rows with their declarations; what is declared no more is left out."""
    known = [line for line in found if line["deadline"] in declared()]
    if not known:
        return []
    dues = [line["due"] for line in known]
    calendar = Calendar.between(min(*dues, today), max(*dues, today))
    groups = [
        Group(
            declared()[line["deadline"]],
            line["number"],
            line["due"],
            calendar.count(today, line["due"]),
            not line["guessed"],
        )
        for line in known
    ]
    return sorted(groups, key=lambda group: (group.due, group.rule.code))
