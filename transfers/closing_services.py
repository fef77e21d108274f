"""Beginning a closing and keeping its draft."""

from django.db import transaction

from approvals.common_rules import of_level
from approvals.errors import RulesBroken
from approvals.materials import lay_out
from approvals.rules import Level, judge
from approvals.services import lock_draft, open_case
from schools.models import School

from .models import SchoolClosing


@transaction.atomic
def start_closing(school: School, *, by, **given) -> SchoolClosing:
    """Open the draft of a closing with its checklist. Raises RulesBroken, NotYourHand."""
    # Two clerks who begin at the same moment meet here.
    school = School.objects.select_for_update(no_key=True).get(pk=school.pk)
    words = {name: given[name] for name in ("receiving", "closes_on", "document")}
    verdict = judge(of_level(SchoolClosing.RULES, Level.HARD), SchoolClosing.facts_for(school, **words))
    if verdict.broken:
        raise RulesBroken(verdict)
    case = open_case(SchoolClosing, by=by, lead=school, children=[], state=SchoolClosing.State.DRAFT, **given)
    lay_out(case, case.papers())
    return case


@transaction.atomic
def keep_closing(case: SchoolClosing, *, by, **given) -> SchoolClosing:
    """Write the draft's fields. Raises Refused when it has been handed in, NotYourHand, RulesBroken."""
    case = lock_draft(case, by=by)
    for name, value in given.items():
        setattr(case, name, value)
    if case.peer_school_id:
        case.peer_school = case.receiving
    verdict = judge(of_level(case.RULES, Level.HARD), case.facts)
    if verdict.broken:
        raise RulesBroken(verdict)
    case.save()
    return case
