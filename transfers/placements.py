"""选派学校: schools near the family with their free seats, the draft and its page, notices nobody acted upon."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.policies import may
from approvals.common_rules import of_level
from approvals.errors import RulesBroken
from approvals.presenting import verdict_of
from approvals.rules import Level, judge
from approvals.services import lock_draft, open_case, set_due
from law import clock, parameters
from law.school_time import grade_name, school_year_of
from schools.models import Bureau, Division, School, SchoolClass, Seats, cohort_of
from students.change_pages import desks_of, in_words

from .models.placement import ASKED, ISSUED, SchoolPlacement


@dataclass(frozen=True)
class Choice:
    """A school that teaches the grade: how near, how many seats free."""

    school: School
    near: bool
    free: int


def schools_for(bureau: Bureau, grade: int, lives_in: Division, day: date) -> list[Choice]:
    """Schools of the county with this grade, those of the family's township first, full ones last; three queries."""
    year, cap = school_year_of(day), parameters.on(day)["class.cap"]
    stage, cohort = cohort_of(grade, year)
    ledger = {
        row.school_id: max(row.free_seats, 0)
        for row in Seats.objects.filter(school__bureau=bureau, year=year, grade=grade, school_class=None)
    }
    open_classes = SchoolClass.objects.filter(school__bureau=bureau, stage=stage, cohort=cohort, closed_on=None)
    classes = Counter(open_classes.order_by().values_list("school", flat=True))
    schools = School.objects.filter(bureau=bureau, closed_on=None).exclude(kind=School.Kind.SPECIAL)
    choices = [
        Choice(school, school.division_id == lives_in.pk, ledger.get(school.pk, classes[school.pk] * cap))
        for school in schools.select_related("division")
        if grade in school.grades
    ]
    return sorted(choices, key=lambda choice: (not choice.near, not choice.free, choice.school.code))


def refuse_unlawful(school: School, asked: dict) -> None:
    """Raises RulesBroken with every breach."""
    facts = SchoolPlacement.facts_for(school, clock.today(), **asked)
    verdict = judge(of_level(SchoolPlacement.RULES, Level.HARD), facts)
    if verdict.broken:
        raise RulesBroken(verdict)


def start_placement(school: School, *, by, **asked) -> SchoolPlacement:
    """Open a draft that proposes this school; there is no child in our records yet. Raises RulesBroken, NotYourHand."""
    refuse_unlawful(school, asked)
    return open_case(SchoolPlacement, by=by, lead=school, children=[], state=SchoolPlacement.State.DRAFT, **asked)


@transaction.atomic
def keep_placement(case: SchoolPlacement, school: School, *, by, **asked) -> SchoolPlacement:
    """Write the draft anew, perhaps with another school. Raises Refused once handed in, NotYourHand, RulesBroken."""
    case = lock_draft(case, by=by)
    refuse_unlawful(school, asked)
    if asked["grade"] != case.grade:
        case.accepted_on = None  # another request, with a day of its own
    for name, value in asked.items():
        setattr(case, name, value)
    case.lead_school = case.desk_school = school
    set_due(case, case.desk)
    case.save()
    return case


def overdue(user) -> QuerySet[SchoolPlacement]:
    """未按通知书安置: the notice is valid no longer and the school has not placed the child."""
    late = SchoolPlacement.objects.visible_to(user).filter(state=ISSUED, valid_until__lt=clock.today())
    return late.select_related("lead_school", "residence_division").order_by("valid_until", "pk")


def page_of(case: SchoolPlacement, user) -> dict:
    """Context of `transfers/placement.html`."""
    keeps = case.state == case.State.DRAFT and may(user, "bureau_make", case.lead_school_id)
    before = case.is_open and case.state != ISSUED
    works = may(user, "make_change", case.lead_school_id) and case.notice_number and case.state in (ISSUED, "done")
    transfer = f"{reverse('transfers:new_outside')}?school={case.lead_school_id}&placement={case.number}"
    return {
        "desks": desks_of(case),
        "desks_note": "教育局经办、审核，主管局长签批后学校安置",
        "lines": lines_of(case),
        **(verdict_of(judge(case.RULES, case.facts)) if before else {}),
        "today": clock.today(),
        "draft_url": reverse("placements:draft", args=[case.number]) if keeps else "",
        "transfer_url": transfer if works else "",
        "prints": [{"form": "admission_notice", "label": "入学通知书"}] if case.notice_number else [],
    }


def lines_of(case: SchoolPlacement) -> list[dict]:
    names = [
        *ASKED,
        *(name for name in ("notice_number", "issued_on", "valid_until", "placed_on") if getattr(case, name)),
    ]
    rows = [{"label": case._meta.get_field(name).verbose_name, "value": in_words(case, name)} for name in names]
    return [{"label": "选派学校", "value": f"{case.lead_school}{grade_name(case.grade)}"}, *rows]
