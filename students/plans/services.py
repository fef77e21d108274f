"""Beginning a plan and keeping its draft."""

from django.db import transaction

from approvals.common_rules import of_level
from approvals.errors import RulesBroken
from approvals.rules import Level, judge
from approvals.services import lock_draft, open_case
from law import clock
from schools.models import School

from ..classing.ledger import lock_school
from .case import IntakePlan, PlanLine
from .judging import Line, facts_of


def refuse_unlawful(school_id: int, year: int, lines: list[Line], *, case=None) -> None:
    """A plan that no signature could pass is not begun. Raises RulesBroken with every breach."""
    facts = facts_of(school_id, year, lines, clock.today(), case=case)
    verdict = judge(of_level(IntakePlan.RULES, Level.HARD), facts)
    if verdict.broken:
        raise RulesBroken(verdict)


@transaction.atomic
def start_plan(school: School, *, by, year: int, lines: list[Line], document: str) -> IntakePlan:
    """Open the draft of a school's plan. Raises RulesBroken, NotYourHand."""
    lock_school(school.pk)  # two clerks who begin at the same moment meet here
    refuse_unlawful(school.pk, year, lines)
    given = {"state": IntakePlan.State.DRAFT, "year": year, "document": document}
    case = open_case(IntakePlan, by=by, lead=school, children=[], **given)
    keep_lines(case, lines)
    return case


@transaction.atomic
def keep_plan(case: IntakePlan, *, by, lines: list[Line], document: str) -> IntakePlan:
    """Write the draft anew. Raises Refused when it has been handed in, NotYourHand, RulesBroken."""
    case = lock_draft(case, by=by)
    refuse_unlawful(case.lead_school_id, case.year, lines, case=case)
    IntakePlan.objects.filter(pk=case.pk).update(document=document)
    keep_lines(case, lines)
    return case


def keep_lines(case: IntakePlan, lines: list[Line]) -> None:
    """Replace the lines of a draft."""
    case.lines.all().delete()
    made = [PlanLine(case=case, grade=grade, classes=classes, size=size) for grade, classes, size in lines]
    PlanLine.objects.bulk_create(made)
