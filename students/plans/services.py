"""Beginning a plan, by the bureau or by the school that asks for it, and keeping its draft."""

from django.db import transaction

from approvals.common_rules import of_level
from approvals.desks import Hand
from approvals.errors import RulesBroken
from approvals.rules import Level, judge
from approvals.services import lock_draft, open_case
from approvals.ways import CLERK, REGISTRAR
from law import clock
from schools.models import School

from ..classing.ledger import lock_school
from .case import IntakePlan, PlanLine
from .judging import Line, facts_of


def refuse_unlawful(school_id: int, year: int, lines: list[Line], *, case=None, proposed: bool = False) -> None:
    """A plan that no signature could pass is not begun. Raises RulesBroken with every breach."""
    today = clock.today()
    facts = facts_of(school_id, year, lines, today, case=case, asked_on=today if proposed else None)
    verdict = judge(of_level(IntakePlan.RULES, Level.HARD), facts)
    if verdict.broken:
        raise RulesBroken(verdict)


@transaction.atomic
def start_plan(school: School, *, by, year: int, lines: list[Line], document: str) -> IntakePlan:
    """Open the bureau's own draft of a school's plan. Raises RulesBroken, NotYourHand."""
    return _begun(school, lines, by=by, hand=CLERK, state=IntakePlan.State.DRAFT, year=year, document=document)


@transaction.atomic
def propose_plan(school: School, *, by, year: int, lines: list[Line], reason: str) -> IntakePlan:
    """Open a school's proposal of its own plan. Raises RulesBroken, NotYourHand, Refused at a closed school."""
    given = {"state": IntakePlan.State.PROPOSAL, "year": year, "reason": reason, "proposed": True}
    return _begun(school, lines, by=by, hand=REGISTRAR, **given)


def _begun(school: School, lines: list[Line], *, by, hand: Hand, year: int, proposed: bool = False, **given):
    lock_school(school.pk)  # two who begin at the same moment meet here
    refuse_unlawful(school.pk, year, lines, proposed=proposed)
    given |= {"year": year, "proposed": proposed}
    case = open_case(IntakePlan, by=by, lead=school, children=[], hand=hand, **given)
    keep_lines(case, lines)
    return case


@transaction.atomic
def keep_plan(case: IntakePlan, *, by, lines: list[Line], **words: str) -> IntakePlan:
    """Write the draft anew, and the `words` that found it (document, reason, adjustment).

    Raises Refused when it has been handed in, NotYourHand, RulesBroken.
    """
    case = lock_draft(case, by=by)
    refuse_unlawful(case.lead_school_id, case.year, lines, case=case, proposed=case.state == case.State.PROPOSAL)
    IntakePlan.objects.filter(pk=case.pk).update(**words)
    keep_lines(case, lines)
    return case


def keep_lines(case: IntakePlan, lines: list[Line]) -> None:
    """Replace the lines of a draft."""
    case.lines.all().delete()
    made = [PlanLine(case=case, grade=grade, classes=classes, size=size) for grade, classes, size in lines]
    PlanLine.objects.bulk_create(made)
