"""The door for many cases of one kind at once: a decision for all schools of a county by the same two hands.

What `open_case` and `perform` do for one case, with the questions that are the same for all of them asked once: the
locks (children of all cases, then the cases, each in ascending id), the powers of the person, the signatures given
before. Each case is still checked, moved and signed by itself; what that comes to is written by table.
"""

from collections.abc import Callable

from django.db import transaction
from django_fsm import ConcurrentTransition

from accounts.models import User
from accounts.policies import Powers
from jianping_xueji.audit.watching import FEW_ROWS
from jianping_xueji.prepared import insert_all, update_all
from law import parameters, workdays
from schools.models import School

from .models import Case, CaseSubject, Step
from .services import (
    Made,
    drawn_up,
    entitled,
    lock_children,
    moved,
    next_numbers,
    open_filing,
    open_transition,
    other_signature,
    powers_for,
    refuse_to_open,
    set_free,
    write_new,
)


def nobody_waits(done: int, total: int) -> None:
    """Progress that nobody looks at."""


@transaction.atomic
def open_together(
    kind: type[Case],
    *,
    by: User,
    leads: list[School],
    each: Callable[[School], dict] = lambda lead: {},
    **fields,
) -> list[Case]:
    """Open a case about no child yet at each of these schools; `each` gives the columns that differ.

    Raises NotYourHand, Refused at a closed school.
    """
    powers = Powers.of(by)
    for lead in leads:
        refuse_to_open(kind, lead, powers.on(kind.OPENER.right, lead.pk), kind.OPENER)
    numbers = next_numbers(kind.prefix, len(leads))
    cases = [
        drawn_up(kind, numbered, opened_by=by, lead_school=lead, **fields, **each(lead))
        for numbered, lead in zip(numbers, leads, strict=True)
    ]
    write_new(cases)
    return cases


def lock_together(cases: list[Case]) -> list[Case]:
    """Lock the children of these cases, then the cases, and return them fresh, ids ascending."""
    model, ids = cases[0].model, [case.pk for case in cases]
    lock_children(CaseSubject.objects.filter(case__in=ids).values("child_id"))
    fresh = list(model.objects.select_for_update(of=("self", "case_ptr")).filter(pk__in=ids).order_by("pk"))
    model.stand_together(fresh)
    return fresh


@transaction.atomic
def perform_together(
    cases: list[Case],
    action: str,
    *,
    by: User,
    opinion: str = "",
    happened_on=None,
    progress: Callable[[int, int], None] = nobody_waits,
) -> list[Case]:
    """Make one move of each of these cases of one kind. Raises what `perform` raises: all of them move, or none."""
    fresh, powers = lock_together(cases) if cases else [], Powers.of(by)
    given = Step.objects.filter(actor=by, case__in=[case.pk for case in fresh])
    signed = set(given.values_list("case", "stage", "round", "signature"))
    made = []
    with parameters.read_once(), workdays.read_once():
        for done, case in enumerate(fresh):
            progress(done, len(fresh))
            candidate = open_transition(case, action)
            described = candidate.custom["move"]
            has_signed = tuple(other_signature(case, described).values()) in signed
            power = entitled(case, described, powers_for(case, described, powers.on), has_signed=has_signed)
            words = {"opinion": opinion, "happened_on": happened_on, "particulars": {}}
            made.append(moved(case, candidate, by=by, power=power, **words))
    write_together(made)
    return fresh


def write_together(made: list[Made]) -> None:
    """Cases, subjects and signatures of many moves, each table by a few statements. Raises ConcurrentTransition."""
    set_free(each.case for each in made)
    _write_cases(made)
    # The audit vouches for what a signature says where a statement writes few.
    for first in range(0, len(made), FEW_ROWS):
        insert_all([each.step for each in made[first : first + FEW_ROWS]])
    for each in made:
        open_filing(each.case, each.step, each.described, each.desk)


def _write_cases(made: list[Made]) -> None:
    alike: dict[tuple, dict[int, dict]] = {}
    for each in made:
        case, state = each.case, each.before["state"]
        for model, values in zip((Case, type(case)), case.changes_since(each.before), strict=True):
            if values:
                alike.setdefault((model, state, tuple(values)), {})[case.pk] = values
    for (model, state, _), rows in alike.items():
        where = {"state": state} if model is Case else {}
        if update_all(model, rows, **where) != len(rows):
            raise ConcurrentTransition("Cases have been moved since they were read.")
    for each in made:
        each.case._update_initial_state()
