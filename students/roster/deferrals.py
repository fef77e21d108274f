"""Services of 缓学: its draft, its page, and the approval number that the grade-1 intake asks for."""

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.policies import may
from approvals.common_rules import of_level
from approvals.errors import Refused, RulesBroken
from approvals.materials import lay_out
from approvals.presenting import verdict_of
from approvals.rules import Level, judge
from approvals.services import lock_draft, open_case
from jianping_xueji import vault
from law import clock
from schools.models import School
from students.change_pages import desks_of, lines_of, prints_of

from .deferral import Deferral, DeferralFacts
from .matching import Result, result_of, youngest_birth
from .models import RosterChild

IN_SCHOOL = (Result.ENROLLED, Result.PENDING)


def approval_of(number: bytes | str, year: int) -> str:
    """The approval that explains why a child enters school in `year` and not before: a case number, or "".

    `number` is the ID number, or its blind index (purpose "id"). The latest deferral for `year` or a former one.
    """
    index = vault.index(number, "id") if isinstance(number, str) else bytes(number)
    granted = Deferral.objects.filter(roster_child__index=index, roster_child__year__lte=year, state="done")
    return granted.order_by("-roster_child__year", "-pk").values_list("number", flat=True).first() or ""


def facts_for(child: RosterChild, day, *, case: Deferral | None = None, **papers) -> DeferralFacts:
    """What stands for or against an intended or running deferral."""
    now = result_of(child)
    standing = Deferral.objects.filter(roster_child=child, counts=True)
    others = standing.exclude(pk=case.pk) if case else standing
    return DeferralFacts(
        on=day,
        name=child.name,
        year=child.year,
        of_age=child.birth_date <= youngest_birth(child.year),
        in_school=now.record_id is not None and now.result in IN_SCHOOL,
        settled=now.get_settled_display() if now.accepted_on else "",
        has_owner=now.owner_id is not None,
        other=others.values_list("number", flat=True).first() or "",
        **papers,
    )


def verdict_on(child: RosterChild, case: Deferral | None = None):
    return judge(Deferral.RULES, facts_for(child, clock.today(), case=case))


def _refuse_unlawful(child: RosterChild, case: Deferral | None = None) -> None:
    verdict = judge(of_level(Deferral.RULES, Level.HARD), facts_for(child, clock.today(), case=case))
    if verdict.broken:
        raise RulesBroken(verdict)


@transaction.atomic
def start_deferral(child: RosterChild, *, by, **asked) -> Deferral:
    """Open the draft with its checklist. Raises RulesBroken, NotYourHand, Refused when another was just begun."""
    child = RosterChild.objects.select_for_update().get(pk=child.pk)
    _refuse_unlawful(child)
    lead = School.objects.get(pk=result_of(child).owner_id)
    given = {"state": Deferral.State.DRAFT, "roster_child": child, **asked}
    try:
        with transaction.atomic():
            case = open_case(Deferral, by=by, lead=lead, children=[], **given)
    except IntegrityError as error:
        raise Refused("该儿童刚刚由他人发起了另一件缓学，请刷新后查看。") from error
    lay_out(case, case.papers())
    return case


@transaction.atomic
def keep_deferral(case: Deferral, *, by, **asked) -> Deferral:
    """Write the draft anew. Raises Refused once handed in, NotYourHand, RulesBroken."""
    case = lock_draft(case, by=by)
    _refuse_unlawful(case.roster_child, case)
    for name, value in asked.items():
        setattr(case, name, value)
    case.save()
    return case


def page_of(case: Deferral, user) -> dict:
    """Context of `students/deferral.html`."""
    keeps = case.state == case.State.DRAFT and may(user, "bureau_make", case.lead_school_id)
    child = case.roster_child
    return {
        "child": child,
        "desks": desks_of(case),
        "desks_note": "教育局经办、审核两人签字",
        "lines": [
            {"label": "儿童", "value": f"{child.name}（{child.sex_name}，{child.birth_date:%Y年%-m月%-d日}出生）"},
            {"label": "缓学学年", "value": f"{child.year_name}，至{case.until:%Y年%-m月%-d日}"},
            {"label": "责任学校", "value": case.lead_school.name},
            *lines_of(case),
        ],
        **(verdict_of(judge(case.RULES, case.facts)) if case.is_open else {}),
        "today": clock.today(),
        "draft_url": reverse("students:deferral_draft", args=[case.number]) if keeps else "",
        "prints": [{"form": code, "label": label} for code, label in prints_of(case)],
    }
