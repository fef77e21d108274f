"""Which open cases get another last day when the calendar changes: counted again by the clock's own statement."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from approvals.countdown.engine import recount_cases
from approvals.models import Case
from law import clock


@dataclass(frozen=True)
class Moved:
    """An open case, the last day its desk had, and the one it gets."""

    case: Case
    before: date
    after: date


class _TakenBack(Exception):
    """Ends a trial: whatever was written inside is rolled back."""


def recount() -> int:
    """Open cases whose desk has until another day, or for sure what was a guess; how many were written."""
    return recount_cases(clock.today())


def moved_by(write: Callable[[], None]) -> list[Moved]:
    """Try a change of the calendar, see which cases move, and take it all back."""
    running = Case.objects.open().filter(due_on__isnull=False)
    before = dict(running.values_list("pk", "due_on"))
    after: dict[int, date] = {}
    try:
        with transaction.atomic():
            write()
            recount()
            after = dict(running.values_list("pk", "due_on"))
            raise _TakenBack
    except _TakenBack:
        pass
    keys = sorted(pk for pk, due in after.items() if before[pk] != due)
    cases = Case.objects.select_related("lead_school", "desk_school__bureau").in_bulk(keys)
    return [Moved(cases[pk], before[pk], after[pk]) for pk in keys]
